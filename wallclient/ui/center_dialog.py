"""The dialog for one center: its name, address and private certificate authority, and whether it is there."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from wallclient.domain.center_config import CenterConfig, is_encrypted, new_key, typed_address
from wallclient.domain.errors import BadAddress, StorageFailed, WallError
from wallclient.services.center_probe import Probe, ProbeResult, probe
from wallclient.ui.background import Background
from wallclient.ui.center_text import probe_text, unencrypted_text
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers


class CenterDialog(PlainDialog):
    """Adds a center, or changes one."""

    saved = Signal(str)  # the center's key

    def __init__(
        self,
        centers: "Centers",
        background: Background,
        metrics: Metrics,
        config: CenterConfig | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`config` is the center to change; None: a new one."""
        super().__init__(self.tr("Add center") if config is None else self.tr("Edit center"), metrics, parent)
        self._centers = centers
        self._background = background
        self._is_new = config is None
        self._config = config or CenterConfig(new_key(), "")
        self._task: asyncio.Task[None] | None = None
        self.address_edit = QLineEdit(self._config.url)
        self.address_edit.setPlaceholderText("https://center.example:8443")
        self.name_edit = QLineEdit(self._config.name)
        self.name_edit.setPlaceholderText(self.tr("As the center calls itself"))
        self.name_edit.setMaxLength(80)
        self.ca_edit = QLineEdit(self._config.ca_file)
        self.ca_edit.setPlaceholderText(self.tr("The authorities this computer trusts"))
        self.ca_edit.setMinimumWidth(metrics.text_px * 20)
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._on_choose)
        ca_row = QHBoxLayout()
        ca_row.setSpacing(metrics.space_px)
        ca_row.addWidget(self.ca_edit, 1)
        ca_row.addWidget(choose)
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        form.addRow(self.tr("Address"), self.address_edit)
        form.addRow(self.tr("Name"), self.name_edit)
        form.addRow(self.tr("Own authority"), ca_row)
        self.body.addLayout(form)
        self.unencrypted = self.warning(unencrypted_text())
        self.outcome = self.hint("")
        self.outcome.setMinimumHeight(metrics.text_px * 3)
        self.test_button = QPushButton(self.tr("Test"))
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self._on_test)
        self.buttons.addButton(self.test_button, QDialogButtonBox.ButtonRole.ActionRole)
        save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        save.setDefault(True)
        self.setMinimumWidth(metrics.text_px * 44)
        self.address_edit.textChanged.connect(self._on_typed)
        self.ca_edit.textChanged.connect(self._on_typed)
        self._on_typed()

    def accept(self) -> None:
        """Save and close."""
        if self._task is None:
            self._task = self._background.start(self._save())

    def reject(self) -> None:
        """Give up, also a test that is under way."""
        if self._task is not None:
            self._task.cancel()
        super().reject()

    def _typed(self) -> CenterConfig:
        """Return the center as it stands in the fields. Raises BadAddress."""
        url = typed_address(self.address_edit.text())
        return replace(self._config, url=url, name=self.name_edit.text().strip(), ca_file=self.ca_edit.text().strip())

    async def _save(self) -> None:
        try:
            config = self._typed()
            if self._is_new:
                self._centers.add(config)
            else:
                await self._centers.change(config)
        except (BadAddress, StorageFailed) as err:
            self.show_error(error_text(err))
        else:
            super().accept()
            self.saved.emit(config.key)
        finally:
            self._task = None

    def _on_test(self) -> None:
        if self._task is None:
            self._task = self._background.start(self._test())

    async def _test(self) -> None:
        self.test_button.setEnabled(False)
        self._say(self.tr("Asking the center…"), "hint")
        try:
            found = await probe(self._typed())
        except BadAddress:
            found = Probe(ProbeResult.BAD_ADDRESS)
        except WallError as err:
            self._say(error_text(err), "bad")
            return
        finally:
            self.test_button.setEnabled(True)
            self._task = None
        self._say(probe_text(found), "good" if found.result is ProbeResult.GOOD else "bad")

    def _say(self, text: str, level: str) -> None:
        self.outcome.setText(text)
        self.outcome.setProperty("level", level)
        self.outcome.style().unpolish(self.outcome)
        self.outcome.style().polish(self.outcome)

    def _on_typed(self) -> None:
        try:
            url = typed_address(self.address_edit.text()) if self.address_edit.text().strip() else "https://"
        except BadAddress:
            url = "https://"
        self.unencrypted.setVisible(not is_encrypted(url))
        self._say("", "hint")
        self.show_error("")

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Certificate of the authority"), self.ca_edit.text())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Certificates (*.pem *.crt *.cer)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.ca_edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
