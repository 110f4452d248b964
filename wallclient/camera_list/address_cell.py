"""One address out of a cell: checked, and its passwords taken out of it, so that what is kept and shown has none."""

import ipaddress
import re
from urllib.parse import urlsplit

from wallclient.domain.address import LONGEST, STREAM_SCHEMES, checked_address
from wallclient.domain.camera_list import PASSWORD_PLACE, ReadStream, RowFlaw
from wallclient.domain.errors import BadAddress

# Cameras that want the password in the path or query: `?user=admin&password=…`, `/user=admin_password=…_channel=1_…`.
_PASSWORD_NAMES = "password|passwd|passwort|passcode|pass|pwd|psw|pw|secret"
_PASSWORD_END = r"[&;/?#]|_(?:channel|stream|user)=|$"  # XM separates by underscores, which a password may hold, too
_IN_URL = re.compile(
    rf"(?i)(?<![a-z0-9])((?:user|login|camera|rtsp)?(?:{_PASSWORD_NAMES})=)([^&;/?#]*?)(?={_PASSWORD_END})"
)
_ADDRESS_AFTER_AT = re.compile(r"@\[?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.])")
_LONGEST_SHOWN = 80


class AddressRefused(Exception):  # noqa: N818
    """The address is not taken; `flaw` says why."""

    def __init__(self, flaw: RowFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def read_address(text: str) -> ReadStream:
    """Return an address without its passwords, and the passwords. Raises AddressRefused, which holds nothing of it."""
    if _is_torn_by_password(text):
        raise AddressRefused(RowFlaw.ADDRESS_PASSWORD)
    try:
        address = checked_address(text)
    except BadAddress:
        raise AddressRefused(_flaw(text)) from None
    if PASSWORD_PLACE in address.url:
        raise AddressRefused(RowFlaw.ADDRESS_MALFORMED)
    secrets = {match[2] for match in _url_passwords(address.url)} - {""}
    if len(secrets) > 1:
        raise AddressRefused(RowFlaw.ADDRESS_MALFORMED)
    url = _without_url_password(address.url)
    return ReadStream(url, address.credentials, secrets.pop() if secrets else None)


def shown_address(text: str) -> str:
    """Return what may be shown of an address, also of one that is none: nothing that may be a password, no long text.

    Of a text with an @ all before the last one may be a password, so only the scheme is left of it.
    """
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]{0,15}://", text)
    hidden = [match.span(2) for match in _IN_URL.finditer(text) if match[2]]
    if (at := text.rfind("@")) >= 0:
        hidden.append((scheme.end() if scheme and scheme.end() < at else 0, at))
    shown, end = "", 0
    for start, stop in sorted(hidden):  # they may overlap: a password may hold an @, and a user's name a `pwd=`
        shown += text[end:start] + ("…" if stop > end else "")
        end = max(end, stop)
    return shown_text(shown + text[end:])


def shown_text(text: str) -> str:
    """Return any other cell's text fit to be shown: one line, printable, not long."""
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_SHOWN])
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"


def _url_passwords(url: str) -> list[re.Match[str]]:
    return [m for m in _IN_URL.finditer(url) if m[2] != PASSWORD_PLACE]


def _without_url_password(url: str) -> str:
    return _IN_URL.sub(lambda m: m[1] + (PASSWORD_PLACE if m[2] else ""), url)


def _flaw(text: str) -> RowFlaw:
    """Return why `checked_address` refuses a text."""
    if len(text) > LONGEST:
        return RowFlaw.ADDRESS_MALFORMED
    if any(c.isspace() or not c.isprintable() or c == "\\" for c in text):
        return RowFlaw.ADDRESS_CHARACTERS
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if scheme is None or scheme[1].lower() not in STREAM_SCHEMES:
        return RowFlaw.ADDRESS_SCHEME
    return RowFlaw.ADDRESS_MALFORMED


def _is_torn_by_password(text: str) -> bool:
    """Tell whether a bare #, / or ? in a password cuts the address in two: `rtsp://admin:12#34@10.0.0.1/1`.

    Read by the rules, that is the host `admin`; half of the password would be taken for a port and kept.
    """
    try:
        parts = urlsplit(text)
        netloc = parts.netloc
        rest = f"{parts.path}?{parts.query}"
    except ValueError:
        return "@" in text
    if "@" in netloc or "@" not in text:
        return False
    if "@" in parts.fragment:
        return True
    if "@" not in rest or _is_ip(parts.hostname or ""):
        return False
    return bool(_ADDRESS_AFTER_AT.search(rest)) or "." not in netloc


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
