"""When a plan's rounds are due: across midnight and the days the clocks are changed. No clock of its own.

A local time that a change of clocks leaves out is the first moment after the gap; one that comes twice is the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wallclient.domain.patrol import Plan, RoundLine, Schedule, Shift

_DAY = timedelta(days=1)
_LOOK_AHEAD_DAYS = 9  # a weekly shift comes within 7, and time zones and changes of clocks move it by two at most


@dataclass(frozen=True, slots=True)
class Run:
    """A round that is due."""

    at_utc: datetime
    shift: str
    shift_begin_utc: datetime
    shift_end_utc: datetime


@dataclass(frozen=True, slots=True)
class ShiftTime:
    """A shift on one day, [begin, end)."""

    name: str
    begin_utc: datetime
    end_utc: datetime


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which the clocks of `zone` show this time; see above for gaps and repeats."""
    local = datetime.combine(day, clock.replace(tzinfo=None, fold=0), zone)
    utc = local.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return utc
    # In a gap. Read with the offset before it, the time lies after the change; with the offset after it, before.
    before, after = local.replace(fold=1).astimezone(UTC), utc
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def runs_between(plan: Plan, begin_utc: datetime, end_utc: datetime) -> list[Run]:
    """Return the rounds due in [begin, end) in their order; two that fall on the same moment are one."""
    found: dict[datetime, Run] = {}
    zone = ZoneInfo(plan.schedule.time_zone)
    for day, when, shift in _shifts(plan.schedule, begin_utc, end_utc):
        for at_utc in _starts(shift, day, when, zone):
            if begin_utc <= at_utc < end_utc:
                found.setdefault(at_utc, Run(at_utc, shift.name, when.begin_utc, when.end_utc))
    return [found[at_utc] for at_utc in sorted(found)]


def next_run(plan: Plan, after_utc: datetime) -> Run | None:
    """Return the first round due after a moment, or None where the schedule has none."""
    begin = after_utc + timedelta(microseconds=1)
    for days in range(_LOOK_AHEAD_DAYS):
        runs = runs_between(plan, begin + days * _DAY, begin + (days + 1) * _DAY)
        if runs:
            return runs[0]
    return None


def shift_at(schedule: Schedule, moment_utc: datetime) -> ShiftTime | None:
    """Return the shift that is on at a moment; of several the one that began last."""
    on = [when for _, when, _ in _shifts(schedule, moment_utc, moment_utc + timedelta(microseconds=1))]
    return max(on, key=lambda when: when.begin_utc, default=None)


def runs_not_made(
    plan: Plan,
    rounds: list[RoundLine],
    begin_utc: datetime,
    end_utc: datetime,
    grace: timedelta = timedelta(minutes=15),
) -> list[Run]:
    """Return the runs due in [begin, end) for which no round of the plan was begun: by its schedule, or close to it."""
    mine = [line for line in rounds if line.plan_id == plan.id]
    scheduled = {line.scheduled_utc for line in mine}
    by_hand = [line.started_utc for line in mine if line.scheduled_utc is None]

    def was_made(run: Run) -> bool:
        return run.at_utc in scheduled or any(abs(started - run.at_utc) <= grace for started in by_hand)

    return [run for run in runs_between(plan, begin_utc, end_utc) if not was_made(run)]


def _shifts(schedule: Schedule, begin_utc: datetime, end_utc: datetime) -> Iterator[tuple[date, ShiftTime, Shift]]:
    """Yield the shifts that share a moment with [begin, end), and the local day each belongs to."""
    zone = ZoneInfo(schedule.time_zone)
    day = begin_utc.astimezone(zone).date() - 2 * _DAY  # a shift lasts a day and a change of clocks at most
    last = end_utc.astimezone(zone).date() + _DAY
    while day <= last:
        for shift in schedule.shifts:
            if day.isoweekday() in shift.weekdays:
                when = _shift_time(shift, day, zone)
                if when.begin_utc < end_utc and begin_utc < when.end_utc:
                    yield day, when, shift
        day += _DAY


def _shift_time(shift: Shift, day: date, zone: ZoneInfo) -> ShiftTime:
    last_day = day if shift.begin < shift.end else day + _DAY
    return ShiftTime(shift.name, instant(day, shift.begin, zone), instant(last_day, shift.end, zone))


def _starts(shift: Shift, day: date, when: ShiftTime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield when rounds of a shift are due. All lie within it, unless a gap swallowed its last hour."""
    for start in shift.starts:
        at_utc = instant(day if start >= shift.begin else day + _DAY, start, zone)
        if when.begin_utc <= at_utc < when.end_utc:
            yield at_utc
    if shift.every_min is not None:
        at_utc, step = when.begin_utc, timedelta(minutes=shift.every_min)
        while at_utc < when.end_utc:
            yield at_utc
            at_utc += step
