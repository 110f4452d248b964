"""The wall of one window: a layout, a live pane in each of its cells, the selection and the spot.

Lives on the UI thread.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from wallclient.domain.errors import SnapshotFailed, WallError
from wallclient.domain.event import ChannelStatus
from wallclient.domain.layout import LAYOUTS, Layout, layout_by_id
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneState
from wallclient.domain.view import View
from wallclient.player.host_pool import HostPool
from wallclient.services.instant_replay import replay_of, show_replay
from wallclient.services.live_leases import MoreWays, Streams
from wallclient.services.live_pane import LivePane
from wallclient.services.review_desk import ReviewDesk
from wallclient.services.review_pane import ReviewPane
from wallclient.services.wall_pane import WallPane

_TICK_MS = 200
_OPENING_AT_ONCE = 32  # more only makes the first picture of each later
_SNAPSHOT_TIMEOUT_S = 5.0
_requests = itertools.count(1)


class WallCenter(Streams, Protocol):
    """What a wall needs of a center."""

    async def channel(self, channel_id: str) -> Channel:
        """Return a channel. Raises CenterError."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture in the source's own size."""

    png: bytes
    channel: Channel
    taken_utc: datetime  # of footage: when it was recorded, by the center's clock
    is_footage: bool = False
    clock_offset_ms: int = 0  # of footage: what the clock burnt into the picture is ahead of the center's


class Deck:
    """What all walls of the program share: the players, the center, the pace of opening, and the one audible pane."""

    def __init__(
        self,
        pool: HostPool,
        center: WallCenter,
        review: ReviewDesk | None = None,
        failover: MoreWays | None = None,
    ) -> None:
        """`review`: what recorded footage is shown with; None: it is not. `failover`: who stands in for a center."""
        self.pool = pool
        self.review = review
        self.failover = failover
        self.center = center
        self.gate = asyncio.Semaphore(_OPENING_AT_ONCE)
        self._audible: WallPane | None = None

    def new_pane(self) -> LivePane:
        """Return an idle pane."""
        return LivePane(self.center, self.pool, self.gate, self.failover)

    def let_be_heard(self, pane: WallPane | None) -> None:
        """Let `pane` be heard and no other."""
        former, self._audible = self._audible, pane
        if former and former is not pane:
            former.set_audible(False)
        if pane:
            pane.set_audible(True)


class Wall(QObject):
    """Panes of one window.

    Panes beyond the layout are closed but remember their cameras until the layout grows again.
    """

    layout_changed = Signal()
    panes_changed = Signal()  # panes were swapped or replaced: their places on screen hold other objects now
    selection_changed = Signal()
    spot_changed = Signal()

    def __init__(self, deck: Deck, layout: Layout = LAYOUTS[0]) -> None:
        super().__init__()
        self._deck = deck
        self._parked: dict[int, Channel] = {}
        self.layout = layout
        self.panes: list[WallPane] = [deck.new_pane() for _ in range(len(layout))]
        self.selected = 0
        self.spot: int | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(_TICK_MS)

    # -- layout ------------------------------------------------------------------------------------

    def set_layout(self, layout: Layout) -> None:
        """Change the layout; the cameras stay in their panes as far as there are panes for them."""
        self.spot = None
        self.layout = layout
        while len(self.panes) > len(layout):
            pane = self.panes.pop()
            if pane.channel:
                self._parked[len(self.panes)] = pane.channel
            self._close_pane(pane)
        while len(self.panes) < len(layout):
            pane = self._deck.new_pane()
            self.panes.append(pane)
            if channel := self._parked.pop(len(self.panes) - 1, None):
                pane.show(channel)
        self.selected = min(self.selected, len(self.panes) - 1)
        self.layout_changed.emit()
        self.selection_changed.emit()

    def set_spot(self, index: int | None) -> None:
        """Let one pane fill the window; None: back to the layout. The others go on, out of sight."""
        if index != self.spot:
            self.spot = index
            if index is not None:
                self.select(index)
            self.spot_changed.emit()

    # -- cameras -----------------------------------------------------------------------------------

    def show(self, index: int, channel: Channel) -> None:
        """Show a camera live in a pane."""
        self._live_pane(index).show(channel)

    def show_footage(self, index: int, channel: Channel, moment_ms: int | None = None) -> ReviewPane:
        """Show in a pane what was recorded of a camera, at the moment of the review clock; `moment_ms` moves the clock.

        Raises ValueError where there is no footage to be had.
        """
        review = self._deck.review
        if review is None:
            raise ValueError("no review")
        pane = self.panes[index]
        if not isinstance(pane, ReviewPane):
            self._close_pane(pane)
            pane = review.new_pane()
            self._replace(index, pane)
        if moment_ms is not None:
            review.clock.seek(moment_ms * 1000)
        pane.show(channel)
        return pane

    async def replay(self, index: int, back_s: float = 60.0) -> ReviewPane | None:
        """Show the last seconds of a live pane from memory, on a clock of its own; None where nothing is kept of it."""
        live, review = self.panes[index], self._deck.review
        if review is None or not isinstance(live, LivePane):
            return None
        replay = await replay_of(self._deck.pool, live)
        if replay is None or index >= len(self.panes) or self.panes[index] is not live or live.channel is None:
            return None  # nothing is kept, or the operator went on meanwhile
        pane = review.new_pane()
        show_replay(pane, live, replay, round(back_s * 1000))
        self._close_pane(live)
        self._replace(index, pane)
        return pane

    def show_live(self, index: int) -> None:
        """Go back to the live picture of a pane's camera."""
        if (channel := self.panes[index].channel) is not None:
            self.show(index, channel)

    def _live_pane(self, index: int) -> LivePane:
        """Return the pane as a live one; one with footage is replaced."""
        pane = self.panes[index]
        if not isinstance(pane, LivePane):
            self._close_pane(pane)
            pane = self._deck.new_pane()
            self._replace(index, pane)
        return pane

    def _replace(self, index: int, pane: WallPane) -> None:
        self.panes[index] = pane
        self.panes_changed.emit()

    def place(self, channels: Sequence[Channel], first: int) -> int:
        """Show `channels` in the panes from `first` on, and return how many found room.

        A single camera goes exactly where it was dropped; several skip panes in use while there are empty ones.
        """
        if len(channels) == 1:
            self.show(first, channels[0])
            return 1
        for index, channel in zip(self._order(first), channels, strict=False):
            self.show(index, channel)
        return min(len(channels), len(self.panes))

    def _order(self, first: int) -> list[int]:
        """Return all panes, from `first` on and round, empty ones before those in use."""
        ring = [*range(first, len(self.panes)), *range(first)]
        return sorted(ring, key=lambda i: self.panes[i].channel is not None)

    def next_empty(self, after: int) -> int | None:
        """Return the first empty pane behind `after`, round the end; None where all are in use."""
        ring = [*range(after + 1, len(self.panes)), *range(after)]
        return next((i for i in ring if self.panes[i].channel is None), None)

    def swap(self, first: int, second: int) -> None:
        """Swap two panes with their moving pictures; the selection goes along."""
        if first == second:
            return
        panes = self.panes
        panes[first], panes[second] = panes[second], panes[first]
        moved = {first: second, second: first}
        self.selected = moved.get(self.selected, self.selected)
        self.panes_changed.emit()
        self.selection_changed.emit()

    def close(self, index: int) -> None:
        """Empty a pane."""
        self._close_pane(self.panes[index])
        self._live_pane(index)

    def close_all(self) -> None:
        """Empty all panes and forget the parked cameras."""
        self._parked.clear()
        for index in range(len(self.panes)):
            self.close(index)

    def _close_pane(self, pane: WallPane) -> None:
        if pane.audible:
            self._deck.let_be_heard(None)
        if isinstance(pane, ReviewPane) and self._deck.review is not None:
            self._deck.review.drop(pane)
        else:
            pane.close()

    # -- selection, sound --------------------------------------------------------------------------

    def select(self, index: int) -> None:
        """Select a pane."""
        if index != self.selected and 0 <= index < len(self.panes):
            self.selected = index
            self.selection_changed.emit()

    @property
    def audible(self) -> int | None:
        """The pane of this wall that is heard."""
        return next((i for i, pane in enumerate(self.panes) if pane.audible), None)

    def set_audible(self, index: int | None) -> None:
        """Let one pane be heard, of all windows; None: silence."""
        self._deck.let_be_heard(None if index is None else self.panes[index])

    # -- snapshot ----------------------------------------------------------------------------------

    async def snapshot(self, index: int) -> Snapshot:
        """Return the picture shown now in the source's own size. Raises SnapshotFailed."""
        pane = self.panes[index]
        if isinstance(pane, ReviewPane) and pane.channel is not None:
            shown, offset_ms = pane.channel, pane.clock_offset_ms
            still = await pane.still()
            moment = datetime.fromtimestamp(still.moment_us / 1e6, UTC)
            return Snapshot(still.png, shown, moment, is_footage=True, clock_offset_ms=offset_ms)
        opening, channel = pane.opening if isinstance(pane, LivePane) else None, pane.channel
        if opening is None or channel is None or pane.state is not PaneState.PLAYING:
            raise SnapshotFailed("no moving picture")
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        request = next(_requests)

        def on_snapped(number: int, done: bool) -> None:
            if number == request and not answered.done():
                answered.set_result(done)

        opening.snapped.connect(on_snapped)
        try:
            with tempfile.TemporaryDirectory(
                prefix="wallclient-"
            ) as folder:  # 0700: pictures are nobody else's business
                path = Path(folder) / "snapshot.png"
                taken = datetime.now(UTC)
                if not self._deck.pool.snap(opening, request, str(path)):
                    raise SnapshotFailed("the stream is gone")
                if not await asyncio.wait_for(answered, _SNAPSHOT_TIMEOUT_S):
                    raise SnapshotFailed("libVLC took no snapshot")
                return Snapshot(await asyncio.to_thread(path.read_bytes), channel, taken)
        except (TimeoutError, OSError) as err:
            raise SnapshotFailed("no snapshot arrived") from err
        finally:
            opening.snapped.disconnect(on_snapped)

    def note_kept(self, shot: Snapshot, name: str, sha256: str) -> None:
        """Note for the audit trail that a picture of footage was kept as a file."""
        if shot.is_footage and self._deck.review is not None:
            moment_ms = round(shot.taken_utc.timestamp() * 1000)
            self._deck.review.note_snapshot(shot.channel.id, moment_ms, name, sha256)

    # -- views -------------------------------------------------------------------------------------

    def view(self, name: str) -> View:
        """Return layout and cameras as a view."""
        return View(name, self.layout.id, tuple(pane.channel.id if pane.channel else None for pane in self.panes))

    async def apply(self, view: View) -> int:
        """Show a view and return how many of its cameras could not be found.

        Raises CenterError when the center is away.
        """
        wanted = [(i, cid) for i, cid in enumerate(view.channel_ids) if cid]
        found = await asyncio.gather(*(self._deck.center.channel(cid) for _, cid in wanted), return_exceptions=True)
        errors = [f for f in found if isinstance(f, BaseException)]
        unexpected = next((e for e in errors if not isinstance(e, WallError)), None)
        if unexpected or (errors and len(errors) == len(wanted)):
            raise unexpected or errors[0]  # what is on the wall stays
        channels = {i: c for (i, _), c in zip(wanted, found, strict=True) if isinstance(c, Channel)}
        self._parked.clear()
        self.set_layout(layout_by_id(view.layout_id))
        for index in range(len(self.panes)):
            if index in channels:
                self.show(index, channels[index])
            else:
                self.close(index)
        return len(errors)

    # -- the center's word -------------------------------------------------------------------------

    def take_status(self, status: ChannelStatus) -> None:
        """Let the panes of a camera know that it came or went."""
        for pane in self._with_channel(status.channel_id):
            pane.set_online(status.online)

    def retry_all(self) -> None:
        """Let every pane without a moving picture try again now, as after the center came back."""
        for pane in self.panes:
            if pane.state in (PaneState.RECONNECTING, PaneState.FAILED):
                pane.retry()

    def _with_channel(self, channel_id: str) -> Iterable[WallPane]:
        return (pane for pane in self.panes if pane.channel and pane.channel.id == channel_id)

    def _on_tick(self) -> None:
        now = time.monotonic()
        for pane in self.panes:
            pane.tick(now)

    def shut_down(self) -> None:
        """Close all panes, for good."""
        self._timer.stop()
        self.close_all()
