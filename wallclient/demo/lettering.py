"""Draws the lettering of the band with Qt.

Camera names and the characters of the time, at each scale that is needed.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter

from wallclient.demo.glyphs import BACKGROUND, INK, TIME_CELLS, TIME_CHARACTERS, UNIT_PX, Bitmap, Lettering
from wallclient.demo.h265_pieces import make_pieces
from wallclient.demo.strip import CELLS

_FAMILIES = [
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "sans-serif",
]
_MOST_NAME_CELLS = CELLS - TIME_CELLS - 1


def _font(scale: int) -> QFont:
    font = QFont(_FAMILIES)
    font.setPixelSize(14 * scale)
    font.setWeight(QFont.Weight.Medium)
    return font


def _draw(text: str, width: int, height: int, font: QFont, flags: Qt.AlignmentFlag, left: int) -> Bitmap:
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(QColor(BACKGROUND, BACKGROUND, BACKGROUND))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(font)
    painter.setPen(QColor(INK, INK, INK))
    painter.drawText(QRectF(left, 0, width - left, height), flags | Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    stride, raw = image.bytesPerLine(), bytes(image.constBits())
    rows = b"".join(raw[y * stride : y * stride + width] for y in range(height))
    return Bitmap(width, height, rows)


def _name(name: str, scale: int, font: QFont) -> Bitmap:
    unit, left = UNIT_PX * scale, 5 * scale
    widest = _MOST_NAME_CELLS * unit - left - 2 * scale
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, widest)
    pixels = (
        metrics.horizontalAdvance(shown) + left + 2 * scale
    )  # the last column stays background: what follows copies it
    cells = min(_MOST_NAME_CELLS, -int(-pixels // unit))
    return _draw(shown, cells * unit, unit, font, Qt.AlignmentFlag.AlignLeft, left)


def draw(scale: int, names: Mapping[int, str]) -> Lettering:
    """Draw one scale (1 at 640 pixels of width, 2 at 1280, 3 at 1920). Needs a QGuiApplication, for fonts."""
    if QGuiApplication.instance() is None:
        raise RuntimeError("lettering needs a QGuiApplication")
    font, unit = _font(scale), UNIT_PX * scale
    characters = {
        character: _draw(character, unit // 2, unit, font, Qt.AlignmentFlag.AlignHCenter, 0)
        for character in TIME_CHARACTERS
    }
    return Lettering(scale, characters, {number: _name(name, scale, font) for number, name in names.items()})


def write(path: Path, names: Mapping[int, str], scales: Iterable[int] = (1, 2, 3)) -> list[Lettering]:
    """Draw all `scales` into a file for `glyphs.load`, and return them."""
    drawn = [draw(scale, names) for scale in scales]
    _replace(path, json.dumps([letters.to_json() for letters in drawn]))
    return drawn


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


def main() -> None:
    """Draw what standard input orders (names by number.

    Scales, cameras with H.265) into the two files named on the command line.
    """
    application = QGuiApplication(sys.argv[:1])
    order = json.load(sys.stdin)
    scales = write(Path(sys.argv[1]), {int(number): name for number, name in order["names"].items()}, order["scales"])
    type_scales = [letters for letters in scales if letters.scale <= 2 and order["h265"]]
    pieces = {letters.scale: make_pieces(letters, order["h265"]).to_json() for letters in type_scales}
    _replace(Path(sys.argv[2]), json.dumps(pieces))
    del application


if __name__ == "__main__":
    main()
