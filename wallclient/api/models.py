"""The documents of Center API v1 as they travel (resources/center-api.yaml), shared by client and embedded center.

Enumerations are plain text here: a client must live with values a newer center adds. Unknown keys are ignored.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

from wallclient.domain.stream import StreamKind

PROBLEM_TYPE = "urn:center-api:problem:"  # + slug
_Text = Annotated[str, Meta(min_length=1, max_length=256)]
LARGEST_NUMBER = 2**53  # exact in every language
Sequence = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
_Id = Annotated[str, Meta(min_length=1)]
_Token = Annotated[str, Meta(min_length=1, max_length=512)]


class _Secret(Struct):
    """A document that never shows its content in a repr."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class LogIn(_Secret):
    """Body of `POST /session`."""

    user: _Text
    password: _Text


class Renewal(_Secret):
    """Body of `POST /session/renewal`."""

    refresh_token: _Token


class Operator(Struct):
    """Who is signed in."""

    user: str
    name: str
    post: str = ""
    tier: str = "station"
    priority: int = 0


class SessionDocument(_Secret):
    """Reply of log-in and renewal."""

    access_token: str
    refresh_token: str
    expires_in_s: float
    refresh_expires_in_s: float
    operator: Operator
    capabilities: list[str] = []


class ChannelDocument(Struct):
    """A channel."""

    id: str
    name: str
    gb_code: str
    online: bool
    camera_kind: str = "box"
    place: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    has_audio: bool = False
    path: list[str] = []
    rights: int | None = None


class NodeDocument(Struct):
    """A node of the tree."""

    id: str
    parent_id: str | None
    kind: str
    name: str
    gb_code: str
    channels_total: int
    channels_online: int
    channel: ChannelDocument | None = None


class NodePageDocument(Struct):
    """A page of nodes."""

    items: list[NodeDocument]
    next_cursor: str | None = None


class ChannelPageDocument(Struct):
    """A page of channels."""

    items: list[ChannelDocument]
    next_cursor: str | None = None


class OpenLive(Struct):
    """Body of `POST /channels/{id}/live`."""

    kind: StreamKind


class CredentialsDocument(_Secret):
    """User and password of a media server."""

    user: str
    password: str


class SourceDocument(Struct):
    """One address of a stream."""

    protocol: str
    url: str
    codec: str | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    credentials: CredentialsDocument | None = None

    def __repr__(self) -> str:  # the URL may carry a token
        return f"SourceDocument({self.protocol!r}, …)"


class LeaseDocument(Struct):
    """An open live stream."""

    id: str
    channel_id: str
    kind: str
    expires_in_s: float
    sources: list[SourceDocument]
    note: str | None = None


class HealthDocument(Struct):
    """Reply of `GET /health`."""

    status: str
    name: str
    api_version: str
    time_utc: str


class NodeCount(Struct):
    """Fresh counts of a node, in events."""

    node_id: str
    channels_total: int
    channels_online: int


class ChannelStatusDocument(Struct):
    """Data of the event `channel-status`; `ancestors` from the parent to the root."""

    channel_id: str
    online: bool
    ancestors: list[NodeCount] = []


class CatalogRow(Struct, array_like=True):
    """A node in snapshot and change feed: an array, because there are hundreds of thousands of them."""

    id: _Id
    parent_id: str | None
    kind: str
    name: str
    gb_code: str
    state: str = "online"
    camera_kind: str | None = None
    place: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    has_audio: bool = False
    rights: int = 0
    order: int = 0
    civil_code: str = ""


class SnapshotHead(Struct):
    """First line of a snapshot."""

    revision: Annotated[str, Meta(min_length=1, max_length=128, pattern="^[A-Za-z0-9._~-]+$")]
    sequence: Sequence
    total: Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]


class SnapshotLine(Struct):
    """Every further line of a snapshot; `cursor` is null on the last one."""

    rows: list[CatalogRow]
    cursor: str | None


class RawSnapshotLine(Struct):
    """The same, for picking the good rows out of a line with bad ones."""

    rows: list[Raw]
    cursor: str | None


class StateRow(Struct, array_like=True, tag="s"):
    """A change of state."""

    sequence: Sequence
    channel_id: _Id
    state: str


class UpsertRow(Struct, array_like=True, tag="u"):
    """A node that is new or different."""

    sequence: Sequence
    row: CatalogRow


class RemovedRow(Struct, array_like=True, tag="r"):
    """A node that is gone."""

    sequence: Sequence
    node_id: _Id


class ChangesDocument(Struct):
    """Reply of `GET /catalog/changes`."""

    changes: list[StateRow | UpsertRow | RemovedRow]
    hidden: Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
    sequence: Sequence
    more: bool


class RawChangesDocument(Struct):
    """The same, to be read one by one: a change that can't be read must not be skipped."""

    changes: Raw
    hidden: Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
    sequence: Sequence
    more: bool


class CatalogMovedDocument(Struct):
    """Data of the event `catalog-moved`."""

    sequence: Sequence


class Problem(Struct, omit_defaults=True):
    """RFC 9457 problem document. Defaults let a client read any object as one."""

    title: str = ""
    status: int = 0
    type: str = "about:blank"
    detail: str = ""
    reason: str = ""
    right: str = ""

    @property
    def slug(self) -> str:
        """Return the last part of a type of ours, else an empty text."""
        return self.type.removeprefix(PROBLEM_TYPE) if self.type.startswith(PROBLEM_TYPE) else ""
