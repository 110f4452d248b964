"""What operators set by hand about footage, on disk: how far a camera's footage is off against the others."""

from dataclasses import dataclass, field
from pathlib import Path

from wallclient.storage.json_file import JsonFile

OFFSETS_VERSION = 1


@dataclass(frozen=True, slots=True)
class SavedOffsets:
    """Milliseconds to add to the clock's moment, by the global id of the channel."""

    offsets_ms: dict[str, int] = field(default_factory=dict)


def offsets_file(folder: Path) -> JsonFile[SavedOffsets]:
    """Return the file of offsets in `folder`."""
    return JsonFile(folder / "footage-offsets.json", SavedOffsets, OFFSETS_VERSION)
