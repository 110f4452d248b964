"""The playback session behind one pane: opened around the moment, renewed, moved along as the clock does."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from wallclient.domain.errors import (
    CameraOffline,
    CenterError,
    NotAble,
    NotFound,
    NotPermitted,
    ReasonNeeded,
    SignInNeeded,
    WallError,
)
from wallclient.domain.pane import PaneReason
from wallclient.domain.recording import Playback
from wallclient.domain.retry import retry_delay_s

_log = logging.getLogger(__name__)
REACH_MS = 600_000  # a session covers so much before and behind the moment
_MARGIN_MS = 60_000  # it is moved along when the moment comes so near to its end, times the speed
_LIVE_EDGE_MS = 15_000  # what is younger may not have been on the list yet
_AGAIN_S = 10.0  # between two looks for footage younger than that
_NEARER_MS = 30_000  # footage on its way is asked for anew where the moment is so far from what it was asked for
_RENEW_AT = 0.5  # of a session's life
_RETRY_S = 3.0

AskReason = Callable[[str], Awaitable[str | None]]  # channel id -> why the operator wants the footage; None: he gave up


class Footages(Protocol):
    """What a pane needs of a center; `services.centers.Centers` is one."""

    async def open_playback(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage. Raises CenterError; ReasonNeeded."""

    async def renew_playback(self, playback_id: str) -> Playback:
        """Keep footage open. Raises CenterError; NotFound once it has lapsed."""

    async def close_playback(self, playback_id: str) -> None:
        """Give footage back. Raises CenterError."""


class PlaybackLeases:
    """At most one session of one channel, beside one that is about to take its place. Lives on the loop's thread."""

    def __init__(
        self,
        footages: Footages,
        channel_id: str,
        on_footage: Callable[[Playback], None],
        on_failed: Callable[[PaneReason], None],
        ask_reason: AskReason,
        on_opened: Callable[[int, int, str], None] = lambda _start, _end, _reason: None,
        on_closed: Callable[[int, int, str], None] = lambda _start, _end, _reason: None,
    ) -> None:
        """`on_footage` gets each session, also after a renewal; `on_failed` why there is none: it is tried again.

        `on_opened` is told once that footage is there to be looked at, with the range (ms) and the reason given;
        `on_closed` at the end, with the range the clock went through.
        """
        self._footages = footages
        self._channel_id = channel_id
        self._on_footage, self._on_failed = on_footage, on_failed
        self._ask_reason = ask_reason
        self._playback: Playback | None = None
        self._covered = (0, 0)  # ms
        self._around = 0  # the moment the session was opened for
        self._wanted: tuple[int, float] = (0, 0.0)  # moment in ms and speed
        self._wake = asyncio.Event()
        self._reason = ""
        self._on_opened, self._on_closed = on_opened, on_closed
        self._watched: tuple[int, int] | None = None  # first and last moment (ms) the clock asked for
        self._refused = False
        self._attempts = 0
        self._not_before = 0.0  # after a failure
        self._look_again_at = 0.0  # near the live edge, where a session can't reach as far as it should
        self._task = asyncio.get_running_loop().create_task(self._run())

    def covers(self, moment_ms: int) -> bool:
        """Tell whether what the session says of a moment can be relied on; not where footage is still on its way."""
        return self._playback is not None and self._spans(moment_ms) and not self.is_fetching(moment_ms)

    def is_fetching(self, moment_ms: int) -> bool:
        """Tell whether the footage of a moment is on its way from its recorder to the center."""
        pending = self._playback.pending if self._playback is not None else ()
        return any(one.start_ms <= moment_ms < one.end_ms for one in pending)

    def awaits(self, moment_ms: int) -> bool:
        """Tell whether footage of a moment is on its way, or it is not known yet whether there is any."""
        return self._playback is None or self.is_fetching(moment_ms)

    def want(self, moment_ms: int, rate: float) -> None:
        """Take the present moment and speed of the clock."""
        self._wanted = moment_ms, rate
        if self._watched is not None:
            self._watched = min(self._watched[0], moment_ms), max(self._watched[1], moment_ms)
        if not self._refused and not self._reaches():
            self._wake.set()

    def retry(self) -> None:
        """Try again now, and ask the operator again where he gave no reason."""
        self._refused = False
        self._attempts, self._not_before = 0, 0.0
        self._wake.set()

    def close(self) -> None:
        """Give the session back, in the background."""
        self._task.cancel()
        if self._watched is not None:
            self._on_closed(*self._watched, self._reason)
            self._watched = None
        if self._playback is not None:
            _in_background(self._give_back(self._playback))
            self._playback = None

    def _reaches(self) -> bool:
        """Tell whether the session reaches far enough in the clock's direction."""
        moment, rate = self._wanted
        margin = _MARGIN_MS * max(1.0, abs(rate))
        margin = min(margin, REACH_MS / 2)
        first, last = self._covered
        if self._playback is None or not self._spans(moment):
            return False
        if self.is_fetching(moment) and abs(moment - self._around) > _NEARER_MS:
            return False  # a center fetches what is around the middle of a session first
        far_enough = (rate <= 0 or moment + margin < last) and (rate >= 0 or moment - margin >= first)
        return far_enough or time.monotonic() < self._look_again_at

    def _spans(self, moment_ms: int) -> bool:
        return self._covered[0] <= moment_ms < self._covered[1]

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            now = time.monotonic()
            if self._refused:
                await self._wake.wait()
            elif self._playback is None or not self._reaches():
                if now < self._not_before:
                    await self._sleep(self._not_before - now)
                else:
                    await self._open()
            else:
                await self._sleep(self._playback.expires_in_s * _RENEW_AT)
                if not self._wake.is_set():
                    await self._renew()

    async def _sleep(self, seconds: float) -> None:
        # Not `wait_for`: in Python 3.11 it loses a cancellation that comes in the turn in which what it waits for is
        # there (gh-86296), and then a session would be opened and kept for ever after `close`.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.05, seconds)):
                await self._wake.wait()

    async def _open(self) -> None:
        moment, _ = self._wanted
        start_ms, end_ms = moment - REACH_MS, moment + REACH_MS
        try:
            playback = await self._footages.open_playback(self._channel_id, start_ms, end_ms, self._reason)
        except ReasonNeeded:
            await self._ask()
            return
        except WallError as err:
            self._failed(err)
            return
        former, self._playback, self._around = self._playback, playback, moment
        known_until = round(time.time() * 1000) - _LIVE_EDGE_MS
        ends = [source.end_ms for source in playback.sources] + [part.end_ms for part in playback.pending]
        told_until = max(ends, default=start_ms)
        self._covered = start_ms, min(end_ms, max(known_until, told_until, moment + 1))
        self._attempts, self._not_before = 0, 0.0
        self._look_again_at = time.monotonic() + (_AGAIN_S if end_ms > known_until else 0.0)
        if self._watched is None:
            self._watched = moment, moment
            self._on_opened(start_ms, end_ms, self._reason)
        self._on_footage(playback)
        if former is not None:
            _in_background(self._give_back(former))

    async def _ask(self) -> None:
        """Ask the operator why he wants the footage. Giving up is final until he tries again."""
        reason = await self._ask_reason(self._channel_id)
        if reason:
            self._reason = reason
        else:
            self._refused = True
            self._on_failed(PaneReason.REASON_NEEDED)

    async def _renew(self) -> None:
        assert self._playback is not None
        try:
            playback = await self._footages.renew_playback(self._playback.id)
        except NotFound:
            self._playback = None  # lapsed, as after a long time without the center: opened anew at once
        except WallError:  # the center is away: the footage may well go on without it
            await asyncio.sleep(_RETRY_S)
        else:
            self._playback = playback
            self._on_footage(playback)

    def _failed(self, err: WallError) -> None:
        self._attempts += 1
        self._not_before = time.monotonic() + retry_delay_s(self._attempts)
        self._on_failed(_reason_of(err))

    async def _give_back(self, playback: Playback) -> None:
        with contextlib.suppress(CenterError):  # it lapses by itself
            await self._footages.close_playback(playback.id)


_REASONS: tuple[tuple[type[WallError], PaneReason], ...] = (
    (NotPermitted, PaneReason.NOT_PERMITTED),
    (NotFound, PaneReason.NOT_FOUND),
    (CameraOffline, PaneReason.CAMERA_OFFLINE),
    (SignInNeeded, PaneReason.SIGNED_OUT),
    (NotAble, PaneReason.NO_FOOTAGE),
)


def _reason_of(err: WallError) -> PaneReason:
    return next((reason for kind, reason in _REASONS if isinstance(err, kind)), PaneReason.CENTER_UNAVAILABLE)


_background: set[asyncio.Task[None]] = set()  # asyncio itself keeps only weak references to tasks


def _in_background(work: "Awaitable[None]") -> None:
    async def run() -> None:
        await work

    try:
        task = asyncio.get_running_loop().create_task(run())
    except RuntimeError:  # the loop has ended, and sessions lapse by themselves
        if asyncio.iscoroutine(work):
            work.close()
        return
    _background.add(task)
    task.add_done_callback(_background.discard)
