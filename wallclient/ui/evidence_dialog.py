"""Dialogs that make evidence of finished exports: the package, and the public key others verify it with."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from wallclient.domain.errors import KeyringFailed, KeyringLocked, KeyringRefused, WallError
from wallclient.domain.export import ExportJob
from wallclient.domain.patrol import LONGEST_NAME, LONGEST_TEXT, LONGEST_WORD, Person
from wallclient.services.evidence import Case, PackageStopped
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.export_text import bytes_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.evidence import EvidenceDesk, Made

_STEPS = 1000


class EvidenceDialog(PlainDialog):
    """Asks for the case, packs with progress, and shows what came out. It closes by hand only."""

    verify_requested = Signal(str)  # path of the package
    _progressed = Signal(float)  # 0 … 1, from the worker thread

    def __init__(
        self,
        desk: "EvidenceDesk",
        jobs: Sequence[ExportJob],
        by: Person,
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Evidence package"), metrics, parent)
        self._desk, self._jobs, self._by = desk, tuple(jobs), by
        self._background, self._metrics = background, metrics
        self._stop = threading.Event()
        self._packing = False
        self._told = -1
        self.path: Path | None = None  # of the finished package
        self.hint(self._contents())
        self.number_edit, self.title_edit = QLineEdit(), QLineEdit()
        self.number_edit.setMaxLength(LONGEST_WORD)
        self.title_edit.setMaxLength(LONGEST_NAME)
        self.reason_edit = QLineEdit(next((job.reason for job in jobs if job.reason), ""))
        self.reason_edit.setMaxLength(LONGEST_TEXT)
        self.note_edit = QPlainTextEdit()
        self.note_edit.setTabChangesFocus(True)
        self.note_edit.setFixedHeight(metrics.row_px * 3)
        self.folder_edit = QLineEdit(jobs[0].folder)
        self.form = self._form()
        self.body.addWidget(self.form)
        self.progress = QProgressBar()
        self.progress.setRange(0, _STEPS)
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.body.addWidget(self.progress)
        self.made_panel = self._result_panel()
        self.body.addWidget(self.made_panel)
        self.make_button, self.cancel_button = self._buttons()
        for edit in (self.number_edit, self.title_edit, self.reason_edit, self.folder_edit):
            edit.textChanged.connect(lambda _text: self._judge())
        self._progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)
        self.finished.connect(lambda _result: self._stop.set())
        self._judge()
        self.number_edit.setFocus()

    def _contents(self) -> str:
        files = [file for job in self._jobs for file in job.files]
        text = self.tr("{count} files, {size}, signed with the key of {who} on this computer.")
        size = bytes_text(sum(file.size for file in files))
        return text.format(count=len(files), size=size, who=self._by.name or self._by.user)

    def _form(self) -> QWidget:
        metrics, holder = self._metrics, QWidget()
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        browse = QPushButton(self.tr("Choose…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        folder = QHBoxLayout()
        folder.setSpacing(metrics.space_px)
        folder.addWidget(self.folder_edit, 1)
        folder.addWidget(browse)
        self.folder_edit.setMinimumWidth(metrics.text_px * 26)
        form.addRow(self.tr("Case number"), self.number_edit)
        form.addRow(self.tr("Case title"), self.title_edit)
        form.addRow(self.tr("Reason"), self.reason_edit)
        form.addRow(self.tr("Note"), self.note_edit)
        form.addRow(self.tr("Folder"), folder)
        return holder

    def _result_panel(self) -> QWidget:
        metrics, holder = self._metrics, QWidget()
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        self.name_label, self.sha_label, self.key_label = _long_label(), _long_label(), _long_label()
        for label in (self.name_label, self.sha_label, self.key_label):
            label.setMinimumWidth(metrics.text_px * 40)
        form.addRow(self.tr("Package"), self.name_label)
        form.addRow("SHA-256", self.sha_label)
        form.addRow(self.tr("Key"), self.key_label)
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        for text, slot in (
            (self.tr("Open folder"), self._open_folder),
            (self.tr("Copy SHA-256"), self._copy),
            (self.tr("Save public key…"), self._on_save_key),
            (self.tr("Verify it"), lambda: self.verify_requested.emit(str(self.path))),
        ):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            row.addWidget(button)
        row.addStretch(1)
        form.addRow("", row)
        self.key_note = QLabel()
        self.key_note.setObjectName("DialogHint")
        self.key_note.setWordWrap(True)
        self.key_note.setText(
            self.tr("Give the fingerprint of the key to the receiver by another way than the package.")
        )
        form.addRow("", self.key_note)
        holder.hide()
        return holder

    def _buttons(self) -> tuple[QAbstractButton, QAbstractButton]:
        make = self.buttons.addButton(self.tr("Make the package"), QDialogButtonBox.ButtonRole.ActionRole)
        make.setDefault(True)
        make.clicked.connect(lambda: self._background.start(self._make()))
        return make, self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)

    # -- packing -----------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        """What was typed."""
        number, title, reason = (edit.text().strip() for edit in (self.number_edit, self.title_edit, self.reason_edit))
        return Case(number, title, reason, self.note_edit.toPlainText().strip()[:LONGEST_TEXT])

    def _judge(self) -> None:
        case = self.case
        ready = bool((case.number or case.title) and case.reason and self.folder_edit.text().strip())
        self.make_button.setEnabled(ready and not self._packing)

    async def _make(self) -> None:
        self._set_packing(packing=True)
        folder = Path(self.folder_edit.text().strip())
        try:
            made = await self._desk.make(self._jobs, self.case, self._by, folder, self._report, self._stop)
        except PackageStopped:
            return  # the dialog is gone
        except WallError as err:
            if not self._stop.is_set():
                self._set_packing(packing=False)
                self.show_error(make_error_text(err))
                self.make_button.setFocus()
            return
        if not self._stop.is_set():
            self._show_made(made)

    def _show_made(self, made: "Made") -> None:
        self.path = made.path
        self._packing = False
        self.progress.hide()
        self.name_label.setText(f"{made.path}  ({bytes_text(made.size)})")
        self.sha_label.setText(made.sha256)
        self.key_label.setText(made.fingerprint)
        self.made_panel.show()
        self.make_button.hide()
        self.cancel_button.setText(self.tr("Close"))

    def _report(self, done: int, total: int) -> None:
        step = done * _STEPS // max(1, total)
        if step != self._told:
            self._told = step
            self._progressed.emit(step / _STEPS)

    def _on_progressed(self, part: float) -> None:
        self.progress.setValue(round(part * _STEPS))

    def _set_packing(self, *, packing: bool) -> None:
        self._packing = packing
        self.show_error("")
        self.form.setVisible(not packing)
        self.progress.setValue(0)
        self.progress.setVisible(packing)
        self._judge()

    # -- what came out -----------------------------------------------------------------------------

    def _open_folder(self) -> None:
        if self.path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.path.parent)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.sha_label.text())

    def _on_save_key(self) -> None:
        folder = self.path.parent if self.path is not None else Path(self.folder_edit.text())
        ask_key_file(self, folder, lambda path: self._background.start(self._save_key(path)))

    async def _save_key(self, path: Path) -> None:
        error = await _saved(self._desk, self._by, path)
        if self._stop.is_set():
            return
        self.show_error(error)
        if not error:
            self.key_note.setText(self.tr("Saved: {path}").format(path=path))

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder of the package"), self.folder_edit.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder_edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class KeyDialog(PlainDialog):
    """Shows the fingerprint of the operator's key on this computer, and saves the public one."""

    def __init__(
        self, desk: "EvidenceDesk", by: Person, background: Background, metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Public key"), metrics, parent)
        self._desk, self._by, self._background = desk, by, background
        self._gone = False
        self.finished.connect(self._on_finished)
        label = self.hint(
            self.tr(
                "Packages made by {who} on this computer are signed with this key. Whoever verifies them needs the"
                " public key, or its fingerprint, by another way than the package. The private key never leaves the"
                " keyring."
            ).format(who=by.name or by.user)
        )
        label.setMinimumWidth(metrics.text_px * 40)
        self.key_label = _long_label()
        self.body.addWidget(self.key_label)
        self.saved_label = self.hint("")
        self.save_button = self.buttons.addButton(self.tr("Save public key…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(
            lambda: ask_key_file(self, Path.home(), lambda path: background.start(self.save(path)))
        )
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole).setFocus()
        background.start(self._read())

    async def _read(self) -> None:
        text = error = ""
        try:
            text = await self._desk.fingerprint(self._by.user)
        except WallError as err:
            error = make_error_text(err)
        if not self._gone:
            self.key_label.setText(text)
            self.show_error(error)
            self.save_button.setEnabled(not error)

    def _on_finished(self, _result: int) -> None:
        self._gone = True

    async def save(self, path: Path) -> None:
        """Write the public key."""
        error = await _saved(self._desk, self._by, path)
        if self._gone:
            return
        self.show_error(error)
        if not error:
            self.saved_label.setText(self.tr("Saved: {path}").format(path=path))


async def _saved(desk: "EvidenceDesk", by: Person, path: Path) -> str:
    """Write a public key; return why that failed, or ""."""
    try:
        await desk.save_public_key(by.user, path)
    except WallError as err:
        return make_error_text(err)
    return ""


def make_error_text(err: WallError) -> str:
    """Say why a package can't be made or a key can't be had, and what can be done."""
    text = error_text(err)
    if isinstance(err, KeyringRefused):
        more = QCoreApplication.translate(
            "evidence_dialog", "Packages are signed with a key that is kept there; unsigned ones are not made."
        )
    elif isinstance(err, KeyringLocked):
        more = QCoreApplication.translate("evidence_dialog", "Unlock it and try again.")
    elif isinstance(err, KeyringFailed):
        more = QCoreApplication.translate("evidence_dialog", "Without the signing key no package is made.")
    else:
        return text
    return f"{text} {more}"


def ask_key_file(parent: QWidget, folder: Path, save: Callable[[Path], object]) -> None:
    """Ask where a public key is to be written."""
    title = QCoreApplication.translate("evidence_dialog", "Save public key")
    start = str(folder / "wallclient-public-key.pem")
    dialog = QFileDialog(parent, title, start, "PEM (*.pem)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pem")
    dialog.selectFile(start)
    dialog.fileSelected.connect(lambda path: save(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _long_label() -> QLabel:
    """Return a label for hashes and paths: to be selected, in several lines where it has to be."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
