"""Panes of recorded footage with real players, against a center that hands out files of a local server."""

import asyncio
import dataclasses
import sys
from pathlib import Path

import pytest
import qasync

sys.path.append(str(Path(__file__).resolve().parents[1] / "player"))

from footage import T0_MS, read_moment_ms, steady, write
from footage_server import RangeServer

from tests.services.streaming import FakeCenter, FakePool, channel
from wallclient.domain.errors import NotFound
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback
from wallclient.domain.stream import Credentials
from wallclient.services.live_pane import LivePane
from wallclient.services.review_desk import ReviewDesk
from wallclient.services.review_pane import files_of
from wallclient.services.wall import Deck, Wall


class FootageCenter:
    """Sessions whose files lie at a server; a camera without a file has recorded nothing."""

    def __init__(self, sources):
        self.sources, self.open, self.opened = sources, set(), 0

    async def open_playback(self, channel_id, start_ms, end_ms, reason=""):
        await asyncio.sleep(0)
        self.opened += 1
        self.open.add(f"p{self.opened}")
        return Playback(f"p{self.opened}", channel_id, self.sources.get(channel_id, ()), 7000, 60.0)

    async def renew_playback(self, playback_id):
        raise NotFound(playback_id)

    async def close_playback(self, playback_id):
        self.open.discard(playback_id)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    path = write(tmp_path_factory.mktemp("footage") / "a.mp4", steady(4))
    with RangeServer(path).running() as server:
        yield server


@pytest.fixture
def run(qapp):
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        yield lambda scene: loop.run_until_complete(asyncio.wait_for(scene, 30))
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def until(condition):
    while not condition():
        await asyncio.sleep(0.002)


def source(server, start_ms=T0_MS, protocol=FootageProtocol.MP4, clock_offset_ms=7000):
    return FootageSource(server.url, protocol, start_ms, start_ms + 4000, clock_offset_ms=clock_offset_ms)


def camera(number):
    return dataclasses.replace(channel(number), id=f"k/c{number}")


def on_wall(run, server, tmp_path, scene):
    """Run `scene(wall, desk, center)` on a wall of four panes; cameras 1 and 2 have footage, the second 2 s later."""

    async def body():
        sources = {"k/c1": (source(server),), "k/c2": (source(server, T0_MS + 2000),)}
        center = FootageCenter(sources)
        desk = ReviewDesk(center, tmp_path)
        desk.clock.seek((T0_MS + 3000) * 1000)
        wall = Wall(Deck(FakePool(), FakeCenter(), desk), layout_by_id("4"))
        try:
            await scene(wall, desk, center)
        finally:
            wall.shut_down()
            desk.shut_down()
        await until(lambda: not center.open)

    run(body())


async def arrive(clock, moment_ms):
    """Go to a moment and wait until all panes are there: the first players take a while to start."""
    clock.seek(moment_ms * 1000)
    epoch = clock.map.epoch
    await until(lambda: all(pane.settled(epoch) for pane in clock.followers) and not clock.holding)


def moment(pane):
    return read_moment_ms(pane.picture())


def test_live_and_recorded_panes_stand_side_by_side_and_go_back(run, server, tmp_path):
    async def scene(wall, desk, center):
        wall.show(1, channel(9))
        live = wall.panes[1]
        pane = wall.show_footage(0, camera(1))
        assert (pane.is_live, live.is_live) == (False, True)
        await until(lambda: pane.state is PaneState.PLAYING)
        assert moment(pane) == T0_MS + 3000
        assert pane.shown_us == (T0_MS + 3000) * 1000
        assert pane.clock_offset_ms == 7000
        wall.show_live(0)
        assert isinstance(wall.panes[0], LivePane)
        assert wall.panes[0].channel.id == "k/c1"
        assert desk.clock.followers == []

    on_wall(run, server, tmp_path, scene)


def test_panes_show_the_same_moment_and_say_where_nothing_was_recorded(run, server, tmp_path):
    async def scene(wall, desk, center):
        first, second, none = (wall.show_footage(index, camera(index + 1)) for index in range(3))
        await arrive(desk.clock, T0_MS + 3400)
        assert moment(first) == T0_MS + 3400
        assert second.picture().moment_us == first.picture().moment_us
        assert (none.state, none.reason) == (PaneState.GAP, PaneReason.NO_FOOTAGE)
        assert none.picture() is None
        await arrive(desk.clock, T0_MS + 1000)
        assert second.state is PaneState.GAP
        assert second.next_footage_ms == T0_MS + 2000
        assert second.sequence() == 0  # what it showed before was not there at this moment
        desk.clock.set_speed(4.0)
        desk.clock.play()
        await until(lambda: second.state is PaneState.PLAYING)

    on_wall(run, server, tmp_path, scene)


def test_a_step_moves_all_panes_to_the_picture_of_one(run, server, tmp_path):
    async def scene(wall, desk, center):
        first, second = (wall.show_footage(index, camera(index + 1)) for index in range(2))
        await arrive(desk.clock, T0_MS + 3020)
        desk.clock.step(first, 1)
        await until(lambda: desk.clock.moment_ms == T0_MS + 3040 and not desk.clock.holding)
        desk.clock.step(second, -1)
        await until(lambda: desk.clock.moment_ms == T0_MS + 3000 and not desk.clock.holding)
        assert moment(first) == T0_MS + 3000

    on_wall(run, server, tmp_path, scene)


def test_a_pane_leaves_the_clock_and_comes_back(run, server, tmp_path):
    async def scene(wall, desk, center):
        first, second = (wall.show_footage(index, camera(1)) for index in range(2))
        await arrive(desk.clock, T0_MS + 1000)
        own = first.leave_clock()
        assert own.moment_ms == T0_MS + 1000
        await arrive(own, T0_MS + 3000)
        assert (moment(first), moment(second)) == (T0_MS + 3000, T0_MS + 1000)
        await arrive(desk.clock, T0_MS + 2000)
        assert (moment(first), moment(second)) == (T0_MS + 3000, T0_MS + 2000)
        first.rejoin_clock()
        await until(lambda: moment(first) == T0_MS + 2000)
        assert not first.on_own_clock

    on_wall(run, server, tmp_path, scene)


def test_an_offset_set_by_hand_shifts_a_camera_and_is_remembered(run, server, tmp_path):
    async def scene(wall, desk, center):
        pane = wall.show_footage(0, camera(1))
        await arrive(desk.clock, T0_MS + 1000)
        desk.set_offset_ms("k/c1", 600)
        await until(lambda: moment(pane) == T0_MS + 1600)
        again = ReviewDesk(center, tmp_path)
        assert again.offset_ms("k/c1") == 600
        again.shut_down()

    on_wall(run, server, tmp_path, scene)


def test_footage_at_addresses_this_program_does_not_open_is_no_gap(run, server, tmp_path):
    async def scene(wall, desk, center):
        center.sources["k/c4"] = (FootageSource("rtsps://h/x", FootageProtocol.RTSP, T0_MS, T0_MS + 4000),)
        pane = wall.show_footage(0, camera(4))
        await until(lambda: pane.state is PaneState.FAILED)
        assert pane.reason is PaneReason.NO_PLAYABLE_SOURCE
        wall.show_live(0)

    on_wall(run, server, tmp_path, scene)


def test_what_a_cameras_clock_is_wrong_by_is_told_of_the_moment_shown(run, server, tmp_path):
    async def scene(wall, desk, center):
        jumped = source(server, T0_MS + 10_000, clock_offset_ms=-3000)
        center.sources["k/c4"] = (source(server), jumped)
        pane = wall.show_footage(0, camera(4))
        for moment_ms, offset_ms in ((1000, 7000), (11_000, -3000), (3000, 7000)):
            await arrive(desk.clock, T0_MS + moment_ms)
            assert pane.clock_offset_ms == offset_ms
            assert pane.shown_us // 1000 - T0_MS == moment_ms  # moments are the center's: nothing is added to them
        wall.show_live(0)

    on_wall(run, server, tmp_path, scene)


def test_the_reason_is_asked_once_for_all_panes_of_a_center(run, server, tmp_path):
    async def scene(wall, desk, center):
        asked = []

        async def ask(key):
            asked.append(key)
            await asyncio.sleep(0.01)
            return "case 7"

        desk.ask_operator = ask
        told = await asyncio.gather(*(desk.reason_for(f"k/c{number}") for number in range(8)))
        assert asked == ["k"]
        assert set(told) == {"case 7"}

    on_wall(run, server, tmp_path, scene)


def test_of_several_addresses_of_a_file_the_best_is_taken_and_credentials_stay_out_of_it(server):
    plain = source(server)
    known = FootageSource("http://h/x.ts", FootageProtocol.TS, T0_MS, T0_MS + 4000, credentials=Credentials("u", "pw"))
    (file,) = files_of("c", [known, plain])
    assert file.form == "mp4"
    (file,) = files_of("c", [known])
    assert (file.form, file.user, file.password) == ("mpegts", "u", "pw")
    assert "pw" not in file.url
    assert files_of("c", [FootageSource("file:///etc/passwd", FootageProtocol.MP4, T0_MS, T0_MS + 1)]) == ()


def test_streams_are_taken_only_where_there_is_no_file_and_the_authority_goes_along(server):
    def stream(start_ms, length_ms=4000):
        return FootageSource("rtsp://h/x", FootageProtocol.RTSP, T0_MS + start_ms, T0_MS + start_ms + length_ms)

    both = files_of("c", [stream(0), source(server), stream(4000)], "/ca.pem")
    assert sorted((file.form, file.start_us // 1000 - T0_MS) for file in both) == [("mp4", 0), ("rtsp", 4000)]
    assert {file.ca_file for file in both} == {"/ca.pem"}
    (long,) = files_of("c", [stream(0, 60_000)])
    assert (long.form, long.url) == ("rtsp", "rtsp://h/x")
    assert len(files_of("c", [source(server), stream(0, 60_000)])) == 2  # it goes on behind the file
    assert files_of("c", [FootageSource("http://h/x", FootageProtocol.RTSP, T0_MS, T0_MS + 1)]) == ()
