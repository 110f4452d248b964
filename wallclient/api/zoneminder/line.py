"""Calls to a ZoneMinder: where its pages begin, its refusals, the log-in, and a token that goes along in the query.

ZoneMinder reads a token from nowhere else, so it is in the address of every call: no log and no error may show one.
"""

import copy
import email.utils
import json
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import requests

from wallclient.api import models, shapes
from wallclient.api.tokens import Tokens
from wallclient.api.wire import CONNECT_S, Wire
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.moments import zone_of
from wallclient.domain.errors import (
    BadPayload,
    CenterError,
    NotFound,
    NotPermitted,
    Refused,
    ServerFailed,
    SignInNeeded,
)

LOGIN = "/api/host/login.json"
VERSION = "/api/host/getVersion.json"
USUAL_PATH = "/zm"
TOKEN_LIFE_S = 3600.0  # where the server names none
NO_TOKEN_LIFE_S = 24 * 3600.0  # where the server wants none: for so long it is not asked again
_PARTS = "multipart/x-mixed-replace"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_Query = Mapping[str, str | int | None]
_Reply = TypeVar("_Reply")


class NotAuthenticated(SignInNeeded):
    """ZoneMinder itself says that it does not know us, and not something before it."""


class _NoTokens(logging.Filter):
    """Keeps tokens out of urllib3's log, which quotes whole addresses, and not only for debugging."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        return "token=" not in text and LOGIN not in text


for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_NoTokens())


class ZmWire(Wire):
    """Knows ZoneMinder's refusals and forms, and notes what its clock says."""

    clock_offset_s = 0.0  # of the server's clock against ours, by the date of its last reply

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
        if isinstance(body, dict):  # a form
            jpeg, body, headers = urlencode(body).encode(), None, {**_FORM, **(headers or {})}
        return super()._send(method, path, token, body, query, read_s, headers, jpeg, min(connect_s, CONNECT_S))

    def _check(self, reply: requests.Response, raw: bytes, what: str) -> None:
        self._note_date(reply.headers.get("Date", ""))
        status = reply.status_code
        if 300 <= status < 400:
            raise _redirection(reply.headers.get("Location", ""), what)
        if 400 <= status < 600:
            try:
                told = shapes.read(raw, docs.ErrorDocument).data
            except docs.Unreadable:
                pass  # a page of the web server or of something before it
            else:
                raise _refusal(status, told.exception.message if told.exception else told.message, what)
        super()._check(reply, raw, what)

    def _note_date(self, text: str) -> None:
        try:
            self.clock_offset_s = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (TypeError, ValueError):
            return


def _redirection(location: str, what: str) -> CenterError:
    """Return what a redirection means: it is never followed."""
    if "view=login" in location:
        return NotAuthenticated(f"{what}: to the log-in page")
    if "view=privacy" in location:  # a fresh server shows nothing else to an administrator
        return NotPermitted(f"{what}: to the privacy page", "privacy")
    return BadPayload(f"{what}: a redirection")


def _refusal(status: int, message: str, what: str) -> CenterError:
    """Return what a refusal means. Its words are read but not kept: they quote users, addresses and statements."""
    what = f"{what}: {status}"
    if status in (401, 403):
        if message.startswith("Insufficient Privileges"):
            return NotPermitted(what, "right-missing")
        if message.startswith("API disabled"):
            return NotPermitted(f"{what}: the user may not use the API", "api-disabled")
        return NotAuthenticated(what)
    if status == 404:
        return NotFound(what)
    return ServerFailed(what) if status >= 500 else Refused(what, status, "refused")


class ZmLine:
    """The way to one ZoneMinder, signed in or not. Thread safe."""

    def __init__(self, base_url: str, ca_file: Path | None = None) -> None:
        parts = urlsplit(base_url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        typed = parts.path.rstrip("/")
        self._candidates = [typed] if typed.endswith(USUAL_PATH) else [typed, typed + USUAL_PATH]
        self._root: str | None = None
        self._ca_file = ca_file
        self._reading = ZmWire(self.origin, ca_file)
        self._commands = ZmWire(self.origin, ca_file, retries=False)
        self._tokens = Tokens(self._renew)
        self._lock = threading.Lock()
        self._refresh: tuple[str, float] | None = None  # ZoneMinder's own refresh token, and until when
        self._access: tuple[str, float] = ("", 0.0)  # the newest access token, and until when
        self.version = ""

    # --- where it is ---

    def find(self) -> None:
        """Find out where its pages begin; asks no more than once. Raises ServerFailed, BadPayload."""
        if self._root is None:
            self.probe()

    def probe(self) -> None:
        """Ask for a sign of life without a log-in. Raises ServerFailed; BadPayload for what is no ZoneMinder."""
        failure: CenterError = BadPayload("no ZoneMinder there")
        for path in self._candidates if self._root is None else [self._root]:
            try:
                self.version = self._reading.call("GET", path + VERSION, docs.VersionDocument).version
            except NotAuthenticated:
                pass  # the answer of a ZoneMinder to a stranger
            except ServerFailed:
                raise
            except CenterError as err:
                failure = BadPayload(f"no ZoneMinder there: {err}")
                continue
            self._root = path
            return
        raise failure

    @property
    def root(self) -> str:
        """Path its pages begin with, such as "/zm"."""
        return self._candidates[-1] if self._root is None else self._root

    def zone(self) -> ZoneInfo:
        """Ask for the time zone its local times are in."""
        return zone_of(self.api("/host/getTimeZone.json", docs.TimeZoneDocument).tz)

    def now_ms(self) -> int:
        """Return what its clock says, within about a second."""
        return round((time.time() + self._reading.clock_offset_s) * 1000)

    # --- session ---

    def log_in(self, user: str, password: str) -> None:
        """Start a session. Raises SignInNeeded."""
        self.resume(json.dumps([user, password]))

    def resume(self, secret: str) -> str:
        """Log in with what `secret` returned earlier; return the user. Raises SignInNeeded."""
        self.find()
        with self._lock:
            self._refresh = None
        session = self._renew(secret)
        self._tokens.keep(session)
        return session.operator.user

    @property
    def secret(self) -> str | None:
        """User and password; None when not signed in. ZoneMinder's own refresh token lives no longer than a day."""
        return self._tokens.refresh_token

    def log_out(self) -> None:
        """Forget the session. ZoneMinder's own log-out does nothing: its tokens live on till they lapse."""
        self._tokens.take_away()
        with self._lock:
            self._refresh, self._access = None, ("", 0.0)

    def close(self) -> None:
        """Break off every call and refuse further ones, at once."""
        self._reading.close()
        self._commands.close()

    def beside(self) -> "ZmLine":
        """Return another line of the same session with connections of its own, to be closed without this one."""
        other = copy.copy(self)
        other._reading, other._commands = ZmWire(self.origin, self._ca_file), ZmWire(self.origin, self._ca_file)
        return other

    def keep_fresh(self) -> None:
        """Renew the token if it is about to lapse, so that a command finds a good one."""
        self._tokens.access()

    def lasting_token(self, least_s: float) -> str:
        """Return a token that lives for `least_s` yet; empty where none is needed. It goes into addresses of media."""
        token = self._tokens.access()
        with self._lock:
            known, until = self._access
        return token if token != known or until - time.monotonic() >= least_s else self._tokens.refused(token)

    def _renew(self, secret: str) -> models.SessionDocument:
        """Log in, by ZoneMinder's refresh token while it lives, else by the password."""
        user, password = _read_secret(secret)
        with self._lock:
            refresh, until = self._refresh or ("", 0.0)
        login: docs.LoginDocument | None = None
        if refresh and time.monotonic() < until:
            try:
                login = self._post_login({"token": refresh})
            except SignInNeeded:
                login = None  # revoked, or of a server that was set up anew: the password tells
        if login is None:
            login = self._post_login({"user": user, "pass": password})
        life_s = docs.number(login.access_token_expires) or TOKEN_LIFE_S
        if not login.access_token:
            life_s = NO_TOKEN_LIFE_S
        now = time.monotonic()
        with self._lock:
            if login.refresh_token:
                self._refresh = login.refresh_token, now + (docs.number(login.refresh_token_expires) or 0.0) - 60.0
            self._access = login.access_token or "", now + life_s
        self.version = login.version or self.version
        return models.SessionDocument(login.access_token or "", secret, life_s, 0.0, models.Operator(user, user))

    def _post_login(self, form: dict[str, str]) -> docs.LoginDocument:
        return self._commands.call("POST", self.root + LOGIN, docs.LoginDocument, body=form)

    # --- calls ---

    def api(
        self, path: str, shape: type[_Reply], query: _Query | None = None, *, limit_s: float | None = None
    ) -> _Reply:
        """Return a reply of the API; `path` is what follows "/api". Raises as `Wire.call` does."""
        where = f"{self.root}/api{path}"

        def call(token: str) -> _Reply:
            return self._reading.call("GET", where, shape, query=_with(query, token), limit_s=limit_s)

        token = self._tokens.access()
        try:
            return call(token)
        except NotAuthenticated:
            return call(self._tokens.refused(token))

    def act(self, path: str, shape: type[_Reply], limit_s: float) -> _Reply:
        """Do something by the API: once, whatever comes of it but a token that was refused."""
        where = f"{self.root}/api{path}"
        token = self._tokens.at_hand()
        try:
            return self._commands.call("GET", where, shape, query=_with(None, token), limit_s=limit_s)
        except NotAuthenticated:
            fresh = self._tokens.refused(token)
            return self._commands.call("GET", where, shape, query=_with(None, fresh), limit_s=limit_s)

    def ask(self, query: _Query, limit_s: float) -> docs.AjaxDocument:
        """Make one of the calls of ZoneMinder's pages, once.

        A token that has lapsed and a missing right are refused in the same words there, and the log-in page comes with
        a 200: so after a refusal the API is asked about the token. Raises NotPermitted, BadPayload.
        """
        token = self._tokens.at_hand()
        try:
            return self._ask(query, token, limit_s)
        except (NotPermitted, BadPayload, NotAuthenticated) as err:
            fresh = self._proven(token)
            if fresh == token:
                raise err
            return self._ask(query, fresh, limit_s)

    def _ask(self, query: _Query, token: str, limit_s: float) -> docs.AjaxDocument:
        path = f"{self.root}/index.php"
        answer = self._commands.call("GET", path, docs.AjaxDocument, query=_with(query, token), limit_s=limit_s)
        # A dialog that nobody may see comes empty, with an "Ok".
        if answer.result != "Ok" or (answer.html is not None and not answer.html.strip()):
            raise NotPermitted(f"GET {path}: {answer.result[:20]}", "right-missing")
        return answer

    def fetch(self, path: str, query: _Query, headers: Mapping[str, str] | None = None) -> tuple[str, bytes]:
        """Return type and body of what is at a path of the server, such as a picture. Raises as `Wire.fetch` does."""
        token = self._tokens.access()
        try:
            return self._reading.fetch(path, query=_with(query, token), headers=headers)
        except (NotPermitted, NotAuthenticated) as err:
            fresh = self._proven(token)
            if fresh == token:
                raise err
            return self._reading.fetch(path, query=_with(query, fresh), headers=headers)

    def first_bytes(self, path: str, query: _Query, until: bytes, most: int, limit_s: float) -> bytes:
        """Return how an endless reply begins, up to `until` or `most` bytes. Raises as `Wire.stream` does."""
        asked = _with(query, self._tokens.access())
        stream = self._commands.stream(path, _PARTS, token="", headers={}, silence_s=limit_s, query=asked)
        assert stream is not None  # nothing that could be unmodified was asked for
        found = b""
        try:
            for piece in stream:
                found += piece
                if until in found or len(found) > most:
                    break
        finally:
            stream.close()
        return found

    def _proven(self, token: str) -> str:
        """Return the token if it is good, else another. Raises SignInNeeded."""
        try:
            self._reading.call("GET", self.root + VERSION, docs.VersionDocument, query=_with(None, token))
        except NotAuthenticated:
            return self._tokens.refused(token)
        return token


def _with(query: _Query | None, token: str) -> dict[str, str | int | None]:
    return {**(query or {}), "token": token or None}


def _read_secret(secret: str) -> tuple[str, str]:
    try:
        user, password = shapes.read(secret, tuple[str, str])
    except docs.Unreadable:
        raise SignInNeeded("there is no such session") from None
    return user, password
