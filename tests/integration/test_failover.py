"""A city center is killed with its streams: another center shows the same cameras, says so, and gives way again."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.integration.rig import FPS, Stage, until
from wallclient.app import CENTER_KEY
from wallclient.demo.process import DemoProcess
from wallclient.domain.catalog_view import SyncPhase
from wallclient.domain.center_config import Alternate, CenterConfig
from wallclient.domain.pane import PaneState

FOUR = (1, 2, 3, 4)
DISTRICT, TITLE = "district", "渝中区"
AWAY_S, BACK_S = 1.5, 2.0


@pytest.fixture
def city() -> Iterator[DemoProcess]:
    """A center that can be killed: its address stays the same when it is started again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with DemoProcess(64, FPS, port=port, prepare=len(FOUR)) as demo:
        yield demo


@pytest.fixture
def stage(city: DemoProcess, tmp_path: Path, qapp: QApplication) -> Stage:
    return Stage(city, tmp_path)


async def _add_district(stage: Stage, district: DemoProcess) -> None:
    """Let the other center stand in for the cameras of one district, and wait until its tree is known."""
    app = stage.app
    app.centers.add(CenterConfig(DISTRICT, district.base_url, TITLE))
    await app.centers.log_in(DISTRICT, district.user, district.password)
    config = app.centers.access(CENTER_KEY).config
    await app.centers.change(replace(config, alternates=(Alternate(DISTRICT, "500103"),)))
    app.failover.away_s, app.failover.back_s = AWAY_S, BACK_S

    def mirrored() -> bool:
        catalog = app.catalogs.catalog(DISTRICT)
        return catalog is not None and catalog.state.phase is SyncPhase.FOLLOWING and catalog.state.cameras > 0

    await until(mirrored)


async def test_a_killed_center_is_stood_in_for_and_gone_back_to(stage: Stage, center: DemoProcess):
    await _add_district(stage, center)
    await stage.show(FOUR)
    ways: list[list[str]] = [[""] for _ in FOUR]

    def note(index: int) -> None:
        if ways[index][-1] != stage.panes[index].via:
            ways[index].append(stage.panes[index].via)

    for index, pane in enumerate(stage.panes):
        pane.changed.connect(lambda index=index: note(index))
    assert [pane.via for pane in stage.panes] == [""] * 4

    os.kill(stage.center.pid, signal.SIGKILL)
    await until(lambda: all(pane.state is not PaneState.PLAYING for pane in stage.panes), what=stage.describe)

    def stood_in_for() -> bool:
        return all(pane.via == TITLE and pane.state is PaneState.PLAYING for pane in stage.panes)

    limit_s = AWAY_S + 8.0  # a stream opens in well under a second; a busy machine takes its time
    took_s = await until(stood_in_for, limit_s, stage.describe)
    print(f"the other center's pictures came {took_s:.1f} s after the last picture went")
    await stage.all_play()
    assert all(pane.channel and pane.channel.id.startswith(f"{CENTER_KEY}/") for pane in stage.panes)

    assert ways == [["", TITLE]] * 4

    view = stage.wall.view("早班")
    stage.wall.close_all()
    assert await stage.wall.apply(view) == 0, "a view is opened in an outage, too"
    await until(stood_in_for, limit_s, stage.describe)
    await stage.all_play()
    ways[:] = [[TITLE] for _ in FOUR]

    async with stage.watching() as seen:
        await asyncio.to_thread(stage.center.stop)  # what is left of it
        await asyncio.to_thread(stage.center.start)
        await stage.app.centers.log_in(CENTER_KEY, stage.center.user, stage.center.password)
        await until(lambda: all(pane.via == "" for pane in stage.panes), what=stage.describe)
        await stage.all_play()
    for number in FOUR:
        assert seen[number].states == {PaneState.PLAYING}, seen[number]
        assert seen[number].blanks == seen[number].mix_ups == 0, seen[number]
        assert seen[number].longest_stand_s <= 1.0, seen[number]
    assert ways == [[TITLE, ""]] * 4
