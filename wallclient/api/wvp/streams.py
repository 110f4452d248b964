"""Addresses out of WVP's StreamContent, in the order this program prefers, on the host that can be reached."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from wallclient.api.wvp import documents as docs
from wallclient.domain.address import checked_address
from wallclient.domain.errors import BadAddress
from wallclient.domain.stream import Codec, Protocol, Source

LARGEST_SIDE_PX = 65_536
CODECS = {"H264": Codec.H264, "H265": Codec.H265}


def sources(raw: docs.StreamContent, media_host: str = "") -> tuple[Source, ...]:
    """Return what can be opened, best first; with `media_host` at that host instead of the one WVP names.

    Addresses the program does not open are left out. H.265 in FLV is nobody's standard, so FLV comes late.
    """
    media = raw.mediaInfo or docs.MediaInfo()
    codec = CODECS.get((media.videoCodec or "").upper())
    fps = media.fps if media.fps is not None and 0 < media.fps <= 1000 else None
    found = []
    for protocol, url in _offered(raw):
        try:
            address = checked_address(rewritten(url, media_host))
        except BadAddress:
            continue
        size = _side(media.width), _side(media.height)
        found.append(Source(protocol, address.url, codec, *size, fps, address.credentials))
    return tuple(found)


def rewritten(url: str, media_host: str) -> str:
    """Return the URL with another host: a media server behind an address translation names one nobody reaches.

    The port stays. Raises BadAddress.
    """
    if not media_host:
        return url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress("the address is malformed") from None
    host = f"[{media_host}]" if ":" in media_host and not media_host.startswith("[") else media_host
    user, at, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}{at}{host}" + (f":{port}" if port else "")).geturl()


def _offered(raw: docs.StreamContent) -> Iterator[tuple[Protocol, str]]:
    offers = (
        (Protocol.RTSP, raw.rtsp),
        (Protocol.HTTP_TS, raw.ts or raw.https_ts),
        (Protocol.FMP4, raw.fmp4 or raw.https_fmp4),
        (Protocol.HTTP_FLV, raw.flv or raw.https_flv),
        (Protocol.HLS, raw.hls or raw.https_hls),
    )
    return ((protocol, url) for protocol, url in offers if url)


def _side(px: int | None) -> int | None:
    return px if px is not None and 0 < px <= LARGEST_SIDE_PX else None
