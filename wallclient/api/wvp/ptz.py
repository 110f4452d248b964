"""Steering at a WVP: its scales, its order of commands, and a dead-man of our own, for WVP has none.

A camera goes on moving until it is told to stop, and code 0 says only that a command was sent. So whatever this client
moves and does not renew in time is stopped from here, again and again until WVP takes the stop.
Sources: WVP's front-end calls; GB/T 28181 A.3 for the bytes of `common`.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.line import WvpLine, readable
from wallclient.api.wvp.ways import Way, Ways
from wallclient.domain.errors import CameraOffline, CenterError, NotAble, NotFound
from wallclient.domain.ptz import STILL, Area, Cruise, CruisePoint, Preset, PtzAbility, PtzStatus, Steering, Velocity

COMMAND_S = 3.0
PRESETS_S = 10.0
STOP_AGAIN_S = 0.5
_FIXED = (3, 6, 7)  # PTZType: fixed box, several lenses
_ABILITIES = frozenset(
    {
        PtzAbility.PAN_TILT,
        PtzAbility.ZOOM,
        PtzAbility.FOCUS,
        PtzAbility.IRIS,
        PtzAbility.WIPER,
        PtzAbility.AUXILIARY,
        PtzAbility.PRESETS,
        PtzAbility.STORED_CRUISES,
        PtzAbility.SCANS,
    }
)
_UNKNOWN = Velocity(9, 9, 9, 9, 9)  # any drive may move: equal to nothing that is ever wanted
_Query = dict[str, str | int | None]
_Command = tuple[str, _Query]
_STOP_MOVE: _Command = ("ptz", {"command": "stop", "horizonSpeed": 0, "verticalSpeed": 0, "zoomSpeed": 0})
_STOP_LENS: _Command = ("fi/focus", {"command": "stop", "speed": 0})  # byte 4 is 40: focus and iris alike


class PresetNames(Protocol):
    """Where names of presets are kept: GB/T 28181-2016 has none to send."""

    def names(self, channel_id: str) -> dict[int, str]:
        """Return a channel's names by number."""
        ...

    def keep(self, channel_id: str, number: int, name: str | None) -> None:
        """Keep a name; None forgets it."""
        ...


class NamesInMemory:
    """Names for as long as the program runs."""

    def __init__(self) -> None:
        self._names: dict[str, dict[int, str]] = defaultdict(dict)

    def names(self, channel_id: str) -> dict[int, str]:
        """Return a channel's names by number."""
        return dict(self._names[channel_id])

    def keep(self, channel_id: str, number: int, name: str | None) -> None:
        """Keep a name; None forgets it."""
        if name is None:
            self._names[channel_id].pop(number, None)
        else:
            self._names[channel_id][number] = name


@dataclass
class _Moved:
    """A camera this client has steered."""

    numbers: dict[str, int] = field(default_factory=dict)  # latest by hand
    wanted: Velocity = STILL
    sent: Velocity = STILL  # what WVP has taken last
    under_way: int = 0  # moves not answered yet
    order: int = 0  # commands so far
    until: float = 0.0  # dead-man, by the monotonic clock
    is_stop_owed: bool = False


class WvpPtz:
    """Implements `wallclient.api.ptz.PtzCenter`; see there. One thread of its own stops what nobody renews."""

    def __init__(
        self, line: WvpLine, ways: Ways, names: PresetNames, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._line = line
        self._ways = ways
        self._names = names
        self._clock = clock
        self._moved: dict[str, _Moved] = defaultdict(_Moved)
        self._changed = threading.Condition()
        self._is_closed = False
        self._watchdog: threading.Thread | None = None

    def warm_up(self) -> None:
        """Renew the token if need be. Raises ServerFailed."""
        self._line.keep_fresh()

    def ptz(self, channel_id: str) -> PtzStatus:
        """Return what a camera can do. WVP knows nobody who holds it."""
        way = self._ways.to(channel_id)
        can = bool(way.device) and way.ptz_type not in _FIXED
        return PtzStatus(_ABILITIES if can else frozenset(), self._is_moving(channel_id))

    # --- steering ---

    def steer(self, channel_id: str, steering: Steering, timeout_s: float) -> PtzStatus:
        """Send a move or a stop; one that comes after a later one of its hand does nothing."""
        way = self._ways.to(channel_id)
        with self._changed:
            moved = self._moved[channel_id]
            if steering.number <= moved.numbers.get(steering.hand, -1):
                return PtzStatus(_ABILITIES, self._is_moving(channel_id))
            moved.numbers[steering.hand] = steering.number
            moved.wanted = steering.velocity
            moved.until = self._clock() + steering.dead_man_s
            moved.order += 1
            order = moved.order
        if steering.velocity.is_still:
            self._stop(channel_id, way, moved, order, timeout_s)
        else:
            self._move(channel_id, way, moved, order, steering.velocity, timeout_s)
        return PtzStatus(_ABILITIES, self._is_moving(channel_id))

    def _move(self, channel_id: str, way: Way, moved: _Moved, order: int, wanted: Velocity, timeout_s: float) -> None:
        with self._changed:
            if moved.sent == wanted and not moved.under_way:
                return  # it moves so already: cameras jerk when told again, and the dead-man was moved on
            before, moved.sent = moved.sent, _UNKNOWN
            moved.under_way += 1
            moved.is_stop_owed = True
            self._watch()
        try:
            for command in _commands(before, wanted):
                self._send(way, command, timeout_s)
            with self._changed:
                moved.sent = wanted
        finally:
            with self._changed:
                moved.under_way -= 1
                overtaken = moved.order != order and moved.wanted.is_still
        if overtaken:  # the stop may have reached the camera before this move did
            self._stop(channel_id, way, moved, moved.order, timeout_s)

    def _stop(self, channel_id: str, way: Way, moved: _Moved, order: int, timeout_s: float) -> None:
        with self._changed:
            moved.is_stop_owed = True
            moved.sent = _UNKNOWN
            self._watch()
        self._send(way, _STOP_MOVE, timeout_s)
        self._send(way, _STOP_LENS, timeout_s)
        with self._changed:
            if moved.order == order:
                moved.sent = STILL
                moved.is_stop_owed = moved.under_way > 0

    def _is_moving(self, channel_id: str) -> bool:
        with self._changed:
            return self._moved[channel_id].is_stop_owed if channel_id in self._moved else False

    def _send(self, way: Way, command: _Command, timeout_s: float = COMMAND_S) -> None:
        verb, query = command
        self._line.get(f"/api/front-end/{verb}/{way.path}", type(None), query, limit_s=timeout_s, once=True)

    # --- dead-man ---

    def _watch(self) -> None:
        """Start the watchdog, or let it look again; with the lock held."""
        if self._watchdog is None and not self._is_closed:
            self._watchdog = threading.Thread(target=self._stop_the_forgotten, name="wvp-dead-man", daemon=True)
            self._watchdog.start()
        self._changed.notify_all()

    def _stop_the_forgotten(self) -> None:
        while True:
            with self._changed:
                if self._is_closed:
                    return
                now = self._clock()
                owed = {one: moved for one, moved in self._moved.items() if moved.is_stop_owed}
                late = [one for one, moved in owed.items() if moved.until <= now]
                if not late:
                    waits = [moved.until - now for moved in owed.values()]
                    self._changed.wait(min(waits) if waits else None)
                    continue
            for channel_id in late:
                self._stop_forgotten(channel_id)

    def _stop_forgotten(self, channel_id: str) -> None:
        with self._changed:
            moved = self._moved[channel_id]
            if not moved.is_stop_owed or moved.until > self._clock():
                return
            moved.wanted = STILL
            moved.order += 1
            order = moved.order
            moved.until = self._clock() + STOP_AGAIN_S  # the next try, should this one fail
        try:
            self._stop(channel_id, self._ways.to(channel_id), moved, order, COMMAND_S)
        except (NotFound, NotAble):
            with self._changed:
                moved.is_stop_owed = False  # there is no such camera any more
        except CenterError:
            pass  # tried again in a moment, for as long as it takes

    def halt(self) -> None:
        """Stop what still moves by our command, as far as the center can be reached; never raises a CenterError."""
        with self._changed:
            owed = [channel_id for channel_id, moved in self._moved.items() if moved.is_stop_owed]
            for channel_id in owed:
                self._moved[channel_id].until = self._clock()
        for channel_id in owed:
            self._stop_forgotten(channel_id)

    def close(self) -> None:
        """End the thread; what moves has to be stopped before, for the line is cut."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    # --- presets ---

    def presets(self, channel_id: str) -> tuple[Preset, ...]:
        """Return a camera's presets, under our names where we have any.

        Many cameras never answer this question; then those named here are returned. Raises CameraOffline if none are.
        """
        names = self._names.names(channel_id)
        path = f"/api/front-end/preset/query/{self._ways.to(channel_id).path}"
        try:
            raw = self._line.get(path, list[msgspec.Raw] | None, limit_s=PRESETS_S)  # type: ignore[arg-type]
        except CameraOffline:
            if not names:
                raise
            return tuple(Preset(number, name) for number, name in sorted(names.items()))
        found: dict[int, str] = {}
        for one in readable(raw or [], docs.PresetDocument):
            text = str(one.presetId)
            if text.isascii() and text.isdecimal() and 1 <= int(text) <= 255:
                found[int(text)] = names.get(int(text)) or one.presetName or text
        return tuple(Preset(number, name) for number, name in sorted(found.items()))

    def recall_preset(self, channel_id: str, number: int, speed: float = 1.0) -> None:
        """Let the camera go to a preset; GB/T 28181 has no speed for it."""
        self._preset("call", channel_id, number)

    def save_preset(self, channel_id: str, number: int, name: str, *, keep_position: bool = False) -> Preset:
        """Make a preset of the present position, or only rename one; the name stays here."""
        if not keep_position:
            self._preset("add", channel_id, number)
        self._names.keep(channel_id, number, name)
        return Preset(number, name)

    def delete_preset(self, channel_id: str, number: int) -> None:
        """Forget a preset."""
        self._preset("delete", channel_id, number)
        self._names.keep(channel_id, number, None)

    def _preset(self, verb: str, channel_id: str, number: int) -> None:
        if not 1 <= number <= 255:
            raise NotFound(f"preset {number}")
        self._send(self._ways.to(channel_id), (f"preset/{verb}", {"presetId": number}))

    # --- switches ---

    def switch(self, channel_id: str, ability: PtzAbility, on: bool, number: int = 0) -> None:
        """Switch the wiper or auxiliary `number`, or start and stop what the camera itself knows by that number.

        Raises NotAble for others. A cruise or scan also ends with any command by hand; WVP can't tell whether one runs.
        """
        command = _switch(ability, on, number)
        if command is None:
            raise NotAble(f"{ability.value} {number}")
        self._send(self._ways.to(channel_id), command)

    # --- what WVP has not ---

    def aim(self, channel_id: str, area: Area) -> None:
        """Raise NotAble: WVP can't tell which cameras can."""
        raise NotAble("aim")

    def reserve(self, channel_id: str, term_s: float, take_over_reason: str = "") -> PtzStatus:
        """Raise NotAble: at a WVP whoever commands last has the camera."""
        raise NotAble("reserve")

    def release(self, channel_id: str) -> PtzStatus:
        """Return the status; nothing is held here."""
        return self.ptz(channel_id)

    def preset_picture(self, channel_id: str, picture_id: str) -> bytes:
        """Raise NotFound: WVP keeps no pictures of presets."""
        raise NotFound("picture")

    def save_preset_picture(self, channel_id: str, number: int, jpeg: bytes) -> Preset:
        """Raise NotAble: WVP keeps no pictures of presets."""
        raise NotAble("picture")

    def cruises(self, channel_id: str) -> tuple[Cruise, ...]:
        """Return none: WVP can't ask a camera for its cruises, so the client runs its own."""
        return ()

    def save_cruise(self, channel_id: str, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Raise NotAble: what is saved could never be read back."""
        raise NotAble("cruise")

    def delete_cruise(self, channel_id: str, cruise_id: str) -> None:
        """Raise NotAble: there are none."""
        raise NotAble("cruise")

    def run_cruise(self, channel_id: str, cruise_id: str | None) -> PtzStatus:
        """Stop whatever cruise runs for None (the all-zero command). Raises NotAble for any other."""
        if cruise_id is not None:
            raise NotAble("cruise")
        self._send(self._ways.to(channel_id), _STOP_MOVE)
        return self.ptz(channel_id)


def _switch(ability: PtzAbility, on: bool, number: int) -> _Command | None:
    """Return what switches; None for what WVP has not. Numbers are bytes (GB/T 28181 A.3)."""
    word, verb = ("on", "start") if on else ("off", "stop")
    if ability is PtzAbility.WIPER:
        return "wiper", {"command": word}
    if not 0 <= number <= 255:
        return None
    match ability:
        case PtzAbility.AUXILIARY:
            return "auxiliary", {"command": word, "switchId": number}
        case PtzAbility.STORED_CRUISES:
            return f"cruise/{verb}", {"cruiseId": number}
        case PtzAbility.SCANS:
            return f"scan/{verb}", {"scanId": number}
    return None


def _commands(before: Velocity, wanted: Velocity) -> list[_Command]:
    """Return what leads from one velocity to another; a drive that is no longer wanted is stopped."""
    commands: list[_Command] = []
    if wanted.pan or wanted.tilt or wanted.zoom:
        commands.append(_move(wanted))
    elif before.pan or before.tilt or before.zoom:
        commands.append(_STOP_MOVE)
    if wanted.focus or wanted.iris:
        commands.append(_lens(wanted))
    elif before.focus or before.iris:
        commands.append(_STOP_LENS)
    return commands


def _move(wanted: Velocity) -> _Command:
    """Return the move as WVP's own page sends it, or byte by byte where drives are combined with the zoom."""
    pan, tilt = _scaled(wanted.pan, 255), _scaled(wanted.tilt, 255)
    zoom = _scaled(wanted.zoom, 15)
    if wanted.zoom and (wanted.pan or wanted.tilt):
        code = _bit(wanted.pan, 0x01, 0x02) | _bit(wanted.tilt, 0x08, 0x04) | _bit(wanted.zoom, 0x10, 0x20)
        return "common", {"cmdCode": code, "parameter1": pan, "parameter2": tilt, "combindCode2": zoom}
    up = _word(wanted.tilt, "up", "down")
    word = _word(wanted.zoom, "zoomin", "zoomout") or up + _word(wanted.pan, "right", "left")
    # The speed of the zoom is always given: WVP refuses its own default.
    return "ptz", {"command": word, "horizonSpeed": pan, "verticalSpeed": tilt, "zoomSpeed": zoom}


def _lens(wanted: Velocity) -> _Command:
    """Return focus and iris byte by byte: what WVP calls "in" and "out" of an iris is not said anywhere."""
    code = 0x40 | _bit(wanted.focus, 0x01, 0x02) | _bit(wanted.iris, 0x04, 0x08)
    focus, iris = _scaled(wanted.focus, 255), _scaled(wanted.iris, 255)
    return "common", {"cmdCode": code, "parameter1": focus, "parameter2": iris, "combindCode2": 0}


def _scaled(speed: float, most: int) -> int:
    """Return a speed on WVP's scale; the slowest that is wanted still moves."""
    return max(1, min(most, round(abs(speed) * most))) if speed else 0


def _bit(speed: float, positive: int, negative: int) -> int:
    return (positive if speed > 0 else negative) if speed else 0


def _word(speed: float, positive: str, negative: str) -> str:
    return (positive if speed > 0 else negative) if speed else ""
