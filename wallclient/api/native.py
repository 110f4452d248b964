"""Adapter for centers that speak Center API v1 (resources/center-api.yaml)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from wallclient.api import models
from wallclient.api.center import Capabilities, ChannelPage, Health, Identity
from wallclient.api.native_audit import NativeAudit
from wallclient.api.native_bookmarks import NativeBookmarks
from wallclient.api.native_cases import NativeCases
from wallclient.api.native_catalog import open_snapshot, read_changes, read_snapshot
from wallclient.api.native_events import NativeEvents
from wallclient.api.native_patrol import NativePatrol
from wallclient.api.native_ptz import NativePtz, segment
from wallclient.api.native_recordings import NativeRecordings
from wallclient.api.tokens import Tokens
from wallclient.api.wire import Wire, read_tier
from wallclient.domain.address import CENTER_SCHEMES, checked_address
from wallclient.domain.catalog import ALL_RIGHTS, ChangeBatch, NotModified, SnapshotPage
from wallclient.domain.errors import BadAddress, BadPayload, CenterError, NotFound, SignInNeeded
from wallclient.domain.node import CameraKind, Channel, Node, NodeKind, NodePage, PlaceCategory
from wallclient.domain.stream import Codec, Credentials, Lease, Protocol, Source, StreamKind

PREFIX = "/api/v1"
SHORTEST_LEASE_S = 1.0
LONGEST_REFRESH_TOKEN = 512  # by the contract
_Reply = TypeVar("_Reply")
_Word = TypeVar("_Word", bound=StrEnum)


class NativeCenter(NativePtz, NativePatrol, NativeRecordings, NativeBookmarks, NativeCases, NativeAudit):
    """A center that speaks Center API v1, at `base_url` (http or https). Raises BadAddress for any other address.

    Implements `wallclient.api.center.Center` and, by its base, `wallclient.api.ptz.PtzCenter`; see there. A private CA
    goes in as `ca_file` (PEM).
    """

    def __init__(self, base_url: str, ca_file: Path | None = None) -> None:
        self._base_url = checked_address(base_url, CENTER_SCHEMES).url.rstrip("/")
        self._ca_file = ca_file
        self._api_url = self._base_url + PREFIX
        self._wire = Wire(self._api_url, ca_file)
        self._tokens = Tokens(self._renew)
        super().__init__(lambda: Wire(self._api_url, ca_file, retries=False), self._tokens)
        self._capabilities = Capabilities(live=True, events=True, counts=True)

    def __repr__(self) -> str:
        return f"NativeCenter({self._base_url!r})"

    @property
    def base_url(self) -> str:
        """Address as the operator typed it, without user information."""
        return self._base_url

    @property
    def capabilities(self) -> Capabilities:
        """What this center said at log-in it can do."""
        return self._capabilities

    # --- session ---

    def health(self) -> Health:
        """Ask whether the center is there."""
        document = self._wire.call("GET", "/health", models.HealthDocument)
        return Health(document.name, document.api_version, _clock(document.time_utc))

    def log_in(self, user: str, password: str) -> Identity:
        """Start a session. Raises SignInNeeded for a wrong user or password."""
        body = models.LogIn(user, password)
        return self._begin(self._wire.call("POST", "/session", models.SessionDocument, body=body))

    @property
    def refresh_token(self) -> str | None:
        """What `resume` takes, as good as a password: for the keyring only. None when not signed in.

        A renewal may replace it; read it again when the program ends.
        """
        return self._tokens.refresh_token

    def resume(self, refresh_token: str) -> Identity:
        """Go on with a session of an earlier run. Raises SignInNeeded when it lapsed or was revoked."""
        if not 0 < len(refresh_token) <= LONGEST_REFRESH_TOKEN:
            raise SignInNeeded("there is no such session")
        return self._begin(self._renew(refresh_token))

    def _begin(self, session: models.SessionDocument) -> Identity:
        self._tokens.keep(session)
        offered = session.capabilities
        self._capabilities = Capabilities(
            "live" in offered,
            "events" in offered,
            counts="tree" in offered,
            catalog="catalog" in offered,
            ptz="ptz" in offered,
            recordings="recordings" in offered,
            cases="recordings" in offered,
            patrol="patrol" in offered,
            patrol_plans="patrol-plans" in offered,
        )
        operator = session.operator
        return Identity(operator.user, operator.name, operator.post, read_tier(operator.tier), operator.priority)

    def log_out(self) -> None:
        """End the session; a center that can't be reached lets it lapse."""
        token = self._tokens.take_away()
        if token is not None:
            with suppress(CenterError):  # the tokens are forgotten here, and the center's own terms end the rest
                self._wire.call("DELETE", "/session", type(None), token=token)

    # --- tree ---

    def children(self, node_id: str | None, cursor: str | None = None, limit: int = 200) -> NodePage:
        """Return a page of the children of a node, or of the roots."""
        path = "/nodes" if node_id is None else f"/nodes/{segment(node_id)}/children"
        page = self._call("GET", path, models.NodePageDocument, query={"cursor": cursor, "limit": limit})
        return NodePage(tuple(read_node(item) for item in page.items), page.next_cursor)

    def node(self, node_id: str) -> Node:
        """Return one node with fresh counts."""
        return read_node(self._call("GET", f"/nodes/{segment(node_id)}", models.NodeDocument))

    def channels_below(self, node_id: str, cursor: str | None = None, limit: int = 200) -> ChannelPage:
        """Return a page of the channels anywhere below a node."""
        query = {"cursor": cursor, "limit": limit}
        page = self._call("GET", f"/nodes/{segment(node_id)}/channels", models.ChannelPageDocument, query=query)
        return ChannelPage(tuple(read_channel(item) for item in page.items), page.next_cursor)

    def channel(self, channel_id: str) -> Channel:
        """Return one channel."""
        return read_channel(self._call("GET", f"/channels/{segment(channel_id)}", models.ChannelDocument))

    # --- the whole tree ---

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Begin to read the whole tree, or go on after the page with `cursor`. Raises SnapshotGone."""
        token = self._tokens.access()
        try:
            stream = open_snapshot(self._wire, token, cursor, etag)
        except SignInNeeded:
            stream = open_snapshot(self._wire, self._tokens.refused(token), cursor, etag)
        return NotModified(etag or "") if stream is None else read_snapshot(stream)

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Return what changed after `since`. Raises CursorExpired when only a fresh snapshot can help."""
        query = {"since": since, "limit": limit}
        return read_changes(self._call("GET", "/catalog/changes", models.RawChangesDocument, query=query), since)

    # --- live ---

    def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Open a live stream. Raises CameraOffline."""
        path = f"/channels/{segment(channel_id)}/live"
        return read_lease(self._call("POST", path, models.LeaseDocument, body=models.OpenLive(kind)))

    def renew_live(self, lease_id: str) -> Lease:
        """Keep a stream open. Raises NotFound once it has lapsed."""
        return read_lease(self._call("POST", f"/live/{segment(lease_id)}/renewal", models.LeaseDocument))

    def close_live(self, lease_id: str) -> None:
        """Give a stream back; one that has lapsed already is no error."""
        with suppress(NotFound):
            self._call("DELETE", f"/live/{segment(lease_id)}", type(None))

    # --- events, end ---

    def events(self) -> NativeEvents:
        """Return a new stream of events, with a connection of its own."""
        return NativeEvents(Wire(self._api_url, self._ca_file), self._tokens)

    def close(self) -> None:
        """Break off every call under way and refuse further ones, without waiting for the network."""
        self._lanes.close()
        self._wire.close()

    # --- inside ---

    def _renew(self, refresh_token: str) -> models.SessionDocument:
        body = models.Renewal(refresh_token)
        return self._wire.call("POST", "/session/renewal", models.SessionDocument, body=body)

    def _call(
        self,
        method: str,
        path: str,
        shape: type[_Reply],
        *,
        body: object = None,
        query: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
        jpeg: bytes | None = None,
    ) -> _Reply:
        return self._with_token(
            lambda token: self._wire.call(
                method, path, shape, token=token, body=body, query=query, headers=headers, jpeg=jpeg
            )
        )

    def _picture(self, path: str) -> bytes:
        return self._with_token(lambda token: self._wire.picture(path, token=token))

    def _picture_of(self, path: str, types: Mapping[str, bytes]) -> bytes:
        return self._with_token(lambda token: self._wire.picture(path, token=token, types=types))

    def _with_token(self, call: Callable[[str], _Reply]) -> _Reply:
        """Call with a good token; one that is refused all the same is renewed once."""
        token = self._tokens.access()
        try:
            return call(token)
        except SignInNeeded:
            return call(self._tokens.refused(token))


def read_node(raw: models.NodeDocument) -> Node:
    """Read a node; a kind this program does not know is shown as a group. Source: contract, schema Node."""
    kind = _word(NodeKind, raw.kind) or NodeKind.GROUP
    if (kind is NodeKind.CHANNEL) != (raw.channel is not None):
        raise BadPayload(f"node of kind {kind} with{'out' if raw.channel is None else ''} a channel")
    channel = read_channel(raw.channel) if raw.channel else None
    return Node(raw.id, raw.parent_id, kind, raw.name, raw.gb_code, raw.channels_total, raw.channels_online, channel)


def read_channel(raw: models.ChannelDocument) -> Channel:
    """Read a channel; unknown kinds and places are left out. Source: contract, schema Channel."""
    return Channel(
        raw.id,
        raw.name,
        raw.gb_code,
        raw.online,
        _word(CameraKind, raw.camera_kind) or CameraKind.BOX,
        _word(PlaceCategory, raw.place),
        raw.longitude,
        raw.latitude,
        raw.has_audio,
        tuple(raw.path),
        None if raw.rights is None else raw.rights & ALL_RIGHTS,
    )


def read_lease(raw: models.LeaseDocument) -> Lease:
    """Read a lease, without the sources this program can't or must not open. Raises BadPayload.

    Source: contract, schema Lease.
    """
    kind = _word(StreamKind, raw.kind)
    if kind is None or not raw.expires_in_s > 0:
        raise BadPayload(f"lease of kind {raw.kind[:20]!r} for {raw.expires_in_s} s")
    sources = tuple(source for source in map(_read_source, raw.sources) if source is not None)
    return Lease(raw.id, raw.channel_id, kind, sources, max(SHORTEST_LEASE_S, raw.expires_in_s))


def _read_source(raw: models.SourceDocument) -> Source | None:
    """Read a source; None for a protocol of the future or an address that is not opened."""
    protocol = _word(Protocol, raw.protocol)
    try:
        address = checked_address(raw.url)
    except BadAddress:
        return None
    if protocol is None:
        return None
    given = Credentials(raw.credentials.user, raw.credentials.password) if raw.credentials else address.credentials
    return Source(protocol, address.url, _word(Codec, raw.codec), raw.width, raw.height, raw.fps, given)


def _word(words: type[_Word], text: str | None) -> _Word | None:
    """Return the member of an enumeration, or None for a word it does not have."""
    return words(text) if text in {word.value for word in words} else None


def _clock(text: str) -> datetime | None:
    """Read what a center's clock says; None for what is no time with a zone: nothing depends on it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
