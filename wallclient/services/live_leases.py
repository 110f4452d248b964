"""The leases behind one pane: opened when asked for, renewed in time, given back when no longer needed."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from wallclient.domain.errors import CenterError, NotFound, WallError
from wallclient.domain.node import Channel
from wallclient.domain.stream import Lease, StreamKind

_log = logging.getLogger(__name__)
_RENEW_AT = 0.5  # of a lease's life
_RETRY_S = 3.0


class Streams(Protocol):
    """What a pane needs of a center; `services.session.CenterSession` is one."""

    async def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Open a lease. Raises CenterError."""

    async def renew_live(self, lease_id: str) -> float:
        """Renew a lease and return its new life in seconds. Raises CenterError."""

    async def close_live(self, lease_id: str) -> None:
        """Give a lease back. Raises CenterError."""


class PaneLeases(Protocol):
    """What a pane needs of the leases behind it, whichever centers they are from."""

    @property
    def via(self) -> str:
        """Name of the center that serves in place of the camera's own; empty where that serves itself."""

    @property
    def wants_move(self) -> bool:
        """Tell whether the stream should come another way than it does."""

    @property
    def tries_wanted(self) -> bool:
        """Tell whether the way that was asked last is the wanted one."""

    def set_playing(self, playing: bool) -> None:
        """Take in whether the picture moves."""

    async def get(self, kind: StreamKind) -> Lease:
        """Return the lease of `kind`, opening one where there is none. Raises WallError."""

    def forget(self, kind: StreamKind) -> None:
        """Drop a lease whose addresses did not work."""

    def keep_only(self, kind: StreamKind) -> None:
        """Give back all leases but the one of `kind` that was got last."""

    def close(self) -> None:
        """Give back all leases."""


class MoreWays(Protocol):
    """Who knows that a camera can be had from more centers than its own; `services.failover_leases.Failover` does."""

    def leases(
        self, channel: Channel, on_lost: Callable[[StreamKind], None], on_wanted: Callable[[], None]
    ) -> PaneLeases:
        """Return what keeps a camera's streams open; `on_wanted` is called when another way should be tried."""


class LiveLeases:
    """At most one lease per stream kind of one channel. Lives on the loop's thread."""

    via = ""
    wants_move = False
    tries_wanted = True

    def __init__(self, streams: Streams, channel_id: str, on_lost: Callable[[StreamKind], None]) -> None:
        self._streams = streams
        self._channel_id = channel_id
        self._on_lost = on_lost
        self._leases: dict[StreamKind, Lease] = {}
        self._renewals: dict[StreamKind, asyncio.Task[None]] = {}

    def set_playing(self, playing: bool) -> None:
        """Do nothing: there is one way only."""

    async def get(self, kind: StreamKind) -> Lease:
        """Return the lease of `kind`, opening one where there is none. Raises CenterError."""
        if kind not in self._leases:
            self._leases[kind] = lease = await self._streams.open_live(self._channel_id, kind)
            self._renewals[kind] = asyncio.create_task(self._keep(kind, lease))
        return self._leases[kind]

    def forget(self, kind: StreamKind) -> None:
        """Drop a lease whose addresses did not work, so that the next try asks the center anew."""
        lease = self._leases.pop(kind, None)
        if renewal := self._renewals.pop(kind, None):
            renewal.cancel()
        if lease:
            _in_background(self._give_back(lease))

    def keep_only(self, kind: StreamKind) -> None:
        """Give back all leases but that of `kind`."""
        for other in [k for k in self._leases if k is not kind]:
            self.forget(other)

    def close(self) -> None:
        """Give back all leases, in the background."""
        for kind in list(self._leases):
            self.forget(kind)

    async def _keep(self, kind: StreamKind, lease: Lease) -> None:
        life_s = lease.expires_in_s
        while True:
            await asyncio.sleep(max(1.0, life_s * _RENEW_AT))
            while True:
                try:
                    life_s = await self._streams.renew_live(lease.id)
                    break
                except NotFound:
                    self._leases.pop(kind, None)
                    self._renewals.pop(kind, None)
                    self._on_lost(kind)
                    return
                except WallError:  # the center is away: the picture may well go on without it
                    await asyncio.sleep(_RETRY_S)

    async def _give_back(self, lease: Lease) -> None:
        with contextlib.suppress(CenterError):  # it lapses by itself
            await self._streams.close_live(lease.id)


_background: set[asyncio.Task[None]] = set()  # asyncio itself keeps only weak references to tasks


def _in_background(work: Coroutine[Any, Any, None]) -> None:
    try:
        task = asyncio.get_running_loop().create_task(work)
    except RuntimeError:  # the loop has ended, and leases lapse by themselves
        work.close()
        return
    _background.add(task)
    task.add_done_callback(_background.discard)
