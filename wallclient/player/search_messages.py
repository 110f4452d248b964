"""What the application and a search worker say to each other: one JSON object a line.

Behind a line that tells of a picture come its pixels, as many bytes as it says: BGRX, rows of `stride` bytes.
"""

from typing import IO

import msgspec

from wallclient.domain.footage_search import LackReason
from wallclient.player.review_messages import File


class PicturesOrder(msgspec.Struct, tag="pictures", frozen=True):
    """Give the pictures of these moments (us, in this order), as large as fits into the box; device pixels.

    The key picture before a moment will do where it is at most `slack_us` older: nothing else has to be decoded.
    """

    number: int  # rises with each order
    files: tuple[File, ...]
    moments_us: tuple[int, ...]
    width: int
    height: int
    slack_us: int = 0


class MotionOrder(msgspec.Struct, tag="motion_order", frozen=True):
    """Look for movement; see `domain.footage_search.MotionQuery`. Pictures of hits fit into the box."""

    number: int
    files: tuple[File, ...]
    start_us: int
    end_us: int
    areas: tuple[tuple[tuple[float, float], ...], ...]
    sensitivity: int
    least_part: float
    every_picture: bool
    join_us: int
    width: int
    height: int


class Addresses(msgspec.Struct, tag="addresses", frozen=True):
    """The same files are at these addresses from now on."""

    files: tuple[File, ...]


class Stop(msgspec.Struct, tag="stop", frozen=True):
    """Leave the order under way; a newer order does the same. `Done` is answered all the same."""


class Picture(msgspec.Struct, tag="picture", frozen=True):
    """The picture of a moment; without one `lack` says why."""

    order: int
    asked_us: int
    moment_us: int = 0  # exact, of the picture
    lack: LackReason | None = None
    width: int = 0
    height: int = 0
    stride: int = 0
    size: int = 0  # bytes that follow


class Motion(msgspec.Struct, tag="motion", frozen=True):
    """A movement that is over, with its strongest picture."""

    order: int
    start_us: int
    end_us: int
    peak_us: int
    score: float
    width: int = 0
    height: int = 0
    stride: int = 0
    size: int = 0


class Skipped(msgspec.Struct, tag="skipped", frozen=True):
    """A part of the range that could not be looked at."""

    order: int
    start_us: int
    end_us: int
    lack: LackReason


class Looked(msgspec.Struct, tag="looked", frozen=True):
    """How far a search for movement is: about five times a second."""

    order: int
    at_us: int


class Done(msgspec.Struct, tag="done", frozen=True):
    """An order is over; `failed`: not everything was looked at, for a reason that is no fault of the footage."""

    order: int
    failed: str = ""


Order = PicturesOrder | MotionOrder
ToWorker = PicturesOrder | MotionOrder | Addresses | Stop
FromWorker = Picture | Motion | Skipped | Looked | Done

_encode = msgspec.json.Encoder().encode
_decode_to = msgspec.json.Decoder(ToWorker).decode
_decode_from = msgspec.json.Decoder(FromWorker).decode
MOST_BYTES = 64 << 20  # of one picture


def line(message: ToWorker | FromWorker) -> bytes:
    """Return a message as a line."""
    return _encode(message) + b"\n"


def read_order(raw: bytes) -> ToWorker:
    """Read what a worker is told. Raises msgspec.DecodeError."""
    told: ToWorker = _decode_to(raw)
    return told


def read_news(stream: IO[bytes]) -> tuple[FromWorker, bytes] | None:
    """Return what a worker says next, with the pixels; None: it ended. Raises msgspec.DecodeError, ValueError."""
    raw = stream.readline()
    if not raw.endswith(b"\n"):
        return None
    news: FromWorker = _decode_from(raw)
    size = news.size if isinstance(news, (Picture, Motion)) else 0
    if not 0 <= size <= MOST_BYTES:
        raise ValueError(f"a picture of {size} bytes")
    pixels = stream.read(size) if size else b""
    return None if len(pixels) != size else (news, pixels)
