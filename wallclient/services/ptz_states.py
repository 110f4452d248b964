"""What is known of the PTZ of shown cameras: read once, then told by events, read again when the line comes back."""

import asyncio
import itertools
import logging
from collections.abc import Hashable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import ServerFailed, TooManyRequests, WallError
from wallclient.domain.global_id import key_of
from wallclient.domain.ptz import PtzChanged, PtzStatus, TakeOver
from wallclient.domain.retry import retry_delay_s
from wallclient.services.center_access import AccessState
from wallclient.services.centers import Centers

_log = logging.getLogger(__name__)


class PtzStates(QObject):
    """Owns the latest state of every watched camera, by global id. Lives on the UI thread; runs on the Qt loop."""

    changed = Signal(str)  # channel id: `status_of` or `error_of`
    taken_over = Signal(str, object)  # channel id, TakeOver: somebody took the camera from us
    came_back = Signal(str)  # center key: it can be asked again

    def __init__(self, centers: Centers) -> None:
        super().__init__()
        self._centers = centers
        self._watched: dict[Hashable, frozenset[str]] = {}
        self._statuses: dict[str, PtzStatus] = {}
        self._errors: dict[str, WallError] = {}
        self._news: dict[str, int] = {}  # counts what came in, so that a slow reading does not replace it
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._connected = self._connected_keys()
        self._is_closed = False
        centers.ptz_changed.connect(self._on_ptz_changed)
        centers.changed.connect(self._on_center_changed)
        centers.events_lost.connect(self._on_events_lost)

    # --- who wants to know what ---

    def watch(self, owner: Hashable, channel_ids: Iterable[str]) -> None:
        """Follow these cameras for `owner`, such as a window, in place of those it named before; none ends it."""
        before = self.watched
        wanted = frozenset(channel_ids)
        if wanted:
            self._watched[owner] = wanted
        else:
            self._watched.pop(owner, None)
        for channel_id in self.watched - before:
            self.read(channel_id)
        for channel_id in before - self.watched:
            self._forget(channel_id)

    @property
    def watched(self) -> frozenset[str]:
        """The cameras anybody follows."""
        return frozenset().union(*self._watched.values())

    def status_of(self, channel_id: str) -> PtzStatus | None:
        """Return the latest state; None while it is not known."""
        return self._statuses.get(channel_id)

    def error_of(self, channel_id: str) -> WallError | None:
        """Return why a camera's state could not be read last time."""
        return self._errors.get(channel_id)

    # --- what comes in ---

    def take(self, channel_id: str, status: PtzStatus) -> None:
        """Take a state out of an answer or event; of a camera that nobody follows it would only grow old."""
        if channel_id not in self.watched:
            return
        self._news[channel_id] = self._news.get(channel_id, 0) + 1
        self._errors.pop(channel_id, None)
        if self._statuses.get(channel_id) != status:
            self._statuses[channel_id] = status
            self.changed.emit(channel_id)

    def read(self, channel_id: str) -> None:
        """Begin to read a camera's state, unless that is under way."""
        if channel_id in self._reading or self._is_closed:
            return
        task = asyncio.get_running_loop().create_task(self._read(channel_id))
        self._reading[channel_id] = task
        task.add_done_callback(lambda done: self._on_read(channel_id, done))

    def _read_anew(self, channel_id: str) -> None:
        """Begin to read a camera's state now, also if a reading waits for its next try."""
        former = self._reading.pop(channel_id, None)
        if former is not None:
            former.cancel()
        self.read(channel_id)

    def _on_read(self, channel_id: str, done: asyncio.Task[None]) -> None:
        if self._reading.get(channel_id) is done:
            del self._reading[channel_id]

    async def _read(self, channel_id: str) -> None:
        """Read a camera's state, again and again while its center gives no answer."""
        for attempt in itertools.count(1):
            news = self._news.get(channel_id, 0)
            try:
                status = await self._centers.ask_ptz(channel_id, lambda center, local_id: center.ptz(local_id))
            except WallError as err:
                self._take_error(channel_id, err)
                if not isinstance(err, (ServerFailed, TooManyRequests)):
                    return
            else:
                if self._news.get(channel_id, 0) == news:
                    self.take(channel_id, status)
                return
            await asyncio.sleep(retry_delay_s(attempt))
            if channel_id not in self.watched:
                return

    def _take_error(self, channel_id: str, err: WallError) -> None:
        _log.info("no PTZ state of %s: %s", channel_id, type(err).__name__)
        if channel_id in self.watched:
            self._errors[channel_id] = err
            self.changed.emit(channel_id)

    def _on_ptz_changed(self, event: Any) -> None:
        assert isinstance(event, PtzChanged)
        self.take(event.channel_id, event.status)
        if isinstance(event.taken_over, TakeOver):
            self.taken_over.emit(event.channel_id, event.taken_over)

    def _on_events_lost(self) -> None:
        for channel_id in self.watched:
            self._read_anew(channel_id)

    def _on_center_changed(self, key: str) -> None:
        before, self._connected = self._connected, self._connected_keys()
        if key in self._connected - before:
            for channel_id in self.watched:
                if key_of(channel_id) == key:
                    self._read_anew(channel_id)
            self.came_back.emit(key)

    def _connected_keys(self) -> frozenset[str]:
        return frozenset(a.key for a in self._centers.accesses if a.state is AccessState.CONNECTED)

    def _forget(self, channel_id: str) -> None:
        for known in (self._statuses, self._errors, self._news):
            known.pop(channel_id, None)

    def close(self) -> None:
        """Read nothing any more."""
        self._is_closed = True
        for task in self._reading.values():
            task.cancel()
