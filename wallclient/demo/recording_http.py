"""Files of footage over HTTP with byte ranges (RFC 9110, 14): `/footage/<camera>/<start>-<end>.<mp4|ts>?ticket=…`.

Start and end are whole seconds since 1970 UTC. 401 without a good ticket, 404 for what is not there.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Send

from wallclient.demo.clips import ClipFailed
from wallclient.demo.recording_calendar import FootageFile
from wallclient.demo.recording_desk import FootageFault, RecordingDesk
from wallclient.demo.recording_mp4 import Footage
from wallclient.demo.recording_store import FootageStore

PATH = "/footage/{number}/{name}"
MEDIA_TYPES = {"mp4": "video/mp4", "ts": "video/mp2t"}
_NAME = re.compile(r"([0-9]{1,11})-([0-9]{1,11})\.(mp4|ts)", re.ASCII)
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)
_SLOW_STEP_S = 0.1
_OPENING = 4  # files that are opened at once


class FootageState(Protocol):
    """What this needs to know of the center."""

    footage: FootageStore | None
    recordings: RecordingDesk


def address(file: FootageFile, form: str, ticket: str) -> str:
    """Return path and query of a file."""
    return f"/footage/{file.number}/{file.start_s}-{file.end_s}.{form}?ticket={ticket}"


def read_address(number: str, name: str) -> tuple[int, int, int, str] | None:
    """Return camera, start, end and form of a file's address; None for what is none."""
    parts = _NAME.fullmatch(name)
    if parts is None or not re.fullmatch("[0-9]{1,4}", number, re.ASCII):
        return None
    return int(number), int(parts[1]), int(parts[2]), parts[3]


def footage_route(state: FootageState) -> Route:
    """Return the route that serves files."""
    return Route(PATH, _FootageApi(state).serve, methods=["GET", "HEAD"])


class _FootageApi:
    def __init__(self, state: FootageState) -> None:
        self._state = state
        self._pool = ThreadPoolExecutor(_OPENING, "footage-open")

    async def serve(self, request: Request) -> Response:
        wanted = read_address(request.path_params["number"], request.path_params["name"])
        store, desk = self._state.footage, self._state.recordings
        if wanted is None or store is None:
            return _plain(404)
        number, start_s, end_s, form = wanted
        try:
            file = desk.file_for(request.query_params.get("ticket", ""), number, start_s, end_s)
        except KeyError:
            return _plain(404)
        if file is None:
            return _plain(401)
        fault, rate = desk.fault_of(number)
        if fault in (FootageFault.MISSING, FootageFault.BROKEN):
            return _plain(404 if fault is FootageFault.MISSING else 500)
        try:
            footage = await asyncio.get_running_loop().run_in_executor(self._pool, store.open, file, form)
        except KeyError:
            return _plain(404)
        except (ClipFailed, OSError, ValueError):
            return _plain(500)
        return _answer(request, file, form, footage, rate if fault is FootageFault.SLOW else 0, fault)


def _answer(
    request: Request, file: FootageFile, form: str, footage: Footage, rate: int, fault: FootageFault
) -> Response:
    size = footage.size
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "ETag": f'"{file.number}-{file.start_s}-{file.end_s}-{form}-{size}"',
    }
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    span = _span(asked[1], asked[2], size) if asked else (0, size)
    if span is None:
        return _plain(416, {**headers, "Content-Range": f"bytes */{size}"})
    first, stop = span
    if asked:
        headers["Content-Range"] = f"bytes {first}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - first)
    status, kind = 206 if asked else 200, MEDIA_TYPES[form]
    if request.method == "HEAD":
        return Response(None, status, headers, kind)
    limit = min(stop, max(first, size // 2)) if fault is FootageFault.HALF else stop
    answer = StreamingResponse if limit == stop else _BrokenOff
    return answer(_sent(footage.chunks(first, limit), rate), status, headers, kind)


class _BrokenOff(StreamingResponse):
    """A body that ends before it is whole, as when a line is cut."""

    async def stream_response(self, send: Send) -> None:
        start: MutableMapping[str, Any] = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        async for chunk in self.body_iterator:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """Return the bytes [first, stop) of a range; None where there are none."""
    if not first and not last:
        return 0, size
    start = max(0, size - int(last)) if not first else int(first)
    stop = min(size, int(last) + 1) if first and last else size
    return (start, stop) if start < stop else None


async def _sent(chunks: Iterator[bytes], rate: int) -> AsyncIterator[bytes]:
    """Yield what is sent, at `rate` bytes a second if that is not 0."""
    for chunk in chunks:
        if rate <= 0:
            yield chunk
            await asyncio.sleep(0)  # composing is work: let others in between
            continue
        step = max(1, int(rate * _SLOW_STEP_S))
        for at in range(0, len(chunk), step):
            yield chunk[at : at + step]
            await asyncio.sleep(_SLOW_STEP_S)


def _plain(status: int, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse("", status, headers)
