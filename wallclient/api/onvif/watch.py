"""Looks after the cameras of a site: who is there, what they tell. A task each on the loop; none waits for another."""

import asyncio
import contextlib
import logging
import queue
import random
from collections.abc import Iterator
from concurrent.futures import Future

from onveef.aclient import AsyncPullPointSubscription

from wallclient.api.onvif.alarms import AlarmBook
from wallclient.api.onvif.device import Device
from wallclient.api.onvif.site import Site
from wallclient.domain.errors import CenterError, KeyringFailed, NotAble, NotPermitted, ServerFailed, WallError
from wallclient.domain.event import CatalogMoved, CenterEvent, EventsLost, LineState
from wallclient.domain.onvif import OnvifCamera

_log = logging.getLogger(__name__)
LOOK_S, LOOK_AWAY_S = 20.0, 8.0  # how often a camera is asked whether it is there
SITE_S = 2.0  # how often the site's file is looked at
AT_ONCE = 32  # questions under way
PULL = "PT10S"  # how long a camera may hold a question for events
PULL_S = 20.0
TERM = "PT60S"
AGAIN_S, REFUSED_S = 15.0, 300.0
_END = object()
_Door = tuple[OnvifCamera, ...]  # the cameras of one device


class Watch:
    """Watches while somebody listens. Its tasks live on the site's loop; everything else is for any thread."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listeners: list[SiteEvents] = []
        self._future: Future[None] | None = None

    def listen(self) -> "SiteEvents":
        """Return a new stream of events; the first one begins the watch. Raises SignInNeeded, ServerFailed."""
        with self._site.lock:
            self._site.tree()
            events = SiteEvents(self)
            self._listeners.append(events)
            if self._future is None:
                self._future = self._site.errands.start(self._run())
            return events

    def leave(self, events: "SiteEvents") -> None:
        """Forget a stream; the last one ends the watch."""
        with self._site.lock:
            if events in self._listeners:
                self._listeners.remove(events)
            if not self._listeners and self._future is not None:
                self._future.cancel()
                self._future = None

    def end(self) -> None:
        """End all streams."""
        for events in list(self._listeners):
            events.close()

    def _tell(self, event: CenterEvent) -> None:
        for events in list(self._listeners):
            events.put(event)

    # --- on the loop ---

    async def _run(self) -> None:
        """Keep a task for each device of the site, and begin anew when the site was saved."""
        stamp: object = None
        tasks: list[asyncio.Task[None]] = []
        try:
            while True:
                if (found := self._site.store.stamp()) != stamp:
                    await _cancel(tasks)
                    if stamp is not None:
                        self._tell(EventsLost())
                        self._tell(CatalogMoved(self._site.sequence + 1))
                    stamp, tasks = found, self._begin()
                await asyncio.sleep(SITE_S)
        finally:
            await _cancel(tasks)

    def _begin(self) -> list[asyncio.Task[None]]:
        try:
            cameras = self._site.fresh_tree().site.cameras
        except ServerFailed:
            return []  # told in the log where it is read; looked at again when it is saved
        doors: dict[object, list[OnvifCamera]] = {}
        for camera in cameras:
            doors.setdefault((camera.address, camera.user, camera.account), []).append(camera)
        busy = asyncio.Semaphore(AT_ONCE)
        work = [self._look(tuple(own), busy) for own in doors.values()]
        work += [self._hear(tuple(own)) for own in doors.values()]
        return [asyncio.create_task(one) for one in work]

    async def _look(self, cameras: _Door, busy: asyncio.Semaphore) -> None:
        """Ask one device again and again whether it is there."""
        while True:
            try:
                async with busy:
                    is_there = await self._site.bare_device(cameras[0]).is_there()
            except ServerFailed:
                return  # the site was closed
            except Exception:  # the edge of the task: a bug must not leave a camera that only looks alive
                _log.exception("status of %s", cameras[0].id)
                is_there = False
            for camera in cameras:
                status = self._site.note(camera.id, is_there)
                if status is not None:
                    _log.info("camera %s %s", camera.id, "is back" if is_there else "does not answer")
                    self._tell(status)
                    self._tell(CatalogMoved(self._site.sequence))
            await asyncio.sleep((LOOK_S if is_there else LOOK_AWAY_S) * random.uniform(0.8, 1.2))

    async def _hear(self, cameras: _Door) -> None:
        """Pull one device's events for as long as it has any to give."""
        book = AlarmBook(cameras)
        while True:
            wait_s = AGAIN_S
            try:
                device = await asyncio.to_thread(self._site.device, cameras[0])
                if not await device.has("events"):
                    return
                await self._pull(device, book)
            except NotAble:
                return
            except (NotPermitted, KeyringFailed):
                wait_s = REFUSED_S
            except WallError as err:
                _log.debug("no events of %s: %s", cameras[0].id, type(err).__name__)
            except Exception:  # the edge of the task: a bug must not leave a camera that is only silent
                _log.exception("events of %s", cameras[0].id)
            await asyncio.sleep(wait_s * random.uniform(0.8, 1.2))

    async def _pull(self, device: Device, book: AlarmBook) -> None:
        # Made by hand: the client's own `pull_point` would subscribe outside the limits of `Device`.
        subscription = AsyncPullPointSubscription(device.onvif, termination_time=TERM, timeout=PULL, message_limit=100)
        try:
            await device.listen(subscription.create())
            while True:
                for alarm in book.read(await device.listen(subscription.pull(), PULL_S)):
                    self._tell(alarm)
        finally:
            with contextlib.suppress(CenterError, asyncio.CancelledError):
                await device.listen(subscription.unsubscribe(), 1.0)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


class SiteEvents:
    """Implements `wallclient.api.center.Events`: the line to a site is this program itself, and always up."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.put(LineState(up=True))

    def put(self, event: object) -> None:
        """Hand an event over."""
        self._queue.put(event)

    def __iter__(self) -> Iterator[CenterEvent]:
        """Yield events as they come, until `close`."""
        while (event := self._queue.get()) is not _END:
            yield event  # type: ignore[misc]

    def close(self) -> None:
        """End the iteration promptly, from any thread."""
        self._queue.put(_END)
        self._watch.leave(self)
