"""Snapshot and change feed of the embedded center, as in resources/center-api.yaml."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from wallclient.api import models
from wallclient.demo.change_log import ChangeLog, Record
from wallclient.demo.city_view import CityView
from wallclient.demo.mischief import BAD_TEXT_LINES, Misbehaviour, Mischief
from wallclient.demo.problems import Refusal
from wallclient.demo.sessions import Session, Sessions
from wallclient.demo.snapshot import Page, Place, SnapshotReader

NDJSON = "application/x-ndjson"
DEFAULT_LIMIT, LARGEST_LIMIT = 1000, 5000
_CURSOR = re.compile(r"[A-Za-z0-9._~-]{1,256}")
_OUR_CURSOR = re.compile(r"(\d{1,16})\.(\d{1,6})\.(\d{1,9})")
_HANG_S = 3600.0
_FAST = 1  # zlib's level: names repeat so much that higher ones gain little


class CatalogState(Protocol):
    """What these operations need to know of the center."""

    changes: ChangeLog
    misbehaviour: Misbehaviour
    sessions: Sessions

    def view(self, user: str) -> CityView:
        """Return the city as an operator sees it."""
        ...


class _CutOff(Exception):  # noqa: N818 - wanted
    """Ends a reply as a broken line does."""


class _Lines(StreamingResponse):
    """A streamed reply that can be cut off: the server then closes the connection without ending the body."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except _CutOff:
            return


class CatalogApi:
    """The two operations; rows are made on worker threads."""

    def __init__(self, state: CatalogState) -> None:
        self._state = state

    async def snapshot(self, request: Request, session: Session) -> Response:
        """Stream the whole tree, from the cursor on if there is one."""
        head, place = self._begin(request, session.user)
        _refuse_if_told(self._state.misbehaviour)
        headers = {"ETag": f'W/"{head.revision}"', "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
        if "cursor" not in request.query_params and _names(request.headers.get("if-none-match", ""), head.revision):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers=headers, media_type=NDJSON)
        lines = self._lines(head, place, session)
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            lines, headers["Content-Encoding"] = _packed(lines), "gzip"
        return _Lines(lines, headers=headers, media_type=NDJSON)

    async def changes(self, request: Request, session: Session) -> Response:
        """Answer what changed after `since`."""
        since = _number(request, "since", None, 0, models.LARGEST_NUMBER)
        limit = _number(request, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT)
        if not self._state.changes.knows(since, session.user):
            raise Refusal(410, "cursor-expired", "The feed can't be read on from there; read a snapshot.")
        _refuse_if_told(self._state.misbehaviour)
        document = await run_in_threadpool(self._changes, since, limit, session.user)
        body = msgspec.json.encode(document)
        kinds = self._state.misbehaviour.kinds
        if Mischief.GARBAGE in kinds:
            body = b"<html>" + body
        if Mischief.HALF in kinds:
            return _Lines(_half(body), media_type="application/json")
        return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")

    # --- snapshot ---

    def _begin(self, request: Request, user: str) -> tuple[models.SnapshotHead, Place]:
        """Return what the snapshot stands for, and where to begin. A cursor carries the former, too."""
        cursor, changes = request.query_params.get("cursor"), self._state.changes
        sequence, place = changes.last, Place()
        if cursor is not None:
            if not _CURSOR.fullmatch(cursor):
                raise Refusal(400, "bad-cursor", "This is not a cursor.")
            ours = _OUR_CURSOR.fullmatch(cursor)
            sequence, place = (int(ours[1]), Place(int(ours[2]), int(ours[3]))) if ours else (-1, place)
            if not changes.knows(sequence, user):
                raise Refusal(410, "snapshot-gone", "The snapshot can't be resumed; begin a new one.")
        total = SnapshotReader(self._state.view(user)).total
        return models.SnapshotHead(f"{sequence:x}-{zlib.crc32(user.encode()):x}", sequence, total), place

    async def _lines(self, head: models.SnapshotHead, place: Place, session: Session) -> AsyncIterator[bytes]:
        yield msgspec.json.encode(head) + b"\n"
        fault = self._state.misbehaviour
        pages, count = SnapshotReader(self._state.view(session.user)).pages(place), 0
        for bad in BAD_TEXT_LINES if Mischief.BAD_TEXT in fault.kinds else ():
            yield bad % _cursor(head.sequence, place).encode()
        while True:
            if fault.pause_s:
                await asyncio.sleep(fault.pause_s)
            if not self._state.sessions.is_open(session):
                raise _CutOff
            if count >= fault.after_pages:
                async for line in _wrong(fault):
                    yield line
                if Mischief.SHORT in fault.kinds:
                    return
            line, is_last = await run_in_threadpool(_line, pages, head.sequence, fault)
            yield line
            count += 1
            if is_last:
                return

    # --- changes ---

    def _changes(self, since: int, limit: int, user: str) -> models.ChangesDocument:
        records, last = self._state.changes.after(since, limit)
        view = self._state.view(user)
        reader = SnapshotReader(view)
        shown = [change for record in records if (change := _change(record, view, reader)) is not None]
        sequence = records[-1].sequence if len(records) == limit else last
        return models.ChangesDocument(shown, len(records) - len(shown), sequence, sequence < last)


def _change(
    record: Record, view: CityView, reader: SnapshotReader
) -> models.StateRow | models.UpsertRow | models.RemovedRow | None:
    """Return a change as its reader may know it; None if it is none of his business."""
    node_id = record.node_id
    if node_id and view.sees(node_id):
        try:
            if record.state_only:
                state = view.city.state(view.city.number(node_id))
                return models.StateRow(record.sequence, node_id, state.value)
            return models.UpsertRow(record.sequence, reader.row(node_id))
        except KeyError:
            pass  # removed just now
    if record.ancestors and view.operator.sees(list(record.ancestors)):  # it was his to see before
        return models.RemovedRow(record.sequence, node_id)
    return None


def _line(pages: Iterator[Page], sequence: int, fault: Misbehaviour) -> tuple[bytes, bool]:
    """Return the next page as a line, and whether it is the last."""
    page = next(pages)
    if page.following is None:
        page.rows.extend(fault.extra_rows())  # type: ignore[arg-type]  # wrong on purpose
    cursor = None if page.following is None else _cursor(sequence, page.following)
    return msgspec.json.encode({"rows": page.rows, "cursor": cursor}) + b"\n", page.following is None


def _cursor(sequence: int, place: Place) -> str:
    return f"{sequence}.{place.part}.{place.after}"


async def _wrong(fault: Misbehaviour) -> AsyncIterator[bytes]:
    """Yield what does not belong into a snapshot, and end it, as far as that was ordered."""
    if Mischief.GARBAGE in fault.kinds:
        yield b"<html><body>502 Bad Gateway</body></html>\n"
    if Mischief.HALF in fault.kinds:
        yield b'{"rows":[["c1","g500103'
    if Mischief.HALF in fault.kinds or Mischief.CUT in fault.kinds:
        raise _CutOff
    if Mischief.HANG in fault.kinds:
        await asyncio.sleep(_HANG_S)
    while Mischief.ENDLESS_LINE in fault.kinds:
        yield b" " * 1_000_000


async def _half(body: bytes) -> AsyncIterator[bytes]:
    yield body[: len(body) // 2]
    raise _CutOff


async def _packed(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Compress, line by line, so that each arrives when it is sent."""
    packer = zlib.compressobj(_FAST, wbits=31)
    async for line in lines:
        packed = await run_in_threadpool(packer.compress, line)
        yield packed + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _refuse_if_told(fault: Misbehaviour) -> None:
    if Mischief.ERROR in fault.kinds:
        raise Refusal(500, "fault", "The center failed; the fault is in its log.")


def _names(if_none_match: str, revision: str) -> bool:
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in if_none_match.split(",")]
    return revision in tags


def _takes_gzip(accept_encoding: str) -> bool:
    parts = [part.replace(" ", "").lower().partition(";") for part in accept_encoding.split(",")]
    return any(name == "gzip" and weight not in ("q=0", "q=0.0") for name, _, weight in parts)


def _number(request: Request, name: str, default: int | None, least: int, most: int) -> int:
    text = request.query_params.get(name, "" if default is None else str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most):
        raise Refusal(400, f"bad-{name}", f"{name} is a number from {least} to {most}.")
    return int(text)
