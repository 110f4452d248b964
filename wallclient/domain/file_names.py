"""Names of files that every system takes, made of names that may hold anything."""

import re

from wallclient.domain.names import display_name

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)  # Windows, with any ending
LONGEST_BYTES = 150  # of a part; ext4 and NTFS take 255 for the whole


def file_name(text: str, fallback: str = "camera") -> str:
    """Return a text as part of a file's name: no separators, no device of Windows, not hidden, not too long."""
    name = _FORBIDDEN.sub("_", display_name(text))
    name = name.encode("utf-8")[:LONGEST_BYTES].decode("utf-8", "ignore").strip(". ")
    if not name:
        return fallback
    return f"_{name}" if _RESERVED.fullmatch(name) else name
