"""Reports as XLSX workbooks: a sheet of facts and one for each table. Texts are texts: none is read as a formula."""

import io
import re
from datetime import datetime
from typing import Any

import xlsxwriter
from PySide6.QtGui import QImage

from wallclient.services.report_paper import Cell, Paper, Row, Section

_ROW_PT = 15.0
_PICTURE_PX = 240  # wide, in its cell
_PX_PER_PT = 96 / 72
_HIGHEST_ROW_PT = 400.0  # Excel's limit is 409
_CHARS_OF_TABLE = 140  # all columns of a table together, in characters
_BAD_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME = 31
# What comes from outside is never looked into: "=HYPERLINK(…)" as a camera's name stays a name.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def xlsx(paper: Paper) -> bytes:
    """Return a report as a workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as workbook:
        workbook.set_properties({"title": paper.title, "author": "wallclient"})
        formats = _formats(workbook)
        _write_facts(workbook.add_worksheet(_sheet_name(paper.title)), paper, formats)
        for section in paper.sections:
            _write_section(workbook.add_worksheet(_sheet_name(section.title)), section, paper, formats)
    return buffer.getvalue()


def _formats(workbook: Any) -> dict[str, Any]:
    table = {"border": 1, "border_color": "#9AA5B1", "valign": "top", "text_wrap": True}
    moment = {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}
    bad = {"font_color": "#B00020", "bold": True}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 16}),
        "label": workbook.add_format({"font_color": "#55606C", "valign": "top"}),
        "fact": workbook.add_format({"text_wrap": True, "valign": "top", "align": "left"}),
        "fact time": workbook.add_format({"valign": "top", **moment}),
        "head": workbook.add_format({**table, "bold": True, "bg_color": "#E3E8EE"}),
        "cell": workbook.add_format(table),
        "cell time": workbook.add_format({**table, **moment}),
        "bad": workbook.add_format({**table, **bad}),
        "bad time": workbook.add_format({**table, **bad, **moment}),
    }


def _write_facts(sheet: Any, paper: Paper, formats: dict[str, Any]) -> None:
    _set_up(sheet)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, paper.title, formats["title"])
    sheet.set_row(0, 26)
    printed = paper.words["printed"].format(time=f"{paper.made_utc.astimezone(paper.zone):%Y-%m-%d %H:%M:%S}")
    for number, (label, value) in enumerate(paper.facts, 1):
        sheet.write_string(number, 0, label, formats["label"])
        _write(sheet, number, 1, value, "fact", paper, formats)
        if isinstance(value, str):
            sheet.set_row(number, _ROW_PT * (value.count("\n") + 1 + len(value) // 90))
    sheet.write_string(len(paper.facts) + 2, 0, printed, formats["label"])


def _write_section(sheet: Any, section: Section, paper: Paper, formats: dict[str, Any]) -> None:
    _set_up(sheet)
    whole = sum(column.width for column in section.columns)
    with_pictures = any(row.picture is not None for row in section.rows)
    for number, column in enumerate(section.columns):
        sheet.set_column(number, number, max(7, _CHARS_OF_TABLE * column.width // whole))
        sheet.write_string(0, number, column.title, formats["head"])
    last = len(section.columns)
    if with_pictures:
        sheet.set_column(last, last, _PICTURE_PX // 7 + 2)
        sheet.write_string(0, last, paper.words["picture"], formats["head"])
    sheet.freeze_panes(1, 0)
    if not section.rows:
        sheet.write_string(1, 0, paper.words["none"], formats["label"])
    for number, row in enumerate(section.rows, 1):
        kind = "bad" if row.is_bad else "cell"
        for place, cell in enumerate(row.cells):
            _write(sheet, number, place, cell, kind, paper, formats)
        if row.picture is not None:
            _write_picture(sheet, number, last, row, paper, formats)
    if section.rows:
        sheet.autofilter(0, 0, len(section.rows), last if with_pictures else last - 1)


def _write(sheet: Any, row: int, column: int, cell: Cell, kind: str, paper: Paper, formats: dict[str, Any]) -> None:
    if isinstance(cell, datetime):
        local = cell.astimezone(paper.zone).replace(tzinfo=None)  # a workbook knows no time zones; the facts name it
        sheet.write_datetime(row, column, local, formats[f"{kind} time"])
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, formats[kind])
    else:
        sheet.write_string(row, column, cell or "", formats[kind])


def _write_picture(sheet: Any, row: int, column: int, line: Row, paper: Paper, formats: dict[str, Any]) -> None:
    image = QImage.fromData(line.picture or b"")
    if image.isNull() or not image.width():
        sheet.write_string(row, column, paper.words["no_picture_kept"], formats["cell"])
        return
    scale = _PICTURE_PX / image.width() * _dots_per_inch(image) / 96
    height_pt = min(_HIGHEST_ROW_PT, image.height() * _PICTURE_PX / image.width() / _PX_PER_PT + 6)
    sheet.set_row(row, height_pt)
    options = {
        "image_data": io.BytesIO(line.picture or b""),
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": 4,
        "y_offset": 4,
        "object_position": 1,
    }
    sheet.insert_image(row, column, "picture", options)


def _dots_per_inch(image: QImage) -> float:
    """Return the resolution a picture's file claims, by which XlsxWriter scales it before we do."""
    return image.dotsPerMeterX() * 0.0254 or 96.0


def _set_up(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&P / &N")


def _sheet_name(title: str) -> str:
    return _BAD_IN_NAMES.sub(" ", title)[:_LONGEST_SHEET_NAME]
