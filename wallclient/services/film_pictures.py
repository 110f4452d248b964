"""Small pictures of one camera across a stretch of time: found in idle moments, kept within a budget. Loop's thread.

One worker and one session at a time, of the stretch in sight; both are given back a while after the last wish.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from wallclient.domain.errors import WallError
from wallclient.domain.footage_search import LackReason
from wallclient.player.search_messages import Addresses, Picture, PicturesOrder
from wallclient.services.footage_search import LONGEST_SESSION_US, FootageSearches, FoundPicture, found_picture, lack_of
from wallclient.services.footage_session import FootageSession
from wallclient.services.search_line import SearchLine, WorkerGone, next_number

BUDGET_BYTES = 24 << 20
_PAUSE_MS = 350  # a wish stands so long before anything is fetched
_BUSY_MS = 250  # between two looks whether playback has what it asked for
_KEPT_S = 12.0  # after the last wish worker and session are given back
_AGAIN_S = 15.0  # what could not be had is asked for again
_EMPTY_BYTES = 200  # what an answer without a picture counts for

_Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class _Wish:
    channel_id: str
    moments_us: tuple[int, ...]
    box: tuple[int, int]
    slack_us: int

    def key(self, moment_us: int) -> _Key:
        return self.channel_id, moment_us, self.box[0]


class FilmPictures(QObject):
    """Finds pictures; the newest wish counts. Pictures that were found stay for other wishes."""

    arrived = Signal()

    def __init__(
        self, searches: FootageSearches, is_busy: Callable[[], bool], parent: QObject | None = None,
        *, budget_bytes: int = BUDGET_BYTES,
    ) -> None:  # fmt: skip
        """`is_busy`: playback waits for pictures; nothing is begun meanwhile."""
        super().__init__(parent)
        self._searches, self._is_busy, self._budget_bytes = searches, is_busy, budget_bytes
        self._kept: OrderedDict[_Key, tuple[FoundPicture, float]] = OrderedDict()
        self._bytes = 0
        self._wish: _Wish | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._begin)

    @property
    def kept_bytes(self) -> int:
        """What the pictures at hand take."""
        return self._bytes

    @property
    def busy(self) -> bool:
        """Whether a session is held."""
        return self._task is not None

    def get(self, channel_id: str, moment_us: int, width_px: int) -> FoundPicture | None:
        """Return what is known of a moment; None: nothing yet."""
        found = self._kept.get((channel_id, moment_us, width_px))
        if found is None:
            return None
        self._kept.move_to_end((channel_id, moment_us, width_px))
        return found[0]

    def want(self, channel_id: str, moments_us: tuple[int, ...], box: tuple[int, int], slack_us: int) -> None:
        """Find the pictures of these moments, the first ones first, as soon as nothing else is to be done."""
        wish = _Wish(channel_id, moments_us, box, slack_us)
        if wish != self._wish:
            self._wish = wish
            self._rest.start(_PAUSE_MS)

    def close(self) -> None:
        """Give everything back."""
        self._rest.stop()
        self._wish = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    # -- at work -----------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._is_busy():
            self._rest.start(_BUSY_MS)
        elif self._task is None and self._wish is not None and self._missing(self._wish):
            self._task = asyncio.get_running_loop().create_task(self._work())
        else:
            self._news.set()

    def _missing(self, wish: _Wish) -> tuple[int, ...]:
        now = time.monotonic()
        return tuple(at for at in wish.moments_us if self._kept.get(wish.key(at), (None, 0.0))[1] <= now)

    async def _work(self) -> None:
        try:
            with contextlib.closing(SearchLine()) as line:
                while (wish := await self._next()) is not None:
                    await self._session(line, wish)
        except (OSError, WorkerGone):
            if self._wish is not None and (missing := self._missing(self._wish)):
                self._keep(self._wish, FoundPicture(self._wish.channel_id, missing[0], lack=LackReason.BROKEN))
        finally:
            if self._task is asyncio.current_task():
                self._task = None

    async def _next(self) -> _Wish | None:
        """Return the newest wish once something of it is missing; None after a while without any."""
        while self._wish is None or not self._missing(self._wish):
            self._news.clear()
            try:
                async with asyncio.timeout(_KEPT_S):
                    await self._news.wait()
            except TimeoutError:
                return None
        return self._wish

    async def _session(self, line: SearchLine, wish: _Wish) -> None:
        """Serve wishes that lie in one stretch, which is the one in sight and as much beside it."""
        first, last = min(wish.moments_us), max(wish.moments_us)
        margin = min(last - first + 60_000_000, (LONGEST_SESSION_US - (last - first)) // 2)
        start_us, end_us = first - max(0, margin), last + max(1_000_000, margin)
        searches = self._searches
        try:
            session = FootageSession(searches.footages, searches.ask_reason, wish.channel_id, start_us, end_us)
            async with session:
                session.on_moved = lambda moved: line.tell(Addresses(moved))
                while (now := await self._next()) is not None:
                    inside = start_us <= min(now.moments_us) and max(now.moments_us) < end_us
                    if now.channel_id != wish.channel_id or not inside:
                        return
                    await self._fetch(line, session, now)
        except WallError as err:
            for moment in self._missing(wish):
                self._keep(wish, FoundPicture(wish.channel_id, moment, lack=lack_of(err)))

    async def _fetch(self, line: SearchLine, session: FootageSession, wish: _Wish) -> None:
        order = PicturesOrder(next_number(), session.files, self._missing(wish), *wish.box, wish.slack_us)
        async with aclosing(line.run(order)) as answers:
            async for news, pixels in answers:
                if isinstance(news, Picture):
                    self._keep(wish, found_picture(session, wish.channel_id, news, pixels))
                if self._wish is not wish:
                    return

    def _keep(self, wish: _Wish, found: FoundPicture) -> None:
        """Keep an answer; what was not looked at for longest makes room."""
        key = wish.key(found.asked_us)
        lasts = float("inf") if found.lack is None else time.monotonic() + _AGAIN_S
        self._drop(key)
        self._kept[key] = found, lasts
        self._bytes += _size(found)
        while self._bytes > self._budget_bytes and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))
        self.arrived.emit()

    def _drop(self, key: _Key) -> None:
        if (former := self._kept.pop(key, None)) is not None:
            self._bytes -= _size(former[0])


def _size(found: FoundPicture) -> int:
    return _EMPTY_BYTES if found.image is None else found.image.sizeInBytes() + _EMPTY_BYTES
