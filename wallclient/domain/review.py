"""Reviewing footage in step: the mapping of time to footage that all panes share, and what a track can say.

Moments are `*_us` here: microseconds since 1970-01-01 UTC by the center's clock, as whole numbers, so that a picture of
30 a second has a moment of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

FASTEST = 16.0


@dataclass(frozen=True, slots=True)
class ClockMap:
    """Which moment of footage is shown at which time of CLOCK_MONOTONIC, which is the same in all processes.

    `rate` is footage time by time: 1 plays, 0 stands, below 0 runs backwards. Until `anchor_ns` the map stands at
    `moment_us`, so that a start can be told beforehand to all processes. `epoch` rises with every change.
    """

    epoch: int
    anchor_ns: int
    moment_us: int
    rate: float

    def at(self, now_ns: int) -> int:
        """Return the moment shown at `now_ns`."""
        return self.moment_us + round(max(0, now_ns - self.anchor_ns) * self.rate / 1000)

    def when(self, moment_us: int) -> int | None:
        """Return when (ns) the map reaches a moment ahead of it; None: it never does."""
        if self.rate == 0 or (moment_us - self.moment_us) * self.rate < 0:
            return None
        return self.anchor_ns + round((moment_us - self.moment_us) * 1000 / self.rate)


class Sight(StrEnum):
    """What a track of footage has to show at the moment asked for."""

    LOADING = "loading"  # it is being fetched or decoded
    SHOWING = "showing"
    GAP = "gap"  # nothing was recorded at that moment
    FAILED = "failed"  # something was, but it can't be had; tried again by itself
