"""An HTTP server of one file of footage, by byte ranges, that can be slow or refuse."""

import contextlib
import http.server
import socket
import ssl
import threading
from functools import partial

SECRET = "geheim-9b1c"


class RangeServer(http.server.ThreadingHTTPServer):
    """Serves one file by ranges; `delay_s` before each answer, `refusal` instead of it, `wanted` credentials."""

    daemon_threads = True

    def __init__(self, path):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = path.read_bytes()
        self.delay_s, self.refusal, self.requests, self.wanted = 0.0, 0, 0, ""
        self.connections = 0
        self.told = set()  # what requests said of who asks
        self.scheme = "http"
        self.open = []
        self.stopped = threading.Event()

    @contextlib.contextmanager
    def running(self):
        """Serve until the block ends."""
        with self:
            thread = threading.Thread(target=partial(self.serve_forever, 0.05))
            thread.start()
            try:
                yield self
            finally:
                self.stopped.set()
                self.shutdown()
                thread.join()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}/footage.mp4?ticket={SECRET}"

    def encrypt(self, certificates):
        """Speak TLS from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.chain_file, certificates.key_file)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.scheme = "https"

    def close_idle(self):
        """Close all connections, as servers do that wait for nothing."""
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def handle_error(self, request, client_address):
        """A reader that goes away in the middle is no fault of this server's."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connections += 1
        self.server.open.append(self.connection)

    def do_GET(self):
        server = self.server
        server.requests += 1
        server.told.add(self.headers.get("Authorization", ""))
        if server.delay_s and server.stopped.wait(server.delay_s):
            return
        if server.wanted and self.headers.get("Authorization") != server.wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="footage"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if server.refusal:
            self.send_error(server.refusal)
            return
        first, _, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        end = min(len(server.content), int(last) + 1) if last else len(server.content)
        part = server.content[int(first) : end]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{end - 1}/{len(server.content)}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(part)

    def log_message(self, *args):
        """Say nothing."""
