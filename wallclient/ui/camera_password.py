"""Asks for the password of a camera of a site on this computer, where the keyring has none or a wrong one."""

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from wallclient.domain.errors import WallError
from wallclient.domain.global_id import split_id
from wallclient.domain.node import Channel
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers


class CameraPasswordDialog(PlainDialog):
    """Keeps the password in the keyring, for every camera of the site that shares it."""

    def __init__(
        self,
        centers: "Centers",
        channel: Channel,
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Password of the camera"), metrics, parent)
        key, self._camera_id = split_id(channel.id)
        self._config = centers.access(key).config
        self._makes = centers.makes
        self._background = background
        self._task: asyncio.Task[None] | None = None
        self.user_label = QLabel()
        self.password_edit = QLineEdit()
        self.password_edit.setEchoMode(QLineEdit.EchoMode.Password)
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        camera = QLabel(channel.name)
        camera.setWordWrap(True)
        form.addRow(self.tr("Camera"), camera)
        form.addRow(self.tr("User"), self.user_label)
        form.addRow(self.tr("Password"), self.password_edit)
        self.body.addLayout(form)
        self.hint(self.tr("It is kept in the keyring of this computer, for all cameras of the list that share it."))
        self.save_button = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.save_button.setDefault(True)
        self.save_button.setEnabled(False)
        self.password_edit.textChanged.connect(lambda text: self.save_button.setEnabled(bool(text)))
        self.setMinimumWidth(metrics.text_px * 32)
        self._asking = background.start(self._read_user())

    def accept(self) -> None:
        """Keep the password; the dialog closes when the keyring has it."""
        if self._task is None and self.password_edit.text():
            self._task = self._background.start(self._save())

    def done(self, result: int) -> None:
        """Close."""
        self._asking.cancel()
        if self._task is not None and not result:
            self._task.cancel()
        super().done(result)

    async def _read_user(self) -> None:
        try:
            self.user_label.setText(await self._makes.password_user(self._config, self._camera_id))
        except WallError as err:
            self.show_error(error_text(err))

    async def _save(self) -> None:
        try:
            await self._makes.set_password(self._config, self._camera_id, self.password_edit.text())
        except WallError as err:
            self.show_error(error_text(err))
        else:
            super().accept()
        finally:
            self._task = None
