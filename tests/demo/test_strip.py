"""The strip: what is written can be read, what can't be trusted is not."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.demo import strip
from wallclient.demo.strip import CELLS, StripReading

cameras = st.integers(0, strip.MAX_CAMERA)
counters = st.integers(0, strip.COUNTER_MODULO - 1)


def painted(cells: list[bool], width: int, height: int, x: int = 0, y: int = 0, noise: int = 0) -> bytes:
    """Return a BGRX buffer with a strip at `x`, `y`, its cells (width - x) / 40 wide."""
    rng = random.Random(1)
    cell = (width - x) / CELLS
    lines = []
    for row in range(height):
        line = bytearray()
        for column in range(width):
            on = y <= row < y + cell and column >= x and cells[min(CELLS - 1, int((column - x) / cell))]
            level = max(0, min(255, (236 if on else 16) + rng.randint(-noise, noise)))
            line += bytes((level, level, level, 255))
        lines.append(bytes(line))
    return b"".join(lines)


@given(cameras, counters)
def test_cells_say_what_was_written(camera: int, counter: int) -> None:
    assert strip.decode(strip.encode(camera, counter)) == StripReading(camera, counter)


@given(cameras, counters, st.sets(st.integers(0, CELLS - 1), min_size=1, max_size=2))
def test_one_or_two_wrong_cells_are_noticed(camera: int, counter: int, wrong: set[int]) -> None:
    cells = [cell != (i in wrong) for i, cell in enumerate(strip.encode(camera, counter))]
    assert strip.decode(cells) is None


def test_the_counter_changes_few_cells_from_picture_to_picture() -> None:
    words = [strip.counter_word(counter) for counter in range(strip.COUNTER_MODULO + 1)]
    counter_cells = [(a ^ b) >> strip.CRC_BITS for a, b in itertools.pairwise(words)]
    assert {cells.bit_count() for cells in counter_cells} == {1}  # at the wrap as well


def test_a_camera_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1024"):
        strip.encode(1024, 0)


@pytest.mark.parametrize(("width", "height"), [(120, 68), (240, 135), (333, 187), (640, 360)])
def test_a_noisy_picture_is_read_at_any_size(width: int, height: int) -> None:
    pixels = painted(strip.encode(777, 54321), width, height, noise=40)
    assert strip.read(pixels, width, height, width * 4) == StripReading(777, 54321)


def test_a_picture_within_a_larger_one_is_read() -> None:
    pixels = painted(strip.encode(3, 9), 340, 200, x=100, y=50)
    assert strip.read(memoryview(pixels), 340, 200, 340 * 4, rect=(100, 50, 240, 135)) == StripReading(3, 9)
    assert strip.read(pixels, 340, 200, 340 * 4, rect=(200, 50, 240, 135)) is None  # beyond the buffer


def test_a_picture_without_a_strip_is_not_read() -> None:
    assert strip.read(bytes(240 * 135 * 4), 240, 135, 240 * 4) is None
    assert strip.read(random.Random(2).randbytes(240 * 135 * 4), 240, 135, 240 * 4) is None


@given(st.floats(0, 2000), st.sampled_from((15, 25)))
def test_latency_is_now_less_the_time_of_the_counter(age_s: float, fps: int) -> None:
    now = 1_800_000_000.0
    reading = StripReading(1, int((now - age_s) * fps) % strip.COUNTER_MODULO)
    assert age_s - 1e-3 <= strip.latency_s(reading, fps, now) <= age_s + 1 / fps + 1e-3


def test_a_picture_from_the_near_future_has_negative_latency() -> None:
    now = 1_800_000_000.0
    assert strip.latency_s(StripReading(1, int((now + 0.4) * 25) % 65536), 25, now) == pytest.approx(-0.4, abs=0.05)
