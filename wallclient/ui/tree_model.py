"""The tree of a center as a Qt model: read level by level and page by page, when a row is opened or scrolled to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from wallclient.domain.errors import WallError
from wallclient.domain.event import ChannelStatus
from wallclient.domain.node import Node, NodeKind, NodePage
from wallclient.ui.background import Background
from wallclient.ui.icons import node_icon
from wallclient.ui.mime import NODES, nodes_to_mime
from wallclient.ui.tree_item import TreeItem, merge

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

NODE_ROLE = Qt.ItemDataRole.UserRole + 1
COUNTS_ROLE = Qt.ItemDataRole.UserRole + 2  # "online/total", empty for a camera
Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class TreeModel(QAbstractItemModel):
    """Rows are `domain.node.Node`s, read in tasks; a level that can't be read is asked for again when opened."""

    failed = Signal(object)  # WallError
    loading_changed = Signal()

    def __init__(self, session: "Centers", background: Background, icon_px: int, parent: QObject | None = None):
        super().__init__(parent)
        self._session = session
        self._background = background
        self._icon_px = icon_px
        self._root = TreeItem(None, None)
        self._items: dict[str, TreeItem] = {}  # by node id; a channel also by its channel id
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
        """Forget everything, after a log-in; the view asks again."""
        self.beginResetModel()
        self._generation += 1
        self._root = TreeItem(None, None)
        self._items.clear()
        self._numbered.clear()
        self.endResetModel()

    def refresh(self) -> None:
        """Read again whatever was read, in place: what is open stays open, what is selected stays selected."""
        if self._root.loaded:
            self._background.start(self._refresh(self._root, self._generation))

    def node(self, index: Index) -> Node | None:
        """Return the node of a row."""
        return self._item(index).node

    def nodes(self, indexes: Iterable[Index]) -> list[Node]:
        """Return the nodes of rows, each once, in the order of the tree's rows."""
        found = {item.node.id: item.node for item in map(self._item, indexes) if item.node}
        return list(found.values())

    def index_of(self, node_id: str) -> QModelIndex:
        """Return the row of a node that was read; invalid where it was not."""
        item = self._items.get(node_id)
        return self._index(item) if item else QModelIndex()

    # Qt's questions

    def index(self, row: int, column: int, parent: Index = _NO_INDEX) -> QModelIndex:
        """Return the index of a child."""
        above = self._item(parent)
        if column != 0 or not 0 <= row < len(above.children):
            return QModelIndex()
        return self.createIndex(row, 0, above.children[row].number)

    def parent(self, index: Index = _NO_INDEX) -> QModelIndex:  # type: ignore[override]
        """Return the index of the row above."""
        item = self._item(index)
        return self._index(item.parent) if item.parent else QModelIndex()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return the number of rows read so far."""
        return len(self._item(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Return 1."""
        return 1

    def hasChildren(self, parent: Index = _NO_INDEX) -> bool:
        """Tell whether a row can be opened; known before its children are."""
        item = self._item(parent)
        if item.loaded:
            return bool(item.children)
        return item.node is None or (not item.node.is_channel and item.node.channels_total > 0)

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether there are rows not read yet and nobody is reading them."""
        item = self._item(parent)
        if item.loading or (item.node is None and not self._session.signed_in):
            return False
        return item.next_cursor is not None if item.loaded else self.hasChildren(parent)

    def fetchMore(self, parent: Index) -> None:
        """Begin to read the next page."""
        item = self._item(parent)
        if self.canFetchMore(parent):
            self._set_loading(item, True)
            self._background.start(self._read_page(item, self._generation))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the view shows of a row."""
        node = self._item(index).node
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return node.name
        if role == Qt.ItemDataRole.DecorationRole:
            return node_icon(node, self._icon_px)
        if role == NODE_ROLE:
            return node
        if role == COUNTS_ROLE:
            return "" if node.is_channel else f"{node.channels_online}/{node.channels_total}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{node.name}\n{node.gb_code}" if node.gb_code else node.name
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row: cameras and whole stations can be dragged."""
        flags = super().flags(index)
        if not index.isValid():
            return flags
        item = self._item(index)
        if item.node is not None and item.node.is_channel:
            flags |= Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Return the type of our drags."""
        return [NODES]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the nodes of `indexes` for a drag."""
        return nodes_to_mime(self.nodes(indexes))

    def supportedDragActions(self) -> Qt.DropAction:
        """Return copy: the tree stays as it is."""
        return Qt.DropAction.CopyAction

    # Reading

    async def _read_page(self, item: TreeItem, generation: int) -> None:
        try:
            page = await self._session.children(item.node.id if item.node else None, item.next_cursor)
        except WallError as err:
            if generation == self._generation:
                self.failed.emit(err)
            return
        finally:
            if generation == self._generation:
                self._set_loading(item, False)
        if generation == self._generation and not item.removed:
            self._append(item, page)

    def _append(self, item: TreeItem, page: NodePage) -> None:
        known = {child.node.id for child in item.children if child.node}
        new = [TreeItem(node, item) for node in page.nodes if node.id not in known]
        item.loaded, item.next_cursor = True, page.next_cursor
        if not new:
            return
        first = len(item.children)
        self.beginInsertRows(self._index(item), first, first + len(new) - 1)
        item.append(new)
        self._remember(new)
        self.endInsertRows()

    async def _refresh(self, item: TreeItem, generation: int) -> None:
        """Read a level again as far as it was read, then the open ones below it."""
        wanted = len(item.children)
        nodes: list[Node] = []
        cursor = None
        try:
            while True:
                page = await self._session.children(item.node.id if item.node else None, cursor)
                nodes += page.nodes
                cursor = page.next_cursor
                if cursor is None or len(nodes) >= wanted:
                    break
        except WallError as err:
            self.failed.emit(err)
            return
        if generation != self._generation or item.removed or item.loading:
            return
        item.next_cursor = cursor
        self._merge(item, nodes)
        for child in [child for child in item.children if child.loaded]:
            await self._refresh(child, generation)

    def _merge(self, item: TreeItem, nodes: list[Node]) -> None:
        for step in merge(item, nodes):
            parent = self._index(item)
            if step.remove:
                self.beginRemoveRows(parent, step.row, step.row)
                self._forget(item.take(step.row))
                self.endRemoveRows()
            elif step.insert is not None:
                self.beginInsertRows(parent, step.row, step.row)
                item.insert(step.row, step.insert)
                self._remember([step.insert])
                self.endInsertRows()
        for child, node in zip(item.children, nodes, strict=True):
            self._set_node(child, node)

    def _on_status_changed(self, status: ChannelStatus) -> None:
        item = self._items.get(status.channel_id)
        if item and item.node and item.node.channel:
            channel = replace(item.node.channel, online=status.online)
            self._set_node(item, replace(item.node, channel=channel, channels_online=int(status.online)))
        for node_id, total, online in status.ancestors:
            above = self._items.get(node_id)
            if above and above.node:
                self._set_node(above, replace(above.node, channels_total=total, channels_online=online))

    def _set_node(self, item: TreeItem, node: Node) -> None:
        if item.node != node:
            item.node = node
            index = self._index(item)
            self.dataChanged.emit(index, index)

    def _set_loading(self, item: TreeItem, loading: bool) -> None:
        item.loading = loading
        if item is self._root:
            self.loading_changed.emit()

    def _remember(self, items: Iterable[TreeItem]) -> None:
        for item in items:
            self._numbered[item.number] = item
            for key in _keys(item):
                self._items[key] = item

    def _forget(self, item: TreeItem) -> None:
        for child in item.children:
            self._forget(child)
        item.removed = True
        self._numbered.pop(item.number, None)
        for key in _keys(item):
            if self._items.get(key) is item:
                del self._items[key]

    # Items and indexes

    def _item(self, index: Index) -> TreeItem:
        return self._numbered.get(index.internalId(), self._root) if index.isValid() else self._root

    def _index(self, item: TreeItem) -> QModelIndex:
        return QModelIndex() if item is self._root else self.createIndex(item.row, 0, item.number)


def _keys(item: TreeItem) -> Iterator[str]:
    node = item.node
    if node is not None:
        yield node.id
        if node.kind is NodeKind.CHANNEL and node.channel and node.channel.id != node.id:
            yield node.channel.id
