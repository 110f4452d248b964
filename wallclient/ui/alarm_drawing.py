"""Draws an alarm over a camera's picture: a frame, and a band at the upper edge. Device pixels throughout."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from wallclient.ui.icons import pixmap
from wallclient.ui.theme import ui_font

if TYPE_CHECKING:
    from wallclient.ui.pane_view import PaneView

GROUND = QColor("#c2185b")  # unlike the red of a stop that is not confirmed; white letters on it 5.9 : 1
OVER = QColor("#5a2a40")  # it has ended, nobody has acknowledged it; 10 : 1
_INK = QColor("#ffffff")


@dataclass(frozen=True, slots=True)
class PaneAlarm:
    """What a pane says of its camera's alarm."""

    text: str
    active: bool = True


def band(view: "PaneView") -> QPixmap:
    """Draw the band as wide as the picture; what does not fit is cut at its end."""
    alarm = view.alarm
    assert alarm is not None
    rect = view.ptz_rect
    text_px = max(round(12 * view.scale), min(round(20 * view.scale), rect.height() // 12))
    picture = QPixmap(max(1, rect.width()), round(text_px * 1.7))
    picture.fill(GROUND if alarm.active else OVER)
    painter = QPainter(picture)
    font = ui_font(text_px, bold=True)
    painter.setFont(font)
    painter.setPen(_INK)
    side, left = round(text_px * 1.1), text_px // 2
    if rect.width() > 6 * side:
        painter.drawPixmap(left, (picture.height() - side) // 2, pixmap("bell", "#ffffff", side))
        left += side + text_px // 3
    room = QRect(left, 0, picture.width() - left - text_px // 3, picture.height())
    text = QFontMetrics(font).elidedText(alarm.text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return picture


def paint(painter: QPainter, view: "PaneView") -> None:
    """Paint the frame and the band over a pane whose picture has just been painted."""
    if view.alarm is None:
        return
    rect = view.ptz_rect
    width = max(2, round(3 * view.scale))
    color = GROUND if view.alarm.active else OVER
    painter.fillRect(rect.x(), rect.bottom() + 1 - width, rect.width(), width, color)
    painter.fillRect(rect.x(), rect.y(), width, rect.height(), color)
    painter.fillRect(rect.right() + 1 - width, rect.y(), width, rect.height(), color)
    painter.drawPixmap(rect.topLeft(), view.alarm_band())
