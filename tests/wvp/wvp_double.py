"""A double of WVP-GB28181-pro 2.7.4, with its quirks: what its source does, not what its API text says."""

import base64
import hashlib
import json
import sys
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

sys.path.append(str(Path(__file__).parent))  # its parts lie beside it, from wherever it is imported

from wvp_alarms import Alarms
from wvp_city import (
    CHINA,
    DEVICE,
    FAILED,
    NO_SUCH,
    SECRET,
    Camera,
    Group,
    WvpError,
    camera_node,
    common,
    group_node,
    in_range,
    large_city,
    page_of,
    small_city,
)
from wvp_http import handler_for
from wvp_records import Records

__all__ = ["CHINA", "DEVICE", "SECRET", "Camera", "Group", "Wvp", "WvpError", "md5"]


class Wvp(Records, Alarms):
    """The double's state, its switches, and what it was asked. Use as a context manager."""

    def __init__(self, channels: int = 0, port: int = 0) -> None:
        """With `channels` it is a city of so many, else a handful of special ones."""
        Records.__init__(self)
        Alarms.__init__(self)
        self.user, self.password = "admin", "admin-密码"
        self.groups, self.cameras = large_city(channels) if channels else small_city()
        self.regions = [(1, "34", "安徽省", None), (2, "3402", "芜湖市", 1), (3, "340200", "市辖区", 2)]
        self.devices = {1: DEVICE}
        # switches
        self.token_life_s = 1800.0
        self.play_delay_s = 0.0
        self.play_fails: tuple[int, str] | None = None  # code and text
        self.play_timeout = False
        self.preset_timeout = False
        self.html = False
        self.reply_delay_s = 0.0
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
        self.invites = 0
        self.streams: dict[str, int] = {}  # stream: how often it was started by an invite
        self.stopped: list[str] = []
        self.tokens: set[str] = set()
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), handler_for(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "Wvp":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for event in self.hang.values():
            event.set()
        self.sse_down = True
        with self.told:
            self.told.notify_all()
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
        rows: list[object] = [group_node(group) for group in self.groups if group.parent == parent]
        if query.get("hasChannel") == "true" and parent is not None:
            code = next(group.code for group in self.groups if group.id == parent)
            rows += [camera_node(camera) for camera in self.cameras.values() if camera.group == code]
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
        return _paged(sorted(chosen, key=lambda c: -c.gb_id), query)

    def parent_list(self, query: dict[str, str]) -> object:
        code = query.get("groupDeviceId") or None
        return _paged([c for c in self.cameras.values() if c.group == code and c.data_type != 99], query)

    def civil_list(self, query: dict[str, str]) -> object:
        code = query.get("civilCode") or ""
        return _paged([c for c in self.cameras.values() if c.civil == code], query)

    def one(self, query: dict[str, str]) -> object:
        return common(self.camera(int(query["id"])))

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
            {**common(c), "id": c.gb_id, "deviceId": c.at_device, "parentDeviceId": device, "name": c.name}
            for c in self.cameras.values()
            if self.devices.get(c.device_row) == device and (wanted in c.at_device or wanted in c.name)
        ]
        return page_of(rows, query)

    # --- streams ---

    def play(self, camera: Camera) -> object:
        time.sleep(self.play_delay_s)
        if self.play_fails:
            raise WvpError(*self.play_fails)
        stream = f"{self.devices[camera.device_row]}_{camera.at_device}"
        with self.lock:
            if stream not in self.streams:  # a second one to play it shares it, without another invite
                self.streams[stream] = 1
                self.invites += 1
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

    def nobody_reads(self) -> None:
        """Let the media server end what nobody reads, as it does by itself after some seconds."""
        with self.lock:
            self.streams.clear()

    # --- PTZ ---

    def front_end(self, verb: str, camera: Camera, query: dict[str, str]) -> object:
        if self.ptz_fails:
            self.ptz_fails -= 1
            raise WvpError(500, None, 500)
        if verb == "ptz":
            in_range(query, "horizonSpeed", 0, 255, 100)
            in_range(query, "verticalSpeed", 0, 255, 100)
            in_range(query, "zoomSpeed", 0, 15, 16)  # the default is refused
        elif verb in ("fi/focus", "fi/iris"):
            in_range(query, "speed", 0, 255, 100)
        elif verb == "common":
            in_range(query, "parameter1", 0, 255, -1)
            in_range(query, "parameter2", 0, 255, -1)
            in_range(query, "combindCode2", 0, 15, -1)
        elif verb == "preset/query":
            if self.preset_timeout:
                raise WvpError(FAILED, "超时")
            return [{"presetId": str(n), "presetName": name} for n, name in sorted(camera.presets.items())]
        elif verb.startswith("cruise/"):
            in_range(query, "cruiseId", 0, 255, -1)
        elif verb.startswith("scan/"):
            in_range(query, "scanId", 0, 255, -1)
        elif verb == "auxiliary":
            in_range(query, "switchId", 0, 255, -1)
        elif verb.startswith("preset/"):
            number = in_range(query, "presetId", 1, 255, 0)
            if verb == "preset/add":
                camera.presets[number] = f"预置点{number}"
            elif verb == "preset/delete":
                camera.presets.pop(number, None)
        with self.lock:
            self.moves.append((camera.at_device, verb, query))
        return None


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        pass  # a client that was cut off in the middle


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def _jwt(claims: dict[str, object]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)] + [b"signature"]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _expiry(token: str | None) -> float:
    part = (token or "..").split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["exp"])


def _paged(chosen: list[Camera], query: dict[str, str]) -> object:
    """Return a page of channels; only those on it are put into words, or a hundred thousand would take seconds."""
    page = page_of(chosen, query)  # type: ignore[arg-type]
    assert isinstance(page, dict)
    page["list"] = [common(camera) for camera in page["list"]]
    return page


def main() -> None:
    """Serve a city until the standard input ends: `python wvp_double.py [channels]`; the first line is the address."""
    with Wvp(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as double:
        told = {"base_url": double.base_url, "user": double.user, "password": double.password}
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
