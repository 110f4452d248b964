"""Draws what a pane says of PTZ: lines at the lower edge, the mark of PTZ mode, arrow and box of the mouse.

Device pixels throughout. Lines and mark are drawn once and painted often.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from wallclient.ui.ptz_text import PaneLine, Tone, badge_text
from wallclient.ui.theme import COLORS, ui_font

if TYPE_CHECKING:
    from wallclient.ui.pane_view import PaneView

MODE = QColor(COLORS.warning)
ALARM = QColor("#d0241a")  # a ground for white letters, 5.2 : 1
_GROUNDS = {
    Tone.ALARM: ALARM,
    Tone.WARNING: QColor(COLORS.warning_ground),
    Tone.PLAIN: QColor(7, 9, 12, 200),
}
_INKS = {Tone.ALARM: QColor("#ffffff"), Tone.WARNING: QColor(COLORS.warning), Tone.PLAIN: QColor(COLORS.text)}
_MOST_OF_AREA = 0.45  # of a pane's height; the first line is shown in any case


@dataclass(frozen=True, slots=True)
class PanePtz:
    """What a pane shows of PTZ."""

    lines: tuple[PaneLine, ...] = ()
    mode_speed: float | None = None  # None: not in PTZ mode

    @property
    def is_alarm(self) -> bool:
        """Tell whether the camera may turn though it should not."""
        return any(line.tone is Tone.ALARM for line in self.lines)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the mouse draws on a pane while it is held, in device pixels."""

    arrow_to: QPoint | None = None  # from the middle of the picture
    box: QRect | None = None


def lines(view: "PaneView") -> QPixmap:
    """Draw the lines over the full width of the picture, as many as there is room for."""
    width, height = view.ptz_rect.width(), view.ptz_rect.height()
    text_px = max(round(12 * view.scale), min(round(17 * view.scale), height // 13))
    line_px = round(text_px * 1.55)
    shown = view.ptz.lines[: max(1, int(height * _MOST_OF_AREA) // line_px)]
    room = width - text_px
    texts = [_fitting(line, text_px, room) for line in shown]
    heights = [line_px * (1 + text.count("\n")) for text in texts]
    picture = QPixmap(max(1, width), max(1, sum(heights)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    top = 0
    for line, text, tall in zip(shown, texts, heights, strict=True):
        rect = QRect(0, top, width, tall)
        top += tall
        painter.fillRect(rect, _GROUNDS[line.tone])
        painter.setFont(ui_font(text_px, bold=line.tone is not Tone.PLAIN))
        painter.setPen(_INKS[line.tone])
        align = Qt.AlignmentFlag.AlignCenter if line.tone is Tone.ALARM else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(text_px // 2, 0, -(text_px // 2), 0), align, text)
    painter.end()
    return picture


def _fitting(line: PaneLine, text_px: int, room_px: int) -> str:
    """Return a line as it fits: whole, short, an alarm in two lines, else cut at its end."""
    metrics = QFontMetrics(ui_font(text_px, bold=line.tone is not Tone.PLAIN))
    for text in (line.text, line.short):
        if text and metrics.horizontalAdvance(text) <= room_px:
            return text
    if line.tone is Tone.ALARM:
        words = (line.short or line.text).split(" ")
        halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
        widths = [max(metrics.horizontalAdvance(half) for half in pair) for pair in halves]
        if widths and min(widths) <= room_px:
            return "\n".join(halves[widths.index(min(widths))])
    return metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, room_px)


def badge(view: "PaneView") -> QPixmap | None:
    """Draw the mark of PTZ mode for the title; None outside of it."""
    if view.ptz.mode_speed is None:
        return None
    font = ui_font(max(11, round(view.text_px * 0.9)), bold=True)
    text = badge_text(view.ptz.mode_speed)
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) > view.title_rect.width() // 2:
        text = text.split(" ", 1)[0]
    picture = QPixmap(metrics.horizontalAdvance(text) + view.text_px, round(view.text_px * 1.35))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(picture.rect()), 3 * view.scale, 3 * view.scale)
    painter.fillPath(path, MODE)
    painter.setFont(font)
    painter.setPen(QColor(COLORS.void))
    painter.drawText(picture.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return picture


def paint(painter: QPainter, view: "PaneView") -> None:
    """Paint lines, alarm frame and marks over a pane whose picture has just been painted."""
    rect = view.ptz_rect
    if view.ptz.lines:
        overlay = view.ptz_lines()
        painter.drawPixmap(rect.left(), rect.bottom() + 1 - overlay.height(), overlay)
    if view.ptz.is_alarm:
        _frame(painter, rect, max(2, round(3 * view.scale)), ALARM)
    if view.marks is not None:
        _paint_marks(painter, view, view.marks)


def _frame(painter: QPainter, rect: QRect, width: int, color: QColor) -> None:
    painter.fillRect(rect.x(), rect.y(), rect.width(), width, color)
    painter.fillRect(rect.x(), rect.bottom() + 1 - width, rect.width(), width, color)
    painter.fillRect(rect.x(), rect.y(), width, rect.height(), color)
    painter.fillRect(rect.right() + 1 - width, rect.y(), width, rect.height(), color)


def _paint_marks(painter: QPainter, view: "PaneView", marks: Marks) -> None:
    painter.save()
    painter.setClipRect(view.video_rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, width in ((QColor(7, 9, 12, 200), 5.0), (MODE, 2.5)):  # an edge, to be seen on any picture
        painter.setPen(QPen(color, width * view.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if marks.box is not None:
            painter.drawRect(marks.box)
        if marks.arrow_to is not None:
            _paint_arrow(painter, QPointF(view.video_rect.center()), QPointF(marks.arrow_to), view.scale)
    painter.restore()


def _paint_arrow(painter: QPainter, start: QPointF, end: QPointF, scale: float) -> None:
    painter.drawEllipse(start, 4 * scale, 4 * scale)
    painter.drawLine(start, end)
    angle = math.atan2(end.y() - start.y(), end.x() - start.x())
    side = 11 * scale
    wings = [end - QPointF(math.cos(angle + turn) * side, math.sin(angle + turn) * side) for turn in (-0.5, 0.5)]
    painter.drawPolyline(QPolygonF([wings[0], end, wings[1]]))
