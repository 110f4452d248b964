"""What a pane's title says of a camera that another center shows in place of its own: a badge, and why in a tip."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from wallclient.ui.theme import COLORS, ui_font

if TYPE_CHECKING:
    from wallclient.ui.wall_widget import WallWidget

_MOST_OF_TITLE = 0.5
_LEAST_TEXTS = 4.2  # heights of the text
_SMALLEST_PX = 11


def via_text(center: str) -> str:
    """Say which center shows a camera."""
    return QCoreApplication.translate("via", "via {center}").format(center=center)


def via_hint(center: str) -> str:
    """Say why another center shows a camera."""
    text = QCoreApplication.translate(
        "via",
        "The camera's own center gives no picture. This one comes over {center}, and goes back by itself once the own"
        " center has been well for a minute. Recordings and PTZ stay with the own center.",
    )
    return text.format(center=center)


def paint_badge(painter: QPainter, center: str, name_end: int, right: int, size: tuple[int, int], text_px: int) -> int:
    """Draw the badge at the right end of a title of `size` px, and return where it begins.

    The camera's name, which would end at `name_end`, has the first claim on the room; what is left shortens the badge,
    but for a little of it. Where not even that fits, nothing is drawn.
    """
    width, height = size
    font = ui_font(max(_SMALLEST_PX, round(text_px * 0.88)), bold=True)
    metrics = QFontMetrics(font)
    margin = text_px // 3
    room = min(round(width * _MOST_OF_TITLE), max(right - name_end, round(_LEAST_TEXTS * text_px))) - 2 * margin
    text = metrics.elidedText(via_text(center), Qt.TextElideMode.ElideRight, room)
    if room < 2 * text_px or len(text) < 3:
        return right
    inner = metrics.horizontalAdvance(text)
    box = QRectF(right - inner - 2 * margin, height * 0.14, inner + 2 * margin, height * 0.72)
    painter.setPen(QPen(QColor(COLORS.warning), max(1.0, text_px / 14)))
    painter.setBrush(QColor(COLORS.warning_ground))
    painter.drawRoundedRect(box, text_px * 0.2, text_px * 0.2)
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return round(box.left()) - text_px // 3


class ViaHint(QObject):
    """Shows the tip over the titles of such panes."""

    def __init__(self, widget: "WallWidget") -> None:
        super().__init__(widget)
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the question for a tip; everything else goes on."""
        if event.type() is not QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return False
        index = self._widget.pane_at(event.pos())
        via = self._widget.wall.panes[index].via if index is not None else ""
        if not via:
            QToolTip.hideText()
            return False
        QToolTip.showText(event.globalPos(), via_hint(via), self._widget)
        return True
