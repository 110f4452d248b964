"""Parts of a panorama kept as pixels: drawn once for each size they are seen at, put together, and cut to the view."""

import math
from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from wallclient.demo.ptz_scene import Mover, Panorama

SIDE_PX = 256
MOST_TILES = 160  # of all cameras: 40 MB
MOST_SPRITES = 300  # of one stream, most of them small
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


class Sprites:
    """What moves before one camera, kept as pixels of the size it is seen at. Not thread-safe."""

    def __init__(self, panorama: Panorama) -> None:
        self._panorama = panorama
        self._scale = 0.0
        self._kept: dict[tuple[int, int], QImage] = {}

    def paint(self, painter: QPainter, view: QRectF, target: QRectF, time_s: float) -> None:
        """Paint what moves in a part of the panorama (degrees) into `target` (pixels)."""
        scale = target.width() / view.width()
        drawn_at = _FINEST * 2 ** math.ceil(math.log2(_ENOUGH * scale / _FINEST))
        if drawn_at != self._scale:
            self._scale = drawn_at
            self._kept.clear()
        for mover, foot in self._panorama.moving(view, time_s):
            box = mover.size.translated(foot - view.topLeft())
            place = QRectF(target.topLeft() + box.topLeft() * scale, box.size() * scale)
            painter.drawImage(place, self._sprite(mover, mover.pose(time_s)))

    def _sprite(self, mover: Mover, pose: int) -> QImage:
        key = id(mover), pose if mover.poses_s else 0
        if key not in self._kept:
            if len(self._kept) >= MOST_SPRITES:
                self._kept.clear()
            self._kept[key] = self._drawn(mover, pose)
        return self._kept[key]

    def _drawn(self, mover: Mover, pose: int) -> QImage:
        size = mover.size.size() * self._scale
        image = QImage(math.ceil(size.width()), math.ceil(size.height()), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(image.width() / mover.size.width(), image.height() / mover.size.height())
        painter.translate(-mover.size.topLeft())
        mover.draw(painter, pose)
        painter.end()
        return image


class Mosaic:
    """The tiles around one camera's view as one picture, put together anew when the view leaves it."""

    def __init__(self, camera: int, panorama: Panorama, tiles: Tiles) -> None:
        self._camera = camera
        self._panorama = panorama
        self._tiles = tiles
        self._image = QImage()
        self._still_of = QRectF()
        self._still: QImage | None = None
        self._of: tuple[int, int, int, int, int] | None = None  # level, first and last column, first and last row

    def paint(self, painter: QPainter, view: QRectF, target: QRectF) -> None:
        """Paint a part of the panorama (degrees) into `target` (pixels)."""
        if view != self._still_of:
            self._still_of, self._still = QRectF(view), None
            self._paint(painter, view, target)
            return
        if self._still is None:  # the camera stands: scale once
            self._still = QImage(target.size().toSize(), QImage.Format.Format_RGB32)
            still = QPainter(self._still)
            still.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint(still, view, QRectF(self._still.rect()))
            still.end()
        painter.drawImage(target.topLeft(), self._still)

    def _paint(self, painter: QPainter, view: QRectF, target: QRectF) -> None:
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
