"""Sites of plain cameras on disk, one file each. No password is in them: those lie in the keyring."""

from pathlib import Path

import msgspec

from wallclient.domain.camera_list import CameraSite
from wallclient.domain.errors import StorageFailed
from wallclient.storage.json_file import write_atomic

VERSION = 1
Stamp = tuple[int, int, int]


class _Document(msgspec.Struct):
    version: int
    content: CameraSite


_decoder = msgspec.json.Decoder(
    _Document
)  # built before any thread decodes: msgspec 0.22 crashes on two firsts at once


class SiteFile:
    """The file of one site. Unlike settings it has no defaults: an empty tree must not stand for one that is lost."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> CameraSite:
        """Read the site. Raises StorageFailed where there is none or it is damaged."""
        try:
            document = _decoder.decode(self._path.read_bytes())
        except OSError as err:
            raise StorageFailed(f"read {self._path.name}: {err.strerror}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as err:
            raise StorageFailed(f"{self._path.name} is damaged: {type(err).__name__}") from None
        if document.version != VERSION:
            raise StorageFailed(f"{self._path.name} is of version {document.version}")
        return document.content

    def save(self, site: CameraSite) -> None:
        """Write the site in place of the earlier one; a reader sees the old or the new one. Raises StorageFailed."""
        write_atomic(self._path, msgspec.json.encode(_Document(VERSION, site)))

    def stamp(self) -> Stamp | None:
        """Return what changes whenever the file is saved; None where there is no file."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def remove(self) -> None:
        """Delete the file; that there is none is no error. Raises StorageFailed."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as err:
            raise StorageFailed(f"remove {self._path.name}: {err.strerror}") from None


def site_file(folder: Path, center_key: str) -> SiteFile:
    """Return the file of the site of a configured center in `folder`."""
    return SiteFile(folder / "lists" / f"{center_key}.json")
