"""The bar of playback: what the clock says, what can be done with it, live and recorded, range, bookmarks."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from wallclient.ui.icons import icon
from wallclient.ui.playback_text import speed_text
from wallclient.ui.theme import COLORS, Metrics

SPEEDS = (-16.0, -8.0, -4.0, -2.0, -1.0, -0.5, -0.25, -0.125, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


@dataclass(frozen=True, slots=True)
class BarState:
    """All the bar shows."""

    time: str
    date: str
    playing: bool = False
    speed: float = 1.0
    has_camera: bool = False  # the selected pane shows one
    recorded: bool = False  # the selected pane shows footage
    any_recorded: bool = False
    own_clock: bool = False
    offset: str = ""  # of the selected camera, where there is one
    chosen: str = ""  # length of the range
    note: str = ""  # clock of the center against this machine's, or that pictures are waited for
    can_replay: bool = False
    playback_lack: str = ""  # why the selected camera's footage can't be shown
    bookmark_lack: str = ""
    export_lack: str = ""


class PlaybackBar(QFrame):
    """Shows a `BarState`; what is pressed leaves as `commanded` with the names of `ui.playback_keys`."""

    commanded = Signal(str)
    speed_chosen = Signal(float)

    def __init__(self, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("PlaybackBar")
        self._metrics = metrics
        self.buttons: dict[str, QToolButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(metrics.space_px, 2, metrics.space_px, 2)
        self._row.setSpacing(max(1, metrics.space_px // 4))
        self._fill_left()
        self._fill_middle()
        self._row.addStretch(1)
        self.note_label = _label("PlaybackNote")
        self._row.addWidget(self.note_label)
        self._fill_right()

    def _fill_left(self) -> None:
        self._button("live_here", "live", " " + self.tr("Live"), self.tr("Back to the live picture"), menu=True)
        self._button(
            "recorded_here", "timeline", " " + self.tr("Playback"), self.tr("Show what was recorded"), menu=True
        )
        self._menu("live_here", "live_all", self.tr("All panes live"))
        self._menu("recorded_here", "recorded_all", self.tr("All panes in playback"))
        self._button("replay", "replay", "", self.tr("Replay the last minute"))
        self._line()

    def _fill_middle(self) -> None:
        tips = (
            ("previous_segment", "skip-back", self.tr("Previous segment (Shift+PgUp)")),
            ("step_back", "step-back", self.tr("Picture before (,)")),
            ("backwards", "play-back", self.tr("Backwards; again for faster (J)")),
            ("toggle", "pause", self.tr("Play or pause (K)")),
            ("forwards", "play-on", self.tr("Forwards; again for faster (L)")),
            ("step_on", "step-on", self.tr("Next picture (.)")),
            ("next_segment", "skip-on", self.tr("Next segment (Shift+PgDown)")),
        )
        for command, name, tip in tips:
            self._button(command, name, "", tip)
        self.speed_box = QComboBox()
        self.speed_box.setObjectName("SpeedBox")
        self.speed_box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.speed_box.setToolTip(self.tr("Speed"))
        self.speed_box.setAccessibleName(self.tr("Speed"))
        for speed in reversed(SPEEDS):
            self.speed_box.addItem(speed_text(speed), speed)
        self.speed_box.activated.connect(lambda row: self.speed_chosen.emit(self.speed_box.itemData(row)))
        self._row.addWidget(self.speed_box)
        self._line()
        words = QVBoxLayout()
        words.setSpacing(0)
        self.time_button = QToolButton()
        self.time_button.setObjectName("PlaybackTime")
        self.time_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.time_button.setToolTip(self.tr("Show thousandths, or hide them"))
        self.time_button.clicked.connect(lambda: self.commanded.emit("exact"))
        self.date_label = _label("PlaybackDate")
        self.date_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.addWidget(self.time_button)
        words.addWidget(self.date_label)
        self._row.addLayout(words)
        self._button("go_to", "calendar", "", self.tr("Go to a moment (G)"))
        self._button(
            "in_step", "in-step", "", self.tr("In step with the other panes, or on a clock of its own"), checked=True
        )
        self._button("offset", "offset", "", self.tr("Correct the camera's time"))

    def _fill_right(self) -> None:
        self._button("search", "search-footage", "", self.tr("Search in the footage"))
        self.buttons["search"].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.buttons["search"].hide()  # who can search gives it a menu
        self._button("fit", "fit", "", self.tr("Whole day, or the range"))
        self._line()
        self._button("bookmark", "bookmark", "", self.tr("Bookmark (B)"))
        self._button("bookmarks", "bookmarks", "", self.tr("Bookmarks"))
        self._line()
        self.range_label = _label("PlaybackRange")
        self._row.addWidget(self.range_label)
        self._button("export", "export", "", self.tr("Export the range; choose it with [ and ], or Ctrl and drag"))
        self._button("hide", "close", "", self.tr("Hide the timeline"))

    # -- state -------------------------------------------------------------------------------------

    def show_state(self, state: BarState) -> None:
        """Show what is true now; what did not change is not painted."""
        self.time_button.setText(state.time)
        self.date_label.setText(state.date)
        self.note_label.setText(state.note)
        self.range_label.setText(state.chosen)
        self.range_label.setVisible(bool(state.chosen))
        self._show_mode(state)
        self._set_icon("toggle", "pause" if state.playing else "play-on")
        self.buttons["forwards"].setChecked(state.playing and state.speed > 0)
        self.buttons["backwards"].setChecked(state.playing and state.speed < 0)
        row = self.speed_box.findData(state.speed)
        if row != self.speed_box.currentIndex():
            self.speed_box.setCurrentIndex(row)
        for command in ("step_back", "step_on", "in_step", "offset"):
            self.buttons[command].setEnabled(state.recorded)
        for command in ("toggle", "forwards", "backwards"):
            self.buttons[command].setEnabled(state.any_recorded)
        self.speed_box.setEnabled(state.any_recorded)
        self.buttons["in_step"].setChecked(state.recorded and not state.own_clock)
        self.buttons["offset"].setText(state.offset)
        self.buttons["replay"].setEnabled(state.can_replay)
        self.buttons["export"].setEnabled(bool(state.chosen) and not state.export_lack)
        self.buttons["bookmark"].setEnabled(not state.bookmark_lack)
        for command, lack in (
            ("recorded_here", state.playback_lack),
            ("bookmark", state.bookmark_lack),
            ("export", state.export_lack),
        ):
            self._show_lack(command, lack)

    def _show_mode(self, state: BarState) -> None:
        self.buttons["live_here"].setChecked(state.has_camera and not state.recorded)
        self.buttons["recorded_here"].setChecked(state.recorded)
        for command in ("live_here", "recorded_here"):
            self.buttons[command].setEnabled(state.has_camera or state.any_recorded)
        if state.playback_lack and not state.any_recorded:
            self.buttons["recorded_here"].setEnabled(False)

    def _show_lack(self, command: str, lack: str) -> None:
        """Say in a button's tool tip why it can't be pressed, or again what it does."""
        button = self.buttons[command]
        tip = lack or button.accessibleName()
        if button.toolTip() != tip:
            button.setToolTip(tip)

    # -- making ------------------------------------------------------------------------------------

    def _button(
        self, command: str, icon_name: str, text: str, tip: str, *, menu: bool = False, checked: bool = False
    ) -> None:
        button = QToolButton()
        side = self._metrics.icon_px
        button.setIconSize(QSize(side, side))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys belong to the wall and the timeline
        button.setProperty("icon_name", icon_name)
        button.setIcon(icon(icon_name, size_px=side))
        button.setCheckable(menu or checked or command in ("forwards", "backwards"))
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        button.setToolButtonStyle(style if text or command == "offset" else Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setText(text)
        button.clicked.connect(lambda: self.commanded.emit(command))
        self._row.addWidget(button)
        self.buttons[command] = button

    def _menu(self, command: str, other: str, text: str) -> None:
        menu = QMenu(self)
        menu.addAction(text).triggered.connect(lambda: self.commanded.emit(other))
        self.buttons[command].setMenu(menu)
        self.buttons[command].setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def _set_icon(self, command: str, icon_name: str) -> None:
        button = self.buttons[command]
        if button.property("icon_name") != icon_name:
            button.setProperty("icon_name", icon_name)
            button.setIcon(icon(icon_name, COLORS.text, self._metrics.icon_px))

    def _line(self) -> None:
        line = QFrame()
        line.setObjectName("BarLine")
        self._row.addWidget(line)


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    return label
