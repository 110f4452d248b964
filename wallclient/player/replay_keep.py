"""The last minute of live pictures, kept undecoded by the bridges of one host for an instant replay, within a bound.

All bridges of a host share the bound; when it is reached, the oldest group of pictures of all goes first, so that every
pane can be replayed for about as long.
"""

import contextlib
import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import av.error

from wallclient.player.replay_budget import FORM

KEPT_S = 60.0
_START_CODE = b"\0\0\0\1"  # of parameter sets as RTSP tells them, which may not come among the pictures

if TYPE_CHECKING:
    Packet = av.Packet[Any]
else:
    Packet = av.Packet


@dataclass(slots=True)
class _Kept:
    """One coded picture; stamps in units of the stream's time base."""

    data: bytes
    pts: int
    dts: int
    is_key: bool
    arrived_s: float  # monotonic


@dataclass(frozen=True, slots=True)
class Written:
    """What a replay holds: the moments of its first and behind its last picture, by this machine's clock."""

    start_ms: int
    end_ms: int


class KeptMemory:
    """The bound all streams of one host share. Thread-safe."""

    def __init__(self, limit_bytes: int = 0) -> None:
        self._lock = threading.Lock()
        self._limit_bytes = limit_bytes
        self._streams: list[KeptPictures] = []
        self.bytes = 0

    def set_limit(self, limit_bytes: int) -> None:
        """Take another bound."""
        with self._lock:
            self._limit_bytes = limit_bytes
            self._trim()

    def new_stream(self) -> "KeptPictures":
        """Return the place of one more stream."""
        stream = KeptPictures(self)
        with self._lock:
            self._streams.append(stream)
        return stream

    def drop(self, stream: "KeptPictures") -> None:
        """Forget a stream."""
        with self._lock:
            if stream in self._streams:
                self._streams.remove(stream)
                self.bytes -= stream.clear()

    def add(self, stream: "KeptPictures", picture: _Kept) -> None:
        """Keep a picture; what is older than a minute, or beyond the bound, goes."""
        with self._lock:
            if stream not in self._streams:
                return
            self.bytes += stream.append(picture)
            self.bytes -= stream.drop_older(picture.arrived_s - KEPT_S)
            self._trim()

    def take(self, stream: "KeptPictures") -> list[_Kept]:
        """Return what is kept of a stream, from a key picture on."""
        with self._lock:
            return stream.all()

    def _trim(self) -> None:
        while self.bytes > self._limit_bytes:
            oldest = min((s for s in self._streams if s.oldest_s is not None), key=_age, default=None)
            if oldest is None:
                return
            self.bytes -= oldest.drop_group()


def _age(stream: "KeptPictures") -> float:
    return stream.oldest_s or 0.0


class KeptPictures:
    """What is kept of one stream: whole groups, a key picture first. All but `feed` and `write` under the lock."""

    def __init__(self, memory: KeptMemory) -> None:
        self._memory = memory
        self._groups: deque[list[_Kept]] = deque()
        self._coding: tuple[str, int, int, bytes] | None = None  # codec, size, parameter sets
        self._time_base = Fraction(0)

    # -- for the bridge ----------------------------------------------------------------------------

    def feed(self, packet: Packet, stream: Any) -> None:
        """Keep a packet on its way; its stamps are as they are passed on."""
        if self._coding is None:
            context = stream.codec_context
            self._time_base = Fraction(stream.time_base or 0)
            self._coding = context.name, context.width, context.height, bytes(context.extradata or b"")
        pts = packet.pts if packet.pts is not None else packet.dts
        if packet.dts is None or pts is None:
            return
        kept = _Kept(bytes(packet), pts, packet.dts, packet.is_keyframe, time.monotonic())
        self._memory.add(self, kept)

    def close(self) -> None:
        """Give all up."""
        self._memory.drop(self)

    def write(self, fd: int) -> Written | None:
        """Write what is kept, as a file, to an open descriptor; None where nothing is kept. Raises OSError."""
        pictures = self._memory.take(self)
        if not pictures or self._coding is None:
            return None
        try:
            self._mux(pictures, fd, *self._coding)
        except av.error.FFmpegError as err:
            raise OSError("what is kept can't be written") from err
        last = pictures[-1]
        newest_pts = max(picture.pts for picture in pictures)
        behind_s = float((newest_pts - min(picture.pts for picture in pictures)) * self._time_base)
        shown_at_s = time.time() - (time.monotonic() - last.arrived_s)
        start_ms = round((shown_at_s - behind_s) * 1000)
        interval_s = behind_s / max(1, len(pictures) - 1)
        return Written(start_ms, round((shown_at_s + interval_s) * 1000))

    def _mux(self, pictures: list[_Kept], fd: int, codec: str, width: int, height: int, sets: bytes) -> None:
        first = pictures[0].dts
        with os.fdopen(os.dup(fd), "r+b") as target, av.open(target, "w", format=FORM) as container:
            out = container.add_mux_stream(codec, width=width, height=height)
            for picture in pictures:
                told = picture.is_key and sets.startswith(_START_CODE) and sets not in picture.data
                packet: Packet = av.Packet(sets + picture.data if told else picture.data)
                packet.pts, packet.dts = picture.pts - first, picture.dts - first
                packet.time_base = self._time_base
                packet.is_keyframe = picture.is_key
                packet.stream = out
                container.mux(packet)

    # -- for the memory, under its lock ------------------------------------------------------------

    @property
    def oldest_s(self) -> float | None:
        """When the oldest picture arrived, where more than one group is kept; the newest group is never dropped."""
        return self._groups[0][0].arrived_s if len(self._groups) > 1 else None

    def append(self, picture: _Kept) -> int:
        """Add a picture and return its bytes. What comes before the first key picture is of no use."""
        if picture.is_key:
            self._groups.append([])
        if not self._groups:
            return 0
        self._groups[-1].append(picture)
        return len(picture.data)

    def drop_older(self, than_s: float) -> int:
        """Drop groups of which all is older, and return their bytes."""
        freed = 0
        while len(self._groups) > 1 and self._groups[1][0].arrived_s < than_s:
            freed += self.drop_group()
        return freed

    def drop_group(self) -> int:
        """Drop the oldest group and return its bytes."""
        return sum(len(picture.data) for picture in self._groups.popleft())

    def clear(self) -> int:
        """Drop everything and return its bytes."""
        freed = 0
        with contextlib.suppress(IndexError):
            while True:
                freed += self.drop_group()
        return freed

    def all(self) -> list[_Kept]:
        """Return all pictures in the order they came."""
        return [picture for group in self._groups for picture in group]
