"""Streams whose pictures come from the renderer while somebody watches; part of the media server's process.

Pictures are handed on when they arrive, on the one thread that reads them, instead of by the pacing thread. Standard
library only.
"""

import socket
import threading
from collections.abc import Callable, Mapping, Sequence

from wallclient.demo.bits import split_nals
from wallclient.demo.live import PHASES, LiveStream
from wallclient.demo.ptz_feed import LARGEST_PIECE, Fed, Joiner

Key = tuple[int, str]
_SPS, _PPS, _SEI = 7, 8, 6  # nal_unit_type, table 7-1 of ITU-T H.264


class Rendered:
    """The group of pictures in progress of one camera that is rendered live. Used by the reading thread only."""

    def __init__(self) -> None:
        self.parameter_sets: Sequence[bytes] = ()
        self._key_index = -1
        self._pictures: dict[int, Sequence[bytes]] = {}

    def add(self, picture: Fed) -> bool:
        """Take the newest picture; tell whether there is a key picture to begin with."""
        nals = [nal for nal in split_nals(picture.data) if nal[0] & 31 != _SEI]
        if picture.is_key:
            self.parameter_sets = [nal for nal in nals if nal[0] & 31 in (_SPS, _PPS)]
            self._key_index, self._pictures = picture.index, {}
        if self._key_index >= 0:
            self._pictures[picture.index] = nals
        return self._key_index >= 0

    def key_of(self, index: int) -> int:
        """Return the key picture that picture `index` builds on."""
        return self._key_index

    def nals(self, index: int) -> Sequence[bytes]:
        """Return picture `index`, with parameter sets if it is a key picture."""
        return self._pictures[index]

    def between(self, first: int, last: int) -> Sequence[int]:
        """Return the indexes of the pictures there are from `first` to `last`; a busy renderer leaves some out."""
        return [index for index in self._pictures if first <= index <= last]


class Intake(threading.Thread):
    """Reads what is rendered, and says which streams are to be: `watch` is told all that are, at each change."""

    def __init__(
        self,
        feed: socket.socket,
        streams: Mapping[Key, LiveStream],
        fps: int,
        watch: Callable[[list[Key]], None],
    ) -> None:
        super().__init__(name="rendered", daemon=True)
        self._feed = feed
        self._streams = streams
        self._rate = fps * PHASES
        self._watch = watch
        self._sources: dict[Key, Rendered] = {}
        self._lock = threading.Lock()

    def tell_watched(self) -> None:
        """Say which streams are watched now; the others ask for it when they are watched again."""
        with self._lock:  # what is said last is true
            self._watch([key for key, stream in self._streams.items() if not stream.withdraw_unless_watched()])

    def run(self) -> None:
        """Hand pictures on until the parent has gone."""
        joiner = Joiner()
        while piece := self._feed.recv(LARGEST_PIECE):
            picture = joiner.add(piece)
            if picture is not None and (picture.number, picture.kind) in self._streams:
                self._take(picture)

    def _take(self, picture: Fed) -> None:
        key = picture.number, picture.kind
        stream = self._streams[key]
        source = self._sources.setdefault(key, Rendered())
        if source.add(picture):
            if not stream.ready and stream.viewers:
                stream.offer(source)
            stream.tick(picture.index, (picture.index * PHASES + stream.phase) / self._rate)
        if stream.withdraw_unless_watched():
            self._sources.pop(key, None)
            self.tell_watched()
