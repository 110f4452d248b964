"""What the mouse does on the wall: select, spot, swap panes by dragging, digital zoom by wheel, pan by dragging."""

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from wallclient.ui.pane_geometry import WHEEL_STEP, panned, zoomed

if TYPE_CHECKING:
    from wallclient.ui.wall_widget import WallWidget

_NOTCH = 120  # Qt's unit of a wheel's notch


class _Drag(Enum):
    NONE = auto()
    PRESSED = auto()
    PAN = auto()
    SWAP = auto()


class WallMouse(QObject):
    """Filters the wall widget's mouse events."""

    menu_requested = Signal(int, QPoint)  # pane, global position

    def __init__(self, widget: "WallWidget") -> None:
        super().__init__(widget)
        self._widget = widget
        self._drag = _Drag.NONE
        self._pane = 0
        self._start = QPoint()
        self._last = QPoint()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the mouse events; all others go on."""
        kind = event.type()
        if isinstance(event, QMouseEvent):
            if kind is QEvent.Type.MouseButtonPress:
                return self._on_press(event)
            if kind is QEvent.Type.MouseMove:
                return self._on_move(event)
            if kind is QEvent.Type.MouseButtonRelease:
                return self._on_release(event)
            if kind is QEvent.Type.MouseButtonDblClick:
                return self._on_double_click(event)
        elif isinstance(event, QWheelEvent):
            return self._on_wheel(event)
        return False

    def cancel(self) -> bool:
        """Give up a drag under way (Esc). Return whether there was one."""
        if self._drag in (_Drag.SWAP, _Drag.PAN):
            self._end()
            return True
        return False

    def _on_press(self, event: QMouseEvent) -> bool:
        point = event.position().toPoint()
        index = self._widget.pane_at(point)
        if index is None:
            return False
        self._widget.wall.select(index)
        self._widget.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.LeftButton:
            self._drag, self._pane, self._start, self._last = _Drag.PRESSED, index, point, point
        elif event.button() is Qt.MouseButton.RightButton:
            self.menu_requested.emit(index, event.globalPosition().toPoint())
        return True

    def _on_move(self, event: QMouseEvent) -> bool:
        point = event.position().toPoint()
        if self._drag is _Drag.PRESSED:
            if (point - self._start).manhattanLength() < QApplication.startDragDistance():
                return True
            self._begin_drag()
        if self._drag is _Drag.PAN:
            self._pan(point - self._last)
            self._last = point
        elif self._drag is _Drag.SWAP:
            self._mark(point)
        return self._drag is not _Drag.NONE

    def _begin_drag(self) -> None:
        widget, index = self._widget, self._pane
        if index >= len(widget.views):
            self._drag = _Drag.NONE
        elif widget.zoom(index).active:
            self._drag = _Drag.PAN
            widget.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif widget.wall.spot is None and widget.wall.panes[index].channel is not None:
            self._drag = _Drag.SWAP
            widget.setCursor(Qt.CursorShape.DragMoveCursor)
        else:
            self._drag = _Drag.NONE

    def _pan(self, by: QPoint) -> None:
        rect = self._widget.video_rect(self._pane)
        if not rect.isEmpty():
            zoom = panned(self._widget.zoom(self._pane), by.x() / rect.width(), by.y() / rect.height())
            self._widget.set_zoom(self._pane, zoom)

    def _mark(self, point: QPoint) -> None:
        target = self._widget.pane_at(point)
        panes = [self._pane] if target is None or target == self._pane else [self._pane, target]
        self._widget.mark_drop_target(panes)

    def _on_release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        drag, pane = self._drag, self._pane
        self._end()
        if drag is _Drag.SWAP:
            target = self._widget.pane_at(event.position().toPoint())
            if target is not None and target != pane and pane < len(self._widget.wall.panes):
                self._widget.wall.swap(pane, target)
        return drag is not _Drag.NONE

    def _end(self) -> None:
        self._drag = _Drag.NONE
        self._widget.unsetCursor()
        self._widget.mark_drop_target([])

    def _on_double_click(self, event: QMouseEvent) -> bool:
        index = self._widget.pane_at(event.position().toPoint())
        if index is None:
            return False
        if event.button() is Qt.MouseButton.MiddleButton:
            self._widget.set_zoom(index)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._drag = _Drag.NONE
            wall = self._widget.wall
            wall.set_spot(None if wall.spot is not None else index)
        return True

    def _on_wheel(self, event: QWheelEvent) -> bool:
        """Zoom about the cursor; at no zoom, a wheel turned back does nothing."""
        point = event.position().toPoint()
        index = self._widget.pane_at(point)
        notches = event.angleDelta().y() / _NOTCH
        if index is None or not notches:
            return False
        rect = self._widget.video_rect(index)
        if rect.contains(point) and self._widget.views[index].live:
            x, y = _fraction(point, rect)
            self._widget.set_zoom(index, zoomed(self._widget.zoom(index), WHEEL_STEP**notches, x, y))
        return True


def _fraction(point: QPoint, rect: QRect) -> tuple[float, float]:
    return (point.x() - rect.x()) / rect.width(), (point.y() - rect.y()) / rect.height()
