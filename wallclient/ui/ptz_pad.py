"""The round pad: eight directions, the farther from the middle the faster, and a stop in the middle."""

import math
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from wallclient.domain.ptz import STILL
from wallclient.ui.ptz_geometry import pad_vector
from wallclient.ui.theme import COLORS, Metrics

STOP_RADIUS = 0.26  # share of the pad's radius
_ARROWS_AT = 0.72


class PtzPad(QWidget):
    """Steers while it is held. Takes no keyboard focus: keys belong to the wall."""

    steered = Signal(object)  # Velocity, up to full speed; still when let go of
    stop_clicked = Signal()

    def __init__(self, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = metrics.text_px * 11
        self._held: QPointF | None = None  # in shares of the radius: right and up
        self._velocity = STILL
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Pan and tilt"))

    def sizeHint(self) -> QSize:
        """Return a square that a thumb finds."""
        return QSize(self._side, self._side)

    def let_go(self) -> None:
        """Count as let go of, though the button may still be down."""
        self._held = None
        self._velocity = STILL
        self.update()

    # --- the mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to steer, or stop."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        place = self._place(event)
        distance = math.hypot(place.x(), place.y())
        if distance <= STOP_RADIUS:
            self.stop_clicked.emit()
        elif distance <= 1.05:
            self._hold(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Steer another way, or faster, or slower."""
        if self._held is not None:
            self._hold(self._place(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is not None and event.button() is Qt.MouseButton.LeftButton:
            self._release()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go: nobody can any more."""
        self._release()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Let go when disabled."""
        if event.type() is QEvent.Type.EnabledChange and not self.isEnabled():
            self._release()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Show the tool tip also while disabled: it says why."""
        if event.type() is QEvent.Type.ToolTip and self.toolTip():
            QToolTip.showText(self.mapToGlobal(self.rect().center()), self.toolTip(), self)
            return True
        return super().event(event)

    def _release(self) -> None:
        was_moving = not self._velocity.is_still
        self.let_go()
        if was_moving:
            self.steered.emit(STILL)

    def _hold(self, place: QPointF) -> None:
        self._held = place
        velocity = pad_vector(place.x(), place.y())
        if velocity != self._velocity:
            self._velocity = velocity
            self.steered.emit(velocity)
        self.update()

    def _place(self, event: QMouseEvent) -> QPointF:
        radius = min(self.width(), self.height()) / 2
        at = event.position() - QPointF(self.width() / 2, self.height() / 2)
        return QPointF(at.x() / radius, -at.y() / radius)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ring, arrows, stop, and where it is held."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = min(self.width(), self.height()) / 2 - 1
        painter.translate(self.width() / 2, self.height() / 2)
        on = self.isEnabled()
        painter.setPen(QPen(QColor(COLORS.line_strong), 1))
        painter.setBrush(QColor(COLORS.raised if on else COLORS.ground))
        painter.drawEllipse(QPointF(0, 0), radius, radius)
        held = self._direction()
        for number, arrow in enumerate(_arrows(radius)):
            color = COLORS.warning if number == held else COLORS.text if number % 2 == 0 else COLORS.text_dim
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(color if on else COLORS.text_faint))
            painter.drawPolygon(arrow)
        painter.setPen(QPen(QColor(COLORS.line_strong), 1))
        painter.setBrush(QColor(COLORS.bad_ground if on else COLORS.ground))
        painter.drawEllipse(QPointF(0, 0), radius * STOP_RADIUS, radius * STOP_RADIUS)
        side = radius * 0.17
        painter.fillRect(QRectF(-side / 2, -side / 2, side, side), QColor(COLORS.bad if on else COLORS.text_faint))
        if self._held is not None:
            self._paint_held(painter, radius)
        painter.end()

    def _paint_held(self, painter: QPainter, radius: float) -> None:
        assert self._held is not None
        far = min(1.0, math.hypot(self._held.x(), self._held.y())) / max(
            1e-6, math.hypot(self._held.x(), self._held.y())
        )
        end = QPointF(self._held.x() * far * radius, -self._held.y() * far * radius)
        painter.setPen(QPen(QColor(COLORS.warning), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(0, 0), end)
        painter.setBrush(QColor(COLORS.warning))
        painter.drawEllipse(end, 5, 5)

    def _direction(self) -> int | None:
        """Return which arrow is held: 0 is right, then against the clock."""
        if self._velocity.is_still:
            return None
        return round(math.atan2(self._velocity.tilt, self._velocity.pan) / (math.pi / 4)) % 8


def _arrows(radius: float) -> Iterator[QPolygonF]:
    """Yield the eight arrows, from the right one against the clock."""
    for number in range(8):
        angle = number * math.pi / 4
        size = radius * (0.15 if number % 2 == 0 else 0.11)
        middle = QPointF(math.cos(angle), -math.sin(angle)) * (radius * _ARROWS_AT)
        yield QPolygonF(
            [
                middle + QPointF(math.cos(angle + turn), -math.sin(angle + turn)) * size
                for turn in (0.0, 2 * math.pi / 3, -2 * math.pi / 3)
            ]
        )
