"""Keeps the tree of one window in step with the mirrors, a little at a time so that it never stands still."""

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QTimer

from wallclient.domain.catalog_view import CatalogChange
from wallclient.domain.errors import StorageFailed
from wallclient.domain.global_id import global_id, key_of, root_id, split_id
from wallclient.ui.background import Background
from wallclient.ui.tree_item import Entry, TreeItem
from wallclient.ui.tree_levels import MirrorLevels
from wallclient.ui.tree_model import LARGEST_PAGE, TreeModel

if TYPE_CHECKING:
    from wallclient.services.catalogs import Catalogs
    from wallclient.services.centers import Centers

_AT_ONCE = 400  # rows read between two turns of the loop
_SETTLE_MS = 1500  # rows whose state decides where they stand change places this seldom
_ROOTS_MS = 200
_FEW = 40  # for every row that is told of, Qt asks the model a question or two; a busy writer makes each of them wait


class TreeKeeper(QObject):
    """Takes changes of the mirrors over into the rows that were read; rows out of sight are read when they are seen."""

    def __init__(
        self,
        model: TreeModel,
        levels: MirrorLevels,
        catalogs: "Catalogs",
        centers: "Centers",
        background: Background,
    ) -> None:
        super().__init__(model)
        self._model = model
        self._levels = levels
        self._background = background
        self._dirty: dict[str, None] = {}  # ids of rows whose children are to be read again, in order
        self._reading = False
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._on_settle)
        self._roots = QTimer(self, singleShot=True, interval=_ROOTS_MS)
        self._roots.timeout.connect(model.take_roots)
        catalogs.changed.connect(self._on_changed)
        catalogs.opened.connect(self._on_opened)
        centers.state_changed.connect(self._roots_soon)
        model.view_changed.connect(self._on_view_changed)
        model.take_roots()

    @property
    def busy(self) -> bool:
        """Tell whether levels are being read again."""
        return self._reading or bool(self._dirty)

    async def reveal(self, gid: str) -> QModelIndex:
        """Read as far as a row is, and return its index; an invalid one where the tree does not show it."""
        if not self._levels.serves(gid):
            return self._model.index_of(gid)
        line = [*self._levels.line(gid), gid]
        for above, below in pairwise(line):
            item = self._model.known(above)
            if item is None or item.is_channel:
                break
            if not item.loaded:
                self._model.fetchMore(self._model.index_at(item))
            while self._model.known(below) is None and self._model.fetch_next(item):
                await asyncio.sleep(0)
        return self._model.index_of(gid)

    # --- changes ---

    def _on_opened(self, key: str) -> None:
        self._model.take_roots()
        self._model.forget_below(root_id(key))

    def _on_changed(self, key: str, change: CatalogChange) -> None:
        if change.everything or change.roots:
            self._roots_soon()
        if change.everything:
            self._spoil([item for item in self._model.items() if key_of(item.id) == key])
            return
        self._mark_stale(key, change)
        below = [self._model.known(global_id(key, local_id)) for local_id in change.children]
        self._spoil([item for item in below if item is not None])
        if change.roots and (root := self._model.known(root_id(key))) is not None:
            self._spoil([root])
        if change.rows and self._levels.is_settling and not self._settle.isActive():
            self._settle.start()

    def _mark_stale(self, key: str, change: CatalogChange) -> None:
        """Mark rows, and let the view look again at those in sight, which are read as they are painted."""
        known = self._model.items()
        if len(known) < len(change.rows):
            found = [item for item in known if split_id(item.id)[1] in change.rows and key_of(item.id) == key]
        else:
            ids = (self._model.known(global_id(key, local_id)) for local_id in change.rows)
            found = [item for item in ids if item is not None]
        roots_below = False
        for item in found:
            item.stale = True
            roots_below = roots_below or (item.parent is not None and item.parent.id == root_id(key))
        if len(found) <= _FEW:
            for item in found:
                self._model.tell(item)
        else:
            self._model.many_changed.emit()
        if roots_below:
            self._roots_soon()

    def _roots_soon(self) -> None:
        if not self._roots.isActive():
            self._roots.start()

    def _on_view_changed(self) -> None:
        self._spoil(self._model.items())

    def _on_settle(self) -> None:
        self._background.start(self._settled())

    async def _settled(self) -> None:
        try:
            await self._levels.refresh_filter()
        except StorageFailed as err:
            self._model.failed.emit(err)
            return
        self._spoil(self._model.items())

    # --- reading levels again ---

    def _spoil(self, items: list[TreeItem]) -> None:
        """Have the children of these rows read again, as far as they were read."""
        self._dirty |= dict.fromkeys(item.id for item in items if item.loaded and self._levels.serves(item.id))
        if self._dirty and not self._reading:
            self._reading = True
            self._background.start(self._read_dirty())

    async def _read_dirty(self) -> None:
        try:
            while self._dirty:
                gid = next(iter(self._dirty))
                del self._dirty[gid]
                item = self._model.known(gid)
                if item is not None and item.loaded and self._levels.serves(gid):
                    await self._read_again(item)
                await asyncio.sleep(0)
        except StorageFailed as err:
            self._model.failed.emit(err)
        finally:
            self._reading = False

    async def _read_again(self, item: TreeItem) -> None:
        wanted = max(len(item.children), min(_AT_ONCE, LARGEST_PAGE))
        chosen = (self._levels.hierarchy, self._levels.sort, self._levels.wanted)
        if self._levels.wanted:
            await self._levels.page(item.id, 0, 1)  # prepares the filter
        entries: list[Entry] = []
        total = 0
        while len(entries) < wanted:
            level = self._levels.page_now(item.id, len(entries), min(_AT_ONCE, wanted - len(entries)))
            if level is None:
                return
            entries += level.entries
            total = level.total
            if not level.entries or len(entries) >= total:
                break
            await asyncio.sleep(0)
            if item.removed or not self._levels.serves(item.id):
                return
        if not item.removed and chosen == (self._levels.hierarchy, self._levels.sort, self._levels.wanted):
            item.total = total
            self._model.merge(item, entries)
