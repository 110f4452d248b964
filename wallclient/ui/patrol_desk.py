"""What one window does about patrols: the round under way on its wall, and the doors to plans, rounds and hand-over."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QWidget

from wallclient.domain.errors import NotFound, SnapshotFailed, StorageFailed, WallError
from wallclient.domain.global_id import global_id
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.patrol import Plan, RoundState, Step
from wallclient.domain.patrol_round import StepOutcome
from wallclient.services.patrol_round import Phase, RoundRunner, Sight, SightState
from wallclient.services.patrol_stage import WallStage
from wallclient.ui.background import Background
from wallclient.ui.patrol_due import DuePanel
from wallclient.ui.patrol_finding import FindingPanel
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.patrol_services import PatrolServices
from wallclient.ui.patrol_strip import COMMANDS, RoundStrip

if TYPE_CHECKING:
    from wallclient.services.center_patrols import OpenRound
    from wallclient.services.patrols import DueRound
    from wallclient.services.wall import Wall
    from wallclient.ui.window_needs import WindowNeeds

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
HANDLED = (*COMMANDS, "patrol_begin", "patrol_plans", "patrol_rounds", "hand_over")


class _NoStage:
    """Shows nothing: for a round that is refused before it began, so that the records tell why."""

    sight = Sight(SightState.WAITING)

    def show(self, step: Step, pane: int) -> None:
        """Show nothing."""

    async def snapshot(self) -> tuple[bytes, str | None]:
        """There is none."""
        raise SnapshotFailed("nothing is shown")

    def leave(self) -> None:
        """Nothing to forget."""


class PatrolDesk(QObject):
    """Owns strip, panels and dialogs about patrols of one window, and the round under way on its wall."""

    noticed = Signal(object)  # Notice
    round_changed = Signal()  # one began or ended here
    plans_requested = Signal()
    rounds_requested = Signal()
    hand_over_requested = Signal()

    def __init__(
        self,
        services: PatrolServices,
        wall: "Wall",
        area: QWidget,
        needs: "WindowNeeds",
        background: Background,
        window: QWidget,
    ) -> None:
        """`area` is the wall's widget, which has the keys of a round."""
        super().__init__(window)
        self.services = services
        self.patrols = services.patrols
        self.wall = wall
        self._area = area
        self._centers = needs.centers
        self._preferences = needs.preferences
        self._background = background
        self._metrics = metrics = needs.metrics
        self._window = window
        self._actions: Mapping[str, QAction] = {}
        self._step_shown: tuple[str, int] | None = None
        self._stages: WeakSet[WallStage] = WeakSet()
        self.channels_below = (needs.catalogs or needs.centers).channels_below
        self.runner: RoundRunner | None = None
        self._key = ""  # of the center the round belongs to
        self.strip: RoundStrip | None = None
        self.finding = FindingPanel(area, metrics)
        self.finding.filed.connect(self._on_filed)
        self.finding.cancelled.connect(self._on_cancelled)
        self.due = DuePanel(area, metrics)
        self.due.set_auto(lambda due: self.is_auto(due.key, due.plan))
        self.due.begin_requested.connect(lambda due: self.begin(due.key, due.plan, due))
        self.due.refuse_requested.connect(self.refuse)
        self.due.go_on_requested.connect(self.go_on)
        self.due.close_requested.connect(self.patrols.close_interrupted)
        self.due.auto_changed.connect(lambda due, auto: self.set_auto(due.key, due.plan, auto=auto))
        needs.centers.state_changed.connect(self._on_person_changed)
        self.patrols.changed.connect(self._on_patrols_changed)
        area.installEventFilter(self)
        if services.helm is not None:
            services.helm.steered.connect(self._on_steered)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what to call for each command."""
        return {
            "patrol_seen": self.confirm,
            "patrol_finding": lambda: self._background.start(self.begin_finding()),
            "patrol_pause": self.toggle_pause,
            "patrol_skip": self.skip,
            "patrol_by_hand": self.take_by_hand,
            "patrol_end": self.ask_to_end,
            "patrol_begin": self.due.take,
            "patrol_plans": self.plans_requested.emit,
            "patrol_rounds": self.rounds_requested.emit,
            "hand_over": self.hand_over_requested.emit,
        }

    def attach(self, actions: Mapping[str, QAction]) -> RoundStrip:
        """Take the window's actions and return the strip to be put under the wall."""
        self._actions = actions
        self.strip = RoundStrip(actions, self._path, self._metrics)
        self._enable()
        return self.strip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter as “seen” while a round is under way; the bar's button and double clicks still enlarge."""
        if self.runner is None or watched is not self._area or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in _ENTER or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() is QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.confirm()
        return event.type() is QEvent.Type.KeyPress

    # --- rounds ---

    def stage(self, key: str) -> WallStage:
        """Return a stage on this window's wall for the plans of a center."""
        presets = self.services.presets
        stage = WallStage(self.wall, key, self._centers.channel, presets.recall if presets else None)
        self._stages.add(stage)
        return stage

    def begin(self, key: str, plan: Plan, due: "DueRound | None" = None) -> RoundRunner | None:
        """Begin a round here, by hand or because it is due; None, with a notice, where that can't be."""
        if self._refuse_second(plan):
            return None
        try:
            runner = self.patrols.begin(key, plan, self.stage(key), due.run if due else None)
        except WallError as err:
            self._tell(plan.name, err)
            return None
        self._follow(key, runner)
        return runner

    def go_on(self, key: str, left: "OpenRound") -> None:
        """Go on with a round that was broken off."""
        if self._refuse_second(left.round.plan):
            return
        try:
            self._follow(key, self.patrols.go_on(key, left, self.stage(key)))
        except WallError as err:
            self._tell(left.round.plan.name, err)

    async def take_over(self, key: str, round_id: str, name: str) -> None:
        """Go on with a round another operator makes elsewhere; `name` is the plan's."""
        if self.runner is not None:
            self.noticed.emit(Notice("round", NoticeKind.ROUND_BUSY, NoticeLevel.WARNING, name))
            return
        try:
            self._follow(key, await self.patrols.take_over(key, round_id, self.stage(key)))
        except WallError as err:
            self._tell(name, err)

    def refuse(self, due: "DueRound") -> None:
        """Ask why a round that is due will not be made, and write that down."""
        usual = (
            self.tr("An incident needs all hands"),
            self.tr("Not enough people on duty"),
            self.tr("Cameras or center out of order"),
            self.tr("Ordered otherwise"),
        )
        text = self.tr("The round is recorded as broken off before its first step, with this reason.")
        title = self.tr("Round is not made: {plan}").format(plan=due.plan.name)
        dialog = ReasonDialog(title, text, usual, self.tr("Not this time"), self._metrics, self._window)
        dialog.accepted.connect(lambda: self._refuse(due, dialog.reason))
        _open(dialog)

    def _refuse(self, due: "DueRound", reason: str) -> None:
        try:
            self.patrols.begin(due.key, due.plan, _NoStage(), due.run).abort(reason)
        except WallError as err:
            self._tell(due.plan.name, err)

    def _refuse_second(self, plan: Plan) -> bool:
        if self.runner is None:
            return False
        self.noticed.emit(Notice("round", NoticeKind.ROUND_BUSY, NoticeLevel.WARNING, plan.name))
        return True

    def _follow(self, key: str, runner: RoundRunner) -> None:
        if runner.phase is Phase.OVER:  # nothing in it could be shown, or it had no step left
            self._tell_end(runner)
            return
        self.runner, self._key = runner, key
        runner.over.connect(self._on_over)
        runner.changed.connect(self._on_changed)
        if self.strip is not None:
            self.strip.set_round(runner)
        self._enable()
        self._on_changed()
        self.round_changed.emit()
        self._area.setFocus()

    def _on_over(self, _state: RoundState) -> None:
        runner = self.runner
        assert runner is not None
        self._unfollow()
        self._tell_end(runner)
        self.round_changed.emit()

    def _unfollow(self) -> None:
        assert self.runner is not None
        self.runner.changed.disconnect(self._on_changed)
        self.runner.over.disconnect(self._on_over)
        self.runner = self._step_shown = None
        self.finding.end()
        if self.strip is not None:
            self.strip.set_round(None)
        self._enable()

    def _on_patrols_changed(self, key: str) -> None:
        """Let go of a round whose center was removed: nobody counts its time any more."""
        if self.runner is not None and key == self._key and self.runner not in self.patrols.runners:
            self._unfollow()
            self.round_changed.emit()

    def _tell_end(self, runner: RoundRunner) -> None:
        if runner.taken_by is not None:
            notice = Notice("round", NoticeKind.ROUND_TAKEN, NoticeLevel.WARNING, runner.taken_by.name)
        else:
            whole = runner.account
            seen = whole.count(StepOutcome.SEEN)
            level = NoticeLevel.INFO if seen == len(whole.steps) else NoticeLevel.WARNING
            notice = Notice("round", NoticeKind.ROUND_OVER, level, runner.plan.name, seen, len(whole.steps))
        self.noticed.emit(notice)

    def _enable(self) -> None:
        for command in COMMANDS:
            if command in self._actions:
                self._actions[command].setEnabled(self.runner is not None)

    # --- the step ---

    def _on_changed(self) -> None:
        runner = self.runner
        if runner is None or runner.step is None:
            return
        if runner.draft is None:
            self.finding.end()
        shown = (runner.round_id, runner.step_number)
        if shown != self._step_shown:
            self._step_shown = shown
            self._bring_forward(runner)

    def _bring_forward(self, runner: RoundRunner) -> None:
        """Let the step's pane be seen: nothing enlarged in front of it, and framed unless the operator steers."""
        if self.wall.spot is not None:
            self.wall.set_spot(None)
        if runner.step is not None and runner.step.view is None and not self.is_steering:
            self.wall.select(runner.pane % len(self.wall.panes))

    @property
    def is_steering(self) -> bool:
        """Tell whether the operator moves the selected pane's camera right now."""
        channel = self.wall.panes[self.wall.selected].channel
        helm = self.services.helm
        return helm is not None and channel is not None and helm.is_moving(channel.id)

    def _path(self, runner: RoundRunner) -> str:
        step = runner.step
        if step is None or step.channel_id is None:
            return ""
        channel = self.wall.panes[runner.pane % len(self.wall.panes)].channel
        gid = global_id(self._key, step.channel_id)
        return " / ".join(channel.path) if channel is not None and channel.id == gid else ""

    def _on_steered(self, channel_id: str) -> None:
        """Stand still when the operator moves the camera of the step by hand."""
        runner = self.runner
        if runner is None or runner.step is None or runner.step.channel_id is None:
            return
        if channel_id == global_id(self._key, runner.step.channel_id):
            runner.take_by_hand("camera")

    def _on_person_changed(self) -> None:
        """Write down that another operator has signed in and goes on with the round."""
        if self.runner is None:
            return
        try:
            person = self.patrols.of(self._key).person
        except NotFound:
            return
        if person is not None:
            self.runner.take_over(person)

    # --- what the operator does ---

    def confirm(self) -> None:
        """Confirm that the step was looked at."""
        if self.runner is not None:
            self.runner.confirm_seen()

    def toggle_pause(self) -> None:
        """Stand still, or go on."""
        if self.runner is None:
            return
        if self.runner.phase in (Phase.PAUSED, Phase.BY_HAND):
            self.runner.resume()
        else:
            self.runner.pause()

    def close(self) -> None:
        """Break the round off: its window is closed while the program goes on."""
        if self.runner is not None:
            self.runner.abort(self.tr("The window was closed"))

    def let_go(self) -> None:
        """Show nothing any more: the window closes, and its panes go with it."""
        for stage in self._stages:
            stage.leave()

    def skip(self) -> None:
        """Go to the next step."""
        if self.runner is not None:
            self.runner.advance()

    def take_by_hand(self) -> None:
        """Stand still: the operator uses the pane or the camera himself."""
        if self.runner is not None:
            self.runner.take_by_hand()

    async def begin_finding(self) -> None:
        """Take the snapshot and ask what was found."""
        runner = self.runner
        if runner is None or runner.draft is not None:
            return
        draft = await runner.begin_finding()
        if draft is not None and self.runner is runner:
            self.finding.begin(draft, runner.plan.steps[draft.step])

    def _on_filed(self, category: str, text: str) -> None:
        if self.runner is not None:
            self.runner.file_finding(category, text)
        self.finding.end()

    def _on_cancelled(self) -> None:
        if self.runner is not None:
            self.runner.cancel_finding()
        self.finding.end()

    def ask_to_end(self) -> None:
        """Ask why the round is ended before its time, and end it."""
        runner = self.runner
        if runner is None:
            return
        usual = (self.tr("An incident needs all hands"), self.tr("End of the shift"), self.tr("Ordered otherwise"))
        text = self.tr("The steps that are left stay open. The reason is written into the record.")
        title = self.tr("End the round")
        dialog = ReasonDialog(title, text, usual, self.tr("End round"), self._metrics, self._window)
        dialog.accepted.connect(lambda: runner.abort(dialog.reason))
        _open(dialog)

    # --- rounds that begin by themselves ---

    def is_auto(self, key: str, plan: Plan) -> bool:
        """Tell whether the operator lets a plan's rounds begin by themselves on this machine."""
        return f"{key}/{plan.id}" in self._preferences.settings.auto_rounds

    def set_auto(self, key: str, plan: Plan, *, auto: bool) -> None:
        """Let a plan's rounds begin by themselves on this machine, or not."""
        others = [one for one in self._preferences.settings.auto_rounds if one != f"{key}/{plan.id}"]
        try:
            self._preferences.change(auto_rounds=(*others, f"{key}/{plan.id}") if auto else tuple(others))
        except StorageFailed as err:
            self._tell(plan.name, err)

    def _tell(self, subject: str, err: WallError) -> None:
        self.noticed.emit(Notice("round", NoticeKind.FAILED, NoticeLevel.ERROR, subject, error=err))


def _open(dialog: ReasonDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def handlers_of(desk: PatrolDesk | None) -> dict[str, Callable[[], object]]:
    """Return what to call for each command about patrols; nothing happens where the program has none."""
    return desk.handlers() if desk is not None else {command: lambda: None for command in HANDLED}
