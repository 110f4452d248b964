"""The whole tree of a WVP and what changed in it. WVP tells nothing on its own: lists are read and compared.

A look for changes reads a few pages of the list of channels and remembers where it stopped; a round through all pages
takes as many looks as the list is long. What a round did not meet is asked for by itself before it counts as removed,
because a list that changes while it is read by pages may skip a row.
"""

import threading
import time
from collections.abc import Iterator

from wallclient.api.wvp import documents as docs
from wallclient.api.wvp import tree
from wallclient.api.wvp.line import MOST_PAGES, PAGE, WvpLine
from wallclient.api.wvp.tree import UNFILED, WvpTree
from wallclient.domain.catalog import (
    CatalogNode,
    Change,
    ChangeBatch,
    ChannelState,
    NotModified,
    Removed,
    SnapshotPage,
    StatusChange,
    Upsert,
)
from wallclient.domain.errors import BadPayload, CursorExpired, NotFound, SnapshotGone

LIST = "/api/common/channel/list"
PAGES_A_LOOK = 10  # 10,000 channels, some 10 MB, in one look for changes
KEPT_CHANGES = 50_000
MOST_MISSING = 1000  # asked for one by one before they count as removed
_Known = tuple[int, ChannelState]


class WvpCatalog:
    """Implements `snapshot` and `changes` of `wallclient.api.center.Center`. Numbers are this object's own.

    They begin at the time in milliseconds, so that those of an earlier run are known to be of another life.
    """

    def __init__(self, line: WvpLine, folders: WvpTree, pages_a_look: int = PAGES_A_LOOK) -> None:
        self._line = line
        self._tree = folders
        self._pages_a_look = pages_a_look
        self._watching = threading.Lock()
        self._lock = threading.Lock()  # one thread follows a center; a second one waits
        self._known: dict[str, _Known] = {}
        self._groups: dict[tuple[str, str], str] = {}
        self._log: list[Change] = []
        self._first = self._sequence = time.time_ns() // 1_000_000
        self._has_snapshot = False
        self._watchers: set[object] = set()
        self._page = 1  # of the round under way
        self._met: set[str] = set()

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Read the whole tree from its beginning. Raises SnapshotGone for any cursor: WVP's pages can't be resumed."""
        if cursor is not None:
            raise SnapshotGone("lists of this center are read in one go")
        return self._pages()

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Return what changed after `since`, after a look at the next pages. Raises CursorExpired."""
        with self._lock:
            if not self._has_snapshot or not self._first <= since <= self._sequence:
                raise CursorExpired("a number of another life")
            if since == self._sequence and not self._watchers:
                self._look()
            start = since - self._first
            some = tuple(self._log[start : start + limit])
            sequence = since + len(some)
            return ChangeBatch(some, sequence, sequence < self._sequence)

    def watch(self, watcher: object, on: bool) -> None:
        """Note that somebody calls `look` all the time, or no more: meanwhile `changes` only tells what was found."""
        with self._watching:
            (self._watchers.add if on else self._watchers.discard)(watcher)

    def look(self) -> tuple[tuple[Change, ...], int] | None:
        """Look for changes; return what is new and the sequence it leads to. None where no snapshot was read yet.

        Raises CursorExpired where only a fresh snapshot can help.
        """
        with self._lock:
            if not self._has_snapshot:
                return None
            before = self._sequence
            self._look()
            count = self._sequence - before
            return tuple(self._log[-count:] if count else ()), self._sequence

    # --- snapshot ---

    def _pages(self) -> Iterator[SnapshotPage]:
        with self._lock:
            self._has_snapshot = False
            self._first = self._sequence = max(self._sequence + 1, time.time_ns() // 1_000_000)
            self._log, self._known = [], {}
            self._begin_round()
            first, rows = self._first, self._folder_rows()
            for row in rows:
                self._known[row.id] = _signature(row)
        total, page = len(rows), 1
        while True:
            raw, count = self._line.rows(LIST, docs.ChannelDocument, {"page": page, "count": PAGE})
            total = max(total, len(rows) + count)
            with self._lock:
                if self._first != first:
                    raise SnapshotGone("a later one was begun")
                found = [self._row(one) for one in raw]
                self._known |= {row.id: _signature(row) for row in found}
                is_last = page * PAGE >= count
                self._has_snapshot = is_last
            cursor = None if is_last else f"page-{page}"
            yield SnapshotPage((*rows, *found) if page == 1 else tuple(found), cursor, total, str(first), first)
            if is_last:
                return
            page += 1
            if page > MOST_PAGES:
                raise BadPayload("a list of channels without an end")

    def _folder_rows(self) -> list[CatalogNode]:
        groups = self._tree.all_groups()
        self._groups = {}
        for group in groups:
            code = group.deviceId or ""
            self._groups.setdefault((code, ""), f"g{group.id}")  # where a channel does not tell its business group
            self._groups[code, group.businessGroup or ""] = f"g{group.id}"
        return [*(tree.catalog_folder(one) for one in groups), tree.catalog_unfiled()]

    def _row(self, raw: docs.ChannelDocument) -> CatalogNode:
        code = raw.gbParentId or ""
        parent = self._groups.get((code, raw.gbBusinessGroupId or "")) or self._groups.get((code, ""))
        return tree.catalog_channel(raw, parent or UNFILED)

    # --- changes ---

    def _begin_round(self) -> None:
        self._page, self._met = 1, set()

    def _look(self) -> None:
        if self._page == 1:
            for row in self._folder_rows():
                self._meet(row)
        for _ in range(self._pages_a_look):
            raw, count = self._line.rows(LIST, docs.ChannelDocument, {"page": self._page, "count": PAGE})
            for one in raw:
                self._meet(self._row(one))
            if self._page * PAGE >= count or self._page >= MOST_PAGES:
                self._end_round()
                break
            self._page += 1
        if len(self._log) > KEPT_CHANGES:
            surplus = len(self._log) - KEPT_CHANGES
            del self._log[:surplus]
            self._first += surplus

    def _end_round(self) -> None:
        missing = self._known.keys() - self._met
        if len(missing) > MOST_MISSING:
            self._has_snapshot = False
            raise CursorExpired("too much is missing to ask for each")
        for node_id in missing:
            if node_id.startswith("c") and self._is_there(node_id):
                continue
            del self._known[node_id]
            self._tell(Removed(self._sequence + 1, node_id))
        self._begin_round()

    def _is_there(self, channel_id: str) -> bool:
        try:
            self._meet(self._row(self._tree.document(channel_id)))
        except NotFound:
            return False
        except BadPayload:
            pass  # it is there, though this version of it can't be read
        return True

    def _meet(self, row: CatalogNode) -> None:
        self._met.add(row.id)
        known, now = self._known.get(row.id), _signature(row)
        if known == now:
            return
        self._known[row.id] = now
        if known is not None and known[0] == now[0]:
            self._tell(StatusChange(self._sequence + 1, row.id, row.state))
        else:
            self._tell(Upsert(self._sequence + 1, row))

    def _tell(self, change: Change) -> None:
        self._log.append(change)
        self._sequence += 1


def _signature(row: CatalogNode) -> _Known:
    """Return what tells two rows apart, small enough to be kept for each of half a million, and the state."""
    return hash(tree.without_state(row)), row.state
