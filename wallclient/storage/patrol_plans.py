"""The patrol plans of a center as last read, so that a shift can work while the center is away."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wallclient.domain.patrol import Plan
from wallclient.storage.json_file import JsonFile

VERSION = 1


@dataclass(frozen=True, slots=True)
class KnownPlans:
    """All plans of a center, and what this machine has to know of rounds beside their records."""

    plans: tuple[Plan, ...] = ()
    read_utc: datetime | None = None
    used: tuple[Plan, ...] = ()  # that rounds were made by, at their revisions then, the latest last
    left: tuple[str, ...] = ()  # ids of rounds somebody else went on with


def plans_file(data: Path, center_key: str) -> JsonFile[KnownPlans]:
    """Return the file of a center's plans."""
    return JsonFile(data / "patrol" / f"{center_key}.plans.json", KnownPlans, VERSION)


def spool_path(data: Path, center_key: str) -> Path:
    """Return where the spool of a center lies."""
    return data / "patrol" / f"{center_key}.spool"
