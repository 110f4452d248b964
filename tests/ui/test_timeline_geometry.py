"""Time to place and back at every zoom, ruler marks on days of 23 and 25 hours, and no segment lost however small."""

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallclient.domain.recording import RecordingKind, Segment
from wallclient.ui.timeline_coverage import ALARM, FOOTAGE, FULL, MANUAL, Coverage, any_of
from wallclient.ui.timeline_scale import DAY, HOUR, LADDER, YEAR, TimeScale, Unit, local, moment_of, scale_for, ticks

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOON = moment_of(datetime(2026, 11, 22, 12, tzinfo=UTC))
MOMENTS = st.integers(moment_of(datetime(2004, 1, 1, tzinfo=UTC)), moment_of(datetime(2096, 1, 1, tzinfo=UTC)))
SCALES = st.builds(
    lambda moment, rung, width: TimeScale(0, rung, width).centered(moment),
    MOMENTS,
    st.sampled_from(LADDER[:50]),
    st.integers(200, 4000),
)


@given(SCALES, st.floats(0, 4000))
def test_a_place_leads_to_its_moment_and_back(scale, x):
    assert scale.x_of(scale.moment_at(x)) == pytest.approx(x, abs=0.5 / scale.us_per_px + 1e-3)


@given(SCALES, st.integers(-60, 60), st.floats(0, 1))
def test_zooming_keeps_the_moment_under_the_pointer(scale, steps, part):
    x = part * scale.width_px
    zoomed = scale.zoomed(steps, x)
    assert zoomed.us_per_px in LADDER
    assert abs(zoomed.x_of(scale.moment_at(x)) - x) <= 0.6


def test_the_wheel_goes_from_a_year_to_single_pictures():
    scale = scale_for(NOON - YEAR // 2, NOON + YEAR // 2, 1700)
    assert scale.span_us >= YEAR
    assert scale.zoomed(-50, 0) == scale  # there is nothing beyond
    closest = scale.zoomed(100, 850)
    assert closest.x_of(40_000) - closest.x_of(0) >= 40  # pictures of 25 a second are that far apart


@given(MOMENTS, st.integers(1, YEAR), st.integers(200, 4000))
def test_a_range_that_is_asked_for_is_in_sight(start, length, width):
    end = start + length
    scale = scale_for(start, end, width)
    assert scale.x_of(start) >= -1.01
    assert scale.x_of(end) <= width + 1.01


def segments(*ranges: tuple[int, int, RecordingKind]) -> list[Segment]:
    return [Segment(str(i), "c", kind, start, end) for i, (start, end, kind) in enumerate(ranges)]


RANGES = st.lists(
    st.tuples(st.integers(1, 400_000), st.integers(1, 90_000), st.sampled_from(list(RecordingKind))), max_size=60
)


def laid_out(parts: list[tuple[int, int, RecordingKind]]) -> list[Segment]:
    """Return segments of these lengths with these gaps before them."""
    at, found = NOON // 1000, []
    for gap, length, kind in parts:
        found.append((at + gap - 1, at + gap - 1 + length, kind))
        at += gap - 1 + length
    return segments(*found)


def by_hand(some: list[Segment], first: int, us_per_px: int, width: int) -> bytes:
    """Return the columns as their definition says, one by one."""
    out = bytearray(width)
    flags = {RecordingKind.ALARM: ALARM, RecordingKind.MANUAL: MANUAL, RecordingKind.TIME: 0}
    for column in range(width):
        a, b = (first + column) * us_per_px, (first + column + 1) * us_per_px
        covered = 0
        for one in some:
            part = min(b, one.end_ms * 1000) - max(a, one.start_ms * 1000)
            if part > 0:
                out[column] |= FOOTAGE | flags[one.kind]
                covered += part
        out[column] |= FULL * (covered == us_per_px)
    return bytes(out)


@settings(max_examples=60, deadline=None)
@given(RANGES, st.sampled_from(LADDER[8:40]), st.integers(-50, 400), st.booleans())
def test_columns_are_what_was_recorded_at_every_zoom(parts, us_per_px, back, through_levels):
    some = laid_out(parts)
    coverage = Coverage(some)
    first, width = NOON // us_per_px - back, 300
    if through_levels and some:
        import wallclient.ui.timeline_coverage as module

        former, module._FEW = module._FEW, -1
        try:
            found = coverage.columns(first, us_per_px, width)
        finally:
            module._FEW = former
    else:
        found = coverage.columns(first, us_per_px, width)
    assert found == by_hand(some, first, us_per_px, width)


@pytest.mark.parametrize("us_per_px", [rung for rung in LADDER if rung <= scale_for(0, YEAR, 1700).us_per_px])
def test_no_segment_vanishes_however_small(us_per_px):
    """One of 1 ms among a thousand others a month apart from it."""
    others = [(NOON // 1000 + i * 60_000, NOON // 1000 + i * 60_000 + 30_000, RecordingKind.TIME) for i in range(1000)]
    tiny_us = NOON - 30 * DAY
    coverage = Coverage(segments((tiny_us // 1000, tiny_us // 1000 + 1, RecordingKind.ALARM), *others))
    scale = TimeScale(0, us_per_px, 1700).centered(tiny_us)
    columns = coverage.columns(scale.first, us_per_px, 1700)
    assert columns[int(scale.x_of(tiny_us))] & (FOOTAGE | ALARM) == FOOTAGE | ALARM


def test_a_gap_within_a_column_is_not_called_full():
    coverage = Coverage(segments((0, 10_000, RecordingKind.TIME), (10_001, 20_000, RecordingKind.TIME)))
    columns = coverage.columns(0, LADDER[20], 40)
    gap = 10_000_000 // LADDER[20]
    assert not columns[gap] & FULL
    assert columns[gap - 1] & FULL


def test_a_summary_has_what_any_camera_has():
    assert any_of([b"\x01\x00\x09", b"\x00\x00\x03"], 3) == b"\x01\x00\x0b"


@given(SCALES.filter(lambda scale: scale.us_per_px < 10_000_000_000), st.sampled_from([SHANGHAI, BERLIN]))
@settings(deadline=None, max_examples=60)
def test_ruler_marks_are_in_order_in_sight_and_apart(scale, zone):
    found = ticks(scale, zone, 90)
    moments = [tick.moment_us for tick in found]
    assert moments == sorted(set(moments))
    assert all(scale.start_us <= moment < scale.end_us for moment in moments)
    assert all(b - a >= 40 * scale.us_per_px for a, b in itertools.pairwise(moments))


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_a_day_on_which_clocks_are_changed_is_as_long_as_it_is(day, hours):
    begin = moment_of(datetime(*day, tzinfo=BERLIN))
    end = moment_of(datetime(day[0], day[1], day[2] + 1, tzinfo=BERLIN))
    assert end - begin == hours * HOUR
    scale = scale_for(begin, end, 1700)
    found = [tick for tick in ticks(scale, BERLIN, 60) if begin <= tick.moment_us <= end]
    assert [tick.moment_us for tick in found if tick.is_day] == [begin, end]
    for tick in found:
        assert local(tick.moment_us, BERLIN).minute == 0
        assert tick.unit is Unit.MINUTE


def test_months_and_years_are_named_by_local_midnight():
    scale = scale_for(NOON - YEAR // 2, NOON + YEAR // 2, 1200)
    found = ticks(scale, SHANGHAI, 70)
    assert {(local(tick.moment_us, SHANGHAI).day, local(tick.moment_us, SHANGHAI).hour) for tick in found} == {(1, 0)}
    assert [local(tick.moment_us, SHANGHAI).year for tick in found if tick.unit is Unit.YEAR] == [2027]
