"""The file of a site of cameras, whatever kind of site it is. No password is in it: those lie in the keyring."""

from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from wallclient.domain.errors import StorageFailed
from wallclient.storage.json_file import write_atomic

Stamp = tuple[int, int, int]
T = TypeVar("T")


class DocumentFile(Generic[T]):
    """One value in a file `{"version": n, "content": …}`.

    Unlike settings it has no defaults: an empty tree must not stand for one that is lost.
    """

    def __init__(self, path: Path, decoder: msgspec.json.Decoder[Any], version: int) -> None:
        """`decoder` reads the whole document. It is built before any thread decodes: msgspec 0.22 crashes otherwise."""
        self._path = path
        self._decoder = decoder
        self._version = version

    def load(self) -> T:
        """Read the site. Raises StorageFailed where there is none or it is damaged."""
        try:
            document = self._decoder.decode(self._path.read_bytes())
        except OSError as err:
            raise StorageFailed(f"read {self._path.name}: {err.strerror}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as err:
            raise StorageFailed(f"{self._path.name} is damaged: {type(err).__name__}") from None
        if document.version != self._version:
            raise StorageFailed(f"{self._path.name} is of version {document.version}")
        content: T = document.content
        return content

    def save(self, site: T) -> None:
        """Write the site in place of the earlier one; a reader sees the old or the new one. Raises StorageFailed."""
        write_atomic(self._path, msgspec.json.encode({"version": self._version, "content": site}))

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
