"""The strip under the wall while a round runs: what to look at now, what for, how long still, and what can be done.

It stands beside the wall, never over it: no picture and no title is covered.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from wallclient.domain.patrol import Record, RecordKind, Step
from wallclient.services.patrol_round import Phase, RoundRunner, SightState
from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.patrol_text import record_text, step_text, why_text
from wallclient.ui.theme import Metrics

FLASH_MS = 1500  # once, when a step was missed
_NOTE_MS = 12_000
_BAR_STEPS = 1000
_BAD = frozenset({RecordKind.MISSED})
_NOTED = _BAD | {RecordKind.UNAVAILABLE, RecordKind.PRESET_MISSED, RecordKind.SKIPPED}
COMMANDS = ("patrol_seen", "patrol_finding", "patrol_pause", "patrol_skip", "patrol_by_hand", "patrol_end")
PathOf = Callable[[RoundRunner], str]  # where the step's camera is: the tiers above it, in one line


class RoundStrip(QFrame):
    """Shows one round and offers the window's commands on it; hidden while there is none."""

    def __init__(
        self, actions: Mapping[str, QAction], path_of: PathOf, metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("RoundStrip")
        self._path_of = path_of
        self._metrics = metrics
        self.runner: RoundRunner | None = None
        self.bar = QProgressBar()
        self.bar.setObjectName("DwellBar")
        self.bar.setRange(0, _BAR_STEPS)
        self.bar.setTextVisible(False)
        self.count_label = QLabel()
        self.count_label.setObjectName("RoundCount")
        self.left_label = QLabel()
        self.left_label.setObjectName("RoundLeft")
        self.plan_label = ElidedLabel(name="RoundQuiet")
        self.camera_label = ElidedLabel(name="RoundCamera")
        self.path_label = ElidedLabel(name="RoundQuiet")
        self.look_label = ElidedLabel(name="RoundLookFor")
        self.note_label = ElidedLabel(name="RoundNote")
        self.next_label = ElidedLabel(name="RoundQuiet")
        self.buttons = {command: _button(command, actions[command]) for command in COMMANDS}
        self._put_together()
        self._flash = _timer(self, lambda: self._set_flash(on=False))
        self._note = _timer(self, lambda: self._show_note("", bad=False))
        self.hide()

    def _put_together(self) -> None:
        space = self._metrics.space_px
        figures = QVBoxLayout()
        figures.setSpacing(0)
        for label in (self.count_label, self.left_label):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            figures.addWidget(label)
        first = QHBoxLayout()
        first.setSpacing(space * 2)
        first.addWidget(self.camera_label)
        first.addWidget(self.path_label, 1)
        last = QHBoxLayout()
        last.setSpacing(space * 2)
        for quiet in (self.plan_label, self.note_label, self.next_label):
            last.addWidget(quiet, 1)
        words = QVBoxLayout()
        words.setSpacing(max(1, space // 4))
        words.addLayout(first)
        words.addWidget(self.look_label)
        words.addLayout(last)
        keys = QGridLayout()
        keys.setSpacing(space // 2)
        for number, button in enumerate(self.buttons.values()):
            keys.addWidget(button, number % 2, number // 2)
        row = QHBoxLayout()
        row.setContentsMargins(space * 3 // 2, space // 2, space * 3 // 2, space // 2)
        row.setSpacing(space * 2)
        row.addLayout(figures)
        row.addLayout(words, 1)
        row.addLayout(keys)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(row)
        self.left_label.setMinimumWidth(self._metrics.large_px * 6)  # words come and go; the camera's name stays

    # --- the round ---

    def set_round(self, runner: RoundRunner | None) -> None:
        """Show a round, or none."""
        if self.runner is not None:
            self.runner.changed.disconnect(self.refresh)
            self.runner.recorded.disconnect(self._on_recorded)
        self.runner = runner
        self._show_note("", bad=False)
        self._set_flash(on=False)
        if runner is not None:
            runner.changed.connect(self.refresh)
            runner.recorded.connect(self._on_recorded)
            self.refresh()
        self.setVisible(runner is not None)

    def refresh(self) -> None:
        """Show what is true now; labels that did not change are not painted."""
        runner = self.runner
        if runner is None or runner.step is None:
            return
        step, number, steps = runner.step, runner.step_number, runner.plan.steps
        self.count_label.setText(f"{number + 1} / {len(steps)}")
        self.plan_label.setText(self.tr("Round: {plan}").format(plan=runner.plan.name))
        self.camera_label.setText(step_text(step))
        self.path_label.setText(self._where(runner))
        self.look_label.setText(step.look_for)
        following = steps[number + 1] if number + 1 < len(steps) else None
        text = self.tr("Next: {step}").format(step=step_text(following)) if following else self.tr("Last step")
        self.next_label.setText(text)
        self.left_label.setText(self._state_text(runner))
        self.bar.setValue(self._bar_value(runner, step))
        self._set("mood", self._mood(runner))
        self._show_buttons(runner)

    def _where(self, runner: RoundRunner) -> str:
        """Say where the camera is, or of a view how many of its cameras have no picture."""
        if missing := runner.sight.missing:
            return self.tr("{count} cameras without picture").format(count=len(missing))
        return self._path_of(runner)

    def _state_text(self, runner: RoundRunner) -> str:
        if runner.draft is not None:
            return self.tr("Finding")
        if runner.phase is Phase.PAUSED:
            return self.tr("Paused")
        if runner.phase is Phase.BY_HAND:
            return self.tr("By hand")
        if runner.phase is Phase.OPENING:
            return self.tr("Opening…")
        if runner.sight.state is not SightState.PLAYING:
            return self.tr("No picture")
        return self.tr("{seconds} s").format(seconds=_whole_seconds(runner.dwell_left_s))

    @staticmethod
    def _bar_value(runner: RoundRunner, step: Step) -> int:
        return round(_BAR_STEPS * runner.dwell_left_s / step.dwell_s)

    @staticmethod
    def _mood(runner: RoundRunner) -> str:
        if runner.draft is not None or runner.phase in (Phase.PAUSED, Phase.BY_HAND):
            return "standing"
        if runner.is_confirmed:
            return "seen"
        return "playing" if runner.sight.state is SightState.PLAYING else "waiting"

    def _show_buttons(self, runner: RoundRunner) -> None:
        stands = runner.phase in (Phase.PAUSED, Phase.BY_HAND)
        self._name("patrol_seen", self.tr("Seen ✓") if runner.is_confirmed else self.tr("Seen"))
        self._name("patrol_pause", self.tr("Go on") if stands else self.tr("Pause"))
        self._name("patrol_finding", self.tr("Finding…"))
        self._name("patrol_skip", self.tr("Next step") if runner.is_confirmed else self.tr("Skip"))
        self._name("patrol_by_hand", self.tr("By hand"))
        self._name("patrol_end", self.tr("End…"))
        self.buttons["patrol_seen"].setEnabled(runner.can_confirm)
        self.buttons["patrol_by_hand"].setEnabled(not stands)
        self.buttons["patrol_finding"].setEnabled(runner.draft is None)

    def _name(self, command: str, text: str) -> None:
        button = self.buttons[command]
        keys = button.property("keys")
        button.setText(f"{text}  {keys}" if keys else text)

    # --- what is noted ---

    def _on_recorded(self, record: Record) -> None:
        if record.kind not in _NOTED or self.runner is None or record.step is None:
            return
        words = [record_text(record.kind), self.runner.plan.steps[record.step].title]
        if record.reason:
            words.append(f"({why_text(record.reason)})")
        self._show_note(" ".join(words), bad=record.kind in _BAD)
        self._note.start(_NOTE_MS)
        if record.kind in _BAD:
            self._set_flash(on=True)
            self._flash.start(FLASH_MS)

    def _show_note(self, text: str, *, bad: bool) -> None:
        self.note_label.setText(text)
        self._set("level", "bad" if bad else "warning", self.note_label)

    def _set_flash(self, *, on: bool) -> None:
        self._set("flash", "on" if on else "off")

    @property
    def is_flashing(self) -> bool:
        """Tell whether a missed step is being shown."""
        return bool(self.property("flash") == "on")

    def _set(self, name: str, value: str, widget: QWidget | None = None) -> None:
        """Change a property the style sheet looks at."""
        target = widget or self
        if target.property(name) == value:
            return
        target.setProperty(name, value)
        for one in (target, *target.findChildren(QWidget)):
            one.style().unpolish(one)
            one.style().polish(one)
            one.update()


def _whole_seconds(seconds: float) -> int:
    return int(seconds) + (seconds > int(seconds))


def _button(command: str, action: QAction) -> QPushButton:
    button = QPushButton()
    button.setObjectName("RoundButton")
    button.setProperty("command", command)
    button.setProperty("keys", action.shortcut().toString(action.shortcut().SequenceFormat.NativeText))
    button.setToolTip(action.text())
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys belong to the wall
    button.clicked.connect(lambda: action.trigger())
    return button


def _timer(parent: QWidget, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(slot)
    return timer
