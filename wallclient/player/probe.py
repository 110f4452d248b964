"""Asks an HTTP media address once why it does not play, because libVLC tells no reason."""

import http.client
import socket
from base64 import b64encode
from urllib.parse import urlsplit

from wallclient.domain.pane import PaneReason

_TIMEOUT_S = 3.0
_BY_STATUS = {
    401: PaneReason.WRONG_PASSWORD,
    403: PaneReason.NOT_PERMITTED,
    404: PaneReason.NOT_FOUND,
    410: PaneReason.NOT_FOUND,
}


def http_reason(url: str, user: str = "", password: str = "") -> PaneReason:
    """Return the reason an HTTP stream gave no picture. Blocks up to a few seconds; never raises."""
    parts = urlsplit(url)
    try:
        status = _status(
            parts.scheme, parts.hostname or "", parts.port, f"{parts.path or '/'}?{parts.query}", user, password
        )
    except ConnectionRefusedError:
        return PaneReason.CONNECTION_REFUSED
    except TimeoutError:
        return PaneReason.TIMED_OUT
    except (socket.gaierror, OSError):
        return PaneReason.UNREACHABLE
    except (http.client.HTTPException, ValueError):
        return PaneReason.UNDECODABLE
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return PaneReason.STREAM_ENDED if status >= 400 else PaneReason.UNDECODABLE


def _status(scheme: str, host: str, port: int | None, target: str, user: str, password: str) -> int:
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=_TIMEOUT_S)
    try:
        headers = {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()} if user else {}
        connection.request("GET", target, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
