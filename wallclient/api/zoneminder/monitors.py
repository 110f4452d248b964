"""A ZoneMinder's monitors: its cameras, each with a process that captures it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from wallclient.api import shapes
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.line import ZmLine
from wallclient.domain.errors import BadPayload, NotFound
from wallclient.domain.stream import Credentials

FRESH_S = 5.0
LARGEST_SIDE_PX = 65_536
_THERE = frozenset({"Connected", "Signal"})
_TURNED = frozenset({"ROTATE_90", "ROTATE_270"})


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor."""

    id: int
    name: str
    captures: bool  # its process is to run
    online: bool  # and has pictures
    order: int
    width: int | None  # px, as captured and turned
    height: int | None
    address: str = field(repr=False)  # of the camera, as somebody typed it: of any form, perhaps with a password
    credentials: Credentials | None  # where they are not in the address
    control_id: int | None  # what steers it; None: nothing
    server_id: int | None
    longitude: float | None
    latitude: float | None
    rtsp_name: str  # under which ZoneMinder itself hands it out; empty: it does not


class Monitors:
    """Reads monitors, at most every few seconds. Thread safe."""

    def __init__(self, line: ZmLine, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._clock = clock
        self._lock = threading.Lock()
        self._asking = threading.Lock()  # whoever comes while the list is read waits for it
        self._known: dict[int, Monitor] = {}
        self._read_at: float | None = None

    def all(self, fresh_s: float | None = None) -> dict[int, Monitor]:
        """Return all monitors this user may see, by id, in ZoneMinder's order; none read longer than `fresh_s` ago."""
        fresh_s = FRESH_S if fresh_s is None else fresh_s
        with self._asking:
            with self._lock:
                if self._read_at is not None and self._clock() - self._read_at < fresh_s:
                    return self._known
            rows = shapes.readable(self._line.api("/monitors.json", docs.MonitorsDocument).monitors, docs.MonitorRow)
            read = [monitor for monitor in map(read_monitor, rows) if monitor is not None]
            found = {one.id: one for one in sorted(read, key=lambda one: (one.order, one.id))}
            with self._lock:
                self._known, self._read_at = found, self._clock()
            return found

    def one(self, monitor_id: int) -> Monitor:
        """Return a monitor, from the list if that is fresh. Raises NotFound."""
        with self._lock:
            fresh = self._read_at is not None and self._clock() - self._read_at < FRESH_S
            known = self._known.get(monitor_id) if fresh else None
        if known is not None:
            return known
        raw = bytes(self._line.api(f"/monitors/{monitor_id}.json", docs.MonitorAnswer).monitor)
        if raw == b"[]":  # one this user may not see
            raise NotFound(f"monitor {monitor_id}")
        try:
            found = read_monitor(shapes.read(raw, docs.MonitorRow))
        except docs.Unreadable as err:
            raise BadPayload(f"monitor {monitor_id}: {type(err).__name__}") from None
        if found is None:
            raise NotFound(f"monitor {monitor_id}")
        return found

    def forget(self) -> None:
        """Read everything anew next time."""
        with self._lock:
            self._known, self._read_at = {}, None


def read_monitor(row: docs.MonitorRow) -> Monitor | None:
    """Read a monitor; None for one that was deleted or has no id."""
    raw, monitor_id = row.Monitor, docs.whole(row.Monitor.Id)
    if monitor_id is None or monitor_id <= 0 or docs.flag(raw.Deleted):
        return None
    status = row.Monitor_Status.Status if row.Monitor_Status else None
    captures = (raw.Capturing or raw.Function or "None") != "None"
    width, height = _side(raw.Width), _side(raw.Height)
    if raw.Orientation in _TURNED:
        width, height = height, width
    control_id = docs.whole(raw.ControlId)
    longitude, latitude = _position(raw)
    return Monitor(
        monitor_id,
        raw.Name or str(monitor_id),
        captures,
        captures and status in _THERE,
        docs.whole(raw.Sequence) or 0,
        width,
        height,
        _address(raw),
        Credentials(raw.User, raw.Pass or "") if raw.User else None,
        control_id if docs.flag(raw.Controllable) and control_id else None,
        docs.whole(raw.ServerId) or None,
        longitude,
        latitude,
        (raw.RTSPStreamName or "") if docs.flag(raw.RTSPServer) else "",
    )


def _address(raw: docs.MonitorDocument) -> str:
    path = raw.Path or ""
    if raw.Type == "Remote" and raw.Protocol == "rtsp" and raw.Host:  # ZoneMinder's own RTSP client has it in parts
        return f"rtsp://{raw.Host}:{docs.whole(raw.Port) or 554}{path if path.startswith('/') else '/' + path}"
    return path


def _side(value: docs.Scalar) -> int | None:
    px = docs.whole(value)
    return px if px is not None and 0 < px <= LARGEST_SIDE_PX else None


def _position(raw: docs.MonitorDocument) -> tuple[float | None, float | None]:
    longitude, latitude = docs.number(raw.Longitude), docs.number(raw.Latitude)
    if longitude is None or latitude is None or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return None, None
    return (longitude, latitude) if longitude or latitude else (None, None)
