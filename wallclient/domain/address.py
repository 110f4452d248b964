"""Which addresses the program opens, and how a user and password get out of a URL before anything can log it."""

from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from wallclient.domain.errors import BadAddress
from wallclient.domain.stream import Credentials

STREAM_SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
CENTER_SCHEMES = frozenset({"http", "https"})
LONGEST = 4096


class Address(NamedTuple):
    """A URL without user information, and the credentials it carried, if any."""

    url: str
    credentials: Credentials | None


def checked_address(url: str, schemes: frozenset[str] = STREAM_SCHEMES) -> Address:
    """Return the URL without its user information and fragment. Raises BadAddress, whose text never holds the URL.

    Anything a player could take for more than an address is refused: other schemes, white space (libVLC options follow
    a blank), control characters, backslashes, a missing host, an impossible port.
    """
    if not url or len(url) > LONGEST:
        raise BadAddress("the address is empty or too long")
    if any(c.isspace() or not c.isprintable() or c == "\\" for c in url):
        raise BadAddress("the address holds blanks, control characters or backslashes")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadAddress("the address is malformed") from None  # the cause quotes the URL
    if parts.scheme.lower() not in schemes:
        raise BadAddress(f"scheme {parts.scheme[:16]!r} is not allowed")
    if not host or port == 0:
        raise BadAddress("the address has no host or an impossible port")
    return Address(_without_user(parts), _credentials(parts))


def _credentials(parts: SplitResult) -> Credentials | None:
    if parts.username is None:
        return None
    return Credentials(unquote(parts.username), unquote(parts.password or ""))


def _without_user(parts: SplitResult) -> str:
    """Return the URL without user information; the fragment goes too, because libVLC reads titles out of it."""
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
