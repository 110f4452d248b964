"""The tree of cameras on the screen: opening, selecting, dragging, and reading further as it is scrolled."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from wallclient.domain.node import Node, NodeKind
from wallclient.ui.theme import COLORS, Metrics
from wallclient.ui.tree_delegate import RowDelegate
from wallclient.ui.tree_item import TreeItem
from wallclient.ui.tree_model import FAVOURITE_ROLE, TreeModel

_AHEAD = 40  # rows below what is in sight


class TreeView(QTreeView):
    """Rows of the tree; double click or Enter asks for a camera, drags carry all selected rows."""

    nodes_wanted = Signal(object)  # list[Node]: to be put into panes
    favourite_toggled = Signal(object)  # Node whose star was clicked

    def __init__(self, model: TreeModel, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        model.many_changed.connect(self.viewport().update)
        self._delegate = RowDelegate(metrics, self)
        self._opened: set[str] = set()
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)  # stars show under the pointer
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)  # 497,000 rows must not be measured one by one
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(round(metrics.icon_px * 0.8))
        self.setIconSize(QSize(metrics.icon_px, metrics.icon_px))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(self._on_double_clicked)
        model.rowsInserted.connect(self._on_rows_inserted)
        self._further = QTimer(self, singleShot=True, interval=0)
        self._further.timeout.connect(self._read_further)
        self.verticalScrollBar().valueChanged.connect(self._further.start)
        self.expanded.connect(self._further.start)
        if model.rowCount():  # a mirror's rows came with `setModel`
            QTimer.singleShot(0, self, self._open_top)

    def selected_nodes(self) -> list[Node]:
        """Return the selected nodes in the order of their rows on screen."""
        rows = sorted(self.selectedIndexes(), key=lambda index: self.visualRect(index).top())
        return self._model.nodes(rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put the selected cameras into panes on Enter; open and close branches with the arrows as usual."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            nodes = self.selected_nodes()
            if len(nodes) == 1 and not nodes[0].is_channel and not event.modifiers():
                self.setExpanded(self.currentIndex(), not self.isExpanded(self.currentIndex()))
            elif nodes:
                self.nodes_wanted.emit(nodes)
            return
        super().keyPressEvent(event)

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draw a chevron where a row can be opened."""
        super().drawBranches(painter, rect, index)
        if not self._model.hasChildren(index):
            return
        x = rect.right() - self.indentation() / 2
        y = rect.center().y() + 0.5
        size = self.indentation() * 0.2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(COLORS.text_dim), 1.4))
        painter.translate(x, y)
        if self.isExpanded(index):
            painter.rotate(90)
        painter.drawPolyline(_chevron(size))
        painter.restore()

    def _on_double_clicked(self, index: QModelIndex) -> None:
        node = self._model.node(index)
        if node is not None and node.is_channel:
            self.nodes_wanted.emit([node])
        else:
            self.setExpanded(index, not self.isExpanded(index))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a click on a row's star; all others select."""
        index = self.indexAt(event.position().toPoint())
        node = self._model.node(index)
        on_star = self._delegate.star_rect(self.visualRect(index)).contains(event.position().toPoint())
        if node is not None and on_star and index.data(FAVOURITE_ROLE) is not None:
            self.favourite_toggled.emit(node)
            return
        super().mousePressEvent(event)

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        """Open centers, and a city that stands alone, at once: there is nothing to choose before."""
        self._further.start()
        if not parent.isValid() or (not parent.parent().isValid() and self._model.rowCount() == 1):
            QTimer.singleShot(0, self, self._open_top)  # the view has yet to lay out the new row

    def _open_top(self) -> None:
        tops = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        for top in tops:
            node = self._model.node(top)
            if len(tops) == 1 or (node is not None and node.kind is NodeKind.CENTER):
                self._open_once(top)
        if len(tops) == 1 and self._model.rowCount(tops[0]) == 1:
            self._open_once(self._model.index(0, 0, tops[0]))
        if tops and not self.currentIndex().isValid():
            self.selectionModel().setCurrentIndex(tops[0], QItemSelectionModel.SelectionFlag.NoUpdate)

    def _open_once(self, index: QModelIndex) -> None:
        """Open a row by ourselves the first time only: what the operator closes stays closed."""
        node = self._model.node(index)
        if node is not None and node.id not in self._opened and self._model.hasChildren(index):
            self.expand(index)
            if self._model.rowCount(index):
                self._opened.add(node.id)

    def _read_further(self) -> None:
        """Read on where the end of what was read of a level is in sight, or nearly so."""
        index = self.indexAt(QPoint(0, 0))
        rows = self.viewport().height() // max(1, self._delegate.row_px) + _AHEAD
        wanted: dict[int, TreeItem] = {}
        while index.isValid() and rows > 0:
            above = self._model.item(index).parent
            if above is not None and index.row() == len(above.children) - 1 and above.total > len(above.children):
                wanted[above.number] = above
            index, rows = self.indexBelow(index), rows - 1
        for item in wanted.values():
            self._model.fetch_next(item)


def _chevron(size: float) -> list[QPointF]:
    return [QPointF(-size / 2, -size), QPointF(size / 2, 0), QPointF(-size / 2, size)]
