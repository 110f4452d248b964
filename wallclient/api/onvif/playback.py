"""Recordings of a site's cameras: `wallclient.api.recordings.RecordingCenter` over what cameras keep themselves."""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from wallclient.api.onvif import records
from wallclient.api.onvif.device import CALL_S, Device
from wallclient.api.onvif.records import Span
from wallclient.api.onvif.replay import Replay, ReplayDoor
from wallclient.api.onvif.site import Site
from wallclient.domain.address import checked_address
from wallclient.domain.errors import CameraOffline, NotAble, NotFound, Refused, WallError
from wallclient.domain.onvif import OnvifCamera
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback, RecordingKind, Segment

SESSION_S = 120.0
SEARCH_S = 4 * CALL_S  # cameras look for recordings on a slow card
_LONGEST_MS = 24 * 3_600_000
_Result = TypeVar("_Result")
_Search = Callable[[Device, OnvifCamera], Coroutine[Any, Any, _Result]]


@dataclass(frozen=True, slots=True)
class _Session:
    playback: Playback
    until_s: float


class OnvifRecords:
    """Implements `wallclient.api.recordings.RecordingCenter`; see there. Nothing is exported: cameras keep no files."""

    def __init__(self, site: Site) -> None:
        self._recorded_site = site
        self._door = ReplayDoor()
        self._sessions: dict[str, _Session] = {}
        self._sessions_lock = threading.Lock()
        self._session_numbers = itertools.count(1)
        site.errands.at_end(self._door.close)

    def recorded_days(self, channel_ids: Sequence[str], year: int, month: int, zone: str) -> Mapping[str, set[date]]:
        """Return by channel the days of a month of which there is footage."""
        where = ZoneInfo(zone)
        first = datetime(year, month, 1, tzinfo=where)
        behind = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=where)
        start_ms, end_ms = (round(day.timestamp() * 1000) for day in (first, behind))
        told = self._search(channel_ids, lambda device, camera: _spans(device, camera, start_ms, end_ms))
        return {
            channel_id: {day for span in found for day in _days(span, where) if (day.year, day.month) == (year, month)}
            for channel_id, found in told.items()
        }

    def segments(self, channel_ids: Sequence[str], start_ms: int, end_ms: int) -> Mapping[str, tuple[Segment, ...]]:
        """Return by channel what was recorded in a range. A camera that does not answer is missing beside others."""
        told = self._search(channel_ids, lambda device, camera: _spans(device, camera, start_ms, end_ms))
        return {
            channel_id: tuple(Segment(f"{channel_id}:{a}", channel_id, RecordingKind.TIME, a, b) for a, b in found)
            for channel_id, found in told.items()
        }

    def open_playback(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for looking at. Raises NotFound where there is none, NotAble where it can't be played."""
        if end_ms - start_ms > _LONGEST_MS:
            raise Refused("more than a day", 400, "range-too-long")
        camera = self._recorded_site.camera(channel_id)
        device = self._recorded_site.device(camera)
        work = self._sources(device, camera, start_ms, end_ms)
        sources, ahead_ms = self._recorded_site.errands.run(work, SEARCH_S)
        if not sources:
            raise NotFound("nothing was recorded there")
        session_id = f"{channel_id}:{next(self._session_numbers)}"
        playback = Playback(session_id, channel_id, sources, ahead_ms, SESSION_S)
        self._hold(playback)
        return playback

    def open_export(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Raise NotAble: a camera streams its recordings, and hands out no files."""
        raise NotAble("export")

    def renew_playback(self, playback_id: str) -> Playback:
        """Keep footage open. Raises NotFound once it has lapsed."""
        with self._sessions_lock:
            held = self._sessions.get(playback_id)
        if held is None or held.until_s <= time.monotonic():
            raise NotFound("the session has lapsed")
        self._hold(held.playback)
        return held.playback

    def close_playback(self, playback_id: str) -> None:
        """Give footage back."""
        with self._sessions_lock:
            held = self._sessions.pop(playback_id, None)
        if held is not None:
            self._forget(held)

    def forget_footage(self) -> None:
        """Give all footage back."""
        for playback_id in list(self._sessions):
            self.close_playback(playback_id)

    # --- inside ---

    def _hold(self, playback: Playback) -> None:
        now_s = time.monotonic()
        with self._sessions_lock:
            lapsed = [held for held in self._sessions.values() if held.until_s <= now_s]
            self._sessions = {id_: held for id_, held in self._sessions.items() if held.until_s > now_s}
            self._sessions[playback.id] = _Session(playback, now_s + SESSION_S)
        for held in lapsed:
            self._forget(held)

    def _forget(self, held: _Session) -> None:
        for source in held.playback.sources:
            self._door.forget(source.url)

    async def _sources(
        self, device: Device, camera: OnvifCamera, start_ms: int, end_ms: int
    ) -> tuple[tuple[FootageSource, ...], int]:
        """Return an address for each stretch in the range, each from its own beginning."""
        found: list[FootageSource] = []
        ahead_ms = 0
        for recorded in await records.recordings(device, camera):
            spans = await records.spans(device, recorded, start_ms, end_ms)
            if not spans:
                continue
            uri = await device.ask(lambda one, token=recorded.token: one.get_replay_uri(recording_token=token))  # type: ignore[misc]
            address = checked_address(uri.strip())
            credentials = address.credentials or device.credentials
            ahead_ms = recorded.ahead_ms
            for begin, end in spans:
                url = await self._door.address(Replay(address.url, credentials, begin + ahead_ms))
                found.append(FootageSource(url, FootageProtocol.RTSP, begin, end))
        return tuple(sorted(found, key=lambda source: source.start_ms)), ahead_ms

    def _search(self, channel_ids: Sequence[str], ask: _Search[_Result]) -> dict[str, _Result]:
        """Ask all cameras at once. Raises what the first says where none has an answer."""
        asked = []
        failed: list[WallError] = []
        for channel_id in channel_ids:
            try:
                camera = self._recorded_site.camera(channel_id)
                asked.append((channel_id, self._recorded_site.device(camera), camera))
            except WallError as err:
                failed.append(err)
        told = self._recorded_site.errands.run(_all(asked, ask), SEARCH_S + 1.0)
        failed += [one for _, one in told if isinstance(one, WallError)]
        found = {channel_id: one for channel_id, one in told if not isinstance(one, WallError)}
        if failed and not found:
            raise failed[0]
        return found


async def _all(
    asked: Sequence[tuple[str, Device, OnvifCamera]], ask: _Search[_Result]
) -> list[tuple[str, _Result | WallError]]:
    async def one(device: Device, camera: OnvifCamera) -> _Result | WallError:
        try:
            async with asyncio.timeout(SEARCH_S):
                return await ask(device, camera)
        except TimeoutError:
            return CameraOffline("the camera is still looking")
        except WallError as err:
            return err

    found = await asyncio.gather(*(one(device, camera) for _, device, camera in asked))
    return [(channel_id, answer) for (channel_id, *_), answer in zip(asked, found, strict=True)]


async def _spans(device: Device, camera: OnvifCamera, start_ms: int, end_ms: int) -> tuple[Span, ...]:
    """Return what was recorded in a range, of several recordings what one has beyond the others."""
    found: list[Span] = []
    for recorded in await records.recordings(device, camera):
        found += await records.spans(device, recorded, start_ms, end_ms)
    merged: list[Span] = []
    for begin, end in sorted(found):
        begin = max(begin, merged[-1][1]) if merged else begin
        if end > begin:
            merged.append((begin, end))
    return tuple(merged)


def _days(span: Span, zone: ZoneInfo) -> list[date]:
    first, last = (datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date() for at in (span[0], span[1] - 1))
    return [first + timedelta(days=number) for number in range(min((last - first).days, 400) + 1)]
