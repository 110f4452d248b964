"""The part of a center's dialog that is about a camera list: choose a file, see what is in it, take it in."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QDateTime, QLocale, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.camera_list import CameraSite, Finding, ListDraft, ListUnreadable
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import StorageFailed, WallError
from wallclient.domain.secret import KeeperState
from wallclient.services.camera_lists import write_template
from wallclient.ui.background import Background
from wallclient.ui.center_text import keeper_text
from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.icons import icon
from wallclient.ui.list_text import (
    column_text,
    difference_text,
    finding_text,
    notes_text,
    summary_text,
    template,
    trouble_text,
)
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.camera_lists import CameraLists

_Index = QModelIndex | QPersistentModelIndex


class FindingsModel(QAbstractTableModel):
    """What is wrong in a file, a line per finding: those that keep their row out come first."""

    def __init__(self, icon_px: int) -> None:
        super().__init__()
        self._icon_px = icon_px
        self._findings: list[Finding] = []

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show others."""
        self.beginResetModel()
        self._findings = sorted(findings, key=lambda finding: (not finding.refused, finding.row))
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._findings)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return 4."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return (self.tr("Row"), self.tr("Column"), self.tr("What is wrong"), self.tr("Cell"))[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell; a row that is left out has a sign, not only a colour."""
        finding = self._findings[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            row = str(finding.row)
            return (row, column_text(finding.column), finding_text(finding), finding.value)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            name, color = ("close", COLORS.bad) if finding.refused else ("info", COLORS.text_dim)
            return icon(name, color, self._icon_px)
        if role == Qt.ItemDataRole.ForegroundRole and finding.refused and index.column() == 2:
            return QColor(COLORS.bad)
        return None


class ListPage(QWidget):
    """Holds a draft until `keep` takes it in."""

    changed = Signal()  # another draft is here, or another site
    failed = Signal(str)  # a sentence

    def __init__(self, lists: "CameraLists", key: str, background: Background, metrics: Metrics) -> None:
        """`key` is the center's."""
        super().__init__()
        self._lists, self._key, self._background = lists, key, background
        self.draft: ListDraft | None = None
        self.site = CameraSite()
        self._keeper = KeeperState.SAFE
        self._reading: asyncio.Task[None] | None = None
        self.file_label = ElidedLabel()
        self.choose_button = _button(self.tr("Choose file…"), self._on_choose)
        self.template_button = _button(self.tr("Save a template…"), self._on_template)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.notes = QLabel()
        self.notes.setObjectName("DialogHint")
        self.notes.setWordWrap(True)
        self.model = FindingsModel(metrics.icon_px * 3 // 4)
        self.table = QTableView()
        self.table.setModel(self.model)
        self._set_up_table(metrics)
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        row.addWidget(self.choose_button)
        row.addWidget(self.file_label, 1)
        row.addWidget(self.template_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.space_px)
        layout.addLayout(row)
        layout.addWidget(self.summary)
        layout.addWidget(self.notes)
        layout.addWidget(self.table, 1)
        self._show()
        self._asking = background.start(self._read_site())

    def _set_up_table(self, metrics: Metrics) -> None:
        self.table.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(metrics.row_px)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate((5, 7, 26)):
            header.resizeSection(column, metrics.text_px * width)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumHeight(metrics.row_px * 6)

    # --- what the dialog asks ---

    def lack(self) -> str:
        """Say what is missing before it can be saved; empty: nothing."""
        if self.draft is not None and not self.draft.cameras:
            return self.tr("No camera of this file can be taken in.")
        if self.draft is None and not self.site.cameras:
            return self.tr("Choose a file first.")
        return self._keeper_lack()

    def _keeper_lack(self) -> str:
        """Say that there is no place for the passwords of the draft; empty where there is, or none is needed."""
        if self._keeper is KeeperState.SAFE or self.draft is None or not self.draft.has_passwords:
            return ""
        text = self.tr("The passwords of these cameras can't be kept. {reason}")
        return text.format(reason=keeper_text(self._keeper))

    async def keep(self, config: CenterConfig) -> None:
        """Take the draft in, if there is one. Raises KeyringFailed, StorageFailed; then nothing has changed."""
        if self.draft is not None:
            self.site = await self._lists.keep(config.key, config.name, self.draft)

    def close_down(self) -> None:
        """Stop reading: nobody is here any more for what comes of it."""
        for task in (self._asking, self._reading):
            if task is not None:
                task.cancel()

    # --- files ---

    def read(self, path: Path) -> None:
        """Read a file and show what is in it."""
        if self._reading is not None:
            self._reading.cancel()
        self.file_label.setText(str(path))
        self._reading = self._background.start(self._read(path))

    async def _read(self, path: Path) -> None:
        self.draft = None
        self._show()
        self.summary.setText(self.tr("Reading the file…"))
        difference = ""
        try:
            draft = await self._lists.read(path)
            if self.site.cameras:
                difference = difference_text(await self._lists.compare(self._key, draft))
        except ListUnreadable as err:
            self._fail(trouble_text(err))
            return
        except WallError as err:
            self._fail(error_text(err))
            return
        self.draft = draft
        self._show(difference)
        if lack := self._keeper_lack():
            self.failed.emit(lack)
            return
        self.changed.emit()

    def _fail(self, text: str) -> None:
        self._show()
        self.summary.setText("")
        self.failed.emit(text)

    async def _read_site(self) -> None:
        self._keeper = await self._lists.keeper_state()
        try:
            self.site = await self._lists.site(self._key)
        except StorageFailed as err:
            self.failed.emit(error_text(err))
            return
        if self.site.cameras and self.draft is None:
            self._show()
            self.changed.emit()

    def _show(self, difference: str = "") -> None:
        draft = self.draft
        self.model.show_findings(draft.findings if draft else ())
        self.table.setVisible(bool(draft and draft.findings))
        notes = notes_text(draft) if draft else ""
        if draft is not None:
            text = "\n".join(part for part in (summary_text(draft), difference) if part)
        elif self.site.cameras:
            text = self._site_text()
        else:
            text = self.tr("A table with a camera in each row. Columns are known by their headings, in any order.")
            notes = self.tr("Passwords go into the keyring of this computer; the file that is kept has none.")
        self.summary.setText(text)
        self.notes.setText(notes)
        self.notes.setVisible(bool(notes))

    def _site_text(self) -> str:
        when = QDateTime.fromMSecsSinceEpoch(self.site.sequence)
        text = self.tr("{count} cameras, taken in on {date}. Choose the file again to renew them.")
        return text.format(count=len(self.site.cameras), date=QLocale().toString(when, QLocale.FormatType.ShortFormat))

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a camera list"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Camera lists (*.csv *.xlsx *.txt)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.read(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_template(self) -> None:
        dialog = QFileDialog(self, self.tr("Save a template"), self.tr("camera list") + ".xlsx")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Excel workbook (*.xlsx)"), self.tr("CSV file (*.csv)")])
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(lambda path: self.save_template(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_template(self, path: Path) -> None:
        """Write an empty list to a file."""
        try:
            write_template(path, *template())
        except StorageFailed as err:
            self.failed.emit(error_text(err))
        else:
            self.file_label.setText(self.tr("Template saved: {path}").format(path=path))


def _button(text: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button
