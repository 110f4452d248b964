"""The list of findings that still want somebody's doing: look at one, close it with a remark."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.errors import WallError
from wallclient.domain.patrol import Finding
from wallclient.ui.background import Background
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.patrol_round_view import framed
from wallclient.ui.patrol_text import category_text, clock_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.patrols import Patrols

_ROLE = Qt.ItemDataRole.UserRole


class FindingsPage(QWidget):
    """Shows the findings of all centers the operator is signed in at."""

    failed = Signal(str)  # a sentence; empty: all is well

    def __init__(self, patrols: "Patrols", background: Background, metrics: Metrics) -> None:
        super().__init__()
        self._patrols = patrols
        self._background = background
        self._metrics = metrics
        self._findings: dict[str, tuple[str, Finding]] = {}  # by key: center key, finding
        self._closed: set[str] = set()  # closed here just now; the center may not know yet
        self.list = QTreeWidget()
        self.list.setHeaderLabels(
            [self.tr("Time"), self.tr("Step"), self.tr("Kind"), self.tr("Description"), self.tr("Found by"), ""]
        )
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.picture_label = QLabel()
        self.picture_label.setObjectName("FindingPicture")
        self.picture_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture_label.setFixedSize(QSize(metrics.text_px * 27, metrics.text_px * 15 + 4))
        self.text_label = QLabel()
        self.text_label.setWordWrap(True)
        self.text_label.setTextFormat(Qt.TextFormat.PlainText)
        self.text_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.all_box = QCheckBox(self.tr("also those closed"))
        self.close_button = QPushButton(self.tr("Close finding…"))
        self.close_button.setAutoDefault(False)
        self._put_together()
        self.list.itemSelectionChanged.connect(self._on_chosen)
        self.all_box.clicked.connect(self.read)
        self.close_button.clicked.connect(self._on_close)
        self._on_chosen()

    def _put_together(self) -> None:
        space = self._metrics.space_px
        side = QVBoxLayout()
        side.setSpacing(space)
        side.addWidget(self.picture_label)
        side.addWidget(self.text_label, 1)
        columns = QHBoxLayout()
        columns.setSpacing(space * 2)
        columns.addWidget(self.list, 1)
        columns.addLayout(side)
        row = QHBoxLayout()
        row.addWidget(self.all_box)
        row.addStretch(1)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, space, 0, 0)
        layout.setSpacing(space)
        layout.addLayout(columns, 1)
        layout.addLayout(row)

    def read(self) -> None:
        """Read the findings anew."""
        self._background.start(self._read())

    async def _read(self) -> None:
        found: dict[str, tuple[str, Finding]] = {}
        trouble = ""
        for key in self._patrols.keys:
            patrols = self._patrols.of(key)
            if not patrols.may_patrol:
                continue
            try:
                findings = await patrols.findings(None if self.all_box.isChecked() else True)
            except WallError as err:
                trouble = error_text(err)
                continue
            found |= {finding.key: (key, finding) for finding in findings}
        self._findings = found
        self.failed.emit(trouble)
        self._fill()

    @property
    def current(self) -> tuple[str, Finding] | None:
        """Center key and finding of the chosen row."""
        items = self.list.selectedItems()
        return self._findings.get(items[0].data(0, _ROLE)) if items else None

    def _fill(self) -> None:
        former = self.current
        self.list.blockSignals(True)
        self.list.clear()
        for key, (_, finding) in sorted(self._findings.items(), key=lambda pair: pair[1][1].at_utc, reverse=True):
            item = QTreeWidgetItem(
                [
                    clock_text(finding.at_utc),
                    finding.title,
                    category_text(finding.category),
                    finding.text,
                    finding.by.name,
                    "" if self.is_open(finding) else self.tr("closed"),
                ]
            )
            item.setData(0, _ROLE, key)
            self.list.addTopLevelItem(item)
            if former is not None and former[1].key == key:
                self.list.setCurrentItem(item)
        if not self.list.selectedItems() and (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        self.list.blockSignals(False)
        self._on_chosen()

    def is_open(self, finding: Finding) -> bool:
        """Tell whether a finding still wants somebody's doing, as far as is known here."""
        return finding.is_open and finding.key not in self._closed

    def _on_chosen(self) -> None:
        current = self.current
        self.close_button.setEnabled(current is not None and self.is_open(current[1]))
        self.picture_label.setPixmap(QPixmap())
        if current is None:
            self.picture_label.setText("")
            self.text_label.setText("" if self._findings else self.tr("No open findings."))
            return
        key, finding = current
        words = [finding.title, category_text(finding.category), finding.text, finding.plan_name]
        if finding.closing is not None:
            closing = finding.closing
            text = self.tr("Closed {time} by {name}: {remark}")
            words.append(text.format(time=clock_text(closing.at_utc), name=closing.by.name, remark=closing.remark))
        self.text_label.setText("\n".join(word for word in words if word))
        self.picture_label.setText("" if finding.picture else self.tr("No picture"))
        if finding.picture:
            self._background.start(self._show_picture(key, finding))

    async def _show_picture(self, key: str, finding: Finding) -> None:
        try:
            picture = await self._patrols.of(key).picture(finding.picture)
        except WallError as err:
            if self.current == (key, finding):
                self.picture_label.setText(error_text(err))
            return
        image = QImage.fromData(picture)
        if self.current == (key, finding) and not image.isNull():
            self.picture_label.setPixmap(framed(image, self.picture_label.size(), self.devicePixelRatioF()))

    # --- closing ---

    def _on_close(self) -> None:
        current = self.current
        if current is None:
            return
        usual = (
            self.tr("Dealt with on site"),
            self.tr("Handed to the police station in charge"),
            self.tr("False alarm"),
            self.tr("Repair ordered"),
        )
        text = self.tr("How was it settled? The remark goes into the report and the hand-over.")
        title = self.tr("Close finding")
        dialog = ReasonDialog(title, text, usual, self.tr("Close finding"), self._metrics, self)
        dialog.accepted.connect(lambda: self.close_finding(*current, dialog.reason))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def close_finding(self, key: str, finding: Finding, remark: str) -> None:
        """Close a finding; if the center is away it hears of it later."""
        try:
            self._patrols.of(key).close_finding(finding.key, remark)
        except WallError as err:
            self.failed.emit(error_text(err))
            return
        self._closed.add(finding.key)
        if not self.all_box.isChecked():
            self._findings.pop(finding.key, None)
        self._fill()
