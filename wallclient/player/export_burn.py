"""A copy of a piece for looking at: a strip above the picture says when it was and what it shows. Encoded anew.

The strip stands above the picture, not in it: nothing is covered. Encoding takes long, so it is done in slices that are
joined without encoding again: killed at any moment, the next one goes on behind the last whole slice.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import av.filter
import msgspec

from wallclient.player.export_messages import BurnOrder, Piece

SLICE_MS = 20_000
_OPTIONS = {"preset": "veryfast", "crf": "21", "bf": "0"}  # without B-pictures slices can be joined at any picture
_BACK_MS = 2_000  # a seek goes by the order of decoding, which may be a few pictures ahead of that of showing
_MARGIN_PX = 8
_MS = Fraction(1, 1000)  # pictures keep their own times
_Stepped = Callable[[float], None]


def burn(piece: Piece, folder: Path, order: BurnOrder, stepped: _Stepped) -> Piece:
    """Write the copy beside the piece, or what is missing of it. Raises av.error.FFmpegError, OSError."""
    mark = hashlib.sha256(piece.sha256.encode() + msgspec.json.encode(order)).hexdigest()[:16]
    path = folder / f"{Path(piece.name).stem}-burned-{mark}.mp4"  # of this piece with this strip, and no other
    if not path.exists():
        slices = _Slices(folder, path.stem)
        _encode(piece, folder / piece.name, order, slices, stepped)
        _join(slices.paths, path)
    with av.open(str(path)) as made:
        video = made.streams.video[0]
        size, pictures = (video.codec_context.width, video.codec_context.height), video.frames
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Piece(
        path.name, piece.start_ms, piece.end_ms, path.stat().st_size, sha256, "h264", *size, pictures, [], piece.name
    )


class _Slices:
    """The slices of a copy on disk. A slice has its name only when all of it is there."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder, self._stem = folder, stem

    @property
    def paths(self) -> list[Path]:
        """Those that are whole, in order."""
        return sorted(self._folder.glob(f"{self._stem}-*.mkv"))

    @property
    def next_ms(self) -> int:
        """Where the next one begins, from the piece's start."""
        paths = self.paths
        return (int(paths[-1].stem.rpartition("-")[2]) + 1) * SLICE_MS if paths else 0

    def part(self) -> Path:
        """Return the path of the one that is being written."""
        return self._folder / f"{self._stem}.part"

    def keep(self, number: int) -> None:
        """Give the one that was written its name."""
        _settle(self.part(), self._folder / f"{self._stem}-{number:06}.mkv")


def _encode(piece: Piece, path: Path, order: BurnOrder, slices: _Slices, stepped: _Stepped) -> None:
    """Write the slices that are not there yet."""
    strip, length_ms = _Strip(order), max(1, piece.end_ms - piece.start_ms)
    first_ms = slices.next_ms
    open_slice: _OpenSlice | None = None
    with av.open(str(path)) as source:
        video = source.streams.video[0]
        video.thread_type = "AUTO"
        room = _Room(video, order.height * len(order.captions))
        for frame, at_ms in _pictures(source, video, first_ms):
            number = at_ms // SLICE_MS
            if open_slice is not None and number != open_slice.number:
                open_slice.finish()
                slices.keep(open_slice.number)
                open_slice = None
            shown = room.above(frame)
            strip.draw(shown, piece.start_ms + at_ms)
            if open_slice is None:
                open_slice = _OpenSlice(slices.part(), number, shown)
            open_slice.write(shown, at_ms)
            stepped(min(1.0, at_ms / length_ms))
    if open_slice is not None:
        open_slice.finish()
        slices.keep(open_slice.number)
    elif not first_ms:
        raise av.error.InvalidDataError(1, "no pictures")


def _pictures(source: Any, video: Any, first_ms: int) -> Iterator[tuple[Any, int]]:
    """Yield the pictures from `first_ms` on, with their moments from the piece's start."""
    if first_ms > _BACK_MS:
        source.seek(round((first_ms - _BACK_MS) * _MS / video.time_base), stream=video)
    for frame in source.decode(video):
        if frame.pts is not None and frame.time_base is not None:
            at_ms = round(frame.pts * frame.time_base * 1000)
            if at_ms >= first_ms:
                yield frame, at_ms


class _OpenSlice:
    """A slice that is being written: Matroska, which keeps moments in ms as they are."""

    def __init__(self, path: Path, number: int, frame: Any) -> None:
        self.number = number
        self._out = av.open(str(path), "w", format="matroska")
        self._encoder: Any = self._out.add_stream("libx264", rate=25, options=_OPTIONS)
        self._encoder.width, self._encoder.height, self._encoder.pix_fmt = frame.width, frame.height, "yuv420p"
        self._encoder.codec_context.time_base = self._encoder.time_base = _MS

    def write(self, frame: Any, at_ms: int) -> None:
        frame.pict_type = av.video.frame.PictureType.NONE
        frame.pts, frame.time_base = at_ms, _MS
        self._out.mux(self._encoder.encode(frame))

    def finish(self) -> None:
        self._out.mux(self._encoder.encode(None))
        self._out.close()


def _join(paths: list[Path], path: Path) -> None:
    """Put slices into one file, without encoding them again."""
    part = path.with_suffix(".part")
    extradata: bytes | None = None
    with av.open(str(part), "w", format="mp4") as out:
        stream: Any = None
        for one in paths:
            with av.open(str(one)) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = out.add_stream_from_template(video, opaque=True)
                    stream.time_base, extradata = _MS, video.codec_context.extradata
                elif video.codec_context.extradata != extradata:
                    raise av.error.InvalidDataError(1, "slices of two codings")
                for packet in source.demux(video):
                    if packet.size:
                        packet.stream = stream
                        out.mux(packet)
    _settle(part, path)
    for one in paths:
        one.unlink()


def _settle(part: Path, path: Path) -> None:
    """Give a file its name once it is on disk."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)


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
        order = self._order
        first, *others = order.captions
        lines = [[*(order.glyphs[sign] for sign in f"{text} "), first], *([other] for other in others)]
        return [row for line in lines for row in self._line(line, width)]

    def _line(self, bitmaps: list[bytes], width: int) -> Iterator[bytes]:
        height = self._order.height
        for row in range(height):
            parts = [b"\0" * _MARGIN_PX]
            for bitmap in bitmaps:
                across = len(bitmap) // height
                parts.append(bitmap[row * across : (row + 1) * across])
            line = b"".join(parts)[:width].ljust(width, b"\0")
            yield bytes(16 + value * 219 // 255 for value in line)  # luma of video: 16 … 235
