"""The small panel in which a finding is written: the snapshot of that moment, the kind by a digit, a few words, Enter.

It lies over the lower part of the wall; the snapshot was taken before it came.
"""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wallclient.domain.patrol import LONGEST_TEXT, Category, Step
from wallclient.services.patrol_round import Draft
from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.patrol_text import category_text, clock_text, step_text
from wallclient.ui.theme import Metrics

_COLUMNS = 2
_MOST = 9  # kinds that have a digit


class FindingPanel(QFrame):
    """Writes one finding at a time; hidden in between."""

    filed = Signal(str, str)  # category, text
    cancelled = Signal()

    def __init__(self, area: QWidget, metrics: Metrics) -> None:
        """`area` is the wall it lies over."""
        super().__init__(area)
        self.setObjectName("FindingPanel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area = area
        self._metrics = metrics
        self.category = ""
        self._categories: list[str] = []
        self.title_label = ElidedLabel(name="FindingTitle")
        self.picture_label = QLabel()
        self.picture_label.setObjectName("FindingPicture")
        self.picture_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture_label.setWordWrap(True)
        self.buttons: list[QPushButton] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(max(2, metrics.space_px // 2))
        self.text_edit = QLineEdit()
        self.text_edit.setMaxLength(LONGEST_TEXT)
        self.hint_label = ElidedLabel(name="DialogHint")
        self.file_button = QPushButton()
        self.cancel_button = QPushButton()
        self._put_together()
        area.installEventFilter(self)
        self.text_edit.installEventFilter(self)
        self.hide()

    def _put_together(self) -> None:
        space = self._metrics.space_px
        words = QVBoxLayout()
        words.setSpacing(space)
        words.addLayout(self._grid)
        words.addWidget(self.text_edit)
        row = QHBoxLayout()
        row.setSpacing(space)
        row.addWidget(self.hint_label, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.file_button)
        words.addLayout(row)
        columns = QHBoxLayout()
        columns.setSpacing(space * 2)
        columns.addWidget(self.picture_label)
        columns.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space * 2, space, space * 2, space * 3 // 2)
        layout.setSpacing(space)
        layout.addWidget(self.title_label)
        layout.addLayout(columns)
        self.text_edit.setPlaceholderText(self.tr("What was found (may be left empty)"))
        self.file_button.setText(self.tr("File finding  Enter"))
        self.file_button.setDefault(True)
        self.cancel_button.setText(self.tr("Cancel  Esc"))
        for button in (self.file_button, self.cancel_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoDefault(False)
        self.file_button.clicked.connect(self.file)
        self.cancel_button.clicked.connect(self.cancel)

    # --- a finding ---

    def begin(self, draft: Draft, step: Step) -> None:
        """Ask for the finding's kind and text; the keys are the panel's until it is filed or cancelled."""
        self.category = ""
        self.text_edit.clear()
        words = (self.tr("Finding"), step_text(step), clock_text(draft.at_utc))
        self.title_label.setText("   ".join(words))
        self._show_picture(draft.picture)
        self._set_categories(list(step.categories) or list(Category))
        self._refresh()
        self.show()
        self.place()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """Go away; the wall has the keys again."""
        if self.isVisible():
            self.hide()
            self._area.update()
            self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, category: str) -> None:
        """Choose the kind; words may follow."""
        self.category = category
        self._refresh()
        self.text_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def file(self) -> None:
        """File what was written, if a kind was chosen."""
        if not self.category:
            self.hint_label.setText(self.tr("Choose a kind first: press its digit."))
            self.hint_label.setProperty("level", "bad")
            self.hint_label.style().polish(self.hint_label)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.filed.emit(self.category, self.text_edit.text().strip())

    def cancel(self) -> None:
        """Let the finding be."""
        self.cancelled.emit()

    def _show_picture(self, picture: bytes | None) -> None:
        side = QSize(self._metrics.text_px * 23, self._metrics.text_px * 13)
        self.picture_label.setFixedSize(side)
        image = QImage.fromData(picture) if picture else QImage()
        if image.isNull():
            self.picture_label.setPixmap(QPixmap())
            self.picture_label.setText(self.tr("No picture could be taken. The finding is filed without one."))
            return
        ratio = self.devicePixelRatioF()
        scaled = image.scaled(
            side * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        scaled.setDevicePixelRatio(ratio)
        self.picture_label.setPixmap(QPixmap.fromImage(scaled))

    def _set_categories(self, categories: list[str]) -> None:
        for button in self.buttons:
            button.deleteLater()
        self._categories = categories
        self.buttons = []
        for number, category in enumerate(categories):
            digit = f"{number + 1}  " if number < _MOST else ""
            button = QPushButton(digit + category_text(category).replace("&", "&&"))
            button.setObjectName("CategoryButton")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, category=category: self.choose(category))
            self._grid.addWidget(button, number // _COLUMNS, number % _COLUMNS)
            button.show()
            self.buttons.append(button)

    def _refresh(self) -> None:
        for button, category in zip(self.buttons, self._categories, strict=True):
            button.setChecked(category == self.category)
        self.hint_label.setProperty("level", "")
        self.hint_label.style().polish(self.hint_label)
        chosen = category_text(self.category) if self.category else ""
        self.hint_label.setText(chosen or self.tr("Press a digit for the kind; Alt and a digit to change it."))

    # --- keys, place ---

    def event(self, event: QEvent) -> bool:
        """Keep keys that would be shortcuts of the window to the panel while it has the focus."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(not event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take digits, Enter and Esc; other characters begin the text."""
        key, text = event.key(), event.text()
        with_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        number = key - Qt.Key.Key_1
        if 0 <= number < min(_MOST, len(self._categories)) and (with_alt or not self.text_edit.hasFocus()):
            self.choose(self._categories[number])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.file()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        elif text.isprintable() and text.strip() and self.category and not with_alt:
            self.text_edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.text_edit.insert(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the wall's size; take Alt and a digit from the text, which would write the digit."""
        if watched is self._area and isinstance(event, QResizeEvent):
            self.place()
        pressed = watched is self.text_edit and event.type() is QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.keyPressEvent(event)
            return True
        return False

    def place(self) -> None:
        """Lie at the lower left of the wall."""
        if not self.isVisible():
            return
        margin = self._metrics.space_px * 2
        width = min(self._metrics.text_px * 62, self._area.width() - 2 * margin)
        self.setFixedWidth(max(200, width))
        self.adjustSize()
        self.move(margin, max(0, self._area.height() - margin - self.height()))
