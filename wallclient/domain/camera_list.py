"""A site of plain cameras that stands in a table: what a row says, what can be wrong with it, what is kept of it."""

from dataclasses import dataclass, field
from enum import StrEnum

from wallclient.domain.errors import StorageFailed
from wallclient.domain.node import PlaceCategory
from wallclient.domain.stream import Credentials

PASSWORD_PLACE = "{password}"  # stands in a kept URL where the camera wants its password within the address


class ListColumn(StrEnum):
    """What a column of the table means."""

    PATH = "path"
    NAME = "name"
    CODE = "code"
    MAIN_URL = "main_url"
    SUB_URL = "sub_url"
    USER = "user"
    PASSWORD = "password"
    POSITION = "position"  # longitude and latitude in one cell
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    CATEGORY = "category"


class ListTrouble(StrEnum):
    """Why a file can't be read as a list at all."""

    MISSING = "missing"
    LOCKED = "locked"  # another program, such as Excel, has it for itself; or we may not read it
    HALF_WRITTEN = "half_written"  # it ends in the middle, or changed while it was read
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_TABLE = "not_a_table"  # neither text nor an .xlsx workbook
    OLD_OR_PROTECTED = "old_or_protected"  # an .xls workbook, or one with a password
    DAMAGED = "damaged"  # a workbook that is whole as a file, and yet can't be read
    ENCODING = "encoding"  # neither UTF-8, UTF-16 nor GB18030
    QUOTES = "quotes"  # text after a closing quotation mark: where cells end is anybody's guess
    NO_HEADINGS = "no_headings"  # no row that names at least the name and an address
    HEADING_TWICE = "heading_twice"  # two columns say they are the same


class ListUnreadable(StorageFailed):
    """The file can't be read as a list; `row` is where, from 1 as a spreadsheet counts, 0 where that is not known."""

    def __init__(self, trouble: ListTrouble, row: int = 0) -> None:
        super().__init__(f"camera list: {trouble.value}, row {row}")
        self.trouble = trouble
        self.row = row


class RowFlaw(StrEnum):
    """What is wrong with a cell. Those of `REFUSING` keep the row out; the others are told and the camera comes in."""

    NAME_MISSING = "name_missing"
    ADDRESS_MISSING = "address_missing"  # neither main nor sub
    ADDRESS_SCHEME = "address_scheme"  # none of rtsp, rtsps, http and https: `file://` and the like
    ADDRESS_CHARACTERS = "address_characters"  # blanks, controls, backslashes: what a player takes for options
    ADDRESS_MALFORMED = "address_malformed"  # no host, an impossible port, too long
    ADDRESS_PASSWORD = "address_password"  # a password with @ # / or ? in it that is not escaped as %40, %23 …
    TOO_DEEP = "too_deep"
    TWICE = "twice"  # the same path, name and address as an earlier row
    ADDRESS_MAIN_MISSING = "address_main_missing"  # the sub stream is shown in large panes too
    SUB_REFUSED = "sub_refused"  # the main stream is shown in small panes too; another flaw of the row says why
    NAME_CHANGED = "name_changed"  # too long, or with characters nobody can see; made harmless
    NAME_TWICE = "name_twice"  # in the same place of the tree
    CODE_FLAWED = "code_flawed"  # not by GB/T 28181; kept as it is
    CODE_ROUNDED = "code_rounded"  # the spreadsheet took it for a number and lost its last digits; left out
    CODE_TWICE = "code_twice"
    ADDRESS_TWICE = "address_twice"
    USER_TWICE = "user_twice"  # the address names another user than the column: that of the address counts
    PASSWORD_ALONE = "password_alone"  # a password without a user
    POSITION_UNREADABLE = "position_unreadable"
    POSITION_RANGE = "position_range"
    POSITION_ZERO = "position_zero"  # 0, 0 is in the Gulf of Guinea
    POSITION_HALF = "position_half"  # only one of longitude and latitude
    CATEGORY_UNKNOWN = "category_unknown"
    FORMULA = "formula"  # text that a spreadsheet would run; it is kept as text and never run


REFUSING = frozenset(
    {
        RowFlaw.NAME_MISSING,
        RowFlaw.ADDRESS_MISSING,
        RowFlaw.ADDRESS_SCHEME,
        RowFlaw.ADDRESS_CHARACTERS,
        RowFlaw.ADDRESS_MALFORMED,
        RowFlaw.ADDRESS_PASSWORD,
        RowFlaw.TOO_DEEP,
        RowFlaw.TWICE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in the table. `value` is fit to be shown and logged: passwords are masked, long texts cut."""

    row: int  # as a spreadsheet counts, from 1
    column: ListColumn
    value: str
    flaw: RowFlaw
    other_row: int | None = None  # the earlier row, of what stands there twice
    refused: bool = False  # the row is left out because of this


@dataclass(frozen=True, slots=True)
class ReadStream:
    """An address as it was read. `url` has no user information, and `PASSWORD_PLACE` where a password stood in it."""

    url: str = field(repr=False)
    credentials: Credentials | None = None
    url_password: str | None = field(default=None, repr=False)  # as it stood in the address, escaped or not


@dataclass(frozen=True, slots=True)
class ReadCamera:
    """A row that can be taken in, secrets and all; lives in memory only."""

    row: int
    path: tuple[str, ...]
    name: str
    gb_code: str
    main: ReadStream
    sub: ReadStream | None = None
    longitude: float | None = None  # degrees
    latitude: float | None = None
    place: PlaceCategory | None = None


@dataclass(frozen=True, slots=True)
class ListDraft:
    """What a file has: cameras to take in, in its order, and all that is wrong, by row. Nothing is kept yet."""

    cameras: tuple[ReadCamera, ...] = field(repr=False)
    findings: tuple[Finding, ...]
    rows: int  # that hold anything, headings and titles aside
    refused_rows: int
    columns: tuple[ListColumn, ...]  # that were found
    unknown_headings: tuple[str, ...]  # of columns that are not read
    being_edited: bool  # a spreadsheet program has it open: what is not saved there is not here

    @property
    def has_passwords(self) -> bool:
        """Tell whether any camera brings a password, which has to be kept somewhere."""
        streams = (one for camera in self.cameras for one in (camera.main, camera.sub) if one is not None)
        return any(one.url_password or (one.credentials and one.credentials.password) for one in streams)


@dataclass(frozen=True, slots=True)
class ListedStream:
    """An address as it is kept. Its passwords lie in the keyring under the accounts named here."""

    url: str = field(repr=False)  # its query may hold a ticket
    user: str = ""
    account: str = ""  # of the password that goes with `user`; empty: none
    url_account: str = ""  # of what belongs in place of `PASSWORD_PLACE`; empty: nothing


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """One camera of a site as it is kept; holds no secret."""

    id: str  # stays the camera's own when the list is read again
    path: tuple[str, ...]
    name: str
    gb_code: str
    main: ListedStream
    sub: ListedStream | None = None
    longitude: float | None = None  # WGS-84, degrees
    latitude: float | None = None
    place: PlaceCategory | None = None

    @property
    def streams(self) -> tuple[ListedStream, ...]:
        """Main and, where there is one, sub stream."""
        return (self.main, self.sub) if self.sub else (self.main,)


@dataclass(frozen=True, slots=True)
class CameraSite:
    """All cameras of a list, in its order.

    `sequence` grows with every import. It is the time of it in ms since 1970, or one more than the last where the clock
    went back: two workstations that import at once must not give two trees the same number.
    """

    name: str = ""
    sequence: int = 0
    cameras: tuple[ListedCamera, ...] = ()

    @property
    def accounts(self) -> frozenset[str]:
        """All accounts of the keyring this site has passwords under."""
        streams = (stream for camera in self.cameras for stream in camera.streams)
        return frozenset(name for s in streams for name in (s.account, s.url_account) if name)
