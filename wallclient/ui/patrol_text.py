"""Words and sentences about patrols: outcomes, reasons, kinds of finding, faults of a plan, shifts, times."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QCoreApplication

from wallclient.domain.patrol import (
    Category,
    Plan,
    PlanFault,
    RecordKind,
    RoundLine,
    RoundState,
    Shift,
    Step,
    Why,
)
from wallclient.domain.patrol_round import StepOutcome
from wallclient.domain.patrol_schedule import Run
from wallclient.services.patrol_route import PatrolEntry
from wallclient.ui.i18n import QT_TRANSLATE_NOOP

_CATEGORIES: Mapping[str, str] = {
    Category.INTRUSION: QT_TRANSLATE_NOOP("patrol", "Intrusion"),
    Category.CROWD: QT_TRANSLATE_NOOP("patrol", "Crowd"),
    Category.FIRE_SMOKE: QT_TRANSLATE_NOOP("patrol", "Fire or smoke"),
    Category.TRAFFIC: QT_TRANSLATE_NOOP("patrol", "Traffic"),
    Category.LOST_OBJECT: QT_TRANSLATE_NOOP("patrol", "Object left behind"),
    Category.DAMAGE: QT_TRANSLATE_NOOP("patrol", "Damage"),
    Category.CAMERA_FAULT: QT_TRANSLATE_NOOP("patrol", "Camera fault"),
    Category.OTHER: QT_TRANSLATE_NOOP("patrol", "Other"),
}
_WHYS: Mapping[str, str] = {
    Why.OFFLINE: QT_TRANSLATE_NOOP("patrol", "camera offline"),
    Why.FORBIDDEN: QT_TRANSLATE_NOOP("patrol", "not permitted"),
    Why.NOT_FOUND: QT_TRANSLATE_NOOP("patrol", "no such camera any more"),
    Why.NO_PICTURE: QT_TRANSLATE_NOOP("patrol", "no picture"),
    Why.CENTER_AWAY: QT_TRANSLATE_NOOP("patrol", "center away"),
    Why.HELD: QT_TRANSLATE_NOOP("patrol", "held by another operator"),
    Why.NOT_ABLE: QT_TRANSLATE_NOOP("patrol", "the camera can't do that"),
    Why.FAILED: QT_TRANSLATE_NOOP("patrol", "failed"),
    "pane": QT_TRANSLATE_NOOP("patrol", "pane used otherwise"),
    "camera": QT_TRANSLATE_NOOP("patrol", "camera steered"),
    "exit": QT_TRANSLATE_NOOP("patrol", "program ended"),
    "restart": QT_TRANSLATE_NOOP("patrol", "after a restart"),
}
_OUTCOMES: Mapping[StepOutcome, str] = {
    StepOutcome.OPEN: QT_TRANSLATE_NOOP("patrol", "open"),
    StepOutcome.SEEN: QT_TRANSLATE_NOOP("patrol", "seen"),
    StepOutcome.MISSED: QT_TRANSLATE_NOOP("patrol", "missed"),
    StepOutcome.UNAVAILABLE: QT_TRANSLATE_NOOP("patrol", "no picture"),
    StepOutcome.SKIPPED: QT_TRANSLATE_NOOP("patrol", "skipped"),
}
_KINDS: Mapping[RecordKind, str] = {
    RecordKind.STARTED: QT_TRANSLATE_NOOP("patrol", "Round begun"),
    RecordKind.SHOWN: QT_TRANSLATE_NOOP("patrol", "Picture shown"),
    RecordKind.SEEN: QT_TRANSLATE_NOOP("patrol", "Seen"),
    RecordKind.FINDING: QT_TRANSLATE_NOOP("patrol", "Finding"),
    RecordKind.MISSED: QT_TRANSLATE_NOOP("patrol", "Missed"),
    RecordKind.UNAVAILABLE: QT_TRANSLATE_NOOP("patrol", "No picture"),
    RecordKind.PRESET_MISSED: QT_TRANSLATE_NOOP("patrol", "Preset not reached"),
    RecordKind.SKIPPED: QT_TRANSLATE_NOOP("patrol", "Skipped"),
    RecordKind.PAUSED: QT_TRANSLATE_NOOP("patrol", "Paused"),
    RecordKind.BY_HAND: QT_TRANSLATE_NOOP("patrol", "Taken by hand"),
    RecordKind.RESUMED: QT_TRANSLATE_NOOP("patrol", "Gone on"),
    RecordKind.TAKEN_OVER: QT_TRANSLATE_NOOP("patrol", "Taken over"),
    RecordKind.ABORTED: QT_TRANSLATE_NOOP("patrol", "Broken off"),
    RecordKind.ENDED: QT_TRANSLATE_NOOP("patrol", "Round ended"),
    RecordKind.INTERRUPTED: QT_TRANSLATE_NOOP("patrol", "Interrupted"),
}
_STATES: Mapping[RoundState, str] = {
    RoundState.RUNNING: QT_TRANSLATE_NOOP("patrol", "under way"),
    RoundState.ENDED: QT_TRANSLATE_NOOP("patrol", "complete"),
    RoundState.ABORTED: QT_TRANSLATE_NOOP("patrol", "broken off"),
    RoundState.INTERRUPTED: QT_TRANSLATE_NOOP("patrol", "interrupted"),
}
_FAULTS: Mapping[PlanFault, str] = {
    PlanFault.NO_NAME: QT_TRANSLATE_NOOP("patrol", "Every plan and every shift needs a name."),
    PlanFault.NO_STEPS: QT_TRANSLATE_NOOP("patrol", "The plan has no steps yet."),
    PlanFault.TOO_MANY: QT_TRANSLATE_NOOP("patrol", "There are too many steps, shifts, start times or panes."),
    PlanFault.NO_TARGET: QT_TRANSLATE_NOOP("patrol", "Step {number} shows nothing: it needs a camera or a view."),
    PlanFault.BAD_DWELL: QT_TRANSLATE_NOOP("patrol", "Step {number}: the dwell is 1 s to 60 min."),
    PlanFault.BAD_PRESET: QT_TRANSLATE_NOOP("patrol", "Step {number}: presets are numbered 1 to 255."),
    PlanFault.BAD_PANES: QT_TRANSLATE_NOOP("patrol", "Panes are numbers from 1 to 64, each once."),
    PlanFault.BAD_TIME_ZONE: QT_TRANSLATE_NOOP("patrol", "This computer does not know the time zone."),
    PlanFault.NO_WEEKDAYS: QT_TRANSLATE_NOOP("patrol", "Shift {number} has no weekday."),
    PlanFault.BAD_EVERY: QT_TRANSLATE_NOOP("patrol", "Shift {number}: rounds are 5 min to 24 h apart."),
    PlanFault.START_OUTSIDE: QT_TRANSLATE_NOOP("patrol", "Shift {number}: a start time lies outside the shift."),
    PlanFault.TOO_LONG: QT_TRANSLATE_NOOP("patrol", "A text is too long."),
}
_REFUSALS: Mapping[str, str] = {
    "right-missing": QT_TRANSLATE_NOOP("patrol", "You may not do this at the center."),
    "closed-otherwise": QT_TRANSLATE_NOOP("patrol", "Somebody else has closed the finding otherwise."),
    "not-found": QT_TRANSLATE_NOOP("patrol", "The center does not know what it is about."),
    "own-handover": QT_TRANSLATE_NOOP("patrol", "Nobody takes a shift over from himself."),
    "picture-missing": QT_TRANSLATE_NOOP("patrol", "The picture is missing."),
    "picture-lost": QT_TRANSLATE_NOOP("patrol", "The picture is damaged on this computer."),
    "unreadable": QT_TRANSLATE_NOOP("patrol", "The record is damaged on this computer."),
}
_ENTRIES: Mapping[str, str] = {
    PatrolEntry.RECORD: QT_TRANSLATE_NOOP("patrol", "Record of a round"),
    PatrolEntry.CLOSING: QT_TRANSLATE_NOOP("patrol", "Closing of a finding"),
    PatrolEntry.HANDOVER: QT_TRANSLATE_NOOP("patrol", "Shift hand-over"),
    PatrolEntry.ACKNOWLEDGEMENT: QT_TRANSLATE_NOOP("patrol", "Taking over of a shift"),
}
WEEKDAYS = (
    QT_TRANSLATE_NOOP("patrol", "Mon"),
    QT_TRANSLATE_NOOP("patrol", "Tue"),
    QT_TRANSLATE_NOOP("patrol", "Wed"),
    QT_TRANSLATE_NOOP("patrol", "Thu"),
    QT_TRANSLATE_NOOP("patrol", "Fri"),
    QT_TRANSLATE_NOOP("patrol", "Sat"),
    QT_TRANSLATE_NOOP("patrol", "Sun"),
)
translate = QCoreApplication.translate
_WORKDAYS, _ALL_DAYS = frozenset(range(1, 6)), frozenset(range(1, 8))


def _tr(text: str) -> str:
    return translate("patrol", text)


def category_text(category: str) -> str:
    """Name a kind of finding; one a center has added is shown by its own word."""
    return _tr(_CATEGORIES[category]) if category in _CATEGORIES else category


def why_text(reason: str) -> str:
    """Say in a few words why; what an operator typed is shown as it is."""
    return _tr(_WHYS[reason]) if reason in _WHYS else reason


def outcome_text(outcome: StepOutcome) -> str:
    """Say what became of a step, in a word."""
    return _tr(_OUTCOMES[outcome])


def record_text(kind: RecordKind) -> str:
    """Name what a record tells."""
    return _tr(_KINDS[kind])


def round_state_text(state: RoundState) -> str:
    """Say how it stands with a round."""
    return _tr(_STATES[state])


def fault_text(fault: PlanFault, number: int | None) -> str:
    """Say what is wrong with a plan; `number` counts steps or shifts from 0."""
    return _tr(_FAULTS[fault]).format(number="" if number is None else number + 1)


def refusal_text(reason: str) -> str:
    """Say why a center will not take a record; a reason of its own is shown by its word."""
    return _tr(_REFUSALS[reason]) if reason in _REFUSALS else reason


def entry_text(kind: str) -> str:
    """Name a kind of record that waits to be delivered."""
    return _tr(_ENTRIES[kind]) if kind in _ENTRIES else kind


def weekday_text(day: int) -> str:
    """Name a weekday, 1 is Monday."""
    return _tr(WEEKDAYS[day - 1])


def days_text(days: Iterable[int]) -> str:
    """Name a set of weekdays."""
    chosen = frozenset(days)
    if chosen == _ALL_DAYS:
        return translate("patrol", "every day")
    if chosen == _WORKDAYS:
        return translate("patrol", "Mon to Fri")
    return " ".join(weekday_text(day) for day in sorted(chosen))


def shift_text(shift: Shift) -> str:
    """Say a shift in one line: name, times, days, when rounds begin."""
    hours = f"{shift.begin:%H:%M}–{shift.end:%H:%M}"
    starts = [f"{start:%H:%M}" for start in shift.starts]
    if shift.every_min is not None:
        starts.append(translate("patrol", "every {minutes} min").format(minutes=shift.every_min))
    return "   ".join(word for word in (shift.name, hours, days_text(shift.weekdays), ", ".join(starts)) if word)


def plan_size_text(plan: Plan) -> str:
    """Say how many steps a plan has and how long they last together."""
    seconds = sum(step.dwell_s for step in plan.steps)
    return translate("patrol", "{steps} steps, {duration}").format(
        steps=len(plan.steps), duration=duration_text(seconds)
    )


def duration_text(seconds: float) -> str:
    """Say a length of time."""
    whole = round(seconds)
    if whole < 60:
        return translate("patrol", "{seconds} s").format(seconds=whole)
    if whole < 3600:
        return translate("patrol", "{minutes} min {seconds} s").format(minutes=whole // 60, seconds=whole % 60)
    return translate("patrol", "{hours} h {minutes} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)


def next_run_text(run: Run | None, now_utc: datetime | None = None) -> str:
    """Say when a round is due next, by the operator's own clock."""
    if run is None:
        return translate("patrol", "not scheduled")
    at, now = run.at_utc.astimezone(), (now_utc or datetime.now(UTC)).astimezone()
    if at.date() == now.date():
        return translate("patrol", "today {time}").format(time=f"{at:%H:%M}")
    if at.date() == (now + timedelta(days=1)).date():
        return translate("patrol", "tomorrow {time}").format(time=f"{at:%H:%M}")
    return f"{weekday_text(at.isoweekday())} {at:%Y-%m-%d %H:%M}"


def clock_text(moment: datetime | None) -> str:
    """Return date and time on the operator's clock; nothing for no moment."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def step_text(step: Step) -> str:
    """Name a step with its preset."""
    if step.preset is None:
        return step.title
    return translate("patrol", "{camera}, preset {number}").format(camera=step.title, number=step.preset)


def totals_text(line: RoundLine) -> str:
    """Say what a round came to, in one line; what is none is left out."""
    words = [translate("patrol", "{count} of {total} seen").format(count=line.seen, total=line.steps)]
    for count, text in (
        (line.missed, translate("patrol", "{count} missed")),
        (line.unavailable, translate("patrol", "{count} without picture")),
        (line.skipped, translate("patrol", "{count} skipped")),
        (line.findings, translate("patrol", "findings: {count}")),
    ):
        if count:
            words.append(text.format(count=count))
    return "   ".join(words)
