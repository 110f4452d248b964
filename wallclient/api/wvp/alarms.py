"""Alarms of a WVP in its two generations: the newer has a list and pushes nothing, the older has server-sent events.

The list is asked again and again. Moments in it are those of the devices' own clocks, which may be wrong both ways, so
what is new is known by its id within a stretch of time, and now and then the stretch is a long one.
"""

import time
from collections.abc import Callable, Iterator

import msgspec
import sseclient

from wallclient.api import shapes
from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.line import PAGE, WvpLine, code_segment
from wallclient.api.wvp.records import local_ms, local_text
from wallclient.domain.errors import BadPayload, NotFound
from wallclient.domain.event import Alarm, AlarmKind

BACK_MS, FAR_BACK_MS = 60_000, 3_600_000
FAR_EVERY_S = 30.0
MOST_PAGES = 60
LARGEST_EVENT_BYTES = 256 * 1024
NEWER, OLDER = "/api/alarm/list", "/api/alarm/all"
_NAMES = {
    "VideoLoss": AlarmKind.VIDEO_LOSS,
    "DeviceTamper": AlarmKind.TAMPER,
    "VideoOcclusion": AlarmKind.TAMPER,
    "Defocus": AlarmKind.TAMPER,
    "SceneChange": AlarmKind.TAMPER,
    "StorageFull": AlarmKind.DEVICE,
    "StorageFault": AlarmKind.DEVICE,
    "StorageFanFault": AlarmKind.DEVICE,
    "DeviceHighTemperature": AlarmKind.DEVICE,
    "DeviceLowTemperature": AlarmKind.DEVICE,
    "ManualVideo": AlarmKind.MANUAL,
    "MotionDetection": AlarmKind.MOTION,
    "MobileDetection": AlarmKind.MOTION,
    "TripwireDetection": AlarmKind.LINE,
    "IntrusionDetection": AlarmKind.LINE,
    "ReverseDetection": AlarmKind.LINE,
}
_NUMBERS = {  # method and type of GB/T 28181
    ("2", "1"): AlarmKind.VIDEO_LOSS,
    ("2", "2"): AlarmKind.TAMPER,
    ("2", "3"): AlarmKind.DEVICE,
    ("2", "4"): AlarmKind.DEVICE,
    ("2", "5"): AlarmKind.DEVICE,
    ("5", "1"): AlarmKind.MANUAL,
    ("5", "2"): AlarmKind.MOTION,
    ("5", "5"): AlarmKind.LINE,
    ("5", "6"): AlarmKind.LINE,
    ("5", "7"): AlarmKind.LINE,
    ("6", "1"): AlarmKind.DEVICE,
    ("6", "2"): AlarmKind.DEVICE,
}


class WvpAlarms:
    """Finds the alarms that have come since the last look. For one thread; its methods block and raise CenterError."""

    def __init__(self, line: WvpLine, now_s: Callable[[], float] = time.time) -> None:
        self._line, self._now_s = line, now_s
        self._is_newer: bool | None = None
        self._seen: dict[str, int] = {}  # id: its moment
        self._latest_ms = 0
        self._is_first = True
        self._far_at = 0.0  # monotonic: when to look far back again
        self._channels: dict[tuple[str, str], str] = {}  # device and code: our id; "" where there is none

    def is_pushed(self) -> bool:
        """Tell whether this server pushes alarms. Raises NotFound where it has none at all."""
        if self._is_newer is None:
            try:
                self._line.rows(NEWER, docs.AlarmDocument, {"page": 1, "count": 1})
                self._is_newer = True
            except NotFound:
                self._line.rows(OLDER, docs.AlarmDocument, {"page": 1, "count": 1})
                self._is_newer = False
        return not self._is_newer

    def fresh(self) -> list[Alarm]:
        """Return what is new on the list, oldest first. The first look only learns what has been there before."""
        far = self._is_first or time.monotonic() >= self._far_at
        if far:
            self._far_at = time.monotonic() + FAR_EVERY_S
        now_ms = round(self._now_s() * 1000)
        base_ms = min(self._latest_ms or now_ms, now_ms)
        raw = [one for one in self._since(base_ms - (FAR_BACK_MS if far else BACK_MS), far) if self._note(one)]
        told = [] if self._is_first else [alarm for one in raw if (alarm := self.read(one)) is not None]
        self._is_first = False
        self._seen = {key: at for key, at in self._seen.items() if at >= base_ms - 2 * FAR_BACK_MS}
        return sorted(told, key=lambda one: one.at_ms)

    def take(self, data: str) -> Alarm | None:
        """Return the alarm that was pushed, unless the list has told of it already. Raises BadPayload."""
        try:
            raw = shapes.read(data, docs.AlarmDocument)
        except (msgspec.MsgspecError, ValueError, RecursionError) as err:
            raise BadPayload(f"an alarm: {type(err).__name__}") from None
        return self.read(raw) if self._note(raw) else None

    def _since(self, begin_ms: int, far: bool) -> Iterator[docs.AlarmDocument]:
        """Yield rows, newest first, until a page has nothing new; looking far, to the end."""
        newer = not self.is_pushed()
        path, name = (NEWER, "beginTime") if newer else (OLDER, "startTime")
        for page in range(1, MOST_PAGES + 1):
            query: dict[str, str | int | None] = {"page": page, "count": PAGE, name: local_text(begin_ms)}
            rows, total = self._line.rows(path, docs.AlarmDocument, query)
            has_new = any(str(one.id) not in self._seen for one in rows)
            yield from rows
            if page * PAGE >= total or not (has_new or far):
                return

    def _note(self, raw: docs.AlarmDocument) -> bool:
        """Remember an alarm; tell whether it is new."""
        key, at_ms = str(raw.id), self._moment(raw)
        if key in self._seen:
            return False
        self._seen[key] = at_ms
        self._latest_ms = max(self._latest_ms, at_ms)
        return True

    def read(self, raw: docs.AlarmDocument) -> Alarm | None:
        """Read an alarm; None where no channel is known to be its. Nobody tells when one ends."""
        channel_id = self._channel(raw)
        if not channel_id:
            return None
        word = str(raw.alarmType or "")
        kind = _NAMES.get(word) or _NUMBERS.get((str(raw.alarmMethod or ""), word), AlarmKind.OTHER)
        text = raw.description or raw.alarmDescription or ""
        return Alarm(str(raw.id), channel_id, kind, self._moment(raw), active=False, text=text)

    def _moment(self, raw: docs.AlarmDocument) -> int:
        if isinstance(raw.alarmTime, int):
            return raw.alarmTime
        try:
            return local_ms(raw.alarmTime or "")
        except ValueError:
            return round(self._now_s() * 1000)

    def _channel(self, raw: docs.AlarmDocument) -> str:
        """Return our id of an alarm's channel: the newer generation tells its key, the older two codes."""
        if isinstance(raw.channelId, int):
            return f"c{raw.channelId}"
        key = raw.deviceId or "", raw.channelId or ""
        if key not in self._channels:
            self._channels[key] = self._find(*key)
        return self._channels[key]

    def _find(self, device: str, code: str) -> str:
        """Ask for a channel by its device's codes; what a device of one channel tells of itself is that channel's."""
        try:
            path = f"/api/device/query/devices/{code_segment(device)}/channels"
            query = {"page": 1, "count": PAGE, "query": None if code in ("", device) else code}
            rows, _ = self._line.rows(path, docs.DeviceChannelDocument, query)
        except NotFound:
            return ""
        match = next((one for one in rows if one.deviceId == code), None)
        if match is None and code in ("", device) and len(rows) == 1:
            match = rows[0]
        return f"c{match.id}" if match else ""


def messages(pieces: Iterator[bytes]) -> Iterator[str | None]:
    """Yield the data of each pushed message, and None for each sign of life. Raises BadPayload."""
    try:
        for event in sseclient.SSEClient(_bounded(pieces)).events():
            yield event.data if event.event == "message" else None
    except UnicodeDecodeError:
        raise BadPayload("events that are not UTF-8") from None


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    since_end = 0
    for piece in pieces:
        at = max(piece.rfind(b"\n\n"), piece.rfind(b"\r\n\r\n"))
        since_end = len(piece) - at if at >= 0 else since_end + len(piece)
        if since_end > LARGEST_EVENT_BYTES:
            raise BadPayload(f"an event of more than {LARGEST_EVENT_BYTES} bytes")
        yield piece
