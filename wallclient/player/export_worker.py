"""An export's worker process: `python -m wallclient.player.export_worker`, an order in, news out, no Qt.

All it knows is in its folder: killed at any moment, the next one goes on where it was. It ends when its standard input
does, so that it never outlives the application.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from wallclient.player.export_fetch import Fetched, Fetcher, SourceGone
from wallclient.player.export_messages import Ended, Lack, Order, Progress, Stage, line, read_order

_TELL_EVERY_S = 0.2
_NICE = 5  # live pictures go first


class _Teller:
    """Says how far it is, now and then."""

    def __init__(self, order: Order) -> None:
        self._shares = {Stage.FETCH: 0.9, Stage.WRITE: 0.1}
        if order.burn is not None:
            self._shares = {Stage.FETCH: 0.25, Stage.WRITE: 0.05, Stage.BURN: 0.7}
        self._told_at = 0.0
        self.received_bytes = 0

    def tell(self, stage: Stage, part: float) -> None:
        now = time.monotonic()
        if now - self._told_at < _TELL_EVERY_S and part < 1:
            return
        self._told_at = now
        before = 0.0
        for other, share in self._shares.items():
            if other is stage:
                say(Progress(stage, min(1.0, before + share * part), self.received_bytes))
                return
            before += share


def say(message: Progress | Ended) -> None:
    """Tell the application."""
    sys.stdout.buffer.write(line(message))
    sys.stdout.buffer.flush()


def run(order: Order) -> Ended:
    """Do what an order says."""
    teller, lacks = _Teller(order), list[Lack]()
    files = _ahead(_fetch(order, teller, lacks))  # begins at once: FFmpeg is loaded while the first bytes come
    from wallclient.player.export_pieces import make

    return make(files, order, lacks, teller.tell)


def _ahead(files: Iterator[Fetched]) -> Iterator[Fetched]:
    """Return what `files` yields, while a thread gets it: net and disk are busy at the same time."""
    ready: queue.SimpleQueue[Fetched | BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            for one in files:
                ready.put(one)
            ready.put(None)
        except BaseException as err:  # the edge of the thread: raised again where it is waited for
            ready.put(err)

    threading.Thread(target=work, name="fetch", daemon=True).start()
    return _taken(ready)


def _taken(ready: "queue.SimpleQueue[Fetched | BaseException | None]") -> Iterator[Fetched]:
    while (one := ready.get()) is not None:
        if isinstance(one, BaseException):
            raise one
        yield one


def _fetch(order: Order, teller: _Teller, lacks: list[Lack]) -> Iterator[Fetched]:
    """Yield the files of an order; those that are not there become `lacks`."""
    total_ms = sum(source.end_ms - source.start_ms for source in order.sources)
    done_ms = now_ms = 0

    def received(count: int, part: float) -> None:
        teller.received_bytes += count
        teller.tell(Stage.FETCH, (done_ms + now_ms * part) / total_ms)

    fetcher = Fetcher(Path(order.folder), order.ca_file, received)
    for source in order.sources:
        now_ms = source.end_ms - source.start_ms
        try:
            yield Fetched(source, *fetcher.fetch(source))
        except SourceGone:
            if not order.may_miss:
                raise
            lacks.append(Lack(source.start_ms, source.end_ms, "missing"))
        done_ms += now_ms
        teller.tell(Stage.FETCH, done_ms / total_ms)


def _end_with_the_application() -> None:
    """Wait for the end of standard input, then end at once: there is nothing to put in order."""
    while os.read(0, 1024):  # not sys.stdin: its lock would be held when the interpreter ends
        pass
    os._exit(0)


def main() -> None:
    """Read the order and do it."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    order = read_order(sys.stdin.buffer.readline())  # nothing follows it but the end
    threading.Thread(target=_end_with_the_application, name="parent", daemon=True).start()
    say(run(order))
    os._exit(0)  # all is written and said: nothing is left to be put in order


if __name__ == "__main__":
    main()
