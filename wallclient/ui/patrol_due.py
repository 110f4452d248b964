"""Says that a round is due, or that one was broken off, and offers what can be done. Never takes the keyboard."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.patrol_text import plan_size_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.center_patrols import OpenRound
    from wallclient.services.patrols import DueRound

LATER = timedelta(minutes=5)
_GRACE = timedelta(minutes=15)  # `services.patrols.START_GRACE`, after which a round counts as not made
Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class DuePanel(QFrame):
    """Lies over the lower left corner of the wall while there is something to decide."""

    begin_requested = Signal(object)  # DueRound
    refuse_requested = Signal(object)  # DueRound
    go_on_requested = Signal(str, object)  # center key, OpenRound
    close_requested = Signal(str, object)  # center key, OpenRound
    auto_changed = Signal(object, bool)  # DueRound, whether its plan's rounds begin by themselves

    def __init__(self, area: QWidget, metrics: Metrics, now_utc: Clock = _now) -> None:
        super().__init__(area)
        self.setObjectName("DuePanel")
        self._area = area
        self._metrics = metrics
        self._now = now_utc
        self._due: tuple[DueRound, ...] = ()
        self._left: tuple[tuple[str, OpenRound], ...] = ()
        self._later: dict[tuple[str, str, datetime], datetime] = {}  # until when a due round is not to be told of
        self._busy = False
        self._is_auto: Callable[[DueRound], bool] = lambda _due: False
        self.title_label = ElidedLabel(name="FindingTitle")
        self.text_label = ElidedLabel(name="DialogHint")
        self.first_button, self.later_button, self.second_button = QPushButton(), QPushButton(), QPushButton()
        self.auto_box = QCheckBox(self.tr("From now on begin this plan's rounds by themselves"))
        self._put_together()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.setInterval(1000)
        area.installEventFilter(self)
        self.hide()

    def _put_together(self) -> None:
        space = self._metrics.space_px
        row = QHBoxLayout()
        row.setSpacing(space)
        for button in (self.first_button, self.later_button, self.second_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        row.addStretch(1)
        self.first_button.setDefault(True)
        self.auto_box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space * 2, space * 3 // 2, space * 2, space * 3 // 2)
        layout.setSpacing(space)
        for widget in (self.title_label, self.text_label):
            layout.addWidget(widget)
        layout.addWidget(self.auto_box)
        layout.addLayout(row)
        self.first_button.clicked.connect(self.take)
        self.later_button.clicked.connect(self._on_later)
        self.second_button.clicked.connect(self._on_second)
        self.auto_box.clicked.connect(self._on_auto)

    # --- what there is ---

    def set_auto(self, is_auto: "Callable[[DueRound], bool]") -> None:
        """Tell how to find out whether a plan's rounds begin by themselves."""
        self._is_auto = is_auto

    def show_due(self, due: "Sequence[DueRound]", left: "Sequence[tuple[str, OpenRound]]", *, busy: bool) -> None:
        """Tell of rounds that are due and of those broken off; `busy`: one is under way in this window."""
        self._due, self._left, self._busy = tuple(due), tuple(left), busy
        self.refresh()

    @property
    def current(self) -> "DueRound | tuple[str, OpenRound] | None":
        """What is told of: rounds broken off first."""
        if self._left:
            return self._left[0]
        now = self._now()
        return next((due for due in self._due if self._later.get(_key(due), now) <= now), None)

    def refresh(self) -> None:
        """Show what is true now."""
        current = self.current
        if current is None or (self._busy and isinstance(current, tuple)):
            self._vanish()
        elif isinstance(current, tuple):
            self._show_left(current[1])
        else:
            self._show_due(current)
        if self._due or self._left:
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    def _show_left(self, left: "OpenRound") -> None:
        plan = left.round.plan
        self.title_label.setText(self.tr("Round broken off: {plan}").format(plan=plan.name))
        last = left.last_utc.astimezone()
        text = self.tr("The program ended in the middle of it. Last record {time}, by {name}.")
        self.text_label.setText(text.format(time=f"{last:%H:%M:%S}", name=left.person.name))
        self._offer(self.tr("Go on"), "", self.tr("Close it"))

    def _show_due(self, due: "DueRound") -> None:
        at, until = due.run.at_utc.astimezone(), (due.run.at_utc + _GRACE).astimezone()
        self.title_label.setText(self.tr("Round due: {plan}").format(plan=due.plan.name))
        words = [f"{at:%H:%M}", due.run.shift, plan_size_text(due.plan)]
        if self._busy:
            words.append(self.tr("after the round under way"))
        words.append(self.tr("counts as not made from {time}").format(time=f"{until:%H:%M}"))
        if len(self._due) > 1:
            words.append(self.tr("{count} more are due").format(count=len(self._due) - 1))
        self.text_label.setText("   ".join(words))
        self.auto_box.setChecked(self._is_auto(due))
        minutes = round(LATER.total_seconds() / 60)
        later = self.tr("In {minutes} min").format(minutes=minutes)
        self._offer(self.tr("Begin  Ctrl+Enter"), later, self.tr("Not this time…"))
        self.first_button.setEnabled(not self._busy)

    def _offer(self, first: str, later: str, second: str) -> None:
        self.first_button.setText(first)
        self.first_button.setEnabled(True)
        self.later_button.setText(later)
        self.later_button.setVisible(bool(later))
        self.auto_box.setVisible(bool(later))
        self.second_button.setText(second)
        self.show()
        self.place()

    def _vanish(self) -> None:
        if self.isVisible():
            self.hide()
            self._area.update()

    # --- what was chosen ---

    def take(self) -> None:
        """Begin the round that is told of, or go on with it."""
        current = self.current
        if current is None or not self.isVisible() or not self.first_button.isEnabled():
            return
        if isinstance(current, tuple):
            self.go_on_requested.emit(*current)
        else:
            self.begin_requested.emit(current)

    def _on_later(self) -> None:
        current = self.current
        if current is not None and not isinstance(current, tuple):
            self._later[_key(current)] = self._now() + LATER
            self.refresh()

    def _on_second(self) -> None:
        current = self.current
        if isinstance(current, tuple):
            self.close_requested.emit(*current)
        elif current is not None:
            self.refuse_requested.emit(current)

    def _on_auto(self, checked: bool) -> None:
        current = self.current
        if current is not None and not isinstance(current, tuple):
            self.auto_changed.emit(current, checked)

    # --- place ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the wall's size."""
        if watched is self._area and isinstance(event, QResizeEvent):
            self.place()
        return False

    def place(self) -> None:
        """Lie at the lower left of the wall."""
        if not self.isVisible():
            return
        margin = self._metrics.space_px * 2
        self.setFixedWidth(max(200, min(self._metrics.text_px * 44, self._area.width() - 2 * margin)))
        self.adjustSize()
        self.move(margin, max(0, self._area.height() - margin - self.height()))
        self._area.update()


def _key(due: "DueRound") -> tuple[str, str, datetime]:
    return due.key, due.plan.id, due.run.at_utc
