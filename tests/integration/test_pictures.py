"""Pixels of the painted wall: they move, belong to the right camera, and stay through every change of the wall."""

import asyncio

import psutil
import pytest

from tests.integration.rig import FPS, Sighting, Stage, pulse, until
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneState
from wallclient.domain.stream import Protocol, StreamKind

H264, H265 = (2, 3, 5), (8, 16)
SIXTEEN = (2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 18, 19)


def assert_unbroken(sighting: Sighting, longest_stand_s: float = 1.0) -> None:
    """A pane that plays through: always its own picture, and no pause an eye would call one."""
    assert sighting.states == {PaneState.PLAYING}, sighting
    assert not sighting.mix_ups, sighting
    assert not sighting.blanks, sighting
    assert sighting.readable > 0.97, sighting
    assert sighting.longest_stand_s <= longest_stand_s, sighting


@pytest.mark.parametrize(
    ("protocol", "cameras"),
    [
        (Protocol.RTSP, (*H264[:2], *H265)),
        (Protocol.HTTP_TS, (*H264[:2], *H265)),
        (Protocol.HTTP_FLV, (*H264, 4)),  # FLV has no standard way to carry H.265
    ],
)
async def test_the_painted_pictures_move_and_belong_to_their_cameras(stage: Stage, protocol, cameras):
    stage.only(protocol)
    await stage.show(cameras)
    async with stage.watching() as seen:
        await until(lambda: all(len(seen.get(n, Sighting(n)).read) > 60 for n in cameras), what=stage.describe)
    for number in cameras:
        assert_unbroken(seen[number])
        assert seen[number].advanced > FPS, seen[number]
        assert not seen[number].backwards, seen[number]
    assert {pane.info.protocol for pane in stage.panes} <= {protocol.value, None}


async def test_layouts_change_without_a_black_or_foreign_picture(stage: Stage):
    """4 → 16 → 1 → 4, with the main stream fetched for the large pane and given back."""
    await stage.show(SIXTEEN, "16")
    wall, first = stage.wall, stage.panes[0]
    wall.set_layout(layout_by_id("4"))
    await stage.all_play()
    async with stage.watching() as seen:
        for layout, kind in (("16", StreamKind.SUB), ("1", StreamKind.MAIN), ("4", StreamKind.SUB)):
            wall.set_layout(layout_by_id(layout))
            await stage.all_play()
            await until(lambda kind=kind: first.stream_kind is kind and is_fitted(stage), what=stage.describe)
    for number in SIXTEEN[:4]:
        assert not seen[number].mix_ups, seen[number]
        assert not seen[number].blanks, seen[number]
        assert seen[number].readable > 0.97, seen[number]
    assert_unbroken(seen[SIXTEEN[0]])  # the one pane that was there all the time
    for number in SIXTEEN[4:]:
        assert not seen[number].mix_ups, seen[number]
        assert not seen[number].blanks, seen[number]


def is_fitted(stage: Stage) -> bool:
    """Tell whether every picture comes in the size it is painted."""
    views = stage.window.wall_widget.views
    return all(view.exact for view in views if view.pane.channel)


async def test_main_and_sub_are_swapped_without_a_gap(stage: Stage):
    cameras = (2, 3, 5, 8)  # 8 is H.265
    await stage.show(cameras)
    async with stage.watching() as seen:
        for kind in (StreamKind.MAIN, StreamKind.SUB):
            for pane in stage.panes:
                pane.force_kind(kind)
            await until(lambda kind=kind: all(pane.stream_kind is kind for pane in stage.panes), what=stage.describe)
            await stage.all_play()
    for number in cameras:
        assert_unbroken(seen[number])


async def test_a_spot_and_back_without_a_gap(stage: Stage):
    await stage.show((2, 3, 5, 8))
    async with stage.watching() as seen:
        stage.wall.set_spot(0)
        await until(lambda: stage.panes[0].stream_kind is StreamKind.MAIN and stage.panes[0].state is PaneState.PLAYING)
        stage.wall.set_spot(None)
        await stage.all_play()
        await until(lambda: stage.panes[0].stream_kind is StreamKind.SUB)
    assert_unbroken(seen[2])


async def test_a_stream_that_changes_its_resolution_goes_on_as_the_same_camera(stage: Stage):
    cameras = (2, 3, 5, 8)
    await stage.show(cameras)
    async with stage.watching() as seen:
        for fault in ("resize", "normal"):
            for number in (3, 8):
                await asyncio.to_thread(stage.center.media_fault, number, StreamKind.SUB, fault)
            width = 1280 if fault == "resize" else 640
            await until(
                lambda width=width: {stage.panes[i].info.width for i in (1, 3)} == {width},
                what=lambda fault=fault: f"{fault}: {[pane.info for pane in stage.panes]} {stage.describe()}",
            )
            await stage.all_play()
    for number in cameras:
        assert not seen[number].mix_ups, seen[number]
    assert_unbroken(seen[2])
    assert_unbroken(seen[5])


async def test_a_retired_host_leaves_without_a_missed_beat(stage: Stage):
    cameras = (2, 3, 5, 8)
    await stage.show(cameras)
    (old,) = stage.app.pool.pids
    async with stage.watching() as seen:
        stage.app.pool.retire(old)
        await until(lambda: not psutil.pid_exists(old), what=stage.describe)
        await stage.all_play()
    assert old not in stage.app.pool.pids
    for number in cameras:
        assert_unbroken(seen[number])


async def test_the_window_is_never_held_up(stage: Stage, record_testsuite_property):
    """Opening sixteen panes and a change of layout: what the UI thread does takes far less than a person notices."""
    async with pulse() as taken:
        await stage.show(SIXTEEN, "16")
        stage.wall.set_layout(layout_by_id("4"))
        await stage.all_play()
        stage.wall.set_layout(layout_by_id("16"))
        await stage.all_play()
    record_testsuite_property("held_up_ms_max", round(taken.worst_s * 1000, 1))
    assert taken.worst_s < 0.25
