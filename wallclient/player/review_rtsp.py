"""Footage over RTSP (RFC 2326): pictures with their exact moments, from any place on, at the pace they are sent.

FFmpeg's demuxer seeks by PAUSE and `PLAY` with `Range: npt=…` and counts time from the range the server says it plays.
Its parsers are left out: they lose the time of the first picture after each seek, the one asked for. So pictures are
put together here, of pieces that share a time stamp.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import av.error
from av.video.codeccontext import VideoCodecContext

from wallclient.player.bridge import url_with_credentials
from wallclient.player.review_file import Coding
from wallclient.player.review_messages import File

_OPEN_TIMEOUT_S = 6.0
_SILENT_S = 5.0
_PROTOCOLS = "rtsp,rtp,udp,tcp"  # where a server may redirect to
_FINAL = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError, av.error.HTTPNotFoundError)
_ROUND_MS = 10  # times of pictures are often whole hundredths
_START_CODE = b"\x00\x00\x01"
_IDR, _SEI, _SPS, _RECOVERY_POINT = 5, 6, 7, 6  # H.264, tables 7-1 and D.1
_FIRST_IRAP, _LAST_IRAP = 16, 23  # H.265, table 7-1

if TYPE_CHECKING:
    Packet = av.Packet[Any]
else:
    Packet = av.Packet


class TimeUnknown(Exception):  # noqa: N818 - reads as what happened
    """A server did not tell from which moment on it sends."""


@dataclass(frozen=True, slots=True)
class SentPicture:
    """One picture, not decoded; `pts` counts from the start of the footage."""

    packet: Packet
    pts: int
    is_key: bool


class RtspFootage:
    """One connection to some footage. Raises av.error.FFmpegError and OSError. Used by one thread at a time."""

    def __init__(self, file: File) -> None:
        self.file = file
        try:
            self._container = _open(file, "tcp")
        except _FINAL:
            raise
        except av.error.HTTPClientError:  # 461, which FFmpeg reports as another 4xx
            self._container = _open(file, "udp")
        video = next(iter(self._container.streams.video), None)
        if video is None or video.time_base is None or video.codec_context.name not in _IS_KEY:
            self._container.close()
            raise av.error.InvalidDataError(1, "no video of a kind that can be cut into pictures")
        self._video, self._time_base = video, video.time_base
        self._is_key = _IS_KEY[video.codec_context.name]
        self._coding: Coding | None = None
        self.us_per_tick = Fraction(video.time_base) * 1_000_000
        self.received_bytes = 0
        self._pictures: Iterator[SentPicture] = iter(())

    def close(self) -> None:
        """End the connection."""
        self._container.close()

    def seek(self, moment_us: int) -> SentPicture | None:
        """Have the server send from the key picture at or before a moment on, and return that; None: nothing was sent.

        Its time is right. Where a server begins behind the moment FFmpeg gives the first picture the time that was
        asked for, and so does a server that repeats the question as its answer: then TimeUnknown is raised.
        """
        asked_ms = max(0, moment_us - self.file.start_us) // 1000
        if asked_ms and asked_ms % _ROUND_MS == 0:
            asked_ms += 1  # no picture has that very time
        self._container.seek(asked_ms * 1000)
        self._pictures = self._put_together()
        first = next(self._pictures, None)
        if first is not None and asked_ms and first.pts * self.us_per_tick > (asked_ms - 1) * 1000:
            raise TimeUnknown
        return first

    def pictures(self) -> Iterator[SentPicture]:
        """Yield what comes behind the first; ends where the server says that there is no more."""
        yield from self._pictures

    def _put_together(self) -> Iterator[SentPicture]:
        parts: list[bytes] = []
        pts: int | None = None
        started = False
        for packet in self._pieces():
            if packet.pts != pts and parts and pts is not None:
                picture = self._picture(parts, pts)
                started = started or picture.is_key
                if started:
                    yield picture
                parts = []
            pts = packet.pts
            parts.append(bytes(packet))
        if parts and pts is not None and started:
            yield self._picture(parts, pts)

    def moment_us(self, picture: SentPicture) -> int:
        """Return when a picture was taken."""
        return self.file.start_us + round(picture.pts * self.us_per_tick)

    def coding(self, key: SentPicture) -> Coding:
        """Return what a decoder must know; asks the first key picture for its size, which RTSP need not tell."""
        if self._coding is None:
            self._coding = _coding_of(self._video.codec_context, key.packet)
        return self._coding

    def _pieces(self) -> Iterator[Packet]:
        pieces = self._container.demux(self._video)
        while True:
            try:
                packet = next(pieces, None)
            except av.error.EOFError:
                return
            if packet is None:
                return
            if packet.size and packet.pts is not None:
                self.received_bytes += packet.size
                yield packet

    def _picture(self, parts: list[bytes], pts: int) -> SentPicture:
        data = b"".join(parts)
        packet: Packet = av.Packet(data)
        packet.pts, packet.time_base = pts, self._time_base
        packet.is_keyframe = self._is_key(data)
        return SentPicture(packet, pts, packet.is_keyframe)


def _open(file: File, transport: str) -> av.container.InputContainer:
    options = {
        "rtsp_transport": transport,
        "allowed_media_types": "video",
        "protocol_whitelist": _PROTOCOLS,
        "fflags": "noparse+nofillin",
        "analyzeduration": "0",
        "probesize": "32",
        "fpsprobesize": "0",
        "timeout": str(round(_SILENT_S * 1e6)),
    }
    address = url_with_credentials(file.url, file.user, file.password)
    began = time.monotonic()
    try:
        return av.open(address, options=options, timeout=(_OPEN_TIMEOUT_S, _SILENT_S))
    except av.error.InvalidDataError:
        if time.monotonic() - began < _SILENT_S:
            raise
        raise TimeoutError from None  # FFmpeg takes silence for nonsense


def _coding_of(told: VideoCodecContext, key: Packet) -> Coding:
    decoder = av.CodecContext.create(told.name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata, decoder.thread_count = told.extradata, 1
    with contextlib.suppress(av.error.FFmpegError):  # the player finds out by itself
        decoder.decode(key)
    size = (decoder.width, decoder.height) if decoder.width else (told.width, told.height)
    return Coding(told.name, told.extradata, *size, decoder.sample_aspect_ratio or Fraction(1))


def _nal_heads(data: bytes) -> Iterator[bytes]:
    """Yield the first bytes of each NAL unit (H.264 and H.265, annex B)."""
    at = data.find(_START_CODE)
    while at >= 0:
        yield data[at + 3 : at + 7]
        at = data.find(_START_CODE, at + 3)


def _is_h264_key(data: bytes) -> bool:
    for head in _nal_heads(data):
        kind = head[0] & 0x1F if head else 0
        if kind in (_IDR, _SPS) or (kind == _SEI and head[1:2] == bytes([_RECOVERY_POINT])):
            return True
        if 1 <= kind < _IDR:
            return False
    return False


def _is_h265_key(data: bytes) -> bool:
    kinds = (head[0] >> 1 & 0x3F for head in _nal_heads(data) if head)
    return any(_FIRST_IRAP <= kind <= _LAST_IRAP for kind in kinds)


def _is_always_key(_data: bytes) -> bool:
    return True


_IS_KEY: dict[str, Callable[[bytes], bool]] = {"h264": _is_h264_key, "hevc": _is_h265_key, "mjpeg": _is_always_key}
