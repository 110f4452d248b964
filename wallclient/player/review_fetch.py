"""Fetches groups of pictures for one track, on threads of its own, so that a slow or dead source holds up nobody.

The track tells its wishes, the most urgent first, whenever they change; what has arrived is kept up to a bound. What is
streamed over RTSP comes by `review_lines`.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import av.error

from wallclient.domain.pane import PaneReason
from wallclient.domain.retry import retry_delay_s
from wallclient.player.bridge import reason_of
from wallclient.player.review_file import FootageReader, Gop, Wish
from wallclient.player.review_lines import Lines
from wallclient.player.review_messages import STREAMED, File

_log = logging.getLogger(__name__)
_KEPT_BYTES = 6 << 20
_KEPT_LEAST = 4  # groups: those beside the one shown, however large
_READERS = 2  # the file shown and the one beside it
_PATIENCE_S = 1.0  # a thread busy with what nobody wants any more is left to itself after that
_MOST_THREADS = 4
_LOOK_AGAIN_S = 10.0  # at a file that ended too soon: perhaps it was cut off on the way


_FAILURES = (av.error.FFmpegError, OSError, ValueError)


@dataclass(slots=True)
class _Trouble:
    """What is wrong with a file, and when it is tried again."""

    reason: PaneReason
    attempts: int
    not_before: float


class Fetcher:
    """The groups at hand, and the threads that fetch more. All methods may be called from any thread."""

    def __init__(self, on_news: Callable[[], None]) -> None:
        """`on_news` is called, on a thread of the fetcher's, whenever something arrived or failed."""
        self._on_news = on_news
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._wishes: list[Wish] = []
        self._groups: dict[tuple[File, int], Gop] = {}
        self._troubles: dict[File, _Trouble] = {}
        self._ended: dict[File, float] = {}  # files whose last group was read, and when
        self._memory_fds: dict[int, int] = {}
        self._newest: dict[File, File] = {}  # the same file at the address it has now
        self._worker = 0  # number of the thread that is to work; others end when they get round to it
        self._running = -1
        self._threads = 0
        self._busy: tuple[Wish, float] | None = None
        self._closed = False
        self._hurried = False  # key pictures only: sparse groups count
        self._lines = Lines(self)
        self.received_bytes = 0

    def close(self) -> None:
        """Let all threads end; those that wait for a network do so when it has answered or timed out."""
        self._lines.close()
        with self._lock:
            self._closed = True
            self._wishes.clear()
            self._groups.clear()
            self._work.notify_all()
            if not self._threads:
                self._close_memory()

    def take_memory(self, number: int, fd: int) -> None:
        """Keep the descriptor of a file in memory; closed with the fetcher."""
        with self._lock:
            if former := self._memory_fds.get(number):
                os.close(former)
            self._memory_fds[number] = fd

    def find(self, file: File, moment_us: int) -> Gop | None:
        """Return the group that covers a moment, if it is at hand; in a hurry also one of a key picture only."""
        return self._find_fresh(file, moment_us, sparse=self._hurried)

    def find_whole(self, file: File, moment_us: int) -> Gop | None:
        """Return the group that covers a moment, if its pictures are at hand."""
        return self._find_fresh(file, moment_us, sparse=False)

    def _find_fresh(self, file: File, moment_us: int, *, sparse: bool) -> Gop | None:
        with self._lock:
            found = self._find(file, moment_us, sparse=sparse)
            if found is not None and found.last and moment_us >= found.end_us and self._stale(file):
                return None  # look whether there is more of the file by now
            return found

    def reason(self, file: File) -> PaneReason | None:
        """Return why a file can't be had at present."""
        with self._lock:
            trouble = self._troubles.get(file)
            return trouble.reason if trouble else None

    def want(self, wishes: Sequence[Wish], moment_us: int = 0, rate: float = 0.0) -> None:
        """Replace the wishes, for a clock that is at a moment. Those met already are dropped."""
        with self._lock:
            now = time.monotonic()
            missing = [wish for wish in wishes if self._missing(wish)]
            self._hurried = abs(rate) > 1
            if not self._hurried:
                self._groups = {key: group for key, group in self._groups.items() if not group.sparse}
            streamed = [wish for wish in missing if wish.file.form == STREAMED and not self._waits(wish.file, now)]
            self._wishes = [wish for wish in missing if wish.file.form != STREAMED]
        self._lines.want(streamed, moment_us, rate)
        self._let_work()

    def _let_work(self) -> None:
        with self._lock:
            if not self._wishes or self._closed:
                return
            if self._given_up():
                self._worker += 1
                self._busy = None
            if self._busy is None and self._threads < _MOST_THREADS and not self._has_worker():
                self._threads += 1
                self._running = self._worker
                threading.Thread(target=self._run, args=(self._worker,), name="footage", daemon=True).start()
            self._work.notify_all()

    def keep_near(self, moment_us: int) -> None:
        """Forget what is farthest from a moment, beyond the bound."""
        with self._lock:
            size = sum(group.size_bytes for group in self._groups.values())
            if size <= _KEPT_BYTES:
                return
            far = sorted(self._groups, key=lambda at: -abs(self._groups[at].start_us - moment_us))
            for key in far[: len(far) - _KEPT_LEAST]:
                if size <= _KEPT_BYTES:
                    return
                size -= self._groups.pop(key).size_bytes

    def forget(self, files: Sequence[File]) -> None:
        """Keep only what belongs to `files`, from now on at the addresses they have here."""
        self._lines.forget(files)
        with self._lock:
            wanted = set(files)
            moved = {file for file in files if file.url != self._newest.get(file, file).url}
            self._newest = {file: file for file in files}
            self._troubles = {file: trouble for file, trouble in self._troubles.items() if file not in moved}
            self._groups = {key: group for key, group in self._groups.items() if group.file in wanted}
            self._troubles = {file: trouble for file, trouble in self._troubles.items() if file in wanted}
            self._ended = {file: at for file, at in self._ended.items() if file in wanted}

    # -- for streams, from their threads -----------------------------------------------------------

    def put(self, group: Gop, received_bytes: int) -> None:
        """Take a group that is being sent, or note that it has grown."""
        key = group.file, ~group.start_us if group.sparse else group.start_us
        with self._lock:
            self.received_bytes += received_bytes
            self._troubles.pop(group.file, None)
            former = self._groups.get(key)
            longer = former is None or former.end_us <= group.end_us
            if longer and not self._closed and self._newest.get(group.file) is not None:
                if group.last:
                    self._ended[group.file] = time.monotonic()
                self._groups[key] = group
        self._on_news()

    def fail(self, file: File, reason: PaneReason) -> None:
        """Note that a file can't be had at present."""
        self._failed(file, reason)
        self._on_news()

    def address(self, file: File) -> File:
        """Return a file at the address it has now."""
        return self._address(file)

    # -- under the lock ----------------------------------------------------------------------------

    def _has_worker(self) -> bool:
        return self._running == self._worker

    def _find(self, file: File, moment_us: int, *, sparse: bool = False) -> Gop | None:
        there = (g for g in self._groups.values() if g.file == file and g.covers(moment_us))
        if file.form != STREAMED:
            return next(there, None)
        usable = (group for group in there if sparse or not group.sparse)
        return max(usable, key=lambda group: (not group.partial, group.start_us), default=None)

    def _waits(self, file: File, now: float) -> bool:
        trouble = self._troubles.get(file)
        return trouble is not None and trouble.not_before > now

    def _stale(self, file: File) -> bool:
        return time.monotonic() - self._ended.get(file, 0.0) > _LOOK_AGAIN_S

    def _missing(self, wish: Wish) -> bool:
        found = self._find(wish.file, wish.moment_us)
        return found is None or (found.last and wish.moment_us >= found.end_us and self._stale(wish.file))

    def _given_up(self) -> bool:
        """Tell whether the present thread is stuck with something that is not wanted any more."""
        if self._busy is None:
            return False
        wish, since = self._busy
        unwanted = all(other.file != wish.file for other in self._wishes[:1])
        return unwanted and time.monotonic() - since > _PATIENCE_S

    def _next(self) -> tuple[Wish | None, float | None]:
        """Return what to fetch now, or how long to wait before one of the wishes may be tried again."""
        now, soonest = time.monotonic(), None
        for wish in self._wishes:
            trouble = self._troubles.get(wish.file)
            if trouble and trouble.not_before > now:
                wait = trouble.not_before - now
                soonest = wait if soonest is None else min(soonest, wait)
            elif self._missing(wish):
                return wish, None
        return None, soonest

    # -- the fetching thread -----------------------------------------------------------------------

    def _run(self, worker: int) -> None:
        readers: dict[File, FootageReader] = {}
        try:
            while (wish := self._wait(worker)) is not None:
                self._fetch(wish, readers, worker)
        except Exception:  # the edge of the thread
            _log.exception("fetching footage")
        finally:
            for reader in readers.values():
                reader.close()
            with self._lock:
                self._threads -= 1
                if self._running == worker:
                    self._running = -1
                if self._closed and not self._threads:
                    self._close_memory()

    def _wait(self, worker: int) -> Wish | None:
        with self._lock:
            while True:
                if self._closed or worker != self._worker:
                    return None
                wish, wait_s = self._next()
                if wish is not None:
                    self._busy = wish, time.monotonic()
                    return wish
                self._busy = None
                self._work.wait(wait_s)

    def _fetch(self, wish: Wish, readers: dict[File, FootageReader], worker: int) -> None:
        file, kept = wish.file, readers.pop(wish.file, None)
        if kept is not None and self._reopen(file, wish.moment_us):
            kept.close()
            kept = None
        try:
            reader, groups, received = self._read_anyhow(file, kept, wish.moment_us)
        except _FAILURES as err:
            self._failed(file, reason_of(err))
        else:
            readers[file] = reader
            while len(readers) > _READERS:
                readers.pop(next(iter(readers))).close()
            self._arrived(file, groups, received)
        self._on_news()

    def _read_anyhow(
        self, file: File, kept: FootageReader | None, moment_us: int
    ) -> tuple[FootageReader, list[Gop], int]:
        """Read with the reader at hand, else with a new one, else at the file's new address; raise what fails last.

        Neither a connection closed for idleness nor a ticket of a session given back says anything about the file.
        """
        address = self._address(file)
        if kept is not None:
            with contextlib.suppress(*_FAILURES):
                return (kept, *_read(kept, moment_us))
        while True:
            try:
                reader = self._open(address)
                return (reader, *_read(reader, moment_us))
            except _FAILURES:
                former, address = address, self._address(file)
                if address.url == former.url:
                    raise

    def _address(self, file: File) -> File:
        with self._lock:
            return self._newest.get(file, file)

    def _open(self, file: File) -> FootageReader:
        return FootageReader(file, self._memory_fds.get(file.memory))

    def _reopen(self, file: File, moment_us: int) -> bool:
        with self._lock:
            found = self._find(file, moment_us)
            return found is not None and found.last

    def _arrived(self, file: File, groups: list[Gop], received_bytes: int) -> None:
        with self._lock:
            self.received_bytes += received_bytes
            self._troubles.pop(file, None)
            if self._closed:
                return
            for group in groups:
                if group.last:
                    self._ended[file] = time.monotonic()
                    self._drop_former_ends(file)
                self._groups[file, group.start_us] = group

    def _drop_former_ends(self, file: File) -> None:
        for key in [key for key, group in self._groups.items() if group.file == file and group.last]:
            del self._groups[key]

    def _failed(self, file: File, reason: PaneReason) -> None:
        with self._lock:
            former = self._troubles.get(file)
            attempts = former.attempts + 1 if former else 1
            self._troubles[file] = _Trouble(reason, attempts, time.monotonic() + retry_delay_s(attempts))

    def _close_memory(self) -> None:
        for fd in self._memory_fds.values():
            os.close(fd)
        self._memory_fds.clear()


def _read(reader: FootageReader, moment_us: int) -> tuple[list[Gop], int]:
    """Return the groups read and the bytes that took."""
    before = reader.received_bytes
    try:
        groups = reader.read(moment_us)
    except _FAILURES:
        reader.close()
        raise
    return groups, reader.received_bytes - before
