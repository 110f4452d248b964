"""Rows that say where a camera looks: read back from pictures of any size, never misread; the feed stays in step."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.demo import ptz_strip
from wallclient.demo.ptz_feed import Fed, Joiner, feed_pair, send
from wallclient.demo.ptz_motion import PAN_DEG, TILT_DEG
from wallclient.demo.strip import BLACK, CELLS, WHITE
from wallclient.domain.ptz import Position

positions = st.builds(Position, st.floats(*PAN_DEG), st.floats(*TILT_DEG), st.floats(1, 20))
counters = st.integers(0, 2**40)


def picture(position: Position, counter: int, width: int, height: int) -> bytes:
    """Return grey pixels with the rows where a renderer paints them."""
    rows = ptz_strip.encode(position, counter)
    lines = []
    for y in range(height):
        row = int((y + 0.5) * 360 / height - 32) // 8
        cells = rows[row] if 0 <= row < 2 else [False] * CELLS
        lines.append(bytes(WHITE if cells[x * CELLS // width] else BLACK for x in range(width)))
    return b"".join(lines)


@given(positions, counters)
def test_what_is_written_is_read(position, counter):
    reading = ptz_strip.decode(*ptz_strip.encode(position, counter))
    assert reading is not None
    assert reading.counter == counter % 1024
    assert reading.position.pan_deg == pytest.approx(position.pan_deg, abs=0.003)
    assert reading.position.tilt_deg == pytest.approx(position.tilt_deg, abs=0.006)
    assert reading.position.zoom == pytest.approx(position.zoom, rel=0.0005)


@given(positions, counters, st.integers(0, 79), st.integers(0, 79))
def test_wrong_cells_are_noticed(position, counter, first, second):
    cells = [cell for row in ptz_strip.encode(position, counter) for cell in row]
    cells[first] = not cells[first]
    cells[second] = not cells[second]
    reading = ptz_strip.decode(cells[:CELLS], cells[CELLS:])
    if first == second:
        assert reading is not None
    elif (first < CELLS) == (second < CELLS):  # two in one row: one in 256 slips through a CRC-32's last byte
        whole = ptz_strip.decode(*ptz_strip.encode(position, counter))
        assert reading is None or reading != whole
    else:
        assert reading is None


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (640, 360), (427, 240), (320, 180), (240, 135)])
def test_rows_are_read_from_pictures_of_any_size(size):
    position = Position(-123.4, 17.8, 6.5)
    pixels = picture(position, 4711, *size)
    reading = ptz_strip.read(pixels, *size, size[0], 1)
    assert reading is not None
    assert reading.position.pan_deg == pytest.approx(-123.4, abs=0.003)
    assert reading.counter == 4711 % 1024


def test_where_there_are_no_rows_nothing_is_read():
    noise = random.Random(1).randbytes(640 * 360)
    assert ptz_strip.read(noise, 640, 360, 640, 1) is None
    assert ptz_strip.read(bytes(640 * 360), 640, 360, 640, 1) is None
    assert ptz_strip.read(bytes(20 * 20), 20, 20, 20, 1) is None


def test_pictures_pass_the_feed_in_pieces():
    ours, theirs = feed_pair()
    with ours, theirs:
        joiner, sent = Joiner(), [Fed(3, "sub", 10**12, True, bytes(150_000)), Fed(7, "main", 5, False, b"short")]
        for one in sent:
            send(ours, one)
        pieces = [theirs.recv(65536) for _ in range(4)]
        assert [joiner.add(piece) for piece in pieces] == [None, None, sent[0], sent[1]]


def test_a_picture_broken_off_is_dropped_and_the_next_is_whole():
    ours, theirs = feed_pair()
    with ours, theirs:
        joiner, big, next_one = Joiner(), Fed(3, "sub", 1, True, bytes(150_000)), Fed(3, "sub", 2, False, b"next")
        send(ours, big)
        pieces = [theirs.recv(65536) for _ in range(3)]
        assert joiner.add(pieces[0]) is None  # here the renderer died, and another began
        send(ours, next_one)
        assert joiner.add(theirs.recv(65536)) == next_one
        assert joiner.add(pieces[1]) is None
        assert joiner.add(pieces[2]) is None
