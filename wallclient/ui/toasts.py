"""Notices at the lower edge of the window: they stop nobody, and a newer one replaces an older one with the same key.

They lie over the wall, not beside it: a bar that comes and goes would resize every pane, and so reopen every stream.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from wallclient.domain.notice import Notice, NoticeLevel
from wallclient.ui.icons import icon
from wallclient.ui.text import notice_text
from wallclient.ui.theme import COLORS, Metrics

_SHOWN_MS = {NoticeLevel.INFO: 5_000, NoticeLevel.WARNING: 9_000, NoticeLevel.ERROR: 14_000}
_MOST = 4
_ICONS = {
    NoticeLevel.INFO: ("info", COLORS.accent),
    NoticeLevel.WARNING: ("warning", COLORS.warning),
    NoticeLevel.ERROR: ("warning", COLORS.bad),
}


class Toast(QFrame):
    """One notice, or one long task with its progress and a way to cancel it."""

    def __init__(self, key: str, metrics: Metrics, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Toast")
        self.key = key
        self._icon = QLabel()
        self._icon_px = metrics.icon_px
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names from a center are not markup
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.hide()
        self._close = QToolButton()
        self._close.setIcon(icon("close"))
        self._close.setToolTip(self.tr("Close"))
        words = QVBoxLayout()
        words.setSpacing(metrics.space_px // 2)
        words.addWidget(self._text)
        words.addWidget(self.progress)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(metrics.space_px, metrics.space_px, metrics.space_px // 2, metrics.space_px)
        layout.setSpacing(metrics.space_px)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self.cancel_button)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self._close.clicked.connect(self.hide)
        self.timer.timeout.connect(self.hide)

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()

    def show_text(self, text: str, level: NoticeLevel) -> None:
        """Show a sentence for the time its level asks for."""
        self._text.setText(text)
        name, color = _ICONS[level]
        self._icon.setPixmap(icon(name, color, self._icon_px).pixmap(QSize(self._icon_px, self._icon_px)))
        self.setProperty("level", level.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self.timer.start(_SHOWN_MS[level])

    def show_task(self, text: str, on_cancel: Callable[[], object]) -> None:
        """Show a task under way; it stays until it is done."""
        self.show_text(text, NoticeLevel.INFO)
        self.timer.stop()
        self.progress.setRange(0, 0)
        self.progress.show()
        self.cancel_button.show()
        self.cancel_button.clicked.connect(on_cancel)
        self._close.hide()


class ToastStack(QObject):
    """Shows toasts above the lower right corner of a widget."""

    def __init__(self, area: QWidget, metrics: Metrics) -> None:
        super().__init__(area)
        self._area = area
        self._metrics = metrics
        self._toasts: list[Toast] = []
        area.installEventFilter(self)

    @property
    def texts(self) -> list[str]:
        """Sentences shown now, oldest first."""
        return [toast.text for toast in self._toasts]

    def show_notice(self, notice: Notice) -> None:
        """Show a notice."""
        self._toast(notice.key).show_text(notice_text(notice), notice.level)
        self._arrange()

    def show_task(self, key: str, text: str, on_cancel: Callable[[], object]) -> None:
        """Show that a task is under way until `end_task`."""
        self.end_task(key)
        self._toast(key).show_task(text, on_cancel)
        self._arrange()

    def end_task(self, key: str) -> None:
        """Take a task's toast away."""
        for toast in [toast for toast in self._toasts if toast.key == key]:
            toast.hide()

    def _toast(self, key: str) -> Toast:
        found = next((toast for toast in self._toasts if toast.key == key), None)
        if found is not None:
            return found
        if len(self._toasts) >= _MOST:
            next((t for t in self._toasts if t.timer.isActive()), self._toasts[0]).hide()
        toast = Toast(key, self._metrics, self._area)
        toast.installEventFilter(self)
        self._toasts.append(toast)
        return toast

    def _arrange(self) -> None:
        margin = self._metrics.space_px * 2
        width = min(self._metrics.text_px * 30, self._area.width() - 2 * margin)
        bottom = self._area.height() - margin
        for toast in reversed(self._toasts):
            toast.setFixedWidth(width)
            toast.adjustSize()
            height = max(toast.sizeHint().height(), toast.heightForWidth(width))
            toast.setGeometry(self._area.width() - margin - width, bottom - height, width, height)
            toast.show()
            toast.raise_()
            bottom -= height + self._metrics.space_px
        self._area.update()  # what a toast covered is painted with the rest, not by the short path of new pictures

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forget toasts that were hidden, and follow the area's size."""
        if isinstance(watched, Toast) and event.type() is QEvent.Type.HideToParent:
            if watched in self._toasts:
                self._toasts.remove(watched)
                watched.deleteLater()
                self._arrange()
        elif watched is self._area and isinstance(event, QResizeEvent):
            self._arrange()
        return False
