"""Reports of rounds and hand-overs: everything they need gathered, made into PDF or XLSX, and saved.

Coroutines run on the Qt loop; the work is done on worker threads.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from wallclient.domain.errors import CenterError, ServerFailed, SignInNeeded
from wallclient.domain.patrol import Closing, Finding, Handover, Plan, RoundLine, new_key
from wallclient.domain.patrol_schedule import Run, ShiftTime, runs_not_made
from wallclient.services.center_patrols import CenterPatrols
from wallclient.services.report_paper import HandoverSheet, Paper, RoundReport, handover_paper, round_paper
from wallclient.services.report_text import LANGUAGES
from wallclient.services.reports_pdf import pdf
from wallclient.services.reports_xlsx import xlsx
from wallclient.services.snapshots import safe_file_name
from wallclient.storage.json_file import write_atomic


class ReportKind(StrEnum):
    """What a report is written as; the value is the file's suffix."""

    PDF = "pdf"
    XLSX = "xlsx"


async def gather_round(desk: CenterPatrols, round_id: str, center: str) -> RoundReport:
    """Return all that a round's report tells; pictures that can't be had are left out. Raises CenterError."""
    made = await desk.round(round_id)
    pictures: dict[str, bytes] = {}
    for digest in dict.fromkeys(record.picture for record in made.records if record.picture):
        with contextlib.suppress(CenterError):
            pictures[digest] = await desk.picture(digest)
    closings: dict[str, Closing] = {}
    with contextlib.suppress(CenterError):
        found = await desk.findings(False)
        closings = {f.key: f.closing for f in found if f.round_id == round_id and f.closing is not None}
    return RoundReport(made, center, datetime.now(UTC), pictures, closings)


async def gather_sheet(desk: CenterPatrols, shift: ShiftTime, center: str, time_zone: str) -> HandoverSheet:
    """Return a new hand-over sheet for a shift, without remarks; incomplete while the center is away.

    Raises SignInNeeded where nobody has signed in since the start.
    """
    person, now = desk.person, datetime.now(UTC)
    if person is None:
        raise SignInNeeded("nobody has signed in")
    rounds: Sequence[RoundLine] = ()
    findings: Sequence[Finding] = ()
    is_complete = True
    end_utc = min(now, shift.end_utc)
    try:
        rounds = await desk.rounds(shift.begin_utc, end_utc)
        findings = await desk.findings(True)
    except (SignInNeeded, ServerFailed):
        is_complete = False
    not_made: list[tuple[Plan, Run]] = []
    if is_complete:
        for plan in desk.plans:
            if plan.enabled:
                not_made += [(plan, run) for run in runs_not_made(plan, list(rounds), shift.begin_utc, end_utc)]
    not_made.sort(key=lambda pair: pair[1].at_utc)
    keys, ids = tuple(f.key for f in findings), tuple(line.id for line in rounds)
    handover = Handover(
        new_key(), person.post, shift.name, shift.begin_utc, end_utc, now, person, "", ids[:1000], keys[:1000]
    )
    return HandoverSheet(handover, center, now, time_zone, rounds, findings, not_made, is_complete)


def handed_over(sheet: HandoverSheet, remarks: str) -> HandoverSheet:
    """Return the sheet as it is handed over: with remarks, and made now."""
    now = datetime.now(UTC)
    return replace(sheet, handover=replace(sheet.handover, remarks=remarks[:10_000], made_utc=now), made_utc=now)


def report_name(report: RoundReport | HandoverSheet, kind: ReportKind, language: str) -> str:
    """Return a good name for a report's file."""
    paper = _paper(report, language)
    if isinstance(report, RoundReport):
        subject, moment = report.round.plan.name, report.round.records[0].at_utc if report.round.records else None
    else:
        subject, moment = report.handover.shift, report.handover.made_utc
    when = f" {moment.astimezone(paper.zone):%Y-%m-%d %H-%M}" if moment else ""
    return f"{safe_file_name(f'{paper.title} {subject}')}{when}.{kind.value}"


def rendered(report: RoundReport | HandoverSheet, kind: ReportKind, language: str) -> bytes:
    """Return a report as the bytes of a file. Blocking: a second for many pictures."""
    paper = _paper(report, language)
    return pdf(paper) if kind is ReportKind.PDF else xlsx(paper)


async def save_report(
    report: RoundReport | HandoverSheet, path: Path, kind: ReportKind, language: str = LANGUAGES[0]
) -> Path:
    """Write a report and return its path. Raises StorageFailed."""
    content = await asyncio.to_thread(rendered, report, kind, language)
    await asyncio.to_thread(write_atomic, path, content)
    return path


def _paper(report: RoundReport | HandoverSheet, language: str) -> Paper:
    if isinstance(report, RoundReport):
        return round_paper(report, language)
    return handover_paper(report, language)
