"""The supervisor of the review hosts: where each track is shown, which host is dead, which one has grown too large.

Lives on the UI thread. Tracks of a host that died go on in another by themselves.
"""

import functools
import logging
import os
import time
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QTimer

from wallclient.domain.pane import PaneReason
from wallclient.domain.retry import retry_delay_s
from wallclient.domain.review import ClockMap, Sight
from wallclient.player import review_messages as messages
from wallclient.player.host_link import HostLink, open_files_limit
from wallclient.player.messages import Beat, Ready
from wallclient.player.review_track import Incarnation, MemoryFile, Track
from wallclient.player.ring import new_ring

_log = logging.getLogger(__name__)
PROGRAM = "wallclient.player.review_host"
TRACKS_PER_HOST = 16
_MOST_SPREAD = 4  # hosts that share few tracks: Python runs one thread of a process at a time
SILENT_HOST_S = 5.0
_CHECK_MS = 500
_IDLE_HOST_S = 20.0
_GOOD_S = 30.0  # a host that lived so long did not die of the footage
_BASE_BUDGET_BYTES = 200 << 20
_TRACK_BUDGET_BYTES = 110 << 20  # 24 MB of pictures, 12 MB of packets, and a decoder of a 4K stream


class _Host:
    """A link, and the tracks behind it by the number of their incarnation."""

    def __init__(self) -> None:
        self.link = HostLink(PROGRAM, messages.decode_from_host)
        self.tracks: dict[int, Track] = {}
        self.memory: dict[int, set[int]] = {}  # by incarnation: files in memory it has
        self.retiring = False
        self.empty_since = time.monotonic()

    def over_budget(self) -> bool:
        return self.link.rss_bytes > _BASE_BUDGET_BYTES + _TRACK_BUDGET_BYTES * max(len(self.tracks), 2)


class ReviewPool(QObject):
    """Spreads tracks over host processes."""

    def __init__(self) -> None:
        super().__init__()
        open_files_limit()
        self._hosts: list[_Host] = []
        self._tracks: set[Track] = set()
        self._closed = False
        self._last_check = time.monotonic()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._check)
        self._timer.start(_CHECK_MS)

    # -- for panes ---------------------------------------------------------------------------------

    def open(self, width: int, height: int) -> Track:
        """Return a track for pictures up to `width` × `height` device pixels. Raises OSError."""
        if self._closed:
            raise OSError("the pool is closed")
        track = Track(width, height)
        self._tracks.add(track)
        try:
            self._incarnate(track)
        except OSError:
            self._tracks.discard(track)
            raise
        return track

    def close(self, track: Track) -> None:
        """End a track. Closing it twice does no harm."""
        self._tracks.discard(track)
        for host in self._hosts:
            for number in [n for n, t in host.tracks.items() if t is track]:
                self._leave(host, number)

    def set_files(
        self, track: Track, files: Sequence[messages.File], memory: Mapping[int, MemoryFile] | None = None
    ) -> None:
        """Give the track all its footage anew; `memory` has the files of it that lie in memory, by number."""
        track.files, track.memory = tuple(files), dict(memory or {})
        track.serial += 1
        if track.sight in (Sight.GAP, Sight.FAILED):
            track.seen = None  # there may be footage now
        for host, number in self._places(track):
            self._send_reel(host, number, track)

    def follow(self, track: Track, clock: ClockMap, offset_us: int = 0) -> None:
        """Let the track show what a clock says, plus an offset."""
        track.clock, track.offset_us = clock, offset_us
        for host, number in self._places(track):
            host.link.send(_follow(number, clock, offset_us))

    def step(self, track: Track, request: int, from_us: int, direction: int) -> bool:
        """Ask for the moment of a neighbouring picture; `Track.stepped` answers. False: no host has the track now."""
        places = self._places(track)
        for host, number in places[-1:]:
            host.link.send(messages.Step(number, request, from_us, direction))
        return bool(places)

    def resize(self, track: Track, width: int, height: int) -> None:
        """Have pictures of another size; those of the former go on until then. Raises OSError."""
        if (width, height) == (track.width, track.height):
            return
        track.width, track.height = width, height
        for host, number in self._places(track)[-1:]:
            fd, ring = new_ring(width, height)
            try:
                host.link.send(messages.Resize(number, width, height), fd)
            finally:
                os.close(fd)
            track.following = Incarnation(number, ring, width, height)

    def warm_up(self, tracks: int) -> None:
        """Start the hosts that so many tracks will need."""
        while len(self._hosts) < min(tracks, _spread()):
            self._spawn()

    # -- for app and bench -------------------------------------------------------------------------

    @property
    def pids(self) -> list[int]:
        """Process ids of all hosts."""
        return [host.link.pid for host in self._hosts]

    def shut_down(self) -> None:
        """End all hosts; returns when they are gone, within about 2 s."""
        self._closed = True
        self._timer.stop()
        hosts, self._hosts = self._hosts, []
        self._tracks.clear()
        for host in hosts:
            host.link.gone.disconnect()
            host.link.quit()
        deadline = time.monotonic() + 2.0
        for host in hosts:
            host.link.wait(max(0.0, deadline - time.monotonic()))

    # -- placing -----------------------------------------------------------------------------------

    def _places(self, track: Track) -> list[tuple[_Host, int]]:
        """Return where a track is, the newest last."""
        found = [(host, number) for host in self._hosts for number, other in host.tracks.items() if other is track]
        return sorted(found, key=lambda place: place[1])

    def _incarnate(self, track: Track) -> None:
        """Begin a track in some host. Raises OSError."""
        fd, ring = new_ring(track.width, track.height)
        try:
            host, number = self._place(), track.new_number()
            host.tracks[number] = track
            host.memory[number] = set()
            host.link.send(messages.OpenTrack(number, track.width, track.height), fd)
        finally:
            os.close(fd)
        incarnation = Incarnation(number, ring, track.width, track.height)
        if track.current is None:
            track.current = incarnation
        else:
            track.following = incarnation
        self._send_reel(host, number, track)
        if track.clock is not None:
            host.link.send(_follow(number, track.clock, track.offset_us))

    def _send_reel(self, host: _Host, number: int, track: Track) -> None:
        if number not in host.memory:
            return  # its host died while it was told of the track
        reel = track.reel(number, track.files, tuple(host.memory[number]))
        host.memory[number].update(reel.fds)
        host.link.send(reel, *(track.memory[each].fd for each in reel.fds))

    def _place(self) -> _Host:
        there = [host for host in self._hosts if not host.retiring and len(host.tracks) < TRACKS_PER_HOST]
        idle = [host for host in there if not host.tracks]
        if not idle and (not there or len(self._hosts) < _spread()):
            return self._spawn()
        return min(there, key=lambda host: len(host.tracks))

    def _spawn(self) -> _Host:
        host = _Host()
        host.link.received.connect(functools.partial(self._on_received, host))
        host.link.gone.connect(functools.partial(self._on_gone, host))
        self._hosts.append(host)
        return host

    def _leave(self, host: _Host, number: int) -> None:
        host.tracks.pop(number, None)
        host.memory.pop(number, None)
        host.link.send(messages.CloseTrack(number))
        if not host.tracks:
            host.empty_since = time.monotonic()
            if host.retiring:
                self._dismiss(host)

    # -- what hosts say ----------------------------------------------------------------------------

    def _on_received(self, host: _Host, message: messages.FromReviewHost) -> None:
        if isinstance(message, Ready | Beat):
            return
        track = host.tracks.get(message.track)
        if track is None:
            return  # left over from a track closed meanwhile
        match message:
            case messages.Seen():
                self._leave_former(track, message)
                track.take_seen(message)
            case messages.TrackStats():
                track.stats = message
                track.stats_changed.emit()
            case messages.Stepped():
                track.stepped.emit(message.request, message.moment_us)

    def _leave_former(self, track: Track, seen: messages.Seen) -> None:
        """Once a track has settled in a new host, end it in the old one."""
        if seen.sight is not Sight.LOADING:
            for host, number in self._places(track):
                if number < seen.track:
                    self._leave(host, number)

    def _on_gone(self, host: _Host) -> None:
        if host in self._hosts:
            self._hosts.remove(host)
        lost = [track for track in dict.fromkeys(host.tracks.values()) if track in self._tracks]
        host.tracks.clear()
        host.memory.clear()
        for track in lost:
            if not self._places(track):
                self._recover(track)
        host.link.deleteLater()

    def _recover(self, track: Track) -> None:
        """Go on in another host: at once the first time, later if that host dies as well."""
        now = time.monotonic()
        track.restarts = 1 if now - track.restarted_at > _GOOD_S else track.restarts + 1
        track.restarted_at = now
        epoch = track.clock.epoch if track.clock else 0
        track.seen = messages.Seen(0, epoch - 1, track.serial, Sight.FAILED, PaneReason.PLAYER_CRASHED)
        track.seen_changed.emit()
        delay_s = 0.0 if track.restarts == 1 else retry_delay_s(track.restarts - 1)
        QTimer.singleShot(round(delay_s * 1000), self, functools.partial(self._revive, track))

    def _revive(self, track: Track) -> None:
        if track not in self._tracks or self._closed or self._places(track):
            return
        try:
            self._incarnate(track)
        except OSError:
            _log.exception("no host for a track")
            self._recover(track)

    # -- health ------------------------------------------------------------------------------------

    def _check(self) -> None:
        now = time.monotonic()
        slept, self._last_check = now - self._last_check > 4 * _CHECK_MS / 1000, now
        for host in list(self._hosts):
            if slept:  # we were stopped or asleep ourselves: their beats wait unread in the socket
                host.link.last_beat = now
            elif now - host.link.last_beat > SILENT_HOST_S:
                host.link.kill("no heartbeat")
            elif not host.retiring and host.over_budget():
                self.retire(host.link.pid)
            elif not host.tracks and now - host.empty_since > _IDLE_HOST_S:
                self._dismiss(host)

    def retire(self, pid: int) -> None:
        """Empty a host gently: its tracks begin anew elsewhere, and leave it once they show a picture there."""
        for host in [host for host in self._hosts if host.link.pid == pid and not host.retiring]:
            _log.info("review host %d is retired at %d MB", pid, host.link.rss_bytes >> 20)
            host.retiring = True
            for track in dict.fromkeys(host.tracks.values()):
                self._revive_elsewhere(track)
            if not host.tracks:
                self._dismiss(host)

    def _revive_elsewhere(self, track: Track) -> None:
        try:
            self._incarnate(track)
        except OSError:
            _log.exception("no host for a track")

    def _dismiss(self, host: _Host) -> None:
        if host in self._hosts:
            self._hosts.remove(host)
            host.link.quit()


def _spread() -> int:
    return min(_MOST_SPREAD, os.cpu_count() or 1)


def _follow(number: int, clock: ClockMap, offset_us: int) -> messages.Follow:
    return messages.Follow(number, clock.epoch, clock.anchor_ns, clock.moment_us, clock.rate, offset_us)
