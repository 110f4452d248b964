"""Sites of ONVIF cameras as a window handles them: cameras added, edited, taken out, passwords into the keyring."""

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from wallclient.domain.errors import KeyringFailed, NotFound, StorageFailed
from wallclient.domain.onvif import NewOnvifCamera, OnvifCamera, OnvifSite
from wallclient.services.camera_lists import SitePasswords
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.onvif_sites import OnvifSiteFile, onvif_site_file

_log = logging.getLogger(__name__)


class OnvifSites:
    """The files and passwords of all sites of ONVIF cameras. Coroutines work on threads.

    They raise KeyringFailed and StorageFailed; then nothing has changed.
    """

    def __init__(self, data: Path, keeper: SecretKeeper) -> None:
        """`data` is the folder the sites' files are in."""
        self._data = data
        self._keeper = keeper

    def file(self, key: str) -> OnvifSiteFile:
        """Return the file of the site of a center."""
        return onvif_site_file(self._data, key)

    def passwords(self, key: str) -> SitePasswords:
        """Return the keyring's entries of the site of a center."""
        return SitePasswords(self._keeper, key)

    async def site(self, key: str) -> OnvifSite:
        """Return what is kept of a site; an empty one where there is none."""
        return await asyncio.to_thread(self._kept, key)

    async def create(self, key: str, name: str) -> OnvifSite:
        """Make an empty site, or give one another name."""
        return await asyncio.to_thread(lambda: self._save(key, replace(self._kept(key), name=name)))

    async def add(self, key: str, cameras: Sequence[NewOnvifCamera]) -> OnvifSite:
        """Add cameras to a site. One that is there already, by address and source, is changed and keeps its id."""
        return await asyncio.to_thread(self._add, key, tuple(cameras))

    async def edit(self, key: str, camera: OnvifCamera, password: str | None = None) -> OnvifSite:
        """Change a camera, found by its id; with a password also that of this camera alone. Raises NotFound."""
        return await asyncio.to_thread(self._edit, key, camera, password)

    async def set_password(self, key: str, camera_id: str, password: str) -> None:
        """Change the password of all cameras that share it with this one. Raises NotFound."""
        await asyncio.to_thread(self._set_password, key, camera_id, password)

    async def take_out(self, key: str, camera_ids: Iterable[str]) -> OnvifSite:
        """Take cameras out of a site, and passwords nobody needs any more out of the keyring."""
        return await asyncio.to_thread(self._take_out, key, frozenset(camera_ids))

    async def remove(self, key: str) -> None:
        """Take away all that is kept of a site."""
        await asyncio.to_thread(self._remove, key)

    # --- inside, on threads ---

    def _kept(self, key: str) -> OnvifSite:
        file = self.file(key)
        return file.load() if file.stamp() is not None else OnvifSite()

    def _save(self, key: str, site: OnvifSite, before: OnvifSite | None = None) -> OnvifSite:
        """Save a site under its next number, and forget the passwords it no longer needs."""
        fresh = replace(site, sequence=max(int(time.time() * 1000), site.sequence + 1))
        self.file(key).save(fresh)
        if before is not None:
            self._forget(key, before.accounts - fresh.accounts)
        return fresh

    def _add(self, key: str, cameras: tuple[NewOnvifCamera, ...]) -> OnvifSite:
        before = self._kept(key)
        accounts: dict[str, str] = {}
        kept = {camera.id: camera for camera in before.cameras}
        try:
            for new in cameras:
                camera = _listed(new, self._account(key, new.password, accounts), kept)
                kept[camera.id] = camera
            return self._save(key, replace(before, cameras=tuple(kept.values())), before)
        except (KeyringFailed, StorageFailed):
            self._forget(key, frozenset(accounts.values()))
            raise

    def _edit(self, key: str, camera: OnvifCamera, password: str | None) -> OnvifSite:
        before = self._kept(key)
        if all(one.id != camera.id for one in before.cameras):
            raise NotFound("no such camera in the site")
        added: dict[str, str] = {}
        try:
            if password is not None:
                camera = replace(camera, account=self._account(key, password, added))
            cameras = tuple(camera if one.id == camera.id else one for one in before.cameras)
            return self._save(key, replace(before, cameras=cameras), before)
        except (KeyringFailed, StorageFailed):
            self._forget(key, frozenset(added.values()))
            raise

    def _set_password(self, key: str, camera_id: str, password: str) -> None:
        site = self._kept(key)
        camera = next((one for one in site.cameras if one.id == camera_id), None)
        if camera is None:
            raise NotFound("no such camera in the site")
        if not camera.account:
            self._edit(key, camera, password)
            return
        self.passwords(key).write(camera.account, password)
        self._save(key, site)  # a new number: who has the site open reads the keyring again

    def _take_out(self, key: str, camera_ids: frozenset[str]) -> OnvifSite:
        before = self._kept(key)
        left = tuple(camera for camera in before.cameras if camera.id not in camera_ids)
        return self._save(key, replace(before, cameras=left), before)

    def _remove(self, key: str) -> None:
        file = self.file(key)
        if file.stamp() is None:
            return
        accounts: frozenset[str] = frozenset()
        try:
            accounts = file.load().accounts
        except StorageFailed:
            _log.warning("a damaged site was removed; its passwords may still be in the keyring")
        try:
            for account in sorted(accounts):
                self.passwords(key).forget(account)
        finally:
            file.remove()

    def _account(self, key: str, password: str, accounts: dict[str, str]) -> str:
        """Return the account of a password, one for all that share it; named by chance, so that it tells nothing."""
        if not password:
            return ""
        if password not in accounts:
            accounts[password] = f"camera-{secrets.token_hex(6)}"
            self.passwords(key).write(accounts[password], password)
        return accounts[password]

    def _forget(self, key: str, accounts: frozenset[str]) -> None:
        for account in sorted(accounts):
            try:
                self.passwords(key).forget(account)
            except KeyringFailed:
                _log.warning("the keyring keeps a camera's password that is no longer used")


def _listed(new: NewOnvifCamera, account: str, kept: dict[str, OnvifCamera]) -> OnvifCamera:
    door = (new.address.host, new.address.port, new.source)
    known = next((c for c in kept.values() if (c.address.host, c.address.port, c.source) == door), None)
    return OnvifCamera(
        known.id if known else _new_id(door, kept),
        new.path,
        new.name,
        new.address,
        new.user,
        account,
        new.source,
        new.gb_code,
        new.longitude,
        new.latitude,
        new.maker,
        new.model,
        new.can_move,
    )


def _new_id(door: tuple[str, int, str], kept: dict[str, OnvifCamera]) -> str:
    """Return an id that follows from where a camera is, so that two workstations call it the same."""
    count = 0
    while True:
        seed = "\0".join([*map(str, door), str(count)])
        id_ = f"c{hashlib.blake2b(seed.encode('utf-8', 'surrogatepass'), digest_size=10).hexdigest()}"
        if id_ not in kept:
            return id_
        count += 1
