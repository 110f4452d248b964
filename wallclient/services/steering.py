"""All that this client moves: one hand per camera, commands that never wait, stops sent until they are sure."""

import asyncio
import logging
import time
from collections.abc import Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wallclient.api.ptz import PtzCenter
from wallclient.domain.errors import ServerFailed, SignInNeeded, WallError
from wallclient.domain.global_id import key_of
from wallclient.domain.ptz import Area, PtzAbility, PtzStatus, TakeOver, Velocity
from wallclient.services.centers import Centers
from wallclient.services.hand import Command, Hand, HandState
from wallclient.services.ptz_states import PtzStates
from wallclient.services.reservations import Reservations

_log = logging.getLogger(__name__)
COMMANDS_AT_ONCE = 24  # per center; a hand has at most eight under way, and hands that stop may be several
WARM_UP_S = 4.0  # servers commonly close a connection that was idle for 5 s
CLOSE_S = 1.5


@dataclass(frozen=True, slots=True)
class ChannelPtz:
    """What a pane shows of its camera's PTZ."""

    status: PtzStatus | None = None  # None: not known (yet)
    hand: HandState = HandState.IDLE
    taken_over: TakeOver | None = None  # who took it from us; until we move or reserve it again
    keeps_reservation: bool = False
    error: WallError | None = None  # why there is no status


class _Helmed:
    """A camera this client has moved, with the way to it at that time."""

    def __init__(self, channel_id: str, center: PtzCenter, local_id: str) -> None:
        self.channel_id = channel_id
        self.center = center
        self.local_id = local_id
        self.hand = Hand()
        self.told = HandState.IDLE
        self.answered = 0  # the latest number answered


class Helm(QObject):
    """Steers cameras by global ids. Lives on the UI thread; requests run on threads of its own, by center.

    Nothing here raises but the coroutines; what goes wrong is told by `refused`. One camera is moved at a time: moving
    another one stops the former. A stop from anywhere stops.
    """

    changed = Signal(str)  # channel id: something of `ptz_of`
    refused = Signal(str, object)  # channel id, WallError: a press that led to nothing; once per press
    taken_over = Signal(str, object)  # channel id, TakeOver: somebody took the camera from us
    steered = Signal(str)  # channel id: the operator has begun to move it
    stopped = Signal(str)  # channel id: the operator wants it to stop in any case
    _answered = Signal(object)  # from a thread: channel id, number, PtzStatus or WallError

    def __init__(self, centers: Centers) -> None:
        super().__init__()
        self._centers = centers
        self._helmed: dict[str, _Helmed] = {}
        self._lost: dict[str, TakeOver] = {}
        self._no_way: set[str] = set()  # cameras held in vain: there was no center to send to
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._warming: dict[str, Future[None]] = {}
        self._settled = asyncio.Event()
        self._is_closed = self._is_ended = False
        self.states = PtzStates(centers)
        self.reservations = Reservations(centers, self.states)
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._pump_all)
        self._warm_timer = QTimer(self, interval=round(WARM_UP_S * 1000))
        self._warm_timer.timeout.connect(self._warm_up)
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        self.states.changed.connect(self.changed)
        self.states.taken_over.connect(self._on_taken_over)
        self.states.came_back.connect(self._on_came_back)
        self.reservations.changed.connect(self.changed)
        self.reservations.lost.connect(self.refused)
        centers.farewell = self.stop_center

    # --- what panes show ---

    def watch(self, owner: Hashable, channel_ids: Iterable[str]) -> None:
        """Follow the cameras `owner` (such as a window) shows, in place of those it named before."""
        self.states.watch(owner, channel_ids)
        if self.states.watched and not self._is_closed:
            self._warm_up()
            if not self._warm_timer.isActive():
                self._warm_timer.start()
        else:
            self._warm_timer.stop()

    def ptz_of(self, channel_id: str) -> ChannelPtz:
        """Return all that is known of a camera."""
        helmed = self._helmed.get(channel_id)
        return ChannelPtz(
            self.states.status_of(channel_id),
            helmed.hand.state(time.monotonic()) if helmed else HandState.IDLE,
            self._lost.get(channel_id),
            self.reservations.keeps(channel_id),
            self.states.error_of(channel_id),
        )

    def is_moving(self, channel_id: str) -> bool:
        """Tell whether this client moves a camera now."""
        helmed = self._helmed.get(channel_id)
        return helmed is not None and not helmed.hand.wanted.is_still

    def unconfirmed(self) -> list[str]:
        """Return the cameras whose stop was not confirmed in time: they may still turn."""
        now = time.monotonic()
        return [h.channel_id for h in self._helmed.values() if h.hand.state(now) is HandState.UNCONFIRMED]

    # --- steering ---

    def move(self, channel_id: str, velocity: Velocity) -> None:
        """Move a camera at this speed from now on, until told another; a still one stops it. Call on every change."""
        if velocity.is_still:
            self._halt(channel_id)
            return
        if self._is_closed or channel_id in self._no_way:
            return
        helmed = self._way_to(channel_id)
        if helmed is None:
            self._no_way.add(channel_id)  # told once; the next press tries again
            return
        for other in self._helmed.values():
            if other is not helmed:
                other.hand.stop(time.monotonic())
                self._pump(other)
        was_still = helmed.hand.wanted.is_still
        helmed.hand.move(velocity, time.monotonic())
        self._pump(helmed)
        self._set_timer()
        if was_still and not helmed.hand.wanted.is_still:
            self._lost.pop(channel_id, None)
            self.steered.emit(channel_id)

    def stop(self, channel_id: str) -> None:
        """Stop a camera in any case, also on its way to a preset or on a cruise."""
        self._no_way.discard(channel_id)
        helmed = self._way_to(channel_id)
        if helmed is not None:
            helmed.hand.stop(time.monotonic(), always=True)
            self._pump(helmed)
            self._set_timer()
            self.stopped.emit(channel_id)

    def release_all(self, reason: str) -> None:
        """Stop whatever this client moves: the focus, a pane, the joystick, the screen or the program goes."""
        self._no_way.clear()
        for helmed in self._helmed.values():
            if not helmed.hand.wanted.is_still:
                _log.info("stop %s: %s", helmed.channel_id, reason)
            helmed.hand.stop(time.monotonic())
            self._pump(helmed)
        self._set_timer()

    def _halt(self, channel_id: str) -> None:
        self._no_way.discard(channel_id)
        helmed = self._helmed.get(channel_id)
        if helmed is not None:
            helmed.hand.stop(time.monotonic())
            self._pump(helmed)
            self._set_timer()

    # --- other ways to move a camera ---

    async def aim(self, channel_id: str, area: Area) -> None:
        """Bring a point to the center of the picture, or let a rectangle fill it. Raises as calls to a center do."""
        await self._centers.ask_ptz(channel_id, lambda center, local_id: center.aim(local_id, area))
        self.steered.emit(channel_id)

    async def switch(self, channel_id: str, ability: PtzAbility, on: bool, number: int = 0) -> None:
        """Switch the wiper, the light or auxiliary `number`."""
        await self._centers.ask_ptz(channel_id, lambda center, local_id: center.switch(local_id, ability, on, number))

    async def reserve(self, channel_id: str, reason: str = "", *, keep: bool = True) -> None:
        """Hold a camera, with a reason also from one of lower priority; renewed until released if `keep`.

        Raises CameraHeld and what other calls raise. A reservation that is lost later is told by `refused`.
        """
        await self.reservations.reserve(channel_id, reason, keep=keep)
        self._lost.pop(channel_id, None)
        self.changed.emit(channel_id)

    async def release(self, channel_id: str) -> None:
        """Give a camera free."""
        self._halt(channel_id)
        await self.reservations.release(channel_id)

    # --- end ---

    async def stop_center(self, key: str) -> None:
        """Stop what is moved at one center, whose session is about to end; waits 1.5 s at most for confirmation."""
        ours = [helmed for helmed in self._helmed.values() if key_of(helmed.channel_id) == key]
        for helmed in ours:
            helmed.hand.stop(time.monotonic())
            self._pump(helmed)
        self._set_timer()
        await self._wait_for_stops(ours)
        await self.reservations.release_all(key)

    async def close(self) -> None:
        """Stop everything; wait for confirmation 1.5 s at most; give reserved cameras free. Then nothing moves."""
        if self._is_closed:
            return
        self.release_all("end of the program")
        self._is_closed = True
        self._warm_timer.stop()
        await self._wait_for_stops(list(self._helmed.values()))
        await self.reservations.close()
        self.states.close()
        self._timer.stop()
        self._is_ended = True
        for pool in self._threads.values():
            pool.shutdown(wait=False, cancel_futures=True)

    async def _wait_for_stops(self, helmed: list[_Helmed]) -> None:
        until = time.monotonic() + CLOSE_S
        while any(h.hand.is_stop_owed for h in helmed) and (left_s := until - time.monotonic()) > 0:
            self._settled.clear()
            try:
                await asyncio.wait_for(self._settled.wait(), left_s)
            except TimeoutError:
                break
        for h in helmed:
            if h.hand.is_stop_owed:
                _log.warning("the stop of %s was not confirmed", h.channel_id)

    # --- inside ---

    def _way_to(self, channel_id: str) -> _Helmed | None:
        """Return a camera with the way to it as it is now; tell where there is none."""
        helmed = self._helmed.get(channel_id)
        if helmed is not None and helmed.hand.state(time.monotonic()) is not HandState.IDLE:
            return helmed
        if self._is_closed:
            return None
        try:
            center, local_id = self._centers.ptz_center(channel_id)
        except WallError as err:
            self.refused.emit(channel_id, err)
            return None
        if helmed is None:
            helmed = self._helmed[channel_id] = _Helmed(channel_id, center, local_id)
        helmed.center = center
        return helmed

    def _pump(self, helmed: _Helmed) -> None:
        """Send what is due, and tell what has changed."""
        now = time.monotonic()
        while not self._is_ended and (command := helmed.hand.due(now)) is not None:
            self._send(helmed, command)
        state = helmed.hand.state(now)
        refusal, helmed.hand.refusal = helmed.hand.refusal, None
        if state is not helmed.told:
            helmed.told = state
            self.changed.emit(helmed.channel_id)
        if refusal is not None:
            self.refused.emit(helmed.channel_id, refusal)

    def _pump_all(self) -> None:
        for helmed in list(self._helmed.values()):
            self._pump(helmed)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._is_ended:
            return
        now = time.monotonic()
        due = min((helmed.hand.next_due(now) for helmed in self._helmed.values()), default=float("inf"))
        if due == float("inf"):
            self._timer.stop()
        else:
            self._timer.start(max(0, round((due - now) * 1000 + 0.5)))

    def _send(self, helmed: _Helmed, command: Command) -> None:
        channel_id, local_id, center = helmed.channel_id, helmed.local_id, helmed.center
        steering, limit_s = command.steering, command.limit_s

        def work() -> None:
            result: PtzStatus | WallError
            try:
                result = center.steer(local_id, steering, limit_s)
            except WallError as err:
                result = err
            except Exception as err:  # the edge of a thread: whatever it was, it is no confirmation
                _log.exception("steering %s", channel_id)
                result = ServerFailed(type(err).__name__)
            self._answered.emit((channel_id, steering.number, result))

        self._pool(key_of(channel_id)).submit(work)

    def _pool(self, key: str) -> ThreadPoolExecutor:
        if key not in self._threads:
            self._threads[key] = ThreadPoolExecutor(COMMANDS_AT_ONCE, thread_name_prefix="steering")
        return self._threads[key]

    @Slot(object)
    def _on_answered(self, answer: tuple[str, int, PtzStatus | WallError]) -> None:
        channel_id, number, result = answer
        helmed = self._helmed[channel_id]
        helmed.hand.answered(number, result, time.monotonic())
        if isinstance(result, PtzStatus) and number > helmed.answered:
            helmed.answered = number
            self.states.take(channel_id, result)
        elif isinstance(result, SignInNeeded):
            self.states.read(channel_id)  # so that the session learns of it, and asks the operator
        self._pump(helmed)
        self._set_timer()
        if not helmed.hand.is_stop_owed:
            self._settled.set()

    def _on_taken_over(self, channel_id: str, taken: TakeOver) -> None:
        self._lost[channel_id] = taken
        self.reservations.forget(channel_id)
        helmed = self._helmed.get(channel_id)
        if helmed is not None:
            helmed.hand.drop(time.monotonic())
            self._pump(helmed)
            self._set_timer()
        self.taken_over.emit(channel_id, taken)
        self.changed.emit(channel_id)

    def _on_came_back(self, key: str) -> None:
        for helmed in self._helmed.values():
            if key_of(helmed.channel_id) == key:
                helmed.hand.hurry()
        self._pump_all()
        self._warm_up()

    def _warm_up(self) -> None:
        """Keep connections open to the centers whose cameras are shown."""
        shown = {key_of(channel_id): channel_id for channel_id in self.states.watched}
        for key, channel_id in shown.items():
            former = self._warming.get(key)
            if self._is_closed or (former is not None and not former.done()):
                continue
            try:
                center, _ = self._centers.ptz_center(channel_id)
            except WallError:
                continue  # signed out, or it moves no cameras
            self._warming[key] = self._pool(key).submit(_warm_up, center)


def _warm_up(center: PtzCenter) -> None:
    try:
        center.warm_up()
    except WallError as err:
        _log.info("no connection kept for steering: %s", type(err).__name__)
    except Exception:  # the edge of a thread
        _log.exception("keeping connections for steering")
