"""Streams over HTTP.

`/ch/<number>/<main|sub>.ts` and `.flv`, a token in the query, 401 without it, 404 for what is not there.
"""

import contextlib
import hmac
import socket
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from wallclient.demo import mux
from wallclient.demo.live import Coded, LiveStream
from wallclient.demo.mux import TsMuxer
from wallclient.demo.sound import AAC_HZ, AAC_SAMPLES, Sound

_BACKLOG_BYTES = 4 << 20  # a viewer further behind is dropped, as a camera would
_TYPES = {"ts": "video/mp2t", "flv": "video/x-flv"}


def _sounds_before(sound: Sound, time_s: float, after_s: float) -> list[tuple[bytes, float]]:
    """Return the AAC frames that begin within [after_s, time_s), with their times."""
    frame_s = AAC_SAMPLES / AAC_HZ
    first, last = int(after_s / frame_s), int(time_s / frame_s)
    return [(sound.aac_frame(index), index * frame_s) for index in range(first + 1, last + 1)]


class _Connection:
    """A viewer's socket, never waited for: what does not fit is kept for later, up to a limit."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._socket.setblocking(False)
        self._late = bytearray()

    def write(self, data: bytes) -> bool:
        """Send `data` or keep it; tell whether the viewer is still there."""
        try:
            if self._late:
                del self._late[: self._socket.send(self._late)]
            if self._late:
                self._late += data
            else:
                self._late += memoryview(data)[self._socket.send(data) :]
        except BlockingIOError:
            self._late += data
        except OSError:
            return False
        return len(self._late) < _BACKLOG_BYTES

    def is_open(self) -> bool:
        """Tell whether the other side has not hung up."""
        try:
            return self._socket.recv(256, socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):  # the other side was faster
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class TsOut:
    """A stream muxed once as MPEG-TS for all its HTTP viewers.

    A viewer of the live stream as long as it has viewers itself.
    """

    def __init__(self, stream: LiveStream, sound: Sound | None) -> None:
        self._stream = stream
        self._sound = sound
        self._muxer = TsMuxer(stream.codec, sound is not None)
        self._last: tuple[int, float, bytes] = (-1, 0.0, b"")

    def viewer(self, connection: _Connection) -> "TsViewer":
        """Make a viewer of a connection."""
        return TsViewer(self, connection)

    def muxed(self, picture: Coded) -> bytes:
        """Return a picture and the sound before it as packets, made once for all viewers."""
        if self._last[0] != picture.index:
            self._last = picture.index, picture.time_s, self._write(self._muxer, picture)
        return self._last[2]

    def _write(self, muxer: TsMuxer, picture: Coded) -> bytes:
        packets = muxer.picture(picture.nals, picture.time_s, picture.is_key)
        if self._sound:
            after_s = self._last[1] or picture.time_s - 0.1
            for frame, time_s in _sounds_before(self._sound, picture.time_s, max(after_s, picture.time_s - 1.0)):
                packets += muxer.sound(frame, time_s)
        return packets

    def beginning(self, pictures: list[Coded]) -> bytes:
        """Return a group of pictures for a newcomer.

        Numbered so that the shared packets of the last one go on from it.
        """
        shared = self.muxed(pictures[-1])
        before = TsMuxer(self._stream.codec, self._sound is not None)
        packets = b"".join(before.picture(picture.nals, picture.time_s, picture.is_key) for picture in pictures[:-1])
        return before.ending_at(packets, _first_counters(shared, self._muxer.counters)) + shared


def _first_counters(packets: bytes, after: dict[int, int]) -> dict[int, int]:
    """Return the continuity counters before `packets` were written, given those after."""
    counters = dict(after)
    for start in range(0, len(packets), 188):
        pid = (packets[start + 1] & 0x1F) << 8 | packets[start + 2]
        counters[pid] -= 1
    return counters


class TsViewer:
    """One HTTP viewer of MPEG-TS."""

    def __init__(self, out: TsOut, connection: _Connection) -> None:
        self._out = out
        self._connection = connection

    def begin(self, pictures: list[Coded], parameter_sets: Sequence[bytes]) -> bool:
        """Send the group in progress."""
        return self._connection.write(self._out.beginning(pictures))

    def send(self, picture: Coded) -> bool:
        """Send one picture."""
        if picture.is_key and not self._connection.is_open():
            return False
        return self._connection.write(self._out.muxed(picture))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class FlvViewer:
    """One HTTP viewer of FLV."""

    def __init__(self, connection: _Connection, sound: Sound | None) -> None:
        self._connection = connection
        self._sound = sound
        self._epoch_s = 0.0
        self._last_s = 0.0
        self._parameter_sets: Sequence[bytes] = ()

    def begin(self, pictures: list[Coded], parameter_sets: Sequence[bytes]) -> bool:
        """Send the file header, decoder configurations and the group in progress."""
        self._epoch_s = self._last_s = pictures[0].time_s
        data = mux.FLV_HEADER_WITH_SOUND + mux.flv_sound_config(0) if self._sound else mux.FLV_HEADER
        return self._connection.write(data) and all(self.send(picture) for picture in pictures)

    def send(self, picture: Coded) -> bool:
        """Send one picture, a new configuration before it if the size has changed, and the sound up to it."""
        if picture.is_key and not self._connection.is_open():
            return False
        time_s = picture.time_s - self._epoch_s
        nals, data = picture.nals, b""
        if picture.is_key:
            sets, nals = nals[:2], nals[2:]
            if sets != self._parameter_sets:
                self._parameter_sets = sets
                data = mux.flv_config(sets, time_s)
        data += mux.flv_picture(nals, time_s, picture.is_key)
        if self._sound:
            for frame, frame_s in _sounds_before(self._sound, picture.time_s, self._last_s):
                data += mux.flv_sound(frame, max(0.0, frame_s - self._epoch_s))
        self._last_s = picture.time_s
        return self._connection.write(data)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class HttpOut(ThreadingHTTPServer):
    """The HTTP server. A thread reads a request; the socket of a stream then goes to the pacing thread."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, token: str, find: Callable[[int, str], LiveStream | None], sound: Sound) -> None:
        self._token = token
        self._find = find
        self._sound = sound
        self._ts: dict[LiveStream, TsOut] = {}
        self._handed_over: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def answer(self, path: str, connection: socket.socket) -> int:
        """Let a connection watch what `path` names, and return 200, or return why not as an HTTP status."""
        parts = urlsplit(path)
        token = parse_qs(parts.query).get("token", [""])[0]
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return 401
        match parts.path.strip("/").split("/"):
            case ["ch", number, name] if number.isascii() and number.isdecimal():
                kind, _, container = name.partition(".")
                stream = self._find(int(number), kind)
            case _:
                return 404
        if stream is None or container not in _TYPES or (container == "flv" and stream.codec != "h264"):
            return 404
        self._handed_over.add(connection)
        connection.sendall(
            f"HTTP/1.1 200 OK\r\nContent-Type: {_TYPES[container]}\r\nCache-Control: no-store\r\n"
            "Connection: close\r\n\r\n".encode("ascii")
        )
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sound = self._sound if stream.has_audio else None
        if container == "ts":
            stream.join(self._ts.setdefault(stream, TsOut(stream, sound)).viewer(_Connection(connection)))
        else:
            stream.join(FlvViewer(_Connection(connection), sound))
        return 200

    def shutdown_request(self, request: object) -> None:
        """Close what was not handed over to a stream."""
        assert isinstance(request, socket.socket)
        if request in self._handed_over:
            self._handed_over.discard(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a viewer that goes away in mid-request is no event, and the request's line holds a token."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 10
    server: HttpOut

    def do_GET(self) -> None:
        """Answer with a stream or a plain refusal."""
        status = self.server.answer(self.path, self.connection)
        self.close_connection = True
        if status != 200:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.send_header("Connection", "close")
            self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the request's line holds a token."""
