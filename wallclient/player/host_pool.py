"""The supervisor of the host processes: where each opening is played, which host is dead, which one is to be retired.

Lives on the UI thread. A host silent for 5 s is killed and its openings end with *player crashed*; whoever owns
them opens them anew.
"""

import functools
import logging
import os
import time

from PySide6.QtCore import QObject, QTimer

from wallclient.domain.pane import PaneReason
from wallclient.domain.stream import Source
from wallclient.player import ladder, messages
from wallclient.player.host_link import HostLink, open_files_limit
from wallclient.player.opening import Opening
from wallclient.player.replay_budget import total_bytes
from wallclient.player.ring import new_ring

_log = logging.getLogger(__name__)
PANES_PER_HOST = 16
_SWAP_ROOM = 8  # openings a host may hold beyond that while old ones wait for their successors
SILENT_HOST_S = 5.0
_CHECK_MS = 500
_IDLE_HOST_S = 20.0
_BASE_BUDGET_BYTES = 160 << 20
_PANE_BUDGET_BYTES = 36 << 20  # a main stream of 1920x1080 takes 25 MB; see docs/architecture.md
_SMALL_PANE_PX = 480


class _Host:
    """A link, and what is being played behind it."""

    def __init__(self, link: HostLink) -> None:
        self.link = link
        self.openings: dict[int, Opening] = {}
        self.retiring = False
        self.keep_bytes = 0
        self.empty_since = time.monotonic()

    def over_budget(self) -> bool:
        return self.link.rss_bytes > _BASE_BUDGET_BYTES + _PANE_BUDGET_BYTES * max(len(self.openings), 4)


class HostPool(QObject):
    """Spreads openings over host processes of at most 16 panes each."""

    def __init__(self) -> None:
        super().__init__()
        open_files_limit()
        self._hosts: list[_Host] = []
        self._by_opening: dict[int, _Host] = {}
        self._closed = False
        self._last_check = time.monotonic()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._check)
        self._timer.start(_CHECK_MS)

    # -- for panes ---------------------------------------------------------------------------------

    def open(self, source: Source, width: int, height: int, *, audio: bool = False, swap: bool = False) -> Opening:
        """Play `source` into a ring for pictures up to `width` × `height` device pixels.

        `swap`: the opening will replace another, so its host may be a little over-full meanwhile. Raises
        OSError (no memory or processes).
        """
        if self._closed:
            raise OSError("the pool is closed")
        fd, reader = new_ring(width, height)
        try:
            opening = Opening(source, width, height, audio=audio, ring=reader)
            host = self._place(swap)
            host.openings[opening.number] = opening
            self._by_opening[opening.number] = host
            host.link.send(_request(opening), fd)
            self._share_memory()
        finally:
            os.close(fd)
        return opening

    def close(self, opening: Opening) -> None:
        """End an opening. Closing it twice, or after its host is gone, does no harm."""
        host = self._by_opening.pop(opening.number, None)
        if host is None:
            return
        del host.openings[opening.number]
        if not host.openings:
            host.empty_since = time.monotonic()
        host.link.send(messages.Close(opening.number))
        self._share_memory()
        self._dismiss_retired(host)

    def snap(self, opening: Opening, request: int, path: str) -> bool:
        """Have the picture shown now written to `path` in the source's size; `Opening.snapped` answers.

        False: no such opening.
        """
        host = self._by_opening.get(opening.number)
        if host is None:
            return False
        host.link.send(messages.Snap(opening.number, request, path))
        return True

    def replay(self, opening: Opening, request: int, fd: int) -> bool:
        """Have the last minute of an opening written to `fd`, which stays the caller's; `Opening.replayed` answers.

        False: no such opening.
        """
        host = self._by_opening.get(opening.number)
        if host is not None:
            host.link.send(messages.Replay(opening.number, request), fd)
        return host is not None

    def warm_up(self, panes: int) -> None:
        """Start the hosts that `panes` panes will need."""
        while len(self._hosts) < -(-panes // PANES_PER_HOST):
            self._spawn()

    # -- for app, doctor and bench -----------------------------------------------------------------

    @property
    def pids(self) -> list[int]:
        """Process ids of all hosts."""
        return [host.link.pid for host in self._hosts]

    @property
    def rss_bytes(self) -> int:
        """Memory of all hosts by their last heartbeats; pages shared with us are counted too."""
        return sum(host.link.rss_bytes for host in self._hosts)

    def retire(self, pid: int) -> None:
        """Empty a host gently: its openings are asked to move, then it ends."""
        for host in self._hosts:
            if host.link.pid == pid and not host.retiring:
                self._retire(host)

    def shut_down(self) -> None:
        """End all hosts; returns when they are gone, within about 2 s."""
        self._closed = True
        self._timer.stop()
        hosts, self._hosts = self._hosts, []
        self._by_opening.clear()
        for host in hosts:
            host.link.gone.disconnect()
            host.link.quit()
        deadline = time.monotonic() + 2.0
        for host in hosts:
            host.link.wait(max(0.0, deadline - time.monotonic()))

    # -- placing -----------------------------------------------------------------------------------

    def _place(self, swap: bool) -> _Host:
        limit = PANES_PER_HOST + (_SWAP_ROOM if swap else 0)
        with_room = [h for h in self._hosts if not h.retiring and len(h.openings) < limit]
        if with_room:
            return min(with_room, key=lambda h: len(h.openings))
        return self._spawn()

    def _spawn(self) -> _Host:
        host = _Host(HostLink())
        host.link.received.connect(functools.partial(self._on_received, host))
        host.link.gone.connect(functools.partial(self._on_gone, host))
        self._hosts.append(host)
        return host

    def _share_memory(self) -> None:
        """Tell the hosts how much of what was sent lately they may keep for an instant replay."""
        openings = len(self._by_opening)
        total = total_bytes(openings)
        for host in self._hosts:
            share = total * len(host.openings) // max(1, openings) >> 20 << 20
            if share != host.keep_bytes:
                host.keep_bytes = share
                host.link.send(messages.KeepLimit(share))

    # -- what hosts say ----------------------------------------------------------------------------

    def _on_received(self, host: _Host, message: messages.FromHost) -> None:
        if isinstance(message, messages.Ready | messages.Beat):
            return
        opening = host.openings.get(message.opening)
        if opening is None:
            return  # left over from an opening closed meanwhile
        match message:
            case messages.FirstPicture():
                opening.first_picture.emit()
            case messages.Stats():
                opening.take_stats(message)
            case messages.Ended():
                opening.end(message.reason)
            case messages.Snapped():
                opening.snapped.emit(message.request, message.done)
            case messages.Replayed():
                opening.replayed.emit(message)

    def _on_gone(self, host: _Host) -> None:
        if host in self._hosts:
            self._hosts.remove(host)
        lost = list(host.openings.values())
        host.openings.clear()
        for opening in lost:
            self._by_opening.pop(opening.number, None)
        for opening in lost:
            opening.end(PaneReason.PLAYER_CRASHED)
        host.link.deleteLater()

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
                self._retire(host)
            elif len(self._hosts) > 1 and not host.openings and now - host.empty_since > _IDLE_HOST_S:
                self._dismiss(host)

    def _retire(self, host: _Host) -> None:
        _log.info("host %d is retired at %d MB", host.link.pid, host.link.rss_bytes >> 20)
        host.retiring = True
        for opening in list(host.openings.values()):
            opening.move_wanted.emit()
        self._dismiss_retired(host)

    def _dismiss_retired(self, host: _Host) -> None:
        if host.retiring and not host.openings:
            self._dismiss(host)

    def _dismiss(self, host: _Host) -> None:
        if host in self._hosts:
            self._hosts.remove(host)
            host.link.quit()


def _request(opening: Opening) -> messages.Open:
    source = opening.source
    credentials = source.credentials
    return messages.Open(
        opening.number,
        source.protocol.value,
        source.url,
        opening.width,
        opening.height,
        bridge=ladder.needs_bridge(source),
        user=credentials.user if credentials else "",
        password=credentials.password if credentials else "",
        source_width=source.width or 0,
        source_height=source.height or 0,
        audio=opening.audio,
        fast=opening.width <= _SMALL_PANE_PX,
    )
