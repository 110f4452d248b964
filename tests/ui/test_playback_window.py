"""Playback in the window: timeline, bar and keys against the real review clock; titles that can't be taken for live."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playback_rig import HOUR_MS, NOW_MS, PlaybackWall, RecordingCenters, StillPool, camera
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from wallclient.domain.bookmark import Bookmark
from wallclient.domain.catalog import Right
from wallclient.services.review_desk import ReviewDesk
from wallclient.ui import footage_mark
from wallclient.ui.bookmark_dialogs import BookmarkDialog, BookmarksDialog
from wallclient.ui.main_window import MainWindow
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.playback_dialogs import GoToDialog, OffsetDialog
from wallclient.ui.playback_services import PlaybackServices
from wallclient.ui.scrubber import LEAST_MS, Scrubber
from wallclient.ui.theme import COLORS, apply_theme, metrics_for
from wallclient.ui.timeline_scale import MINUTE, SECOND, moment_of, scale_for
from wallclient.ui.window_needs import WindowNeeds

ZONE = ZoneInfo("Europe/Berlin")
NOW = NOW_MS * 1000


@pytest.fixture
def recordings():
    return RecordingCenters()


@pytest.fixture
def review(loop, recordings, tmp_path):
    desk = ReviewDesk(recordings, tmp_path)
    desk.pool.shut_down()
    desk.pool = StillPool()
    yield desk
    desk.shut_down()


@pytest.fixture
def window(qtbot, loop, review, recordings, library, preferences):
    """Four live panes, the timeline shown."""
    metrics = metrics_for(1080)
    apply_theme(QApplication.instance(), metrics)
    wall = PlaybackWall(review)
    needs = WindowNeeds(recordings, library, preferences, metrics, loop, playback=PlaybackServices(review, ZONE))
    window = MainWindow(wall, needs)
    qtbot.addWidget(window)
    window.playback.index.now_ms = lambda: NOW_MS
    window.resize(1280, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    for number in range(4):
        wall.show(number, camera(number))
    window.playback.toggle()
    window.playback.timeline.show_range(NOW - 6 * HOUR_MS * 1000, NOW + HOUR_MS * 1000)
    window.wall_widget.setFocus()
    yield window
    window.close()
    wall.shut_down()


@pytest.fixture
def loaded(window, run):
    run(lambda: not window.playback.index.busy and window.playback.timeline.coverage("main/ch-0").starts_us != [])
    return window


@pytest.fixture
def playing(loaded, run):
    """Two panes in playback an hour and a half before now, clock at rest."""
    loaded.playback.show_recorded([0, 1], NOW - 90 * MINUTE)
    loaded.playback.clock.pause()
    loaded.playback.refresh()
    return loaded


def at(window, moment_us, row=0):
    timeline = window.playback.timeline
    x = timeline.places.label_px + timeline.scale.x_of(moment_us)
    return QPoint(round(x), timeline.places.row_top(row) + timeline.places.row_px // 2)


def color_at(window, moment_us, row=0):
    timeline = window.playback.timeline
    timeline.set_moment(0, follow=False)  # the play position would cover it
    return timeline.grab().toImage().pixelColor(at(window, moment_us, row))


def test_the_timeline_shows_footage_alarms_and_gaps_as_they_were_told(loaded):
    assert color_at(loaded, NOW - 4 * HOUR_MS * 1000) == QColor("#3f8fca")
    assert color_at(loaded, NOW - 50 * MINUTE, row=3) == QColor("#f0604c")
    assert color_at(loaded, NOW - 100 * MINUTE, row=2) == QColor(COLORS.pane)
    assert color_at(loaded, NOW + 30 * MINUTE, row=2) == QColor(COLORS.pane)


def test_what_a_center_did_not_tell_is_no_gap(window, recordings, run):
    recordings.away = True
    timeline = window.playback.timeline
    timeline.index.forget(["main/ch-0", "main/ch-1", "main/ch-2", "main/ch-3"])
    timeline.show_range(NOW - 300 * HOUR_MS * 1000, NOW - 290 * HOUR_MS * 1000)
    run(lambda: timeline.index.error("main/ch-2") is not None)
    row = timeline.grab().toImage()
    y = timeline.places.row_top(2) + 5
    colors = {row.pixelColor(x, y).name() for x in range(timeline.places.label_px + 500, timeline.width())}
    assert QColor(COLORS.line_strong).name() in colors, "hatched"


def test_a_click_on_a_live_wall_plays_the_camera_of_the_row_from_there(loaded, qtbot):
    qtbot.mouseClick(loaded.playback.timeline, Qt.MouseButton.LeftButton, pos=at(loaded, NOW - 200 * MINUTE, row=2))
    assert [pane.is_live for pane in loaded.wall.panes] == [True, True, False, True]
    assert loaded.wall.selected == 2
    clock = loaded.playback.clock
    assert clock.playing
    assert abs(clock.moment_us - (NOW - 200 * MINUTE)) < MINUTE


def test_the_wheel_zooms_at_the_pointer_and_shift_pans(loaded):
    timeline = loaded.playback.timeline
    moment = NOW - 200 * MINUTE
    place = QPointF(at(loaded, moment))
    before = timeline.scale

    def turn(modifiers):
        event = QWheelEvent(
            place,
            place,
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(timeline, event)

    turn(Qt.KeyboardModifier.NoModifier)
    assert timeline.scale.us_per_px * 2 == pytest.approx(before.us_per_px, rel=0.01)
    assert timeline.scale.x_of(moment) == pytest.approx(place.x() - timeline.places.label_px, abs=1.5)
    zoomed = timeline.scale
    turn(Qt.KeyboardModifier.ShiftModifier)
    assert timeline.scale.us_per_px == zoomed.us_per_px
    assert timeline.scale.first == zoomed.first - round(zoomed.width_px / 8)


def test_dragging_rows_pans_and_dragging_the_ruler_seeks(playing, qtbot):
    timeline, clock = playing.playback.timeline, playing.playback.clock
    first, moment = timeline.scale.first, clock.moment_us
    start = at(playing, NOW - 200 * MINUTE, row=1)
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(timeline, start + QPoint(80, 0))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=start + QPoint(80, 0))
    assert timeline.scale.first == first - 80
    assert clock.moment_us == moment
    ruler = QPoint(start.x(), 5)
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=ruler)
    qtbot.mouseMove(timeline, ruler + QPoint(40, 0))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=ruler + QPoint(60, 0))
    wanted = timeline.scale.moment_at(ruler.x() + 60 - timeline.places.label_px)
    assert clock.moment_us == wanted


def test_scrubbing_seeks_to_the_newest_place_only(qtbot):
    sought, waiting = [], [False]
    scrubber = Scrubber(sought.append, lambda: waiting[0])
    scrubber.drag(1)
    waiting[0] = True
    for moment in range(2, 50):
        scrubber.drag(moment)
    qtbot.wait(3 * LEAST_MS)
    assert sought == [1], "pictures of the first are still waited for"
    waiting[0] = False
    qtbot.waitUntil(lambda: len(sought) > 1)
    assert sought == [1, 49]
    scrubber.drag(60)
    scrubber.end(61)
    assert sought[-1] == 61
    qtbot.wait(3 * LEAST_MS)
    assert sought[-1] == 61


@pytest.mark.parametrize(
    ("key", "modifiers", "by"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, -10 * SECOND),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 10 * SECOND),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, -MINUTE),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, MINUTE),
    ],
)
def test_keys_move_the_clock_by_seconds_and_minutes(playing, qtbot, key, modifiers, by):
    clock = playing.playback.clock
    before = clock.moment_us
    qtbot.keyClick(playing.wall_widget, key, modifiers)
    assert clock.moment_us == before + by


def test_j_k_l_run_both_ways_faster_each_time(playing, qtbot):
    clock, wall = playing.playback.clock, playing.wall_widget
    states = []
    for key in "LLJJK":
        qtbot.keyClick(wall, getattr(Qt.Key, f"Key_{key}"))
        states.append((clock.playing, clock.speed))
    assert states == [(True, 1.0), (True, 2.0), (True, -1.0), (True, -2.0), (False, -2.0)]
    assert playing.playback.bar.speed_box.currentData() == -2.0


def test_comma_and_period_step_the_selected_pane(playing, qtbot, review):
    clock = playing.playback.clock
    for follower in clock.followers:
        follower.settled = lambda _epoch: True
    clock.note_settled()
    qtbot.keyClick(playing.wall_widget, Qt.Key.Key_Period)
    assert review.pool.steps == [1]
    clock.take_step(clock._request, clock.moment_us + 40_000)
    qtbot.keyClick(playing.wall_widget, Qt.Key.Key_Comma)
    assert review.pool.steps == [1, -1]


def test_segments_and_ends_are_gone_to_by_key(playing, qtbot):
    clock, wall = playing.playback.clock, playing.wall_widget
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(wall, Qt.Key.Key_PageDown, shift)
    assert clock.moment_us == NOW - 60 * MINUTE
    qtbot.keyClick(wall, Qt.Key.Key_PageUp, shift)
    assert clock.moment_us == NOW - 300 * MINUTE
    qtbot.keyClick(wall, Qt.Key.Key_End)
    assert clock.moment_us == NOW - 40_000
    qtbot.keyClick(wall, Qt.Key.Key_Home)
    assert clock.moment_us == NOW - 300 * MINUTE


def test_keys_of_playback_mean_nothing_to_a_live_pane(playing, qtbot):
    clock = playing.playback.clock
    playing.wall.select(3)
    qtbot.keyClick(playing.wall_widget, Qt.Key.Key_L)
    assert not clock.playing
    qtbot.keyClick(playing.playback.timeline, Qt.Key.Key_L)
    assert clock.playing


def test_a_pane_in_playback_says_so_in_its_title(playing):
    live, recorded = playing.wall_widget.views[3].title().toImage(), playing.wall_widget.views[1].title().toImage()
    assert recorded.pixelColor(2, 2) == QColor(footage_mark.GROUND)
    assert live.pixelColor(2, 2) == QColor(COLORS.title)
    mark = playing.wall_widget.views[1].footage
    assert mark.moment == "2026-11-18 10:36:40"  # 90 minutes before now, in Berlin
    assert datetime.fromtimestamp(NOW_MS / 1000 - 5400, ZONE).strftime("%Y-%m-%d %H:%M:%S") == mark.moment
    playing.playback.command("exact")
    assert playing.wall_widget.views[1].footage.moment.endswith(".000")
    assert playing.wall_widget.views[3].footage is None


def test_a_replay_says_how_much_of_it_there_is(playing):
    pane = playing.wall.panes[1]
    pane.in_memory = NOW_MS - 7400, NOW_MS
    playing.playback.refresh()
    assert playing.wall_widget.views[1].footage.own_clock == "7.4 s in memory"
    pane.in_memory = None
    playing.playback.refresh()
    assert playing.wall_widget.views[1].footage.own_clock == ""


def test_a_pane_leaves_the_clock_and_comes_back(playing):
    playback = playing.playback
    playback.command("in_step")
    assert playback.pane.on_own_clock
    playback.command("on_10")
    other = playing.wall.panes[1]
    assert playback.clock.moment_us == other.clock.moment_us + 10 * SECOND
    playback.command("in_step")
    assert playback.clock is other.clock


def test_back_to_live_and_the_right_that_is_missing(playing, qtbot):
    playback = playing.playback
    playback.command("live_all")
    assert all(pane.is_live for pane in playing.wall.panes)
    playing.wall.show(0, replace(camera(0), rights=Right.VIEW.bit))
    told = []
    playback.noticed.connect(told.append)
    playback.command("recorded_here")
    assert playing.wall.panes[0].is_live
    assert [notice.subject for notice in told] == [camera(0).name]


def test_a_range_is_chosen_by_keys_and_dragged_by_its_handles(playing, qtbot):
    timeline, clock = playing.playback.timeline, playing.playback.clock
    qtbot.keyClick(playing.wall_widget, Qt.Key.Key_BracketLeft)
    begin = clock.moment_us
    playing.playback.command("on_60")
    playing.playback.command("on_60")
    qtbot.keyClick(playing.wall_widget, Qt.Key.Key_BracketRight)
    assert timeline.chosen == (begin, begin + 2 * MINUTE)
    assert playing.playback.bar.range_label.text() == "0:02:00"
    timeline.set_scale(scale_for(begin - 5 * MINUTE, begin + 5 * MINUTE, timeline.scale.width_px))
    end = at(playing, begin + 2 * MINUTE, row=1)
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=end)
    qtbot.mouseMove(timeline, end + QPoint(50, 0))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=end + QPoint(50, 0))
    assert timeline.chosen[0] == begin
    assert timeline.chosen[1] - (begin + 2 * MINUTE) == pytest.approx(50 * timeline.scale.us_per_px, rel=0.03)


def dialog(window, kind, run):
    run(lambda: isinstance(QApplication.activeModalWidget(), kind))
    return QApplication.activeModalWidget()


def test_a_bookmark_is_made_listed_gone_to_and_deleted(playing, recordings, run, qtbot):
    playback = playing.playback
    qtbot.keyClick(playing.wall_widget, Qt.Key.Key_B)
    ask = dialog(playing, BookmarkDialog, run)
    ask.title_edit.setText("  白色轿车  ")
    ask.all_box.setChecked(True)
    ask.accept()
    run(lambda: len(playback.bookmarks.all()) == 1)
    (kept,) = recordings.kept.values()
    assert (kept.title, set(kept.channel_ids), kept.start_ms) == ("白色轿车", {"ch-0", "ch-1"}, NOW_MS - 90 * 60_000)
    assert playback.timeline.bookmarks
    playback.command("on_60")
    playback.command("previous_bookmark")
    assert playback.clock.moment_us == NOW - 90 * MINUTE
    playback.command("bookmarks")
    listed = dialog(playing, BookmarksDialog, run)
    assert listed.list.topLevelItem(0).text(2) == "白色轿车"
    listed.search.setText("卡车")
    assert not listed.list.topLevelItemCount()
    assert not listed.edit_button.isEnabled()
    listed.search.setText("轿车")
    listed.edit_button.click()
    edit = dialog(playing, BookmarkDialog, run)
    assert edit.title_edit.text() == "白色轿车"
    edit.category_box.setCurrentText("车辆")
    edit.accept()
    run(lambda: [one.category for one in recordings.kept.values()] == ["车辆"])
    (changed,) = recordings.kept.values()
    assert (changed.channel_ids, changed.start_ms) == (kept.channel_ids, kept.start_ms)
    run(lambda: listed.list.topLevelItem(0).text(3) == "车辆")
    listed.delete_button.click()
    run(lambda: not recordings.kept and not listed.list.topLevelItemCount())
    listed.reject()


def test_a_bookmark_with_a_range_is_drawn_on_its_rows_and_chosen_when_gone_to(playing, recordings, run):
    playback = playing.playback
    start = NOW_MS - 4 * HOUR_MS
    recordings.kept["k"] = Bookmark("k", "事故", start, start + HOUR_MS, ("ch-1",))
    playback.bookmarks.refresh()
    run(lambda: len(playback.timeline.bookmarks) == 1)
    timeline = playback.timeline
    picture = timeline.grab().toImage()
    x = at(playing, (start + HOUR_MS // 2) * 1000).x()
    bottom = [timeline.places.row_top(row + 1) - 2 for row in range(2)]
    assert [picture.pixelColor(x, y) == QColor("#ffd25e") for y in bottom] == [False, True]
    flag = QPoint(at(playing, start * 1000).x() + 3, timeline.places.ruler_px - 6)
    timeline._click(flag)
    assert timeline.chosen == (start * 1000, (start + HOUR_MS) * 1000)


def test_go_to_a_moment_by_the_clocks_of_the_zone(playing, run, qtbot):
    qtbot.keyClick(playing.wall_widget, Qt.Key.Key_G)
    ask = dialog(playing, GoToDialog, run)
    assert ask.time_edit.time().toString("HH:mm:ss") == "10:36:40"
    ask.time_edit.setTime(ask.time_edit.time().addSecs(-3600))
    ask.accept()
    assert playing.playback.clock.moment_us == moment_of(datetime(2026, 11, 18, 9, 36, 40, tzinfo=ZONE))


def test_a_cameras_offset_is_corrected_and_remembered(playing, run, review):
    playing.playback.command("offset")
    ask = dialog(playing, OffsetDialog, run)
    ask.spin.setValue(-2.5)
    ask.accept()
    assert review.offset_ms("main/ch-0") == -2500
    assert playing.playback.bar.buttons["offset"].text() == "−2.5 s"
    assert playing.wall_widget.views[0].footage.moment == "2026-11-18 10:36:37"


def test_a_reason_is_asked_once_and_goes_with_every_session(window, recordings, run, review):
    recordings.reason_needed = True
    review.ask_operator = None  # another window was closed that had asked last
    window.playback.show_recorded([0, 1, 2], NOW - 90 * MINUTE)
    ask = dialog(window, ReasonDialog, run)
    ask.box.setCurrentText("事件调查")
    ask.accept()
    run(lambda: recordings.reasons == ["事件调查"] * 3)


def test_hiding_the_timeline_leaves_panes_in_playback(playing):
    playing.actions_by_command["timeline"].trigger()
    assert not playing.playback.panel.isVisible()
    assert not playing.wall.panes[0].is_live
    assert not playing.bar.buttons["timeline"].isChecked()


def test_a_center_whose_clock_differs_from_this_machines_is_told_of(playing, recordings):
    playing.playback.clock.holding = False
    playing.playback.refresh()
    assert playing.playback.bar.note_label.text() == ""
    recordings.clock_offset_ms = -95_040
    playing.playback.refresh()
    assert playing.playback.bar.note_label.text() == "Center's clock −95 s"
