"""Draws the letters of burned-in copies; the worker, which loads no Qt, puts them together."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QImage, QPainter

from wallclient.domain.names import display_name
from wallclient.player.export_messages import BurnOrder

_SIGNS = "0123456789-: "
_LEAST_PX, _MOST_PX, _PART = 24, 64, 18  # of the picture's height


def captions(text: str, zone: str, picture_height: int | None) -> BurnOrder:
    """Return date and time as glyphs of one width, and `text`, for a picture so many px high."""
    height = min(_MOST_PX, max(_LEAST_PX, (picture_height or 0) // _PART)) // 2 * 2
    font = QFont("Noto Sans CJK SC")
    font.setPixelSize(height * 3 // 4)
    across = height // 2
    glyphs = {sign: _drawn(sign, font, across, height) for sign in _SIGNS}
    shown = display_name(text)
    return BurnOrder(height, zone, glyphs, _drawn(shown, font, max(across, len(shown) * height), height))


def _drawn(text: str, font: QFont, width: int, height: int) -> bytes:
    """Return white letters on black, a byte a pixel."""
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(0, 0, width, height, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
    painter.end()
    raw = bytes(image.constBits())
    line = image.bytesPerLine()
    return b"".join(raw[row * line : row * line + width] for row in range(height))
