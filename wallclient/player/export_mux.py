"""Copies whole groups of pictures out of fetched files into as few new files as there are uninterrupted stretches.

Nothing is decoded. A new file is begun after a gap and where the coding changes; MP4 where it can carry what is there,
else Matroska. All moments are ms since 1970 UTC by the center's clock.
"""

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import av.error
import av.logging

from wallclient.player.export_fetch import Fetched
from wallclient.player.export_messages import Lack, Order, Piece

av.logging.set_level(av.logging.PANIC)
TICKS = 90_000  # a second
_GAP_MS = 500  # less than that between two files is how recorders cut them
_OVERLAP_MS = 100  # more than that is no cut: the recorder's clock was set back
_MP4_VIDEO = {"h264", "hevc", "mpeg4", "av1", "mjpeg"}
_MP4_AUDIO = {"aac", "mp3", "ac3", "opus"}
_LAST_SHARE = 40  # ms: how long the last picture stands for where nothing tells

if TYPE_CHECKING:
    Packet = av.Packet[Any]
else:
    Packet = av.Packet


@dataclass(slots=True)
class _Group:
    """A key picture and what follows it up to the next, in the order of the file, with moments as ticks since 1970."""

    key: int
    video: list[tuple[Packet, int, int, int]] = field(default_factory=list)  # packet, pts, dts, length
    audio: list[tuple[Packet, int]] = field(default_factory=list)

    @property
    def first(self) -> int:
        return min(pts for _, pts, _, _ in self.video)

    @property
    def last(self) -> int:
        return max(pts for _, pts, _, _ in self.video)


def copy_pieces(files: Iterable[Fetched], order: Order) -> tuple[list[Piece], list[Lack]]:
    """Write the pieces into the order's folder, while files still come.

    Raises what `files` raises, and OSError where the disk does not take it; a file that can't be read is a lack.
    """
    writer = _Writer(order)
    lacks: list[Lack] = []
    try:
        for one in files:
            try:
                _copy(one, writer, order)
            except av.error.FFmpegError as err:
                if err.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS):
                    raise
                lacks.append(Lack(one.source.start_ms, one.source.end_ms, "unreadable"))
        return writer.finish(), lacks
    finally:
        writer.abandon()


def _copy(one: Fetched, writer: "_Writer", order: Order) -> None:
    start, end = order.start_ms * TICKS // 1000, order.end_ms * TICKS // 1000
    with av.open(str(one.path)) as container:
        video = next(iter(container.streams.video), None)
        if video is None:
            raise av.error.InvalidDataError(1, "no video")
        audio = next(iter(container.streams.audio), None)
        writer.begin(one, video, audio)
        held: _Group | None = None
        for group in _groups(container, video, audio, one.source.start_ms * TICKS // 1000):
            if held is not None and group.key > start:
                writer.write(held)
            held = group
            if group.first >= end:
                return
        if held is not None and held.last + _LAST_SHARE * TICKS // 1000 > start:
            writer.write(held)


def _groups(container: Any, video: Any, audio: Any, start: int) -> Iterator[_Group]:
    """Yield the groups of a file that begins at `start`; what comes before the first key picture is left out."""
    zero = Fraction(video.start_time or 0) * video.time_base
    picture_at, sound_at = _clock(video.time_base, zero, start), _clock(audio.time_base if audio else zero, zero, start)
    over, per = video.time_base.denominator, video.time_base.numerator * TICKS  # asked for once: they cost much
    group: _Group | None = None
    early: list[tuple[Packet, int]] = []
    for packet in _packets(container, [video] if audio is None else [video, audio]):
        if packet.stream is video:
            pts, dts = picture_at(packet.pts), picture_at(packet.dts)
            if packet.is_keyframe:
                if group is not None:
                    yield group
                group = _Group(pts)
                group.audio, early = early, []
            if group is not None:
                group.video.append((packet, pts, dts, (packet.duration or 0) * per // over))
        else:
            at = sound_at(packet.pts)
            (group.audio if group is not None else early).append((packet, at))
    if group is not None:
        yield group


def _packets(container: Any, streams: list[Any]) -> Iterator[Packet]:
    """Yield what is whole; a file that breaks off ends there."""
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets, None)
        except (av.error.InvalidDataError, av.error.EOFError):
            return
        if packet is None:
            return
        if packet.size and packet.dts is not None and not packet.is_corrupt:
            if packet.pts is None:
                packet.pts = packet.dts
            yield packet


def _clock(base: Fraction, zero: Fraction, start: int) -> Callable[[int | None], int]:
    """Return what makes ticks since 1970 of a stream's times; in whole numbers, as it is done for every packet."""
    over = base.denominator * zero.denominator * 2
    per, less = base.numerator * zero.denominator * TICKS * 2, zero.numerator * base.denominator * TICKS * 2

    def at(time: int | None) -> int:
        assert time is not None  # `_packets` leaves those out
        return start + (time * per - less + over // 2) // over

    return at


def _scaled(duration: int | None, base: Fraction | None, rate: int) -> int:
    """Return a packet's length in units of 1/rate s; 0 where nothing tells."""
    return duration * base.numerator * rate // base.denominator if duration and base else 0


class _Writer:
    """Writes pieces, one after the other."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._pieces: list[Piece] = []
        self._open: _OpenPiece | None = None
        self._pending: tuple[Fetched, Any, Any] | None = None

    def begin(self, one: Fetched, video: Any, audio: Any) -> None:
        """Go on with the next file: in the same piece if it follows without a gap and in the same coding."""
        if self._open is not None and not self._open.goes_on(one, video, audio):
            self._close()
        self._pending = (one, video, audio)

    def write(self, group: _Group) -> None:
        assert self._pending
        one, video, audio = self._pending
        if self._open is None:
            self._open = _OpenPiece(self._order, len(self._pieces), one, video, audio, group.key)
            group.video = [entry for entry in group.video if entry[1] >= group.key]  # they build on what is not here
        self._open.take(one)
        self._open.write(group)

    def finish(self) -> list[Piece]:
        self._close()
        return self._pieces

    def abandon(self) -> None:
        if self._open is not None:
            self._open.abandon()

    def _close(self) -> None:
        if self._open is not None:
            self._pieces.append(self._open.finish())
            self._open = None


class _OpenPiece:
    """A piece that is being written."""

    def __init__(self, order: Order, number: int, first: Fetched, video: Any, audio: Any, key: int) -> None:
        self._origin = key
        self._coding = _coding(video, audio)
        self._files: list[Fetched] = []
        suffix = "mp4" if _fits_mp4(video, audio) else "mkv"
        self.path = Path(order.folder) / f"piece-{number}.{suffix}"
        self.path.unlink(missing_ok=True)
        self._container = av.open(str(self.path), "w")
        self._container.metadata.update(_metadata(order, key))
        self._video = self._container.add_stream_from_template(video, opaque=True)
        self._picture_base = self._video.time_base = Fraction(1, TICKS)
        self._audio = None
        if audio is not None:
            self._audio = self._container.add_stream_from_template(audio, opaque=True)
            self._audio.time_base = Fraction(1, audio.rate or TICKS)
        self._container.set_chapters(_chapters(order, key))
        self._codec, self._size = video.codec_context.name, (video.codec_context.width, video.codec_context.height)
        self._last_dts: dict[bool, int] = {}
        self._pictures = self._bytes = 0
        self._end = key

    def goes_on(self, one: Fetched, video: Any, audio: Any) -> bool:
        """Tell whether a file belongs to this piece, too."""
        gap_ms = one.source.start_ms - self._files[-1].source.end_ms
        broke_off_ms = one.source.start_ms - self._end * 1000 // TICKS
        follows = -_OVERLAP_MS <= broke_off_ms <= 2 * _GAP_MS and gap_ms <= _GAP_MS
        return follows and _coding(video, audio) == self._coding

    def take(self, one: Fetched) -> None:
        if not self._files or self._files[-1] is not one:
            self._files.append(one)

    def write(self, group: _Group) -> None:
        for packet, pts, dts, length in group.video:
            self._end = max(self._end, pts + (length or _LAST_SHARE * TICKS // 1000))
            self._mux(packet, self._video, pts - self._origin, dts - self._origin, length, self._picture_base)
        self._pictures += len(group.video)
        audio = self._audio
        for packet, at in group.audio if audio is not None else ():
            if audio is not None and at >= self._origin:
                rate = audio.time_base.denominator
                ticks = (at - self._origin) * rate // TICKS
                length = _scaled(packet.duration, packet.time_base, rate)
                self._mux(packet, audio, ticks, ticks, length, Fraction(1, rate))

    def _mux(self, packet: Packet, stream: Any, pts: int, dts: int, length: int, base: Fraction) -> None:
        kind = stream is self._video
        last = self._last_dts.get(kind)
        if last is not None and dts <= last:  # files that overlap by a hair
            dts = last + 1
            pts = max(pts, dts)
        self._last_dts[kind] = dts
        packet.stream = stream
        packet.time_base = base
        packet.pts, packet.dts, packet.duration = pts, dts, length
        self._bytes += packet.size
        self._container.mux(packet)

    def finish(self) -> Piece:
        """Close the file, look whether it is whole, and return it. Raises OSError."""
        self._container.close()
        with self.path.open("rb+") as file, ThreadPoolExecutor(1) as beside:
            digest = beside.submit(hashlib.file_digest, file, "sha256")  # while the disk is waited for
            os.fsync(file.fileno())
            sha256 = digest.result().hexdigest()
        size = self.path.stat().st_size
        self._check(size)
        start_ms, end_ms = (ticks * 1000 // TICKS for ticks in (self._origin, self._end))
        used = [one.used for one in self._files]
        return Piece(self.path.name, start_ms, end_ms, size, sha256, self._codec, *self._size, self._pictures, used)

    def _check(self, size: int) -> None:
        """Raise OSError where the file on disk does not have what was written."""
        with av.open(str(self.path)) as written:
            told = written.streams.video[0].frames  # 0: Matroska does not tell
        if size < self._bytes or told not in (0, self._pictures):
            raise OSError(errno.EIO, "the file is not what was written")

    def abandon(self) -> None:
        with contextlib.suppress(av.error.FFmpegError):
            self._container.close()
        self.path.unlink(missing_ok=True)


def _coding(video: Any, audio: Any) -> tuple[object, ...]:
    context = video.codec_context
    sound = (audio.codec_context.name, audio.rate, audio.codec_context.extradata) if audio is not None else None
    return context.name, context.extradata, context.width, context.height, sound


def _fits_mp4(video: Any, audio: Any) -> bool:
    return video.codec_context.name in _MP4_VIDEO and (audio is None or audio.codec_context.name in _MP4_AUDIO)


def _metadata(order: Order, key: int) -> dict[str, str]:
    asked = f"{_utc(order.start_ms)} – {_utc(order.end_ms)}"
    begins = _utc(key * 1000 // TICKS)
    comment = f"asked {asked}; first picture {begins}; {order.comment}"
    return {"title": order.title, "comment": comment, "creation_time": begins}


def _chapters(order: Order, key: int) -> list[Any]:
    """Return what a player shows on its bar: what was asked for, and the whole groups around it."""
    marks = [key, order.start_ms * TICKS // 1000, order.end_ms * TICKS // 1000]
    end = max(source.end_ms for source in order.sources) * TICKS // 1000
    spans = [
        (marks[0], marks[1], "before the range"),
        (max(marks[:2]), min(marks[2], end), "range asked for"),
        (marks[2], end, "behind the range"),
    ]
    return [
        {"id": i, "start": a - key, "end": b - key, "time_base": Fraction(1, TICKS), "metadata": {"title": title}}
        for i, (a, b, title) in enumerate(spans)
        if a < b
    ]


def _utc(moment_ms: int) -> str:
    return datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
