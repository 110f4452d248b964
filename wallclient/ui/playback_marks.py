"""Bookmarks in the window: asked for, listed, deleted."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wallclient.domain.bookmark import Bookmark
from wallclient.domain.errors import CenterError
from wallclient.services.bookmarks import Bookmarks
from wallclient.ui.background import Background
from wallclient.ui.bookmark_dialogs import BookmarkDialog, BookmarksDialog
from wallclient.ui.playback_text import clock_text, date_text
from wallclient.ui.theme import Metrics


class PlaybackMarks(QObject):
    """Opens the dialogs and does at the centers what they ask for."""

    dialog_requested = Signal(object)
    go_requested = Signal(object)
    case_requested = Signal(object)  # Bookmark: put it into a case
    saved = Signal(object)  # Bookmark
    failed = Signal(str, object)  # the bookmark's title, CenterError

    def __init__(
        self, bookmarks: Bookmarks, zone: ZoneInfo, background: Background, metrics: Metrics, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._bookmarks, self._zone = bookmarks, zone
        self._background, self._metrics, self._widget = background, metrics, parent

    def ask(self, wanted: tuple[int, int], here: tuple[str, ...], everywhere: tuple[str, ...]) -> None:
        """Ask for a bookmark of a moment or range (µs) of the selected camera, or of all in playback."""
        start, end = wanted
        dialog = BookmarkDialog(self._when(start, end), here, everywhere, self._metrics, self._widget.window())
        dialog.accepted.connect(lambda: self._background.start(self._save(dialog.bookmark(start // 1000, end // 1000))))
        self.dialog_requested.emit(dialog)

    def show(self) -> None:
        """List the bookmarks of the cameras on the wall."""
        dialog = BookmarksDialog(self._bookmarks, self._zone, self._metrics, self._widget.window())
        dialog.go_requested.connect(self.go_requested)
        dialog.edit_requested.connect(lambda mark: self._ask_edit(dialog, mark))
        dialog.case_requested.connect(self.case_requested)
        dialog.delete_requested.connect(lambda mark: self._background.start(self._delete(mark)))
        self._bookmarks.refresh()
        self.dialog_requested.emit(dialog)

    def _ask_edit(self, above: QWidget, mark: Bookmark) -> None:
        """Ask what a bookmark is to say from now on."""
        start, end = mark.start_ms * 1000, mark.end_ms * 1000
        dialog = BookmarkDialog(self._when(start, end), mark.channel_ids, mark.channel_ids, self._metrics, above, mark)
        dialog.accepted.connect(lambda: self._background.start(self._save(dialog.changed(mark))))
        self.dialog_requested.emit(dialog)

    def _when(self, start: int, end: int) -> str:
        when = f"{date_text(start, self._zone)} {clock_text(start, self._zone)}"
        return f"{when} – {clock_text(end, self._zone)}" if end > start else when

    async def _save(self, bookmark: Bookmark) -> None:
        try:
            saved = await self._bookmarks.save(bookmark)
        except CenterError as err:
            self.failed.emit(bookmark.title, err)
            return
        for one in saved:
            self.saved.emit(one)

    async def _delete(self, bookmark: Bookmark) -> None:
        try:
            await self._bookmarks.delete(bookmark)
        except CenterError as err:
            self.failed.emit(bookmark.title, err)
