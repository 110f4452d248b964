"""Draws areas on a still picture: drag a rectangle, or click the corners of a polygon."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from wallclient.domain.footage_search import MOST_AREAS, MOST_CORNERS, Area, Point
from wallclient.ui.theme import COLORS, Metrics, ui_font

AREA_COLOR = QColor("#ffd25e")
_FILL = QColor(255, 210, 94, 44)
_SHADE = QColor(4, 8, 12, 120)
_DRAG_PX = 5  # less is a click
_CLOSE_PX = 12  # so near to the first corner closes a polygon
_LEAST = 0.01  # of the picture's width and height


class AreaEditor(QWidget):
    """`areas` are polygons in parts of the picture; none means the whole picture.

    Drag: a rectangle. Clicks: corners of a polygon, closed at its first corner, by a double click or with Enter. A
    click into an area chooses it; Del takes it away. Esc gives up what is being drawn.
    """

    changed = Signal()

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics
        self._image = QImage()
        self._note = ""
        self.areas: list[Area] = []
        self.chosen: int | None = None
        self.corners: list[Point] = []  # of the polygon being drawn
        self._pressed: QPoint | None = None
        self._at: QPoint | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(metrics.text_px * 22, metrics.text_px * 12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Areas to search in"))

    def sizeHint(self) -> QSize:
        """Return a size in the shape of most pictures."""
        return QSize(self._metrics.text_px * 44, self._metrics.text_px * 25)

    def set_picture(self, image: QImage | None, note: str = "") -> None:
        """Show a still, or why there is none."""
        self._image, self._note = image if image is not None else QImage(), note
        self.update()

    def clear(self) -> None:
        """Search in the whole picture."""
        self.areas, self.chosen, self.corners = [], None, []
        self._tell()

    def remove(self) -> None:
        """Take the chosen area away, or else the last one."""
        if self.areas:
            del self.areas[self.chosen if self.chosen is not None else -1]
            self.chosen = None
            self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # -- places ------------------------------------------------------------------------------------

    def picture_rect(self) -> QRectF:
        """Return where the picture is."""
        size = self._image.size() if not self._image.isNull() else QSize(16, 9)
        fitted = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - fitted.width()) / 2, (self.height() - fitted.height()) / 2
        return QRectF(left, top, fitted.width(), fitted.height())

    def _point(self, at: QPoint) -> Point:
        rect = self.picture_rect()
        x, y = (at.x() - rect.x()) / rect.width(), (at.y() - rect.y()) / rect.height()
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def _place(self, point: Point) -> QPointF:
        rect = self.picture_rect()
        return QPointF(rect.x() + point[0] * rect.width(), rect.y() + point[1] * rect.height())

    def _polygon(self, area: Area) -> QPolygonF:
        return QPolygonF([self._place(point) for point in area])

    # -- drawing by hand ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle, or a corner."""
        if event.button() is Qt.MouseButton.LeftButton and not self._image.isNull():
            self._pressed = self._at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what would be drawn."""
        self._at = event.position().toPoint()
        if self._pressed is not None or self.corners:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a rectangle, a corner, or choose an area."""
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        at = event.position().toPoint()
        if (at - pressed).manhattanLength() >= _DRAG_PX and not self.corners:
            (x1, y1), (x2, y2) = self._point(pressed), self._point(at)
            if abs(x2 - x1) >= _LEAST and abs(y2 - y1) >= _LEAST:
                self.add(((x1, y1), (x2, y1), (x2, y2), (x1, y2)))
            return
        self._clicked(at)

    def _clicked(self, at: QPoint) -> None:
        if not self.corners:
            inside = [
                i for i, a in enumerate(self.areas) if self._polygon(a).containsPoint(at, Qt.FillRule.OddEvenFill)
            ]
            if inside:
                self.chosen = inside[-1]
                self.update()
                return
        if len(self.corners) >= 3 and (self._place(self.corners[0]) - QPointF(at)).manhattanLength() <= _CLOSE_PX:
            self.close_polygon()
        elif len(self.corners) < MOST_CORNERS and len(self.areas) < MOST_AREAS:
            self.corners.append(self._point(at))
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Close the polygon: the first of the two clicks was its last corner."""
        self._pressed = None
        self.close_polygon()

    def close_polygon(self) -> None:
        """Make an area of the corners clicked."""
        corners, self.corners = self.corners, []
        if len(corners) >= 3:
            self.add(tuple(corners))
        else:
            self.update()

    def add(self, area: Area) -> None:
        """Take one more area, as long as there is room for any."""
        if len(self.areas) < MOST_AREAS:
            self.areas.append(area)
            self.chosen = len(self.areas) - 1
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close or give up a polygon; take the chosen area away."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.corners:
            self.close_polygon()
        elif key == Qt.Key.Key_Escape and (self.corners or self._pressed is not None):
            self.corners, self._pressed = [], None
            self.update()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.areas:
            self.remove()
        else:
            super().keyPressEvent(event)

    # -- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the still, the areas, and what is being drawn."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLORS.void))
        rect = self.picture_rect()
        if self._image.isNull():
            painter.fillRect(rect, QColor(COLORS.pane))
            painter.setFont(ui_font(self._metrics.text_px))
            painter.setPen(QColor(COLORS.text_dim))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._note)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(rect, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_areas(painter, rect, self.areas, self.chosen)
        self._paint_drawn(painter)
        painter.end()

    def _paint_drawn(self, painter: QPainter) -> None:
        painter.setPen(QPen(AREA_COLOR, 2, Qt.PenStyle.DashLine))
        painter.setBrush(_FILL)
        if self._pressed is not None and self._at is not None and not self.corners:
            painter.drawRect(QRectF(QPointF(self._pressed), QPointF(self._at)).normalized())
        elif self.corners:
            points = [self._place(point) for point in self.corners]
            painter.drawPolyline(QPolygonF([*points, *([QPointF(self._at)] if self._at is not None else [])]))
            painter.setBrush(AREA_COLOR)
            for point in points:
                painter.drawEllipse(point, 4, 4)


def draw_areas(
    painter: QPainter, rect: QRectF, areas: list[Area], chosen: int | None = None, width: float = 2.5
) -> None:
    """Draw areas over a picture that covers `rect`; what lies outside of them is dimmed."""
    polygons = [
        QPolygonF([QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()) for x, y in area])
        for area in areas
    ]
    if polygons:
        outside = QPolygonF(rect)
        for polygon in polygons:
            outside = outside.subtracted(polygon)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SHADE)
        painter.drawPolygon(outside)
    for number, polygon in enumerate(polygons):
        painter.setPen(QPen(AREA_COLOR, width * (1.6 if number == chosen else 1)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(polygon)
