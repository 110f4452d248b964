"""Joysticks as an operator uses them: what they do by their profiles, for the camera he has selected."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wallclient.devices.joystick_source import (
    JoystickEvent,
    JoystickSource,
    Moved,
    Plugged,
    Unavailable,
    Unplugged,
)
from wallclient.domain.joystick import (
    JoystickDevice,
    JoystickProfile,
    JoystickReading,
    default_profile,
    pressed,
    velocity,
)
from wallclient.domain.ptz import STILL, Velocity
from wallclient.services.steering import Helm
from wallclient.storage.json_file import JsonFile
from wallclient.storage.ptz import SavedJoysticks

_log = logging.getLogger(__name__)
SILENCE_MS = 1000  # a source that says nothing for so long while it steers: stop


class Joysticks(QObject):
    """Owns the joysticks that are plugged in and their profiles. Lives on the UI thread.

    A joystick steers the camera `set_target` names last. Changing it, losing the joystick, or a source that falls
    silent stops what the joystick moves; after that each drive has to go through its middle before it moves again.
    """

    devices_changed = Signal()
    moved = Signal(object, object)  # JoystickDevice, JoystickReading: for a page of settings
    pressed = Signal(object)  # ButtonUse: all but steering is the window's to do
    unavailable = Signal(str)  # why this machine has no joysticks, for the log and the settings
    _told = Signal(object)  # from the source's thread

    def __init__(self, helm: Helm, source: Callable[[], JoystickSource], file: JsonFile[SavedJoysticks]) -> None:
        """`source` is made at `start`."""
        super().__init__()
        self._helm = helm
        self._new_source = source
        self._source: JoystickSource | None = None
        self._file = file
        self._profiles = dict(file.load().profiles)
        self._devices: dict[int, JoystickDevice] = {}
        self._readings: dict[int, JoystickReading] = {}
        self._target: str | None = None
        self._steered: str | None = None  # the camera a joystick moves now
        self._by: int | None = None  # the instance that does
        self._asked = STILL
        self._masked: dict[int, set[str]] = {}  # drives of an instance that must go through their middle first
        self._silence = QTimer(self, singleShot=True, interval=SILENCE_MS)
        self._silence.timeout.connect(self._on_silence)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    # --- life ---

    def start(self) -> None:
        """Look for joysticks; does not wait for them."""
        if self._source is None:
            self._source = self._new_source()
            self._source.start(self._told.emit)

    async def close(self) -> None:
        """Let go and end; takes a second at most."""
        self._let_go("joysticks are closed")
        self._target = None
        if self._source is not None:
            await asyncio.to_thread(self._source.close)

    # --- what there is ---

    @property
    def devices(self) -> list[JoystickDevice]:
        """The joysticks that are plugged in."""
        return list(self._devices.values())

    def profile(self, device: JoystickDevice) -> JoystickProfile:
        """Return what a joystick does: as the operator set it for its kind, or the usual."""
        return self._profiles.get(device.kind) or default_profile(device)

    def set_profile(self, device: JoystickDevice, profile: JoystickProfile | None) -> None:
        """Set what joysticks of this kind do; None for the usual. Raises StorageFailed."""
        profiles = {kind: kept for kind, kept in self._profiles.items() if kind != device.kind}
        if profile is not None:
            profiles[device.kind] = profile
        self._file.save(SavedJoysticks(profiles))
        self._profiles = profiles
        self._let_go("the profile was changed")

    def set_target(self, channel_id: str | None) -> None:
        """Steer this camera from now on, or none. A stick that is held does not move the new one."""
        if channel_id != self._target:
            self._let_go("another camera was selected")
            self._target = channel_id

    # --- inside ---

    @Slot(object)
    def _on_told(self, event: JoystickEvent) -> None:
        match event:
            case Plugged(device):
                self._devices[device.instance] = device
                self._mask(device.instance)
                _log.info("joystick %s %r", device.kind, device.name)
                self.devices_changed.emit()
            case Unplugged(instance):
                if instance == self._by:
                    self._let_go("the joystick is gone")
                self._readings.pop(instance, None)
                self._masked.pop(instance, None)
                if self._devices.pop(instance, None) is not None:
                    self.devices_changed.emit()
            case Moved(instance, reading) if instance in self._devices:
                self._take(self._devices[instance], reading)
            case Unavailable(reason):
                _log.warning("no joysticks: %s", reason)
                self.unavailable.emit(reason)

    def _take(self, device: JoystickDevice, reading: JoystickReading) -> None:
        profile = self.profile(device)
        before = self._readings.get(device.instance, reading)  # what is held when it is plugged in is not pressed
        self._readings[device.instance] = reading
        if reading != before:
            self.moved.emit(device, reading)
        self._steer(device.instance, self._unmasked(device.instance, velocity(profile, reading)))
        for use in pressed(profile, before, reading):
            self.pressed.emit(use)

    def _steer(self, instance: int, wanted: Velocity) -> None:
        if self._by not in (None, instance):
            return  # two sticks, one camera: who began goes on
        if wanted.is_still:
            if self._by is not None:
                self._stop()
            return
        if self._target is None:
            return
        self._by, self._steered = instance, self._target
        self._silence.start()
        if wanted != self._asked:
            self._asked = wanted
            self._helm.move(self._target, wanted)

    def _stop(self) -> None:
        steered, self._steered, self._by, self._asked = self._steered, None, None, STILL
        self._silence.stop()
        if steered is not None:
            self._helm.move(steered, STILL)

    def _let_go(self, reason: str) -> None:
        """Stop what a joystick moves; it must be let go of before it moves a camera again."""
        for instance in self._devices:
            self._mask(instance)
        if self._steered is not None:
            _log.info("stop: %s", reason)
            self._stop()

    def _mask(self, instance: int) -> None:
        self._masked[instance] = set(asdict(STILL))

    def _unmasked(self, instance: int, wanted: Velocity) -> Velocity:
        """Leave out drives that have not been let go of since they were to; a throttle stays out until it is."""
        masked = self._masked.get(instance)
        if not masked:
            return wanted
        speeds = asdict(wanted)
        masked.intersection_update(drive for drive, speed in speeds.items() if speed)
        return Velocity(**{drive: 0.0 if drive in masked else speed for drive, speed in speeds.items()})

    def _on_silence(self) -> None:
        self._let_go("the joystick says nothing")
