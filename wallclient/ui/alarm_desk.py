"""Alarms in one window: frames around panes, the count in the line at the foot, the list and where it leads."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from wallclient.domain.errors import StorageFailed, WallError
from wallclient.domain.node import Channel
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.services.abilities import Ability
from wallclient.services.alarms import AlarmCase, Alarms
from wallclient.services.preferences import Preferences
from wallclient.ui.ability_text import lack_of
from wallclient.ui.alarm_drawing import PaneAlarm
from wallclient.ui.alarm_list import AlarmsDialog
from wallclient.ui.alarm_text import band_text, count_text
from wallclient.ui.background import Background
from wallclient.ui.icons import icon
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.wall import Wall
    from wallclient.ui.timeline import Timeline
    from wallclient.ui.wall_widget import WallWidget

_BEFORE_US = 5_000_000  # playback begins so long before the alarm
ShowRecorded = Callable[[list[int], int], None]


class AlarmDesk(QObject):
    """Owns the list of one window. `label` is to be put into the line at the foot."""

    noticed = Signal(object)  # Notice

    def __init__(
        self,
        alarms: Alarms,
        wall: "Wall",
        widget: "WallWidget",
        centers: "Centers",
        preferences: Preferences,
        background: Background,
        metrics: Metrics,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.alarms = alarms
        self._wall, self._widget, self._centers = wall, widget, centers
        self._preferences, self._background, self._metrics, self._window = preferences, background, metrics, window
        self._dialog: AlarmsDialog | None = None
        self.show_recorded: ShowRecorded | None = None  # panes by index, the moment in µs; None: no playback here
        self.timeline: Timeline | None = None  # to be marked
        self.label = QToolButton()
        self.label.setObjectName("AlarmLabel")
        self.label.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.label.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys belong to the wall
        self.label.clicked.connect(self.show_list)
        self.label.hide()
        alarms.changed.connect(self._refresh_label)
        alarms.changed.connect(self._mark_timeline)
        alarms.channels_changed.connect(self._mark)
        alarms.raised.connect(self._on_raised)
        widget.channels_changed.connect(self._mark_all)
        self._refresh_label()
        self._mark_all()

    # --- what the operator does ---

    def show_list(self) -> None:
        """Open the list, or bring it to the front."""
        if self._dialog is None:
            sound = self._preferences.settings.alarm_sound
            dialog = AlarmsDialog(self.alarms, self._centers, self._metrics, sound=sound, parent=self._window)
            dialog.can_play = self._play_lack
            dialog.live_requested.connect(lambda case: self._background.start(self._show_live(case)))
            dialog.playback_requested.connect(lambda case: self._background.start(self._play(case)))
            dialog.sound_changed.connect(self._on_sound)
            dialog.finished.connect(self._on_closed)
            self._dialog = dialog
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def acknowledge_selected(self) -> None:
        """Acknowledge the alarms of the selected pane's camera."""
        channel = self._wall.panes[self._wall.selected].channel
        if channel is not None:
            self.alarms.acknowledge_channel(channel.id)

    async def _show_live(self, case: AlarmCase) -> int | None:
        """Bring the camera into sight: the pane that has it, else a free one, else the selected one. Return which."""
        panes = self._wall.panes
        known = next((i for i, pane in enumerate(panes) if pane.channel and pane.channel.id == case.channel_id), None)
        if known is not None:
            if not panes[known].is_live:
                self._wall.show_live(known)
            self._wall.select(known)
            return known
        try:
            channel = await self._centers.channel(case.channel_id)
        except WallError as err:
            self._tell(self.alarms.name(case.channel_id), err)
            return None
        return self._place(channel)

    def _place(self, channel: Channel) -> int:
        panes = self._wall.panes
        free = panes[self._wall.selected].channel is None
        index = self._wall.selected if free else self._wall.next_empty(self._wall.selected)
        index = self._wall.selected if index is None else index
        self._wall.show(index, channel)
        self._wall.select(index)
        return index

    async def _play(self, case: AlarmCase) -> None:
        index = await self._show_live(case)
        if index is not None and self.show_recorded is not None:
            self.show_recorded([index], case.first_ms * 1000 - _BEFORE_US)

    def _play_lack(self, case: AlarmCase) -> str:
        if self.show_recorded is None:
            return self.tr("There is no playback in this window.")
        return lack_of(self._centers, case.channel_id, Ability.PLAYBACK)

    def _on_sound(self, on: bool) -> None:
        try:
            self._preferences.change(alarm_sound=on)
        except StorageFailed as err:
            self._tell("", err)

    def _tell(self, subject: str, err: WallError) -> None:
        self.noticed.emit(Notice("alarm", NoticeKind.FAILED, NoticeLevel.ERROR, subject, error=err))

    # --- what is shown ---

    def _refresh_label(self) -> None:
        count = self.alarms.waiting_count
        self.label.setVisible(bool(count))
        if count:
            self.label.setIcon(icon("bell", COLORS.accent_text, self._metrics.icon_px * 3 // 4))
            self.label.setText(count_text(count))
            self.label.setToolTip(self.tr("Alarms that nobody has acknowledged (F4)"))

    def _mark_all(self) -> None:
        self._mark(frozenset(pane.channel.id for pane in self._wall.panes if pane.channel is not None), everywhere=True)

    def _mark(self, channels: frozenset[str], *, everywhere: bool = False) -> None:
        """Show the alarms of cameras in the panes that have them."""
        for index, pane in enumerate(self._wall.panes[: len(self._widget.views)]):
            if pane.channel is None:
                if everywhere:
                    self._widget.set_alarm(index, None)
            elif pane.channel.id in channels:
                case = self.alarms.waiting(pane.channel.id)
                self._widget.set_alarm(index, PaneAlarm(band_text(case), case.active) if case else None)

    def _mark_timeline(self) -> None:
        if self.timeline is not None:
            moments: dict[str, set[int]] = {}
            for case in self.alarms.cases():
                moments.setdefault(case.channel_id, set()).update((case.first_ms * 1000, case.last_ms * 1000))
            self.timeline.set_alarms({channel_id: sorted(some) for channel_id, some in moments.items()})

    def _on_raised(self) -> None:
        """Sound once for all that came since: the service tells a few times a second at most."""
        if self._preferences.settings.alarm_sound and self._is_in_front():
            QApplication.beep()

    def _is_in_front(self) -> bool:
        """Tell whether this window or a dialog of it is in front, or none of the program: then each one sounds."""
        active: QWidget | None = QApplication.activeWindow()
        while active is not None and active is not self._window and active.parentWidget() is not None:
            active = active.parentWidget()
        return active is None or active is self._window

    def _on_closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
