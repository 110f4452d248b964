"""The line at the foot of the window: centers, operator, panes that play, clock. Refreshed once a second."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from wallclient.domain.pane import PaneState
from wallclient.services.center_access import AccessState
from wallclient.ui.center_text import access_text
from wallclient.ui.centers_dialog import STATE_COLORS
from wallclient.ui.icons import pixmap
from wallclient.ui.theme import COLORS, Metrics

_WORST_FIRST = (AccessState.AWAY, AccessState.SIGNING_IN, AccessState.SIGNED_OUT, AccessState.CONNECTED)

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.wall import Wall


class StatusStrip(QFrame):
    """Shows the state of the centers and of one wall."""

    def __init__(self, wall: "Wall", centers: "Centers", metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("StatusStrip")
        self._wall = wall
        self._centers = centers
        self._dot_px = max(8, metrics.small_px * 2 // 3)
        self._dot = QLabel()
        self.center_label = QLabel()
        self.operator_label = QLabel()
        self.panes_label = QLabel()
        self.trouble_label = QLabel()
        self.clock_label = QLabel()
        self.clock_label.setObjectName("Clock")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(
            metrics.space_px * 3 // 2, metrics.space_px // 2, metrics.space_px * 3 // 2, metrics.space_px // 2
        )
        layout.setSpacing(metrics.space_px)
        layout.addWidget(self._dot)
        layout.addWidget(self.center_label)
        layout.addSpacing(metrics.space_px * 2)
        layout.addWidget(self.operator_label)
        layout.addStretch(1)
        self._first_trouble = layout.count()
        layout.addWidget(self.trouble_label)
        layout.addSpacing(metrics.space_px)
        layout.addWidget(self.panes_label)
        layout.addSpacing(metrics.space_px * 3)
        layout.addWidget(self.clock_label)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(1000)
        centers.state_changed.connect(self.refresh)
        self.refresh()

    def add(self, widget: QWidget) -> None:
        """Put something before what is told of the panes."""
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(self._first_trouble, widget)

    def refresh(self) -> None:
        """Show what is true now; labels that did not change are not painted."""
        color, text = self._centers_state()
        self._dot.setPixmap(_dot(color, self._dot_px))
        self.center_label.setText(text)
        operator = self._centers.operator
        self.operator_label.setText(operator.name if operator is not None else "")
        states = [pane.state for pane in self._wall.panes if pane.state is not PaneState.IDLE]
        playing = states.count(PaneState.PLAYING)
        text = self.tr("{playing} of {total} panes playing")
        self.panes_label.setText(text.format(playing=playing, total=len(states)) if states else "")
        trouble = len(states) - playing - states.count(PaneState.OPENING)
        text = self.tr("{count} without picture").format(count=trouble) if trouble else ""
        self.trouble_label.setText(text)
        self.trouble_label.setStyleSheet(f"color: {COLORS.warning}" if trouble else "")
        self.clock_label.setText(datetime.now().strftime("%Y-%m-%d  %H:%M:%S"))

    def _centers_state(self) -> tuple[str, str]:
        """Return the colour of the worst state, and the center with its state, or how many are in which."""
        accesses = self._centers.accesses
        states = [access.state for access in accesses]
        if not states:
            return COLORS.text_faint, self.tr("no center")
        worst = next(state for state in _WORST_FIRST if state in states)
        if len(accesses) == 1:
            return STATE_COLORS[worst], f"{accesses[0].title}   {access_text(worst)}"
        counts = ((states.count(state), access_text(state)) for state in reversed(_WORST_FIRST))
        words = "   ".join(f"{count} {text}" for count, text in counts if count)
        return STATE_COLORS[worst], self.tr("{count} centers:   {states}").format(count=len(accesses), states=words)


def _dot(color: str, size_px: int) -> QPixmap:
    return pixmap("dot", color, size_px)
