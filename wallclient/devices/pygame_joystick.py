"""Joysticks of this machine, read by a process of its own (`devices.joystick_reader`), watched and started again."""

import contextlib
import json
import logging
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wallclient.devices.joystick_source import JoystickEvent, Moved, Plugged, Unavailable, Unplugged
from wallclient.domain.joystick import JoystickDevice, JoystickReading
from wallclient.domain.retry import retry_delay_s

_log = logging.getLogger(__name__)
SILENCE_S = 0.8  # a joystick that is there is told of every 0.2 s
MOST_FAILURES = 5  # in a row, without having become ready
END_S = 0.5
_LONGEST_LINE = 64 * 1024
_COMMAND = (sys.executable, "-m", "wallclient.devices.joystick_reader")


class PygameJoysticks:
    """Implements `devices.joystick_source.JoystickSource`; see there. One daemon thread watches the process."""

    def __init__(self, command: Sequence[str] = _COMMAND) -> None:
        self._command = list(command)
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._there: set[int] = set()
        self._was_ready = False

    def start(self, tell: Callable[[JoystickEvent], None]) -> None:
        """Begin to look for joysticks."""
        assert self._thread is None, "started twice"
        self._thread = threading.Thread(target=self._watch, args=(tell,), name="joysticks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the process; it ends by itself, too, when this one dies."""
        self._closing.set()
        process = self._process
        if process is not None:
            _end(process)
        if self._thread is not None:
            self._thread.join(END_S)

    # --- the thread ---

    def _watch(self, tell: Callable[[JoystickEvent], None]) -> None:
        failures = 0
        while not self._closing.is_set():
            self._was_ready = False
            reason = self._run(tell)
            for instance in sorted(self._there):  # whoever steers with it must be let go at once
                tell(Unplugged(instance))
            self._there.clear()
            if self._closing.is_set():
                return
            failures = 0 if self._was_ready else failures + 1
            _log.warning("joysticks: %s", reason)
            if failures >= MOST_FAILURES:
                tell(Unavailable(reason))
                return
            self._closing.wait(retry_delay_s(failures + 1))

    def _run(self, tell: Callable[[JoystickEvent], None]) -> str:
        """Read one process to its end; return what ended it."""
        try:
            process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as err:
            return f"the reader did not start: {err.strerror}"
        self._process = process
        try:
            for line in self._lines(process):
                event = self._event(line)
                if isinstance(event, Unavailable):
                    return event.reason
                if event is not None:
                    tell(event)
        except _Silence:
            return "the reader is silent"
        except (ValueError, TypeError, IndexError, KeyError, RecursionError) as err:
            return f"the reader said something odd: {type(err).__name__}"
        finally:
            _end(process)
        return f"the reader ended with status {process.returncode}"

    def _lines(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        """Yield whole lines. Raises _Silence when joysticks are there and nothing is heard of them."""
        assert process.stdout
        rest = b""
        heard_at = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(SILENCE_S / 4):
                    piece = process.stdout.read1(_LONGEST_LINE)  # type: ignore[attr-defined]  # a BufferedReader
                    if not piece:
                        return
                    heard_at = time.monotonic()
                    *lines, rest = (rest + piece).split(b"\n")
                    if len(rest) > _LONGEST_LINE:
                        raise ValueError("an endless line")
                    yield from lines
                elif self._there and time.monotonic() - heard_at > SILENCE_S:
                    raise _Silence

    def _event(self, line: bytes) -> JoystickEvent | None:
        """Read a message of the reader; see there."""
        message: list[Any] = json.loads(line)
        match message[0]:
            case "ready":
                self._was_ready = True
            case "plugged":
                instance, vendor, product, name, axes, buttons = message[1:7]
                device = JoystickDevice(
                    int(instance), int(vendor), int(product), str(name)[:128], int(axes), int(buttons)
                )
                self._there.add(device.instance)
                return Plugged(device)
            case "unplugged":
                self._there.discard(int(message[1]))
                return Unplugged(int(message[1]))
            case "moved":
                reading = JoystickReading(tuple(map(float, message[2])), frozenset(map(int, message[3])))
                return Moved(int(message[1]), reading)
            case "failed":
                return Unavailable(str(message[1])[:200])
        return None


class _Silence(Exception):  # noqa: N818
    """Nothing is heard of a joystick that should be there."""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the reader: by closing its input, else by force."""
    with contextlib.suppress(OSError, ValueError):
        if process.stdin is not None:
            process.stdin.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None and threading.current_thread().name == "joysticks":
        process.stdout.close()
