"""Dialogs about one case: what is written about it, and into which one something is put."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from wallclient.domain.case import LONGEST_NUMBER, LONGEST_TEXT, LONGEST_TITLE, Case, CaseFields
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.theme import Metrics


class CaseDialog(PlainDialog):
    """Asks what a case is called; a new one also who is to keep it."""

    def __init__(
        self, homes: Sequence[tuple[str, str]], case: Case | None, metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        """`homes` are key and name of the centers that keep cases."""
        super().__init__(self.tr("Case") if case else self.tr("New case"), metrics, parent)
        fields = case.fields if case else CaseFields("")
        self._is_closed = fields.is_closed
        self.title_edit = QLineEdit(fields.title)
        self.title_edit.setMaxLength(LONGEST_TITLE)
        self.title_edit.setMinimumWidth(metrics.text_px * 26)
        self.number_edit = QLineEdit(fields.number)
        self.number_edit.setMaxLength(LONGEST_NUMBER)
        self.text_edit = QPlainTextEdit(fields.text)
        self.text_edit.setFixedHeight(metrics.row_px * 4)
        self.text_edit.setTabChangesFocus(True)
        self.shared_box = QCheckBox(self.tr("Visible to other operators"))
        self.shared_box.setChecked(fields.is_shared)
        self.home_box = QComboBox()
        for key, name in homes:
            self.home_box.addItem(self.tr("Center: {name}").format(name=name), key)
        self.home_box.addItem(self.tr("This computer only"), "")
        self.home_box.currentIndexChanged.connect(lambda _index: self._enable())
        form = QFormLayout()
        form.addRow(self.tr("Title"), self.title_edit)
        form.addRow(self.tr("Case number"), self.number_edit)
        form.addRow(self.tr("Text"), self.text_edit)
        if case is None:
            form.addRow(self.tr("Kept by"), self.home_box)
        form.addRow("", self.shared_box)
        self.body.addLayout(form)
        self._home = case.home if case else None
        self._save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self._save.setDefault(True)
        self.title_edit.textChanged.connect(lambda _text: self._enable())
        self.title_edit.setFocus()
        self._enable()

    @property
    def home(self) -> str:
        """Key of the center that keeps the case; "" for this computer."""
        return self._home if self._home is not None else str(self.home_box.currentData())

    @property
    def fields(self) -> CaseFields:
        """What was written."""
        return CaseFields(
            self.title_edit.text().strip(),
            self.number_edit.text().strip(),
            self.text_edit.toPlainText().strip()[:LONGEST_TEXT],
            self.shared_box.isChecked() and bool(self.home),
            self._is_closed,
        )

    def _enable(self) -> None:
        self._save.setEnabled(bool(self.title_edit.text().strip()))
        self.shared_box.setEnabled(bool(self.home))
        why = "" if self.home else self.tr("A case of this computer is seen here only.")
        self.shared_box.setToolTip(why)


class ChooseCaseDialog(PlainDialog):
    """Asks into which of the open cases something is put; none chosen: into a new one."""

    def __init__(self, cases: Sequence[Case], what: str, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Add to a case"), metrics, parent)
        self.hint(what)
        self.box = QComboBox()
        self.box.setMinimumWidth(metrics.text_px * 26)
        for case in cases:
            name = f"{case.fields.number}  {case.fields.title}" if case.fields.number else case.fields.title
            self.box.addItem(name, case.key)
        self.box.addItem(self.tr("A new case…"), "")
        self.body.addWidget(self.box)
        add = self.buttons.addButton(self.tr("Add"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        add.setDefault(True)

    @property
    def key(self) -> str:
        """Key of the chosen case; "" for a new one."""
        return str(self.box.currentData())
