"""A search worker on the application's loop: orders go in, what it says is waited for. Loop's thread."""

import asyncio
import contextlib
import itertools
import threading
from collections.abc import AsyncGenerator
from functools import partial

from PySide6.QtGui import QImage

from wallclient.player.search_messages import Done, FromWorker, Motion, Order, Picture, Stop, ToWorker
from wallclient.player.search_process import SearchProcess

_AHEAD = 16  # pictures that may wait for us; the worker waits then
_numbers = itertools.count(1)


class WorkerGone(Exception):  # noqa: N818 - reads as what happened
    """The worker ended in the middle of an order."""


class SearchLine:
    """One worker process; `close` kills it, and with it what it is about. Raises OSError (no process)."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[tuple[FromWorker, bytes] | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        self._closed = False
        self._process = SearchProcess(self._on_news, partial(self._hand_over, None))

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def close(self) -> None:
        """End the worker."""
        self._closed = True
        self._process.kill()
        self._room.release(_AHEAD)

    def tell(self, message: ToWorker) -> None:
        """Send what is no order."""
        self._process.tell(message)

    async def run(self, order: Order) -> AsyncGenerator[tuple[FromWorker, bytes], None]:
        """Yield what the worker says of an order; left early, the worker leaves it too. Raises WorkerGone."""
        self._process.tell(order)
        done = False
        try:
            while not done:
                found = await self._news.get()
                if found is None:
                    done = True
                    self._hand_over(None)  # whoever asks next is told as well
                    raise WorkerGone
                self._room.release()
                news, _ = found
                if news.order != order.number:
                    continue  # left over from an order that was left
                done = isinstance(news, Done)
                if isinstance(news, Done):
                    if news.failed:
                        raise WorkerGone(news.failed)
                    return
                yield found
        finally:
            if not done:
                self._process.tell(Stop())

    def _on_news(self, news: FromWorker, pixels: bytes) -> None:
        """Wait for room and hand it over; on the reading thread."""
        self._room.acquire()
        self._hand_over((news, pixels))

    def _hand_over(self, found: tuple[FromWorker, bytes] | None) -> None:
        if not self._closed:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._news.put_nowait, found)


def next_number() -> int:
    """Return a number for an order."""
    return next(_numbers)


def image_of(news: Picture | Motion, pixels: bytes) -> QImage:
    """Return the picture that came with a word, in memory of its own."""
    return QImage(pixels, news.width, news.height, news.stride, QImage.Format.Format_RGB32).copy()
