"""The band at the top of an H.264 picture, strip and text, written live in the compressed domain.

The clip is encoded once; what tells the true time is this slice, composed for every picture without encoding anything:

- Strip cells are Intra 16x16 macroblocks that copy their left neighbour's colour, or step from it by one DC
  coefficient. At a quantizer of 40 one level is four grey values (8.5.10), so black 16 and white 236 are exact.
- Text is I_PCM, which is byte-aligned: whole runs of it are prepared once per camera (name) or per second (time).
- Between key pictures only the few cells that changed are written, all else is skipped.

Section numbers are those of ITU-T H.264. Standard library only.
"""

from functools import lru_cache

from wallclient.demo.bits import BitWriter, escape, ue_bits
from wallclient.demo.clip_file import Clip, Picture
from wallclient.demo.glyphs import Bitmap, Lettering, TimeText
from wallclient.demo.strip import BLACK, CELLS, WHITE, camera_word, counter_word

Bits = tuple[int, int]

_QP = 40  # one level of a lone luma DC coefficient is four grey values at this quantizer
_MIDDLE = 128
_TYPE_I_PCM, _TYPE_I_16X16, _INTRA_IN_P = 25, 1, 5  # mb_type, tables 7-11 and 7-13
_VERTICAL, _HORIZONTAL, _DC = 0, 1, 2  # Intra 16x16 prediction
_NO_COEFFICIENT = {0: (0b1, 1), 8: (0b000011, 6)}  # coeff_token for no coefficient, table 9-5, by nC
_PCM_COEFFICIENTS = 16  # what an I_PCM neighbour counts for in nC (9.2.1)
_CHROMA = bytes([_MIDDLE]) * 128
_PCM_AFTER_PCM = b"\x0d\x00"  # mb_type 25, already aligned, and alignment


def _joined(*parts: Bits) -> Bits:
    value = count = 0
    for bits, length in parts:
        value, count = value << length | bits, count + length
    return value, count


def _level(grey_step: int) -> Bits:
    """Return a lone luma DC coefficient that moves a macroblock by `grey_step`.

    With its coeff_token and total_zeros (9.2.2).
    """
    level = grey_step // 4
    code = (2 * level - 2 if level > 0 else -2 * level - 1) - 2
    if code < 30:
        raise ValueError("only large steps are needed here")
    return _joined((0b000101, 6), (1, 16), (code - 30, 12), (1, 1))


def _macroblock(prediction: int, coefficients: Bits, *, in_p: bool) -> Bits:
    """Return an Intra 16x16 macroblock: type, chroma predicted by DC, quantizer unchanged, luma DC."""
    mb_type = _TYPE_I_16X16 + prediction + (_INTRA_IN_P if in_p else 0)
    return _joined(ue_bits(mb_type), (1, 1), (1, 1), coefficients)


_SAME = {in_p: _macroblock(_HORIZONTAL, _NO_COEFFICIENT[0], in_p=in_p) for in_p in (False, True)}
_BELOW = {in_p: _macroblock(_VERTICAL, _NO_COEFFICIENT[0], in_p=in_p) for in_p in (False, True)}
_STEP = {
    (in_p, to_white): _macroblock(_HORIZONTAL, _level(WHITE - BLACK if to_white else BLACK - WHITE), in_p=in_p)
    for in_p in (False, True)
    for to_white in (False, True)
}
_FIRST_WHITE = _macroblock(_DC, _level(WHITE - _MIDDLE), in_p=False)  # the sync pattern starts white
_AGAIN = {prediction: _joined((1, 1), mb) for prediction, mb in ((_HORIZONTAL, _SAME[True]), (_VERTICAL, _BELOW[True]))}


def _slice_header(picture: Picture, log2_max_frame_num: int, init_qp: int) -> Bits:
    ref_idc, frame_num, idr_pic_id = picture.header
    out = BitWriter().ue(0).ue(7 if picture.is_key else 5).ue(0).u(frame_num, log2_max_frame_num)
    if picture.is_key:
        out.ue(idr_pic_id)
        out.u(0, 2)  # dec_ref_pic_marking
    else:
        out.u(1, 1).ue(0).u(0, 1)  # one reference, in its usual place
        if ref_idc:
            out.u(0, 1)
    out.se(_QP - init_qp).ue(1)  # no deblocking inside the band
    return out.value, out.count


class StripWriter:
    """Macroblocks of the strip at one scale (macroblocks per cell side); keeps what it has written before."""

    def __init__(self, scale: int) -> None:
        self._scale = scale
        self._row_macroblocks = CELLS * scale
        self._changes: dict[tuple[int, int], Bits] = {}

    def whole(self, word: int) -> Bits:
        """Return the strip of a key picture."""
        scale = self._scale
        value, count = _FIRST_WHITE
        white = True
        for shift in range(CELLS - 1, -1, -1):
            cell_white = bool(word >> shift & 1)
            if shift != CELLS - 1:
                bits, length = _SAME[False] if cell_white == white else _STEP[False, cell_white]
                value, count = value << length | bits, count + length
            for _ in range(scale - 1):
                value, count = value << _SAME[False][1] | _SAME[False][0], count + _SAME[False][1]
            white = cell_white
        for _ in range((scale - 1) * self._row_macroblocks):
            value, count = value << _BELOW[False][1] | _BELOW[False][0], count + _BELOW[False][1]
        return value, count

    def changed(self, before: int, after: int) -> Bits:
        """Return everything of a picture between key pictures, text rows and stop bit included.

        Skips and changed cells.
        """
        difference = before ^ after
        seen = (difference, after & (difference | difference << 1))
        bits = self._changes.get(seen)
        if bits is None:
            if len(self._changes) > 50_000:
                self._changes.clear()
            bits = self._changes[seen] = self._write_changed(difference, after)
        return bits

    def _write_changed(self, difference: int, after: int) -> Bits:
        scale, position = self._scale, 0
        cells = [i for i in range(CELLS) if difference >> (CELLS - 1 - i) & 1]
        out = BitWriter()
        for row in range(scale):
            for cell in cells:
                start = row * self._row_macroblocks + cell * scale
                out.ue(start - position)
                position = start + scale
                if row:
                    out.u(*_BELOW[True])
                else:
                    own, left = after >> (CELLS - 1 - cell) & 1, after >> (CELLS - cell) & 1
                    out.u(*(_SAME[True] if own == left else _STEP[True, bool(own)]))
                for _ in range(scale - 1):
                    out.u(*_AGAIN[_VERTICAL if row else _HORIZONTAL])
        return out.ue(2 * scale * self._row_macroblocks - position).u(1, 1).value, out.count


def _pcm_block(bitmap: Bitmap, column: int, row: int) -> bytes:
    """Return the 384 samples of the macroblock at `column`, `row` of a bitmap."""
    start = 16 * row * bitmap.width + 16 * column
    rows = [bitmap.pixels[start + y * bitmap.width : start + y * bitmap.width + 16] for y in range(16)]
    return b"".join(rows) + _CHROMA


def pcm_row(bitmap: Bitmap, row: int) -> bytes:
    """Return a row of macroblocks of a bitmap as a run of I_PCM.

    From the first one's samples (its mb_type is the caller's).
    """
    return _PCM_AFTER_PCM.join(_pcm_block(bitmap, column, row) for column in range(bitmap.width // 16))


class NameRows:
    """Text rows of one camera at one scale.

    What stands before the time in each row of macroblocks, as aligned bytes.
    """

    def __init__(self, name: Bitmap, time_columns: int, scale: int) -> None:
        free_columns = CELLS * scale - time_columns - name.width // 16
        self.rows = [pcm_row(name, row) + self._up_to_time(free_columns) for row in range(scale)]

    @staticmethod
    def _up_to_time(columns: int) -> bytes:
        """Return flat macroblocks in the background's colour.

        Which the name's last column of pixels has, and the time's first mb_type.
        """
        out = BitWriter()
        for column in range(columns):
            neighbours = _PCM_COEFFICIENTS if column == 0 else 0  # left; above is never I_PCM here and counts 0
            out.u(*_macroblock(_HORIZONTAL, _NO_COEFFICIENT[(neighbours + 1) >> 1], in_p=False))
        return out.ue(_TYPE_I_PCM).data()


class BandShop:
    """What all cameras of one scale share: the time's rows of a second, and pieces of strip written before."""

    def __init__(self, lettering: Lettering) -> None:
        self.lettering = lettering
        self.strip = StripWriter(lettering.scale)
        self._time = TimeText(lettering)
        self.time_rows = lru_cache(maxsize=16)(self._time_rows)

    def name_rows(self, camera: int) -> NameRows:
        """Prepare a camera's text rows. Raises KeyError when its name was not drawn."""
        return NameRows(self.lettering.names[camera], self._time.columns, self.lettering.scale)

    def _time_rows(self, unix_s: int) -> list[bytes]:
        bitmap = self._time.bitmap(unix_s)
        return [pcm_row(bitmap, row) for row in range(self.lettering.scale)]


Headers = list[tuple[bytes, Bits, bool]]


def headers_of(clip: Clip) -> Headers:
    """Prepare, for all cameras of a clip, the first byte, slice header and kind of each of its pictures."""
    log2_max_frame_num, init_qp = clip.sequence
    return [
        (
            bytes([picture.header[0] << 5 | (5 if picture.is_key else 1)]),
            _slice_header(picture, log2_max_frame_num, init_qp),
            picture.is_key,
        )
        for picture in clip.pictures
    ]


class H264Band:
    """Composes the band's slice of every picture of one camera's stream. Not thread-safe."""

    def __init__(self, camera: int, shop: BandShop, headers: Headers) -> None:
        self._camera_word = camera_word(camera)
        self._name = shop.name_rows(camera)
        self._shop = shop
        self._headers = headers

    def nals(self, index: int, counter: int, unix_s: int, before: int | None = None) -> list[bytes]:
        """Return the band's only slice for picture `index` of the clip, shown as frame `counter` at second `unix_s`.

        `before` is the frame that the picture before was shown as, `counter` - 1 where nothing is said.
        """
        first, (value, count), is_idr = self._headers[index]
        word = self._camera_word ^ counter_word(counter)
        if not is_idr:
            last = counter - 1 if before is None else before
            bits, length = self._shop.strip.changed(self._camera_word ^ counter_word(last), word)
            count += length
            padding = -count % 8
            return [first + escape(((value << length | bits) << padding).to_bytes((count + padding) // 8, "big"))]
        out = BitWriter().u(value, count).u(*self._shop.strip.whole(word)).ue(_TYPE_I_PCM)
        parts = [first, escape(out.data())]
        for row, (name, time) in enumerate(zip(self._name.rows, self._shop.time_rows(unix_s), strict=True)):
            parts += [_PCM_AFTER_PCM if row else b"", name, time]
        parts.append(b"\x80")
        return [b"".join(parts)]
