"""The embedded center's change feed: numbered, bounded, and honest about what it has forgotten.

A record names the node and not what became of it: a reader gets the node as it is when he reads, so that the last
record of a node always tells the truth, whoever reads and whatever his rights are.
"""

import secrets
import threading
from bisect import bisect_right
from typing import NamedTuple

KEPT = 200_000


class Record(NamedTuple):
    """One change. `ancestors`: ids above the node before the change, to tell who could see it then."""

    sequence: int
    node_id: str  # empty: nothing that concerns anybody
    state_only: bool
    ancestors: tuple[str, ...]


class ChangeLog:
    """Thread safe. Sequence numbers of different lives never meet: each starts at a random place."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._records: list[Record] = []
        self._good_from: dict[str, int] = {}  # by user: what his rights were before is another tree
        self._last = self._oldest = _first()

    @property
    def last(self) -> int:
        """Number of the latest change."""
        return self._last

    def append(self, node_id: str, ancestors: tuple[str, ...], *, state_only: bool = False) -> int:
        """Note a change and return its number."""
        with self._lock:
            return self._append(node_id, ancestors, state_only)

    def forget_for(self, user: str) -> None:
        """Let an operator start anew, because his rights are others now."""
        with self._lock:
            self._good_from[user] = self._append("", (), False)

    def expire(self) -> None:
        """Begin another life, as a center does that lost its log."""
        with self._lock:
            self._last = self._oldest = _first()
            self._records.clear()
            self._good_from.clear()

    def lose(self, count: int) -> None:
        """Lose the latest `count` changes without noticing: a fault that only a reader can find."""
        with self._lock:
            del self._records[-count:]

    def knows(self, since: int, user: str) -> bool:
        """Tell whether an operator can read on from `since`."""
        return max(self._oldest, self._good_from.get(user, 0)) <= since <= self._last

    def after(self, since: int, limit: int) -> tuple[list[Record], int]:
        """Return up to `limit` records after `since`, and the number of the latest change of all."""
        with self._lock:
            start = bisect_right(self._records, since, key=lambda record: record.sequence)
            return self._records[start : start + limit], self._last

    def _append(self, node_id: str, ancestors: tuple[str, ...], state_only: bool) -> int:
        self._last += 1
        self._records.append(Record(self._last, node_id, state_only, ancestors))
        if len(self._records) > self._kept * 5 // 4:
            del self._records[: -self._kept]
            self._oldest = self._records[0].sequence - 1
        return self._last


def _first() -> int:
    return (1 + secrets.randbelow(1 << 20)) << 32  # below 2**53: exact in every language
