"""One thread with an event loop that runs all errands to cameras: a camera that hangs costs a task, not a thread."""

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from wallclient.domain.errors import CameraOffline, ServerFailed

_Result = TypeVar("_Result")
_Work = Coroutine[Any, Any, _Result]


class Errands:
    """Runs coroutines for blocking callers of any thread. The thread starts with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._endings: list[Callable[[], Awaitable[None]]] = []

    def at_end(self, ending: Callable[[], Awaitable[None]]) -> None:
        """Await `ending` on the loop once everything was cancelled; it has 2 s."""
        self._endings.append(ending)

    def run(self, work: "_Work[_Result]", limit_s: float) -> _Result:
        """Return what `work` returns. Raises CameraOffline after `limit_s`, ServerFailed once closed."""
        future = self._hand_in(work)
        try:
            return future.result(limit_s)
        except concurrent.futures.CancelledError:
            raise ServerFailed("the site was closed by us") from None
        except TimeoutError:
            future.cancel()
            raise CameraOffline(f"no answer within {limit_s:g} s") from None

    def start(self, work: "_Work[None]") -> "concurrent.futures.Future[None]":
        """Let `work` run by itself; cancelling what is returned ends it. Raises ServerFailed once closed."""
        return self._hand_in(work)

    def close(self) -> None:
        """Cancel everything at once and refuse what comes later; does not wait for the network."""
        with self._lock:
            self._closed = True
            loop, self._loop = self._loop, None
            if loop is not None:
                loop.call_soon_threadsafe(loop.stop)

    def _hand_in(self, work: "_Work[_Result]") -> "concurrent.futures.Future[_Result]":
        with self._lock:  # so that nothing is handed in behind the loop's end
            if self._closed:
                work.close()
                raise ServerFailed("the site was closed by us")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_serve, args=(self._loop, self._endings), name="onvif", daemon=True).start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)


def _serve(loop: asyncio.AbstractEventLoop, endings: list[Callable[[], Awaitable[None]]]) -> None:
    """Body of the thread: run until stopped, then cancel what is left and let it clean up."""
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        rest = asyncio.all_tasks(loop)
        for task in rest:
            task.cancel()
        with contextlib.suppress(Exception):  # each caller has been told of its own error
            loop.run_until_complete(asyncio.wait_for(asyncio.gather(*rest, return_exceptions=True), 2.0))
            for ending in endings:
                loop.run_until_complete(asyncio.wait_for(ending(), 2.0))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
