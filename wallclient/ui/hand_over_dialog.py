"""The shift hand-over: rounds made, rounds not made, open findings and remarks of a shift; export; hand over."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from wallclient.domain.errors import NotFound, WallError
from wallclient.domain.patrol_schedule import ShiftTime, shift_at
from wallclient.services.report_paper import HandoverSheet
from wallclient.services.reports import ReportKind, gather_sheet, handed_over
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.patrol_export import Exporter
from wallclient.ui.patrol_export_bar import ExportBar
from wallclient.ui.patrol_text import category_text, clock_text, round_state_text, totals_text
from wallclient.ui.text import error_text, local_time
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.patrols import Patrols

LONGEST_REMARKS = 10_000
_HALF_DAY = timedelta(hours=12)


class HandOverDialog(PlainDialog):
    """Makes the sheet of one center's shift and hands it over."""

    handed_over = Signal(object)  # Handover
    noticed = Signal(object)  # Notice

    def __init__(
        self,
        centers: "Centers",
        patrols: "Patrols",
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", metrics, parent)
        self.set_title(self.tr("Shift hand-over"))
        self._centers = centers
        self._patrols = patrols
        self._background = background
        self._metrics = metrics
        self.sheet: HandoverSheet | None = None
        self.center_box, self.shift_box = QComboBox(), QComboBox()
        self.facts_label = QLabel()
        self.facts_label.setObjectName("DialogHint")
        self.facts_label.setWordWrap(True)
        self.list = QTreeWidget()
        self.remarks_edit = QPlainTextEdit()
        self.export_bar = ExportBar(metrics)
        self.exporter = Exporter(background, self)
        self._put_together()
        self._connect()
        self._fill_shifts()

    def _put_together(self) -> None:
        metrics = self._metrics
        for key in self._patrols.keys:
            if self._patrols.of(key).may_patrol:
                self.center_box.addItem(self._title_of(key), key)
        self.center_box.setVisible(self.center_box.count() > 1)
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        row.addWidget(self.center_box, 1)
        row.addWidget(self.shift_box, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.facts_label)
        self.list.setHeaderLabels([self.tr("Time"), self.tr("What"), self.tr("How it stands"), self.tr("By")])
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        screen = self.screen().availableSize()
        self.list.setMinimumSize(
            min(metrics.text_px * 62, screen.width() - 120), min(metrics.row_px * 11, screen.height() // 2)
        )
        self.body.addWidget(self.list, 1)
        self.remarks_edit.setPlaceholderText(self.tr("Remarks for the next shift: incidents, faults, orders, keys…"))
        self.remarks_edit.setFixedHeight(metrics.row_px * 3)
        self.remarks_edit.setTabChangesFocus(True)
        self.body.addWidget(self.remarks_edit)
        self.body.addWidget(self.export_bar)
        self.hand_button = self.buttons.addButton(self.tr("Hand over"), QDialogButtonBox.ButtonRole.ActionRole)
        self.hand_button.setAutoDefault(False)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)

    def _connect(self) -> None:
        self.center_box.activated.connect(self._fill_shifts)
        self.shift_box.activated.connect(self.read)
        self.hand_button.clicked.connect(self.hand_over)
        self.export_bar.export_requested.connect(self._on_export)
        self.exporter.busy_changed.connect(self.export_bar.set_busy)
        self.exporter.noticed.connect(self.noticed)

    def _title_of(self, key: str) -> str:
        try:
            return self._centers.access(key).title
        except NotFound:
            return ""

    # --- the shift ---

    @property
    def key(self) -> str:
        """The center chosen; empty where there is none."""
        return self.center_box.currentData() or ""

    def _fill_shifts(self) -> None:
        """Offer the shifts that are on, of all plans, and the last twelve hours."""
        self.shift_box.clear()
        now = datetime.now(UTC)
        found: dict[tuple[str, datetime, datetime], tuple[ShiftTime, str]] = {}
        for plan in self._patrols.of(self.key).plans if self.key else ():
            for moment in (now, now - _HALF_DAY):
                shift = shift_at(plan.schedule, moment)
                if shift is not None:
                    shift_key = (shift.name, shift.begin_utc, shift.end_utc)
                    found.setdefault(shift_key, (shift, plan.schedule.time_zone))
        for shift, zone in sorted(found.values(), key=lambda pair: pair[0].begin_utc, reverse=True):
            begin, end = shift.begin_utc.astimezone(), shift.end_utc.astimezone()
            self.shift_box.addItem(f"{shift.name}   {begin:%m-%d %H:%M} – {end:%H:%M}", (shift, zone))
        half = ShiftTime(self.tr("last 12 hours"), now - _HALF_DAY, now)
        self.shift_box.addItem(half.name, (half, "Asia/Shanghai"))
        self.read()

    def read(self) -> None:
        """Make the sheet anew."""
        self._background.start(self._read())

    async def _read(self) -> None:
        key, chosen = self.key, self.shift_box.currentData()
        self.hand_button.setEnabled(False)
        self.export_bar.set_possible(False)
        if not key or chosen is None:
            self.facts_label.setText(self.tr("You have no part in patrols."))
            return
        shift, zone = chosen
        try:
            sheet = await gather_sheet(self._patrols.of(key), shift, self._title_of(key), zone)
        except WallError as err:
            self.show_error(error_text(err))
            return
        if (key, chosen) != (self.key, self.shift_box.currentData()):
            return
        self.sheet = sheet
        self.show_error("" if sheet.is_complete else self.tr("The center does not answer: the sheet is incomplete."))
        self._fill(sheet)
        self.hand_button.setEnabled(True)
        self.export_bar.set_possible(True)

    def _fill(self, sheet: HandoverSheet) -> None:
        by = sheet.handover.by
        words = [by.name, by.post, sheet.handover.shift]
        words.append(f"{clock_text(sheet.handover.from_utc)} – {clock_text(sheet.handover.to_utc)}")
        self.facts_label.setText("   ".join(word for word in words if word))
        self.list.clear()
        findings = self._group(self.tr("Open findings: {count}").format(count=len(sheet.findings)))
        for finding in sheet.findings:
            what = "  ".join(word for word in (category_text(finding.category), finding.title, finding.text) if word)
            findings.addChild(QTreeWidgetItem([clock_text(finding.at_utc), what, "", finding.by.name]))
        rounds = self._group(self.tr("Rounds made: {count}").format(count=len(sheet.rounds)))
        for line in sheet.rounds:
            names = ", ".join(dict.fromkeys(person.name for person in line.operators))
            state = f"{round_state_text(line.state)}   {totals_text(line)}"
            rounds.addChild(QTreeWidgetItem([local_time(line.started_utc), line.plan_name, state, names]))
        missed = self._group(self.tr("Due, but not made: {count}").format(count=len(sheet.not_made)))
        for plan, run in sheet.not_made:
            missed.addChild(QTreeWidgetItem([local_time(run.at_utc), plan.name, run.shift, ""]))
        self.list.expandAll()

    def _group(self, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title])
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        self.list.addTopLevelItem(item)
        item.setFirstColumnSpanned(True)
        return item

    # --- what can be done ---

    @property
    def finished_sheet(self) -> HandoverSheet | None:
        """The sheet with the remarks typed."""
        remarks = self.remarks_edit.toPlainText().strip()[:LONGEST_REMARKS]
        return handed_over(self.sheet, remarks) if self.sheet is not None else None

    def hand_over(self) -> None:
        """Hand the shift over; if the center is away it hears of it later."""
        sheet = self.finished_sheet
        if sheet is None:
            return
        try:
            self._patrols.of(self.key).hand_over(sheet.handover)
        except WallError as err:
            self.show_error(error_text(err))
            return
        self.handed_over.emit(sheet.handover)
        self.accept()

    def _on_export(self, kind: ReportKind, language: str) -> None:
        sheet = self.finished_sheet
        if sheet is None:
            return

        async def gather() -> HandoverSheet:
            return sheet

        self.exporter.ask(gather, kind, language)
