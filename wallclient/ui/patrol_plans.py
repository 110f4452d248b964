"""The list of patrol plans with their next rounds: begin one, edit, copy, delete, choose which begin by themselves."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from wallclient.domain.errors import NotFound, Stale, WallError
from wallclient.domain.patrol import LONGEST_NAME, Plan, Schedule, new_key
from wallclient.ui.dialogs import PlainDialog, QuestionDialog
from wallclient.ui.icons import icon
from wallclient.ui.patrol_editor import EditorNeeds, PlanEditor
from wallclient.ui.patrol_text import clock_text, next_run_text, plan_size_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS

if TYPE_CHECKING:
    from wallclient.services.center_patrols import CenterPatrols
    from wallclient.services.centers import Centers

_ROLE = Qt.ItemDataRole.UserRole
_NAME, _SIZE, _NEXT, _CENTER, _AUTO = range(5)
_REFRESH_MS = 30_000  # "today 14:00" becomes the next one


class PlansDialog(PlainDialog):
    """Shows the plans of all centers. Does not block the window: a round may be under way beside it."""

    def __init__(self, centers: "Centers", needs: EditorNeeds, parent: QWidget | None = None) -> None:
        super().__init__("", needs.metrics, parent)
        self.set_title(self.tr("Patrol plans"))
        self.setModal(False)
        self._centers = centers
        self._needs = needs
        self._desk = needs.desk
        self._patrols = needs.desk.patrols
        self.list = QTreeWidget()
        self.hint_label = self.hint("")
        self._put_together()
        self._patrols.changed.connect(self.refresh)
        self._desk.round_changed.connect(self._refresh_buttons)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(_REFRESH_MS)
        self.refresh()
        needs.background.start(self._read())

    def _put_together(self) -> None:
        metrics = self._needs.metrics
        self.list.setHeaderLabels(
            [self.tr("Plan"), self.tr("Steps"), self.tr("Next round"), self.tr("Center"), self.tr("Begins by itself")]
        )
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setMinimumSize(metrics.text_px * 58, metrics.row_px * 10)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.body.removeWidget(self.hint_label)
        self.body.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        self.new_button = self._button(row, self.tr("New…"), self._on_new)
        self.edit_button = self._button(row, self.tr("Edit…"), self._on_edit)
        self.copy_button = self._button(row, self.tr("Copy…"), self._on_copy)
        row.addStretch(1)
        self.delete_button = self._button(row, self.tr("Delete…"), self._on_delete)
        self.body.addLayout(row)
        self.body.addWidget(self.hint_label)
        self.begin_button = self.buttons.addButton(self.tr("Begin round"), QDialogButtonBox.ButtonRole.ActionRole)
        self.begin_button.setDefault(True)
        self.begin_button.clicked.connect(self._on_begin)
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.list.itemSelectionChanged.connect(self._refresh_buttons)
        self.list.itemDoubleClicked.connect(lambda _item, _column: self._on_edit())
        self.list.itemChanged.connect(self._on_item_changed)

    def _button(self, row: QHBoxLayout, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        row.addWidget(button)
        return button

    async def _read(self) -> None:
        """Ask the centers for what changed since; while one is away the plans as last read are there."""
        for key in self._patrols.keys:
            try:
                await self._patrols.of(key).refresh_plans()
            except WallError:
                continue
        self.refresh()

    # --- the list ---

    @property
    def current(self) -> tuple[str, Plan] | None:
        """Center key and plan of the chosen row."""
        items = self.list.selectedItems()
        key, plan_id = items[0].data(_NAME, _ROLE) if items else ("", "")
        return next(((k, p) for k, p in self._patrols.plans() if (k, p.id) == (key, plan_id)), None)

    def refresh(self, _key: str = "") -> None:
        """Show what is true now; the chosen row stays chosen."""
        former = self.current
        plans = self._patrols.plans()
        self.list.blockSignals(True)
        self.list.clear()
        for key, plan in plans:
            item = self._item(key, plan)
            self.list.addTopLevelItem(item)
            if former is not None and (key, plan.id) == (former[0], former[1].id):
                item.setSelected(True)
                self.list.setCurrentItem(item)
        if not self.list.selectedItems() and (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        self.list.setColumnHidden(_CENTER, len({key for key, _ in plans}) < 2)
        self.list.blockSignals(False)
        self._show_hint()
        self._refresh_buttons()

    def _item(self, key: str, plan: Plan) -> QTreeWidgetItem:
        run = self._patrols.next_run(plan)
        off = bool(plan.schedule.shifts) and not plan.enabled
        words = [plan.name, plan_size_text(plan), self.tr("switched off") if off else next_run_text(run)]
        item = QTreeWidgetItem([*words, self._title_of(key), ""])
        item.setData(_NAME, _ROLE, (key, plan.id))
        item.setIcon(_NAME, icon("patrol", COLORS.accent if run else COLORS.text_faint, self._needs.metrics.icon_px))
        item.setToolTip(_NAME, plan.note)
        if plan.schedule.shifts:
            auto = self._desk.is_auto(key, plan)
            item.setCheckState(_AUTO, Qt.CheckState.Checked if auto else Qt.CheckState.Unchecked)
        return item

    def _title_of(self, key: str) -> str:
        try:
            return self._centers.access(key).title
        except NotFound:
            return ""

    def _show_hint(self) -> None:
        words = []
        for key in self._patrols.keys:
            patrols = self._patrols.of(key)
            if patrols.may_patrol and not self._is_there(key):
                read = clock_text(patrols.plans_read_utc)
                text = self.tr("{center} does not answer: plans as of {time}. Rounds can be made all the same.")
                words.append(text.format(center=self._title_of(key), time=read))
        if not self._patrols.plans():
            words.append(self.tr("There are no patrol plans here, or you have no part in patrols."))
        self.hint_label.setText("\n".join(words))
        self.hint_label.setVisible(bool(words))

    def _is_there(self, key: str) -> bool:
        try:
            return self._centers.access(key).session.signed_in and self._centers.access(key).session.reachable
        except NotFound:
            return False

    def _refresh_buttons(self) -> None:
        current = self.current
        may = current is not None and self._patrols.of(current[0]).may_edit_plans
        self.new_button.setEnabled(self._editable_key() is not None)
        self.edit_button.setEnabled(current is not None)
        self.edit_button.setText(self.tr("Edit…") if may else self.tr("Look at…"))
        self.copy_button.setEnabled(may)
        self.delete_button.setEnabled(may)
        self.begin_button.setEnabled(current is not None and bool(current[1].steps) and self._desk.runner is None)

    def _editable_key(self) -> str | None:
        """Return the center of the chosen plan, or else the first, where plans may be changed."""
        keys = ([self.current[0]] if self.current else []) + self._patrols.keys
        return next((key for key in keys if self._patrols.of(key).may_edit_plans), None)

    def _on_item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if column != _AUTO:
            return
        key, plan_id = item.data(_NAME, _ROLE)
        plan = self._patrols.of(key).plan(plan_id)
        if plan is not None:
            self._desk.set_auto(key, plan, auto=item.checkState(_AUTO) is Qt.CheckState.Checked)

    # --- what can be done ---

    def _on_begin(self) -> None:
        current = self.current
        if current is not None and self._desk.begin(*current) is not None:
            self.accept()

    def _on_new(self) -> None:
        key = self._editable_key()
        if key is not None:
            plan = Plan(new_key(), 0, "", (), Schedule("Asia/Shanghai"))
            self._edit(self._patrols.of(key), plan, is_new=True)

    def _on_edit(self) -> None:
        if self.current is not None:
            self._edit(self._patrols.of(self.current[0]), self.current[1], is_new=False)

    def _on_copy(self) -> None:
        if self.current is not None:
            key, plan = self.current
            name = self.tr("{plan} (copy)").format(plan=plan.name)[:LONGEST_NAME]
            self._edit(self._patrols.of(key), replace(plan, id=new_key(), revision=0, name=name), is_new=True)

    def _edit(self, patrols: "CenterPatrols", plan: Plan, *, is_new: bool) -> None:
        editor = PlanEditor(patrols, plan, self._needs, self.parentWidget(), is_new=is_new)
        editor.finished.connect(editor.deleteLater)
        editor.show()

    def _on_delete(self) -> None:
        current = self.current
        if current is None:
            return
        key, plan = current
        text = self.tr("{plan} is deleted at the center, for everybody. Its rounds and reports stay.")
        title = self.tr("Delete patrol plan")
        question = QuestionDialog(title, text.format(plan=plan.name), self.tr("Delete"), self._needs.metrics, self)
        question.accepted.connect(lambda: self._needs.background.start(self._delete(key, plan)))
        question.finished.connect(question.deleteLater)
        question.open()

    async def _delete(self, key: str, plan: Plan) -> None:
        patrols = self._patrols.of(key)
        try:
            await patrols.delete_plan(plan)
            self.show_error("")
        except Stale as err:
            self.show_error(error_text(err))
            await self._read()
        except WallError as err:
            self.show_error(error_text(err))
