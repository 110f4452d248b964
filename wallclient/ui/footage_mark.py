"""What a pane's title says of recorded footage: that it is not live, of which moment it is, and how fast it runs.

A pane in playback must never be taken for a live one: its title has a ground, a sign and a word of its own.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPolygonF

from wallclient.ui.theme import ui_font

GROUND, GROUND_SELECTED = "#4a3605", "#7a5a08"
COLOR = "#ffd25e"


@dataclass(frozen=True, slots=True)
class FootageMark:
    """Words for one pane in playback."""

    moment: str  # of the picture on screen
    speed: str = ""  # empty while it runs as fast as life
    gap: str = ""  # why there is no picture at this moment
    own_clock: str = ""  # that it has left the clock of the others
    short: str = ""  # the moment for a narrow title


def paint_sign(painter: QPainter, x: float, middle: float, size: float) -> None:
    """Draw the sign of playback: a play triangle before a bar, where a live pane has a dot."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOR))
    painter.drawRect(QRect(round(x - size), round(middle - size), max(2, round(size * 0.45)), round(2 * size)))
    left = x - size * 0.25
    painter.drawPolygon(
        QPolygonF([QPointF(left, middle - size), QPointF(left + 1.5 * size, middle), QPointF(left, middle + size)])
    )


def paint_moment(painter: QPainter, mark: FootageMark, right: int, room_px: int, height: int, text_px: int) -> int:
    """Write moment and speed at the right end of a title, as much of it as fits; return where it begins."""
    font = ui_font(max(11, round(text_px * 0.92)), bold=True)
    metrics = QFontMetrics(font)
    tail = f" {mark.speed}" if mark.speed else ""
    own = f"{mark.own_clock} " if mark.own_clock else ""
    texts = (f"{own}{mark.moment}{tail}", f"{own}{mark.short}{tail}", mark.short)
    text = next((text for text in texts if metrics.horizontalAdvance(text) <= room_px), "")
    width = metrics.horizontalAdvance(text)
    painter.setFont(font)
    painter.setPen(QColor(COLOR))
    painter.drawText(QRect(right - width, 0, width + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
    return right - width - (text_px // 2 if text else 0)
