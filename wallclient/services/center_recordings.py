"""Recorded footage of any center by global ids: part of `services.centers.Centers`."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from wallclient.api.recordings import RecordingCenter
from wallclient.domain.errors import CenterError
from wallclient.domain.global_id import global_id, global_playback, global_segment, key_of
from wallclient.domain.recording import Playback, Segment
from wallclient.services.center_access import CenterAccess

_Found = TypeVar("_Found")
_Result = TypeVar("_Result")
_Ask = Callable[[RecordingCenter, list[str]], Mapping[str, _Found | CenterError]]


class CenterRecordings:
    """Coroutines that raise the errors of `wallclient.domain.errors`; NotAble for centers without recordings."""

    @abstractmethod
    def _route(self, gid: str) -> tuple[CenterAccess, str]:
        """Return the access an id leads to, and the id there. Raises NotFound."""

    async def recorded_days(
        self, channel_ids: Sequence[str], year: int, month: int, zone: str
    ) -> dict[str, set[date] | CenterError]:
        """Return by channel the days of a month of which there is footage, or why that can't be told.

        A channel that is in neither may not be played back.
        """
        return await self._ask_each(channel_ids, lambda center, ids: center.recorded_days(ids, year, month, zone))

    async def segments(
        self, channel_ids: Sequence[str], start_ms: int, end_ms: int
    ) -> dict[str, tuple[Segment, ...] | CenterError]:
        """Return by channel what was recorded in a range, in order of time, or why that can't be told.

        A channel that is in neither may not be played back. One center that is away does not hold up the others.
        """
        found = await self._ask_each(channel_ids, lambda center, ids: center.segments(ids, start_ms, end_ms))
        return {gid: some if isinstance(some, CenterError) else _global(gid, some) for gid, some in found.items()}

    async def open_playback(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for looking at. Raises ReasonNeeded where the center demands a reason and none is given."""
        return await self._ask_one(
            channel_id, lambda center, local: center.open_playback(local, start_ms, end_ms, reason)
        )

    async def open_export(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for taking it along. Raises ReasonNeeded as `open_playback` does."""
        return await self._ask_one(
            channel_id, lambda center, local: center.open_export(local, start_ms, end_ms, reason)
        )

    def ca_file(self, channel_id: str) -> str:
        """Return the private authority of a channel's center; empty: those of the system. Raises NotFound."""
        return self._route(channel_id)[0].config.ca_file

    async def renew_playback(self, playback_id: str) -> Playback:
        """Keep footage open; its addresses may have changed. Raises NotFound once it has lapsed."""
        return await self._ask_one(playback_id, lambda center, local: center.renew_playback(local))

    async def close_playback(self, playback_id: str) -> None:
        """Give footage back."""
        access, local_id = self._route(playback_id)
        await access.ask_recordings(lambda center: center.close_playback(local_id))

    async def _ask_one(self, gid: str, work: Callable[[RecordingCenter, str], Playback]) -> Playback:
        access, local_id = self._route(gid)
        playback = await access.ask_recordings(lambda center: work(center, local_id))
        return replace(global_playback(access.key, playback), ca_file=access.config.ca_file)

    async def _ask_each(self, channel_ids: Sequence[str], ask: _Ask[_Found]) -> dict[str, _Found | CenterError]:
        """Ask each center for its channels, all at once; return the answers by global id."""
        by_access: dict[CenterAccess, list[str]] = {}
        found: dict[str, _Found | CenterError] = {}
        for gid in channel_ids:
            try:
                access, local_id = self._route(gid)
            except CenterError as err:
                found[gid] = err
            else:
                by_access.setdefault(access, []).append(local_id)
        answers = [_answer(access, ids, ask) for access, ids in by_access.items()]
        for part in await asyncio.gather(*answers):
            found |= part
        return found


def _global(gid: str, segments: Sequence[Segment]) -> tuple[Segment, ...]:
    return tuple(global_segment(key_of(gid), segment) for segment in segments)


async def _answer(access: CenterAccess, ids: list[str], ask: _Ask[_Found]) -> dict[str, _Found | CenterError]:
    try:
        told = await access.ask_recordings(lambda center: ask(center, ids))
    except CenterError as err:
        return {global_id(access.key, local_id): err for local_id in ids}
    return {global_id(access.key, local_id): one for local_id, one in told.items()}
