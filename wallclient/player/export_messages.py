"""What the application and an export's worker process say to each other: one JSON object a line."""

from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """What a worker is about."""

    FETCH = "fetch"
    WRITE = "write"
    BURN = "burn"


class End(StrEnum):
    """Why a worker ended."""

    DONE = "done"
    DISK_FULL = "disk_full"
    SOURCES = "sources"  # the addresses do not hold any more: ask for new ones
    NETWORK = "network"  # the center or its store is away
    NO_FOOTAGE = "no_footage"  # nothing in the range can be read
    FAILED = "failed"
    KILLED = "killed"  # it ended without a word


class SourceOrder(msgspec.Struct, frozen=True):
    """A file at a center; moments are ms since 1970 UTC by its clock."""

    url: str
    form: str  # "mp4", "ts"
    start_ms: int
    end_ms: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"SourceOrder({self.start_ms}–{self.end_ms})"  # addresses hold tickets

    @property
    def name(self) -> str:
        """Return what its bytes are called on disk."""
        return f"{self.start_ms}-{self.end_ms}.{self.form}"


class BurnOrder(msgspec.Struct, frozen=True):
    """A strip above the picture: date and time, and captions. Bitmaps are one byte a pixel, rows of full width."""

    height: int  # px, of a line of the strip and of all bitmaps
    zone: str
    glyphs: dict[str, bytes]  # digits, "-", ":" and " "
    captions: list[bytes]  # the first stands behind the time, may be empty; each other is a line of its own


class Order(msgspec.Struct, frozen=True):
    """Everything a worker needs. `folder` is its own: what it finds there it need not fetch again."""

    folder: str
    start_ms: int
    end_ms: int
    sources: list[SourceOrder]
    title: str = ""
    comment: str = ""
    ca_file: str = ""
    may_miss: bool = False  # go on without files that are not there
    burn: BurnOrder | None = None


class Lack(msgspec.Struct, frozen=True):
    """Footage that could not be had."""

    start_ms: int
    end_ms: int
    why: str  # "missing", "unreadable"; "not_burned": there is no copy of it


class SourceUsed(msgspec.Struct, frozen=True):
    """A file as the center handed it out."""

    start_ms: int
    end_ms: int
    size: int
    sha256: str


class Piece(msgspec.Struct, frozen=True):
    """A finished file in the worker's folder: uninterrupted footage in one coding."""

    name: str
    start_ms: int  # of its first picture
    end_ms: int
    size: int
    sha256: str
    codec: str
    width: int  # px
    height: int  # px
    pictures: int
    sources: list[SourceUsed]
    burned_from: str = ""  # name of the piece it is a copy of


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far it is."""

    stage: Stage
    part: float  # 0 … 1, of everything
    received_bytes: int  # by this worker


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The last word."""

    end: End
    pieces: list[Piece] = []
    lacks: list[Lack] = []
    detail: str = ""


_encode = msgspec.json.Encoder().encode
_decode_order = msgspec.json.Decoder(Order).decode
_decode_news = msgspec.json.Decoder(Progress | Ended).decode


def line(message: msgspec.Struct) -> bytes:
    """Return a message as a line."""
    return _encode(message) + b"\n"


def read_order(raw: bytes) -> Order:
    """Read what a worker is to do. Raises msgspec.DecodeError."""
    return _decode_order(raw)


def read_news(raw: bytes) -> Progress | Ended:
    """Read what a worker says. Raises msgspec.DecodeError."""
    news: Progress | Ended = _decode_news(raw)
    return news
