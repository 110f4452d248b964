"""ONVIF devices on the network: WS-Discovery from chosen interfaces, and a look at one by its address.

Sources: WS-Discovery April 2005; ONVIF Core 7 (device discovery). Everything blocks.
"""

import contextlib
import ipaddress
import socket
import time
import uuid
from collections.abc import Iterable, Sequence
from selectors import EVENT_READ, DefaultSelector
from urllib.parse import unquote, urlsplit

import psutil
from onveef import wsdiscovery

from wallclient.api.onvif.device import Device, http_client
from wallclient.api.onvif.errands import Errands
from wallclient.api.onvif.media import read_profiles, sources_of
from wallclient.domain.address import CENTER_SCHEMES, checked_address
from wallclient.domain.errors import BadAddress, BadPayload, NotPermitted
from wallclient.domain.onvif import (
    DEFAULT_PORT,
    DEFAULT_TLS_PORT,
    OnvifAddress,
    OnvifCameraInfo,
    OnvifFound,
    OnvifInterface,
)
from wallclient.domain.stream import Credentials

LOOK_S = 15.0
_PROBES = 3  # spread over the time: UDP is lossy, and a slow device answers late
_MOST = 4096  # devices of one search; more is somebody who floods us
_LONGEST_TEXT = 120


def interfaces() -> tuple[OnvifInterface, ...]:
    """Return this machine's interfaces that are up, with each of their IPv4 addresses; loopback comes last."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = [
        OnvifInterface(name, entry.address)
        for name, entries in psutil.net_if_addrs().items()
        for entry in entries
        if entry.family == socket.AF_INET and name in up
    ]
    return tuple(sorted(found, key=lambda one: (one.address.startswith("127."), one.name, one.address)))


def discover(chosen: Iterable[OnvifInterface], limit_s: float = 3.0) -> tuple[OnvifFound, ...]:
    """Return the devices that answer a probe sent from all chosen interfaces at once, each once, by address.

    An interface that can't send contributes nothing.
    """
    sockets = [one for interface in chosen if (one := _open(interface.address)) is not None]
    group = (wsdiscovery.WS_DISCOVERY_ADDRESS, wsdiscovery.WS_DISCOVERY_PORT)
    return _listen([(one, group) for one in sockets], limit_s)


def probe(host: str, limit_s: float = 2.0) -> tuple[OnvifFound, ...]:
    """Return what one host answers to a probe sent to it alone, for cameras behind a router."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    return _listen([(sock, (host, wsdiscovery.WS_DISCOVERY_PORT))], limit_s)


def read_address(text: str, *, check_certificate: bool = True) -> OnvifAddress:
    """Return the address an operator typed: host, host:port or URL; http if he names no scheme. Raises BadAddress."""
    text = text.strip()
    if "://" not in text:
        text = f"http://[{text}]" if _is_ipv6(text) else f"http://{text}"
    parts = urlsplit(checked_address(text, CENTER_SCHEMES).url)
    is_https = parts.scheme == "https"
    port = parts.port or (DEFAULT_TLS_PORT if is_https else DEFAULT_PORT)
    return OnvifAddress(parts.hostname or "", port, is_https, check_certificate)


def look_at(address: OnvifAddress, user: str, password: str, limit_s: float = LOOK_S) -> OnvifCameraInfo:
    """Return what a camera tells after a log-in.

    Raises NotPermitted (`PASSWORD_WRONG`), ClockDiffers, CameraOffline, NotTrusted; BadPayload for what is no camera.
    """
    errands = Errands()
    try:
        return errands.run(_look_at(address, Credentials(user, password) if user else None), limit_s)
    finally:
        errands.close()


async def _look_at(address: OnvifAddress, credentials: Credentials | None) -> OnvifCameraInfo:
    async with http_client(check_certificate=address.check_certificate) as http:
        device = Device(address, credentials, http)
        ahead_s = None
        with contextlib.suppress(NotPermitted):  # some keep even their time to those who log in
            ahead_s = await device.clock_offset_s()  # tells a closed port from a wrong password
        services = await device.open()
        about = await device.ask(lambda one: one.get_device_information())
        profiles = await read_profiles(device)
        if not profiles:
            raise BadPayload("a device without a picture")
        return OnvifCameraInfo(
            address,
            _tidy(str(about.get("Manufacturer") or "")),
            _tidy(str(about.get("Model") or "")),
            _tidy(str(about.get("FirmwareVersion") or "")),
            _tidy(str(about.get("SerialNumber") or "")),
            sources_of(profiles, can_move="ptz" in services),
            ahead_s,
            has_events="events" in services,
            has_recordings="search" in services and "replay" in services,
        )


def _open(address: str) -> socket.socket | None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        sock.bind((address, 0))
    except OSError:
        sock.close()
        return None
    return sock


def _listen(lines: Sequence[tuple[socket.socket, tuple[str, int]]], limit_s: float) -> tuple[OnvifFound, ...]:
    """Send probes, spread over the first half of the time, and collect answers to its end. Closes the sockets."""
    found: dict[str, OnvifFound] = {}
    began = time.monotonic()
    due = [began + limit_s / 2 * number / _PROBES for number in range(_PROBES)]
    with DefaultSelector() as selector:
        for sock, _ in lines:
            selector.register(sock, EVENT_READ)
        try:
            while lines and (now := time.monotonic()) < began + limit_s:
                if due and now >= due[0]:
                    due.pop(0)
                    for sock, to in lines:
                        _send(sock, to)
                until = min([began + limit_s, *due[:1]])
                for key, _ in selector.select(max(0.0, until - time.monotonic())):
                    _receive(key.fileobj, found)  # type: ignore[arg-type]
        finally:
            for sock, _ in lines:
                sock.close()
    return tuple(sorted(found.values(), key=lambda one: _order(one.address)))


def _send(sock: socket.socket, to: tuple[str, int]) -> None:
    message = wsdiscovery.build_probe(message_id=f"urn:uuid:{uuid.uuid4()}")
    with contextlib.suppress(OSError):  # no way there from this interface, now: the next probe may find one
        sock.sendto(message.encode(), to)


def _receive(sock: socket.socket, found: dict[str, OnvifFound]) -> None:
    try:
        data, sender = sock.recvfrom(65535)
    except OSError:
        return
    for match in wsdiscovery.parse_probe_matches(data.decode("utf-8", "replace")):
        one = _read(match, str(sender[0]))
        if one is not None and len(found) < _MOST:
            found[one.endpoint or one.address.origin] = one


def _read(match: wsdiscovery.DiscoveredDevice, sender: str) -> OnvifFound | None:
    """Return a device at the address its answer came from, if it names that one, else at the first it names."""
    addresses = []
    for url in match.xaddrs:
        try:
            addresses.append(read_address(url))
        except BadAddress:
            continue  # `file://` and the like
    if not addresses:
        return None
    chosen = next((one for one in addresses if one.host == sender), addresses[0])
    words = (_tidy(unquote(text)) for text in (match.name, match.hardware, match.location))
    return OnvifFound(chosen, _tidy(match.endpoint_reference), *words)


def _tidy(text: str) -> str:
    """Return what a device calls itself, fit to be shown: one line, no controls, not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_TEXT]


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _order(address: OnvifAddress) -> tuple[int, int, str, int]:
    try:
        number = ipaddress.ip_address(address.host)
    except ValueError:
        return 2, 0, address.host, address.port
    return int(number.version == 6), int(number), "", address.port
