"""Cases in one window: their dialogs, what is put into them, and going back to what they gather."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from wallclient.domain.bookmark import Bookmark
from wallclient.domain.case import CaseItem
from wallclient.domain.errors import StorageFailed, WallError
from wallclient.domain.export import ExportJob, ExportState
from wallclient.domain.node import Channel
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.services.case_items import bookmark_item, clip_items, file_item
from wallclient.services.cases import Cases
from wallclient.ui.background import Background
from wallclient.ui.case_dialog import CaseDialog, ChooseCaseDialog
from wallclient.ui.case_text import told_of
from wallclient.ui.cases_dialog import CasesDialog
from wallclient.ui.dialogs import QuestionDialog
from wallclient.ui.playback_text import system_zone

if TYPE_CHECKING:
    from wallclient.services.wall import Wall
    from wallclient.ui.export_desk import ExportDesk
    from wallclient.ui.playback_desk import PlaybackDesk
    from wallclient.ui.window_needs import WindowNeeds


class CaseDesk(QObject):
    """Ties one window to the cases all windows share."""

    noticed = Signal(object)  # Notice
    dialog_requested = Signal(object)

    def __init__(
        self,
        cases: Cases,
        wall: "Wall",
        needs: "WindowNeeds",
        playback: "PlaybackDesk | None",
        exports: "ExportDesk | None",
        background: Background,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._cases, self._wall, self._needs = cases, wall, needs
        self._playback, self._exports = playback, exports
        self._background, self._window = background, window
        self._zone = needs.playback.zone if needs.playback else system_zone()
        self._names: dict[str, str] = {}  # of cameras, by global id
        self._asked: set[str] = set()
        self.dialog: CasesDialog | None = None

    # -- the cases ---------------------------------------------------------------------------------

    def show(self) -> None:
        """Show all cases."""
        self._cases.refresh()
        if self.dialog is not None:
            self.dialog.raise_()
            return
        dialog = CasesDialog(self._cases, self._zone, self._camera_name, self._needs.metrics, self._window)
        dialog.new_requested.connect(self._ask_new)
        dialog.edit_requested.connect(self._ask_edit)
        dialog.delete_requested.connect(self._ask_delete)
        dialog.open_requested.connect(lambda item: self._background.start(self.open_item(item)))
        dialog.file_requested.connect(self._open_file)
        dialog.add_files_requested.connect(self._ask_files)
        dialog.package_requested.connect(self._ask_package)
        dialog.finished.connect(lambda _result: self._on_closed())
        self.dialog = dialog
        self.dialog_requested.emit(dialog)

    def _on_closed(self) -> None:
        self.dialog = None

    @property
    def _front(self) -> QWidget:
        return self.dialog or self._window

    def _ask_new(self, items: Sequence[CaseItem] = ()) -> None:
        dialog = CaseDialog(self._cases.homes(), None, self._needs.metrics, self._front)

        def make() -> None:
            case = self._cases.create(dialog.home, dialog.fields)
            if items:
                self._put(case.key, items)
            if self.dialog is not None:
                self.dialog.choose(case.key)

        dialog.accepted.connect(make)
        self.dialog_requested.emit(dialog)

    def _ask_edit(self, key: str) -> None:
        dialog = CaseDialog(self._cases.homes(), self._cases.case(key), self._needs.metrics, self._front)
        dialog.accepted.connect(lambda: self._cases.edit(key, dialog.fields))
        self.dialog_requested.emit(dialog)

    def _ask_delete(self, key: str) -> None:
        title = self._cases.case(key).fields.title
        text = self.tr("Delete the case “{title}”? Its bookmarks and files stay.").format(title=title)
        dialog = QuestionDialog(self.tr("Delete case"), text, self.tr("Delete"), self._needs.metrics, self._front)
        dialog.accepted.connect(lambda: self._cases.delete(key))
        self.dialog_requested.emit(dialog)

    # -- into a case -------------------------------------------------------------------------------

    def ask_for(self, items: Sequence[CaseItem], what: str) -> None:
        """Ask into which case things are to be put; `what` names them."""
        open_cases = [case for case in self._cases.all if not case.fields.is_closed]
        if not open_cases:
            self._ask_new(items)
            return
        dialog = ChooseCaseDialog(open_cases, what, self._needs.metrics, self._window)
        dialog.accepted.connect(lambda: self._put(dialog.key, items) if dialog.key else self._ask_new(items))
        self.dialog_requested.emit(dialog)

    def ask_for_bookmark(self, bookmark: Bookmark) -> None:
        """Ask into which case a bookmark is to be put."""
        self.ask_for((bookmark_item(bookmark),), bookmark.title)

    def ask_for_exports(self, jobs: Sequence[ExportJob]) -> None:
        """Ask into which case the files of finished exports are to be put."""
        items = [item for job in jobs for item in clip_items(job)]
        if items:
            self.ask_for(items, items[0].title)

    def _put(self, key: str, items: Sequence[CaseItem]) -> None:
        title = self._cases.case(key).fields.title
        try:
            self._cases.add(key, items)
        except WallError as err:
            self.noticed.emit(Notice("case", NoticeKind.FAILED, NoticeLevel.WARNING, title, error=err))
            return
        self.noticed.emit(Notice("case", NoticeKind.CASE_GATHERED, subject=title, detail=told_of(items)))

    def _ask_files(self, key: str) -> None:
        names, _filter = QFileDialog.getOpenFileNames(
            self._front, self.tr("Add files to the case"), self._needs.preferences.settings.snapshot_folder
        )
        if names:
            self._background.start(self._add_files(key, [Path(name) for name in names]))

    async def _add_files(self, key: str, paths: Sequence[Path]) -> None:
        items = []
        for path in paths:
            try:
                items.append(await asyncio.to_thread(file_item, path))
            except StorageFailed as err:
                self.noticed.emit(Notice("case", NoticeKind.FAILED, NoticeLevel.WARNING, path.name, error=err))
        if items:
            self._put(key, items)

    def note_bookmark(self, bookmark: Bookmark) -> None:
        """Let a bookmark go into the case that gathers."""
        self._cases.found(bookmark_item(bookmark))

    def note_snapshot(self, path: Path, channel_id: str, at_ms: int) -> None:
        """Let a snapshot go into the case that gathers."""
        if self._cases.gathering:
            self._background.start(self._gather_snapshot(path, channel_id, at_ms))

    async def _gather_snapshot(self, path: Path, channel_id: str, at_ms: int) -> None:
        try:
            item = await asyncio.to_thread(file_item, path, channel_id, at_ms)
        except StorageFailed as err:
            self.noticed.emit(Notice("case", NoticeKind.FAILED, NoticeLevel.WARNING, path.name, error=err))
            return
        self._cases.found(item)

    # -- out of a case -----------------------------------------------------------------------------

    async def open_item(self, item: CaseItem) -> None:
        """Show the footage an item is of."""
        if self._playback is None or item.start_ms is None or not item.channel_id:
            return
        try:
            channel = await self._needs.centers.channel(item.channel_id)
        except WallError as err:
            self.noticed.emit(Notice("case", NoticeKind.FAILED, NoticeLevel.WARNING, item.title, error=err))
            return
        if self.dialog is not None:
            self.dialog.accept()
        self._show_footage(self._playback, channel, item.start_ms * 1000)

    def _show_footage(self, playback: "PlaybackDesk", channel: Channel, moment_us: int) -> None:
        """Show footage in the pane the camera is in, else in an empty one, else in the selected one."""
        panes = self._wall.panes
        index = next((i for i, pane in enumerate(panes) if pane.channel and pane.channel.id == channel.id), None)
        if index is None:
            empty = next((i for i, pane in enumerate(panes) if pane.channel is None), self._wall.selected)
            index = empty
            self._wall.show(index, channel)
        self._wall.select(index)
        if self._wall.panes[index].is_live:
            playback.show_recorded([index], moment_us)
        else:
            playback.clock.seek(moment_us)

    def _open_file(self, item: CaseItem) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(item.path)):
            gone = StorageFailed(f"nothing opens {Path(item.path).suffix}")
            self.noticed.emit(Notice("case", NoticeKind.FAILED, NoticeLevel.WARNING, Path(item.path).name, error=gone))

    def _ask_package(self, key: str) -> None:
        if self._exports is None or self._needs.exports is None:
            return
        hashes = {item.sha256 for item in self._cases.case(key).clips}
        jobs = [
            job
            for job in self._needs.exports.exports.jobs
            if job.state is ExportState.DONE and any(file.sha256 in hashes for file in job.files)
        ]
        if jobs:
            self._exports.show_package(jobs)
        elif self.dialog is not None:
            self.dialog.show_error(
                self.tr(
                    "The exports of this case are no longer in the list of exports; export them again to pack them."
                )
            )

    # -- names -------------------------------------------------------------------------------------

    def _camera_name(self, channel_id: str) -> str:
        """Return what a camera is called, as far as known; asks for it otherwise and shows it when it comes."""
        if channel_id not in self._names and channel_id not in self._asked:
            self._asked.add(channel_id)
            self._background.start(self._ask_name(channel_id))
        return self._names.get(channel_id, "")

    async def _ask_name(self, channel_id: str) -> None:
        try:
            self._names[channel_id] = (await self._needs.centers.channel(channel_id)).name
        except WallError:
            self._names[channel_id] = ""
            return
        if self.dialog is not None:
            self.dialog.fill()
