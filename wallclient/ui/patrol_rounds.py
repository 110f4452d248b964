"""Rounds by day and plan with what they came to, their details and reports, and the findings that are open."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.errors import NotFound, WallError
from wallclient.domain.patrol import Round, RoundLine, RoundState
from wallclient.services.report_paper import RoundReport
from wallclient.services.reports import ReportKind, gather_round
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.patrol_desk import PatrolDesk
from wallclient.ui.patrol_export import Exporter
from wallclient.ui.patrol_export_bar import ExportBar
from wallclient.ui.patrol_findings import FindingsPage
from wallclient.ui.patrol_round_view import STATE_COLORS, RoundView, dot
from wallclient.ui.patrol_text import round_state_text
from wallclient.ui.text import error_text, local_time
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

_ROLE = Qt.ItemDataRole.UserRole
_BAD_COLUMNS = {4: COLORS.bad, 5: COLORS.warning, 6: COLORS.warning, 7: COLORS.warning}


class RoundsDialog(PlainDialog):
    """Shows rounds of one day, of all centers the operator is signed in at."""

    def __init__(
        self,
        centers: "Centers",
        desk: PatrolDesk,
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", metrics, parent)
        self.set_title(self.tr("Rounds and findings"))
        self.setModal(False)
        self._centers = centers
        self._desk = desk
        self._patrols = desk.patrols
        self._background = background
        self._metrics = metrics
        self._lines: dict[str, tuple[str, RoundLine]] = {}  # by round: center key, line
        self._shown: Round | None = None
        self.tabs = QTabWidget()
        self.day_edit = QDateEdit(QDate.currentDate())
        self.plan_box = QComboBox()
        self.list = QTreeWidget()
        self.totals_label = QLabel()
        self.view = RoundView(metrics)
        self.export_bar = ExportBar(metrics)
        self.exporter = Exporter(background, self)
        self.take_over_button = QPushButton()
        self.findings = FindingsPage(self._patrols, background, metrics)
        self._put_together()
        self._connect()
        self._fill_plans()
        self.read()
        self.findings.read()

    def _put_together(self) -> None:
        metrics = self._metrics
        self.day_edit.setCalendarPopup(True)
        self.day_edit.setDisplayFormat("yyyy-MM-dd")
        self.day_edit.setMaximumDate(QDate.currentDate())
        choice = QHBoxLayout()
        choice.setSpacing(metrics.space_px)
        for text, days in (("‹", -1), ("", 0), ("›", 1)):
            if days:
                button = QPushButton(text)
                button.setObjectName("Narrow")
                button.setAutoDefault(False)
                button.setAccessibleName(self.tr("Day before") if days < 0 else self.tr("Day after"))
                button.setToolTip(button.accessibleName())
                button.clicked.connect(lambda _checked=False, days=days: self._step_day(days))
                choice.addWidget(button)
            else:
                choice.addWidget(self.day_edit)
        choice.addWidget(self.plan_box, 1)
        self.list.setHeaderLabels(
            [
                self.tr("Begun"),
                self.tr("Plan"),
                self.tr("State"),
                self.tr("Seen"),
                self.tr("Missed"),
                self.tr("No picture"),
                self.tr("Skipped"),
                self.tr("Findings"),
                self.tr("By"),
            ]
        )
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.totals_label.setObjectName("DialogHint")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.space_px)
        column.addLayout(choice)
        column.addWidget(self.list, 1)
        column.addWidget(self.totals_label)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(metrics.space_px, 0, 0, 0)
        column.setSpacing(metrics.space_px)
        column.addWidget(self.view, 1)
        row = QHBoxLayout()
        self.take_over_button.setText(self.tr("Take the round over"))
        self.take_over_button.setAutoDefault(False)
        row.addWidget(self.take_over_button)
        row.addWidget(self.export_bar, 1)
        column.addLayout(row)
        page = QSplitter(Qt.Orientation.Horizontal)
        page.setChildrenCollapsible(False)
        page.addWidget(left)
        page.addWidget(right)
        page.setStretchFactor(0, 5)
        page.setStretchFactor(1, 3)
        page.setSizes([5000, 3000])
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, metrics.space_px, 0, 0)
        layout.addWidget(page)
        self.tabs.addTab(holder, self.tr("Rounds"))
        self.tabs.addTab(self.findings, self.tr("Open findings"))
        self.body.addWidget(self.tabs, 1)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)
        screen = self.screen().availableSize()
        self.resize(min(metrics.text_px * 96, screen.width() - 60), min(metrics.row_px * 27, screen.height() - 60))

    def _connect(self) -> None:
        self.day_edit.dateChanged.connect(self.read)
        self.plan_box.activated.connect(self.read)
        self.list.itemSelectionChanged.connect(self._on_chosen)
        self.findings.failed.connect(self.show_error)
        self.export_bar.export_requested.connect(self._on_export)
        self.exporter.busy_changed.connect(self.export_bar.set_busy)
        self.exporter.noticed.connect(self._desk.noticed)
        self.take_over_button.clicked.connect(self._on_take_over)
        self._patrols.round_over.connect(self._on_round_over)

    def _fill_plans(self) -> None:
        self.plan_box.addItem(self.tr("All plans"), None)
        for _, plan in self._patrols.plans():
            self.plan_box.addItem(plan.name, plan.id)

    def _step_day(self, days: int) -> None:
        self.day_edit.setDate(self.day_edit.date().addDays(days))

    def _on_round_over(self, _runner: object) -> None:
        self.read()
        self.findings.read()

    # --- the list ---

    @property
    def day(self) -> tuple[datetime, datetime]:
        """Begin and end of the chosen day, by this computer's clock, in UTC."""
        chosen = self.day_edit.date()
        day = date(chosen.year(), chosen.month(), chosen.day())
        begin = datetime.combine(day, time()).astimezone()
        end = datetime.combine(day + timedelta(days=1), time()).astimezone()
        return begin.astimezone(UTC), end.astimezone(UTC)

    def read(self, *_changed: object) -> None:
        """Read the rounds of the day anew."""
        self._background.start(self._read())

    async def _read(self) -> None:
        begin, end = day = self.day
        found: dict[str, tuple[str, RoundLine]] = {}
        trouble = ""
        for key in self._patrols.keys:
            patrols = self._patrols.of(key)
            if not patrols.may_patrol:
                continue
            try:
                lines = await patrols.rounds(begin, end, self.plan_box.currentData())
            except WallError as err:
                trouble = error_text(err)
                continue
            found |= {line.id: (key, line) for line in lines}
        if day != self.day:  # another day was chosen meanwhile
            return
        self._lines = found
        self.show_error(trouble)
        self._fill()

    @property
    def current(self) -> tuple[str, RoundLine] | None:
        """Center key and line of the chosen round."""
        items = self.list.selectedItems()
        return self._lines.get(items[0].data(0, _ROLE)) if items else None

    def _fill(self) -> None:
        former = self.current
        self.list.blockSignals(True)
        self.list.clear()
        lines = sorted((line for _, line in self._lines.values()), key=lambda line: line.started_utc, reverse=True)
        for line in lines:
            item = _item(line, self._metrics)
            self.list.addTopLevelItem(item)
            if former is not None and former[1].id == line.id:
                self.list.setCurrentItem(item)
        if not self.list.selectedItems() and (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        self.list.blockSignals(False)
        self.totals_label.setText(self._totals(lines))
        self._on_chosen()

    def _totals(self, lines: Iterable[RoundLine]) -> str:
        every = list(lines)
        if not every:
            return self.tr("No rounds on this day.")
        text = self.tr(
            "Rounds: {rounds}, complete: {complete}.  Steps: {seen} of {steps} seen, {missed} missed,"
            " {unavailable} without picture, {skipped} skipped.  Findings: {findings}."
        )
        return text.format(
            rounds=len(every),
            complete=sum(line.state is RoundState.ENDED for line in every),
            seen=sum(line.seen for line in every),
            steps=sum(line.steps for line in every),
            missed=sum(line.missed for line in every),
            unavailable=sum(line.unavailable for line in every),
            skipped=sum(line.skipped for line in every),
            findings=sum(line.findings for line in every),
        )

    # --- the round chosen ---

    def _on_chosen(self) -> None:
        current = self.current
        self.export_bar.set_possible(current is not None)
        ours = current is not None and any(runner.round_id == current[1].id for runner in self._patrols.runners)
        running = current is not None and current[1].state is RoundState.RUNNING
        self.take_over_button.setVisible(running and not ours)
        self.take_over_button.setEnabled(self._desk.runner is None)
        if current is None:
            self._shown = None
            self.view.clear("")
        elif self._shown is None or self._shown.id != current[1].id or running:
            self._background.start(self._show_round(*current))

    async def _show_round(self, key: str, line: RoundLine) -> None:
        patrols = self._patrols.of(key)
        try:
            made = await patrols.round(line.id)
        except WallError as err:
            self.view.clear(error_text(err))
            return
        if self.current is None or self.current[1].id != line.id:
            return
        self._shown = made
        self.view.show_round(made)
        for digest in dict.fromkeys(record.picture for record in made.records if record.picture):
            try:
                picture = await patrols.picture(digest)
            except WallError:
                continue  # its frame stays blank
            if self._shown is not made:
                return
            self.view.set_picture(digest, picture)

    def _on_take_over(self) -> None:
        current = self.current
        if current is not None:
            key, line = current
            self._background.start(self._desk.take_over(key, line.id, line.plan_name))
            self.accept()

    def _on_export(self, kind: ReportKind, language: str) -> None:
        current = self.current
        if current is not None:
            self.exporter.ask(lambda: self.report(*current), kind, language)

    async def report(self, key: str, line: RoundLine) -> RoundReport:
        """Gather a round's report. Raises CenterError."""
        try:
            title = self._centers.access(key).title
        except NotFound:
            title = ""
        return await gather_round(self._patrols.of(key), line.id, title)


def _item(line: RoundLine, metrics: Metrics) -> QTreeWidgetItem:
    counts = [line.missed, line.unavailable, line.skipped, line.findings]
    names = ", ".join(dict.fromkeys(person.name for person in line.operators))
    words = [local_time(line.started_utc)[:5], line.plan_name, round_state_text(line.state)]
    item = QTreeWidgetItem([*words, f"{line.seen} / {line.steps}", *(str(c) if c else "" for c in counts), names])
    item.setData(0, _ROLE, line.id)
    item.setIcon(2, dot(STATE_COLORS[line.state], metrics))
    for (column, color), count in zip(_BAD_COLUMNS.items(), counts, strict=True):
        if count:
            item.setIcon(column, dot(color, metrics))
    return item
