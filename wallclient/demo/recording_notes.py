"""The contract's tag `recordings` at the embedded center, second part: bookmarks, cases, the audit trail."""

import re
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from wallclient.api import recording_models as docs
from wallclient.api.models import LARGEST_NUMBER
from wallclient.api.patrol_models import PersonDocument
from wallclient.demo.bodies import json_reply, no_such, read_body
from wallclient.demo.city_view import CityView
from wallclient.demo.operators import Operator
from wallclient.demo.pages import cursor_at, read_page
from wallclient.demo.problems import Forbidden, Refusal, RightMissing
from wallclient.demo.recording_book import Outdated
from wallclient.demo.recording_desk import RecordingDesk
from wallclient.demo.recording_query import read_channels, read_moment, read_number
from wallclient.demo.sessions import Session
from wallclient.domain.catalog import Right

LARGEST_BODY_BYTES = 4 * 1024 * 1024
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_Mark = TypeVar("_Mark", docs.BookmarkDocument, docs.CaseDocument)


class NotesState(Protocol):
    """What these operations need to know of the center."""

    operators: dict[str, Operator]
    recordings: RecordingDesk

    def view(self, user: str) -> CityView:
        """Return the city as an operator sees it."""


class NotesApi:
    """The operations, one method each. Runs on the server's loop; all of it is short."""

    def __init__(self, state: NotesState) -> None:
        self._state = state

    def table(self) -> Mapping[str, Mapping[str, Any]]:
        """Return path, method and handler of each operation; handlers still want a session."""
        return {
            "/bookmarks": {"GET": self.bookmarks},
            "/bookmarks/{key}": {"GET": self.bookmark, "PUT": self.save_bookmark, "DELETE": self.delete_bookmark},
            "/cases": {"GET": self.cases},
            "/cases/{key}": {"GET": self.case, "PUT": self.save_case, "DELETE": self.delete_case},
            "/audit/records": {"POST": self.add_records},
        }

    # --- bookmarks ---

    async def bookmarks(self, request: Request, session: Session) -> Response:
        channels = set(read_channels(request, needed=False))
        start_ms, end_ms = read_moment(request, "start_ms"), read_moment(request, "end_ms")
        offset, limit = read_page(request)
        found = [
            mark
            for mark in self._desk.bookmarks
            if self._sees_bookmark(mark, session)
            and (not channels or not channels.isdisjoint(mark.channel_ids))
            and (start_ms is None or mark.end_ms > start_ms or mark.start_ms == mark.end_ms == start_ms)
            and (end_ms is None or mark.start_ms < end_ms)
        ]
        found.sort(key=lambda mark: (mark.start_ms, mark.key), reverse=True)
        following = offset + limit if offset + limit < len(found) else None
        return json_reply(docs.BookmarkPageDocument(found[offset : offset + limit], cursor_at(following)))

    async def bookmark(self, request: Request, session: Session) -> Response:
        return json_reply(self._bookmark(_key(request), session))

    async def save_bookmark(self, request: Request, session: Session) -> Response:
        body = await read_body(request, docs.BookmarkBody, LARGEST_BODY_BYTES)
        key = _key(request)
        if body.end_ms < body.start_ms:
            raise Refusal(422, "bad-range", "The bookmark ends before it begins.")
        for channel_id in body.channel_ids:
            self._check_playback(channel_id, session)
        kept = next((mark for mark in self._desk.bookmarks if mark.key == key), None)
        if kept is not None:
            self._check_owner(self._bookmark(key, session), session)
        with _Marks("bookmark"):
            return json_reply(self._desk.bookmarks.save(key, body, self._person(session)))

    async def delete_bookmark(self, request: Request, session: Session) -> Response:
        key, revision = _key(request), read_number(request, "revision", 1, LARGEST_NUMBER)
        self._check_owner(self._bookmark(key, session), session)
        with _Marks("bookmark"):
            self._desk.bookmarks.delete(key, revision)
        return Response(status_code=204)

    def _bookmark(self, key: str, session: Session) -> docs.BookmarkDocument:
        with _Marks("bookmark"):
            kept = self._desk.bookmarks.get(key)
        if not self._sees_bookmark(kept, session):
            raise no_such("bookmark")
        return kept

    def _sees_bookmark(self, mark: docs.BookmarkDocument, session: Session) -> bool:
        if mark.by.user != session.user and not mark.is_shared:
            return False
        return any(self._may_play(channel_id, session) for channel_id in mark.channel_ids)

    # --- cases ---

    async def cases(self, request: Request, session: Session) -> Response:
        offset, limit = read_page(request)
        found = [case for case in self._desk.cases if _sees(case, session)]
        found.sort(key=lambda case: (case.changed_utc, case.key), reverse=True)
        following = offset + limit if offset + limit < len(found) else None
        return json_reply(docs.CasePageDocument(found[offset : offset + limit], cursor_at(following)))

    async def case(self, request: Request, session: Session) -> Response:
        return json_reply(self._case(_key(request), session))

    async def save_case(self, request: Request, session: Session) -> Response:
        body = await read_body(request, docs.CaseBody, LARGEST_BODY_BYTES)
        key = _key(request)
        if any(item.start_ms is not None and (item.end_ms or item.start_ms) < item.start_ms for item in body.items):
            raise Refusal(422, "bad-range", "An item ends before it begins.")
        kept = next((case for case in self._desk.cases if case.key == key), None)
        if kept is not None:
            self._case(key, session)
            if not body.is_shared:
                self._check_owner(kept, session)
        with _Marks("case"):
            return json_reply(self._desk.cases.save(key, body, self._person(session)))

    async def delete_case(self, request: Request, session: Session) -> Response:
        key, revision = _key(request), read_number(request, "revision", 1, LARGEST_NUMBER)
        self._check_owner(self._case(key, session), session)
        with _Marks("case"):
            self._desk.cases.delete(key, revision)
        return Response(status_code=204)

    def _case(self, key: str, session: Session) -> docs.CaseDocument:
        with _Marks("case"):
            kept = self._desk.cases.get(key)
        if not _sees(kept, session):
            raise no_such("case")
        return kept

    # --- audit ---

    async def add_records(self, request: Request, session: Session) -> Response:
        body = await read_body(request, docs.AuditRecordsBody, LARGEST_BODY_BYTES)
        return json_reply(docs.AuditRecordsReply([self._desk.audit.add(record) for record in body.records]))

    # --- inside ---

    @property
    def _desk(self) -> RecordingDesk:
        return self._state.recordings

    def _person(self, session: Session) -> PersonDocument:
        operator = self._state.operators[session.user]
        return PersonDocument(operator.user, operator.name, operator.post)

    def _may_play(self, channel_id: str, session: Session) -> bool:
        try:
            return bool(self._state.view(session.user).rights(channel_id) & Right.PLAYBACK.bit)
        except KeyError:
            return False

    def _check_playback(self, channel_id: str, session: Session) -> None:
        try:
            rights = self._state.view(session.user).rights(channel_id)
        except KeyError:
            raise no_such("channel") from None
        if not rights & Right.PLAYBACK.bit:
            raise RightMissing(Right.PLAYBACK)

    def _check_owner(self, mark: docs.BookmarkDocument | docs.CaseDocument, session: Session) -> None:
        if mark.by.user != session.user:
            raise Forbidden("not-owner", "Only who made it may do this.")


class _Marks:
    """Answers what a shelf raises with refusals."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, err: BaseException | None, _trace: object) -> None:
        if isinstance(err, Outdated):
            raise Refusal(409, "revision-stale", f"The {self._what} was changed or deleted meanwhile.") from None
        if isinstance(err, KeyError):
            raise no_such(self._what) from None


def _sees(case: docs.CaseDocument, session: Session) -> bool:
    return case.is_shared or case.by.user == session.user


def _key(request: Request) -> str:
    key: str = request.path_params["key"]
    if not _KEY.fullmatch(key):
        raise no_such("mark")
    return key
