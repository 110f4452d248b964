"""Live streams the embedded center has promised to keep open. Used on the server's loop only."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from wallclient.domain.stream import StreamKind

MOST_LEASES = 2000


@dataclass(slots=True)
class OpenLease:
    """One open stream of one session."""

    id: str
    session_id: str
    channel_id: str
    kind: StreamKind
    until: float  # on the clock given to Leases


class Leases:
    """Opens, renews and forgets leases; a lease that was not renewed for `lease_s` seconds is gone."""

    def __init__(self, lease_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.lease_s = lease_s
        self._clock = clock
        self._leases: dict[str, OpenLease] = {}

    def __len__(self) -> int:
        self._drop_lapsed()
        return len(self._leases)

    @property
    def is_full(self) -> bool:
        """Tell whether no further stream can be opened."""
        return len(self) >= MOST_LEASES

    def open(self, session_id: str, channel_id: str, kind: StreamKind) -> OpenLease:
        """Promise a stream to a session."""
        lease = OpenLease(secrets.token_hex(12), session_id, channel_id, kind, self._clock() + self.lease_s)
        self._leases[lease.id] = lease
        return lease

    def renew(self, lease_id: str, session_id: str) -> OpenLease | None:
        """Keep a lease for another term; None if it lapsed, was closed or belongs to another session."""
        lease = self._find(lease_id, session_id)
        if lease is not None:
            lease.until = self._clock() + self.lease_s
        return lease

    def close(self, lease_id: str, session_id: str) -> bool:
        """End a lease; False if there is no such lease of this session."""
        lease = self._find(lease_id, session_id)
        return lease is not None and self._leases.pop(lease.id) is lease

    def close_of(self, session_id: str) -> None:
        """End every lease of a session."""
        self._leases = {key: lease for key, lease in self._leases.items() if lease.session_id != session_id}

    def _find(self, lease_id: str, session_id: str) -> OpenLease | None:
        self._drop_lapsed()
        lease = self._leases.get(lease_id)
        return lease if lease is not None and lease.session_id == session_id else None

    def _drop_lapsed(self) -> None:
        now = self._clock()
        self._leases = {key: lease for key, lease in self._leases.items() if lease.until > now}
