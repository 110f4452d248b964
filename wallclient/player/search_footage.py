"""Footage for a search worker: files opened, read and decoded one at a time, and tried again where a line broke.

One thread, no look ahead: a search is bounded by its decoder, and holds one group of pictures at a time.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import av.error
from av.video.frame import VideoFrame

from wallclient.domain.footage_search import LackReason
from wallclient.player.review_decode import GopDecoder
from wallclient.player.review_file import FootageReader, Gop
from wallclient.player.review_messages import File
from wallclient.player.review_reel import Reel, Span

_Result = TypeVar("_Result")
_READERS = 2
_WAITS_S = (0.5, 2.0)  # before further tries, where nobody answers
_REFUSED = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)
_BROKEN = (
    av.error.InvalidDataError,
    av.error.EOFError,
    av.error.HTTPNotFoundError,
    av.error.HTTPClientError,
    av.error.DecoderNotFoundError,
)
_FAILURES = (av.error.FFmpegError, OSError, ValueError)


class Unreadable(Exception):  # noqa: N818 - reads as what happened
    """A file can't be read; `reason` says why."""

    def __init__(self, reason: LackReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Footage:
    """The files of an order. `rest` sleeps, and raises where the order is not wanted any more."""

    def __init__(self, files: Sequence[File], rest: Callable[[float], None]) -> None:
        self.reel = Reel(files)
        self._rest = rest
        self._lock = threading.Lock()
        self._newest: dict[File, File] = {}
        self._readers: dict[File, FootageReader] = {}
        self._decoder = GopDecoder()
        self._is_away = False  # whoever answered nothing last time gets one chance only

    def move(self, files: Sequence[File]) -> None:
        """Take the addresses the files have now. Any thread."""
        with self._lock:
            self._newest |= {file: file for file in files}

    def close(self) -> None:
        """Let go of all files."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    def spans(self, start_us: int, end_us: int) -> Iterator[Span]:
        """Yield the parts of a range in order; those without footage have no file."""
        at: int = start_us
        while at < end_us:
            span = self.reel.span(at)
            until = end_us if span.end_us is None else min(end_us, span.end_us)
            yield Span(span.file, at, until)
            at = until

    def group(self, file: File, moment_us: int) -> Gop:
        """Return the group of pictures that covers a moment. Raises Unreadable."""
        return self._anyhow(file, lambda reader: reader.read(moment_us)[-1])

    def keys(self, file: File, start_us: int, end_us: int) -> Iterator[Gop]:
        """Yield the key pictures of a range, from the one before it on. Raises Unreadable, after those before."""
        at, begun = start_us, False
        while True:
            gop, others = self._anyhow(file, lambda reader, at=at: _begun(reader.keys(at, end_us)))  # type: ignore[misc]
            former = at
            try:
                while gop is not None:
                    if gop.key_us >= at or not begun:
                        at, begun = gop.key_us + 1, True
                        yield gop
                    gop = next(others, None)
                return
            except _FAILURES as err:  # the line broke on the way: go on from there
                self._drop(file)
                if at <= former + 1:
                    raise Unreadable(_why(err)) from None

    def decode(self, gop: Gop, *, keys_only: bool = False) -> Iterator[tuple[int, VideoFrame]]:
        """Yield the pictures of a group in order, with their moments. Raises Unreadable (no decoder)."""
        try:
            self._decoder.begin(gop, keys_only=keys_only)
        except av.error.FFmpegError:
            raise Unreadable(LackReason.BROKEN) from None
        while not self._decoder.finished:
            yield from self._decoder.step()
        self._decoder.stop()

    def _anyhow(self, file: File, work: Callable[[FootageReader], _Result]) -> _Result:
        """Do `work` with the reader at hand, else with a new one, again after a while where nobody answers."""
        if (kept := self._readers.get(file)) is not None:
            with contextlib.suppress(*_FAILURES):
                return work(kept)
            self._drop(file)
        waits = iter(_WAITS_S if not self._is_away else ())
        while True:
            try:
                reader = self._open(file)
                done = work(reader)
            except _FAILURES as err:
                self._drop(file)
                reason = _why(err)
                wait = next(waits, None) if reason in (LackReason.AWAY, LackReason.REFUSED) else None
                if wait is None:
                    self._is_away = reason is LackReason.AWAY
                    raise Unreadable(reason) from None
                self._rest(wait)
            else:
                self._is_away = False
                return done

    def _open(self, file: File) -> FootageReader:
        with self._lock:
            address = self._newest.get(file, file)
        reader = self._readers[file] = FootageReader(address)
        while len(self._readers) > _READERS:
            self._drop(next(iter(self._readers)))
        return reader

    def _drop(self, file: File) -> None:
        if (reader := self._readers.pop(file, None)) is not None:
            reader.close()


def _begun(groups: Iterator[Gop]) -> tuple[Gop | None, Iterator[Gop]]:
    """Return the first group beside the others: what can't be begun with fails here."""
    return next(groups, None), groups


def _why(err: Exception) -> LackReason:
    if isinstance(err, _REFUSED):
        return LackReason.REFUSED
    return LackReason.BROKEN if isinstance(err, (*_BROKEN, ValueError)) else LackReason.AWAY
