"""Calls to a WVP: the envelope, its codes, the log-in, and a token that is renewed by logging in again.

The log-in carries the MD5 of the password in the query, because WVP takes it no other way. It is as good as the
password there, so no log may show it.
"""

import base64
import binascii
import hashlib
import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests

from wallclient.api import models, shapes
from wallclient.api.tokens import Tokens
from wallclient.api.wire import CONNECT_S, Wire
from wallclient.api.wvp import documents as docs
from wallclient.domain.errors import (
    BadPayload,
    CameraOffline,
    CenterError,
    NotFound,
    NotPermitted,
    Refused,
    ServerFailed,
    SignInNeeded,
)

LOGIN = "/api/user/login"
TOKEN_LIFE_S = 1800.0  # where the token does not say: the shorter of WVP's own defaults
LONGEST_LIFE_S = 24 * 3600.0
PAGE = 1000
MOST_PAGES = 5000
_FAILED = 100  # WVP's word for nearly everything
_REFUSALS: dict[int, type[CenterError]] = {
    401: SignInNeeded,
    403: NotPermitted,
    404: NotFound,
    408: CameraOffline,
    486: CameraOffline,
    -1: CameraOffline,  # no answer to the invite
    -2: CameraOffline,  # an answer, but no media
    -10: CameraOffline,
    -14: CameraOffline,
}
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
_Reply = TypeVar("_Reply")


class _NoLogIn(logging.Filter):
    """Keeps the log-in out of urllib3's debug log, which quotes whole URLs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return LOGIN not in record.getMessage()


logging.getLogger("urllib3.connectionpool").addFilter(_NoLogIn())


class _PatientWire(Wire):
    """Waits long for an answer where it is told to, but never for a connection."""

    def _send(
        self,
        method: str,
        path: str,
        token: str | None,
        body: object,
        query: Mapping[str, str | int | None] | None,
        read_s: float,
        headers: Mapping[str, str] | None = None,
        jpeg: bytes | None = None,
        connect_s: float = CONNECT_S,
    ) -> requests.Response:
        return super()._send(method, path, token, body, query, read_s, headers, jpeg, min(connect_s, CONNECT_S))


class WvpLine:
    """The way to one WVP, signed in or not. Thread safe."""

    def __init__(self, base_url: str, ca_file: Path | None = None) -> None:
        self._base_url, self._ca_file = base_url, ca_file
        self._reading = _PatientWire(base_url, ca_file)
        self._commands = _PatientWire(base_url, ca_file, retries=False)
        self._tokens = Tokens(self._log_in_again)

    # --- session ---

    def log_in(self, user: str, password: str) -> str:
        """Start a session and return the name of the user. Raises SignInNeeded."""
        # MD5 is what the server compares with; nothing is protected by it here.
        digest = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
        return self.resume(json.dumps([user, digest]))

    def resume(self, secret: str) -> str:
        """Log in with what `secret` returned earlier. Raises SignInNeeded."""
        session = self._log_in_again(secret)
        self._tokens.keep(session)
        return session.operator.user

    @property
    def secret(self) -> str | None:
        """User and MD5 of his password, as good as the password; None when not signed in."""
        return self._tokens.refresh_token

    def log_out(self) -> None:
        """Forget the session. WVP's own log-out does nothing: its tokens live on till they lapse."""
        self._tokens.take_away()

    def close(self) -> None:
        """Break off every call and refuse further ones, at once."""
        self._reading.close()
        self._commands.close()

    def _log_in_again(self, secret: str) -> models.SessionDocument:
        user, digest = _read_secret(secret)
        envelope = self._reading.call("GET", LOGIN, docs.Envelope, query={"username": user, "password": digest})
        if envelope.code == _FAILED:
            raise SignInNeeded(f"GET {LOGIN}: code {envelope.code}")
        login = _data(envelope, docs.LoginDocument, f"GET {LOGIN}")
        operator = models.Operator(login.username or user, login.username or user)
        return models.SessionDocument(login.accessToken, secret, token_life_s(login.accessToken), 0.0, operator)

    # --- calls ---

    def is_there(self) -> None:
        """Ask for a sign of life without a log-in. Raises ServerFailed, BadPayload."""
        try:
            self._reading.call("GET", "/api/group/tree/list", docs.Envelope)
        except SignInNeeded:
            return  # the answer of a WVP to a stranger

    def get(
        self,
        path: str,
        shape: type[_Reply],
        query: Mapping[str, str | int | None] | None = None,
        *,
        limit_s: float | None = None,
        once: bool = False,
    ) -> _Reply:
        """Return the `data` of a reply. With `once` the call is not repeated by itself: it does something.

        Raises the errors of `wallclient.domain.errors`.
        """
        token = self._tokens.at_hand() if once else self._tokens.access()
        try:
            return self._get(path, shape, query, token, limit_s, once)
        except SignInNeeded:
            return self._get(path, shape, query, self._tokens.refused(token), limit_s, once)

    def rows(self, path: str, shape: type[_Reply], query: Mapping[str, str | int | None]) -> tuple[list[_Reply], int]:
        """Return the rows of one page that can be read, and how many there are on all pages."""
        page = self.get(path, docs.Rows, query)
        return readable(page.list, shape), page.total

    def listener(self) -> Wire:
        """Return a way of its own for calls that ask for no token."""
        return _PatientWire(self._base_url, self._ca_file, retries=False)

    def keep_fresh(self) -> None:
        """Renew the token if it is about to lapse, so that a command finds a good one."""
        self._tokens.access()

    def _get(
        self,
        path: str,
        shape: type[_Reply],
        query: Mapping[str, str | int | None] | None,
        token: str,
        limit_s: float | None,
        once: bool,
    ) -> _Reply:
        wire = self._commands if once else self._reading
        headers = {"access-token": token}
        envelope = wire.call("GET", path, docs.Envelope, query=query, headers=headers, limit_s=limit_s)
        return _data(envelope, shape, f"GET {path}")


def readable(raw: list[msgspec.Raw], shape: type[_Reply]) -> list[_Reply]:
    """Return the items that can be read; one broken row must not hide a thousand others."""
    found = []
    for item in raw:
        try:
            found.append(shapes.read(bytes(item), shape))
        except _UNREADABLE:
            continue
    return found


def code_segment(code: str) -> str:
    """Return a code as one segment of a path. Raises NotFound for codes that no path can carry."""
    if code in ("", ".", ".."):
        raise NotFound(f"code {code!r}")
    return quote(code, safe="")


def token_life_s(token: str) -> float:
    """Return how long a token (JWT, RFC 7519) lives, by its own issue and expiry: two clocks may differ."""
    try:
        part = token.split(".")[1]
        claims = shapes.read(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), docs.Claims)
    except (IndexError, binascii.Error, *_UNREADABLE):
        return TOKEN_LIFE_S
    if claims.exp is None:
        return TOKEN_LIFE_S
    begun = claims.iat if claims.iat is not None else time.time()
    return min(LONGEST_LIFE_S, max(1.0, claims.exp - begun))


def _read_secret(secret: str) -> tuple[str, str]:
    try:
        user, digest = shapes.read(secret, tuple[str, str])
    except _UNREADABLE:
        raise SignInNeeded("there is no such session") from None
    return user, digest


def _data(envelope: docs.Envelope, shape: type[_Reply], what: str) -> _Reply:
    if envelope.code != 0:
        raise _refusal(envelope, what)
    if shape is type(None):
        return None
    try:
        return shapes.read(bytes(envelope.data), shape)
    except _UNREADABLE as err:
        raise BadPayload(f"{what}: {type(err).__name__}") from None


def _refusal(envelope: docs.Envelope, what: str) -> CenterError:
    """Return what a code other than 0 means. The text is read for its meaning but not kept: it may quote anything."""
    text = envelope.msg or ""
    what = f"{what}: code {envelope.code}"
    if envelope.code in _REFUSALS:
        return _REFUSALS[envelope.code](what)
    if "不存在" in text:
        return NotFound(what)
    if "超时" in text or "离线" in text or "timeout" in text.lower():
        return CameraOffline(what)
    if envelope.code in (400, -13):
        return Refused(what, 200, str(envelope.code))
    return ServerFailed(what)
