"""The wall of a window against a fake center and fake players."""

import asyncio

import pytest
import qasync

from tests.services.streaming import FakeCenter, FakePool, channel
from wallclient.domain.errors import NotFound, ServerFailed, SnapshotFailed
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneState
from wallclient.domain.view import View
from wallclient.services.wall import Deck, Wall


@pytest.fixture
def run(qapp):
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        yield lambda scene: loop.run_until_complete(asyncio.wait_for(scene, 20))
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def ids(wall):
    return [pane.channel.id if pane.channel else None for pane in wall.panes]


def on_wall(run, scene, layout="4"):
    """Run `scene(wall, center, pool)` on a fresh wall and take it down."""

    async def body():
        center, pool = FakeCenter(), FakePool()
        wall = Wall(Deck(pool, center), layout_by_id(layout))
        try:
            await scene(wall, center, pool)
        finally:
            wall.shut_down()
        await until(lambda: not pool.alive)  # openings under way are cancelled, not forgotten

    run(body())


async def until(condition):
    while not condition():
        await asyncio.sleep(0.002)


async def play_all(wall, pool):
    """Let every pane with a camera get its first picture."""
    filled = [pane for pane in wall.panes if pane.channel]
    while any(pane.state is not PaneState.PLAYING for pane in filled):
        for opening in pool.alive:
            if not opening.has_picture:
                pool.draw(opening)
        await asyncio.sleep(0.002)


def test_a_station_fills_empty_panes_first_and_then_goes_round(run):
    async def scene(wall, center, pool):
        wall.show(1, channel(9))
        assert wall.place([channel(i) for i in (1, 2, 3)], 1) == 3
        assert ids(wall) == ["c3", "c9", "c1", "c2"]
        assert wall.place([channel(i) for i in range(20, 30)], 0) == 4, "no more than there are panes"

    on_wall(run, scene)


def test_a_single_camera_goes_exactly_where_it_was_dropped(run):
    async def scene(wall, center, pool):
        wall.place([channel(1)], 2)
        wall.place([channel(2)], 2)
        assert ids(wall) == [None, None, "c2", None]
        assert wall.next_empty(2) == 3
        wall.place([channel(3), channel(4), channel(5)], 0)
        assert wall.next_empty(0) is None

    on_wall(run, scene)


def test_panes_beyond_the_layout_are_closed_and_come_back_with_it(run):
    async def scene(wall, center, pool):
        wall.place([channel(i) for i in (1, 2, 3, 4)], 0)
        await play_all(wall, pool)
        kept = wall.panes[0].opening
        wall.select(3)
        wall.set_layout(layout_by_id("1"))
        assert ids(wall) == ["c1"]
        assert wall.selected == 0
        assert len(pool.alive) == 1
        wall.set_layout(layout_by_id("4"))
        assert ids(wall) == ["c1", "c2", "c3", "c4"]
        assert wall.panes[0].opening is kept, "what stays on screen is not touched"

    on_wall(run, scene)


def test_swapping_takes_the_moving_pictures_along(run):
    async def scene(wall, center, pool):
        wall.place([channel(1), channel(2)], 0)
        await play_all(wall, pool)
        opened = len(pool.openings)
        first, second = wall.panes[0], wall.panes[1]
        wall.select(0)
        wall.swap(0, 1)
        assert ids(wall)[:2] == ["c2", "c1"]
        assert (wall.panes[0], wall.panes[1]) == (second, first)
        assert wall.selected == 1
        assert len(pool.openings) == opened, "no stream is opened anew"

    on_wall(run, scene)


def test_one_pane_is_heard_of_all_windows(run):
    async def scene(wall, center, pool):
        other = Wall(wall._deck, layout_by_id("4"))
        wall.place([channel(1)], 0)
        other.place([channel(2)], 0)
        wall.set_audible(0)
        other.set_audible(0)
        assert (wall.audible, other.audible) == (None, 0)
        other.close(0)
        assert other.audible is None
        other.shut_down()

    on_wall(run, scene)


def test_a_view_comes_back_as_it_was_and_tells_what_is_missing(run):
    async def scene(wall, center, pool):
        wall.place([channel(1)], 0)
        wall.place([channel(2)], 3)
        view = wall.view("night")
        assert view == View("night", "4", ("c1", None, None, "c2"))
        wall.set_layout(layout_by_id("9"))
        wall.close_all()
        wall.place([channel(5)], 1)
        assert await wall.apply(view) == 0
        assert ids(wall) == ["c1", None, None, "c2"]
        assert await wall.apply(View("old", "4", ("c1", "gone", None, None))) == 1
        assert ids(wall) == ["c1", None, None, None]
        with pytest.raises(NotFound):
            await wall.apply(View("lost", "1", ("gone",)))

    on_wall(run, scene)


def test_a_center_that_is_away_does_not_take_the_wall_along(run, monkeypatch):
    async def scene(wall, center, pool):
        wall.place([channel(1)], 0)

        async def away(channel_id):
            raise ServerFailed("away")

        monkeypatch.setattr(center, "channel", away)
        with pytest.raises(ServerFailed):
            await wall.apply(View("night", "4", ("c2", None, None, None)))
        assert ids(wall) == ["c1", None, None, None]

    on_wall(run, scene)


def test_no_snapshot_without_a_moving_picture(run):
    async def scene(wall, center, pool):
        with pytest.raises(SnapshotFailed):
            await wall.snapshot(0)
        wall.place([channel(1)], 0)
        with pytest.raises(SnapshotFailed):
            await wall.snapshot(0)

    on_wall(run, scene)


def test_a_snapshot_libvlc_refuses_is_told_and_one_it_takes_is_handed_over(run, monkeypatch):
    async def scene(wall, center, pool):
        wall.place([channel(1)], 0)
        await play_all(wall, pool)
        loop = asyncio.get_running_loop()

        def answer(done):
            def snap(opening, request, path):
                if done:
                    with open(path, "wb") as file:
                        file.write(b"png")
                loop.call_soon(opening.snapped.emit, request, done)
                return True

            return snap

        monkeypatch.setattr(pool, "snap", answer(False))
        with pytest.raises(SnapshotFailed):
            await wall.snapshot(0)
        monkeypatch.setattr(pool, "snap", answer(True))
        taken = await wall.snapshot(0)
        assert (taken.png, taken.channel.id) == (b"png", "c1")

    on_wall(run, scene)


def test_the_spot_selects_and_ends_with_the_layout(run):
    async def scene(wall, center, pool):
        wall.set_spot(2)
        assert (wall.spot, wall.selected) == (2, 2)
        wall.set_layout(layout_by_id("9"))
        assert wall.spot is None

    on_wall(run, scene)
