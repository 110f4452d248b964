"""Signing in at centers: with a password, or at start with what the keyring holds; and what is kept there after.

An operator's secrets lie in the keyring while he is to be kept signed in at a center, and at no other time.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import KeyringFailed, NotTrusted, ServerFailed, SignInNeeded, WallError
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.retry import retry_delay_s
from wallclient.domain.secret import SecretKind
from wallclient.services.center_access import CenterAccess
from wallclient.services.secret_keeper import SecretKeeper

_log = logging.getLogger(__name__)
_LAST_WRITES_S = 2.0


class SignIn(QObject):
    """Knows who is kept signed in where. Lives on the GUI thread."""

    noticed = Signal(object)  # Notice
    needed = Signal(str)  # key of a center that can't be signed in to without the operator

    def __init__(self, keeper: SecretKeeper) -> None:
        super().__init__()
        self._keeper = keeper
        self._kept: dict[str, str] = {}  # center key: the user whose latest refresh token is in the keyring
        self._resuming: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- with the operator ---

    async def log_in(
        self, access: CenterAccess, user: str, password: str, *, stay: bool, keep_password: bool
    ) -> CenterConfig:
        """Sign in and return the configuration as it is now. Raises as `CenterSession.log_in`.

        `stay` keeps a refresh token for the next start; `keep_password` also the password, for when that has lapsed.
        Where the keyring fails the operator is signed in all the same, and a notice says that nothing was kept.
        """
        self.stop_resuming(access.key)
        before = access.config
        kept = self._kept.pop(access.key, None)  # a new token must not be written under the former operator's name
        try:
            await access.session.log_in(user, password)
        except WallError:
            if kept is not None:
                self._kept[access.key] = kept
            raise
        if before.stay_signed_in and before.user and (before.user != user or not stay):
            await self._clear(access, [before.user])
        stays = stay and await self._keep(access, user, password if keep_password else None)
        return before.with_user(user, stay=stays)

    async def log_out(self, access: CenterAccess) -> None:
        """End the session and forget what was kept of it."""
        self.stop_resuming(access.key)
        self._kept.pop(access.key, None)
        await access.session.log_out()
        if access.config.stay_signed_in:
            await self._clear(access, [access.config.user])

    async def forget(self, access: CenterAccess) -> None:
        """Forget the secrets of everybody who has signed in at a center."""
        self.stop_resuming(access.key)
        self._kept.pop(access.key, None)
        if access.config.stay_signed_in:
            await self._clear(access, access.config.users)

    def stays(self, access: CenterAccess) -> bool:
        """Tell whether the session is to go on at the center when the program ends."""
        return access.key in self._kept

    # --- by itself ---

    def resume(self, access: CenterAccess) -> None:
        """Begin to sign in with what the keyring holds, for as long as it takes the center to be there.

        A site on this machine, which asks for no log-in, is just opened.
        """
        wanted = access.config.is_site or (access.config.stay_signed_in and access.config.user)
        if wanted and access.key not in self._resuming and not access.session.signed_in:
            access.set_signing_in(True)
            task = self._start(self._enter(access) if access.config.is_site else self._resume(access))
            self._resuming[access.key] = task
            task.add_done_callback(functools.partial(self._forget_task, access.key))

    def _forget_task(self, key: str, task: "asyncio.Task[None]") -> None:
        if self._resuming.get(key) is task:
            del self._resuming[key]

    def stop_resuming(self, key: str) -> None:
        """Leave the sign-in to the operator."""
        if task := self._resuming.pop(key, None):
            task.cancel()

    async def _enter(self, access: CenterAccess) -> None:
        try:
            await access.session.log_in("", "")
        except WallError as err:  # a file that can't be read: trying again would not mend it
            self._tell(NoticeKind.SITE_UNREADABLE, access, err)
        finally:
            access.set_signing_in(False)

    async def _resume(self, access: CenterAccess) -> None:
        try:
            if await self._resumed(access):
                self._kept[access.key] = access.config.user
                await self._write_token(access)
            else:
                self.needed.emit(access.key)
        except KeyringFailed as err:
            self._tell(NoticeKind.NOT_RESUMED, access, err)
            self.needed.emit(access.key)
        except WallError as err:  # asking for a password would not help
            self._tell(NoticeKind.NOT_RESUMED, access, err)
        finally:
            access.set_signing_in(False)

    async def _resumed(self, access: CenterAccess) -> bool:
        """Sign in with the token, or with the password where the token has lapsed and one is kept."""
        user = access.config.user
        token = await self._keeper.read(SecretKind.REFRESH_TOKEN, access.key, user)
        if token is not None and await self._patiently(access, lambda: access.session.resume(token)):
            return True
        password = await self._keeper.read(SecretKind.PASSWORD, access.key, user)
        if password is not None and await self._patiently(access, lambda: access.session.log_in(user, password)):
            return True
        await self._clear(access, [user])
        return False

    async def _patiently(self, access: CenterAccess, sign_in: Callable[[], Awaitable[None]]) -> bool:
        """Try until the center answers; tell whether it said yes."""
        attempt = 0
        while True:
            try:
                await sign_in()
            except SignInNeeded:
                return False
            except NotTrusted:
                raise
            except ServerFailed:
                attempt += 1
                if attempt == 1:
                    _log.warning("center %s is away; signing in when it is back", access.key)
                await asyncio.sleep(retry_delay_s(attempt))
            else:
                return True

    # --- what is kept ---

    def on_refresh_token_changed(self, access: CenterAccess) -> None:
        """Keep the token of a renewal; forget one that was revoked."""
        user = self._kept.get(access.key)
        if user is None:
            return
        if access.session.refresh_token is None:
            del self._kept[access.key]
            self._start(self._clear(access, [user]))
        else:
            self._start(self._write_token(access))

    async def _keep(self, access: CenterAccess, user: str, password: str | None) -> bool:
        token = access.session.refresh_token
        try:
            if token is None:
                raise KeyringFailed("the center gives no refresh token")
            await self._keeper.write(SecretKind.REFRESH_TOKEN, access.key, user, token)
            if password is not None:
                await self._keeper.write(SecretKind.PASSWORD, access.key, user, password)
            else:
                await self._keeper.forget(SecretKind.PASSWORD, access.key, user)
        except KeyringFailed as err:
            self._tell(NoticeKind.NOT_KEPT, access, err)
            return False
        self._kept[access.key] = user
        return True

    async def _write_token(self, access: CenterAccess) -> None:
        user, token = self._kept.get(access.key), access.session.refresh_token
        if user is None or token is None:
            return
        try:
            await self._keeper.write(SecretKind.REFRESH_TOKEN, access.key, user, token)
        except KeyringFailed as err:
            self._kept.pop(access.key, None)
            self._tell(NoticeKind.NOT_KEPT, access, err)

    async def _clear(self, access: CenterAccess, users: Sequence[str]) -> None:
        try:
            for user in users:
                for kind in SecretKind:
                    await self._keeper.forget(kind, access.key, user)
        except KeyringFailed as err:
            self._tell(NoticeKind.SECRETS_LEFT, access, err)

    def _tell(self, kind: NoticeKind, access: CenterAccess, err: WallError) -> None:
        notice = Notice(f"sign-in {access.key}", kind, NoticeLevel.WARNING, access.title, error=err)
        self.noticed.emit(notice)

    # --- tasks ---

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Give up signing in; let what is being written be written, for a moment."""
        for key in list(self._resuming):
            self.stop_resuming(key)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST_WRITES_S)
        for task in self._tasks:
            task.cancel()
        self._keeper.close()
