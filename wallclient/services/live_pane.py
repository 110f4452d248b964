"""One live pane: keeps a channel's picture moving, for ever, and says plainly when it does not.

A pane shows its *current* opening. Whenever something better is needed (none yet, pictures stopped, another
size or stream, a host to be retired) it opens a successor and swaps when the successor's first picture is
there, so nothing goes black. All on the UI thread; the waiting is done by one asyncio task per pane.
"""

import asyncio
import contextlib
import functools
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from wallclient.domain.catalog import Right
from wallclient.domain.errors import CameraOffline, KeyringFailed, NotFound, NotPermitted, SignInNeeded, WallError
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneEvent, PaneReason, PaneState, next_state
from wallclient.domain.picture import Picture
from wallclient.domain.retry import retry_delay_s
from wallclient.domain.stream import Lease, Source, StreamKind
from wallclient.player import ladder
from wallclient.player.host_pool import HostPool
from wallclient.player.opening import Opening
from wallclient.player.ring import RingReader
from wallclient.services.live_leases import LiveLeases, MoreWays, PaneLeases, Streams
from wallclient.services.picture_pace import PicturePace
from wallclient.services.stream_choice import choose_kind
from wallclient.services.wall_pane import StreamInfo, WallPane

_log = logging.getLogger(__name__)
FIRST_PICTURE_S = 8.0
_SETTLE_S = 0.25  # sizes are followed once the operator has stopped dragging
_SIZE_TOLERANCE_PX = 1  # a picture a little too small would be scaled at each painting, for ever
_SWAP_AGAIN_S = 10.0
_RECHECK_FAILED_S = 60.0
_DATA_BUT_NO_PICTURE_BYTES = 20_000
_FALLBACK_SIZE = (320, 180)  # device pixels, for a pane that is not on screen
_GONE_FOR_GOOD = {  # and what asking again and again would make worse: cameras lock who has a wrong password
    PaneReason.NOT_FOUND,
    PaneReason.NOT_PERMITTED,
    PaneReason.NO_VIEW_RIGHT,
    PaneReason.PASSWORD_MISSING,
    PaneReason.CAMERA_REFUSES,
    PaneReason.CLOCK_DIFFERS,
}


class _Need(Enum):
    """Why a successor to the current opening is wanted."""

    NOTHING = auto()
    PICTURE = auto()  # there is none, or it stopped
    SWAP = auto()  # it moves, but should be another


@dataclass(frozen=True, slots=True)
class _Target:
    """What the next opening is to be."""

    kind: StreamKind
    width: int
    height: int
    audio: bool


class LivePane(WallPane):
    """A pane's channel and its moving picture."""

    def __init__(
        self, streams: Streams, pool: HostPool, gate: asyncio.Semaphore, failover: MoreWays | None = None
    ) -> None:
        """`gate` bounds how many panes open a stream at the same moment; `failover` knows who else has a camera."""
        super().__init__()
        self._failover = failover
        self._streams, self._pool, self._gate = streams, pool, gate
        self._current: Opening | None = None
        self._ring: RingReader | None = (
            None  # of the current opening; the painter asks for it thousands of times a second
        )
        self._leases: PaneLeases | None = None
        self._task: asyncio.Task[None] | None = None
        self._attempt: asyncio.Task[Opening | PaneReason] | None = None
        self._wake = asyncio.Event()
        self._size = (0, 0)
        self._size_at = 0.0
        self._sub_height: int | None = None
        self._move = False
        self._attempts = 0
        self._not_before = 0.0
        self._best_rung = 0
        self._last_ns = 0
        self._last_count: tuple[float, int] | None = None
        self._pace = PicturePace()

    # -- for the wall ------------------------------------------------------------------------------

    def show(self, channel: Channel) -> None:
        """Show `channel`. The picture of another camera goes at once, so that nobody takes one for the other."""
        if self.channel is not None and channel.id == self.channel.id and self.state is not PaneState.FAILED:
            return
        self._end()
        self.channel = channel
        self._apply(PaneEvent.OPEN)
        if self._failover is not None:
            self._leases = self._failover.leases(channel, self._on_lease_lost, self._on_way_wanted)
        else:
            self._leases = LiveLeases(self._streams, channel.id, self._on_lease_lost)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Show nothing."""
        self._end()
        self.channel = None
        self._apply(PaneEvent.CLOSE)

    def retry(self) -> None:
        """Try again now instead of when the wait is over."""
        self._attempts = 0
        self._not_before = 0.0
        if self.state is PaneState.FAILED:
            self._apply(PaneEvent.OPEN)
        self._wake.set()

    def set_size(self, width_px: int, height_px: int) -> None:
        """Tell how many device pixels the picture covers (times the digital zoom); 0, 0 while the pane is not
        on screen.
        """
        if (width_px, height_px) != self._size and width_px > 0 and height_px > 0:
            self._size, self._size_at = (width_px, height_px), time.monotonic()
            self._wake.set()

    def set_audible(self, audible: bool) -> None:
        """Let the pane be heard. At most one pane of the program should be."""
        if audible != self.audible:
            self.audible = audible
            self._wake.set()
            self.changed.emit()

    def force_kind(self, kind: StreamKind | None) -> None:
        """Show main or sub whatever the size; None: by size."""
        self.forced_kind = kind
        self._wake.set()

    def set_online(self, online: bool) -> None:
        """Take the center's word that the camera came back or went away."""
        if online and self.state in (PaneState.RECONNECTING, PaneState.FAILED, PaneState.STALLED):
            self.retry()

    # -- for the painter ---------------------------------------------------------------------------

    def sequence(self) -> int:
        """Return the number of the newest picture, 0 where there is none; cheap."""
        ring = self._ring
        return ring.sequence if ring else 0

    def picture(self) -> Picture | None:
        """Claim the newest picture; valid until the next call. After a loss it is the last one there was."""
        ring = self._ring
        return ring.claim() if ring else None

    @property
    def opening(self) -> Opening | None:
        """The opening shown now."""
        return self._current

    @property
    def aspect(self) -> float | None:
        """Width to height of the picture as it is to be seen; None: as its pixels are."""
        stats = self._current.stats if self._current else None
        if stats is None or not stats.width or not stats.height:
            return None
        return stats.width * stats.sar_num / (stats.height * stats.sar_den)

    @property
    def next_try_s(self) -> float | None:
        """Seconds until the next try; None while none is waited for."""
        if self.state not in (PaneState.RECONNECTING, PaneState.STALLED) or self._attempt:
            return None
        return max(0.0, self._not_before - time.monotonic())

    def tick(self, now: float) -> None:
        """Judge by the pictures whether the stream lives; called a few times a second with the monotonic clock."""
        opening = self._current
        if opening is None or not opening.has_picture:
            return
        if opening.newest_ns != self._last_ns:  # a still picture that is sent again and again counts too
            self._last_ns = opening.newest_ns
            self._pace.came(self._last_ns)
            if self.state is PaneState.STALLED:
                self._resumed()
        elif self.state is PaneState.PLAYING and opening.silence_s(now) > self._patience_s():
            self._stopped(opening, PaneEvent.SILENT, PaneReason.NO_PICTURE)

    # -- state -------------------------------------------------------------------------------------

    def _patience_s(self) -> float:
        return self._pace.patience_s(self._current.source.fps if self._current else None)

    def _apply(self, event: PaneEvent, reason: PaneReason | None = None) -> None:
        state = next_state(self.state, event)
        if state in (PaneState.IDLE, PaneState.OPENING, PaneState.PLAYING):
            reason, self.stopped_at_utc = None, None
        if (state, reason) != (self.state, self.reason):
            _log_change(self.channel, self.state, state, reason)
            self.state, self.reason = state, reason
            if self._leases:
                self._leases.set_playing(state is PaneState.PLAYING)
            self.changed.emit()

    def _stopped(self, opening: Opening, event: PaneEvent, reason: PaneReason) -> None:
        if self.stopped_at_utc is None and opening.has_picture:
            self.stopped_at_utc = datetime.now(UTC) - timedelta(seconds=opening.silence_s(time.monotonic()))
        if self._attempts == 0:
            self._not_before = 0.0  # a swap that failed may still be waiting for its next turn; this is urgent
        self._apply(event, reason)
        self._wake.set()

    def _resumed(self) -> None:
        """Go on with the current opening: the source came back before a successor was there."""
        self._apply(PaneEvent.PICTURE)
        self._attempts = 0
        if self._attempt:
            self._attempt.cancel()

    def _end(self) -> None:
        if self._task:
            self._task.cancel()
        if self._attempt:
            self._attempt.cancel()
        if self._current:
            self._pool.close(self._current)
        if self._leases:
            self._leases.close()
        self._task = self._attempt = self._current = self._ring = self._leases = None
        self.via = ""
        self._attempts, self._not_before, self._best_rung, self._move = 0, 0.0, 0, False
        self.stream_kind, self._sub_height, self.info = None, None, StreamInfo()
        self._pace.forget()

    # -- the task: decide what is needed, wait for its time, try -----------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            need, at = self._need()
            if need is _Need.NOTHING:
                await self._wake.wait()
            elif (wait_s := at - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), wait_s)
            else:
                await self._try(need)

    def _need(self) -> tuple[_Need, float]:
        """Return what is needed and from when on."""
        current = self._current
        if current is None or current.reason is not None or self.state is not PaneState.PLAYING:
            return _Need.PICTURE, self._not_before
        target = self._target()
        if (
            self._move
            or (self._leases is not None and self._leases.wants_move)
            or target.kind is not self.stream_kind
            or target.audio != current.audio
            or self._size_differs(current)
        ):
            return _Need.SWAP, max(self._not_before, self._size_at + _SETTLE_S)
        return _Need.NOTHING, 0.0

    def _target(self) -> _Target:
        width, height = self._size if self._size[0] else _FALLBACK_SIZE
        kind = self.forced_kind or choose_kind(height, self.stream_kind, self._sub_height)
        return _Target(kind, width, height, self.audible)

    def _size_differs(self, current: Opening) -> bool:
        if not self._size[0]:
            return False
        wanted, had = self._useful(self._size), self._useful((current.width, current.height))
        return any(abs(w - h) > _SIZE_TOLERANCE_PX for w, h in zip(wanted, had, strict=True))

    def _useful(self, box: tuple[int, int]) -> tuple[int, int]:
        """Return the size the picture gets in `box`: never above its source."""
        if not (self.info.width and self.info.height):
            return box
        scale = min(box[0] / self.info.width, box[1] / self.info.height, 1.0)
        return round(self.info.width * scale), round(self.info.height * scale)

    async def _try(self, need: _Need) -> None:
        target = self._target()
        self._attempt = attempt = asyncio.get_running_loop().create_task(self._open_any(target))
        try:
            await asyncio.wait({attempt})
        finally:
            self._attempt = None
            attempt.cancel()
        if attempt.cancelled():
            return  # the current opening came back by itself
        outcome = attempt.result()
        if isinstance(outcome, Opening):
            self._adopt(outcome, target)
        elif need is _Need.SWAP:
            self._not_before = time.monotonic() + _SWAP_AGAIN_S  # what moves now goes on
            name = self.channel.id if self.channel else ""
            _log.info("channel %s: no swap to its %s stream, %s", name, target.kind.value, outcome.value)
        else:
            self._failed(outcome)

    def _failed(self, reason: PaneReason) -> None:
        self._attempts += 1
        for_good = reason in _GONE_FOR_GOOD
        crashed_once = reason is PaneReason.PLAYER_CRASHED and self._attempts == 1
        delay_s = _RECHECK_FAILED_S if for_good else 0.0 if crashed_once else retry_delay_s(self._attempts)
        self._not_before = time.monotonic() + delay_s
        if self.state is PaneState.STALLED and not for_good:
            self._say(reason)  # the picture is still there and says when it stopped; now it says why, too
        else:
            self._apply(PaneEvent.REFUSED if for_good else PaneEvent.LOST, reason)
            if self.reason is not reason:
                self._say(reason)

    def _say(self, reason: PaneReason) -> None:
        self.reason = reason
        self.changed.emit()

    # -- one try -----------------------------------------------------------------------------------

    async def _open_any(self, target: _Target) -> Opening | PaneReason:
        """Open the best of the center's addresses that gives a picture."""
        leases = self._leases
        assert leases is not None
        async with self._gate:
            try:
                lease = await leases.get(target.kind)
            except WallError as err:
                return _reason_of(err)
            if target.kind is StreamKind.SUB:
                self._sub_height = next((s.height for s in lease.sources if s.height), None)
            outcome = await self._climb(lease, target)
        if leases is not self._leases:  # the pane was closed, and `wait_for` of Python 3.11 lost the cancellation
            if isinstance(outcome, Opening):
                self._pool.close(outcome)
            raise asyncio.CancelledError
        if not isinstance(outcome, Opening):
            leases.forget(target.kind)
        return outcome

    async def _climb(self, lease: Lease, target: _Target) -> Opening | PaneReason:
        """Go down the source ladder, beginning with the rung that worked last. The first reason is the telling one."""
        rungs = ladder.rungs(lease.sources)
        start = self._best_rung if self._best_rung < len(rungs) else 0
        first_reason: PaneReason | None = None
        for index in [*range(start, len(rungs)), *range(start)]:
            outcome = await self._open_one(rungs[index], target)
            if isinstance(outcome, Opening):
                self._best_rung = index
                return outcome
            first_reason = first_reason or outcome
        return first_reason or PaneReason.NO_PLAYABLE_SOURCE

    async def _open_one(self, source: Source, target: _Target) -> Opening | PaneReason:
        """Open one address and wait for its first picture."""
        try:
            opening = self._pool.open(
                source, target.width, target.height, audio=target.audio, swap=self._current is not None
            )
        except OSError:
            _log.exception("no player for a pane")
            return PaneReason.PLAYER_CRASHED
        arrived: asyncio.Future[PaneReason | None] = asyncio.get_running_loop().create_future()
        opening.first_picture.connect(lambda: _settle(arrived, None))
        opening.ended.connect(lambda: _settle(arrived, opening.reason))
        if opening.reason is not None:  # its host died before the open got there
            return opening.reason
        try:
            reason = await asyncio.wait_for(arrived, FIRST_PICTURE_S)
        except TimeoutError:
            received = opening.stats.received_bytes if opening.stats else 0
            reason = PaneReason.UNDECODABLE if received > _DATA_BUT_NO_PICTURE_BYTES else PaneReason.TIMED_OUT
        except asyncio.CancelledError:
            self._pool.close(opening)
            raise
        if reason is not None:
            self._pool.close(opening)
            return reason
        return opening

    def _adopt(self, opening: Opening, target: _Target) -> None:
        """Swap to an opening whose first picture is there."""
        former, self._current, self._ring = self._current, opening, opening.ring
        self._attempts, self._not_before, self._move = 0, 0.0, False
        self._last_ns, self._last_count = opening.newest_ns, None
        self._pace.came(self._last_ns)
        self.stream_kind = target.kind
        opening.ended.connect(functools.partial(self._on_ended, opening))
        opening.move_wanted.connect(functools.partial(self._on_move_wanted, opening))
        opening.stats_changed.connect(functools.partial(self._on_stats, opening))
        if former:
            self._pool.close(former)
        assert self._leases is not None
        self._leases.keep_only(target.kind)
        self.via = self._leases.via
        self._apply(PaneEvent.PICTURE)
        self.changed.emit()
        if opening.reason is not None:  # it ended between its first picture and now
            self._on_ended(opening)

    # -- what the opening says ---------------------------------------------------------------------

    def _on_ended(self, opening: Opening) -> None:
        if opening is self._current and opening.reason is not None:
            crashed = opening.reason is PaneReason.PLAYER_CRASHED
            self._not_before = time.monotonic() + (
                0.0 if crashed or self._attempts == 0 else retry_delay_s(self._attempts)
            )
            self._stopped(opening, PaneEvent.LOST, opening.reason)

    def _on_move_wanted(self, opening: Opening) -> None:
        if opening is self._current:
            self._move = True
            self._wake.set()

    def _on_lease_lost(self, kind: StreamKind) -> None:
        if kind is self.stream_kind:
            self._move = True  # the addresses may die any moment: fetch new ones and swap
            self._wake.set()

    def _on_way_wanted(self) -> None:
        """Open the stream the other way: beside a picture that moves, else at once."""
        if self.state is not PaneState.PLAYING:
            self._not_before = 0.0
            if self._attempt and self._leases and not self._leases.tries_wanted:
                self._attempt.cancel()
        self._wake.set()

    def _on_stats(self, opening: Opening) -> None:
        stats = opening.stats
        if opening is not self._current or stats is None:
            return
        now, count = time.monotonic(), opening.sequence
        measured = None
        if self._last_count and now > self._last_count[0]:
            measured = (count - self._last_count[1]) / (now - self._last_count[0])
        self._last_count = now, count
        info = StreamInfo(
            protocol=opening.source.protocol.value,
            codec=stats.codec,
            width=stats.width or opening.source.width,
            height=stats.height or opening.source.height,
            fps=measured if measured else self.info.fps,
            kbps=opening.kbps,
            latency_ms=stats.latency_ms,
            lost_pictures=stats.lost_pictures,
        )
        if info != self.info:
            if (info.width, info.height) != (self.info.width, self.info.height):
                self._wake.set()  # another source fills the same box with another size
            self.info = info
            self.info_changed.emit()


def _settle(arrived: asyncio.Future[PaneReason | None], reason: PaneReason | None) -> None:
    if not arrived.done():
        arrived.set_result(reason)


_REASONS: tuple[tuple[type[WallError], PaneReason], ...] = (
    (CameraOffline, PaneReason.CAMERA_OFFLINE),
    (NotPermitted, PaneReason.NOT_PERMITTED),
    (NotFound, PaneReason.NOT_FOUND),
    (SignInNeeded, PaneReason.SIGNED_OUT),
    (KeyringFailed, PaneReason.KEYRING_FAILED),
)
_REFUSALS = {  # by `NotPermitted.reason`, of sites of cameras
    "password-missing": PaneReason.PASSWORD_MISSING,
    "password-wrong": PaneReason.CAMERA_REFUSES,
    "clock-differs": PaneReason.CLOCK_DIFFERS,
}


def _reason_of(err: WallError) -> PaneReason:
    """Return why the center gave no lease."""
    if isinstance(err, NotPermitted) and err.right == Right.VIEW:
        return PaneReason.NO_VIEW_RIGHT
    if isinstance(err, NotPermitted) and err.reason in _REFUSALS:
        return _REFUSALS[err.reason]
    return next((reason for kind, reason in _REASONS if isinstance(err, kind)), PaneReason.CENTER_UNAVAILABLE)


def _log_change(channel: Channel | None, old: PaneState, new: PaneState, reason: PaneReason | None) -> None:
    """Log an outage once when it starts and once when it ends."""
    bad = {PaneState.STALLED, PaneState.RECONNECTING, PaneState.FAILED}
    if channel and new in bad and old not in bad:
        _log.warning("channel %s: %s, %s", channel.id, new.value, reason.value if reason else "")
    elif channel and new is PaneState.PLAYING and old in bad:
        _log.info("channel %s plays again", channel.id)
