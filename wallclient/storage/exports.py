"""The queue of exports on disk, and where the spool of audit records of a center lies."""

from dataclasses import dataclass
from pathlib import Path

from wallclient.domain.export import ExportJob
from wallclient.storage.json_file import JsonFile

VERSION = 1


@dataclass(frozen=True, slots=True)
class ExportQueue:
    """All exports, in their order."""

    jobs: tuple[ExportJob, ...] = ()


def exports_file(data: Path) -> JsonFile[ExportQueue]:
    """Return the file of the queue."""
    return JsonFile(data / "exports.json", ExportQueue, VERSION)


def audit_spool_path(data: Path, center_key: str) -> Path:
    """Return where the spool of a center's audit records lies."""
    return data / "audit" / f"{center_key}.spool"
