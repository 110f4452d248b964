"""Camera lists as a window handles them: read, compared with what is kept, taken in, passwords into the keyring."""

import asyncio
import csv
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from wallclient.camera_list.identity import ids_for
from wallclient.camera_list.importer import forget_passwords, keep_list, read_list
from wallclient.domain.camera_list import CameraSite, ListDraft, ListedCamera, ListedStream, ReadCamera, ReadStream
from wallclient.domain.errors import KeyringFailed, NotFound, StorageFailed
from wallclient.domain.secret import KeeperState, SecretKind
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.camera_sites import SiteFile, site_file

_log = logging.getLogger(__name__)


class SitePasswords:
    """The keyring's entries of one site. All of it blocks and raises KeyringFailed."""

    def __init__(self, keeper: SecretKeeper, key: str) -> None:
        self._keeper = keeper
        self._key = key

    def read(self, account: str) -> str | None:
        """Return a password, or None where none is kept."""
        return self._keeper.read_now(SecretKind.PASSWORD, self._key, account)

    def write(self, account: str, password: str) -> None:
        """Keep a password."""
        self._keeper.write_now(SecretKind.PASSWORD, self._key, account, password)

    def forget(self, account: str) -> None:
        """Take a password away; that there is none is no error."""
        self._keeper.forget_now(SecretKind.PASSWORD, self._key, account)


@dataclass(frozen=True, slots=True)
class ListDifference:
    """What taking in a list would change: numbers of cameras."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: tuple[str, ...] = ()  # names


class CameraLists:
    """The files and passwords of all sites that came from lists. Coroutines work on threads."""

    def __init__(self, data: Path, keeper: SecretKeeper) -> None:
        """`data` is the folder the sites' files are in."""
        self._data = data
        self._keeper = keeper

    def file(self, key: str) -> SiteFile:
        """Return the file of the site of a center."""
        return site_file(self._data, key)

    def passwords(self, key: str) -> SitePasswords:
        """Return the keyring's entries of the site of a center."""
        return SitePasswords(self._keeper, key)

    async def keeper_state(self) -> KeeperState:
        """Tell whether there is a safe place for passwords."""
        return await self._keeper.state()

    async def read(self, path: Path) -> ListDraft:
        """Read and check a `.csv` or `.xlsx`. Raises ListUnreadable."""
        return await asyncio.to_thread(read_list, path)

    async def site(self, key: str) -> CameraSite:
        """Return what is kept of a site; an empty one where there is none. Raises StorageFailed for a broken one."""
        return await asyncio.to_thread(self._kept, key)

    async def compare(self, key: str, draft: ListDraft) -> ListDifference:
        """Tell what taking in a draft would change; passwords are not compared. Raises StorageFailed."""
        old = await self.site(key)
        return await asyncio.to_thread(difference, draft.cameras, old.cameras)

    async def keep(self, key: str, name: str, draft: ListDraft) -> CameraSite:
        """Take a draft in, in place of what was kept. Raises KeyringFailed, StorageFailed; then nothing has changed."""
        return await asyncio.to_thread(self._keep, key, name, draft)

    async def password_user(self, key: str, camera_id: str) -> str:
        """Return whose password a camera asks for. Raises NotFound, StorageFailed."""
        return next((s.user for s in (await self._camera(key, camera_id)).streams if s.user), "")

    async def set_password(self, key: str, camera_id: str, password: str) -> None:
        """Keep the password of a camera, for all that share it. Raises NotFound, KeyringFailed, StorageFailed."""
        camera = await self._camera(key, camera_id)
        accounts = {name for stream in camera.streams for name in (stream.account, stream.url_account) if name}
        if not accounts:
            raise NotFound("the camera needs no password")
        for account in sorted(accounts):
            await self._keeper.write(SecretKind.PASSWORD, key, account, password)

    async def remove(self, key: str) -> None:
        """Take away all that is kept of a site. Raises StorageFailed, KeyringFailed."""
        await asyncio.to_thread(self._remove, key)

    def _kept(self, key: str) -> CameraSite:
        file = self.file(key)
        return file.load() if file.stamp() is not None else CameraSite()

    def _keep(self, key: str, name: str, draft: ListDraft) -> CameraSite:
        return keep_list(draft, name, self.file(key), self.passwords(key), self._kept(key))

    def _remove(self, key: str) -> None:
        file = self.file(key)
        if file.stamp() is None:
            return
        try:
            forget_passwords(file.load(), self.passwords(key))
        except StorageFailed:
            _log.warning("a damaged site was removed; its passwords may still be in the keyring")
        except KeyringFailed:
            file.remove()
            raise
        file.remove()

    async def _camera(self, key: str, camera_id: str) -> ListedCamera:
        site = await self.site(key)
        found = next((camera for camera in site.cameras if camera.id == camera_id), None)
        if found is None:
            raise NotFound("no such camera in the list")
        return found


def difference(new: Sequence[ReadCamera], old: Sequence[ListedCamera]) -> ListDifference:
    """Tell new cameras from changed ones and those that are gone, by the ids they would get."""
    known = {camera.id: camera for camera in old}
    ids = ids_for(new, old)
    met = [(camera, known[id_]) for camera, id_ in zip(new, ids, strict=True) if id_ in known]
    changed = sum(_is_changed(camera, before) for camera, before in met)
    gone = tuple(camera.name for camera in old if camera.id not in set(ids))
    return ListDifference(len(new) - len(met), changed, len(met) - changed, gone)


def _is_changed(new: ReadCamera, old: ListedCamera) -> bool:
    own = (new.path, new.name, new.gb_code, new.longitude, new.latitude, new.place)
    if own != (old.path, old.name, old.gb_code, old.longitude, old.latitude, old.place):
        return True
    return not _is_same(new.main, old.main) or not _is_same(new.sub, old.sub)


def _is_same(new: ReadStream | None, old: ListedStream | None) -> bool:
    if new is None or old is None:
        return new is None and old is None
    return (new.url, new.credentials.user if new.credentials else "") == (old.url, old.user)


def write_template(path: Path, headings: Sequence[str], example: Sequence[str]) -> None:
    """Write a list with one row that shows how: `.xlsx`, else CSV as spreadsheets read it. Raises StorageFailed."""
    try:
        if path.suffix.lower() == ".xlsx":
            _write_workbook(path, headings, example)
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([headings, example])
    except (OSError, XlsxWriterException) as err:
        raise StorageFailed(f"write the template: {type(err).__name__}") from None


def _write_workbook(path: Path, headings: Sequence[str], example: Sequence[str]) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        bold, text = book.add_format({"bold": True, "bg_color": "#DDE6F0"}), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(headings) - 1, 24, text)  # as text: a code of 20 digits would lose its last ones
        sheet.write_row(0, 0, headings, bold)
        for column, cell in enumerate(example):
            sheet.write_string(1, column, cell, text)
        sheet.freeze_panes(1, 0)
