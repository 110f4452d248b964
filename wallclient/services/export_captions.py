"""Draws the letters of burned-in copies; the worker, which loads no Qt, puts them together."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QImage, QPainter

from wallclient.domain.names import display_name
from wallclient.player.export_messages import BurnOrder

_SIGNS = "0123456789-: "
_LEAST_PX, _MOST_PX, _PART = 24, 64, 18  # of the picture's height
_LEAST_FONT_PX = 9
_MARGIN_PX = 16  # at both sides together
_TIME_SIGNS = 20  # of date and time, and the blank behind them
_USUAL_PX = 640, 360


def captions(name: str, details: str, zone: str, size: tuple[int | None, int | None]) -> BurnOrder:
    """Return date and time as glyphs of one width, and captions for a picture of `size` px, as far as that is known.

    The name stands behind the time if there is room, else on a line of its own, as `details` do: nothing is cut off.
    """
    width, height = size[0] or _USUAL_PX[0], size[1] or _USUAL_PX[1]
    line = min(_MOST_PX, max(_LEAST_PX, height // _PART)) // 2 * 2
    font = _font(line * 3 // 4)
    across = line // 2
    glyphs = {sign: _drawn(sign, font, across, line) for sign in _SIGNS}
    beside = width - _TIME_SIGNS * across - _MARGIN_PX
    whole = width - _MARGIN_PX
    name, details = display_name(name), display_name(details)
    fits = _advance(name, font) <= beside
    lines = [_fitted(name, font, beside, line)] if fits else [b"", _fitted(name, font, whole, line)]
    return BurnOrder(line, zone, glyphs, [*lines, _fitted(details, font, whole, line)])


def _font(size_px: int) -> QFont:
    font = QFont("Noto Sans CJK SC")
    font.setPixelSize(size_px)
    return font


def _advance(text: str, font: QFont) -> int:
    """Return how wide a text is, in px."""
    painter = QPainter(image := QImage(1, 1, QImage.Format.Format_Grayscale8))
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(text)
    painter.end()
    del image  # not before its painter
    return width


def _fitted(text: str, font: QFont, room: int, height: int) -> bytes:
    """Return a text as large as there is room for."""
    wanted = _advance(text, font)
    if wanted > room:
        font = _font(max(_LEAST_FONT_PX, font.pixelSize() * room // wanted))
        wanted = _advance(text, font)
    return _drawn(text, font, max(1, wanted + 2), height)


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
