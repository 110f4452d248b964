"""The list of saved views: open, rename, delete, choose the one to start with."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QPushButton, QWidget

from wallclient.domain.errors import StorageFailed
from wallclient.services.view_library import ViewLibrary
from wallclient.ui.dialogs import NameDialog, PlainDialog, QuestionDialog
from wallclient.ui.icons import icon
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics


class ViewsDialog(PlainDialog):
    """Shows the views of a `ViewLibrary`."""

    open_requested = Signal(str)

    def __init__(self, library: ViewLibrary, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Views"), metrics, parent)
        self._library = library
        self._metrics = metrics
        self.list = QListWidget()
        self.list.setMinimumSize(metrics.text_px * 30, metrics.row_px * 9)
        self.list.setUniformItemSizes(True)
        self.body.addWidget(self.list)
        self.hint(self.tr("The marked view is opened at start. Without one, the last state is restored."))
        self.open_button = self._button(self.tr("Open"), self._on_open)
        self.rename_button = self._button(self.tr("Rename…"), self._on_rename)
        self.default_button = self._button(self.tr("Open at start"), self._on_default)
        self.delete_button = self._button(self.tr("Delete…"), self._on_delete)
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.open_button.setDefault(True)
        self.list.itemActivated.connect(self._on_open)
        self.list.currentItemChanged.connect(self._refresh_buttons)
        library.changed.connect(self._fill)
        self._fill()

    @property
    def current_name(self) -> str | None:
        """Name of the view chosen in the list."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else None

    def _button(self, text: str, slot: object) -> QPushButton:
        button = self.buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.clicked.connect(slot)
        return button

    def _fill(self) -> None:
        former = self.current_name
        self.list.clear()
        for name in self._library.names:
            view = self._library.get(name)
            panes = self.tr("{count} panes").format(count=len(view.channel_ids)) if view else ""
            item = QListWidgetItem(f"{name}    {panes}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            marked = name == self._library.default_name
            item.setIcon(icon("check" if marked else "views", COLORS.ok if marked else COLORS.text_dim))
            self.list.addItem(item)
            if name == former:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        name = self.current_name
        for button in (self.open_button, self.rename_button, self.default_button, self.delete_button):
            button.setEnabled(name is not None)
        is_default = name is not None and name == self._library.default_name
        self.default_button.setText(self.tr("Not at start") if is_default else self.tr("Open at start"))

    def _on_open(self) -> None:
        if (name := self.current_name) is not None:
            self.open_requested.emit(name)
            self.accept()

    def _on_default(self) -> None:
        name = self.current_name
        self._store(lambda: self._library.set_default(None if name == self._library.default_name else name))

    def _on_rename(self) -> None:
        name = self.current_name
        if name is None:
            return
        dialog = NameDialog(self.tr("Rename view"), name, self._metrics, self)
        dialog.accepted.connect(lambda: self._store(lambda: self._library.rename(name, dialog.name)))
        _open(dialog)

    def _on_delete(self) -> None:
        name = self.current_name
        if name is None:
            return
        text = self.tr("{name} is removed from the list.").format(name=name)
        dialog = QuestionDialog(self.tr("Delete view"), text, self.tr("Delete"), self._metrics, self)
        dialog.accepted.connect(lambda: self._store(lambda: self._library.delete(name)))
        _open(dialog)

    def _store(self, change: Callable[[], None]) -> None:
        try:
            change()
            self.show_error("")
        except StorageFailed as err:
            self.show_error(error_text(err))


def _open(dialog: QDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
