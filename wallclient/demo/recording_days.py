"""On which days of a month a demo camera has recorded, in any time zone."""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from wallclient.demo.recording_calendar import stretches
from wallclient.domain.patrol_schedule import instant


def midnights(year: int, month: int, zone: ZoneInfo) -> list[float]:
    """Return when the days of a month begin, and the month after: unix seconds; the clocks may change in between."""
    days = monthrange(year, month)[1]
    first = date(year, month, 1)
    return [instant(first + timedelta(days=i), time(), zone).timestamp() for i in range(days + 1)]


def recorded_days(number: int, begins: list[float], now_s: float) -> list[int]:
    """Return the days (from 1) of a month, whose days begin then, of which a camera has footage."""
    found: set[int] = set()
    for stretch in stretches(number, begins[0], begins[-1], now_s):
        first = max(1, bisect_right(begins, stretch.start_s))
        last = min(len(begins) - 1, bisect_left(begins, stretch.end_s))
        found.update(range(first, last + 1))
    return sorted(found)
