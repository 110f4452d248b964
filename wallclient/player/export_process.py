"""A worker process of an export as the application sees it."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable

import msgspec

from wallclient.player.export_messages import End, Ended, Order, Progress, line, read_news


class ExportProcess:
    """Runs one order. `run` blocks; `kill` may be called from any thread, also before."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False

    @property
    def pid(self) -> int | None:
        """Process id, once there is one."""
        return self._process.pid if self._process else None

    def run(self, on_progress: Callable[[Progress], None]) -> Ended:
        """Do it and return what it came to; `on_progress` is called on this thread. Raises OSError (no process)."""
        with self._lock:
            if self._killed:
                return Ended(End.KILLED)
            command = [sys.executable, "-m", "wallclient.player.export_worker"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process = self._process
        assert process.stdin
        assert process.stdout
        ended = Ended(End.KILLED)
        try:
            with contextlib.suppress(OSError):  # it is gone already: that shows at once
                process.stdin.write(line(self._order))
                process.stdin.flush()
            for raw in process.stdout:
                with contextlib.suppress(msgspec.DecodeError):  # the line a kill cut off
                    news = read_news(raw)
                    if isinstance(news, Ended):
                        ended = news
                        break
                    on_progress(news)
        finally:
            with contextlib.suppress(OSError):
                process.stdin.close()
            process.stdout.close()
            self._reap(process)
        return Ended(End.KILLED) if self._killed else ended

    def kill(self) -> None:
        """End it at once; what is in its folder stays."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                with contextlib.suppress(OSError):
                    self._process.kill()

    @staticmethod
    def _reap(process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
