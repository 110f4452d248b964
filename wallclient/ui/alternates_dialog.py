"""The dialog for the alternates of a center: which other centers stand in for it, in which order, for which cameras."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, QSize, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.center_config import Alternate, CenterConfig
from wallclient.domain.errors import BadAddress, NotFound, StorageFailed
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.icons import icon
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

MOST = 8
_PREFIX = QRegularExpression("[0-9]{0,20}")
_Choice = tuple[str, str]  # a center's key and its title


class AlternateRow(QWidget):
    """One alternate: the center, the beginning of the codes, its place in the order."""

    moved = Signal(int)  # -1: up, 1: down
    removed = Signal()

    def __init__(self, choices: list[_Choice], alternate: Alternate, metrics: Metrics) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.space_px)
        self.center_box = QComboBox()
        for key, title in choices:
            self.center_box.addItem(icon("center", COLORS.accent, metrics.icon_px), title, key)
        self.center_box.setCurrentIndex(max(0, self.center_box.findData(alternate.center)))
        self.center_box.setMinimumWidth(metrics.text_px * 16)
        self.prefix_edit = QLineEdit(alternate.code_prefix)
        self.prefix_edit.setValidator(QRegularExpressionValidator(_PREFIX, self.prefix_edit))
        self.prefix_edit.setPlaceholderText(self.tr("All cameras"))
        self.prefix_edit.setToolTip(self.tr("The digits the GB/T 28181 codes of the cameras begin with"))
        self.prefix_edit.setMinimumWidth(metrics.text_px * 12)
        row.addWidget(self.center_box, 1)
        row.addWidget(self.prefix_edit)
        self.up_button = _tool("chevron-up", self.tr("Try earlier"), metrics)
        self.down_button = _tool("chevron-down", self.tr("Try later"), metrics)
        self.remove_button = _tool("close", self.tr("Remove"), metrics)
        for button in (self.up_button, self.down_button, self.remove_button):
            row.addWidget(button)
        self.up_button.clicked.connect(lambda: self.moved.emit(-1))
        self.down_button.clicked.connect(lambda: self.moved.emit(1))
        self.remove_button.clicked.connect(self.removed)

    @property
    def alternate(self) -> Alternate:
        """What the row says."""
        return Alternate(str(self.center_box.currentData()), self.prefix_edit.text())


class AlternatesDialog(PlainDialog):
    """Changes the alternates of one center. What is saved holds for cameras opened from then on."""

    def __init__(
        self,
        centers: "Centers",
        background: Background,
        metrics: Metrics,
        config: CenterConfig,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Centers that stand in"), metrics, parent)
        self._centers, self._background, self._metrics, self._config = centers, background, metrics, config
        self._choices = [(one.key, self._title(one)) for one in centers.configs if one.key != config.key]
        self.hint(
            self.tr(
                "While {name} gives no picture of a camera, the same camera is shown over the first of these centers"
                " that has it. It is known by its GB/T 28181 code. Sign in at all of them at the start of the shift."
            ).format(name=self._title(config))
        )
        self.rows: list[AlternateRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(metrics.space_px)
        self.body.addLayout(self._list)
        self.add_button = QPushButton(self.tr("Add a center"))
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(lambda: self._add(Alternate(self._choices[0][0])))
        bar = QHBoxLayout()
        bar.addWidget(self.add_button)
        bar.addStretch(1)
        self.body.addLayout(bar)
        self.hint(
            self.tr("500103 means the cameras of that district, 50010301 those of that station; empty means all.")
            if self._choices
            else self.tr("There is no other center yet. Add one to the list of centers first.")
        )
        self.save_button = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.clicked.connect(self._on_save)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.save_button.setDefault(True)
        self.setMinimumWidth(metrics.text_px * 44)
        known = {key for key, _ in self._choices}
        for alternate in config.alternates:
            if alternate.center in known:
                self._add(alternate)
        self._refresh()

    def _title(self, config: CenterConfig) -> str:
        try:
            return self._centers.access(config.key).title
        except NotFound:  # its address can't be used
            return config.name or config.url

    def _add(self, alternate: Alternate) -> None:
        row = AlternateRow(self._choices, alternate, self._metrics)
        row.moved.connect(lambda by: self._move(row, by))
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._list.addWidget(row)
        self._refresh()

    def _move(self, row: AlternateRow, by: int) -> None:
        at = self.rows.index(row)
        to = max(0, min(len(self.rows) - 1, at + by))
        self.rows.insert(to, self.rows.pop(at))
        self._list.removeWidget(row)
        self._list.insertWidget(to, row)
        self._refresh()

    def _remove(self, row: AlternateRow) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.deleteLater()
        self._refresh()

    def _refresh(self) -> None:
        self.add_button.setEnabled(bool(self._choices) and len(self.rows) < MOST)
        for place, row in enumerate(self.rows):
            row.up_button.setEnabled(place > 0)
            row.down_button.setEnabled(place < len(self.rows) - 1)

    def _on_save(self) -> None:
        alternates = tuple(dict.fromkeys(row.alternate for row in self.rows))
        self.save_button.setEnabled(False)
        self._background.start(self._save(alternates))

    async def _save(self, alternates: tuple[Alternate, ...]) -> None:
        latest = next((one for one in self._centers.configs if one.key == self._config.key), None)
        if latest is None:  # removed meanwhile
            self.reject()
            return
        try:
            await self._centers.change(replace(latest, alternates=alternates))
        except (BadAddress, StorageFailed) as err:
            self.show_error(error_text(err))
            self.save_button.setEnabled(True)
            return
        self.accept()


def _tool(picture: str, tip: str, metrics: Metrics) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(picture, COLORS.text, metrics.icon_px))
    button.setIconSize(QSize(metrics.icon_px, metrics.icon_px))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
