"""A double of WVP-GB28181-pro 2.7.4, with its quirks: what its source does, not what its API text says."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

CHINA = timezone(timedelta(hours=8))
DEVICE = "34020000001180000001"
SECRET = "zlm-secret-of-the-media-server"
DIRECTIONS = ("left", "right", "up", "down", "upleft", "upright", "downleft", "downright")
FAILED, NO_SUCH = 100, "通道不存在"


@dataclass
class Camera:
    """One channel of the double."""

    gb_id: int
    code: str
    name: str
    group: str | None = None  # GB code of its group
    business: str | None = None
    civil: str = "340200"
    online: bool = True
    ptz_type: int = 1
    data_type: int = 1
    raw_code: str = ""  # what the device calls it, where somebody has given it another code here
    device_row: int = 1
    presets: dict[int, str] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)  # fields as broken as a test likes

    @property
    def at_device(self) -> str:
        return self.raw_code or self.code


@dataclass
class Group:
    """One business group or virtual organisation."""

    id: int
    code: str
    name: str
    parent: int | None
    business: str


class WvpError(Exception):
    """A refusal: HTTP status, `code`, `msg`."""

    def __init__(self, code: int, msg: str | None, status: int = 200) -> None:
        super().__init__(msg)
        self.code, self.msg, self.status = code, msg, status


class Wvp:
    """The double's state, its switches, and what it was asked. Use as a context manager."""

    def __init__(self) -> None:
        self.user, self.password = "admin", "admin-密码"
        self.groups = [
            Group(1, "34020000002150000001", "芜湖市公安局", None, "34020000002150000001"),
            Group(2, "34020000002160000002", "镜湖分局", 1, "34020000002150000001"),
            Group(3, "34020000002160000003", "弋江分局", 1, "34020000002150000001"),
        ]
        self.cameras: dict[int, Camera] = {}
        for gb_id in range(11, 18):
            group = self.groups[1 + gb_id % 2]
            self.cameras[gb_id] = Camera(gb_id, _code(gb_id), f"中山路{gb_id}号", group.code, group.business)
        self.cameras[18] = Camera(18, _code(18), "未分组球机")
        self.cameras[19] = Camera(19, _code(19), "推流", data_type=2, ptz_type=0)
        self.regions = [(1, "34", "安徽省", None), (2, "3402", "芜湖市", 1), (3, "340200", "市辖区", 2)]
        self.devices = {1: DEVICE}
        # switches
        self.token_life_s = 1800.0
        self.play_delay_s = 0.0
        self.play_fails: tuple[int, str] | None = None  # code and text
        self.play_timeout = False
        self.record_fails = 0  # so many queries of records time out
        self.preset_timeout = False
        self.preset_names_kept = False
        self.common_seek_pauses = True  # the bug up to 2026-08
        self.new_alarms = True
        self.html = False
        self.redirect = False
        self.login_broken: WvpError | None = None
        self.media_host = "10.9.9.9"
        self.codec = "H264"
        self.stream_overrides: dict[str, object] = {}
        self.hang: dict[str, threading.Event] = {}  # by a part of the path: calls wait for it
        self.fails: dict[str, WvpError] = {}  # by a part of the path
        self.ptz_fails = 0
        # what happened
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.moves: list[tuple[str, str, dict[str, str]]] = []  # what reached the camera
        self.logins = 0
        self.streams: dict[str, int] = {}  # stream: how often it was started by an invite
        self.stopped: list[str] = []
        self.tokens: set[str] = set()
        self.playbacks: dict[str, dict[str, object]] = {}
        self.downloads: dict[str, float] = {}
        self.records: list[tuple[str, str, str]] = [("2026-11-20 08:00:00", "2026-11-20 09:00:00", "time")]
        self.cloud: list[dict[str, object]] = []
        self.alarms: list[dict[str, object]] = []
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "Wvp":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for event in self.hang.values():
            event.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(asked.startswith(path) for asked, _ in self.asked)

    # --- who ---

    def log_in(self, query: dict[str, str]) -> object:
        self.logins += 1
        if self.login_broken:
            raise self.login_broken
        if query.get("username") != self.user or query.get("password") != md5(self.password):
            raise WvpError(FAILED, "用户名或密码错误")
        now = time.time()
        token = _jwt(
            {"iss": "login", "sub": self.user, "iat": int(now), "exp": now + self.token_life_s, "n": self.logins}
        )
        self.tokens.add(token)
        role = {"id": 1, "name": "admin", "authority": "0", "createTime": None, "updateTime": None}
        return {
            "accessToken": token, "serverId": "000000", "username": self.user, "password": None, "id": 1, "role": role,
            "pushKey": "push-key", "authorities": None, "enabled": True,
        }  # fmt: skip

    def is_signed_in(self, token: str | None) -> bool:
        return token in self.tokens and _expiry(token) > time.time()

    # --- tree and lists ---

    def group_tree(self, query: dict[str, str]) -> object:
        parent = int(query["parent"]) if query.get("parent") else None
        rows: list[object] = [_group_node(group) for group in self.groups if group.parent == parent]
        if query.get("hasChannel") == "true" and parent is not None:
            code = next(group.code for group in self.groups if group.id == parent)
            rows += [_camera_node(camera) for camera in self.cameras.values() if camera.group == code]
        return rows

    def region_tree(self, query: dict[str, str]) -> object:
        parent = int(query["parent"]) if query.get("parent") else None
        rows: list[object] = [
            {"id": id_, "deviceId": code, "name": name, "parentId": up, "parentDeviceId": None,
             "treeId": f"region{id_}", "leaf": False, "type": 0, "status": "ON", "createTime": None, "updateTime": None}
            for id_, code, name, up in self.regions if up == parent
        ]  # fmt: skip
        return rows

    def common_list(self, query: dict[str, str]) -> object:
        chosen = [c for c in self.cameras.values() if "online" not in query or c.online == (query["online"] == "true")]
        return _page([_common(c) for c in sorted(chosen, key=lambda c: -c.gb_id)], query)

    def parent_list(self, query: dict[str, str]) -> object:
        code = query.get("groupDeviceId") or None
        return _page([_common(c) for c in self.cameras.values() if c.group == code and c.data_type != 99], query)

    def civil_list(self, query: dict[str, str]) -> object:
        code = query.get("civilCode") or ""
        return _page([_common(c) for c in self.cameras.values() if c.civil == code], query)

    def one(self, query: dict[str, str]) -> object:
        return _common(self.camera(int(query["id"])))

    def camera(self, gb_id: int) -> Camera:
        if gb_id not in self.cameras:
            raise WvpError(FAILED, NO_SUCH)
        return self.cameras[gb_id]

    def by_code(self, device: str, code: str) -> Camera:
        for camera in self.cameras.values():
            if camera.at_device == code and self.devices.get(camera.device_row) == device and camera.data_type == 1:
                return camera
        raise WvpError(FAILED, NO_SUCH)

    def device_channels(self, device: str, query: dict[str, str]) -> object:
        wanted = query.get("query", "")
        rows = [
            {**_common(c), "id": c.gb_id, "deviceId": c.at_device, "parentDeviceId": device, "name": c.name}
            for c in self.cameras.values()
            if self.devices.get(c.device_row) == device and (wanted in c.at_device or wanted in c.name)
        ]
        return _page(rows, query)

    # --- streams ---

    def play(self, camera: Camera) -> object:
        time.sleep(self.play_delay_s)
        if self.play_fails:
            raise WvpError(*self.play_fails)
        stream = f"{self.devices[camera.device_row]}_{camera.at_device}"
        with self.lock:
            self.streams[stream] = self.streams.get(stream, 0) or 1
        return self.content(stream)

    def content(self, stream: str) -> dict[str, object]:
        host = self.media_host
        nothing = ("https_flv", "https_fmp4", "https_hls", "https_ts", "ws_flv", "rtsps", "rtmps", "rtcs", "ip")
        media = {"app": "rtp", "stream": stream, "videoCodec": self.codec, "width": 1920, "height": 1080, "fps": 25,
                 "mediaServer": {"id": "zlm", "secret": SECRET}, "audioCodec": None}  # fmt: skip
        return {
            "app": "rtp", "stream": stream, **dict.fromkeys(nothing),
            "rtsp": f"rtsp://{host}:554/rtp/{stream}?originTypeStr=rtp_push&videoCodec=H264",
            "flv": f"http://{host}:6080/rtp/{stream}.live.flv?originTypeStr=rtp_push",
            "fmp4": f"http://{host}:6080/rtp/{stream}.live.mp4", "hls": f"http://{host}:6080/rtp/{stream}/hls.m3u8",
            "ts": f"http://{host}:6080/rtp/{stream}.live.ts", "rtmp": f"rtmp://{host}:1935/rtp/{stream}",
            "mediaServerId": "zlm", "mediaInfo": media, "startTime": None, "endTime": None, "duration": 0.0,
            "downLoadFilePath": None, "transcodeStream": None, "progress": 0.0, "key": None, "serverId": "000000",
            **self.stream_overrides,
        }  # fmt: skip

    def playback(self, camera: Camera, query: dict[str, str]) -> object:
        start, end = _time(query, "startTime"), _time(query, "endTime")
        stream = f"{self.devices[camera.device_row]}_{camera.at_device}_{start:%Y%m%d%H%M%S}_{end:%Y%m%d%H%M%S}"
        self.playbacks.setdefault(stream, {"paused": False, "seek": 0, "speed": 1.0})
        return {**self.content(stream), "startTime": query["startTime"], "endTime": query["endTime"]}

    def playback_control(self, verb: str, parts: list[str]) -> object:
        state = self.playbacks.get(parts[0])
        if state is None:
            raise WvpError(400 if verb in ("seek", "speed") else FAILED, "streamId不存在")
        if verb in ("pause", "resume"):
            state["paused"] = verb == "pause"
        elif verb == "seek":
            state["seek"] = int(parts[1])
        else:
            state["speed"] = float(parts[1])
        return None

    def record_query(self, camera: Camera, query: dict[str, str]) -> object:
        start, end = _time(query, "startTime"), _time(query, "endTime")
        if self.record_fails:
            self.record_fails -= 1
            raise WvpError(FAILED, "timeout")
        found = [r for r in self.records if _parsed(r[1]) > start and _parsed(r[0]) < end]
        rows = [
            {"deviceId": camera.at_device, "name": "rec", "filePath": "", "fileSize": "12345", "address": "",
             "startTime": first, "endTime": last, "secrecy": 0, "type": kind, "recorderId": ""}
            for first, last, kind in found
        ]  # fmt: skip
        return {"deviceId": DEVICE, "channelId": camera.at_device, "sn": "1", "name": "", "sumNum": len(rows),
                "count": len(rows), "lastTime": None, "recordList": rows}  # fmt: skip

    # --- PTZ ---

    def front_end(self, verb: str, camera: Camera, query: dict[str, str]) -> object:
        if self.ptz_fails:
            self.ptz_fails -= 1
            raise WvpError(500, None, 500)
        if verb == "ptz":
            _in_range(query, "horizonSpeed", 0, 255, 100)
            _in_range(query, "verticalSpeed", 0, 255, 100)
            _in_range(query, "zoomSpeed", 0, 15, 16)  # the default is refused
        elif verb in ("fi/focus", "fi/iris"):
            _in_range(query, "speed", 0, 255, 100)
        elif verb == "common":
            _in_range(query, "parameter1", 0, 255, -1)
            _in_range(query, "parameter2", 0, 255, -1)
            _in_range(query, "combindCode2", 0, 15, -1)
        elif verb == "preset/query":
            if self.preset_timeout:
                raise WvpError(FAILED, "超时")
            return [{"presetId": str(n), "presetName": name} for n, name in sorted(camera.presets.items())]
        elif verb.startswith("preset/"):
            number = _in_range(query, "presetId", 1, 255, 0)
            if verb == "preset/add":
                camera.presets[number] = f"预置点{number}"
            elif verb == "preset/delete":
                camera.presets.pop(number, None)
        with self.lock:
            self.moves.append((camera.at_device, verb, query))
        return None


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def _code(number: int) -> str:
    return f"34020000001320{number:06d}"


def _jwt(claims: dict[str, object]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)] + [b"signature"]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _expiry(token: str | None) -> float:
    part = (token or "..").split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["exp"])


def _parsed(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)


def _time(query: dict[str, str], name: str) -> datetime:
    try:
        return _parsed(query.get(name, ""))
    except ValueError:
        raise WvpError(FAILED, f"{name}格式为yyyy-MM-dd HH:mm:ss") from None


def _in_range(query: dict[str, str], name: str, least: int, most: int, default: int) -> int:
    value = int(query.get(name, default))
    if not least <= value <= most:
        raise WvpError(FAILED, f"{name} 为 {least}-{most}的数字")
    return value


def _group_node(group: Group) -> dict[str, object]:
    return {"id": group.id, "deviceId": group.code, "name": group.name, "parentId": group.parent, "alias": None,
            "parentDeviceId": None, "businessGroup": group.business, "createTime": None, "updateTime": None,
            "civilCode": None, "treeId": f"group{group.id}", "leaf": False, "type": 0, "status": "ON"}  # fmt: skip


def _camera_node(camera: Camera) -> dict[str, object]:
    return {"id": camera.gb_id, "deviceId": camera.code, "name": camera.name, "parentId": None, "leaf": True, "type": 1,
            "treeId": f"channel{camera.gb_id}", "status": "ON" if camera.online else "OFF"}  # fmt: skip


def _common(camera: Camera) -> dict[str, object]:
    return {
        "gbId": camera.gb_id, "gbDeviceId": camera.code, "gbName": camera.name, "gbManufacturer": None,
        "gbCivilCode": camera.civil, "gbParentId": camera.group, "gbBusinessGroupId": camera.business,
        "gbStatus": "ON" if camera.online else "OFF", "gbLongitude": 118.37, "gbLatitude": 31.33,
        "gbPtzType": camera.ptz_type or None, "gbPassword": "camera-password", "dataType": camera.data_type,
        "dataDeviceId": camera.device_row, "recordPLan": None, "streamId": None, "enableBroadcast": 0, "mapLevel": 0,
        **camera.extra,
    }  # fmt: skip


def _page(rows: list[dict[str, object]], query: dict[str, str]) -> object:
    try:
        page, count = int(query["page"]), int(query["count"])
    except (KeyError, ValueError):
        raise WvpError(400, "参数或方法错误", 400) from None
    chosen = rows[(page - 1) * count : page * count]
    pages = -(-len(rows) // count)
    return {"total": len(rows), "list": chosen, "pageNum": page, "pageSize": count, "size": len(chosen), "pages": pages,
            "isLastPage": page >= pages, "hasNextPage": page < pages, "navigatepageNums": [1]}  # fmt: skip


def _handler_for(wvp: Wvp) -> type[BaseHTTPRequestHandler]:
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
                return
            if wvp.html:
                self._send(200, b"<html><body>nginx</body></html>", "text/html")
                return
            try:
                for part, err in wvp.fails.items():
                    if part in path:
                        raise err
                data = self._answer(path, query)
            except WvpError as err:
                self._json(err.status, {"code": err.code, "msg": err.msg, "data": None})
                return
            if data is not _UNKNOWN and data is not _STRANGER:
                extra = {"access-token": data["accessToken"]} if path == "/api/user/login" else {}  # type: ignore[index]
                self._json(200, {"code": 0, "msg": "成功", "data": data}, extra)
            elif data is _STRANGER:
                self._json(401, {"code": 401, "msg": "请登录后重新请求"})
            else:
                self._json(404, {"code": 404, "msg": "资源未找到", "data": None})

        def do_POST(self) -> None:
            self._json(400, {"code": 400, "msg": "参数或方法错误", "data": None})

        def _answer(self, path: str, query: dict[str, str]) -> object:
            if path == "/api/user/login":
                return wvp.log_in(query)
            if not wvp.is_signed_in(self.headers.get("access-token")):
                return _STRANGER
            if path == "/api/common/channel/play" and wvp.play_timeout:
                raise WvpError(500, None, 500)
            return route(wvp, path, query)

        def _json(self, status: int, body: object, extra: dict[str, str] | None = None) -> None:
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


_UNKNOWN, _STRANGER = object(), object()
_PLAIN = {
    "/api/group/tree/list": Wvp.group_tree,
    "/api/region/tree/list": Wvp.region_tree,
    "/api/common/channel/list": Wvp.common_list,
    "/api/common/channel/parent/list": Wvp.parent_list,
    "/api/common/channel/civilcode/list": Wvp.civil_list,
    "/api/common/channel/one": Wvp.one,
}


def route(wvp: Wvp, path: str, query: dict[str, str]) -> object:
    """Answer a call of somebody who is signed in."""
    if path in _PLAIN:
        return _PLAIN[path](wvp, query)
    parts = path.strip("/").split("/")
    match parts:
        case ["api", "device", "query", "devices"]:
            rows = [{"id": row, "deviceId": code, "name": "NVR", "onLine": True} for row, code in wvp.devices.items()]
            return _page(rows, query)
        case ["api", "device", "query", "devices", device, "channels"]:
            return wvp.device_channels(device, query)
        case ["api", "common", "channel", "play"]:
            return wvp.play(wvp.camera(int(query["channelId"])))
        case ["api", "common", "channel", "play", "stop"] | ["api", "play", "stop", _, _]:
            wvp.stopped.append(path)  # a BYE for everybody
            wvp.streams.clear()
            return None
        case ["api", "play", "start", device, code]:
            if wvp.play_timeout:
                raise WvpError(FAILED, "点播超时")
            return wvp.play(wvp.by_code(device, code))
        case ["api", "gb_record", "query", device, code]:
            return wvp.record_query(wvp.by_code(device, code), query)
        case ["api", "gb_record", "download", "start", device, code]:
            content = wvp.playback(wvp.by_code(device, code), query)
            assert isinstance(content, dict)
            wvp.downloads[content["stream"]] = 0.0
            return content
        case ["api", "gb_record", "download", "progress", _, _, stream]:
            return _progress(wvp, stream)
        case ["api", "gb_record", "download", "stop", _, _, stream]:
            wvp.downloads.pop(stream, None)
            return None
        case ["api", "playback", "start", device, code]:
            return wvp.playback(wvp.by_code(device, code), query)
        case ["api", "playback", "stop", _, _, stream]:
            wvp.playbacks.pop(stream, None)
            return None
        case ["api", "playback", verb, *rest] if verb in ("pause", "resume", "seek", "speed"):
            return wvp.playback_control(verb, rest)
        case ["api", "common", "channel", "playback", verb] if verb in ("pause", "resume", "seek"):
            swapped = "pause" if wvp.common_seek_pauses else verb
            return wvp.playback_control(swapped, [query["stream"], query.get("seekTime", "0")])
        case ["api", "cloud", "record", "list"]:
            return _page([r for r in wvp.cloud if r["stream"] == query.get("stream")], query)
        case ["api", "cloud", "record", "play", "path"]:
            return {"httpPath": f"http://{wvp.media_host}:6080/index/api/downloadFile?file_path=/x/{query['recordId']}.mp4",
                    "httpsPath": None, "httpDomainPath": None, "httpsDomainPath": None}  # fmt: skip
        case ["api", "front-end", *verb, device, code]:
            return wvp.front_end("/".join(verb), wvp.by_code(device, code), query)
        case ["api", "alarm", "list"] if wvp.new_alarms:
            since = _time(query, "beginTime").timestamp() * 1000 if "beginTime" in query else 0
            rows = [a for a in wvp.alarms if int(str(a["alarmTime"])) >= since]
            return _page(sorted(rows, key=lambda a: -int(str(a["alarmTime"]))), query)
        case ["api", "alarm", "all"] if not wvp.new_alarms:
            return _page(wvp.alarms, query)
    return _UNKNOWN


def _progress(wvp: Wvp, stream: str) -> object:
    if stream not in wvp.downloads:
        raise WvpError(404, "资源未找到")
    done = wvp.downloads[stream] = round(min(1.5, wvp.downloads[stream] + 0.5), 2)
    path = None  # the file is there only a little after the end
    if done > 1.0:
        path = {"httpPath": f"http://{wvp.media_host}:6080/index/api/downloadFile?file_path=/d/{stream}.mp4"}
    return {**wvp.content(stream), "progress": min(1.0, done), "downLoadFilePath": path}
