"""The double's alarms in both generations, pictures and positions."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from wvp_city import CHINA, FAILED, Camera, WvpError, page_of, time_of

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


class Alarms:
    """Part of `Wvp`: what cameras told by themselves, and what they look like."""

    devices: dict[int, str]
    camera: Callable[[int], Camera]

    def __init__(self) -> None:
        self.new_alarms = True
        self.alarms: list[dict[str, object]] = []
        self.told = threading.Condition()
        self.listeners: dict[str, int] = {}  # browserId: the latest connection's number
        self.keepalive_s = 1.0
        self.sse_down = False
        self.places: dict[int, tuple[float, float]] = {}  # told by devices that move: longitude, latitude
        self.pictures: dict[str, bytes] = {}
        self.snap_fails = False  # a cold channel: three seconds are not enough
        self.snap_late = 0  # the picture is written so many questions later

    def ring(self, gb_id: int, kind: str | None = "MotionDetection", at_ms: int | None = None, **more: object) -> None:
        """Let a camera raise an alarm; `kind` is a name of the newer, or method and type ("5/2") of the older."""
        camera, moment = self.camera(gb_id), at_ms or int(time.time() * 1000)
        number = len(self.alarms) + 1
        if self.new_alarms:
            alarm: dict[str, object] = {
                "id": number, "channelId": gb_id, "channelDeviceId": camera.code, "channelName": camera.name,
                "description": "有人经过", "snapPath": None, "recordPath": None, "longitude": 0.0, "latitude": 0.0,
                "alarmType": kind, "alarmTime": moment, **more,
            }  # fmt: skip
        else:
            method, _, word = (kind or "5/2").partition("/")
            local = datetime.fromtimestamp(moment / 1000, CHINA)
            alarm = {
                "id": str(number), "deviceId": self.devices[camera.device_row], "deviceName": "NVR",
                "channelId": camera.at_device, "alarmPriority": "1", "alarmPriorityDescription": "一级警情",
                "alarmMethod": method, "alarmMethodDescription": "视频报警", "alarmTime": f"{local:%Y-%m-%d %H:%M:%S}",
                "alarmDescription": "有人经过", "longitude": 0.0, "latitude": 0.0, "alarmType": word,
                "alarmTypeDescription": "", "createTime": f"{local:%Y-%m-%d %H:%M:%S}", **more,
            }  # fmt: skip
        with self.told:
            self.alarms.append(alarm)
            self.told.notify_all()

    def alarm_list(self, query: dict[str, str]) -> object:
        since = time_of(query, "beginTime").timestamp() * 1000 if "beginTime" in query else 0
        rows = [a for a in self.alarms if int(str(a["alarmTime"])) >= since]
        return page_of(sorted(rows, key=lambda a: -int(str(a["alarmTime"]))), query)

    def alarm_all(self, query: dict[str, str]) -> object:
        since = query.get("startTime", "")
        rows = [a for a in self.alarms if str(a["alarmTime"]) >= since]
        return page_of(sorted(rows, key=lambda a: str(a["alarmTime"]), reverse=True), query)

    # --- pictures ---

    def snap(self, query: dict[str, str]) -> object:
        if self.snap_fails:
            raise WvpError(FAILED, "获取截图失败")
        mark = f"{datetime.now(CHINA):%Y%m%d%H%M%S}"
        name = f"{query['deviceId']}_{query['channelId']}_{mark}.jpg"
        self.pictures[name] = JPEG
        return f"snap/{name}"

    def snap_file(self, device: str, code: str, query: dict[str, str]) -> bytes | None:
        mark = f"_{query['mark']}" if query.get("mark") else ""
        if self.snap_late:
            self.snap_late -= 1
            return None
        return self.pictures.get(f"{device}_{code}{mark}.jpg")
