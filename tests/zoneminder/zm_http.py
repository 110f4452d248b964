"""The double's web server: which of its answers belongs to which address, and what stands before it in tests."""

import json
import re
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from zm_answers import RECORDED, Refusal, as_text

if TYPE_CHECKING:
    from zm_double import Event, ZoneMinder


def handler_for(zm: "ZoneMinder") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the acknowledgement of its headers

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._serve({name: values[0] for name, values in parse_qs(raw).items()})

        def do_GET(self) -> None:
            self._serve({})

        def _serve(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            zm.asked.append(f"{path}?{parts.query}")
            for part, event in list(zm.hang.items()):
                if part in unquote(self.path):
                    event.wait(30)
            status = next((code for part, code in zm.fails.items() if part in unquote(self.path)), 0)
            if status:
                return self._send(status, "text/html", b"<html>something before it</html>")
            if zm.redirect:
                return self._send(302, "text/html", b"", Location="/portal?view=login")
            if zm.html:
                return self._send(200, "text/html", str(RECORDED["login_page"]).encode())
            if path == zm.config["ZM_PATH_ZMS"].removesuffix("zms") + "nph-zms":
                return self._zms(query)
            if not path.startswith(zm.root + "/"):
                return self._send(404, "text/html", b"<html>Not Found</html>")
            self._route(path.removeprefix(zm.root), query, form)

        def _route(self, path: str, query: dict[str, str], form: dict[str, str]) -> None:
            if path.startswith("/api/"):
                try:
                    self._json(200, self._api(path.removeprefix("/api/").removesuffix(".json"), query, form))
                except Refusal as err:
                    told = {"class": "UnauthorizedException", "code": err.status, "message": str(err)}
                    name = str(err).replace('"', "&quot;")
                    data = {"name": name, "message": name, "url": self.path, "exception": told}
                    self._json(err.status, {"success": False, "data": data})
            elif path == "/index.php":
                self._page(query)
            else:
                self._send(404, "text/html", b"<html>Not Found</html>")

        def _api(self, path: str, query: dict[str, str], form: dict[str, str]) -> object:
            if path == "host/login":
                return zm.log_in({**query, **form})
            user = zm.signed_in(query)
            match path.split("/"):
                case ["host", "getVersion"]:
                    return RECORDED["version"]
                case ["host", "getTimeZone"]:
                    return {"tz": str(zm.zone)}
                case ["monitors"]:
                    return {"monitors": [zm.monitor_row(one) for one in zm.visible(user)]}
                case ["monitors", "alarm", one, command]:
                    return zm.alarm(int(one.removeprefix("id:")), command.removeprefix("command:"))
                case ["monitors", number]:
                    if int(number) not in zm.monitors:
                        raise Refusal(404, "Invalid monitor")
                    one = zm.monitors[int(number)]
                    return {"monitor": zm.monitor_row(one) if one in zm.visible(user) else []}
                case ["groups", "associations"]:
                    if "Groups" not in user.rights:
                        raise Refusal(401, "Insufficient Privileges")
                    return zm.groups_answer()
                case ["controls", number]:
                    return zm.control(int(number))
                case ["configs", "viewByName", name]:
                    if name not in zm.config:
                        raise Refusal(404, "Invalid config")
                    return {"config": {"Value": zm.config[name]}}
                case ["servers"]:
                    return {"servers": [{"Server": one} for one in zm.servers]}
                case ["events", *rest]:
                    if "Events" not in user.rights:
                        raise Refusal(401, "Insufficient Privileges")
                    if rest[:1] == ["consoleEvents"]:
                        return zm.counts(rest[2:])
                    return zm.events_answer(rest[1:], query, user)
            raise Refusal(404, "Not Found")

        def _page(self, query: dict[str, str]) -> None:
            if zm.privacy and "request" not in query:
                return self._send(302, "text/html", b"", Location="?view=privacy")
            if zm.auth and "token" not in query:
                if query.get("request") == "control":
                    return self._send(401, "text/html", b"")
                return self._send(302, "text/html", b"", Location="?view=login")
            try:
                user = zm.signed_in(query)
            except Refusal:
                user = None  # pages do not refuse a bad token: they take the caller for nobody
            if query.get("request") == "control":
                return self._json(200, zm.command(query, user))
            if query.get("modal") == "controlpreset":
                return self._json(200, zm.modal(query, user))
            if user is None:
                return self._send(200, "text/html; charset=UTF-8", str(RECORDED["login_page"]).encode())
            return self._video(zm.events.get(int(query.get("eid", 0))))

        def _video(self, event: "Event | None") -> None:
            content = zm.video if zm.video is not None else bytes(range(256)) * 400
            if event is None:
                content = b""
            first, last = 0, len(content) - 1
            wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if wanted:
                first = int(wanted[1])
                last = (
                    int(wanted[2]) if wanted[2] not in ("", "0") else last
                )  # beyond the end, too: it is not looked at
            named = {"Accept-Ranges": "bytes", "Connection": "close"}
            partly = first > 0 or last < len(content) - 1
            if partly:
                named["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
            length = last - first + 1 if event is not None else 4096
            self._send(206 if partly else 200, "video/mp4", content[first : last + 1], length=length, **named)
            self.close_connection = True

        def _zms(self, query: dict[str, str]) -> None:
            try:
                user = zm.signed_in(query)
            except Refusal:
                user = None
            one = zm.monitors.get(int(query.get("monitor", 0)))
            if user is None or (user.monitors and one and one.id not in user.monitors):
                return self._send(403, "text/html", b"Status: 403\r\nContent-Type: text/html\r\n")
            if one is None or one.status != "Connected":
                return self._send(200, "", b"")
            if query.get("mode") == "single":
                return self._send(200, "image/jpeg", zm.jpeg)
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=ZoneMinderFrame")
            self.send_header("Connection", "close")
            self.end_headers()
            kind = b"--ZoneMinderFrame\r\nContent-Type: image/jpeg\r\n"
            try:
                while True:
                    stamp = b"X-Timestamp: %.3f\r\n" % (zm.now_s() - zm.picture_age_s)
                    size = b"Content-Length: %d\r\n" % len(zm.jpeg)
                    self.wfile.write(kind + stamp + size + b"\r\n" + zm.jpeg + b"\r\n\r\n")
                    time.sleep(0.1)
            except OSError:
                self.close_connection = True

        def _json(self, status: int, body: object) -> None:
            body = as_text(body) if zm.text_numbers else body
            self._send(status, "application/json; charset=UTF-8", json.dumps(body).encode())

        def _send(self, status: int, kind: str, body: bytes, length: int | None = None, **headers: str) -> None:
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(timestamp if timestamp is not None else int(zm.now_s()))

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
