"""Rewriting an encoded H.264 scene so that another slice, the band, can stand above it in the same picture.

x264 encodes only the scene. Its parameter set is changed here to the full picture, and each slice moves down by the
rows of the band: the slice header is rewritten, the CAVLC data behind it are shifted to their new bit position
untouched. Section numbers are those of ITU-T H.264. Only what our own encoder settings produce is understood;
anything else raises ValueError.
"""

from dataclasses import dataclass

from wallclient.demo.bits import BitReader, BitWriter, escape, unescape

NAL_SLICE, NAL_IDR, NAL_SPS, NAL_PPS = 1, 5, 7, 8
_HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)
_FILTER_WITHIN_SLICE = 2  # disable_deblocking_filter_idc: the scene was encoded as if nothing stood above it


@dataclass(frozen=True, slots=True)
class Sequence:
    """What slice headers depend on, from the parameter sets."""

    log2_max_frame_num: int
    init_qp: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A scene slice in its new place, and the header fields the band's slice has to repeat."""

    nal: bytes
    is_idr: bool
    ref_idc: int
    frame_num: int
    idr_pic_id: int


def rewrite_sps(nal: bytes, mb_rows: int, height_px: int) -> tuple[bytes, int]:
    """Return the sequence parameter set for `mb_rows` rows of macroblocks showing `height_px` lines.

    And log2_max_frame_num (7.3.2.1.1).
    """
    bits, out = BitReader(unescape(nal[1:])), BitWriter()
    profile = bits.u(8)
    out.u(profile, 8).u(bits.u(16), 16)  # constraint flags and level
    out.ue(bits.ue())
    if profile in _HIGH_PROFILES:
        if (chroma := bits.ue()) != 1:
            raise ValueError(f"chroma_format_idc {chroma}")
        out.ue(chroma).ue(bits.ue()).ue(bits.ue()).u(bits.u(1), 1)
        if bits.flag():
            raise ValueError("scaling matrices are not understood")
        out.u(0, 1)
    log2_max_frame_num = bits.ue() + 4
    out.ue(log2_max_frame_num - 4)
    if (poc_type := bits.ue()) != 2:
        raise ValueError(f"pic_order_cnt_type {poc_type}")
    out.ue(poc_type)
    out.ue(bits.ue()).u(bits.u(1), 1)  # reference frames, gaps allowed
    out.ue(bits.ue())  # width
    bits.ue()
    out.ue(mb_rows - 1)
    if not bits.flag():
        raise ValueError("interlaced")
    out.u(1, 1).u(bits.u(1), 1)  # frame_mbs_only, direct_8x8_inference
    if bits.flag():
        raise ValueError("the scene is cropped")
    hidden_px = 16 * mb_rows - height_px
    out.u(1 if hidden_px else 0, 1)
    if hidden_px:
        out.ue(0).ue(0).ue(0).ue(hidden_px // 2)
    out.u(*bits.rest())  # VUI; the stop bit moves with it
    return nal[:1] + escape(realigned(out)), log2_max_frame_num


def realigned(out: BitWriter) -> bytes:
    """Return an RBSP whose stop bit is in place but whose length is no longer whole bytes."""
    value, count = out.value, out.count
    surplus = (value & -value).bit_length() - 1  # zeros behind the stop bit, to be replaced by as many as needed
    out = BitWriter().u(value >> surplus, count - surplus)
    return out.data()


def read_init_qp(pps: bytes) -> int:
    """Return 26 + pic_init_qp of a picture parameter set (7.3.2.2).

    Raises ValueError for what slices here can't have.
    """
    bits = BitReader(unescape(pps[1:]))
    bits.ue(), bits.ue()
    if bits.flag():
        raise ValueError("CABAC")
    if bits.flag() or bits.ue():
        raise ValueError("picture order or slice groups in the picture parameter set")
    bits.ue(), bits.ue()
    if bits.flag() or bits.u(2):
        raise ValueError("weighted prediction")
    init_qp = 26 + bits.se()
    bits.se(), bits.se()
    if not bits.flag():
        raise ValueError("no deblocking control")
    if bits.flag() or bits.flag():
        raise ValueError("constrained intra prediction or redundant pictures")
    return init_qp


def move_slice(nal: bytes, sequence: Sequence, first_mb: int) -> Slice:
    """Return the slice moved down to macroblock `first_mb` (7.3.3)."""
    ref_idc, is_idr = nal[0] >> 5 & 3, nal[0] & 31 == NAL_IDR
    bits, out = BitReader(unescape(nal[1:])), BitWriter()
    if bits.ue() != 0:
        raise ValueError("more than one slice")
    out.ue(first_mb)
    slice_type = bits.ue()
    if slice_type % 5 not in (0, 2) or (is_idr and slice_type % 5 != 2):
        raise ValueError(f"slice_type {slice_type}")
    out.ue(slice_type).ue(bits.ue())
    frame_num = bits.u(sequence.log2_max_frame_num)
    out.u(frame_num, sequence.log2_max_frame_num)
    idr_pic_id = 0
    if is_idr:
        idr_pic_id = bits.ue()
        out.ue(idr_pic_id)
    if slice_type % 5 == 0:
        _copy_references(bits, out)
    if is_idr:
        out.u(bits.u(2), 2)
    elif ref_idc:
        if bits.flag():
            raise ValueError("memory management")
        out.u(0, 1)
    out.se(bits.se())
    if bits.ue() != 1:
        bits.se(), bits.se()
    out.ue(_FILTER_WITHIN_SLICE).se(0).se(0)
    out.u(*bits.rest())
    return Slice(nal[:1] + escape(realigned(out)), is_idr, ref_idc, frame_num, idr_pic_id)


def _copy_references(bits: BitReader, out: BitWriter) -> None:
    override = bits.u(1)
    out.u(override, 1)
    if override:
        out.ue(bits.ue())
    if bits.flag():
        raise ValueError("reordered references")
    out.u(0, 1)
