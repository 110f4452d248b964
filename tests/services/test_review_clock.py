"""The clock of recorded footage: time to moment and back, for every speed, whatever an operator does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.domain.review import ClockMap
from wallclient.services.review_clock import LEAD_NS, SPEEDS, ReviewClock, faster

moments = st.integers(0, 4_000_000_000_000_000)
times = st.integers(0, 10**15)
speeds = st.sampled_from([*SPEEDS, *(-speed for speed in SPEEDS)])


@given(moments, times, speeds, st.integers(0, 3_600_000_000_000))
def test_when_is_the_inverse_of_at(moment, anchor, rate, later):
    clock = ClockMap(1, anchor, moment, rate)
    shown = clock.at(anchor + later)
    due = clock.when(shown)
    assert due is not None
    assert abs(clock.at(due) - shown) <= 1
    assert abs(due - (anchor + later)) <= 1000 / abs(rate) + 1


@given(moments, times, speeds, st.integers(1, 10**12))
def test_it_never_comes_to_what_lies_behind_it(moment, anchor, rate, distance):
    clock = ClockMap(1, anchor, moment, rate)
    assert clock.when(moment - distance if rate > 0 else moment + distance) is None
    assert ClockMap(1, anchor, moment, 0.0).when(moment + distance) is None


@given(moments, times, speeds, st.integers(0, 10**10))
def test_it_stands_until_its_start(moment, anchor, rate, before):
    assert ClockMap(1, anchor, moment, rate).at(anchor - before) == moment


acts = st.lists(
    st.tuples(st.sampled_from(["play", "pause", "speed", "seek", "release"]), speeds, moments, st.integers(0, 10**11)),
    max_size=30,
)


@given(acts, moments)
def test_no_act_but_a_seek_makes_the_moment_leap(script, start):
    now, clock = 0, ReviewClock(start, 0)
    for act, speed, moment, later in script:
        now += later
        before, epoch = clock.moment_us(now), clock.map.epoch
        arguments = {"speed": (speed, now), "seek": (moment, now)}.get(act, (now,))
        changed = getattr(clock, "set_speed" if act == "speed" else act)(*arguments)
        assert clock.moment_us(now) == (moment if act == "seek" else before)
        assert (changed is None) == (clock.map.epoch == epoch)
        if act == "pause":
            assert clock.map.rate == 0
            assert not clock.playing
        if act == "play":
            assert clock.map.rate == clock.speed
            assert clock.map.anchor_ns == now + LEAD_NS


@given(acts, st.tuples(moments, moments).map(sorted), moments)
def test_it_stays_within_its_limits(script, limits, start):
    now, clock = 0, ReviewClock(start, 0)
    clock.limits_us = limits[0], limits[1]
    for act, speed, moment, later in script:
        now += later
        if act == "seek":
            clock.seek(moment, now)
        elif act == "speed":
            clock.set_speed(speed, now)
        elif act == "play":
            clock.play(now)
        assert limits[0] <= clock.moment_us(now) <= limits[1]


def test_a_held_clock_goes_on_at_its_speed_and_a_standing_one_does_not():
    clock = ReviewClock(5, 0)
    clock.set_speed(-2.0, 0)
    clock.play(0)
    assert clock.seek(1000, 10).rate == 0
    assert clock.release(20).rate == -2.0
    clock.pause(30)
    clock.seek(7, 40)
    assert clock.release(50) is None


def test_pressing_again_is_faster_and_the_other_way_is_normal():
    assert [faster(1.0, 1), faster(16.0, 1), faster(4.0, -1), faster(-1.0, -1), faster(0.5, 1)] == [2, 16, -1, -2, 1]


def test_no_other_speed_is_taken():
    with pytest.raises(ValueError, match="17"):
        ReviewClock(0, 0).set_speed(17.0, 0)
