"""Prepares the demo cameras' clips: draws a scene, encodes it once, keeps it in a cache directory.

`ClipMaker` belongs to whoever runs the media server and lets worker processes do the drawing (`python -m
wallclient.demo.clips`), two at a time, so that nobody waits for a clip he does not need and no Qt is loaded in the
caller. Files appear whole or not at all; several processes may share a cache.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from wallclient.demo import clip_file
from wallclient.domain.errors import WallError

WORKERS = 2
DRAWING = 2  # raise it when scenes or encoder settings change: cached clips are told apart by it


class ClipFailed(WallError):  # noqa: N818 - reads as what happened
    """A clip could not be drawn or encoded; `args[0]` says which and why."""


@dataclass(frozen=True, slots=True)
class ClipWanted:
    """One loop of a scene; width must be 640, 1280 or 1920, `fps` whole."""

    scene: str
    codec: str
    width: int
    height: int
    fps: int

    def path(self, directory: Path) -> Path:
        """Return where the clip is kept."""
        version = f"{DRAWING}.{clip_file.FORMAT}"
        return directory / f"{self.scene}-{self.codec}-{self.width}x{self.height}-{self.fps}-v{version}.clip"


class ClipMaker:
    """Makes clips on demand, each once, in worker processes that end when they have nothing left to do. Thread-safe."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._lock = threading.Lock()
        self._pending: dict[ClipWanted, list[Callable[[Path | None, str], None]]] = {}
        self._queue: queue.SimpleQueue[ClipWanted] = queue.SimpleQueue()
        self._workers: set[subprocess.Popen[str]] = set()
        self._threads = 0
        self._closed = False

    def request(self, wanted: ClipWanted, done: Callable[[Path | None, str], None]) -> None:
        """Call `done` with the clip's path, or None and what went wrong.

        At once when it is there, else later on another thread.
        """
        path = wanted.path(self._directory)
        if path.exists():
            done(path, "")
            return
        with self._lock:
            if self._closed:
                raise ClipFailed("the clip maker is closed")
            waiting = self._pending.setdefault(wanted, [])
            waiting.append(done)
            if len(waiting) == 1:
                self._queue.put(wanted)
                if self._threads < WORKERS:
                    self._threads += 1
                    threading.Thread(target=self._work, name="clip maker", daemon=True).start()

    def prepare(self, wanted: Sequence[ClipWanted], progress: Callable[[int, int], None] | None = None) -> None:
        """Make what is missing and wait for it; `progress(done, total)` is called from other threads.

        Raises ClipFailed.
        """
        distinct = list(dict.fromkeys(wanted))
        answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        for one in distinct:
            self.request(one, lambda _path, error: answers.put(error))
        for count in range(len(distinct)):
            if error := answers.get():
                raise ClipFailed(error)
            if progress:
                progress(count + 1, len(distinct))

    def close(self) -> None:
        """End the workers; what was asked for and is not there yet fails."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.kill()

    def _work(self) -> None:
        worker: subprocess.Popen[str] | None = None
        while True:
            with self._lock:
                try:
                    wanted = None if self._closed else self._queue.get_nowait()
                except queue.Empty:
                    wanted = None
                if wanted is None:
                    self._threads -= 1
                    left = {} if not self._closed else self._pending
                    self._pending = {} if self._closed else self._pending
                    if worker:
                        self._workers.discard(worker)
                    break
                if worker is None:
                    worker = self._start()
                    self._workers.add(worker)
            error = _order(worker, wanted, self._directory)
            if error and worker.poll() is not None:
                with self._lock:
                    self._workers.discard(worker)
                _end(worker)
                worker = None
            with self._lock:
                callbacks = self._pending.pop(wanted, [])
            for done in callbacks:
                done(None if error else wanted.path(self._directory), error)
        if worker:
            _end(worker)
        for callbacks in left.values():
            for done in callbacks:
                done(None, "the clip maker was closed")

    @staticmethod
    def _start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "wallclient.demo.clips"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            cwd=Path(__file__).resolve().parents[2],
        )


def _order(worker: subprocess.Popen[str], wanted: ClipWanted, directory: Path) -> str:
    """Have one clip made and return what went wrong, or nothing."""
    assert worker.stdin
    assert worker.stdout
    try:
        worker.stdin.write(json.dumps({"wanted": asdict(wanted), "directory": str(directory)}) + "\n")
        worker.stdin.flush()
        answer = worker.stdout.readline()
        return str(json.loads(answer)["error"]) if answer else f"the worker died while drawing {wanted.scene}"
    except (OSError, ValueError, KeyError) as err:
        return f"the worker failed while drawing {wanted.scene}: {err}"


def _end(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin
    assert worker.stdout
    worker.kill()  # it holds nothing: files are renamed when whole
    worker.wait()
    with contextlib.suppress(OSError):  # what was left to be written to the dead
        worker.stdin.close()
    worker.stdout.close()


@contextlib.contextmanager
def _turn(path: Path) -> Iterator[None]:
    """Wait until nobody else makes this clip: two demos that start together share the work."""
    import fcntl  # there is no media server where this is missing

    locks = path.parent / "locks"
    locks.mkdir(exist_ok=True)
    with (locks / path.name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Worker: one wanted clip per line of standard input, one answer per line of standard output."""
    from PySide6.QtGui import QGuiApplication

    from wallclient.demo.encode import make_clip

    application = QGuiApplication(sys.argv[:1])
    os.nice(5)
    for line in sys.stdin:
        order = json.loads(line)
        wanted, error = ClipWanted(**order["wanted"]), ""
        path = wanted.path(Path(order["directory"]))
        try:
            with _turn(path):
                if not path.exists():
                    part = path.with_name(f"{path.name}.{os.getpid()}.part")
                    clip_file.save(make_clip(wanted.scene, wanted.codec, wanted.width, wanted.height, wanted.fps), part)
                    part.replace(path)
        except Exception as err:  # the edge of the process: the asker is told, and the next clip may still succeed
            error = f"{path.name}: {err!r}"
        print(json.dumps({"error": error}), flush=True)
    del application


if __name__ == "__main__":
    main()
