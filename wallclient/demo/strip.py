"""The machine-readable strip at the very top of every demo picture: which camera this is, and which frame of it.

Forty cells stand side by side over the full width, each as high as it is wide at 16:9: six for the sync pattern, ten
for the camera's number, sixteen for the frame counter (Gray-coded, so that few cells change from picture to picture)
and eight check bits. Tests and benchmarks read it off the painted wall to tell order, freezes, mix-ups and latency.
Standard library only: the media server runs under the system's Python.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CELLS = 40
SYNC = (True, False, True, True, False, False)
CAMERA_BITS = 10
COUNTER_BITS = 16
CRC_BITS = 8
COUNTER_MODULO = 1 << COUNTER_BITS
MAX_CAMERA = (1 << CAMERA_BITS) - 1
BLACK, WHITE = 16, 236  # luma; 236, not 235: the compressed-domain writer moves in steps of four

_CELL_HEIGHT_PARTS = 22.5  # picture height in cells at 16:9
_MIN_CONTRAST = 60
# Where to look, until the check bits agree: part of the cell's height, and how far the right end has drifted to the
# left. libswscale's fast bilinear scaler (libVLC's swscale-mode 0) drifts by up to two pixels, which matters for the
# smallest cells.
_TRIES = ((0.5, 0.0), (0.5, 2.0), (0.5, 1.0), (0.4, 0.0), (0.65, 0.0), (0.4, 2.0))
_CRC_POLYNOMIAL = 0x2F  # CRC-8/AUTOSAR: detects any three wrong bits in a word of this length


@dataclass(frozen=True, slots=True)
class StripReading:
    """What a strip says: the camera's number and its frame counter (0 … 65535)."""

    camera: int
    counter: int


def _crc8(value: int, bits: int) -> int:
    """Return the CRC of the `bits` lowest bits of `value`, most significant first.

    It is linear: no start value, no final xor.
    """
    crc = 0
    for shift in range(bits - 1, -1, -1):
        crc ^= ((value >> shift) & 1) << 7
        crc = ((crc << 1) ^ _CRC_POLYNOMIAL) & 0xFF if crc & 0x80 else crc << 1
    return crc


_SYNC_WORD = sum(bit << (CELLS - 1 - i) for i, bit in enumerate(SYNC))
_CRC_OF_CAMERA_BIT = [_crc8(1 << (i + COUNTER_BITS), CAMERA_BITS + COUNTER_BITS) for i in range(CAMERA_BITS)]
_CRC_HIGH = [_crc8(i << 8, COUNTER_BITS) for i in range(256)]
_CRC_LOW = [_crc8(i, COUNTER_BITS) for i in range(256)]


def camera_word(camera: int) -> int:
    """Return the part of the 40-bit word (first cell = most significant bit) that depends on the camera.

    Raises ValueError.
    """
    if not 0 <= camera <= MAX_CAMERA:
        raise ValueError(f"camera number {camera} is not within 0 … {MAX_CAMERA}")
    crc = 0
    for i in range(CAMERA_BITS):
        if camera >> i & 1:
            crc ^= _CRC_OF_CAMERA_BIT[i]
    return _SYNC_WORD | camera << (COUNTER_BITS + CRC_BITS) | crc


def counter_word(counter: int) -> int:
    """Return the part of the 40-bit word that depends on the counter (any size; taken modulo 65536)."""
    counter &= COUNTER_MODULO - 1
    gray = counter ^ counter >> 1
    return gray << CRC_BITS | (_CRC_HIGH[gray >> 8] ^ _CRC_LOW[gray & 0xFF])


def encode(camera: int, counter: int) -> list[bool]:
    """Return the 40 cells, left to right, True is white. Raises ValueError for a camera number above 1023."""
    word = camera_word(camera) ^ counter_word(counter)
    return [bool(word >> shift & 1) for shift in range(CELLS - 1, -1, -1)]


def decode(cells: Sequence[bool]) -> StripReading | None:
    """Return what 40 cells say, or None when the sync pattern or the check bits are wrong."""
    if tuple(cells[: len(SYNC)]) != SYNC:
        return None
    word = 0
    for cell in cells:
        word = word << 1 | cell
    camera = word >> (COUNTER_BITS + CRC_BITS) & MAX_CAMERA
    gray = word >> CRC_BITS & (COUNTER_MODULO - 1)
    counter = gray
    for shift in (8, 4, 2, 1):
        counter ^= counter >> shift
    return StripReading(camera, counter) if camera_word(camera) ^ counter_word(counter) == word else None


def read(
    pixels: memoryview | bytes,
    width: int,
    height: int,
    stride: int,
    bytes_per_pixel: int = 4,
    rect: tuple[int, int, int, int] | None = None,
    channel: int | None = None,
) -> StripReading | None:
    """Read the strip of one picture in a frame buffer; None when there is none or it can't be trusted.

    `width`, `height` and `rect` (x, y, width, height of the picture within the buffer; all of it by default) are in
    pixels, `stride` in bytes. `channel` is the byte of a pixel to look at: green of BGRX and RGB by default, the only
    byte of grey or luma. Needs cells of about three pixels: pictures of 120x68 and more.
    """
    x, y, w, h = rect or (0, 0, width, height)
    if w < CELLS or h < _CELL_HEIGHT_PARTS or x < 0 or y < 0 or x + w > width or y + h > height:
        return None
    if channel is None:
        channel = 1 if bytes_per_pixel >= 3 else 0
    cell_w, cell_h = w / CELLS, h / _CELL_HEIGHT_PARTS
    reach = 1 if min(cell_w, cell_h) >= 6 else 0
    for part, drift_px in _TRIES:
        columns = [int(x + (i + 0.5) * (w - drift_px) / CELLS) * bytes_per_pixel + channel for i in range(CELLS)]
        row = int(y + part * cell_h)
        reading = decode(sampled(pixels, columns, row, stride, bytes_per_pixel, reach))
        if reading is not None:
            return reading
    return None


def sampled(
    pixels: memoryview | bytes, columns: Sequence[int], row: int, stride: int, bytes_per_pixel: int, reach: int
) -> list[bool]:
    """Return the cells whose centers lie at byte offsets `columns` of a row, averaged over (2·reach + 1)² pixels."""
    if reach:
        offsets = [dy * stride + dx * bytes_per_pixel for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        start = row * stride
        values = [sum([pixels[start + column + offset] for offset in offsets]) / 9 for column in columns]
    else:
        line = pixels[row * stride : (row + 1) * stride]
        values = [line[column] for column in columns]
    low, high = min(values), max(values)
    if high - low < _MIN_CONTRAST:
        return [False] * CELLS
    middle = (low + high) / 2
    return [value > middle for value in values]


def latency_s(reading: StripReading, fps: float, now: float) -> float:
    """Return how old the picture is, in seconds: `now` (unix time) less the time its counter stands for.

    The counter says when the frame's interval began, so up to one frame interval of the answer is the camera's own
    phase. Unique within 65536 pictures; a picture from up to a second in the future (clocks differ) is negative.
    """
    span_s = COUNTER_MODULO / fps
    age_s = (now - reading.counter / fps) % span_s
    return age_s - span_s if age_s > span_s - 1.0 else age_s
