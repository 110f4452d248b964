"""Patrol in the trade's words: plans, the records of a round, findings, the hand-over of a shift.

Channel ids are those of the plan's own center; the services put the center's key before them.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LONGEST_NAME, LONGEST_TEXT, LONGEST_WORD = 120, 2000, 64  # characters; the contract's limits
MOST_STEPS, MOST_SHIFTS, MOST_STARTS, MOST_PANES = 500, 12, 96, 64
SHORTEST_DWELL_S, LONGEST_DWELL_S = 1.0, 3600.0
SHORTEST_EVERY_MIN, LONGEST_EVERY_MIN = 5, 24 * 60


class Category(StrEnum):
    """Kinds of finding every center knows; the values are those of Center API v1, which a center may add to."""

    INTRUSION = "intrusion"
    CROWD = "crowd"
    FIRE_SMOKE = "fire_smoke"
    TRAFFIC = "traffic"
    LOST_OBJECT = "lost_object"
    DAMAGE = "damage"
    CAMERA_FAULT = "camera_fault"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PlanView:
    """A saved view as a plan carries it: the content, because the view itself is kept on one machine only."""

    name: str
    layout_id: str
    channel_ids: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to look at: a camera, at a preset if there is one, or a view; exactly one of the two."""

    title: str  # what the operator and the report call it: the camera's or the view's name when the plan was made
    dwell_s: float
    channel_id: str | None = None
    preset: int | None = None  # the camera's number, 1 to 255
    view: PlanView | None = None
    look_for: str = ""
    categories: tuple[str, ...] = ()  # of findings that may be filed here; empty: all


@dataclass(frozen=True, slots=True)
class Shift:
    """When rounds are made: begin and end are local times, an end not after the begin is on the next day."""

    name: str
    begin: time
    end: time
    weekdays: frozenset[int]  # of the day the shift begins on, 1 (Monday) to 7, as in ISO 8601
    starts: tuple[time, ...] = ()  # local times within the shift
    every_min: int | None = None  # besides `starts`: at the begin and then after each so many minutes that went by


@dataclass(frozen=True, slots=True)
class Schedule:
    """Shifts in one time zone, by its IANA name."""

    time_zone: str
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A patrol plan. Every change at the center makes a new `revision`; 0 is a plan the center has not seen yet."""

    id: str
    revision: int
    name: str
    steps: tuple[Step, ...]
    schedule: Schedule = Schedule("Asia/Shanghai")
    panes: tuple[int, ...] = (0,)  # of the wall, from 0; steps with a camera are shown in these in turn
    note: str = ""
    enabled: bool = True  # runs by its schedule; by hand it always may


class PlanFault(StrEnum):
    """What is wrong with a plan that was put together."""

    NO_NAME = "no_name"
    NO_STEPS = "no_steps"
    TOO_MANY = "too_many"  # steps, shifts, starts or panes
    NO_TARGET = "no_target"  # a step with neither camera nor view, or with both, or a preset without a camera
    BAD_DWELL = "bad_dwell"
    BAD_PRESET = "bad_preset"
    BAD_PANES = "bad_panes"
    BAD_TIME_ZONE = "bad_time_zone"
    NO_WEEKDAYS = "no_weekdays"
    BAD_EVERY = "bad_every"
    START_OUTSIDE = "start_outside"  # a start that is not within its shift
    TOO_LONG = "too_long"  # a text


class RecordKind(StrEnum):
    """What a record of a round tells; the values are those of Center API v1."""

    STARTED = "started"
    SHOWN = "shown"  # the step's picture moves: its dwell begins
    SEEN = "seen"
    FINDING = "finding"
    MISSED = "missed"  # not confirmed in its dwell
    UNAVAILABLE = "unavailable"  # a camera without a picture, noted and not waited for; `reason` tells why
    PRESET_MISSED = "preset_missed"  # the camera did not go to its preset; `reason` tells why; it was shown as it stood
    SKIPPED = "skipped"
    PAUSED = "paused"
    BY_HAND = "by_hand"  # the operator took the pane or the camera into his own hands; stands still as if paused
    RESUMED = "resumed"
    TAKEN_OVER = "taken_over"  # another operator goes on with the round
    ABORTED = "aborted"
    ENDED = "ended"
    INTERRUPTED = "interrupted"  # the program died in mid-round, and nobody went on


LAST_KINDS = frozenset({RecordKind.ABORTED, RecordKind.ENDED, RecordKind.INTERRUPTED})  # nothing comes after these


class Why(StrEnum):
    """Reasons of UNAVAILABLE and PRESET_MISSED; the values are those of Center API v1."""

    OFFLINE = "offline"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    NO_PICTURE = "no_picture"  # none came in time, or it stopped for longer than that
    CENTER_AWAY = "center_away"
    HELD = "held"  # by somebody with the say over the camera
    NOT_ABLE = "not_able"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something: user at the center, name, and the post he worked at."""

    user: str
    name: str
    post: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One fact of a round. `key` is made once and stays: a center that gets it again keeps the one it has."""

    key: str
    round_id: str
    plan_id: str
    plan_revision: int
    kind: RecordKind
    at_utc: datetime
    by: Person
    step: int | None = None  # from 0
    channel_id: str | None = None
    category: str = ""
    text: str = ""
    reason: str = ""
    picture: str = ""  # SHA-256 of the snapshot in lower hexadecimal digits
    scheduled_utc: datetime | None = None  # of STARTED: the run of the schedule; None: by hand


@dataclass(frozen=True, slots=True)
class Closing:
    """How a finding was settled."""

    at_utc: datetime
    by: Person
    remark: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at a step; `key` is its record's."""

    key: str
    round_id: str
    plan_id: str
    plan_name: str
    title: str  # of the step
    at_utc: datetime
    by: Person
    category: str
    text: str
    step: int | None = None
    channel_id: str | None = None
    picture: str = ""
    closing: Closing | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it still wants somebody's doing."""
        return self.closing is None


class RoundState(StrEnum):
    """How it stands with a round, by its records."""

    RUNNING = "running"  # also while it pauses
    ENDED = "ended"
    ABORTED = "aborted"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in a list."""

    id: str
    plan_id: str
    plan_revision: int
    plan_name: str
    state: RoundState
    started_utc: datetime
    ended_utc: datetime | None
    scheduled_utc: datetime | None
    operators: tuple[Person, ...]
    steps: int
    seen: int
    missed: int
    unavailable: int
    skipped: int
    findings: int


@dataclass(frozen=True, slots=True)
class Round:
    """A round with the plan it followed, as it was then, and its records in the order they were made."""

    id: str
    plan: Plan
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who took a shift over, and when."""

    at_utc: datetime
    by: Person
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """What one shift leaves to the next at the same post. `key` is made once, as that of a record."""

    key: str
    post: str
    shift: str
    from_utc: datetime
    to_utc: datetime
    made_utc: datetime
    by: Person
    remarks: str = ""
    rounds: tuple[str, ...] = ()  # ids
    open_findings: tuple[str, ...] = ()  # keys
    acknowledgement: Acknowledgement | None = None


def new_key() -> str:
    """Return a key for a record, a round, a plan or a hand-over: nobody else has it."""
    return str(uuid.uuid4())


def faults(plan: Plan) -> list[tuple[PlanFault, int | None]]:
    """Return all that is wrong with a plan, with the number of the step (from 0) or shift where it lies."""
    return [*_whole_faults(plan), *_step_faults(plan), *_shift_faults(plan)]


def _whole_faults(plan: Plan) -> Iterator[tuple[PlanFault, int | None]]:
    if not plan.name.strip():
        yield PlanFault.NO_NAME, None
    if len(plan.name) > LONGEST_NAME or len(plan.note) > LONGEST_TEXT:
        yield PlanFault.TOO_LONG, None
    if not plan.steps:
        yield PlanFault.NO_STEPS, None
    if len(plan.steps) > MOST_STEPS or len(plan.schedule.shifts) > MOST_SHIFTS:
        yield PlanFault.TOO_MANY, None
    if not plan.panes or len(set(plan.panes)) != len(plan.panes) or not all(0 <= p < MOST_PANES for p in plan.panes):
        yield PlanFault.BAD_PANES, None
    if not is_time_zone(plan.schedule.time_zone):
        yield PlanFault.BAD_TIME_ZONE, None


def _step_faults(plan: Plan) -> Iterator[tuple[PlanFault, int | None]]:
    for number, step in enumerate(plan.steps):
        if (not step.channel_id) == (step.view is None) or (step.preset is not None and step.view is not None):
            yield PlanFault.NO_TARGET, number
        if not SHORTEST_DWELL_S <= step.dwell_s <= LONGEST_DWELL_S:
            yield PlanFault.BAD_DWELL, number
        if step.preset is not None and not 1 <= step.preset <= 255:
            yield PlanFault.BAD_PRESET, number
        if len(step.title) > LONGEST_NAME or len(step.look_for) > LONGEST_TEXT:
            yield PlanFault.TOO_LONG, number


def _shift_faults(plan: Plan) -> Iterator[tuple[PlanFault, int | None]]:
    for number, shift in enumerate(plan.schedule.shifts):
        if not shift.name.strip():
            yield PlanFault.NO_NAME, number
        if len(shift.name) > LONGEST_NAME:
            yield PlanFault.TOO_LONG, number
        if not shift.weekdays or not shift.weekdays <= frozenset(range(1, 8)):
            yield PlanFault.NO_WEEKDAYS, number
        if shift.every_min is not None and not SHORTEST_EVERY_MIN <= shift.every_min <= LONGEST_EVERY_MIN:
            yield PlanFault.BAD_EVERY, number
        if len(shift.starts) > MOST_STARTS:
            yield PlanFault.TOO_MANY, number
        if not all(is_within(shift, start) for start in shift.starts):
            yield PlanFault.START_OUTSIDE, number


def is_within(shift: Shift, moment: time) -> bool:
    """Tell whether a local time lies within a shift; the end does not."""
    if shift.begin < shift.end:
        return shift.begin <= moment < shift.end
    return moment >= shift.begin or moment < shift.end  # over midnight; begin = end is the whole day


def is_time_zone(name: str) -> bool:
    """Tell whether this machine knows a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder's name, a path, an empty text
        return False
    return True
