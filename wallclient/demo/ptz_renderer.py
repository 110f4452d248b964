"""Renders and encodes the pictures of moving cameras, those that are watched and no other, in a process of its own.

Started by `wallclient.demo.ptz_pictures`. Lines of JSON on standard input: first feed, rate and views, then how cameras
move and which streams are watched. Pictures go into the feed (`wallclient.demo.ptz_feed`). The process ends when
standard input closes.
"""

import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from wallclient.demo import lettering, ptz_strip, strip
from wallclient.demo.glyphs import BACKGROUND, UNIT_PX, Bitmap, Lettering, TimeText
from wallclient.demo.live import PHASES, phase_of
from wallclient.demo.ptz_feed import Fed, send
from wallclient.demo.ptz_motion import Motion, field_deg, standing
from wallclient.demo.ptz_scene import Panorama, panorama
from wallclient.demo.ptz_tiles import Mosaic, Sprites, Tiles
from wallclient.domain.ptz import Position

SIZES = {"main": (1280, 720), "sub": (640, 360)}
_LATE_S = 0.15  # further behind, pictures are left out
_RATES = {"main": ("25", 4000), "sub": ("25", 1500)}  # quality aimed at, and the most kbit/s
_FULL_RANGE = bytes(min(255, max(0, round((luma - 16) * 255 / 219))) for luma in range(256))
_BLACK, _WHITE, _GROUND = (
    QColor(_FULL_RANGE[luma], _FULL_RANGE[luma], _FULL_RANGE[luma]) for luma in (16, 235, BACKGROUND)
)
_UNTOLD = standing(Position(0.0, 0.0, 1.0), 0.0)  # of a camera nobody has said anything about
Key = tuple[int, str]


class Painter:
    """Paints the pictures of one stream: the view, and above it the band with strip, name, time and pose."""

    def __init__(self, key: Key, world: Panorama, letters: Lettering, tiles: Tiles) -> None:
        self._number, kind = key
        width, height = SIZES[kind]
        self._scale = width // 640
        self._sprites = Sprites(world)
        self._mosaic = Mosaic(self._number, world, tiles)
        self._name = _image(letters.names[self._number])
        self._time = TimeText(letters)
        self._time_image: tuple[int, QImage] = (-1, QImage())
        self.image = QImage(width, height, QImage.Format.Format_RGB32)

    def paint(self, position: Position, index: int, unix_s: float) -> QImage:
        """Return picture `index`; painted over by the next call."""
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_view(painter, position, unix_s)
        self._paint_band(painter, position, index, int(unix_s))
        painter.end()
        return self.image

    def _paint_view(self, painter: QPainter, position: Position, unix_s: float) -> None:
        across, down = field_deg(position.zoom)
        view = QRectF(position.pan_deg - across / 2, -position.tilt_deg - down / 2, across, down)
        target = QRectF(self.image.rect())
        self._mosaic.paint(painter, view, target)
        self._sprites.paint(painter, view, target, unix_s % 86400)

    def _paint_band(self, painter: QPainter, position: Position, index: int, second: int) -> None:
        unit, width = UNIT_PX * self._scale, self.image.width()
        self._paint_cells(painter, strip.encode(self._number, index), 0, unit)
        for row, cells in enumerate(ptz_strip.encode(position, index)):
            self._paint_cells(painter, cells, 2 * unit + row * unit // 2, unit // 2)
        painter.fillRect(0, unit, width, unit, _GROUND)
        painter.drawImage(0, unit, self._name)
        if self._time_image[0] != second:
            self._time_image = second, _image(self._time.bitmap(second))
        text = self._time_image[1]
        painter.drawImage(width - text.width(), unit, text)

    def _paint_cells(self, painter: QPainter, cells: list[bool], top: int, height: int) -> None:
        side = UNIT_PX * self._scale
        painter.fillRect(0, top, self.image.width(), height, _BLACK)
        for column, is_white in enumerate(cells):
            if is_white:
                painter.fillRect(column * side, top, side, height, _WHITE)


def _image(bitmap: Bitmap) -> QImage:
    """Return lettering as a picture, which owns its pixels."""
    raw = bitmap.pixels.translate(_FULL_RANGE)
    return QImage(raw, bitmap.width, bitmap.height, bitmap.width, QImage.Format.Format_Grayscale8).copy()


class Stream:
    """One stream that is watched: painted, encoded, sent."""

    def __init__(self, key: Key, painter: Painter, fps: int) -> None:
        self.key = key
        self._painter = painter
        self._fps = fps
        self._codec = _encoder(key[1], fps)
        # Kept, as is the picture: buffers of megabytes made anew for each picture leave holes that are never filled.
        self._painted = av.VideoFrame(*SIZES[key[1]], "bgr0")
        self.last_index = -1

    def render(self, motion: Motion, index: int, due_s: float, monotonic_s: float) -> Fed | None:
        """Return picture `index`, due at `due_s` (unix time), which is `monotonic_s` on the cameras' clock."""
        position = motion.position(monotonic_s)
        image = self._painter.paint(position, index, due_s)
        self._painted.planes[0].update(cast(bytes, image.constBits()))
        frame = self._painted.reformat(format="yuv420p")
        frame.pts = index
        is_key = self.last_index < 0 or index // self._fps != self.last_index // self._fps
        frame.pict_type = PictureType.I if is_key else PictureType.P
        self.last_index = index
        data = b"".join(bytes(packet) for packet in self._codec.encode(frame))
        return Fed(*self.key, index, is_key, data) if data else None


def _encoder(kind: str, fps: int) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = SIZES[kind]
    context.pix_fmt = "yuv420p"
    context.framerate, context.time_base = Fraction(fps), Fraction(1, fps)
    context.thread_count = 1
    crf, kbps = _RATES[kind]
    parameters = {"keyint": 100_000, "scenecut": 0, "vbv-maxrate": kbps, "vbv-bufsize": kbps}
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf": crf,
        "forced-idr": "1",
        "x264-params": ":".join(f"{key}={value}" for key, value in parameters.items()),
    }
    return context


@dataclass(slots=True)
class Orders:
    """What the parent wants, written by the thread that reads standard input."""

    motions: dict[int, Motion] = field(default_factory=dict)
    watched: frozenset[Key] = frozenset()
    changed: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Take in lines to the end, which ends the process."""
        for line in sys.stdin:
            order = json.loads(line)
            if "motion" in order:
                self.motions[order["number"]] = Motion.from_json(order["motion"])
            else:
                self.watched = frozenset((number, kind) for number, kind in order["watch"])
                self.changed.set()
        os._exit(0)


class Renderer:
    """All watched streams, on one thread. Picture k of a stream is due k / fps after the epoch, plus its phase."""

    def __init__(self, views: Mapping[int, tuple[str, str]], fps: int, feed: socket.socket, orders: Orders) -> None:
        self._fps = fps
        self._feed = feed
        self._orders = orders
        self._names = {number: name for number, (name, _) in views.items()}
        self._panoramas = {number: where for number, (_, where) in views.items()}
        self._worlds: dict[int, Panorama] = {}
        self._letters: dict[int, Lettering] = {}
        self._tiles = Tiles()
        self._streams: dict[Key, Stream] = {}

    def run(self) -> None:
        """Render until the media server has gone."""
        while True:
            self._follow()
            if not self._streams:
                self._orders.changed.wait()
                continue
            now = time.time()
            due = [(*self._next(stream, now), stream) for stream in self._streams.values()]
            due_s, index, stream = min(due, key=lambda one: one[0])
            if due_s > now:
                time.sleep(min(due_s - now, 0.02))  # short, so that who begins to watch does not wait
                continue
            self._render(stream, index, due_s)

    def _next(self, stream: Stream, now: float) -> tuple[float, int]:
        """Return when which picture of a stream is due."""
        phase_s = phase_of(stream.key[0]) / PHASES / self._fps
        current = int((now - phase_s) * self._fps)
        index = stream.last_index + 1
        if stream.last_index < 0 or current - index > _LATE_S * self._fps:
            index = current
        return index / self._fps + phase_s, index

    def _render(self, stream: Stream, index: int, due_s: float) -> None:
        motion = self._orders.motions.get(stream.key[0], _UNTOLD)
        monotonic_s = due_s - (time.time() - time.monotonic())
        picture = stream.render(motion, index, due_s, monotonic_s)
        if picture is not None:
            send(self._feed, picture)

    def _follow(self) -> None:
        """Begin with streams that are watched now, end those that are not."""
        if not self._orders.changed.is_set():
            return
        self._orders.changed.clear()
        watched = self._orders.watched
        self._streams = {key: stream for key, stream in self._streams.items() if key in watched}
        for key in watched - set(self._streams):
            self._streams[key] = Stream(key, self._painter(key), self._fps)
        if not self._streams:
            self._tiles.clear()

    def _painter(self, key: Key) -> Painter:
        number, kind = key
        if number not in self._worlds:
            self._worlds[number] = panorama(self._panoramas[number])
        scale = SIZES[kind][0] // 640
        if scale not in self._letters:
            self._letters[scale] = lettering.draw(scale, self._names)
        return Painter(key, self._worlds[number], self._letters[scale], self._tiles)


def main() -> None:
    """Render what standard input orders."""
    first = json.loads(sys.stdin.readline())
    application = QGuiApplication(sys.argv[:1])
    orders = Orders()
    threading.Thread(target=orders.read, name="orders", daemon=True).start()
    feed = socket.socket(fileno=first["feed_fd"])
    views = {int(number): (name, where) for number, (name, where) in first["views"].items()}
    with contextlib.suppress(ConnectionError):  # the media server has gone
        Renderer(views, first["fps"], feed, orders).run()
    del application


if __name__ == "__main__":
    main()
