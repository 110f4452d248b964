"""A dead-man for servers that have none: whatever this client moves and does not renew in time is stopped from here.

Holds the order of commands too: one that arrives late does nothing, and a stop that a move may have overtaken is sent
again. Where a server says only that it took a stop, not that the camera did, the stop is repeated without being asked.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from wallclient.domain.errors import CenterError, NotAble, NotFound
from wallclient.domain.ptz import STILL, Steering, Velocity

STOP_S = 3.0  # for a stop of our own
TRY_AGAIN_S = 0.5  # after one that failed
UNKNOWN = Velocity(9, 9, 9, 9, 9)  # any drive may move: equal to nothing that is ever wanted


class Drives(Protocol):
    """How commands reach a camera. Both raise the errors of `wallclient.domain.errors`."""

    def move(self, channel_id: str, before: Velocity, wanted: Velocity, timeout_s: float) -> None:
        """Lead from one velocity to another; `before` is `UNKNOWN` where anything may be moving."""
        ...

    def stop(self, channel_id: str, timeout_s: float) -> None:
        """Stop every drive."""
        ...


@dataclass
class _Moved:
    """A camera this client has steered."""

    numbers: dict[str, int] = field(default_factory=dict)  # latest by hand
    wanted: Velocity = STILL
    sent: Velocity = STILL  # what the server has taken last
    under_way: int = 0  # moves not answered yet
    order: int = 0  # commands so far
    until: float = 0.0  # dead-man, by the clock
    is_stop_owed: bool = False
    repeats: list[float] = field(default_factory=list)  # when the stop is sent again, though it was taken


class DeadMan:
    """Thread safe; one thread of its own stops what nobody renews, for as long as it takes."""

    def __init__(
        self,
        drives: Drives,
        *,
        repeat_stop_s: Sequence[float] = (),
        clock: Callable[[], float] = time.monotonic,
        name: str = "dead-man",
    ) -> None:
        """`repeat_stop_s`: how long after a stop that was taken it is sent again, once each, if nothing moves since."""
        self._drives = drives
        self._repeat_stop_s = tuple(repeat_stop_s)
        self._clock = clock
        self._name = name
        self._moved: dict[str, _Moved] = defaultdict(_Moved)
        self._changed = threading.Condition()
        self._is_closed = False
        self._watchdog: threading.Thread | None = None

    def steer(self, channel_id: str, steering: Steering, timeout_s: float, *, renew: bool = False) -> bool:
        """Send a move or a stop; tell whether the camera moves then. One that comes after a later one does nothing.

        A move that is under way already is not sent again, or cameras jerk, unless `renew` asks for it.
        """
        with self._changed:
            moved = self._moved[channel_id]
            if steering.number <= moved.numbers.get(steering.hand, -1):
                return moved.is_stop_owed
            moved.numbers[steering.hand] = steering.number
            moved.wanted = steering.velocity
            moved.until = self._clock() + steering.dead_man_s
            moved.repeats = []
            moved.order += 1
            order = moved.order
        if steering.velocity.is_still:
            self._stop(channel_id, moved, order, timeout_s)
        else:
            self._move(channel_id, moved, order, steering.velocity, timeout_s, renew)
        return self.is_moving(channel_id)

    def is_moving(self, channel_id: str) -> bool:
        """Tell whether a camera may move by our command."""
        with self._changed:
            return channel_id in self._moved and self._moved[channel_id].is_stop_owed

    def leave(self, channel_id: str) -> None:
        """Repeat no stop any more: the camera is to go somewhere by itself."""
        with self._changed:
            if channel_id in self._moved:
                self._moved[channel_id].repeats = []

    def halt(self) -> None:
        """Stop what still moves, as far as the server can be reached; never raises a CenterError."""
        with self._changed:
            owed = [channel_id for channel_id, moved in self._moved.items() if moved.is_stop_owed]
            for channel_id in owed:
                self._moved[channel_id].until = self._clock()
        for channel_id in owed:
            self._stop_forgotten(channel_id)

    def close(self) -> None:
        """End the thread; what moves has to be stopped before."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    # --- inside ---

    def _move(
        self, channel_id: str, moved: _Moved, order: int, wanted: Velocity, timeout_s: float, renew: bool
    ) -> None:
        with self._changed:
            is_same = moved.sent == wanted and not moved.under_way
            if is_same and not renew:
                return
            before, moved.sent = moved.sent, UNKNOWN
            moved.under_way += 1
            moved.is_stop_owed = True
            self._watch()
        try:
            self._drives.move(channel_id, before, wanted, timeout_s)
            with self._changed:
                moved.sent = wanted
        finally:
            with self._changed:
                moved.under_way -= 1
                overtaken = moved.order != order and moved.wanted.is_still
        if overtaken:  # the stop may have reached the camera before this move did
            self._stop(channel_id, moved, moved.order, timeout_s)

    def _stop(self, channel_id: str, moved: _Moved, order: int, timeout_s: float) -> None:
        with self._changed:
            moved.is_stop_owed = True
            moved.sent = UNKNOWN
            self._watch()
        self._drives.stop(channel_id, timeout_s)
        with self._changed:
            if moved.order == order:
                moved.sent = STILL
                moved.is_stop_owed = moved.under_way > 0
                now = self._clock()
                moved.repeats = [now + after_s for after_s in self._repeat_stop_s]
                self._watch()

    def _watch(self) -> None:
        """Start the watchdog, or let it look again; with the lock held."""
        if self._watchdog is None and not self._is_closed:
            self._watchdog = threading.Thread(target=self._look_after, name=self._name, daemon=True)
            self._watchdog.start()
        self._changed.notify_all()

    def _look_after(self) -> None:
        while True:
            with self._changed:
                if self._is_closed:
                    return
                now = self._clock()
                late = [one for one, moved in self._moved.items() if moved.is_stop_owed and moved.until <= now]
                again = [one for one, moved in self._moved.items() if moved.repeats and moved.repeats[0] <= now]
                if not late and not again:
                    self._changed.wait(self._next_s(now))
                    continue
            for channel_id in late:
                self._stop_forgotten(channel_id)
            for channel_id in again:
                self._repeat(channel_id)

    def _next_s(self, now: float) -> float | None:
        waits = [moved.until - now for moved in self._moved.values() if moved.is_stop_owed]
        waits += [moved.repeats[0] - now for moved in self._moved.values() if moved.repeats]
        return min(waits) if waits else None

    def _stop_forgotten(self, channel_id: str) -> None:
        with self._changed:
            moved = self._moved[channel_id]
            if not moved.is_stop_owed or moved.until > self._clock():
                return
            moved.wanted = STILL
            moved.order += 1
            order = moved.order
            moved.until = self._clock() + TRY_AGAIN_S  # the next try, should this one fail
        try:
            self._stop(channel_id, moved, order, STOP_S)
        except (NotFound, NotAble):
            with self._changed:
                moved.is_stop_owed = False  # there is no such camera any more
        except CenterError:
            pass  # tried again in a moment, for as long as it takes

    def _repeat(self, channel_id: str) -> None:
        with self._changed:
            moved = self._moved[channel_id]
            if not moved.repeats or moved.is_stop_owed:
                return
            moved.repeats.pop(0)
        try:
            self._drives.stop(channel_id, STOP_S)
        except CenterError:
            return  # it was taken before: this one was for certainty
