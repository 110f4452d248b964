"""One row after the other: what of it can be taken in, and what is wrong with it. Knows the rows before."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import replace

from wallclient.camera_list.address_cell import AddressRefused, read_address, shown_address, shown_text
from wallclient.camera_list.headings import category_of
from wallclient.camera_list.positions import Position, PositionRefused, read_position
from wallclient.domain import gbcode
from wallclient.domain.camera_list import REFUSING, Finding, ListColumn, ReadCamera, ReadStream, RowFlaw
from wallclient.domain.names import display_name
from wallclient.domain.node import PlaceCategory
from wallclient.domain.stream import Credentials

DEEPEST = 16
_BETWEEN_LEVELS = re.compile(r"[/\\>＞／→|]+")
_ROUNDED = re.compile(r"(?i)\d(?:\.\d+)?E\+?\d{2}")
_RUN_BY_SPREADSHEETS = re.compile(r"[=@]|[+-](?!\d)")  # "-1层车库" is a name
_ADDRESSES = (ListColumn.MAIN_URL, ListColumn.SUB_URL)


class RowCheck:
    """Checks the rows of one table in their order; `findings` holds all that was wrong so far."""

    def __init__(self, columns: dict[ListColumn, int]) -> None:
        self.findings: list[Finding] = []
        self._columns = columns
        self._seen: dict[Hashable, int] = {}  # what must not be there twice: the row it was first in
        self._row = 0
        self._cells: dict[ListColumn, str] = {}
        self._refused = False

    def camera(self, row: int, cells: Sequence[str]) -> ReadCamera | None:
        """Return the camera of a row, or None where it can't be taken in."""
        self._row, self._refused = row, False
        self._cells = {c: cells[i].strip() if i < len(cells) else "" for c, i in self._columns.items()}
        first = len(self.findings)
        camera = self._camera()
        if self._refused:
            self._mark_refused(first)
            return None
        return camera

    # --- inside ---

    def _camera(self) -> ReadCamera | None:
        path, name = self._path(), self._name()
        main, sub = self._streams()
        if main is None or self._refused:
            return None
        if self._is_second(ListColumn.NAME, RowFlaw.TWICE, ("row", path, name, main.url, main.credentials)):
            return None
        self._is_second(ListColumn.NAME, RowFlaw.NAME_TWICE, ("name", path, name))
        self._is_second(ListColumn.MAIN_URL, RowFlaw.ADDRESS_TWICE, ("url", main.url))
        longitude, latitude = self._position() or (None, None)
        return ReadCamera(self._row, path, name, self._code(), main, sub, longitude, latitude, self._place())

    def _told(self, column: ListColumn, flaw: RowFlaw, other_row: int | None = None) -> None:
        text = self._cells.get(column, "")
        value = "" if column is ListColumn.PASSWORD else shown_text(text)
        if column in _ADDRESSES:
            value = shown_address(text)
        self._refused |= flaw in REFUSING
        self.findings.append(Finding(self._row, column, value, flaw, other_row))

    def _mark_refused(self, first: int) -> None:
        for index in range(first, len(self.findings)):
            finding = self.findings[index]
            self.findings[index] = replace(finding, refused=finding.flaw in REFUSING)

    def _is_second(self, column: ListColumn, flaw: RowFlaw, key: Hashable) -> bool:
        earlier = self._seen.setdefault(key, self._row)
        if earlier != self._row:
            self._told(column, flaw, earlier)
        return earlier != self._row

    def _cell(self, column: ListColumn) -> str:
        return self._cells.get(column, "")

    # --- cells ---

    def _path(self) -> tuple[str, ...]:
        text = self._cell(ListColumn.PATH)
        self._warn_of_formula(ListColumn.PATH)
        raw = [part for part in (part.strip() for part in _BETWEEN_LEVELS.split(text)) if part]
        levels = tuple(shown for shown in map(display_name, raw) if shown)
        if list(levels) != raw:
            self._told(ListColumn.PATH, RowFlaw.NAME_CHANGED)
        if len(levels) > DEEPEST:
            self._told(ListColumn.PATH, RowFlaw.TOO_DEEP)
        return levels

    def _name(self) -> str:
        text = self._cell(ListColumn.NAME)
        self._warn_of_formula(ListColumn.NAME)
        name = display_name(text)
        if not name:
            self._told(ListColumn.NAME, RowFlaw.NAME_MISSING)
        elif name != text:
            self._told(ListColumn.NAME, RowFlaw.NAME_CHANGED)
        return name

    def _warn_of_formula(self, column: ListColumn) -> None:
        if _RUN_BY_SPREADSHEETS.match(self._cell(column)):
            self._told(column, RowFlaw.FORMULA)

    def _code(self) -> str:
        text = self._cell(ListColumn.CODE).removeprefix("'")  # what people type to keep digits as they are
        if not text:
            return ""
        if _ROUNDED.fullmatch(text):
            self._told(ListColumn.CODE, RowFlaw.CODE_ROUNDED)
            return ""
        if gbcode.flaws(text):
            self._told(ListColumn.CODE, RowFlaw.CODE_FLAWED)
        self._is_second(ListColumn.CODE, RowFlaw.CODE_TWICE, ("code", text))
        return display_name(text, 64)

    def _streams(self) -> tuple[ReadStream | None, ReadStream | None]:
        has_main, has_sub = bool(self._cell(ListColumn.MAIN_URL)), bool(self._cell(ListColumn.SUB_URL))
        if not has_main and not has_sub:
            column = next(column for column in _ADDRESSES if column in self._columns)
            self._told(column, RowFlaw.ADDRESS_MISSING)
            return None, None
        if not has_main:
            self._told(ListColumn.MAIN_URL, RowFlaw.ADDRESS_MAIN_MISSING)
            return self._stream(ListColumn.SUB_URL), None
        main = self._stream(ListColumn.MAIN_URL)
        return main, self._sub_beside(main) if has_sub and main else None

    def _sub_beside(self, main: ReadStream) -> ReadStream | None:
        """Return the sub stream of a camera that has a main stream; a bad one does not keep the camera out."""
        try:
            sub = self._with_user(read_address(self._cell(ListColumn.SUB_URL)), ListColumn.SUB_URL)
        except AddressRefused as err:
            value = shown_address(self._cell(ListColumn.SUB_URL))
            self.findings.append(Finding(self._row, ListColumn.SUB_URL, value, err.flaw))
            self._told(ListColumn.SUB_URL, RowFlaw.SUB_REFUSED)
            return None
        return None if sub == main else sub

    def _stream(self, column: ListColumn) -> ReadStream | None:
        try:
            return self._with_user(read_address(self._cell(column)), column)
        except AddressRefused as err:
            self._told(column, err.flaw)
            return None

    def _with_user(self, stream: ReadStream, column: ListColumn) -> ReadStream:
        """Return the stream with the user and password of their columns, where the address names none."""
        user, password = self._cell(ListColumn.USER), self._cell(ListColumn.PASSWORD)
        own = stream.credentials
        if own is None:
            if password and not user and column is not ListColumn.SUB_URL:
                self._told(ListColumn.PASSWORD, RowFlaw.PASSWORD_ALONE)
            return replace(stream, credentials=Credentials(user, password)) if user or password else stream
        if user and own.user and user != own.user:
            self._told(column, RowFlaw.USER_TWICE)
            return stream
        return replace(stream, credentials=Credentials(own.user or user, own.password or password))

    def _position(self) -> Position | None:
        cells = [self._cell(c) for c in (ListColumn.POSITION, ListColumn.LONGITUDE, ListColumn.LATITUDE)]
        try:
            return read_position(*cells)
        except PositionRefused as err:
            column = ListColumn.POSITION if not (cells[1] or cells[2]) else ListColumn.LONGITUDE
            if err.flaw is RowFlaw.POSITION_HALF and not cells[1]:
                column = ListColumn.LATITUDE
            self._told(column, err.flaw)
            return None

    def _place(self) -> PlaceCategory | None:
        text = self._cell(ListColumn.CATEGORY)
        place = category_of(text) if text else None
        if text and place is None:
            self._told(ListColumn.CATEGORY, RowFlaw.CATEGORY_UNKNOWN)
        return place
