"""Writes an evidence package: everything read once to be hashed and once to be packed, and the same both times.

Members in their order: manifest, statement (who signs what), signature, public key, read-me, files. What is signed is
the statement, which holds the manifest's hash and that of each of its fields, so that a check can name the field.
"""

import errno
import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from wallclient.domain.errors import DiskFull, FootageChanged, StorageFailed
from wallclient.evidence import read_me
from wallclient.evidence.content import CHUNK_BYTES, Content, Digest, Item, canonical, manifest
from wallclient.evidence.layout import LONGEST_NAME, Member, directory, local_header
from wallclient.evidence.signing import Signer, fingerprint

MANIFEST, STATEMENT, SIGNATURE, PUBLIC_KEY = "manifest.json", "statement.json", "statement.sig", "public-key.pem"
HEAD = (MANIFEST, STATEMENT, SIGNATURE, PUBLIC_KEY)
READ_ME = ("README.html", "README.txt")
STATEMENT_FORMAT = "wallclient-evidence-statement"
_NAME = re.compile(r"[^/\\\0:]+(/[^/\\\0:]+)*")
Report = Callable[[int, int], None]  # bytes done, of how many
Check = Callable[[], None]  # raises to stop


@dataclass(frozen=True, slots=True)
class Made:
    """A package on disk."""

    path: Path
    size: int
    sha256: str
    fingerprint: str


def write_package(
    path: Path, content: Content, signer: Signer, report: Report = lambda _done, _all: None, check: Check = lambda: None
) -> Made:
    """Write a package to `path`, which must not be its final name: it is on disk when this returns, and not before.

    Raises FootageChanged for a file that is not what was exported, DiskFull, StorageFailed; leaves nothing then.
    """
    try:
        return _write(path, content, signer, report, check)
    except OSError as err:
        path.unlink(missing_ok=True)
        kind = DiskFull if err.errno in (errno.ENOSPC, errno.EDQUOT) else StorageFailed
        raise kind(f"package {path.name}: {err.strerror}") from err
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(path: Path, content: Content, signer: Signer, report: Report, check: Check) -> Made:
    _check_names(content)
    texts = {name: read_me.write(name, content, fingerprint(signer.public_pem)) for name in READ_ME}
    progress = _Progress(2 * sum(item.path.stat().st_size for item in content.items), report, check)
    digests = {name: _digest_of(_pieces(text)) for name, text in texts.items()}
    for item in content.items:
        digest = _digest_of(_chunks(item.path, progress))
        if item.sha256 and digest.sha256 != item.sha256:
            raise FootageChanged(item.name)
        digests[item.name] = digest
    head = _head(manifest(content, digests), signer)
    items = {item.name: item for item in content.items}
    whole = hashlib.sha256()
    with path.open("xb") as file:
        members = []
        for name, data in {**head, **texts}.items():
            members.append(Member(name, len(data), zlib.crc32(data)))
            _put(file, whole, local_header(members[-1]) + data)
        for name, item in items.items():
            digest = digests[name]
            members.append(Member(name, digest.size, digest.crc32))
            _put(file, whole, local_header(members[-1]))
            _copy(item, digest, file, whole, progress)
        _put(file, whole, directory(members))
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    return Made(path, size, whole.hexdigest(), fingerprint(signer.public_pem))


def _check_names(content: Content) -> None:
    names = [item.name for item in content.items]
    taken = {*HEAD, *READ_ME}
    for name in names:
        if not _NAME.fullmatch(name) or {".", ".."} & set(name.split("/")) or len(name.encode()) > LONGEST_NAME:
            raise ValueError(f"a name no package can have: {name!r}")
        if name.casefold() in {other.casefold() for other in taken}:
            raise ValueError(f"two files of the name {name!r}")
        taken.add(name)


def _head(document: Mapping[str, Any], signer: Signer) -> dict[str, bytes]:
    """Return the members that vouch for all others."""
    manifest_bytes = canonical(document)
    statement = canonical(
        {
            "format": STATEMENT_FORMAT,
            "algorithm": signer.algorithm,
            "signer": fingerprint(signer.public_pem),
            "manifest_sha256": hashlib.sha256(manifest_bytes).hexdigest(),
            "fields_sha256": field_hashes(document),
        }
    )
    return {
        MANIFEST: manifest_bytes,
        STATEMENT: statement,
        SIGNATURE: signer.sign(statement),
        PUBLIC_KEY: signer.public_pem,
    }


def field_hashes(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of each field of a manifest, in its canonical form."""
    return {name: hashlib.sha256(canonical(value)).hexdigest() for name, value in document.items()}


class _Progress:
    def __init__(self, total: int, report: Report, check: Check) -> None:
        self._total, self._report, self._check = total, report, check
        self._done = 0

    def step(self, size: int) -> None:
        self._check()
        self._done += size
        self._report(self._done, self._total)


def _chunks(path: Path, progress: _Progress) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
            progress.step(len(chunk))


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + CHUNK_BYTES] for at in range(0, len(data), CHUNK_BYTES))


def _digest_of(chunks: Iterator[bytes]) -> Digest:
    whole, size, crc, hashes = hashlib.sha256(), 0, 0, []
    for chunk in chunks:
        whole.update(chunk)
        hashes.append(hashlib.sha256(chunk).hexdigest())
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    return Digest(size, whole.hexdigest(), tuple(hashes), crc)


def _copy(item: Item, digest: Digest, file: BinaryIO, whole: Any, progress: _Progress) -> None:
    """Pack a file. Raises FootageChanged if it is another one than a moment ago."""
    seen = hashlib.sha256()
    for chunk in _chunks(item.path, progress):
        seen.update(chunk)
        _put(file, whole, chunk)
    if seen.hexdigest() != digest.sha256:
        raise FootageChanged(item.name)


def _put(file: BinaryIO, whole: Any, data: bytes) -> None:
    whole.update(data)
    file.write(data)
