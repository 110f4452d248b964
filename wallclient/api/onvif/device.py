"""One ONVIF device: its calls with limits, its refusals as errors of our own, its clock.

Sources: ONVIF Core 5.9 (security), 5.12 (faults), 8.3.2 (GetSystemDateAndTime); WS-Security UsernameToken Profile 1.0.
"""

import asyncio
import logging
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

import httpx
from onveef import AsyncOnvifClient, OnvifEndpoint, envelopes, exceptions, parsers

from wallclient.domain.errors import (
    BadPayload,
    CameraOffline,
    CenterError,
    ClockDiffers,
    NotAble,
    NotPermitted,
    NotTrusted,
    TrustFlaw,
)
from wallclient.domain.onvif import PASSWORD_WRONG, OnvifAddress
from wallclient.domain.stream import Credentials

for _library in ("httpx", "httpcore", "onveef"):  # they tell addresses with all that is in them, and headers
    logging.getLogger(_library).setLevel(logging.WARNING)

CONNECT_S, ANSWER_S = 2.5, 4.0
CALL_S = 5.0  # for one call with all its tries: digest, clock, other content type
CLOCK_LIMIT_S = 5.0  # a clock that is off by less is no reason to refuse a log-in
LARGEST_REPLY_BYTES = 4 * 1024 * 1024
REFUSED_S = 60.0
AWAY_S = 12.0  # a camera that did not answer is not asked again for so long, but by the one who looks after it
_SERVICE_PATH = "/onvif/device_service"
_FLAWS = {9: TrustFlaw.TIME, 10: TrustFlaw.TIME, 62: TrustFlaw.HOST, 64: TrustFlaw.HOST}  # X509_V_ERR_*
_PREFIX, _DECLARED = re.compile(r"</?([A-Za-z_][\w.-]*):"), re.compile(r"xmlns:([\w.-]+)\s*=")
_ENVELOPE = re.compile(r"<[A-Za-z_][\w.-]*:Envelope\b")
_Result = TypeVar("_Result")


@cache
def _trust(check: bool) -> ssl.SSLContext:
    """Return the TLS settings all cameras share: making one takes longer than a call."""
    context = ssl.create_default_context()
    if not check:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def http_client(*, check_certificate: bool) -> httpx.AsyncClient:
    """Return an HTTP client that knows no proxy, no ~/.netrc, no redirects."""
    return httpx.AsyncClient(
        verify=_trust(check_certificate),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=256, keepalive_expiry=15.0),
        headers={"User-Agent": "wallclient"},
    )


class _Client(AsyncOnvifClient):
    """`onveef` with five of its gaps closed, four of them where every answer comes through."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # It asks httpx for this timeout with a longer one for reading, which httpx allows for plain numbers only: else
        # each long poll for events fails (onveef 0.6.0, atransport.py:341).
        self._timeout = ANSWER_S  # type: ignore[assignment]

    async def _send_cycle(
        self, *, xaddr: str, operation: str, envelope: str, read_timeout_s: float | None = None
    ) -> str:
        try:
            text: str = await super()._send_cycle(
                xaddr=xaddr, operation=operation, envelope=envelope, read_timeout_s=read_timeout_s
            )
        except exceptions.OnvifFaultError as err:
            if "not authorized" in str(err).lower():  # it looks for one spelling of the words only
                raise exceptions.OnvifAuthError(operation) from None
            raise
        root = parsers.parse_xml(text)
        if root is None:  # some cameras forget to say what a prefix stands for
            text = _with_prefixes(text)
            root = parsers.parse_xml(text)
        if root is None or not root.tag.endswith("}Envelope"):  # it takes a page of HTML for an empty list
            raise NotSoap(operation)
        return text


def _with_prefixes(text: str) -> str:
    """Return an envelope with all prefixes declared that it uses; readers here go by local names only."""
    used = set(_PREFIX.findall(text)) - set(_DECLARED.findall(text)) - {"xml", "xmlns"}
    missing = "".join(f' xmlns:{prefix}="urn:undeclared:{prefix}"' for prefix in sorted(used))
    return _ENVELOPE.sub(lambda found: found[0] + missing, text, count=1)


class NotSoap(Exception):  # noqa: N818 - reads as what it is
    """The answer is no SOAP at all: a web page, another device, garbage."""


class Device:
    """One device. Lives on the loop of `Errands`; every coroutine raises the errors of `wallclient.domain.errors`."""

    def __init__(self, address: OnvifAddress, credentials: Credentials | None, http: httpx.AsyncClient) -> None:
        self.address = address
        self.credentials = credentials
        self._http = http
        self.onvif = self._client(credentials)
        self._anonymous = self._client(None)  # for what needs no log-in: not even a wrong one is counted then
        self._services: dict[str, str] | None = None
        self._opening = asyncio.Lock()
        self._away_until = self._refused_until = 0.0
        self._refusal: NotPermitted | None = None
        self._worked = False  # a call with a log-in did
        self.kept: dict[str, tuple[float, object]] = {}  # until when (monotonic), and what
        self.ahead_ms = 0  # its clock, as its recordings are counted with
        self.asked_at = float("-inf")  # by an operator, monotonic

    def _client(self, credentials: Credentials | None) -> _Client:
        return _Client(
            endpoint=OnvifEndpoint(self.address.origin + _SERVICE_PATH),
            username=credentials.user if credentials else "",
            password=credentials.password if credentials else "",
            http_client=self._http,
            timeout_s=ANSWER_S,
            connect_timeout_s=CONNECT_S,
            rewrite_host=True,  # log-ins go to the address the operator gave, wherever a camera says its services are
            http_auth="auto" if self.address.is_private else "digest",  # Basic shows the password to the whole network
            password_text_fallback=False,
            retries=1,
            max_response_bytes=LARGEST_REPLY_BYTES,
        )

    def use(self, credentials: Credentials) -> None:
        """Log in with these from now on; others than before begin anew. From any thread."""
        if credentials != self.credentials:
            self.credentials = credentials
            self.onvif = self._client(credentials)
            self._services, self._refusal, self._worked = None, None, False
            self.kept.clear()

    async def keep(self, what: str, for_s: float, read: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return what `read` returned at most `for_s` ago, else what it returns now."""
        until, value = self.kept.get(what, (0.0, None))
        if time.monotonic() >= until:
            value = await read()
            self.kept[what] = (time.monotonic() + for_s, value)
        return value  # type: ignore[return-value]

    # --- asking ---

    async def ask(self, call: Callable[[AsyncOnvifClient], Awaitable[_Result]], limit_s: float = CALL_S) -> _Result:
        """Return what a call of `onveef` returns.

        While the camera is known to be away, or to refuse us, it is not asked at all: who hangs is to hold up nobody,
        and many cameras lock an account, or this machine, after a few wrong passwords.
        """
        self._check_there()
        now = time.monotonic()
        if self._refusal is not None and now < self._refused_until:
            raise _same(self._refusal)
        try:
            return await self._asked(call, limit_s)
        except NotPermitted as err:
            if self._worked:  # its clock was set meanwhile, or its services moved: once more from the start
                self._worked, self._services, self.onvif = False, None, self._client(self.credentials)
                self.kept.clear()
                return await self._asked(call, limit_s)
            self._refusal, self._refused_until = err, now + REFUSED_S
            raise

    async def command(self, call: Callable[[AsyncOnvifClient], Awaitable[_Result]], limit_s: float) -> _Result:
        """Return what a call returns that must go out now, also to a camera that was away a moment ago: a stop."""
        return await self._told(call(self.onvif), limit_s)

    def _check_there(self) -> None:
        if time.monotonic() < self._away_until:
            raise CameraOffline("the camera did not answer a moment ago")

    async def _asked(self, call: Callable[[AsyncOnvifClient], Awaitable[_Result]], limit_s: float) -> _Result:
        await self.open()
        result = await self._told(call(self.onvif), limit_s)
        self._worked = True
        self._refusal = None
        return result

    async def listen(self, call: Awaitable[_Result], limit_s: float = CALL_S) -> _Result:
        """Await a call for events, whose silence is no sign that the device is away."""
        away_until = self._away_until
        try:
            return await self._told(call, limit_s)
        except CameraOffline:
            self._away_until = away_until
            raise

    async def open(self) -> dict[str, str]:
        """Return the addresses of the device's services by name; asked once."""
        if self._services is None:
            async with self._opening:
                if self._services is None:
                    self._check_there()  # whoever waited for another's question learns from its answer
                    services = await self._told(self.onvif.discover_services())
                    self.onvif.set_endpoint(OnvifEndpoint(self.onvif.endpoint.device_xaddr, services=services))
                    self._services = services
        return self._services

    async def has(self, service: str) -> bool:
        """Tell whether the device offers a service."""
        return service in await self.open()

    async def raw(self, service: str, operation: str, body: str) -> Element:
        """Return an answer as XML, of what `onveef` does not read itself."""
        text = await self.ask(lambda one: one.call(service=service, operation=operation, body_inner=body))
        root = parsers.parse_xml(text)
        if root is None:
            raise BadPayload(operation)
        return root

    async def clock_offset_s(self) -> float | None:
        """Return how far the device's clock is ahead; asks without a log-in. None where it does not tell."""
        before_s = time.time()
        with self._reading():
            async with asyncio.timeout(CALL_S):
                text = await self._anonymous.call(
                    service="device",
                    operation="GetSystemDateAndTime",
                    body_inner=envelopes.device_get_system_date_time(),
                )
        self._away_until = 0.0
        told = _utc(parsers.parse_system_datetime(text).get("UTCDateTime"))
        return None if told is None else told.timestamp() - (before_s + time.time()) / 2

    async def is_there(self) -> bool:
        """Ask whether the device answers, however long it has been away; a refusal is an answer."""
        try:
            await self.clock_offset_s()
        except (CameraOffline, NotTrusted):
            return False
        except CenterError:
            pass
        return True

    async def picture(self, uri: str) -> bytes:
        """Return the JPEG an address of this device gives. Raises NotAble where it wants a password in the clear."""
        if self.credentials is None or not uri.startswith(self.address.origin + "/"):
            ways: list[httpx.Auth | None] = [None]
        else:
            ways = [httpx.DigestAuth(self.credentials.user, self.credentials.password)]
            if self.address.is_private:
                ways.append(httpx.BasicAuth(self.credentials.user, self.credentials.password))
        for way in ways:
            body = await self._told(self._get(uri, way))
            if body is not None:
                return body
        raise NotAble("the camera hands out its picture for no log-in we would send it")

    async def _get(self, uri: str, auth: httpx.Auth | None) -> bytes | None:
        body = bytearray()
        async with self._http.stream("GET", uri, auth=auth) as reply:
            if reply.status_code in (401, 403):
                return None
            if reply.status_code != 200:
                raise BadPayload(f"snapshot: {reply.status_code}")
            async for chunk in reply.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_REPLY_BYTES:
                    raise BadPayload("a snapshot too large")
        if not body.startswith(b"\xff\xd8"):
            raise BadPayload("a snapshot that is no JPEG")
        return bytes(body)

    # --- what an answer means ---

    async def _told(self, call: Awaitable[_Result], limit_s: float = CALL_S) -> _Result:
        try:
            with self._reading():
                async with asyncio.timeout(limit_s):
                    result = await call
        except NotPermitted:
            raise await self._why_refused() from None
        self._away_until = 0.0
        return result

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn errors of the libraries into ours; their texts may quote what a camera sent, so they end here."""
        try:
            yield
        except TimeoutError:
            raise self._away("timed out") from None
        except CenterError:
            raise
        except exceptions.OnvifAuthError:
            raise NotPermitted("the camera refuses user or password", PASSWORD_WRONG) from None
        except exceptions.OnvifError as err:
            flaw = _trust_flaw(err)
            if flaw is not None:
                raise NotTrusted("the camera's certificate", flaw) from None
            raise self._translated(err) from None
        except NotSoap as err:
            raise BadPayload(f"{err}: no SOAP") from None
        except httpx.HTTPError as err:
            flaw = _trust_flaw(err)
            raise (NotTrusted("certificate", flaw) if flaw else self._away(type(err).__name__)) from None
        except OSError as err:
            raise self._away(type(err).__name__) from None
        except (httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
            raise BadPayload(f"unreadable: {type(err).__name__}") from None

    def _translated(self, err: exceptions.OnvifError) -> CenterError:
        kind = type(err).__name__
        if isinstance(err, exceptions.OnvifCapabilityMissingError | exceptions.OnvifOperationNotSupportedError):
            return NotAble(kind)
        if "HTTP 403" in str(err):
            return NotPermitted("the camera refuses user or password", PASSWORD_WRONG)
        if isinstance(err, exceptions.OnvifFaultError):
            return BadPayload(kind)
        if isinstance(err, exceptions.OnvifTimeoutError | exceptions.OnvifServiceUnavailableError):
            return self._away(kind)
        if isinstance(err.__cause__, httpx.HTTPError) or getattr(err, "retryable", False):
            return self._away(kind)
        return BadPayload(kind)  # a redirect, a status that means nothing to us, too much of an answer

    def _away(self, why: str) -> CameraOffline:
        self._away_until = time.monotonic() + AWAY_S
        return CameraOffline(f"the camera does not answer ({why})")

    async def _why_refused(self) -> NotPermitted:
        """Return why a log-in was refused: the camera's clock, if that is off, else the password.

        `onveef` has tried with the camera's own time before; some cameras refuse that too, or told their time too late.
        """
        try:
            ahead_s = await self.clock_offset_s()
        except CenterError:
            ahead_s = None
        if ahead_s is not None and abs(ahead_s) > CLOCK_LIMIT_S:
            return ClockDiffers(f"the camera's clock is {ahead_s:+.0f} s off", ahead_s)
        return NotPermitted("the camera refuses user or password", PASSWORD_WRONG)


def _utc(told: Any) -> datetime | None:
    if not isinstance(told, dict):
        return None
    try:
        year, month, day, hour, minute, second = (
            int(told[part]) for part in ("year", "month", "day", "hour", "minute", "second")
        )
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _same(refusal: NotPermitted) -> NotPermitted:
    """Return a refusal as it was, without its traceback."""
    if isinstance(refusal, ClockDiffers):
        return ClockDiffers(str(refusal), refusal.ahead_s)
    return NotPermitted(str(refusal), refusal.reason)


def _trust_flaw(err: BaseException | None) -> TrustFlaw | None:
    """Return why a certificate was refused, if one was: the reason lies a few errors deep."""
    for _ in range(8):
        if err is None:
            return None
        if isinstance(err, ssl.SSLCertVerificationError):
            return _FLAWS.get(err.verify_code, TrustFlaw.AUTHORITY)
        err = err.__cause__ or err.__context__
    return None
