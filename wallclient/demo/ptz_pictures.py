"""Owner of the renderer's process: starts it when a moving camera is first watched, and again when it dies."""

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wallclient.demo.ptz_motion import Motion

_LIGHTS = ("day", "dusk", "day", "night")
_ROOT = Path(__file__).resolve().parents[2]
_STOP_S = 3.0
_AGAIN_S = 1.0  # a renderer that can't start must not be started in circles


class View(NamedTuple):
    """What a moving camera is called, and what it stands in the middle of."""

    name: str
    panorama: str


def view_of(number: int, name: str) -> View:
    """Return what a camera stands in the middle of: no two of them the same."""
    return View(name, f"{_LIGHTS[number // 4 % len(_LIGHTS)]}-{number}")


class PtzPictures:
    """From any thread; nothing here waits for the renderer but `close`. One thread writes to it and starts it."""

    def __init__(self, views: Mapping[int, View], fps: int) -> None:
        self._views = dict(views)
        self._fps = fps
        self._feed: socket.socket | None = None
        self._news: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._watched: Sequence[tuple[int, str]] = ()  # this and what follows belong to the thread
        self._motions: dict[int, Motion] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._started_s = -_AGAIN_S

    @property
    def pid(self) -> int | None:
        """Return the renderer's process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def watched(self) -> Sequence[tuple[int, str]]:
        """Return what is rendered now."""
        return self._watched

    def connect(self, feed: socket.socket) -> None:
        """Send pictures into this socket from now on; nothing is watched at first."""
        self._tell({"feed": feed})

    def watch(self, streams: Sequence[tuple[int, str]]) -> None:
        """Render these streams, camera and kind, and no other."""
        self._tell({"watch": streams})

    def show(self, number: int, motion: Motion) -> None:
        """Let a camera move so."""
        self._tell({"motion": (number, motion)})

    def close(self) -> None:
        """End the renderer."""
        self._news.put(None)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _tell(self, news: dict[str, Any]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ptz pictures", daemon=True)
            self._thread.start()
        self._news.put(news)

    def _run(self) -> None:
        while True:
            try:
                news = self._news.get(timeout=_AGAIN_S if self._watched else None)
            except queue.Empty:
                news = {}  # look whether it still runs
            if news is None:
                break
            self._take(news)
            if self._watched and self.pid is None and time.monotonic() - self._started_s >= _AGAIN_S:
                self._start()
        self._end()

    def _take(self, news: dict[str, Any]) -> None:
        if "feed" in news:
            self._end()
            self._feed, self._watched = news["feed"], ()
        elif "watch" in news:
            self._watched = news["watch"]
            self._write({"watch": self._watched})
        elif "motion" in news:
            number, motion = news["motion"]
            self._motions[number] = motion
            self._write({"number": number, "motion": motion.to_json()})

    def _start(self) -> None:
        """Start the renderer with all there is to know."""
        assert self._feed is not None
        self._end()
        self._started_s = time.monotonic()
        feed_fd = self._feed.fileno()
        with contextlib.suppress(OSError):  # looked at again in a second
            self._process = subprocess.Popen(
                [sys.executable, "-m", "wallclient.demo.ptz_renderer"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=(feed_fd,),
                cwd=_ROOT,
                env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            )
        views = {number: [view.name, view.panorama] for number, view in self._views.items()}
        self._write({"feed_fd": feed_fd, "fps": self._fps, "views": views})
        for number, motion in self._motions.items():
            self._write({"number": number, "motion": motion.to_json()})
        self._write({"watch": self._watched})

    def _write(self, document: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError):  # it has died; it is told everything when it is started again
            process.stdin.write(json.dumps(document).encode() + b"\n")
            process.stdin.flush()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()  # it owns nothing
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_S)
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
