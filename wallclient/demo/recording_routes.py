"""The contract's tag `recordings` at the embedded center: days, segments, sessions of footage."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from wallclient.api import recording_models as docs
from wallclient.api.models import CredentialsDocument
from wallclient.demo.bodies import json_reply, no_such, read_body
from wallclient.demo.city import City
from wallclient.demo.city_view import CityView
from wallclient.demo.pages import cursor_at, read_page
from wallclient.demo.problems import Refusal, RightMissing
from wallclient.demo.recording_calendar import FootageFile, Stretch, clock_ahead_s, files_between, stretches
from wallclient.demo.recording_days import midnights, recorded_days
from wallclient.demo.recording_desk import OpenFootage, RecordingDesk
from wallclient.demo.recording_http import address
from wallclient.demo.recording_query import read_channels, read_kinds, read_number, read_range, read_zone
from wallclient.demo.recording_store import SIZE, FootageStore
from wallclient.demo.sessions import Session
from wallclient.domain.catalog import Right
from wallclient.domain.recording import FootageProtocol
from wallclient.domain.stream import Credentials

CAPABILITY = "recordings"
PREFIX = "/api/v1"


@runtime_checkable
class FootageStreams(Protocol):
    """A media server that plays footage over RTSP."""

    def footage_address(self, path: str) -> tuple[str, Credentials]:
        """Return the address of what lies at `path` at the center, and what to sign in with."""
        ...


class RecordingState(Protocol):
    """What these operations need to know of the center."""

    city: City
    footage: FootageStore | None
    recordings: RecordingDesk

    @property
    def media(self) -> object:
        """The media server."""

    def view(self, user: str) -> CityView:
        """Return the city as an operator sees it."""


class RecordingApi:
    """The operations, one method each. Runs on the server's loop; all of it is short."""

    def __init__(self, state: RecordingState) -> None:
        self._state = state

    def table(self) -> Mapping[str, Mapping[str, Any]]:
        """Return path, method and handler of each operation; handlers still want a session."""
        return {
            "/recordings/days": {"GET": self.days},
            "/recordings/segments": {"GET": self.segments},
            "/channels/{channel_id}/playback": {"POST": self.open_playback},
            "/channels/{channel_id}/export": {"POST": self.open_export},
            "/playback/{playback_id}": {"DELETE": self.close},
            "/playback/{playback_id}/renewal": {"POST": self.renew},
        }

    # --- when there is footage ---

    async def days(self, request: Request, session: Session) -> Response:
        channels = read_channels(request)
        begins = self._midnights(request)
        now_s = self._desk.now_s()
        items = [
            docs.DaysOfDocument(channel_id, recorded_days(number, begins, now_s))
            for channel_id, number in self._open_to(session, channels).items()
        ]
        return json_reply(docs.DaysDocument(items))

    def _midnights(self, request: Request) -> list[float]:
        year = read_number(request, "year", 2000, 2099)
        month = read_number(request, "month", 1, 12)
        name = read_zone(request)
        try:
            zone = ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # a folder of zones is an OSError
            raise Refusal(422, "bad-zone", "There is no such time zone.") from None
        return midnights(year, month, zone)

    async def segments(self, request: Request, session: Session) -> Response:
        channels, kinds = read_channels(request), read_kinds(request)
        start_ms, end_ms = read_range(request)
        offset, limit = read_page(request)
        now_s, answered = self._desk.now_s(), self._open_to(session, channels)
        found = [
            docs.SegmentDocument(
                f"{channel_id}-{stretch.start_s}",
                channel_id,
                stretch.kind,
                stretch.start_s * 1000,
                stretch.end_s * 1000,
            )
            for channel_id, number in answered.items()
            for stretch in stretches(number, start_ms / 1000, end_ms / 1000, now_s)
            if kinds is None or stretch.kind in kinds
        ]
        following = offset + limit if offset + limit < len(found) else None
        page = docs.SegmentPageDocument(found[offset : offset + limit], list(answered), cursor_at(following))
        return json_reply(page)

    def _open_to(self, session: Session, channel_ids: list[str]) -> dict[str, int]:
        """Return which of the channels he may play back, with their cameras. Raises Refusal if that is none."""
        view, found, refused = self._state.view(session.user), {}, False
        for channel_id in channel_ids:
            try:
                allowed = view.rights(channel_id) & Right.PLAYBACK.bit
                number = self._state.city.stream_number(channel_id)
            except KeyError:
                continue
            if allowed:
                found[channel_id] = number
            refused = refused or not allowed
        if not found:
            raise RightMissing(Right.PLAYBACK) if refused else no_such("channel")
        return found

    # --- sessions ---

    async def open_playback(self, request: Request, session: Session) -> Response:
        return await self._open(request, session, Right.PLAYBACK)

    async def open_export(self, request: Request, session: Session) -> Response:
        return await self._open(request, session, Right.EXPORT)

    async def _open(self, request: Request, session: Session, right: Right) -> Response:
        body = await read_body(request, docs.OpenPlayback)
        channel_id = request.path_params["channel_id"]
        self._check_right(channel_id, session, right)
        if not body.start_ms < body.end_ms <= body.start_ms + docs.LONGEST_RANGE_MS:
            raise Refusal(422, "bad-range", "The range is empty or longer than a day.")
        if self._desk.reason_demanded and not body.reason.strip():
            raise Refusal(403, "reason-needed", "Footage is handed out only to those who say why.")
        if self._desk.is_full:
            raise Refusal(503, "too-many-streams", "Too much footage is open.", {"Retry-After": "5"})
        if self._state.footage is None:
            raise Refusal(503, "no-media-server", "The store of footage is not running.", {"Retry-After": "5"})
        number = self._state.city.stream_number(channel_id)
        if not any(files_between(number, body.start_ms / 1000, body.end_ms / 1000, self._desk.now_s())):
            raise Refusal(404, "no-footage", "There is no footage in this range.")
        opened = self._desk.open(session.id, session.user, channel_id, number, body, right)
        location = f"{PREFIX}/playback/{opened.id}"
        return self._reply(request, opened, 201, {"Location": location})

    async def renew(self, request: Request, session: Session) -> Response:
        renewed = self._desk.renew(request.path_params["playback_id"], session.id)
        if renewed is None:
            raise no_such("playback")
        self._check_right(renewed.channel_id, session, renewed.right)
        return self._reply(request, renewed, 200)

    async def close(self, request: Request, session: Session) -> Response:
        if not self._desk.close(request.path_params["playback_id"], session.id):
            raise no_such("playback")
        return Response(status_code=204)

    def _reply(
        self, request: Request, opened: OpenFootage, status: int, headers: dict[str, str] | None = None
    ) -> Response:
        host, port = request.scope["server"]
        base = f"{request.url.scheme}://{host}:{port}"
        found = files_between(opened.number, opened.start_ms / 1000, opened.end_ms / 1000, self._desk.now_s())
        streams = self._state.media if isinstance(self._state.media, FootageStreams) else None
        sources = [source for file in found for source in self._sources(base, file, opened.ticket, streams)]
        offset = sources[0].clock_offset_ms if sources else 0
        note = None
        if opened.channel_id != f"c{opened.number}":
            note = f"The pictures are those of channel c{opened.number}."
        document = docs.PlaybackDocument(
            opened.id, opened.channel_id, opened.start_ms, opened.end_ms, self._desk.term_s, sources, offset, note
        )
        return json_reply(document, status, {"Cache-Control": "no-store", **(headers or {})})

    def _sources(
        self, base: str, file: FootageFile, ticket: str, streams: FootageStreams | None
    ) -> list[docs.FootageSourceDocument]:
        store = self._state.footage
        assert store
        path = address(file, "mp4", ticket)
        addresses: list[tuple[FootageProtocol, str, Credentials | None]] = [(FootageProtocol.MP4, base + path, None)]
        if store.has(file.number, "ts"):
            addresses.append((FootageProtocol.TS, base + address(file, "ts", ticket), None))
        if streams is not None:
            addresses.append((FootageProtocol.RTSP, *streams.footage_address(path)))
        return [
            docs.FootageSourceDocument(
                protocol,
                url,
                file.start_s * 1000,
                file.end_s * 1000,
                file.codec,
                *SIZE,
                clock_ahead_s(file.number, file.start_s) * 1000,
                CredentialsDocument(credentials.user, credentials.password) if credentials else None,
            )
            for protocol, url, credentials in addresses
        ]

    # --- inside ---

    @property
    def _desk(self) -> RecordingDesk:
        return self._state.recordings

    def _check_right(self, channel_id: str, session: Session, right: Right) -> None:
        try:
            rights = self._state.view(session.user).rights(channel_id)
        except KeyError:
            raise no_such("channel") from None
        if not rights & right.bit:
            raise RightMissing(right)


def _segment(channel_id: str, stretch: Stretch) -> docs.SegmentDocument:
    name = f"{channel_id}-{stretch.start_s}"
    return docs.SegmentDocument(name, channel_id, stretch.kind, stretch.start_s * 1000, stretch.end_s * 1000)
