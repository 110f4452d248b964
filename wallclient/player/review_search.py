"""Where the next and the previous picture are, and what to fetch beforehand; works on what is at hand."""

from collections.abc import Callable

from wallclient.player.review_file import Gop, Wish
from wallclient.player.review_messages import File
from wallclient.player.review_reel import Reel

_HORIZON_US = 2_000_000  # of footage fetched beforehand, times the speed
_MOST_AHEAD = 10

Find = Callable[[File, int], Gop | None]


def wishes_ahead(reel: Reel, find: Find, moment_us: int, rate: float) -> list[Wish]:
    """Return what is to be fetched: for the moment itself, then in the direction of play; standing, both ways."""
    horizon_us = round(_HORIZON_US * max(1.0, abs(rate)))
    if rate > 0:
        return _wishes(reel, find, moment_us, 1, horizon_us)
    if rate < 0:
        return _wishes(reel, find, moment_us, -1, horizon_us)
    both = _wishes(reel, find, moment_us, -1, _HORIZON_US // 2) + _wishes(reel, find, moment_us, 1, _HORIZON_US // 2)
    return list(dict.fromkeys(both))


def _wishes(reel: Reel, find: Find, moment_us: int, direction: int, horizon_us: int) -> list[Wish]:
    """Return the first group that is not at hand on the way; what comes behind it can't be told before."""
    at: int | None = moment_us
    for _ in range(_MOST_AHEAD):
        if at is None or abs(at - moment_us) > horizon_us:
            return []
        span = reel.span(at)
        if span.file is None:
            at = reel.next_start_us(at) if direction > 0 else _before(reel.previous_end_us(at))
            continue
        gop = find(span.file, at)
        if gop is None:
            return [Wish(span.file, at)]
        if direction > 0:
            at = span.end_us if gop.last else _least(gop.end_us, span.end_us)
        else:
            at = _before(max(gop.start_us, span.start_us if span.start_us is not None else gop.start_us))
    return []


def neighbour(reel: Reel, find: Find, moment_us: int, direction: int) -> tuple[int | None, Wish | None]:
    """Return the moment of the next (1) or previous (−1) picture, None where there is none; or what must be at hand
    to tell.
    """
    return _next(reel, find, moment_us) if direction > 0 else _previous(reel, find, moment_us)


def _next(reel: Reel, find: Find, moment_us: int) -> tuple[int | None, Wish | None]:
    span = reel.span(moment_us)
    if span.file is None:
        return reel.next_start_us(moment_us), None
    gop = find(span.file, moment_us)
    if gop is None:
        return None, Wish(span.file, moment_us)
    after = gop.after(moment_us)
    while gop.partial and after == gop.end_us:
        following = find(span.file, gop.end_us)
        if following is None or following is gop:
            return None, Wish(span.file, gop.end_us)
        gop, after = following, following.after(gop.end_us - 1)
    if after is not None and (span.end_us is None or after < span.end_us):
        return after, None
    if span.end_us is None:
        return None, None
    behind = reel.span(span.end_us)
    return (span.end_us if behind.file is not None else reel.next_start_us(span.end_us)), None


def _previous(reel: Reel, find: Find, moment_us: int) -> tuple[int | None, Wish | None]:
    span = reel.span(moment_us)
    if span.file is None:
        end_us = reel.previous_end_us(moment_us)
        return (None, None) if end_us is None else _picture_at(reel, find, end_us - 1)
    gop = find(span.file, moment_us)
    if gop is None:
        return None, Wish(span.file, moment_us)
    start_us = span.start_us if span.start_us is not None else gop.start_us
    shown = gop.pictures[gop.index_at(moment_us)]
    if not gop.has_picture(moment_us):  # in a hole, or behind the end of a file cut short
        return shown, None
    before = gop.before(shown)
    if before is not None and shown > start_us:
        return before, None
    before_us = max(gop.start_us, start_us) - 1
    if reel.span(before_us).file is None:
        end_us = reel.previous_end_us(before_us + 1)
        return (None, None) if end_us is None else _picture_at(reel, find, end_us - 1)
    return _picture_at(reel, find, before_us)


def _picture_at(reel: Reel, find: Find, moment_us: int) -> tuple[int | None, Wish | None]:
    file = reel.span(moment_us).file
    if file is None:
        return None, None
    gop = find(file, moment_us)
    if gop is None:
        return None, Wish(file, moment_us)
    return gop.pictures[gop.index_at(moment_us)], None


def _before(moment_us: int | None) -> int | None:
    return None if moment_us is None else moment_us - 1


def _least(first: int, second: int | None) -> int:
    return first if second is None else min(first, second)
