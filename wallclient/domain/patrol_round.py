"""What a round came to, told from its records alone: the same in the program, at the center and in reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wallclient.domain.patrol import (
    LAST_KINDS,
    Closing,
    Finding,
    Person,
    Plan,
    Record,
    RecordKind,
    RoundLine,
    RoundState,
)

_STATES = {
    RecordKind.ENDED: RoundState.ENDED,
    RecordKind.ABORTED: RoundState.ABORTED,
    RecordKind.INTERRUPTED: RoundState.INTERRUPTED,
}
_STANDING = {RecordKind.PAUSED, RecordKind.BY_HAND}


class StepOutcome(StrEnum):
    """What became of a step."""

    OPEN = "open"  # its turn has not come, or is now
    SEEN = "seen"  # confirmed, or something was found, which nobody does without looking
    MISSED = "missed"
    UNAVAILABLE = "unavailable"
    SKIPPED = "skipped"


_OUTCOMES = {
    RecordKind.SEEN: StepOutcome.SEEN,
    RecordKind.FINDING: StepOutcome.SEEN,
    RecordKind.MISSED: StepOutcome.MISSED,
    RecordKind.UNAVAILABLE: StepOutcome.UNAVAILABLE,
    RecordKind.SKIPPED: StepOutcome.SKIPPED,
}


@dataclass(slots=True)
class StepAccount:
    """One step of a round. What counts is the best that was recorded: who saw it in the end has seen it."""

    outcome: StepOutcome = StepOutcome.OPEN
    shown_utc: datetime | None = None  # its picture moved for the first time
    settled_utc: datetime | None = None  # when the outcome was recorded
    by: Person | None = None
    reason: str = ""  # why it was unavailable
    preset_reason: str = ""  # why the camera was not at its preset
    findings: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class RoundAccount:
    """A round as its records tell it."""

    id: str
    plan: Plan
    steps: list[StepAccount]
    state: RoundState = RoundState.RUNNING
    is_standing: bool = False  # paused, or in somebody's hands
    started_utc: datetime | None = None
    ended_utc: datetime | None = None
    last_utc: datetime | None = None  # of the last record
    scheduled_utc: datetime | None = None
    operators: list[Person] = field(default_factory=list)  # in the order they came
    reason: str = ""  # why it was aborted or interrupted

    @property
    def next_step(self) -> int:
        """Number of the first step behind all that were settled; the number of steps when none is left."""
        settled = [i for i, step in enumerate(self.steps) if step.outcome is not StepOutcome.OPEN]
        return settled[-1] + 1 if settled else 0

    @property
    def operator(self) -> Person | None:
        """Who makes the round now, or made it last."""
        return self.operators[-1] if self.operators else None

    def count(self, outcome: StepOutcome) -> int:
        """Count the steps with an outcome."""
        return sum(step.outcome is outcome for step in self.steps)

    @property
    def findings(self) -> list[Record]:
        """All findings in the order of the steps."""
        return [record for step in self.steps for record in step.findings]


def account(round_id: str, plan: Plan, records: Iterable[Record]) -> RoundAccount:
    """Return what a round came to by its records, in the order they were made. Records of other rounds are left out.

    Records of a kind or step that does not exist tell nothing. What comes after the last record of a round stays out
    of its times, but findings and confirmations count: they happened.
    """
    whole = RoundAccount(round_id, plan, [StepAccount() for _ in plan.steps])
    for record in records:
        if record.round_id == round_id:
            _take(whole, record)
    return whole


def _take(whole: RoundAccount, record: Record) -> None:
    if whole.started_utc is None:
        whole.started_utc = record.at_utc
    whole.last_utc = record.at_utc
    if record.kind is RecordKind.STARTED:
        whole.scheduled_utc = record.scheduled_utc
    if record.by.user not in [person.user for person in whole.operators[-1:]]:
        whole.operators.append(record.by)
    if record.kind in LAST_KINDS and whole.ended_utc is None:
        whole.state, whole.ended_utc, whole.reason = _STATES[record.kind], record.at_utc, record.reason
    if record.kind in _STANDING:
        whole.is_standing = True
    elif record.kind in (RecordKind.RESUMED, RecordKind.SHOWN, RecordKind.TAKEN_OVER):
        whole.is_standing = False
    if record.step is not None and 0 <= record.step < len(whole.steps):
        _take_step(whole.steps[record.step], record)


def _take_step(step: StepAccount, record: Record) -> None:
    if record.kind is RecordKind.SHOWN and step.shown_utc is None:
        step.shown_utc = record.at_utc
    elif record.kind is RecordKind.PRESET_MISSED:
        step.preset_reason = record.reason
    elif record.kind is RecordKind.FINDING:
        step.findings.append(record)
    outcome = _OUTCOMES.get(record.kind)
    if outcome is None or step.outcome is StepOutcome.SEEN:
        return
    step.outcome, step.settled_utc, step.by, step.reason = outcome, record.at_utc, record.by, record.reason


def line_of(whole: RoundAccount) -> RoundLine:
    """Return a round as one line of a list. It must have begun."""
    assert whole.started_utc is not None, "a round without a record"
    return RoundLine(
        whole.id,
        whole.plan.id,
        whole.plan.revision,
        whole.plan.name,
        whole.state,
        whole.started_utc,
        whole.ended_utc,
        whole.scheduled_utc,
        tuple(whole.operators),
        len(whole.steps),
        whole.count(StepOutcome.SEEN),
        whole.count(StepOutcome.MISSED),
        whole.count(StepOutcome.UNAVAILABLE),
        whole.count(StepOutcome.SKIPPED),
        len(whole.findings),
    )


def findings_of(whole: RoundAccount, closings: dict[str, Closing]) -> Sequence[Finding]:
    """Return the findings of a round with how they were settled, by the keys of their records."""
    return [_finding(whole.plan, record, closings.get(record.key)) for record in whole.findings]


def _finding(plan: Plan, record: Record, closing: Closing | None) -> Finding:
    title = plan.steps[record.step].title if record.step is not None else ""
    return Finding(
        record.key,
        record.round_id,
        record.plan_id,
        plan.name,
        title,
        record.at_utc,
        record.by,
        record.category,
        record.text,
        record.step,
        record.channel_id,
        record.picture,
        closing,
    )
