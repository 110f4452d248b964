"""Runs one cruise where the center can't: from preset to preset, giving way to whoever steers, ending when refused."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import CameraHeld, CameraOffline, NotFound, ServerFailed, TooManyRequests, WallError
from wallclient.domain.ptz import Cruise, CruisePoint

_log = logging.getLogger(__name__)
QUIET_S = 20.0  # so long after the operator's last move the cruise goes on
RETRY_S = 5.0
_PAUSE_S = 0.5  # how often it looks whether it may go on
Recall = Callable[[int, float], Awaitable[None]]  # preset, speed; raises as calls to a center do


class RunState(StrEnum):
    """How it stands with a cruise that is run here."""

    RUNNING = "running"
    GIVING_WAY = "giving_way"  # to the operator, or to somebody else who holds the camera
    WAITING = "waiting"  # for the camera or its center


@dataclass(frozen=True, slots=True)
class CruiseRun:
    """A cruise under way. `index` is that of the point it is at or goes to."""

    cruise: Cruise
    index: int = 0
    state: RunState = RunState.RUNNING


class CruiseRunner(QObject):
    """One cruise of one camera. Lives on the UI thread; `run` is a coroutine on the Qt loop."""

    changed = Signal()  # `run_now`
    ended = Signal(object)  # WallError that ended it

    def __init__(
        self,
        cruise: Cruise,
        recall: Recall,
        is_steered: Callable[[], bool],
        is_held: Callable[[], bool],
        quiet_s: float = QUIET_S,
    ) -> None:
        """`is_steered` tells whether the operator moves the camera now, `is_held` whether somebody else holds it."""
        super().__init__()
        self.run_now = CruiseRun(cruise)
        self._recall = recall
        self._is_steered = is_steered
        self._is_held = is_held
        self._quiet_s = quiet_s
        self._steered_at = float("-inf")
        self._disturbed = asyncio.Event()

    def on_steered(self) -> None:
        """Give way: the operator moves the camera himself."""
        self._steered_at = time.monotonic()
        self._disturbed.set()

    def on_state_changed(self) -> None:
        """Look again who holds the camera."""
        if self._must_give_way():
            self._disturbed.set()

    async def run(self) -> None:
        """Visit the points in order, for ever; return when the center refuses for good."""
        missing = 0
        while True:
            await self._give_way()
            point = self.run_now.cruise.points[self.run_now.index]
            self._set(state=RunState.RUNNING)
            try:
                await self._recall(point.preset, point.speed)
            except NotFound as err:  # somebody deleted the preset, or the camera
                missing += 1
                if missing >= len(self.run_now.cruise.points):
                    self.ended.emit(err)
                    return
                self._next()
                continue
            except CameraHeld:
                self._disturbed.set()
                self._set(state=RunState.GIVING_WAY)
                await asyncio.sleep(_PAUSE_S)
                continue
            except (ServerFailed, CameraOffline, TooManyRequests):
                self._set(state=RunState.WAITING)
                await asyncio.sleep(RETRY_S)
                continue
            except WallError as err:
                _log.info("the cruise %s was refused: %s", self.run_now.cruise.id, type(err).__name__)
                self.ended.emit(err)
                return
            missing = 0
            if await self._dwell(point):
                self._next()

    async def _dwell(self, point: CruisePoint) -> bool:
        """Stay; tell whether nobody disturbed."""
        self._disturbed.clear()
        if self._must_give_way():
            return False
        try:
            await asyncio.wait_for(self._disturbed.wait(), point.dwell_s)
        except TimeoutError:
            return True
        return False

    async def _give_way(self) -> None:
        """Wait while somebody steers. Then the cruise goes on with the point it was at."""
        while self._must_give_way():
            self._set(state=RunState.GIVING_WAY)
            await asyncio.sleep(min(_PAUSE_S, self._quiet_s))

    def _must_give_way(self) -> bool:
        now = time.monotonic()
        if self._is_steered():
            self._steered_at = now
        return self._is_held() or now - self._steered_at < self._quiet_s

    def _next(self) -> None:
        self.run_now = replace(self.run_now, index=(self.run_now.index + 1) % len(self.run_now.cruise.points))
        self.changed.emit()

    def _set(self, *, state: RunState) -> None:
        if state is not self.run_now.state:
            self.run_now = replace(self.run_now, state=state)
            self.changed.emit()
