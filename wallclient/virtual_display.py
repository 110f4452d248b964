"""A virtual X display (Xvfb) for machines without one: for the demo and the benchmarks."""

import contextlib
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

_START_TIMEOUT_S = 15


class NoDisplay(RuntimeError):  # noqa: N818
    """There is no display and none could be made; the text says what to install."""


def has_display() -> bool:
    """Tell whether Qt will find a display to open windows on."""
    return sys.platform not in ("linux",) or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def virtual_display(width_px: int = 1920, height_px: int = 1080) -> Iterator[None]:
    """Start Xvfb on a free display number and point DISPLAY at it until the block ends. Raises NoDisplay."""
    program = shutil.which("Xvfb")
    if program is None:
        raise NoDisplay("no display, and Xvfb is not installed: sudo apt-get install xvfb")
    read_fd, write_fd = os.pipe()
    screen = f"{width_px}x{height_px}x24"
    process = subprocess.Popen(
        [
            *_dying_with_us(),
            program,
            "-displayfd",
            str(write_fd),
            "-screen",
            "0",
            screen,
            "-nolisten",
            "tcp",
            "-noreset",
        ],
        pass_fds=[write_fd],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the program; the display goes last
    )
    os.close(write_fd)
    before = {name: os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    try:
        os.environ["DISPLAY"] = f":{_display_number(read_fd)}"
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.environ.pop("WAYLAND_DISPLAY", None)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _dying_with_us() -> list[str]:
    """Return what makes a command end when this process does, even killed (setpriv is part of util-linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _display_number(fd: int) -> str:
    """Return the number Xvfb writes to `fd` once it listens. Raises NoDisplay."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    text = b""
    with open(fd, "rb", buffering=0) as pipe:
        # the line end comes in a write of its own, and Xvfb dies if nobody is there to take it
        while not text.endswith(b"\n") and select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            more = pipe.read(16)
            if not more:
                break
            text += more
    number = text.decode("ascii", "replace").strip()
    if not number.isdigit():
        raise NoDisplay("Xvfb did not start")
    return number
