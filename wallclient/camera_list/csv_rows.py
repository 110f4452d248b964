"""Text files as rows: UTF-8 with or without mark, UTF-16 with one, GB18030; comma, semicolon or tab."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from wallclient.domain.camera_list import ListTrouble, ListUnreadable

_SEPARATORS = (",", ";", "\t")
_LONGEST_CHARACTER = 4  # bytes in UTF-8
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def csv_readings(content: bytes) -> Iterator[Callable[[], Iterator[tuple[int, Sequence[str]]]]]:
    """Yield one way to read the rows for each separator. Raises ListUnreadable, the ways do so too."""
    text = _text(content)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) <= 5:  # Excel's own word on the separator
        separators: Sequence[str] = (first.rstrip("\r\n")[4:5] or "\t",)
        text = "\n" + rest  # its row counts
    else:
        separators = _SEPARATORS
    for separator in separators:
        yield partial(_rows, text, separator)


def _rows(text: str, separator: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_cell(cell) for cell in cells]
    except csv.Error as err:
        # An open quotation mark would swallow all rows up to the next one, and cameras would be lost without a word.
        is_cut = "unexpected end" in str(err)
        raise ListUnreadable(ListTrouble.HALF_WRITTEN if is_cut else ListTrouble.QUOTES, number + 1) from None


def _cell(cell: str) -> str:
    """Return a cell; `="0012"` is how people keep Excel from taking a text for a number."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return cell


def _text(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return _checked(content[len(mark) :].decode(encoding))
            except UnicodeDecodeError as err:
                is_cut = err.end == len(content) - len(mark)
                raise ListUnreadable(ListTrouble.HALF_WRITTEN if is_cut else ListTrouble.ENCODING) from None
    try:
        return _checked(content.decode("utf-8"))
    except UnicodeDecodeError as err:
        if _ends_within_a_character(content, err):
            raise ListUnreadable(ListTrouble.HALF_WRITTEN) from None
    try:
        return _checked(content.decode("gb18030"))
    except UnicodeDecodeError as err:
        is_cut = err.reason == "incomplete multibyte sequence"
        raise ListUnreadable(ListTrouble.HALF_WRITTEN if is_cut else ListTrouble.ENCODING) from None


def _ends_within_a_character(content: bytes, err: UnicodeDecodeError) -> bool:
    """Tell whether all but the end is UTF-8 beyond ASCII: then it was cut off, and is no GB18030."""
    is_last = err.reason == "unexpected end of data" and len(content) - err.start < _LONGEST_CHARACTER
    return is_last and not content[: err.start].isascii()


def _checked(text: str) -> str:
    if "\0" in text:  # a program's own format, or a file whose blocks have not all reached the disk
        raise ListUnreadable(ListTrouble.NOT_A_TABLE)
    return text
