"""How coded pictures get from the renderer into the media server: datagrams on a socket pair, in pieces of a picture.

A piece that belongs to nothing (the renderer was started anew in between) is dropped, so nothing gets out of step.
Standard library only.
"""

import socket
import struct
from dataclasses import dataclass, field

_HEADER = struct.Struct(">HBBQ")  # camera, kind, flags, index of the picture since the epoch
_KEY, _FIRST, _LAST = 1, 2, 4
_PIECE_BYTES = 60_000  # well below what a socket takes at once
_KINDS = ("main", "sub")
LARGEST_PIECE = _HEADER.size + _PIECE_BYTES


@dataclass(frozen=True, slots=True)
class Fed:
    """A coded picture: an Annex B access unit."""

    number: int
    kind: str
    index: int
    is_key: bool
    data: bytes


def feed_pair() -> tuple[socket.socket, socket.socket]:
    """Return the renderer's and the media server's end."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(feed: socket.socket, picture: Fed) -> None:
    """Send a picture. Raises OSError when the other side has gone."""
    pieces = range(0, max(1, len(picture.data)), _PIECE_BYTES)
    for start in pieces:
        flags = _KEY * picture.is_key | _FIRST * (start == 0) | _LAST * (start == pieces[-1])
        head = _HEADER.pack(picture.number, _KINDS.index(picture.kind), flags, picture.index)
        feed.send(head + picture.data[start : start + _PIECE_BYTES])


@dataclass(slots=True)
class Joiner:
    """Puts the pieces of pictures together again."""

    _parts: list[bytes] = field(default_factory=list)
    _of: tuple[int, int, int] | None = None

    def add(self, piece: bytes) -> Fed | None:
        """Take one datagram, and return the picture it completes."""
        number, kind, flags, index = _HEADER.unpack_from(piece)
        if flags & _FIRST:
            self._of, self._parts = (number, kind, index), []
        elif self._of != (number, kind, index):
            self._of = None
            return None
        self._parts.append(piece[_HEADER.size :])
        if not flags & _LAST:
            return None
        self._of = None
        return Fed(number, _KINDS[kind], index, bool(flags & _KEY), b"".join(self._parts))
