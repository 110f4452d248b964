"""Bits and NAL units of H.264 and H.265: reading and writing headers, byte-stream splitting, emulation prevention.

Pure Python.
"""

import re

_ESCAPE = re.compile(rb"\x00\x00(?=[\x00-\x03])")
_START_CODE = re.compile(rb"\x00*\x00\x00\x01")


def split_nals(stream: bytes) -> list[bytes]:
    """Return the NAL units of an Annex B byte stream, without start codes."""
    return [nal for nal in _START_CODE.split(stream) if nal]


def escape(payload: bytes) -> bytes:
    """Insert emulation prevention bytes (H.264 7.4.1.1, H.265 7.4.2.1)."""
    return _ESCAPE.sub(b"\x00\x00\x03", payload) if b"\x00\x00" in payload else payload


def unescape(payload: bytes) -> bytes:
    """Take emulation prevention bytes out."""
    return payload.replace(b"\x00\x00\x03", b"\x00\x00")


def ue_bits(value: int) -> tuple[int, int]:
    """Return an unsigned Exp-Golomb code as (bits, count)."""
    return value + 1, 2 * (value + 1).bit_length() - 1


def se_bits(value: int) -> tuple[int, int]:
    """Return a signed Exp-Golomb code as (bits, count)."""
    return ue_bits(2 * value - 1 if value > 0 else -2 * value)


class BitReader:
    """Reads an RBSP (already without emulation prevention) from its first bit."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)
        self.position = 0

    def u(self, count: int) -> int:
        """Read `count` bits. Raises ValueError past the end."""
        if count > self._left:
            raise ValueError("read past the end of a NAL unit")
        self._left -= count
        self.position += count
        return self._value >> self._left & (1 << count) - 1

    def flag(self) -> bool:
        """Read one bit."""
        return bool(self.u(1))

    def ue(self) -> int:
        """Read an unsigned Exp-Golomb code."""
        zeros = 0
        while not self.u(1):
            zeros += 1
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Read a signed Exp-Golomb code."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)

    def rest(self) -> tuple[int, int]:
        """Return everything that is left as (bits, count), trailing bits included."""
        return self._value & (1 << self._left) - 1, self._left


class BitWriter:
    """Collects bits; `data()` aligns with zeros."""

    def __init__(self) -> None:
        self.value = 0
        self.count = 0

    def u(self, value: int, count: int) -> "BitWriter":
        """Append `count` bits."""
        self.value = self.value << count | value
        self.count += count
        return self

    def ue(self, value: int) -> "BitWriter":
        """Append an unsigned Exp-Golomb code."""
        return self.u(*ue_bits(value))

    def se(self, value: int) -> "BitWriter":
        """Append a signed Exp-Golomb code."""
        return self.u(*se_bits(value))

    def trailing(self) -> "BitWriter":
        """Append the stop bit and align (rbsp_trailing_bits)."""
        self.u(1, 1)
        return self.align()

    def align(self) -> "BitWriter":
        """Append zeros up to a byte boundary."""
        return self.u(0, -self.count % 8)

    def data(self) -> bytes:
        """Return what was written, aligned with zeros."""
        padding = -self.count % 8
        return (self.value << padding).to_bytes((self.count + padding) // 8, "big")
