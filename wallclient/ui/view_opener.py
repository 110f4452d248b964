"""Opening views in one window, also while some of their centers are away or signed out."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import WallError
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.view import View
from wallclient.ui.background import Background

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.wall import Wall


class ViewOpener(QObject):
    """Shows a view and remembers which of its cameras wait for their center.

    They come when it is there, into their panes if these are still empty, and are saved with the view until then.
    """

    noticed = Signal(object)  # Notice

    def __init__(self, wall: "Wall", centers: "Centers", background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wall = wall
        self._centers = centers
        self._background = background
        self._waiting: dict[int, str] = {}  # pane: channel id
        self._asked: set[str] = set()
        self._opening: View | None = None  # until its layout is there
        centers.state_changed.connect(self._fill)

    def open(self, view: View) -> None:
        """Show a view."""
        self._waiting = {}
        self._opening = view
        self._background.start(self._open(view))

    def current(self, name: str) -> View:
        """Return what the window shows, with the cameras that wait."""
        if self._opening is not None:
            return replace(self._opening, name=name)
        view = self._wall.view(name)
        ids = (shown or self._waiting.get(index) for index, shown in enumerate(view.channel_ids))
        return replace(view, channel_ids=tuple(ids))

    async def _open(self, view: View) -> None:
        waiting = {
            index: channel_id
            for index, channel_id in enumerate(view.channel_ids)
            if channel_id and self._centers.is_waited_for(channel_id)
        }
        now = replace(view, channel_ids=tuple(None if i in waiting else c for i, c in enumerate(view.channel_ids)))
        total = sum(1 for channel_id in now.channel_ids if channel_id)
        self._waiting = waiting
        try:
            missing = await self._wall.apply(now)
        except WallError as err:
            self.noticed.emit(Notice("view", NoticeKind.FAILED, NoticeLevel.ERROR, view.name, error=err))
            missing = 0
        except KeyError:  # a layout of another version
            missing = total
            self._waiting = {}
        finally:
            if self._opening is view:
                self._opening = None
        for index, channel_id in enumerate(now.channel_ids):
            if channel_id and self._centers.is_waited_for(channel_id) and self._is_free(index):
                self._waiting[index] = channel_id  # its center went away meanwhile
        if missing:
            kind, shown = NoticeKind.VIEW_INCOMPLETE, total - missing
            self.noticed.emit(Notice("view", kind, NoticeLevel.WARNING, view.name, shown, total))
        self._fill()

    def _fill(self) -> None:
        """Ask for the cameras whose center is there now."""
        for index, channel_id in list(self._waiting.items()):
            if not self._is_free(index):
                del self._waiting[index]
            elif not self._centers.is_waited_for(channel_id) and channel_id not in self._asked:
                self._asked.add(channel_id)
                self._background.start(self._show(index, channel_id))

    async def _show(self, index: int, channel_id: str) -> None:
        try:
            channel = await self._centers.channel(channel_id)
        except WallError as err:
            if not self._centers.is_waited_for(channel_id):
                self._waiting.pop(index, None)  # the center is there and has said no
                self.noticed.emit(Notice("view", NoticeKind.FAILED, NoticeLevel.WARNING, "", error=err))
            return
        finally:
            self._asked.discard(channel_id)
        if self._waiting.pop(index, None) == channel_id and self._is_free(index):
            self._wall.show(index, channel)

    def _is_free(self, index: int) -> bool:
        return index < len(self._wall.panes) and self._wall.panes[index].channel is None
