"""All patrols of the program: the centers' plans, rounds under way, and rounds that are due by their schedules.

Lives on the GUI thread, on the Qt loop.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from wallclient.api.patrol import TakenOver
from wallclient.domain.errors import CenterError, NotFound, StorageFailed, WallError
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.patrol import Person, Plan, RoundState
from wallclient.domain.patrol_round import account
from wallclient.domain.patrol_schedule import Run, next_run, runs_between
from wallclient.services.center_access import AccessState, CenterAccess
from wallclient.services.center_patrols import CenterPatrols, OpenRound
from wallclient.services.centers import Centers
from wallclient.services.patrol_round import Clock, Phase, RoundRunner, Stage, SystemClock, closing_record

_log = logging.getLogger(__name__)
TICK_MS = 200
LOOK_MS = 1000  # at the schedules
READ_PLANS_EVERY_S = 300.0
RESUME_WITHIN = timedelta(minutes=15)  # after that a round that was broken off is closed by itself
CLOSE_LIMIT_S = 1.0
START_GRACE = timedelta(minutes=15)  # a due round waits so long for the one before it, or for the operator
MakeStage = Callable[[str, Plan], Stage | None]  # center key, plan -> where to run it; None: nowhere now


@dataclass(frozen=True, slots=True)
class DueRound:
    """A round that should begin now."""

    key: str  # of the center
    plan: Plan
    run: Run


class Patrols(QObject):
    """Owns a `CenterPatrols` per center and the rounds of this program.

    Rounds that are due are told by `round_due` and wait in `due`; they begin by themselves where `set_auto_start` was
    given a maker of stages, one after the other.
    """

    changed = Signal(str)  # center key: plans or rights
    outbox_changed = Signal(str)  # center key: how much waits to be delivered, or why
    round_started = Signal(object)  # RoundRunner
    round_over = Signal(object)  # RoundRunner
    round_due = Signal(object)  # DueRound
    due_changed = Signal()
    interrupted_changed = Signal()  # `interrupted`
    noticed = Signal(object)  # Notice

    def __init__(self, centers: Centers, data: Path, clock: Clock | None = None, parent: QObject | None = None) -> None:
        """`data` is the folder of what is kept."""
        super().__init__(parent)
        self._centers = centers
        self._data = data
        self._clock = clock or SystemClock()
        self._desks: dict[str, CenterPatrols] = {}
        self._runners: dict[str, tuple[str, RoundRunner]] = {}  # by round: center key, runner
        self._connected: dict[str, bool] = {}
        self._make_stage: MakeStage | None = None
        self._looked_utc = self._clock.utc()
        self._read_plans_at = 0.0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self.due: tuple[DueRound, ...] = ()
        self.interrupted: tuple[tuple[str, OpenRound], ...] = ()  # center key, round: to be gone on with, or closed
        for access in centers.accesses:
            self._open(access.key)
        centers.added.connect(self._open)
        centers.removed.connect(self._remove)
        centers.changed.connect(self._on_center_changed)
        self._ticking = QTimer(self)
        self._ticking.timeout.connect(self.tick)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.look)
        self._looking.start(LOOK_MS)

    # --- centers ---

    @property
    def keys(self) -> list[str]:
        """The centers, in the operator's order."""
        return [access.key for access in self._centers.accesses if access.key in self._desks]

    def of(self, key: str) -> CenterPatrols:
        """Return the patrols of a center. Raises NotFound."""
        try:
            return self._desks[key]
        except KeyError:
            raise NotFound(f"no patrols of center {key!r}") from None

    def plans(self) -> list[tuple[str, Plan]]:
        """Return all plans of all centers, with the center's key."""
        return [(key, plan) for key in self.keys if self._desks[key].may_patrol for plan in self._desks[key].plans]

    def next_run(self, plan: Plan) -> Run | None:
        """Return when a plan is due next; None where it is not, or not enabled."""
        return next_run(plan, self._clock.utc()) if plan.enabled else None

    def set_auto_start(self, make_stage: MakeStage | None) -> None:
        """Let rounds that are due begin by themselves on the stages this makes; None: only tell of them."""
        self._make_stage = make_stage
        self._start_due()

    # --- rounds ---

    @property
    def runners(self) -> list[RoundRunner]:
        """The rounds under way."""
        return [runner for _, runner in self._runners.values()]

    def key_of(self, runner: RoundRunner) -> str:
        """Return the center a round under way belongs to."""
        return self._runners[runner.round_id][0]

    def begin(self, key: str, plan: Plan, stage: Stage, run: Run | None = None) -> RoundRunner:
        """Begin a round by hand, or for a run of the schedule; it is on its way when this returns.

        A round of the same plan that was broken off is closed. Raises NotFound, CenterError where nobody has signed in.
        """
        desk = self.of(key)
        for other_key, left in self.interrupted:
            if other_key == key and left.round.plan.id == plan.id:
                self.close_interrupted(other_key, left)
        scheduled_utc = run.at_utc if run else None
        runner = RoundRunner(plan, stage, desk.keep, self._person(desk), self._clock, scheduled_utc=scheduled_utc)
        if run is not None:
            self._forget_due(key, plan, run)
        return self._let_run(key, runner)

    def go_on(self, key: str, left: OpenRound, stage: Stage) -> RoundRunner:
        """Go on with a round that was broken off, behind the last step that was settled."""
        desk = self.of(key)
        self._drop_interrupted(left)
        round_ = left.round
        runner = RoundRunner(
            round_.plan,
            stage,
            desk.keep,
            self._person(desk),
            self._clock,
            round_id=round_.id,
            past=round_.records,
        )
        return self._let_run(key, runner)

    def close_interrupted(self, key: str, left: OpenRound) -> None:
        """Close a round that was broken off as interrupted."""
        self._drop_interrupted(left)
        desk = self.of(key)
        desk.keep(closing_record(left.round.records, desk.person or left.person, self._clock), ())

    async def take_over(self, key: str, round_id: str, stage: Stage) -> RoundRunner:
        """Go on with a round that another operator makes elsewhere; he is told. Raises CenterError."""
        desk = self.of(key)
        round_ = await desk.round(round_id)
        if account(round_.id, round_.plan, round_.records).state is not RoundState.RUNNING:
            raise NotFound("the round is over")
        runner = RoundRunner(
            round_.plan, stage, desk.keep, self._person(desk), self._clock, round_id=round_id, past=round_.records
        )
        return self._let_run(key, runner)

    def _let_run(self, key: str, runner: RoundRunner) -> RoundRunner:
        self._runners[runner.round_id] = (key, runner)
        runner.over.connect(lambda _state: self._on_over(key, runner))
        self._spawn(self._desks[key].remember_plan(runner.plan))
        runner.start()
        self._ticking.start(TICK_MS)
        self.round_started.emit(runner)
        return runner

    def _on_over(self, key: str, runner: RoundRunner) -> None:
        self._runners.pop(runner.round_id, None)
        if runner.taken_by is not None and key in self._desks:
            self._spawn(self._desks[key].leave_round(runner.round_id))
        if not self._runners:
            self._ticking.stop()
        self.round_over.emit(runner)
        self._start_due()

    def _person(self, desk: CenterPatrols) -> Person:
        person = desk.person
        if person is None:
            raise CenterError("nobody has signed in since the start")
        return person

    # --- time ---

    def tick(self) -> None:
        """Let the rounds under way look at clock and pictures."""
        for runner in self.runners:
            runner.tick()

    def look(self) -> None:
        """Look at the schedules, and now and then for news of the plans."""
        now = self._clock.utc()
        for key, plan in self.plans() if now > self._looked_utc else ():
            for run in runs_between(plan, max(self._looked_utc, now - START_GRACE), now) if plan.enabled else ():
                self._on_due(DueRound(key, plan, run))
        self._looked_utc = now  # also backwards, as when the machine's clock was wrong
        self._drop_late(now)
        self._close_old(now)
        self._start_due()
        if self._clock.monotonic() - self._read_plans_at >= READ_PLANS_EVERY_S:
            self._read_plans_at = self._clock.monotonic()
            for key in self.keys:
                if self._connected.get(key):
                    self._spawn(self._read(self._desks[key]))

    def let_go(self, due: DueRound) -> None:
        """Forget a round that is due; it will count as not made."""
        self.due = tuple(other for other in self.due if other != due)
        self.due_changed.emit()

    def _on_due(self, due: DueRound) -> None:
        if any((d.key, d.plan.id, d.run.at_utc) == (due.key, due.plan.id, due.run.at_utc) for d in self.due):
            return
        self.due = (*self.due, due)
        self.due_changed.emit()
        self.round_due.emit(due)

    def _start_due(self) -> None:
        """Begin the first round that is due, if rounds may begin by themselves and none is under way."""
        while self._make_stage is not None and self.due and not self._runners and not self._is_closed:
            due = self.due[0]
            stage = self._make_stage(due.key, due.plan) if due.key in self._desks else None
            if stage is None or self._desks[due.key].person is None:
                return
            self.begin(due.key, due.plan, stage, due.run)

    def _forget_due(self, key: str, plan: Plan, run: Run) -> None:
        self.due = tuple(d for d in self.due if (d.key, d.plan.id, d.run.at_utc) != (key, plan.id, run.at_utc))
        self.due_changed.emit()

    def _drop_late(self, now: datetime) -> None:
        if any(now - due.run.at_utc > START_GRACE for due in self.due):
            self.due = tuple(due for due in self.due if now - due.run.at_utc <= START_GRACE)
            self.due_changed.emit()

    # --- rounds that were broken off ---

    def _close_old(self, now: datetime) -> None:
        for key, left in self.interrupted:
            if now - left.last_utc > RESUME_WITHIN:
                self.close_interrupted(key, left)

    def _drop_interrupted(self, left: OpenRound) -> None:
        self.interrupted = tuple(pair for pair in self.interrupted if pair[1].round.id != left.round.id)
        self.interrupted_changed.emit()

    async def _find_interrupted(self, desk: CenterPatrols) -> None:
        try:
            found = await desk.open_rounds()
        except StorageFailed as err:
            self.noticed.emit(Notice("spool", NoticeKind.FAILED, NoticeLevel.ERROR, error=err))
            return
        mine = [(desk.key, left) for left in found if left.round.id not in self._runners]
        if mine:
            self.interrupted = (*self.interrupted, *mine)
            self.interrupted_changed.emit()
            self._close_old(self._clock.utc())

    # --- centers that come and go ---

    def _open(self, key: str) -> None:
        desk = CenterPatrols(lambda: self._access(key), key, self._data, self)
        self._desks[key] = desk
        desk.plans_changed.connect(lambda: self.changed.emit(key))
        desk.rights_changed.connect(lambda: self.changed.emit(key))
        desk.outbox.changed.connect(lambda: self.outbox_changed.emit(key))
        desk.noticed.connect(self.noticed)
        desk.taken_over.connect(self._on_taken_over)
        desk.start()
        self._spawn(self._find_interrupted(desk))
        self._on_center_changed(key)

    def _access(self, key: str) -> CenterAccess:
        return self._centers.access(key)

    def _remove(self, key: str) -> None:
        """Let go of a center; what was not delivered stays on disk."""
        desk = self._desks.pop(key, None)
        for round_id, (other, _) in list(self._runners.items()):
            if other == key:
                self._runners.pop(round_id)
        self.due = tuple(due for due in self.due if due.key != key)
        self.interrupted = tuple(pair for pair in self.interrupted if pair[0] != key)
        if desk is not None:
            self._spawn(desk.close())
        self.changed.emit(key)

    def _on_center_changed(self, key: str) -> None:
        desk = self._desks.get(key)
        if desk is None or self._is_closed:
            return
        with contextlib.suppress(NotFound):
            is_there = self._access(key).state is AccessState.CONNECTED
            came, self._connected[key] = is_there and not self._connected.get(key), is_there
            desk.look_at_session()
            if came:
                self._spawn(self._read(desk))

    async def _read(self, desk: CenterPatrols) -> None:
        if not desk.may_patrol:
            return
        try:
            await desk.refresh_plans()
        except WallError as err:  # the plans as last read are there
            _log.info("no plans of center %s: %s", desk.key, type(err).__name__)

    def _on_taken_over(self, taken: TakenOver) -> None:
        _, runner = self._runners.get(taken.round_id, ("", None))
        if runner is not None:
            runner.lose_to(taken.by)

    # --- end ---

    async def close(self) -> None:
        """Let rounds stand where they are, to be gone on with; put everything on disk."""
        self._is_closed = True
        self._ticking.stop()
        self._looking.stop()
        for runner in self.runners:
            if runner.phase is not Phase.PAUSED:
                runner.pause("exit")
        if self._tasks:
            _, asking = await asyncio.wait(set(self._tasks), timeout=CLOSE_LIMIT_S)
            for task in asking:
                task.cancel()
        await asyncio.gather(*(desk.close() for desk in self._desks.values()))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_event_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
