"""A WVP on the real wall: live, an alarm, footage its recorder sends first; nothing is left of it when it goes."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "player"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "wvp"))

from footage import steady, write
from wvp_double import CHINA, Wvp

from tests.integration.rig import Stage, until
from wallclient.app import CENTER_KEY
from wallclient.domain.center_config import CenterConfig, Family
from wallclient.domain.global_id import global_id
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import Protocol, StreamKind
from wallclient.storage.preset_names import preset_name_file

KEY, LIVE, RECORDED = "wvp0000001", 2, 11
FOUND = global_id(KEY, "c11")
EIGHT_MS = round(datetime(2026, 11, 20, 8, tzinfo=CHINA).timestamp() * 1000)


@pytest.fixture
def wvp(tmp_path: Path) -> Iterator[Wvp]:
    def make(channel: str, start: datetime, end: datetime) -> bytes:
        moments = steady((end - start).total_seconds(), round(start.timestamp() * 1000))
        return write(tmp_path / f"{channel}-{start:%H%M%S}.mp4", moments, camera=RECORDED).read_bytes()

    with Wvp() as double:
        double.records = [("2026-11-20 08:00:00", "2026-11-20 08:00:10", "time")]
        double.make_file = make
        yield double


async def test_a_wvp_shows_what_it_has_and_leaves_nothing_behind(stage: Stage, wvp: Wvp):
    centers, wall = stage.app.centers, stage.wall
    lease = await centers.open_live(global_id(CENTER_KEY, f"c{LIVE}"), StreamKind.SUB)
    stream = next(source for source in lease.sources if source.protocol is Protocol.HTTP_TS)
    wvp.stream_overrides = {"rtsp": None, "ts": stream.url, "fmp4": None, "flv": None, "hls": None}
    access = centers.add(CenterConfig(KEY, wvp.base_url, "芜湖", adapter=Family.WVP.value))
    await access.session.log_in(wvp.user, wvp.password)
    camera = await centers.channel(FOUND)
    wall.set_layout(layout_by_id("4"))
    wall.show(0, camera)
    await until(lambda: (read := stage.strips()[0]) is not None and read.camera == LIVE, what=stage.describe)

    view = stage.window.wall_widget.views[0]
    await until(lambda: access.session.reachable)
    wvp.ring(11, "IntrusionDetection")
    await until(lambda: view.alarm is not None)
    stage.window.actions_by_command["alarm_seen"].trigger()
    await until(lambda: view.alarm is None)

    wvp.download_polls = 10**6
    wall.show(1, camera)
    pane = wall.show_footage(1, camera, EIGHT_MS + 5000)
    await until(lambda: pane.reason is PaneReason.FETCHING_FOOTAGE, what=lambda: (pane.state, pane.reason))
    assert pane.state is PaneState.OPENING
    wvp.download_polls = 1
    await until(
        lambda: (read := stage.strips()[1]) is not None and read.camera == RECORDED,
        what=lambda: (pane.state, pane.reason, pane.shown_us, stage.strips()),
    )
    assert pane.shown_us is not None
    assert EIGHT_MS <= pane.shown_us // 1000 < EIGHT_MS + 10_000
    assert wall.panes[0].state is PaneState.PLAYING, "what is live goes on beside it"

    await centers.ask_ptz(FOUND, lambda center, local: center.save_preset(local, 3, "南门"))
    names = preset_name_file(stage.folder / "data", KEY)
    assert names.names("c11") == {3: "南门"}
    wall.close_all()
    await centers.remove(KEY)
    assert preset_name_file(stage.folder / "data", KEY).names("c11") == {}
    assert wvp.stopped == [], "others may watch its streams"
