"""Parts of a panorama kept as pixels: drawn once for each size they are seen at, put together, and cut to the view."""

import math
from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from wallclient.demo.ptz_scene import Panorama

SIDE_PX = 256
MOST_TILES = 160  # of all cameras: 40 MB
_FINEST = 8.0  # pixels per degree at level 0; twice as many on each further one
_ENOUGH = 0.8  # a level with so many of the pixels asked for is good enough
_Key = tuple[int, int, int, int]  # camera, level, column, row


class Tiles:
    """Tiles of several panoramas, the latest used. Not thread-safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, QImage] = OrderedDict()

    def tile(self, camera: int, panorama: Panorama, level: int, column: int, row: int) -> QImage:
        """Return a tile, drawn now if it is not kept."""
        key = camera, level, column, row
        image = self._kept.pop(key, None)
        if image is None:
            image = _drawn(panorama, level, column, row)
        self._kept[key] = image
        while len(self._kept) > MOST_TILES:
            self._kept.popitem(last=False)
        return image

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()


def _drawn(panorama: Panorama, level: int, column: int, row: int) -> QImage:
    scale = _FINEST * 2**level
    side = SIDE_PX / scale
    image = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.translate(-column * side, -row * side)
    panorama.draw(painter, QRectF(column * side, row * side, side, side))
    painter.end()
    return image


class Mosaic:
    """The tiles around one camera's view as one picture, put together anew when the view leaves it."""

    def __init__(self, camera: int, panorama: Panorama, tiles: Tiles) -> None:
        self._camera = camera
        self._panorama = panorama
        self._tiles = tiles
        self._image = QImage()
        self._of: tuple[int, int, int, int, int] | None = None  # level, first and last column, first and last row

    def paint(self, painter: QPainter, view: QRectF, target: QRectF) -> None:
        """Paint a part of the panorama (degrees) into `target` (pixels)."""
        level = max(0, math.ceil(math.log2(_ENOUGH * target.width() / view.width() / _FINEST)))
        scale = _FINEST * 2**level
        side = SIDE_PX / scale
        columns = math.floor(view.left() / side), math.floor(view.right() / side)
        rows = math.floor(view.top() / side), math.floor(view.bottom() / side)
        if self._of != (level, *columns, *rows):
            self._put_together(level, columns, rows)
        origin = QPointF(columns[0] * side, rows[0] * side)
        source = QRectF((view.topLeft() - origin) * scale, view.size() * scale)
        painter.drawImage(target, self._image, source)

    def _put_together(self, level: int, columns: tuple[int, int], rows: tuple[int, int]) -> None:
        size = (columns[1] - columns[0] + 1) * SIDE_PX, (rows[1] - rows[0] + 1) * SIDE_PX
        if (self._image.width(), self._image.height()) != size:
            self._image = QImage(*size, QImage.Format.Format_RGB32)
        painter = QPainter(self._image)
        for column in range(columns[0], columns[1] + 1):
            for row in range(rows[0], rows[1] + 1):
                tile = self._tiles.tile(self._camera, self._panorama, level, column, row)
                painter.drawImage((column - columns[0]) * SIDE_PX, (row - rows[0]) * SIDE_PX, tile)
        painter.end()
        self._of = level, *columns, *rows
