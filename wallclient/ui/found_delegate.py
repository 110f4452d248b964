"""How a row of a search's results is painted: icon and name with the part that was found, its path below."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import CatalogRow
from wallclient.services.catalogs import Found
from wallclient.ui.catalog_text import word_text
from wallclient.ui.icons import STATE_COLORS, icon, row_icon
from wallclient.ui.theme import COLORS, Metrics, ui_font

FOUND_ROLE = Qt.ItemDataRole.UserRole + 1  # Found


class FoundDelegate(QStyledItemDelegate):
    """Paints a row in two lines."""

    def __init__(self, metrics: Metrics, parent: QWidget) -> None:
        super().__init__(parent)
        self._metrics = metrics
        self._name_font = ui_font(metrics.text_px)
        self._bold_font = ui_font(metrics.text_px, bold=True)
        self._small_font = ui_font(metrics.small_px)
        self._name, self._bold = QFontMetrics(self._name_font), QFontMetrics(self._bold_font)
        self._small = QFontMetrics(self._small_font)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row."""
        return QSize(80, self._name.height() + self._small.height() + self._metrics.space_px)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row."""
        self.initStyleOption(option, index)
        option.text, option.icon = "", QIcon()
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        found = index.data(FOUND_ROLE)
        if not isinstance(found, Found):
            return
        row, rect, side, space = found.hit.row, option.rect, self._metrics.icon_px, self._metrics.space_px
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        row_icon(row, None, side).paint(painter, QRect(rect.x() + space, rect.y() + space // 2, side, side))
        left = rect.x() + side + 2 * space
        first = QRect(left, rect.y() + space // 2, rect.right() - space - left, self._name.height())
        right = self._draw_state(painter, row, first)
        if row.favourite:
            right -= side
            icon("star-on", COLORS.warning, side).paint(painter, QRect(right, first.y(), side, first.height()))
        self._draw_name(painter, found, first, right - space // 2, selected)
        painter.setFont(self._small_font)
        painter.setPen(QColor(COLORS.text if selected else COLORS.text_dim))
        second = QRect(left, first.bottom() + 1, first.width(), self._small.height())
        where = " / ".join(found.hit.path) or row.gb_code
        if not found.marks and row.gb_code:
            where = f"{row.gb_code}   {where}"
        text = self._small.elidedText(where, Qt.TextElideMode.ElideMiddle, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _draw_state(self, painter: QPainter, row: CatalogRow, line: QRect) -> int:
        """Write the state or the counts at the right end of a line; return where they begin."""
        shown = row.state if row.is_channel else ChannelState.ONLINE
        text = word_text(row.state) if row.is_channel else f"{row.online}/{row.total}"
        width = self._small.horizontalAdvance(text)
        painter.setFont(self._small_font)
        painter.setPen(QColor(STATE_COLORS[shown] if row.is_channel else COLORS.text_dim))
        box = QRect(line.right() - width, line.y(), width + 1, line.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        return box.x()

    def _draw_name(self, painter: QPainter, found: Found, line: QRect, right: int, selected: bool) -> None:
        """Write the name; the part that was found is bright and heavy."""
        name, x, at = found.hit.row.name, line.x(), 0
        plain = COLORS.accent_text if selected else COLORS.text if found.hit.row.online else COLORS.text_dim
        for first, last in (*found.marks, (len(name), len(name))):
            for text, marked in ((name[at:first], False), (name[max(at, first) : last], True)):
                if not text or x >= right:
                    continue
                metrics = self._bold if marked else self._name
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, right - x)
                painter.setFont(self._bold_font if marked else self._name_font)
                painter.setPen(QColor(COLORS.accent if marked and not selected else plain))
                width = metrics.horizontalAdvance(shown)
                painter.drawText(QRect(x, line.y(), width + 1, line.height()), Qt.AlignmentFlag.AlignVCenter, shown)
                x += width
            at = max(at, last)
