"""The double's recordings: queries of devices, playback streams, downloads that end in files, files of the server."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wvp_city import CHINA, DEVICE, FAILED, Camera, WvpError, page_of, parsed, time_of


@dataclass
class Download:
    """A download under way."""

    channel: str
    start: datetime
    end: datetime
    begun: float = field(default_factory=time.monotonic)
    asked: int = 0
    stopped: bool = False


class Records:
    """Part of `Wvp`: what devices and the server have recorded."""

    devices: dict[int, str]
    lock: threading.Lock
    content: Callable[[str], dict[str, object]]

    def __init__(self) -> None:
        self.records: list[tuple[str, str, str]] = [("2026-11-20 08:00:00", "2026-11-20 09:00:00", "time")]
        self.record_fails = 0  # so many queries of records time out
        self.record_silence = False  # a window without recordings is a time-out, as at devices that answer nothing
        self.record_delay_s = 0.0
        self.common_seek_pauses = True  # the bug up to 2026-08
        self.playbacks: dict[str, dict[str, object]] = {}
        self.downloads: dict[str, Download] = {}
        self.download_polls = 2  # questions for the progress until a download is through
        self.download_fails = 0  # so many starts come to nothing
        self.download_forgets = False  # a finished download is asked for and unknown: Redis was emptied
        self.files: dict[str, bytes] = {}  # by the path in their address
        self.make_file: Callable[[str, datetime, datetime], bytes] = _label
        self.cloud: list[dict[str, object]] = []
        self.querying: dict[str, int] = {}  # by device: queries at this moment
        self.most_querying = 0

    # --- queries ---

    def record_query(self, device: str, camera: Camera, query: dict[str, str]) -> object:
        start, end = time_of(query, "startTime"), time_of(query, "endTime")
        with self.lock:
            self.querying[device] = self.querying.get(device, 0) + 1
            self.most_querying = max(self.most_querying, self.querying[device])
        try:
            time.sleep(self.record_delay_s)
        finally:
            with self.lock:
                self.querying[device] -= 1
        if self.record_fails:
            self.record_fails -= 1
            raise WvpError(FAILED, "timeout")
        found = [r for r in self.records if parsed(r[1]) > start and parsed(r[0]) < end]
        if not found and self.record_silence:
            raise WvpError(FAILED, "timeout")
        rows = [
            {"deviceId": camera.at_device, "name": "rec", "filePath": "", "fileSize": "12345", "address": "",
             "startTime": first, "endTime": last, "secrecy": 0, "type": kind, "recorderId": ""}
            for first, last, kind in found
        ]  # fmt: skip
        return {"deviceId": DEVICE, "channelId": camera.at_device, "sn": "1", "name": "", "sumNum": len(rows),
                "count": len(rows), "lastTime": None, "recordList": rows}  # fmt: skip

    # --- playback ---

    def playback(self, camera: Camera, query: dict[str, str]) -> object:
        start, end = time_of(query, "startTime"), time_of(query, "endTime")
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
        elif float(parts[1]) not in (0.25, 0.5, 1, 2, 4, 8):
            raise WvpError(FAILED, "不支持的speed")
        else:
            state["speed"] = float(parts[1])
        return None

    def common_control(self, verb: str, query: dict[str, str]) -> object:
        """Answer 0 whatever comes of it, and pause where resume or seek was asked for."""
        swapped = "pause" if self.common_seek_pauses and verb in ("resume", "seek") else verb
        value = query.get("seekTime") or query.get("speed") or "0"
        if query.get("stream") in self.playbacks:
            self.playback_control(swapped, [query["stream"], value])
        return None

    # --- downloads ---

    def download_start(self, camera: Camera, query: dict[str, str]) -> object:
        start, end = time_of(query, "startTime"), time_of(query, "endTime")
        int(query.get("downloadSpeed", ""))
        if self.download_fails:
            self.download_fails -= 1
            raise WvpError(-2, "收流超时")
        with self.lock:
            stream = f"{0x0200_0000 + len(self.downloads):08X}"  # a stream of its own each time
            self.downloads[stream] = Download(camera.at_device, start, end)
        return {**self.content(stream), "startTime": query["startTime"], "endTime": query["endTime"]}

    def download_progress(self, stream: str) -> object:
        download = self.downloads.get(stream)
        if download is None or download.stopped or self.download_forgets:
            raise WvpError(404, "资源未找到")
        download.asked += 1
        done = min(1.0, round(download.asked / self.download_polls, 2))
        path = None  # the file is there only a little after the end
        if download.asked > self.download_polls:
            file = f"/d/{stream}.mp4"
            if file not in self.files:
                self.files[file] = self.make_file(download.channel, download.start, download.end)
            path = {"httpPath": self.file_url(file), "httpsPath": None, "httpDomainPath": None, "httpsDomainPath": None}
        return {**self.content(stream), "progress": done, "downLoadFilePath": path}

    def download_stop(self, stream: str) -> object:
        if stream not in self.downloads:
            raise WvpError(FAILED, "streamId不存在")
        self.downloads[stream].stopped = True
        return None

    def file_url(self, file: str) -> str:
        return f"{self.base_url}/index/api/downloadFile?file_path={file}"  # type: ignore[attr-defined]

    # --- the server's own files ---

    def add_cloud(self, camera: Camera, start: str, end: str) -> None:
        """Let the server have recorded a stretch itself."""
        first, last = parsed(start), parsed(end)
        self.cloud.append(
            {"id": len(self.cloud) + 1, "app": "rtp", "stream": f"{self.devices[camera.device_row]}_{camera.at_device}",
             "callId": "c", "startTime": int(first.timestamp() * 1000), "endTime": int(last.timestamp() * 1000),
             "mediaServerId": "zlm", "fileName": "x.mp4", "filePath": "/x", "folder": "/", "collect": False,
             "reserve": False, "fileSize": 1, "timeLen": int((last - first).total_seconds() * 1000)}
        )  # fmt: skip
        self.files[f"/cloud/{len(self.cloud)}.mp4"] = self.make_file(camera.at_device, first, last)

    def cloud_list(self, query: dict[str, str]) -> object:
        first = time_of(query, "startTime").timestamp() * 1000 if "startTime" in query else 0
        last = time_of(query, "endTime").timestamp() * 1000 if "endTime" in query else float("inf")
        rows = [
            row for row in self.cloud
            if row["stream"] == query.get("stream") and row["endTime"] >= first and row["startTime"] <= last  # type: ignore[operator]
        ]  # fmt: skip
        return page_of(rows, query)

    def cloud_days(self, query: dict[str, str]) -> object:
        days: set[str] = set()
        for row in self.cloud:
            at = datetime.fromtimestamp(int(str(row["startTime"])) / 1000, CHINA)
            while row["stream"] == query.get("stream") and at.timestamp() * 1000 < int(str(row["endTime"])):
                days.add(f"{at:%Y-%m-%d}")
                at = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        month = f"{int(query['year']):04d}-{int(query['month']):02d}-" if "year" in query and "month" in query else ""
        return sorted(day for day in days if day.startswith(month))

    def cloud_path(self, query: dict[str, str]) -> object:
        file = f"/cloud/{query['recordId']}.mp4"
        if file not in self.files:
            raise WvpError(404, "资源未找到")
        return {"httpPath": self.file_url(file), "httpsPath": None, "httpDomainPath": None, "httpsDomainPath": None}


def _label(channel: str, start: datetime, end: datetime) -> bytes:
    return f"{channel} {start:%Y-%m-%d %H:%M:%S} {end:%Y-%m-%d %H:%M:%S} ".encode() * 100
