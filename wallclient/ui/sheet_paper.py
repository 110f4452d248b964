"""A contact sheet as a picture or a PDF, with what it is of and who made it. Blocking, on the GUI thread's fonts."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QMarginsF, QRect, QSaveFile, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter

from wallclient.domain.errors import DiskFull, StorageFailed
from wallclient.domain.patrol import Person
from wallclient.ui.footage_search_text import range_text, step_text
from wallclient.ui.playback_text import offset_text
from wallclient.ui.sheet_cells import Cell, CellLook, cell_size, paint_cell, paper_look

_DPI = 150
_IMAGE_PX = 1920
_ACROSS = 6
_MOST_IMAGE_PX = 30_000  # in height: more cells are for paper


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that goes onto paper."""

    cells: Sequence[Cell]
    labels: Sequence[str]
    start_us: int
    end_us: int
    step_us: int
    zone: ZoneInfo
    by: Person | None
    made_us: int
    center: str = ""


def save_sheet(sheet: Sheet, path: Path) -> None:
    """Write a sheet; the ending of the name says how (.pdf, .png, .jpg). Raises StorageFailed, DiskFull."""
    file = QSaveFile(str(path))  # what was there under that name stays until all is written
    if not file.open(QSaveFile.OpenModeFlag.WriteOnly):
        raise StorageFailed(f"{path.name}: {file.errorString()}")
    if path.suffix.lower() == ".pdf":
        _write_pdf(sheet, file)
    else:
        writer = QImageWriter(file, path.suffix.lower().lstrip(".").encode())
        writer.setQuality(90 if path.suffix.lower() in (".jpg", ".jpeg") else -1)
        if not writer.write(sheet_image(sheet)):
            file.cancelWriting()
    if not file.commit():
        full = os.statvfs(path.parent).f_bavail == 0 if hasattr(os, "statvfs") else False
        raise (DiskFull if full else StorageFailed)(f"{path.name}: {file.errorString()}")


def sheet_image(sheet: Sheet) -> QImage:
    """Return the sheet as one picture."""
    look = paper_look(24)
    layout = _Layout(sheet, look, _IMAGE_PX, _IMAGE_PX // 48)
    rows = min(layout.rows, max(1, (_MOST_IMAGE_PX - layout.head_px) // layout.row_px))
    image = QImage(_IMAGE_PX, layout.head_px + rows * layout.row_px + layout.margin_px, QImage.Format.Format_RGB32)
    image.fill(QColor(look.ground))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    layout.paint_head(painter, 1, 1)
    layout.paint_rows(painter, 0, rows)
    painter.end()
    return image


def _write_pdf(sheet: Sheet, file: QSaveFile) -> None:
    writer = QPdfWriter(file)
    writer.setResolution(_DPI)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape, QMarginsF(10, 10, 10, 10))
    )
    writer.setCreator("wallclient")
    writer.setTitle(_title(sheet))
    look = paper_look(18)
    layout = _Layout(sheet, look, writer.width(), 0)
    a_page = max(1, (writer.height() - layout.head_px) // layout.row_px)
    pages = -(-layout.rows // a_page)
    painter = QPainter(writer)
    for page in range(pages):
        if page:
            writer.newPage()
        layout.paint_head(painter, page + 1, pages)
        layout.paint_rows(painter, page * a_page, min(layout.rows, (page + 1) * a_page))
    painter.end()


class _Layout:
    """Where the parts of a sheet are, on a page of a width."""

    def __init__(self, sheet: Sheet, look: CellLook, width_px: int, margin_px: int) -> None:
        self._sheet, self._look = sheet, look
        self.margin_px, self._width_px = margin_px, width_px - 2 * margin_px
        self._named = len({cell.channel.id for cell in sheet.cells}) > 1
        self._space_px = look.text_px // 2
        wide = (self._width_px - (_ACROSS - 1) * self._space_px) // _ACROSS
        self._cell = cell_size(QSize(wide, wide * 9 // 16), look.text_px, named=self._named)
        self.row_px = self._cell.height() + self._space_px
        self.rows = -(-len(sheet.cells) // _ACROSS)
        self.head_px = margin_px + round(look.text_px * 5.6)

    def paint_head(self, painter: QPainter, page: int, pages: int) -> None:
        """Write what the sheet is of, and who made it."""
        look, sheet = self._look, self._sheet
        line = round(look.text_px * 1.6)
        title = QRect(self.margin_px, self.margin_px, self._width_px, round(look.text_px * 1.9))
        painter.setPen(QColor(look.text))
        font = look.font(round(look.text_px * 1.35), bold=True)
        painter.setFont(font)
        text = QFontMetrics(font).elidedText(_title(sheet), Qt.TextElideMode.ElideRight, title.width())
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(look.font(look.text_px))
        painter.setPen(QColor(look.dim))
        below = QRect(title.x(), title.bottom() + 1, title.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, _of(sheet))
        last = below.translated(0, line)
        painter.drawText(last, Qt.AlignmentFlag.AlignVCenter, _made(sheet))
        if pages > 1:
            painter.drawText(last, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{page} / {pages}")

    def paint_rows(self, painter: QPainter, first: int, behind: int) -> None:
        """Paint the cells of some rows from below the head on."""
        sheet = self._sheet
        for number in range(first * _ACROSS, min(behind * _ACROSS, len(sheet.cells))):
            row, column = divmod(number, _ACROSS)
            left = self.margin_px + column * (self._cell.width() + self._space_px)
            rect = QRect(left, self.head_px + (row - first) * self.row_px, self._cell.width(), self._cell.height())
            paint_cell(painter, rect, sheet.cells[number], sheet.labels[number], self._look, named=self._named)


def _title(sheet: Sheet) -> str:
    channels = list({cell.channel.id: cell.channel for cell in sheet.cells}.values())
    names = [f"{channel.name} {channel.gb_code}".strip() for channel in channels]
    return " · ".join(names)


def _of(sheet: Sheet) -> str:
    parts = (
        f"{range_text(sheet.start_us, sheet.end_us, sheet.zone)} ({offset_text(sheet.start_us, sheet.zone)})",
        QCoreApplication.translate("sheet_paper", "every {step}").format(step=step_text(sheet.step_us)),
        sheet.center,
    )
    return "   ".join(filter(None, parts))


def _made(sheet: Sheet) -> str:
    who = ", ".join(filter(None, (sheet.by.name or sheet.by.user, sheet.by.post))) if sheet.by is not None else ""
    made = range_text(sheet.made_us, sheet.made_us, sheet.zone).split(" – ")[0]
    text = QCoreApplication.translate("sheet_paper", "Contact sheet made {when} {who}")
    return text.format(when=made, who=who).strip()
