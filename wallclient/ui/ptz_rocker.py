"""A rocker: two keys that drive one lens motor in and out while they are held."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from wallclient.ui.theme import Metrics


class PtzRocker(QWidget):
    """`+`, the drive's name, `−`, one above the other."""

    driven = Signal(float)  # 1, -1, or 0 when let go of

    def __init__(self, name: str, plus: str, minus: str, metrics: Metrics, parent: QWidget | None = None) -> None:
        """`plus` and `minus` say what the two keys do."""
        super().__init__(parent)
        self._tips = {1: plus, -1: minus}
        self.plus, self.minus = (self._key(sign, metrics) for sign in (1, -1))
        label = QLabel(name)
        label.setObjectName("RockerName")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.space_px // 2)
        layout.addWidget(self.plus, 1)
        layout.addWidget(label)
        layout.addWidget(self.minus, 1)

    def set_lack(self, lack: str) -> None:
        """Say why it can't be used; empty: it can."""
        self.setEnabled(not lack)
        self.setToolTip(lack)
        for key, sign in ((self.plus, 1), (self.minus, -1)):
            key.setToolTip(lack or self._tips[sign])

    def let_go(self) -> None:
        """Count as let go of, though the button may still be down."""
        for key in (self.plus, self.minus):
            if key.isDown():
                key.setDown(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go: nobody can any more."""
        if self.plus.isDown() or self.minus.isDown():
            self.let_go()
            self.driven.emit(0.0)
        super().hideEvent(event)

    def _key(self, sign: int, metrics: Metrics) -> QToolButton:
        key = QToolButton()
        key.setObjectName("RockerKey")
        key.setText("+" if sign > 0 else "\N{MINUS SIGN}")
        key.setToolTip(self._tips[sign])
        key.setAccessibleName(self._tips[sign])
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.setMinimumSize(round(metrics.text_px * 2.6), round(metrics.text_px * 2.6))
        key.pressed.connect(lambda: self.driven.emit(float(sign)))
        key.released.connect(lambda: self.driven.emit(0.0))
        return key
