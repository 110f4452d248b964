"""The rules of a review clock: play, stand, seek, speeds both ways, its ends. Pure: time is handed in."""

import itertools
from dataclasses import replace

from wallclient.domain.review import FASTEST, ClockMap

SPEEDS = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0, 16.0)
_epochs = itertools.count(1)  # of all clocks: a pane that changes its clock must not take one's epoch for the other's
LEAD_NS = 30_000_000  # a start is told so long beforehand: it reaches all processes in time


class ReviewClock:
    """Which moment of footage is shown when. Each change gives a new map, with a higher epoch."""

    def __init__(self, moment_us: int, now_ns: int) -> None:
        self.map = ClockMap(next(_epochs), now_ns, moment_us, 0.0)
        self.speed = 1.0  # signed; kept while the clock stands
        self.playing = False  # what the operator wants: a clock held for a seek is playing too
        self.limits_us: tuple[int, int] | None = None  # first and last moment

    def moment_us(self, now_ns: int) -> int:
        """Return the moment shown, within the limits."""
        return self._limited(self.map.at(now_ns))

    def play(self, now_ns: int) -> ClockMap:
        """Run on from the present moment."""
        self.playing = True
        return self._go_on(self.moment_us(now_ns), now_ns + LEAD_NS)

    def pause(self, now_ns: int) -> ClockMap:
        """Stand at the present moment."""
        self.playing = False
        return self._set(self.moment_us(now_ns), now_ns, 0.0)

    def set_speed(self, speed: float, now_ns: int) -> ClockMap | None:
        """Take another speed (below 0: backwards); the map where it changes. Raises ValueError."""
        if not SPEEDS[0] <= abs(speed) <= FASTEST:
            raise ValueError(f"no speed of {speed}")
        self.speed = speed
        return self._set(self.moment_us(now_ns), now_ns, speed) if self.map.rate else None

    def seek(self, moment_us: int, now_ns: int) -> ClockMap:
        """Go to a moment and stand there; a clock that was playing goes on with `release`."""
        return self._set(self._limited(moment_us), now_ns, 0.0)

    def release(self, now_ns: int) -> ClockMap | None:
        """Let a clock that is held go on, if it is to play."""
        return self._go_on(self.map.moment_us, now_ns + LEAD_NS) if self.playing and not self.map.rate else None

    def at_its_end(self, now_ns: int) -> bool:
        """Tell whether a running clock has come to the limit it runs towards."""
        if self.limits_us is None or not self.map.rate:
            return False
        moment = self.map.at(now_ns)
        return moment >= self.limits_us[1] if self.map.rate > 0 else moment <= self.limits_us[0]

    def _go_on(self, moment_us: int, from_ns: int) -> ClockMap:
        return self._set(moment_us, from_ns, self.speed)

    def _set(self, moment_us: int, anchor_ns: int, rate: float) -> ClockMap:
        self.map = replace(
            self.map, epoch=next(_epochs), anchor_ns=anchor_ns, moment_us=self._limited(moment_us), rate=rate
        )
        return self.map

    def _limited(self, moment_us: int) -> int:
        if self.limits_us is None:
            return moment_us
        first, last = self.limits_us
        return min(max(moment_us, first), last)


def faster(speed: float, direction: int) -> float:
    """Return the next speed for a key pressed again: in the same direction twice as fast, in the other normal."""
    if speed * direction <= 0:
        return float(direction)
    return direction * min(FASTEST, max(1.0, abs(speed) * 2))
