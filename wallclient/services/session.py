"""One center as the window sees it: coroutines instead of blocking calls, signals instead of an event stream."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from wallclient.api.center import Capabilities, Center, Events, Health, Identity
from wallclient.api.forced_alarms import ForcedAlarmCenter
from wallclient.api.patrol import PatrolCenter
from wallclient.api.pictures import PictureCenter
from wallclient.api.ptz import PtzCenter
from wallclient.api.recordings import RecordingCenter
from wallclient.domain.errors import CenterError, NotAble, ServerFailed, SignInNeeded, WallError
from wallclient.domain.event import Alarm, CatalogMoved, CenterEvent, ChannelStatus, EventsLost, LineState
from wallclient.domain.node import Channel, Node, NodePage
from wallclient.domain.ptz import PresetsChanged, PtzChanged
from wallclient.domain.stream import Lease, StreamKind

_log = logging.getLogger(__name__)
CALLS_AT_ONCE = 12  # 64 panes that open together neither starve each other nor flood the center
PTZ_CALLS_AT_ONCE = 4  # threads of their own: a preset is not to wait for 64 panes
_SLOW_ANSWER_S = 4.0  # half of it is how wrong the offset may be
LOG_OUT_S = 1.0
END_S = 2.0
_LARGEST_PAGE = 1000
_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


class CenterSession(QObject):
    """Log-in at one center and everything asked of it. Lives on the GUI thread; its coroutines run on the Qt loop.

    Every coroutine that asks the center raises the errors of `wallclient.domain.errors`.
    """

    state_changed = Signal()  # signed_in, reachable, operator or name
    status_changed = Signal(object)  # ChannelStatus
    events_lost = Signal()  # whatever is shown of the tree must be read again
    sign_in_needed = Signal()  # the session ended without our doing; once per session
    catalog_moved = Signal(object)  # CatalogMoved: the change feed has grown
    ptz_changed = Signal(object)  # PtzChanged
    presets_changed = Signal(object)  # PresetsChanged
    alarm = Signal(object)  # Alarm
    refresh_token_changed = Signal()  # by a log-in or a renewal; what was kept of the old one is worth nothing now
    _told = Signal(int, object)  # from the thread of events: session number, CenterEvent or None for "signed out"

    def __init__(self, center: Center, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._center = center
        self._pool = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="center")
        self._ptz_pool = ThreadPoolExecutor(PTZ_CALLS_AT_ONCE, thread_name_prefix="center-ptz")
        self._under_way: set[Future[Any]] = set()
        self._operator: Identity | None = None
        self._name = center.base_url
        self.clock_offset_ms = 0  # the center's clock against this machine's, as of the log-in
        self._signed_in = self._reachable = self._line_up = self._closed = False
        self._number = 0  # of the session, so that late news of the one before is dropped
        self._events: Events | None = None
        self._listening: Future[None] | None = None
        self._refresh_token: str | None = None  # the last one told of
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    # --- state ---

    @property
    def signed_in(self) -> bool:
        """Tell whether there is a session, as far as known."""
        return self._signed_in

    @property
    def reachable(self) -> bool:
        """Tell whether the center answered last, or its events are open."""
        return self._reachable

    @property
    def operator(self) -> Identity | None:
        """Who is signed in; stays after a session ended, for the next log-in."""
        return self._operator

    @property
    def name(self) -> str:
        """What the center calls itself; its address until it was asked."""
        return self._name

    @property
    def base_url(self) -> str:
        """Address of the center."""
        return self._center.base_url

    @property
    def refresh_token(self) -> str | None:
        """What `resume` takes, as good as a password: for the keyring only. None when not signed in."""
        return self._center.refresh_token if self._signed_in else None

    @property
    def center(self) -> Center:
        """The adapter, for work that has threads of its own, such as the mirror's."""
        return self._center

    @property
    def capabilities(self) -> Capabilities:
        """What the center can do."""
        return self._center.capabilities

    # --- log-in ---

    async def log_in(self, user: str, password: str) -> None:
        """Start a session and listen to events. Raises SignInNeeded for a wrong user or password, or ServerFailed."""
        await self._begin(lambda: self._center.log_in(user, password))

    async def resume(self, refresh_token: str) -> None:
        """Go on with a session of an earlier run. Raises SignInNeeded when it lapsed or was revoked."""
        await self._begin(lambda: self._center.resume(refresh_token))

    async def log_out(self) -> None:
        """End the session on the operator's wish; the center is told if it answers within a second."""
        if not self._signed_in:
            return
        self._signed_in = False
        self._stop_events()
        self._tell_of_token()
        await asyncio.wait([asyncio.wrap_future(self._submit(self._center.log_out))], timeout=LOG_OUT_S)
        self.state_changed.emit()

    async def _begin(self, start: Callable[[], Identity]) -> None:
        def work() -> tuple[Identity, str]:
            before_s = time.time()
            health = self._center.health()
            self.clock_offset_ms = _offset_ms(health, before_s, time.time())
            return start(), health.name

        try:
            operator, name = await self._call(work)
        except ServerFailed:
            self._set_reachable(False)
            raise
        self._stop_events()
        self._operator, self._name = operator, name
        self._signed_in = self._reachable = True
        self._start_events()
        self._tell_of_token()
        self.state_changed.emit()

    # --- tree ---

    # Hides QObject.children(), which nothing here needs; the word is the tree's.
    async def children(self, node_id: str | None, cursor: str | None = None) -> NodePage:  # type: ignore[override]
        """Return a page of the children of a node, or of the roots."""
        return await self._ask(self._center.children, node_id, cursor)

    async def node(self, node_id: str) -> Node:
        """Return one node with fresh counts."""
        return await self._ask(self._center.node, node_id)

    async def channel(self, channel_id: str) -> Channel:
        """Return one channel."""
        return await self._ask(self._center.channel, channel_id)

    async def channels_below(self, node_id: str, limit: int) -> tuple[Channel, ...]:
        """Return the first `limit` channels anywhere below a node."""
        return await self._ask(self._channels_below, node_id, limit)

    def _channels_below(self, node_id: str, limit: int) -> tuple[Channel, ...]:
        found: list[Channel] = []
        cursor: str | None = None
        while len(found) < limit:
            page = self._center.channels_below(node_id, cursor, min(_LARGEST_PAGE, limit - len(found)))
            found += page.channels
            cursor = page.next_cursor
            if cursor is None or not page.channels:
                break
        return tuple(found[:limit])

    # --- live ---

    async def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Open a live stream. If the caller is cancelled meanwhile, the stream is given back when it comes."""
        future = self._submit(self._center.open_live, channel_id, kind)
        try:
            return await self._watched(future)
        except asyncio.CancelledError:
            future.add_done_callback(self._give_back)
            raise

    async def renew_live(self, lease_id: str) -> float:
        """Keep a stream open; return its new term in seconds. Raises NotFound once it has lapsed."""
        lease = await self._ask(self._center.renew_live, lease_id)
        return lease.expires_in_s

    async def close_live(self, lease_id: str) -> None:
        """Give a stream back."""
        await self._ask(self._center.close_live, lease_id)

    def _give_back(self, opened: Future[Lease]) -> None:
        """Close a stream nobody waits for any more; runs on the worker that opened it."""
        if opened.cancelled() or opened.exception() is not None:
            return
        with suppress(CenterError):  # it lapses by itself
            self._center.close_live(opened.result().id)

    # --- PTZ ---

    @property
    def ptz_center(self) -> PtzCenter:
        """The adapter as far as it moves cameras, for steering, which has its own threads. Raises NotAble."""
        if not self._center.capabilities.ptz or not isinstance(self._center, PtzCenter):
            raise NotAble("the center moves no cameras")
        return self._center

    async def ask_ptz(self, work: Callable[[PtzCenter], _Result]) -> _Result:
        """Return what `work` returns, which asks the center on a thread. Raises NotAble where it moves no cameras."""
        center = self.ptz_center
        return await self._watched(self._submit_to(self._ptz_pool, work, center))

    # --- recordings ---

    async def ask_recordings(self, work: Callable[[RecordingCenter], _Result]) -> _Result:
        """Return what `work` returns, which asks the center on a thread. Raises NotAble where it records nothing."""
        if not self._center.capabilities.recordings or not isinstance(self._center, RecordingCenter):
            raise NotAble("the center has no recordings")
        return await self._ask(work, self._center)

    # --- still pictures ---

    async def picture(self, channel_id: str) -> bytes:
        """Return the present picture of a camera, JPEG. Raises NotAble where the center takes none."""
        if not self._center.capabilities.pictures or not isinstance(self._center, PictureCenter):
            raise NotAble("the center takes no pictures")
        return await self._ask(self._center.picture, channel_id)

    # --- alarms by hand ---

    async def force_alarm(self, channel_id: str, on: bool) -> None:
        """Raise a camera's alarm, or take back one raised so. Raises NotAble where the center has no such thing."""
        if not self._center.capabilities.forced_alarms or not isinstance(self._center, ForcedAlarmCenter):
            raise NotAble("the center raises no alarms by hand")
        await self._ask(self._center.force_alarm, channel_id, on)

    # --- patrols ---

    async def ask_patrol(self, work: Callable[[PatrolCenter], _Result]) -> _Result:
        """Ask the center about patrols, or hand something in. Raises NotAble where it has none."""
        if not self._center.capabilities.patrol or not isinstance(self._center, PatrolCenter):
            raise NotAble("the center has no patrols")
        return await self._ask(work, self._center)

    # --- end ---

    async def close(self, *, stay_signed_in: bool = False) -> None:
        """Log out if the center answers at once, break off everything else; takes 3 s at most.

        With `stay_signed_in` the session goes on at the center, to be resumed at the next start.
        """
        if self._closed:
            return
        if self._signed_in and stay_signed_in:
            await self._finish_under_way()
        elif self._signed_in:
            await asyncio.wait([asyncio.wrap_future(self._submit(self._center.log_out))], timeout=LOG_OUT_S)
        self._closed = True
        self._signed_in = False
        self._stop_events()
        self._center.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._ptz_pool.shutdown(wait=False, cancel_futures=True)
        rest = [_settled(future) for future in list(self._under_way)]
        if rest:
            await asyncio.wait(rest, timeout=END_S)

    async def _finish_under_way(self) -> None:
        """Give streams that are being given back the time a log-out would have had."""
        await asyncio.sleep(0)  # tasks started a moment ago hand in their calls now
        rest = [_settled(future) for future in list(self._under_way) if future is not self._listening]
        if rest:
            await asyncio.wait(rest, timeout=LOG_OUT_S)

    # --- calls ---

    async def _ask(self, work: Callable[_Params, _Result], *args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
        return await self._watched(self._submit(work, *args, **kwargs))

    async def _call(self, work: Callable[_Params, _Result], *args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
        return await asyncio.wrap_future(self._submit(work, *args, **kwargs))

    async def _watched(self, future: Future[_Result]) -> _Result:
        """Wait for a call and draw from its outcome whether the center is there and knows us."""
        number = self._number
        try:
            result = await asyncio.wrap_future(future)
        except SignInNeeded:
            self._set_reachable(True)
            self._on_signed_out(number)
            raise
        except ServerFailed:
            if not self._line_up:  # while events come in, a call that failed is no outage
                self._set_reachable(False)
            raise
        except WallError:  # the center answered, if only to refuse
            self._set_reachable(True)
            raise
        self._set_reachable(True)
        self._tell_of_token()
        return result

    def _submit(
        self, work: Callable[_Params, _Result], *args: _Params.args, **kwargs: _Params.kwargs
    ) -> Future[_Result]:
        return self._submit_to(self._pool, work, *args, **kwargs)

    def _submit_to(
        self,
        pool: ThreadPoolExecutor,
        work: Callable[_Params, _Result],
        *args: _Params.args,
        **kwargs: _Params.kwargs,
    ) -> Future[_Result]:
        if self._closed:
            raise ServerFailed("the session was closed by us")
        future = pool.submit(work, *args, **kwargs)
        self._remember(future)
        return future

    def _remember(self, future: Future[Any]) -> None:
        """Keep what `close` has to wait for."""
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)

    def _set_reachable(self, reachable: bool) -> None:
        if reachable != self._reachable and not self._closed:
            self._reachable = reachable
            _log.info("center %s is %s", self._center.base_url, "reachable" if reachable else "out of reach")
            self.state_changed.emit()

    def _on_signed_out(self, number: int) -> None:
        if number != self._number or not self._signed_in or self._closed:
            return
        self._signed_in = False
        self._stop_events()
        self._tell_of_token()
        self.state_changed.emit()
        self.sign_in_needed.emit()

    def _tell_of_token(self) -> None:
        token = self.refresh_token
        if token != self._refresh_token and not self._closed:  # a session that goes on without us keeps its token
            self._refresh_token = token
            self.refresh_token_changed.emit()

    # --- events ---

    def _start_events(self) -> None:
        self._number += 1
        if not self._center.capabilities.events:
            return
        self._events = self._center.events()
        ended: Future[None] = Future()
        self._listening = ended
        self._remember(ended)
        arguments = (self._number, self._events, ended)
        # A daemon: should a system call hang all the same, it must not keep the program from ending.
        threading.Thread(target=self._listen, args=arguments, name="center-events", daemon=True).start()

    def _stop_events(self) -> None:
        self._number += 1
        self._line_up = False
        if self._events is not None:
            self._events.close()  # its thread ends by itself; the GUI thread does not wait for it
        self._events = None

    def _listen(self, number: int, events: Events, ended: Future[None]) -> None:
        """Body of the thread of events."""
        try:
            for event in events:
                self._told.emit(number, event)
        except SignInNeeded:
            self._told.emit(number, None)
        finally:
            ended.set_result(None)

    @Slot(int, object)
    def _on_told(self, number: int, event: CenterEvent | None) -> None:
        if number != self._number or self._closed:
            return
        match event:
            case ChannelStatus():
                self.status_changed.emit(event)
            case EventsLost():
                self.events_lost.emit()
            case CatalogMoved():
                self.catalog_moved.emit(event)
            case PtzChanged():
                self.ptz_changed.emit(event)
            case PresetsChanged():
                self.presets_changed.emit(event)
            case Alarm():
                self.alarm.emit(event)
            case LineState(up=up):
                self._line_up = up
                self._set_reachable(up)
            case None:
                self._on_signed_out(number)


def _offset_ms(health: Health, before_s: float, after_s: float) -> int:
    """Return how far a center's clock was ahead while it was asked; 0 where it does not tell, or tells too slowly."""
    if health.time_utc is None or after_s - before_s > _SLOW_ANSWER_S:
        return 0
    return round((health.time_utc.timestamp() - (before_s + after_s) / 2) * 1000)


def _settled(future: Future[Any]) -> asyncio.Future[None]:
    """Return a future of this loop that is done when `future` is, whatever came of it."""
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not settled.done():
            settled.set_result(None)

    def tell(_: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle)

    future.add_done_callback(tell)
    return settled
