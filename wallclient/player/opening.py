"""The application's side of one opening: a stream on its way from an address into a ring. Lives on the UI thread."""

import itertools
import time

from PySide6.QtCore import QObject, Signal

from wallclient.domain.pane import PaneReason
from wallclient.domain.picture import Picture
from wallclient.domain.stream import Source
from wallclient.player import messages
from wallclient.player.ring import RingReader

_numbers = itertools.count(1)


class Opening(QObject):
    """A stream being played by some host, from `HostPool.open` until `HostPool.close`.

    Its ring outlives the host, so that the last picture can still be shown after a crash.
    """

    first_picture = Signal()
    stats_changed = Signal()
    ended = Signal()  # `reason` tells why; nothing follows
    move_wanted = Signal()  # its host is to be retired: open the stream anew elsewhere, then close this
    snapped = Signal(int, bool)  # request number, done
    replayed = Signal(object)  # messages.Replayed

    def __init__(self, source: Source, width: int, height: int, *, audio: bool, ring: RingReader) -> None:
        super().__init__()
        self.number = next(_numbers)
        self.source = source
        self.width, self.height, self.audio = width, height, audio  # what was asked for, device pixels
        self.reason: PaneReason | None = None
        self.stats: messages.Stats | None = None
        self.kbps = 0.0
        self.opened_at = time.monotonic()
        self.ring = ring
        self._last_bytes: tuple[float, int] | None = None

    @property
    def sequence(self) -> int:
        """Number of the newest picture; 0 before the first."""
        return self.ring.sequence

    @property
    def has_picture(self) -> bool:
        """Tell whether at least one picture has arrived."""
        return self.ring.sequence > 0

    @property
    def newest_ns(self) -> int:
        """Monotonic time of the newest picture or later sign of life; 0 before the first picture."""
        return self.ring.newest_ns

    def silence_s(self, now: float) -> float:
        """Return for how long no new picture has come, by the monotonic clock `now`."""
        newest_ns = self.ring.newest_ns
        return now - (newest_ns / 1e9 if newest_ns else self.opened_at)

    def picture(self) -> Picture | None:
        """Claim the newest picture; the one claimed before is given up."""
        return self.ring.claim()

    def end(self, reason: PaneReason) -> None:
        """Note that the stream is over. Only the first reason counts."""
        if self.reason is None:
            self.reason = reason
            self.ended.emit()

    def take_stats(self, stats: messages.Stats) -> None:
        """Note what the host measured, and the rate since the last time."""
        now = time.monotonic()
        if self._last_bytes and now > self._last_bytes[0]:
            self.kbps = (stats.received_bytes - self._last_bytes[1]) * 8 / 1000 / (now - self._last_bytes[0])
        self._last_bytes = now, stats.received_bytes
        self.stats = stats
        self.stats_changed.emit()
