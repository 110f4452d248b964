"""The queue of exports as a table, newest first. Follows the queue by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wallclient.domain.export import HELD, OVER, ExportJob, ExportState
from wallclient.ui.export_text import STATE_COLORS, export_state_text, pace_text, span_text
from wallclient.ui.icons import pixmap
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.exports import Exports

Index = QModelIndex | QPersistentModelIndex
CAMERAS, SPAN, STATE, PROGRESS = range(4)
PART_ROLE = Qt.ItemDataRole.UserRole + 1
_BAR_ALPHA = 70
_ROOT = QModelIndex()


class ExportModel(QAbstractTableModel):
    """One row for each export."""

    def __init__(self, exports: "Exports", zone: ZoneInfo, metrics: Metrics, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._exports, self._zone = exports, zone
        self._dot_px = max(8, metrics.small_px * 2 // 3)
        self._keys = [job.key for job in reversed(exports.jobs)]
        exports.changed.connect(self._on_changed)
        exports.progressed.connect(self._on_progressed)

    def job(self, row: int) -> ExportJob:
        """Return the export of a row."""
        return self._exports.job(self._keys[row])

    def row_of(self, key: str) -> int:
        """Return where an export is; −1 where it is gone."""
        return self._keys.index(key) if key in self._keys else -1

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many exports there are."""
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else PROGRESS + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Cameras"), self.tr("Footage"), self.tr("State"), self.tr("Progress"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        job = self.job(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(job, index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == STATE:
            return QIcon(pixmap("dot", STATE_COLORS[job.state], self._dot_px))
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == CAMERAS:
            return "\n".join(camera.name for camera in job.cameras)
        if role == PART_ROLE and index.column() == PROGRESS and job.state is not ExportState.CANCELLED:
            return self._exports.progress(job.key).part
        return None

    def _text(self, job: ExportJob, column: int) -> str:
        if column == CAMERAS:
            return job.title
        if column == SPAN:
            return span_text(job.start_ms, job.end_ms, self._zone)
        if column == STATE:
            return export_state_text(job.state)
        if job.state in OVER:
            return self.tr("Files: {count}").format(count=len(job.files)) if job.files else ""
        progress = self._exports.progress(job.key)
        percent = f"{progress.part * 100:.0f} %"
        return f"{percent}   {pace_text(progress)}" if job.state in HELD else percent

    def _on_changed(self, key: str) -> None:
        row = self.row_of(key)
        there = any(job.key == key for job in self._exports.jobs)
        if row < 0 and there:
            self.beginInsertRows(_ROOT, 0, 0)
            self._keys.insert(0, key)
            self.endInsertRows()
        elif row >= 0 and not there:
            self.beginRemoveRows(_ROOT, row, row)
            del self._keys[row]
            self.endRemoveRows()
        elif row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, PROGRESS))

    def _on_progressed(self, key: str) -> None:
        if (row := self.row_of(key)) >= 0:
            self.dataChanged.emit(self.index(row, PROGRESS), self.index(row, PROGRESS))


class ProgressDelegate(QStyledItemDelegate):
    """Draws how far an export is as a bar behind the words of the cell."""

    _COLORS: Mapping[bool, str] = {True: COLORS.ok, False: COLORS.accent}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell and the bar, which is thin enough to leave the words as they are."""
        super().paint(painter, option, index)
        part = index.data(PART_ROLE)
        if not isinstance(part, float):
            return
        rect: QRect = option.rect.adjusted(1, 2, -7, -2)
        color = QColor(self._COLORS[part >= 1.0])
        color.setAlpha(_BAR_ALPHA)
        painter.fillRect(QRect(rect.left(), rect.top(), round(rect.width() * min(1.0, part)), rect.height()), color)
        painter.setPen(QColor(COLORS.line_strong))
        painter.drawRect(rect)
