"""Moving ONVIF cameras, with two dead-men: the camera's own (each move says how long it lasts), and ours behind it.

A camera that ignores the time of a move goes on until it is told to stop. So whatever this client moves and does not
renew in time is stopped from here, again and again until the camera takes the stop. Source: ONVIF PTZ 5.3.3, 5.3.4.
"""

import asyncio
import math
import time
from dataclasses import dataclass, field

from wallclient.api.onvif.device import Device
from wallclient.api.onvif.ptz_facts import PtzFacts
from wallclient.domain.errors import BadPayload, CenterError, NotAble, NotFound, NotPermitted
from wallclient.domain.ptz import STILL, Steering, Velocity

COMMAND_S = 3.0
STOP_AGAIN_S = 0.5
RENEW_S = 0.25  # a move that is the same as the last is sent again after so long, for the camera's own dead-man
_UNKNOWN = Velocity(9, 9, 9, 9, 9)  # any drive may move: equal to nothing that is ever wanted


@dataclass
class _Moved:
    """A camera this client has steered."""

    device: Device
    facts: PtzFacts
    numbers: dict[str, int] = field(default_factory=dict)  # latest by hand
    wanted: Velocity = STILL
    sent: Velocity = STILL  # what the camera has taken last
    sent_at: float = 0.0
    under_way: int = 0  # moves not answered yet
    order: int = 0  # commands so far
    until: float = 0.0  # dead-man, monotonic
    is_stop_owed: bool = False
    watcher: "asyncio.Task[None] | None" = None


class Helm:
    """Moves and stops. Everything runs on the loop of `Errands`, so nothing needs a lock."""

    def __init__(self) -> None:
        self._moved: dict[str, _Moved] = {}
        self._watchers: set[asyncio.Task[None]] = set()

    def is_moving(self, camera_id: str) -> bool:
        """Tell whether a camera moves by our command, as far as known."""
        moved = self._moved.get(camera_id)
        return moved is not None and moved.is_stop_owed

    async def steer(self, camera_id: str, device: Device, facts: PtzFacts, steering: Steering, limit_s: float) -> None:
        """Send a move or a stop; one that comes after a later one of its hand does nothing."""
        moved = self._moved.get(camera_id)
        if moved is None:
            moved = self._moved[camera_id] = _Moved(device, facts)
        moved.device, moved.facts = device, facts
        if steering.number <= moved.numbers.get(steering.hand, -1):
            return
        moved.numbers[steering.hand] = steering.number
        moved.wanted = steering.velocity
        moved.until = time.monotonic() + steering.dead_man_s
        moved.order += 1
        if steering.velocity.is_still:
            await self._stop(moved, limit_s)
        else:
            await self._move(moved, steering, limit_s)

    async def _move(self, moved: _Moved, steering: Steering, limit_s: float) -> None:
        order, wanted = moved.order, steering.velocity
        if moved.sent == wanted and not moved.under_way and time.monotonic() - moved.sent_at < RENEW_S:
            return
        before, moved.sent = moved.sent, _UNKNOWN
        moved.under_way += 1
        moved.is_stop_owed = True
        self._watch(moved)
        began = time.monotonic()
        try:
            await _send_move(moved, before, wanted, steering.dead_man_s, limit_s)
            moved.sent, moved.sent_at = wanted, began
        finally:
            moved.under_way -= 1
            overtaken = moved.order != order and moved.wanted.is_still
        if overtaken:  # the stop may have reached the camera before this move did
            await self._stop(moved, limit_s)

    async def _stop(self, moved: _Moved, limit_s: float) -> None:
        order = moved.order
        moved.is_stop_owed = True
        moved.sent = _UNKNOWN
        self._watch(moved)
        await _send_stop(moved, limit_s)
        if moved.order == order:
            moved.sent = STILL
            moved.is_stop_owed = moved.under_way > 0

    # --- dead-man ---

    def _watch(self, moved: _Moved) -> None:
        if moved.watcher is None or moved.watcher.done():
            moved.watcher = asyncio.get_running_loop().create_task(self._stop_when_forgotten(moved))
            self._watchers.add(moved.watcher)
            moved.watcher.add_done_callback(self._watchers.discard)

    async def _stop_when_forgotten(self, moved: _Moved) -> None:
        while moved.is_stop_owed:
            wait_s = moved.until - time.monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            else:
                await self._stop_forgotten(moved)

    async def _stop_forgotten(self, moved: _Moved) -> None:
        moved.wanted = STILL
        moved.order += 1
        moved.until = time.monotonic() + STOP_AGAIN_S  # the next try, should this one fail
        try:
            await self._stop(moved, COMMAND_S)
        except (NotFound, NotAble):
            moved.is_stop_owed = False  # it has no drives any more
        except CenterError:
            pass  # tried again in a moment, for as long as it takes

    async def halt(self) -> None:
        """Stop what still moves by our command, all at once, as far as cameras can be reached."""
        owed = [moved for moved in self._moved.values() if moved.is_stop_owed]
        for moved in owed:
            moved.until = time.monotonic()
        await asyncio.gather(*(self._stop_forgotten(moved) for moved in owed))


async def _send_move(moved: _Moved, before: Velocity, wanted: Velocity, dead_man_s: float, limit_s: float) -> None:
    facts = moved.facts
    if facts.moves and (_drives(wanted) or _drives(before)):
        if _drives(wanted):
            await moved.device.command(
                lambda one: one.ptz_continuous_move(
                    profile_token=facts.profile,
                    pan=wanted.pan if facts.pan_tilt else None,
                    tilt=wanted.tilt if facts.pan_tilt else None,
                    zoom=wanted.zoom if facts.zoom else None,
                    timeout=f"PT{max(1, math.ceil(dead_man_s))}S",
                ),
                limit_s,
            )
        else:
            await _stop_drives(moved, limit_s)
    if facts.focus and wanted.focus:
        await moved.device.command(
            lambda one: one.imaging_move(video_source_token=facts.source, focus_continuous=wanted.focus), limit_s
        )
    elif facts.focus and before.focus:
        await _stop_focus(moved, limit_s)


async def _send_stop(moved: _Moved, limit_s: float) -> None:
    stops = []
    if moved.facts.moves:
        stops.append(_stop_drives(moved, limit_s))
    if moved.facts.focus:
        stops.append(_stop_focus(moved, limit_s))
    for outcome in await asyncio.gather(*stops, return_exceptions=True):  # one that fails holds up no other
        if isinstance(outcome, BaseException):
            raise outcome


async def _stop_drives(moved: _Moved, limit_s: float) -> None:
    profile = moved.facts.profile
    await moved.device.command(lambda one: one.ptz_stop(profile_token=profile, pan_tilt=True, zoom=True), limit_s)


async def _stop_focus(moved: _Moved, limit_s: float) -> None:
    source = moved.facts.source
    try:
        await moved.device.command(lambda one: one.imaging_stop(video_source_token=source), limit_s)
    except (BadPayload, NotAble, NotPermitted):
        if moved.wanted.focus or moved.sent.focus not in (0.0, _UNKNOWN.focus):
            raise
        # A lens that is told to stop without moving: some cameras call that a fault.


def _drives(velocity: Velocity) -> bool:
    return bool(velocity.pan or velocity.tilt or velocity.zoom)
