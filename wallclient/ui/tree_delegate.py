"""How a row of the tree is painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wallclient.ui.icons import icon
from wallclient.ui.theme import COLORS, Metrics, ui_font
from wallclient.ui.tree_model import PAINTED_ROLE, Painted


class RowDelegate(QStyledItemDelegate):
    """Paints a row: icon, name, and at the right how many cameras are online of how many."""

    def __init__(self, metrics: Metrics, parent: QWidget) -> None:
        super().__init__(parent)
        self._metrics = metrics
        self.row_px = metrics.row_px
        self._counts_font = ui_font(metrics.small_px)
        self._counts_metrics = QFontMetrics(self._counts_font)
        self._bright, self._dim, self._chosen = map(QColor, (COLORS.text, COLORS.text_dim, COLORS.accent_text))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row; offline is faint, not only by its icon. The name gives way to what stands at the right."""
        row: Painted | None = index.data(PAINTED_ROLE)
        if row is None:
            return
        rect, side = option.rect, self._metrics.icon_px
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        option.widget.style().drawPrimitive(panel, option, painter, option.widget)
        row.icon.paint(painter, QRect(rect.x() + 2, rect.y() + (rect.height() - side) // 2, side, side))
        left = rect.x() + side + 9
        right = self._paint_marks(painter, option, row)
        painter.save()
        if row.counts:
            width = self._counts_metrics.horizontalAdvance(row.counts)
            painter.setFont(self._counts_font)
            painter.setPen(self._dim)
            place = QRect(right - width, rect.y(), width + 1, rect.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, row.counts)
            right -= width + 8
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setFont(option.font)
        painter.setPen(self._chosen if selected else self._bright if row.online else self._dim)
        text = option.fontMetrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, right - left)
        painter.drawText(QRect(left, rect.y(), right - left, rect.height()), Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _paint_marks(self, painter: QPainter, option: QStyleOptionViewItem, row: Painted) -> int:
        """Draw star and warning at the right end; return how far the rest may go."""
        star = self.star_rect(option.rect)
        right = option.rect.right() - 8
        if row.favourite is not None:
            right = star.left() - 3
            if row.favourite:
                icon("star-on", COLORS.warning, star.width()).paint(painter, star)
            elif option.state & QStyle.StateFlag.State_MouseOver:
                icon("star", COLORS.text_faint, star.width()).paint(painter, star)
        if row.is_odd:
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
