"""Pages of the embedded center's lists: cursors and limits, as the contract has them."""

import re

from starlette.requests import Request

from wallclient.demo.problems import Refusal

DEFAULT_LIMIT, LARGEST_LIMIT = 200, 1000
_CURSOR = re.compile(r"[A-Za-z0-9._~-]{1,256}")


def read_page(request: Request) -> tuple[int, int]:
    """Return offset and limit of a paged operation."""
    cursor, limit = request.query_params.get("cursor"), request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not _is_number(limit) or not 1 <= int(limit) <= LARGEST_LIMIT:
        raise Refusal(400, "bad-limit", f"limit is a number from 1 to {LARGEST_LIMIT}.")
    if cursor is None:
        return 0, int(limit)
    if not _CURSOR.fullmatch(cursor):
        raise Refusal(400, "bad-cursor", "This is not a cursor.")
    if cursor[:1] != "o" or not _is_number(cursor[1:]):
        raise Refusal(410, "cursor-expired", "The cursor is not good any more; start with the first page.")
    return int(cursor[1:]), int(limit)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def cursor_at(offset: int | None) -> str | None:
    """Return the cursor for the page that begins at `offset`; None where there is none."""
    return None if offset is None else f"o{offset}"
