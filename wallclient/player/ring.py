"""Frame ring: three picture slots in shared memory, one writer (libVLC's thread in a host), one reader (the UI thread).

No lock and no message per picture. The writer fills a slot that is neither the newest nor the one the reader
has claimed, then publishes sequence and slot in one 64-bit word. The reader claims the newest slot and looks
again: had the writer published in between, the claim may have come too late, so it claims anew.

libVLC draws the last picture again every 80 ms when no other comes, so a picture that is the same as the newest is
not published: a frozen source must not look alive. A source that does send the same picture again and again is
told apart by what its decoder did (`still_alive`).

Layout, in 64-bit words: 0 newest (sequence * 4 + slot), 8 claimed slot (3: none), 16 + 8 * slot: width, height,
stride in bytes, time, moment of footage; 40 time of the last sign of life. Each word that one side writes has a cache
line of its own.
Pictures follow at byte 4096.
"""

import mmap
import os
import time

from wallclient.domain.picture import Picture
from wallclient.player import memory

_HEADER_BYTES = 4096
_SLOTS = 3
_NEWEST = 0
_CLAIMED = 8
_SLOT_WORDS = 16
_ALIVE = 40
_NO_SLOT = 3
_FREE = {  # (newest, claimed) -> a slot that is neither
    (newest, claimed): next(s for s in range(_SLOTS) if s not in (newest, claimed))
    for newest in range(_SLOTS)
    for claimed in range(_SLOTS + 1)
}
BYTES_PER_PIXEL = 4
_PITCH_BYTES = 64  # libVLC writes whole blocks: pitch in 64 bytes, lines in 32, and some slack behind
_LINES = 32
_SLACK_BYTES = 4096


def stride_bytes(width_px: int) -> int:
    """Return the length of a line of `width_px` pixels as libVLC may write it."""
    return -(-width_px * BYTES_PER_PIXEL // _PITCH_BYTES) * _PITCH_BYTES


def padded_lines(height_px: int) -> int:
    """Return the number of lines libVLC may write for a picture of `height_px`."""
    return -(-height_px // _LINES) * _LINES


def slot_bytes(width_px: int, height_px: int) -> int:
    """Return the room one picture needs, a whole number of pages."""
    size = stride_bytes(width_px) * padded_lines(height_px) + _SLACK_BYTES
    return -(-size // mmap.PAGESIZE) * mmap.PAGESIZE


def ring_bytes(width_px: int, height_px: int) -> int:
    """Return the size of a block that holds a ring for pictures up to this size."""
    return _HEADER_BYTES + _SLOTS * slot_bytes(width_px, height_px)


class RingWriter:
    """The host's side: hands out addresses to draw into and publishes what was drawn."""

    def __init__(self, block: mmap.mmap) -> None:
        import ctypes  # the reader's side needs no addresses

        self._compare = (ctypes.CDLL(None) if os.name == "posix" else ctypes.cdll.msvcrt).memcmp  # type: ignore[attr-defined,unused-ignore]
        self._compare.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
        self._block = block
        self._words = memoryview(block)[:_HEADER_BYTES].cast("Q")
        self._base = ctypes.addressof(ctypes.c_char.from_buffer(block)) + _HEADER_BYTES
        self.slot_bytes = (len(block) - _HEADER_BYTES) // _SLOTS
        self._sequence = 0

    @property
    def sequence(self) -> int:
        """Number of pictures published so far."""
        return self._sequence

    def begin(self) -> tuple[int, int]:
        """Return a slot nobody looks at and the address of its first byte."""
        words = self._words
        slot = _FREE[words[_NEWEST] & 3, words[_CLAIMED]]
        return slot, self._base + slot * self.slot_bytes

    def is_repeat(self, slot: int, width: int, height: int, stride: int) -> bool:
        """Tell whether the picture in `slot` is the newest once more; ends at the first byte that differs."""
        words = self._words
        newest = words[_NEWEST]
        at = _SLOT_WORDS + 8 * (newest & 3)
        if not newest or (words[at], words[at + 1], words[at + 2]) != (width, height, stride):
            return False
        mine, other = (self._base + each * self.slot_bytes for each in (slot, newest & 3))
        line = width * BYTES_PER_PIXEL
        if line == stride:
            return bool(self._compare(mine, other, stride * height) == 0)
        # what lies between lines may be left over from other pictures
        return all(self._compare(mine + y, other + y, line) == 0 for y in range(0, stride * height, stride))

    def still_alive(self) -> None:
        """Note that the source sends pictures, though they are all the same; from any thread."""
        self._words[_ALIVE] = time.monotonic_ns()

    def publish(self, slot: int, width: int, height: int, stride: int, moment_us: int = 0) -> None:
        """Make the picture in `slot` the newest. `moment_us`: of recorded footage, see `Picture`."""
        words, at = self._words, _SLOT_WORDS + 8 * slot
        words[at + 4] = moment_us
        words[at], words[at + 1], words[at + 2], words[at + 3] = width, height, stride, time.monotonic_ns()
        self._sequence += 1
        words[_NEWEST] = self._sequence * 4 + slot


class RingReader:
    """The application's side. Lives on the UI thread."""

    def __init__(self, block: mmap.mmap) -> None:
        self._view = memoryview(block)
        self._words = self._view[:_HEADER_BYTES].cast("Q")
        self._slot_bytes = (len(block) - _HEADER_BYTES) // _SLOTS
        self._words[_CLAIMED] = _NO_SLOT
        self._pictures: list[Picture | None] = [None] * _SLOTS

    @property
    def sequence(self) -> int:
        """Number of the newest picture; 0 before the first."""
        return self._words[_NEWEST] >> 2

    @property
    def newest_ns(self) -> int:
        """Monotonic time of the newest picture or of a later sign of life, 0 before the first picture."""
        newest = self._words[_NEWEST]
        return max(self._words[_SLOT_WORDS + 8 * (newest & 3) + 3], self._words[_ALIVE]) if newest else 0

    @property
    def newest_moment_us(self) -> int:
        """Moment of the newest picture of footage; claims nothing, so that what is being painted stays whole."""
        newest = self._words[_NEWEST]
        return self._words[_SLOT_WORDS + 8 * (newest & 3) + 4] if newest else 0

    def claim(self) -> Picture | None:
        """Return the newest picture and keep the writer away from it until the next claim; None before the first."""
        words = self._words
        newest = words[_NEWEST]
        if not newest:
            return None
        while True:
            words[_CLAIMED] = newest & 3
            again = words[_NEWEST]
            if again == newest:
                break
            newest = again
        return self._picture(newest)

    def _picture(self, newest: int) -> Picture | None:
        """Return what describes the picture in a slot; made once per slot and size."""
        words, slot = self._words, newest & 3
        at = _SLOT_WORDS + 8 * slot
        width, height, stride = words[at], words[at + 1], words[at + 2]
        picture = self._pictures[slot]
        if picture is None or picture.width != width or picture.height != height or picture.stride_bytes != stride:
            if not (0 < width <= stride // BYTES_PER_PIXEL and 0 < stride * height <= self._slot_bytes):
                return None  # a host gone mad must not make the UI read outside the slot
            start = _HEADER_BYTES + slot * self._slot_bytes
            pixels = self._view[start : start + stride * height]
            picture = self._pictures[slot] = Picture(width, height, stride, 0, 0, pixels)
        picture.sequence, picture.monotonic_ns, picture.moment_us = newest >> 2, words[at + 3], words[at + 4]
        return picture


def new_ring(width_px: int, height_px: int) -> tuple[int, RingReader]:
    """Return a descriptor to hand to a host, and the reader of a new ring for pictures up to this size.

    Raises OSError.
    """
    fd = memory.create(ring_bytes(width_px, height_px))
    return fd, RingReader(memory.attach(os.dup(fd)))
