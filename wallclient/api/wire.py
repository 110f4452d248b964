"""HTTP to a center: one connection pool, limits on time and size, calls that can be broken off, errors of our own.

Nothing of `requests` leaves this module but `Stream`'s bytes. No message holds a token, a password or a query.
"""

import ssl
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from wallclient.api import shapes
from wallclient.api.models import Problem
from wallclient.api.ptz_models import HeldProblem, HolderDocument
from wallclient.domain.errors import (
    BadPayload,
    CameraHeld,
    CameraOffline,
    CenterError,
    CursorExpired,
    NotAble,
    NotFound,
    NotPermitted,
    NotTrusted,
    ReasonNeeded,
    Refused,
    ServerFailed,
    SignInNeeded,
    SnapshotGone,
    Stale,
    TooManyRequests,
    TrustFlaw,
)
from wallclient.domain.ptz import Holder, Tier

CONNECT_S, READ_S, WHOLE_S = 4.0, 10.0, 30.0
LARGEST_REPLY_BYTES = 16 * 1024 * 1024
POOL_SIZE = 16
_CHUNK_BYTES = 64 * 1024
_REFUSALS: dict[int, type[CenterError]] = {
    401: SignInNeeded,
    403: NotPermitted,
    404: NotFound,
    410: NotFound,
    429: TooManyRequests,
}
_BY_SLUG: dict[tuple[int, str], type[CenterError]] = {
    (403, "reason-needed"): ReasonNeeded,
    (409, "camera-offline"): CameraOffline,
    (409, "not-able"): NotAble,
    (409, "revision-stale"): Stale,
    (409, "finding-closed"): Stale,
    (410, "cursor-expired"): CursorExpired,
    (410, "snapshot-gone"): SnapshotGone,
}
_FLAWS = {  # by OpenSSL's X509_V_ERR_* (openssl/x509_vfy.h)
    9: TrustFlaw.TIME,  # CERT_NOT_YET_VALID
    10: TrustFlaw.TIME,  # CERT_HAS_EXPIRED
    62: TrustFlaw.HOST,  # HOSTNAME_MISMATCH
    64: TrustFlaw.HOST,  # IP_ADDRESS_MISMATCH
}
_RETRY = Retry(
    total=2,
    connect=2,
    read=0,  # a center that took the call and hangs is not asked again: the operator is waiting
    status=2,
    other=0,
    redirect=0,
    allowed_methods=frozenset({"GET"}),
    status_forcelist=(502, 503, 504),
    backoff_factor=0.2,
    retry_after_max=2,
    raise_on_status=False,
)
_NO_RETRY = Retry(total=0, connect=0, read=False, redirect=0, raise_on_status=False)
_JPEG = "image/jpeg"
_JPEG_ONLY: Mapping[str, bytes] = {_JPEG: b"\xff\xd8"}
_Reply = TypeVar("_Reply")


class _Lines:
    """The open connections of one wire. `cut` shuts them from any thread, which wakes whoever waits on one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self.is_cut = False

    def add(self, connection: HTTPConnection) -> None:
        """Remember a connection that was just made. Raises ServerFailed if it came too late."""
        with self._lock:
            self._connections.add(connection)
            if self.is_cut:
                _shut(connection)
                raise ServerFailed("the connection was closed by us")

    def cut(self) -> None:
        with self._lock:
            self.is_cut = True
            for connection in list(self._connections):
                _shut(connection)


def _shut(connection: HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            if isinstance(sock, ssl.SSLSocket):  # its own shutdown would drop the TLS state under a reading thread
                super(ssl.SSLSocket, sock).shutdown(2)
            else:
                sock.shutdown(2)  # SHUT_RDWR; closing alone would not wake a thread in recv()
        except OSError:
            pass  # not connected any more


class _Adapter(HTTPAdapter):
    """Connections that register with `lines`."""

    def __init__(self, lines: _Lines, retries: bool) -> None:
        self._lines = lines
        super().__init__(pool_connections=2, pool_maxsize=POOL_SIZE, max_retries=_RETRY if retries else _NO_RETRY)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        lines = self._lines

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                lines.add(self)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                lines.add(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


class _Bearer(AuthBase):
    """An access token. As an auth object, it can't be replaced by what a ~/.netrc says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Stream:
    """The body of a long or endless reply, piece by piece as it arrives, unpacked."""

    def __init__(self, reply: requests.Response, path: str) -> None:
        self._reply = reply
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        """Yield pieces until the center ends the reply. Raises ServerFailed when the line is lost or silent."""
        try:
            while piece := self._reply.raw.read1(_CHUNK_BYTES, decode_content=True):
                yield piece
        except _LINE_ERRORS as err:
            raise ServerFailed(f"{self._path}: {type(err).__name__}") from None

    def close(self) -> None:
        """Let go of the connection."""
        self._reply.close()


class Wire:
    """The way to one center. Thread safe. Without `retries` a call that fails is not made again."""

    def __init__(self, api_url: str, ca_file: Path | None = None, *, retries: bool = True) -> None:
        self._api_url = api_url
        self._lines = _Lines()
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy, no ~/.netrc: the network of a center is a private one
        self._http.verify = str(ca_file) if ca_file else True
        self._ca_is_good = ca_file is None or _is_ca_file(ca_file)
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter(self._lines, retries)
        self._http.mount("http://", adapter)
        self._http.mount("https://", adapter)

    def call(
        self,
        method: str,
        path: str,
        shape: type[_Reply],
        *,
        token: str | None = None,
        body: object = None,
        query: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
        jpeg: bytes | None = None,
        limit_s: float | None = None,
    ) -> _Reply:
        """Do one operation and return its reply, checked against `shape` (None where there is no body).

        `jpeg` is sent in place of a `body`; with `limit_s` the center has so long to be reached, and so long to answer.
        Raises the errors of `wallclient.domain.errors`; ServerFailed if there is no whole answer in time.
        """
        what = f"{method} {path}"
        try:
            reply = self._send(method, path, token, body, query, limit_s or READ_S, headers, jpeg, limit_s or CONNECT_S)
            with reply:
                raw = _whole_body(reply, limit_s or WHOLE_S)
        except _LINE_ERRORS as err:
            raise _line_error(err, what) from None  # the cause quotes the whole URL
        self._check(reply, raw, what)
        return _decoded(raw, shape, what)

    def picture(self, path: str, *, token: str, types: Mapping[str, bytes] = _JPEG_ONLY) -> bytes:
        """Return a picture as it was sent, of one of the `types` with those first bytes. Raises as `call` does."""
        what = f"GET {path}"
        try:
            reply = self._send("GET", path, token, None, None, READ_S, {"Accept": ", ".join(types)})
            with reply:
                raw = _whole_body(reply)
        except _LINE_ERRORS as err:
            raise _line_error(err, what) from None
        self._check(reply, raw, what)
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in types or not raw.startswith(types[kind]):
            raise BadPayload(f"{what}: not {' or '.join(types)}")
        return raw

    def fetch(
        self,
        path: str,
        *,
        query: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
        limit_s: float | None = None,
    ) -> tuple[str, bytes]:
        """Return the type and the body of whatever is there, as it was sent. Raises as `call` does."""
        what = f"GET {path}"
        try:
            reply = self._send("GET", path, None, None, query, limit_s or READ_S, headers)
            with reply:
                raw = _whole_body(reply, limit_s or WHOLE_S)
        except _LINE_ERRORS as err:
            raise _line_error(err, what) from None
        self._check(reply, raw, what)
        return reply.headers.get("Content-Type", "").partition(";")[0].strip().lower(), raw

    def stream(
        self,
        path: str,
        media_type: str,
        *,
        token: str,
        headers: Mapping[str, str],
        silence_s: float,
        query: Mapping[str, str | int | None] | None = None,
    ) -> Stream | None:
        """Open a reply of this type that is read as it comes; after `silence_s` without a byte it counts as lost.

        Returns None for "not modified", which a center may say only where `headers` ask for it. Raises as `call` does.
        """
        what = f"GET {path}"
        try:
            reply = self._send("GET", path, token, None, query, silence_s, {"Accept": media_type, **headers})
            if reply.status_code == 200 and reply.headers.get("Content-Type", "").startswith(media_type):
                return Stream(reply, path)
            with reply:
                if reply.status_code == 304 and "If-None-Match" in headers:
                    return None
                self._check(reply, _whole_body(reply), what)
            raise BadPayload(f"{what}: not {media_type}")
        except _LINE_ERRORS as err:
            raise _line_error(err, what) from None

    def close(self) -> None:
        """Break off what is under way and refuse what comes later; does not wait for the network."""
        self._lines.cut()
        self._http.close()

    @property
    def is_closed(self) -> bool:
        """Tell whether `close` was called."""
        return self._lines.is_cut

    def _check(self, reply: requests.Response, raw: bytes, what: str) -> None:
        """Raise what a reply means that is no success; servers with words of their own read them here."""
        _check_status(reply, raw, what)

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
        if self._lines.is_cut:
            raise ServerFailed("the connection was closed by us")
        if not self._ca_is_good:
            raise NotTrusted("the file of certificates can't be read", TrustFlaw.CA_FILE)
        data = jpeg if body is None else msgspec.json.encode(body)
        kind = {} if data is None else {"Content-Type": "application/json" if body is not None else _JPEG}
        return self._http.request(
            method,
            self._api_url + path,
            params={key: str(value) for key, value in (query or {}).items() if value is not None},
            data=data,
            headers={**kind, **(headers or {})},
            auth=_Bearer(token) if token else None,
            timeout=(connect_s, read_s),
            allow_redirects=False,  # a center's API does not redirect; a portal's log-in page does
            stream=True,
        )


# What reading a reply may raise: requests' own, and urllib3's and the socket's, which pass through read1().
_LINE_ERRORS = (requests.RequestException, HTTPError, OSError)


def _whole_body(reply: requests.Response, limit_s: float = WHOLE_S) -> bytes:
    """Read a reply to its end. Raises ServerFailed when it takes too long, BadPayload when it is too large."""
    until = time.monotonic() + limit_s
    raw = bytearray()
    for piece in reply.iter_content(_CHUNK_BYTES):
        raw += piece
        if len(raw) > LARGEST_REPLY_BYTES:
            raise BadPayload(f"a reply of more than {LARGEST_REPLY_BYTES} bytes")
        if time.monotonic() > until:
            raise ServerFailed(f"a reply that took longer than {limit_s:g} s")
    return bytes(raw)


def _check_status(reply: requests.Response, raw: bytes, what: str) -> None:
    """Raise what a status other than success means."""
    status = reply.status_code
    if 200 <= status < 300:
        return
    try:
        problem = shapes.read(raw, Problem)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        problem = Problem()  # HTML of a proxy, for instance
    what = f"{what}: {status} {problem.slug}".strip()
    if status == 403 and (status, problem.slug) not in _BY_SLUG:
        raise NotPermitted(what, problem.reason, problem.right)
    if (status, problem.slug) == (409, "camera-held"):
        raise _held(raw, what)
    refusal = _BY_SLUG.get((status, problem.slug)) or _REFUSALS.get(status)
    if refusal is None and 400 <= status < 500 and problem.slug:  # the center's own word, not that of a proxy
        raise Refused(what, status, problem.slug)
    raise (refusal or (ServerFailed if status >= 500 else BadPayload))(what)


def _held(raw: bytes, what: str) -> CameraHeld:
    try:
        problem = shapes.read(raw, HeldProblem)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        problem = HeldProblem()  # refused all the same, by somebody we can't name
    return CameraHeld(what, read_holder(problem.holder), problem.can_take_over)


def read_tier(text: str) -> Tier:
    """Read a tier; one this program does not know counts as the highest."""
    return Tier(text) if text in {tier.value for tier in Tier} else Tier.CITY


def read_holder(raw: HolderDocument | None) -> Holder | None:
    """Read who holds a camera. Source: contract, schema Holder."""
    if raw is None:
        return None
    tier = read_tier(raw.tier)
    return Holder(raw.name, raw.post, tier, raw.priority, raw.is_reserved, max(0.0, raw.seconds_left), raw.is_me)


def _line_error(err: Exception, what: str) -> CenterError:
    """Return our own error for one of the line's, without its text or itself as the cause: they quote URLs."""
    text = f"{what}: {_plain(err)}"
    flaw = _trust_flaw(err)
    return ServerFailed(text) if flaw is None else NotTrusted(text, flaw)


def _trust_flaw(err: BaseException | None) -> TrustFlaw | None:
    """Return why a certificate was refused, if one was: the reason lies a few errors deep."""
    seen = 0
    while err is not None and seen < 10:
        if isinstance(err, ssl.SSLCertVerificationError):
            return _FLAWS.get(err.verify_code, TrustFlaw.AUTHORITY)
        deeper: Any = getattr(err, "reason", None) or (err.args[0] if err.args else None)
        err = deeper if isinstance(deeper, BaseException) else err.__cause__ or err.__context__
        seen += 1
    return None


def _is_ca_file(path: Path) -> bool:
    try:
        ssl.create_default_context(cafile=str(path))
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return False
    return True


def _decoded(raw: bytes, shape: type[_Reply], what: str) -> _Reply:
    if shape is type(None):
        return None
    try:
        return shapes.read(raw, shape)
    except (msgspec.MsgspecError, ValueError, RecursionError) as err:
        # Only our own words: the text of a decoder may quote what it read.
        raise BadPayload(f"{what}: {type(err).__name__}") from None


def _plain(err: BaseException) -> str:
    """Return the kinds of an error and of its innermost reason, without their texts, which quote URLs."""
    inner: Any = err
    while True:
        deeper = getattr(inner, "reason", None) or (inner.args[0] if inner.args else None)
        if not isinstance(deeper, BaseException):
            break
        inner = deeper
    return type(err).__name__ if inner is err else f"{type(err).__name__} ({type(inner).__name__})"
