"""Secrets in the operating system's keyring. The only user of `keyring`; nothing is stored anywhere else.

Each entry belongs to one operator at one center. Everything here blocks: a keyring may ask to be unlocked.
"""

import logging
from typing import Any

from wallclient.domain.errors import KeyringFailed, KeyringLocked, KeyringRefused
from wallclient.domain.secret import KeeperState, SecretKind

_log = logging.getLogger(__name__)
SAFE_BACKENDS = {  # full class name: whose it is; encrypted at rest and bound to the user's session
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.Windows.WinVaultKeyring": "Windows",
    "keyring.backends.macOS.Keyring": "macOS",
}
_REFUSALS = (  # part of the class name, reason; first match
    ("backends.fail.", KeeperState.NONE),
    ("backends.null.", KeeperState.NULL),
    ("backends.chainer.", KeeperState.CHAIN),
    ("crypt", KeeperState.PROMPT),  # keyrings.cryptfile, and keyrings.alt's EncryptedKeyring further down
    ("EncryptedKeyring", KeeperState.PROMPT),
    ("keyrings.alt.", KeeperState.PLAIN),
    ("laintext", KeeperState.PLAIN),
)


def judge(backend: str) -> KeeperState:
    """Tell whether a backend, by its full class name, keeps secrets safe, and if not, why."""
    if backend in SAFE_BACKENDS:
        return KeeperState.SAFE
    return next((reason for part, reason in _REFUSALS if part in backend), KeeperState.UNKNOWN)


def backend_name(backend: object) -> str:
    """Return the full class name of a backend."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


class Credentials:
    """Reads and writes secrets in the one backend keyring has chosen, if that is a safe one.

    Raises KeyringRefused where it is not, KeyringLocked where nobody unlocked it, KeyringFailed for all other trouble.
    """

    def state(self) -> KeeperState:
        """Tell whether there is a safe place."""
        try:
            return judge(backend_name(_backend()))
        except KeyringFailed:
            return KeeperState.BROKEN

    def read(self, kind: SecretKind, center_key: str, user: str) -> str | None:
        """Return a secret, or None where none is kept."""
        backend = _safe_backend()
        try:
            secret = backend.get_password(_service(kind, center_key), user)
        except Exception as err:
            raise _failure(err) from None
        return secret if isinstance(secret, str) else None

    def write(self, kind: SecretKind, center_key: str, user: str, secret: str) -> None:
        """Keep a secret in place of an earlier one."""
        backend = _safe_backend()
        try:
            backend.set_password(_service(kind, center_key), user, secret)
        except Exception as err:
            raise _failure(err) from None

    def forget(self, kind: SecretKind, center_key: str, user: str) -> None:
        """Take a secret away; that there is none is no error."""
        backend = _safe_backend()
        service = _service(kind, center_key)
        try:
            if backend.get_password(service, user) is not None:
                backend.delete_password(service, user)
        except Exception as err:
            raise _failure(err) from None


def _service(kind: SecretKind, center_key: str) -> str:
    """Return the name of the entries of one kind at one center; the user is the other half of an entry's key."""
    return f"wallclient {kind.value} {center_key}"


def _backend() -> Any:
    """Return the backend keyring has chosen."""
    try:
        import keyring  # takes a while, and is not there at all on some damaged systems

        return keyring.get_keyring()
    except Exception as err:
        raise _failure(err) from None


def _safe_backend() -> Any:
    backend = _backend()
    name = backend_name(backend)
    if judge(name) is not KeeperState.SAFE:
        raise KeyringRefused(f"unsafe backend {name}")
    return backend


def _failure(err: Exception) -> KeyringFailed:
    """Return our own error for one of a backend's.

    Backends raise errors of keyring, of the library below (secretstorage, D-Bus) and of the system; none can be named
    here for all platforms, and their texts are not logged: some quote what was to be stored.
    """
    name = f"{type(err).__module__}.{type(err).__name__}"
    _log.info("the keyring failed: %s", name)
    is_locked = "Locked" in type(err).__name__ or "Dismissed" in type(err).__name__
    return (KeyringLocked if is_locked else KeyringFailed)(name)
