"""One pane of recorded footage: a channel, its playback session, its track, and the clock it follows.

Live and recorded panes stand side by side in a wall; see `services.wall_pane`. All on the UI thread.
"""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence

from wallclient.domain.audit import AuditKind
from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.picture import Picture
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback
from wallclient.domain.review import ClockMap, Sight
from wallclient.player import review_messages as messages
from wallclient.player.review_pool import ReviewPool
from wallclient.player.review_track import MemoryFile, Track
from wallclient.services.playback_leases import AskReason, Footages, PlaybackLeases
from wallclient.services.review import SharedClock
from wallclient.services.review_still import Still, still_of
from wallclient.services.wall_pane import StreamInfo, WallPane

_log = logging.getLogger(__name__)
_FALLBACK_SIZE = (320, 180)  # device pixels, for a pane that is not on screen
_FORMS = {  # the best first
    FootageProtocol.MP4: "mp4", FootageProtocol.TS: "mpegts", FootageProtocol.RTSP: messages.STREAMED,
}  # fmt: skip
_SCHEMES = {"mp4": ("http:", "https:"), "mpegts": ("http:", "https:"), messages.STREAMED: ("rtsp:",)}
_SEAM_MS = 500  # less than that between two files is how recorders cut them
_STATES = {
    Sight.LOADING: PaneState.OPENING,
    Sight.SHOWING: PaneState.PLAYING,
    Sight.GAP: PaneState.GAP,
    Sight.FAILED: PaneState.RECONNECTING,
}


NotePlayback = Callable[[AuditKind, str, int, int, str], None]  # what, channel id, range in ms, reason


def _note_nothing(_kind: AuditKind, _channel_id: str, _start_ms: int, _end_ms: int, _reason: str) -> None:
    """Keep no record, as of pictures that nobody asked for by themselves."""


class ReviewPane(WallPane):
    """A pane that shows what was recorded at the moment of its clock."""

    is_live = False

    def __init__(
        self,
        clock: SharedClock,
        pool: ReviewPool,
        footages: Footages,
        ask_reason: AskReason,
        offset_of: Callable[[str], int] = lambda _gid: 0,
        note: NotePlayback | None = None,
    ) -> None:
        """`offset_of` tells the milliseconds by which a channel's footage is corrected; `note` keeps what was done."""
        super().__init__()
        self.clock = clock
        self._pool, self._footages, self._ask_reason = pool, footages, ask_reason
        self._offset_of, self._note = offset_of, note or _note_nothing
        self._playback: Playback | None = None
        self.in_memory: tuple[int, int] | None = None  # of an instant replay: its first and last moment, ms
        self._track: Track | None = None
        self._leases: PlaybackLeases | None = None
        self._failure: PaneReason | None = None  # why there is no session
        self._map: ClockMap | None = None
        self._size = (0, 0)

    # -- for the wall ------------------------------------------------------------------------------

    def show(self, channel: Channel) -> None:
        """Show what was recorded of `channel`."""
        if self.channel is not None and channel.id == self.channel.id and self.in_memory is None:
            return
        self._begin(channel)
        if self._track is None:
            return
        self._leases = PlaybackLeases(
            self._footages,
            channel.id,
            self._on_footage,
            self._on_no_footage,
            self._ask_reason,
            functools.partial(self._note, AuditKind.PLAYBACK_OPENED, channel.id),
            functools.partial(self._note, AuditKind.PLAYBACK_CLOSED, channel.id),
        )
        self.clock.join(self)
        self._judge()

    def show_memory(self, channel: Channel, kept: MemoryFile, form: str, start_ms: int, end_ms: int) -> None:
        """Show footage that lies in memory: no center is asked."""
        self._begin(channel)
        if self._track is None:
            return
        self.in_memory = start_ms, end_ms
        file = messages.File(channel.id, start_ms * 1000, end_ms * 1000, form, memory=kept.number)
        self._pool.set_files(self._track, (file,), {kept.number: kept})
        self.clock.join(self)
        self._judge()

    def close(self) -> None:
        """Show nothing."""
        self._end()
        self.channel = None
        self._set(PaneState.IDLE, None)

    def retry(self) -> None:
        """Try again now instead of when the wait is over."""
        if self._leases is not None:
            self._leases.retry()

    def set_size(self, width_px: int, height_px: int) -> None:
        """Tell how many device pixels the picture covers; 0, 0 while the pane is not on screen."""
        if width_px <= 0 or height_px <= 0:
            return
        self._size = width_px, height_px
        if self._track is not None:
            try:
                self._pool.resize(self._track, width_px, height_px)
            except OSError:
                _log.exception("no memory for another size")

    def tick(self, now: float) -> None:
        """Keep the session around the clock's moment."""
        if self._leases is not None:
            self._leases.want(self._moment_us() // 1000, self.clock.map.rate)
            if self._map is not None:
                self._judge()

    # -- for the painter ---------------------------------------------------------------------------

    def sequence(self) -> int:
        """Return the number of the newest picture, 0 where there is none to be seen; cheap."""
        return self._track.sequence if self._track is not None and self.state is not PaneState.GAP else 0

    async def still(self) -> Still:
        """Return the picture on screen in the source's own size. Raises SnapshotFailed."""
        if self._track is None or self.shown_us is None:
            raise SnapshotFailed("no picture of footage")
        return await still_of(self._pool, self._track, self.shown_us)

    def picture(self) -> Picture | None:
        """Claim the newest picture; None in a gap, where an earlier one must not be taken for what was there."""
        return self._track.picture() if self._track is not None and self.state is not PaneState.GAP else None

    @property
    def aspect(self) -> float | None:
        """Width to height of the picture as it is to be seen; None: as its pixels are."""
        stats = self._track.stats if self._track else None
        if stats is None or not stats.width or not stats.height:
            return None
        return stats.width * stats.sar_num / (stats.height * stats.sar_den)

    @property
    def shown_us(self) -> int | None:
        """The exact moment of the picture on screen, by the center's clock; None: there is none."""
        moment = self._track.moment_us if self._track is not None and self.state is PaneState.PLAYING else 0
        return moment or None

    @property
    def clock_offset_ms(self) -> int:
        """What the clock burnt into the picture is ahead of the center's, at the moment shown: it may have jumped."""
        if self._playback is None:
            return 0
        moment_ms = (self.shown_us or self._moment_us()) // 1000
        there = [source for source in self._playback.sources if source.start_ms <= moment_ms < source.end_ms]
        latest = max(there, key=lambda source: source.start_ms, default=None)
        return latest.clock_offset_ms if latest is not None else self._playback.clock_offset_ms

    @property
    def next_footage_ms(self) -> int | None:
        """Where footage goes on, while the pane is in a gap."""
        moment = self.next_us()
        return None if moment is None else moment // 1000

    @property
    def keys_only(self) -> bool:
        """Whether key pictures only are shown, since the machine can't decode all at this speed."""
        return self._track is not None and self._track.stats is not None and self._track.stats.keys_only

    # -- the clock ---------------------------------------------------------------------------------

    @property
    def on_own_clock(self) -> bool:
        """Whether the pane has left the clock of the others."""
        return self._shared is not None

    _shared: SharedClock | None = None

    def leave_clock(self) -> SharedClock:
        """Go on by a clock of the pane's own, from the present moment, and return it."""
        if self._shared is None:
            self._shared = self.clock
            self._shared.leave(self)
            self.clock = SharedClock(self._shared.moment_us)
            self.clock.set_speed(self._shared.speed)
            self.clock.join(self)
            if self._shared.playing:
                self.clock.play()
        return self.clock

    def rejoin_clock(self) -> None:
        """Come back to the clock of the others, at its moment."""
        if self._shared is not None:
            own, self.clock, self._shared = self.clock, self._shared, None
            own.leave(self)
            own.close()
            own.deleteLater()
            self.clock.join(self)

    @property
    def offset_ms(self) -> int:
        """What is added to the clock's moment for this camera, set by hand."""
        return self._offset_of(self.channel.id) if self.channel else 0

    def offset_changed(self) -> None:
        """Look again at the offset."""
        self.follow(self.clock.map)

    def follow(self, clock: ClockMap) -> None:
        """Show what this clock says."""
        self._map = clock
        if self._track is not None:
            self._pool.follow(self._track, clock, self.offset_ms * 1000)
        if self._leases is not None:
            self._leases.want(self._moment_us() // 1000, clock.rate)

    def settled(self, epoch: int) -> bool:
        """Tell whether the clock's moment of that epoch is shown, or it is known why it can't be."""
        if self._track is None or self._failure is not None:
            return True
        return self._known() and self._track.settled(epoch)

    def sight(self) -> Sight:
        """Return what there is to see."""
        return self._track.sight if self._track is not None and self._known() else Sight.LOADING

    def next_us(self) -> int | None:
        """Return, in a gap, where footage goes on in the clock's direction; None: it does not."""
        seen = self._track.seen if self._track is not None and self.sight() is Sight.GAP else None
        return seen.next_us if seen else None

    def awaits_footage(self) -> bool:
        """Tell whether the center is still bringing the footage of the moment."""
        return self._leases is not None and self._failure is None and self._leases.awaits(self._moment_us() // 1000)

    def ask_step(self, request: int, from_us: int, direction: int) -> bool:
        """Ask for a neighbouring picture's moment."""
        return self._track is not None and self._pool.step(self._track, request, from_us, direction)

    def _moment_us(self) -> int:
        return self.clock.moment_us + self.offset_ms * 1000

    def _known(self) -> bool:
        """Tell whether what the track says of the moment can be relied on: no session, no gap."""
        return self._leases is None or self._leases.covers(self._moment_us() // 1000)

    # -- inside ------------------------------------------------------------------------------------

    def _begin(self, channel: Channel) -> None:
        self._end()
        self.channel = channel
        self._failure = None
        width, height = self._size if self._size[0] else _FALLBACK_SIZE
        try:
            self._track = track = self._pool.open(width, height)
        except OSError:
            _log.exception("no player for a pane")
            self._failure = PaneReason.PLAYER_CRASHED
            self._set(PaneState.FAILED, self._failure)
            return
        track.seen_changed.connect(functools.partial(self._on_seen, track))
        track.stats_changed.connect(functools.partial(self._on_stats, track))
        track.stepped.connect(self._on_stepped)
        self.changed.emit()

    def _end(self) -> None:
        self.rejoin_clock()
        self.clock.leave(self)
        if self._leases is not None:
            self._leases.close()
        if self._track is not None:
            self._pool.close(self._track)
        self._leases = self._track = self._map = self.in_memory = self._failure = None
        self.info, self._playback = StreamInfo(), None

    def _on_footage(self, playback: Playback) -> None:
        self._playback = playback
        files = files_of(playback.channel_id, playback.sources, playback.ca_file)
        unplayable = bool(playback.sources) and not files
        self._failure = PaneReason.NO_PLAYABLE_SOURCE if unplayable else None
        if self._track is not None and self.channel is not None:
            self._pool.set_files(self._track, files)
        self._judge()

    def _on_no_footage(self, reason: PaneReason) -> None:
        if self._leases is None or not self._leases.covers(self._moment_us() // 1000):
            self._failure = reason
        self._judge()

    def _on_seen(self, track: Track) -> None:
        if track is self._track:
            self._judge()

    def _on_stepped(self, request: int, moment_us: int | None) -> None:
        self.clock.take_step(request, moment_us)

    def _on_stats(self, track: Track) -> None:
        stats = track.stats
        if track is not self._track or stats is None:
            return
        info = StreamInfo(
            protocol=None, codec=stats.codec, width=stats.width, height=stats.height,
            fps=stats.fps * max(1.0, abs(self.clock.map.rate)) or None, lost_pictures=stats.skipped,
        )  # fmt: skip
        if info != self.info:
            self.info = info
            self.info_changed.emit()

    def _judge(self) -> None:
        """Find the pane's state out of session and track."""
        track = self._track
        if track is None:
            return
        if self._failure is not None:
            final = self._failure in (PaneReason.REASON_NEEDED, PaneReason.NO_PLAYABLE_SOURCE)
            self._set(PaneState.FAILED if final else PaneState.RECONNECTING, self._failure)
        elif not self._known():
            fetching = self._leases is not None and self._leases.is_fetching(self._moment_us() // 1000)
            self._set(PaneState.OPENING, PaneReason.FETCHING_FOOTAGE if fetching else None)
        else:
            reason = track.seen.reason if track.seen else None
            if track.sight is Sight.GAP:
                reason = PaneReason.FOOTAGE_CUT_SHORT if reason else PaneReason.NO_FOOTAGE
            self._set(_STATES[track.sight], reason)
        self.clock.note_settled()

    def _set(self, state: PaneState, reason: PaneReason | None) -> None:
        if (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            self.changed.emit()


def files_of(channel_id: str, sources: Sequence[FootageSource], ca_file: str = "") -> tuple[messages.File, ...]:
    """Return the files behind a session's addresses: of each stretch the address this program reads best.

    What is streamed at a server's own pace is taken only where there is no file. `ca_file` is the private authority.
    """
    known = [source for source in sources if source.protocol in _FORMS]
    usable = [source for source in known if source.url.startswith(_SCHEMES[_FORMS[source.protocol]])]
    best: Mapping[tuple[int, int], FootageSource] = {
        (source.start_ms, source.end_ms): source
        for source in sorted(usable, key=lambda source: -list(_FORMS).index(source.protocol))
    }
    spans = sorted(span for span, source in best.items() if source.protocol is not FootageProtocol.RTSP)
    return tuple(
        _file(channel_id, source, ca_file)
        for span, source in best.items()
        if source.protocol is not FootageProtocol.RTSP or not _is_covered(span, spans)
    )


def _is_covered(span: tuple[int, int], by: Sequence[tuple[int, int]]) -> bool:
    at = span[0]
    for start_ms, end_ms in by:
        if start_ms > at + _SEAM_MS:
            break
        at = max(at, end_ms)
    return at >= span[1] - _SEAM_MS


def _file(channel_id: str, source: FootageSource, ca_file: str) -> messages.File:
    known = source.credentials
    return messages.File(
        channel_id, source.start_ms * 1000, source.end_ms * 1000, _FORMS[source.protocol], source.url,
        known.user if known else "", known.password if known else "", ca_file=ca_file,
    )  # fmt: skip
