"""What a search for movement found: a list with pictures."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wallclient.domain.footage_search import Area, MotionHit
from wallclient.ui.area_editor import draw_areas
from wallclient.ui.footage_search_text import hit_text, moment_text
from wallclient.ui.theme import COLORS, Metrics, ui_font
from wallclient.ui.timeline_paint import HIT_COLOR

_Index = QModelIndex | QPersistentModelIndex
MOST_HITS = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """A movement with its strongest picture."""

    hit: MotionHit
    image: QImage
    marked: bool = False  # it is a bookmark by now


class HitModel(QAbstractListModel):
    """Hits in order of time."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone
        self.found: list[Found] = []
        self.areas: list[Area] = []
        self.dated = False

    def begin(self, areas: list[Area], *, dated: bool) -> None:
        """Begin a new list."""
        self.beginResetModel()
        self.found, self.areas, self.dated = [], areas, dated
        self.endResetModel()

    def add(self, hit: MotionHit, image: QImage) -> None:
        """Take one more, which comes behind all others."""
        row = len(self.found)
        self.beginInsertRows(QModelIndex(), row, row)
        self.found.append(Found(hit, image))
        self.endInsertRows()

    def mark(self, hit: MotionHit) -> None:
        """Show that a hit is a bookmark now."""
        for row, found in enumerate(self.found):
            if found.hit == hit:
                self.found[row] = Found(hit, found.image, marked=True)
                self.dataChanged.emit(self.index(row), self.index(row))

    def label(self, hit: MotionHit) -> str:
        """Say when something moved."""
        begin = moment_text(hit.start_us, self._zone, dated=self.dated)
        return f"{begin} – {moment_text(hit.end_us, self._zone, dated=False)}"

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many hits there are."""
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a hit, or what a screen reader says of it."""
        found = self.found[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return found
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole):
            return f"{self.label(found.hit)} {hit_text(found.hit)}"
        return None


class HitDelegate(QStyledItemDelegate):
    """Paints a hit: picture with the areas, times, length, and how much moved as a bar."""

    def __init__(self, model: HitModel, metrics: Metrics) -> None:
        super().__init__()
        self._model, self._metrics = model, metrics
        self._picture = QSize(metrics.text_px * 10, round(metrics.text_px * 5.625))

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size of a row."""
        return QSize(self._metrics.text_px * 24, self._picture.height() + self._metrics.space_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a row."""
        rect: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, QColor(COLORS.pressed))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(COLORS.raised))
        found, space = self._model.found[index.row()], self._metrics.space_px
        area = QRect(rect.x() + space // 2, rect.y() + space // 2, self._picture.width(), self._picture.height())
        painter.fillRect(area, QColor(COLORS.void))
        size = found.image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(area.center())
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.drawImage(place, found.image)
        draw_areas(painter, QRectF(place), self._model.areas, width=1.2)
        left = area.right() + space * 2
        self._paint_words(painter, QRect(left, area.y(), rect.right() - left - space, area.height()), found, selected)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, found: Found, selected: bool) -> None:
        line = rect.height() // 3
        painter.setFont(ui_font(self._metrics.text_px, bold=True))
        painter.setPen(QColor(COLORS.accent_text if selected else COLORS.text))
        top = QRect(rect.x(), rect.y(), rect.width(), line)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, self._model.label(found.hit))
        painter.setFont(ui_font(self._metrics.text_px))
        painter.setPen(QColor(COLORS.text_dim))
        painter.drawText(top.translated(0, line), Qt.AlignmentFlag.AlignVCenter, hit_text(found.hit))
        bar = QRectF(rect.x(), rect.y() + 2.4 * line, min(rect.width(), self._metrics.text_px * 12), line * 0.3)
        painter.fillRect(bar, QColor(COLORS.line_strong))
        painter.fillRect(QRectF(bar.x(), bar.y(), bar.width() * min(1.0, found.hit.score), bar.height()), HIT_COLOR)
        if found.marked:
            painter.setPen(QColor("#ffd25e"))
            painter.drawText(
                top.adjusted(0, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "⚑"
            )
