"""The container: a ZIP in exactly one form, so that what it must look like can be told from its members.

Stored, always zip64, no comments, nothing between the members: source is PKWARE's APPNOTE 6.3.10, 4.3 and 4.5.3. A
reader that knows the members knows every other byte, too; `verify` compares them all.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_END = struct.Struct("<4s4H2IH")
_VERSION = 45  # zip64
_UNIX = 3 << 8
_UTF8 = 0x0800
_DATE = 0x0021  # 1980-01-01: times are told by the manifest
_MODE = 0o100644 << 16
_FULL, _FULL16 = 0xFFFFFFFF, 0xFFFF  # look into the zip64 part instead
_ZIP64 = 0x0001
LONGEST_NAME = 1024  # bytes


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the container."""

    name: str
    size: int
    crc32: int


def local_header(member: Member) -> bytes:
    """Return what stands before a member's bytes."""
    name = member.name.encode("utf-8")
    extra = struct.pack("<2H2Q", _ZIP64, 16, member.size, member.size)
    fixed = _LOCAL.pack(
        b"PK\3\4", _VERSION, _UTF8, 0, 0, _DATE, member.crc32, _FULL, _FULL, len(name), len(extra)
    )  # fmt: skip
    return fixed + name + extra


def header_size(name: str) -> int:
    """Return how long a member's local header is."""
    return _LOCAL.size + len(name.encode("utf-8")) + 20


def size_in(header: bytes) -> int:
    """Return the size a local header tells, which is right only if `local_header` of it is the same."""
    return int(struct.unpack("<Q", header[-8:])[0])


def directory(members: Sequence[Member]) -> bytes:
    """Return everything behind the last member's bytes."""
    central, offset = [], 0
    for member in members:
        name = member.name.encode("utf-8")
        extra = struct.pack("<2H3Q", _ZIP64, 24, member.size, member.size, offset)
        central.append(
            _CENTRAL.pack(
                b"PK\1\2", _UNIX | _VERSION, _VERSION, _UTF8, 0, 0, _DATE, member.crc32, _FULL, _FULL,
                len(name), len(extra), 0, 0, 0, _MODE, _FULL,
            )
            + name
            + extra
        )  # fmt: skip
        offset += header_size(member.name) + member.size
    listing = b"".join(central)
    count = len(members)
    end64 = _END64.pack(
        b"PK\6\6", _END64.size - 12, _UNIX | _VERSION, _VERSION, 0, 0, count, count, len(listing), offset
    )
    locator = _LOCATOR.pack(b"PK\6\7", 0, offset + len(listing), 1)
    return listing + end64 + locator + _END.pack(b"PK\5\6", 0, 0, _FULL16, _FULL16, _FULL, _FULL, 0)
