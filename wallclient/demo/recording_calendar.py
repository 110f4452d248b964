"""What the demo cameras have recorded: arithmetic on a camera's number and the day, so that nothing has to be kept.

Cameras are streams 1 … 64; times are whole seconds since 1970 UTC, by the center's clock. Footage goes back
RETAINED_DAYS and ends LAG_S before now. Segments of a camera never overlap; alarms and recordings by hand are segments
of their own between those by schedule. Most cameras record all day with a few gaps. Some differ, for tests:

- 17 has B-pictures (and files of 20 s); every eighth, from 8 on, is H.265
- 18 sends fewer pictures in some seconds: 25, 12, 8, … a second (`RATES_PERCENT`)
- 19's own clock, which is burnt into its picture, is 7 s ahead or 3 s behind, and jumps every three hours, one minute
  and one second past; no picture comes in the second of the jump
- 20 changes its codec with every segment of a day: H.264, H.265, H.264 …
- 21's last file of every segment breaks off after 60 % of its bytes
- 25's sound comes 1.5 s late
- above 32: two days without any footage now and then; 39, 47, 55 and 63 record nothing by schedule
"""

import random
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from wallclient.domain.recording import RecordingKind
from wallclient.domain.stream import Codec

DAY_S = 86_400
RETAINED_DAYS, LAG_S = 30, 5
FILE_S, SHORT_FILE_S = 120, 20
B_PICTURES, VARIABLE_RATE, WRONG_CLOCK, CODEC_CHANGE, BROKEN_OFF, LATE_SOUND = 17, 18, 19, 20, 21, 25
RATES_PERCENT = (100, 50, 32, 100, 60, 20, 100, 76, 40, 100)  # by second, of the full rate
BROKEN_OFF_SHARE = 0.6
LATE_SOUND_S = 1.5
_CLOCK_OFFSETS_S, _CLOCK_EVERY_S, _CLOCK_PAST_S = (7, -3), 3 * 3600, 61
_REGULAR = 32  # cameras up to here have footage every day
_UNSCHEDULED = frozenset({39, 47, 55, 63})
_SHORTEST_S = 4


class Stretch(NamedTuple):
    """A segment: [start_s, end_s). `order` counts those of a day; `ends_at_s` is its end once it is whole."""

    start_s: int
    end_s: int
    kind: RecordingKind
    order: int
    ends_at_s: int


class FootageFile(NamedTuple):
    """One file of a camera: part of a segment between two full marks of the clock."""

    number: int
    start_s: int
    end_s: int
    codec: Codec
    breaks_off: bool


def stretches(number: int, start_s: float, end_s: float, now_s: float) -> list[Stretch]:
    """Return the segments that touch [start_s, end_s), in order of time, whole; what is being recorded ends now."""
    first, last = int(start_s // DAY_S), int(end_s // DAY_S)
    today, newest = int(now_s // DAY_S), int(now_s) - LAG_S
    found = []
    for day in range(max(first, today - RETAINED_DAYS), min(last, today) + 1):
        for stretch in planned(number, day):
            if stretch.start_s >= min(end_s, newest) or stretch.end_s <= start_s:
                continue
            whole = stretch.end_s <= newest
            if whole or newest > start_s:
                found.append(stretch if whole else stretch._replace(end_s=newest))
    return found


def files_between(number: int, start_s: float, end_s: float, now_s: float) -> Iterator[FootageFile]:
    """Yield the files that touch [start_s, end_s), in order of time; the one being recorded ends now."""
    step = file_s(number)
    for stretch in stretches(number, start_s, end_s, now_s):
        mark = stretch.start_s
        while mark < stretch.end_s:
            following = min(mark - mark % step + step, stretch.end_s)
            if following > start_s and mark < end_s:
                yield _file(number, stretch, mark, following)
            mark = following


def file_at(number: int, start_s: int, end_s: int, now_s: float) -> FootageFile | None:
    """Return the file that begins then, up to `end_s`, which is within it or its end; None if there is none."""
    for stretch in stretches(number, start_s, start_s + 1, now_s):
        step = file_s(number)
        begins = start_s == stretch.start_s or (start_s > stretch.start_s and start_s % step == 0)
        limit = min(start_s - start_s % step + step, stretch.end_s)
        if begins and start_s < end_s <= limit:
            return _file(number, stretch, start_s, end_s)
    return None


def _file(number: int, stretch: Stretch, start_s: int, end_s: int) -> FootageFile:
    breaks_off = number == BROKEN_OFF and end_s == stretch.ends_at_s
    return FootageFile(number, start_s, end_s, codec_of(number, stretch.order), breaks_off)


def file_s(number: int) -> int:
    """Return how long a camera's files are."""
    return SHORT_FILE_S if number == B_PICTURES else FILE_S


def codec_of(number: int, order: int) -> Codec:
    """Return how a camera's segment, the so-manyth of its day, is coded."""
    if number == CODEC_CHANGE:
        return Codec.H265 if order % 2 else Codec.H264
    return Codec.H265 if number % 8 == 0 else Codec.H264


def clock_ahead_s(number: int, unix_s: int) -> int:
    """Return how far a camera's own clock is ahead."""
    if number != WRONG_CLOCK:
        return 0
    return _CLOCK_OFFSETS_S[(unix_s - _CLOCK_PAST_S) // _CLOCK_EVERY_S % 2]


def pictures_in(number: int, unix_s: int, fps: int) -> int:
    """Return how many pictures a camera sends in a second."""
    if number == VARIABLE_RATE:
        return max(1, fps * RATES_PERCENT[unix_s % len(RATES_PERCENT)] // 100)
    if number == WRONG_CLOCK and (unix_s - _CLOCK_PAST_S) % _CLOCK_EVERY_S == 0:
        return 0
    return fps


def special_cameras() -> dict[str, int]:
    """Return which camera has what that others don't."""
    return {
        "b_pictures": B_PICTURES,
        "variable_rate": VARIABLE_RATE,
        "wrong_clock": WRONG_CLOCK,
        "codec_change": CODEC_CHANGE,
        "broken_off": BROKEN_OFF,
        "late_sound": LATE_SOUND,
        "h265": 8,
    }


@lru_cache(maxsize=8192)
def planned(number: int, day: int) -> tuple[Stretch, ...]:
    """Return the segments of a day (counted from 1970, UTC), whether it has come or not."""
    if number > _REGULAR and (7 * number + day) % 13 < 2:  # two, so that every time zone misses one
        return ()
    dice = random.Random(f"recorded/{number}/{day}")
    parts: list[tuple[int, int, RecordingKind]] = []
    if number not in _UNSCHEDULED:
        parts.append((0, DAY_S, RecordingKind.TIME))
    for _ in range(dice.randint(0, 1)):
        parts = _laid_over(parts, dice.randrange(DAY_S - 1300), dice.randint(300, 1200), RecordingKind.MANUAL)
    for _ in range(dice.randint(3, 6)):
        parts = _laid_over(parts, dice.randrange(DAY_S - 200), dice.randint(20, 180), RecordingKind.ALARM)
    for _ in range(dice.randint(2, 4)):
        length = dice.choice((30, 90, 300, 900, 2400)) + dice.randrange(20)
        parts = _laid_over(parts, dice.randrange(DAY_S - 2500), length, None)
    begin = day * DAY_S
    whole = [part for part in parts if part[1] - part[0] >= _SHORTEST_S]
    return tuple(Stretch(begin + a, begin + b, kind, i, begin + b) for i, (a, b, kind) in enumerate(whole))


def _laid_over(
    parts: list[tuple[int, int, RecordingKind]], start: int, length: int, kind: RecordingKind | None
) -> list[tuple[int, int, RecordingKind]]:
    """Return the parts with another kind, or a gap, where something happened."""
    end = start + length
    left = [(a, min(b, start), k) for a, b, k in parts if a < start]
    right = [(max(a, end), b, k) for a, b, k in parts if b > end]
    return [*left, *([] if kind is None else [(start, end, kind)]), *right]
