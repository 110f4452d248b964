"""A center as the operator has entered it. Saved with the settings; secrets are never in here."""

import re
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

from wallclient.domain.address import CENTER_SCHEMES, checked_address
from wallclient.domain.gbcode import LENGTH as CODE_LENGTH

MIGRATED_KEY = "main"  # of the only center in files of the versions that knew just one
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_MOST_USERS = 8


class Family(StrEnum):
    """What kind of center it is; `CenterConfig.adapter` holds one of these words."""

    NATIVE = "native"
    WVP = "wvp"
    ZONEMINDER = "zoneminder"
    ONVIF = "onvif"  # a site of ONVIF cameras, with no server
    LIST = "list"  # a site of plain streams from a table


SITES = frozenset({Family.ONVIF, Family.LIST})  # kept on this machine: no address, nobody to log in to


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another configured center that shows cameras of this one while this one does not.

    The same camera is known by its GB/T 28181 code, the only identity that platforms share.
    """

    center: str  # key of the other center
    code_prefix: str = ""  # of the codes of the cameras it stands in for, such as 500103 for a district; empty: all

    def stands_in_for(self, gb_code: str) -> bool:
        """Tell whether a camera may be looked for there. One without a proper code never is: it might be another."""
        return (
            len(gb_code) == CODE_LENGTH
            and gb_code.isascii()
            and gb_code.isdigit()
            and gb_code.startswith(self.code_prefix)
        )


@dataclass(frozen=True, slots=True)
class CenterConfig:
    """One configured center."""

    key: str  # for good: ids, mirror and secrets go by it
    url: str
    name: str = ""  # empty: what the center calls itself
    user: str = ""  # who was signed in last
    users: tuple[str, ...] = ()  # who has signed in here from this machine, the latest first
    stay_signed_in: bool = False  # `user` is signed in by itself at start, with a token from the keyring
    ca_file: str = ""  # PEM of a private authority; empty: those of the system
    adapter: str = "native"  # family of the center; see `services.center_makes`
    media_host: str = ""  # takes the place of the host in addresses of streams; empty: as the center says
    alternates: tuple[Alternate, ...] = ()  # who stands in while it gives no pictures, in the order they are tried

    @property
    def is_encrypted(self) -> bool:
        """Tell whether passwords and tokens travel encrypted; to a site's own file nothing travels."""
        return self.is_site or is_encrypted(self.url)

    @property
    def is_site(self) -> bool:
        """Tell whether it is a site on this machine, which has no address and asks for no log-in."""
        return self.adapter in SITES

    def with_user(self, user: str, *, stay: bool) -> "CenterConfig":
        """Return the configuration after `user` has signed in."""
        others = tuple(name for name in self.users if name != user)
        return replace(self, user=user, users=(user, *others)[:_MOST_USERS], stay_signed_in=stay)


def new_key() -> str:
    """Return a key no other center has had: a view must never open another center's camera."""
    return secrets.token_hex(5)


def new_site(family: Family, name: str) -> CenterConfig:
    """Return the configuration of a new site; its address only says what it is."""
    key = new_key()
    return CenterConfig(key, f"{family.value}:{key}", name, adapter=family.value)


def is_encrypted(url: str) -> bool:
    """Tell whether an address is one of TLS."""
    return url.lower().startswith("https://")


def typed_address(text: str) -> str:
    """Return the address an operator has typed: https where he names no scheme, without user information.

    Raises BadAddress. http is used only where he typed http.
    """
    text = text.strip()
    if not _SCHEME.match(text):
        text = f"https://{text}"
    return checked_address(text, CENTER_SCHEMES).url.rstrip("/")
