"""The log-in dialog. It stays open until the center says yes; what went wrong is said inside it."""

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QLineEdit, QProgressBar, QWidget

from wallclient.domain.errors import WallError
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

LogIn = Callable[[str, str, str], Awaitable[None]]  # address, user, password; raises WallError


class LogInDialog(PlainDialog):
    """Asks for address, user and password and logs in."""

    def __init__(
        self,
        log_in: LogIn,
        background: Background,
        metrics: Metrics,
        *,
        address: str = "",
        user: str = "",
        fixed_address: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Log in"), metrics, parent)
        self._log_in = log_in
        self._background = background
        self._task: asyncio.Task[None] | None = None
        self.address_edit = QLineEdit(address)
        self.address_edit.setPlaceholderText("https://center.example:8443")
        self.address_edit.setReadOnly(fixed_address)
        self.address_edit.setEnabled(not fixed_address)
        self.user_edit = QLineEdit(user)
        self.password_edit = QLineEdit()
        self.password_edit.setEchoMode(QLineEdit.EchoMode.Password)
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        form.addRow(self.tr("Center"), self.address_edit)
        form.addRow(self.tr("User"), self.user_edit)
        form.addRow(self.tr("Password"), self.password_edit)
        self.body.addLayout(form)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        policy = self._busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(policy)
        self._busy.hide()
        self.body.addWidget(self._busy)
        self.log_in_button = self.buttons.addButton(self.tr("Log in"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.log_in_button.setDefault(True)
        self.setMinimumWidth(metrics.text_px * 32)
        self._focus_first_empty()

    def accept(self) -> None:
        """Try to log in; the dialog closes when the center agrees."""
        if self._task is None:
            self._task = self._background.start(self._try())

    def reject(self) -> None:
        """Give up, also while the center is being asked."""
        if self._task is not None:
            self._task.cancel()
        super().reject()

    async def _try(self) -> None:
        self.show_error("")
        self._set_busy(True)
        try:
            await self._log_in(
                self.address_edit.text().strip(), self.user_edit.text().strip(), self.password_edit.text()
            )
        except WallError as err:
            self.show_error(error_text(err))
            self._set_busy(False)
            self.password_edit.setFocus()
            self.password_edit.selectAll()
        else:
            super().accept()
        finally:
            self._task = None

    def _set_busy(self, busy: bool) -> None:
        self._busy.setVisible(busy)
        self.log_in_button.setEnabled(not busy)

    def _focus_first_empty(self) -> None:
        for edit in (self.address_edit, self.user_edit, self.password_edit):
            if edit.isEnabled() and not edit.text():
                edit.setFocus()
                return
