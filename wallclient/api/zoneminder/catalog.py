"""The whole tree of a ZoneMinder and what changed in it: it tells nothing on its own, so its lists are compared."""

import threading
import time
from collections.abc import Iterator

from wallclient.api.zoneminder.tree import ZmTree
from wallclient.domain.catalog import (
    CatalogNode,
    Change,
    ChangeBatch,
    NotModified,
    Removed,
    SnapshotPage,
    StatusChange,
    Upsert,
)
from wallclient.domain.errors import CursorExpired, SnapshotGone

PAGE = 1000
KEPT_CHANGES = 20_000


class ZmCatalog:
    """Implements `snapshot` and `changes` of `wallclient.api.center.Center`. Numbers are this object's own.

    They begin at the time in milliseconds, so that those of an earlier run are known to be of another life.
    """

    def __init__(self, tree: ZmTree) -> None:
        self._tree = tree
        self._lock = threading.Lock()  # one thread follows a center; a second one waits
        self._known: dict[str, CatalogNode] | None = None
        self._log: list[Change] = []
        self._first = self._sequence = time.time_ns() // 1_000_000

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Read the whole tree from its beginning. Raises SnapshotGone for any cursor."""
        if cursor is not None:
            raise SnapshotGone("the lists of this center are read in one go")
        return self._pages()

    def _pages(self) -> Iterator[SnapshotPage]:
        with self._lock:
            rows = self._tree.rows()
            self._first = self._sequence = max(self._sequence + 1, time.time_ns() // 1_000_000)
            self._log, self._known = [], {row.id: row for row in rows}
            first = self._first
        for at in range(0, max(1, len(rows)), PAGE):
            cursor = f"at-{at + PAGE}" if at + PAGE < len(rows) else None
            yield SnapshotPage(tuple(rows[at : at + PAGE]), cursor, len(rows), str(first), first)

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Return what changed after `since`, after a look at the lists. Raises CursorExpired."""
        with self._lock:
            if self._known is None or not self._first <= since <= self._sequence:
                raise CursorExpired("a number of another life")
            if since == self._sequence:
                self._look(self._known)
            start = since - self._first
            some = tuple(self._log[start : start + limit])
            sequence = since + len(some)
            return ChangeBatch(some, sequence, sequence < self._sequence)

    def _look(self, known: dict[str, CatalogNode]) -> None:
        rows = {row.id: row for row in self._tree.rows()}
        for row in rows.values():
            before = known.get(row.id)
            if before == row:
                continue
            number = self._sequence + 1
            told: Change = Upsert(number, row)
            if before is not None and _is_same_but_for_state(before, row):
                told = StatusChange(number, row.id, row.state)
            self._tell(told)
        for node_id in known.keys() - rows.keys():
            self._tell(Removed(self._sequence + 1, node_id))
        self._known = rows
        if len(self._log) > KEPT_CHANGES:
            surplus = len(self._log) - KEPT_CHANGES
            del self._log[:surplus]
            self._first += surplus

    def _tell(self, change: Change) -> None:
        self._log.append(change)
        self._sequence += 1


def _is_same_but_for_state(before: CatalogNode, row: CatalogNode) -> bool:
    names = [name for name in CatalogNode.__dataclass_fields__ if name != "state"]
    return all(getattr(before, name) == getattr(row, name) for name in names)
