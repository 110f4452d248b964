"""Coroutines started by widgets: referenced while they run, cancelled with their owner, never silent when they fail."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Background:
    """Owns the running tasks of one window or model."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` on the application's loop."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def cancel_all(self) -> None:
        """Cancel what still runs."""
        for task in list(self._tasks):
            task.cancel()

    @property
    def busy(self) -> bool:
        """Tell whether anything runs."""
        return bool(self._tasks)

    def _on_done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (err := task.exception()) is not None:
            self._loop.call_exception_handler(
                {"message": "a task of the window failed", "exception": err, "task": task}
            )
