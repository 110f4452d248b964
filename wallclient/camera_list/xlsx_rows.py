"""Workbooks (.xlsx) as rows of texts. The only user of openpyxl, which is asked for values, never for formulas."""

import io
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from wallclient.domain.camera_list import ListTrouble, ListUnreadable

_LARGEST_UNPACKED_BYTES = 1 << 30  # a file of 1 MB may claim to hold 1 GB of blanks
_MOST_COLUMNS = 64
_MOST_SHEETS = 20


def xlsx_sheets(content: bytes) -> Iterator[Callable[[], Iterator[tuple[int, Sequence[str]]]]]:
    """Yield one way to read the rows for each visible sheet. Raises ListUnreadable, the ways do so too."""
    from openpyxl import load_workbook  # here: it brings numpy, 20 MB that a wall without lists has no use for

    _check_archive(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:_MOST_SHEETS]
    except Exception:  # openpyxl lets out whatever its parsers and its own slips raise: KeyError, ValueError, TypeError
        raise ListUnreadable(ListTrouble.DAMAGED) from None
    for sheet in sheets:
        yield partial(_rows, sheet)


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[str]]]:
    number = 0
    try:
        sheet.reset_dimensions()  # programs other than Excel write what is not so
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS), start=1):
            yield number, [_text(cell) for cell in cells]
    except GeneratorExit:
        raise
    except Exception:  # as above; what is read here is XML from outside
        raise ListUnreadable(ListTrouble.DAMAGED, number + 1) from None


def _text(value: object) -> str:
    """Return a cell's value as text. Numbers beyond 15 digits stay as Excel shows them: they are not what was typed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return _number(value)
    return str(value)


def _number(value: int | float) -> str:
    if not math.isfinite(value):
        return ""
    if abs(value) >= 1e15:  # a double has 15 to 17 digits: the rest is lost, and must look lost
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else repr(value)


def _check_archive(content: bytes) -> None:
    """Refuse what is cut off, no workbook, or unpacks to more than a list can be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > _LARGEST_UNPACKED_BYTES:
                raise ListUnreadable(ListTrouble.TOO_LARGE)
            if "xl/workbook.xml" not in {info.filename for info in infos}:
                raise ListUnreadable(ListTrouble.NOT_A_TABLE)
            if archive.testzip() is not None:
                raise ListUnreadable(ListTrouble.HALF_WRITTEN)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        raise ListUnreadable(ListTrouble.HALF_WRITTEN) from None
    except (NotImplementedError, RuntimeError):  # a way of packing or a password no workbook has
        raise ListUnreadable(ListTrouble.NOT_A_TABLE) from None
