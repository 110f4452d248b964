"""One session of footage for as long as something is read from it: opened, renewed, given back. Loop's thread."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Self

from wallclient.domain.errors import CenterError, NotFound, ReasonNeeded, WallError
from wallclient.domain.recording import FootageProtocol, Playback
from wallclient.player.review_messages import File
from wallclient.services.playback_leases import AskReason, Footages
from wallclient.services.review_pane import files_of

_log = logging.getLogger(__name__)
_RENEW_AT = 0.5  # of its life
_RETRY_S = 3.0
_READABLE = (FootageProtocol.MP4, FootageProtocol.TS)


class FootageSession:
    """`async with` opens it. Raises CenterError; ReasonNeeded where the operator gave none."""

    def __init__(self, footages: Footages, ask_reason: AskReason, channel_id: str, start_us: int, end_us: int) -> None:
        self._footages, self._ask_reason, self._channel_id = footages, ask_reason, channel_id
        self._start_ms, self._end_ms = start_us // 1000, -(-end_us // 1000)
        self._playback: Playback | None = None
        self._keeping: asyncio.Task[None] | None = None
        self.reason = ""  # given by the operator
        self.on_moved: Callable[[tuple[File, ...]], None] | None = None  # the files have other addresses now

    async def __aenter__(self) -> Self:
        """Open the session."""
        await self._open()
        self._keeping = asyncio.get_running_loop().create_task(self._keep())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Give it back, in the background: whoever cancelled does not wait for the center."""
        if self._keeping is not None:
            self._keeping.cancel()
        if self._playback is not None:
            in_background(self._give_back(self._playback))
            self._playback = None

    @property
    def files(self) -> tuple[File, ...]:
        """What can be read, in no order."""
        if self._playback is None:
            return ()
        readable = [source for source in self._playback.sources if source.protocol in _READABLE]
        return files_of(self._channel_id, readable, self._playback.ca_file)

    @property
    def unreadable(self) -> bool:
        """Whether there is footage, and nothing of it is a file this program reads."""
        return self._playback is not None and bool(self._playback.sources) and not self.files

    def pending(self, moment_us: int) -> bool:
        """Tell whether the center is still having the footage of a moment fetched."""
        pending = self._playback.pending if self._playback is not None else ()
        return any(one.start_ms * 1000 <= moment_us < one.end_ms * 1000 for one in pending)

    async def _open(self) -> None:
        ask = self._footages.open_playback
        try:
            self._playback = await ask(self._channel_id, self._start_ms, self._end_ms, self.reason)
        except ReasonNeeded:
            self.reason = await self._ask_reason(self._channel_id) or ""
            if not self.reason:
                raise
            self._playback = await ask(self._channel_id, self._start_ms, self._end_ms, self.reason)

    async def _keep(self) -> None:
        while self._playback is not None:
            await asyncio.sleep(self._playback.expires_in_s * _RENEW_AT)
            while not await self._renewed():
                await asyncio.sleep(_RETRY_S)  # the center is away: the files may well be there without it
            if self.on_moved is not None:
                self.on_moved(self.files)

    async def _renewed(self) -> bool:
        assert self._playback is not None
        try:
            try:
                self._playback = await self._footages.renew_playback(self._playback.id)
            except NotFound:
                await self._open()  # it lapsed meanwhile
        except WallError as err:
            _log.info("footage was not renewed: %s", type(err).__name__)
            return False
        return True

    async def _give_back(self, playback: Playback) -> None:
        with contextlib.suppress(CenterError):  # it lapses by itself
            await self._footages.close_playback(playback.id)


_background: set[asyncio.Task[None]] = set()  # asyncio itself keeps only weak references to tasks


def in_background(work: Coroutine[Any, Any, None]) -> None:
    """Run what nobody waits for; where the loop has ended, not at all."""
    try:
        task = asyncio.get_running_loop().create_task(work)
    except RuntimeError:
        work.close()
        return
    _background.add(task)
    task.add_done_callback(_background.discard)
