"""Footage fetched from devices: WVP lets a device send a stretch faster than it was recorded and writes it into a file.

That is how footage can be shown in step and taken along: a file has any moment, exactly. WVP's playback streams have
neither (see `wallclient.api.wvp.playback`). Each download is a stream of its own, which WVP names at random, so to stop
ours never takes anything from anybody else.
"""

import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.line import WvpLine
from wallclient.api.wvp.records import local_text
from wallclient.api.wvp.ways import Way
from wallclient.domain.errors import CameraOffline, CenterError, NotFound, ServerFailed, SignInNeeded
from wallclient.domain.retry import retry_delay_s

START_S = 40.0
POLL_S = 1.0
TIMES_FASTER = 4
AT_ONCE, AT_A_DEVICE = 8, 2
FILE_LATE_S = 60.0  # the file comes a little after the last picture: the media server has to close it
NO_PROGRESS_S = 60.0
TRIES = 3
KEPT_S = 600.0  # an address nobody uses


class Stage(Enum):
    """How far a piece has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(eq=False)
class Piece:
    """A stretch of one channel, in whole seconds, and the file it is in when it is done."""

    channel_id: str
    way: Way
    start_ms: int
    end_ms: int
    rank: float = 0.0  # the lowest is fetched first
    is_patient: bool = False  # nobody watches for it: it never takes the last place at its device
    stage: Stage = Stage.WAITING
    progress: float = 0.0
    url: str = field(default="", repr=False)
    codec: str = ""
    error: CenterError | None = None
    tries: int = 0
    not_before: float = 0.0  # monotonic, as all here
    idle_since: float = 0.0  # of a finished one
    wanted_by: set[str] = field(default_factory=set)


class Downloads:
    """Owns pieces and the threads that fetch them. Thread safe; only those threads wait for the network."""

    def __init__(self, line: WvpLine, clock: Callable[[], float] = time.monotonic, poll_s: float = POLL_S) -> None:
        self._line, self._clock, self._poll_s = line, clock, poll_s
        self._changed = threading.Condition()
        self._pieces: defaultdict[str, list[Piece]] = defaultdict(list)
        self._running: defaultdict[str, int] = defaultdict(int)  # by device
        self._threads = 0
        self._is_closed = False

    def want(self, owner: str, pieces: Sequence[Piece]) -> None:
        """Fetch these, and keep them for `owner`."""
        with self._changed:
            for piece in pieces:
                piece.wanted_by.add(owner)
                if piece not in self._pieces[piece.channel_id]:
                    self._pieces[piece.channel_id].append(piece)
            while self._threads < min(AT_ONCE, self._open_count()) and not self._is_closed:
                self._threads += 1
                threading.Thread(target=self._work, name="wvp-download", daemon=True).start()
            self._changed.notify_all()

    def of(self, channel_id: str) -> list[Piece]:
        """Return the pieces of a channel that are there or under way."""
        with self._changed:
            self._forget_idle()
            return [one for one in self._pieces[channel_id] if one.stage in (Stage.RUNNING, Stage.DONE)]

    def give_up(self, owner: str) -> None:
        """Drop what only `owner` wants; what is under way is stopped."""
        with self._changed:
            for pieces in self._pieces.values():
                for piece in pieces:
                    if owner in piece.wanted_by:
                        piece.wanted_by.discard(owner)
                        piece.idle_since = self._clock()
            self._forget_idle()
            self._changed.notify_all()

    def settle(self, limit_s: float) -> None:
        """Wait until what nobody wants is stopped, for so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: not any(self._running.values()), limit_s)

    def close(self) -> None:
        """End the threads, without waiting for the network."""
        with self._changed:
            self._is_closed = True
            self._pieces.clear()
            self._changed.notify_all()

    # --- with the lock held ---

    def _forget_idle(self) -> None:
        now = self._clock()
        for channel_id, pieces in list(self._pieces.items()):
            self._pieces[channel_id] = [one for one in pieces if _is_kept(one, now)]

    def _open_count(self) -> int:
        return sum(one.stage in (Stage.WAITING, Stage.RUNNING) for some in self._pieces.values() for one in some)

    def _next(self) -> Piece | None:
        now = self._clock()
        waiting = (
            one
            for some in self._pieces.values()
            for one in some
            if one.stage is Stage.WAITING and one.not_before <= now and self._has_room(one)
        )
        return min(waiting, key=lambda one: one.rank, default=None)

    def _has_room(self, piece: Piece) -> bool:
        return self._running[piece.way.device] < (AT_A_DEVICE - 1 if piece.is_patient else AT_A_DEVICE)

    # --- on the threads ---

    def _work(self) -> None:
        while True:
            with self._changed:
                piece = self._next()
                while piece is None:
                    if self._is_closed or not any(o.stage is Stage.WAITING for s in self._pieces.values() for o in s):
                        self._threads -= 1
                        return
                    self._changed.wait(self._poll_s)
                    piece = self._next()
                piece.stage = Stage.RUNNING
                self._running[piece.way.device] += 1
            error: CenterError | None = None
            try:
                self._fetch(piece)
            except CenterError as err:
                error = err
            with self._changed:
                self._running[piece.way.device] -= 1
                self._ended(piece, error)
                self._changed.notify_all()

    def _ended(self, piece: Piece, error: CenterError | None) -> None:
        piece.idle_since = self._clock()
        if error is None:
            if piece.url:
                piece.stage = Stage.DONE
            else:  # nobody wanted it; but somebody may since it was stopped
                piece.stage = Stage.WAITING if piece.wanted_by else Stage.FAILED
                piece.progress = 0.0
            return
        piece.tries += 1
        piece.error, piece.progress = error, 0.0
        is_over = piece.tries >= TRIES or isinstance(error, (NotFound, SignInNeeded))
        piece.stage = Stage.FAILED if is_over else Stage.WAITING
        piece.not_before = self._clock() + retry_delay_s(piece.tries)

    def _fetch(self, piece: Piece) -> None:
        """Let WVP fetch a piece. Ends without an address where nobody wants it any more. Raises CenterError."""
        query = {
            "startTime": local_text(piece.start_ms),
            "endTime": local_text(piece.end_ms),
            "downloadSpeed": str(TIMES_FASTER),
        }
        path = f"/api/gb_record/download/start/{piece.way.path}"
        started = self._line.get(path, docs.StreamContent, query, limit_s=START_S)
        if not started.stream:
            raise ServerFailed("a download without a name")
        try:
            self._follow(piece, started.stream)
        except CenterError:
            self._stop(piece, started.stream)
            raise
        if not piece.url:
            self._stop(piece, started.stream)

    def _follow(self, piece: Piece, stream: str) -> None:
        path = f"/api/gb_record/download/progress/{piece.way.path}/{stream}"
        moved_at = self._clock()
        while self._is_wanted(piece):
            now = self._line.get(path, docs.StreamContent)
            file = now.downLoadFilePath
            url = (file.httpPath or file.httpsPath) if file else None
            if url:
                piece.codec = (now.mediaInfo.videoCodec or "") if now.mediaInfo else ""
                piece.url, piece.progress = url, 1.0
                return
            progress = min(1.0, max(0.0, now.progress or 0.0))
            if progress > piece.progress:
                piece.progress, moved_at = progress, self._clock()
            if self._clock() - moved_at > (FILE_LATE_S if progress >= 1.0 else NO_PROGRESS_S):
                raise CameraOffline("a download that comes to no end")
            with self._changed:
                if not self._is_closed:
                    self._changed.wait(self._poll_s)

    def _is_wanted(self, piece: Piece) -> bool:
        with self._changed:
            return bool(piece.wanted_by) and not self._is_closed

    def _stop(self, piece: Piece, stream: str) -> None:
        """End a download of ours; a device would go on sending until its end."""
        path = f"/api/gb_record/download/stop/{piece.way.path}/{stream}"
        with contextlib.suppress(CenterError):  # it ends by itself, with its last picture
            self._line.get(path, type(None), once=True)


def _is_kept(piece: Piece, now: float) -> bool:
    if piece.wanted_by or piece.stage is Stage.RUNNING:
        return True
    return piece.stage is Stage.DONE and now - piece.idle_since < KEPT_S
