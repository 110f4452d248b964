"""The cells of a contact sheet: what is known of each moment, and how it is painted, on the screen and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wallclient.domain.node import Channel
from wallclient.services.footage_search import FoundPicture
from wallclient.ui.footage_search_text import lack_text, moment_text
from wallclient.ui.theme import COLORS, Metrics, ui_font

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class CellLook:
    """How cells are painted: on the screen, or on white paper."""

    ground: str
    picture_ground: str
    text: str
    dim: str
    line: str
    text_px: int
    plain: bool = False  # text is for files: it has to be found and copied there

    def font(self, pixel_size: int, *, bold: bool = False) -> QFont:
        """Return the font of a size."""
        font = ui_font(pixel_size, bold=bold)
        if self.plain:
            # with cosmetic glyphs Qt 6.11 forgets which digits they stand for (as in services/reports_pdf.py)
            font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font


def screen_look(text_px: int) -> CellLook:
    """Return the look on the screen."""
    return CellLook(COLORS.ground, COLORS.pane, COLORS.text, COLORS.text_dim, COLORS.line_strong, text_px)


def paper_look(text_px: int) -> CellLook:
    """Return the look on paper."""
    return CellLook("#ffffff", "#f0f2f4", "#101418", "#59636e", "#c3cbd3", text_px, plain=True)


@dataclass(slots=True)
class Cell:
    """A moment of a camera and what came of it."""

    channel: Channel
    asked_us: int
    found: FoundPicture | None = None

    @property
    def moment_us(self) -> int:
        """The exact moment of the picture; before there is one, the one asked for."""
        return self.asked_us if self.found is None or self.found.moment_us is None else self.found.moment_us


class SheetModel(QAbstractListModel):
    """All cells of a sheet, camera by camera, each in order of time."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone
        self.cells: list[Cell] = []
        self.dated = self.named = False
        self._rows: dict[tuple[str, int], int] = {}

    def plan(self, channels: Sequence[Channel], moments_us: Sequence[int], *, dated: bool) -> None:
        """Begin a new sheet."""
        self.beginResetModel()
        self.dated, self.named = dated, len(channels) > 1
        self.cells = [Cell(channel, moment) for channel in channels for moment in moments_us]
        self._rows = {(cell.channel.id, cell.asked_us): row for row, cell in enumerate(self.cells)}
        self.endResetModel()

    def take(self, found: FoundPicture) -> None:
        """Take what came of a moment."""
        row = self._rows.get((found.channel_id, found.asked_us))
        if row is not None:
            self.cells[row].found = found
            index = self.index(row)
            self.dataChanged.emit(index, index)

    @property
    def found(self) -> int:
        """How many moments are answered."""
        return sum(cell.found is not None for cell in self.cells)

    def label(self, cell: Cell) -> str:
        """Return what is written below a picture."""
        return moment_text(cell.moment_us, self._zone, dated=self.dated)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many cells there are."""
        return 0 if parent.isValid() else len(self.cells)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell, or what a screen reader says of it."""
        cell = self.cells[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return cell
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole):
            lack = cell.found.lack if cell.found is not None else None
            words = [cell.channel.name] if self.named else []
            return " ".join([*words, self.label(cell), *([lack_text(lack)] if lack is not None else [])])
        return None


def cell_size(picture: QSize, text_px: int, *, named: bool) -> QSize:
    """Return what a cell needs."""
    return QSize(picture.width(), picture.height() + round(text_px * (3.0 if named else 1.6)))


def paint_cell(painter: QPainter, rect: QRect, cell: Cell, label: str, look: CellLook, *, named: bool) -> None:
    """Paint a cell: the picture, or why there is none, and the time; with the camera's name where there are several."""
    text_px = look.text_px
    foot = round(text_px * (3.0 if named else 1.6))
    area = QRect(rect.x(), rect.y(), rect.width(), rect.height() - foot)
    painter.fillRect(area, QColor(look.picture_ground))
    image = cell.found.image if cell.found is not None else None
    if image is not None and not image.isNull():
        size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(area.x() + (area.width() - size.width()) // 2, area.y(), size.width(), area.height())
        place.setTop(area.y() + (area.height() - size.height()) // 2)
        place.setHeight(size.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)
    elif cell.found is not None and cell.found.lack is not None:
        painter.fillRect(area, QBrush(QColor(look.line), Qt.BrushStyle.BDiagPattern))
        font = look.font(text_px)
        painter.setFont(font)
        text = lack_text(cell.found.lack)
        metrics = QFontMetrics(font)
        box = metrics.boundingRect(text)
        box = QRect(0, 0, min(area.width(), box.width() + text_px), box.height() + text_px // 2)
        box.moveCenter(area.center())
        painter.fillRect(box, QColor(look.picture_ground))
        painter.setPen(QColor(look.dim))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
    _paint_words(painter, QRect(rect.x(), area.bottom() + 1, rect.width(), foot), cell, label, look, named=named)


def _paint_words(painter: QPainter, rect: QRect, cell: Cell, label: str, look: CellLook, *, named: bool) -> None:
    line = rect.height() // 2 if named else rect.height()
    painter.setFont(look.font(look.text_px, bold=True))
    painter.setPen(QColor(look.text))
    painter.drawText(QRect(rect.x(), rect.y(), rect.width(), line), Qt.AlignmentFlag.AlignCenter, label)
    if named:
        font = look.font(round(look.text_px * 0.9))
        painter.setFont(font)
        painter.setPen(QColor(look.dim))
        name = QFontMetrics(font).elidedText(cell.channel.name, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(QRect(rect.x(), rect.y() + line, rect.width(), line), Qt.AlignmentFlag.AlignCenter, name)


class CellDelegate(QStyledItemDelegate):
    """Paints cells on the screen."""

    def __init__(self, model: SheetModel, metrics: Metrics) -> None:
        super().__init__()
        self._model = model
        self._margin = max(4, metrics.space_px // 2)
        self._look = screen_look(metrics.text_px)
        self.picture = QSize(metrics.text_px * 16, metrics.text_px * 9)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size of each cell."""
        size = cell_size(self.picture, self._look.text_px, named=self._model.named)
        return QSize(size.width() + 2 * self._margin, size.height() + 2 * self._margin)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a cell with its frame."""
        rect: QRect = option.rect
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(COLORS.accent))
            painter.fillRect(rect.adjusted(2, 2, -2, -2), QColor(COLORS.title_selected))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(COLORS.hover))
        cell = self._model.cells[index.row()]
        inner = rect.adjusted(self._margin, self._margin, -self._margin, -self._margin)
        paint_cell(painter, inner, cell, self._model.label(cell), self._look, named=self._model.named)
        painter.restore()
