"""A live pane against a fake center and fake players: states, reasons, swaps, leases."""

import asyncio
import time

import pytest
import qasync

from tests.services.streaming import FakeCenter, FakePool, channel
from wallclient.domain.errors import CameraOffline, NotPermitted, ServerFailed
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import Protocol, StreamKind
from wallclient.services import live_pane
from wallclient.services.live_pane import LivePane
from wallclient.services.picture_pace import SILENT_S, PicturePace


@pytest.fixture
def center():
    return FakeCenter()


@pytest.fixture
def pool():
    return FakePool()


@pytest.fixture
def run(qapp, monkeypatch):
    """Run a coroutine on a Qt loop, with waits short enough for a test."""
    monkeypatch.setattr(live_pane, "retry_delay_s", lambda attempt: 0.02)
    monkeypatch.setattr(live_pane, "_SETTLE_S", 0.01)
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 20))
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def until(condition):
    while not condition():
        await asyncio.sleep(0.002)


def new_pane(center, pool):
    pane = LivePane(center, pool, asyncio.Semaphore(4))
    pane.set_size(320, 180)
    return pane


async def playing(pane, pool, number=1):
    """Show a camera and let its first picture arrive."""
    pane.show(channel(number))
    await until(lambda: pool.alive and not pool.alive[-1].has_picture)
    pool.draw(pool.alive[-1])
    await until(lambda: pane.state is PaneState.PLAYING)
    return pool.alive[-1]


def test_playing_begins_with_the_first_picture_and_not_before(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        pane.show(channel())
        assert pane.state is PaneState.OPENING
        await until(lambda: pool.openings)
        assert pane.state is PaneState.OPENING
        assert pane.sequence() == 0
        pool.draw(pool.openings[0])
        await until(lambda: pane.state is PaneState.PLAYING)
        assert pane.sequence() == 1
        assert center.opened == [("c1", StreamKind.SUB)]
        pane.close()

    run(scene())


def test_silence_is_seen_said_and_timed_and_the_old_stream_may_come_back(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        opening = await playing(pane, pool)
        pane.tick(time.monotonic())
        assert pane.state is PaneState.PLAYING
        pane.tick(time.monotonic() + SILENT_S + 1)
        assert (pane.state, pane.reason) == (PaneState.STALLED, PaneReason.NO_PICTURE)
        assert pane.stopped_at_utc is not None
        assert pane.picture() is not None, "the last picture stays"
        await until(lambda: len(pool.openings) == 2)  # a successor is tried beside it
        pool.draw(opening)
        pane.tick(time.monotonic())
        assert pane.state is PaneState.PLAYING
        assert pane.stopped_at_utc is None
        await until(lambda: pool.openings[1] in pool.closed)
        assert pane.opening is opening
        pane.close()

    run(scene())


def test_a_successor_takes_over_from_a_stalled_stream(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        first = await playing(pane, pool)
        pane.tick(time.monotonic() + SILENT_S + 1)
        await until(lambda: len(pool.openings) == 2)
        assert first not in pool.closed, "its last picture is still shown"
        pool.draw(pool.openings[1])
        await until(lambda: pane.state is PaneState.PLAYING)
        assert pane.opening is pool.openings[1]
        assert first in pool.closed
        pane.close()

    run(scene())


async def draw_every(pane, pool, opening, clock, interval_s, pictures):
    """Let pictures come at a pace by a clock of the test's own."""
    for _ in range(pictures):
        clock[0] += interval_s
        pool.draw(opening, at_ns=round(clock[0] * 1e9))
        pane.tick(clock[0])


def test_pictures_that_trickle_out_of_a_stopped_stream_make_no_slow_camera(run, center, pool):
    """Else a pane whose pictures stop as it begins to play looks live for twice as long."""

    async def scene():
        pane = new_pane(center, pool)
        opening = await playing(pane, pool)
        clock = [time.monotonic()]
        await draw_every(pane, pool, opening, clock, 2.0, 3)
        pool.tell(opening)
        pane.tick(clock[0] + SILENT_S + 0.1)
        assert pane.state is PaneState.STALLED
        pane.close()

    run(scene())


def test_a_slow_camera_is_not_stalled_between_its_pictures(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        opening = await playing(pane, pool)
        clock = [time.monotonic()]
        await draw_every(pane, pool, opening, clock, 2.0, 5)
        pane.tick(clock[0] + 5.0)
        assert pane.state is PaneState.PLAYING
        pane.tick(clock[0] + 6.5)
        assert pane.state is PaneState.STALLED
        assert opening not in pool.closed
        pane.close()

    run(scene())


@pytest.mark.parametrize(
    ("intervals_s", "stated_fps", "patience_s"),
    [
        ([], None, 3.0),
        ([], 0.5, 6.0),
        ([], 0.001, 30.0),
        ([0.04], 0.5, 3.0),  # the center is wrong
        ([2, 2, 2, 2], None, 6.0),
        ([2, 2, 2, 2], 25.0, 6.0),
        ([2, 2, 2, 0.04], None, 3.0),
        ([0.04] * 20 + [12.0] * 3, None, 3.0),  # it stood still three times
        ([60.0] * 4, None, 30.0),
    ],
)
def test_the_patience_with_a_camera(intervals_s, stated_fps, patience_s):
    pace, at_s = PicturePace(), 100.0
    pace.came(round(at_s * 1e9))
    for interval_s in intervals_s:
        at_s += interval_s
        pace.came(round(at_s * 1e9))
    assert pace.patience_s(stated_fps) == pytest.approx(patience_s)
    pace.forget()
    assert pace.patience_s(None) == SILENT_S


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (NotPermitted("no"), PaneState.FAILED, PaneReason.NOT_PERMITTED),
        (ServerFailed("away"), PaneState.RECONNECTING, PaneReason.CENTER_UNAVAILABLE),
        (CameraOffline("off"), PaneState.RECONNECTING, PaneReason.CAMERA_OFFLINE),
    ],
)
def test_what_the_center_refuses_is_said_and_tried_again(run, center, pool, error, state, reason):
    async def scene():
        center.trouble = error
        pane = new_pane(center, pool)
        pane.show(channel())
        await until(lambda: pane.state is state)
        assert pane.reason is reason
        center.trouble = None
        pane.set_online(True)
        await until(lambda: pool.openings)
        pool.draw(pool.openings[-1])
        await until(lambda: pane.state is PaneState.PLAYING)
        assert pane.reason is None
        pane.close()

    run(scene())


def test_the_ladder_is_climbed_down_and_the_rung_that_worked_is_remembered(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        pane.show(channel())
        await until(lambda: len(pool.openings) == 1)
        assert pool.openings[0].source.protocol is Protocol.RTSP
        pool.openings[0].end(PaneReason.CONNECTION_REFUSED)
        await until(lambda: len(pool.openings) == 2)
        assert pool.openings[1].source.protocol is Protocol.HTTP_TS
        pool.draw(pool.openings[1])
        await until(lambda: pane.state is PaneState.PLAYING)
        pool.openings[1].end(PaneReason.STREAM_ENDED)
        await until(lambda: len(pool.openings) == 3)
        assert pool.openings[2].source.protocol is Protocol.HTTP_TS
        pane.close()

    run(scene())


def test_the_first_rung_gives_the_reason(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        pane.show(channel())
        for count, reason in ((1, PaneReason.WRONG_PASSWORD), (2, PaneReason.CONNECTION_REFUSED)):
            await until(lambda count=count: len(pool.openings) == count)
            pool.openings[-1].end(reason)
        await until(lambda: pane.state is PaneState.RECONNECTING)
        assert pane.reason is PaneReason.WRONG_PASSWORD
        pane.close()

    run(scene())


@pytest.mark.parametrize(("received", "reason"), [(1_000_000, PaneReason.UNDECODABLE), (0, PaneReason.TIMED_OUT)])
def test_data_without_pictures_differ_from_silence(run, center, pool, monkeypatch, received, reason):
    monkeypatch.setattr(live_pane, "FIRST_PICTURE_S", 0.05)

    async def scene():
        pane = new_pane(center, pool)
        pane.show(channel())
        await until(lambda: pool.openings)
        pool.tell(pool.openings[0], received_bytes=received)
        await until(lambda: pane.state is PaneState.RECONNECTING)
        assert pane.reason is reason
        pane.close()

    run(scene())


def test_a_crash_reopens_at_once(run, center, pool, monkeypatch):
    monkeypatch.setattr(live_pane, "retry_delay_s", lambda attempt: 60.0)

    async def scene():
        pane = new_pane(center, pool)
        opening = await playing(pane, pool)
        opening.end(PaneReason.PLAYER_CRASHED)
        assert (pane.state, pane.reason) == (PaneState.RECONNECTING, PaneReason.PLAYER_CRASHED)
        assert pane.picture() is not None
        await until(lambda: len(pool.openings) == 2)
        pool.draw(pool.openings[1])
        await until(lambda: pane.state is PaneState.PLAYING)
        pane.close()

    run(scene())


def test_a_larger_pane_swaps_to_main_without_losing_its_picture(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        states = []
        small = await playing(pane, pool)
        pane.changed.connect(lambda: states.append(pane.state))
        pane.set_size(1280, 720)
        await until(lambda: len(pool.openings) == 2)
        large = pool.openings[1]
        assert (large.width, large.height) == (1280, 720)
        assert center.opened[-1] == ("c1", StreamKind.MAIN)
        assert pane.opening is small
        pool.draw(large)
        await until(lambda: pane.opening is large)
        assert small in pool.closed
        assert set(states) <= {PaneState.PLAYING}
        await until(lambda: len(center.open_leases) == 1)  # the sub stream is given back
        pane.close()

    run(scene())


def test_a_pane_at_the_border_does_not_flap_between_main_and_sub(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        await playing(pane, pool)
        pane.set_size(800, 450)
        await until(lambda: len(pool.openings) == 2)
        pool.draw(pool.openings[1])
        await until(lambda: pane.stream_kind is StreamKind.MAIN)
        pane.set_size(704, 396)
        await until(lambda: len(pool.openings) == 3)
        assert center.opened[-1][1] is StreamKind.MAIN, "still taller than the sub stream"
        pool.draw(pool.openings[2])
        await until(lambda: pane.opening is pool.openings[2])
        pane.set_size(640, 360)
        await until(lambda: len(pool.openings) == 4)
        assert center.opened[-1][1] is StreamKind.SUB
        pane.close()

    run(scene())


def test_a_swap_that_fails_leaves_what_moves(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        small = await playing(pane, pool)
        pane.set_size(1280, 720)
        for count in (2, 3):
            await until(lambda count=count: len(pool.openings) == count)
            pool.openings[-1].end(PaneReason.CONNECTION_REFUSED)
        await until(lambda: len(pool.closed) == 2)
        assert pane.opening is small
        assert pane.state is PaneState.PLAYING
        pane.close()

    run(scene())


def test_a_stall_after_a_failed_swap_is_answered_at_once(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        await playing(pane, pool)
        pane.set_size(1280, 720)
        for count in (2, 3):
            await until(lambda count=count: len(pool.openings) == count)
            pool.openings[-1].end(PaneReason.CONNECTION_REFUSED)
        await until(lambda: len(pool.closed) == 2)
        pane.tick(time.monotonic() + SILENT_S + 1)
        began = time.monotonic()
        await until(lambda: len(pool.openings) == 4)
        assert time.monotonic() - began < live_pane._SWAP_AGAIN_S / 2
        pane.close()

    run(scene())


def test_growing_beyond_the_source_opens_nothing_new(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        pane.force_kind(StreamKind.SUB)
        pane.set_size(640, 360)
        opening = await playing(pane, pool)
        pool.tell(opening)
        pane.set_size(1280, 720)
        await asyncio.sleep(0.1)  # nothing to wait for: the point is that nothing happens
        assert len(pool.openings) == 1
        pane.close()

    run(scene())


def test_a_pane_grown_on_the_way_to_main_gets_its_size_once_the_source_is_known(run, center, pool):
    """Sizes are compared as what the source fills of them; until the main stream told its size, that was the sub's."""

    async def scene():
        pane = new_pane(center, pool)
        small = await playing(pane, pool)
        pool.tell(small)
        pane.set_size(1000, 561)
        await until(lambda: len(pool.openings) == 2)
        main = pool.openings[1]
        pool.draw(main)
        await until(lambda: pane.opening is main)
        pane.set_size(1000, 562)  # the picture's shape made one line of room
        await asyncio.sleep(0.05)  # nothing to wait for: by what is known, nothing would change
        pool.tell(main, width=1280, height=720)
        await until(lambda: len(pool.openings) == 3)
        assert (pool.openings[2].width, pool.openings[2].height) == (1000, 562)
        pane.close()

    run(scene())


def test_a_retired_host_is_left_without_a_gap(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        old = await playing(pane, pool)
        old.move_wanted.emit()
        await until(lambda: len(pool.openings) == 2)
        assert pane.opening is old
        pool.draw(pool.openings[1])
        await until(lambda: old in pool.closed)
        assert pane.state is PaneState.PLAYING
        pane.close()

    run(scene())


def test_another_camera_never_shows_the_former_ones_picture(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        first = await playing(pane, pool, 1)
        pane.show(channel(2))
        assert pane.picture() is None
        assert first in pool.closed
        assert pane.state is PaneState.OPENING
        pane.close()

    run(scene())


def test_leases_are_renewed_and_a_lapsed_one_is_replaced(run, center, pool):
    center.life_s = 2.0

    async def scene():
        pane = new_pane(center, pool)
        await playing(pane, pool)
        await until(lambda: center.renewed)
        center.open_leases.clear()
        await until(lambda: len(center.opened) == 2)
        await until(lambda: len(pool.openings) == 2)
        pane.close()
        await until(lambda: not center.open_leases)

    run(scene())


def test_closing_gives_everything_back(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        await playing(pane, pool)
        pane.close()
        assert pane.state is PaneState.IDLE
        assert pane.channel is None
        assert not pool.alive
        await until(lambda: not center.open_leases)

    run(scene())


def test_the_audible_pane_gets_a_stream_with_sound(run, center, pool):
    async def scene():
        pane = new_pane(center, pool)
        await playing(pane, pool)
        pane.set_audible(True)
        await until(lambda: len(pool.openings) == 2)
        assert pool.openings[1].audio
        pane.close()

    run(scene())
