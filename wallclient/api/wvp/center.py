"""Adapter for WVP-GB28181-pro 2.7.4: all that `Capabilities` has of `wallclient.api`."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

from wallclient.api.center import Capabilities, ChannelPage, Events, Health, Identity
from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.catalog import WvpCatalog
from wallclient.api.wvp.events import WvpEvents
from wallclient.api.wvp.line import WvpLine
from wallclient.api.wvp.pictures import WvpPictures
from wallclient.api.wvp.ptz import NamesInMemory, PresetNames, WvpPtz
from wallclient.api.wvp.recordings import WvpRecordings
from wallclient.api.wvp.records import WvpRecords
from wallclient.api.wvp.streams import sources
from wallclient.api.wvp.tree import GB28181, WvpTree
from wallclient.api.wvp.ways import Ways
from wallclient.domain.address import CENTER_SCHEMES, checked_address
from wallclient.domain.catalog import ChangeBatch, NotModified, SnapshotPage
from wallclient.domain.errors import NotAble, NotFound
from wallclient.domain.node import Channel, Node, NodePage
from wallclient.domain.stream import Lease, StreamKind

PLAY_S = 30.0  # WVP answers when pictures come, or after 10 to 18 s by its settings
LEASE_S = 300.0


class WvpCenter(WvpPtz, WvpRecordings):
    """A WVP at `base_url` (http or https). Raises BadAddress for any other address.

    `media_host` takes the place of the host in addresses of streams; a private CA goes in as `ca_file` (PEM).
    """

    def __init__(
        self,
        base_url: str,
        ca_file: Path | None = None,
        *,
        media_host: str = "",
        names: PresetNames | None = None,
    ) -> None:
        self._base_url = checked_address(base_url, CENTER_SCHEMES).url.rstrip("/")
        self._media_host = media_host
        self._line = WvpLine(self._base_url, ca_file)
        self._tree = WvpTree(self._line)
        self._ways = Ways(self._line, self._tree)
        self._catalog = WvpCatalog(self._line, self._tree)
        self._pictures = WvpPictures(self._line)
        self._numbers = itertools.count(1)
        self._leases: dict[str, Lease] = {}
        self._leases_lock = threading.Lock()
        WvpPtz.__init__(self, self._line, self._ways, names or NamesInMemory())
        records = WvpRecords(self._line, self._ways, self._tree)
        WvpRecordings.__init__(self, self._line, self._ways, records, media_host)

    def __repr__(self) -> str:
        return f"WvpCenter({self._base_url!r})"

    @property
    def base_url(self) -> str:
        """Address as the operator typed it, without user information."""
        return self._base_url

    @property
    def capabilities(self) -> Capabilities:
        """What a WVP can do. It counts nothing, and cruises are run from here."""
        return Capabilities(
            live=True, catalog=True, ptz=True, recordings=True, events=True, alarms=True, pictures=True, cruises=False
        )

    # --- session ---

    def health(self) -> Health:
        """Ask whether the center is there; its version is told only to those who are signed in."""
        self._line.is_there()
        return Health("WVP-GB28181-pro", "")

    def log_in(self, user: str, password: str) -> Identity:
        """Start a session. Raises SignInNeeded for a wrong user or password."""
        name = self._line.log_in(user, password)
        return Identity(user, name)

    @property
    def refresh_token(self) -> str | None:
        """User and MD5 of his password, which WVP takes for it: for the keyring only."""
        return self._line.secret

    def resume(self, refresh_token: str) -> Identity:
        """Log in with what an earlier run kept. Raises SignInNeeded."""
        name = self._line.resume(refresh_token)
        return Identity(name, name)

    def log_out(self) -> None:
        """Stop what moves and forget the session; streams end by themselves when nobody watches them."""
        self.halt()
        self.close_all()
        self._line.log_out()
        with self._leases_lock:
            self._leases.clear()

    # --- tree ---

    def children(self, node_id: str | None, cursor: str | None = None, limit: int = 200) -> NodePage:
        """Return a page of the children of a node, or of the roots."""
        return self._tree.children(node_id, cursor, limit)

    def node(self, node_id: str) -> Node:
        """Return one node."""
        return self._tree.node(node_id)

    def channels_below(self, node_id: str, cursor: str | None = None, limit: int = 200) -> ChannelPage:
        """Return a page of the channels anywhere below a node."""
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
        """Open a live stream, the same for either kind: WVP plays one stream of a channel. Raises CameraOffline."""
        way = self._ways.to(channel_id)
        try:
            content = self._play(way.gb_id if way.data_type != GB28181 else way.path)
        except NotFound:
            self._ways.forget(channel_id)
            raise
        lease_id = f"wvp-{next(self._numbers)}"
        lease = Lease(lease_id, channel_id, kind, sources(content, self._media_host), LEASE_S)
        with self._leases_lock:
            self._leases[lease_id] = lease
        return lease

    def _play(self, channel: int | str) -> docs.StreamContent:
        if isinstance(channel, int):
            path, query = "/api/common/channel/play", {"channelId": channel}
            return self._line.get(path, docs.StreamContent, query, limit_s=PLAY_S)
        # This call answers a time-out in words; the common one ends as an error of the server.
        return self._line.get(f"/api/play/start/{channel}", docs.StreamContent, limit_s=PLAY_S)

    def renew_live(self, lease_id: str) -> Lease:
        """Keep a stream open. Raises NotFound for one that was given back.

        Nothing is asked: WVP keeps a stream for as long as somebody reads it.
        """
        with self._leases_lock:
            lease = self._leases.get(lease_id)
        if lease is None:
            raise NotFound(f"lease {lease_id[:40]!r}")
        return lease

    def close_live(self, lease_id: str) -> None:
        """Give a stream back. WVP is not told: its stop would end the stream for everybody who watches it."""
        with self._leases_lock:
            self._leases.pop(lease_id, None)

    # --- pictures, events, end ---

    def picture(self, channel_id: str) -> bytes:
        """Have a still picture taken now; what lies there from earlier is never handed out. Raises CameraOffline."""
        way = self._ways.to(channel_id)
        if way.data_type != GB28181:
            raise NotAble("not a channel of a GB28181 device")
        return self._pictures.take(way)

    def events(self) -> Events:
        """Return a new stream of alarms, states of cameras and changes of the tree."""
        return WvpEvents(self._line, self._catalog)

    def close(self) -> None:
        """Break off every call under way and refuse further ones, without waiting for the network."""
        WvpPtz.close(self)
        WvpRecordings.close(self)
        self._pictures.close()
        self._line.close()
