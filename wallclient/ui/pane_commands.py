"""What an operator does with panes, whether by key, menu or mouse."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from wallclient.domain.catalog import Right
from wallclient.domain.errors import NotFound, StorageFailed, WallError
from wallclient.domain.global_id import key_of
from wallclient.domain.node import Channel, Node
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import StreamKind
from wallclient.services.abilities import Ability
from wallclient.services.preferences import Preferences
from wallclient.services.rights import allowed
from wallclient.services.snapshots import save_snapshot
from wallclient.ui.ability_text import lack_of
from wallclient.ui.background import Background
from wallclient.ui.camera_password import CameraPasswordDialog
from wallclient.ui.pane_geometry import WHEEL_STEP, zoomed
from wallclient.ui.snapshot_image import stamped
from wallclient.ui.theme import screen_metrics
from wallclient.ui.wall_widget import WallWidget

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.wall import Wall
    from wallclient.services.wall_pane import WallPane

_PASSWORD_REASONS = frozenset({PaneReason.PASSWORD_MISSING, PaneReason.CAMERA_REFUSES, PaneReason.WRONG_PASSWORD})
_SUFFIXES = {"png": "png", "jpeg": "jpg"}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pictures_folder() -> Path:
    """Return the operator's own pictures folder."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(folder) if folder else Path.home()


class PaneCommands(QObject):
    """Commands on the selected pane of one wall. Their names are those of the table of shortcuts."""

    noticed = Signal(object)  # Notice
    expanding = Signal(str, object)  # a node's name while its cameras are being asked for, and how to cancel
    expanded = Signal()
    info_toggled = Signal(bool)
    audio_toggled = Signal()
    snapshot_saved = Signal(object, str, object)  # Path, the camera's global id, ms since 1970 UTC
    placed = Signal(object)  # list[Channel]: the operator put them into panes

    def __init__(
        self,
        wall: "Wall",
        widget: WallWidget,
        centers: "Centers",
        preferences: Preferences,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._wall = wall
        self._widget = widget
        self._centers = centers
        self._preferences = preferences
        self._background = background
        self.has_alarm: Callable[[str], bool] = lambda _channel_id: False  # that nobody has acknowledged
        self.channels_below = centers.channels_below  # also to be had from the mirrors
        self._expansion: asyncio.Task[None] | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what to call for each command."""
        return {
            "spot": self.toggle_spot,
            "close": lambda: self._wall.close(self._wall.selected),
            "close_all": self._wall.close_all,
            "retry": lambda: self._pane.retry(),
            "audio": self.toggle_audio,
            "info": self.toggle_info,
            "snapshot": lambda: self._background.start(self.snapshot(self._wall.selected)),
            "stream": self.toggle_stream,
            "zoom_in": lambda: self._zoom(WHEEL_STEP),
            "zoom_out": lambda: self._zoom(1 / WHEEL_STEP),
            "zoom_reset": lambda: self._widget.set_zoom(self._wall.selected),
            "left": lambda: self.move(-1, 0),
            "right": lambda: self.move(1, 0),
            "up": lambda: self.move(0, -1),
            "down": lambda: self.move(0, 1),
        }

    @property
    def _pane(self) -> "WallPane":
        return self._wall.panes[self._wall.selected]

    # One pane

    def toggle_spot(self) -> None:
        """Enlarge the selected pane, or go back."""
        self._wall.set_spot(None if self._wall.spot is not None else self._wall.selected)

    def toggle_audio(self) -> None:
        """Let the selected pane be heard, or nothing."""
        pane = self._pane
        if pane.channel is None:
            return
        if not pane.channel.has_audio and not pane.audible:
            self.noticed.emit(Notice("audio", NoticeKind.NO_AUDIO, subject=pane.channel.name))
            return
        self._wall.set_audible(None if pane.audible else self._wall.selected)
        self.audio_toggled.emit()

    def toggle_info(self) -> None:
        """Show or hide the streams' figures."""
        shown = not self._preferences.settings.show_info
        try:
            self._preferences.change(show_info=shown)
        except StorageFailed as err:
            self.noticed.emit(Notice("settings", NoticeKind.FAILED, NoticeLevel.WARNING, error=err))
        self._widget.set_info_visible(shown)
        self.info_toggled.emit(shown)

    def toggle_stream(self) -> None:
        """Change between main and sub; a second time the other way round."""
        pane = self._pane
        if pane.channel is not None:
            other = StreamKind.SUB if pane.stream_kind is StreamKind.MAIN else StreamKind.MAIN
            pane.force_kind(other)

    def set_stream(self, kind: StreamKind | None) -> None:
        """Show main or sub in the selected pane; None: by its size."""
        self._pane.force_kind(kind)

    def _zoom(self, times: float) -> None:
        index = self._wall.selected
        if self._widget.views[index].live:
            self._widget.set_zoom(index, zoomed(self._widget.zoom(index), times, 0.5, 0.5))

    def move(self, columns: int, rows: int) -> None:
        """Select the nearest pane in a direction; with a spot, the spot goes along."""
        target = self._neighbour(columns, rows)
        if target is None:
            return
        if self._wall.spot is not None:
            self._wall.set_spot(target)
        else:
            self._wall.select(target)

    def step(self, by: int) -> None:
        """Select the next pane in reading order, or the one before, round the end."""
        self._wall.select((self._wall.selected + by) % len(self._wall.panes))

    def _neighbour(self, columns: int, rows: int) -> int | None:
        cells = self._wall.layout.cells
        here = cells[self._wall.selected]
        x, y = here.column + here.columns / 2, here.row + here.rows / 2
        best: tuple[float, int] | None = None
        for index, cell in enumerate(cells):
            dx, dy = cell.column + cell.columns / 2 - x, cell.row + cell.rows / 2 - y
            along, across = (dx * columns, dy) if columns else (dy * rows, dx)
            if along > 0.25:
                distance = along + 3 * abs(across)  # straight on counts more than near
                best = min(best, (distance, index)) if best else (distance, index)
        return best[1] if best else None

    # Snapshot

    async def snapshot(self, index: int) -> None:
        """Keep the picture of a pane as a file and say where."""
        pane = self._wall.panes[index]
        channel = pane.channel
        if channel is None or not self._may(channel, Right.VIEW if pane.is_live else Right.PLAYBACK, "snapshot"):
            return
        if pane.state is not PaneState.PLAYING:
            self.noticed.emit(Notice("snapshot", NoticeKind.NO_PICTURE_YET, NoticeLevel.WARNING, channel.name))
            return
        settings = self._preferences.settings
        folder = Path(settings.snapshot_folder) if settings.snapshot_folder else pictures_folder()
        suffix = _SUFFIXES[settings.snapshot_format.value]
        try:
            shot = await self._wall.snapshot(index)
            content = await asyncio.to_thread(stamped, shot, settings.snapshot_format)
            path = await asyncio.to_thread(save_snapshot, content, folder, shot.channel.name, shot.taken_utc, suffix)
        except WallError as err:
            notice = Notice("snapshot", NoticeKind.SNAPSHOT_FAILED, NoticeLevel.ERROR, channel.name, error=err)
        else:
            notice = Notice("snapshot", NoticeKind.SNAPSHOT_SAVED, subject=str(path))
            if shot.is_footage:
                self._wall.note_kept(shot, path.name, await asyncio.to_thread(_sha256, content))
            self.snapshot_saved.emit(path, shot.channel.id, round(shot.taken_utc.timestamp() * 1000))
        self.noticed.emit(notice)

    # Cameras into panes

    def place(self, index: int, nodes: Sequence[Node]) -> None:
        """Put cameras, or all cameras below stations, into panes from `index` on."""
        channels = [node.channel for node in nodes if node.channel is not None]
        branches = [node for node in nodes if not node.is_channel]
        if not branches:
            self._place(index, channels, len(channels), nodes[0].name if nodes else "")
            return
        self.cancel_expansion()
        self._expansion = self._background.start(self._expand(index, channels, branches))
        self.expanding.emit(branches[0].name, self.cancel_expansion)

    def place_next(self, nodes: Sequence[Node]) -> None:
        """Put cameras into the selected pane and on; the selection then goes to the next empty pane."""
        self.place(self._wall.selected, nodes)
        if len(nodes) == 1 and nodes[0].is_channel:
            following = self._wall.next_empty(self._wall.selected)
            if following is not None and self._wall.spot is None:
                self._wall.select(following)

    def cancel_expansion(self) -> None:
        """Stop asking for the cameras of a branch."""
        if self._expansion is not None:
            self._expansion.cancel()
            self._expansion = None
            self.expanded.emit()

    async def _expand(self, index: int, channels: list[Channel], branches: Sequence[Node]) -> None:
        room = len(self._wall.panes)
        total = len(channels) + sum(node.channels_total for node in branches)
        try:
            for node in branches:
                if len(channels) >= room:
                    break
                channels += await self.channels_below(node.id, room - len(channels))
        except WallError as err:
            notice = Notice("place", NoticeKind.FAILED, NoticeLevel.ERROR, branches[0].name, error=err)
            self.noticed.emit(notice)
            return
        finally:
            self._expansion = None
            self.expanded.emit()
        self._place(index, channels, total, branches[0].name)

    def can_force_alarm(self, pane: "WallPane") -> bool:
        """Tell whether the center of a pane's camera raises alarms by hand."""
        try:
            session = self._centers.access(key_of(pane.channel.id)).session if pane.channel is not None else None
        except NotFound:
            return False
        return session is not None and session.signed_in and session.capabilities.forced_alarms

    async def force_alarm(self, channel: Channel, *, on: bool) -> None:
        """Raise the alarm of a camera by hand, or take it back, and say what came of it."""
        try:
            await self._centers.force_alarm(channel.id, on)
        except WallError as err:
            notice = Notice("forced alarm", NoticeKind.FAILED, NoticeLevel.ERROR, channel.name, error=err)
        else:
            kind = NoticeKind.ALARM_FORCED if on else NoticeKind.ALARM_TAKEN_BACK
            notice = Notice("forced alarm", kind, subject=channel.name)
        self.noticed.emit(notice)

    def start_forcing(self, channel: Channel, *, on: bool) -> None:
        """Begin to raise an alarm by hand, or to take it back."""
        self._background.start(self.force_alarm(channel, on=on))

    def asks_password(self, pane: "WallPane") -> bool:
        """Tell whether a pane has no picture for want of a password that is kept on this computer."""
        return pane.channel is not None and pane.reason in _PASSWORD_REASONS and self._is_of_site(pane.channel)

    def enter_password(self, pane: "WallPane") -> None:
        """Ask for the password of a pane's camera, and try again with it."""
        if pane.channel is None:
            return
        metrics, window = screen_metrics(), self._widget.window()
        dialog = CameraPasswordDialog(self._centers, pane.channel, self._background, metrics, window)
        dialog.accepted.connect(pane.retry)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _is_of_site(self, channel: Channel) -> bool:
        try:
            return self._centers.access(key_of(channel.id)).config.is_site
        except NotFound:
            return False

    def lack(self, channel: Channel, ability: Ability) -> str:
        """Say why something can't be done with a camera because of its center; empty where it can be tried."""
        return lack_of(self._centers, channel.id, ability)

    def _may(self, channel: Channel, right: Right, key: str) -> bool:
        """Tell whether the operator has a right, and him which one he lacks."""
        if allowed(channel, right):
            return True
        notice = Notice(key, NoticeKind.RIGHT_MISSING, NoticeLevel.WARNING, channel.name, right=right)
        self.noticed.emit(notice)
        return False

    def _place(self, index: int, channels: list[Channel], total: int, subject: str) -> None:
        open_ones = [channel for channel in channels if allowed(channel, Right.VIEW)]
        if channels and not open_ones:
            self._may(channels[0], Right.VIEW, "place")
            return
        channels = open_ones
        if not channels:
            self.noticed.emit(Notice("place", NoticeKind.NO_CAMERAS, NoticeLevel.WARNING, subject))
            return
        index = min(index, len(self._wall.panes) - 1)  # the layout may have changed meanwhile
        if self._wall.spot is not None and len(channels) > 1:
            self._wall.set_spot(None)
        shown = self._wall.place(channels, index)
        self.placed.emit(channels[:shown])
        if shown < total:
            self.noticed.emit(Notice("place", NoticeKind.NOT_ALL_SHOWN, subject=subject, shown=shown, total=total))
