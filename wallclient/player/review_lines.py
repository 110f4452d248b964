"""Keeps the groups of pictures of one track coming that are streamed (RTSP), at the pace their server sends them.

What is sent at the pace of the clock would always come too late by the time it took to ask for it. So a second
connection is opened a little ahead; when the first has come so far it ends. Backwards the second one fetches
the group before. Faster than a server sends, only key pictures are fetched, each by a seek of its own.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import av.error

from wallclient.domain.pane import PaneReason
from wallclient.player.bridge import reason_of
from wallclient.player.review_file import Gop, Wish
from wallclient.player.review_messages import File
from wallclient.player.review_rtsp import RtspFootage, SentPicture, TimeUnknown
from wallclient.player.review_sent import GroupsSent, sparse_group

_log = logging.getLogger(__name__)
_MOST_LINES = 2
_MOST_STUCK = 4  # threads that wait for a server nobody wants anything of any more
_REACH_US = 1_500_000  # nearer than that ahead, waiting is quicker than seeking
_MARGIN_US, _AHEAD_US = 1_200_000, 2_000_000  # with less in hand a second line is opened so far ahead
_READ_ON_US = 4_000_000  # behind the moment, also while the clock stands
_BACK_US = (0, 300_000, 2_000_000, 8_000_000, 30_000_000)  # where to ask for, before a moment, if it begins behind it
_ALONE_S = 30.0  # a server that refuses a second connection is not asked again for so long
_STUCK_S = 1.0
_NEARLY_US = 2_000_000  # a stream that ends or falls silent so near to its end has ended
_SKIM_EVERY_S = 0.2
_SKIM_LEAD_S = 0.15  # it takes so long until a key picture is there
_SPARSE_US = 2_000_000  # at least that long a key picture stands for all, in a hurry
FAILURES = (av.error.FFmpegError, OSError, ValueError)


class Store(Protocol):
    """Where groups go; `review_fetch.Fetcher` is one. Its methods may be called from any thread."""

    def find_whole(self, file: File, moment_us: int) -> Gop | None:
        """Return the group that covers a moment, if its pictures are at hand."""

    def put(self, group: Gop, received_bytes: int) -> None:
        """Take a group, or note that it has grown."""

    def fail(self, file: File, reason: PaneReason) -> None:
        """Note that a file can't be had at present."""

    def address(self, file: File) -> File:
        """Return a file at the address it has now."""


class Lines:
    """The connections of one track. Methods may be called from any thread, and never wait for a server."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._lines: list[_Line] = []
        self._alone_until = 0.0
        self._closed = False

    def close(self) -> None:
        """Let all connections end."""
        with self._lock:
            self._closed = True
            for line in self._lines:
                line.end()

    def forget(self, files: Sequence[File]) -> None:
        """End what belongs to none of `files`."""
        with self._lock:
            for line in self._lines:
                if line.file not in files:
                    line.end()

    def want(self, wishes: Sequence[Wish], moment_us: int, rate: float) -> None:
        """Fetch these, the most urgent first, for a clock that is at a moment; without wishes, let lines run out."""
        with self._lock:
            self._lines = [line for line in self._lines if line.is_alive]
            active = [line for line in self._lines if not line.ended]
            for line in active:
                line.stop_us = moment_us + _READ_ON_US
            if self._closed or not wishes:
                return
            if abs(rate) > 1:
                self._skim(wishes[0].file, moment_us, rate, active)
            else:
                self._serve(list(wishes), moment_us, rate, active)

    def _serve(self, wishes: list[Wish], moment_us: int, rate: float, active: list["_Line"]) -> None:
        serving: list[_Line] = []
        most = _MOST_LINES if time.monotonic() > self._alone_until else 1
        while wishes and len(serving) < most:
            wish = wishes.pop(0)
            line = next((line for line in active if line not in serving and line.serves(wish)), None)
            if line is None:
                line = self._send(wish, [one for one in active if one not in serving and not _any(one, wishes)])
                if line is None:
                    return
                active = [one for one in [*active, line] if not one.ended]
            serving.append(line)
            wishes += [more for more in _more(line, moment_us, rate) if not self._is_there(more)]

    def _is_there(self, wish: Wish) -> bool:
        return self._store.find_whole(wish.file, wish.moment_us) is not None

    def _send(self, wish: Wish, free: list["_Line"]) -> "_Line | None":
        """Let a free line, or a new one, fetch something; None: there are too many."""
        same = next((line for line in free if line.file == wish.file and not line.is_stuck), None)
        if same is not None:
            same.go(wish)
            return same
        for line in free:
            line.end()
        if len(self._lines) >= _MOST_STUCK + _MOST_LINES:
            return None
        line = _Line(self._store, wish, self._on_failure)
        self._lines.append(line)
        return line

    def _on_failure(self, line: "_Line", reason: PaneReason) -> None:
        """Tell what went wrong, on the line's thread; a second line that is refused does no harm."""
        with self._lock:
            others = [one for one in self._lines if one is not line and not one.ended and one.file == line.file]
            if any(one.began_us and not one.is_stuck for one in others):
                self._alone_until = time.monotonic() + _ALONE_S
                return
        self._store.fail(line.file, reason)

    def _skim(self, file: File, moment_us: int, rate: float, active: list["_Line"]) -> None:
        target = moment_us + round(rate * _SKIM_LEAD_S * 1_000_000)
        wish = Wish(file, min(max(target, file.start_us), file.end_us - 1))
        line = next((line for line in active if line.skims and line.file == file), None)
        for other in active:
            if other is not line:
                other.end()
        span_us = max(_SPARSE_US, round(abs(rate) * 1_000_000))
        if line is None:
            if len(self._lines) < _MOST_STUCK + _MOST_LINES:
                self._lines.append(_Line(self._store, wish, self._on_failure, span_us))
        else:
            line.go(wish, span_us)


def _any(line: "_Line", wishes: Sequence[Wish]) -> bool:
    return any(line.serves(wish) for wish in wishes)


def _more(line: "_Line", moment_us: int, rate: float) -> list[Wish]:
    """Return what a second line is to fetch meanwhile."""
    file = line.file
    if not line.began_us:
        return []
    if rate > 0 and line.position_us - moment_us < _MARGIN_US:
        at = line.position_us + _AHEAD_US
        return [Wish(file, at)] if at < file.end_us else []
    if rate < 0 and line.began_us > file.start_us:
        return [Wish(file, line.began_us - 1)]
    return []


class _Line:
    """One connection and its thread."""

    def __init__(
        self, store: Store, wish: Wish, on_failure: "Callable[[_Line, PaneReason], None]", sparse_us: int = 0
    ) -> None:
        """With `sparse_us` only key pictures are fetched, each standing for so long."""
        self.file = wish.file
        self.stop_us = wish.moment_us + _READ_ON_US
        self.position_us = wish.moment_us  # all from `began_us` up to here is at hand
        self.began_us = 0  # the key picture this line began with; 0: none yet
        self.ended = False
        self.skims = bool(sparse_us)
        self._given_up = False
        self._store, self._on_failure = store, on_failure
        self._target: int | None = wish.moment_us
        self._aim_us = wish.moment_us
        self._sparse_us = sparse_us
        self._heard = time.monotonic()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="footage-line", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Tell whether the thread goes on."""
        return self._thread.is_alive()

    @property
    def is_stuck(self) -> bool:
        """Tell whether the server has been silent for long."""
        return time.monotonic() - self._heard > _STUCK_S

    def serves(self, wish: Wish) -> bool:
        """Tell whether a moment will be here soon without anything being asked for."""
        if self.skims or wish.file != self.file:
            return False
        if not self.began_us:  # where it will begin is not known; clocks may run meanwhile
            return abs(wish.moment_us - self.position_us) < _REACH_US
        near = wish.moment_us < self.position_us + _REACH_US or wish.moment_us <= self._aim_us
        return self.began_us <= wish.moment_us and self.position_us - 1 <= wish.moment_us and near

    def go(self, wish: Wish, sparse_us: int = 0) -> None:
        """Go on with another moment."""
        self.began_us, self.position_us, self.stop_us = 0, wish.moment_us, wish.moment_us + _READ_ON_US
        self.skims, self._sparse_us = bool(sparse_us), sparse_us
        self._target = self._aim_us = wish.moment_us
        self._wake.set()

    def end(self) -> None:
        """End as soon as the server lets it; one that has been silent has still to say why."""
        self._given_up = self.is_stuck
        self.ended = True
        self._wake.set()

    # -- the line's own thread ---------------------------------------------------------------------

    def _run(self) -> None:
        footage: RtspFootage | None = None
        try:
            footage = RtspFootage(self._store.address(self.file))
            while not self.ended and (target := self._take_target()) is not None:
                if self._sparse_us:
                    self._fetch_key(footage, target)
                else:
                    self._deliver(footage, target)
        except FAILURES as err:
            if not self.ended or self._given_up:
                self._on_failure(self, reason_of(err))
        except Exception:  # the edge of the thread
            _log.exception("streaming footage")
        finally:
            self.ended = True
            if footage is not None:
                footage.close()

    def _take_target(self) -> int | None:
        if self._sparse_us and self._target is None:
            self._wake.wait(1.0)  # the track is in a hurry and will want more
        self._wake.clear()
        target, self._target = self._target, None
        return target

    @property
    def _is_left(self) -> bool:
        return self.ended or self._target is not None

    def _deliver(self, footage: RtspFootage, target_us: int) -> None:
        """Put what comes from a moment on into the store, until enough is at hand."""
        first = self._seek(footage, target_us)
        groups = GroupsSent(self.file, footage, first, target_us)
        self.began_us, self.position_us = groups.start_us, groups.end_us
        self._tell(groups, first)
        try:
            for picture in footage.pictures():
                if self._is_left or not groups.take(picture):
                    return
                if groups.at_seam:
                    groups.stopping = groups.key_us > self.stop_us or self._is_there(groups.key_us)
                self.position_us = groups.end_us
                self._tell(groups, picture)
            self._on_end(groups)
        except FAILURES:
            if groups.end_us < self.file.end_us - _NEARLY_US:
                raise
            groups.finish()  # servers fall silent at the end
        finally:
            groups.cut()
            self._tell(groups, None)

    def _seek(self, footage: RtspFootage, target_us: int) -> SentPicture:
        """Have sent what begins at a moment or before it, and return the first picture."""
        for back_us in _BACK_US:
            at = max(self.file.start_us, target_us - back_us)
            with contextlib.suppress(TimeUnknown):
                first = footage.seek(at)
                if first is None:
                    raise av.error.EOFError(1, "nothing was sent")
                if at == self.file.start_us or footage.moment_us(first) <= target_us:
                    return first
        raise av.error.InvalidDataError(1, "no key picture")

    def _is_there(self, moment_us: int) -> bool:
        there = self._store.find_whole(self.file, moment_us)
        return there is not None and (there.growing or not there.partial)

    def _on_end(self, groups: "GroupsSent") -> None:
        """The server says that there is no more, or the line is broken: which of them can't be told."""
        if groups.end_us < self.file.end_us - _NEARLY_US:
            raise av.error.EOFError(1, "ended too soon")
        groups.finish()

    def _tell(self, groups: "GroupsSent", picture: SentPicture | None) -> None:
        self._heard = time.monotonic()
        for group in groups.told():
            self._store.put(group, picture.packet.size if picture else 0)

    def _fetch_key(self, footage: RtspFootage, target_us: int) -> None:
        began = time.monotonic()
        first = None
        with contextlib.suppress(TimeUnknown):  # none, this time
            first = footage.seek(target_us)
        if first is not None:
            self._heard = time.monotonic()
            self._store.put(sparse_group(self.file, footage, first, self._sparse_us), first.packet.size)
        while not self.ended and (left := began + _SKIM_EVERY_S - time.monotonic()) > 0:
            time.sleep(left)
