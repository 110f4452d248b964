"""A search worker's process as the application sees it. Loads neither FFmpeg nor numpy."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable

import msgspec

from wallclient.player.search_messages import FromWorker, ToWorker, line, read_news

_log = logging.getLogger(__name__)
_PATIENCE_S = 5.0

OnNews = Callable[[FromWorker, bytes], None]


class SearchProcess:
    """One worker, started at once. Its words are handed over on a thread of its own. Raises OSError (no process)."""

    def __init__(self, on_news: OnNews, on_gone: Callable[[], None]) -> None:
        """`on_news` may block: the worker waits then, so that nothing piles up. `on_gone` is the last call."""
        self._on_news, self._on_gone = on_news, on_gone
        command = [sys.executable, "-m", "wallclient.player.search_worker"]
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # numpy would begin a thread a core, for nothing
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._lock = threading.Lock()
        threading.Thread(target=self._read, name="search", daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def tell(self, message: ToWorker) -> None:
        """Send a message; a worker that is gone says so by `on_gone`. Any thread."""
        assert self._process.stdin
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(line(message))
            self._process.stdin.flush()

    def kill(self) -> None:
        """End it at once: nothing of a search has to be put in order. Any thread."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def _read(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        try:
            while (news := read_news(self._process.stdout)) is not None:
                self._on_news(*news)
        except (OSError, ValueError, msgspec.DecodeError):
            _log.exception("a search worker's words")
        finally:
            self.kill()
            self._process.stdout.close()
            with self._lock, contextlib.suppress(OSError):
                self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE_S)
            self._on_gone()
