"""PTZ in one window: pilot, keys, mouse, panel, joystick and what panes say of it, put together."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from wallclient.domain.catalog import Right
from wallclient.domain.errors import WallError
from wallclient.domain.joystick import ButtonAction, ButtonUse
from wallclient.domain.node import CameraKind, Channel
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.ptz import TakeOver
from wallclient.services.hand import HandState
from wallclient.services.rights import allowed
from wallclient.ui.background import Background
from wallclient.ui.ptz_drawing import PanePtz
from wallclient.ui.ptz_keys import PtzKeys
from wallclient.ui.ptz_mouse import PtzMouse
from wallclient.ui.ptz_panel import PtzPanel
from wallclient.ui.ptz_pilot import PtzPilot
from wallclient.ui.ptz_preset_list import picture_of
from wallclient.ui.ptz_text import pane_lines
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from wallclient.services.centers import Centers
    from wallclient.services.wall import Wall
    from wallclient.ui.ptz_services import PtzServices
    from wallclient.ui.wall_widget import WallWidget

_REMINDER_MS = 10_000  # while a stop is not confirmed and no pane shows it


class PtzDesk(QObject):
    """Owns a window's part of PTZ; `close` with the window. Lives on the UI thread."""

    noticed = Signal(object)  # Notice
    next_pane_requested = Signal(int)  # 1 or -1
    snapshot_requested = Signal()

    def __init__(
        self,
        wall: "Wall",
        widget: "WallWidget",
        centers: "Centers",
        services: "PtzServices",
        background: Background,
        metrics: Metrics,
        window: "QWidget",
    ) -> None:
        super().__init__(window)
        self._wall = wall
        self._widget = widget
        self._services = services
        self._helm = services.helm
        self._background = background
        self._window = window
        self._is_closed = False
        self._cruise_names: dict[str, dict[str, str]] = {}
        self._reading_names: set[str] = set()
        self._selected: set[str] = set()  # cameras that were selected here
        self.pilot = PtzPilot(wall, services, background, self)
        self.keys = PtzKeys(widget, self.pilot)
        self.mouse = PtzMouse(widget, self.pilot)
        self.panel = PtzPanel(self.pilot, centers, services, self._picture, background, metrics)
        self.panel.hide()
        self._reminder = QTimer(self, interval=_REMINDER_MS)
        self._reminder.timeout.connect(self._remind)
        self._connect()
        self._on_channels_changed()

    def _connect(self) -> None:
        pilot, services = self.pilot, self._services
        self._helm.changed.connect(self._on_helm_changed)
        self._helm.taken_over.connect(self._on_taken_over)
        services.cruises.changed.connect(self._on_cruises_changed)
        services.cruises.ended.connect(self._on_cruise_ended)
        self._widget.channels_changed.connect(self._on_channels_changed)
        self._wall.spot_changed.connect(self._remind_if_hidden)
        pilot.noticed.connect(self.noticed)
        pilot.target_changed.connect(self._on_target_changed)
        pilot.mode_changed.connect(self._show_all)
        pilot.speed_changed.connect(self._show_all)
        self._wall.selection_changed.connect(self._show_all)
        self.panel.mode_requested.connect(self.toggle_mode)
        if services.joysticks is not None:
            services.joysticks.pressed.connect(self._on_button)
        if services.lock is not None:
            services.lock.locked.connect(self._on_locked)
        self._window.installEventFilter(self)

    # --- commands of the window ---

    @property
    def has_joysticks(self) -> bool:
        """Tell whether joysticks can be looked for."""
        return self._services.joysticks is not None

    def toggle_mode(self) -> None:
        """Begin or end PTZ mode; its keys need the wall to have the keyboard."""
        self.pilot.toggle_mode()
        if self.pilot.mode:
            self._widget.setFocus()

    def back(self) -> bool:
        """Give up a drag under way, else end PTZ mode (Esc). Return whether there was anything."""
        if self.mouse.cancel():
            return True
        if self.pilot.mode:
            self.pilot.set_mode(False)
            return True
        return False

    def let_go(self, reason: str) -> None:
        """Stop what this window moves."""
        self.pilot.let_go(reason)

    def close(self) -> None:
        """Stop what this window moves, and follow nothing any more."""
        if self._is_closed:
            return
        self._is_closed = True
        self.pilot.set_mode(False)
        self.pilot.let_go("the window is closed")
        self._aim_joystick(None)
        self._reminder.stop()
        self.panel.presets.close_down()
        self._helm.watch(self, ())

    # --- the window ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window: only the one in front steers."""
        if event.type() is QEvent.Type.WindowActivate:
            self._aim_joystick(self.pilot.target)
        elif event.type() is QEvent.Type.WindowDeactivate:
            self.pilot.let_go("another window is in front")
            self._aim_joystick(None)
        return False

    def _on_locked(self) -> None:
        self.pilot.let_go("the screen is locked")
        self._aim_joystick(None)

    # --- joystick ---

    def _aim_joystick(self, channel: Channel | None) -> None:
        joysticks = self._services.joysticks
        if joysticks is None:
            return
        may = channel is not None and self.pilot.can_steer and not self._is_closed
        joysticks.set_target(channel.id if channel is not None and may else None)

    def _on_button(self, use: ButtonUse) -> None:
        if not self._window.isActiveWindow():
            return
        match use.action:
            case ButtonAction.PRESET:
                self.pilot.recall(use.number)
            case ButtonAction.STOP:
                self.pilot.stop()
            case ButtonAction.NEXT_PANE | ButtonAction.PREVIOUS_PANE:
                self.next_pane_requested.emit(1 if use.action is ButtonAction.NEXT_PANE else -1)
            case ButtonAction.SNAPSHOT:
                self.snapshot_requested.emit()

    # --- what is watched and shown ---

    def _on_target_changed(self) -> None:
        self._watch()
        if self.pilot.target is not None:
            self._selected.add(self.pilot.target.id)
            self._services.names[self.pilot.target.id] = self.pilot.target.name
        if self._window.isActiveWindow():
            self._aim_joystick(self.pilot.target)
        self._show_all()

    def _on_channels_changed(self) -> None:
        self._watch()
        self._show_all()

    def _watch(self) -> None:
        """Follow all PTZ cameras in the panes, and the selected one whatever it is said to be."""
        if self._is_closed:
            return
        shown = {
            pane.channel.id
            for pane in self._wall.panes
            if pane.channel is not None and pane.channel.camera_kind is CameraKind.PTZ
        }
        target = self.pilot.target
        if target is not None and allowed(target, Right.PTZ):
            shown.add(target.id)
        self._helm.watch(self, shown)

    def _on_helm_changed(self, channel_id: str) -> None:
        if self._is_closed:
            return
        target = self.pilot.target
        if target is not None and channel_id == target.id and self._window.isActiveWindow():
            self._aim_joystick(target)
        self._show(channel_id)
        self._remind_if_hidden()

    def _show_all(self) -> None:
        for channel_id in {pane.channel.id for pane in self._wall.panes if pane.channel is not None}:
            self._show(channel_id)

    def _show(self, channel_id: str) -> None:
        """Let the panes with this camera say how it stands."""
        panes = self._wall.panes
        indexes = [i for i, pane in enumerate(panes) if pane.channel is not None and pane.channel.id == channel_id]
        if not indexes:
            return
        lines = pane_lines(self._helm.ptz_of(channel_id), self._cruise_name(channel_id))
        for index in indexes:
            in_mode = self.pilot.mode and index == self._wall.selected
            self._widget.set_ptz(index, PanePtz(lines, self.pilot.speed if in_mode else None))

    def _picture(self) -> QImage | None:
        return picture_of(self._wall.panes[self._wall.selected])

    # --- cruises by name ---

    def _cruise_name(self, channel_id: str) -> str:
        here = self._services.cruises.running(channel_id)
        if here is not None:
            return here.cruise.name
        status = self._helm.ptz_of(channel_id).status
        if status is None or status.cruise_id is None:
            return ""
        names = self._cruise_names.get(channel_id)
        if names is None or status.cruise_id not in names:
            self._read_cruise_names(channel_id)
            return ""
        return names[status.cruise_id]

    def _read_cruise_names(self, channel_id: str) -> None:
        if channel_id not in self._reading_names and not self._is_closed:
            self._reading_names.add(channel_id)
            self._background.start(self._cruises_of(channel_id))

    async def _cruises_of(self, channel_id: str) -> None:
        try:
            cruises = await self._services.cruises.read(channel_id)
        except WallError:
            return  # the pane says nothing of the cruise
        finally:
            self._reading_names.discard(channel_id)
        names = {cruise.id: cruise.name for cruise in cruises}
        if names != self._cruise_names.get(channel_id):
            self._cruise_names[channel_id] = names
            self._show(channel_id)

    def _on_cruises_changed(self, channel_id: str) -> None:
        self._cruise_names.pop(channel_id, None)
        self._show(channel_id)

    def _on_cruise_ended(self, channel_id: str, err: WallError) -> None:
        if (name := self._name(channel_id)) is not None:
            self.noticed.emit(Notice("cruise", NoticeKind.FAILED, NoticeLevel.WARNING, name, error=err))

    # --- what must not be overlooked ---

    def _on_taken_over(self, channel_id: str, taken: TakeOver) -> None:
        if (name := self._name(channel_id)) is not None:
            who = f"{taken.by_name} · {taken.by_post}" if taken.by_post else taken.by_name
            detail = f"{who}: {taken.reason}"
            notice = Notice("taken over", NoticeKind.PTZ_TAKEN_OVER, NoticeLevel.WARNING, name, detail=detail)
            self.noticed.emit(notice)

    def _name(self, channel_id: str) -> str | None:
        channels = (pane.channel for pane in self._wall.panes)
        return next((channel.name for channel in channels if channel is not None and channel.id == channel_id), None)

    def _remind_if_hidden(self) -> None:
        """Tell of stops that are not confirmed for cameras no pane shows any more, again and again."""
        hidden = self._hidden_alarms()
        if hidden and not self._reminder.isActive():
            self._reminder.start()
            self._remind()
        elif not hidden:
            self._reminder.stop()

    def _hidden_alarms(self) -> list[str]:
        """Return cameras that may turn and are not seen here; those of another window concern the one in front."""
        in_front = self._window.isActiveWindow()
        alarms = [channel_id for channel_id in self._helm.unconfirmed() if channel_id in self._services.names]
        return [key for key in alarms if (in_front or key in self._selected) and not self._is_seen(key)]

    def _is_seen(self, channel_id: str) -> bool:
        return any(
            pane.channel is not None and pane.channel.id == channel_id and self._wall.spot in (None, index)
            for index, pane in enumerate(self._wall.panes)
        )

    def _remind(self) -> None:
        for channel_id in self._hidden_alarms():
            if self._helm.ptz_of(channel_id).hand is HandState.UNCONFIRMED:
                subject, kind = self._services.names[channel_id], NoticeKind.PTZ_STOP_UNCONFIRMED
                self.noticed.emit(Notice(f"stop {channel_id}", kind, NoticeLevel.ERROR, subject))
