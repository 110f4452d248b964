"""One host process as the application sees it: spawn, talk, notice its death.

Lives on the UI thread, never blocks on the host.
"""

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QSocketNotifier, Signal

from wallclient.player import messages

_log = logging.getLogger(__name__)

# libVLC has half a dozen threads a player; with glibc's usual arena for each, 16 panes take a quarter more memory
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}


class HostLink(QObject):
    """A running host. `gone` comes exactly once, after which the object is of no more use."""

    received = Signal(object)  # messages.FromHost, or what `decode` gives
    gone = Signal()

    def __init__(
        self,
        program: str = "wallclient.player.host",
        decode: Callable[[bytes], object] = messages.decode_from_host,
    ) -> None:
        """Start the process, the module `program`, whose lines `decode` reads. Raises OSError."""
        super().__init__()
        self._decode = decode
        self.last_beat = time.monotonic()  # a host that never gets to its first beat is dead too
        self.rss_bytes = 0
        self._unread = b""
        self._gone = self._asked = False
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", program, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
            )
        ours.setblocking(False)
        self._socket = ours
        self._notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_readable)

    @property
    def pid(self) -> int:
        """Process id of the host."""
        return self._process.pid

    def send(self, message: msgspec.Struct, *fds: int) -> None:
        """Send a message and, with it, descriptors. A host that does not read any more is killed."""
        if self._gone:
            return
        data = messages.line(message)
        try:
            sent = socket.send_fds(self._socket, [data], fds)
        except OSError:
            sent = 0
        if sent != len(data):
            self.kill("it does not read its commands")

    def kill(self, why: str) -> None:
        """End the process at once."""
        if not self._gone:
            _log.warning("host %d killed: %s", self.pid, why)
            self._finish()

    def quit(self) -> None:
        """Ask the process to end by itself; `gone` follows."""
        self._asked = True
        self.send(messages.Quit())

    def wait(self, timeout_s: float) -> None:
        """Wait for the end of a process asked to quit, then kill it. Blocks."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            _log.warning("host %d did not end in %.1f s", self.pid, timeout_s)
        self._finish()

    def _on_readable(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            if not self._gone and not self._asked:
                _log.warning("host %d ended", self.pid)
            self._finish()
            return
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            try:
                message = self._decode(line)
            except msgspec.MsgspecError as err:
                self.kill(f"it talks nonsense ({err})")
                return
            self._take(message)

    def _take(self, message: object) -> None:
        if isinstance(message, messages.Beat):
            self.last_beat = time.monotonic()
            self.rss_bytes = message.rss_bytes
        self.received.emit(message)

    def _finish(self) -> None:
        if self._gone:
            return
        self._gone = True
        self._notifier.setEnabled(False)
        self._socket.close()
        self._process.kill()
        self._process.wait()  # at once after SIGKILL, and leaves no zombie
        self.gone.emit()


def open_files_limit() -> None:
    """Raise this process's limit of open files to what it may have: a wall of 64 panes needs a few hundred."""
    if os.name == "posix":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
