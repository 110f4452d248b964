"""Drives: closed formulas agree with small steps, ends of travel hold, and what stops comes to rest where it says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.demo.ptz_motion import (
    AXES,
    PAN,
    PAN_DEG,
    TILT_DEG,
    ZOOM,
    Motion,
    Ramp,
    aimed,
    field_deg,
    gliding,
    standing,
    steered,
)
from wallclient.domain.ptz import Position

HOME = Position(0.0, 0.0, 1.0)
shares = st.tuples(*[st.floats(-1, 1)] * 5)
positions = st.builds(Position, st.floats(*PAN_DEG), st.floats(*TILT_DEG), st.floats(1, 20))


def stepped(drive: Ramp, seconds: float, step_s: float = 0.0005) -> float:
    """Return the place of a drive by adding up small steps."""
    place, speed = drive.place, drive.speed
    for _ in range(round(seconds / step_s)):
        change = drive.acceleration * step_s
        speed += max(-change, min(change, drive.wanted - speed))
        place += speed * step_s
        if not drive.low <= place <= drive.high:
            place, speed = min(max(place, drive.low), drive.high), 0.0
    return place


@given(
    place=st.floats(-10, 10),
    speed=st.floats(-20, 20),
    wanted=st.sampled_from([0.0, -20.0, 20.0, 3.0, -3.0]),
    after_s=st.floats(0, 2),
)
def test_a_ramp_is_the_sum_of_its_small_steps(place, speed, wanted, after_s):
    drive = Ramp(5.0, place, speed, wanted, 30.0, -10.0, 10.0)
    assert drive.at(5.0 + after_s).place == pytest.approx(stepped(drive, after_s), abs=0.15)


@given(positions, shares, shares, st.floats(0, 3), st.floats(0, 3))
def test_nothing_jumps_and_nothing_passes_its_ends(start, first, second, change_s, later_s):
    motion = steered(standing(start, 0.0), 0.0, first)
    turned = steered(motion, change_s, second)
    for before, after in zip(motion.at(change_s), turned.at(change_s), strict=True):
        assert (after.place, after.speed) == pytest.approx((before.place, before.speed), abs=1e-12)
    for axis, at in zip(AXES, turned.at(change_s + later_s), strict=True):
        assert axis.ends[0] <= at.place <= axis.ends[1]
        assert abs(at.speed) <= axis.by_hand + 1e-9


@given(positions, shares, st.floats(0.01, 5))
def test_what_is_left_alone_brakes_at_once_and_rests_when_it_says(start, wanted, brake_s):
    motion = steered(standing(start, 0.0), 0.0, wanted, brake_s)
    rest_s = motion.rest_s()
    assert rest_s <= brake_s + max(axis.by_hand / axis.acceleration for axis in AXES)
    at_rest = motion.at(rest_s + 1e-6)
    assert all(abs(at.speed) < 1e-3 for at in at_rest)
    places = [[at.place for at in motion.at(time_s)] for time_s in (rest_s + 1e-6, rest_s + 60.0)]
    assert places[0] == pytest.approx(places[1], abs=1e-3)


@given(positions, shares, st.floats(0, 1), positions, st.floats(0.05, 1))
def test_a_glide_goes_on_from_where_it_was_and_arrives(start, wanted, at_s, target, speed):
    before = steered(standing(start, 0.0), 0.0, wanted)
    glide = gliding(before, at_s, target, speed)
    assert glide.at(at_s)[PAN].place == pytest.approx(before.at(at_s)[PAN].place)
    there = glide.position(glide.rest_s())
    assert (there.pan_deg, there.tilt_deg) == (pytest.approx(target.pan_deg), pytest.approx(target.tilt_deg))
    assert there.zoom == pytest.approx(target.zoom)


@given(positions, shares, st.floats(0, 4), positions)
def test_a_motion_told_to_another_process_is_the_same(start, wanted, at_s, target):
    for motion in (steered(standing(start, 0.0), 0.0, wanted, 1.5), gliding(standing(start, 0.0), 0.0, target, 0.7)):
        assert Motion.from_json(motion.to_json()).at(at_s) == motion.at(at_s)


def test_a_hand_at_a_far_view_is_slower():
    wide, far = (standing(Position(0, 0, zoom), 0.0) for zoom in (1.0, 16.0))
    speeds = [steered(start, 0.0, (1, 0, 0, 0, 0)).at(1.0)[PAN].speed for start in (wide, far)]
    assert speeds[0] / speeds[1] == pytest.approx(16**0.8)
    assert steered(wide, 0.0, (0, 0, 1, 0, 0)).at(1.0)[ZOOM].speed == pytest.approx(AXES[ZOOM].by_hand)


def test_braking_from_full_speed_overshoots_by_a_few_degrees():
    motion = steered(standing(HOME, 0.0), 0.0, (1, 0, 0, 0, 0), 1.0)
    overshoot = motion.position(10.0).pan_deg - motion.position(1.0).pan_deg
    axis = AXES[PAN]
    assert overshoot == pytest.approx(axis.by_hand**2 / (2 * axis.acceleration))


@pytest.mark.parametrize("zoom", [1.0, 4.0])
def test_aiming_brings_a_point_to_the_center_and_an_area_to_fill_the_picture(zoom):
    across, down = field_deg(zoom)
    corner = aimed(Position(10.0, 0.0, zoom), 1.0, 0.0, 0.0, 0.0)
    assert corner == Position(10.0 + across / 2, pytest.approx(down / 2), zoom)
    quarter = aimed(Position(10.0, 0.0, zoom), 0.5, 0.5, 0.5, 0.5)
    assert quarter == Position(10.0 + across / 4, pytest.approx(-down / 4), 2 * zoom)
    assert aimed(Position(170.0, 90.0, 20.0), 1.0, 0.0, 0.01, 0.01).zoom == 20.0
    assert math.isclose(aimed(Position(169.0, 0.0, 1.0), 1.0, 0.5, 0.0, 0.0).pan_deg, 170.0)
