"""The whole program before a real ZoneMinder: tree, wall, an alarm, read where an operator would look."""

import asyncio
import os
from functools import partial

import pytest
from PySide6.QtWidgets import QApplication
from zm_stories import Place

from tests.integration.rig import read_strip, until
from tests.integration.zoneminder.stand import Stand
from wallclient import app as program
from wallclient.api.forced_alarms import ForcedAlarmCenter
from wallclient.app import CENTER_KEY, Application, run_application
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.event import Alarm
from wallclient.domain.global_id import global_id
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneState


def test_a_wall_of_its_cameras(
    stand: Stand, place: Place, tmp_path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(program, "CenterConfig", partial(CenterConfig, adapter="zoneminder"))

    async def work(app: Application) -> None:
        alarms: list[Alarm] = []
        second = global_id(CENTER_KEY, "m2")
        app.centers.alarm.connect(alarms.append)
        await app.session.log_in(place.user, place.password)
        window = app.windows.open()
        window.resize(1280, 800)
        window.wall.set_layout(layout_by_id("4"))
        for index, number in enumerate((1, 2, 3)):
            window.wall.show(index, await app.centers.channel(global_id(CENTER_KEY, f"m{number}")))
        panes = window.wall.panes[:3]
        await until(
            lambda: all(pane.state is PaneState.PLAYING for pane in panes), what=lambda: [p.state for p in panes]
        )

        def cameras() -> list[int]:
            widget = window.wall_widget
            at = widget.mapTo(window, widget.rect().topLeft())
            shot = window.screen().grabWindow(window.winId(), at.x(), at.y(), widget.width(), widget.height())
            image = shot.toImage().convertToFormat(shot.toImage().Format.Format_RGB32)
            strips = [read_strip(image, widget.video_rect(index)) for index in range(3)]
            return [strip.camera if strip else 0 for strip in strips]

        await until(lambda: cameras() == [1, 2, 3], what=cameras)
        if folder := os.environ.get("WALLCLIENT_TEST_PICTURES"):
            window.grab().save(f"{folder}/zoneminder-wall.png")

        await until(lambda: len(app.catalogs.roots()) > 0 and app.catalogs.row_now(second) is not None)
        found = await app.catalogs.search("南门")
        assert found is not None
        assert second in [one.id for one in found.rows]

        center = app.session.center
        assert isinstance(center, ForcedAlarmCenter)
        await asyncio.to_thread(center.force_alarm, "m2", True)
        await until(lambda: any(one.channel_id == second and one.active for one in alarms))
        await asyncio.to_thread(center.force_alarm, "m2", False)
        await until(lambda: any(one.channel_id == second and not one.active for one in alarms))

    run_application(stand.server.base_url, work, folder=tmp_path)
