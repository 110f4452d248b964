"""A strip of pictures above the timeline, in step with its zoom: what a camera saw across the time in sight."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from wallclient.domain.node import Channel
from wallclient.services.film_pictures import FilmPictures
from wallclient.ui.footage_search_text import lack_text, moment_text
from wallclient.ui.sheet_plan import slack_us
from wallclient.ui.theme import COLORS, Metrics, ui_font
from wallclient.ui.timeline import Timeline
from wallclient.ui.timeline_paint import PLAYHEAD
from wallclient.ui.timeline_scale import HOUR

_LOOK_MS = 120
_GAP_PX = 2


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on the strip and the moment whose picture stands for it; None: there is no footage."""

    left: int  # px, in the timeline's area
    moment_us: int | None
    start_us: int
    end_us: int


class FilmStrip(QWidget):
    """Follows a `Timeline`. Places lie at whole multiples of time, so that panning asks for nothing twice."""

    moment_chosen = Signal(object, object)  # Channel, moment in us

    def __init__(self, timeline: Timeline, pictures: FilmPictures, metrics: Metrics) -> None:
        super().__init__()
        self._timeline, self._pictures, self._metrics = timeline, pictures, metrics
        self._channel: Channel | None = None
        self._hover: QPoint | None = None
        self._head_x = -1
        high = metrics.text_px * 5
        self._size = QSize(high * 16 // 9, high)
        self.setFixedHeight(high + 2 * _GAP_PX)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Pictures across the time in sight"))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_look)
        pictures.arrived.connect(self.update)
        timeline.scale_changed.connect(self.load)
        timeline.index.changed.connect(self._on_index_changed)

    def set_channel(self, channel: Channel | None) -> None:
        """Show the pictures of a camera; None: there is none with footage."""
        if channel != self._channel:
            self._channel = channel
            self.load()

    def load(self) -> None:
        """Ask for what is in sight, what is nearest to the play position first."""
        self.update()
        if not self.isVisible() or self._channel is None:
            return
        moments = [slot.moment_us for slot in self.slots() if slot.moment_us is not None]
        now = self._timeline.moment_us
        moments.sort(key=lambda moment: abs(moment - now))
        if moments:
            self._pictures.want(self._channel.id, tuple(moments), self._box(), self._slack())

    def _box(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(self._size.width() * ratio), round(self._size.height() * ratio)

    def _slack(self) -> int:
        return slack_us((self._size.width() + _GAP_PX) * self._timeline.scale.us_per_px)

    def slots(self) -> list[Slot]:
        """Return the places in sight."""
        if self._channel is None:
            return []
        scale, wide = self._timeline.scale, self._size.width() + _GAP_PX
        coverage = self._timeline.coverage(self._channel.id)
        found = []
        for number in range(scale.first // wide, (scale.first + scale.width_px) // wide + 1):
            start_us, end_us = number * wide * scale.us_per_px, (number + 1) * wide * scale.us_per_px
            middle = (start_us + end_us) // 2
            moment: int | None = middle
            if not coverage.has(middle):
                inside = coverage.within(start_us, end_us)
                moment = inside[0] if inside is not None else None
            found.append(Slot(number * wide - scale.first, moment, start_us, end_us))
        return found

    # -- events ------------------------------------------------------------------------------------

    def _on_look(self) -> None:
        """Move the play position along."""
        x = round(self._timeline.scale.x_of(self._timeline.moment_us))
        if x != self._head_x:
            self.update()

    def _on_index_changed(self, channel_id: str) -> None:
        if self._channel is not None and channel_id == self._channel.id:
            self.load()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look for pictures."""
        super().showEvent(event)
        self._timer.start(_LOOK_MS)
        self.load()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give back what is held for it."""
        super().hideEvent(event)
        self._timer.stop()
        self._pictures.close()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the time of the picture under the pointer."""
        self._hover = event.position().toPoint()
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Show no time any more."""
        self._hover = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the picture pressed."""
        slot = self._slot_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and slot is not None and slot.moment_us is not None:
            assert self._channel is not None
            self.moment_chosen.emit(self._channel, self._shown_us(slot.moment_us))

    def _slot_at(self, at: QPoint) -> Slot | None:
        x = at.x() - self._timeline.places.label_px
        return next((s for s in self.slots() if x >= 0 and s.left <= x < s.left + self._size.width()), None)

    def _shown_us(self, asked_us: int) -> int:
        """Return the exact moment of the picture that stands for one."""
        assert self._channel is not None
        found = self._pictures.get(self._channel.id, asked_us, self._box()[0])
        return asked_us if found is None or found.moment_us is None else found.moment_us

    # -- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures, the play position, and the time under the pointer."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLORS.ground))
        label_px = self._timeline.places.label_px
        self._paint_label(painter, label_px)
        painter.setClipRect(label_px, 0, self.width() - label_px, self.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        hovered = self._slot_at(self._hover) if self._hover is not None else None
        for slot in self.slots():
            place = QRect(QPoint(label_px + slot.left, _GAP_PX), self._size)
            self._paint_slot(painter, place, slot)
            if hovered == slot and slot.moment_us is not None:
                self._paint_time(painter, place, self._shown_us(slot.moment_us))
        self._head_x = round(self._timeline.scale.x_of(self._timeline.moment_us))
        painter.fillRect(label_px + self._head_x - 1, 0, 2, self.height(), PLAYHEAD)
        painter.end()

    def _paint_label(self, painter: QPainter, label_px: int) -> None:
        font = ui_font(self._metrics.text_px)
        painter.setFont(font)
        painter.setPen(QColor(COLORS.text if self._channel is not None else COLORS.text_dim))
        text = self._channel.name if self._channel is not None else self.tr("Select a camera with footage")
        left = round(self._metrics.text_px * 1.5)
        rect = QRect(left, 0, label_px - left - self._metrics.text_px // 2, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, text)

    def _paint_slot(self, painter: QPainter, place: QRect, slot: Slot) -> None:
        painter.fillRect(place, QColor(COLORS.pane))
        assert self._channel is not None
        if slot.moment_us is None:
            unknown = self._timeline.index.unknown(self._channel.id, slot.start_us // 1000, slot.end_us // 1000)
            if not unknown and slot.start_us < self._timeline.index.now_ms() * 1000:
                painter.fillRect(place, QBrush(QColor(COLORS.line), Qt.BrushStyle.BDiagPattern))
            return
        found = self._pictures.get(self._channel.id, slot.moment_us, self._box()[0])
        if found is None:
            return
        if found.image is not None:
            size = found.image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            inner = QRect(QPoint(0, 0), size)
            inner.moveCenter(place.center())
            painter.drawImage(inner, found.image)
        elif found.lack is not None:
            painter.fillRect(place, QBrush(QColor(COLORS.line), Qt.BrushStyle.BDiagPattern))
            painter.setFont(ui_font(self._metrics.small_px))
            painter.setPen(QColor(COLORS.text_dim))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place.adjusted(4, 2, -4, -2), flags, lack_text(found.lack))

    def _paint_time(self, painter: QPainter, place: QRect, moment_us: int) -> None:
        painter.setPen(QColor(COLORS.accent))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        dated = self._timeline.scale.span_us > 12 * HOUR
        text = moment_text(moment_us, self._timeline.zone, dated=dated)
        font = ui_font(self._metrics.text_px, bold=True)
        box = QRect(0, 0, QFontMetrics(font).horizontalAdvance(text) + self._metrics.text_px // 2, self._metrics.row_px)
        box.moveCenter(place.center())
        box.moveBottom(place.bottom())
        painter.fillRect(box, QColor(7, 9, 12, 200))
        painter.setFont(font)
        painter.setPen(QColor(COLORS.accent_text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
