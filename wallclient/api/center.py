"""What the program needs from any center, whatever its make; one adapter file per family implements it.

All methods block (they are called on worker threads) and may be called from several threads at once. They raise the
errors of `wallclient.domain.errors`: SignInNeeded, NotPermitted, NotFound, CameraOffline, TooManyRequests, BadPayload,
ServerFailed; BadAddress for addresses that are not opened; CursorExpired and SnapshotGone where they are named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from wallclient.domain.catalog import ChangeBatch, NotModified, SnapshotPage
from wallclient.domain.event import CenterEvent
from wallclient.domain.node import Channel, Node, NodePage
from wallclient.domain.ptz import Tier
from wallclient.domain.stream import Lease, StreamKind


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a center can do, so that the window can grey out the rest with a reason."""

    live: bool = True
    events: bool = False
    counts: bool = False  # totals on inner nodes are true
    catalog: bool = False  # `snapshot` and `changes` work
    ptz: bool = False  # the center is an `api.ptz.PtzCenter` too
    recordings: bool = False  # the center is an `api.recordings.RecordingCenter` too
    cases: bool = False  # the center is an `api.cases.CaseCenter` too
    alarms: bool = False  # `events` brings `domain.event.Alarm`
    pictures: bool = False  # the center is an `api.pictures.PictureCenter` too
    patrol: bool = False  # the center is an `api.patrol.PatrolCenter` too
    patrol_plans: bool = False  # and the operator may change plans
    presets: bool = True  # counts where `ptz` does
    cruises: bool = True  # counts where `ptz` does: the center keeps and runs them; else this program does
    export: bool = True  # counts where `recordings` does: footage can be taken along as files
    forced_alarms: bool = False  # the center is an `api.forced_alarms.ForcedAlarmCenter` too


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in, in the center's words."""

    user: str
    name: str
    post: str = ""
    tier: Tier = Tier.STATION
    priority: int = 0


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """Channels anywhere below a node; `next_cursor` is None on the last page."""

    channels: tuple[Channel, ...] = ()
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """What a center says of itself without a log-in."""

    name: str
    version: str
    time_utc: datetime | None = None  # of its clock, where it tells


class Events(Protocol):
    """What a center tells on its own. It reconnects by itself and ends only on `close` or when a log-in is needed."""

    def __iter__(self) -> Iterator[CenterEvent]:
        """Yield events as they come; one thread iterates. Raises SignInNeeded when the session ended."""
        ...

    def close(self) -> None:
        """End the iteration promptly, from any thread."""
        ...


@runtime_checkable
class Center(Protocol):
    """One center. Nothing but `health` and `log_in` works before a log-in."""

    @property
    def base_url(self) -> str:
        """Address as the operator typed it, without user information."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this center can do; final after the log-in."""
        ...

    def health(self) -> Health:
        """Ask whether the center is there."""
        ...

    def log_in(self, user: str, password: str) -> Identity:
        """Start a session; it renews itself. Raises SignInNeeded for a wrong user or password."""
        ...

    @property
    def refresh_token(self) -> str | None:
        """What `resume` takes, as good as a password: for the keyring only. None when not signed in."""
        ...

    def resume(self, refresh_token: str) -> Identity:
        """Go on with a session of an earlier run. Raises SignInNeeded when it lapsed or was revoked."""
        ...

    def log_out(self) -> None:
        """End the session and its leases, if the center can be reached; never raises a CenterError."""
        ...

    def children(self, node_id: str | None, cursor: str | None = None, limit: int = 200) -> NodePage:
        """Return a page of the children of a node, or of the roots."""
        ...

    def node(self, node_id: str) -> Node:
        """Return one node with fresh counts."""
        ...

    def channels_below(self, node_id: str, cursor: str | None = None, limit: int = 200) -> ChannelPage:
        """Return a page of the channels anywhere below a node, those that show best first."""
        ...

    def channel(self, channel_id: str) -> Channel:
        """Return one channel."""
        ...

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Begin to read the whole tree, or go on after the page with `cursor`; only where `capabilities.catalog`.

        `etag` is the `revision` of the last snapshot that was read whole. The iteration raises as calls do:
        ServerFailed if it breaks off (resume with the last cursor). Raises SnapshotGone if it can't be resumed.
        """
        ...

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Return what changed after `since`. Raises CursorExpired when only a fresh snapshot can help."""
        ...

    def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Open a live stream. Raises CameraOffline."""
        ...

    def renew_live(self, lease_id: str) -> Lease:
        """Keep a stream open; its addresses may have changed. Raises NotFound once it has lapsed."""
        ...

    def close_live(self, lease_id: str) -> None:
        """Give a stream back. One that has lapsed already is no error."""
        ...

    def events(self) -> Events:
        """Return a new stream of events; only where `capabilities.events`."""
        ...

    def close(self) -> None:
        """Break off every call under way and refuse further ones; from any thread, at once, without the network."""
        ...
