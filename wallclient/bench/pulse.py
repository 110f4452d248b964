"""The pulse of the UI thread while something is measured."""

import asyncio
import time
from collections.abc import Callable

_PULSE_S = 0.005  # what comes later than this was held up


class Pulse:
    """Beats on the UI thread, and knows the longest time it could not, and the most memory that was taken."""

    def __init__(self) -> None:
        import psutil

        self._process = psutil.Process()
        self._task: asyncio.Task[None] | None = None
        self.stall_ms = 0.0
        self.rss_mb = 0.0

    def __enter__(self) -> "Pulse":
        self._task = asyncio.get_running_loop().create_task(self._beat())
        return self

    def __exit__(self, *_exc: object) -> None:
        assert self._task
        self._task.cancel()

    def rss(self) -> float:
        """Return the memory taken now."""
        return float(self._process.memory_info().rss) / 1e6

    async def _beat(self) -> None:
        last, beats = time.monotonic(), 0
        while True:
            await asyncio.sleep(_PULSE_S)
            now = time.monotonic()
            self.stall_ms, last = max(self.stall_ms, (now - last - _PULSE_S) * 1000), now
            beats += 1
            if beats % 20 == 0:
                self.rss_mb = max(self.rss_mb, self.rss())


async def until(is_so: Callable[[], bool], limit_s: float) -> None:
    """Wait until something is so. Raises TimeoutError."""
    async with asyncio.timeout(limit_s):
        while not is_so():
            await asyncio.sleep(0.02)
