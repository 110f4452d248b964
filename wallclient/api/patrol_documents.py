"""Patrol between its documents and the trade's words, both ways; used by client and embedded center.

`read_…` raise BadPayload for what fits the contract's shapes and still makes no sense, such as an unknown time zone.
"""

from datetime import UTC, datetime, time
from typing import TypeVar

import msgspec

from wallclient.api import patrol_models as docs
from wallclient.api import shapes
from wallclient.domain.errors import BadPayload
from wallclient.domain.patrol import (
    Acknowledgement,
    Closing,
    Finding,
    Handover,
    Person,
    Plan,
    PlanView,
    Record,
    RecordKind,
    Round,
    RoundLine,
    RoundState,
    Schedule,
    Shift,
    Step,
    faults,
)

_Document = TypeVar("_Document")
_KINDS = {kind.value: kind for kind in RecordKind}
_STATES = {state.value: state for state in RoundState}


def read_person(raw: docs.PersonDocument) -> Person:
    """Read who did something."""
    return Person(raw.user, raw.name, raw.post)


def write_person(person: Person) -> docs.PersonDocument:
    """Write who did something."""
    return docs.PersonDocument(person.user, person.name, person.post)


def read_plan(raw: docs.PlanBody, plan_id: str) -> Plan:
    """Read a plan. Raises BadPayload, which names the faults."""
    plan = Plan(
        plan_id,
        raw.revision,
        raw.name,
        tuple(_read_step(step) for step in raw.steps),
        Schedule(raw.schedule.time_zone, tuple(_read_shift(shift) for shift in raw.schedule.shifts)),
        tuple(raw.panes),
        raw.note,
        raw.enabled,
    )
    wrong = faults(plan)
    if wrong:
        raise BadPayload("plan: " + ", ".join(fault.value for fault, _ in wrong[:5]))
    return plan


def _read_step(raw: docs.StepDocument) -> Step:
    view = PlanView(raw.view.name, raw.view.layout_id, tuple(raw.view.channel_ids)) if raw.view else None
    return Step(raw.title, raw.dwell_s, raw.channel_id, raw.preset, view, raw.look_for, tuple(raw.categories))


def _read_shift(raw: docs.ShiftDocument) -> Shift:
    starts = tuple(time.fromisoformat(start) for start in raw.starts)
    begin, end = time.fromisoformat(raw.begin), time.fromisoformat(raw.end)
    return Shift(raw.name, begin, end, frozenset(raw.weekdays), starts, raw.every_min)


def write_plan_body(plan: Plan) -> docs.PlanBody:
    """Write a plan as it is saved."""
    schedule = docs.ScheduleDocument(plan.schedule.time_zone, [_write_shift(shift) for shift in plan.schedule.shifts])
    steps = [_write_step(step) for step in plan.steps]
    return docs.PlanBody(plan.revision, plan.name, steps, schedule, list(plan.panes), plan.note, plan.enabled)


def write_plan(plan: Plan) -> docs.PlanDocument:
    """Write a plan as it is told."""
    body = write_plan_body(plan)
    return docs.PlanDocument(
        body.revision, body.name, body.steps, body.schedule, body.panes, body.note, body.enabled, id=plan.id
    )


def _write_step(step: Step) -> docs.StepDocument:
    view = docs.ViewDocument(step.view.name, step.view.layout_id, list(step.view.channel_ids)) if step.view else None
    return docs.StepDocument(
        step.title, step.dwell_s, step.channel_id, step.preset, view, step.look_for, list(step.categories)
    )


def _write_shift(shift: Shift) -> docs.ShiftDocument:
    return docs.ShiftDocument(
        shift.name,
        f"{shift.begin:%H:%M}",
        f"{shift.end:%H:%M}",
        sorted(shift.weekdays),
        [f"{start:%H:%M}" for start in shift.starts],
        shift.every_min,
    )


def read_record(raw: docs.RecordDocument) -> Record | None:
    """Read a record; None for a kind of the future, which tells this program nothing."""
    kind = _KINDS.get(raw.kind)
    if kind is None:
        return None
    return Record(
        raw.key,
        raw.round_id,
        raw.plan_id,
        raw.plan_revision,
        kind,
        _utc(raw.at_utc),
        read_person(raw.by),
        raw.step,
        raw.channel_id,
        raw.category,
        raw.text,
        raw.reason,
        raw.picture,
        raw.scheduled_utc and _utc(raw.scheduled_utc),
    )


def write_record(record: Record) -> docs.RecordDocument:
    """Write a record."""
    return docs.RecordDocument(
        record.key,
        record.round_id,
        record.plan_id,
        record.plan_revision,
        record.kind.value,
        _utc(record.at_utc),
        write_person(record.by),
        record.step,
        record.channel_id,
        record.category,
        record.text,
        record.reason,
        record.picture,
        record.scheduled_utc and _utc(record.scheduled_utc),
    )


def read_round(raw: docs.RoundDocument) -> Round:
    """Read a round."""
    records = tuple(record for record in map(read_record, raw.records) if record is not None)
    return Round(raw.id, read_plan(raw.plan, raw.plan.id), records)


def read_line(raw: docs.RoundLineDocument) -> RoundLine:
    """Read a round of a list; a state of the future counts as running."""
    return RoundLine(
        raw.id,
        raw.plan_id,
        raw.plan_revision,
        raw.plan_name,
        _STATES.get(raw.state, RoundState.RUNNING),
        _utc(raw.started_utc),
        raw.ended_utc and _utc(raw.ended_utc),
        raw.scheduled_utc and _utc(raw.scheduled_utc),
        tuple(map(read_person, raw.operators)),
        raw.steps,
        raw.seen,
        raw.missed,
        raw.unavailable,
        raw.skipped,
        raw.findings,
    )


def write_line(line: RoundLine) -> docs.RoundLineDocument:
    """Write a round of a list."""
    return docs.RoundLineDocument(
        line.id,
        line.plan_id,
        line.plan_revision,
        line.plan_name,
        line.state.value,
        line.started_utc,
        list(map(write_person, line.operators)),
        line.steps,
        line.seen,
        line.missed,
        line.unavailable,
        line.skipped,
        line.findings,
        line.ended_utc,
        line.scheduled_utc,
    )


def read_closing(raw: docs.ClosingDocument) -> Closing:
    """Read how a finding was settled."""
    return Closing(_utc(raw.at_utc), read_person(raw.by), raw.remark)


def write_closing(closing: Closing) -> docs.ClosingDocument:
    """Write how a finding was settled."""
    return docs.ClosingDocument(_utc(closing.at_utc), write_person(closing.by), closing.remark)


def read_finding(raw: docs.FindingDocument) -> Finding:
    """Read a finding."""
    return Finding(
        raw.key,
        raw.round_id,
        raw.plan_id,
        raw.plan_name,
        raw.title,
        _utc(raw.at_utc),
        read_person(raw.by),
        raw.category,
        raw.text,
        raw.step,
        raw.channel_id,
        raw.picture,
        read_closing(raw.closing) if raw.closing else None,
    )


def write_finding(finding: Finding) -> docs.FindingDocument:
    """Write a finding."""
    return docs.FindingDocument(
        finding.key,
        finding.round_id,
        finding.plan_id,
        finding.plan_name,
        finding.title,
        _utc(finding.at_utc),
        write_person(finding.by),
        finding.category,
        finding.text,
        finding.step,
        finding.channel_id,
        finding.picture,
        write_closing(finding.closing) if finding.closing else None,
    )


def read_acknowledgement(raw: docs.AcknowledgementDocument) -> Acknowledgement:
    """Read who took a shift over."""
    return Acknowledgement(_utc(raw.at_utc), read_person(raw.by), raw.remark)


def write_acknowledgement(taken: Acknowledgement) -> docs.AcknowledgementDocument:
    """Write who took a shift over."""
    return docs.AcknowledgementDocument(_utc(taken.at_utc), write_person(taken.by), taken.remark)


def read_handover(raw: docs.HandoverBody) -> Handover:
    """Read a hand-over, with its acknowledgement where there is one."""
    taken = raw.acknowledgement if isinstance(raw, docs.HandoverDocument) else None
    return Handover(
        raw.key,
        raw.by.post,
        raw.shift,
        _utc(raw.from_utc),
        _utc(raw.to_utc),
        _utc(raw.made_utc),
        read_person(raw.by),
        raw.remarks,
        tuple(raw.rounds),
        tuple(raw.open_findings),
        read_acknowledgement(taken) if taken else None,
    )


def write_handover(handover: Handover) -> docs.HandoverDocument:
    """Write a hand-over; a center ignores the acknowledgement of a new one."""
    taken = handover.acknowledgement
    return docs.HandoverDocument(
        handover.key,
        handover.shift,
        _utc(handover.from_utc),
        _utc(handover.to_utc),
        _utc(handover.made_utc),
        write_person(handover.by),
        handover.remarks,
        list(handover.rounds),
        list(handover.open_findings),
        write_acknowledgement(taken) if taken else None,
    )


def _utc(moment: datetime) -> datetime:
    """Return the same moment in UTC, which travels with a Z."""
    return moment.astimezone(UTC)


def pack_record(record: Record) -> bytes:
    """Return a record as it is kept until it is delivered."""
    return msgspec.json.encode(write_record(record))


def unpack_record(body: bytes) -> Record | None:
    """Return a record that was kept; None for a kind of a newer program. Raises BadPayload."""
    return read_record(_unpacked(body, docs.RecordDocument))


def pack_closing(closing: Closing) -> bytes:
    """Return how a finding was settled as it is kept until it is delivered."""
    return msgspec.json.encode(write_closing(closing))


def unpack_closing(body: bytes) -> Closing:
    """Return how a finding was settled. Raises BadPayload."""
    return read_closing(_unpacked(body, docs.ClosingDocument))


def pack_handover(handover: Handover) -> bytes:
    """Return a hand-over as it is kept until it is delivered."""
    return msgspec.json.encode(write_handover(handover))


def unpack_handover(body: bytes) -> Handover:
    """Return a hand-over that was kept. Raises BadPayload."""
    return read_handover(_unpacked(body, docs.HandoverDocument))


def pack_acknowledgement(taken: Acknowledgement) -> bytes:
    """Return who took a shift over as it is kept until it is delivered."""
    return msgspec.json.encode(write_acknowledgement(taken))


def unpack_acknowledgement(body: bytes) -> Acknowledgement:
    """Return who took a shift over. Raises BadPayload."""
    return read_acknowledgement(_unpacked(body, docs.AcknowledgementDocument))


def _unpacked(body: bytes, shape: type[_Document]) -> _Document:
    try:
        return shapes.read(body, shape)
    except (msgspec.MsgspecError, ValueError, RecursionError) as err:
        raise BadPayload(f"{shape.__name__}: {type(err).__name__}") from None
