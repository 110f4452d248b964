"""Searches in footage in the window: sheets, areas, hits, bookmarks, the strip; the workers are stood in for."""

import asyncio
import unicodedata
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from playback_rig import HOUR_MS, NOW_MS, PlaybackWall, RecordingCenters, StillPool, camera
from pypdf import PdfReader
from PySide6.QtCore import QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from wallclient.domain.errors import NotPermitted
from wallclient.domain.footage_search import Lack, LackReason, MotionHit, SearchProgress
from wallclient.domain.patrol import Person
from wallclient.services.footage_search import FoundPicture
from wallclient.services.review_desk import ReviewDesk
from wallclient.ui import footage_search_desk
from wallclient.ui.area_editor import AreaEditor
from wallclient.ui.footage_search_text import range_text
from wallclient.ui.main_window import MainWindow
from wallclient.ui.playback_services import PlaybackServices
from wallclient.ui.search_range import NamedRange, SearchRange
from wallclient.ui.sheet_plan import STEPS, automatic_step, sheet_moments, slack_us
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.timeline_paint import HIT_COLOR
from wallclient.ui.timeline_scale import DAY, HOUR, MINUTE, SECOND
from wallclient.ui.window_needs import WindowNeeds

ZONE = ZoneInfo("Asia/Shanghai")
NOW = NOW_MS * 1000
GAP = (NOW - 2 * HOUR, NOW - HOUR)
CAMERA = "main/ch-0"


def picture(color="#336699", width=160):
    image = QImage(width, width * 9 // 16, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


class StandInSearches:
    """Answers at once: pictures two seconds older than asked for, none in the gap; hits as they are given."""

    def __init__(self):
        self.asked, self.queries, self.error = [], [], None
        self.news = asyncio.Queue()

    async def pictures(self, channel_id, moments_us, box, slack_us, take, *, noted=True):
        self.asked.append((channel_id, tuple(moments_us), box, slack_us, noted))
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        for asked in moments_us:
            if GAP[0] <= asked < GAP[1]:
                take(FoundPicture(channel_id, asked, lack=LackReason.GAP))
            else:
                take(FoundPicture(channel_id, asked, asked - min(slack_us, 2 * SECOND), picture()))

    async def motion(self, query, news):
        self.queries.append(query)
        if self.error is not None:
            raise self.error
        while (told := await self.news.get()) is not None:
            told(news)
        news.progressed(SearchProgress(1.0, query.end_us, 200.0))


class StandInFilm(QObject):
    """Pictures of a strip, of those moments that were asked for."""

    arrived = Signal()

    def __init__(self, searches, is_busy, parent=None):
        super().__init__(parent)
        self.wishes, self.closed = [], 0

    def want(self, channel_id, moments_us, box, slack_us):
        self.wishes.append((channel_id, moments_us, box))

    def get(self, channel_id, moment_us, width_px):
        wanted = any(channel_id == one and moment_us in moments for one, moments, _ in self.wishes)
        return FoundPicture(channel_id, moment_us, moment_us - SECOND, picture("#a03020")) if wanted else None

    def close(self):
        self.closed += 1


@pytest.fixture
def recordings():
    centers = RecordingCenters()
    centers.operator = Person("zhang", "张三", "一号台")
    return centers


@pytest.fixture
def searches():
    return StandInSearches()


@pytest.fixture
def window(qtbot, loop, recordings, searches, library, preferences, tmp_path, monkeypatch, run):
    """Four live panes, the timeline shown; two of them in playback an hour and a half before now."""
    monkeypatch.setattr(footage_search_desk, "FilmPictures", StandInFilm)
    metrics = metrics_for(1080)
    apply_theme(QApplication.instance(), metrics)
    review = ReviewDesk(recordings, tmp_path)
    review.pool.shut_down()
    review.pool = StillPool()
    wall = PlaybackWall(review)
    services = PlaybackServices(review, ZONE, searches)
    window = MainWindow(wall, WindowNeeds(recordings, library, preferences, metrics, loop, playback=services))
    qtbot.addWidget(window)
    window.playback.index.now_ms = lambda: NOW_MS
    window.resize(1280, 900)
    with qtbot.waitExposed(window):
        window.show()
    for number in range(4):
        wall.show(number, camera(number))
    window.playback.toggle()
    window.playback.timeline.show_range(NOW - 6 * HOUR_MS * 1000, NOW + HOUR_MS * 1000)
    run(lambda: not window.playback.index.busy and window.playback.timeline.coverage(CAMERA).starts_us != [])
    window.playback.show_recorded([0, 1], NOW - 3 * HOUR)
    window.playback.clock.pause()
    window.playback.timeline.set_chosen((NOW - 150 * MINUTE, NOW - 30 * MINUTE))
    yield window
    window.close()
    wall.shut_down()
    review.shut_down()


def open_by_key(window, qtbot, key):
    qtbot.keyClick(window.playback.timeline, key, Qt.KeyboardModifier.ShiftModifier)
    return window.footage_search.windows[-1]


def test_a_contact_sheet_shows_pictures_and_gaps_and_leads_to_the_wall(window, searches, qtbot, run):
    sheet = open_by_key(window, qtbot, Qt.Key.Key_S)
    run(lambda: sheet.model.found > 0 and not sheet.busy)
    channel_id, moments, _, slack, noted = searches.asked[-1]
    assert channel_id == CAMERA
    assert noted
    assert (moments[0] + 8 * HOUR) % sheet.step_us == 0, "round by the clocks of the zone"
    assert moments[0] >= NOW - 150 * MINUTE
    assert moments[-1] < NOW - 30 * MINUTE
    assert slack == sheet.step_us // 2
    kinds = [cell.found.lack for cell in sheet.model.cells]
    assert kinds == [LackReason.GAP if GAP[0] <= moment < GAP[1] else None for moment in moments]
    painted = sheet.view.grab().toImage()
    first = sheet.view.visualRect(sheet.model.index(0)).center()
    assert painted.pixelColor(first.x(), first.y() - 10) == QColor("#336699")
    clock = window.playback.clock
    qtbot.mouseClick(sheet.view.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert clock.moment_us == moments[0] - 2 * SECOND, "the exact picture shown"
    qtbot.keyClick(sheet.view, Qt.Key.Key_Right)
    qtbot.keyClick(sheet.view, Qt.Key.Key_Space)
    assert clock.moment_us == moments[1] - 2 * SECOND
    qtbot.keyClick(sheet.view, Qt.Key.Key_Right)
    with qtbot.waitSignal(sheet.open_requested):
        qtbot.keyClick(sheet.view, Qt.Key.Key_Return)
    assert clock.moment_us == moments[2] - 2 * SECOND
    sheet.step_box.setCurrentIndex(sheet.step_box.findData(MINUTE))
    sheet.camera_box.setCurrentIndex(sheet.camera_box.count() - 1)
    sheet.search()
    run(lambda: not sheet.busy)
    assert [asked[0] for asked in searches.asked[-2:]] == [CAMERA, "main/ch-1"]
    assert len(sheet.model.cells) == 240
    sheet.reject()
    assert window.footage_search.windows == []


def test_a_sheet_is_saved_with_what_it_is_of_and_who_made_it(window, qtbot, run, tmp_path):
    sheet = open_by_key(window, qtbot, Qt.Key.Key_S)
    run(lambda: sheet.model.found > 0 and not sheet.busy)
    saved, failed = [], []
    window.footage_search.noticed.connect(lambda notice: (failed if notice.error else saved).append(notice))
    for name in ("sheet.pdf", "sheet.png", "sheet.jpg"):
        run(window.footage_search.save(sheet, tmp_path / name))
        assert saved[-1].subject.endswith(name)
    pages = PdfReader(tmp_path / "sheet.pdf").pages
    text = "".join(unicodedata.normalize("NFKC", page.extract_text()) for page in pages)  # 一 is told as the radical ⼀
    text = "".join(text.split())
    for part in range_text(sheet.range.start_us, sheet.range.end_us, ZONE).split(" – "):
        assert "".join(part.split()) in text
    assert camera(0).gb_code in text
    assert "张三" in text
    assert "一号台" in text
    image = QImage(str(tmp_path / "sheet.png"))
    assert image.width() == 1920
    assert any(image.pixelColor(x, 320) == QColor("#336699") for x in range(0, 1920, 10))
    run(window.footage_search.save(sheet, tmp_path / "none" / "sheet.pdf"))
    assert failed
    assert not (tmp_path / "none").exists()


def test_what_can_not_be_searched_is_said(window, searches, qtbot, run):
    searches.error = NotPermitted("no", right="playback")
    sheet = open_by_key(window, qtbot, Qt.Key.Key_S)
    run(lambda: sheet._error.text() and not sheet.busy)
    sheet.range.set(NamedRange("", NOW, NOW - HOUR))
    sheet.search()
    assert "before" in sheet._error.text()
    assert not sheet.busy
    notices = []
    window.footage_search.noticed.connect(notices.append)
    for pane in window.wall.panes:
        pane.channel = replace(pane.channel, rights=0)
    assert window.footage_search.show_motion() is None
    assert [notice.subject for notice in notices] == [camera(0).name]


def hit(start_us, seconds=4):
    return MotionHit(CAMERA, start_us, start_us + seconds * SECOND, start_us + SECOND, 0.12)


def test_movement_is_searched_in_what_was_drawn_and_becomes_bookmarks(window, recordings, searches, qtbot, run):
    motion = open_by_key(window, qtbot, Qt.Key.Key_M)
    run(lambda: not motion.editor._image.isNull())
    assert searches.asked[-1][4] is False, "one picture to draw on is no search"
    rect = motion.editor.picture_rect()
    a, b = (QPoint(round(rect.x() + p * rect.width()), round(rect.y() + p * rect.height())) for p in (0.25, 0.5))
    qtbot.mousePress(motion.editor, Qt.MouseButton.LeftButton, pos=a)
    qtbot.mouseMove(motion.editor, b)
    qtbot.mouseRelease(motion.editor, Qt.MouseButton.LeftButton, pos=b)
    motion.sensitivity.setValue(70)
    motion.every_box.setChecked(True)
    qtbot.mouseClick(motion.start_button, Qt.MouseButton.LeftButton)
    assert motion.busy
    moments = [NOW - 140 * MINUTE, NOW - 50 * MINUTE]
    for moment in moments:
        searches.news.put_nowait(lambda news, moment=moment: news.found(hit(moment), picture(width=320)))
    searches.news.put_nowait(lambda news: news.progressed(SearchProgress(0.5, NOW - 90 * MINUTE, 150.0)))
    run(lambda: motion._progress.part == 0.5)
    assert "50 %" in motion.state_label.text()
    assert "150" in motion.state_label.text()
    timeline = window.playback.timeline
    assert timeline.hits == {CAMERA: [(moment, moment + 4 * SECOND) for moment in moments]}
    row = timeline.grab().toImage()
    x = timeline.places.label_px + round(timeline.scale.x_of(moments[0])) + 1
    assert row.pixelColor(x, timeline.places.row_top(0) + timeline.places.row_px // 2) == HIT_COLOR
    lack = Lack(CAMERA, NOW - 40 * MINUTE, NOW - 30 * MINUTE, LackReason.AWAY)
    searches.news.put_nowait(lambda news: news.lacked(lack))
    searches.news.put_nowait(None)
    run(lambda: not motion.busy)
    assert "10:00" in motion.lack_label.text()
    query = searches.queries[0]
    assert (query.channel_id, query.sensitivity, query.every_picture) == (CAMERA, 70, True)
    assert (query.start_us, query.end_us) == (NOW - 150 * MINUTE, NOW - 30 * MINUTE)
    (corner, _, other, _), *more = query.areas
    assert more == []
    assert corner == pytest.approx((0.25, 0.25), abs=0.01)
    assert other == pytest.approx((0.5, 0.5), abs=0.01)
    place = motion.list.visualRect(motion.model.index(1)).center()
    qtbot.mouseClick(motion.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.playback.clock.moment_us == moments[1]
    qtbot.mouseClick(motion.mark_button, Qt.MouseButton.LeftButton)
    run(lambda: len(recordings.kept) == 1)
    qtbot.mouseClick(motion.mark_all_button, Qt.MouseButton.LeftButton)
    run(lambda: len(recordings.kept) == 2)
    assert sorted(mark.start_ms * 1000 for mark in recordings.kept.values()) == moments, "none of them twice"
    assert all(found.marked for found in motion.model.found)
    motion.reject()
    assert timeline.hits == {}


def test_a_search_is_stopped_by_its_button_and_by_closing(window, searches, qtbot, run):
    motion = open_by_key(window, qtbot, Qt.Key.Key_M)
    motion.search()
    run(lambda: searches.queries)
    task = motion._task
    qtbot.mouseClick(motion.stop_button, Qt.MouseButton.LeftButton)
    run(task.cancelled)
    assert motion.state_label.text() == "Stopped."
    motion.search()
    task = motion._task
    motion.reject()
    run(task.cancelled)


def test_corners_make_a_polygon_and_areas_go_away_again(qtbot):
    editor = AreaEditor(metrics_for(1080))
    qtbot.addWidget(editor)
    editor.resize(640, 360)
    editor.set_picture(picture())
    assert editor.picture_rect() == QRectF(0, 0, 640, 360)
    for x, y in ((64, 36), (320, 36), (320, 180)):
        qtbot.mouseClick(editor, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert editor.areas == []
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.areas == [((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))]
    qtbot.mouseClick(editor, Qt.MouseButton.LeftButton, pos=QPoint(500, 300))
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.corners == []
    editor.add(((0.6, 0.6), (0.9, 0.6), (0.9, 0.9), (0.6, 0.9)))
    qtbot.mouseClick(editor, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    assert editor.chosen == 0
    shown = editor.grab().toImage()
    assert shown.pixelColor(450, 60).lightness() < shown.pixelColor(280, 60).lightness(), "outside is dim"
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert [area[0] for area in editor.areas] == [(0.6, 0.6)]


def test_the_strip_shows_pictures_where_there_is_footage_and_leads_there(window, qtbot):
    strip, film = window.footage_search.strip, window.footage_search.film
    qtbot.keyClick(window.playback.timeline, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert strip.isVisible()
    channel_id, moments, (width, height) = film.wishes[-1]
    assert channel_id == CAMERA
    assert abs(width * 9 - height * 16) <= 16
    coverage = window.playback.timeline.coverage(CAMERA)
    assert moments
    assert all(coverage.has(moment) for moment in moments)
    now = window.playback.clock.moment_us
    assert list(moments) == sorted(moments, key=lambda moment: abs(moment - now))
    slot = next(slot for slot in strip.slots() if slot.moment_us is not None and slot.left > 0)
    place = QPoint(window.playback.timeline.places.label_px + slot.left + 20, strip.height() // 2)
    assert strip.grab().toImage().pixelColor(place) == QColor("#a03020")
    empty = next(slot for slot in strip.slots() if slot.moment_us is None and slot.end_us < NOW)
    gap = QPoint(window.playback.timeline.places.label_px + empty.left + 20, strip.height() // 2)
    before = window.playback.clock.moment_us
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=gap)
    assert window.playback.clock.moment_us == before
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert window.playback.clock.moment_us == slot.moment_us - SECOND, "that of the picture"
    timeline = window.playback.timeline
    timeline.set_scale(timeline.scale.panned(7))
    assert set(film.wishes[-1][1]) <= set(moments) | {max(film.wishes[-1][1])}, "panning asks for nothing twice"
    qtbot.keyClick(timeline, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert not strip.isVisible()
    assert film.closed


def test_moments_of_a_sheet_are_round_and_fill_what_there_is_room_for():
    start = 1_795_000_000 * SECOND + 7
    for length, room in ((HOUR, 40), (DAY, 28), (30 * SECOND, 50), (7 * DAY, 35)):
        step = automatic_step(length, room)
        assert length / step <= room
        smaller = STEPS[max(0, STEPS.index(step) - 1)]
        assert step == STEPS[0] or length / smaller > room
    assert sheet_moments(start, start + HOUR, 10 * MINUTE, ZONE)[0] % (10 * MINUTE) == 0
    assert (sheet_moments(start, start + DAY, 6 * HOUR, ZONE)[0] + 8 * HOUR) % (6 * HOUR) == 0
    assert sheet_moments(start, start + SECOND, HOUR, ZONE) == [start]
    assert len(sheet_moments(start, start + 30 * DAY, SECOND, ZONE)) == 720
    assert [slack_us(step) for step in (SECOND, 2 * SECOND, 5 * SECOND)] == [0, 0, 2_500_000]


def test_a_range_is_that_of_the_zones_clocks_also_when_they_are_set_back(qtbot):
    berlin = ZoneInfo("Europe/Berlin")
    day = NamedRange("day", 1_792_879_200 * SECOND, 1_792_969_200 * SECOND)  # 2026-10-25, 25 hours
    widget = SearchRange([day], berlin, metrics_for(1080))
    qtbot.addWidget(widget)
    assert widget.end_us - widget.start_us == 25 * HOUR
    assert widget.begin_edit.text() == "2026-10-25 00:00:00"
    assert widget.end_edit.text() == "2026-10-26 00:00:00"
    assert widget.box.currentIndex() == 0
    widget.begin_edit.setDateTime(widget.begin_edit.dateTime().addSecs(60))
    assert widget.start_us == day.start_us + MINUTE
    assert widget.box.currentIndex() == 1
