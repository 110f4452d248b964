"""The application's side of one track of footage: what it should show, and the ring its pictures come in.

Lives on the UI thread. A track outlives its host: the pool gives it another one when that dies.
"""

import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from wallclient.domain.picture import Picture
from wallclient.domain.review import ClockMap, Sight
from wallclient.player import review_messages as messages
from wallclient.player.ring import RingReader

_numbers = itertools.count(1)
_memory_numbers = itertools.count(1)


class MemoryFile:
    """A file of footage that lies in memory only; the descriptor is closed with the object."""

    def __init__(self, fd: int) -> None:
        self.number = next(_memory_numbers)
        self.fd = fd

    def __del__(self) -> None:
        os.close(self.fd)


@dataclass(slots=True)
class Incarnation:
    """A track at one host. `number` tells it from those before, so that late news is dropped."""

    number: int
    ring: RingReader
    width: int
    height: int


class Track(QObject):
    """Footage on its way into a ring, from `ReviewPool.open` until `ReviewPool.close`."""

    seen_changed = Signal()
    stats_changed = Signal()
    stepped = Signal(int, object)  # request number; moment in us by the clock, or None

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.width, self.height = width, height  # device pixels
        self.files: tuple[messages.File, ...] = ()
        self.memory: dict[int, MemoryFile] = {}
        self.serial = 0  # of the files
        self.clock: ClockMap | None = None
        self.offset_us = 0
        self.seen: messages.Seen | None = None
        self.stats: messages.TrackStats | None = None
        self.current: Incarnation | None = None  # whose pictures are shown
        self.following: Incarnation | None = None  # takes over with its first picture
        self.restarts = 0
        self.restarted_at = 0.0

    @property
    def sight(self) -> Sight:
        """What there is to see."""
        return self.seen.sight if self.seen else Sight.LOADING

    @property
    def sequence(self) -> int:
        """Number of the newest picture; 0 before the first."""
        self._swap()
        return self.current.ring.sequence if self.current else 0

    @property
    def moment_us(self) -> int:
        """Moment of the newest picture; 0 before the first. Claims nothing."""
        self._swap()
        return self.current.ring.newest_moment_us if self.current else 0

    def picture(self) -> Picture | None:
        """Claim the newest picture; the one claimed before is given up."""
        self._swap()
        return self.current.ring.claim() if self.current else None

    def settled(self, epoch: int) -> bool:
        """Tell whether the track shows what the clock of that epoch asked for, or has said why not."""
        return self.seen is not None and self.seen.epoch == epoch and self.seen.sight is not Sight.LOADING

    def _swap(self) -> None:
        if self.following is not None and self.following.ring.sequence:
            self.current, self.following = self.following, None

    def new_number(self) -> int:
        """Return a number for the next incarnation."""
        return next(_numbers)

    def take_seen(self, seen: messages.Seen) -> None:
        """Note what the host says of what is shown."""
        if seen.serial < self.serial:
            return  # it was seen on footage that has been replaced meanwhile
        self.seen = seen
        self.seen_changed.emit()

    def reel(self, number: int, files: Sequence[messages.File], sent: Sequence[int] = ()) -> messages.Reel:
        """Return the message that hands `files` over; files in memory whose numbers were `sent` before go without."""
        fresh = {file.memory for file in files if file.memory} - set(sent)
        return messages.Reel(number, self.serial, tuple(files), tuple(sorted(fresh)))
