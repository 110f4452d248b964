"""The keyring as the rest of the program sees it: coroutines with a limit on their time.

A keyring that waits for its password to be typed, or hangs, blocks one daemon thread and nothing else; also the end of
the program does not wait for it.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ParamSpec, Protocol, TypeVar

from wallclient.domain.errors import KeyringFailed, KeyringLocked
from wallclient.domain.secret import KeeperState, SecretKind

PATIENCE_S = 45.0  # an operator may be typing the keyring's password
_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")
_Job = tuple[Future[Any], Callable[[], Any]]


class SecretStore(Protocol):
    """Where secrets lie; `storage.credentials.Credentials` is one. All of it blocks and raises KeyringFailed."""

    def state(self) -> KeeperState:
        """Tell whether there is a safe place."""

    def read(self, kind: SecretKind, center_key: str, user: str) -> str | None:
        """Return a secret, or None where none is kept."""

    def write(self, kind: SecretKind, center_key: str, user: str, secret: str) -> None:
        """Keep a secret."""

    def forget(self, kind: SecretKind, center_key: str, user: str) -> None:
        """Take a secret away."""


class SecretKeeper:
    """Asks a `SecretStore` one thing after the other. Its coroutines run on the Qt loop."""

    def __init__(self, store: SecretStore, patience_s: float = PATIENCE_S) -> None:
        self._store = store
        self._patience_s = patience_s
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._state: KeeperState | None = None

    async def state(self) -> KeeperState:
        """Tell whether there is a safe place; asked once, because it does not change while the program runs."""
        if self._state is None:
            try:
                self._state = await self._do(self._store.state)
            except KeyringFailed:
                return KeeperState.BROKEN  # this time
        return self._state

    async def read(self, kind: SecretKind, center_key: str, user: str) -> str | None:
        """Return a secret, or None where none is kept. Raises KeyringFailed."""
        return await self._do(self._store.read, kind, center_key, user)

    async def write(self, kind: SecretKind, center_key: str, user: str, secret: str) -> None:
        """Keep a secret in place of an earlier one. Raises KeyringFailed."""
        await self._do(self._store.write, kind, center_key, user, secret)

    async def forget(self, kind: SecretKind, center_key: str, user: str) -> None:
        """Take a secret away. Raises KeyringFailed."""
        await self._do(self._store.forget, kind, center_key, user)

    # --- for adapters, on threads of their own; never on the Qt loop's ---

    def read_now(self, kind: SecretKind, center_key: str, user: str) -> str | None:
        """Return a secret, or None where none is kept, and block meanwhile. Raises KeyringFailed."""
        return self._do_now(self._store.read, kind, center_key, user)

    def write_now(self, kind: SecretKind, center_key: str, user: str, secret: str) -> None:
        """Keep a secret, and block meanwhile. Raises KeyringFailed."""
        self._do_now(self._store.write, kind, center_key, user, secret)

    def forget_now(self, kind: SecretKind, center_key: str, user: str) -> None:
        """Take a secret away, and block meanwhile. Raises KeyringFailed."""
        self._do_now(self._store.forget, kind, center_key, user)

    def close(self) -> None:
        """Let the thread end once it has done what was asked; nothing waits for it."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread = None

    async def _do(self, work: Callable[_Params, _Result], *args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
        future = self._hand_in(work, *args, **kwargs)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._patience_s)
        except TimeoutError:
            raise KeyringLocked("the keyring does not answer") from None

    def _do_now(self, work: Callable[_Params, _Result], *args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
        future = self._hand_in(work, *args, **kwargs)
        try:
            return future.result(self._patience_s)
        except TimeoutError:
            future.cancel()
            raise KeyringLocked("the keyring does not answer") from None

    def _hand_in(
        self, work: Callable[_Params, _Result], *args: _Params.args, **kwargs: _Params.kwargs
    ) -> Future[_Result]:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="keyring", daemon=True)
                self._thread.start()
        future: Future[_Result] = Future()
        self._jobs.put((future, lambda: work(*args, **kwargs)))
        return future

    def _work(self) -> None:
        """Body of the thread."""
        while (job := self._jobs.get()) is not None:
            future, work = job
            if not future.set_running_or_notify_cancel():
                continue  # nobody waits for it any more
            try:
                future.set_result(work())
            except Exception as err:
                future.set_exception(err)
