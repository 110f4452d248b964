"""Questions put to a center in the cases: the whole tree, page by page; waiting without a limit that is too short."""

import time
from collections.abc import Callable, Iterator

import pytest

from wallclient.api.center import Center
from wallclient.domain.errors import NotAble
from wallclient.domain.node import Channel, Node

LIMIT_S = 30.0


def until(condition: Callable[[], object], what: str = "the condition did not come true") -> None:
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.01)


def children(center: Center, node_id: str | None, limit: int = 200) -> list[Node]:
    """Return all children of a node, read in pages of `limit`; folders may come on top of it."""
    found: list[Node] = []
    cursor: str | None = None
    for _ in range(2000):
        page = center.children(node_id, cursor, limit)
        assert sum(node.is_channel for node in page.nodes) <= limit
        found += page.nodes
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


def channels_below(center: Center, node_id: str, limit: int = 200) -> list[Channel]:
    """Return all channels below a node, read in pages of `limit`."""
    found: list[Channel] = []
    cursor: str | None = None
    for _ in range(2000):
        page = center.channels_below(node_id, cursor, limit)
        assert len(page.channels) <= limit
        found += page.channels
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


def walk(center: Center, node_id: str | None = None, budget: int = 400) -> Iterator[Node]:
    """Yield a part of the tree from above, a node before what is below it; of a big one the first nodes only."""
    waiting: list[str | None] = [node_id]
    while waiting and budget > 0:
        for node in children(center, waiting.pop(0)):
            budget -= 1
            yield node
            if not node.is_channel:
                waiting.append(node.id)


def is_refused(ask: Callable[[], object]) -> bool:
    """Tell whether a thing is refused with NotAble; any other error goes on."""
    try:
        ask()
    except NotAble:
        return True
    return False


def needs(has: object, what: str) -> None:
    """Skip a case whose need this kind of center does not meet, in so many words."""
    if not has:
        pytest.skip(what)
