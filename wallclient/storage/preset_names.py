"""Names of presets this client keeps for cameras whose centers have none to keep, one file for each center."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from wallclient.domain.errors import StorageFailed
from wallclient.storage.json_file import JsonFile

VERSION = 1


@dataclass(frozen=True, slots=True)
class SavedPresetNames:
    """Names by channel (the center's own id) and number, in decimal: keys of JSON are texts."""

    names: dict[str, dict[str, str]] = field(default_factory=dict)


class PresetNameFile:
    """The names of one center's presets. Thread safe: commands come from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = JsonFile(path, SavedPresetNames, VERSION)
        self._lock = threading.Lock()
        self._kept: dict[str, dict[int, str]] | None = None

    def names(self, channel_id: str) -> dict[int, str]:
        """Return a channel's names by number."""
        with self._lock:
            return dict(self._loaded().get(channel_id, {}))

    def keep(self, channel_id: str, number: int, name: str | None) -> None:
        """Keep a name; None forgets it. Raises StorageFailed where it could not be written; it holds until the end."""
        with self._lock:
            kept = self._loaded()
            before = kept.get(channel_id, {})
            after = {key: value for key, value in before.items() if key != number}
            if name is not None:
                after[number] = name
            if after == before:
                return
            kept[channel_id] = after
            if not after:
                del kept[channel_id]
            saved = {one: {str(key): value for key, value in sorted(some.items())} for one, some in kept.items()}
            self._file.save(SavedPresetNames(saved))

    def remove(self) -> None:
        """Delete the file; that there is none is no error. Raises StorageFailed."""
        with self._lock:
            self._kept = {}
            try:
                self._path.unlink(missing_ok=True)
            except OSError as err:
                raise StorageFailed(f"remove {self._path.name}: {err.strerror}") from None

    def _loaded(self) -> dict[str, dict[int, str]]:
        if self._kept is None:
            saved = self._file.load().names
            self._kept = {
                channel_id: {int(key): name for key, name in some.items() if key.isascii() and key.isdecimal()}
                for channel_id, some in saved.items()
            }
        return self._kept


def preset_name_file(folder: Path, center_key: str) -> PresetNameFile:
    """Return the file of names for a configured center in `folder`."""
    return PresetNameFile(folder / "presets" / f"{center_key}.json")
