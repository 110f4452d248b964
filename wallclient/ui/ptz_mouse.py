"""The mouse on the picture in PTZ mode: drag to turn, wheel to zoom the camera, click to center, a box to zoom in."""

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from wallclient.domain.ptz import STILL, Velocity
from wallclient.ui.ptz_geometry import box_area, point_area, vector
from wallclient.ui.ptz_pilot import Hold, PtzPilot

if TYPE_CHECKING:
    from wallclient.ui.wall_widget import WallWidget

WHEEL_MS = 250  # so long after the last notch the camera zooms on
_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)


class _Drag(Enum):
    NONE = auto()
    PRESSED = auto()  # not moved far enough to be a drag
    TURN = auto()
    BOX = auto()


class PtzMouse(QObject):
    """Filters the wall's mouse events before `WallMouse` while PTZ mode is on, on the selected pane's picture only."""

    menu_requested = Signal(int, QPoint)  # pane, global position

    def __init__(self, widget: "WallWidget", pilot: PtzPilot) -> None:
        super().__init__(widget)
        self._widget = widget
        self._pilot = pilot
        self._drag = _Drag.NONE
        self._button = Qt.MouseButton.NoButton
        self._boxes = False  # this drag draws a box
        self._start = QPoint()
        self._pane = 0
        self._wheel = QTimer(self, singleShot=True, interval=WHEEL_MS)
        self._wheel.timeout.connect(lambda: self._pilot.steer(Hold.WHEEL, STILL))
        pilot.let_go_of.connect(self._on_let_go)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what concerns the selected pane's picture; all else goes on."""
        if isinstance(event, QMouseEvent):
            match event.type():
                case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick:
                    return self._on_press(event)
                case QEvent.Type.MouseMove:
                    return self._on_move(event)
                case QEvent.Type.MouseButtonRelease:
                    return self._on_release(event)
        elif isinstance(event, QWheelEvent):
            return self._on_wheel(event)
        return False

    def cancel(self) -> bool:
        """Give up a drag under way (Esc). Return whether there was one."""
        if self._drag is _Drag.NONE:
            return False
        self._end()
        return True

    def _is_ours(self, point: QPoint) -> bool:
        return self._pilot.mode and self._widget.video_rect(self._widget.wall.selected).contains(point)

    def _on_press(self, event: QMouseEvent) -> bool:
        point = event.position().toPoint()
        if self._drag is not _Drag.NONE:
            return True  # a second button
        if not self._is_ours(point) or event.button() not in _BUTTONS:
            return False
        self._widget.setFocus(Qt.FocusReason.MouseFocusReason)
        is_left = event.button() is Qt.MouseButton.LeftButton
        self._boxes = not is_left or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._drag, self._button, self._start = _Drag.PRESSED, event.button(), point
        self._pane = self._widget.wall.selected
        return True

    def _on_move(self, event: QMouseEvent) -> bool:
        if self._drag is _Drag.NONE:
            return False
        point = event.position().toPoint()
        if self._drag is _Drag.PRESSED:
            if (point - self._start).manhattanLength() < QApplication.startDragDistance():
                return True
            self._drag = _Drag.BOX if self._boxes else _Drag.TURN
        rect = self._widget.video_rect(self._pane)
        if self._drag is _Drag.TURN:
            self._widget.mark_vector(self._pane, point)
            self._pilot.steer(Hold.PICTURE, vector(point, rect))
        else:
            self._widget.mark_box(self._pane, QRect(self._start, point).normalized().intersected(rect))
        return True

    def _on_release(self, event: QMouseEvent) -> bool:
        if self._drag is _Drag.NONE:
            return False
        if event.button() is not self._button:
            return True
        drag, boxes, start = self._drag, self._boxes, self._start
        self._end()
        rect, zoom = self._widget.video_rect(self._pane), self._widget.zoom(self._pane)
        point = event.position().toPoint()
        if drag is _Drag.BOX:
            area = box_area(QRect(start, point).normalized(), rect, zoom)
            if area is not None:
                self._pilot.aim(area)
        elif drag is _Drag.PRESSED and self._button is Qt.MouseButton.RightButton:
            self.menu_requested.emit(self._pane, event.globalPosition().toPoint())
        elif drag is _Drag.PRESSED and not boxes:
            self._pilot.aim(point_area(point, rect, zoom))
        return True

    def _on_wheel(self, event: QWheelEvent) -> bool:
        """Zoom the camera as long as the wheel turns."""
        turned = event.angleDelta().y()
        if not turned or not self._is_ours(event.position().toPoint()):
            return False
        self._wheel.start()
        self._pilot.steer(Hold.WHEEL, Velocity(zoom=1.0 if turned > 0 else -1.0))
        return True

    def _end(self) -> None:
        turned, self._drag = self._drag is _Drag.TURN, _Drag.NONE
        self._widget.clear_marks()
        if turned:
            self._pilot.steer(Hold.PICTURE, STILL)

    def _on_let_go(self) -> None:
        self._wheel.stop()
        self._drag = _Drag.NONE
        self._widget.clear_marks()
