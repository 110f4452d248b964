"""Live streams: which encoding of a channel, at which addresses, for how long."""

from dataclasses import dataclass, field
from enum import StrEnum


class StreamKind(StrEnum):
    """The channel's full and its reduced encoding."""

    MAIN = "main"
    SUB = "sub"


class Protocol(StrEnum):
    """How a stream travels; the values are those of Center API v1, but for `MJPEG`."""

    RTSP = "rtsp"
    HTTP_TS = "http-ts"
    HTTP_FLV = "http-flv"
    FMP4 = "http-fmp4"
    HLS = "hls"
    MJPEG = "http-mjpeg"  # pictures one by one (multipart/x-mixed-replace): any server can, at ten times the bytes


class Codec(StrEnum):
    """Video codec of a stream; the values are those of Center API v1."""

    H264 = "h264"
    H265 = "h265"
    MJPEG = "mjpeg"


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password of a media server. Never part of a URL, so that no log, title or error can show them."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(frozen=True, slots=True)
class Source:
    """One address a stream can be fetched from. `codec` is what the center says; the stream may turn out otherwise."""

    protocol: Protocol
    url: str = field(repr=False)  # its query may hold a ticket
    codec: Codec | None = None
    width: int | None = None  # px
    height: int | None = None  # px
    fps: float | None = None
    credentials: Credentials | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The center's promise to keep a stream open until `expires_in_s` after the answer, unless renewed."""

    id: str
    channel_id: str
    kind: StreamKind
    sources: tuple[Source, ...]
    expires_in_s: float
