"""A device's profiles as main and sub streams of its video sources, and their addresses. Source: ONVIF Media 5."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wallclient.api.onvif.device import Device
from wallclient.domain.address import checked_address
from wallclient.domain.errors import BadPayload, CameraOffline
from wallclient.domain.onvif import OnvifSource
from wallclient.domain.stream import Codec, Credentials, Protocol, Source, StreamKind

_CODECS = {"H264": Codec.H264, "H265": Codec.H265, "HEVC": Codec.H265, "JPEG": Codec.MJPEG, "MJPEG": Codec.MJPEG}
_RANKS = {Codec.H264: 2, Codec.H265: 1}  # of two alike the one every machine decodes
_MOST_PROFILES = 200
PROFILES_S, ADDRESS_S = 300.0, 60.0  # how long what a device told is believed
PICTURE_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Profile:
    """One encoding of a video source, as the device tells it."""

    token: str
    name: str
    source: str  # token of the video source
    source_name: str = ""
    codec: Codec | None = None
    encoding: str = ""
    width: int | None = None  # px
    height: int | None = None
    fps: float | None = None
    has_ptz: bool = False
    ptz_node: str = ""

    @property
    def pixels(self) -> int:
        """Size, for comparing; 0 where the device does not tell."""
        return (self.width or 0) * (self.height or 0)


async def read_profiles(device: Device) -> tuple[Profile, ...]:
    """Return the profiles that have a picture. Raises as `Device.ask` does, and NotAble without a media service."""
    raw = await device.ask(lambda one: one.get_profiles())
    return tuple(found for item in raw[:_MOST_PROFILES] if (found := _profile(item)) is not None)


async def kept_profiles(device: Device) -> tuple[Profile, ...]:
    """Return the profiles as they were a few minutes ago at most."""
    return await device.keep("profiles", PROFILES_S, lambda: read_profiles(device))


def _profile(item: dict[str, Any]) -> Profile | None:
    source, encoder = item.get("video_source") or {}, item.get("video_encoder") or {}
    token = str(item.get("token") or "")
    if not token or not (source or encoder):
        return None
    encoding = str(encoder.get("encoding") or "").upper()
    return Profile(
        token,
        str(item.get("name") or ""),
        str(source.get("source_token") or source.get("token") or ""),
        str(source.get("name") or ""),
        _CODECS.get(encoding),
        encoding,
        _number(encoder.get("width")),
        _number(encoder.get("height")),
        _number(encoder.get("fps_limit")),
        bool(item.get("ptz")),
        str((item.get("ptz") or {}).get("node_token") or ""),
    )


def _number(value: object) -> int | None:
    try:
        number = int(float(str(value)))
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 100_000 else None


def sources_of(profiles: Iterable[Profile], *, can_move: bool) -> tuple[OnvifSource, ...]:
    """Return the video sources behind profiles, in the device's order."""
    by_source: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_source.setdefault(profile.source, []).append(profile)
    found = []
    for token, own in by_source.items():
        best = choose(own, StreamKind.MAIN)
        moves = can_move and any(profile.has_ptz for profile in own)
        found.append(OnvifSource(token, own[0].source_name, best.width, best.height, best.encoding, moves))
    return tuple(found)


def of_source(profiles: Sequence[Profile], source: str) -> list[Profile]:
    """Return the profiles of a video source, or of the first one. Raises BadPayload where it is gone."""
    wanted = source or (profiles[0].source if profiles else "")
    own = [profile for profile in profiles if profile.source == wanted]
    if not own:
        raise BadPayload("the device has no such video source any more")
    return own


def choose(own: Sequence[Profile], kind: StreamKind) -> Profile:
    """Return the largest profile for the main stream, the smallest for the sub stream.

    Those this program is made for come first: JPEG only where there is nothing else.
    """
    video = [one for one in own if one.codec in _RANKS] or list(own)
    if kind is StreamKind.MAIN:
        return max(video, key=lambda one: (one.pixels, _RANKS.get(one.codec or Codec.MJPEG, 0)))
    sized = [one for one in video if one.pixels] or video
    return min(sized, key=lambda one: (one.pixels, -_RANKS.get(one.codec or Codec.MJPEG, 0)))


async def live_source(device: Device, profile: Profile) -> Source:
    """Return where a profile's stream is. Raises BadAddress for what the program does not open."""
    return await device.keep(f"stream {profile.token}", ADDRESS_S, lambda: _live_source(device, profile))


async def _live_source(device: Device, profile: Profile) -> Source:
    uri = await device.ask(lambda one: one.get_stream_uri(profile_token=profile.token))
    if not uri:
        raise CameraOffline("the camera gives no address of its stream")
    address = checked_address(uri.strip())
    credentials: Credentials | None = address.credentials or device.credentials
    protocol = Protocol.RTSP if address.url.startswith("rtsp") else Protocol.HTTP_TS
    return Source(protocol, address.url, profile.codec, profile.width, profile.height, profile.fps, credentials)


async def picture(device: Device, profile: Profile) -> bytes:
    """Return a profile's present picture, JPEG. Raises NotAble where the camera takes none."""
    uri = await device.ask(lambda one: one.get_snapshot_uri(profile_token=profile.token))
    if not uri:
        raise BadPayload("no address of a picture")
    return await device.picture(checked_address(uri.strip(), PICTURE_SCHEMES).url)
