"""One versioned JSON file with a typed content; damaged files are kept aside, never fatal and never overwritten."""

import contextlib
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from wallclient.domain.errors import StorageFailed

log = logging.getLogger(__name__)
_reading = threading.Lock()  # msgspec 0.22 crashes when two threads meet a type for the first time (api/shapes.py)
T = TypeVar("T")
Migrate = Callable[[int, dict[str, Any]], dict[str, Any]]  # version found, its content -> content of today


def write_atomic(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write `content` beside `path` as `….part`, then rename: a reader sees old or new. Raises StorageFailed.

    `durable` also outlasts a power cut, for the price of waiting for the disk.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        part.replace(path)
    except OSError as err:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()
        raise StorageFailed(f"write {path}: {err.strerror}") from err


class _Version(msgspec.Struct):
    version: int = 0


class JsonFile(Generic[T]):
    """A file `{"version": n, "content": …}` holding one value of `kind`.

    `migrate` is given the content of older versions; what it can't read it may leave, or raise KeyError, TypeError or
    AttributeError, and the file counts as damaged.
    """

    def __init__(
        self, path: Path, kind: type[T], version: int, *, durable: bool = True, migrate: Migrate | None = None
    ) -> None:
        self._path = path
        self._kind = kind
        self._version = version
        self._durable = durable
        self._migrate = migrate
        self.set_aside: Path | None = None  # where a damaged file went, for a notice

    def load(self) -> T:
        """Return what was saved; the defaults of `kind` where nothing was, or nothing readable."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return self._kind()
        except OSError:
            log.exception("can't read %s", self._path)
            return self._kind()
        try:
            with _reading:
                return self._read(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.warning("%s is damaged; kept aside", self._path.name)
            self._keep_aside()
            return self._kind()

    def save(self, value: T) -> None:
        """Write `value`. Raises StorageFailed."""
        document = {"version": self._version, "content": value}
        write_atomic(
            self._path, msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n", durable=self._durable
        )

    def _read(self, raw: bytes) -> T:
        found = msgspec.json.decode(raw, type=_Version).version
        if not 1 <= found <= self._version:
            raise msgspec.ValidationError(f"version {found}")  # a newer program's file: keep it, too
        content: Any = msgspec.json.decode(raw).get("content")
        if found < self._version and self._migrate is not None:
            try:
                content = self._migrate(found, content)
            except (KeyError, TypeError, AttributeError) as err:
                raise msgspec.ValidationError(f"version {found} of another shape") from err
        return msgspec.convert(content, self._kind)

    def _keep_aside(self) -> None:
        aside = self._path.with_name(self._path.name + ".bad")
        try:
            self._path.replace(aside)
        except OSError:
            log.exception("can't keep %s aside", self._path)
        else:
            self.set_aside = aside
