"""Where a demo PTZ camera looks, readable by machines: two rows of cells below the band of every moving picture.

Forty cells each over the full width, half as high as those of `wallclient.demo.strip`. The upper row carries pan and
the lowest bits of the frame counter, the lower one tilt and zoom; both begin with a sync pattern of their own and end
with eight check bits. Standard library only.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from wallclient.demo.strip import CELLS, sampled
from wallclient.domain.ptz import Position

COUNTER_BITS = 10
TOP_PARTS, ROW_PARTS, HEIGHT_PARTS = 32, 8, 360  # where the rows begin, how high each is, and of how much
_SYNC = 0b100110, 0b110100  # of the upper and the lower row
_PAN_BITS, _TILT_BITS, _ZOOM_BITS, _CRC_BITS = 16, 14, 12, 8
_PAN_DEG, _TILT_DEG, _OCTAVES = (-180.0, 360.0), (-90.0, 180.0), (0.0, 5.0)  # lowest value and span
_TRIES = ((0.5, 0.0), (0.5, 2.0), (0.5, 1.0), (0.35, 0.0), (0.65, 0.0))  # as in strip.py: part of the row, drift in px


@dataclass(frozen=True, slots=True)
class PoseReading:
    """What the rows say: a position to about 0.01 degrees and 0.1 % of zoom, and the counter modulo 1024."""

    position: Position
    counter: int


def encode(position: Position, counter: int) -> tuple[list[bool], list[bool]]:
    """Return the cells of both rows, left to right, True is white."""
    pan = _packed(position.pan_deg, _PAN_DEG, _PAN_BITS)
    tilt = _packed(position.tilt_deg, _TILT_DEG, _TILT_BITS)
    zoom = _packed(math.log2(position.zoom), _OCTAVES, _ZOOM_BITS)
    upper = pan << COUNTER_BITS | counter & (1 << COUNTER_BITS) - 1
    return _row(0, upper), _row(1, tilt << _ZOOM_BITS | zoom)


def decode(upper: Sequence[bool], lower: Sequence[bool]) -> PoseReading | None:
    """Return what the cells of both rows say, or None when a sync pattern or check bits are wrong."""
    first, second = _word(0, upper), _word(1, lower)
    if first is None or second is None:
        return None
    pan, counter = first >> COUNTER_BITS, first & (1 << COUNTER_BITS) - 1
    tilt, zoom = second >> _ZOOM_BITS, second & (1 << _ZOOM_BITS) - 1
    octaves = _unpacked(zoom, _OCTAVES, _ZOOM_BITS)
    position = Position(_unpacked(pan, _PAN_DEG, _PAN_BITS), _unpacked(tilt, _TILT_DEG, _TILT_BITS), 2.0**octaves)
    return PoseReading(position, counter)


def read(
    pixels: memoryview | bytes,
    width: int,
    height: int,
    stride: int,
    bytes_per_pixel: int = 4,
    rect: tuple[int, int, int, int] | None = None,
    channel: int | None = None,
) -> PoseReading | None:
    """Read the rows of one picture in a frame buffer; None where there are none. Arguments as of `strip.read`.

    Needs rows of about three pixels: pictures 130 high and more.
    """
    x, y, w, h = rect or (0, 0, width, height)
    if w < CELLS or h < HEIGHT_PARTS // 3 or x < 0 or y < 0 or x + w > width or y + h > height:
        return None
    if channel is None:
        channel = 1 if bytes_per_pixel >= 3 else 0
    reach = 1 if min(w / CELLS, h * ROW_PARTS / HEIGHT_PARTS) >= 6 else 0
    for part, drift_px in _TRIES:
        columns = [int(x + (i + 0.5) * (w - drift_px) / CELLS) * bytes_per_pixel + channel for i in range(CELLS)]
        rows = [int(y + h * (TOP_PARTS + ROW_PARTS * (row + part)) / HEIGHT_PARTS) for row in (0, 1)]
        upper, lower = (sampled(pixels, columns, row, stride, bytes_per_pixel, reach) for row in rows)
        reading = decode(upper, lower)
        if reading is not None:
            return reading
    return None


def _packed(value: float, of: tuple[float, float], bits: int) -> int:
    lowest, span = of
    return min(max(round((value - lowest) / span * ((1 << bits) - 1)), 0), (1 << bits) - 1)


def _unpacked(word: int, of: tuple[float, float], bits: int) -> float:
    lowest, span = of
    return lowest + word * span / ((1 << bits) - 1)


def _row(which: int, content: int) -> list[bool]:
    word = (_SYNC[which] << CELLS - 6) | content << _CRC_BITS | _check(which, content)
    return [bool(word >> shift & 1) for shift in range(CELLS - 1, -1, -1)]


def _word(which: int, cells: Sequence[bool]) -> int | None:
    word = 0
    for cell in cells:
        word = word << 1 | cell
    content = word >> _CRC_BITS & (1 << CELLS - 6 - _CRC_BITS) - 1
    return content if word >> CELLS - 6 == _SYNC[which] and word & 0xFF == _check(which, content) else None


def _check(which: int, content: int) -> int:
    return zlib.crc32(bytes([which]) + content.to_bytes(4, "big")) & 0xFF
