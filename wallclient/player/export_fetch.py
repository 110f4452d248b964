"""Fetches the original files of an export into its folder, each byte once, also over a crash.

A journal beside them says what is whole, with its hash, and by which mark (ETag) a part may be gone on with. After the
machine itself was started anew nothing that was not whole is believed: a power cut may leave holes.
"""

import base64
import contextlib
import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Protocol

import msgspec

from wallclient.player.export_messages import SourceOrder, SourceUsed

TIMEOUT_S = 20.0
_CHUNK_BYTES = 1024 * 1024
_JOURNAL = "journal.json"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_GONE = {404, 410}
_REFUSED = {401, 403}
_NOT_SATISFIABLE = 416
_PARTIAL = 206


@dataclass(slots=True)
class Fetched:
    """A file at hand."""

    source: SourceOrder
    path: Path
    used: SourceUsed


class SourceGone(Exception):  # noqa: N818 - reads as what happened
    """The store has no such file."""


class SourceRefused(Exception):  # noqa: N818
    """The address does not hold any more."""


class LineBroken(Exception):  # noqa: N818
    """The store is away, or the line broke."""


class _Known(msgspec.Struct):
    etag: str = ""
    total: int = -1
    sha256: str = ""  # once it is whole


class _Journal(msgspec.Struct):
    boot: str = ""
    files: dict[str, _Known] = {}


class Fetcher:
    """Fetches into one folder. Blocking; one thread."""

    def __init__(self, folder: Path, ca_file: str, received: Callable[[int, float], None]) -> None:
        """`received` is told of bytes as they come, and which part of the file is there. Raises OSError."""
        self._folder = folder
        self._received = received
        self._opener = _opener(ca_file)
        folder.mkdir(parents=True, exist_ok=True)
        self._journal = self._read_journal()

    def fetch(self, source: SourceOrder) -> tuple[Path, SourceUsed]:
        """Return the file of a source, whole. Raises SourceGone, SourceRefused, LineBroken, OSError (the disk)."""
        path = self._folder / source.name
        known = self._journal.files.get(source.name)
        if known is None or not known.sha256 or not path.exists():
            known = self._load(source, path, known or _Known())
        size = path.stat().st_size
        return path, SourceUsed(source.start_ms, source.end_ms, size, known.sha256)

    def has(self, source: SourceOrder) -> bool:
        """Tell whether a source is there already."""
        known = self._journal.files.get(source.name)
        return known is not None and bool(known.sha256)

    # --- inside ---

    def _load(self, source: SourceOrder, path: Path, known: _Known) -> _Known:
        present = path.stat().st_size if path.exists() else 0
        resumes = present > 0 and bool(known.etag)
        request = _request(source, present if resumes else 0, known.etag)
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as reply:
                offset = present if resumes and _continues(reply, present) else 0
                known = _Known(_strong(reply.headers.get("ETag", "")), _total(reply, offset))
                self._note(source.name, known)
                digest = self._write(path, reply, offset, known.total)
        except urllib.error.HTTPError as err:
            if err.code == _NOT_SATISFIABLE and resumes:
                path.unlink()
                return self._load(source, path, _Known())
            raise _refusal(err.code) from None
        except (urllib.error.URLError, http.client.HTTPException, ssl.SSLError, TimeoutError, ConnectionError) as err:
            raise LineBroken(type(err).__name__) from None
        if known.total >= 0 and path.stat().st_size != known.total:
            raise LineBroken("cut off")
        known.sha256 = digest
        self._note(source.name, known)
        return known

    def _write(self, path: Path, reply: "_Reply", offset: int, total: int) -> str:
        """Write what comes behind what is there; return the hash of the whole, made on the way."""
        digest = hashlib.sha256()
        with path.open("r+b" if offset else "wb", buffering=0) as file:
            if offset:
                _feed(digest, path, offset)
            file.seek(offset)
            while chunk := reply.read1(_CHUNK_BYTES):  # what has come: a kill loses nothing
                digest.update(chunk)
                view = memoryview(chunk)
                while view:
                    view = view[file.write(view) :]
                offset += len(chunk)
                self._received(len(chunk), offset / total if total > 0 else 0.0)
        return digest.hexdigest()

    def _note(self, name: str, known: _Known) -> None:
        self._journal.files[name] = known
        part = self._folder / (_JOURNAL + ".new")
        part.write_bytes(msgspec.json.encode(self._journal))
        part.replace(self._folder / _JOURNAL)

    def _read_journal(self) -> _Journal:
        boot = _boot()
        try:
            found = msgspec.json.decode((self._folder / _JOURNAL).read_bytes(), type=_Journal)
        except (FileNotFoundError, msgspec.DecodeError):
            return _Journal(boot)
        if found.boot != boot:
            whole = {name: known for name, known in found.files.items() if self._is_whole(name, known)}
            for name in found.files.keys() - whole.keys():
                (self._folder / name).unlink(missing_ok=True)
            return _Journal(boot, whole)
        return found

    def _is_whole(self, name: str, known: _Known) -> bool:
        with contextlib.suppress(OSError):
            return bool(known.sha256) and _sha256_of(self._folder / name) == known.sha256
        return False


class _Https(urllib.request.AbstractHTTPHandler):
    """Opens https; the authorities are read when that is asked for, as it takes as long as a start of the process."""

    https_request = urllib.request.AbstractHTTPHandler.do_request_

    def __init__(self, ca_file: str) -> None:
        super().__init__()
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        if self._context is None:
            self._context = ssl.create_default_context(cafile=self._ca_file or None)
        return self.do_open(http.client.HTTPSConnection, request, context=self._context)


def _opener(ca_file: str) -> urllib.request.OpenerDirector:
    """Return what opens http and https and nothing else: neither files nor what a proxy variable says."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        _Https(ca_file),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _request(source: SourceOrder, offset: int, etag: str) -> urllib.request.Request:
    request = urllib.request.Request(source.url)  # its scheme was checked when the address was read
    if source.user:
        told = base64.b64encode(f"{source.user}:{source.password}".encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {told}")
    if offset:
        request.add_header("Range", f"bytes={offset}-")
        request.add_header("If-Range", etag)  # RFC 9110, 13.1.5: all of it, should it be another file by now
    return request


class _Reply(Protocol):
    status: int
    headers: Message

    def read1(self, n: int) -> bytes: ...


def _continues(reply: _Reply, offset: int) -> bool:
    """Tell whether an answer is the rest that was asked for."""
    return reply.status == _PARTIAL and reply.headers.get("Content-Range", "").startswith(f"bytes {offset}-")


def _total(reply: _Reply, offset: int) -> int:
    """Return how long the whole file is; -1 where that is not told."""
    length = reply.headers.get("Content-Length", "")
    return offset + int(length) if length.isdecimal() else -1


def _strong(etag: str) -> str:
    return etag if etag.startswith('"') else ""  # a weak one promises no equal bytes


def _refusal(status: int) -> Exception:
    if status in _GONE:
        return SourceGone(str(status))
    return SourceRefused(str(status)) if status in _REFUSED else LineBroken(str(status))


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _feed(digest: "hashlib._Hash", path: Path, size: int) -> None:
    """Hash the first bytes of a file."""
    with path.open("rb") as file:
        while size and (chunk := file.read(min(size, _CHUNK_BYTES))):
            digest.update(chunk)
            size -= len(chunk)


def _boot() -> str:
    """Return what is another one each time the machine starts."""
    with contextlib.suppress(OSError):
        return _BOOT_ID.read_text().strip()
    import psutil  # Linux tells without

    return str(round(psutil.boot_time(), -1))
