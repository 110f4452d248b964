"""Moments at a ZoneMinder: local times of the server without a zone, to and from milliseconds since 1970 UTC."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wallclient.domain.errors import BadPayload

_FORM = "%Y-%m-%d %H:%M:%S"
_SLACK_MS = 2000  # whole seconds on both sides
_Kept = TypeVar("_Kept")


def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its IANA name. Raises BadPayload."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadPayload(f"a time zone nobody knows: {name[:40]!r}") from None


def parsed(text: str) -> datetime:
    """Read a local time. Raises ValueError."""
    return datetime.strptime(text, _FORM)


def to_ms(local: datetime, zone: ZoneInfo, *, second: bool = False) -> int:
    """Return the moment of a local time; `second`: the later one of two, in an hour that is told twice."""
    return round(local.replace(tzinfo=zone, fold=int(second)).timestamp() * 1000)


def is_told_twice(local: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a local time stands for two moments, as in the hour the clock is set back by."""
    return to_ms(local, zone, second=True) > to_ms(local, zone)


def local_text(moment_ms: int, zone: ZoneInfo) -> str:
    """Return a moment as the server writes it; seconds are cut off, as it does."""
    seconds = moment_ms // 1000
    return datetime.fromtimestamp(seconds, zone).strftime(_FORM)


def local_range(start_ms: int, end_ms: int, zone: ZoneInfo) -> tuple[str, str]:
    """Return local times such that every moment of a range is written as one between them, both included.

    Where the clock is set back in the range or near it, there is more between them than was asked for.
    """
    first, last = (datetime.fromtimestamp(ms // 1000, UTC) for ms in (start_ms, end_ms))
    texts = [local_text(start_ms, zone), local_text(end_ms, zone)]
    for around in (first, last):
        for hours in (-2, 2):
            if (around + timedelta(hours=hours)).astimezone(zone).utcoffset() != around.astimezone(zone).utcoffset():
                texts += [local_text(ms + shift * 7_200_000, zone) for ms in (start_ms, end_ms) for shift in (-1, 1)]
    return min(texts), max(texts)


def placed(
    rows: Sequence[tuple[int, datetime, datetime | None, float | None, _Kept]], zone: ZoneInfo
) -> Iterable[tuple[int, int | None, _Kept]]:
    """Yield start and end (None: it goes on) in milliseconds of events of one camera, in the order of their ids.

    Each row is id, local start, local end, length in seconds, and what is handed through. In the hour that is told
    twice, ids tell the order: what begins before its forerunner did, begins in the second hour.
    """
    before_ms: int | None = None
    for _, start, end, length_s, kept in sorted(rows, key=lambda row: row[0]):
        start_ms = to_ms(start, zone)
        if is_told_twice(start, zone) and _in_second_hour(start, end, length_s, before_ms, zone):
            start_ms = to_ms(start, zone, second=True)
        before_ms = start_ms
        yield start_ms, _end_ms(start_ms, end, length_s, zone), kept


def _in_second_hour(
    start: datetime, end: datetime | None, length_s: float | None, before_ms: int | None, zone: ZoneInfo
) -> bool:
    if before_ms is not None:
        return to_ms(start, zone) < before_ms - _SLACK_MS
    if end is None or not length_s or is_told_twice(end, zone):
        return False
    late_ms = to_ms(end, zone) - to_ms(start, zone, second=True)
    early_ms = to_ms(end, zone) - to_ms(start, zone)
    return abs(late_ms - length_s * 1000) < abs(early_ms - length_s * 1000)


def _end_ms(start_ms: int, end: datetime | None, length_s: float | None, zone: ZoneInfo) -> int | None:
    """Return when an event ended: what the server wrote, or what the file holds, whichever is later."""
    if end is None:
        return None
    ends = [to_ms(end, zone, second=second) for second in (False, True)]
    by_file = start_ms + round((length_s or 0.0) * 1000)
    likely = (
        min(ends, key=lambda ms: abs(ms - by_file)) if length_s else next((e for e in ends if e >= start_ms), ends[0])
    )
    return max(likely, by_file, start_ms)
