"""The settings dialog: language, snapshots, and the door to the centers."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from wallclient.domain.errors import StorageFailed
from wallclient.domain.settings import SnapshotFormat
from wallclient.services.preferences import Preferences
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.i18n import LANGUAGES
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics


class SettingsDialog(PlainDialog):
    """Changes `Preferences`; the list of centers is a dialog of its own, because it takes effect at once."""

    centers_requested = Signal()
    joystick_requested = Signal()

    def __init__(self, preferences: Preferences, pictures_folder: str, metrics: Metrics, parent: QWidget | None = None):
        super().__init__(self.tr("Settings"), metrics, parent)
        self._preferences = preferences
        settings = preferences.settings
        self.language_box = QComboBox()
        self.language_box.addItem(self.tr("As the system"), "")
        for code, name in LANGUAGES.items():
            self.language_box.addItem(name, code)
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(settings.language)))
        self.format_box = QComboBox()
        for kind in SnapshotFormat:
            self.format_box.addItem(kind.value.upper(), kind.value)
        self.format_box.setCurrentIndex(self.format_box.findData(settings.snapshot_format.value))
        self.folder_edit = QLineEdit(settings.snapshot_folder)
        self.folder_edit.setPlaceholderText(pictures_folder)
        self.folder_edit.setMinimumWidth(metrics.text_px * 26)
        browse = QPushButton(self.tr("Choose…"))
        browse.clicked.connect(self._on_browse)
        folder = QHBoxLayout()
        folder.setSpacing(metrics.space_px)
        folder.addWidget(self.folder_edit, 1)
        folder.addWidget(browse)
        self.centers_button = QPushButton(self.tr("Centers…"))
        self.centers_button.setAutoDefault(False)
        self.centers_button.clicked.connect(self.centers_requested)
        centers = QHBoxLayout()
        centers.addWidget(self.centers_button)
        centers.addStretch(1)
        self.joystick_button = QPushButton(self.tr("Joystick…"))
        self.joystick_button.setAutoDefault(False)
        self.joystick_button.clicked.connect(self.joystick_requested)
        joystick = QHBoxLayout()
        joystick.addWidget(self.joystick_button)
        joystick.addStretch(1)
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        form.addRow(self.tr("Centers"), centers)
        form.addRow(self.tr("Joystick"), joystick)
        form.addRow(self.tr("Language"), self.language_box)
        form.addRow(self.tr("Snapshot format"), self.format_box)
        form.addRow(self.tr("Snapshot folder"), folder)
        self.body.addLayout(form)
        self.hint(self.tr("A new language is used from the next start."))
        save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        save.setDefault(True)

    def accept(self) -> None:
        """Save and close."""
        try:
            self._preferences.change(
                language=self.language_box.currentData(),
                snapshot_format=SnapshotFormat(self.format_box.currentData()),
                snapshot_folder=self.folder_edit.text().strip(),
            )
        except StorageFailed as err:
            self.show_error(error_text(err))
        else:
            super().accept()

    def _on_browse(self) -> None:
        start = self.folder_edit.text() or self.folder_edit.placeholderText()
        dialog = QFileDialog(self, self.tr("Snapshot folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.folder_edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
