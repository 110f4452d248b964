"""Shapes of WVP's replies: only what the program needs. Any field may be null there, so nearly all have a default."""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

NULL = Raw(b"null")
_Raws = list[Raw]  # a field below is called "list", too
DbId = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Envelope(Struct):
    """What every reply is wrapped in; code 0 is success whatever the status line says."""

    code: int
    msg: str | None = None
    data: Raw = msgspec.field(default_factory=lambda: NULL)


class LoginDocument(Struct):
    """Reply of a log-in."""

    accessToken: str  # noqa: N815 - the server's words, here and below
    username: str | None = None

    def __repr__(self) -> str:
        return "LoginDocument(…)"


class Claims(Struct):
    """Part of a token's claims (RFC 7519, 4.1), in seconds since 1970."""

    exp: float | None = None
    iat: float | None = None


class Rows(Struct):
    """One page of a list (PageInfo)."""

    list: _Raws = []
    total: int = 0


class FolderDocument(Struct):
    """A node of the tree of groups or of regions."""

    id: DbId
    deviceId: str | None = None  # noqa: N815
    name: str | None = None
    parentId: DbId | None = None  # noqa: N815
    businessGroup: str | None = None  # noqa: N815
    type: int = 0  # 0 folder, 1 camera


class ChannelDocument(Struct):
    """A channel of any kind (CommonGBChannel)."""

    gbId: DbId  # noqa: N815
    gbDeviceId: str | None = None  # noqa: N815
    gbName: str | None = None  # noqa: N815
    gbStatus: str | None = None  # noqa: N815
    gbCivilCode: str | None = None  # noqa: N815
    gbParentId: str | None = None  # noqa: N815
    gbBusinessGroupId: str | None = None  # noqa: N815
    gbPtzType: int | None = None  # noqa: N815
    gbLongitude: float | None = None  # noqa: N815
    gbLatitude: float | None = None  # noqa: N815
    dataType: int | None = None  # noqa: N815
    dataDeviceId: DbId | None = None  # noqa: N815


class PlaceDocument(Struct):
    """Where a device said that a channel is, in degrees."""

    longitude: float | None = None
    latitude: float | None = None


class DeviceDocument(Struct):
    """A GB device."""

    id: DbId
    deviceId: str  # noqa: N815


class DeviceChannelDocument(Struct):
    """A channel as its device calls it."""

    id: DbId
    deviceId: str  # noqa: N815


class MediaInfo(Struct):
    """What the media server says of a stream; its `mediaServer` holds a secret and is not read."""

    videoCodec: str | None = None  # noqa: N815
    width: int | None = None
    height: int | None = None
    fps: float | None = None


class FilePath(Struct):
    """Where a file can be fetched."""

    httpPath: str | None = None  # noqa: N815
    httpsPath: str | None = None  # noqa: N815

    def __repr__(self) -> str:
        return "FilePath(…)"


class StreamContent(Struct):
    """Addresses of a stream; one is null where the media server has no such port."""

    stream: str | None = None
    rtsp: str | None = None
    ts: str | None = None
    https_ts: str | None = None
    fmp4: str | None = None
    https_fmp4: str | None = None
    flv: str | None = None
    https_flv: str | None = None
    hls: str | None = None
    https_hls: str | None = None
    mediaInfo: MediaInfo | None = None  # noqa: N815
    progress: float | None = None
    downLoadFilePath: FilePath | None = None  # noqa: N815

    def __repr__(self) -> str:
        return "StreamContent(…)"  # addresses may hold a ticket


class PresetDocument(Struct):
    """A preset as the camera tells it; both are strings."""

    presetId: str | int  # noqa: N815
    presetName: str | None = None  # noqa: N815


class RecordItem(Struct):
    """One stretch of recording on a device; local times of UTC+8."""

    startTime: str  # noqa: N815
    endTime: str  # noqa: N815
    type: str | None = None


class RecordInfo(Struct):
    """Recordings of one channel."""

    sumNum: int | None = None  # noqa: N815 - how many the device says it has
    recordList: list[Raw] | None = None  # noqa: N815


class CloudRecord(Struct):
    """A file recorded by the server; moments in milliseconds since 1970 UTC."""

    id: int
    startTime: float  # noqa: N815
    endTime: float  # noqa: N815


class AlarmDocument(Struct):
    """An alarm, of the newer (alarmTime a number) or the older generation (local text)."""

    id: int | str
    alarmTime: int | str | None = None  # noqa: N815
    channelId: int | str | None = None  # noqa: N815
    channelDeviceId: str | None = None  # noqa: N815
    alarmType: str | int | None = None  # noqa: N815
    alarmMethod: str | int | None = None  # noqa: N815
    deviceId: str | None = None  # noqa: N815
    description: str | None = None
    alarmDescription: str | None = None  # noqa: N815
