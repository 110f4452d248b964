"""Cameras of a list on the real wall: no center, pictures straight from them, passwords from the keyring; alarms."""

import csv
from pathlib import Path

from PySide6.QtGui import QColor

from tests.integration.rig import Stage, until
from tests.services.test_centers import MemoryStore
from wallclient.app import CENTER_KEY
from wallclient.domain.center_config import Family, new_site
from wallclient.domain.event import Alarm, AlarmKind
from wallclient.domain.global_id import global_id
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import Protocol, StreamKind
from wallclient.ui import alarm_drawing

CAMERAS = (2, 3)


async def _list_of(stage: Stage, folder: Path) -> Path:
    """Write a list of cameras of the embedded center's media server, with the addresses and passwords it gave out."""
    rows = [("名称", "主码流", "用户", "密码")]
    for number in CAMERAS:
        lease = await stage.app.centers.open_live(global_id(CENTER_KEY, f"c{number}"), StreamKind.SUB)
        source = next(source for source in lease.sources if source.protocol is Protocol.RTSP)
        assert source.credentials
        rows.append((f"枪机{number}", source.url, source.credentials.user, source.credentials.password))
    path = folder / "点位.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


async def test_listed_cameras_show_pictures_lose_their_password_and_get_it_back(stage: Stage, tmp_path: Path):
    centers, store = stage.app.centers, MemoryStore()
    centers._keeper._store = store
    config = new_site(Family.LIST, "自建点位")
    lists = centers.makes.lists
    site = await lists.keep(config.key, config.name, await lists.read(await _list_of(stage, tmp_path)))
    access = centers.add(config)
    await until(lambda: access.session.signed_in)
    stage.wall.set_layout(layout_by_id("4"))
    for index, camera in enumerate(site.cameras):
        stage.wall.show(index, await centers.channel(global_id(config.key, camera.id)))
    await until(lambda: [r.camera for r in stage.strips()[:2] if r] == list(CAMERAS), what=stage.describe)

    stage.wall.close_all()
    store.secrets.clear()
    await centers.log_out(config.key)
    centers.resume(config.key)
    await until(lambda: access.session.signed_in)
    stage.wall.show(0, await centers.channel(global_id(config.key, site.cameras[0].id)))
    await stage.says(0, PaneState.FAILED, PaneReason.PASSWORD_MISSING)
    await lists.keep(config.key, config.name, await lists.read(tmp_path / "点位.csv"))
    stage.panes[0].retry()
    await until(lambda: stage.panes[0].state is PaneState.PLAYING, what=stage.describe)


async def test_a_camera_with_an_alarm_is_framed_and_plays_on(stage: Stage):
    await stage.show((2, 3), "4")
    await stage.all_play()
    session = stage.app.centers.accesses[0].session
    session.alarm.emit(Alarm("a1", "c2", AlarmKind.LINE, 1_795_000_000_000))
    view = stage.window.wall_widget.views[0]
    await until(lambda: view.alarm is not None)
    async with stage.watching():
        await until(lambda: _band(stage) == alarm_drawing.GROUND)
        counter = view.sequence
        await until(lambda: view.sequence > counter + 5, what=stage.describe)
        assert _band(stage) == alarm_drawing.GROUND, "new pictures do not paint it over"
    stage.window.actions_by_command["alarm_seen"].trigger()
    await until(lambda: view.alarm is None)
    await until(lambda: (read := stage.strips()[0]) is not None and read.camera == 2, what=stage.describe)


def _band(stage: Stage) -> QColor:
    """Return the colour at the upper left of the first pane's picture, as the window has painted it."""
    at = stage.window.wall_widget.views[0].ptz_rect.topLeft()
    return stage.window.wall_widget.grab().toImage().pixelColor(at.x() + 2, at.y() + 6)
