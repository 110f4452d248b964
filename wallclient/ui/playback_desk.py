"""Playback in one window: timeline and bar under the wall, their keys, and the panes that show footage."""

import time
from collections.abc import Callable
from datetime import time as day_time
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from wallclient.domain.bookmark import Bookmark
from wallclient.domain.errors import StorageFailed, WallError
from wallclient.domain.node import Channel
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.patrol_schedule import instant
from wallclient.services.abilities import Ability
from wallclient.services.bookmarks import Bookmarks
from wallclient.services.footage_index import FootageIndex
from wallclient.services.hover_pictures import HoverPictures
from wallclient.services.review_clock import faster
from wallclient.services.review_pane import ReviewPane
from wallclient.ui.background import Background
from wallclient.ui.footage_mark import FootageMark
from wallclient.ui.playback_bar import PlaybackBar
from wallclient.ui.playback_dialogs import GoToDialog, OffsetDialog
from wallclient.ui.playback_keys import PlaybackKeys
from wallclient.ui.playback_lack import refused, with_lacks
from wallclient.ui.playback_marks import PlaybackMarks
from wallclient.ui.playback_menu import moment_menu
from wallclient.ui.playback_reason import ask_reason
from wallclient.ui.playback_services import ExportWish, PlaybackServices
from wallclient.ui.playback_state import bar_state, clock_ahead_ms, pane_mark
from wallclient.ui.scrubber import Scrubber
from wallclient.ui.theme import Metrics
from wallclient.ui.timeline import MOST_ROWS, Row, Timeline
from wallclient.ui.timeline_scale import MINUTE, SECOND, local, moment_of

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.review import SharedClock
    from wallclient.services.wall import Wall
    from wallclient.ui.wall_widget import WallWidget

MOST_PANES = 16  # on one clock
_TICK_MS = 100
_LAST_PICTURE_US = 40_000
_AGAIN_US = SECOND  # "previous" pressed again so soon after goes one further
_START_BACK_US = MINUTE


class PlaybackDesk(QObject):
    """Ties one wall to the review engine. `panel` is to be put under the wall."""

    noticed = Signal(object)
    dialog_requested = Signal(object)
    visibility_changed = Signal(bool)

    def __init__(
        self,
        wall: "Wall",
        widget: "WallWidget",
        centers: "Centers",
        services: PlaybackServices,
        background: Background,
        metrics: Metrics,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._wall, self._widget, self._centers = wall, widget, centers
        self._review, self._zone = services.review, services.zone
        self._background, self._metrics = background, metrics
        self.index = FootageIndex(centers, background.start, self._now_ms)
        self.bookmarks = Bookmarks(centers, background.start, self._review.note_bookmark)
        self.marks = PlaybackMarks(self.bookmarks, self._zone, background, metrics, widget)
        self.timeline = Timeline(self.index, self._zone, metrics)
        self.bar = PlaybackBar(metrics)
        self.panel = QFrame()
        self.panel.setObjectName("PlaybackPanel")
        layout = QVBoxLayout(self.panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.timeline)
        layout.addWidget(self.bar)
        self.panel.hide()
        self.exact = False
        self.on_export: Callable[[ExportWish], None] | None = None
        self.extras: list[tuple[str, Callable[[int], object]]] = []  # more of the timeline's menu
        self.keys_enabled: Callable[[], bool] = lambda: True  # PTZ mode has the same keys
        self.pictures = HoverPictures(self._review, self)
        self._scrubber = Scrubber(self._seek, lambda: self.clock.holding, self)
        self.commands = self._handlers()
        self._keys = PlaybackKeys(widget, self.timeline, self.command, self._active_on_wall)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(_TICK_MS)
        self._connect()
        self._on_panes_changed()

    def _connect(self) -> None:
        timeline = self.timeline
        timeline.scrubbed.connect(self._on_scrubbed)
        timeline.scrub_ended.connect(self._on_scrub_ended)
        timeline.row_clicked.connect(self._on_row_clicked)
        timeline.range_changed.connect(lambda _range: self.refresh())
        timeline.bookmark_activated.connect(self.go_to_bookmark)
        timeline.menu_requested.connect(self._on_menu)
        timeline.hovered.connect(self._on_hovered)
        self.pictures.arrived.connect(timeline.set_thumbnail)
        self.marks.dialog_requested.connect(self.dialog_requested)
        self.marks.go_requested.connect(self.go_to_bookmark)
        self.marks.failed.connect(self._tell)
        self.bookmarks.changed.connect(lambda: timeline.set_bookmarks(self.bookmarks.all()))
        self.bar.commanded.connect(self.command)
        self.bar.speed_chosen.connect(self._on_speed_chosen)
        self._widget.channels_changed.connect(self._on_panes_changed)
        self._wall.selection_changed.connect(self._on_panes_changed)
        self._centers.state_changed.connect(self._on_centers_changed)
        self._review.ask_operator = self._ask_reason

    # -- what there is -----------------------------------------------------------------------------

    @property
    def pane(self) -> ReviewPane | None:
        """The selected pane, if it shows footage."""
        pane = self._wall.panes[self._wall.selected]
        return pane if isinstance(pane, ReviewPane) and pane.channel is not None else None

    @property
    def clock(self) -> "SharedClock":
        """The clock commands are for: that of the selected pane, or the one all share."""
        return self.pane.clock if self.pane else self._review.clock

    def recorded(self) -> list[ReviewPane]:
        """Return the panes of this window that show footage."""
        return [pane for pane in self._wall.panes if isinstance(pane, ReviewPane) and pane.channel is not None]

    def channels(self) -> list[Channel]:
        """Return the cameras on the wall, each once: those in playback first where there are too many for the rows."""
        panes = [pane for pane in self._wall.panes if pane.channel is not None]
        found = {pane.channel.id: pane.channel for pane in panes if pane.channel is not None}
        if len(found) > MOST_ROWS:
            panes.sort(key=lambda pane: pane.is_live)
            found = {pane.channel.id: pane.channel for pane in panes if pane.channel is not None}
        return list(found.values())[:MOST_ROWS]

    def ids(self) -> list[str]:
        """Return the cameras segments and days are looked for of: in playback, else the selected one, else all."""
        recorded = [pane.channel.id for pane in self.recorded() if pane.channel is not None]
        if recorded:
            return list(dict.fromkeys(recorded))
        selected = self._wall.panes[self._wall.selected].channel
        return [selected.id] if selected else [channel.id for channel in self.channels()]

    def _active_on_wall(self) -> bool:
        return self.pane is not None and self.keys_enabled()

    # -- live and recorded -------------------------------------------------------------------------

    def toggle(self) -> None:
        """Show or hide the timeline; what is in playback stays so."""
        self.panel.setVisible(not self.panel.isVisible())
        self._on_panes_changed()
        self.visibility_changed.emit(self.panel.isVisible())
        if not self.panel.isVisible():
            self._widget.setFocus()

    def show_recorded(self, indexes: list[int], moment_us: int | None = None) -> None:
        """Let panes show footage; the first one of all sets the clock, to a minute ago where no moment is given."""
        self._review.ask_operator = self._ask_reason  # in the window where it is wanted
        clock = self._review.clock
        room = MOST_PANES - len(clock.followers)
        begins = not clock.followers
        shown = False
        for index in indexes:
            pane = self._wall.panes[index]
            if pane.channel is None or not pane.is_live or room <= 0:
                continue
            if refused(self._centers, pane.channel, Ability.PLAYBACK, self.noticed.emit):
                continue
            if begins and not shown:
                clock.seek(self.now_us() - _START_BACK_US if moment_us is None else moment_us)
            self._wall.show_footage(index, pane.channel)
            shown, room = True, room - 1
        if shown and begins:
            clock.set_speed(1.0)
            clock.play()
            self.timeline.set_scale(self.timeline.scale.centered(clock.moment_us))
        elif shown and moment_us is not None:
            clock.seek(moment_us)
        if shown and not self.panel.isVisible():
            self.toggle()
        self._on_panes_changed()

    def show_live(self, indexes: list[int]) -> None:
        """Let panes show the live picture again."""
        for index in indexes:
            if not self._wall.panes[index].is_live:
                self._wall.show_live(index)
        if not self._review.clock.followers:
            self._review.clock.pause()
        self._on_panes_changed()

    def _now_ms(self) -> int:
        return round(time.time() * 1000) + self._clock_offset_ms()

    def _clock_offset_ms(self) -> int:
        return clock_ahead_ms(self._centers, self._wall.panes[self._wall.selected].channel)

    def now_us(self) -> int:
        """Return the center's present moment."""
        return self.index.now_ms() * 1000

    # -- commands ----------------------------------------------------------------------------------

    def command(self, name: str) -> None:
        """Do what a button or a key asks for."""
        self.commands.get(name, bool)()  # a search where there is none does nothing
        self.refresh()

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "toggle": self._toggle_playing,
            "forwards": lambda: self._run(1),
            "backwards": lambda: self._run(-1),
            "step_on": lambda: self._step(1),
            "step_back": lambda: self._step(-1),
            "first": lambda: self._to_end(first=True),
            "last": lambda: self._to_end(first=False),
            "back_10": lambda: self._seek_by(-10 * SECOND),
            "on_10": lambda: self._seek_by(10 * SECOND),
            "back_60": lambda: self._seek_by(-MINUTE),
            "on_60": lambda: self._seek_by(MINUTE),
            "previous_segment": lambda: self._to_segment(-1),
            "next_segment": lambda: self._to_segment(1),
            "previous_bookmark": lambda: self._to_bookmark(-1),
            "next_bookmark": lambda: self._to_bookmark(1),
            "bookmark": lambda: self.add_bookmark(),
            "bookmarks": self.marks.show,
            "go_to": self._go_to,
            "range_begin": lambda: self._choose(begin=self.clock.moment_us),
            "range_end": lambda: self._choose(end=self.clock.moment_us),
            "exact": self._toggle_exact,
            "in_step": self._toggle_in_step,
            "offset": self._correct_offset,
            "fit": self._fit,
            "export": self._export,
            "hide": self.toggle,
            "live_here": lambda: self.show_live([self._wall.selected]),
            "live_all": lambda: self.show_live(list(range(len(self._wall.panes)))),
            "recorded_here": lambda: self.show_recorded([self._wall.selected]),
            "recorded_all": lambda: self.show_recorded(list(range(len(self._wall.panes)))),
            "replay": self._replay,
        }

    def _toggle_playing(self) -> None:
        if self.clock.playing:
            self.clock.pause()
        else:
            self.clock.play()

    def _run(self, direction: int) -> None:
        clock = self.clock
        clock.set_speed(faster(clock.speed, direction) if clock.playing else float(direction))
        clock.play()

    def _on_speed_chosen(self, speed: float) -> None:
        self.clock.set_speed(speed)
        self.refresh()

    def _step(self, direction: int) -> None:
        pane = self.pane or next(iter(self.recorded()), None)
        if pane is not None:
            pane.clock.step(pane, direction)

    def _seek(self, moment_us: int) -> None:
        self.clock.seek(moment_us)
        self.refresh()

    def _seek_by(self, by_us: int) -> None:
        self.go(self.clock.moment_us + by_us)

    def go(self, moment_us: int) -> None:
        """Go to a moment and have it in sight; live panes do not move."""
        if not self.recorded():
            self.show_recorded([self._wall.selected], moment_us)
        self._seek(moment_us)
        scale = self.timeline.scale
        if not 0 <= scale.x_of(moment_us) <= scale.width_px:
            self.timeline.set_scale(scale.centered(moment_us))

    def _to_end(self, *, first: bool) -> None:
        scale = self.timeline.scale
        found = [self.timeline.coverage(gid).within(scale.start_us, scale.end_us) for gid in self.ids()]
        ends = [one for one in found if one is not None]
        if ends:
            self.go(min(a for a, _ in ends) if first else max(b for _, b in ends) - _LAST_PICTURE_US)

    def _to_segment(self, direction: int) -> None:
        edges = {edge for gid in self.ids() for edge in self.timeline.coverage(gid).edges_us}
        self._to_next(sorted(edges), direction)

    def _to_bookmark(self, direction: int) -> None:
        self._to_next([mark.start_ms * 1000 for mark in self.bookmarks.all()], direction)

    def _to_next(self, moments: list[int], direction: int) -> None:
        now = self.clock.moment_us
        if direction > 0:
            target = next((moment for moment in moments if moment > now), None)
        else:
            target = next((moment for moment in reversed(moments) if moment < now - _AGAIN_US), None)
        if target is not None:
            self.go(target)

    def _choose(self, begin: int | None = None, end: int | None = None) -> None:
        former = self.timeline.chosen
        if begin is not None:
            end = former[1] if former is not None and former[1] > begin else begin + MINUTE
        elif end is not None:
            begin = former[0] if former is not None and former[0] < end else end - MINUTE
        if begin is not None and end is not None:
            self.timeline.set_chosen((begin, end))

    def _toggle_exact(self) -> None:
        self.exact = not self.exact

    def _toggle_in_step(self) -> None:
        if (pane := self.pane) is None:
            return
        if pane.on_own_clock:
            pane.rejoin_clock()
        else:
            pane.leave_clock()

    def _fit(self) -> None:
        if self.timeline.chosen is not None:
            start, end = self.timeline.chosen
            margin = (end - start) // 10
            self.timeline.show_range(start - margin, end + margin)
            return
        day = local(self.clock.moment_us, self._zone).date()
        begin, end = (moment_of(instant(one, day_time(), self._zone)) for one in (day, day + timedelta(days=1)))
        self.timeline.show_range(begin, end)

    def _replay(self) -> None:
        self._background.start(self._replay_last(self._wall.selected))

    async def _replay_last(self, index: int) -> None:
        """Show the last minute from memory, which needs no center; where nothing is kept, what the center has."""
        if await self._wall.replay(index) is None:
            self.show_recorded([index], self.now_us() - _START_BACK_US)
        self._on_panes_changed()

    def _export(self) -> None:
        if self.on_export and (chosen := self.timeline.chosen):
            ids, there = self.ids(), self.channels()
            channels = tuple(channel for channel in there if channel.id in ids)
            others = tuple(channel for channel in there if channel.id not in ids)
            self.on_export(ExportWish(channels, chosen[0] // 1000, -(-chosen[1] // 1000), others))

    # -- dialogs -----------------------------------------------------------------------------------

    def _go_to(self) -> None:
        dialog = GoToDialog(
            self.index, self.ids(), self.clock.moment_us, self._zone, self._metrics, self.panel.window()
        )
        dialog.accepted.connect(lambda: self.go(dialog.moment_us))
        self.dialog_requested.emit(dialog)

    def _correct_offset(self) -> None:
        if (pane := self.pane) is None or pane.channel is None:
            return
        channel = pane.channel
        dialog = OffsetDialog(channel.name, pane.offset_ms, pane.clock_offset_ms, self._metrics, self.panel.window())
        dialog.accepted.connect(lambda: self._set_offset(channel, dialog.offset_ms))
        self.dialog_requested.emit(dialog)

    def _set_offset(self, channel: Channel, offset_ms: int) -> None:
        try:
            self._review.set_offset_ms(channel.id, offset_ms)
        except StorageFailed as err:
            self._tell(channel.name, err)
        self.refresh()

    async def _ask_reason(self, key: str) -> str | None:
        """Ask why the footage of a center is wanted."""
        return await ask_reason(self._centers, key, self._metrics, self.panel.window())

    # -- bookmarks ---------------------------------------------------------------------------------

    def add_bookmark(self, moment_us: int | None = None) -> None:
        """Ask for a bookmark of the chosen range if the moment is in it, else of the moment."""
        moment_us = self.clock.moment_us if moment_us is None else moment_us
        everywhere = tuple(self.ids())
        selected = self._wall.panes[self._wall.selected].channel
        here = (selected.id,) if selected is not None else everywhere[:1]
        if not here or refused(self._centers, selected, Ability.BOOKMARKS, self.noticed.emit):
            return
        chosen = self.timeline.chosen
        inside = chosen is not None and chosen[0] <= moment_us <= chosen[1]
        self.marks.ask(chosen if chosen is not None and inside else (moment_us, moment_us), here, everywhere)

    def go_to_bookmark(self, bookmark: Bookmark) -> None:
        """Go to a bookmark, and choose its range."""
        self.go(bookmark.start_ms * 1000)
        if bookmark.end_ms > bookmark.start_ms:
            self.timeline.set_chosen((bookmark.start_ms * 1000, bookmark.end_ms * 1000))

    def _tell(self, subject: str, err: WallError) -> None:
        self.noticed.emit(Notice("playback", NoticeKind.FAILED, NoticeLevel.ERROR, subject, error=err))

    # -- timeline ----------------------------------------------------------------------------------

    def _on_scrubbed(self, moment_us: int) -> None:
        if self.recorded():
            self._scrubber.drag(moment_us)

    def _on_scrub_ended(self, moment_us: int) -> None:
        if not self.recorded():
            self.show_recorded([self._wall.selected], moment_us)
        self._scrubber.end(moment_us)

    def _on_menu(self, moment_us: int, at: QPoint) -> None:
        moment_menu(moment_us, self.go, self.add_bookmark, self._choose, self.timeline, self.extras).popup(at)

    def _on_row_clicked(self, channel_id: str) -> None:
        panes = self._wall.panes
        index = next((i for i, pane in enumerate(panes) if pane.channel and pane.channel.id == channel_id), None)
        if index is not None:
            self._wall.select(index)

    def _on_hovered(self, channel_id: str | None, moment_us: int | None) -> None:
        """Have a small picture made, of cameras that are in playback anyway: it needs a session of their footage."""
        pane = next((p for p in self.recorded() if p.channel is not None and p.channel.id == channel_id), None)
        if pane is None or pane.channel is None or moment_us is None or pane.in_memory is not None:
            return
        if self.timeline.coverage(pane.channel.id).has(moment_us):
            self.pictures.ask(pane.channel, moment_us)

    # -- showing -----------------------------------------------------------------------------------

    def _on_centers_changed(self) -> None:
        if self.panel.isVisible():
            self.index.forget([row.channel_id for row in self.timeline.rows if self.index.error(row.channel_id)])
            self.timeline.load()
            self.bookmarks.refresh()

    def _on_panes_changed(self) -> None:
        panes, selected = self._wall.panes, self._wall.panes[self._wall.selected].channel
        recorded = {pane.channel.id for pane in panes if pane.channel is not None and not pane.is_live}
        channels = self.channels()
        if self.panel.isVisible():
            self.timeline.set_rows(
                [Row(c.id, c.name, c.id == (selected.id if selected else ""), c.id in recorded) for c in channels]
            )
            self.bookmarks.want([channel.id for channel in channels])
        self.refresh()

    def _on_tick(self) -> None:
        if self.panel.isVisible() or self.recorded():
            self.refresh()

    def refresh(self) -> None:
        """Show what is true now in bar, timeline and titles."""
        for index, pane in enumerate(self._wall.panes):
            if index < len(self._widget.views):
                view = self._widget.views[index]
                self._widget.set_footage(index, self._mark(pane, view.moment_us) if view.pane is pane else None)
        if self.panel.isVisible():
            clock = self.clock
            self.timeline.set_moment(clock.moment_us, follow=clock.playing and not clock.holding)
            self.bar.buttons["export"].setVisible(self.on_export is not None)
            channel = self._wall.panes[self._wall.selected].channel
            state = bar_state(
                clock,
                self.pane,
                channel,
                bool(self.recorded()),
                self.timeline.chosen,
                self._zone,
                self.exact,
                self._clock_offset_ms(),
            )
            wanted = [one for one in self.channels() if one.id in self.ids()]
            self.bar.show_state(with_lacks(state, self._centers, channel, wanted))

    def _mark(self, pane: object, picture_us: int) -> FootageMark | None:
        if isinstance(pane, ReviewPane) and pane.channel is not None:
            return pane_mark(pane, picture_us, self.timeline.coverage(pane.channel.id), self._zone, self.exact)
        return None

    def close(self) -> None:
        """End what is under way; panes end with the wall."""
        self._timer.stop()
        self.pictures.close()
        if self._review.ask_operator == self._ask_reason:
            self._review.ask_operator = None
