"""A copy of a piece for looking at: a strip above the picture says when it was and what it shows. Encoded anew.

The strip stands above the picture, not in it: nothing is covered.
"""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import av.filter

from wallclient.player.export_messages import BurnOrder, Piece

_OPTIONS = {"preset": "veryfast", "crf": "21"}
_MARGIN_PX = 8


def burn(piece: Piece, folder: Path, order: BurnOrder, stepped: Callable[[float], None]) -> Piece:
    """Write the copy beside the piece. Raises av.error.FFmpegError, OSError."""
    path = folder / f"{Path(piece.name).stem}-burned.mp4"
    path.unlink(missing_ok=True)
    strip = _Strip(order)
    pictures, length_ms = 0, max(1, piece.end_ms - piece.start_ms)
    with av.open(str(folder / piece.name)) as source, av.open(str(path), "w") as out:
        video = source.streams.video[0]
        video.thread_type = "AUTO"
        room = _Room(video, order.height)
        encoded: Any = None
        for frame in source.decode(video):
            if frame.pts is None or frame.time_base is None:
                continue
            shown = room.above(frame)
            at_ms = round(frame.pts * frame.time_base * 1000)
            strip.draw(shown, piece.start_ms + at_ms)
            if encoded is None:
                encoded = _encoder(out, shown)
            shown.pict_type = av.video.frame.PictureType.NONE
            shown.pts, shown.time_base = at_ms, Fraction(1, 1000)
            out.mux(encoded.encode(shown))
            pictures += 1
            stepped(min(1.0, at_ms / length_ms))
        if encoded is None:
            raise av.error.InvalidDataError(1, "no pictures")
        out.mux(encoded.encode(None))
        size = encoded.codec_context.width, encoded.codec_context.height
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Piece(
        path.name, piece.start_ms, piece.end_ms, path.stat().st_size, sha256, "h264", *size, pictures, [], piece.name
    )


class _Room:
    """Makes room above pictures."""

    def __init__(self, video: Any, height: int) -> None:
        self._graph = av.filter.Graph()  # kept: what belongs to it does not keep it, and crashes without
        self._start = self._graph.add_buffer(template=video, time_base=video.time_base)
        shape = self._graph.add("format", "yuv420p")
        room = self._graph.add("pad", f"ceil(iw/2)*2:ceil((ih+{height})/2)*2:0:{height}:black")
        self._end = self._graph.add("buffersink")
        self._start.link_to(shape)
        shape.link_to(room)
        room.link_to(self._end)
        self._graph.configure()

    def above(self, frame: Any) -> Any:
        """Return a picture of its own with black above it."""
        self._start.push(frame)
        return self._end.pull()


def _encoder(out: Any, frame: Any) -> Any:
    stream = out.add_stream("libx264", rate=25, options=_OPTIONS)
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
    stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)  # pictures keep their own times
    return stream


class _Strip:
    """The pixels of the strip, made once a second."""

    def __init__(self, order: BurnOrder) -> None:
        self._order = order
        self._zone = ZoneInfo(order.zone)
        self._of: tuple[str, int] | None = None
        self._rows: list[bytes] = []

    def draw(self, frame: Any, moment_ms: int) -> None:
        local = datetime.fromtimestamp(moment_ms // 1000, UTC).astimezone(self._zone)
        text = f"{local:%Y-%m-%d %H:%M:%S}"
        if self._of != (text, frame.width):
            self._of, self._rows = (text, frame.width), self._drawn(text, frame.width)
        plane = frame.planes[0]
        pixels = memoryview(plane).cast("B")
        for number, row in enumerate(self._rows):
            at = number * plane.line_size
            pixels[at : at + len(row)] = row

    def _drawn(self, text: str, width: int) -> list[bytes]:
        height = self._order.height
        bitmaps = [self._order.glyphs[sign] for sign in text] + [self._order.glyphs[" "], self._order.caption]
        rows = []
        for row in range(height):
            parts = [b"\0" * _MARGIN_PX]
            for bitmap in bitmaps:
                across = len(bitmap) // height
                parts.append(bitmap[row * across : (row + 1) * across])
            line = b"".join(parts)[:width].ljust(width, b"\0")
            rows.append(bytes(16 + value * 219 // 255 for value in line))  # luma of video: 16 … 235
        return rows
