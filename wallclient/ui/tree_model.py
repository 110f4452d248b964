"""The tree of all centers as a Qt model. A level is read when its row is opened, and further as the view scrolls.

Where a center is mirrored, levels come from the mirror, at once; else from the center itself, in tasks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon

from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import NO_FILTER, Hierarchy, NodeFlag, RowFilter, SortBy
from wallclient.domain.errors import StorageFailed, WallError
from wallclient.domain.event import ChannelStatus
from wallclient.domain.node import Node, NodeKind
from wallclient.ui.background import Background
from wallclient.ui.icons import row_icon
from wallclient.ui.mime import NODES, nodes_to_mime
from wallclient.ui.tree_item import Entry, TreeItem
from wallclient.ui.tree_levels import Level, MirrorLevels, center_entry
from wallclient.ui.tree_merge import merge_level

if TYPE_CHECKING:
    from wallclient.services.catalogs import Catalogs
    from wallclient.services.centers import Centers

NODE_ROLE = Qt.ItemDataRole.UserRole + 1
COUNTS_ROLE = Qt.ItemDataRole.UserRole + 2  # "online/total", empty for a camera
STATE_ROLE = Qt.ItemDataRole.UserRole + 3  # ChannelState, which Qt hands on as a plain str
FAVOURITE_ROLE = Qt.ItemDataRole.UserRole + 4  # bool; None for what can't be one
FLAGS_ROLE = Qt.ItemDataRole.UserRole + 5  # NodeFlag
PAINTED_ROLE = Qt.ItemDataRole.UserRole + 6  # Painted
FIRST_PAGE = 200
LARGEST_PAGE = 1000
_AROUND = 60  # rows above and below one that is painted: about those in sight
Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
# Made once: the view asks for the flags of every row it lays out, and combining flags is slow in Python.
_BRANCH = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDragEnabled
_LEAF = _BRANCH | Qt.ItemFlag.ItemNeverHasChildren
_DISPLAY, _ICON, _TOOL_TIP = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.DecorationRole,
    Qt.ItemDataRole.ToolTipRole,
)


class Painted(NamedTuple):
    """All a row shows, asked for at once: each question to a model written in Python takes its time."""

    name: str
    icon: QIcon
    counts: str
    online: bool
    favourite: bool | None  # None: can't be one
    is_odd: bool


class TreeModel(QAbstractItemModel):
    """Rows are centers, nodes and cameras by their global ids; a level that can't be read is asked for when opened."""

    failed = Signal(object)  # WallError
    loading_changed = Signal()
    many_changed = Signal()  # rows here and there show something else; where they are in sight they are to be painted
    view_changed = Signal()  # hierarchy, sorting or filter

    def __init__(
        self,
        session: "Centers",
        background: Background,
        icon_px: int,
        parent: QObject | None = None,
        catalogs: "Catalogs | None" = None,
    ):
        super().__init__(parent)
        self._session = session
        self._background = background
        self._icon_px = icon_px
        self.levels = MirrorLevels(catalogs) if catalogs else None
        self._root = TreeItem(None, None)
        self._items: dict[str, TreeItem] = {}  # by id; a channel also by its channel id
        self._numbered: dict[int, TreeItem] = {}  # indexes carry numbers: a pointer could outlive its item
        self._generation = 0  # answers to questions of an earlier log-in are dropped
        session.status_changed.connect(self._on_status_changed)
        session.events_lost.connect(self.refresh)

    # Content

    @property
    def loading(self) -> bool:
        """Tell whether the first level is being read."""
        return self._root.loading

    def reset(self) -> None:
        """Forget everything the centers themselves told; the view asks again."""
        if self.levels is not None:
            self.take_roots()
            return
        self.beginResetModel()
        self._generation += 1
        self._root = TreeItem(None, None)
        self._items.clear()
        self._numbered.clear()
        self.endResetModel()
        self.fetchMore(QModelIndex())  # a view hidden behind a sentence would never ask

    def refresh(self) -> None:
        """Read again whatever a center told, in place: what is open stays open, what is selected stays selected."""
        if self.levels is not None:
            for item in self._root.children:
                if item.loaded and not self.levels.serves(item.id):
                    self._background.start(self._refresh(item, self._generation))
        elif self._root.loaded:
            self._background.start(self._refresh(self._root, self._generation))

    def take_roots(self) -> None:
        """Take the centers over, with their counts."""
        if self.levels is not None:
            self._root.loaded = True
            self.merge(self._root, self.levels.roots())
            for item in self._root.children:
                if not item.loaded and self.canFetchMore(self.index_at(item)):
                    self.fetchMore(self.index_at(item))

    def forget_below(self, gid: str) -> None:
        """Forget what was read below a row and read it again."""
        item = self._items.get(gid)
        if item is None:
            return
        if item.children:
            self.take_out(item, 0, len(item.children) - 1)
        was_loaded, item.loaded, item.next_cursor, item.total = item.loaded, False, None, 0
        item.loading = False
        if was_loaded and self.canFetchMore(self.index_at(item)):
            self.fetchMore(self.index_at(item))

    def choose(self, hierarchy: Hierarchy, sort: SortBy, wanted: RowFilter = NO_FILTER) -> None:
        """Show the mirrors' rows in another way; what stays keeps its place in the selection."""
        levels = self.levels
        if levels is None or (hierarchy, sort, wanted) == (levels.hierarchy, levels.sort, levels.wanted):
            return
        other_tree = hierarchy is not levels.hierarchy
        levels.choose(hierarchy, sort, wanted)
        if other_tree:
            for item in list(self._root.children):
                if levels.serves(item.id):
                    self.forget_below(item.id)
        self.view_changed.emit()

    def node(self, index: Index) -> Node | None:
        """Return the node of a row."""
        return self.item(index).node

    def nodes(self, indexes: Iterable[Index]) -> list[Node]:
        """Return the nodes of rows, each once, in the order of the tree's rows."""
        found = {item.id: item.node for item in map(self.item, indexes) if item.node}
        return list(found.values())

    def index_of(self, node_id: str) -> QModelIndex:
        """Return the row of a node that was read; invalid where it was not."""
        item = self._items.get(node_id)
        return self.index_at(item) if item else QModelIndex()

    def known(self, gid: str) -> TreeItem | None:
        """Return the item of a row that was read."""
        return self._items.get(gid)

    def items(self) -> list[TreeItem]:
        """Return all items that were read."""
        return list(self._numbered.values())

    # Qt's questions

    def index(self, row: int, column: int, parent: Index = _NO_INDEX) -> QModelIndex:
        """Return the index of a child."""
        above = self.item(parent)
        if column != 0 or not 0 <= row < len(above.children):
            return QModelIndex()
        return self.createIndex(row, 0, above.children[row].number)

    def parent(self, index: Index = _NO_INDEX) -> QModelIndex:  # type: ignore[override]
        """Return the index of the row above."""
        item = self.item(index)
        return self.index_at(item.parent) if item.parent else QModelIndex()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return the number of rows read so far."""
        return len(self.item(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Return 1."""
        return 1

    def hasChildren(self, parent: Index = _NO_INDEX) -> bool:
        """Tell whether a row can be opened; known before its children are."""
        item = self.item(parent)
        if item.loaded:
            return bool(item.children)
        if item.entry is None:
            return True
        if item.entry.node is not None and item.entry.node.kind is NodeKind.CENTER:
            return self._is_open(item)
        return not item.is_channel and item.counts[0] > 0

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether there are rows not read yet, which the view has to have now, and nobody is reading them.

        Further pages of a mirrored level are asked for with `fetch_next`: the view would lay out again and again.
        """
        item = self.item(parent)
        if item.loading:
            return False
        if item.entry is None and self.levels is None and not self._session.signed_in:
            return False
        return item.next_cursor is not None if item.loaded else self.hasChildren(parent)

    def fetchMore(self, parent: Index) -> None:
        """Read the next page, or begin to."""
        item = self.item(parent)
        if not self.canFetchMore(parent):
            return
        if item is self._root and self.levels is not None:
            self.take_roots()
        elif self.levels is not None and self.levels.serves(item.id):
            self._fetch_mirrored(item, FIRST_PAGE)
        else:
            self._set_loading(item, True)
            self._background.start(self._read_page(item, self._generation))

    def fetch_next(self, item: TreeItem) -> bool:
        """Read more rows of a mirrored level that is open, as many again; tell whether there were any."""
        serves = self.levels is not None and self.levels.serves(item.id)
        if not serves or not item.loaded or item.loading or len(item.children) >= item.total:
            return False
        self._fetch_mirrored(item, max(FIRST_PAGE, min(LARGEST_PAGE, len(item.children))))
        return True

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Return what the view shows of a row."""
        item = self.item(index)
        if item.entry is None:
            return None
        if item.stale:
            self._freshen(item)
        if role == PAINTED_ROLE:
            return self._painted(item)
        if role == _DISPLAY:
            return self._name(item)
        if role == _ICON:
            return row_icon(item.entry.row, item.node if item.entry.row is None else None, self._icon_px)
        if role == NODE_ROLE:
            return item.node
        if role == COUNTS_ROLE:
            return _counts(item)
        row = item.catalog_row
        if role == STATE_ROLE:
            return row.state if row and row.is_channel else ChannelState("online" if item.counts[1] else "offline")
        if role == FAVOURITE_ROLE:
            return self._favourite(item)
        if role == FLAGS_ROLE:
            return row.flags if row else NodeFlag(0)
        if role == _TOOL_TIP and (node := item.node):
            return f"{self._name(item)}\n{node.gb_code}" if node.gb_code else self._name(item)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row: cameras and whole stations can be dragged."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _LEAF if self.item(index).is_channel else _BRANCH

    def mimeTypes(self) -> list[str]:
        """Return the type of our drags."""
        return [NODES]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the nodes of `indexes` for a drag."""
        return nodes_to_mime(self.nodes(indexes))

    def supportedDragActions(self) -> Qt.DropAction:
        """Return copy: the tree stays as it is."""
        return Qt.DropAction.CopyAction

    # Reading the mirrors

    def _is_open(self, item: TreeItem) -> bool:
        """Tell whether what is below a center can be read."""
        if self.levels is None or self.levels.serves(item.id):
            return True
        return self._session.is_signed_in(item.id)

    def _fetch_mirrored(self, item: TreeItem, limit: int) -> None:
        assert self.levels
        try:
            level = self.levels.page_now(item.id, len(item.children), limit)
        except StorageFailed as err:
            item.loaded = True
            self.failed.emit(err)
            return
        if level is not None:
            self._take_level(item, level)
        else:
            self._set_loading(item, True)
            self._background.start(self._prepare(item, limit))

    async def _prepare(self, item: TreeItem, limit: int) -> None:
        assert self.levels
        asked = (self.levels.hierarchy, self.levels.sort, self.levels.wanted)
        try:
            level = await self.levels.page(item.id, len(item.children), limit)
        except (WallError, AssertionError) as err:
            if isinstance(err, WallError):
                self.failed.emit(err)
            return
        finally:
            self._set_loading(item, False)
        if not item.removed and asked == (self.levels.hierarchy, self.levels.sort, self.levels.wanted):
            self._take_level(item, level)

    def _take_level(self, item: TreeItem, level: Level) -> None:
        known = {child.id for child in item.children}
        item.loaded, item.total = True, level.total
        self.put_in(item, len(item.children), [entry for entry in level.entries if entry.id not in known])

    def _freshen(self, item: TreeItem) -> None:
        """Read a row again, and those around it that will be asked for next."""
        around = item.parent.children[max(0, item.row - _AROUND) : item.row + _AROUND] if item.parent else [item]
        stale = [one for one in around if one.stale]
        for one in stale:
            one.stale = False
        try:
            fresh = self.levels.fresh(stale) if self.levels and self.levels.serves(item.id) else {}
        except StorageFailed:
            return  # the sync notices it, too, and tells
        for one in stale:
            if (entry := fresh.get(one.id)) is not None:
                one.take_over(entry)

    # Reading the centers

    async def _read_page(self, item: TreeItem, generation: int) -> None:
        try:
            page = await self._session.children(item.id or None, item.next_cursor)
        except WallError as err:
            if generation == self._generation:
                self.failed.emit(err)
            return
        finally:
            if generation == self._generation:
                self._set_loading(item, False)
        mirrored = self.levels is not None and self.levels.serves(item.id)
        if generation == self._generation and not item.removed and not mirrored:
            known = {child.id for child in item.children}
            item.loaded, item.next_cursor = True, page.next_cursor
            self.put_in(item, len(item.children), [center_entry(node) for node in page.nodes if node.id not in known])

    async def _refresh(self, item: TreeItem, generation: int) -> None:
        """Read a level again as far as it was read, then the open ones below it."""
        wanted = len(item.children)
        nodes: list[Node] = []
        cursor = None
        try:
            while True:
                page = await self._session.children(item.id or None, cursor)
                nodes += page.nodes
                cursor = page.next_cursor
                if cursor is None or len(nodes) >= wanted:
                    break
        except WallError as err:
            self.failed.emit(err)
            return
        mirrored = self.levels is not None and self.levels.serves(item.id)
        if generation != self._generation or item.removed or item.loading or mirrored:
            return
        item.next_cursor = cursor
        self.merge(item, [center_entry(node) for node in nodes])
        for child in [child for child in item.children if child.loaded]:
            await self._refresh(child, generation)

    def _on_status_changed(self, status: ChannelStatus) -> None:
        item = self._items.get(status.channel_id)
        if item and item.entry and item.entry.node and item.entry.node.channel:
            channel = replace(item.entry.node.channel, online=status.online)
            self._set_node(item, replace(item.entry.node, channel=channel, channels_online=int(status.online)))
        for node_id, total, online in status.ancestors:
            above = self._items.get(node_id)
            if above and above.entry and above.entry.node and not (self.levels and self.levels.serves(node_id)):
                self._set_node(above, replace(above.entry.node, channels_total=total, channels_online=online))

    def _set_node(self, item: TreeItem, node: Node) -> None:
        if item.node != node:
            item.take_over(center_entry(node))
            self.tell(item)

    def _set_loading(self, item: TreeItem, loading: bool) -> None:
        item.loading = loading
        if item is self._root:
            self.loading_changed.emit()

    # Items and indexes

    def merge(self, item: TreeItem, entries: list[Entry]) -> None:
        """Give a row these children; those that stay keep what is open and selected below them."""
        merge_level(self, item, entries)

    def put_in(self, parent: TreeItem, row: int, entries: Sequence[Entry]) -> None:
        """Insert new rows."""
        if not entries:
            return
        new = [TreeItem(entry, parent) for entry in entries]
        self.beginInsertRows(self.index_at(parent), row, row + len(new) - 1)
        parent.add(row, new)
        for item in new:
            self._numbered[item.number] = item
            for key in _keys(item):
                self._items[key] = item
        self.endInsertRows()

    def take_out(self, parent: TreeItem, first: int, last: int) -> None:
        """Remove rows."""
        self.beginRemoveRows(self.index_at(parent), first, last)
        for item in parent.take(first, last):
            self._forget(item)
        self.endRemoveRows()

    def move_children(self, parent: TreeItem, items: list[TreeItem]) -> None:
        """Give the same children another order."""
        self.layoutAboutToBeChanged.emit()
        before = [index for index in self.persistentIndexList() if self.item(index).parent is parent]
        parent.reorder(items)
        self.changePersistentIndexList(before, [self.index_at(self.item(index)) for index in before])
        self.layoutChanged.emit()

    def tell(self, first: TreeItem, last: TreeItem | None = None) -> None:
        """Let views show a row again, or rows of one parent."""
        self.dataChanged.emit(self.index_at(first), self.index_at(last or first))

    def item(self, index: Index) -> TreeItem:
        """Return the item of an index."""
        return self._numbered.get(index.internalId(), self._root) if index.isValid() else self._root

    def index_at(self, item: TreeItem) -> QModelIndex:
        """Return the index of an item."""
        return QModelIndex() if item is self._root else self.createIndex(item.row, 0, item.number)

    def _name(self, item: TreeItem) -> str:
        assert item.entry
        name = item.entry.row.name if item.entry.row else item.entry.node.name if item.entry.node else ""
        return name or (self.tr("Without a name") if item.is_channel else self.tr("Without a place"))

    def _painted(self, item: TreeItem) -> Painted:
        assert item.entry
        row = item.catalog_row
        online = row.state is ChannelState.ONLINE if row and row.is_channel else item.counts[1] > 0
        picture = row_icon(row, item.node if row is None else None, self._icon_px)
        return Painted(
            self._name(item), picture, _counts(item), online, self._favourite(item), bool(row is not None and row.flags)
        )

    def _favourite(self, item: TreeItem) -> bool | None:
        return self.levels.is_favourite(item.id) if item.catalog_row is not None and self.levels is not None else None

    def _forget(self, item: TreeItem) -> None:
        for child in item.children:
            self._forget(child)
        item.removed = True
        self._numbered.pop(item.number, None)
        for key in _keys(item):
            if self._items.get(key) is item:
                del self._items[key]


def _counts(item: TreeItem) -> str:
    return "" if item.is_channel else "{1}/{0}".format(*item.counts)


def _keys(item: TreeItem) -> tuple[str, ...]:
    entry = item.entry
    if entry is None:
        return ()
    channel = entry.node.channel if entry.node else None
    return (entry.id,) if channel is None or channel.id == entry.id else (entry.id, channel.id)
