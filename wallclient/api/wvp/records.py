"""What was recorded: on the devices, asked one query at a time and a day a piece, and by the server itself.

A device may take half a minute for an answer, and many say nothing at all about a day without recordings. So days are
kept for a while, and silence counts as "nothing" only from a device that is there.
"""

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.line import MOST_PAGES, PAGE, WvpLine, readable
from wallclient.api.wvp.tree import GB28181, WvpTree
from wallclient.api.wvp.ways import Way, Ways
from wallclient.domain.errors import CameraOffline, CenterError, SignInNeeded
from wallclient.domain.recording import RecordingKind

CHINA = timezone(timedelta(hours=8))  # in which WVP reads and writes all local times, wherever it runs
QUERY_S = 40.0
DAY_KEPT_S, TODAY_KEPT_S = 600.0, 20.0
DAYS_KEPT = 4000
_DAY_MS = 86_400_000
_DAY = timedelta(days=1)
_AHEAD_MS = 3_600_000
_STEP_MS = 1000  # of the times WVP tells
_KINDS = {"alarm": RecordingKind.ALARM, "manual": RecordingKind.MANUAL}


class Stretch(NamedTuple):
    """One stretch of recording, [start, end) in milliseconds since 1970 UTC; `file_id` is that of a server's file."""

    start_ms: int
    end_ms: int
    kind: RecordingKind
    file_id: int | None = None


class _Day(NamedTuple):
    found: tuple[Stretch, ...]
    good_until: float  # monotonic


class WvpRecords:
    """Knows what was recorded. Thread safe; its methods block."""

    def __init__(self, line: WvpLine, ways: Ways, tree: WvpTree, now_s: Callable[[], float] = time.time) -> None:
        self._line, self._ways, self._tree, self._now_s = line, ways, tree, now_s
        self._lock = threading.Lock()
        self._days: OrderedDict[tuple[str, date], _Day] = OrderedDict()
        self._devices: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)  # one query at a time
        self._silent: set[str] = set()  # devices that say nothing about days without recordings

    def between(self, channel_id: str, start_ms: int, end_ms: int) -> tuple[Stretch, ...]:
        """Return what was recorded in a range, in order of time, whole at its ends; what the server has comes first.

        Of what a device has, only the parts the server does not have are told. Raises CameraOffline.
        """
        way = self._ways.to(channel_id)
        if way.data_type != GB28181:
            return ()
        own = self.files(way, start_ms, end_ms)
        found = {one for day in self._past(start_ms, end_ms) for one in self._day(channel_id, way, day)}
        rest = [part for one in joined(found) if _meet(one, start_ms, end_ms) for part in without(one, own)]
        return tuple(sorted((*own, *rest), key=_when))

    def days(self, channel_id: str, start_ms: int, end_ms: int) -> tuple[Stretch, ...]:
        """Return what was recorded in many days: asked for in one query where the device bears it."""
        way = self._ways.to(channel_id)
        if way.data_type == GB28181:
            missing = [day for day in self._past(start_ms, end_ms) if self._kept(channel_id, day) is None]
            if len(missing) > 1:
                self._ask_at_once(channel_id, way, missing)
        return self.between(channel_id, start_ms, end_ms)

    def files(self, way: Way, start_ms: int, end_ms: int) -> list[Stretch]:
        """Return the files of the server in a range; none where it tells of none."""
        query: dict[str, str | int | None] = {
            "app": "rtp",
            "stream": f"{way.device}_{way.channel}",
            "startTime": local_text(start_ms),
            "endTime": local_text(end_ms),
            "count": PAGE,
        }
        found: list[Stretch] = []
        try:
            for page in range(1, MOST_PAGES):
                rows, total = self._line.rows("/api/cloud/record/list", docs.CloudRecord, {**query, "page": page})
                found += [Stretch(round(r.startTime), round(r.endTime), RecordingKind.TIME, r.id) for r in rows]
                if page * PAGE >= total:
                    break
        except SignInNeeded:
            raise
        except CenterError:
            return []  # the devices' own recordings are told all the same
        return sorted((s for s in found if s.end_ms > s.start_ms and _meet(s, start_ms, end_ms)), key=_when)

    # --- devices ---

    def _day(self, channel_id: str, way: Way, day: date) -> tuple[Stretch, ...]:
        kept = self._kept(channel_id, day)
        if kept is not None:
            return kept
        with self._of(way.device):
            kept = self._kept(channel_id, day)  # another thread may have asked meanwhile
            if kept is None:
                kept = self._patiently(channel_id, way, day)
                self._keep(channel_id, day, kept)
        return kept

    def _patiently(self, channel_id: str, way: Way, day: date) -> tuple[Stretch, ...]:
        """Ask for a day, and again where nothing comes. Raises CameraOffline where the device is not there."""
        for is_last in (way.device in self._silent, True):
            try:
                return tuple(self._query(way, day, day)[0])
            except CameraOffline:
                if not is_last:
                    continue
                if self._tree.document(channel_id).gbStatus != "ON":
                    raise
                self._silent.add(way.device)
                break
        return ()

    def _ask_at_once(self, channel_id: str, way: Way, days: list[date]) -> None:
        """Ask for many days; where that does not work out, nothing is kept, and each is asked for by itself."""
        with self._of(way.device):
            try:
                found, is_whole = self._query(way, days[0], days[-1])
            except CameraOffline:
                return
            if is_whole:
                for day in days:
                    start_ms = _begins_ms(day)
                    self._keep(channel_id, day, tuple(s for s in found if _meet(s, start_ms, start_ms + _DAY_MS)))

    def _query(self, way: Way, first: date, last: date) -> tuple[list[Stretch], bool]:
        """Return what a device has of some days, and whether it told of all there is."""
        after = last + _DAY  # a device that cuts at the end of what was asked for leaves no second out at midnight
        query = {"startTime": f"{first:%Y-%m-%d} 00:00:00", "endTime": f"{after:%Y-%m-%d} 00:00:00"}
        path = f"/api/gb_record/query/{way.path}"
        told = self._line.get(path, docs.RecordInfo | None, query, limit_s=QUERY_S)  # type: ignore[arg-type]
        info = told or docs.RecordInfo()
        rows = readable(info.recordList or [], docs.RecordItem)
        found = {stretch for row in rows if (stretch := _read(row)) is not None}
        return sorted(found, key=_when), len(rows) >= (info.sumNum or 0)

    def _of(self, device: str) -> threading.Lock:
        with self._lock:
            return self._devices[device]

    def _kept(self, channel_id: str, day: date) -> tuple[Stretch, ...] | None:
        with self._lock:
            kept = self._days.get((channel_id, day))
            return kept.found if kept is not None and time.monotonic() < kept.good_until else None

    def _keep(self, channel_id: str, day: date, found: tuple[Stretch, ...]) -> None:
        is_over = _begins_ms(day) + _DAY_MS < self._now_ms()
        good_until = time.monotonic() + (DAY_KEPT_S if is_over else TODAY_KEPT_S)
        with self._lock:
            self._days[channel_id, day] = _Day(found, good_until)
            self._days.move_to_end((channel_id, day))
            while len(self._days) > DAYS_KEPT:
                self._days.popitem(last=False)

    def _past(self, start_ms: int, end_ms: int) -> Iterator[date]:
        """Yield the days of a range that may have recordings; the center's clock may be ahead of ours."""
        return _days(start_ms, min(end_ms, self._now_ms() + _AHEAD_MS))

    def _now_ms(self) -> int:
        return round(self._now_s() * 1000)


def joined(found: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order; where one begins a second after the last ended, nothing is missing in between."""
    result: list[Stretch] = []
    for one in sorted(found, key=_when):
        if result and 0 < one.start_ms - result[-1].end_ms <= _STEP_MS:
            result[-1] = result[-1]._replace(end_ms=one.start_ms)
        result.append(one)
    return result


def without(one: Stretch, others: list[Stretch]) -> Iterator[Stretch]:
    """Yield the parts of a stretch that none of `others` (in order) covers."""
    at = one.start_ms
    for other in others:
        if other.end_ms <= at or other.start_ms >= one.end_ms:
            continue
        if other.start_ms > at:
            yield one._replace(start_ms=at, end_ms=other.start_ms)
        at = max(at, other.end_ms)
    if at < one.end_ms:
        yield one._replace(start_ms=at)


def local_text(moment_ms: int) -> str:
    """Return a moment as WVP reads it, in whole seconds."""
    return f"{datetime.fromtimestamp(moment_ms // 1000, CHINA):%Y-%m-%d %H:%M:%S}"


def local_ms(text: str) -> int:
    """Read a local time of WVP's. Raises ValueError."""
    return round(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).timestamp()) * 1000


def _read(row: docs.RecordItem) -> Stretch | None:
    try:
        start_ms, end_ms = local_ms(row.startTime), local_ms(row.endTime)
    except (ValueError, OverflowError):
        return None
    return Stretch(start_ms, end_ms, _KINDS.get(row.type or "", RecordingKind.TIME)) if end_ms > start_ms else None


def _meet(one: Stretch, start_ms: int, end_ms: int) -> bool:
    return one.start_ms < end_ms and one.end_ms > start_ms


def _days(start_ms: int, end_ms: int) -> Iterator[date]:
    """Yield the days, of UTC+8, that a range touches."""
    if end_ms <= start_ms:
        return
    day = datetime.fromtimestamp(start_ms / 1000, CHINA).date()
    last = datetime.fromtimestamp((end_ms - 1) / 1000, CHINA).date()
    while day <= last:
        yield day
        day += _DAY


def _begins_ms(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC).timestamp() * 1000)


def _when(one: Stretch) -> tuple[int, int]:
    return one.start_ms, one.end_ms
