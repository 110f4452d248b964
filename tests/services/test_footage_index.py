"""What is known of recordings: asked by range, once, nearest first; what is not known is no gap."""

import asyncio
import itertools

import pytest

from wallclient.domain.errors import ServerFailed
from wallclient.domain.recording import RecordingKind, Segment
from wallclient.services import footage_index
from wallclient.services.footage_index import FootageIndex, merged, missing

DAY = 86_400_000
NOW = 1_795_000_000_000


class Center:
    """Footage of every second hour."""

    def __init__(self):
        self.calls, self.error, self.gate = [], {}, asyncio.Event()
        self.gate.set()

    async def segments(self, ids, start_ms, end_ms):
        self.calls.append((tuple(ids), start_ms, end_ms))
        await self.gate.wait()
        return {gid: self.error.get(gid) or tuple(self._some(gid, start_ms, end_ms)) for gid in ids}

    def _some(self, gid, start_ms, end_ms):
        hour = DAY // 24
        for number in range(start_ms // (2 * hour), -(-end_ms // (2 * hour))):
            a, b = number * 2 * hour, number * 2 * hour + hour
            if b > start_ms and a < end_ms and a < NOW:
                yield Segment(f"{gid}-{number}", gid, RecordingKind.TIME, a, min(b, NOW))

    async def recorded_days(self, ids, year, month, zone):
        return {}


async def idle(index):
    async with asyncio.timeout(5):
        while index.busy:
            await asyncio.sleep(0)


@pytest.fixture
def center(qapp):
    return Center()


def index_of(center):
    return FootageIndex(center, asyncio.get_running_loop().create_task, lambda: NOW)


def test_a_range_is_asked_once_nearest_first_and_merged(center):
    async def body():
        index = index_of(center)
        index.want(["a/1", "a/2"], NOW - 100 * DAY, NOW - 10 * DAY, NOW - 40 * DAY)
        await idle(index)
        first = center.calls[0]
        assert first[0] == ("a/1", "a/2"), "cameras of one center are asked about together"
        assert first[1] <= NOW - 40 * DAY < first[2]
        assert index.unknown("a/1", NOW - 100 * DAY, NOW - 10 * DAY) == []
        found = index.segments("a/1")
        assert len(found) == len({one.id for one in found})
        assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(found))
        hours = sum(min(one.end_ms, NOW - 10 * DAY) - max(one.start_ms, NOW - 100 * DAY) for one in found)
        assert hours == 45 * DAY
        calls = len(center.calls)
        index.want(["a/1"], NOW - 90 * DAY, NOW - 20 * DAY)
        await idle(index)
        assert len(center.calls) == calls

    asyncio.run(body())


def test_what_is_young_is_asked_again_and_never_unknown_in_the_future(center, monkeypatch):
    async def body():
        index = index_of(center)
        index.want(["a/1"], NOW - DAY, NOW + DAY)
        await idle(index)
        assert index.unknown("a/1", NOW - DAY, NOW + DAY) == []
        calls = len(center.calls)
        index.want(["a/1"], NOW - DAY, NOW + DAY)
        await idle(index)
        assert len(center.calls) == calls, "not at once"
        monkeypatch.setattr(footage_index.time, "monotonic", lambda: 1e9)
        index.want(["a/1"], NOW - DAY, NOW + DAY)
        await idle(index)
        assert len(center.calls) == calls + 1
        assert center.calls[-1][1] >= NOW - 10 * 60_000, "only what may have grown"

    asyncio.run(body())


def test_a_center_that_is_slow_holds_up_no_other_and_one_that_fails_leaves_the_unknown_unknown(center):
    async def body():
        index = index_of(center)
        center.error["a/1"] = ServerFailed("away")
        index.want(["a/1", "b/1"], NOW - 20 * DAY, NOW - 18 * DAY)
        await idle(index)
        assert isinstance(index.error("a/1"), ServerFailed)
        assert index.unknown("a/1", NOW - 20 * DAY, NOW - 18 * DAY) == [(NOW - 20 * DAY, NOW - 18 * DAY)]
        assert index.unknown("b/1", NOW - 20 * DAY, NOW - 18 * DAY) == []
        center.error.clear()
        index.forget(["a/1"])
        index.want(["a/1"], NOW - 20 * DAY, NOW - 18 * DAY)
        await idle(index)
        assert index.error("a/1") is None
        assert index.unknown("a/1", NOW - 20 * DAY, NOW - 18 * DAY) == []

    asyncio.run(body())


def test_panning_away_drops_what_was_wanted_before(center):
    async def body():
        index = index_of(center)
        center.gate.clear()
        index.want(["a/1"], NOW - 400 * DAY, NOW - 300 * DAY)
        await asyncio.sleep(0)
        index.want(["a/1"], NOW - 12 * DAY, NOW - 11 * DAY)
        center.gate.set()
        await idle(index)
        assert len(center.calls) <= 3, "the one under way, and what is in sight now"
        assert index.unknown("a/1", NOW - 12 * DAY, NOW - 11 * DAY) == []

    asyncio.run(body())


def test_ranges():
    assert merged([(5, 9), (1, 3), (3, 4), (8, 12), (20, 20)]) == [(1, 4), (5, 12)]
    assert missing([(1, 4), (5, 12)], 0, 20) == [(0, 1), (4, 5), (12, 20)]
    assert missing([(1, 4), (5, 12)], 2, 12) == [(4, 5)]
    assert missing([], 2, 2) == []
