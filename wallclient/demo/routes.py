"""The HTTP side of the embedded center: Center API v1 as in resources/center-api.yaml, on Starlette."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from wallclient.api import models
from wallclient.demo.bodies import json_reply, no_such, read_body
from wallclient.demo.catalog_routes import CatalogApi
from wallclient.demo.change_log import ChangeLog
from wallclient.demo.city import City
from wallclient.demo.city_view import CityView
from wallclient.demo.events import EventBus
from wallclient.demo.leases import Leases, OpenLease
from wallclient.demo.mischief import Misbehaviour
from wallclient.demo.operators import Operator
from wallclient.demo.pages import cursor_at, read_page
from wallclient.demo.patrol_book import PatrolBook
from wallclient.demo.patrol_routes import PatrolApi, patrol_capabilities
from wallclient.demo.places import CITY_NAME
from wallclient.demo.problems import Refusal, RightMissing, on_fault, on_http_exception, on_refusal
from wallclient.demo.ptz_desk import PtzDesk
from wallclient.demo.ptz_routes import PtzApi, SteeringFaults
from wallclient.demo.recording_desk import RecordingDesk
from wallclient.demo.recording_http import footage_route
from wallclient.demo.recording_notes import NotesApi
from wallclient.demo.recording_routes import RecordingApi
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.sessions import Session, Sessions
from wallclient.domain.catalog import Right
from wallclient.domain.node import Channel, Node
from wallclient.domain.stream import Source, StreamKind

PREFIX = "/api/v1"
API_VERSION = "1.0"
CAPABILITIES = ["tree", "live", "events", "catalog", "ptz", "recordings"]
_Handler = Callable[[Request], Awaitable[Response]]
_Guarded = Callable[[Request, Session], Awaitable[Response]]


class StreamSources(Protocol):
    """Where the pictures come from; `wallclient.demo.media.MediaServer` is one."""

    def sources(self, number: int, kind: StreamKind) -> tuple[Source, ...]:
        """Return the addresses of stream `number` (1..64), the best first."""
        ...


@dataclass(slots=True)
class CenterState:
    """Everything a request may need."""

    city: City
    operators: dict[str, Operator]
    password: str = field(repr=False)  # of every operator
    media: StreamSources | None
    sessions: Sessions
    leases: Leases
    events: EventBus = field(default_factory=EventBus)
    changes: ChangeLog = field(default_factory=ChangeLog)
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)
    patrol: PatrolBook = field(default_factory=PatrolBook)
    requests: int = 0
    steering_faults: SteeringFaults = field(default_factory=SteeringFaults)
    footage: FootageStore | None = None
    recordings: RecordingDesk = field(init=False)
    ptz: PtzDesk = field(init=False)

    def __post_init__(self) -> None:
        self.recordings = RecordingDesk(self.leases.lease_s)
        self.ptz = PtzDesk(self.city, self.events, self.view)

    def view(self, user: str) -> CityView:
        """Return the city as an operator sees it now."""
        return CityView(self.city, self.operators[user])


def build_app(state: CenterState) -> Starlette:
    """Return the ASGI application that serves this state."""
    api, catalog = _Api(state), CatalogApi(state)
    table: dict[str, dict[str, _Handler]] = {
        "/health": {"GET": api.health},
        "/session": {"POST": api.log_in, "DELETE": api.guarded(api.log_out)},
        "/session/renewal": {"POST": api.renew},
        "/nodes": {"GET": api.guarded(api.roots)},
        "/nodes/{node_id}": {"GET": api.guarded(api.node)},
        "/nodes/{node_id}/children": {"GET": api.guarded(api.children)},
        "/nodes/{node_id}/channels": {"GET": api.guarded(api.channels_below)},
        "/channels/{channel_id}": {"GET": api.guarded(api.channel)},
        "/channels/{channel_id}/live": {"POST": api.guarded(api.open_live)},
        "/live/{lease_id}": {"DELETE": api.guarded(api.close_live)},
        "/live/{lease_id}/renewal": {"POST": api.guarded(api.renew_live)},
        "/catalog/snapshot": {"GET": api.guarded(catalog.snapshot)},
        "/catalog/changes": {"GET": api.guarded(catalog.changes)},
        "/events": {"GET": api.guarded(api.stream_events)},
    }
    parts = (PtzApi(state), PatrolApi(state), RecordingApi(state), NotesApi(state))
    for path, operations in [item for part in parts for item in part.table().items()]:
        table[path] = {method: api.guarded(operation) for method, operation in operations.items()}
    routes = [Route(PREFIX + path, _by_method(handlers), methods=list(handlers)) for path, handlers in table.items()]
    routes.append(footage_route(state))
    handlers: dict[Any, Any] = {Refusal: on_refusal, HTTPException: on_http_exception, Exception: on_fault}
    return Starlette(routes=routes, exception_handlers=handlers)


def _by_method(handlers: dict[str, _Handler]) -> _Handler:
    async def handle(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return handle


class _Api:
    """The operations of the contract, one method each. Runs on the server's loop; nothing here waits for long."""

    def __init__(self, state: CenterState) -> None:
        self._state = state

    def guarded(self, handler: _Guarded) -> _Handler:
        """Wrap an operation that needs a valid access token."""

        async def handle(request: Request) -> Response:
            self._state.requests += 1
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            session = self._state.sessions.by_access_token(token.strip()) if scheme.lower() == "bearer" else None
            if session is None:
                detail = "The access token is missing, unknown or has lapsed."
                raise Refusal(401, "token-lapsed", detail, {"WWW-Authenticate": 'Bearer realm="center"'})
            return await handler(request, session)

        return handle

    # --- session ---

    async def health(self, request: Request) -> Response:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return json_reply(models.HealthDocument("ok", f"{CITY_NAME}视频监控中心", API_VERSION, now))

    async def log_in(self, request: Request) -> Response:
        body = await read_body(request, models.LogIn)
        known = body.user in self._state.operators
        if not hmac.compare_digest(body.password.encode(), self._state.password.encode()) or not known:
            headers = {"WWW-Authenticate": 'Bearer realm="center"'}
            raise Refusal(401, "wrong-password", "The user or the password is wrong.", headers)
        return self._session_reply(self._state.sessions.open(body.user))

    async def renew(self, request: Request) -> Response:
        body = await read_body(request, models.Renewal)
        session = self._state.sessions.renew(body.refresh_token)
        if session is None:
            headers = {"WWW-Authenticate": 'Bearer realm="center"'}
            raise Refusal(401, "session-ended", "The refresh token is unknown or has lapsed.", headers)
        return self._session_reply(session)

    async def log_out(self, request: Request, session: Session) -> Response:
        self._state.sessions.close(session)
        self._state.leases.close_of(session.id)
        self._state.recordings.close_of(session.id)
        self._state.ptz.release_session(session.id)
        self._state.events.wake()
        return Response(status_code=204)

    def _session_reply(self, session: Session) -> Response:
        sessions = self._state.sessions
        account = self._state.operators[session.user]
        operator = models.Operator(account.user, account.name, account.post, account.tier.value, account.priority)
        document = models.SessionDocument(
            session.access_token,
            session.refresh_token,
            sessions.access_s,
            sessions.refresh_s,
            operator,
            [*CAPABILITIES, *patrol_capabilities(account)],
        )
        return json_reply(document, headers={"Cache-Control": "no-store"})

    # --- tree ---

    async def roots(self, request: Request, session: Session) -> Response:
        return self._children(request, session, None)

    async def children(self, request: Request, session: Session) -> Response:
        return self._children(request, session, self._find_node(request, session).id)

    def _children(self, request: Request, session: Session, node_id: str | None) -> Response:
        offset, limit = read_page(request)
        nodes, following = self._state.view(session.user).children(node_id, offset, limit)
        return json_reply(
            models.NodePageDocument(
                [_node(node, self._state.operators[session.user]) for node in nodes], cursor_at(following)
            )
        )

    async def node(self, request: Request, session: Session) -> Response:
        return json_reply(_node(self._find_node(request, session), self._state.operators[session.user]))

    async def channels_below(self, request: Request, session: Session) -> Response:
        node = self._find_node(
            request, session
        )  # before the cursor: what is wrong with a page of no node does not matter
        offset, limit = read_page(request)
        channels, following = self._state.view(session.user).channels_below(node.id, offset, limit)
        operator = self._state.operators[session.user]
        items = [_channel(channel, operator) for channel in channels]
        return json_reply(models.ChannelPageDocument(items, cursor_at(following)))

    async def channel(self, request: Request, session: Session) -> Response:
        return json_reply(_channel(self._find_channel(request, session), self._state.operators[session.user]))

    def _find_node(self, request: Request, session: Session) -> Node:
        try:
            return self._state.view(session.user).node(request.path_params["node_id"])
        except KeyError:
            raise no_such("node") from None

    def _find_channel(self, request: Request, session: Session) -> Channel:
        try:
            return self._state.view(session.user).channel(request.path_params["channel_id"])
        except KeyError:
            raise no_such("channel") from None

    def _check_right(self, channel_id: str, session: Session, right: Right) -> None:
        """Refuse what the operator may not do, and what he may not even know of."""
        try:
            rights = self._state.view(session.user).rights(channel_id)
        except KeyError:
            raise no_such("channel") from None
        if not rights & right.bit:
            raise RightMissing(right)

    # --- live ---

    async def open_live(self, request: Request, session: Session) -> Response:
        body = await read_body(request, models.OpenLive)
        channel = self._find_channel(request, session)
        self._check_right(channel.id, session, Right.VIEW)
        if not channel.online:
            raise Refusal(409, "camera-offline", "The camera can't be reached.")
        if self._state.leases.is_full:
            raise Refusal(503, "too-many-streams", "Too many streams are open.", {"Retry-After": "5"})
        sources = self._sources(channel.id, body.kind)
        lease = self._state.leases.open(session.id, channel.id, body.kind)
        return self._lease_reply(lease, sources, 201, {"Location": f"{PREFIX}/live/{lease.id}"})

    async def renew_live(self, request: Request, session: Session) -> Response:
        lease = self._state.leases.renew(request.path_params["lease_id"], session.id)
        if lease is None:
            raise no_such("lease")
        self._check_right(lease.channel_id, session, Right.VIEW)
        return self._lease_reply(lease, self._sources(lease.channel_id, lease.kind), 200)

    async def close_live(self, request: Request, session: Session) -> Response:
        if not self._state.leases.close(request.path_params["lease_id"], session.id):
            raise no_such("lease")
        return Response(status_code=204)

    def _sources(self, channel_id: str, kind: StreamKind) -> tuple[Source, ...]:
        if self._state.media is None:
            raise Refusal(503, "no-media-server", "The media server is not running.", {"Retry-After": "5"})
        return self._state.media.sources(self._state.city.stream_number(channel_id), kind)

    def _lease_reply(
        self, lease: OpenLease, sources: tuple[Source, ...], status: int, headers: dict[str, str] | None = None
    ) -> Response:
        number = self._state.city.stream_number(lease.channel_id)
        note = None if f"c{number}" == lease.channel_id else f"The pictures are those of channel c{number}."
        documents = [_source(source) for source in sources]
        term_s = self._state.leases.lease_s
        document = models.LeaseDocument(lease.id, lease.channel_id, lease.kind.value, term_s, documents, note)
        return json_reply(document, status, {"Cache-Control": "no-store", **(headers or {})})

    # --- events ---

    async def stream_events(self, request: Request, session: Session) -> Response:
        if request.method == "HEAD":  # an endless body would never let go of the connection
            return Response(media_type="text/event-stream")
        stream = self._state.events.stream(
            request.headers.get("last-event-id"),
            lambda: self._state.sessions.is_open(session),
            session.user,
            session.id,
        )
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _node(node: Node, operator: Operator) -> models.NodeDocument:
    return models.NodeDocument(
        node.id,
        node.parent_id,
        node.kind.value,
        node.name,
        node.gb_code,
        node.channels_total,
        node.channels_online,
        _channel(node.channel, operator) if node.channel else None,
    )


def _channel(channel: Channel, operator: Operator) -> models.ChannelDocument:
    return models.ChannelDocument(
        channel.id,
        channel.name,
        channel.gb_code,
        channel.online,
        channel.camera_kind.value,
        channel.place.value if channel.place else None,
        channel.longitude,
        channel.latitude,
        channel.has_audio,
        list(channel.path),
        operator.rights_at(channel.place),
    )


def _source(source: Source) -> models.SourceDocument:
    media = source.credentials
    return models.SourceDocument(
        source.protocol.value,
        source.url,
        source.codec.value if source.codec else None,
        source.width,
        source.height,
        source.fps,
        models.CredentialsDocument(media.user, media.password) if media else None,
    )
