"""Adapter for ZoneMinder 1.36.

Implements `wallclient.api.center.Center` and, by its bases, `PtzCenter` and `RecordingCenter`; besides `PictureCenter`
and `ForcedAlarmCenter`.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from wallclient.api.center import Capabilities, ChannelPage, Events, Health, Identity
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.catalog import ZmCatalog
from wallclient.api.zoneminder.events import ZmEvents
from wallclient.api.zoneminder.line import ZmLine
from wallclient.api.zoneminder.monitors import Monitors
from wallclient.api.zoneminder.ptz import ZmPtz
from wallclient.api.zoneminder.recordings import ZmRecordings
from wallclient.api.zoneminder.streams import Places, is_fresh, is_jpegs_only, read_places, sources, zms_of
from wallclient.api.zoneminder.tree import ZmTree
from wallclient.domain.address import CENTER_SCHEMES, checked_address
from wallclient.domain.catalog import ChangeBatch, NotModified, SnapshotPage
from wallclient.domain.errors import BadPayload, CameraOffline, NotFound, NotPermitted
from wallclient.domain.node import Channel, Node, NodePage
from wallclient.domain.stream import Lease, StreamKind

LEASE_S = 60.0
TOKEN_S = 900.0  # a token in an address of a stream lives so long yet: for whoever opens it late
BACK_S = 60.0
FORCE_S = 5.0  # ZoneMinder waits for the camera's process
_JPEG = b"\xff\xd8"


class ZoneMinderCenter(ZmPtz, ZmRecordings):
    """A ZoneMinder at `base_url` (http or https), with or without "/zm" at its end. Raises BadAddress for any other.

    `media_host` takes the place of the host in ZoneMinder's own addresses of streams, not in those of cameras; a
    private CA goes in as `ca_file` (PEM).
    """

    def __init__(self, base_url: str, ca_file: Path | None = None, *, media_host: str = "") -> None:
        self._base_url = checked_address(base_url, CENTER_SCHEMES).url.rstrip("/")
        self._media_host = media_host
        self._line = ZmLine(self._base_url, ca_file)
        self._monitors = Monitors(self._line)
        self._tree = ZmTree(self._line, self._monitors)
        self._catalog = ZmCatalog(self._tree)
        self._places: Places | None = None
        self._lease_numbers = itertools.count(1)
        self._leases: dict[str, Lease] = {}
        self._opened: dict[str, float] = {}  # when a channel was opened last
        self._leases_lock = threading.Lock()
        ZmRecordings.__init__(self, self._line, self._tree)
        ZmPtz.__init__(self, self._line, self._tree)

    def __repr__(self) -> str:
        return f"ZoneMinderCenter({self._base_url!r})"

    @property
    def base_url(self) -> str:
        """Address as the operator typed it, without user information."""
        return self._base_url

    @property
    def capabilities(self) -> Capabilities:
        """What a ZoneMinder can do for this user; it tells alarms and states only because it is asked often."""
        footage = self._tree.may_play_back
        return Capabilities(
            live=True, events=True, counts=True, catalog=True, ptz=True, recordings=footage, alarms=footage,
            pictures=True, cruises=False, export=footage, forced_alarms=True,
        )  # fmt: skip

    # --- session ---

    def health(self) -> Health:
        """Ask whether the center is there; its version is told only to those who are signed in."""
        self._line.probe()
        return Health("ZoneMinder", self._line.version, datetime.fromtimestamp(self._line.now_ms() / 1000, UTC))

    def log_in(self, user: str, password: str) -> Identity:
        """Start a session. Raises SignInNeeded for a wrong user or password, NotPermitted for one without the API."""
        self._line.log_in(user, password)
        return self._begin(user)

    @property
    def refresh_token(self) -> str | None:
        """User and password: for the keyring only. ZoneMinder's own refresh tokens live for a day."""
        return self._line.secret

    def resume(self, refresh_token: str) -> Identity:
        """Log in with what an earlier run kept. Raises SignInNeeded."""
        return self._begin(self._line.resume(refresh_token))

    def _begin(self, user: str) -> Identity:
        self.forget_footage()
        self._monitors.forget()
        self._places = None
        try:
            self._line.api("/events/index.json", docs.EventsDocument, {"page": 1, "limit": 1})
            self._tree.may_play_back = True
        except NotPermitted:
            self._tree.may_play_back = False
        except NotFound:  # some versions have no first page where there are no events
            self._tree.may_play_back = True
        return Identity(user, user)

    def log_out(self) -> None:
        """Stop what moves and forget the session."""
        self.halt()
        self._line.log_out()
        self.forget_footage()
        with self._leases_lock:
            self._leases.clear()

    # --- tree ---

    def children(self, node_id: str | None, cursor: str | None = None, limit: int = 200) -> NodePage:
        """Return a page of the children of a node, or of the roots."""
        return self._tree.children(node_id, cursor, limit)

    def node(self, node_id: str) -> Node:
        """Return one node with fresh counts."""
        return self._tree.node(node_id)

    def channels_below(self, node_id: str, cursor: str | None = None, limit: int = 200) -> ChannelPage:
        """Return a page of the channels anywhere below a node, those that are online first."""
        return self._tree.channels_below(node_id, cursor, limit)

    def channel(self, channel_id: str) -> Channel:
        """Return one channel."""
        return self._tree.channel(channel_id)

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Begin to read the whole tree. Raises SnapshotGone for any cursor."""
        return self._catalog.snapshot(cursor, etag)

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Look for changes by reading lists anew. Raises CursorExpired."""
        return self._catalog.changes(since, limit)

    # --- live ---

    def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Return where the pictures are. Raises CameraOffline where nothing hands them out now."""
        fresh = self._has_fresh_jpegs(channel_id)
        lease = self._lease(f"zm-{next(self._lease_numbers)}", channel_id, kind, jpegs=fresh)
        with self._leases_lock:
            self._leases[lease.id] = lease
        return lease

    def _has_fresh_jpegs(self, channel_id: str) -> bool:
        """Tell whether JPEGs may be offered, as far as it is worth a question, which takes the server 0.3 s.

        A camera that can be asked itself is taken at its word the first time; whoever comes back for it may have seen
        its pictures stop.
        """
        monitor = self._tree.monitor(channel_id)
        now = time.monotonic()
        with self._leases_lock:
            before, self._opened[channel_id] = self._opened.get(channel_id), now
        comes_back = before is not None and now - before < BACK_S
        if not monitor.online or not (comes_back or is_jpegs_only(monitor)):
            return monitor.online
        return is_fresh(self._line, monitor, self._where())

    def _lease(self, lease_id: str, channel_id: str, kind: StreamKind, *, jpegs: bool = True) -> Lease:
        monitor = self._tree.monitor(channel_id)
        token = self._line.lasting_token(TOKEN_S)
        found = sources(monitor, kind, self._where(), token, self._media_host, jpegs=jpegs)
        if not found:
            raise CameraOffline(f"monitor {monitor.id} has no present pictures")
        return Lease(lease_id, channel_id, kind, found, LEASE_S)

    def renew_live(self, lease_id: str) -> Lease:
        """Keep a stream open, with addresses signed anew.

        Raises NotFound for one that was given back, and where only ZoneMinder hands out pictures and has none now: it
        would go on sending one that says so.
        """
        with self._leases_lock:
            lease = self._leases.get(lease_id)
        if lease is None:
            raise NotFound(f"lease {lease_id[:40]!r}")
        try:
            fresh = self._lease(lease_id, lease.channel_id, lease.kind)
        except CameraOffline:
            fresh = None
        with self._leases_lock:
            if lease_id in self._leases and fresh is not None:
                self._leases[lease_id] = fresh
            else:
                self._leases.pop(lease_id, None)
        if fresh is None:
            raise NotFound("the camera has no pictures any more")
        return fresh

    def close_live(self, lease_id: str) -> None:
        """Give a stream back; ZoneMinder knows of none."""
        with self._leases_lock:
            self._leases.pop(lease_id, None)

    def _where(self) -> Places:
        places = self._places
        if places is None:
            places = self._places = read_places(self._line)
        return places

    # --- pictures, alarms ---

    def picture(self, channel_id: str) -> bytes:
        """Return the present picture, JPEG. Raises CameraOffline where there is none: ZoneMinder then sends nothing."""
        monitor = self._tree.monitor(channel_id)
        if not monitor.online:  # what comes instead is a picture of words, or nothing
            raise CameraOffline(f"monitor {monitor.id} captures nothing")
        place = urlsplit(zms_of(monitor, self._where()))
        if f"{place.scheme}://{place.netloc}" != self._line.origin:  # another machine: its pictures come as streams
            raise CameraOffline("single pictures of this machine can't be had")
        query: dict[str, str | int | None] = {"mode": "single", "monitor": monitor.id, "scale": 100}
        kind, raw = self._line.fetch(place.path, query)
        if not raw:
            raise CameraOffline(f"monitor {monitor.id} captures nothing")
        if kind != "image/jpeg" or not raw.startswith(_JPEG):
            raise BadPayload(f"monitor {monitor.id}: not a JPEG")
        return raw

    def force_alarm(self, channel_id: str, on: bool) -> None:
        """Raise the alarm of a camera, or take back one that was raised so. Raises CameraOffline, NotPermitted.

        A camera that captures nothing is not asked: ZoneMinder would wait for it.
        """
        monitor = self._tree.monitor(channel_id)
        if not monitor.online:
            raise CameraOffline(f"monitor {monitor.id} captures nothing")
        path = f"/monitors/alarm/id:{monitor.id}/command:{'on' if on else 'off'}.json"
        answer = self._line.act(path, docs.AlarmDocument, FORCE_S)
        if answer.code is not None:  # zmu failed
            raise CameraOffline(f"monitor {monitor.id}: zmu ended with {docs.whole(answer.code)}")

    # --- events, end ---

    def events(self) -> Events:
        """Return a new stream of events, with connections of its own."""
        return ZmEvents(self._line.beside(), alarms=self._tree.may_play_back)

    def close(self) -> None:
        """Break off every call under way and refuse further ones, without waiting for the network."""
        ZmPtz.close(self)
        self._line.close()
