"""Alarms in the window: frames in panes, the count, the list, where it leads; storms leave the window quick."""

import itertools
import time
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from window_fakes import FakeWall

from tests.services.test_centers import MemoryStore, OneSource
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.event import Alarm, AlarmKind
from wallclient.services.alarms import Alarms
from wallclient.services.centers import Centers
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.ui import alarm_drawing, alarm_marks
from wallclient.ui.alarm_text import kind_text
from wallclient.ui.main_window import MainWindow
from wallclient.ui.pane_menu import pane_menu
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.timeline_scale import scale_for
from wallclient.ui.window_needs import WindowNeeds

LONG_S = 30.0
NOON_MS = round(datetime(2026, 11, 22, 12, 0, 3).timestamp() * 1000)


@pytest.fixture
def center():
    with EmbeddedCenter(64, media=OneSource()) as center:
        yield center


@pytest.fixture
def centers(loop, run, preferences, center, tmp_path: Path):
    centers = Centers(preferences, SecretKeeper(MemoryStore()), tmp_path / "data")
    centers.add(CenterConfig("n", center.base_url, "渝中分局"))
    run(centers.log_in("n", center.user, center.password), LONG_S)
    yield centers
    run(centers.close(), LONG_S)


@pytest.fixture
def alarms(centers):
    made = Alarms(centers)
    yield made
    made.close()


@pytest.fixture
def window(qtbot, loop, centers, alarms, library, preferences):
    metrics = metrics_for(1080)
    apply_theme(QApplication.instance(), metrics)
    window = MainWindow(FakeWall("4"), WindowNeeds(centers, library, preferences, metrics, loop, alarms=alarms))
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()


@pytest.fixture
def tell(centers):
    """Let the center's adapter tell of an alarm."""
    session = centers.access("n").session

    def tell(number: int, camera: str = "c1", kind=AlarmKind.MOTION, at_ms: int = NOON_MS, **more) -> None:
        session.alarm.emit(Alarm(f"a{number}", camera, kind, at_ms, **more))

    return tell


def rows(dialog) -> list[list[str]]:
    model = dialog.model
    return [[model.data(model.index(r, c)) for c in range(model.columnCount())] for r in range(model.rowCount())]


def pixel(window, index: int) -> QColor:
    """Return the colour at the upper left of a pane's picture, inside the band."""
    window.wall_widget.repaint()
    at = window.wall_widget.views[index].ptz_rect.topLeft()
    return window.wall_widget.grab().toImage().pixelColor(at.x() + 2, at.y() + 6)


def _seen_entry(window, index: int) -> bool:
    """Tell whether the menu of a pane offers to acknowledge."""
    menu = pane_menu(window.wall.panes[index], window.actions_by_command, window.commands, window)
    return window.actions_by_command["alarm_seen"].text() in [action.text() for action in menu.actions()]


def picture() -> QImage:
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(QColor("#20a040"))
    return image


def test_a_pane_is_framed_until_its_alarm_is_acknowledged_whatever_is_painted(run, window, centers, alarms, tell):
    shown = run(centers.channel("n/c1"), LONG_S)
    window.wall.panes[0].show(shown)
    window.wall.panes[0].feed(picture())
    view = window.wall_widget.views[0]
    assert pixel(window, 0) != alarm_drawing.GROUND
    tell(1, text="zone 3")
    tell(2)
    run(lambda: view.alarm is not None, LONG_S)
    assert view.alarm.text == "Motion  12:00:03  ×2"
    assert pixel(window, 0) == alarm_drawing.GROUND
    window.wall.panes[0].feed(picture())
    assert pixel(window, 0) == alarm_drawing.GROUND, "a new picture does not paint it over"
    assert not view.plain
    tell(1, active=False)
    tell(2, active=False)
    run(lambda: not view.alarm.active, LONG_S)
    assert pixel(window, 0) == alarm_drawing.OVER
    assert window.alarms.label.text() == "1 alarms"
    assert _seen_entry(window, 0)
    assert not _seen_entry(window, 3)
    window.wall.panes[1].show(shown)
    run(lambda: window.wall_widget.views[1].alarm == view.alarm, LONG_S)
    window.actions_by_command["alarm_seen"].trigger()
    run(lambda: view.alarm is None and window.wall_widget.views[1].alarm is None, LONG_S)
    assert view.plain
    assert not window.alarms.label.isVisible()
    window.wall.panes[1].show(run(centers.channel("n/c2"), LONG_S))
    tell(7)
    run(lambda: view.alarm is not None, LONG_S)
    assert window.wall_widget.views[1].alarm is None


def test_the_list_tells_what_happened_where_and_leads_there(qtbot, run, window, centers, alarms, tell):
    tell(1, "c1", text="区域 2")
    tell(2, "c2", AlarmKind.MANUAL, NOON_MS + 90_000)
    run(lambda: window.alarms.label.isVisible(), LONG_S)
    qtbot.mouseClick(window.alarms.label, Qt.MouseButton.LeftButton)
    dialog = window.alarms._dialog
    names = [run(centers.channel(f"n/{one}"), LONG_S).name for one in ("c2", "c1")]
    run(lambda: [row[1] for row in rows(dialog)] == names, LONG_S)
    assert rows(dialog)[0][2:] == ["Call for help", "1", "going on", ""]
    assert rows(dialog)[1][0] == "2026-11-22 12:00:03"
    assert rows(dialog)[1][5] == "区域 2"
    assert not dialog.live_button.isEnabled()
    dialog.table.selectRow(1)
    assert not dialog.play_button.isEnabled()
    assert "no playback" in dialog.play_button.toolTip(), "a window without playback says so beforehand"
    qtbot.mouseClick(dialog.live_button, Qt.MouseButton.LeftButton)
    run(lambda: window.wall.panes[0].channel is not None, LONG_S)
    assert window.wall.panes[0].channel.id == "n/c1"
    tell(3, "c3")
    run(lambda: len(rows(dialog)) == 3, LONG_S)
    assert [case.channel_id for case in dialog.selected()] == ["n/c1"], "others that come do not move the selection"
    asked = []
    window.alarms.show_recorded = lambda indexes, moment: asked.append((indexes, moment))
    dialog.play_button.setEnabled(True)
    qtbot.mouseClick(dialog.play_button, Qt.MouseButton.LeftButton)
    run(lambda: asked, LONG_S)
    assert asked == [([0], NOON_MS * 1000 - 5_000_000)]
    qtbot.mouseClick(dialog.seen_button, Qt.MouseButton.LeftButton)
    run(lambda: rows(dialog)[2][4] == "acknowledged", LONG_S)
    assert dialog.summary.text() == "2 wait to be acknowledged."
    qtbot.mouseClick(dialog.all_button, Qt.MouseButton.LeftButton)
    run(lambda: not dialog.all_button.isEnabled(), LONG_S)
    window.actions_by_command["alarms"].trigger()
    assert window.alarms._dialog is dialog, "there is one list"
    dialog.reject()
    assert not [d for d in window.findChildren(QDialog) if d.isVisible()]


def test_a_storm_leaves_the_window_quick(run, window, centers, alarms, tell):
    shown = run(centers.channel("n/c1"), LONG_S)
    window.wall.panes[0].show(shown)
    window.wall.panes[0].feed(picture())
    window.alarms.show_list()
    dialog = window.alarms._dialog
    dialog.table.selectionModel().select(dialog.model.index(0, 0), QItemSelectionModel.SelectionFlag.Select)
    longest_s, before = 0.0, time.process_time()
    for number in range(1000):
        tell(number, f"c{number % 400}", at_ms=NOON_MS + number, active=number % 3 == 0)
        if number % 50 == 0:
            turn = time.process_time()
            QApplication.processEvents()
            longest_s = max(longest_s, time.process_time() - turn)
    run(lambda: len(alarms.cases()) == 400 and len(rows(dialog)) == 400, LONG_S)
    assert sum(case.count for case in alarms.cases()) == 1000
    assert time.process_time() - before < 6.0, "of the processor: a minute's storm in a tenth of a minute"
    assert longest_s < 1.0


def test_the_sound_is_off_until_it_is_asked_for_and_stays_so(run, window, alarms, preferences, tell, monkeypatch):
    beeps = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(True))
    front = [window]
    monkeypatch.setattr(QApplication, "activeWindow", lambda: front[0])
    tell(1)
    run(lambda: window.alarms.label.isVisible(), LONG_S)
    assert not beeps
    window.alarms.show_list()
    window.alarms._dialog.sound_check.setChecked(True)
    assert preferences.settings.alarm_sound
    for number in range(20):
        tell(10 + number, f"c{number}")
    run(lambda: beeps, LONG_S)
    assert len(beeps) == 1, "once for all that came together"
    for active, heard in ((window.alarms._dialog, 2), (None, 3), (QWidget(), 3)):
        front[0] = active
        tell(100 + heard, f"c{30 + heard}", at_ms=NOON_MS + heard)
        alarms.acknowledge()
        tell(200 + heard, f"c{40 + heard}")
        run(lambda heard=heard: len(alarms.cases()) and not alarms._timer.isActive(), LONG_S)
        assert len(beeps) == heard, active


def test_every_kind_has_a_name_of_its_own(qapp):
    assert len({kind_text(kind) for kind in AlarmKind}) == len(AlarmKind)


def test_the_timeline_marks_alarms_each_once_and_not_a_thousand_times_in_one_place():
    scale = scale_for(NOON_MS * 1000, NOON_MS * 1000 + 3_600_000_000, 1200)
    begin = scale.start_us
    many = [begin + second * 1_000_000 for second in range(600)]
    shown = alarm_marks.columns(scale, [*many, begin - 1_000_000, scale.end_us + 60_000_000], 1200)
    assert shown == sorted(shown)
    assert 20 < len(shown) <= 200 / 8 + 1, "ten minutes of an hour on 1200 px are 200 px"
    assert all(later - earlier >= 8 for earlier, later in itertools.pairwise(shown))
    assert alarm_marks.columns(scale, [begin + 1_800_000_000], 1200) == [scale.x_of(begin + 1_800_000_000)]


def test_alarms_reach_the_timeline(qtbot, run, window, alarms, tell):
    class Told:
        marks = None

        def set_alarms(self, marks):
            self.marks = marks

    window.alarms.timeline = told = Told()
    tell(1)
    tell(2, at_ms=NOON_MS + 2000)
    tell(3, "c2")
    run(lambda: told.marks is not None and len(told.marks) == 2, LONG_S)
    assert told.marks == {"n/c1": [NOON_MS * 1000, NOON_MS * 1000 + 2_000_000], "n/c2": [NOON_MS * 1000]}
