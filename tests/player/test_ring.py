"""The frame ring: whole pictures only, the newest one, and never the slot the reader looks at."""

import mmap
import threading

import pytest

from wallclient.player import memory, ring


@pytest.fixture
def ends():
    fd, reader = ring.new_ring(64, 36)
    block = memory.attach(fd)
    return ring.RingWriter(block), reader, block


def write(writer: ring.RingWriter, block: mmap.mmap, value: int, width: int = 64, height: int = 36) -> int:
    slot, _ = writer.begin()
    stride = ring.stride_bytes(width)
    start = 4096 + slot * writer.slot_bytes
    block[start : start + stride * height] = bytes([value]) * (stride * height)
    writer.publish(slot, width, height, stride)
    return slot


def test_an_empty_ring_has_no_picture(ends):
    _, reader, _ = ends
    assert reader.sequence == 0
    assert reader.newest_ns == 0
    assert reader.claim() is None


def test_the_reader_gets_the_newest_picture(ends):
    writer, reader, block = ends
    for value in (1, 2, 3):
        write(writer, block, value)
    picture = reader.claim()
    assert (picture.sequence, picture.width, picture.height) == (3, 64, 36)
    assert set(picture.pixels) == {3}
    assert reader.newest_ns == picture.monotonic_ns > 0


def test_a_claimed_picture_is_never_written_over(ends):
    writer, reader, block = ends
    write(writer, block, 7)
    picture = reader.claim()
    for value in range(100, 150):
        write(writer, block, value)
    assert set(picture.pixels) == {7}
    assert set(reader.claim().pixels) == {149}


def test_pictures_of_another_size_are_told_as_such(ends):
    writer, reader, block = ends
    write(writer, block, 1)
    write(writer, block, 2, width=32, height=18)
    picture = reader.claim()
    assert (picture.width, picture.height, picture.stride_bytes) == (32, 18, 128)
    assert len(picture.pixels) == 128 * 18


def test_a_mad_header_does_not_reach_outside_the_slot(ends):
    writer, reader, _ = ends
    slot, _ = writer.begin()
    writer.publish(slot, 100_000, 100_000, 400_000)
    assert reader.claim() is None


def test_no_torn_picture_under_a_racing_writer(ends):
    writer, reader, block = ends
    done = threading.Event()

    def hammer() -> None:
        for i in range(20_000):
            write(writer, block, i % 251)
        done.set()

    thread = threading.Thread(target=hammer)
    thread.start()
    seen = 0
    last = 0
    while not done.is_set():
        picture = reader.claim()
        if picture is None:
            continue
        assert picture.sequence >= last, "time ran backwards"
        last = picture.sequence
        first = picture.pixels[0]
        assert first == (picture.sequence - 1) % 251
        assert bytes(picture.pixels) == bytes([first]) * len(picture.pixels)
        seen += 1
    thread.join()
    assert seen > 100


def test_a_ring_has_room_for_what_libvlc_writes_beyond_the_picture():
    # 1080 lines are written as 1088, pitch in blocks of 64 bytes
    assert ring.slot_bytes(1920, 1080) >= 1920 * 4 * 1088
    assert ring.stride_bytes(1366) % 64 == 0
    assert ring.padded_lines(1080) == 1088


def test_the_block_has_no_name_and_belongs_to_its_owner_only():
    import os
    import stat

    fd = memory.create(4096)
    try:
        status = os.fstat(fd)
        assert stat.S_IMODE(status.st_mode) == 0o600
        assert status.st_uid == os.getuid()
        assert status.st_nlink == 0  # nothing in /dev/shm to be left behind
    finally:
        os.close(fd)
