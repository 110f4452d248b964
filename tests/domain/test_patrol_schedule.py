"""When rounds are due: over midnight, over changes of clocks, and by a slow and plain calculation beside."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallclient.domain.patrol import (
    Person,
    Plan,
    PlanFault,
    RoundLine,
    RoundState,
    Schedule,
    Shift,
    Step,
    faults,
    is_within,
)
from wallclient.domain.patrol_schedule import instant, next_run, runs_between, runs_not_made, shift_at

DAILY = frozenset(range(1, 8))
ZONES = ("Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo")
DAY = timedelta(days=1)


def plan(zone, *shifts, **changes):
    return Plan("p1", 1, "夜巡", (Step("c1", 10.0, "c1"),), Schedule(zone, shifts), **changes)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(runs):
    return [f"{run.at_utc:%d %H:%M}" for run in runs]


NIGHT = Shift("夜班", time(22), time(6), DAILY, (time(22, 30), time(0, 0), time(2, 30), time(5, 59)))


def test_a_shift_goes_over_midnight():
    runs = runs_between(plan("Asia/Shanghai", NIGHT), utc("2026-03-02T12:00"), utc("2026-03-03T12:00"))
    assert at(runs) == ["02 14:30", "02 16:00", "02 18:30", "02 21:59"]
    assert {(r.shift_begin_utc, r.shift_end_utc) for r in runs} == {(utc("2026-03-02T14:00"), utc("2026-03-02T22:00"))}


def test_the_weekday_is_that_of_the_begin():
    sunday = Shift("周日夜班", time(22), time(6), frozenset({7}), (time(23), time(1)))
    runs = runs_between(plan("Asia/Shanghai", sunday), utc("2026-02-28T00:00"), utc("2026-03-08T00:00"))
    assert [run.at_utc.astimezone(ZoneInfo("Asia/Shanghai")).isoweekday() for run in runs] == [7, 1]


def test_a_start_the_clocks_leave_out_runs_at_the_first_moment_after():
    runs = runs_between(plan("Europe/Berlin", NIGHT), utc("2026-03-28T18:00"), utc("2026-03-29T12:00"))
    assert at(runs) == ["28 21:30", "28 23:00", "29 01:00", "29 03:59"]  # 02:30 is 03:00 summer time = 01:00 UTC
    two = Shift("夜班", time(22), time(6), DAILY, (time(2, 10), time(2, 50), time(3)))
    assert at(runs_between(plan("Europe/Berlin", two), utc("2026-03-28T18:00"), utc("2026-03-29T12:00"))) == [
        "29 01:00"
    ]


def test_a_start_that_comes_twice_runs_once():
    runs = runs_between(plan("Europe/Berlin", NIGHT), utc("2026-10-24T18:00"), utc("2026-10-25T12:00"))
    assert at(runs) == ["24 20:30", "24 22:00", "25 00:30", "25 04:59"]


def test_every_so_many_minutes_counts_minutes_that_went_by():
    each = Shift("夜班", time(22), time(6), DAILY, every_min=120)
    normal, spring, autumn = (
        runs_between(plan("Europe/Berlin", each), utc(f"{day}T12:00"), utc(f"{day}T12:00") + DAY)
        for day in ("2026-06-01", "2026-03-28", "2026-10-24")
    )
    assert [len(normal), len(spring), len(autumn)] == [4, 4, 5]  # nights of 8, 7 and 9 hours
    for runs in (normal, spring, autumn):
        assert {b.at_utc - a.at_utc for a, b in itertools.pairwise(runs)} == {timedelta(hours=2)}


def test_a_midnight_that_does_not_exist():
    late = Shift("零点", time(0), time(8), DAILY, (time(0), time(0, 30)), every_min=240)
    runs = runs_between(plan("America/Sao_Paulo", late), utc("2018-11-04T02:00"), utc("2018-11-04T12:00"))
    assert at(runs) == ["04 03:00", "04 07:00"]  # 00:00 to 01:00 was left out; 01:00 summer time = 03:00 UTC
    assert runs[0].shift_begin_utc == utc("2018-11-04T03:00")
    autumn = runs_between(plan("America/Sao_Paulo", late), utc("2018-02-17T22:00"), utc("2018-02-18T12:00"))
    assert at(autumn)[0] == "18 03:00"


def test_a_day_without_end_and_begin_is_a_whole_one():
    whole = Shift("全天", time(8), time(8), DAILY, every_min=360)
    assert len(runs_between(plan("Asia/Shanghai", whole), utc("2026-03-02T00:00"), utc("2026-03-03T00:00"))) == 4
    assert is_within(whole, time(7, 59))
    assert is_within(whole, time(8))


def test_which_shift_is_on():
    day = Shift("白班", time(6), time(22), DAILY)
    schedule = Schedule("Asia/Shanghai", (day, NIGHT))
    assert [shift_at(schedule, utc(f"2026-03-02T{t}")).name for t in ("13:59", "14:00", "21:59", "22:00")] == [
        "白班",
        "夜班",
        "夜班",
        "白班",
    ]
    assert shift_at(Schedule("Asia/Shanghai", (NIGHT,)), utc("2026-03-02T04:00")) is None


def test_the_next_run_may_be_a_week_away():
    weekly = Shift("周一", time(8), time(12), frozenset({1}), (time(9),))
    found = next_run(plan("Europe/Berlin", weekly), utc("2026-03-23T08:00"))
    assert found.at_utc == utc("2026-03-30T07:00")  # strictly after, and in summer time by then
    assert next_run(plan("Europe/Berlin"), utc("2026-03-23T08:00")) is None


def test_runs_nobody_made():
    starts = Shift("白班", time(8), time(20), DAILY, (time(9), time(12), time(15)))
    me = Person("a", "甲")

    def line(started, scheduled=None):
        scheduled = utc(scheduled) if scheduled else None
        return RoundLine("r", "p1", 1, "夜巡", RoundState.ENDED, utc(started), None, scheduled, (me,), 1, 1, 0, 0, 0, 0)

    rounds = [line("2026-03-02T01:20", "2026-03-02T01:00"), line("2026-03-02T04:10"), line("2026-03-02T06:00")]
    left = runs_not_made(plan("Asia/Shanghai", starts), rounds, utc("2026-03-02T00:00"), utc("2026-03-02T12:00"))
    assert at(left) == ["02 07:00"]


days = st.dates(date(2016, 1, 1), date(2027, 12, 31))
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(days, clocks, st.sampled_from(ZONES))
@settings(deadline=None, max_examples=400)
def test_a_moment_is_the_first_whose_clock_has_reached_the_time(day, clock, zone_name):
    zone = ZoneInfo(zone_name)
    found = instant(day, clock, zone)
    wanted = datetime.combine(day, clock)
    assert found.astimezone(zone).replace(tzinfo=None) >= wanted
    minute_before = (found - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)
    assert minute_before < wanted


@given(
    days,
    clocks,
    clocks,
    st.frozensets(st.integers(1, 7), min_size=1),
    st.lists(clocks, max_size=4),
    st.none() | st.integers(5, 1440),
    st.sampled_from(ZONES),
)
@settings(deadline=None, max_examples=150)
def test_any_cut_through_time_gives_the_same_runs(day, begin, end, weekdays, starts, every, zone_name):
    shift = Shift("x", begin, end, weekdays, tuple(starts), every)
    made = plan(zone_name, shift)
    first = datetime.combine(day, time(0), UTC)
    whole = runs_between(made, first, first + 3 * DAY)
    pieces = [
        run
        for hour in range(0, 72, 7)
        for run in runs_between(made, first + hour * DAY / 24, min(first + (hour + 7) * DAY / 24, first + 3 * DAY))
    ]
    assert pieces == whole
    assert len({run.at_utc for run in whole}) == len(whole)
    assert all(run.shift_begin_utc <= run.at_utc < run.shift_end_utc for run in whole)
    followed, moment = [], first - timedelta(microseconds=1)
    while (run := next_run(made, moment)) and run.at_utc < first + 3 * DAY and len(followed) < 40:
        followed.append(run)
        moment = run.at_utc
    assert followed == whole[: len(followed)]
    assert len(followed) == min(len(whole), 40)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"steps": ()}, PlanFault.NO_STEPS),
        ({"name": " "}, PlanFault.NO_NAME),
        ({"panes": (0, 0)}, PlanFault.BAD_PANES),
        ({"schedule": Schedule("Europe/Nowhere")}, PlanFault.BAD_TIME_ZONE),
        ({"schedule": Schedule("../etc/passwd")}, PlanFault.BAD_TIME_ZONE),
        ({"steps": (Step("x", 0.5, "c1"),)}, PlanFault.BAD_DWELL),
        ({"steps": (Step("x", 5.0),)}, PlanFault.NO_TARGET),
        ({"steps": (Step("x", 5.0, "c1", 0),)}, PlanFault.BAD_PRESET),
        (
            {"schedule": Schedule("Asia/Shanghai", (Shift("a", time(8), time(9), DAILY, (time(9),)),))},
            PlanFault.START_OUTSIDE,
        ),
        ({"schedule": Schedule("Asia/Shanghai", (Shift("a", time(8), time(9), frozenset()),))}, PlanFault.NO_WEEKDAYS),
        ({"schedule": Schedule("Asia/Shanghai", (Shift("a", time(8), time(9), DAILY, (), 1),))}, PlanFault.BAD_EVERY),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(changed, found):
    fields = {"name": "夜巡", "steps": (Step("x", 5.0, "c1"),), "schedule": Schedule("Asia/Shanghai"), **changed}
    assert [fault for fault, _ in faults(Plan("p", 0, **fields))] == [found]
    assert faults(plan("Asia/Shanghai", NIGHT)) == []
