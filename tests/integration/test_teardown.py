"""`wallclient demo --wall` as a user starts it, and every way it may end: nothing is left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QImage

from tests.integration.rig import FPS

LIMIT_S = 60.0
GONE_S = 10.0
pytestmark = [
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
    pytest.mark.usefixtures("center"),  # its clips are there, so the demo starts at once
]


def wait_until(condition: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Wait for other processes; raises AssertionError."""
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, f"not within {limit_s:g} s"
        time.sleep(0.05)  # between two looks


class Run:
    """The command as a child, and every process and piece of shared memory of its tree that was ever seen."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.out = folder
        self._segments = shared_segments()
        self._files = memory_files()
        without = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        command = [sys.executable, "-m", "wallclient.cli", "demo", "--wall", "--cameras", "64", "--fps", str(FPS)]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--out", str(folder), *options],
                env={name: value for name, value in os.environ.items() if name not in without},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # as from a terminal: signals are ours to send
            )
        self._tree = {self.process.pid: psutil.Process(self.process.pid)}

    def look(self) -> "Run":
        """Remember the processes of the tree that are alive now."""
        for process in list(self._tree.values()):
            try:
                self._tree.update({child.pid: child for child in process.children(recursive=True)})
            except psutil.NoSuchProcess:
                continue
        return self

    def has(self, *words: str) -> bool:
        """Tell whether the tree holds processes with these words in their command lines."""
        self.look()
        lines = []
        for process in self._tree.values():
            try:
                lines.append(" ".join(process.cmdline()))
            except psutil.NoSuchProcess:
                continue
        return all(any(word in line for line in lines) for word in words)

    def is_up(self) -> bool:
        """Tell whether all parts of the program run."""
        assert self.process.poll() is None, self.log()
        return self.has("Xvfb", "wallclient.demo", "media_server", "wallclient.player.host")

    def end(self) -> int:
        """Wait for the end and return the status."""
        wait_until(lambda: self.look().process.poll() is not None)
        return self.process.returncode

    def log(self) -> str:
        return (self.out / "log").read_text(encoding="utf-8", errors="replace")

    def alive(self) -> list[str]:
        """Return the processes of the tree that still live."""
        return [str(p) for p in self._tree.values() if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]

    def assert_nothing_is_left(self) -> None:
        wait_until(lambda: not self.alive(), GONE_S)
        wait_until(lambda: not memory_files() - self._files, GONE_S)
        mine = {segment for segment, creator in shared_segments().items() if creator in self._tree}
        assert not mine - set(self._segments)

    def kill(self) -> None:
        """End what a failed test left."""
        for process in self._tree.values():
            if process.is_running():
                process.kill()
        self.process.wait()


def memory_files() -> set[str]:
    """Return the names in /dev/shm that are ours or a display's."""
    return {entry.name for entry in os.scandir("/dev/shm")}


def shared_segments() -> dict[int, int]:
    """Return System V shared memory (X clients use it): id and creator's process id."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()
    return {int(line.split()[1]): int(line.split()[4]) for line in lines[1:]}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(*options: str) -> Run:
        runs.append(Run(tmp_path, *options))
        return runs[-1]

    yield start
    for one in runs:
        one.kill()


def test_the_demo_wall_proves_itself_and_leaves_nothing(run):
    demo = run("--seconds", "8")  # each pane is read about five times
    wait_until(demo.is_up)
    assert demo.end() == 0, demo.log()
    demo.assert_nothing_is_left()
    report = json.loads((demo.out / "report.json").read_text(encoding="utf-8"))
    assert (report["panes"], report["moving"]) == (16, 16)
    assert report["seconds"] >= 8
    assert [pane["number"] for pane in report["details"]] == list(range(1, 17))
    for pane in report["details"]:
        assert (pane["state"], pane["moving"], pane["mix_ups"]) == ("playing", True, 0), pane
        assert pane["painted"] > FPS, pane
    wall = QImage(str(demo.out / "wall.png"))
    assert (wall.width(), wall.height()) == (1920, 1080)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_however_the_demo_wall_ends_nothing_is_left(run, number, status):
    demo = run("--seconds", "600")
    wait_until(demo.is_up)
    demo.look()
    demo.process.send_signal(number)
    assert demo.end() == status, demo.log()
    demo.assert_nothing_is_left()
    assert "Traceback" not in demo.log()


def test_a_killed_start_leaves_nothing(run):
    """Shot before its window is there, when only the display and perhaps the center stand."""
    demo = run("--seconds", "600")
    wait_until(lambda: demo.has("Xvfb", "wallclient.demo"))
    demo.process.kill()
    demo.end()
    demo.assert_nothing_is_left()
