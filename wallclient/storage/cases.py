"""Cases on disk: those kept on this workstation, those last seen at centers, and what centers were not told yet."""

from dataclasses import dataclass, field
from pathlib import Path

from wallclient.domain.case import Case, CaseChange
from wallclient.storage.json_file import JsonFile

VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item's file is on this machine, and which camera it is of: a center can't know either of another's."""

    path: str = ""
    channel_id: str = ""  # global


@dataclass(frozen=True, slots=True)
class CaseShelf:
    """Everything about cases."""

    cases: tuple[Case, ...] = ()
    changes: tuple[CaseChange, ...] = ()  # in their order, not yet at the case's home
    places: dict[str, Place] = field(default_factory=dict)  # by item key
    gathering: str = ""  # key of the case that what is found now goes into


def cases_file(data: Path) -> JsonFile[CaseShelf]:
    """Return the file of the cases."""
    return JsonFile(data / "cases.json", CaseShelf, VERSION)
