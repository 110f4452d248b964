"""Edits one patrol plan beside the wall: its steps, its schedule, and what to do when somebody else changed it too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QWidget,
)

from wallclient.domain.errors import Stale, WallError
from wallclient.domain.global_id import global_id, key_of, split_id
from wallclient.domain.node import Channel, Node
from wallclient.domain.patrol import LONGEST_NAME, LONGEST_TEXT, Plan, PlanView, Step, faults, new_key
from wallclient.domain.ptz import Preset
from wallclient.domain.view import View
from wallclient.services.patrol_round import SightState
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog, QuestionDialog
from wallclient.ui.patrol_desk import PatrolDesk
from wallclient.ui.patrol_shifts import ScheduleEditor
from wallclient.ui.patrol_steps import StepsEditor
from wallclient.ui.patrol_text import fault_text, why_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.center_patrols import CenterPatrols
    from wallclient.services.patrol_stage import WallStage
    from wallclient.services.view_library import ViewLibrary

_MOST_OF_A_BRANCH = 60  # cameras below a station that become steps at once
_LOOK_MS = 500
USUAL_DWELL_S = 15.0


@dataclass(frozen=True, slots=True)
class EditorNeeds:
    """What an editor takes from its window."""

    desk: PatrolDesk
    library: "ViewLibrary"
    background: Background
    metrics: Metrics


class PlanEditor(PlainDialog):
    """Edits a plan of the center `patrols` is of. Does not block the window: cameras are dragged in from its tree."""

    saved = Signal(object)  # Plan

    def __init__(
        self, patrols: "CenterPatrols", plan: Plan, needs: EditorNeeds, parent: QWidget | None = None, *, is_new: bool
    ) -> None:
        super().__init__("", needs.metrics, parent)
        self.set_title(self.tr("New patrol plan") if is_new else self.tr("Patrol plan"))
        self.setModal(False)
        self._patrols = patrols
        self._needs = needs
        self.plan = plan  # as it was when editing began; its revision is the one to be changed
        self._is_new = is_new
        self._saved_as = plan
        self._stage: WallStage | None = None
        self._is_busy = False
        self.name_edit = QLineEdit()
        self.name_edit.setMaxLength(LONGEST_NAME)
        self.note_edit = QLineEdit()
        self.note_edit.setMaxLength(LONGEST_TEXT)
        self.panes_edit = QLineEdit()
        self.enabled_box = QCheckBox(self.tr("Rounds are due by the schedule"))
        self.steps = StepsEditor(needs.background, needs.metrics, self._presets)
        self.schedule = ScheduleEditor(needs.metrics)
        self.tabs = QTabWidget()
        self.conflict = self.warning("")
        self.reload_button, self.copy_button = QPushButton(), QPushButton()
        self._put_together()
        self._connect()
        self._show(plan)
        self._refresh_rights()

    def _put_together(self) -> None:
        metrics = self._needs.metrics
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px)
        form.setHorizontalSpacing(metrics.space_px * 2)
        form.addRow(self.tr("Name"), self.name_edit)
        form.addRow(self.tr("Note"), self.note_edit)
        panes = QHBoxLayout()
        panes.setSpacing(metrics.space_px * 3)
        self.panes_edit.setFixedWidth(metrics.text_px * 10)
        panes.addWidget(self.panes_edit)
        panes.addWidget(self.enabled_box, 1)
        self.panes_edit.setToolTip(self.tr("Numbers of panes, such as 1, 2. Cameras are shown in them in turn."))
        form.addRow(self.tr("In panes"), panes)
        self.body.addLayout(form)
        self.tabs.addTab(self.steps, self.tr("Steps"))
        self.tabs.addTab(self.schedule, self.tr("Shifts and times"))
        self.tabs.setMinimumSize(metrics.text_px * 58, metrics.row_px * 12)
        self.body.addWidget(self.tabs, 1)
        self.body.removeWidget(self.conflict)
        self.body.addWidget(self.conflict)
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        row.addStretch(1)
        for button, text in (
            (self.reload_button, self.tr("Show the center's version")),
            (self.copy_button, self.tr("Keep mine as a copy")),
        ):
            button.setText(text)
            button.setAutoDefault(False)
            row.addWidget(button)
        self.body.addLayout(row)
        self.save_button = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.setAutoDefault(False)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)
        self._show_conflict("")

    def _connect(self) -> None:
        self.save_button.clicked.connect(lambda: self._needs.background.start(self.save()))
        self.reload_button.clicked.connect(self._on_reload)
        self.copy_button.clicked.connect(self._on_copy)
        self.steps.nodes_dropped.connect(self._on_nodes)
        self.steps.pane_wanted.connect(self._on_pane)
        self.steps.view_menu.aboutToShow.connect(self._fill_views)
        self.steps.test_wanted.connect(self._on_test)
        self._patrols.rights_changed.connect(self._refresh_rights)
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._look_at_test)
        self._watch.setInterval(_LOOK_MS)

    # --- the plan ---

    def _show(self, plan: Plan) -> None:
        self.plan = self._saved_as = plan
        self.name_edit.setText(plan.name)
        self.note_edit.setText(plan.note)
        self.panes_edit.setText(", ".join(str(pane + 1) for pane in plan.panes))
        self.enabled_box.setChecked(plan.enabled)
        self.steps.set_steps(plan.steps)
        self.schedule.set_schedule(plan.schedule)

    @property
    def edited(self) -> Plan:
        """The plan as it stands in the dialog."""
        return replace(
            self.plan,
            name=self.name_edit.text().strip(),
            note=self.note_edit.text().strip(),
            panes=_panes(self.panes_edit.text()),
            enabled=self.enabled_box.isChecked(),
            steps=tuple(self.steps.steps),
            schedule=self.schedule.schedule,
        )

    def _refresh_rights(self) -> None:
        may = self._patrols.may_edit_plans
        for edit in (self.name_edit, self.note_edit, self.panes_edit):
            edit.setReadOnly(not may)
        self.enabled_box.setEnabled(may)
        self.steps.set_read_only(not may)
        self.schedule.set_read_only(not may)
        self.save_button.setEnabled(may and not self._is_busy)
        self.save_button.setToolTip("" if may else self.tr("Only supervisors who are logged in change plans."))

    async def save(self) -> None:
        """Save at the center; what stands in the way is said."""
        plan = self.edited
        wrong = faults(plan)
        if wrong:
            self.show_error(fault_text(*wrong[0]))
            return
        self.show_error("")
        self._set_busy(busy=True)
        try:
            saved = await self._patrols.save_plan(plan)
        except Stale:
            await self._on_stale()
        except WallError as err:
            self.show_error(error_text(err))
        else:
            self._show(saved)
            self._is_new = False
            self.saved.emit(saved)
            self.accept()
        finally:
            self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        self._is_busy = busy
        self._refresh_rights()

    def reject(self) -> None:
        """Close; ask first if something would be lost."""
        if self.edited == self._saved_as or not self._patrols.may_edit_plans:
            self._stop_test()
            super().reject()
            return
        text = self.tr("What you changed in this plan is not saved.")
        title = self.tr("Close without saving")
        question = QuestionDialog(title, text, self.tr("Close"), self._needs.metrics, self)
        question.accepted.connect(self._discard)
        question.finished.connect(question.deleteLater)
        question.open()

    def _discard(self) -> None:
        self._stop_test()
        super().reject()

    def accept(self) -> None:
        """Close after saving."""
        self._stop_test()
        super().accept()

    # --- changed by somebody else ---

    async def _on_stale(self) -> None:
        try:
            await self._patrols.refresh_plans()
        except WallError as err:
            self.show_error(error_text(err))
            return
        if self._patrols.plan(self.plan.id) is None:
            self.reload_button.setEnabled(False)
            self._show_conflict(self.tr("Somebody has deleted this plan meanwhile. Yours can be kept as a copy."))
        else:
            self.reload_button.setEnabled(True)
            self._show_conflict(self.tr("Somebody has changed this plan meanwhile. Nothing was overwritten."))

    def _show_conflict(self, text: str) -> None:
        self.conflict.setText(text)
        for widget in (self.conflict, self.reload_button, self.copy_button):
            widget.setVisible(bool(text))

    def _on_reload(self) -> None:
        plan = self._patrols.plan(self.plan.id)
        if plan is not None:
            self._show(plan)
        self._show_conflict("")

    def _on_copy(self) -> None:
        name = self.tr("{plan} (copy)").format(plan=self.name_edit.text().strip())[:LONGEST_NAME]
        self.plan = replace(self.plan, id=new_key(), revision=0)
        self.name_edit.setText(name)
        self._show_conflict("")
        self._needs.background.start(self.save())

    # --- steps from the wall, the tree, the views ---

    async def _presets(self, channel_id: str) -> Sequence[Preset]:
        presets = self._needs.desk.services.presets
        return await presets.read(global_id(self._patrols.key, channel_id)) if presets is not None else ()

    def _on_pane(self) -> None:
        wall = self._needs.desk.wall
        channel = wall.panes[wall.selected].channel
        if channel is None:
            self.show_error(self.tr("The selected pane is empty."))
            return
        self._add_channels(None, [channel])

    def _on_nodes(self, row: int, nodes: tuple[Node, ...]) -> None:
        channels = [node.channel for node in nodes if node.channel is not None]
        branches = [node for node in nodes if not node.is_channel]
        self._add_channels(row, channels)
        if branches:
            self._needs.background.start(self._add_branches(row + len(channels), branches))

    async def _add_branches(self, row: int, branches: Sequence[Node]) -> None:
        found: list[Channel] = []
        try:
            for node in branches:
                found += await self._needs.desk.channels_below(node.id, _MOST_OF_A_BRANCH - len(found))
        except WallError as err:
            self.show_error(error_text(err))
        self._add_channels(row, found)

    def _add_channels(self, row: int | None, channels: Sequence[Channel]) -> None:
        mine = [channel for channel in channels if key_of(channel.id) == self._patrols.key]
        lost = len(channels) - len(mine)
        text = self.tr("{count} cameras belong to another center and can't be steps of this plan.")
        self.show_error(text.format(count=lost) if lost else "")
        steps = [Step(channel.name[:LONGEST_NAME], USUAL_DWELL_S, split_id(channel.id)[1]) for channel in mine]
        if row is None:
            self.steps.add(steps)
        else:
            self.steps.insert(row, steps)

    def _fill_views(self) -> None:
        menu = self.steps.view_menu
        menu.clear()
        present = self._needs.desk.wall.view(self.tr("View of the wall"))
        menu.addAction(self.tr("What the wall shows now"), lambda: self.add_view(present))
        if self._needs.library.names:
            menu.addSeparator()
        for name in self._needs.library.names:
            view = self._needs.library.get(name)
            if view is not None:
                menu.addAction(name.replace("&", "&&"), partial(self.add_view, view))

    def add_view(self, view: View) -> None:
        """Add a step that shows a view; cameras of other centers are left out."""
        mine = [None if gid is None or key_of(gid) != self._patrols.key else gid for gid in view.channel_ids]
        lost = sum(1 for gid, kept in zip(view.channel_ids, mine, strict=True) if gid and not kept)
        if not any(mine):
            self.show_error(self.tr("The view has no camera of this center."))
            return
        text = self.tr("{count} cameras of the view belong to another center and were left out.")
        self.show_error(text.format(count=lost) if lost else "")
        name = view.name[:LONGEST_NAME]
        local = tuple(split_id(gid)[1] if gid else None for gid in mine)
        self.steps.add([Step(name, USUAL_DWELL_S * 2, view=PlanView(name, view.layout_id, local))])

    # --- test run ---

    def _on_test(self, step: Step) -> None:
        if self._stage is not None:
            self._stop_test()
            return
        if self._needs.desk.runner is not None:
            self.show_error(self.tr("A round is under way in this window. Try the step after it."))
            return
        self._stage = self._needs.desk.stage(self._patrols.key)
        self._stage.show(step, (self.edited.panes or (0,))[0])
        self.steps.test_button.setText(self.tr("End the test"))
        self._watch.start()
        self._look_at_test()

    def _look_at_test(self) -> None:
        if self._stage is None:
            return
        sight = self._stage.sight
        words = {
            SightState.WAITING: self.tr("Test: waiting for the picture…"),
            SightState.PLAYING: self.tr("Test: the picture moves."),
            SightState.GONE: self.tr("Test: no picture."),
            SightState.ELSEWHERE: self.tr("Test: the pane shows something else now."),
        }
        extra = [why_text(why) for why in (sight.why, sight.preset_why) if why is not None]
        self.show_error(words[sight.state] + (f" ({', '.join(extra)})" if extra else ""))

    def _stop_test(self) -> None:
        if self._stage is not None:
            self._watch.stop()
            self._stage.leave()
            self._stage = None
            self.steps.test_button.setText(self.tr("Test run"))
            self.show_error("")


def _panes(text: str) -> tuple[int, ...]:
    """Read numbers of panes, from 1; what is no number becomes -1, which is a fault of the plan."""
    words = text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
    return tuple(int(word) - 1 if word.isascii() and word.isdigit() else -1 for word in words if word)
