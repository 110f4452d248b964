"""How footage is cut into downloads: in whole seconds, as WVP reads times, and never across a gap."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from wallclient.api.wvp.downloads import Piece
from wallclient.api.wvp.records import Stretch
from wallclient.api.wvp.ways import Way

FIRST_BEFORE_MS, FIRST_MS = 2_000, 16_000  # around the moment asked for: there as soon as can be
PIECE_MS = 60_000
EXPORT_PIECE_MS = 600_000  # media servers begin a new file after an hour, and WVP tells of the last only
SHORTEST_MS = 1_000
_BACKWARDS = 3.0  # footage behind the moment is this much less urgent than what comes next
_Range = tuple[int, int]


def review_pieces(
    channel_id: str, way: Way, found: Sequence[Stretch], start_ms: int, end_ms: int, there: Sequence[Piece]
) -> list[Piece]:
    """Return the pieces of a range, what shows its middle first; those that are `there` already are used again."""
    middle = (start_ms + end_ms) // 2
    kept = [one for one in there if one.start_ms < end_ms and one.end_ms > start_ms]
    cuts = [middle - FIRST_BEFORE_MS, middle - FIRST_BEFORE_MS + FIRST_MS]
    fresh = [
        Piece(channel_id, way, first, last, _urgency(first, last, middle))
        for first, last in _parts(found, start_ms, end_ms, kept)
        for first, last in _cut(first, last, cuts, PIECE_MS)
    ]
    return _in_use(found, kept) + fresh


def export_pieces(
    channel_id: str, way: Way, found: Sequence[Stretch], start_ms: int, end_ms: int, there: Sequence[Piece]
) -> list[Piece]:
    """Return the pieces of a range in order of time."""
    kept = [one for one in there if one.start_ms < end_ms and one.end_ms > start_ms]
    fresh = [
        Piece(channel_id, way, first, last, 1e9 + first / 1e3, is_patient=True)  # whoever looks at footage comes first
        for first, last in _parts(found, start_ms, end_ms, kept)
        for first, last in _cut(first, last, [], EXPORT_PIECE_MS)
    ]
    return _in_use(found, kept) + fresh


def _in_use(found: Sequence[Stretch], kept: list[Piece]) -> list[Piece]:
    return [one for one in kept if any(s.start_ms < one.end_ms and s.end_ms > one.start_ms for s in found)]


def _parts(found: Sequence[Stretch], start_ms: int, end_ms: int, kept: Sequence[Piece]) -> Iterator[_Range]:
    """Yield what is recorded in a range and in none of the pieces that are there."""
    have = sorted((one.start_ms, one.end_ms) for one in kept)
    for one in found:
        at, until = max(one.start_ms, start_ms), min(one.end_ms, end_ms)
        at, until = at // 1000 * 1000, -(-until // 1000) * 1000
        for first, last in have:
            if last <= at or first >= until:
                continue
            if first - at >= SHORTEST_MS:
                yield at, first
            at = max(at, last)
        if until - at >= SHORTEST_MS:
            yield at, until


def _cut(first: int, last: int, cuts: Sequence[int], longest: int) -> Iterator[_Range]:
    """Yield a range cut at `cuts` and from there into pieces of `longest`; a short rest stays with its neighbour."""
    edges = [first, *(cut // 1000 * 1000 for cut in cuts if first < cut // 1000 * 1000 < last), last]
    for begin, end in pairwise(edges):
        at = begin
        while end - at > longest * 1.5:
            yield at, at + longest
            at += longest
        yield at, end


def _urgency(first: int, last: int, middle: int) -> float:
    if first <= middle < last:
        return 0.0
    return float(first - middle) if first > middle else (middle - last) * _BACKWARDS
