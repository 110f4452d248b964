"""From a file to a site in two steps: `read_list` tells what is in it and what is wrong, `keep_list` takes it in.

Between them the operator looks at the findings. Both block: a file of 50,000 rows takes seconds, a keyring may ask.
"""

import logging
import secrets
import time
from pathlib import Path
from typing import Protocol

from wallclient.camera_list.identity import ids_for
from wallclient.camera_list.row_check import RowCheck
from wallclient.camera_list.table import read_table
from wallclient.domain.camera_list import (
    CameraSite,
    ListColumn,
    ListDraft,
    ListedCamera,
    ListedStream,
    ReadCamera,
    ReadStream,
)
from wallclient.domain.errors import KeyringFailed, StorageFailed

_log = logging.getLogger(__name__)


class Passwords(Protocol):
    """The keyring's entries of one site, by account. All of it blocks and raises KeyringFailed."""

    def read(self, account: str) -> str | None:
        """Return a password, or None where none is kept."""
        ...

    def write(self, account: str, password: str) -> None:
        """Keep a password."""
        ...

    def forget(self, account: str) -> None:
        """Take a password away; that there is none is no error."""
        ...


class SiteStore(Protocol):
    """Where a site is kept; `storage.camera_sites.SiteFile` is one."""

    def save(self, site: CameraSite) -> None:
        """Keep the site in place of the earlier one. Raises StorageFailed."""
        ...


def read_list(path: Path) -> ListDraft:
    """Read and check a `.csv` or `.xlsx`. Raises ListUnreadable where it is no list; flaws of rows are told."""
    table = read_table(path)
    check = RowCheck(table.columns)
    cameras = tuple(c for c in (check.camera(row, cells) for row, cells in table.rows) if c is not None)
    return ListDraft(
        cameras,
        tuple(check.findings),
        len(table.rows),
        len(table.rows) - len(cameras),
        tuple(column for column in ListColumn if column in table.columns),
        table.unknown_headings,
        table.being_edited,
    )


def keep_list(draft: ListDraft, name: str, store: SiteStore, passwords: Passwords, old: CameraSite) -> CameraSite:
    """Keep the cameras of a draft as the site `name` in place of `old` (an empty one at first), and return it.

    First the passwords, then the file, then what the old site alone had: whatever breaks off in between, one of the
    two sites is whole. Raises KeyringFailed or StorageFailed; then the old one is in force and nothing of the new left.
    """
    accounts = _Accounts(passwords, old)
    try:
        ids = ids_for(draft.cameras, old.cameras)
        cameras = tuple(_listed(id_, read, accounts) for id_, read in zip(ids, draft.cameras, strict=True))
        site = CameraSite(name, max(old.sequence + 1, time.time_ns() // 1_000_000), cameras)
        store.save(site)
    except (KeyringFailed, StorageFailed):
        accounts.forget(accounts.added)
        raise
    accounts.forget(old.accounts - site.accounts)
    return site


def forget_passwords(site: CameraSite, passwords: Passwords) -> None:
    """Take all passwords of a site out of the keyring, when the site is removed. Raises KeyringFailed."""
    for account in site.accounts:
        passwords.forget(account)


class _Accounts:
    """Gives every different password an account of its own; the cameras of a site mostly share a few.

    Accounts of the old site whose password is the same are used again. An account is named by chance, so that it tells
    nothing of the password.
    """

    def __init__(self, passwords: Passwords, old: CameraSite) -> None:
        self._passwords = passwords
        self._of: dict[str, str] = {}
        self.added: set[str] = set()
        for account in sorted(old.accounts):
            password = passwords.read(account)
            if password is not None:
                self._of.setdefault(password, account)

    def of(self, password: str | None) -> str:
        """Return the account of a password, keeping it if it is new; empty for none."""
        if not password:
            return ""
        account = self._of.get(password)
        if account is None:
            account = f"camera-{secrets.token_hex(6)}"
            self.added.add(account)  # before: a keyring may fail and have written all the same
            self._passwords.write(account, password)
            self._of[password] = account
        return account

    def forget(self, accounts: set[str] | frozenset[str]) -> None:
        """Take accounts away that nothing uses; what a keyring refuses to forget is left and told in the log."""
        for account in accounts:
            try:
                self._passwords.forget(account)
            except KeyringFailed:
                _log.warning("the keyring keeps a camera's password that is no longer used")


def _listed(camera_id: str, read: ReadCamera, accounts: _Accounts) -> ListedCamera:
    main = _kept(read.main, accounts)
    sub = _kept(read.sub, accounts) if read.sub else None
    return ListedCamera(
        camera_id, read.path, read.name, read.gb_code, main, sub, read.longitude, read.latitude, read.place
    )


def _kept(stream: ReadStream, accounts: _Accounts) -> ListedStream:
    user, password = (stream.credentials.user, stream.credentials.password) if stream.credentials else ("", None)
    return ListedStream(stream.url, user, accounts.of(password), accounts.of(stream.url_password))
