"""The contract's tag `patrol` at the embedded center: plans, records, pictures, rounds, findings, hand-overs."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wallclient.api import patrol_models as docs
from wallclient.api.patrol_documents import (
    read_acknowledgement,
    read_closing,
    read_handover,
    read_plan,
    write_finding,
    write_handover,
    write_line,
    write_plan,
)
from wallclient.demo.bodies import json_reply, media_type, no_such, read_body, read_bytes
from wallclient.demo.operators import Operator
from wallclient.demo.pages import cursor_at, read_page
from wallclient.demo.patrol_book import PatrolBook, StaleRevision
from wallclient.demo.problems import Forbidden, Refusal
from wallclient.demo.sessions import Session
from wallclient.domain.errors import BadPayload

LARGEST_BODY_BYTES = 8 * 1024 * 1024
LARGEST_REVISION = 2**53
CAPABILITY, PLANS_CAPABILITY = "patrol", "patrol-plans"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_UTC = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


class PatrolState(Protocol):
    """What these operations need to know of the center."""

    patrol: PatrolBook
    operators: dict[str, Operator]


def patrol_capabilities(operator: Operator) -> list[str]:
    """Return what an operator may do, in the session's words."""
    return [CAPABILITY] * operator.patrols + [PLANS_CAPABILITY] * operator.edits_plans


class PatrolApi:
    """The operations, one method each. Runs on the server's loop; all of it is short."""

    def __init__(self, state: PatrolState) -> None:
        self._state = state

    def table(self) -> Mapping[str, Mapping[str, Any]]:
        """Return path, method and handler of each operation; handlers still want a session."""
        return {
            "/patrol/plans": {"GET": self.plans},
            "/patrol/plans/{plan_id}": {"GET": self.plan, "PUT": self.save_plan, "DELETE": self.delete_plan},
            "/patrol/records": {"POST": self.add_records},
            "/patrol/pictures/{sha256}": {"GET": self.picture, "PUT": self.save_picture},
            "/patrol/rounds": {"GET": self.rounds},
            "/patrol/rounds/{round_id}": {"GET": self.round},
            "/patrol/findings": {"GET": self.findings},
            "/patrol/findings/{finding_key}": {"PATCH": self.close_finding},
            "/patrol/handovers": {"POST": self.hand_over},
            "/patrol/handovers/latest": {"GET": self.latest_handover},
            "/patrol/handovers/{handover_key}/acknowledgement": {"POST": self.acknowledge},
        }

    # --- plans ---

    async def plans(self, request: Request, session: Session) -> Response:
        self._operator(session)
        return json_reply(docs.PlansDocument([write_plan(plan) for plan in self._book.plans()]))

    async def plan(self, request: Request, session: Session) -> Response:
        self._operator(session)
        revision = _revision(request) if "revision" in request.query_params else None
        try:
            return json_reply(write_plan(self._book.plan(request.path_params["plan_id"], revision)))
        except KeyError:
            raise no_such("plan") from None

    async def save_plan(self, request: Request, session: Session) -> Response:
        self._supervisor(session)
        body = await read_body(request, docs.PlanBody, LARGEST_BODY_BYTES)
        plan_id = request.path_params["plan_id"]
        if not _KEY.fullmatch(plan_id):
            raise no_such("plan")
        try:
            saved = self._book.save_plan(read_plan(body, plan_id))
        except BadPayload as err:
            raise Refusal(422, "bad-plan", str(err)) from None
        except StaleRevision:
            raise _stale() from None
        except KeyError:
            raise no_such("plan") from None
        return self._answer(json_reply(write_plan(saved)))

    async def delete_plan(self, request: Request, session: Session) -> Response:
        self._supervisor(session)
        revision = _revision(request)
        try:
            self._book.delete_plan(request.path_params["plan_id"], revision)
        except StaleRevision:
            raise _stale() from None
        except KeyError:
            raise no_such("plan") from None
        return Response(status_code=204)

    # --- records and pictures ---

    async def add_records(self, request: Request, session: Session) -> Response:
        self._operator(session)
        body = await read_body(request, docs.RecordsBody, LARGEST_BODY_BYTES)
        results = [self._book.add(record) for record in body.records]
        return self._answer(json_reply(docs.RecordsReply(results, self._book.taken_over(body.records))))

    async def picture(self, request: Request, session: Session) -> Response:
        self._operator(session)
        sha256 = _sha256(request)
        try:
            picture = self._book.picture(sha256)
        except KeyError:
            raise no_such("picture") from None
        kind = next(name for name, head in docs.PICTURE_TYPES.items() if picture.startswith(head))
        return Response(picture, headers={"Cache-Control": "private, no-store"}, media_type=kind)

    async def save_picture(self, request: Request, session: Session) -> Response:
        self._operator(session)
        sha256 = _sha256(request)
        if media_type(request) not in docs.PICTURE_TYPES:
            raise Refusal(415, "not-a-picture", "The body has to be image/jpeg or image/png.")
        picture = await read_bytes(request, docs.LARGEST_PICTURE_BYTES)
        try:
            has_room = self._book.add_picture(sha256, picture)
        except ValueError as err:
            raise Refusal(422, "bad-picture", f"The picture is {err}.") from None
        if not has_room:
            raise Refusal(503, "no-room", "There is no room for further pictures.", {"Retry-After": "60"})
        return self._answer(Response(status_code=204))

    # --- rounds ---

    async def rounds(self, request: Request, session: Session) -> Response:
        self._operator(session)
        offset, limit = read_page(request)
        begin, end, plan = _time(request, "from"), _time(request, "to"), request.query_params.get("plan")
        if plan is not None and not _KEY.fullmatch(plan):
            raise Refusal(400, "bad-plan", "This is not the id of a plan.")
        lines = [
            line
            for line in self._book.lines()
            if (begin is None or line.started_utc >= begin)
            and (end is None or line.started_utc < end)
            and plan in (None, line.plan_id)
        ]
        following = offset + limit if offset + limit < len(lines) else None
        items = [write_line(line) for line in lines[offset : offset + limit]]
        return json_reply(docs.RoundPageDocument(items, cursor_at(following)))

    async def round(self, request: Request, session: Session) -> Response:
        self._operator(session)
        round_id = request.path_params["round_id"]
        try:
            records = self._book.records(round_id)
        except KeyError:
            raise no_such("round") from None
        plan = self._book.plan(records[0].plan_id, records[0].plan_revision)
        return json_reply(docs.RoundDocument(round_id, write_plan(plan), records))

    # --- findings ---

    async def findings(self, request: Request, session: Session) -> Response:
        self._operator(session)
        offset, limit = read_page(request)
        wanted = request.query_params.get("open")
        if wanted not in (None, "true", "false"):
            raise Refusal(400, "bad-open", "open is true or false.")
        found = [f for f in self._book.findings() if wanted is None or f.is_open is (wanted == "true")]
        following = offset + limit if offset + limit < len(found) else None
        items = [write_finding(finding) for finding in found[offset : offset + limit]]
        return json_reply(docs.FindingPageDocument(items, cursor_at(following)))

    async def close_finding(self, request: Request, session: Session) -> Response:
        self._operator(session)
        body = await read_body(request, docs.ClosingDocument)
        try:
            closed = self._book.close_finding(request.path_params["finding_key"], read_closing(body))
        except KeyError:
            raise no_such("finding") from None
        if closed is None:
            raise Refusal(409, "finding-closed", "Somebody has closed the finding already.")
        return self._answer(json_reply(write_finding(closed)))

    # --- hand-overs ---

    async def hand_over(self, request: Request, session: Session) -> Response:
        self._operator(session)
        body = await read_body(request, docs.HandoverBody, LARGEST_BODY_BYTES)
        kept = self._book.hand_over(read_handover(body))
        return self._answer(json_reply(write_handover(kept)))

    async def latest_handover(self, request: Request, session: Session) -> Response:
        try:
            return json_reply(write_handover(self._book.latest_handover(self._operator(session).post)))
        except KeyError:
            raise no_such("handover") from None

    async def acknowledge(self, request: Request, session: Session) -> Response:
        self._operator(session)
        body = await read_body(request, docs.AcknowledgementDocument)
        try:
            kept = self._book.handover(request.path_params["handover_key"])
        except KeyError:
            raise no_such("handover") from None
        if kept.by.user == body.by.user:
            raise Forbidden("own-handover", "A shift is taken over by somebody else than who hands it over.")
        taken = self._book.acknowledge(replace(kept, acknowledgement=read_acknowledgement(body)))
        return self._answer(json_reply(write_handover(taken)))

    # --- inside ---

    @property
    def _book(self) -> PatrolBook:
        return self._state.patrol

    def _operator(self, session: Session) -> Operator:
        operator = self._state.operators[session.user]
        if not operator.patrols:
            raise Forbidden("no-patrol", "The operator has no part in patrols.")
        return operator

    def _supervisor(self, session: Session) -> None:
        if not self._operator(session).edits_plans:
            raise Forbidden("no-patrol-plans", "The operator may not change patrol plans.")

    def _answer(self, reply: Response) -> Response:
        """Return the answer to something that was handed in, or lose it where a test wants that."""
        if self._book.answers_to_swallow > 0:
            self._book.answers_to_swallow -= 1
            return _Swallowed()
        return reply


class _Swallowed(Response):
    """An answer that breaks off before its body, as when a line is cut: what was asked for has been done."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: MutableMapping[str, Any] = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-length", b"1000000"), (b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _stale() -> Refusal:
    return Refusal(409, "revision-stale", "Somebody else has changed the plan meanwhile.")


def _sha256(request: Request) -> str:
    sha256: str = request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise Refusal(400, "bad-hash", "This is not a SHA-256.")
    return sha256


def _revision(request: Request) -> int:
    text = request.query_params.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or not 1 <= int(text) <= LARGEST_REVISION:
        raise Refusal(400, "bad-revision", "revision is a number from 1 on.")
    return int(text)


def _time(request: Request, name: str) -> datetime | None:
    """Return a time of the query. Raises Refusal for what is none, or only looks like one."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not _UTC.fullmatch(text):
        raise Refusal(400, "bad-time", f"{name} is a time as in RFC 3339, ended by Z.")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise Refusal(400, "bad-time", f"{name} is no day or time.") from None
