"""The leases behind a pane whose camera has more than one way to the wall: its own center, or one that stands in."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from wallclient.domain.center_config import Alternate
from wallclient.domain.errors import (
    BadPayload,
    CameraOffline,
    NotFound,
    ServerFailed,
    StorageFailed,
    TooManyRequests,
    WallError,
)
from wallclient.domain.global_id import key_of
from wallclient.domain.node import Channel
from wallclient.domain.stream import Lease, StreamKind
from wallclient.services.center_access import AccessState
from wallclient.services.centers import Centers
from wallclient.services.failover import AWAY_S, BACK_S, Switchover
from wallclient.services.live_leases import LiveLeases, PaneLeases

_log = logging.getLogger(__name__)
_A_LITTLE_S = 0.05
AGAIN_S = 15.0  # after a way that was tried gave no picture, before it counts as well again; twice that each time
LONGEST_REST_S = 240.0
OPENING_S = 5.0  # for a first picture, before it counts as trouble that there is none
# What another way may mend. A refusal is none of them: who may not see a camera does not see it over another center.
_TROUBLE = (ServerFailed, CameraOffline, TooManyRequests, BadPayload)
Locate = Callable[[str, str], str | None]  # center key, GB code -> global id of the one camera with it there
Known = Callable[[str], Channel | None]  # global id -> the camera as its center told it before
_AWAY = (AccessState.AWAY, AccessState.SIGNING_IN)


class Failover(QObject):
    """Knows which centers stand in for which, and how it stands with each. Lives on the UI thread."""

    changed = Signal(str)  # center key: it is there again, or away

    def __init__(self, centers: Centers, locate: Locate, known: Known = lambda _: None) -> None:
        super().__init__()
        self._known = known
        self._centers = centers
        self._locate = locate
        self.away_s, self.back_s = AWAY_S, BACK_S  # for panes that are opened from now on
        self._since: dict[str, tuple[bool, float]] = {}  # by center: whether it answers, since when
        for told in (centers.changed, centers.added, centers.removed):
            told.connect(self._on_center_changed)
        for access in centers.accesses:
            self._on_center_changed(access.key)

    def alternates(self, channel: Channel) -> tuple[Alternate, ...]:
        """Return who stands in for a camera's center, in the order they are tried; only centers there are."""
        key = key_of(channel.id)
        configs = {config.key: config for config in self._centers.configs}
        if key not in configs:
            return ()
        found = {one.center: one for one in configs[key].alternates if one.stands_in_for(channel.gb_code)}
        return tuple(one for one in found.values() if one.center in configs and one.center != key)

    def channel(self, channel_id: str) -> Channel | None:
        """Return a camera whose center is away and which another one shows; None for all others.

        Not so where nobody is signed in at its center any more: who has logged out is done with its cameras.
        """
        try:
            if self._centers.access(key_of(channel_id)).state not in _AWAY:
                return None
            channel = self._known(channel_id)
            if channel is None:
                return None
            well = [one for one in self.alternates(channel) if self.standing(one.center)[0]]
            return channel if any(self._locate(one.center, channel.gb_code) for one in well) else None
        except (NotFound, StorageFailed):
            return None

    def leases(
        self, channel: Channel, on_lost: Callable[[StreamKind], None], on_wanted: Callable[[], None]
    ) -> PaneLeases:
        """Return what keeps a camera's streams open; `on_wanted` is called when another way should be tried."""
        if len(self._centers.configs) < 2:
            return LiveLeases(self._centers, channel.id, on_lost)
        return FailoverLeases(self, self._centers, channel, on_lost, on_wanted)

    def standing(self, key: str) -> tuple[bool, float]:
        """Tell whether a center answers, and since when (monotonic)."""
        return self._since.get(key, (False, time.monotonic()))

    def title(self, key: str) -> str:
        """Return a center's name; empty for one that is gone."""
        try:
            return self._centers.access(key).title
        except NotFound:
            return ""

    def find(self, key: str, gb_code: str) -> str:
        """Return the global id of a camera at another center. Raises NotFound, StorageFailed."""
        if (found := self._locate(key, gb_code)) is None:
            raise NotFound(f"no one camera of center {key} has that code")
        return found

    def _on_center_changed(self, key: str) -> None:
        try:
            well = self._centers.access(key).state is AccessState.CONNECTED
        except NotFound:
            well = False
        if self._since.get(key, (None, 0.0))[0] is not well:
            self._since[key] = (well, time.monotonic())
            self.changed.emit(key)


class FailoverLeases:
    """Implements `PaneLeases` over several ways; way 0 is the camera's own center. Lives on the loop's thread.

    A way is left only once the picture of another has come: until then its leases are kept.
    """

    def __init__(
        self,
        failover: Failover,
        centers: Centers,
        channel: Channel,
        on_lost: Callable[[StreamKind], None],
        on_wanted: Callable[[], None],
    ) -> None:
        self._failover, self._centers, self._channel = failover, centers, channel
        self._on_lost, self._on_wanted = on_lost, on_wanted
        self._keys = self._keys_now()
        self._leases: dict[int, LiveLeases] = {}  # by way
        self._resting: dict[int, asyncio.TimerHandle] = {}  # ways that were tried and gave no picture
        self._failures: dict[int, int] = {}  # of each way in a row
        self._look: asyncio.TimerHandle | None = None
        self._trying = 0
        self._is_refused = self._is_closed = False
        now = time.monotonic()
        # A picture that does not come at once is no trouble yet: a whole wall may be opening.
        self._rule = Switchover(len(self._keys), now + OPENING_S, away_s=failover.away_s, back_s=failover.back_s)
        well, since = failover.standing(self._keys[0])
        if not well:
            self._rule.tell(0, False, since)  # a center long away is not waited for
        for way in range(1, len(self._keys)):
            self._tell_standing(way)
        failover.changed.connect(self._on_center_changed)
        self._look_later()

    # --- for the pane ---

    @property
    def via(self) -> str:
        """Name of the center that serves in place of the camera's own; empty where that serves itself."""
        return self._failover.title(self._keys[self._rule.serving]) if self._rule.serving else ""

    @property
    def wants_move(self) -> bool:
        """Tell whether another way should serve."""
        return self._choice() != self._rule.serving

    @property
    def tries_wanted(self) -> bool:
        """Tell whether the way that was asked last is the one that should serve."""
        return self._trying == self._choice()

    def set_playing(self, playing: bool) -> None:
        """Take in whether the picture of the way that serves moves."""
        self._rule.tell(self._rule.serving, playing, time.monotonic())
        self._look_later()

    async def get(self, kind: StreamKind) -> Lease:
        """Return a lease from the way that should serve; where that gives none, from the next, or the one that did.

        What the camera's own center says is raised where nobody gives one.
        """
        self._take_alternates()
        tried: set[int] = set()
        while True:
            way = next(way for way in (self._choice(), self._rule.serving, 0) if way not in tried)
            tried.add(way)
            self._trying = way
            try:
                lease = await self._leases_of(way).get(kind)
            except WallError as err:
                self._not_over(way, err)
                if way == 0:
                    raise
            else:
                self._is_refused = self._is_refused and way != 0
                return lease

    def forget(self, kind: StreamKind) -> None:
        """Drop the lease of the way that was tried: its addresses did not work."""
        if leases := self._leases.get(self._trying):
            leases.forget(kind)
        self._rest(self._trying)

    def keep_only(self, kind: StreamKind) -> None:
        """Let the way that was tried serve: its picture is shown. All other leases are given back."""
        former, way = self._rule.serving, self._trying
        self._failures.pop(way, None)
        self._rule.serve(way, time.monotonic())
        if former != way:
            _log.warning("camera %s is shown over center %s", self._channel.id, self._keys[way])
            self._tell_standing(former)
        for other in [one for one in self._leases if one != way]:
            self._leases.pop(other).close()
        self._leases[way].keep_only(kind)
        self._look_later()

    def close(self) -> None:
        """Give back all leases, in the background, and judge no more."""
        self._is_closed = True
        self._failover.changed.disconnect(self._on_center_changed)
        for timer in (self._look, *self._resting.values()):
            if timer is not None:
                timer.cancel()
        for leases in self._leases.values():
            leases.close()

    # --- inside ---

    def _keys_now(self) -> tuple[str, ...]:
        alternates = self._failover.alternates(self._channel)
        return key_of(self._channel.id), *(one.center for one in alternates)

    def _take_alternates(self) -> None:
        """Take over what the operator has changed meanwhile, while the own center serves and nothing is under way."""
        keys = self._keys_now()
        if keys == self._keys or self._rule.serving:
            return
        for way in [way for way in self._leases if way]:
            self._leases.pop(way).close()
        for timer in self._resting.values():
            timer.cancel()
        self._resting.clear()
        self._failures.clear()
        self._keys = keys
        self._rule.set_ways(len(keys), time.monotonic())
        for way in range(1, len(keys)):
            self._tell_standing(way)

    def _choice(self) -> int:
        return 0 if self._is_refused else self._rule.choice(time.monotonic())

    def _leases_of(self, way: int) -> LiveLeases:
        """Return the leases of a way. Raises NotFound, StorageFailed."""
        if way not in self._leases:
            there = self._failover.find(self._keys[way], self._channel.gb_code) if way else self._channel.id
            self._leases[way] = LiveLeases(self._centers, there, partial(self._on_lease_lost, way))
        return self._leases[way]

    def _on_lease_lost(self, way: int, kind: StreamKind) -> None:
        if way == self._rule.serving:
            self._on_lost(kind)

    def _not_over(self, way: int, err: WallError) -> None:
        """Take in that a way gave no lease. What the own center refuses is not asked of others."""
        if way == 0 and not isinstance(err, _TROUBLE):
            self._is_refused = True
        if way:
            _log.info("camera %s: not over center %s, %s", self._channel.id, self._keys[way], type(err).__name__)
        self._rest(way)

    def _rest(self, way: int) -> None:
        """Let a way that was tried beside the one that serves, and gave no picture, count as bad for a while."""
        if way == self._rule.serving or self._is_closed:
            return
        if leases := self._leases.pop(way, None):
            leases.close()
        self._rule.tell(way, False, time.monotonic())
        if former := self._resting.pop(way, None):
            former.cancel()
        self._failures[way] = self._failures.get(way, 0) + 1
        rest_s = min(AGAIN_S * 2 ** (self._failures[way] - 1), LONGEST_REST_S)
        self._resting[way] = asyncio.get_running_loop().call_later(rest_s, self._rested, way)
        self._look_later()

    def _rested(self, way: int) -> None:
        del self._resting[way]
        self._tell_standing(way)
        self._look_now()

    def _tell_standing(self, way: int) -> None:
        """Tell the rule how it stands with the center of a way that does not serve."""
        if way != self._rule.serving and way not in self._resting:
            self._rule.tell(way, self._failover.standing(self._keys[way])[0], time.monotonic())

    def _on_center_changed(self, key: str) -> None:
        for way, of in enumerate(self._keys):
            if of == key:
                self._tell_standing(way)
        self._look_now()

    def _look_now(self) -> None:
        if self.wants_move:
            self._on_wanted()
        self._look_later()

    def _look_later(self) -> None:
        """Look again when the rule may choose otherwise with nothing new told."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
        wait_s = self._rule.next_s(time.monotonic())
        if wait_s is not None and not self._is_closed:
            self._look = asyncio.get_running_loop().call_later(wait_s + _A_LITTLE_S, self._look_now)
