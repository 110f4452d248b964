"""Shapes of ZoneMinder's replies: only what the program needs.

Numbers come as numbers or as text, flags as 0/1, true/false, text or null, by the version of PHP and the column; so
nearly every field takes any of them and is read with `number`, `flag` or `words`. Source: API 2.0 of ZoneMinder 1.36.
"""

import msgspec
from msgspec import Raw, Struct

Scalar = int | float | str | bool | None


class LoginDocument(Struct):
    """Reply of a log-in or renewal; all null where the server asks for no log-in."""

    access_token: str | None = None
    access_token_expires: Scalar = None  # seconds
    refresh_token: str | None = None
    refresh_token_expires: Scalar = None
    version: str | None = None

    def __repr__(self) -> str:
        return "LoginDocument(…)"


class VersionDocument(Struct):
    """What answers."""

    version: str
    apiversion: str = ""


class ErrorCause(Struct):
    """Why, in plain words: `message` of the document around it is the same, but escaped for HTML."""

    message: str = ""


class ErrorData(Struct):
    """What went wrong. Its `url` quotes the token and is not read."""

    message: str = ""
    exception: ErrorCause | None = None


class ErrorDocument(Struct):
    """A refusal by ZoneMinder itself, and not by something before it."""

    success: bool
    data: ErrorData


class MonitorDocument(Struct):
    """A monitor: a camera as ZoneMinder knows it. Its address may hold a password."""

    Id: int | str
    Name: str | None = None
    Type: str | None = None
    Function: str | None = None
    Capturing: str | None = None  # from 1.38 on, in place of the function
    Deleted: Scalar = None
    ServerId: Scalar = None
    Protocol: str | None = None
    Host: str | None = None
    Port: Scalar = None
    Path: str | None = None
    User: str | None = None
    Pass: str | None = None
    Width: Scalar = None
    Height: Scalar = None
    Orientation: str | None = None
    Controllable: Scalar = None
    ControlId: Scalar = None
    Latitude: Scalar = None
    Longitude: Scalar = None
    Sequence: Scalar = None
    RTSPServer: Scalar = None
    RTSPStreamName: str | None = None

    def __repr__(self) -> str:
        return f"MonitorDocument({self.Id})"


class StatusDocument(Struct):
    """How it stands with a monitor's process."""

    Status: str | None = None


class MonitorRow(Struct):
    """One row of the list of monitors."""

    Monitor: MonitorDocument
    Monitor_Status: StatusDocument | None = None


class MonitorsDocument(Struct):
    """All monitors the user may see."""

    monitors: list[Raw]


class MonitorAnswer(Struct):
    """One monitor, or an empty list for one the user may not see."""

    monitor: Raw


class GroupDocument(Struct):
    """A group of monitors."""

    Id: int | str
    Name: str | None = None
    ParentId: Scalar = None


class MemberDocument(Struct):
    """A monitor in a group."""

    Id: int | str


class GroupRow(Struct):
    """A group and its own members, without those of groups below it."""

    Group: GroupDocument
    Monitor: list[MemberDocument] = []


class GroupsDocument(Struct):
    """All groups."""

    groups: list[Raw]


class EventDocument(Struct):
    """An event: one file of footage. Moments are local times of the server without a zone."""

    Id: int | str
    MonitorId: int | str
    StartDateTime: str
    EndDateTime: str | None = None  # null while it goes on
    Cause: str | None = None
    Notes: str | None = None
    Length: Scalar = None  # seconds
    AlarmFrames: Scalar = None
    DefaultVideo: str | None = None
    Width: Scalar = None
    Height: Scalar = None


class EventRow(Struct):
    """One row of a list of events."""

    Event: EventDocument


class Pagination(Struct):
    """Where in the list a page stands."""

    nextPage: bool = False  # noqa: N815 - the server's word


class EventsDocument(Struct):
    """A page of events."""

    events: list[Raw]
    pagination: Pagination | None = None


class EventAnswer(Struct):
    """One event."""

    event: EventRow


class CountsDocument(Struct):
    """How many events by monitor; an empty list where there are none."""

    results: dict[str, Scalar] | list[Scalar]


class TimeZoneDocument(Struct):
    """The server's time zone, an IANA name."""

    tz: str


class ConfigValue(Struct):
    """One setting of the server."""

    Value: Scalar = None


class ConfigDocument(Struct):
    """One setting of the server; `config` is an empty list for a name it does not know."""

    config: ConfigValue | list[Scalar]


class ServerDocument(Struct):
    """One of several machines a ZoneMinder is made of."""

    Id: int | str
    Protocol: str | None = None
    Hostname: str | None = None
    Port: Scalar = None
    PathToZMS: str | None = None


class ServerRow(Struct):
    """One row of the list of machines."""

    Server: ServerDocument


class ServersDocument(Struct):
    """All machines; empty where there is but one."""

    servers: list[Raw]


class ControlDocument(Struct):
    """What a kind of steered camera can do."""

    CanMove: Scalar = None
    CanMoveCon: Scalar = None
    CanMoveRel: Scalar = None
    CanMoveDiag: Scalar = None
    CanPan: Scalar = None
    CanTilt: Scalar = None
    CanZoom: Scalar = None
    CanZoomCon: Scalar = None
    CanZoomRel: Scalar = None
    CanFocus: Scalar = None
    CanFocusCon: Scalar = None
    CanFocusRel: Scalar = None
    CanIris: Scalar = None
    CanIrisCon: Scalar = None
    CanIrisRel: Scalar = None
    HasPresets: Scalar = None
    NumPresets: Scalar = None
    CanSetPresets: Scalar = None


class ControlRow(Struct):
    """One kind of control."""

    Control: ControlDocument


class ControlAnswer(Struct):
    """One kind of control."""

    control: ControlRow


class AjaxDocument(Struct):
    """Reply of the pages' own calls; "Ok" of a command says only that it was queued."""

    result: str
    message: str | None = None
    html: str | None = None


class AlarmDocument(Struct):
    """Reply to a command about alarms: a state by number, or words; "false" with a `code` where zmu failed."""

    status: Scalar = None
    code: Scalar = None


class Claims(Struct):
    """Part of a token's claims (RFC 7519, 4.1), in seconds since 1970."""

    exp: float | None = None


def number(value: Scalar) -> float | None:
    """Read a number; None for what is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if abs(found) < 2**53 else None


def whole(value: Scalar) -> int | None:
    """Read a whole number; None for what is none."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def flag(value: Scalar) -> bool:
    """Read a flag; what can't be read is off."""
    return value is True or bool(number(value)) or (isinstance(value, str) and value.lower() == "true")


Unreadable = (msgspec.MsgspecError, ValueError, RecursionError)
