"""What of each pixel column of a timeline is recorded: one byte a column, at any zoom, in a moment.

Ten thousand segments on sixteen rows are more than Python can walk through for each turn of the wheel. So columns of
all zooms are made from those of half their width, beginning with fine ones made once, by arithmetic on whole rows.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from wallclient.domain.recording import RecordingKind, Segment

FOOTAGE, ALARM, MANUAL = 1, 2, 4  # some of the column's time
FULL = 8  # all of it
_SOME = FOOTAGE | ALARM | MANUAL
_FLAGS = {RecordingKind.ALARM: ALARM, RecordingKind.MANUAL: MANUAL}
_FEW = 400  # segments in sight are walked through
_MOST_BASE = 200_000  # finest columns kept of a row
_UNIT_US = 250  # every rung of the ladder is two or three of these times a power of two
_ADD = {flag: bytes(byte | flag for byte in range(256)) for flag in (FOOTAGE, ALARM, MANUAL, FOOTAGE | FULL)}


class Coverage:
    """The footage of one camera as far as it is known. Immutable."""

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        ordered = sorted(segments, key=lambda one: one.start_ms)
        self.starts_us: list[int] = []  # of stretches without a gap, whatever their kind
        self.ends_us: list[int] = []
        self._marks = [
            (one.start_ms * 1000, one.end_ms * 1000, _FLAGS[one.kind]) for one in ordered if one.kind in _FLAGS
        ]
        self._mark_ends = [mark[1] for mark in self._marks]
        self.edges_us = sorted({one.start_ms * 1000 for one in ordered})  # where segments begin
        for one in ordered:
            self._add(one.start_ms * 1000, one.end_ms * 1000)
        self._levels: dict[int, tuple[int, bytes]] = {}  # by column in µs: number of the first one, and all of them

    def _add(self, start_us: int, end_us: int) -> None:
        if self.ends_us and start_us <= self.ends_us[-1]:
            self.ends_us[-1] = max(self.ends_us[-1], end_us)
        else:
            self.starts_us.append(start_us)
            self.ends_us.append(end_us)

    def has(self, moment_us: int) -> bool:
        """Tell whether there is footage of a moment."""
        at = bisect_right(self.starts_us, moment_us) - 1
        return at >= 0 and moment_us < self.ends_us[at]

    def next_start(self, moment_us: int) -> int | None:
        """Return where footage goes on after a moment."""
        at = bisect_right(self.starts_us, moment_us)
        return self.starts_us[at] if at < len(self.starts_us) else None

    def last_end(self, moment_us: int) -> int | None:
        """Return where footage before a moment ends."""
        at = bisect_right(self.ends_us, moment_us) - 1
        return self.ends_us[at] if at >= 0 else None

    def within(self, start_us: int, end_us: int) -> tuple[int, int] | None:
        """Return the first moment with footage in a range, and the moment behind the last; None: there is none."""
        low, high = bisect_right(self.ends_us, start_us), bisect_left(self.starts_us, end_us)
        if low >= high:
            return None
        return max(start_us, self.starts_us[low]), min(end_us, self.ends_us[high - 1])

    def columns(self, first: int, us_per_px: int, width: int) -> bytes:
        """Return the flags of `width` columns from number `first` on; see `TimeScale`."""
        start_us, end_us = first * us_per_px, (first + width) * us_per_px
        low, high = bisect_right(self.ends_us, start_us), bisect_left(self.starts_us, end_us)
        if low == high:
            return bytes(width)
        marks = bisect_left(self._marks, (end_us,)) - bisect_right(self._mark_ends, start_us)
        if high - low + marks <= _FEW:
            return self._walked(first, us_per_px, width)
        three = _is_three(us_per_px)
        level = self._level(us_per_px // 3 if three else us_per_px)
        if level is None:
            return self._walked(first, us_per_px, width)
        if not three:
            return _cut(*level, first, width)
        fine = _cut(*level, first * 3, width * 3)
        return _joined((fine[0::3], fine[1::3], fine[2::3]))

    def _walked(self, first: int, us_per_px: int, width: int) -> bytes:
        """Return columns by going through the stretches one by one."""
        out = bytearray(width)
        start_us, end_us = first * us_per_px, (first + width) * us_per_px
        low, high = bisect_right(self.ends_us, start_us), bisect_left(self.starts_us, end_us)
        for begin, end in zip(self.starts_us[low:high], self.ends_us[low:high], strict=True):
            a, b = max(0, begin // us_per_px - first), min(width, -(-end // us_per_px) - first)
            out[a:b] = bytes((FOOTAGE,)) * (b - a)
            a, b = max(0, -(-begin // us_per_px) - first), min(width, end // us_per_px - first)
            if b > a:
                out[a:b] = bytes((FOOTAGE | FULL,)) * (b - a)
        for begin, end, flag in self._marks[bisect_right(self._mark_ends, start_us) :]:
            if begin >= end_us:
                break
            a, b = max(0, begin // us_per_px - first), min(width, -(-end // us_per_px) - first)
            out[a:b] = out[a:b].translate(_ADD[flag])
        return bytes(out)

    def _level(self, column_us: int) -> tuple[int, bytes] | None:
        """Return columns of a width of 250 µs times a power of two; None: finer than what is kept."""
        if not self._levels:
            self._make_base()
        if column_us < min(self._levels):
            return None
        if column_us not in self._levels:
            finer = self._level(column_us // 2)
            assert finer is not None
            self._levels[column_us] = _halved(*finer)
        return self._levels[column_us]

    def _make_base(self) -> None:
        extent = self.ends_us[-1] - self.starts_us[0]
        column_us = _UNIT_US
        while extent // column_us > _MOST_BASE:
            column_us *= 2
        first = self.starts_us[0] // column_us
        width = -(-self.ends_us[-1] // column_us) - first
        self._levels[column_us] = first, self._walked(first, column_us, width)


def any_of(rows: Sequence[bytes], width: int) -> bytes:
    """Return the columns of a summary: what any of the rows has."""
    found = 0
    for row in rows:
        found |= int.from_bytes(row, "little")
    return found.to_bytes(width, "little")


def _is_three(us_per_px: int) -> bool:
    return us_per_px % 3 == 0


def _cut(first: int, columns: bytes, wanted_first: int, width: int) -> bytes:
    """Return `width` columns from number `wanted_first` on; outside of what there is, nothing is recorded."""
    low = min(max(wanted_first - first, 0), len(columns))
    high = min(max(wanted_first + width - first, 0), len(columns))
    before = min(width, max(0, first - wanted_first))
    return bytes(before) + columns[low:high] + bytes(width - before - (high - low))


def _halved(first: int, columns: bytes) -> tuple[int, bytes]:
    """Return columns of twice the width."""
    padded = bytes(first % 2) + columns
    padded += bytes(len(padded) % 2)
    return first // 2, _joined((padded[0::2], padded[1::2]))


def _joined(parts: Sequence[bytes]) -> bytes:
    """Return columns made of one of each part: some where any has some, full where all are."""
    width = len(parts[0])
    numbers = [int.from_bytes(part, "little") for part in parts]
    some = full = numbers[0]
    for number in numbers[1:]:
        some |= number
        full &= number
    some &= int.from_bytes(bytes((_SOME,)) * width, "little")
    full &= int.from_bytes(bytes((FULL,)) * width, "little")
    return (some | full).to_bytes(width, "little")
