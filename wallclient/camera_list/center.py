"""A list of plain cameras as a center: the tree is the list's, streams come from the cameras themselves, no log-in."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from wallclient.api.center import Capabilities, ChannelPage, Events, Health, Identity
from wallclient.camera_list.tree import SiteTree, channel_of
from wallclient.domain.address import checked_address
from wallclient.domain.camera_list import PASSWORD_PLACE, ListedCamera, ListedStream
from wallclient.domain.catalog import ChangeBatch, NotModified, SnapshotPage
from wallclient.domain.errors import (
    BadPayload,
    CursorExpired,
    NotAble,
    NotFound,
    NotPermitted,
    ServerFailed,
    SignInNeeded,
    SnapshotGone,
    StorageFailed,
)
from wallclient.domain.node import Channel, Node, NodePage
from wallclient.domain.stream import Credentials, Lease, Protocol, Source, StreamKind
from wallclient.storage.camera_sites import SiteFile, Stamp

_log = logging.getLogger(__name__)
LEASE_S = 60.0  # panes renew at half of it: so soon they follow an address that was changed in the list
PASSWORD_MISSING = "password-missing"  # `NotPermitted.reason`: the keyring has lost the password of this camera
_PAGE_ROWS = 1000
_ENDINGS = {".flv": Protocol.HTTP_FLV, ".m3u8": Protocol.HLS, ".mp4": Protocol.FMP4}
ReadPassword = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class _Held:
    """A lease that was given out, and for what."""

    lease: Lease
    camera: ListedCamera
    until_s: float


class ListCenter:
    """A `Center` made of a saved site; a site that was imported anew is noticed with the next question.

    `password(account)` asks the keyring: it blocks and may raise KeyringFailed, which `open_live` lets through. What it
    has answered is kept in memory until the log-out.
    """

    def __init__(
        self, key: str, file: SiteFile, password: ReadPassword, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._key = key
        self._file = file
        self._password = password
        self._clock = clock
        self._lock = threading.Lock()  # of all below; never held while the keyring is asked
        self._tree: SiteTree | None = None
        self._stamp: Stamp | None = None
        self._passwords: dict[str, str] = {}
        self._leases: dict[str, _Held] = {}
        self._numbers = itertools.count(1)
        self._signed_in = self._closed = self._told = False

    @property
    def base_url(self) -> str:
        """What stands for an address: `list:` and the site's key."""
        return f"list:{self._key}"

    @property
    def capabilities(self) -> Capabilities:
        """Live pictures and a catalog; a list neither records nor steers nor tells of itself."""
        return Capabilities(live=True, counts=True, catalog=True)

    # --- log-in ---

    def health(self) -> Health:
        """Tell the site's name. Raises ServerFailed where the list can't be read."""
        return Health(self._fresh_tree().site.name, "")

    def log_in(self, user: str, password: str) -> Identity:
        """Open the list for whoever asks; the password is not looked at. Raises ServerFailed."""
        self._fresh_tree()
        with self._lock:
            self._signed_in = True
        return Identity(user, user)

    @property
    def refresh_token(self) -> str | None:
        """Return None: there is nothing to keep."""
        return None

    def resume(self, refresh_token: str) -> Identity:
        """Open the list."""
        return self.log_in("", "")

    def log_out(self) -> None:
        """Forget leases and passwords."""
        with self._lock:
            self._signed_in = False
            self._leases.clear()
            self._passwords.clear()

    # --- tree ---

    def children(self, node_id: str | None, cursor: str | None = None, limit: int = 200) -> NodePage:
        """Return a page of folders and cameras right below a folder, or at the top."""
        start = _offset(cursor)
        nodes, count = self._opened().children(node_id, start, limit)
        return NodePage(tuple(nodes), _following(start + len(nodes), count))

    def node(self, node_id: str) -> Node:
        """Return a folder or camera."""
        return self._opened().node(node_id)

    def channels_below(self, node_id: str, cursor: str | None = None, limit: int = 200) -> ChannelPage:
        """Return a page of the cameras anywhere below a folder, in the list's order."""
        start = _offset(cursor)
        channels, count = self._opened().channels_below(node_id, start, limit)
        return ChannelPage(tuple(channels), _following(start + len(channels), count))

    def channel(self, channel_id: str) -> Channel:
        """Return one camera."""
        return channel_of(self._opened().camera(channel_id))

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Begin to read the whole tree, or go on after a page of the same import. Raises SnapshotGone for another."""
        tree = self._opened()
        revision = str(tree.site.sequence)
        if cursor is None:
            return NotModified(revision) if etag == revision else _pages(tree, 0)
        of, _, start = cursor.partition(":")
        if of != revision:
            raise SnapshotGone("the list was imported anew")
        return _pages(tree, _offset(start))

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Return an empty batch for the import that is in force. Raises CursorExpired for any other.

        A list changes as a whole, when it is imported; reading its snapshot takes a mirror no longer than finding out
        what is different.
        """
        sequence = self._opened().site.sequence
        if since != sequence:
            raise CursorExpired(f"import {since} is not in force")
        return ChangeBatch((), sequence, more=False)

    # --- live ---

    def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Return a camera's addresses. A camera without a sub stream shows its main stream.

        Raises NotFound, BadAddress, NotPermitted with the reason `PASSWORD_MISSING`, and KeyringFailed.
        """
        camera = self._opened().camera(channel_id)
        source = self._source(camera.sub if kind is StreamKind.SUB and camera.sub else camera.main)
        with self._lock:
            self._check()
            lease = Lease(f"{channel_id}:{kind.value}:{next(self._numbers)}", channel_id, kind, (source,), LEASE_S)
            now_s = self._clock()
            self._leases = {id_: held for id_, held in self._leases.items() if held.until_s > now_s}
            self._leases[lease.id] = _Held(lease, camera, now_s + LEASE_S)
        return lease

    def renew_live(self, lease_id: str) -> Lease:
        """Keep a lease. Raises NotFound once it has lapsed, or the list has other addresses or no such camera now."""
        tree = self._opened()
        with self._lock:
            self._check()
            held = self._leases.pop(lease_id, None)
            now_s = self._clock()
            if held is None or held.until_s <= now_s:
                raise NotFound("the lease has lapsed")
            if tree.camera(held.camera.id).streams != held.camera.streams:
                raise NotFound("the list has another address now")
            self._leases[lease_id] = _Held(held.lease, held.camera, now_s + LEASE_S)
        return held.lease

    def close_live(self, lease_id: str) -> None:
        """Forget a lease."""
        with self._lock:
            self._leases.pop(lease_id, None)

    def events(self) -> Events:
        """Refuse. Raises NotAble: a list tells nothing on its own."""
        raise NotAble("a list of cameras has no events")

    def close(self) -> None:
        """Refuse everything from now on."""
        self.log_out()
        with self._lock:
            self._closed = True

    # --- inside ---

    def _opened(self) -> SiteTree:
        """Return the tree in force. Raises SignInNeeded and ServerFailed."""
        with self._lock:
            self._check()
        return self._fresh_tree()

    def _check(self) -> None:
        if self._closed:
            raise ServerFailed("the list was closed by us")
        if not self._signed_in:
            raise SignInNeeded("the list is not open")

    def _fresh_tree(self) -> SiteTree:
        """Return the tree, read anew if the file was saved since. Raises ServerFailed."""
        with self._lock:
            if self._closed:
                raise ServerFailed("the list was closed by us")
            stamp = self._file.stamp()
            if self._tree is None or stamp != self._stamp:
                self._read(stamp)
            if self._tree is None:
                raise ServerFailed("the list can't be read")
            return self._tree

    def _read(self, stamp: Stamp | None) -> None:
        """Read the site; where that fails, the tree read before stays in force, and the log is told once."""
        try:
            self._tree = SiteTree(self._file.load())
        except StorageFailed as err:
            if not self._told:
                _log.warning("the list of cameras %s can't be read: %s", self._key, err)
            self._told = True
            return
        self._stamp = stamp  # taken before the file was read: if it was saved meanwhile, it is read once more
        self._told = False
        self._passwords.clear()

    def _source(self, stream: ListedStream) -> Source:
        """Return a stream with its passwords. Raises BadAddress: the file may not be what we saved."""
        url = stream.url
        if stream.url_account:
            url = url.replace(PASSWORD_PLACE, self._secret(stream.url_account))
        url = checked_address(url).url
        password = self._secret(stream.account) if stream.account else ""
        credentials = Credentials(stream.user, password) if stream.user or password else None
        return Source(_protocol(url), url, credentials=credentials)

    def _secret(self, account: str) -> str:
        with self._lock:
            known = self._passwords.get(account)
        if known is None:
            known = self._password(account)
            if known is None:
                raise NotPermitted("the keyring has no password for this camera", PASSWORD_MISSING)
            with self._lock:
                if self._signed_in:
                    self._passwords[account] = known
        return known


def _pages(tree: SiteTree, start: int) -> Iterator[SnapshotPage]:
    total, sequence = len(tree), tree.site.sequence
    while True:
        nodes = tuple(tree.rows(start, _PAGE_ROWS))
        start += len(nodes)
        cursor = f"{sequence}:{start}" if start < total else None
        yield SnapshotPage(nodes, cursor, total, str(sequence), sequence)
        if cursor is None:
            return


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit()):
        raise BadPayload(f"no cursor of ours: {cursor[:40]!r}")
    return int(cursor[:12])


def _following(start: int, count: int) -> str | None:
    return str(start) if start < count else None


def _protocol(url: str) -> Protocol:
    """Return how a stream travels, as far as its address tells; libVLC finds out by itself what HTTP brings."""
    parts = urlsplit(url)
    if parts.scheme in ("rtsp", "rtsps"):
        return Protocol.RTSP
    return next((p for ending, p in _ENDINGS.items() if parts.path.lower().endswith(ending)), Protocol.HTTP_TS)
