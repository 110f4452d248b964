"""Which moments a contact sheet shows: by the clocks of the zone, so that they are round ones. No Qt."""

from bisect import bisect_left
from zoneinfo import ZoneInfo

from wallclient.domain.footage_search import MOST_PICTURES
from wallclient.ui.timeline_scale import HOUR, MINUTE, SECOND, local

STEPS = (
    *(n * SECOND for n in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(n * MINUTE for n in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12, 24)),
)
_EXACT_BELOW = 4 * SECOND  # closer pictures are decoded exactly, others may be the key picture before


def automatic_step(length_us: int, room: int) -> int:
    """Return the closest step with which a range fills no more than `room` cells."""
    wanted = max(1, length_us) / max(1, room)
    return STEPS[min(bisect_left(STEPS, wanted), len(STEPS) - 1)]


def sheet_moments(start_us: int, end_us: int, step_us: int, zone: ZoneInfo) -> list[int]:
    """Return the round moments of a range, `MOST_PICTURES` at most; the beginning where there is none."""
    offset = local(start_us, zone).utcoffset()
    shift = 0 if offset is None else round(offset.total_seconds()) * SECOND
    first = -(-(start_us + shift) // step_us) * step_us - shift
    moments = list(range(first, end_us, step_us))[:MOST_PICTURES]
    return moments or [start_us]


def slack_us(step_us: int) -> int:
    """Return how much older a picture may be than the moment it stands for."""
    return 0 if step_us < _EXACT_BELOW else step_us // 2
