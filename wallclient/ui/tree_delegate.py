"""How a row of the tree is painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import NodeFlag
from wallclient.ui.icons import icon
from wallclient.ui.theme import COLORS, Metrics, ui_font
from wallclient.ui.tree_model import COUNTS_ROLE, FAVOURITE_ROLE, FLAGS_ROLE, STATE_ROLE


class RowDelegate(QStyledItemDelegate):
    """Paints a row: icon, name, and at the right how many cameras are online of how many."""

    def __init__(self, metrics: Metrics, parent: QWidget) -> None:
        super().__init__(parent)
        self._metrics = metrics
        self.row_px = metrics.row_px
        self._counts_font = ui_font(metrics.small_px)
        self._counts_metrics = QFontMetrics(self._counts_font)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Elide the name before the counts; offline is faint, not only by its icon."""
        super().initStyleOption(option, index)
        if index.data(STATE_ROLE) != ChannelState.ONLINE:
            option.palette.setColor(option.palette.ColorRole.Text, QColor(COLORS.text_faint))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row."""
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        option.icon = QIcon()
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        rect = option.rect
        side = self._metrics.icon_px
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        icon.paint(painter, QRect(rect.x() + 2, rect.y() + (rect.height() - side) // 2, side, side))
        left = rect.x() + side + 9
        right = self._paint_marks(painter, option, index)
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
        faint = index.data(STATE_ROLE) != ChannelState.ONLINE
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setFont(option.font)
        painter.setPen(QColor(COLORS.accent_text if selected else COLORS.text_dim if faint else COLORS.text))
        text = option.fontMetrics.elidedText(name, Qt.TextElideMode.ElideMiddle, right - left)
        painter.drawText(QRect(left, rect.y(), right - left, rect.height()), Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _paint_marks(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> int:
        """Draw star and warning at the right end; return how far the rest may go."""
        star = self.star_rect(option.rect)
        right = option.rect.right() - 8
        favourite = index.data(FAVOURITE_ROLE)
        if favourite is not None:
            right = star.left() - 3
            if favourite:
                icon("star-on", COLORS.warning, star.width()).paint(painter, star)
            elif option.state & QStyle.StateFlag.State_MouseOver:
                icon("star", COLORS.text_faint, star.width()).paint(painter, star)
        if index.data(FLAGS_ROLE) != NodeFlag(0):
            mark = star.translated(right - star.right() - 1, 0)
            icon("warning", COLORS.warning, star.width()).paint(painter, mark)
            right = mark.left() - 3
        return right

    def star_rect(self, row: QRect) -> QRect:
        """Return where the star of a row is."""
        side = round(self._metrics.icon_px * 0.75)
        return QRect(row.right() - side - 5, row.y() + (row.height() - side) // 2, side, side)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row."""
        return QSize(80, self._metrics.row_px)
