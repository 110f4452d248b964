"""A file as a table of texts: which kind of file it is, whether it is whole, where its headings are.

Nothing in a cell is ever run: of a formula the value counts that the spreadsheet itself saved.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wallclient.camera_list.csv_rows import csv_readings
from wallclient.camera_list.headings import column_of, columns_of
from wallclient.camera_list.xlsx_rows import xlsx_sheets
from wallclient.domain.camera_list import ListColumn, ListTrouble, ListUnreadable

LARGEST_BYTES = 128 << 20
MOST_ROWS = 300_000
_HEADINGS_WITHIN = 10  # titles and remarks may stand above them
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: .xls, and .xlsx with a password
_ZIP = b"PK"
Row = tuple[int, Sequence[str]]  # number as a spreadsheet counts, cells


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the headings that hold anything, and where each column stands."""

    columns: dict[ListColumn, int]
    rows: list[Row] = field(repr=False)
    unknown_headings: tuple[str, ...] = ()
    being_edited: bool = False


def read_table(path: Path) -> Table:
    """Read a `.csv` or `.xlsx`, told apart by what is in it. Blocking. Raises ListUnreadable."""
    content = _whole(path)
    if content.startswith(_OLE):
        raise ListUnreadable(ListTrouble.OLD_OR_PROTECTED)
    readings = xlsx_sheets(content) if content.startswith(_ZIP) else csv_readings(content)
    edited = _is_being_edited(path)
    columns, above, rows = _with_headings(readings)
    kept: list[Row] = []
    for row in rows:
        if any(cell and not cell.isspace() for cell in row[1]):
            kept.append(row)
        if len(kept) > MOST_ROWS:
            raise ListUnreadable(ListTrouble.TOO_LARGE, row[0])
    unknown = tuple(cell.strip()[:80] for cell in above[1] if cell.strip() and column_of(cell) is None)
    return Table(columns, kept, unknown, edited)


def _with_headings(readings: Iterable[Callable[[], Iterator[Row]]]) -> tuple[dict[ListColumn, int], Row, Iterator[Row]]:
    """Return columns, heading row and the rows below of the reading in which most headings are known."""
    best: tuple[dict[ListColumn, int], Row, Callable[[], Iterator[Row]]] | None = None
    trouble: ListUnreadable | None = None
    for reading in readings:
        try:
            found = _headings(reading())
        except ListUnreadable as err:  # of this reading: with another separator, or on another sheet, it may be well
            trouble = trouble or err
            continue
        if found is not None and (best is None or len(found[0]) > len(best[0])):
            best = (*found, reading)
    if best is None:
        raise trouble or ListUnreadable(ListTrouble.NO_HEADINGS)
    columns, heading, reading = best
    return columns, heading, (row for row in reading() if row[0] > heading[0])


def _headings(rows: Iterator[Row]) -> tuple[dict[ListColumn, int], Row] | None:
    for _, row in zip(range(_HEADINGS_WITHIN), rows, strict=False):
        columns = columns_of(row[1], row[0])
        if columns is not None:
            return columns, row
    return None


def _whole(path: Path) -> bytes:
    """Return the file's content; a file that changes meanwhile is being written."""
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise ListUnreadable(ListTrouble.NOT_A_TABLE)
            if before.st_size > LARGEST_BYTES:
                raise ListUnreadable(ListTrouble.TOO_LARGE)
            content = file.read(LARGEST_BYTES + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise ListUnreadable(ListTrouble.MISSING) from None
    except IsADirectoryError:
        raise ListUnreadable(ListTrouble.NOT_A_TABLE) from None
    except OSError:  # Windows: a sharing violation is a PermissionError; network drives have their own
        raise ListUnreadable(ListTrouble.LOCKED) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise ListUnreadable(ListTrouble.HALF_WRITTEN)
    if not content.strip():
        raise ListUnreadable(ListTrouble.EMPTY)
    return content


def _is_being_edited(path: Path) -> bool:
    """Tell whether a spreadsheet program has left its mark beside the file.

    Excel and WPS write `~$…`, LibreOffice `.~lock.…#`. Excel leaves out the first two
    characters of a name where that would grow too long.
    """
    marks = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return any(path.with_name(mark).exists() for mark in marks)
