"""Where a monitor's live pictures can be fetched, best first: the camera itself, ZoneMinder's RTSP server, JPEGs."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from wallclient.api import shapes
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.line import ZmLine
from wallclient.api.zoneminder.monitors import Monitor
from wallclient.domain.address import checked_address
from wallclient.domain.errors import BadAddress, BadPayload, NotFound, NotPermitted, ServerFailed
from wallclient.domain.stream import Codec, Protocol, Source, StreamKind

_RTSP = frozenset({"rtsp", "rtsps"})
_SUB_WIDTH_PX = 640
_MOST_FPS = {StreamKind.MAIN: 25, StreamKind.SUB: 10}
_SMALLEST_PERCENT = 10
_STAMP = re.compile(rb"X-Timestamp: (\d{1,12}(?:\.\d{1,9})?)")
_OLDEST_MS = 5000  # slow cameras, and clocks told by the second
_LONGEST_HEADER = 64 * 1024
_FIRST_PART_S = 2.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where a ZoneMinder hands out streams, by its own settings."""

    zms: str  # address of the program that sends JPEGs
    zms_by_server: dict[int, str]  # the same on the other machines of one ZoneMinder
    streaming_port: int  # 0, or the port before that of monitor 1, for the browsers' sake
    rtsp_port: int  # of ZoneMinder's own RTSP server; 0: there is none


def read_places(line: ZmLine) -> Places:
    """Ask for the settings; where the user may not read them, the usual ones count."""
    path = str(_setting(line, "ZM_PATH_ZMS") or f"{line.root}/cgi-bin/nph-zms")
    by_server: dict[int, str] = {}
    try:
        rows = shapes.readable(line.api("/servers.json", docs.ServersDocument).servers, docs.ServerRow)
    except (NotPermitted, NotFound, BadPayload):
        rows = []
    for row in rows:
        one, server_id = row.Server, docs.whole(row.Server.Id)
        if server_id and one.Hostname:
            port = docs.whole(one.Port)
            origin = f"{one.Protocol or 'http'}://{one.Hostname}" + (f":{port}" if port else "")
            by_server[server_id] = origin + _unparsed(one.PathToZMS or path)
    streaming, rtsp = (docs.whole(_setting(line, name)) for name in ("ZM_MIN_STREAMING_PORT", "ZM_MIN_RTSP_PORT"))
    return Places(line.origin + _unparsed(path), by_server, _port(streaming), _port(rtsp))


def sources(
    monitor: Monitor, kind: StreamKind, places: Places, token: str, media_host: str = "", *, jpegs: bool = True
) -> tuple[Source, ...]:
    """Return what can be opened, best first; ZoneMinder's own addresses at `media_host` where one is given.

    Only a camera that has pictures is offered in JPEGs: of another ZoneMinder sends one that says so, for ever. Both
    kinds are the camera's only stream; as JPEGs the sub stream is smaller and slower.
    """
    found = [_camera(monitor), _relay(monitor, places, token, media_host)]
    if monitor.online and jpegs:
        found.append(_jpegs(monitor, kind, places, token, media_host))
    return tuple(source for source in found if source is not None)


def is_jpegs_only(monitor: Monitor) -> bool:
    """Tell whether nothing but JPEGs can be had of a monitor."""
    return _camera(monitor) is None


def is_fresh(line: ZmLine, monitor: Monitor, places: Places) -> bool:
    """Tell whether the newest JPEG of a monitor is a present one.

    For ten seconds or more after a camera froze ZoneMinder calls it connected and begins each stream with its last
    picture: a frozen one that looks live. What the program on another machine has can't be asked.
    """
    place = urlsplit(zms_of(monitor, places))
    if f"{place.scheme}://{place.netloc}" != line.origin:
        return True
    query: dict[str, str | int | None] = {"mode": "jpeg", "monitor": monitor.id, "scale": _SMALLEST_PERCENT}
    query |= {"maxfps": 1, "buffer": 0}
    try:
        begun = line.first_bytes(place.path, query, b"\r\n\r\n", _LONGEST_HEADER, _FIRST_PART_S)
    except (NotPermitted, NotFound, BadPayload, ServerFailed):
        return False
    stamp = _STAMP.search(begun)
    return stamp is not None and line.now_ms() - float(stamp[1]) * 1000 < _OLDEST_MS


def zms_of(monitor: Monitor, places: Places) -> str:
    """Return the address of the program that sends this monitor's JPEGs."""
    base = places.zms_by_server.get(monitor.server_id or 0, places.zms)
    return _at(base, "", places.streaming_port + monitor.id) if places.streaming_port else base


def _camera(monitor: Monitor) -> Source | None:
    try:
        address = checked_address(monitor.address, _RTSP)
    except BadAddress:  # a file, a device, an address with options
        return None
    return Source(Protocol.RTSP, address.url, credentials=address.credentials or monitor.credentials)


def _relay(monitor: Monitor, places: Places, token: str, media_host: str) -> Source | None:
    """Return the address at ZoneMinder's RTSP server, which takes a token as `jwt_token`.

    It compares names as they come, without decoding them: one that needs encoding is never found.
    """
    plain = monitor.rtsp_name and quote(monitor.rtsp_name, safe="") == monitor.rtsp_name
    if not places.rtsp_port or not plain or not monitor.online:
        return None
    host = urlsplit(places.zms_by_server.get(monitor.server_id or 0, places.zms)).hostname or ""
    base = _at(f"rtsp://[{host}]" if ":" in host else f"rtsp://{host}", media_host, places.rtsp_port)
    query = f"?{urlencode({'jwt_token': token})}" if token else ""
    return _checked(Protocol.RTSP, f"{base}/{monitor.rtsp_name}{query}")


def _jpegs(monitor: Monitor, kind: StreamKind, places: Places, token: str, media_host: str) -> Source | None:
    percent = 100
    if kind is StreamKind.SUB and monitor.width and monitor.width > _SUB_WIDTH_PX:
        percent = max(_SMALLEST_PERCENT, 100 * _SUB_WIDTH_PX // monitor.width)
    query: dict[str, str | int] = {"mode": "jpeg", "monitor": monitor.id, "scale": percent}
    query |= {"maxfps": _MOST_FPS[kind], "buffer": 0} | ({"token": token} if token else {})
    width, height = (side * percent // 100 if side else None for side in (monitor.width, monitor.height))
    url = f"{_at(zms_of(monitor, places), media_host)}?{urlencode(query)}"
    return _checked(Protocol.MJPEG, url, Codec.MJPEG, width, height)


def _checked(
    protocol: Protocol, url: str, codec: Codec | None = None, width: int | None = None, height: int | None = None
) -> Source | None:
    try:
        return Source(protocol, checked_address(url).url, codec, width, height)
    except BadAddress:  # a setting of the server that is no address
        return None


def _at(url: str, host: str, port: int | None = None) -> str:
    """Return the URL at another host or port, where given."""
    parts = urlsplit(url)
    name = host or parts.hostname or ""
    name = f"[{name}]" if ":" in name and not name.startswith("[") else name
    number = port if port is not None else parts.port
    return parts._replace(netloc=f"{name}:{number}" if number else name).geturl()


def _unparsed(path: str) -> str:
    """Return the path of the program that sends its own headers: the other one is cut off by the web server."""
    path = path if path.startswith("/") else f"/{path}"
    return path.removesuffix("zms") + "nph-zms" if path.endswith("/zms") else path


def _setting(line: ZmLine, name: str) -> docs.Scalar:
    try:
        found = line.api(f"/configs/viewByName/{name}.json", docs.ConfigDocument).config
    except (NotPermitted, NotFound, BadPayload):
        return None
    return found.Value if isinstance(found, docs.ConfigValue) else None


def _port(number: int | None) -> int:
    return number if number is not None and 0 < number < 65_536 else 0
