"""The log-in dialog. It stays open until the center says yes; what went wrong is said inside it."""

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QFormLayout, QLineEdit, QProgressBar, QWidget

from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import WallError
from wallclient.domain.secret import KeeperState
from wallclient.ui.background import Background
from wallclient.ui.center_text import keeper_text, unencrypted_text
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers


class LogInDialog(PlainDialog):
    """Asks for center, user and password and logs in."""

    def __init__(
        self,
        centers: "Centers",
        background: Background,
        metrics: Metrics,
        key: str,
        *,
        user: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`key` is the center chosen at first, `user` the name to begin with instead of the last one."""
        super().__init__(self.tr("Log in"), metrics, parent)
        self._centers = centers
        self._background = background
        self._user = user
        self._task: asyncio.Task[None] | None = None
        self._keeper = KeeperState.NONE
        self.center_box = QComboBox()
        for access in (access for access in centers.accesses if not access.config.is_site):
            self.center_box.addItem(access.title, access.key)
        self.center_box.setCurrentIndex(max(0, self.center_box.findData(key)))
        self.center_box.setEnabled(self.center_box.count() > 1)
        self.user_box = QComboBox()
        self.user_box.setEditable(True)
        self.user_box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.password_edit = QLineEdit()
        self.password_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.stay_check = QCheckBox(self.tr("Stay signed in on this computer"))
        self.keep_check = QCheckBox(self.tr("Keep the password, too, for when that has lapsed"))
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        form.addRow(self.tr("Center"), self.center_box)
        form.addRow(self.tr("User"), self.user_box)
        form.addRow(self.tr("Password"), self.password_edit)
        form.addRow("", self.stay_check)
        form.addRow("", self.keep_check)
        self.body.addLayout(form)
        self.keeper_hint = self.hint("")
        self.unencrypted = self.warning(unencrypted_text())
        self._busy = _busy_bar()
        self.body.addWidget(self._busy)
        self.log_in_button = self.buttons.addButton(self.tr("Log in"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.log_in_button.setDefault(True)
        self.setMinimumWidth(metrics.text_px * 34)
        self.center_box.currentIndexChanged.connect(self._on_center_chosen)
        self.stay_check.toggled.connect(self._refresh_checks)
        self._on_center_chosen()
        self._refresh_checks()
        self._asking = background.start(self._ask_keeper())

    @property
    def key(self) -> str:
        """Key of the center chosen."""
        return str(self.center_box.currentData())

    def accept(self) -> None:
        """Try to log in; the dialog closes when the center agrees."""
        if self._task is None:
            self._task = self._background.start(self._try())

    def reject(self) -> None:
        """Give up, also while the center is being asked."""
        if self._task is not None:
            self._task.cancel()
        super().reject()

    def done(self, result: int) -> None:
        """Close; an answer of the keyring that comes later finds no dialog."""
        self._asking.cancel()
        super().done(result)

    async def _try(self) -> None:
        self.show_error("")
        self._set_busy(True)
        stay = self.stay_check.isChecked()
        try:
            await self._centers.log_in(
                self.key,
                self.user_box.currentText().strip(),
                self.password_edit.text(),
                stay=stay,
                keep_password=stay and self.keep_check.isChecked(),
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

    async def _ask_keeper(self) -> None:
        self._keeper = await self._centers.keeper_state()
        self.keeper_hint.setText(keeper_text(self._keeper))
        self._refresh_checks()
        self._set_stay()

    def _set_stay(self) -> None:
        self.stay_check.setChecked(self._keeper is KeeperState.SAFE and self._config().stay_signed_in)

    def _config(self) -> CenterConfig:
        return self._centers.access(self.key).config

    def _on_center_chosen(self) -> None:
        config = self._config()
        self.user_box.clear()
        self.user_box.addItems(list(config.users))
        self.user_box.setEditText(self._user or config.user)
        self._set_stay()
        self.unencrypted.setVisible(not config.is_encrypted)
        self.show_error("")
        self.password_edit.clear()
        (self.password_edit if self.user_box.currentText() else self.user_box).setFocus()

    def _refresh_checks(self) -> None:
        safe = self._keeper is KeeperState.SAFE
        self.stay_check.setEnabled(safe)
        self.keep_check.setEnabled(safe and self.stay_check.isChecked())

    def _set_busy(self, busy: bool) -> None:
        self._busy.setVisible(busy)
        self.log_in_button.setEnabled(not busy)


def _busy_bar() -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    policy = bar.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    bar.setSizePolicy(policy)
    bar.hide()
    return bar
