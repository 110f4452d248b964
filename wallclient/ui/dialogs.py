"""What all dialogs share: asking without a nested event loop, and a plain frame."""

import asyncio

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from wallclient.ui.shortcuts import MOUSE, PLAYBACK_KEYS, PTZ_KEYS, SHORTCUTS, Group, key_names, translated, written
from wallclient.ui.theme import Metrics

_MOST_OF_WIDTH, _MOST_OF_HEIGHT = 0.96, 0.8  # of a screen; the rest is heading, buttons, and a desktop's panel


async def ask(dialog: QDialog) -> int:
    """Open `dialog` and return its result. `exec()` would nest an event loop inside the running task."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda result: None if answer.done() else answer.set_result(result))
    dialog.open()
    try:
        return await answer
    finally:
        dialog.deleteLater()


class PlainDialog(QDialog):
    """A dialog with a heading, a body, a place for an error in words, and buttons."""

    def __init__(self, title: str, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(metrics.space_px)
        self._error = _label("", "DialogError")
        self._error.setWordWrap(True)
        self._error.hide()
        self.buttons = QDialogButtonBox()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        margin = metrics.space_px * 3
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(metrics.space_px * 2)
        self._heading = _label(title, "DialogTitle")
        layout.addWidget(self._heading)
        layout.addLayout(self.body, 1)  # room to spare is not put around the heading
        layout.addWidget(self._error)
        layout.addWidget(self.buttons)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self.setWindowTitle(title)
        self._heading.setText(title)

    def show_error(self, text: str) -> None:
        """Say what went wrong; an empty text takes it away."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def event(self, event: QEvent) -> bool:
        """Grow where sentences came that need more lines: Qt would take the room from the fields instead."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show) and (layout := self.layout()) is not None:
            needed = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0
            if needed > self.height():
                self.resize(self.width(), needed)
        return done

    def hint(self, text: str) -> QLabel:
        """Add a quiet line to the body."""
        label = _label(text, "DialogHint")
        label.setWordWrap(True)
        self.body.addWidget(label)
        return label

    def warning(self, text: str) -> QLabel:
        """Add a line to the body that must not be overlooked."""
        label = _label(text, "DialogWarning")
        label.setWordWrap(True)
        self.body.addWidget(label)
        return label


class NameDialog(PlainDialog):
    """Asks for a name."""

    def __init__(self, title: str, name: str, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(title, metrics, parent)
        self._edit = QLineEdit(name)
        self._edit.setMaxLength(80)
        self._edit.setMinimumWidth(metrics.text_px * 24)
        self._edit.selectAll()
        self.body.addWidget(self._edit)
        save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        save.setDefault(True)
        save.setEnabled(bool(name.strip()))
        self._edit.textChanged.connect(lambda text: save.setEnabled(bool(text.strip())))

    @property
    def name(self) -> str:
        """The name typed, without blanks around it."""
        return self._edit.text().strip()


class QuestionDialog(PlainDialog):
    """Asks before something that can't be taken back."""

    def __init__(self, title: str, text: str, yes: str, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(title, metrics, parent)
        label = self.hint(text)
        width = metrics.text_px * 38
        label.setFixedWidth(width)  # with its height for this width, or a long text loses its last line
        label.setMinimumHeight(label.heightForWidth(width))
        self.buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setDefault(True)


class KeysDialog(PlainDialog):
    """The F1 page, made from the table of shortcuts."""

    def __init__(self, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Keys"), metrics, parent)

        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, metrics.space_px, 0)
        columns.setSpacing(metrics.space_px * 3 // 2)
        for groups in (
            (Group.PANES, Group.MOUSE),
            (Group.LAYOUTS, Group.PATROL),
            (Group.PTZ, Group.PLAYBACK),
            (Group.WINDOW,),
        ):
            grid = QGridLayout()
            grid.setHorizontalSpacing(metrics.space_px)
            grid.setVerticalSpacing(max(1, metrics.space_px - 6))  # the longest column fits a screen of 768 lines
            columns.addLayout(grid)
            for group in groups:
                grid.addWidget(_label(translated(group.value), "KeyGroup"), grid.rowCount(), 0, 1, 2)
                for keys, text in _rows(group):
                    row = grid.rowCount()
                    grid.addWidget(_keys_widget(keys, metrics), row, 0)
                    grid.addWidget(QLabel(text), row, 1)
            grid.setRowStretch(grid.rowCount(), 1)
        self.body.addWidget(_scrolled(page, self.screen().availableSize()), 1)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.AcceptRole)
        close.setDefault(True)


def _scrolled(page: QWidget, screen: QSize) -> QScrollArea:
    """Return `page` whole where a dialog with it fits on a screen, else in part with a way to the rest."""
    area = QScrollArea()
    area.setObjectName("Plain")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(page)
    most = QSize(round(screen.width() * _MOST_OF_WIDTH), round(screen.height() * _MOST_OF_HEIGHT))
    bar = area.verticalScrollBar().sizeHint().width()
    area.setMinimumSize((page.sizeHint() + QSize(bar, 0)).boundedTo(most))
    return area


def _rows(group: Group) -> list[tuple[list[str], str]]:
    if group is Group.MOUSE:
        return [([translated(what)], translated(text)) for what, text in MOUSE]
    if group is Group.PLAYBACK:
        return [(_native(keys), translated(text)) for keys, text in PLAYBACK_KEYS]
    if group is Group.PTZ:
        return [(written(keys), translated(text)) for keys, text in PTZ_KEYS]
    return [(key_names(shortcut), translated(shortcut.text)) for shortcut in SHORTCUTS if shortcut.group is group]


def _native(keys: tuple[str, ...]) -> list[str]:
    return [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys]


def _keys_widget(keys: list[str], metrics: Metrics) -> QWidget:

    widget = QFrame()
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(metrics.space_px // 2)
    for key in keys:
        cap = _label(key, "KeyCap")
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(cap)
    layout.addStretch(1)
    return widget


def _label(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    return label
