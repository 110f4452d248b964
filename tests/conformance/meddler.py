"""Stands between an adapter and its center: relays what they say, or answers in the center's place with something else.

Knows only that a client speaks first and that a request begins a piece of data, so it fits any center that speaks HTTP
without TLS.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

_PIECE = 65536
HOLD = b""  # as an answer: never


def http(status: int, body: bytes, kind: str = "application/json", more: str = "") -> bytes:
    """Return a whole HTTP answer after which the connection ends."""
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    )
    return head.encode() + body


class Meddler:
    """A relay to `url` at an address of its own. Use as a context manager."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}{parts.path}"
        self.asked: list[tuple[float, str]] = []  # when (monotonic) and the request's first line, without its query
        self.is_down = False  # connections are refused as soon as they are made
        self._answer: bytes | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, name="meddler", daemon=True)

    def __enter__(self) -> "Meddler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._thread.join()

    def cut(self) -> None:
        """Break all connections."""
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def answering(self, answer: bytes) -> Iterator[None]:
        """Answer every request so meanwhile; with HOLD none at all."""
        self._answer = answer
        try:
            yield
        finally:
            self._answer = None
            self.cut()

    # --- inside ---

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_down:
                client.close()
                continue
            self._keep(client)
            threading.Thread(target=self._serve, args=(client,), name="meddler-in", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        try:
            while piece := client.recv(_PIECE):
                first = piece.split(b"\r\n", 1)[0]
                if first.endswith(b"HTTP/1.1"):
                    self.asked.append(
                        (time.monotonic(), first.decode("latin-1").split("?")[0].removesuffix(" HTTP/1.1"))
                    )
                if self._answer is not None:
                    if self._answer is HOLD:
                        continue
                    client.sendall(self._answer)
                    return
                if server is None:
                    server = socket.create_connection(self._target)
                    self._keep(server)
                    back = threading.Thread(target=self._relay, args=(server, client), name="meddler-out", daemon=True)
                    back.start()
                server.sendall(piece)
        except OSError:
            pass
        finally:
            for one in (client, server):
                if one is not None:
                    self._drop(one)

    def _relay(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE):
                client.sendall(piece)
        for one in (server, client):  # their owner closes them
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _keep(self, one: socket.socket) -> None:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open.add(one)

    def _drop(self, one: socket.socket) -> None:
        with self._lock:
            self._open.discard(one)
        one.close()
