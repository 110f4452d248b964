"""Bodies of requests and replies, as every part of the embedded center reads and writes them."""

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wallclient.demo.problems import Refusal

LARGEST_BODY_BYTES = 64 * 1024
_Body = TypeVar("_Body")


def json_reply(document: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a document of the contract as a response."""
    return Response(msgspec.json.encode(document), status, headers, "application/json")


async def read_body(request: Request, shape: type[_Body], largest: int = LARGEST_BODY_BYTES) -> _Body:
    """Return the body of a request as a document. Raises Refusal."""
    if media_type(request) != "application/json":
        raise Refusal(415, "not-json", "The body has to be application/json.")
    raw = await read_bytes(request, largest)
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:  # JSON knows no integers: some writers put 7 as 7.0
        return msgspec.convert(_with_integers(msgspec.json.decode(raw)), shape)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
        raise Refusal(400, "bad-body", "The body does not fit the API.") from None


def _with_integers(value: Any) -> Any:
    """Return a JSON value with whole floating-point numbers as integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_with_integers(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_integers(item) for key, item in value.items()}
    return value


async def read_bytes(request: Request, largest: int) -> bytes:
    """Return the body of a request, not looked into. Raises Refusal above `largest` bytes."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > largest:
            raise Refusal(413, "too-large", f"The body is larger than {largest} bytes.")
    return bytes(raw)


def media_type(request: Request) -> str:
    """Return what a request says its body is, in lower case, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def no_such(what: str) -> Refusal:
    """Return the refusal of what does not exist, or not for this operator."""
    return Refusal(404, f"no-such-{what}", f"There is no such {what}.")
