"""Parts of the chain are shot, stopped or lie; the wall says what is wrong and recovers by itself."""

import asyncio
import os
import signal
import time
from dataclasses import replace

import psutil
import pytest

from tests.integration.rig import Sighting, Stage, camera_id, pulse, until
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import Credentials, Protocol, Source, StreamKind
from wallclient.services.live_pane import LivePane

CAMERAS = (2, 3, 5, 8, 10, 11, 12, 13, 14)
FOUR = CAMERAS[:4]


def hosts_by_pane(stage: Stage) -> dict[int, list[LivePane]]:
    """Return which host plays which panes, by process id."""
    pool = stage.app.pool
    found: dict[int, list[LivePane]] = {pid: [] for pid in pool.pids}
    for pane in stage.panes:
        if pane.opening:
            found[pool._by_opening[pane.opening.number].link.pid].append(pane)  # no operator needs to know
    return found


def assert_went_on(sighting: Sighting) -> None:
    """A pane next to trouble: nothing of it shows."""
    assert sighting.states == {PaneState.PLAYING}, sighting
    assert sighting.longest_stand_s <= 1.0, sighting
    assert not sighting.mix_ups, sighting
    assert not sighting.blanks, sighting


async def test_a_killed_host_costs_its_panes_less_than_three_seconds_and_the_others_nothing(
    stage: Stage, record_testsuite_property
):
    stage.app.pool.warm_up(17)  # two hosts
    await stage.show(CAMERAS, "9")
    shot, panes = max(hosts_by_pane(stage).items(), key=lambda item: len(item[1]))
    hit = {stage.camera(stage.panes.index(pane)) for pane in panes}
    assert 0 < len(hit) < len(CAMERAS)
    async with stage.watching() as seen, pulse() as taken:
        os.kill(shot, signal.SIGKILL)
        await until(lambda: all(pane.state is not PaneState.PLAYING for pane in panes), what=stage.describe)
        took_s = await stage.all_play()
    record_testsuite_property("killed_host_back_after_s", round(took_s, 2))
    for number in CAMERAS:
        if number in hit:
            assert seen[number].longest_stand_s < 3.0, seen[number]
            assert not seen[number].mix_ups, seen[number]
        else:
            assert_went_on(seen[number])
    assert taken.worst_s < 0.25
    assert shot not in stage.app.pool.pids


@pytest.mark.parametrize("stop_s", [0.0, 12.0])
async def test_a_stopped_media_server_is_said_and_survived(stage: Stage, record_testsuite_property, stop_s: float):
    """All pictures stop without a word from the network; the last ones stay, marked, until they move again."""
    await stage.show(FOUR)
    media = await asyncio.to_thread(lambda: stage.center.media_pid)
    before = [stage.pane_image(i) for i in range(4)]
    os.kill(media, signal.SIGSTOP)
    began = time.monotonic()
    try:
        said_s = await stage.all_say(PaneState.STALLED, limit_s=5.0)
        for index, pane in enumerate(stage.panes):
            assert pane.stopped_at_utc is not None
            assert is_grey(stage, index), "the last picture stays, but does not look alive"
            assert not is_grey_image(before[index])
        await until(lambda: time.monotonic() - began > stop_s)
        assert {pane.state for pane in stage.panes} <= {PaneState.STALLED, PaneState.RECONNECTING}
    finally:
        os.kill(media, signal.SIGCONT)
    back_s = await stage.all_play(limit_s=10.0)
    record_testsuite_property(f"stop_of_{stop_s:g}_s_said_after_s", round(said_s, 2))
    record_testsuite_property(f"stop_of_{stop_s:g}_s_back_after_s", round(back_s, 2))


def is_grey(stage: Stage, index: int) -> bool:
    """Tell whether a pane shows a picture without colours."""
    image = stage.pane_image(index)
    assert len({image.pixel(x, y) for x in range(0, image.width(), 16) for y in range(0, image.height(), 16)}) > 12
    return is_grey_image(image)


def is_grey_image(image) -> bool:
    points = [(x, y) for x in range(0, image.width(), 16) for y in range(image.height() // 8, image.height() // 3, 8)]
    colours = [image.pixelColor(x, y) for x, y in points]
    return sum(max(c.red(), c.green(), c.blue()) - min(c.red(), c.green(), c.blue()) for c in colours) < 12 * len(
        points
    )


async def test_a_restarted_media_server_is_found_again_on_its_port(stage: Stage):
    await stage.show(FOUR)
    await asyncio.to_thread(stage.center.media_stop)
    await until(lambda: all(p.reason is PaneReason.CONNECTION_REFUSED for p in stage.panes), what=stage.describe)
    assert all(pane.picture() is not None for pane in stage.panes), "the last picture stays"
    await asyncio.to_thread(stage.center.media_start)
    await stage.all_play()


async def test_kicked_viewers_come_back_at_once(stage: Stage):
    await stage.show(FOUR)
    async with stage.watching() as seen:
        for number in FOUR:
            await asyncio.to_thread(stage.center.media_fault, number, StreamKind.SUB, "kick")
        await until(lambda: all(PaneState.RECONNECTING in seen[n].states for n in FOUR if n in seen))
        await stage.all_play(10.0)
    for number in FOUR:
        assert not seen[number].mix_ups, seen[number]


async def test_one_frozen_camera_stalls_alone_and_goes_on_by_itself(stage: Stage):
    await stage.show(FOUR)
    async with stage.watching() as seen:
        await asyncio.to_thread(stage.center.media_fault, 3, StreamKind.SUB, "freeze")
        await stage.says(1, PaneState.STALLED, PaneReason.NO_PICTURE, 5.0)
        await asyncio.to_thread(stage.center.media_fault, 3, StreamKind.SUB, "normal")
        await stage.all_play(10.0)
    assert not seen[3].mix_ups, seen[3]
    for number in (2, 5, 8):
        assert_went_on(seen[number])


async def test_pictures_nobody_can_decode_are_called_so(stage: Stage):
    """Two cameras turn to garbage in mid-play, one is garbage from the start; their neighbour does not care."""
    stage.only(Protocol.RTSP)
    await stage.show((2, 3, 8))
    for number in (3, 8, 5):
        await asyncio.to_thread(stage.center.media_fault, number, StreamKind.SUB, "garbage")
    await stage.put((2, 3, 8, 5))
    async with stage.watching() as seen:
        await stage.says(3, PaneState.RECONNECTING, PaneReason.UNDECODABLE)
        await stage.says(1, PaneState.STALLED, PaneReason.UNDECODABLE)
        await stage.says(2, PaneState.STALLED, PaneReason.UNDECODABLE)
    assert_went_on(seen[2])
    for number in (3, 8, 5):
        await asyncio.to_thread(stage.center.media_fault, number, StreamKind.SUB, "normal")
    for pane in stage.panes:
        pane.retry()
    await stage.all_play()


def wrong_password(source: Source) -> Source:
    """Spoil the password of RTSP sources."""
    return replace(source, credentials=Credentials("viewer", "guessed")) if source.credentials else source


async def test_a_wrong_password_is_called_so(stage: Stage):
    stage.offers.spoil = wrong_password
    stage.only(Protocol.RTSP)
    await stage.put((2, 8))
    await stage.all_say(PaneState.RECONNECTING, PaneReason.WRONG_PASSWORD)
    stage.offers.spoil = lambda source: source
    for pane in stage.panes:
        pane.retry()
    await stage.all_play()


async def test_a_wrong_password_over_rtsp_leaves_the_other_ways(stage: Stage):
    stage.offers.spoil = wrong_password
    await stage.show((2, 8))
    await until(lambda: stage.panes[0].info.protocol == stage.panes[1].info.protocol == Protocol.HTTP_TS)


async def test_a_channel_the_center_does_not_know_is_called_so(stage: Stage):
    stage.wall.show(0, Channel(camera_id(999999), "gone", "", online=True))
    await stage.says(0, PaneState.FAILED, PaneReason.NOT_FOUND)


async def test_a_stream_the_media_server_does_not_know_is_called_so(stage: Stage):
    stage.offers.spoil = lambda source: replace(source, url=source.url.replace("/ch/", "/ch/9"))
    for index, protocol in enumerate((Protocol.RTSP, Protocol.HTTP_TS)):
        stage.only(protocol)
        await stage.put((2,) * (index + 1), "4")
        await stage.says(index, PaneState.FAILED, PaneReason.NOT_FOUND)


async def test_a_frozen_host_is_replaced(stage: Stage):
    """A host that neither dies nor moves: its panes say so, then play elsewhere."""
    await stage.show(FOUR)
    (host,) = stage.app.pool.pids
    process = psutil.Process(host)
    process.suspend()
    await stage.all_say(PaneState.STALLED, limit_s=5.0)
    await stage.all_play()
    assert host not in stage.app.pool.pids
    assert not process.is_running()
