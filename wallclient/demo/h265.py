"""Rewriting an encoded H.265 scene so that other slices, the band, can stand above it in the same picture.

CABAC data begin on a byte boundary behind each slice header, so they are moved as they are: only headers are written
anew. That also lets tiny pictures encoded beforehand, a cell of the strip or two digits, be set as slices of their
own anywhere in a picture. Section numbers are those of ITU-T H.265. Only what our own encoder settings produce is
understood; anything else raises ValueError.
"""

from dataclasses import dataclass

from wallclient.demo.bits import BitReader, BitWriter, escape, unescape
from wallclient.demo.h264 import realigned

VPS, SPS, PPS = 32, 33, 34
TYPE_P, TYPE_I = 1, 2
Bits = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Headers:
    """What slice headers depend on, from the parameter sets."""

    log2_max_poc: int
    address_bits: int
    cabac_init: bool
    deblocking_override: bool
    filter_across: bool


@dataclass(frozen=True, slots=True)
class SlicePart:
    """A slice taken apart.

    What its picture decides (`order`: count and references), what it decides itself, and its CABAC data.
    """

    nal_type: int
    slice_type: int
    order: Bits
    tail: Bits
    data: bytes


def nal_type(nal: bytes) -> int:
    """Return nal_unit_type."""
    return nal[0] >> 1 & 63


def rewrite_sps(nal: bytes, height_px: int, ctu_px: int) -> tuple[bytes, int, int]:
    """Return the sequence parameter set for `height_px` lines.

    Log2_max_poc, and the bits of a slice's address (7.3.2.2.1).
    """
    bits, out = BitReader(unescape(nal[2:])), BitWriter()
    out.u(bits.u(8), 8).u(bits.u(96), 96)  # ids, one layer, profile_tier_level
    out.ue(bits.ue()).ue(bits.ue())
    width = bits.ue()
    bits.ue()
    out.ue(width).ue(height_px)
    if bits.flag():
        raise ValueError("the scene is cropped")
    out.u(0, 1).ue(bits.ue()).ue(bits.ue())
    log2_max_poc = bits.ue() + 4
    out.ue(log2_max_poc - 4)
    rest, count = bits.rest()
    out.u(rest, count)
    _check_sps(bits)
    ctus = -(-width // ctu_px) * -(-height_px // ctu_px)
    return nal[:2] + escape(realigned(out)), log2_max_poc, (ctus - 1).bit_length()


def _check_sps(bits: BitReader) -> None:
    bits.flag()
    for _ in range(3):  # one layer: its buffering, told once
        bits.ue()
    for _ in range(6):
        bits.ue()
    if bits.flag():
        raise ValueError("scaling lists")
    bits.flag()
    if bits.flag() or bits.flag():
        raise ValueError("sample adaptive offset or PCM")
    if bits.ue() or bits.flag() or bits.flag():
        raise ValueError("reference sets in the parameter set, long-term references or temporal motion vectors")


def read_headers(pps: bytes, log2_max_poc: int, address_bits: int) -> Headers:
    """Return what slice headers depend on (7.3.2.3.1)."""
    bits = BitReader(unescape(pps[2:]))
    bits.ue(), bits.ue()
    if bits.u(5):
        raise ValueError("dependent slices, output flags or extra slice header bits")
    bits.flag()
    cabac_init = bits.flag()
    if bits.ue():
        raise ValueError("more than one reference")
    bits.ue(), bits.se(), bits.u(2)
    if bits.flag():
        bits.ue()
    bits.se(), bits.se()
    if bits.u(6):
        raise ValueError("chroma offsets, weights, bypass, tiles or wavefronts")
    across = bits.flag()
    override = False
    if bits.flag():
        override = bits.flag()
        if not bits.flag():
            bits.se(), bits.se()
    if bits.u(2):
        raise ValueError("scaling lists or reordered references")
    bits.ue()
    if bits.flag():
        raise ValueError("slice header extensions")
    return Headers(log2_max_poc, address_bits, cabac_init, override, across)


def take_apart(nal: bytes, headers: Headers) -> SlicePart:
    """Read a slice that is a whole picture (7.3.6.1)."""
    kind, rbsp = nal_type(nal), unescape(nal[2:])
    bits = BitReader(rbsp)
    if not bits.flag():
        raise ValueError("more than one slice")
    if is_idr := kind in (19, 20):
        bits.flag()
    bits.ue()
    slice_type = bits.ue()
    order = (0, 0) if is_idr else _order(bits, headers)
    tail = BitWriter()
    if slice_type == TYPE_P:
        if bits.flag() and bits.ue():
            raise ValueError("more than one reference")
        tail.u(0, 1)
        if headers.cabac_init:
            tail.u(bits.u(1), 1)
        tail.ue(bits.ue())  # merge candidates
    tail.se(bits.se())
    if headers.deblocking_override:
        if bits.flag():
            raise ValueError("deblocking override")
        tail.u(0, 1)
    if headers.filter_across:
        bits.flag()
        tail.u(0, 1)  # nothing is filtered across slices
    if not bits.flag():
        raise ValueError("a slice header longer than understood")
    data = rbsp[-(-bits.position // 8) :]
    return SlicePart(kind, slice_type, order, (tail.value, tail.count), data)


def _order(bits: BitReader, headers: Headers) -> Bits:
    """Copy the picture order count and the short-term reference picture set (7.3.7)."""
    out = BitWriter().u(bits.u(headers.log2_max_poc), headers.log2_max_poc)
    if bits.flag():
        raise ValueError("a reference set of the parameter set")
    out.u(0, 1)
    negative, positive = bits.ue(), bits.ue()
    out.ue(negative).ue(positive)
    for _ in range(negative + positive):
        out.ue(bits.ue()).u(bits.u(1), 1)
    return out.value, out.count


def put_together(part: SlicePart, address: int, address_bits: int, nal_kind: int, order: Bits) -> bytes:
    """Return a slice at CTU `address` of a picture of type `nal_kind`, whose count and references are `order`."""
    out = BitWriter().u(0 if address else 1, 1)
    if nal_kind in (19, 20):
        out.u(0, 1)
    out.ue(0)
    if address:
        out.u(address, address_bits)
    out.ue(part.slice_type).u(*order).u(*part.tail).trailing()
    return bytes([nal_kind << 1, 1]) + escape(out.data() + part.data)
