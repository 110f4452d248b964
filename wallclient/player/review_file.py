"""Recorded files, read by groups of pictures: exact presentation times without decoding anything.

Works alike for containers with an index (MP4, MKV) and without (MPEG-TS): seek, look for a key picture, read on to the
next one. Used by one thread at a time; nothing in here decodes.
"""

import bisect
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import av.error
from av.stream import Discard

from wallclient.player.bridge import url_with_credentials
from wallclient.player.review_messages import File

OPEN_TIMEOUT_S = 6.0
READ_TIMEOUT_S = 8.0
_PROTOCOLS = "http,https,httpproxy,tcp,tls,file,fd"  # what a file refers to must not lead anywhere else
_TS = "mpegts"
_AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_FORMS = {"mp4", _TS, "matroska"}
_HOLD_US, _LAST_HOLD_US = 3_000_000, 1_000_000  # how long a picture stands for, and the last of a file …
_HOLD_PICTURES = 3  # … or that many usual intervals, as with live pictures: what comes later comes after a gap
_EARLY_US = 1_000_000  # a file may say that it begins a little before its first picture
_READ_ON_US = 4_000_000  # nearer than that ahead, reading on is quicker than seeking
_BACK_US = (0, 1_000_000, 4_000_000, 16_000_000, 60_000_000)  # where to look for a key picture, before the moment
_BEFORE_START_US = 10_000_000

if TYPE_CHECKING:
    Packet = av.Packet[Any]
else:
    Packet = av.Packet  # generic only for those who check types


@dataclass(frozen=True, slots=True)
class Coding:
    """What a decoder must know of a file's video."""

    codec: str
    extradata: bytes | None
    width: int
    height: int
    sar: Fraction = Fraction(1)


@dataclass(slots=True)
class Gop:
    """A group of pictures: packets in the order of decoding, moments in the order of showing.

    It stands for [`start_us`, `end_us`); the last of a file ends where its last picture no longer counts. `tail` are
    packets of the next group that show pictures of this one (open groups), with the key picture they need.
    A group that is still being sent is `growing` on another thread; what comes behind `end_us` of a `partial` one is
    not known. Of a `sparse` one only the key picture is there; it is for looking through quickly.
    """

    file: File
    coding: Coding
    packets: list[Packet]
    tail: list[Packet]
    pictures: list[int]  # moments, us, rising
    start_us: int
    end_us: int
    key_us: int
    last: bool  # of its file
    zero_pts: int
    us_per_tick: Fraction
    interval_us: int  # between most pictures; 0: there is one only
    partial: bool = False
    growing: bool = False
    sparse: bool = False
    missing: set[int] = field(default_factory=set)  # pictures that turned out undecodable
    size_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.size_bytes = sum(packet.size for packet in (*self.packets, *self.tail))

    def moment_us(self, pts: int) -> int:
        """Return the moment of a picture by its presentation time in the file."""
        return self.file.start_us + round((pts - self.zero_pts) * self.us_per_tick)

    def index_at(self, moment_us: int) -> int:
        """Return which of `pictures` is the one shown at a moment."""
        return max(0, bisect.bisect_right(self.pictures, moment_us) - 1)

    def has_picture(self, moment_us: int) -> bool:
        """Tell whether there is a picture for a moment: not behind the end, nor in a hole between two pictures."""
        if self.sparse:
            return self.start_us <= moment_us < self.end_us
        shown = self.pictures[self.index_at(moment_us)]
        hold_us = max(_HOLD_US, _HOLD_PICTURES * self.interval_us)
        return moment_us < self.end_us and shown - _EARLY_US <= moment_us < shown + hold_us

    def after(self, moment_us: int) -> int | None:
        """Return the first picture behind a moment, here or in the file's next group; None: there is none.

        Of a partial group: `end_us` if it is not known.
        """
        after = (us for us in self.pictures if moment_us < us < self.end_us and us not in self.missing)
        return next(after, None if self.last else self.end_us)

    def before(self, moment_us: int) -> int | None:
        """Return the last picture of the group before a moment; None: there is none."""
        return next((us for us in reversed(self.pictures) if us < moment_us and us not in self.missing), None)

    def covers(self, moment_us: int) -> bool:
        """Tell whether the moment is this group's, also where the file ends too soon to have a picture for it."""
        return self.start_us <= moment_us and (moment_us < self.end_us or self.last)


@dataclass(frozen=True, slots=True)
class Wish:
    """The group of pictures of `file` that covers a moment."""

    file: File
    moment_us: int


class FootageReader:
    """One open file. Raises av.error.FFmpegError and OSError from each of its methods."""

    def __init__(self, file: File, memory_fd: int | None = None) -> None:
        self.file = file
        if file.form not in _FORMS:
            raise av.error.InvalidDataError(1, "unknown container")
        if memory_fd is not None:
            address, options = f"/dev/fd/{memory_fd}", {}
        else:
            address, options = url_with_credentials(file.url, file.user, file.password), _http_options(file)
        timeout = (OPEN_TIMEOUT_S, READ_TIMEOUT_S)
        self._container = av.open(address, format=file.form, options=options, timeout=timeout)
        video = next(iter(self._container.streams.video), None)
        if video is None or video.time_base is None:
            raise av.error.InvalidDataError(1, "no video")
        self._video = video
        for stream in self._container.streams:
            if stream is not video:
                with contextlib.suppress(AttributeError, ValueError):
                    stream.discard = Discard.all
        context = video.codec_context
        self._coding = Coding(
            context.name, context.extradata, context.width, context.height, video.sample_aspect_ratio or Fraction(1)
        )
        self._us_per_tick = Fraction(video.time_base) * 1_000_000
        self._zero: int | None = video.start_time
        self._packets: Iterator[Packet] = iter(())
        self._ahead: list[Packet] = []  # read already, from the next key picture on
        self._next_us: int | None = None  # where reading on begins; None: nowhere
        self.received_bytes = 0

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def read(self, moment_us: int) -> list[Gop]:
        """Return the group of pictures that covers a moment, last, and those read on the way to it.

        A moment behind the last picture gives the last group.
        """
        following = self._next_us is not None and 0 <= moment_us - self._next_us < _READ_ON_US
        if not following:
            self._seek(moment_us)
        groups = [self._read_group()]
        while not groups[-1].covers(moment_us) and groups[-1].end_us <= moment_us:
            groups.append(self._read_group())
        if groups[0].start_us > moment_us:  # there is nothing before it
            groups[0].start_us = self.file.start_us
        return groups

    def keys(self, start_us: int, end_us: int) -> Iterator[Gop]:
        """Yield the key pictures of a range, each as a group of its own; from the one before it on.

        What lies between is not read where the container has an index.
        """
        self._seek(start_us)
        former, self._video.discard = self._video.discard, Discard.nonkey
        try:
            for packet in self._chain(self._ahead[:1]):
                if packet.is_keyframe:
                    if self._moment_us(_pts(packet)) >= end_us:
                        return
                    yield self._group([packet], [], _pts(packet), None)
        finally:
            self._video.discard = former
            self._ahead, self._next_us = [], None

    def _moment_us(self, pts: int) -> int:
        assert self._zero is not None
        return self.file.start_us + round((pts - self._zero) * self._us_per_tick)

    def _seek(self, moment_us: int) -> None:
        """Stand at the last key picture not after the moment, or at the first there is."""
        for back_us in _BACK_US:
            target = max(self.file.start_us, moment_us - back_us)
            if self._key_from(target, moment_us) or target == self.file.start_us:
                break
        if not self._ahead:
            self._key_from(self.file.start_us, None)
        if not self._ahead:
            raise av.error.InvalidDataError(1, "no pictures")

    def _key_from(self, target_us: int, at_most_us: int | None) -> bool:
        """Read from about `target_us` to the first key picture; tell whether it is not after `at_most_us`."""
        at_start = target_us == self.file.start_us
        early_us = _BEFORE_START_US if at_start else 0  # MPEG-TS seeks by times of decoding, which come first
        ticks = round((target_us - early_us - self.file.start_us) / self._us_per_tick) + (self._zero or 0)
        self._ahead, self._next_us = [], None
        try:
            self._container.seek(ticks, stream=self._video, backward=True)
        except av.error.FFmpegError:
            return False  # behind the end, as a truncated file without an index thinks
        self._packets = self._container.demux(self._video)
        for packet in self._take():
            if packet.is_keyframe:
                self._ahead = [packet]
                assert packet.pts is not None
                self._next_us = self._moment_us(packet.pts)
                return at_most_us is None or self._next_us <= at_most_us
        return False

    def _take(self) -> Iterator[Packet]:
        """Yield what can be decoded, in copies that do not hold the file; a file that breaks off ends."""
        while True:
            try:
                packet = next(self._packets, None)
            except (av.error.InvalidDataError, av.error.EOFError):
                return
            if packet is None:
                return
            pts = packet.pts if packet.pts is not None else packet.dts
            if not packet.size or pts is None or (packet.is_corrupt and self.file.form != _TS):
                continue  # MP4 gives what is left of a picture the file breaks off in; MPEG-TS only doubts
            self.received_bytes += packet.size
            if self._zero is None:
                self._zero = pts
            yield _copy(packet, pts)

    def _read_group(self) -> Gop:
        """Read from the key picture at hand to the next one, and behind it as far as pictures belong before it."""
        packets, tail, upcoming = self._ahead[:1], [], self._ahead[1:]
        key_pts = _pts(packets[0])
        next_key: Packet | None = None
        self._ahead = []
        for packet in self._chain(upcoming):
            if next_key is None and not packet.is_keyframe:
                packets.append(packet)
            elif next_key is None:
                next_key = packet
                self._ahead = [packet]
            else:
                self._ahead.append(packet)
                if _pts(packet) > _pts(next_key) or packet.is_keyframe:
                    break  # pictures shown before a key picture come right behind it (H.265 7.4.2.2)
                tail.append(packet)
        return self._group(packets, [next_key, *tail] if next_key and tail else [], key_pts, next_key)

    def _chain(self, first: list[Packet]) -> Iterator[Packet]:
        yield from first
        yield from self._take()

    def _group(self, packets: list[Packet], tail: list[Packet], key_pts: int, next_key: Packet | None) -> Gop:
        end_pts = _pts(next_key) if next_key else None
        mine = sorted({pts for packet in (*packets, *tail[1:]) if (pts := _pts(packet)) >= key_pts})
        pictures = [self._moment_us(pts) for pts in mine if end_pts is None or pts < end_pts]
        key_us = self._moment_us(key_pts)
        gaps = sorted(b - a for a, b in pairwise(pictures))
        interval = gaps[len(gaps) // 2] if gaps else 0
        if end_pts is None:
            end_us, self._next_us = pictures[-1] + max(_LAST_HOLD_US, _HOLD_PICTURES * interval), None
        else:
            end_us = self._next_us = self._moment_us(end_pts)
        zero = self._zero or 0
        return Gop(
            self.file, self._coding, packets, tail, pictures, key_us, end_us, key_us,
            next_key is None, zero, self._us_per_tick, interval,
        )  # fmt: skip


def _pts(packet: Packet) -> int:
    assert packet.pts is not None
    return packet.pts


def _copy(packet: Packet, pts: int) -> Packet:
    """Return a packet of its own: the original keeps its file open for as long as it lives."""
    copy: Packet = av.Packet(bytes(packet))
    copy.pts, copy.dts, copy.time_base = pts, packet.dts, packet.time_base
    copy.is_keyframe = packet.is_keyframe
    if packet.has_sidedata("new_extradata"):  # another coding from here on, in the same file
        copy.set_sidedata(packet.get_sidedata("new_extradata"))
    return copy


def _http_options(file: File) -> dict[str, str]:
    if not file.url.startswith(("http:", "https:")):
        return {"protocol_whitelist": _PROTOCOLS}  # a file of our own
    options = {
        "protocol_whitelist": _PROTOCOLS,
        "seekable": "1",
        # in pieces, over one connection: asked for the whole file, a server sends megabytes nobody reads at each seek
        "multiple_requests": "1",
        "initial_request_size": "131072",
        "request_size": "262144",
        "short_seek_size": "131072",
    }
    if file.url.startswith("https:"):
        options |= {"tls_verify": "1", "ca_file": file.ca_file or system_authorities()}
    return options


def system_authorities() -> str:
    """Return the file of authorities this system trusts; the FFmpeg that comes with PyAV does not know it."""
    known = ssl.get_default_verify_paths().cafile
    found = (path for path in (known, *_AUTHORITIES) if path and Path(path).exists())
    return next(found, "")
