"""The embedded center's event stream: a bounded buffer, replay after Last-Event-ID, one wake-up per listener."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

BUFFERED = 5000
QUIET_S = 10.0  # a comment this often keeps the line warm and tells both ends when it is dead


class ForSession(NamedTuple):
    """Data that is different for each session: `tell(user, session id)`."""

    tell: Callable[[str, str], bytes | None]


Data = bytes | Callable[[str], bytes | None] | ForSession  # the same for all, or what each user may know of it


class _Kept(NamedTuple):
    number: int
    name: str
    data: Data


class EventBus:
    """Publishes events to every open stream. All methods run on the server's loop.

    An event's id is `<run>-<number>`; `run` changes with each start of the center, so that an id of an earlier life is
    never mistaken for one of this.
    """

    def __init__(self, buffered: int = BUFFERED) -> None:
        self._run = secrets.token_hex(4)
        self._kept: deque[_Kept] = deque(maxlen=buffered)
        self._last = 0
        self._listeners: set[asyncio.Event] = set()
        self._closed = False

    @property
    def listeners(self) -> int:
        """Number of open streams."""
        return len(self._listeners)

    def publish(self, name: str, data: Data) -> None:
        """Send an event to all listeners and keep it for replay. `data` is one line of JSON, or None for a user."""
        self._last += 1
        self._kept.append(_Kept(self._last, name, data))
        self.wake()

    def forget(self) -> None:
        """Empty the replay buffer, as if more had happened than it holds."""
        self._last += 1
        self._kept.clear()

    def wake(self) -> None:
        """Let every stream look again whether it may go on."""
        for listener in self._listeners:
            listener.set()

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        self.wake()

    def reopen(self) -> None:
        """Serve streams again after `close`."""
        self._closed = False

    async def stream(
        self, last_event_id: str | None, may_go_on: Callable[[], bool], user: str = "", session: str = ""
    ) -> AsyncIterator[bytes]:
        """Yield the bytes of `text/event-stream` until the center closes or `may_go_on` says no."""
        wake = asyncio.Event()
        self._listeners.add(wake)
        try:
            seen, lost = self._start(last_event_id)
            yield self._frame(seen, "events-lost", b"{}") if lost else self._frame(seen, "opened", b"{}")
            while not self._closed and may_go_on():
                wake.clear()
                seen, frames = self._after(seen, user, session)
                for frame in frames:
                    yield frame
                if not frames:
                    try:
                        await asyncio.wait_for(wake.wait(), QUIET_S)
                    except TimeoutError:
                        yield b": still here\n\n"
        finally:
            self._listeners.discard(wake)

    def _start(self, last_event_id: str | None) -> tuple[int, bool]:
        """Return the number after which to go on, and whether events between were lost."""
        if last_event_id is None:
            return self._last, False
        run, _, number = last_event_id.rpartition("-")
        if run != self._run or not (number.isascii() and number.isdigit()) or len(number) > 15:
            return self._last, True
        seen = int(number)
        if seen > self._last or self._misses(seen):
            return self._last, True
        return seen, False

    def _misses(self, seen: int) -> bool:
        oldest = self._kept[0].number if self._kept else self._last + 1
        return seen + 1 < oldest

    def _after(self, seen: int, user: str, session: str) -> tuple[int, list[bytes]]:
        """Return what a listener has not seen; a listener slower than the buffer is told that events were lost."""
        if seen == self._last:
            return seen, []
        if self._misses(seen):
            return self._last, [self._frame(self._last, "events-lost", b"{}")]
        missing = self._last - seen
        fresh = [self._kept[i] for i in range(len(self._kept) - missing, len(self._kept))]
        told = ((event, _for(event.data, user, session)) for event in fresh)
        return self._last, [self._frame(event.number, event.name, data) for event, data in told if data is not None]

    def _frame(self, number: int, name: str, data: bytes) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (self._run.encode(), number, name.encode(), data)


def _for(data: Data, user: str, session: str) -> bytes | None:
    """Return what one listener is told, None for nothing."""
    match data:
        case bytes():
            return data
        case ForSession():
            return data.tell(user, session)
        case _:
            return data(user)
