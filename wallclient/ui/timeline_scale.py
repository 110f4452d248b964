"""Where moments are on a timeline: a ladder of zooms from a year down to single pictures, and the marks of its ruler.

Moments are whole microseconds since 1970 UTC. Time is cut into columns of one pixel each that lie at whole multiples of
`us_per_px`, so that panning moves columns and changes none, and nothing is lost to rounding.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from wallclient.domain.patrol_schedule import instant

MS, SECOND, MINUTE, HOUR = 1_000, 1_000_000, 60_000_000, 3_600_000_000
DAY = 24 * HOUR
YEAR = 366 * DAY
# Whole numbers with factors of 1.5 and 1.33 in turn: each is two or three columns of one further down.
LADDER = tuple(sorted(unit << power for power in range(30) for unit in (500, 750)))
EARLIEST_US = 946_684_800 * SECOND  # 2000
LATEST_US = 4_102_444_800 * SECOND  # 2100


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Column `first` is at x = 0; column n is [n × us_per_px, (n + 1) × us_per_px)."""

    first: int
    us_per_px: int  # one of LADDER
    width_px: int

    @property
    def start_us(self) -> int:
        """The moment at the left edge."""
        return self.first * self.us_per_px

    @property
    def end_us(self) -> int:
        """The moment behind the right edge."""
        return (self.first + self.width_px) * self.us_per_px

    @property
    def span_us(self) -> int:
        """How much time is shown."""
        return self.width_px * self.us_per_px

    def x_of(self, moment_us: int) -> float:
        """Return where a moment is; outside 0 … width where it is not shown."""
        return moment_us / self.us_per_px - self.first

    def moment_at(self, x: float) -> int:
        """Return the moment at a place."""
        return round((self.first + x) * self.us_per_px)

    def zoomed(self, steps: int, at_x: float) -> "TimeScale":
        """Return the scale `steps` further in (below 0: out); the moment at `at_x` stays, to half a pixel."""
        rung = min(max(LADDER.index(self.us_per_px) - steps, 0), self._widest_rung())
        us_per_px = LADDER[rung]
        anchor_us = (self.first + at_x) * self.us_per_px
        return replace(self, first=round(anchor_us / us_per_px - at_x), us_per_px=us_per_px)._limited()

    def panned(self, px: int) -> "TimeScale":
        """Return the scale `px` further to the right."""
        return replace(self, first=self.first + px)._limited()

    def centered(self, moment_us: int, at: float = 0.5) -> "TimeScale":
        """Return the scale with a moment at the part `at` of the width."""
        return replace(self, first=round(moment_us / self.us_per_px - self.width_px * at))._limited()

    def resized(self, width_px: int) -> "TimeScale":
        """Return the scale with another width; the left edge stays."""
        return replace(self, width_px=max(1, width_px))._limited()

    def _widest_rung(self) -> int:
        return min(bisect_left(LADDER, -(-YEAR // self.width_px)), len(LADDER) - 1)

    def _limited(self) -> "TimeScale":
        us_per_px = min(self.us_per_px, LADDER[self._widest_rung()])
        first = self.first if us_per_px == self.us_per_px else self.start_us // us_per_px
        earliest, latest = EARLIEST_US // us_per_px, LATEST_US // us_per_px - self.width_px
        return TimeScale(min(max(first, earliest), latest), us_per_px, self.width_px)


def scale_for(start_us: int, end_us: int, width_px: int) -> TimeScale:
    """Return the closest scale that shows all of a range, in its middle."""
    width_px = max(1, width_px)
    rung = min(bisect_left(LADDER, max(1, end_us - start_us) / width_px), len(LADDER) - 1)
    return TimeScale(0, LADDER[rung], width_px).centered((start_us + end_us) // 2)


class Unit(Enum):
    """What a mark of the ruler names."""

    PART = "part"  # of a second
    SECOND = "second"
    MINUTE = "minute"  # hours and minutes
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the ruler; `is_day`: a day begins there, by the clocks of the zone."""

    moment_us: int
    unit: Unit
    is_day: bool


_SHORT = (  # steps that fit into every offset of a zone: these are multiples of 15 minutes
    *(n * MS for n in (10, 20, 50, 100, 200, 500)),
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * MINUTE for n in (1, 2, 5, 15)),
)
_HOURS = (30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR)
_DAYS = (1, 2, 7)
_MONTHS = (1, 3, 12)


def ticks(scale: TimeScale, zone: ZoneInfo, closest_px: float) -> list[Tick]:
    """Return the marks of a ruler, at least `closest_px` apart, by the clocks of `zone`."""
    step_us = closest_px * scale.us_per_px
    for short in _SHORT:
        if short >= step_us:
            return list(_short_ticks(scale, zone, short))
    for hours in _HOURS:
        if hours >= step_us:
            return _spread(_hour_ticks(scale, zone, hours), step_us / 2)
    for days in _DAYS:
        if days * DAY >= step_us:
            return list(_day_ticks(scale, zone, days))
    months = next((months for months in _MONTHS if months * 28 * DAY >= step_us), _MONTHS[-1])
    return list(_month_ticks(scale, zone, months))


def local(moment_us: int, zone: ZoneInfo) -> datetime:
    """Return a moment by the clocks of `zone`, exact to the microsecond."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment_us)).astimezone(zone)


def moment_of(when: datetime) -> int:
    """Return an aware time as a moment."""
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _offset_us(moment_us: int, zone: ZoneInfo) -> int:
    offset = local(moment_us, zone).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def _short_ticks(scale: TimeScale, zone: ZoneInfo, step_us: int) -> Iterator[Tick]:
    unit = Unit.PART if step_us < SECOND else Unit.SECOND if step_us < MINUTE else Unit.MINUTE
    offset_us = _offset_us(scale.start_us, zone)
    at = -(-(scale.start_us + offset_us) // step_us) * step_us - offset_us
    while at < scale.end_us:
        when = local(at, zone)
        yield Tick(at, unit, (when.hour, when.minute, when.second, when.microsecond) == (0, 0, 0, 0))
        at += step_us


def _days(scale: TimeScale, zone: ZoneInfo) -> Iterator[date]:
    day, last = local(scale.start_us, zone).date(), local(scale.end_us, zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _hour_ticks(scale: TimeScale, zone: ZoneInfo, step_us: int) -> Iterator[Tick]:
    """Yield marks at round hours of each day; a day of 23 or 25 hours has one of them fewer or longer."""
    for day in _days(scale, zone):
        for minutes in range(0, 24 * 60, step_us // MINUTE):
            at = moment_of(instant(day, time(minutes // 60, minutes % 60), zone))
            if scale.start_us <= at < scale.end_us:
                yield Tick(at, Unit.MINUTE, minutes == 0)


def _spread(found: Iterator[Tick], least_us: float) -> list[Tick]:
    """Leave out marks that a change of clocks moved onto their neighbour."""
    kept: list[Tick] = []
    for tick in found:
        if not kept or tick.moment_us - kept[-1].moment_us >= least_us:
            kept.append(tick)
    return kept


def _day_ticks(scale: TimeScale, zone: ZoneInfo, step: int) -> Iterator[Tick]:
    for day in _days(scale, zone):
        if (day.toordinal() - 1) % step == 0:  # weeks begin on Mondays
            at = moment_of(instant(day, time(), zone))
            if scale.start_us <= at < scale.end_us:
                yield Tick(at, Unit.DAY, is_day=True)


def _month_ticks(scale: TimeScale, zone: ZoneInfo, step: int) -> Iterator[Tick]:
    day = local(scale.start_us, zone).date().replace(day=1)
    while (at := moment_of(instant(day, time(), zone))) < scale.end_us:
        if (day.month - 1) % step == 0 and at >= scale.start_us:
            yield Tick(at, Unit.YEAR if day.month == 1 else Unit.MONTH, is_day=True)
        day = (day + timedelta(days=32)).replace(day=1)
