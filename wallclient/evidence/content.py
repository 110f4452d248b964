"""What goes into an evidence package, and the manifest that says so."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from wallclient.domain.patrol import Person

FORMAT, VERSION = "wallclient-evidence", 1
CHUNK_BYTES = 1024 * 1024
FIELDS = (
    *("case", "cameras", "chunk_bytes", "custody", "files", "format", "made", "operator", "package", "program"),
    *("reason", "version", "workstation", "zone"),
)


class ItemKind(StrEnum):
    """What a file of a package is."""

    ORIGINAL = "original"
    BURNED_IN = "burned_in"  # a copy for looking at, encoded anew
    SNAPSHOT = "snapshot"
    READ_ME = "read_me"


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera and what was asked of it, [start_ms, end_ms) by the center's clock."""

    channel_id: str
    name: str
    code: str  # GB/T 28181
    center: str
    start_ms: int
    end_ms: int
    clock_offset_ms: int = 0  # what the camera's own clock was ahead of the center's


@dataclass(frozen=True, slots=True)
class Item:
    """A file to be packed. `sha256`, where it is given, is what the file was when it was exported."""

    path: Path
    name: str  # in the package, with "/" between folders
    kind: ItemKind
    camera: int | None = None  # index of `Content.cameras`
    start_ms: int | None = None  # what the file shows, which is more than was asked for: whole groups of pictures
    end_ms: int | None = None
    sha256: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)  # JSON: codec, size, sources


@dataclass(frozen=True, slots=True)
class Custody:
    """Who had it in hand when, and what he did with it."""

    at_utc: datetime
    by: Person
    action: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A package to be."""

    package: str  # its key
    case_number: str
    case_title: str
    reason: str
    operator: Person
    workstation: str
    zone: str  # IANA name of the local time
    program: str  # version
    made_utc: datetime
    cameras: Sequence[Camera]
    items: Sequence[Item]
    custody: Sequence[Custody]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """The hashes of a file."""

    size: int
    sha256: str
    chunks: tuple[str, ...]  # SHA-256 of every CHUNK_BYTES
    crc32: int


def canonical(document: object) -> bytes:
    """Return JSON in the one form there is of it here: keys sorted, no blanks, UTF-8. Raises ValueError."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def manifest(content: Content, digests: Mapping[str, Digest]) -> dict[str, Any]:
    """Return the manifest; `digests` by the items' names, in the order of the package."""
    zone = ZoneInfo(content.zone)
    items = {item.name: item for item in content.items}
    return {
        "case": {"number": content.case_number, "title": content.case_title, "note": content.note},
        "cameras": [_camera(camera, zone) for camera in content.cameras],
        "chunk_bytes": CHUNK_BYTES,
        "custody": [
            {"at": _utc(entry.at_utc), "by": _person(entry.by), "action": entry.action, "detail": entry.detail}
            for entry in content.custody
        ],
        "files": [_file(name, items.get(name), digest, zone) for name, digest in digests.items()],
        "format": FORMAT,
        "made": {"utc": _utc(content.made_utc), "local": content.made_utc.astimezone(zone).isoformat()},
        "operator": _person(content.operator),
        "package": content.package,
        "program": {"name": "wallclient", "version": content.program},
        "reason": content.reason,
        "version": VERSION,
        "workstation": content.workstation,
        "zone": content.zone,
    }


def _camera(camera: Camera, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "channel_id": camera.channel_id,
        "name": camera.name,
        "code": camera.code,
        "center": camera.center,
        "asked": _range(camera.start_ms, camera.end_ms, zone),
        "clock_offset_ms": camera.clock_offset_ms,
    }


def _file(name: str, item: Item | None, digest: Digest, zone: ZoneInfo) -> dict[str, Any]:
    """Return a file's entry; what is no item is a read-me."""
    shows = None
    if item is not None and item.start_ms is not None and item.end_ms is not None:
        shows = _range(item.start_ms, item.end_ms, zone)
    return {
        "name": name,
        "kind": item.kind if item else ItemKind.READ_ME,
        "size": digest.size,
        "sha256": digest.sha256,
        "chunks": list(digest.chunks),
        "camera": item.camera if item else None,
        "shows": shows,
        "details": dict(item.details) if item else {},
    }


def _range(start_ms: int, end_ms: int, zone: ZoneInfo) -> dict[str, Any]:
    start, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (start_ms, end_ms))
    return {
        "start_ms": start_ms,
        "end_ms": end_ms,
        "start_utc": _utc(start),
        "end_utc": _utc(end),
        "start_local": start.astimezone(zone).isoformat(timespec="milliseconds"),
        "end_local": end.astimezone(zone).isoformat(timespec="milliseconds"),
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _person(person: Person) -> dict[str, str]:
    return {"user": person.user, "name": person.name, "post": person.post}
