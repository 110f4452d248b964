"""What a report says, in one language, before it becomes a PDF or a workbook: facts, tables, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from wallclient.domain.names import display_name
from wallclient.domain.patrol import Closing, Finding, Handover, Person, Plan, Record, Round, RoundLine
from wallclient.domain.patrol_round import RoundAccount, StepAccount, StepOutcome, account, findings_of
from wallclient.domain.patrol_schedule import Run
from wallclient.services.report_text import Words

Cell = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; widths are parts of the whole."""

    title: str
    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. A picture belongs to it where `picture` is not None; empty means that it can't be had."""

    cells: tuple[Cell, ...]
    picture: bytes | None = None
    is_bad: bool = False  # to be seen at once


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A report."""

    title: str
    facts: tuple[tuple[str, Cell], ...]
    sections: tuple[Section, ...]
    words: Words
    zone: ZoneInfo  # in which times are written
    made_utc: datetime
    signatures: tuple[str, ...] = ()  # who signs on paper


@dataclass(frozen=True, slots=True)
class RoundReport:
    """All that a round report tells."""

    round: Round
    center: str  # its title
    made_utc: datetime
    pictures: Mapping[str, bytes] = field(default_factory=dict)  # by SHA-256
    closings: Mapping[str, Closing] = field(default_factory=dict)  # by the finding's key


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """All that a hand-over sheet tells."""

    handover: Handover
    center: str
    made_utc: datetime
    time_zone: str
    rounds: Sequence[RoundLine] = ()
    findings: Sequence[Finding] = ()  # that are open
    not_made: Sequence[tuple[Plan, Run]] = ()
    is_complete: bool = True  # False: the center was away


def round_paper(report: RoundReport, language: str) -> Paper:
    """Return a round report on paper."""
    words, plan = Words(language), report.round.plan
    whole = account(report.round.id, plan, report.round.records)
    facts: list[tuple[str, Cell]] = [
        (words["plan"], f"{_line(plan.name)} ({words['revision']} {plan.revision})"),
        (words["center"], _line(report.center)),
        (words["operators"], _people(whole.operators)),
        (words["due"], whole.scheduled_utc or words["by_hand"]),
        (words["begun"], whole.started_utc),
        (words["ended"], whole.ended_utc),
        (words["state"], _with(words.state(whole.state), words.reason(whole.reason))),
        (words["totals"], _totals(whole, words)),
        (words["zone"], plan.schedule.time_zone),
    ]
    sections = (_steps(whole, words), _findings_of(whole, report, words), _course(report.round, words))
    return Paper(
        words["round_report"], tuple(facts), sections, words, ZoneInfo(plan.schedule.time_zone), report.made_utc
    )


def handover_paper(sheet: HandoverSheet, language: str) -> Paper:
    """Return a hand-over sheet on paper."""
    words, handover = Words(language), sheet.handover
    taken = handover.acknowledgement
    zone = ZoneInfo(sheet.time_zone)
    period = " – ".join(f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (handover.from_utc, handover.to_utc))
    facts: list[tuple[str, Cell]] = [
        (words["center"], _line(sheet.center)),
        (words["post"], _line(handover.post)),
        (words["shift"], _line(handover.shift)),
        (words["period"], period),
        (words["handed_over"], _line(handover.by.name)),
        (words["made"], handover.made_utc),
        (words["taken_over"], _line(taken.by.name) if taken else words["not_taken"]),
        (words["taken_at"], taken.at_utc if taken else None),
        (words["remarks"], _with(clean(handover.remarks), clean(taken.remark) if taken else "")),
        (words["zone"], sheet.time_zone),
    ]
    if not sheet.is_complete:
        facts.append((words["remark"], words["incomplete"]))
    sections = (_open_findings(sheet.findings, words), _rounds(sheet.rounds, words), _not_made(sheet.not_made, words))
    signatures = (words["handed_over"], words["taken_over"])
    return Paper(words["handover_sheet"], tuple(facts), sections, words, zone, sheet.made_utc, signatures)


def _steps(whole: RoundAccount, words: Words) -> Section:
    titles = ("number", "step", "look_for", "shown", "result", "settled", "by", "remark")
    rows = [_step_row(number, whole, step, words) for number, step in enumerate(whole.steps)]
    return Section(words["steps"], _columns(titles, (6, 21, 19, 12, 9, 12, 9, 13), words), tuple(rows))


def _step_row(number: int, whole: RoundAccount, step: StepAccount, words: Words) -> Row:
    plan_step = whole.plan.steps[number]
    remarks = [words.reason(step.reason)] if step.outcome is StepOutcome.UNAVAILABLE else []
    if step.preset_reason:
        remarks.append(f"{words['preset_missed']}: {words.reason(step.preset_reason)}")
    if step.findings:
        remarks.append(f"{words['findings']}: {len(step.findings)}")
    cells: tuple[Cell, ...] = (
        number + 1,
        _line(plan_step.title),
        clean(plan_step.look_for),
        step.shown_utc,
        words.outcome(step.outcome),
        step.settled_utc,
        _line(step.by.name) if step.by else "",
        "\n".join(remarks),
    )
    return Row(cells, is_bad=step.outcome in (StepOutcome.MISSED, StepOutcome.UNAVAILABLE))


def _findings_of(whole: RoundAccount, report: RoundReport, words: Words) -> Section:
    found = findings_of(whole, dict(report.closings))
    rows = [_finding_row(number, finding, words, report.pictures) for number, finding in enumerate(found, 1)]
    return Section(words["findings"], _finding_columns(words), tuple(rows))


def _open_findings(found: Sequence[Finding], words: Words) -> Section:
    rows = [_finding_row(number, finding, words, None) for number, finding in enumerate(found, 1)]
    return Section(words["open_findings"], _finding_columns(words), tuple(rows))


def _finding_columns(words: Words) -> tuple[Column, ...]:
    titles = ("number", "time", "step", "category", "text", "by", "closing")
    return _columns(titles, (6, 13, 20, 12, 26, 10, 13), words)


def _finding_row(number: int, finding: Finding, words: Words, pictures: Mapping[str, bytes] | None) -> Row:
    closing = finding.closing
    settled = f"{words['closed']}: {_line(closing.by.name)} {clean(closing.remark)}" if closing else words["open"]
    cells: tuple[Cell, ...] = (
        number,
        finding.at_utc,
        _line(finding.title),
        _line(words.category(finding.category)),
        clean(finding.text),
        _line(finding.by.name),
        settled,
    )
    picture = pictures.get(finding.picture, b"") if pictures is not None and finding.picture else None
    return Row(cells, picture)


def _course(made: Round, words: Words) -> Section:
    rows = [_record_row(record, made.plan, words) for record in made.records]
    return Section(
        words["course"], _columns(("time", "event", "step", "by", "remark"), (18, 18, 28, 14, 22), words), tuple(rows)
    )


def _record_row(record: Record, plan: Plan, words: Words) -> Row:
    is_known = record.step is not None and record.step < len(plan.steps)
    title = plan.steps[record.step].title if is_known and record.step is not None else ""
    reason = clean(words.reason(record.reason)) if record.reason else ""
    return Row((record.at_utc, words.kind(record.kind), _line(title), _line(record.by.name), reason))


def _rounds(lines: Sequence[RoundLine], words: Words) -> Section:
    titles = ("plan", "begun", "ended", "operators", "state", "seen", "missed", "unavailable", "skipped", "findings")
    widths = (14, 12, 12, 12, 12, 7, 8, 9, 10, 10)
    rows = [
        Row(
            (
                _line(line.plan_name),
                line.started_utc,
                line.ended_utc,
                ", ".join(dict.fromkeys(_line(person.name) for person in line.operators)),
                words.state(line.state),
                line.seen,
                line.missed,
                line.unavailable,
                line.skipped,
                line.findings,
            ),
            is_bad=line.missed > 0,
        )
        for line in lines
    ]
    return Section(words["rounds"], _columns(titles, widths, words), tuple(rows))


def _not_made(runs: Sequence[tuple[Plan, Run]], words: Words) -> Section:
    rows = [Row((run.at_utc, _line(plan.name), _line(run.shift)), is_bad=True) for plan, run in runs]
    return Section(words["not_made"], _columns(("due", "plan", "shift"), (25, 50, 25), words), tuple(rows))


def _columns(titles: Sequence[str], widths: Sequence[int], words: Words) -> tuple[Column, ...]:
    return tuple(Column(words[title], width) for title, width in zip(titles, widths, strict=True))


def _totals(whole: RoundAccount, words: Words) -> str:
    counted = (StepOutcome.SEEN, StepOutcome.MISSED, StepOutcome.UNAVAILABLE, StepOutcome.SKIPPED, StepOutcome.OPEN)
    parts = [f"{words.outcome(outcome)} {whole.count(outcome)}" for outcome in counted]
    return " · ".join([*parts, f"{words['findings']} {len(whole.findings)}"])


def _people(people: Sequence[Person]) -> str:
    names = dict.fromkeys(f"{_line(p.name)} ({_line(p.post)})" if p.post else _line(p.name) for p in people)
    return ", ".join(names)


def _with(text: str, more: str) -> str:
    return "\n".join(part for part in (text, more) if part)


def _line(text: str) -> str:
    """Return a name in one line of harmless characters."""
    return display_name(text)


def clean(text: str) -> str:
    """Return what somebody wrote, with its lines, without characters that could disturb a reader or a program."""
    return "\n".join(display_name(line, 2000) for line in text.splitlines()).strip()
