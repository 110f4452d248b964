"""A round under way: shows step after step, counts dwell times, and writes down what happened, by whom and when.

Lives on the GUI thread. Driven by `tick` (a few times a second) and by the operator; no clock and no wall of its own.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.patrol import (
    LAST_KINDS,
    LONGEST_TEXT,
    LONGEST_WORD,
    Person,
    Plan,
    Record,
    RecordKind,
    RoundState,
    Step,
    Why,
    new_key,
)
from wallclient.domain.patrol_round import RoundAccount, StepOutcome, account

OPEN_LIMIT_S = 15.0  # a picture that did not come by then, or stood still for as long, is noted and not waited for
LONGEST_TICK_S = 1.0  # while the window hangs nobody sees anything: such time counts no more than this
_AT_ONCE = frozenset({Why.OFFLINE, Why.FORBIDDEN, Why.NOT_FOUND})


class SightState(StrEnum):
    """What the operator sees of a step."""

    WAITING = "waiting"  # no moving picture (yet)
    PLAYING = "playing"
    GONE = "gone"  # there will be none: `why`
    ELSEWHERE = "elsewhere"  # somebody put something else into the pane


@dataclass(frozen=True, slots=True)
class Sight:
    """How it stands with the picture of the step that was shown last."""

    state: SightState
    why: Why | None = None  # of GONE, and as far as known of WAITING
    preset_why: Why | None = None  # why the camera is not at its preset
    missing: tuple[str, ...] = ()  # of a view: channel ids, each with ":" and why, that have no picture


class Stage(Protocol):
    """Where steps are shown: the panes of a wall, or a fake in tests."""

    def show(self, step: Step, pane: int) -> None:
        """Begin to show a step, in place of the one before. Returns at once."""
        ...

    @property
    def sight(self) -> Sight:
        """How it stands with what was shown last."""
        ...

    async def snapshot(self) -> tuple[bytes, str | None]:
        """Return the picture of now as JPEG, and the channel it is of. Raises SnapshotFailed."""
        ...

    def leave(self) -> None:
        """Forget the step; the picture may stay."""
        ...


class Clock(Protocol):
    """Time, as far as a round needs it."""

    def utc(self) -> datetime:
        """Return date and time."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        ...


class SystemClock:
    """The machine's own time."""

    def utc(self) -> datetime:
        """Return date and time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()


class Phase(StrEnum):
    """What a round is doing."""

    NEW = "new"  # not begun
    OPENING = "opening"  # waits for the step's picture
    SHOWING = "showing"  # the picture moves, the dwell counts
    PAUSED = "paused"
    BY_HAND = "by_hand"  # the operator uses the pane or the camera himself
    OVER = "over"


_UNDER_WAY = (Phase.OPENING, Phase.SHOWING)
_STANDING = (Phase.PAUSED, Phase.BY_HAND)


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding being written: picture and moment are those of when it was begun."""

    step: int
    at_utc: datetime
    picture: bytes | None  # JPEG; None where there was no moving picture to keep
    channel_id: str | None


Keep = Callable[[Record, Sequence[bytes]], None]


class RoundRunner(QObject):
    """One round by one plan. `keep` takes each record with its pictures and must not lose it."""

    changed = Signal()  # anything below
    recorded = Signal(object)  # Record
    over = Signal(object)  # RoundState; RUNNING where somebody else goes on elsewhere

    def __init__(
        self,
        plan: Plan,
        stage: Stage,
        keep: Keep,
        person: Person,
        clock: Clock | None = None,
        *,
        round_id: str = "",
        scheduled_utc: datetime | None = None,
        past: Sequence[Record] = (),
    ) -> None:
        """`past` are the records of a round that is gone on with, `scheduled_utc` the run that made it due."""
        super().__init__()
        self.plan = plan
        self.round_id = round_id or new_key()
        self.person = person
        self.phase = Phase.NEW
        self.step_number = 0
        self.draft: Draft | None = None
        self.taken_by: Person | None = None  # who goes on with it elsewhere
        self._stage = stage
        self._keep = keep
        self._clock = clock or SystemClock()
        self._scheduled_utc = scheduled_utc
        self._records: list[Record] = list(past)
        self._elapsed_s = 0.0  # of the dwell
        self._waited_s = 0.0  # for a picture
        self._ticked = 0.0
        self._confirmed = False
        self._preset_told = False
        self._drafting = False

    # --- what is shown ---

    @property
    def step(self) -> Step | None:
        """The step whose turn it is."""
        is_on = self.phase is not Phase.OVER and self.step_number < len(self.plan.steps)
        return self.plan.steps[self.step_number] if is_on else None

    @property
    def pane(self) -> int:
        """The pane the step is shown in."""
        return self.plan.panes[self.step_number % len(self.plan.panes)]

    @property
    def sight(self) -> Sight:
        """How it stands with the step's picture."""
        return self._stage.sight

    @property
    def dwell_left_s(self) -> float:
        """Seconds until the next step, while pictures move."""
        return max(0.0, self.step.dwell_s - self._elapsed_s) if self.step else 0.0

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the step has been seen."""
        return self._confirmed

    @property
    def can_confirm(self) -> bool:
        """Tell whether there is a moving picture to confirm: what stands still has not been seen."""
        if self.step is None or self._confirmed or self.phase in (Phase.NEW, Phase.OVER):
            return False
        return self._stage.sight.state is SightState.PLAYING

    @property
    def account(self) -> RoundAccount:
        """What the round came to so far."""
        return account(self.round_id, self.plan, self._records)

    @property
    def records(self) -> tuple[Record, ...]:
        """All records so far, in their order."""
        return tuple(self._records)

    # --- the operator ---

    def start(self) -> None:
        """Begin the round, or go on with one that has `past` records."""
        assert self.phase is Phase.NEW
        if not self._records:
            self._record(RecordKind.STARTED, scheduled_utc=self._scheduled_utc)
        else:
            before = self.account
            same = before.operator is not None and before.operator.user == self.person.user
            self._record(RecordKind.RESUMED if same else RecordKind.TAKEN_OVER, reason="restart")
            self.step_number = before.next_step
        self._open_step(self.step_number)

    def confirm_seen(self) -> bool:
        """Confirm that the step was looked at; False where there is no moving picture to confirm."""
        if not self.can_confirm:
            return False
        self._confirmed = True
        self._record(RecordKind.SEEN, step=self.step_number)
        self.changed.emit()
        return True

    async def begin_finding(self) -> Draft | None:
        """Begin a finding: take a snapshot and hold the dwell until it is filed or cancelled. None between rounds."""
        if self.step is None or self.phase is Phase.NEW or self._drafting or self.draft is not None:
            return self.draft
        self._drafting, number, at_utc = True, self.step_number, self._clock.utc()
        picture, channel_id = None, self.step.channel_id
        try:
            if self._stage.sight.state is SightState.PLAYING:
                picture, channel_id = await self._snapshot()
        finally:
            self._drafting = False
        if self.phase is Phase.OVER:
            return None
        self.draft = Draft(number, at_utc, picture, channel_id)
        self.changed.emit()
        return self.draft

    async def _snapshot(self) -> tuple[bytes | None, str | None]:
        try:
            return await self._stage.snapshot()
        except SnapshotFailed:
            return None, self.step.channel_id if self.step else None

    def file_finding(self, category: str, text: str) -> Record | None:
        """File the finding that was begun; the step counts as seen."""
        draft, self.draft = self.draft, None
        if draft is None:
            return None
        pictures = [draft.picture] if draft.picture else []
        record = self._record(
            RecordKind.FINDING,
            step=draft.step,
            channel_id=draft.channel_id,
            category=category,
            text=text,
            pictures=pictures,
            at_utc=draft.at_utc,
        )
        self._confirmed = True
        self._ticked = self._clock.monotonic()
        self.changed.emit()
        return record

    def cancel_finding(self) -> None:
        """Let the finding that was begun be; the dwell goes on."""
        self.draft = None
        self._ticked = self._clock.monotonic()
        self.changed.emit()

    def pause(self, reason: str = "") -> None:
        """Stand still."""
        if self.phase in (*_UNDER_WAY, Phase.BY_HAND):
            self._stand(Phase.PAUSED, RecordKind.PAUSED, reason)

    def take_by_hand(self, reason: str = "") -> None:
        """Stand still because the operator uses the pane or the camera himself."""
        if self.phase in _UNDER_WAY:
            self._stand(Phase.BY_HAND, RecordKind.BY_HAND, reason)

    def resume(self) -> None:
        """Show the step again and go on with its dwell."""
        if self.phase in _STANDING:
            self._record(RecordKind.RESUMED, step=self.step_number)
            self._show()

    def advance(self) -> None:
        """Go to the next step; one that was not confirmed is skipped, and noted so."""
        if self.step is None or self.phase is Phase.NEW:
            return
        if not self._confirmed:
            self._record(RecordKind.SKIPPED, step=self.step_number)
        self._open_step(self.step_number + 1)

    def take_over(self, person: Person) -> None:
        """Let another operator go on with the round, at this place."""
        if self.phase in (Phase.NEW, Phase.OVER) or person.user == self.person.user:
            return
        self.person = person
        self._record(RecordKind.TAKEN_OVER, step=self.step_number)
        self.changed.emit()

    def abort(self, reason: str = "") -> None:
        """End the round before its time."""
        if self.phase not in (Phase.NEW, Phase.OVER):
            self._record(RecordKind.ABORTED, step=self.step_number, reason=reason)
            self._end(RoundState.ABORTED)

    def lose_to(self, person: Person) -> None:
        """Stop here because another operator goes on with the round elsewhere."""
        if self.phase not in (Phase.NEW, Phase.OVER) and person.user != self.person.user:
            self.taken_by = person
            self._end(RoundState.RUNNING)

    # --- time ---

    def tick(self) -> None:
        """Look at the picture and the clock; to be called a few times a second."""
        now = self._clock.monotonic()
        passed, self._ticked = min(LONGEST_TICK_S, max(0.0, now - self._ticked)), now
        if self.phase not in _UNDER_WAY or self.draft is not None or self._drafting:
            return
        sight = self._stage.sight
        if sight.state is SightState.ELSEWHERE:
            self.take_by_hand("pane")
            return
        self._note_preset(sight)
        if sight.state is SightState.PLAYING:
            self._see(passed, sight)
        elif sight.state is SightState.GONE and sight.why in _AT_ONCE:
            self._pass_over(sight.why or Why.FAILED)
        else:
            self._waited_s += passed
            if self._waited_s >= OPEN_LIMIT_S:
                self._pass_over(sight.why or Why.NO_PICTURE)
        self.changed.emit()

    def _see(self, passed_s: float, sight: Sight) -> None:
        if self.phase is Phase.OPENING:  # what passed before the picture came does not count
            self.phase = Phase.SHOWING
            if self.account.steps[self.step_number].shown_utc is None:
                self._record(RecordKind.SHOWN, step=self.step_number, reason=" ".join(sight.missing))
        else:
            self._elapsed_s += passed_s
        self._waited_s = 0.0
        if self.dwell_left_s <= 0.0:
            if not self._confirmed:
                self._record(RecordKind.MISSED, step=self.step_number)
            self._open_step(self.step_number + 1)

    def _pass_over(self, why: Why) -> None:
        """Note a step without a picture, unless it was seen before that went, and go on."""
        if not self._confirmed:
            self._record(RecordKind.UNAVAILABLE, step=self.step_number, reason=why.value)
        self._open_step(self.step_number + 1)

    def _note_preset(self, sight: Sight) -> None:
        if sight.preset_why is not None and not self._preset_told:
            self._preset_told = True
            self._record(RecordKind.PRESET_MISSED, step=self.step_number, reason=sight.preset_why.value)

    # --- inside ---

    def _open_step(self, number: int) -> None:
        self.step_number = number
        self._elapsed_s = self._waited_s = 0.0
        self._confirmed = self._preset_told = False
        if self.draft is not None and self.draft.step != number:
            self.draft = None
        if number >= len(self.plan.steps):
            self._record(RecordKind.ENDED)
            self._end(RoundState.ENDED)
            return
        self._confirmed = self.account.steps[number].outcome is StepOutcome.SEEN
        self._show()

    def _show(self) -> None:
        self.phase = Phase.OPENING
        self._waited_s = 0.0
        self._ticked = self._clock.monotonic()
        self._stage.show(self.plan.steps[self.step_number], self.pane)
        self.changed.emit()

    def _stand(self, phase: Phase, kind: RecordKind, reason: str) -> None:
        self.phase = phase
        self._record(kind, step=self.step_number, reason=reason)
        self.changed.emit()

    def _end(self, state: RoundState) -> None:
        self.phase, self.draft = Phase.OVER, None
        self._stage.leave()
        self.changed.emit()
        self.over.emit(state)

    def _record(
        self,
        kind: RecordKind,
        *,
        step: int | None = None,
        channel_id: str | None = None,
        category: str = "",
        text: str = "",
        reason: str = "",
        pictures: Sequence[bytes] = (),
        at_utc: datetime | None = None,
        scheduled_utc: datetime | None = None,
    ) -> Record:
        if step is not None and channel_id is None:
            channel_id = self.plan.steps[step].channel_id
        record = Record(
            new_key(),
            self.round_id,
            self.plan.id,
            self.plan.revision,
            kind,
            at_utc or self._clock.utc(),
            self.person,
            step,
            channel_id,
            category[:LONGEST_WORD],
            text[:LONGEST_TEXT],
            reason[:LONGEST_TEXT],
            _sha256(pictures[0]) if pictures else "",
            scheduled_utc,
        )
        self._records.append(record)
        self._keep(record, pictures)
        self.recorded.emit(record)
        return record


def closing_record(records: Sequence[Record], person: Person, clock: Clock) -> Record:
    """Return the record that closes a round whose program died; its `text` is the time of the last record."""
    last = records[-1]
    assert last.kind not in LAST_KINDS
    return Record(
        new_key(),
        last.round_id,
        last.plan_id,
        last.plan_revision,
        RecordKind.INTERRUPTED,
        clock.utc(),
        person,
        text=last.at_utc.isoformat(timespec="seconds"),
    )


def _sha256(picture: bytes) -> str:
    return sha256(picture).hexdigest()
