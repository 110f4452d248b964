"""The window that checks an evidence package: it holds, or the first thing that does not."""

import threading
from pathlib import Path

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from wallclient.domain.errors import StorageFailed
from wallclient.services.evidence_check import Checked, CheckStopped, UnusableKey, check_package
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.theme import Metrics

_STEPS = 1000


class VerifyDialog(PlainDialog):
    """Checks packages, one after the other, with or without the signer's public key."""

    checked = Signal(object)  # Checked
    _progressed = Signal(float)  # 0 … 1, from the worker thread

    def __init__(self, background: Background, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Verify an evidence package"), metrics, parent)
        self._background = background
        self._stop = threading.Event()
        self._told = -1
        self._checking = False
        self.package_edit, self.key_edit = QLineEdit(), QLineEdit()
        self.key_edit.setPlaceholderText(self.tr("Without it, the key that came with the package is used"))
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        zips, pems = self.tr("Evidence packages (*.zip)"), self.tr("Public keys (*.pem)")
        form.addRow(self.tr("Package"), self._with_browse(self.package_edit, zips, metrics))
        form.addRow(self.tr("Signer's public key"), self._with_browse(self.key_edit, pems, metrics))
        self.body.addLayout(form)
        self.progress = QProgressBar()
        self.progress.setRange(0, _STEPS)
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.body.addWidget(self.progress)
        self.verdict_label = self.hint("")
        self.verdict_label.setObjectName("Verdict")
        self.verdict_label.hide()
        self.lines_view = QPlainTextEdit()
        self.lines_view.setReadOnly(True)
        self.lines_view.setMinimumSize(metrics.text_px * 48, metrics.row_px * 7)
        self.lines_view.hide()
        self.body.addWidget(self.lines_view, 1)
        self.check_button = self.buttons.addButton(self.tr("Verify"), QDialogButtonBox.ButtonRole.ActionRole)
        self.check_button.setDefault(True)
        self.check_button.clicked.connect(lambda: self._background.start(self.check()))
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        for edit in (self.package_edit, self.key_edit):
            edit.textChanged.connect(lambda _text: self._on_changed())
        self._progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)
        self.finished.connect(lambda _result: self._stop.set())
        self._on_changed()

    def _with_browse(self, edit: QLineEdit, kinds: str, metrics: Metrics) -> QHBoxLayout:
        edit.setMinimumWidth(metrics.text_px * 32)
        browse = QPushButton(self.tr("Choose…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(lambda: self._on_browse(edit, kinds))
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        row.addWidget(edit, 1)
        row.addWidget(browse)
        return row

    def _on_browse(self, edit: QLineEdit, kinds: str) -> None:
        dialog = QFileDialog(self, self.windowTitle(), str(Path(edit.text() or self.package_edit.text()).parent), kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_changed(self) -> None:
        """Take away what was said of another package."""
        self.verdict_label.hide()
        self.lines_view.hide()
        self.show_error("")
        self.check_button.setEnabled(bool(self.package_edit.text().strip()) and not self._checking)

    # -- checking ----------------------------------------------------------------------------------

    async def check(self) -> None:
        """Check the package that is named, and say what it came to."""
        package, key = Path(self.package_edit.text().strip()), self.key_edit.text().strip()
        self._set_checking(checking=True)
        language = "zh" if QLocale().language() is QLocale.Language.Chinese else "en"
        found: Checked | None = None
        trouble = ""
        try:
            found = await check_package(package, Path(key) if key else None, language, self._report, self._stop)
        except CheckStopped:
            return  # the dialog is gone
        except UnusableKey:
            trouble = self.tr("This is no public key the program can use: {name}").format(name=Path(key).name)
        except StorageFailed:
            trouble = self.tr("The file can't be read.")
        if self._stop.is_set():
            return
        self._set_checking(checking=False)
        self.show_error(trouble)
        if found is not None:
            self._show(found)

    def _show(self, found: Checked) -> None:
        level = ("good" if found.is_signer_given else "warning") if found.holds else "bad"
        self.verdict_label.setText(found.lines[0])
        self.verdict_label.setProperty("level", level)
        self.verdict_label.style().unpolish(self.verdict_label)
        self.verdict_label.style().polish(self.verdict_label)
        self.verdict_label.show()
        self.lines_view.setPlainText("\n".join(found.lines[1:]))
        self.lines_view.show()
        self.checked.emit(found)

    def _set_checking(self, *, checking: bool) -> None:
        self._checking = checking
        self._on_changed()
        self.progress.setValue(0)
        self.progress.setVisible(checking)
        for edit in (self.package_edit, self.key_edit):
            edit.setEnabled(not checking)

    def _report(self, done: int, total: int) -> None:
        step = done * _STEPS // max(1, total)
        if step != self._told:
            self._told = step
            self._progressed.emit(step / _STEPS)

    def _on_progressed(self, part: float) -> None:
        self.progress.setValue(round(part * _STEPS))
