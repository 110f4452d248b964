"""Every refusal of the embedded center, as RFC 9457 problem documents."""

import http

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wallclient.api.models import PROBLEM_TYPE, Problem
from wallclient.api.ptz_models import HeldProblem, HolderDocument
from wallclient.domain.catalog import Right


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the center
    """Ends a request with a problem document. `slug` is the last part of its type."""

    def __init__(self, status: int, slug: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(slug)
        self.response_args = (status, slug, detail, headers)


class RightMissing(Refusal):
    """Refuses what an operator may see but not do."""

    def __init__(self, right: Right) -> None:
        super().__init__(403, "not-permitted", f"The operator has no right to {right.value} here.")
        self.right = right


class Forbidden(Refusal):
    """Refuses for another reason than a right at a channel; `reason` is a word of the contract."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(403, "not-permitted", detail)
        self.reason = reason


class CameraTaken(Refusal):
    """Refuses a move of a camera that somebody else holds."""

    def __init__(self, holder: HolderDocument | None, can_take_over: bool) -> None:
        super().__init__(409, "camera-held", "Somebody else holds the camera.")
        self.holder = holder
        self.can_take_over = can_take_over


def problem(
    status: int,
    slug: str,
    detail: str,
    headers: dict[str, str] | None = None,
    right: Right | None = None,
    reason: str = "",
) -> Response:
    """Return a problem document as a response."""
    why = ("right-missing", right.value) if right else (reason, "")
    body = Problem(http.HTTPStatus(status).phrase, status, PROBLEM_TYPE + slug, detail, *why)
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


def on_refusal(request: Request, err: Exception) -> Response:
    """Answer a Refusal."""
    assert isinstance(err, Refusal)
    if isinstance(err, CameraTaken):
        return _held(err)
    if isinstance(err, RightMissing):
        return problem(*err.response_args, right=err.right)
    return problem(*err.response_args, reason=err.reason if isinstance(err, Forbidden) else "")


def _held(err: CameraTaken) -> Response:
    status, slug, detail, _headers = err.response_args
    title, kind = http.HTTPStatus(status).phrase, PROBLEM_TYPE + slug
    body = HeldProblem(title, status, kind, detail, holder=err.holder, can_take_over=err.can_take_over)
    return Response(msgspec.json.encode(body), status, None, "application/problem+json")


def on_http_exception(request: Request, err: Exception) -> Response:
    """Answer what the framework itself refuses: no such path, method not allowed."""
    assert isinstance(err, HTTPException)
    slug = {404: "not-found", 405: "method-not-allowed"}.get(err.status_code, "bad-request")
    headers = dict(err.headers) if err.headers else None
    return problem(err.status_code, slug, "The request does not fit the API.", headers)


def on_fault(request: Request, err: Exception) -> Response:
    """Answer a fault of the center without telling anything about its inside."""
    return problem(500, "fault", "The center failed; the fault is in its log.")
