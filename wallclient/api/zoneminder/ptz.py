"""Steering at a ZoneMinder: what its controls can do, its order of words, presets with their labels.

ZoneMinder has no dead-man, and its "Ok" says only that a command was put into the queue of a process of its own; that
process tells the camera once and never whether the camera heard. So stops are sent again (`api.dead_man`).
Source: ajax/control.php and includes/control_functions.php of ZoneMinder 1.36.
"""

import html
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wallclient.api.dead_man import UNKNOWN, DeadMan
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.line import ZmLine
from wallclient.api.zoneminder.monitors import Monitor
from wallclient.api.zoneminder.tree import ZmTree
from wallclient.domain.errors import NotAble, NotFound, NotPermitted
from wallclient.domain.ptz import Area, Cruise, CruisePoint, Preset, PtzAbility, PtzStatus, Steering, Velocity

COMMAND_S = 3.0
STEP_EVERY_S = 0.6  # of drives that go in steps: faster ones would queue up and go on after the key is released
REPEAT_STOP_S = (0.4, 1.5)
MOST_PRESETS = 255
_OPTION = re.compile(r'<option value="(\d{1,3})"[^>]*>([^<]*)</option>')
_LABEL = re.compile(r"^[^(]*\((.*)\)\s*$", re.DOTALL)
_CON, _REL = "Con", "Rel"
_Command = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Control:
    """How the drives of a camera are told: "Con" until they are stopped, "Rel" in steps, empty not at all."""

    move: str = ""
    pan: bool = False
    tilt: bool = False
    diagonal: bool = False
    zoom: str = ""
    focus: str = ""
    iris: str = ""
    presets: int = 0
    sets_presets: bool = False

    @property
    def abilities(self) -> frozenset[PtzAbility]:
        """What an operator can do with it."""
        has = {
            PtzAbility.PAN_TILT: self.move,
            PtzAbility.ZOOM: self.zoom,
            PtzAbility.FOCUS: self.focus,
            PtzAbility.IRIS: self.iris,
            PtzAbility.PRESETS: self.presets,
        }
        return frozenset(ability for ability, value in has.items() if value)

    @property
    def has_steps(self) -> bool:
        """Tell whether any drive goes in steps."""
        return _REL in (self.move, self.zoom, self.focus, self.iris)


def read_control(raw: docs.ControlDocument) -> Control:
    """Read a kind of control."""
    can_move = docs.flag(raw.CanMove)
    presets = docs.whole(raw.NumPresets) or 0
    return Control(
        _mode(can_move, raw.CanMoveCon, raw.CanMoveRel),
        can_move and docs.flag(raw.CanPan),
        can_move and docs.flag(raw.CanTilt),
        docs.flag(raw.CanMoveDiag),
        _mode(docs.flag(raw.CanZoom), raw.CanZoomCon, raw.CanZoomRel),
        _mode(docs.flag(raw.CanFocus), raw.CanFocusCon, raw.CanFocusRel),
        _mode(docs.flag(raw.CanIris), raw.CanIrisCon, raw.CanIrisRel),
        min(MOST_PRESETS, presets) if docs.flag(raw.HasPresets) else 0,
        docs.flag(raw.CanSetPresets),
    )


def _mode(can: bool, continuous: docs.Scalar, relative: docs.Scalar) -> str:
    if not can:
        return ""
    return _CON if docs.flag(continuous) else _REL if docs.flag(relative) else ""


class ZmPtz:
    """Implements `wallclient.api.ptz.PtzCenter`; see there."""

    def __init__(self, line: ZmLine, tree: ZmTree, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._tree = tree
        self._clock = clock
        self._controls: dict[int, Control] = {}
        self._known: dict[str, tuple[int, Control]] = {}  # monitor and control by channel: a stop asks nobody first
        self._stepped: dict[str, float] = {}
        self._lock = threading.Lock()
        self._dead_man = DeadMan(self, repeat_stop_s=REPEAT_STOP_S, clock=clock, name="zoneminder-dead-man")

    def warm_up(self) -> None:
        """Renew the token if need be. Raises ServerFailed."""
        self._line.keep_fresh()

    def ptz(self, channel_id: str) -> PtzStatus:
        """Return what a camera can do. ZoneMinder knows nobody who holds it."""
        control = self._look_up(self._tree.monitor(channel_id))
        return PtzStatus(control.abilities, self._dead_man.is_moving(channel_id))

    def steer(self, channel_id: str, steering: Steering, timeout_s: float) -> PtzStatus:
        """Send a move or a stop. Raises NotAble for a camera that can't be steered: ZoneMinder would hang."""
        _, control = self._control(channel_id)
        moving = self._dead_man.steer(channel_id, steering, timeout_s, renew=control.has_steps)
        return PtzStatus(control.abilities, moving)

    def halt(self) -> None:
        """Stop what still moves by our command; never raises a CenterError."""
        self._dead_man.halt()

    def close(self) -> None:
        """End the thread; what moves has to be stopped before, for the line is cut."""
        self._dead_man.close()

    # --- api.dead_man.Drives ---

    def move(self, channel_id: str, before: Velocity, wanted: Velocity, timeout_s: float) -> None:
        """Lead from one velocity to another; drives that go in steps take one, if the last is long enough ago."""
        monitor_id, control = self._control(channel_id)
        commands = continuous(control, before, wanted)
        with self._lock:
            now = self._clock()
            may_step = now - self._stepped.get(channel_id, -STEP_EVERY_S) >= STEP_EVERY_S
            steps = moves(control, wanted, _REL) if may_step else []
            if steps:
                self._stepped[channel_id] = now
        for command in [*commands, *steps]:
            self._send(monitor_id, command, timeout_s)

    def stop(self, channel_id: str, timeout_s: float) -> None:
        """Stop every drive that would not stop by itself."""
        monitor_id, control = self._control(channel_id)
        for command in stops(control):
            self._send(monitor_id, command, timeout_s)

    # --- presets ---

    def presets(self, channel_id: str) -> tuple[Preset, ...]:
        """Return the presets that have a label: nothing else tells which positions were stored.

        Labels are shown only to those who may edit monitors; others get all numbers there can be.
        """
        monitor_id, control = self._control(channel_id)
        query: _Command = {"request": "modal", "modal": "controlpreset", "mid": monitor_id}
        try:
            options = _OPTION.findall(self._line.ask(query, COMMAND_S).html or "")
        except NotPermitted:
            return tuple(Preset(number, str(number)) for number in range(1, control.presets + 1))
        labels = ((int(value), _LABEL.match(html.unescape(text))) for value, text in options)
        return tuple(Preset(number, match[1]) for number, match in labels if match and match[1])

    def recall_preset(self, channel_id: str, number: int, speed: float = 1.0) -> None:
        """Let the camera go to a preset; ZoneMinder has no speed for it."""
        monitor_id, _ = self._preset(channel_id, number)
        self._dead_man.leave(channel_id)
        self._send(monitor_id, {"control": f"presetGoto{number:d}"}, COMMAND_S)

    def save_preset(self, channel_id: str, number: int, name: str, *, keep_position: bool = False) -> Preset:
        """Make a preset of the present position. Raises NotAble where only the name is to change: both go together."""
        if keep_position:
            raise NotAble("ZoneMinder renames a preset only by storing the present position in it")
        monitor_id, control = self._preset(channel_id, number)
        if not control.sets_presets:
            raise NotAble("presets are not set from here")
        label = name.strip() or str(number)
        self._send(monitor_id, {"control": "presetSet", "preset": number, "newLabel": label}, COMMAND_S)
        return Preset(number, label)

    def delete_preset(self, channel_id: str, number: int) -> None:
        """Forget a preset's label; the camera keeps a position under the number."""
        monitor_id, control = self._preset(channel_id, number)
        if not control.sets_presets:
            raise NotAble("presets are not set from here")
        self._send(monitor_id, {"control": "presetSet", "preset": number, "newLabel": ""}, COMMAND_S)

    # --- what ZoneMinder has not ---

    def aim(self, channel_id: str, area: Area) -> None:
        """Raise NotAble: steps to a place of the picture are of another camera's making each time."""
        raise NotAble("aim")

    def switch(self, channel_id: str, ability: PtzAbility, on: bool, number: int = 0) -> None:
        """Raise NotAble: ZoneMinder has no words for wipers, lights and contacts."""
        raise NotAble(ability.value)

    def reserve(self, channel_id: str, term_s: float, take_over_reason: str = "") -> PtzStatus:
        """Raise NotAble: at a ZoneMinder whoever commands last has the camera."""
        raise NotAble("reserve")

    def release(self, channel_id: str) -> PtzStatus:
        """Return the status; nothing is held here."""
        return self.ptz(channel_id)

    def preset_picture(self, channel_id: str, picture_id: str) -> bytes:
        """Raise NotFound: ZoneMinder keeps no pictures of presets."""
        raise NotFound("picture")

    def save_preset_picture(self, channel_id: str, number: int, jpeg: bytes) -> Preset:
        """Raise NotAble: ZoneMinder keeps no pictures of presets."""
        raise NotAble("picture")

    def cruises(self, channel_id: str) -> tuple[Cruise, ...]:
        """Return none: ZoneMinder has no such thing, so the client runs its own."""
        return ()

    def save_cruise(self, channel_id: str, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Raise NotAble: there is nowhere to keep it."""
        raise NotAble("cruise")

    def delete_cruise(self, channel_id: str, cruise_id: str) -> None:
        """Raise NotAble: there are none."""
        raise NotAble("cruise")

    def run_cruise(self, channel_id: str, cruise_id: str | None) -> PtzStatus:
        """Stop the camera for None. Raises NotAble for any other: there are none."""
        if cruise_id is not None:
            raise NotAble("cruise")
        monitor_id, control = self._control(channel_id)
        for command in stops(control):
            self._send(monitor_id, command, COMMAND_S)
        return self.ptz(channel_id)

    # --- inside ---

    def _preset(self, channel_id: str, number: int) -> tuple[int, Control]:
        monitor_id, control = self._control(channel_id)
        if not 1 <= number <= control.presets:
            raise NotFound(f"preset {number}")
        return monitor_id, control

    def _control(self, channel_id: str) -> tuple[int, Control]:
        """Return how a camera is told, as far as known without asking. Raises NotAble, NotFound."""
        with self._lock:
            known = self._known.get(channel_id)
        if known is None:
            monitor = self._tree.monitor(channel_id)
            known = monitor.id, self._look_up(monitor)
        if not known[1].abilities:
            raise NotAble("not a camera that can be steered")
        return known

    def _look_up(self, monitor: Monitor) -> Control:
        control = Control()
        if monitor.control_id is not None:
            found = self._controls.get(monitor.control_id)
            if found is None:
                try:
                    answer = self._line.api(f"/controls/{monitor.control_id}.json", docs.ControlAnswer)
                except NotFound:
                    return control
                found = self._controls[monitor.control_id] = read_control(answer.control.Control)
            control = found
        with self._lock:
            self._known[f"m{monitor.id}"] = monitor.id, control
        return control

    def _send(self, monitor_id: int, command: _Command, timeout_s: float) -> None:
        query: _Command = {"view": "request", "request": "control", "id": monitor_id, **command}
        try:
            self._line.ask(query, timeout_s)
        except NotPermitted as err:
            raise NotPermitted(str(err), err.reason, "ptz") from None


def continuous(control: Control, before: Velocity, wanted: Velocity) -> list[_Command]:
    """Return what leads drives that run until they are stopped from one velocity to another.

    Many cameras stop all drives at once, so after a stop whatever is still wanted is told again.
    """
    now = moves(control, wanted, _CON)
    if before == UNKNOWN:
        return now
    left = moves(control, before, _CON)
    halted = {str(one["control"])[:4] for one in left} - {str(one["control"])[:4] for one in now}
    if halted:
        return [*(one for one in stops(control) if str(one["control"])[:4] in halted), *now]
    return [one for one in now if one not in left]


def moves(control: Control, wanted: Velocity, mode: str) -> list[_Command]:
    """Return the commands for the drives of a mode; speeds are percent of each drive's range."""
    found: list[_Command] = []
    if control.move == mode:
        pan, tilt = wanted.pan if control.pan else 0.0, wanted.tilt if control.tilt else 0.0
        if pan and tilt and not control.diagonal:
            pan, tilt = (pan, 0.0) if abs(pan) >= abs(tilt) else (0.0, tilt)
        if pan or tilt:
            direction = _word(tilt, "Up", "Down") + _word(pan, "Right", "Left")
            found.append({"control": f"move{mode}{direction}", "xge": _percent(pan), "yge": _percent(tilt)})
    drives = (
        ("zoom", control.zoom, wanted.zoom, "Tele", "Wide"),
        ("focus", control.focus, wanted.focus, "Far", "Near"),
    )
    for drive, its_mode, speed, plus, minus in (*drives, ("iris", control.iris, wanted.iris, "Open", "Close")):
        if its_mode == mode and speed:
            found.append({"control": f"{drive}{mode}{_word(speed, plus, minus)}", "yge": _percent(speed)})
    return found


def stops(control: Control) -> list[_Command]:
    """Return the stops of all drives that run until they are stopped."""
    drives = (("move", control.move), ("zoom", control.zoom), ("focus", control.focus), ("iris", control.iris))
    return [{"control": f"{drive}Stop"} for drive, mode in drives if mode == _CON]


def _percent(speed: float) -> int:
    """Return a speed as ZoneMinder takes it: never negative, and the slowest that is wanted still moves."""
    return max(1, min(100, round(abs(speed) * 100))) if speed else 0


def _word(speed: float, positive: str, negative: str) -> str:
    return (positive if speed > 0 else negative) if speed else ""
