"""The double's HTTP: the envelope, its exceptions, and the ways a server or what stands before it may misbehave."""

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from wvp_city import WvpError
from wvp_routes import UNKNOWN, route

if TYPE_CHECKING:
    from wvp_double import Wvp

_STRANGER = object()


def handler_for(wvp: "Wvp") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path, query = unquote(parts.path), {k: v[-1] for k, v in parse_qs(parts.query, True).items()}
            wvp.asked.append((path, query))
            for part, event in list(wvp.hang.items()):
                if part in path:
                    event.wait(30)
            if wvp.redirect:
                self._send(302, b"", "text/html", {"Location": "/login.html"})
            elif wvp.html:
                self._send(200, b"<html><body>nginx</body></html>", "text/html")
            elif path == "/index/api/downloadFile":
                self._file(wvp.files.get(query.get("file_path", "")))
            elif path == "/api/emit" and not wvp.new_alarms:
                self._emit(query.get("browserId", ""))
            elif path.startswith("/api/device/query/snap/"):
                self._snap(path, query)
            else:
                self._call(path, query)

        def do_POST(self) -> None:
            self._json(400, {"code": 400, "msg": "参数或方法错误", "data": None})

        def _call(self, path: str, query: dict[str, str]) -> None:
            try:
                for part, err in wvp.fails.items():
                    if part in path:
                        raise err
                data = self._answer(path, query)
            except WvpError as err:
                self._json(err.status, {"code": err.code, "msg": err.msg, "data": None})
                return
            if data is not UNKNOWN and data is not _STRANGER:
                extra = {"access-token": data["accessToken"]} if path == "/api/user/login" else {}  # type: ignore[index]
                self._json(200, {"code": 0, "msg": "成功", "data": data}, extra)
            elif data is _STRANGER:
                self._json(401, {"code": 401, "msg": "请登录后重新请求"})
            else:
                self._json(404, {"code": 404, "msg": "资源未找到", "data": None})

        def _answer(self, path: str, query: dict[str, str]) -> object:
            if path == "/api/user/login":
                return wvp.log_in(query)
            if not wvp.is_signed_in(self.headers.get("access-token")):
                return _STRANGER
            if path == "/api/common/channel/play" and wvp.play_timeout:
                raise WvpError(500, None, 500)
            return route(wvp, path, query)

        def _file(self, content: bytes | None) -> None:
            """Answer as the media server does: byte ranges, no envelope, no token."""
            if content is None:
                self._send(404, b'{"code":-1}', "application/json")
                return
            wanted = self.headers.get("Range", "")
            if not wanted.startswith("bytes="):
                self._send(200, content, "video/mp4", {"Accept-Ranges": "bytes", "ETag": f'"{len(content)}"'})
                return
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, end = int(first), min(len(content) - 1, int(last) if last else len(content) - 1)
            if start >= len(content):
                self._send(416, b"", "video/mp4", {"Content-Range": f"bytes */{len(content)}"})
                return
            extra = {"Content-Range": f"bytes {start}-{end}/{len(content)}", "ETag": f'"{len(content)}"'}
            self._send(206, content[start : end + 1], "video/mp4", extra)

        def _snap(self, path: str, query: dict[str, str]) -> None:
            """Send a JPEG as image/png; nothing with status 204 where there is none. Nobody asks for a token."""
            picture = wvp.snap_file(*path.split("/")[-2:], query)
            self._send(200 if picture else 204, picture or b"", "image/png")

        def _emit(self, browser: str) -> None:
            """Tell of alarms as they come, with a sign of life each second, until another takes the same name."""
            if wvp.sse_down:
                self._json(500, {"code": 500, "msg": None, "data": None})
                return
            with wvp.told:
                mine = wvp.listeners[browser] = wvp.listeners.get(browser, 0) + 1
                told = len(wvp.alarms)
            self.close_connection = True
            try:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                while not wvp.sse_down and wvp.listeners.get(browser) == mine:
                    with wvp.told:
                        if len(wvp.alarms) == told:
                            wvp.told.wait(wvp.keepalive_s)
                        fresh, told = wvp.alarms[told:], len(wvp.alarms)
                    for alarm in fresh:
                        self.wfile.write(f"event:message\ndata:{json.dumps(alarm, ensure_ascii=False)}\n\n".encode())
                    if not fresh:
                        self.wfile.write(b"event:keepalive\ndata:alive\n\n")
            except OSError:
                pass  # the client has gone

        def _json(self, status: int, body: object, extra: dict[str, str] | None = None) -> None:
            time.sleep(wvp.reply_delay_s)
            self._send(status, json.dumps(body, ensure_ascii=False).encode(), "application/json", extra)

        def _send(self, status: int, raw: bytes, kind: str, extra: dict[str, str] | None = None) -> None:
            try:
                self.send_response(status)
                headers = {"Content-Type": kind, "Content-Length": str(len(raw)), "Set-Cookie": "JSESSIONID=x"}
                for name, value in {**headers, **(extra or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)
            except OSError:
                self.close_connection = True  # the client has gone

        def log_message(self, *_: object) -> None:
            pass

    return Handler
