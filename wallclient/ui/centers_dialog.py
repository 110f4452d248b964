"""The list of centers: add, edit, remove, log in and out. Everything takes effect at once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import NotFound, StorageFailed
from wallclient.services.center_access import AccessState
from wallclient.services.center_makes import make_of
from wallclient.ui.ability_table import AbilityTable
from wallclient.ui.alternates_dialog import AlternatesDialog
from wallclient.ui.background import Background
from wallclient.ui.center_dialog import CenterDialog
from wallclient.ui.center_text import access_text, family_text
from wallclient.ui.dialogs import PlainDialog, QuestionDialog
from wallclient.ui.icons import icon
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.center_access import CenterAccess
    from wallclient.services.centers import Centers

STATE_COLORS = {
    AccessState.SIGNED_OUT: COLORS.text_faint,
    AccessState.SIGNING_IN: COLORS.warning,
    AccessState.CONNECTED: COLORS.ok,
    AccessState.AWAY: COLORS.bad,
}


class CentersDialog(PlainDialog):
    """Shows the centers of `Centers`, as they are at each moment."""

    log_in_requested = Signal(str)  # center key

    def __init__(
        self, centers: "Centers", background: Background, metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Centers"), metrics, parent)
        self._centers = centers
        self._background = background
        self._metrics = metrics
        self.list = QListWidget()
        self.list.setMinimumSize(metrics.text_px * 44, metrics.row_px * 7)
        self.list.setUniformItemSizes(True)
        self.body.addWidget(self.list, 1)
        self.abilities = AbilityTable(metrics)
        self.body.addWidget(self.abilities)
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        self.add_button = self._button(row, self.tr("Add…"), lambda: self._edit(None))
        self.edit_button = self._button(row, self.tr("Edit…"), lambda: self._edit(self._current()))
        self.session_button = self._button(row, self.tr("Log in…"), self._on_session)
        self.alternates_button = self._button(row, self.tr("Stand-ins…"), self._on_alternates)
        row.addStretch(1)
        self.remove_button = self._button(row, self.tr("Remove…"), self._on_remove)
        self.body.addLayout(row)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        self.list.itemDoubleClicked.connect(lambda: self._edit(self._current()))
        self.list.currentItemChanged.connect(self._refresh_buttons)
        centers.state_changed.connect(self._fill)
        self._fill()

    def _button(self, row: QHBoxLayout, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        row.addWidget(button)
        return button

    def _current(self) -> CenterConfig | None:
        item = self.list.currentItem()
        key = item.data(Qt.ItemDataRole.UserRole) if item else None
        return next((config for config in self._centers.configs if config.key == key), None)

    def _access(self) -> "CenterAccess | None":
        config = self._current()
        try:
            return self._centers.access(config.key) if config else None
        except NotFound:  # its address can't be used
            return None

    def _fill(self) -> None:
        former = self._current()
        self.list.clear()
        for config in self._centers.configs:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, config.key)
            self.list.addItem(item)
            self._describe(item, config)
            if former is not None and config.key == former.key:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        self._refresh_buttons()

    def _describe(self, item: QListWidgetItem, config: CenterConfig) -> None:
        try:
            access = self._centers.access(config.key)
        except NotFound:
            unusable = self.tr("address not usable")
            item.setText(f"{config.name or config.url}    {unusable}")
            item.setIcon(icon("warning", COLORS.bad, self._metrics.icon_px))
            return
        operator = access.session.operator
        words = [access.title, access_text(access.state)]
        if access.state is AccessState.CONNECTED and operator is not None and operator.name:
            words.append(operator.name)
        make = make_of(config)
        if make is not None:
            words.append(family_text(make.family))
        if access.title != config.url and not config.is_site:
            words.append(config.url)
        if not config.is_encrypted:
            words.append(self.tr("not encrypted"))
        item.setText("    ".join(words))
        item.setIcon(icon(make.icon if make else "center", STATE_COLORS[access.state], self._metrics.icon_px))

    def _refresh_buttons(self) -> None:
        config, access = self._current(), self._access()
        self.edit_button.setEnabled(config is not None)
        self.remove_button.setEnabled(config is not None)
        self.alternates_button.setEnabled(config is not None)
        self.session_button.setEnabled(access is not None)
        signed_in = access is not None and access.session.signed_in
        self.session_button.setText(self.tr("Log out") if signed_in else self.tr("Log in…"))
        if config is not None and config.is_site:
            self.session_button.setEnabled(False)
            self.session_button.setToolTip(self.tr("No log-in is needed: these cameras are kept on this computer."))
        else:
            self.session_button.setToolTip("")
        self.abilities.show_center(access)

    def _edit(self, config: CenterConfig | None) -> None:
        _open(CenterDialog(self._centers, self._background, self._metrics, config, self))

    def _on_alternates(self) -> None:
        if (config := self._current()) is not None:
            _open(AlternatesDialog(self._centers, self._background, self._metrics, config, self))

    def _on_session(self) -> None:
        access = self._access()
        if access is None:
            return
        if access.session.signed_in:
            self._background.start(self._centers.log_out(access.key))
        else:
            self.log_in_requested.emit(access.key)

    def _on_remove(self) -> None:
        config = self._current()
        if config is None:
            return
        access = self._access()
        text = self.tr(
            "{name} is removed from this computer, with the copy of its camera tree and everything the keyring holds"
            " for it. Views keep their other cameras."
        ).format(name=access.title if access else config.name or config.url)
        question = QuestionDialog(self.tr("Remove center"), text, self.tr("Remove"), self._metrics, self)
        question.accepted.connect(lambda: self._background.start(self._remove(config.key)))
        _open(question)

    async def _remove(self, key: str) -> None:
        try:
            await self._centers.remove(key)
        except StorageFailed as err:
            self.show_error(error_text(err))


def _open(dialog: QDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
