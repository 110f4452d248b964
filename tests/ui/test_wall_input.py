"""Mouse, drag and drop on the wall, with real Qt events."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from window_fakes import channel, small_city

from wallclient.ui.mime import nodes_from_mime, nodes_to_mime
from wallclient.ui.wall_drop import WallDrop
from wallclient.ui.wall_mouse import WallMouse
from wallclient.ui.wall_widget import WallWidget

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


@pytest.fixture
def widget(qtbot, wall) -> WallWidget:
    widget = WallWidget(wall)
    widget.mouse = WallMouse(widget)
    widget.drop = WallDrop(widget)
    qtbot.addWidget(widget)
    widget.resize(1000, 640)
    with qtbot.waitExposed(widget):
        widget.show()
    for index in range(3):
        wall.show(index, channel(index))
    return widget


def at(widget: WallWidget, index: int) -> QPoint:
    return widget.video_rect(index).center()


def play(qtbot, widget: WallWidget, index: int) -> None:
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    widget.wall.panes[index].feed(image)
    qtbot.waitUntil(lambda: widget.painted[index] > 0, timeout=10_000)


def wheel(widget: WallWidget, point: QPoint, notches: int) -> None:
    where = QPointF(point)
    event = QWheelEvent(
        where,
        QPointF(widget.mapToGlobal(point)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def drag(qtbot, widget: WallWidget, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, LEFT, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(widget, start + (end - start) * (step / 5))
    qtbot.mouseRelease(widget, LEFT, pos=end)


def test_a_click_selects(qtbot, widget):
    qtbot.mouseClick(widget, LEFT, pos=at(widget, 2))
    assert widget.wall.selected == 2


def test_a_double_click_enlarges_and_goes_back(qtbot, widget):
    qtbot.mouseDClick(widget, LEFT, pos=at(widget, 1))
    assert widget.wall.spot == 1
    qtbot.mouseDClick(widget, LEFT, pos=QPoint(500, 300))
    assert widget.wall.spot is None


def test_dragging_a_pane_onto_another_swaps_them(qtbot, widget):
    first, second = widget.wall.panes[0], widget.wall.panes[3]
    drag(qtbot, widget, at(widget, 0), at(widget, 3))
    assert widget.wall.panes[0] is second
    assert widget.wall.panes[3] is first


def test_a_short_move_or_a_drop_beside_the_wall_swaps_nothing(qtbot, widget):
    before = list(widget.wall.panes)
    drag(qtbot, widget, at(widget, 0), at(widget, 0) + QPoint(2, 2))
    drag(qtbot, widget, at(widget, 0), QPoint(-50, -50))
    assert widget.wall.panes == before


def test_an_empty_pane_is_not_dragged(qtbot, widget):
    before = list(widget.wall.panes)
    drag(qtbot, widget, at(widget, 3), at(widget, 0))
    assert widget.wall.panes == before


def test_the_wheel_zooms_at_the_cursor_and_dragging_pans(qtbot, widget):
    play(qtbot, widget, 0)
    rect = widget.video_rect(0)
    wheel(widget, rect.topLeft() + QPoint(1, 1), 4)
    zoom = widget.zoom(0)
    assert zoom.factor == pytest.approx(1.25**4)
    assert zoom.left < 0.01
    before = list(widget.wall.panes)
    drag(qtbot, widget, at(widget, 0), at(widget, 0) - QPoint(rect.width() // 4, 0))
    assert widget.zoom(0).left > zoom.left
    assert widget.wall.panes == before, "a zoomed pane pans instead of swapping"
    qtbot.mouseDClick(widget, MIDDLE, pos=at(widget, 0))
    assert not widget.zoom(0).active


def test_the_wheel_does_nothing_where_there_is_no_picture(qtbot, widget):
    wheel(widget, at(widget, 1), 3)
    assert not widget.zoom(1).active


def test_right_click_asks_for_a_menu(qtbot, widget):
    with qtbot.waitSignal(widget.mouse.menu_requested) as asked:
        qtbot.mouseClick(widget, Qt.MouseButton.RightButton, pos=at(widget, 1))
    assert asked.args[0] == 1


def test_what_is_dropped_comes_back_as_the_same_nodes(qtbot, widget):
    tree = small_city()
    nodes = [tree.children["d0"][0], *tree.children["d0-s0"][:2]]
    data = nodes_to_mime(nodes)
    point = at(widget, 2)
    arguments = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(point, *arguments)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(widget.drop.nodes_dropped) as dropped:
        QApplication.sendEvent(widget, QDropEvent(QPointF(point), *arguments))
    assert dropped.args == [2, tuple(nodes)]


def test_foreign_and_damaged_drags_are_refused():
    from PySide6.QtCore import QMimeData

    from wallclient.ui.mime import NODES

    data = QMimeData()
    assert nodes_from_mime(data) == ()
    for damaged in (b"{", b"[1]", b'[{"kind": "city"}]', b'[{"channel": null, "kind": "ship"}]'):
        data.setData(NODES, damaged)
        assert nodes_from_mime(data) == ()
