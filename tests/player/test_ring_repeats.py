"""What libVLC draws again is no new picture; what only looks alike is."""

import pytest

from wallclient.player import memory, ring


@pytest.fixture
def ends():
    fd, reader = ring.new_ring(64, 36)
    block = memory.attach(fd)
    return ring.RingWriter(block), reader, block


def draw(writer, block, value: int, width: int, height: int, *, padding: int = 0) -> int:
    """Draw without publishing: `value` in the pixels, `padding` between the lines."""
    slot, _ = writer.begin()
    stride = ring.stride_bytes(width)
    line = bytes([value]) * width * 4 + bytes([padding]) * (stride - width * 4)
    start = 4096 + slot * writer.slot_bytes
    block[start : start + stride * height] = line * height
    return slot


@pytest.mark.parametrize("width", [64, 50], ids=["whole lines", "padded lines"])
def test_a_repeat_is_known(ends, width):
    writer, _, block = ends
    size = (width, 36, ring.stride_bytes(width))
    assert not writer.is_repeat(draw(writer, block, 1, width, 36), *size), "the first is none"
    writer.publish(draw(writer, block, 1, width, 36), *size)
    again = draw(writer, block, 1, width, 36, padding=9)
    assert writer.is_repeat(again, *size)
    block[4096 + again * writer.slot_bytes + size[2] * 35 + width * 4 - 1] = 7  # the last byte of the last line
    assert not writer.is_repeat(again, *size)


def test_the_same_bytes_in_another_size_are_another_picture(ends):
    writer, _, block = ends
    writer.publish(draw(writer, block, 1, 64, 36), 64, 36, 256)
    assert not writer.is_repeat(draw(writer, block, 1, 64, 36), 64, 18, 256)


def test_a_sign_of_life_moves_the_time_but_not_the_number(ends):
    writer, reader, block = ends
    writer.still_alive()
    assert reader.newest_ns == 0, "without a picture there is nothing to be alive"
    writer.publish(draw(writer, block, 1, 64, 36), 64, 36, 256)
    at = reader.newest_ns
    writer.still_alive()
    assert reader.newest_ns > at
    assert reader.sequence == 1
