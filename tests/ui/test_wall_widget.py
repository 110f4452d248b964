"""The painted wall, by its pixels."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from window_fakes import FakePane, FakeWall, channel

from wallclient.domain.layout import LAYOUTS
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.ui.pane_geometry import Zoom
from wallclient.ui.wall_widget import WallWidget

RED, GREEN, BLUE = (QColor(Qt.GlobalColor.red), QColor(Qt.GlobalColor.green), QColor(Qt.GlobalColor.blue))


def plain(color: QColor, width: int = 320, height: int = 180) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(color)
    return image


def noise(width: int, height: int) -> QImage:
    """A picture in which each pixel differs from its neighbours."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    for y in range(height):
        for x in range(width):
            image.setPixel(x, y, 0xFF000000 | ((x * 7919 + y * 104729) & 0xFFFFFF))
    return image


def grabbed(widget: WallWidget, rect: QRect) -> QImage:
    return widget.grab(rect).toImage().convertToFormat(QImage.Format.Format_RGB32)


def center_color(widget: WallWidget, index: int) -> QColor:
    rect = widget.video_rect(index)
    return grabbed(widget, rect).pixelColor(rect.width() // 2, rect.height() // 2)


@pytest.fixture
def widget(qtbot, wall) -> WallWidget:
    widget = WallWidget(wall)
    qtbot.addWidget(widget)
    widget.resize(1000, 640)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def play(qtbot, widget: WallWidget, index: int, image: QImage) -> FakePane:
    """Feed a picture and wait until the refresh tick painted it."""
    pane = widget.wall.panes[index]
    if pane.channel is None:
        pane.show(channel(index))
    before = widget.painted[index]
    pane.feed(image)
    qtbot.waitUntil(lambda: widget.painted[index] > before, timeout=10_000)
    return pane


def test_a_picture_of_the_right_size_is_painted_pixel_by_pixel(qtbot, widget):
    image = noise(*widget.wall.panes[2].size_px)
    play(qtbot, widget, 2, image)
    assert widget.views[2].exact
    assert grabbed(widget, widget.video_rect(2)) == image


def test_a_picture_of_another_size_fills_the_video_rectangle(qtbot, widget):
    play(qtbot, widget, 0, plain(GREEN, 160, 90))
    shown = grabbed(widget, widget.video_rect(0))
    corners = [(1, 1), (shown.width() - 2, 1), (1, shown.height() - 2), (shown.width() - 2, shown.height() - 2)]
    assert {shown.pixelColor(*corner).name() for corner in corners} == {GREEN.name()}


def test_two_pixels_less_than_wanted_are_not_worth_scaling(qtbot, widget):
    width, height = widget.wall.panes[0].size_px
    image = noise(width - 1, height - 2)
    play(qtbot, widget, 0, image)
    assert grabbed(widget, widget.video_rect(0)) == image
    assert widget.views[0].wanted_px() == (width, height)


def test_each_pane_shows_its_own_camera(qtbot, widget):
    colors = [RED, GREEN, BLUE, QColor(Qt.GlobalColor.yellow)]
    for index, color in enumerate(colors):
        play(qtbot, widget, index, plain(color))
    assert [center_color(widget, i).name() for i in range(4)] == [color.name() for color in colors]


def test_only_changed_videos_are_painted_again(qtbot, widget):
    play(qtbot, widget, 0, plain(RED))
    play(qtbot, widget, 1, plain(GREEN))
    before = widget.painted[0]
    for _ in range(5):
        play(qtbot, widget, 1, plain(BLUE))
    assert widget.painted[0] == before
    assert center_color(widget, 0) == RED


def test_nothing_ticks_while_no_picture_can_come(qtbot, widget):
    assert not widget._tick.isActive()
    play(qtbot, widget, 0, plain(RED))
    assert widget._tick.isActive()
    widget.wall.close(0)
    assert not widget._tick.isActive()


def test_the_tick_follows_the_fastest_stream(qtbot, widget):
    play(qtbot, widget, 0, plain(RED)).set_info(fps=15.0)
    play(qtbot, widget, 1, plain(RED)).set_info(fps=25.0)
    qtbot.waitUntil(lambda: widget._tick.interval() == 32, timeout=5000)
    widget.wall.panes[1].set_info(fps=200.0)
    qtbot.waitUntil(lambda: widget._tick.interval() == 16, timeout=5000)


def test_the_picture_of_another_camera_goes_at_once(qtbot, widget):
    play(qtbot, widget, 0, plain(RED))
    widget.wall.show(0, channel(99))
    assert center_color(widget, 0) != RED
    assert widget.views[0].image is None


@pytest.mark.parametrize("state", [PaneState.STALLED, PaneState.RECONNECTING, PaneState.FAILED])
def test_a_picture_that_stands_still_does_not_look_live(qtbot, widget, state):
    pane = play(qtbot, widget, 0, plain(RED))
    pane.set_state(state, PaneReason.NO_PICTURE)
    shown = grabbed(widget, widget.video_rect(0)).pixelColor(12, 12)
    assert max(shown.getRgb()[:3]) < 80
    assert max(shown.getRgb()[:3]) - min(shown.getRgb()[:3]) < 12, "grey"
    play(qtbot, widget, 0, plain(GREEN))
    assert center_color(widget, 0) == GREEN


def test_a_swap_takes_pictures_and_zoom_along(qtbot, widget):
    play(qtbot, widget, 0, plain(RED))
    play(qtbot, widget, 3, plain(BLUE))
    widget.set_zoom(0, Zoom(2.0, 0.1, 0.2))
    widget.wall.swap(0, 3)
    assert center_color(widget, 0) == BLUE
    assert widget.zoom(3) == Zoom(2.0, 0.1, 0.2)
    assert not widget.zoom(0).active


def test_a_spot_fills_the_wall_and_hides_the_others(qtbot, widget):
    play(qtbot, widget, 1, plain(GREEN))
    small = widget.wall.panes[1].size_px
    widget.wall.set_spot(1)
    assert widget.pane_rect(0).isEmpty()
    assert widget.pane_rect(1).width() > 950
    assert widget.wall.panes[1].size_px > small
    assert center_color(widget, 1) == GREEN
    widget.wall.set_spot(None)
    assert widget.wall.panes[1].size_px == small


def test_zoom_shows_the_part_and_asks_for_more_pixels(qtbot, widget):
    image = plain(RED, 400, 225)
    for x in range(200, 400):
        for y in range(225):
            image.setPixelColor(x, y, BLUE)
    pane = play(qtbot, widget, 0, image)
    before = pane.size_px
    widget.set_zoom(0, Zoom(4.0, 0.75, 0.5))
    assert center_color(widget, 0) == BLUE
    qtbot.waitUntil(lambda: pane.size_px[0] == 4 * before[0], timeout=5_000)


def test_the_frame_of_the_selected_pane_covers_no_picture(qtbot, widget):
    image = noise(*widget.wall.panes[3].size_px)
    play(qtbot, widget, 3, image)
    widget.wall.select(3)
    assert grabbed(widget, widget.video_rect(3)) == image
    pane = widget.pane_rect(3)
    assert widget.grab(pane.adjusted(-2, -2, 2, 2)).toImage().pixelColor(0, 40).name() == "#3d9be9"


def test_a_shape_other_than_16_to_9_is_kept(qtbot, widget):
    pane = play(qtbot, widget, 0, plain(RED, 300, 400))
    rect = widget.video_rect(0)
    assert rect.width() / rect.height() == pytest.approx(0.75, abs=0.01)
    pane.aspect = 4 / 3
    pane.set_info(width=300, height=400)
    rect = widget.video_rect(0)
    assert rect.width() / rect.height() == pytest.approx(4 / 3, abs=0.01)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.id)
def test_every_layout_has_room_for_title_and_video(qtbot, layout):
    wall = FakeWall(layout.id)
    widget = WallWidget(wall)
    qtbot.addWidget(widget)
    widget.resize(1090, 700)  # beside the tree on a screen of 1366 × 768
    with qtbot.waitExposed(widget):
        widget.show()
    for index, view in enumerate(widget.views):
        view.pane.show(channel(index))
        assert view.title_rect.height() >= 16
        assert view.video_rect.height() >= 50
        assert view.rect.contains(view.video_rect)
        assert not view.title_rect.intersects(view.video_rect)
        assert widget.pane_at(widget.video_rect(index).center()) == index
    before = len({id(view) for view in widget.views})
    assert before == len(layout)
    widget.grab()


def test_gaps_are_painted_anew_under_what_lay_over_them(qtbot, widget):
    from PySide6.QtWidgets import QLabel

    play(qtbot, widget, 0, plain(RED))
    clean = widget.grab().toImage().pixelColor(500, 300)
    label = QLabel("x", widget)
    label.setStyleSheet("background: #00ff00")
    label.setGeometry(400, 250, 200, 100)
    label.show()
    assert widget.grab().toImage().pixelColor(QPoint(500, 300)) != clean
    label.hide()
    assert widget.grab().toImage().pixelColor(QPoint(500, 300)) == clean


def test_a_stream_that_changes_its_shape_in_mid_play_leaves_nothing_behind(qtbot, widget):
    """The old picture was wide; beside the new, tall one there must be plain ground."""
    play(qtbot, widget, 0, plain(RED, 320, 180))
    wide = widget.video_rect(0)
    on_screen = widget.backingStore()
    play(qtbot, widget, 0, plain(BLUE, 180, 320))
    assert widget.video_rect(0).width() < wide.width()
    at_the_side = wide.center() - QPoint(wide.width() // 2 - 4, 0)

    def color() -> str:
        return on_screen.paintDevice().pixelColor(at_the_side).name()

    qtbot.waitUntil(lambda: color() == "#0c1015", timeout=10_000)
