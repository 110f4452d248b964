"""What is known of the recordings of some cameras: loaded by range in the background, merged, kept. UI thread.

Each center is asked on its own, so that one that is slow or away holds up no other. What was not asked for yet, or
could not be told, is *unknown* and is never taken for a gap.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import CenterError, NotPermitted, WallError
from wallclient.domain.global_id import key_of
from wallclient.domain.recording import Segment

Range = tuple[int, int]  # [start, end) in ms
_DAY_MS = 86_400_000
_CHUNK_MS = 8 * _DAY_MS  # of one call: the days in sight come first, a year fills in from there
_FRESH_MS = 120_000  # footage so young may still grow, or come later than younger footage
_AGAIN_S = 10.0  # between two looks at young footage, or after an error
_MOST_CAMERAS = 64  # remembered besides those in use


class FootageCenter(Protocol):
    """What the index needs of the centers; `services.centers.Centers` is one."""

    async def segments(
        self, channel_ids: Sequence[str], start_ms: int, end_ms: int
    ) -> dict[str, tuple[Segment, ...] | CenterError]:
        """Return by channel what was recorded in a range, or why that can't be told."""

    async def recorded_days(
        self, channel_ids: Sequence[str], year: int, month: int, zone: str
    ) -> dict[str, set[date] | CenterError]:
        """Return by channel the days of a month with footage, or why that can't be told."""


class _Camera:
    """What is known of one camera."""

    def __init__(self) -> None:
        self.segments: dict[str, Segment] = {}
        self.known: list[Range] = []  # disjoint, in order
        self.error: CenterError | None = None
        self.not_before = 0.0  # monotonic: when to ask again after an error
        self.young: tuple[int, float] = (0, 0.0)  # from which moment it may still grow, and when to ask for that again
        self.version = 0


class FootageIndex(QObject):
    """Segments of cameras by global id. `want` says what is in sight; `changed` tells of each camera that grew."""

    changed = Signal(str)
    days_changed = Signal()
    busy_changed = Signal()

    def __init__(
        self,
        centers: FootageCenter,
        start: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
        now_ms: Callable[[], int] = lambda: round(time.time() * 1000),
    ) -> None:
        """`start` runs a coroutine in the background and keeps it; `now_ms` is the center's clock."""
        super().__init__()
        self._centers, self._start, self.now_ms = centers, start, now_ms
        self._cameras: dict[str, _Camera] = {}
        self._wanted: tuple[tuple[str, ...], int, int, int] = ((), 0, 0, 0)
        self._under_way: dict[str, asyncio.Task[None]] = {}  # by center
        self._days: dict[tuple[tuple[str, ...], int, int, str], set[date]] = {}

    # -- what is known -----------------------------------------------------------------------------

    def segments(self, channel_id: str) -> tuple[Segment, ...]:
        """Return what is known of a camera, in order of time."""
        return tuple(sorted(self._camera(channel_id).segments.values(), key=lambda one: one.start_ms))

    def version(self, channel_id: str) -> int:
        """Return a number that rises whenever more or something else is known of a camera."""
        return self._camera(channel_id).version

    def error(self, channel_id: str) -> CenterError | None:
        """Return why the last question about a camera was not answered."""
        return self._camera(channel_id).error

    def unknown(self, channel_id: str, start_ms: int, end_ms: int) -> list[Range]:
        """Return the parts of a range of which nothing is known. The future is none: nothing is recorded there."""
        end_ms = min(end_ms, self.now_ms() - 2 * _FRESH_MS)  # what is younger is asked for again and again
        return missing(self._camera(channel_id).known, start_ms, end_ms)

    @property
    def busy(self) -> bool:
        """Tell whether anything is being asked."""
        return bool(self._under_way)

    # -- what is wanted ----------------------------------------------------------------------------

    def want(self, channel_ids: Sequence[str], start_ms: int, end_ms: int, first_ms: int | None = None) -> None:
        """Load what is not known of a range, what is nearest to `first_ms` first; drops the range wanted before."""
        start_ms, end_ms = max(0, start_ms), min(end_ms, self.now_ms() + 60_000)
        middle = (start_ms + end_ms) // 2 if first_ms is None else min(max(first_ms, start_ms), end_ms)
        self._wanted = tuple(dict.fromkeys(channel_ids)), start_ms, end_ms, middle
        self._forget_old()
        for key in {key_of(gid) for gid in self._wanted[0]} - set(self._under_way):
            if self._next(key) is not None:
                self._under_way[key] = self._start(self._load(key))
                self.busy_changed.emit()

    def forget(self, channel_ids: Iterable[str]) -> None:
        """Ask anew, as after a log-in or when a center is back."""
        for gid in channel_ids:
            camera = self._camera(gid)
            camera.known, camera.not_before, camera.error, camera.young = [], 0.0, None, (0, 0.0)

    def _next(self, key: str) -> tuple[list[str], int, int] | None:
        """Return what to ask a center next: cameras that lack the same stretch, and the stretch."""
        ids, start_ms, end_ms, middle = self._wanted
        best: tuple[int, Range] | None = None
        lacking: dict[Range, list[str]] = {}
        now = time.monotonic()
        for gid in ids:
            camera = self._camera(gid)
            if key_of(gid) != key or now < camera.not_before:
                continue
            young_ms, young_again = camera.young
            until_ms = min(end_ms, young_ms) if now < young_again else end_ms
            for gap in missing(camera.known, start_ms, until_ms):
                part = _part_near(gap, middle)
                lacking.setdefault(part, []).append(gid)
                distance = max(part[0] - middle, middle - part[1], 0)
                if best is None or distance < best[0]:
                    best = distance, part
        return None if best is None else (lacking[best[1]], *best[1])

    async def _load(self, key: str) -> None:
        try:
            while (ask := self._next(key)) is not None:
                ids, start_ms, end_ms = ask
                try:
                    found = await self._centers.segments(ids, start_ms, end_ms)
                except WallError as err:
                    failed = err if isinstance(err, CenterError) else CenterError(str(err))
                    found = dict.fromkeys(ids, failed)
                for gid in ids:
                    self._take(gid, found.get(gid, NotPermitted(gid)), start_ms, end_ms)
        finally:
            del self._under_way[key]
            self.busy_changed.emit()

    def _take(self, gid: str, found: tuple[Segment, ...] | CenterError, start_ms: int, end_ms: int) -> None:
        camera = self._camera(gid)
        camera.version += 1
        if isinstance(found, CenterError):
            camera.error, camera.not_before = found, time.monotonic() + _AGAIN_S
        else:
            camera.error = None
            for one in [s.id for s in camera.segments.values() if s.start_ms < end_ms and s.end_ms > start_ms]:
                del camera.segments[one]  # what is no longer there was deleted meanwhile
            camera.segments |= {one.id: one for one in found}
            settled_ms = min(end_ms, self.now_ms() - _FRESH_MS)
            camera.known = merged([*camera.known, (start_ms, settled_ms)])
            if settled_ms < end_ms:
                camera.young = settled_ms, time.monotonic() + _AGAIN_S
        self.changed.emit(gid)

    def _camera(self, gid: str) -> _Camera:
        camera = self._cameras.get(gid)
        if camera is None:
            camera = self._cameras[gid] = _Camera()
        return camera

    def _forget_old(self) -> None:
        for gid in self._wanted[0]:
            self._cameras[gid] = self._cameras.pop(gid, _Camera())  # newest last
        for gid in list(self._cameras)[: max(0, len(self._cameras) - _MOST_CAMERAS - len(self._wanted[0]))]:
            del self._cameras[gid]

    # -- calendar ----------------------------------------------------------------------------------

    def days(self, channel_ids: Sequence[str], year: int, month: int, zone: str) -> set[date] | None:
        """Return the days of a month on which any of the cameras recorded; None: it is asked, `days_changed` tells."""
        asked = tuple(sorted(channel_ids)), year, month, zone
        known = self._days.get(asked)
        today = time.gmtime(self.now_ms() / 1000)
        if known is None or (year, month) >= (today.tm_year, today.tm_mon):
            self._start(self._load_days(*asked))
        return known

    async def _load_days(self, ids: tuple[str, ...], year: int, month: int, zone: str) -> None:
        try:
            found = await self._centers.recorded_days(ids, year, month, zone)
        except WallError:
            return
        days = {day for some in found.values() if not isinstance(some, CenterError) for day in some}
        if self._days.get((ids, year, month, zone)) != days:
            self._days[ids, year, month, zone] = days
            self.days_changed.emit()


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return disjoint ranges in order that cover the same; empty ones are left out."""
    result: list[Range] = []
    for start, end in sorted(one for one in ranges if one[1] > one[0]):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def missing(known: Sequence[Range], start_ms: int, end_ms: int) -> list[Range]:
    """Return the parts of a range that none of `known` (disjoint, in order) covers."""
    result: list[Range] = []
    at = start_ms
    for begin, end in known[max(0, bisect_left(known, (start_ms, 0)) - 1) :]:
        if begin >= end_ms:
            break
        if begin > at:
            result.append((at, begin))
        at = max(at, end)
    if at < end_ms:
        result.append((at, end_ms))
    return result


def _part_near(gap: Range, middle: int) -> Range:
    """Return the part of a gap that is asked for in one call: the whole of a short one, else what is nearest."""
    first = gap[0] // _CHUNK_MS
    nearest = min(max(middle // _CHUNK_MS, first), (gap[1] - 1) // _CHUNK_MS)
    return max(gap[0], nearest * _CHUNK_MS), min(gap[1], (nearest + 1) * _CHUNK_MS)
