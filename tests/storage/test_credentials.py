"""Secrets: in a real Secret Service or nowhere, each operator's at each center apart."""

import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from keyring_session import needs_secret_service, run_with_keyring

from wallclient.domain.errors import KeyringFailed, KeyringLocked, KeyringRefused
from wallclient.domain.secret import KeeperState, SecretKind
from wallclient.storage import credentials
from wallclient.storage.credentials import Credentials

TOKEN, PASSWORD = SecretKind.REFRESH_TOKEN, SecretKind.PASSWORD
HEAD = """
import json
from wallclient.domain.errors import KeyringFailed
from wallclient.domain.secret import SecretKind
from wallclient.storage.credentials import Credentials
store, TOKEN, PASSWORD = Credentials(), SecretKind.REFRESH_TOKEN, SecretKind.PASSWORD
"""


@needs_secret_service
def test_secrets_lie_in_a_real_secret_service_each_operators_apart(tmp_path):
    first = """
store.write(PASSWORD, "c1", "张三", "密码 💡 “引号”")
store.write(TOKEN, "c1", "张三", "x" * 512)
store.write(TOKEN, "c1", "李四", "of li")
store.write(TOKEN, "c2", "张三", "at c2")
store.write(TOKEN, "c1", "李四", "of li, renewed")
print(json.dumps(store.state()))
"""
    assert run_with_keyring(HEAD + first, tmp_path) == "safe"
    second = """
found = [store.read(PASSWORD, "c1", "张三"), store.read(TOKEN, "c1", "张三"), store.read(TOKEN, "c1", "李四"),
    store.read(TOKEN, "c2", "张三"), store.read(PASSWORD, "c1", "李四"), store.read(TOKEN, "c2", "李四"),
    store.read(TOKEN, "c1", "张")]
store.forget(TOKEN, "c1", "李四")
store.forget(TOKEN, "c1", "李四")
print(json.dumps([*found, store.read(TOKEN, "c1", "李四"), store.read(TOKEN, "c1", "张三") is not None]))
"""
    found = run_with_keyring(HEAD + second, tmp_path)  # another run of the program, the same keyring
    assert found == ["密码 💡 “引号”", "x" * 512, "of li, renewed", "at c2", None, None, None, None, True]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in files)
    assert not [path for path in files if "密码".encode() in path.read_bytes() or b"of li" in path.read_bytes()]


@needs_secret_service
def test_a_locked_secret_service_is_told_as_such(tmp_path):
    run_with_keyring(HEAD + 'store.write(TOKEN, "c1", "张三", "t"); print(0)', tmp_path)
    code = """
try:
    store.read(TOKEN, "c1", "张三")
    print(json.dumps("read"))
except KeyringFailed as err:
    print(json.dumps(type(err).__name__))
"""
    assert run_with_keyring(HEAD + code, tmp_path, unlocked=False) == "KeyringLocked"


@pytest.mark.parametrize(
    ("backend", "state"),
    [(keyring.backends.fail.Keyring, KeeperState.NONE), (keyring.backends.null.Keyring, KeeperState.NULL)],
)
def test_unsafe_backends_are_refused_before_anything_reaches_them(monkeypatch, backend, state):
    kept = []
    monkeypatch.setattr(backend, "set_password", lambda self, *args: kept.append(args), raising=False)
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend())
    store = Credentials()
    assert store.state() is state
    for call in (lambda: store.read(TOKEN, "c", "u"), lambda: store.write(TOKEN, "c", "u", "s")):
        with pytest.raises(KeyringRefused):
            call()
    with pytest.raises(KeyringRefused):
        store.forget(TOKEN, "c", "u")
    assert kept == []


def test_a_class_that_only_looks_like_a_safe_one_is_refused(monkeypatch):
    class Keyring:  # tests.storage.test_credentials…Keyring
        pass

    monkeypatch.setattr(keyring, "get_keyring", Keyring)
    assert Credentials().state() is KeeperState.UNKNOWN


@pytest.mark.parametrize(
    ("thrown", "raised"),
    [
        (keyring.errors.KeyringLocked("dismissed"), KeyringLocked),
        (keyring.errors.PasswordSetError("secret"), KeyringFailed),
        (OSError("secret"), KeyringFailed),
        (RuntimeError("secret"), KeyringFailed),
    ],
)
def test_a_failing_backend_is_our_own_error_without_its_words(monkeypatch, caplog, thrown, raised):
    class Broken:
        def set_password(self, *_args):
            raise thrown

    name = credentials.backend_name(Broken())
    monkeypatch.setitem(credentials.SAFE_BACKENDS, name, "test")
    monkeypatch.setattr(keyring, "get_keyring", Broken)
    caplog.set_level("DEBUG")
    with pytest.raises(raised) as caught:
        Credentials().write(TOKEN, "c", "u", "secret")
    assert "secret" not in repr(caught.value) + caplog.text


def test_a_keyring_that_does_not_load_is_no_crash(monkeypatch):
    def broken():
        raise ImportError("no such module")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    assert Credentials().state() is KeeperState.BROKEN
