"""What a site of ONVIF cameras is at this moment: its file, its tree, its devices with their passwords, its changes."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import httpx

from wallclient.api.onvif.device import Device, http_client
from wallclient.api.onvif.errands import Errands
from wallclient.api.onvif.tree import OnvifTree
from wallclient.domain.catalog import ChangeBatch, ChannelState, NotModified, SnapshotPage, StatusChange
from wallclient.domain.errors import (
    BadPayload,
    CursorExpired,
    NotPermitted,
    ServerFailed,
    SignInNeeded,
    SnapshotGone,
    StorageFailed,
)
from wallclient.domain.event import ChannelStatus
from wallclient.domain.onvif import PASSWORD_MISSING, OnvifCamera, OnvifSite
from wallclient.domain.stream import Credentials

_log = logging.getLogger(__name__)
_PAGE_ROWS = 1000
_MOST_CHANGES = 5000
ReadPassword = Callable[[str], str | None]


class SiteStore(Protocol):
    """Where a site is kept; `storage.onvif_sites.OnvifSiteFile` is one. Raises StorageFailed."""

    def load(self) -> OnvifSite:
        """Read the site."""
        ...

    def stamp(self) -> object:
        """Return what changes whenever the site is saved; None where there is none."""
        ...

    def preset_numbers(self, camera_id: str) -> dict[str, int]:
        """Return the numbers a camera's presets were given, by token."""
        ...

    def keep_preset_numbers(self, camera_id: str, numbers: dict[str, int]) -> None:
        """Keep the numbers of a camera's presets."""
        ...


class Site:
    """One site. Thread safe; what asks the keyring blocks and never runs on the loop."""

    def __init__(self, key: str, store: SiteStore, password: ReadPassword, errands: Errands) -> None:
        self.key = key
        self.store = store
        self.errands = errands
        self._password = password
        self._lock = threading.RLock()  # of all below; never held while the keyring is asked
        self._tree: OnvifTree | None = None
        self._stamp: object = None
        self._told = self._closed = self.is_open = False
        self._passwords: dict[str, str] = {}
        self._devices: dict[tuple[object, ...], Device] = {}
        self._https: dict[bool, httpx.AsyncClient] = {}
        self._first = 0  # number of the tree as it was read; each change of a state since then counts one
        self._changes: list[StatusChange] = []

    # --- the tree ---

    def tree(self) -> OnvifTree:
        """Return the tree in force. Raises SignInNeeded before the log-in, ServerFailed."""
        with self._lock:
            if not self.is_open and not self._closed:
                raise SignInNeeded("the site is not open")
            return self.fresh_tree()

    def fresh_tree(self) -> OnvifTree:
        """Return the tree, read anew if the file was saved since. Raises ServerFailed."""
        with self._lock:
            if self._closed:
                raise ServerFailed("the site was closed by us")
            stamp = self.store.stamp()
            if self._tree is None or stamp != self._stamp:
                self._read(stamp)
            if self._tree is None:
                raise ServerFailed("the site can't be read")
            return self._tree

    @property
    def lock(self) -> threading.RLock:
        """What guards the tree."""
        return self._lock

    @property
    def sequence(self) -> int:
        """The number of the tree as it is now."""
        with self._lock:
            return self._first + len(self._changes)

    def camera(self, camera_id: str) -> OnvifCamera:
        """Return a camera. Raises NotFound."""
        with self._lock:
            return self.tree().camera(camera_id)

    def note(self, camera_id: str, online: bool) -> ChannelStatus | None:
        """Note whether a camera is there; return what is to be told of it, None if nothing changed."""
        with self._lock:
            above = self._tree.set_online(camera_id, online) if self._tree is not None else None
            if above is None:
                return None
            if len(self._changes) >= _MOST_CHANGES:  # mirrors that are further behind read a snapshot
                self._first += len(self._changes)
                self._changes.clear()
            state = ChannelState.ONLINE if online else ChannelState.OFFLINE
            self._changes.append(StatusChange(self.sequence + 1, camera_id, state))
            return ChannelStatus(camera_id, online, above)

    # --- the catalog ---

    def snapshot(self, cursor: str | None, etag: str | None) -> Iterator[SnapshotPage] | NotModified:
        """Begin to read the whole tree, or go on after a page. Raises SnapshotGone where the site was saved since."""
        with self._lock:
            tree, sequence, first = self.tree(), self.sequence, self._first
        if cursor is None:
            return NotModified(str(sequence)) if etag == str(sequence) else self._pages(tree, first, sequence, 0)
        of, _, start = cursor.partition(":")
        if of != str(first):
            raise SnapshotGone("the site was saved meanwhile")
        return self._pages(tree, first, sequence, offset(start))

    def _pages(self, tree: OnvifTree, first: int, sequence: int, start: int) -> Iterator[SnapshotPage]:
        while True:
            with self._lock:
                total, nodes = len(tree), tuple(tree.rows(start, _PAGE_ROWS))
            start += len(nodes)
            cursor = f"{first}:{start}" if start < total else None
            yield SnapshotPage(nodes, cursor, total, str(sequence), sequence)
            if cursor is None:
                return

    def changes(self, since: int, limit: int) -> ChangeBatch:
        """Return who came and went since. Raises CursorExpired where that was before this tree was read."""
        with self._lock:
            self.tree()
            if not self._first <= since <= self.sequence:
                raise CursorExpired(f"{since} is not of this tree")
            changes = tuple(self._changes[since - self._first :][:limit])
            reached = since + len(changes)
            return ChangeBatch(changes, reached, more=reached < self.sequence)

    # --- devices ---

    def device(self, camera: OnvifCamera) -> Device:
        """Return a camera's device, with its password. Raises NotPermitted with `PASSWORD_MISSING`, KeyringFailed."""
        device = self.bare_device(camera)
        if camera.user:
            device.use(Credentials(camera.user, self._secret(camera.account)))
        return device

    def bare_device(self, camera: OnvifCamera) -> Device:
        """Return a camera's device for what needs no log-in. Cameras of one device share it."""
        door = (camera.address, camera.user, camera.account)
        with self._lock:
            if self._closed:
                raise ServerFailed("the site was closed by us")
            found = self._devices.get(door)
            if found is None:
                http = self._http(camera.address.check_certificate)
                found = self._devices[door] = Device(camera.address, None, http)
            return found

    def devices(self) -> list[Device]:
        """Return the devices that were asked for so far."""
        with self._lock:
            return list(self._devices.values())

    def log_out(self) -> None:
        """Forget passwords, and with them who has logged in where."""
        with self._lock:
            self.is_open = False
            self._passwords.clear()
            self._devices.clear()

    def close(self) -> None:
        """Refuse everything from now on."""
        self.log_out()
        with self._lock:
            self._closed = True
        self.errands.close()

    def _http(self, check_certificate: bool) -> httpx.AsyncClient:
        found = self._https.get(check_certificate)
        if found is None:
            found = self._https[check_certificate] = http_client(check_certificate=check_certificate)
            self.errands.at_end(found.aclose)
        return found

    def _secret(self, account: str) -> str:
        if not account:
            return ""
        with self._lock:
            known = self._passwords.get(account)
        if known is None:
            known = self._password(account)
            if known is None:
                raise NotPermitted("the keyring has no password for this camera", PASSWORD_MISSING)
            with self._lock:
                if self.is_open:
                    self._passwords[account] = known
        return known

    def _read(self, stamp: object) -> None:
        """Read the site; where that fails, the tree read before stays in force, and the log is told once."""
        try:
            site = self.store.load()
        except StorageFailed as err:
            if not self._told:
                _log.warning("the site of cameras %s can't be read: %s", self.key, err)
            self._told = True
            return
        self._tree = OnvifTree(site, frozenset(self._tree.away) if self._tree else frozenset())
        self._stamp = stamp  # taken before the file was read: if it was saved meanwhile, it is read once more
        self._first = max(site.sequence, int(time.time() * 1000), self.sequence + 1)
        self._changes.clear()
        self._told = False
        self._passwords.clear()
        doors = {(camera.address, camera.user, camera.account) for camera in site.cameras}
        self._devices = {door: device for door, device in self._devices.items() if door in doors}


def offset(cursor: str | None) -> int:
    """Return where a page begins. Raises BadPayload."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit()):
        raise BadPayload(f"no cursor of ours: {cursor[:40]!r}")
    return int(cursor[:12])
