"""The tree panel: the view of the tree, its rows, and what is said while there is nothing to show."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.node import Node
from wallclient.ui.theme import COLORS, Metrics, ui_font
from wallclient.ui.tree_model import COUNTS_ROLE, NODE_ROLE, TreeModel


class TreeView(QTreeView):
    """Rows of the tree; double click or Enter asks for a camera, drags carry all selected rows."""

    nodes_wanted = Signal(object)  # list[Node]: to be put into panes

    def __init__(self, model: TreeModel, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(metrics, self))
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

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        """Open the city at once: there is nothing to choose before."""
        if not parent.isValid() and self._model.rowCount() == 1:
            QTimer.singleShot(0, self, self._open_top)  # the view has yet to lay out the new row

    def _open_top(self) -> None:
        top = self._model.index(0, 0)
        self.expand(top)
        self.selectionModel().setCurrentIndex(top, QItemSelectionModel.SelectionFlag.NoUpdate)


class TreePanel(QFrame):
    """The tree with its title; a sentence where there is nothing to show."""

    def __init__(self, view: TreeView, model: TreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("TreePanel")
        self._model = model
        self._signed_in = False
        title = _named(QLabel(self.tr("Cameras")), "PanelTitle")
        self._empty = _named(QLabel(), "PanelEmpty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(title)
        layout.addLayout(self._stack, 1)
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset, model.loading_changed):
            changed.connect(self._refresh)
        self._refresh()

    def set_signed_in(self, signed_in: bool) -> None:
        """Say what to do while signed out."""
        self._signed_in = signed_in
        self._refresh()

    def _refresh(self) -> None:
        filled = self._model.rowCount() > 0
        self._stack.setCurrentIndex(1 if filled else 0)
        if self._model.loading:
            self._empty.setText(self.tr("Reading the cameras…"))
        elif self._signed_in:
            self._empty.setText(self.tr("No cameras."))
        else:
            self._empty.setText(self.tr("Log in to see the cameras."))


class _RowDelegate(QStyledItemDelegate):
    """Paints a row: icon, name, and at the right how many cameras are online of how many."""

    def __init__(self, metrics: Metrics, parent: QWidget) -> None:
        super().__init__(parent)
        self._metrics = metrics
        self._counts_font = ui_font(metrics.small_px)
        self._counts_metrics = QFontMetrics(self._counts_font)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Elide the name before the counts; offline is faint, not only by its icon."""
        super().initStyleOption(option, index)
        node = index.data(NODE_ROLE)
        if isinstance(node, Node) and node.channels_online == 0:
            option.palette.setColor(option.palette.ColorRole.Text, QColor(COLORS.text_faint))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row."""
        self.initStyleOption(option, index)
        node = index.data(NODE_ROLE)
        name, option.text = option.text, ""
        option.icon = QIcon()
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        rect = option.rect
        side = self._metrics.icon_px
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        icon.paint(painter, QRect(rect.x() + 2, rect.y() + (rect.height() - side) // 2, side, side))
        left = rect.x() + side + 9
        right = rect.right() - 8
        counts = index.data(COUNTS_ROLE)
        painter.save()
        if counts:
            width = self._counts_metrics.horizontalAdvance(counts)
            painter.setFont(self._counts_font)
            painter.setPen(QColor(COLORS.text_dim))
            painter.drawText(
                QRect(right - width, rect.y(), width + 1, rect.height()), Qt.AlignmentFlag.AlignVCenter, counts
            )
            right -= width + 8
        faint = isinstance(node, Node) and node.channels_online == 0
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setFont(option.font)
        painter.setPen(QColor(COLORS.accent_text if selected else COLORS.text_dim if faint else COLORS.text))
        text = option.fontMetrics.elidedText(name, Qt.TextElideMode.ElideMiddle, right - left)
        painter.drawText(QRect(left, rect.y(), right - left, rect.height()), Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row."""
        return QSize(80, self._metrics.row_px)


def _chevron(size: float) -> list[QPointF]:
    return [QPointF(-size / 2, -size), QPointF(size / 2, 0), QPointF(-size / 2, size)]


def _named(label: QLabel, name: str) -> QLabel:
    label.setObjectName(name)
    return label
