"""Asks for a reason before something that is written into the records: the usual ones to choose from, or own words."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QLineEdit, QWidget

from wallclient.domain.patrol import LONGEST_TEXT
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.theme import Metrics


class ReasonDialog(PlainDialog):
    """Asks for a reason; an empty one is not accepted unless `optional`."""

    def __init__(
        self,
        title: str,
        text: str,
        usual: Sequence[str],
        yes: str,
        metrics: Metrics,
        parent: QWidget | None = None,
        *,
        optional: bool = False,
    ) -> None:
        super().__init__(title, metrics, parent)
        label = self.hint(text)
        width = metrics.text_px * 34
        label.setFixedWidth(width)
        label.setMinimumHeight(label.heightForWidth(width))
        self.box = QComboBox()
        self.box.setEditable(True)
        self.box.addItems(usual)
        self.box.setCurrentText("")
        edit = self.box.lineEdit()
        assert isinstance(edit, QLineEdit)
        edit.setMaxLength(LONGEST_TEXT)
        self.body.addWidget(self.box)
        accept = self.buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        accept.setDefault(True)
        accept.setEnabled(optional)
        self.box.currentTextChanged.connect(lambda text: accept.setEnabled(optional or bool(text.strip())))
        self.box.setFocus()

    @property
    def reason(self) -> str:
        """What was chosen or typed, without blanks around it."""
        return self.box.currentText().strip()
