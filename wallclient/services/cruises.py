"""Cruises from one editor: kept and run by the center where it can, else by this client."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import NotAble, NotFound, WallError
from wallclient.domain.ptz import Cruise, CruisePoint, PtzAbility
from wallclient.services.centers import Centers
from wallclient.services.cruise_runner import QUIET_S, CruiseRun, CruiseRunner
from wallclient.services.presets import Presets
from wallclient.services.steering import Helm
from wallclient.storage.json_file import JsonFile
from wallclient.storage.ptz import SavedCruises

_log = logging.getLogger(__name__)


class Cruises(QObject):
    """Owns the client's own cruises and those it runs. Lives on the UI thread; runs on the Qt loop.

    Coroutines raise the errors of `wallclient.domain.errors`, also StorageFailed for a cruise of the client's own.
    """

    changed = Signal(str)  # channel id: its cruises, or the one that is run here
    ended = Signal(str, object)  # channel id, WallError: a cruise run here was refused and is over, or can't be stopped

    def __init__(
        self,
        centers: Centers,
        helm: Helm,
        presets: Presets,
        file: JsonFile[SavedCruises],
        quiet_s: float = QUIET_S,
    ) -> None:
        super().__init__()
        self._centers = centers
        self._helm = helm
        self._file = file
        self._quiet_s = quiet_s
        self._own = dict(file.load().cruises)
        self._runners: dict[str, tuple[CruiseRunner, asyncio.Task[None]]] = {}
        self._stopping: set[asyncio.Task[None]] = set()
        helm.steered.connect(self._on_steered)
        helm.stopped.connect(self._on_stopped)
        helm.changed.connect(self._on_state_changed)
        presets.recalled.connect(self._on_steered)
        centers.presets_changed.connect(lambda event: self.changed.emit(event.channel_id))

    def are_at_center(self, channel_id: str) -> bool:
        """Tell whether a watched camera's cruises are kept and run by its center, so that they outlast this client."""
        status = self._helm.ptz_of(channel_id).status
        return status is not None and PtzAbility.CRUISES in status.abilities

    def running(self, channel_id: str) -> CruiseRun | None:
        """Return the cruise that is run here; one the center runs is told by the camera's status."""
        runner = self._runners.get(channel_id)
        return runner[0].run_now if runner else None

    # --- the editor ---

    async def read(self, channel_id: str) -> tuple[Cruise, ...]:
        """Return a camera's cruises."""
        if await self._is_at_center(channel_id):
            return await self._centers.ask_ptz(channel_id, lambda center, local_id: center.cruises(local_id))
        return self._own.get(channel_id, ())

    async def save(self, channel_id: str, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Change a cruise; make a new one where `cruise_id` is empty. One that runs goes on with its new points."""
        if await self._is_at_center(channel_id):
            return await self._centers.ask_ptz(
                channel_id, lambda center, local_id: center.save_cruise(local_id, cruise_id, name, tuple(points))
            )
        cruise = Cruise(cruise_id or uuid.uuid4().hex, name, tuple(points))
        others = self._own.get(channel_id, ())
        if any(other.id == cruise.id for other in others):
            kept = tuple(cruise if other.id == cruise.id else other for other in others)
        else:
            kept = (*others, cruise)
        self._store(channel_id, kept)
        running = self.running(channel_id)
        if running is not None and running.cruise.id == cruise.id:
            await self.start(channel_id, cruise.id)
        return cruise

    async def delete(self, channel_id: str, cruise_id: str) -> None:
        """Forget a cruise; one that runs is stopped."""
        if await self._is_at_center(channel_id):
            await self._centers.ask_ptz(channel_id, lambda center, local_id: center.delete_cruise(local_id, cruise_id))
            return
        running = self.running(channel_id)
        if running is not None and running.cruise.id == cruise_id:
            self._end(channel_id)
        self._store(channel_id, tuple(c for c in self._own.get(channel_id, ()) if c.id != cruise_id))

    # --- running ---

    async def start(self, channel_id: str, cruise_id: str) -> None:
        """Start a cruise. Raises NotFound, NotAble for one without points, and what calls to a center raise."""
        if await self._is_at_center(channel_id):
            status = await self._centers.ask_ptz(
                channel_id, lambda center, local_id: center.run_cruise(local_id, cruise_id)
            )
            self._helm.states.take(channel_id, status)
            return
        cruise = next((c for c in self._own.get(channel_id, ()) if c.id == cruise_id), None)
        if cruise is None:
            raise NotFound("the cruise was deleted")
        if not cruise.points:
            raise NotAble("a cruise without points")
        self._end(channel_id)
        self._run(channel_id, cruise)

    async def stop(self, channel_id: str) -> None:
        """Stop the cruise that runs, wherever it does."""
        self._end(channel_id)
        if await self._is_at_center(channel_id):
            status = await self._centers.ask_ptz(channel_id, lambda center, local_id: center.run_cruise(local_id, None))
            self._helm.states.take(channel_id, status)

    def close(self) -> None:
        """Run nothing any more; the center's cruises go on."""
        for channel_id in list(self._runners):
            self._end(channel_id)
        for task in self._stopping:
            task.cancel()

    # --- inside ---

    async def _is_at_center(self, channel_id: str) -> bool:
        status = self._helm.ptz_of(channel_id).status
        if status is None:
            status = await self._centers.ask_ptz(channel_id, lambda center, local_id: center.ptz(local_id))
        return PtzAbility.CRUISES in status.abilities

    def _run(self, channel_id: str, cruise: Cruise) -> None:
        async def recall(number: int, speed: float) -> None:
            await self._centers.ask_ptz(
                channel_id, lambda center, local_id: center.recall_preset(local_id, number, speed)
            )

        def is_held() -> bool:
            status = self._helm.ptz_of(channel_id).status
            return status is not None and status.holder is not None and not status.holder.is_me

        is_steered = partial(self._helm.is_moving, channel_id)
        self._helm.watch(("cruise", channel_id), [channel_id])
        runner = CruiseRunner(cruise, recall, is_steered, is_held, self._quiet_s)
        runner.changed.connect(partial(self.changed.emit, channel_id))
        runner.ended.connect(partial(self.ended.emit, channel_id))
        task = asyncio.get_running_loop().create_task(runner.run())
        self._runners[channel_id] = (runner, task)
        task.add_done_callback(lambda _: self._on_done(channel_id, runner))
        self.changed.emit(channel_id)

    def _end(self, channel_id: str) -> None:
        running = self._runners.pop(channel_id, None)
        if running is not None:
            running[1].cancel()
            self._helm.watch(("cruise", channel_id), ())
            self.changed.emit(channel_id)

    def _on_done(self, channel_id: str, runner: CruiseRunner) -> None:
        running = self._runners.get(channel_id)
        if running is not None and running[0] is runner:
            self._end(channel_id)

    def _on_stopped(self, channel_id: str) -> None:
        """End the cruise, too: a stop of the hand alone leaves one that the center runs."""
        self._end(channel_id)
        status = self._helm.ptz_of(channel_id).status
        if status is not None and status.cruise_id is not None:
            task = asyncio.get_running_loop().create_task(self._try_stop(channel_id))
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    async def _try_stop(self, channel_id: str) -> None:
        try:
            await self.stop(channel_id)
        except WallError as err:
            self.ended.emit(channel_id, err)

    def _on_steered(self, channel_id: str, _number: int = 0) -> None:
        if channel_id in self._runners:
            self._runners[channel_id][0].on_steered()

    def _on_state_changed(self, channel_id: str) -> None:
        if channel_id in self._runners:
            self._runners[channel_id][0].on_state_changed()

    def _store(self, channel_id: str, cruises: tuple[Cruise, ...]) -> None:
        own = {**self._own, channel_id: cruises}
        if not cruises:
            own.pop(channel_id)
        self._file.save(SavedCruises(own))
        self._own = own
        self.changed.emit(channel_id)
