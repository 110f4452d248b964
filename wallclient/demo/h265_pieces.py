"""Encodes the type that H.265 bands are set from.

And H.265 scenes with the same settings, so that both fit into one picture.
"""

from collections.abc import Sequence
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext

from wallclient.demo import h265
from wallclient.demo.bits import split_nals
from wallclient.demo.glyphs import BACKGROUND, TIME_CELLS, UNIT_PX, Bitmap, Lettering
from wallclient.demo.h265 import Headers, SlicePart
from wallclient.demo.h265_band import Pieces
from wallclient.demo.strip import BLACK, CELLS, WHITE

_GREY = 128  # predicted without any residual, so that a second picture of it is all skipped
_PIECE_CRF, _QP = "14", 0


def encoder(width: int, height: int, fps: int, scale: int, crf: str, keyint: int) -> VideoCodecContext:
    """Return an H.265 encoder; a coding tree unit is one cell of the strip at this `scale` (1 or 2)."""
    parameters = {
        "ctu": UNIT_PX * scale,
        "min-cu-size": 8,
        "max-tu-size": UNIT_PX * scale,
        "bframes": 0,
        "ref": 1,
        "weightp": 0,
        "keyint": keyint,
        "min-keyint": keyint,
        "scenecut": 0,
        "open-gop": 0,
        "sao": 0,
        "temporal-mvp": 0,
        "wpp": 0,
        "frame-threads": 1,
        "pools": "none",
        "aq-mode": 1,
        "cutree": 0,
        "strong-intra-smoothing": 0,
        "rc-lookahead": 5,
        "info": 0,
        "aud": 0,
        "hrd": 0,
        "repeat-headers": 1,
        "log-level": "none",
    }
    context = av.CodecContext.create("libx265", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate, context.time_base = Fraction(fps), Fraction(1, fps)
    settings = ":".join(f"{key}={value}" for key, value in parameters.items())
    context.options = {"preset": "superfast", "crf": crf, "x265-params": settings}
    return context


def _luma_frame(bitmap: Bitmap, index: int) -> av.VideoFrame:
    frame = av.VideoFrame(bitmap.width, bitmap.height, "yuv420p")
    plane = frame.planes[0]
    rows = [bitmap.pixels[y * bitmap.width : (y + 1) * bitmap.width] for y in range(bitmap.height)]
    plane.update(b"".join(row.ljust(plane.line_size, b"\x80") for row in rows))
    for plane in frame.planes[1:]:
        plane.update(bytes([128]) * plane.buffer_size)
    frame.pts = index
    return frame


def _parts(bitmaps: Sequence[Bitmap], scale: int, keyint: int) -> list[SlicePart]:
    """Encode bitmaps of one size, one picture each, and return their slices."""
    context = encoder(bitmaps[0].width, bitmaps[0].height, 25, scale, _PIECE_CRF, keyint)
    packets = []
    for index, bitmap in enumerate(bitmaps):
        packets += context.encode(_luma_frame(bitmap, index))
    packets += context.encode(None)
    headers: Headers | None = None
    parts = []
    for packet in packets:
        for nal in split_nals(bytes(packet)):
            if h265.nal_type(nal) == h265.SPS:
                _, log2_max_poc, bits = h265.rewrite_sps(nal, bitmaps[0].height, UNIT_PX * scale)
            elif h265.nal_type(nal) == h265.PPS:
                headers = h265.read_headers(nal, log2_max_poc, bits)
            elif h265.nal_type(nal) < 32:
                assert headers is not None
                parts.append(h265.take_apart(nal, headers))
    return parts


def _even(level: int, columns: int, unit: int) -> Bitmap:
    return Bitmap(columns * unit, unit, bytes([level]) * (columns * unit * unit))


def make_pieces(lettering: Lettering, cameras: Sequence[int]) -> Pieces:
    """Encode all type of one scale."""
    scale = lettering.scale
    unit = UNIT_PX * scale
    pairs = {pair: _beside(lettering, pair) for pair in sorted(_pairs())}
    single = _parts([_even(BLACK, 1, unit), _even(WHITE, 1, unit), *pairs.values()], scale, 1)
    names = {number: lettering.names[number] for number in cameras}
    units = {number: name.width // unit for number, name in names.items()}
    free = {CELLS - TIME_CELLS - taken for taken in units.values()}
    return Pieces(
        (single[0], single[1]),
        {run: _parts([_even(_GREY, run, unit)] * 2, scale, 25)[1] for run in range(1, CELLS + 1)},
        {run: _parts([_even(BACKGROUND, run, unit)], scale, 1)[0] for run in free},
        dict(zip(pairs, single[2:], strict=True)),
        {number: (units[number], _parts([name], scale, 1)[0]) for number, name in names.items()},
    )


def _pairs() -> set[str]:
    """Return the pairs of characters that a date and time can be cut into."""
    digits = "0123456789"
    two = {a + b for a in digits for b in digits}
    one = {
        pair
        for digit in digits
        for pair in (f"{digit}-", f"-{digit}", f" {digit}", f"{digit}:", f":{digit}", f"{digit} ")
    }
    return two | one


def _beside(lettering: Lettering, pair: str) -> Bitmap:
    left, right = lettering.characters[pair[0]], lettering.characters[pair[1]]
    width = left.width
    rows = [
        left.pixels[y * width : (y + 1) * width] + right.pixels[y * width : (y + 1) * width] for y in range(left.height)
    ]
    return Bitmap(2 * width, left.height, b"".join(rows))
