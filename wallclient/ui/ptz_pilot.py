"""Steers the camera of the selected pane: adds up what keys, mouse and pad ask for, and lets go when it must."""

from collections.abc import Callable, Coroutine
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from wallclient.domain.catalog import Right
from wallclient.domain.errors import CameraHeld, NotAble, NotPermitted, WallError
from wallclient.domain.node import CameraKind, Channel
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.ptz import STILL, Area, PtzAbility, Velocity
from wallclient.services.rights import allowed
from wallclient.services.steering import ChannelPtz
from wallclient.ui.background import Background
from wallclient.ui.ptz_geometry import combined

if TYPE_CHECKING:
    from wallclient.services.wall import Wall
    from wallclient.services.wall_pane import WallPane
    from wallclient.ui.ptz_services import PtzServices

USUAL_SPEED = 0.6
SPEED_STEP = 0.1
_DRIVES = frozenset({PtzAbility.PAN_TILT, PtzAbility.ZOOM, PtzAbility.FOCUS, PtzAbility.IRIS})


class Hold(Enum):
    """By what the operator steers."""

    KEYS = auto()
    PICTURE = auto()
    WHEEL = auto()
    PAD = auto()
    ROCKERS = auto()


class PtzPilot(QObject):
    """One window's hand at the cameras. In PTZ mode keys and mouse steer; the panel steers always.

    Lives on the UI thread. Nothing here raises: what goes wrong is told by `noticed`.
    """

    mode_changed = Signal()
    target_changed = Signal()  # another camera, or none, in the selected pane
    state_changed = Signal()  # of the target: who holds it, what it can do, whether it stops
    speed_changed = Signal()
    let_go_of = Signal()  # everything that is held counts as let go of
    noticed = Signal(object)  # Notice

    def __init__(
        self, wall: "Wall", services: "PtzServices", background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._wall = wall
        self._services = services
        self._helm = services.helm
        self._background = background
        self._mode = False
        self._speed = USUAL_SPEED
        self._asked: dict[Hold, Velocity] = {}
        self._sent = STILL
        self._pane: WallPane | None = None
        self.target: Channel | None = None
        self._acted_on = ""  # the camera of the latest press or call, whose refusals are told here
        wall.selection_changed.connect(self._on_selected)
        wall.layout_changed.connect(self._on_selected)
        wall.panes_changed.connect(self._on_selected)
        self._helm.changed.connect(self._on_helm_changed)
        self._helm.refused.connect(self._on_refused)
        self._on_selected()

    # --- what is steered ---

    @property
    def ptz(self) -> ChannelPtz:
        """All that is known of the target's PTZ."""
        return self._helm.ptz_of(self.target.id) if self.target else ChannelPtz()

    def lack(self, *abilities: PtzAbility) -> WallError | None:
        """Return what stands against using any of these abilities at the target; None: it can be tried."""
        if self.target is None:
            return NotAble("no camera")
        if not allowed(self.target, Right.PTZ):
            return NotPermitted("PTZ", "right-missing", Right.PTZ.value)
        known = self.ptz
        if known.status is not None:
            return None if known.status.abilities & set(abilities) else NotAble("no such ability")
        return known.error if known.error or self.target.camera_kind is CameraKind.PTZ else NotAble("no PTZ camera")

    @property
    def can_steer(self) -> bool:
        """Tell whether the target has a drive this operator may move, as far as is known."""
        return not isinstance(self.lack(*_DRIVES), (NotAble, NotPermitted))

    # --- mode and speed ---

    @property
    def mode(self) -> bool:
        """Whether keys and mouse steer the camera of the selected pane."""
        return self._mode

    def toggle_mode(self) -> None:
        """Begin or end PTZ mode; says why it can't begin."""
        if not self._mode and not self.can_steer:
            self._tell(self.lack(*_DRIVES) or NotAble("no PTZ camera"))
            return
        self.set_mode(not self._mode)

    def set_mode(self, on: bool) -> None:
        """Begin or end PTZ mode."""
        if on == self._mode:
            return
        self.let_go("PTZ mode ended")
        self._mode = on
        self.mode_changed.emit()

    @property
    def speed(self) -> float:
        """Share of the fastest speed that full deflection gives, 0.1 to 1."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Steer faster or slower, also what moves now."""
        speed = round(min(1.0, max(SPEED_STEP, speed)), 2)
        if speed != self._speed:
            self._speed = speed
            self._send()
            self.speed_changed.emit()

    # --- steering ---

    @property
    def is_steering(self) -> bool:
        """Tell whether this window moves a camera now."""
        return not self._sent.is_still

    def steer(self, hold: Hold, velocity: Velocity) -> None:
        """Move the target as `hold` asks, beside what others ask; still: it was let go of."""
        if velocity.is_still:
            self._asked.pop(hold, None)
        elif self.target is not None:
            if not self._asked and (lack := self._plain_lack()) is not None:
                self._tell(lack)
                return
            self._asked[hold] = velocity
        self._send()

    def _plain_lack(self) -> WallError | None:
        """Return what makes steering senseless; a center in trouble is asked all the same."""
        lack = self.lack(*_DRIVES)
        return lack if isinstance(lack, (NotAble, NotPermitted)) else None

    def _send(self) -> None:
        wanted = combined(self._asked.values(), self._speed)
        if wanted == self._sent or self.target is None:
            return
        self._sent = wanted
        self._acted_on = self.target.id
        self._helm.move(self.target.id, wanted)

    def let_go(self, reason: str) -> None:
        """Stop what this window moves; what is still held down moves nothing until it is pressed anew."""
        self._asked.clear()
        if not self._sent.is_still:
            self._sent = STILL
            self._helm.release_all(reason)
        self.let_go_of.emit()

    def stop(self) -> None:
        """Stop the target in any case, also on its way to a preset or on a cruise."""
        self._asked.clear()
        self._sent = STILL
        self.let_go_of.emit()
        if self.target is not None and self._plain_lack() is None:
            self._acted_on = self.target.id
            self._helm.stop(self.target.id)

    # --- other commands; all at the target ---

    def recall(self, number: int, speed: float | None = None) -> None:
        """Go to a preset."""
        if self._may(PtzAbility.PRESETS) and self.target is not None:
            self.start(self._services.presets.recall(self.target.id, number, speed or max(0.5, self._speed)))

    def aim(self, area: Area) -> None:
        """Bring a point of the picture to its middle, or let a rectangle fill it."""
        ability = PtzAbility.AIM_AREA if area.width else PtzAbility.AIM_POINT
        if self._may(ability) and self.target is not None:
            self.start(self._helm.aim(self.target.id, area))

    def switch(
        self, ability: PtzAbility, on: bool, number: int = 0, *, failed: Callable[[], None] | None = None
    ) -> None:
        """Switch the wiper, the light or an auxiliary; `failed` is called if that did not work."""
        if self._may(ability) and self.target is not None:
            self.start(self._helm.switch(self.target.id, ability, on, number), failed)

    def reserve(self, reason: str = "") -> None:
        """Hold the camera until it is released; with a reason also from one of lower priority."""
        if self._may(PtzAbility.RESERVATION) and self.target is not None:
            self.start(self._helm.reserve(self.target.id, reason))

    def release(self) -> None:
        """Give the camera free."""
        if self.target is not None:
            self.let_go("released")
            self.start(self._helm.release(self.target.id))

    def _may(self, ability: PtzAbility) -> bool:
        lack = self.lack(ability)
        if isinstance(lack, (NotAble, NotPermitted)):
            self._tell(lack)
            return False
        return True

    def start(self, work: Coroutine[Any, Any, object], failed: Callable[[], None] | None = None) -> None:
        """Run a call for the target; what goes wrong is told, and `failed` called."""
        self._acted_on = self.target.id if self.target else ""
        self._background.start(self._guarded(work, self.target.name if self.target else "", failed))

    async def _guarded(self, work: Coroutine[Any, Any, object], name: str, failed: Callable[[], None] | None) -> None:
        try:
            await work
        except WallError as err:
            self._tell(err, name)
            if failed is not None:
                failed()

    def _tell(self, err: WallError, name: str | None = None) -> None:
        if name is None:
            name = self.target.name if self.target else ""
        level = NoticeLevel.WARNING if isinstance(err, (CameraHeld, NotAble, NotPermitted)) else NoticeLevel.ERROR
        self.noticed.emit(Notice("ptz", NoticeKind.FAILED, level, name, error=err))

    # --- what happens ---

    def _on_selected(self) -> None:
        """Follow the selection; a camera that is moved is let go of before another one is looked at."""
        panes = self._wall.panes
        pane = panes[self._wall.selected] if self._wall.selected < len(panes) else None
        if pane is not self._pane:
            if self._pane is not None:
                self._pane.changed.disconnect(self._on_pane_changed)
            self._pane = pane
            if pane is not None:
                pane.changed.connect(self._on_pane_changed)
        self._on_pane_changed()

    def _on_pane_changed(self) -> None:
        channel = self._pane.channel if self._pane else None
        before = self.target
        if (channel and channel.id) == (before and before.id):
            self.target = channel
            return
        self.let_go("another camera was selected")
        self.target = channel
        self.target_changed.emit()
        if self._mode and not self.can_steer:
            self.set_mode(False)

    def _on_helm_changed(self, channel_id: str) -> None:
        if self.target is not None and channel_id == self.target.id:
            if self._mode and not self.can_steer:
                self.set_mode(False)
            self.state_changed.emit()

    def _on_refused(self, channel_id: str, err: WallError) -> None:
        if channel_id == self._acted_on:
            name = self.target.name if self.target and self.target.id == channel_id else ""
            self._tell(err, name)
