"""Everything an operator's program has to tell a center and must not lose: kept on disk, then delivered, for ever.

One outbox per center. Lives on the GUI thread; disk and network are used on worker threads.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import NotAble, StorageFailed, WallError
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.retry import retry_delay_s
from wallclient.services.postman import Postman, Route, Trip
from wallclient.storage.spool import Entry, Spool, SpoolState

_log = logging.getLogger(__name__)
PRUNE_EVERY_S = 3600.0
WRITE_AGAIN_S = 5.0
CLOSE_LIMIT_S = 2.0
_Result = TypeVar("_Result")
Ask = Callable[[Callable[[Route], Trip]], Awaitable[Trip]]


class Outbox(QObject):
    """Owns a spool and its deliveries.

    `ask` runs a blocking call with the route to the center on a worker thread; it raises CenterError where there is
    none now. What is put in is on disk a moment later, in order; `kept` tells.
    """

    changed = Signal()  # state or trouble
    kept = Signal(str)  # key of an entry that is on disk now
    delivered = Signal(str)  # key of an entry the center has now
    refused = Signal(str, str)  # key and reason of an entry the center will never take; it is kept aside
    noticed = Signal(object)  # Notice

    def __init__(self, spool: Spool, ask: Ask, subject: Callable[[], str], parent: QObject | None = None) -> None:
        """`subject` names the center in notices."""
        super().__init__(parent)
        self.spool = spool
        self._ask = ask
        self._subject = subject
        self._postman = Postman(spool)
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")  # one: what is put in first is written first
        self._writing: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.state = SpoolState()
        self.trouble: WallError | None = None  # why nothing is delivered at the moment
        self._told_full = False
        self._told_aside: Path | None = None
        self._is_closing = False

    def start(self) -> None:
        """Begin to deliver, also what an earlier run left."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """Try again now rather than when the wait is over, as when the center is back."""
        self._wake.set()

    def put(self, key: str, kind: str, topic: str, body: bytes, pictures: Sequence[bytes] = ()) -> None:
        """Keep an entry and deliver it. Returns at once."""
        task = asyncio.get_running_loop().create_task(self._put(key, kind, topic, body, pictures))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def on_disk(self, work: Callable[[Spool], _Result]) -> _Result:
        """Run `work` behind all that was put in so far. Raises what it raises, StorageFailed among others."""
        return await asyncio.get_running_loop().run_in_executor(self._disk, work, self.spool)

    async def retry(self, key: str) -> None:
        """Try an entry that was set aside once more. Raises StorageFailed."""
        await self.on_disk(lambda spool: spool.retry(key))
        await self._look()
        self._wake.set()

    async def aside(self) -> list[Entry]:
        """Return what the center refused, with the reasons. Raises StorageFailed."""
        return await self.on_disk(lambda spool: spool.aside())

    async def close(self) -> None:
        """Write what was put in, and end; what is not delivered goes on at the next start."""
        if self._writing:
            await asyncio.wait(set(self._writing))
        self._is_closing = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.on_disk(lambda spool: spool.close()), CLOSE_LIMIT_S)
        self._disk.shutdown(wait=False)

    # --- in ---

    async def _put(self, key: str, kind: str, topic: str, body: bytes, pictures: Sequence[bytes]) -> None:
        try:
            await self.on_disk(lambda spool: spool.append(key, kind, topic, body, pictures))
        except StorageFailed as err:
            self._tell(NoticeKind.RECORDS_NOT_WRITTEN, NoticeLevel.ERROR, error=err)
        else:
            self.kept.emit(key)
        await self._look()
        self._wake.set()

    async def _look(self) -> None:
        """Read how full the spool is, and say so where it matters."""
        state = await self.on_disk(lambda spool: spool.state)
        if self.spool.set_aside != self._told_aside:
            self._told_aside = self.spool.set_aside
            path = str(self._told_aside)
            self.noticed.emit(Notice(path, NoticeKind.FILE_SET_ASIDE, NoticeLevel.ERROR, path))
        if state.is_nearly_full and not state.unwritten and not self._told_full:
            self._tell(NoticeKind.SPOOL_NEARLY_FULL, NoticeLevel.WARNING)
        self._told_full = state.is_nearly_full
        if state != self.state:
            self.state = state
            self.changed.emit()

    # --- out ---

    async def _run(self) -> None:
        attempt, pruned_at = 0, -PRUNE_EVERY_S
        await self._look()
        while not self._is_closing:
            self._wake.clear()
            more = await self._deliver()
            attempt = attempt + 1 if self.trouble else 0
            now = asyncio.get_running_loop().time()
            if not more and now - pruned_at >= PRUNE_EVERY_S:
                pruned_at = now
                with contextlib.suppress(StorageFailed):
                    await self.on_disk(lambda spool: spool.prune())
            if not more:
                await self._pause(retry_delay_s(attempt) if attempt else PRUNE_EVERY_S)

    async def _pause(self, delay_s: float) -> None:
        if self.state.unwritten:
            delay_s = min(delay_s, WRITE_AGAIN_S)
        # Not wait_for(): where the event comes together with a cancellation, it loses the latter on Python 3.11.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._wake.wait()

    async def _deliver(self) -> bool:
        """Deliver what is next; tell whether there is more that can go at once."""
        trip: Trip | None = None
        trouble: WallError | None = None
        with contextlib.suppress(StorageFailed):
            if self.state.unwritten:
                await self.on_disk(lambda spool: spool.flush())
        try:
            if await self.on_disk(lambda spool: spool.pending(1)):  # a walk with nothing to bring passes for an answer
                trip = await self._ask(self._postman.go)
        except NotAble:
            trouble = None if self.state.pending == 0 else NotAble("the center has no patrols")
        except WallError as err:
            trouble = err
        except Exception:  # the edge of this loop: it must not end while there is anything to deliver
            _log.exception("delivery failed")
            trouble = WallError("delivery failed")
        for key in trip.taken if trip else ():
            self.delivered.emit(key)
        for key, reason in trip.refused if trip else ():
            self.refused.emit(key, reason)
            self._tell(NoticeKind.RECORD_REFUSED, NoticeLevel.ERROR)
        if type(trouble) is not type(self.trouble):
            if trouble is not None:
                _log.info("nothing is delivered to %s: %s", self._subject(), type(trouble).__name__)
            self.trouble = trouble
            self.changed.emit()
        await self._look()
        return trip is not None and trip.more

    def _tell(self, kind: NoticeKind, level: NoticeLevel, **fields: Any) -> None:
        self.noticed.emit(Notice(f"outbox {self._subject()}", kind, level, self._subject(), **fields))
