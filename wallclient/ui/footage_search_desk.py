"""Searches in footage in one window: the ways to them, and the ways from what was found to the wall."""

import asyncio
import time
from datetime import time as day_time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from wallclient.domain.bookmark import Bookmark
from wallclient.domain.errors import CenterError, StorageFailed
from wallclient.domain.file_names import file_name
from wallclient.domain.footage_search import MotionHit
from wallclient.domain.node import Channel
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.patrol_schedule import instant
from wallclient.services.abilities import Ability
from wallclient.services.export_wish import person_at
from wallclient.services.film_pictures import FilmPictures
from wallclient.services.review_pane import ReviewPane
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.film_strip import FilmStrip
from wallclient.ui.icons import icon
from wallclient.ui.motion_window import MotionWindow
from wallclient.ui.playback_desk import PlaybackDesk
from wallclient.ui.playback_lack import lack_text, refused
from wallclient.ui.playback_text import clock_text
from wallclient.ui.search_range import NamedRange
from wallclient.ui.sheet_paper import Sheet, save_sheet
from wallclient.ui.sheet_window import SheetSubject, SheetWindow
from wallclient.ui.theme import COLORS, Metrics
from wallclient.ui.timeline_scale import HOUR, SECOND, local, moment_of

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.wall import Wall
    from wallclient.ui.playback_services import PlaybackServices

_SHEET, _MOTION, _STRIP = "contact_sheet", "motion_search", "film_strip"


class FootageSearchDesk(QObject):
    """Adds its commands to a window's playback."""

    noticed = Signal(object)  # Notice

    def __init__(
        self,
        playback: PlaybackDesk,
        services: "PlaybackServices",
        wall: "Wall",
        centers: "Centers",
        background: Background,
        metrics: Metrics,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        assert services.searches is not None
        self._playback, self._searches, self._zone = playback, services.searches, services.zone
        self._wall, self._centers = wall, centers
        self._background, self._metrics, self._window = background, metrics, window
        self.windows: list[PlainDialog] = []
        self.film = FilmPictures(services.searches, lambda: playback.clock.holding, self)
        self.strip = FilmStrip(playback.timeline, self.film, metrics)
        self.strip.hide()
        self.strip.moment_chosen.connect(self.go)
        if isinstance(layout := playback.panel.layout(), QVBoxLayout):
            layout.insertWidget(0, self.strip)
        wall.selection_changed.connect(self._show_channel)
        wall.panes_changed.connect(self._show_channel)
        playback.commands |= {_SHEET: self.show_sheet, _MOTION: self.show_motion, _STRIP: self.toggle_strip}
        playback.extras += [
            (self.tr("Contact sheet from here…"), self.show_sheet),
            (self.tr("Search for movement from here…"), self.show_motion),
        ]
        self._fill_menu()

    def _fill_menu(self) -> None:
        button = self._playback.bar.buttons["search"]
        menu = QMenu(button)
        for name, icon_name, text in (
            (_SHEET, "sheet", self.tr("Contact sheet…\tShift+S")),
            (_MOTION, "motion", self.tr("Search for movement…\tShift+M")),
            (_STRIP, "film", self.tr("Film strip\tShift+T")),
        ):
            action = menu.addAction(icon(icon_name, COLORS.text, self._metrics.icon_px), text)
            action.triggered.connect(lambda _checked=False, name=name: self._playback.command(name))
        button.setMenu(menu)
        button.show()

    # -- strip -------------------------------------------------------------------------------------

    def toggle_strip(self) -> None:
        """Show or hide the strip of pictures above the timeline."""
        self.strip.setVisible(not self.strip.isVisibleTo(self._playback.panel))
        self._show_channel()

    def _show_channel(self) -> None:
        """Let the strip show the selected camera, or another one: one that is in playback, so that nobody is asked."""
        pane = self._playback.pane or next(iter(self._playback.recorded()), None)
        self.strip.set_channel(pane.channel if pane is not None else None)

    # -- windows -----------------------------------------------------------------------------------

    def show_sheet(self, moment_us: int | None = None) -> SheetWindow | None:
        """Open a contact sheet of the selected camera, or of all in playback."""
        subject = self._subject(moment_us)
        if subject is None:
            return None
        window = SheetWindow(subject, self._searches, self._background, self._metrics, self._window)
        window.save_requested.connect(self._ask_where)
        self._show(window, 0.9, 0.86)
        return window

    def show_motion(self, moment_us: int | None = None) -> MotionWindow | None:
        """Open a search for movement of the selected camera."""
        subject = self._subject(moment_us)
        if subject is None:
            return None
        still_us = self._playback.clock.moment_us if moment_us is None else moment_us
        window = MotionWindow(subject, still_us, self._searches, self._background, self._metrics, self._window)
        window.hits_changed.connect(self._playback.timeline.set_hits)
        window.bookmarks_requested.connect(
            lambda channel, hits: self._background.start(self._bookmark(window, channel, hits))
        )
        self._show(window, 0.84, 0.86)
        return window

    def _show(self, window: SheetWindow | MotionWindow, wide: float, high: float) -> None:
        window.go_requested.connect(self.go)
        window.open_requested.connect(self._open)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.finished.connect(lambda _result: self.windows.remove(window))
        self.windows.append(window)
        area = self._window.screen().availableGeometry()
        window.resize(round(min(area.width(), 2200) * wide), round(min(area.height(), 1300) * high))
        window.show()

    def close(self) -> None:
        """Close all windows, which ends what they search."""
        self.film.close()
        for window in list(self.windows):
            window.reject()

    def _subject(self, moment_us: int | None) -> SheetSubject | None:
        """Return what can be searched: the selected camera first; None, with a notice, where nothing may be."""
        selected = self._wall.panes[self._wall.selected].channel
        ids = set(self._playback.ids())
        found = [channel for channel in self._playback.channels() if channel.id in ids]
        if selected is not None:
            found = [selected, *(channel for channel in found if channel.id != selected.id)]
        permitted = [channel for channel in found if not lack_text(self._centers, channel, Ability.PLAYBACK)]
        if not permitted:
            if found:
                refused(self._centers, found[0], Ability.PLAYBACK, self.noticed.emit)
            return None
        return SheetSubject(tuple(permitted), tuple(self._ranges(moment_us)), self._zone)

    def _ranges(self, moment_us: int | None) -> list[NamedRange]:
        """Return the ranges at hand, the one most probably meant first; none reaches into the future."""
        timeline, now = self._playback.timeline, self._playback.now_us()
        at = self._playback.clock.moment_us if moment_us is None else moment_us
        when = local(at, self._zone)
        hour = at - (when.minute * 60 + when.second) * SECOND - when.microsecond
        days = (when.date(), when.date() + timedelta(days=1))
        midnight, next_midnight = (moment_of(instant(day, day_time(), self._zone)) for day in days)
        found = [
            NamedRange(self.tr("This hour"), hour, hour + HOUR),
            NamedRange(self.tr("This day"), midnight, next_midnight),
        ]
        if self._playback.panel.isVisible():
            found.append(NamedRange(self.tr("What the timeline shows"), timeline.scale.start_us, timeline.scale.end_us))
        if timeline.chosen is not None:
            found.insert(0, NamedRange(self.tr("Range on the timeline"), *timeline.chosen))
        if moment_us is not None:
            found.insert(0, NamedRange(self.tr("An hour from here"), moment_us, moment_us + HOUR))
        cut = [NamedRange(one.name, one.start_us, min(one.end_us, now)) for one in found]
        return [one for one in cut if one.end_us > one.start_us] or [NamedRange(found[0].name, now - HOUR, now)]

    # -- to the wall -------------------------------------------------------------------------------

    def go(self, channel: Channel, moment_us: int) -> None:
        """Show a moment of a camera on the wall: where the camera is, else in the selected pane."""
        panes = self._wall.panes
        index = next((i for i, pane in enumerate(panes) if pane.channel and pane.channel.id == channel.id), None)
        if index is None:
            index = self._wall.selected
            self._wall.show_footage(index, channel)
        elif index != self._wall.selected:
            self._wall.select(index)
        pane = self._wall.panes[index]
        if isinstance(pane, ReviewPane) and pane.in_memory is not None:
            self._wall.show_footage(index, channel)
        if self._wall.panes[index].is_live:
            self._playback.show_recorded([index], moment_us)
        self._playback.go(moment_us)

    def _open(self, channel: Channel, moment_us: int) -> None:
        self.go(channel, moment_us)
        self._window.raise_()
        self._window.activateWindow()

    # -- bookmarks ---------------------------------------------------------------------------------

    async def _bookmark(self, window: MotionWindow, channel: Channel, hits: list[MotionHit]) -> None:
        marked = {found.hit for found in window.model.found if found.marked}
        for hit in hits:
            if hit in marked:
                continue
            title = self.tr("Movement {time}").format(time=clock_text(hit.start_us, self._zone))
            start_ms, end_ms = hit.start_us // 1000, -(-hit.end_us // 1000)
            mark = Bookmark("", title, start_ms, end_ms, (channel.id,), category=self.tr("Movement"))
            try:
                await self._playback.bookmarks.save(mark)
            except CenterError as err:
                self._fail(title, err)
                return
            window.model.mark(hit)

    # -- on paper ----------------------------------------------------------------------------------

    def _ask_where(self, window: SheetWindow) -> None:
        start_us = window.range.start_us
        when = local(start_us, self._zone)
        name = file_name(f"{window.channels[0].name}_{when:%Y%m%d-%H%M}")
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        kinds = {"PDF (*.pdf)": "pdf", "PNG (*.png)": "png", "JPEG (*.jpg)": "jpg"}
        dialog = QFileDialog(window, self.tr("Save the sheet"), str(Path(folder) / name), ";;".join(kinds))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kinds[kind]))
        dialog.fileSelected.connect(lambda path: self._background.start(self.save(window, Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def save(self, window: SheetWindow, path: Path) -> None:
        """Write a sheet, and say so."""
        model, channel = window.model, window.channels[0]
        by = person_at(self._centers, channel.id)
        sheet = Sheet(
            list(model.cells), [model.label(cell) for cell in model.cells], window.range.start_us, window.range.end_us,
            window.step_us, self._zone, by, round(time.time() * 1_000_000), " / ".join(channel.path[:1]),
        )  # fmt: skip
        try:
            await asyncio.to_thread(save_sheet, sheet, path)
        except StorageFailed as err:
            self._fail(path.name, err)
        else:
            self.noticed.emit(Notice("sheet", NoticeKind.REPORT_SAVED, subject=str(path)))

    def _fail(self, subject: str, err: CenterError | StorageFailed) -> None:
        self.noticed.emit(Notice("footage search", NoticeKind.FAILED, NoticeLevel.ERROR, subject, error=err))
