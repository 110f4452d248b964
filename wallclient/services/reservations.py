"""Reserved cameras: renewed while the operator wants them, given free at the end."""

import asyncio
import logging

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import ServerFailed, TooManyRequests, WallError
from wallclient.domain.global_id import key_of
from wallclient.services.centers import Centers
from wallclient.services.ptz_states import PtzStates

_log = logging.getLogger(__name__)
TERM_S = 60.0
RENEWAL_S = 20.0
RETRY_S = 5.0
END_S = 1.0


class Reservations(QObject):
    """Keeps the cameras this client has reserved, by global id. Lives on the UI thread; runs on the Qt loop."""

    changed = Signal(str)  # channel id: `keeps`
    lost = Signal(str, object)  # channel id, WallError: the center does not renew it

    def __init__(self, centers: Centers, states: PtzStates, renewal_s: float = RENEWAL_S) -> None:
        super().__init__()
        self._centers = centers
        self._states = states
        self._renewal_s = renewal_s
        self._kept: dict[str, asyncio.Task[None]] = {}

    def keeps(self, channel_id: str) -> bool:
        """Tell whether a camera is reserved until it is given free."""
        return channel_id in self._kept

    async def reserve(self, channel_id: str, reason: str, *, keep: bool) -> None:
        """Reserve a camera for a minute; with `keep` again and again. Raises CameraHeld and what calls raise."""
        await self._ask(channel_id, reason)
        if keep and channel_id not in self._kept:
            self._kept[channel_id] = asyncio.get_running_loop().create_task(self._keep(channel_id))
            self.changed.emit(channel_id)

    async def release(self, channel_id: str) -> None:
        """Give a camera free. Raises as calls do; it is not renewed all the same."""
        self.forget(channel_id)
        status = await self._centers.ask_ptz(channel_id, lambda center, local_id: center.release(local_id))
        self._states.take(channel_id, status)

    def forget(self, channel_id: str) -> None:
        """Renew no more."""
        task = self._kept.pop(channel_id, None)
        if task is not None:
            task.cancel()
            self.changed.emit(channel_id)

    async def release_all(self, key: str | None = None) -> None:
        """Give all cameras free, or those of one center; those that take long lapse by themselves."""
        ours = [channel_id for channel_id in self._kept if key in (None, key_of(channel_id))]
        if ours:
            await asyncio.wait([asyncio.ensure_future(self._try_release(c)) for c in ours], timeout=END_S)

    async def close(self) -> None:
        """Give all cameras free."""
        await self.release_all()

    async def _try_release(self, channel_id: str) -> None:
        try:
            await self.release(channel_id)
        except WallError as err:
            _log.info("%s was not given free: %s", channel_id, type(err).__name__)

    async def _ask(self, channel_id: str, reason: str = "") -> None:
        status = await self._centers.ask_ptz(
            channel_id, lambda center, local_id: center.reserve(local_id, TERM_S, reason)
        )
        self._states.take(channel_id, status)

    async def _keep(self, channel_id: str) -> None:
        pause_s = self._renewal_s
        while True:
            await asyncio.sleep(pause_s)
            try:
                await self._ask(channel_id)
                pause_s = self._renewal_s
            except (ServerFailed, TooManyRequests):
                pause_s = min(RETRY_S, self._renewal_s)
            except WallError as err:
                self._kept.pop(channel_id, None)
                self.lost.emit(channel_id, err)
                self.changed.emit(channel_id)
                return
