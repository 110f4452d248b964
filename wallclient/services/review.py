"""Reviewing footage in step: panes on one clock, and what an operator does with it. Lives on the UI thread."""

import asyncio
import time
from collections import deque
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from wallclient.domain.review import ClockMap, Sight
from wallclient.services.review_clock import ReviewClock

HOLD_S = 0.8  # a seek waits so long at most for all panes to have the picture
_TICK_MS = 100
_STEP_S = 2.0
_MOST_STEPS = 8  # a key held down must not go on for long after it was let go


class Follower(Protocol):
    """What the clock needs of a pane."""

    def follow(self, clock: ClockMap) -> None:
        """Show what this clock says."""

    def settled(self, epoch: int) -> bool:
        """Tell whether the clock's moment of that epoch is shown, or it is known why it can't be."""

    def next_us(self) -> int | None:
        """Return, in a gap, where footage goes on in the clock's direction; None: it does not."""

    def sight(self) -> Sight:
        """Return what there is to see."""

    def awaits_footage(self) -> bool:
        """Tell whether its center is still bringing the footage of the moment."""

    def ask_step(self, request: int, from_us: int, direction: int) -> bool:
        """Ask for a neighbouring picture's moment, which comes to `SharedClock.take_step`; False: not now."""


class SharedClock(QObject):
    """One clock and the panes that follow it."""

    changed = Signal()  # playing or speed
    moved = Signal()  # the moment; ten times a second while it runs
    settled = Signal()  # after a seek: all panes show the moment, or as many as did in time
    joined_changed = Signal()  # panes came or went

    def __init__(self, moment_us: int) -> None:
        super().__init__()
        self._clock = ReviewClock(moment_us, time.monotonic_ns())
        self.followers: list[Follower] = []
        self.skip_gaps = False  # leap over times of which no pane has footage
        self.holding = False  # a seek waits for the panes
        self.all_came = True  # the last seek was settled in all panes in time
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setTimerType(Qt.TimerType.PreciseTimer)
        self._hold.setInterval(round(HOLD_S * 1000))
        self._hold.timeout.connect(self._on_held_long)
        self._steps: deque[tuple[Follower, int]] = deque()
        self._asked: tuple[int, float] | None = None  # request of the step under way, and when it is given up
        self._request = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(_TICK_MS)

    # -- what it says ------------------------------------------------------------------------------

    @property
    def map(self) -> ClockMap:
        """The mapping of time to footage now."""
        return self._clock.map

    @property
    def moment_us(self) -> int:
        """The moment shown now."""
        return self._clock.moment_us(time.monotonic_ns())

    @property
    def moment_ms(self) -> int:
        """The moment shown now, in the center's milliseconds."""
        return self.moment_us // 1000

    @property
    def playing(self) -> bool:
        """Whether it runs, or will once a seek is done."""
        return self._clock.playing

    @property
    def speed(self) -> float:
        """Footage time by time, below 0 backwards; also while it stands."""
        return self._clock.speed

    # -- panes -------------------------------------------------------------------------------------

    def join(self, follower: Follower) -> None:
        """Let a pane follow from the present moment on."""
        if follower not in self.followers:
            self.followers.append(follower)
            follower.follow(self._clock.map)
            self.joined_changed.emit()

    def leave(self, follower: Follower) -> None:
        """Let a pane go its own way."""
        if follower in self.followers:
            self.followers.remove(follower)
            self._steps = deque(step for step in self._steps if step[0] is not follower)
            self.note_settled()
            self.joined_changed.emit()

    # -- what an operator does ---------------------------------------------------------------------

    def play(self) -> None:
        """Run."""
        if not self._clock.playing:
            self._steps.clear()
            if self.holding:
                self._clock.playing = True
            else:
                self._tell(self._clock.play(time.monotonic_ns()))
            self.changed.emit()

    def pause(self) -> None:
        """Stand."""
        was_playing = self._clock.playing
        if was_playing:
            if self._clock.map.rate:
                self._tell(self._clock.pause(time.monotonic_ns()))
            self._clock.playing = False
            self.changed.emit()
            self.moved.emit()

    def set_speed(self, speed: float) -> None:
        """Take another speed, below 0 backwards. Raises ValueError."""
        if (new := self._clock.set_speed(speed, time.monotonic_ns())) is not None:
            self._tell(new)
        self.changed.emit()

    def seek(self, moment_us: int) -> None:
        """Go to a moment; a running clock is held there until all panes show it, or `HOLD_S`."""
        self._steps.clear()
        self._seek(moment_us)

    async def seek_and_wait(self, moment_us: int) -> bool:
        """Go to a moment and return, once it is settled, whether all panes show it or say why not."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def on_settled() -> None:
            if not done.done():
                done.set_result(self.all_came)

        self.settled.connect(on_settled)
        try:
            self.seek(moment_us)
            return await done
        finally:
            self.settled.disconnect(on_settled)

    def step(self, follower: Follower, direction: int) -> None:
        """Stand, and go to the next (1) or previous (−1) picture of a pane; all others go to the same moment."""
        self.pause()
        if len(self._steps) < _MOST_STEPS:
            self._steps.append((follower, direction))
        self._next_step()

    def take_step(self, request: int, moment_us: int | None) -> None:
        """Take the answer to `Follower.ask_step`."""
        if self._asked is None or self._asked[0] != request:
            return
        self._asked = None
        if moment_us is None:
            self._steps.clear()  # there is no footage that way
        else:
            self._seek(moment_us)
        self._next_step()

    def set_limits(self, first_us: int, last_us: int) -> None:
        """Do not run or go beyond these moments."""
        self._clock.limits_us = first_us, last_us

    # -- inside ------------------------------------------------------------------------------------

    def note_settled(self) -> None:
        """Look again whether all panes show what a seek asked for; panes call it when that may have changed."""
        if self.holding and all(follower.settled(self._clock.map.epoch) for follower in self.followers):
            self._release()

    def _seek(self, moment_us: int) -> None:
        self.holding = True
        self._tell(self._clock.seek(moment_us, time.monotonic_ns()))
        self.moved.emit()
        self._hold.start()  # anew: each seek has its time
        self.note_settled()

    def _on_held_long(self) -> None:
        if self.holding and self._awaits_footage():
            self._hold.start()
        elif self.holding:
            self._release()

    def _awaits_footage(self) -> bool:
        """Tell whether nothing can be seen yet, since footage is on its way: its moments are not to pass unseen."""
        if any(follower.sight() is Sight.SHOWING for follower in self.followers):
            return False  # what one camera shows is not held up by another's recorder
        return any(follower.awaits_footage() for follower in self.followers)

    def _release(self) -> None:
        self.holding = False
        self._hold.stop()
        self.all_came = all(follower.settled(self._clock.map.epoch) for follower in self.followers)
        self.settled.emit()
        if not self.holding and (new := self._clock.release(time.monotonic_ns())) is not None:
            self._tell(new)
        self._next_step()

    def _next_step(self) -> None:
        if self._asked is not None or self.holding or not self._steps:
            return
        follower, direction = self._steps.popleft()
        self._request += 1
        self._asked = self._request, time.monotonic() + _STEP_S
        if not follower.ask_step(self._request, self._clock.map.moment_us, direction):
            self._asked = None

    def _tell(self, new: ClockMap) -> None:
        for follower in self.followers:
            follower.follow(new)

    def _on_tick(self) -> None:
        now = time.monotonic()
        if self._asked is not None and now > self._asked[1]:
            self._asked = None
            self._steps.clear()
        if not self._clock.map.rate:
            return
        if self._clock.at_its_end(time.monotonic_ns()):
            self.pause()
            return
        if self._awaits_footage():
            self._seek(self.moment_us)
        elif self.skip_gaps and not self.holding:
            self._skip_gap()
        self.moved.emit()

    def _skip_gap(self) -> None:
        if not self.followers or any(follower.sight() is not Sight.GAP for follower in self.followers):
            return
        ahead = [moment for follower in self.followers if (moment := follower.next_us()) is not None]
        if ahead:
            self._seek(min(ahead) if self.speed > 0 else max(ahead))

    def close(self) -> None:
        """End."""
        self._timer.stop()
        self._hold.stop()
        self._steps.clear()
        self.followers.clear()
