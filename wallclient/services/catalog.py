"""The camera tree as the window sees it: at once from the mirror, kept in step behind its back, searched as one types.

The window's thread reads over a connection of its own, a few milliseconds a page, whatever the writer does. What may
take longer is a coroutine and runs on a thread. Favourites and recent cameras live beside the tree and outlast it.
"""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wallclient.catalog.mirror import Mirror, mirror_path
from wallclient.catalog.reader import MirrorReader
from wallclient.catalog.search import Search
from wallclient.catalog.sync import CatalogSource
from wallclient.domain.catalog_view import (
    NO_FILTER,
    CatalogChange,
    CatalogRow,
    ChildPage,
    Hierarchy,
    RowFilter,
    SearchResults,
    SortBy,
    SyncPhase,
    SyncState,
)
from wallclient.domain.errors import StorageFailed
from wallclient.services.catalog_follower import Follower

_TELL_MS = 100  # changes are told ten times a second at most
_LOOK_MS = 3000  # so often a mirror another program keeps is looked at
_END_S = 3.0
# While a busy thread runs, each of the ten steps of reading a page waits this long for its turn: at Python's own 5 ms
# a page would take more than the 50 ms the window's thread has for anything.
_SWITCH_S = 0.0005
_Result = TypeVar("_Result")


class Catalog(QObject):
    """The mirror of one center for one operator. Lives on the GUI thread; coroutines run on the Qt loop.

    What is named `…_now` answers at once. Reading raises StorageFailed. Without `open`, everything is empty.
    """

    changed = Signal(object)  # CatalogChange; merged, ten a second at most
    sync_state_changed = Signal()  # `state`; with its progress ten times a second at most
    set_aside = Signal(str)  # a damaged file was kept as that
    _woken = Signal()
    _told = Signal(object, object)  # Follower, SyncState

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror: Mirror | None = None
        self._reader: MirrorReader | None = None
        self._background: MirrorReader | None = None
        self._search: Search | None = None
        self._follower: Follower | None = None
        self._state = SyncState()
        self._favourites: dict[str, float] = {}
        self._readers = ThreadPoolExecutor(1, thread_name_prefix="catalog-read")
        self._searchers = ThreadPoolExecutor(1, thread_name_prefix="catalog-search")
        self._writers = ThreadPoolExecutor(1, thread_name_prefix="catalog-write")
        self._stops: WeakKeyDictionary[object, threading.Event] = WeakKeyDictionary()  # of each asker's last search
        self._waiting = CatalogChange()
        self._waiting_lock = threading.Lock()
        self._teller = QTimer(self, singleShot=True, interval=_TELL_MS)
        self._teller.timeout.connect(self._tell_changes)
        self._looker = QTimer(self, interval=_LOOK_MS)
        self._looker.timeout.connect(self._look)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    # --- life ---

    @property
    def state(self) -> SyncState:
        """The mirror and its center."""
        return self._state

    @property
    def path(self) -> Path:
        """The mirror's file. Raises StorageFailed."""
        if self._mirror is None:
            raise StorageFailed("no mirror is open")
        return self._mirror.path

    @property
    def sequence(self) -> int:
        """Place in the center's change feed the mirror has come to; -1: none."""
        return self._reader.sequence() if self._reader else -1

    @property
    def settled(self) -> bool:
        """Tell whether the work that follows a new tree is done: for some seconds searches take three times as long."""
        return self._reader is not None and self._reader.is_tidy()

    def open(self, folder: Path, center_key: str, operator: str) -> None:
        """Open the mirror of this operator at this center; what it holds can be read at once. Raises StorageFailed."""
        self._shut()
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_S))
        mirror = Mirror(mirror_path(folder, center_key, operator))
        writable = mirror.open()
        if mirror.set_aside is not None:
            self.set_aside.emit(str(mirror.set_aside))
            mirror.set_aside = None
        self._mirror = mirror
        self._reader, self._background = MirrorReader(mirror.path), MirrorReader(mirror.path)
        self._search = Search(mirror.path)
        self._favourites = self._reader.favourites()
        self._state = SyncState(SyncPhase.IDLE, read_only=not writable)
        self._refresh_state()
        if not writable:
            self._looker.start()
        self.changed.emit(CatalogChange(everything=True))
        self.sync_state_changed.emit()

    def start_sync(self, center: CatalogSource) -> None:
        """Follow a center from where the mirror stands; an earlier center is left. Does nothing in a read-only mirror.

        Whether a mirror is read-only still is found out here: the program that kept it may have ended.
        """
        mirror = self._mirror
        if mirror is None:
            raise StorageFailed("no mirror is open")
        self._leave(SyncPhase.IDLE)
        writable = mirror.open()
        self._looker.stop() if writable else self._looker.start()
        phase = SyncPhase.FOLLOWING if writable else SyncPhase.IDLE
        self._state = replace(self._state, phase=phase, error=None, progress=None, read_only=not writable)
        if writable:
            follower: Follower | None = None

            def told(state: SyncState) -> None:
                self._told.emit(follower, state)

            self._follower = follower = Follower(mirror, center, told, self._on_changed)
            follower.start()
        self.sync_state_changed.emit()

    def follow_now(self) -> None:
        """Ask the center for changes now: it said it has some, or it is back."""
        if self._follower is not None:
            self._follower.wake()

    def cancel_sync(self) -> None:
        """Stop following; a snapshot under way goes on from the same place with the next `start_sync`."""
        self._leave(SyncPhase.CANCELLED)

    async def close(self) -> None:
        """Close the mirror; takes 3 s at most, where a center does not answer."""
        follower = self._follower
        self._leave(SyncPhase.CLOSED)
        if follower is not None:
            await asyncio.to_thread(follower.join, _END_S)
        self._shut()
        for pool in (self._readers, self._searchers, self._writers):
            pool.shutdown(wait=False)
        await asyncio.to_thread(self._writers.shutdown)  # the file is given back when this returns

    # --- reading at once ---

    def children_now(
        self,
        parent_id: str | None,
        hierarchy: Hierarchy = Hierarchy.GROUPS,
        sort: SortBy = SortBy.CENTER,
        wanted: RowFilter = NO_FILTER,
        offset: int = 0,
        limit: int = 200,
    ) -> ChildPage | None:
        """Return a page of children; None where a filter has to be prepared first: ask `children` instead."""
        if self._reader is None:
            return ChildPage((), offset, 0)
        if not self._reader.is_prepared(wanted):
            return None
        return self._reader.children(parent_id, hierarchy, sort, wanted, offset, limit)

    def row_now(self, node_id: str) -> CatalogRow | None:
        """Return the row of a node or region."""
        return self._reader.row(node_id) if self._reader else None

    def rows_now(self, node_ids: Iterable[str]) -> dict[str, CatalogRow]:
        """Return many rows at once, by id: while the writer is busy, each step of reading waits for its turn."""
        return self._reader.rows_by_id(node_ids) if self._reader else {}

    def ancestors_now(self, node_id: str, hierarchy: Hierarchy = Hierarchy.GROUPS) -> tuple[CatalogRow, ...]:
        """Return the rows from the first level down to the parent of a node."""
        return self._reader.ancestors(node_id, hierarchy) if self._reader else ()

    def cameras_with_code_now(self, code: str) -> tuple[str, ...]:
        """Return the ids of the cameras with a GB/T 28181 code, which centers do give twice."""
        return self._reader.cameras_with_code(code) if self._reader else ()

    def original_now(self, node_id: str) -> tuple[str, str] | None:
        """Return name and code as the center told them, where they can't be shown as they are."""
        return self._reader.original(node_id) if self._reader else None

    # --- reading on a thread ---

    # Hides QObject.children(), which nothing here needs; the word is the tree's.
    async def children(  # type: ignore[override]
        self,
        parent_id: str | None,
        hierarchy: Hierarchy = Hierarchy.GROUPS,
        sort: SortBy = SortBy.CENTER,
        wanted: RowFilter = NO_FILTER,
        offset: int = 0,
        limit: int = 200,
    ) -> ChildPage:
        """Return a page of children, and prepare the filter for `children_now`."""
        reader, mine = self._background, self._reader
        if reader is None or mine is None:
            return ChildPage((), offset, 0)
        page = await self._on(self._readers, reader.children, parent_id, hierarchy, sort, wanted, offset, limit)
        mine.keep_counts(wanted, reader.kept_counts(wanted))
        return page

    async def refresh_filter(self, wanted: RowFilter) -> None:
        """Count anew what a filter lets through; between two calls counts and lists with it may be a little old."""
        reader, mine = self._background, self._reader
        if wanted and reader is not None and mine is not None:
            await self._on(self._readers, reader.count_anew, wanted)
            mine.keep_counts(wanted, reader.kept_counts(wanted))

    async def cameras_below(
        self, node_id: str, limit: int, wanted: RowFilter = NO_FILTER
    ) -> tuple[tuple[CatalogRow, ...], int]:
        """Return up to `limit` cameras anywhere below a node or region, online ones first, and how many there are."""
        reader = self._background
        return await self._on(self._readers, reader.cameras_below, node_id, limit, wanted) if reader else ((), 0)

    async def search(self, text: str, limit: int = 100, asker: object | None = None) -> SearchResults | None:
        """Return the best hits, or None if the same asker began a later search meanwhile: its latest counts."""
        search = self._search
        if search is None:
            return SearchResults(text)
        asker = asker or self
        if earlier := self._stops.get(asker):
            earlier.set()
        stop = self._stops[asker] = threading.Event()

        def find() -> SearchResults | None:
            return None if stop.is_set() else search.find(text, limit, stop=stop)

        results = await self._on(self._searchers, find)
        return None if stop.is_set() else results

    async def warm_up(self) -> None:
        """Load what the first search would have to wait for, half a second's work."""
        if self._search is not None:
            await self._on(self._searchers, self._search.warm_up)

    # --- favourites ---

    def is_favourite(self, node_id: str) -> bool:
        """Tell whether a node is a favourite."""
        return node_id in self._favourites

    def recent_now(self) -> list[str]:
        """Return the ids of cameras shown lately, the last one first."""
        return self._reader.recent() if self._reader else []

    async def set_favourite(self, node_id: str, favourite: bool) -> None:
        """Make a node a favourite or not. Raises StorageFailed in a read-only mirror."""
        await self._write(lambda mirror: mirror.set_favourite(node_id, favourite))
        if self._reader is not None:
            self._favourites = self._reader.favourites()
        self._on_changed(CatalogChange(rows=frozenset({node_id})))

    async def add_recent(self, node_id: str) -> None:
        """Remember a camera as shown just now. Raises StorageFailed in a read-only mirror."""
        await self._write(lambda mirror: mirror.add_recent(node_id))

    # --- inside ---

    async def _write(self, work: Callable[[Mirror], None]) -> None:
        mirror = self._mirror
        if mirror is None:
            raise StorageFailed("no mirror is open")

        def locked() -> None:
            with mirror.lock:
                work(mirror)

        await self._on(self._writers, locked)

    @staticmethod
    async def _on(pool: ThreadPoolExecutor, work: Callable[..., _Result], *arguments: object) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)

    def _leave(self, phase: SyncPhase) -> None:
        follower, self._follower = self._follower, None
        if follower is not None:
            follower.stop(phase)
        self._state = replace(self._state, phase=phase, progress=None, error=None)
        self.sync_state_changed.emit()

    def _shut(self) -> None:
        self._leave(SyncPhase.CLOSED)
        self._looker.stop()
        if self._search is not None:
            self._search.cancel()
        mirror, reader, background, search = self._mirror, self._reader, self._background, self._search
        self._mirror = self._reader = self._background = self._search = None
        self._favourites = {}
        if reader is not None:
            reader.close()
        if background is not None:
            background.interrupt()
            self._readers.submit(background.close)
        if search is not None:
            self._searchers.submit(search.close)
        if mirror is not None:
            self._writers.submit(_close, mirror)

    def _on_changed(self, change: CatalogChange) -> None:
        """Take in a change, on any thread."""
        with self._waiting_lock:
            first = self._waiting == CatalogChange()
            self._waiting = _merged(self._waiting, change)
        if first:
            self._woken.emit()

    @Slot()
    def _on_woken(self) -> None:
        if not self._teller.isActive():
            self._teller.start()

    @Slot()
    def _tell_changes(self) -> None:
        with self._waiting_lock:
            change, self._waiting = self._waiting, CatalogChange()
        if self._reader is not None and change != CatalogChange():
            if change.everything or change.roots:
                self._refresh_state()
            self.changed.emit(change)

    @Slot()
    def _look(self) -> None:
        """See whether the program that keeps the mirror has changed it."""
        if self._reader is not None and self._reader.has_news():
            self._favourites = self._reader.favourites()
            self._refresh_state()
            self.changed.emit(CatalogChange(everything=True))
            self.sync_state_changed.emit()

    def _refresh_state(self) -> None:
        if self._reader is not None:
            cameras, synced = self._reader.standing()
            self._state = replace(self._state, cameras=cameras, synced_unix_s=synced)

    @Slot(object, object)
    def _on_told(self, follower: Follower, state: SyncState) -> None:
        if follower is not self._follower:
            return
        synced = state.synced_unix_s or self._state.synced_unix_s
        self._state = replace(state, cameras=self._state.cameras, synced_unix_s=synced)
        if self._mirror is not None and self._mirror.set_aside is not None:
            self.set_aside.emit(str(self._mirror.set_aside))
            self._mirror.set_aside = None
        self.sync_state_changed.emit()


def _merged(one: CatalogChange, other: CatalogChange) -> CatalogChange:
    if one.everything or other.everything:
        return CatalogChange(everything=True)
    return CatalogChange(
        rows=one.rows | other.rows, children=one.children | other.children, roots=one.roots or other.roots
    )


def _close(mirror: Mirror) -> None:
    with mirror.lock:
        mirror.close()
