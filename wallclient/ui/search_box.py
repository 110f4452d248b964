"""Finding cameras as one types: the box above the tree, and the list that covers the tree meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QWidget

from wallclient.domain.errors import WallError
from wallclient.domain.node import Node
from wallclient.services.catalogs import Found, FoundList
from wallclient.ui.background import Background
from wallclient.ui.found_delegate import FOUND_ROLE, FoundDelegate
from wallclient.ui.icons import icon
from wallclient.ui.mime import NODES, nodes_to_mime
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.catalogs import Catalogs

_PAUSE_MS = 15  # characters of a composed word or a paste come together
_WARM_UP_MS = 1500  # after the window has shown itself
_AGAIN_MS = 1000  # states of what was found may be this old
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FoundModel(QAbstractListModel):
    """What was found, the best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found = FoundList("")

    def show_found(self, found: FoundList) -> None:
        """Take over a result of another text, or of the same one: then no row leaves its place under the operator."""
        if found.text == self.found.text and self.found.rows:
            self._refresh(found)
            return
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def first_camera(self) -> int:
        """Return the row of the best camera; where there is none, the first row."""
        return next((row for row, found in enumerate(self.found.rows) if found.hit.row.is_channel), 0)

    def _refresh(self, found: FoundList) -> None:
        """Bring states and counts up to date, take out what is gone, put what is new behind all others."""
        new = {row.id: row for row in found.rows}
        for place in range(len(self.found.rows) - 1, -1, -1):
            if self.found.rows[place].id not in new and found.complete:
                self.beginRemoveRows(QModelIndex(), place, place)
                self.found = replace(self.found, rows=self.found.rows[:place] + self.found.rows[place + 1 :])
                self.endRemoveRows()
        kept = tuple(new.pop(row.id, row) for row in self.found.rows)
        self.found = replace(found, rows=kept)
        if kept:
            self.dataChanged.emit(self.index(0), self.index(len(kept) - 1))
        if new:
            self.beginInsertRows(QModelIndex(), len(kept), len(kept) + len(new) - 1)
            self.found = replace(found, rows=(*kept, *new.values()))
            self.endInsertRows()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Return how many were found."""
        return 0 if parent is not None and parent.isValid() else len(self.found.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the list shows of a row."""
        if not 0 <= index.row() < len(self.found.rows):
            return None
        found = self.found.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.hit.row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((found.hit.row.name, found.hit.row.gb_code, " / ".join(found.hit.path)))
        return found if role == FOUND_ROLE else None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return what can be done with a row: it can be dragged."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Return the type of our drags."""
        return [NODES]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the nodes of `indexes` for a drag."""
        return nodes_to_mime(self.found.rows[index.row()].node() for index in indexes)


class FoundView(QListView):
    """The list of what was found."""

    def __init__(self, model: FoundModel, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(FoundDelegate(metrics, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the box keeps it: one goes on typing


class SearchBox(QLineEdit):
    """Searches as one types and steers the list: the latest text counts, whatever comes back late is dropped.

    The best camera is chosen at once (stations above it are reached with Up), Down goes on from there. Enter puts what
    is chosen into the selected pane and chooses the next; before the hits of the latest text are there, it waits.
    """

    searching = Signal(bool)  # there is a text: the list covers the tree, or not any more
    found = Signal(object)  # FoundList
    nodes_wanted = Signal(object)  # list[Node]: to be put into panes
    locate_requested = Signal(object)  # Node: to be shown in the tree
    failed = Signal(object)  # WallError

    def __init__(
        self, catalogs: "Catalogs", background: Background, metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("SearchBox")
        self.setPlaceholderText(self.tr("Search: name, pinyin, code"))
        self.setClearButtonEnabled(True)
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._catalogs = catalogs
        self._background = background
        self._task: asyncio.Task[None] | None = None
        self._was_searching = False
        self._wanted_enter = False
        self.model = FoundModel(self)
        self.view = FoundView(self.model, metrics)
        self.view.doubleClicked.connect(lambda _index: self._put_into_panes())
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self._later = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._later.timeout.connect(self._search)
        self.textChanged.connect(self._on_text_changed)
        catalogs.changed.connect(self._on_catalog_changed)
        self._warm = QTimer(self, singleShot=True, interval=_WARM_UP_MS)
        self._warm.timeout.connect(lambda: background.start(self._warm_up()))
        self._warm.start()
        catalogs.opened.connect(self._on_mirror_opened)

    @property
    def query(self) -> str:
        """What is searched for."""
        return self.text().strip()

    def selected(self) -> list[Found]:
        """Return the selected rows, or the best camera."""
        rows = sorted(index.row() for index in self.view.selectedIndexes()) or [self.model.first_camera()]
        return [found for row, found in enumerate(self.model.found.rows) if row in rows]

    def event(self, event: QEvent) -> bool:
        """Keep Enter, with Ctrl or without, while there is a text: the window has other uses for it."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride and bool(self.query)
        if is_asked and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list, take from it, or leave; everything else is typing."""
        key = event.key()
        if key in _MOVES:
            self._move({Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8}.get(Qt.Key(key), 8))
        elif key in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if rows := self.selected():
                self.locate_requested.emit(rows[0].node())
        elif key in _ENTER:
            self._put_into_panes()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def _move(self, by: int) -> None:
        count = self.model.rowCount()
        if not count:
            return
        current = self.view.currentIndex()
        self._choose(max(0, min(count - 1, current.row() + by if current.isValid() else 0)))

    def _choose(self, row: int) -> None:
        index = self.model.index(row)
        self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.view.scrollTo(index)

    def _put_into_panes(self) -> None:
        """Take what is selected, or what will be first: Enter may be quicker than the search."""
        if self.model.found.text != self.query:
            self._wanted_enter = bool(self.query)
            return
        nodes: list[Node] = [found.node() for found in self.selected()]
        if nodes:
            self.nodes_wanted.emit(nodes)
        if len(nodes) == 1:
            self._move(1)  # what Enter takes next

    def _on_text_changed(self) -> None:
        self._wanted_enter = False
        if not self.query:
            self.model.show_found(FoundList(""))
        if bool(self.query) != self._was_searching:
            self._was_searching = bool(self.query)
            self.searching.emit(self._was_searching)
        self._pause.start()

    def _on_catalog_changed(self, _key: str, _change: object) -> None:
        if self.query and not self._later.isActive():
            self._later.start()

    def _on_mirror_opened(self, _key: str) -> None:
        self._warm.start()

    async def _warm_up(self) -> None:
        try:
            await self._catalogs.warm_up()
        except WallError as err:
            self.failed.emit(err)

    def _search(self) -> None:
        if not self.query:
            return
        self._task = self._background.start(self._find(self.query))

    async def _find(self, text: str) -> None:
        task = asyncio.current_task()
        try:
            found = await self._catalogs.search(text, asker=self)
        except WallError as err:
            self._wanted_enter = False
            self.failed.emit(err)
            return
        finally:
            if self._task is task:
                self._task = None
        if found is None or text != self.query:
            return
        is_new = found.text != self.model.found.text or not self.model.found.rows
        self.model.show_found(found)
        if is_new and found.rows:
            self._choose(self.model.first_camera())  # shown as chosen: what Enter takes is no guess
        self.found.emit(found)
        if self._wanted_enter:
            self._wanted_enter = False
            self._put_into_panes()
