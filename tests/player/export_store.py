"""A store of footage over HTTP with byte ranges, which counts what it sends and fails as it is told."""

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class FootageServer:
    """Serves files by name. All attributes may be changed while it runs."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.sent: dict[str, int] = {}  # bytes by name
        self.asked: list[tuple[str, str]] = []  # name and Range
        self.status = 0  # answered instead of the file
        self.break_after = 0  # bytes of each answer, then the line is cut
        self.hold_after = 0  # bytes, then nothing comes until `go_on` is set
        self.go_on = threading.Event()
        self.held = threading.Event()
        self.ticket = "t1"
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server._serve(self)

            def log_message(self, *_args):
                pass

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._httpd.daemon_threads = True
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def __enter__(self) -> "FootageServer":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.go_on.set()
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._httpd.server_port}/{name}?ticket={self.ticket}"

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        name, _, ticket = request.path.strip("/").partition("?ticket=")
        wanted = request.headers.get("Range", "")
        self.asked.append((name, wanted))
        path = self.files.get(name)
        status = self.status or (404 if path is None else 0) or (401 if ticket != self.ticket else 0)
        if status:
            request.send_response(status)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        data = path.read_bytes()
        etag = f'"{len(data)}-{path.stat().st_mtime_ns}"'
        first = int(wanted[6:-1]) if wanted and request.headers.get("If-Range") == etag else 0
        body = data[first:]
        request.send_response(206 if first else 200)
        if first:
            request.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        request.send_header("ETag", etag)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        limit = self.break_after or len(body)
        with suppress(OSError):
            for at in range(0, min(limit, len(body)), 4096):
                if self.hold_after and at >= self.hold_after:
                    self.held.set()
                    self.go_on.wait(30)
                chunk = body[at : min(at + 4096, limit)]
                request.wfile.write(chunk)
                self.sent[name] = self.sent.get(name, 0) + len(chunk)
            if limit < len(body):
                request.close_connection = True
