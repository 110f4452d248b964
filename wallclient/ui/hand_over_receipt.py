"""Shows the next shift what the last one left, and asks it to take over: once, after the log-in."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit, QTreeWidget, QTreeWidgetItem, QWidget

from wallclient.domain.errors import WallError
from wallclient.domain.patrol import LONGEST_TEXT, Finding, Handover
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.patrol_text import category_text, clock_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.center_patrols import CenterPatrols


class ReceiptDialog(PlainDialog):
    """Asks the operator to acknowledge a hand-over at his post."""

    def __init__(
        self,
        patrols: "CenterPatrols",
        handover: Handover,
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", metrics, parent)
        self.set_title(self.tr("Take the shift over"))
        self.setModal(False)  # the wall goes on; nobody is kept from an incident by a form
        self._patrols = patrols
        self._handover = handover
        facts = self.hint("")
        facts.setTextFormat(Qt.TextFormat.PlainText)
        text = self.tr("{name} ({post}) handed the shift “{shift}” over at {time}.")
        facts.setText(
            text.format(
                name=handover.by.name, post=handover.post, shift=handover.shift, time=clock_text(handover.made_utc)
            )
        )
        self.remarks_view = QPlainTextEdit(handover.remarks or self.tr("No remarks."))
        self.remarks_view.setReadOnly(True)
        self.remarks_view.setMinimumSize(metrics.text_px * 46, metrics.row_px * 4)
        self.body.addWidget(self.remarks_view)
        counts = self.tr("Rounds made: {rounds}, open findings: {findings}")
        label = QLabel(counts.format(rounds=len(handover.rounds), findings=len(handover.open_findings)))
        self.body.addWidget(label)
        self.list = QTreeWidget()
        self.list.setHeaderLabels([self.tr("Time"), self.tr("Kind"), self.tr("Step"), self.tr("Description")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setMinimumHeight(metrics.row_px * 5)
        self.list.setVisible(bool(handover.open_findings))
        self.body.addWidget(self.list, 1)
        self.remark_edit = QLineEdit()
        self.remark_edit.setMaxLength(LONGEST_TEXT)
        self.remark_edit.setPlaceholderText(self.tr("Remark (may be left empty)"))
        self.body.addWidget(self.remark_edit)
        self.take_button = self.buttons.addButton(self.tr("I take over"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.take_button.setDefault(True)
        self.buttons.addButton(self.tr("Later"), QDialogButtonBox.ButtonRole.RejectRole)
        if handover.open_findings:
            background.start(self._read())

    async def _read(self) -> None:
        try:
            findings = await self._patrols.findings(None)
        except WallError as err:
            self.show_error(error_text(err))
            return
        wanted = set(self._handover.open_findings)
        for finding in findings:
            if finding.key in wanted:
                self.list.addTopLevelItem(_row(finding))
        for column in range(3):
            self.list.resizeColumnToContents(column)

    def accept(self) -> None:
        """Acknowledge; if the center is away it hears of it later."""
        try:
            self._patrols.acknowledge(self._handover, self.remark_edit.text().strip())
        except WallError as err:
            self.show_error(error_text(err))
            return
        super().accept()


def _row(finding: Finding) -> QTreeWidgetItem:
    words = [clock_text(finding.at_utc), category_text(finding.category), finding.title, finding.text]
    return QTreeWidgetItem(words)
