"""A search worker: `python -m wallclient.player.search_worker`, orders in, news and pictures out; no Qt, no libVLC.

The main thread works; another one hears orders, of which the newest counts. It ends when its standard input does, so
that it never outlives the application, and gives way to everything that shows pictures.
"""

import contextlib
import logging
import os
import sys
import threading
import time

import av.logging
import msgspec

from wallclient.domain.footage_search import LackReason
from wallclient.player.review_messages import File
from wallclient.player.search_footage import Footage
from wallclient.player.search_messages import (
    Addresses,
    Done,
    FromWorker,
    Looked,
    Motion,
    MotionOrder,
    Order,
    Picture,
    PicturesOrder,
    Skipped,
    Stop,
    line,
    read_order,
)
from wallclient.player.search_pictures import pictures
from wallclient.player.search_scan import Scan

_log = logging.getLogger(__name__)
_NICE = 15  # live pictures, playback and exports go first
_TELL_EVERY_S = 0.2
_SUPERSEDED = "superseded"
_saying = threading.Lock()

av.logging.set_level(av.logging.PANIC)  # FFmpeg prints addresses with their passwords


class _Superseded(Exception):  # noqa: N818 - reads as what happened
    """Nobody wants the order under way any more."""


class Worker:
    """Does one order after the other; `take` is called by the thread that hears, all else by the main thread."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._next: Order | None = None
        self._stop = threading.Event()  # leave what is under way
        self._footages: list[Footage] = []
        self._moved: dict[File, File] = {}
        self._told_at = 0.0

    def take(self, raw: bytes) -> None:
        """Take what the application says."""
        message = read_order(raw)
        with self._lock:
            match message:
                case Addresses():
                    self._moved |= {file: file for file in message.files}
                    for footage in self._footages:
                        footage.move(message.files)
                case Stop() | PicturesOrder() | MotionOrder():
                    if self._next is not None:
                        say(Done(self._next.number, _SUPERSEDED))
                    self._next = None if isinstance(message, Stop) else message
                    self._stop.set()
                    self._lock.notify()

    def run(self) -> None:
        """Work for ever."""
        while True:
            order = self._wait()
            failed = ""
            try:
                self._do(order)
            except _Superseded:
                failed = _SUPERSEDED
            except Exception as err:  # the edge of the order: the next one may well be possible
                _log.exception("a search")
                failed = type(err).__name__
            finally:
                with self._lock:
                    for footage in self._footages:
                        footage.close()
                    self._footages = []
            say(Done(order.number, failed))

    def _wait(self) -> Order:
        with self._lock:
            while self._next is None:
                self._lock.wait()
            order, self._next = self._next, None
            self._stop.clear()
            self._moved = {}
            return order

    def _do(self, order: Order) -> None:
        if isinstance(order, PicturesOrder):
            self._find_pictures(order)
        else:
            self._find_motion(order)

    def _open(self, order: Order) -> Footage:
        footage = Footage(order.files, self._rest)
        with self._lock:
            footage.move(list(self._moved.values()))
            self._footages.append(footage)
        return footage

    def _find_pictures(self, order: PicturesOrder) -> None:
        for asked, moment, pixels, lack in pictures(order, self._open(order)):
            self._check()
            if pixels is None:
                say(Picture(order.number, asked, lack=lack))
            else:
                size = len(pixels.data)
                news = Picture(order.number, asked, moment, None, pixels.width, pixels.height, pixels.stride, size)
                say(news, pixels.data)

    def _find_motion(self, order: MotionOrder) -> None:
        def skipped(start_us: int, end_us: int, lack: LackReason) -> None:
            say(Skipped(order.number, start_us, end_us, lack))

        def tell(at_us: int) -> None:
            self._check()
            if time.monotonic() - self._told_at >= _TELL_EVERY_S:
                self._told_at = time.monotonic()
                say(Looked(order.number, at_us))

        for hit in Scan(order, self._open(order), self._open(order), tell, skipped).hits():
            self._check()
            picture = hit.picture
            news = Motion(
                order.number, hit.start_us, hit.end_us, hit.peak_us, hit.score,
                picture.width, picture.height, picture.stride, len(picture.data),
            )  # fmt: skip
            say(news, picture.data)

    def _check(self) -> None:
        if self._stop.is_set():
            raise _Superseded

    def _rest(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _Superseded


def say(news: FromWorker, pixels: bytes = b"") -> None:
    """Tell the application, from any thread; an application that takes nothing any more ends the worker."""
    try:
        with _saying:
            sys.stdout.buffer.write(line(news) + pixels)
            sys.stdout.buffer.flush()
    except OSError:
        os._exit(0)


def _hear(worker: Worker) -> None:
    """Hand over what comes in; end with the application: there is nothing to put in order."""
    unread = b""
    with contextlib.suppress(OSError):
        while data := os.read(0, 1 << 16):  # not sys.stdin: its lock would be held when the interpreter ends
            *lines, unread = (unread + data).split(b"\n")
            for raw in lines:
                try:
                    worker.take(raw)
                except msgspec.DecodeError:
                    _log.exception("what was told")
    os._exit(0)


def main() -> None:
    """Run a worker on standard input and output."""
    logging.basicConfig(format="search worker %(process)d %(levelname)s %(message)s", stream=sys.stderr)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    worker = Worker()
    threading.Thread(target=_hear, args=(worker,), name="orders", daemon=True).start()
    worker.run()


if __name__ == "__main__":
    main()
