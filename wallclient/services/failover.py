"""Which of several ways to a camera serves: the rule alone, told the time and what was seen; it asks nobody.

The first way is the camera's own center, the others stand in for it, in the operator's order. The rule leaves a way
that gives no picture, goes back to an earlier one only after that has been well for long, and does not sway with a
line that comes and goes: trouble adds up until a way has been well for `BACK_S` without a break.
"""

from dataclasses import dataclass

AWAY_S = 5.0  # of trouble, in all since it was last well for BACK_S, before another way is tried
BACK_S = 60.0  # well without a break before an earlier way serves again


@dataclass(slots=True)
class _Way:
    well: bool
    since_s: float
    trouble_s: float = 0.0  # before the present stretch


class Switchover:
    """The ways to one camera; `serving` is the one whose picture is shown, or looked for. Times are monotonic."""

    def __init__(self, ways: int, now_s: float, *, away_s: float = AWAY_S, back_s: float = BACK_S) -> None:
        """All ways begin as not well since `now_s`, which may lie ahead, but for those that are told of next."""
        self._ways = [_Way(well=False, since_s=now_s) for _ in range(ways)]
        self._away_s, self._back_s = away_s, back_s
        self.serving = 0

    def set_ways(self, ways: int, now_s: float) -> None:
        """Take other ways beside the first, none of which is well yet; only while the first one serves."""
        self._ways[1:] = [_Way(well=False, since_s=now_s) for _ in range(ways - 1)]

    def tell(self, way: int, well: bool, at_s: float) -> None:
        """Take in that a way has been well, or in trouble, since `at_s`.

        For the one that serves that means whether a picture moves, for the others whether their center answers.
        """
        one = self._ways[way]
        if one.well is well:
            one.since_s = min(one.since_s, at_s)
            return
        if well:
            one.trouble_s += max(0.0, at_s - one.since_s)
        elif at_s - one.since_s >= self._back_s:
            one.trouble_s = 0.0
        one.well, one.since_s = well, at_s

    def serve(self, way: int, at_s: float) -> None:
        """Take in that a way's picture is shown from now on."""
        self.serving = way
        self.tell(way, True, at_s)

    def choice(self, now_s: float) -> int:
        """Return the way that should serve."""
        for way in range(self.serving):
            one = self._ways[way]
            if one.well and now_s - one.since_s >= self._back_s:
                return way
        if self._ways[self.serving].well or self._trouble_s(self.serving, now_s) < self._away_s:
            return self.serving
        others = [way for way, one in enumerate(self._ways) if one.well and way != self.serving]
        return others[0] if others else self.serving

    def next_s(self, now_s: float) -> float | None:
        """Return in how many seconds the choice may change with nothing new told; None: never."""
        waits = [self._back_s - (now_s - one.since_s) for one in self._ways[: self.serving] if one.well]
        if not self._ways[self.serving].well:
            waits.append(self._away_s - self._trouble_s(self.serving, now_s))
        return min((wait for wait in waits if wait > 0), default=None)

    def _trouble_s(self, way: int, now_s: float) -> float:
        one = self._ways[way]
        return one.trouble_s if one.well else one.trouble_s + now_s - one.since_s
