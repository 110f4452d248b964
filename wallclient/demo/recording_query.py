"""What operations on recordings are asked in their query. Everything raises Refusal for what the contract forbids."""

import re

from starlette.requests import Request

from wallclient.api.recording_models import LATEST_MS, MOST_CHANNELS
from wallclient.demo.problems import Refusal

MOST_KINDS = 8
_ID = re.compile(r"[A-Za-z0-9._~-]{1,128}", re.ASCII)
_KIND = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", re.ASCII)
_LONGEST_ZONE = 64


def read_channels(request: Request, *, needed: bool = True) -> list[str]:
    """Return the channels asked for, each once, in their order; none where they need not be named."""
    text = request.query_params.get("channels")
    if text is None and not needed:
        return []
    ids = (text or "").split(",")
    if len(ids) > MOST_CHANNELS or not all(_ID.fullmatch(one) for one in ids):
        raise Refusal(400, "bad-channels", f"channels are 1 to {MOST_CHANNELS} ids, separated by commas.")
    return list(dict.fromkeys(ids))


def read_kinds(request: Request) -> set[str] | None:
    """Return the kinds asked for; None for all."""
    text = request.query_params.get("kinds")
    if text is None:
        return None
    kinds = text.split(",")
    if len(kinds) > MOST_KINDS or not all(_KIND.fullmatch(kind) for kind in kinds):
        raise Refusal(400, "bad-kinds", f"kinds are 1 to {MOST_KINDS} words, separated by commas.")
    return set(kinds)


def read_number(request: Request, name: str, least: int, most: int) -> int:
    """Return a whole number of the query."""
    text = request.query_params.get(name, "")
    if not (re.fullmatch("[0-9]{1,16}", text, re.ASCII) and least <= int(text) <= most):
        raise Refusal(400, f"bad-{name.replace('_', '-')}", f"{name} is a number from {least} to {most}.")
    return int(text)


def read_moment(request: Request, name: str) -> int | None:
    """Return a moment of the query; None where there is none."""
    return read_number(request, name, 0, LATEST_MS) if name in request.query_params else None


def read_range(request: Request) -> tuple[int, int]:
    """Return the range asked for."""
    start_ms, end_ms = (read_number(request, name, 0, LATEST_MS) for name in ("start_ms", "end_ms"))
    if end_ms <= start_ms:
        raise Refusal(422, "bad-range", "The range is empty.")
    return start_ms, end_ms


def read_zone(request: Request) -> str:
    """Return the name of the time zone asked for, which may be no zone."""
    name = request.query_params.get("zone", "")
    if len(name) > _LONGEST_ZONE or not _ZONE.fullmatch(name):
        raise Refusal(400, "bad-zone-name", "zone is the name of a time zone, such as Asia/Shanghai.")
    return name
