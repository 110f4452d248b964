"""Checks an evidence package, byte by byte, with nothing but the package and the signer's public key.

The signed statement vouches for the manifest, the manifest for the files, and both together for the container's layout,
which is computed anew and compared: there is no byte that nothing vouches for.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from wallclient.evidence.content import CHUNK_BYTES, FIELDS, FORMAT, VERSION, canonical
from wallclient.evidence.layout import LONGEST_NAME, Member, directory, header_size, local_header, size_in
from wallclient.evidence.package import (
    HEAD,
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    STATEMENT,
    STATEMENT_FORMAT,
    field_hashes,
)
from wallclient.evidence.signing import BadKey, fingerprint, holds, read_public

_LARGEST_HEAD = 256 * 1024 * 1024  # of a manifest; 250 TB of footage have one
_SHA256_LENGTH = 64


class FaultKind(StrEnum):
    """What does not hold."""

    CONTAINER = "container"  # the ZIP around the files
    FIELD = "field"  # of the manifest or the statement
    SIGNATURE = "signature"
    KEY = "key"  # the package is signed by somebody else
    ALGORITHM = "algorithm"  # one this program does not know
    DATA = "data"  # of a file
    CUT = "cut"  # it ends too soon
    EXTRA = "extra"  # something is behind its end


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that does not hold: [first, stop) are bytes, of the member for DATA, of the package otherwise."""

    kind: FaultKind
    member: str = ""
    first: int = -1
    stop: int = -1
    field: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to. `manifest` is None where it can't be believed."""

    fault: Fault | None
    signer: str = ""  # fingerprint of the key the package was checked with
    is_signer_given: bool = False  # by who checks; else the package brought the key itself
    manifest: dict[str, Any] | None = None


class _Found(Exception):  # noqa: N818 - carries the fault to the top
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def verify(
    path: Path, public_key: bytes | None = None, report: Callable[[int, int], None] = lambda _done, _all: None
) -> Verdict:
    """Check a package. `public_key` is PEM. Raises OSError where it can't be read, BadKey for the key given."""
    given = read_public(public_key)[1] if public_key is not None else None
    signer = fingerprint(given) if given else ""
    with path.open("rb") as file:
        package = _Package(file, report)
        try:
            head = {name: package.head_member(name) for name in HEAD}
            key, signer = _check_signature(head, given)
            manifest = _check_manifest(head[MANIFEST], head[STATEMENT])
            members = package.check_head()
            members += [package.file_member(entry) for entry in manifest["files"]]
            package.rest(directory(members))
        except _Found as found:
            return Verdict(found.fault, signer, given is not None)
    return Verdict(None, fingerprint(key), given is not None, manifest)


class _Package:
    """Reads a package from its first byte to its last."""

    def __init__(self, file: BinaryIO, report: Callable[[int, int], None]) -> None:
        self._file, self._report = file, report
        self._size = file.seek(0, 2)
        self._at = file.seek(0)
        self._heads: list[tuple[int, bytes, Member]] = []

    def head_member(self, name: str) -> bytes:
        """Return one of the first members; its header has to be the one it must have."""
        first = self._at
        header = self._take(header_size(name), name)
        size = size_in(header)
        if local_header(Member(name, size, 0))[:14] != header[:14]:  # it may have any check sum so far
            raise _Found(Fault(FaultKind.CONTAINER, name, first, self._at))
        if size > min(_LARGEST_HEAD, self._size - self._at):
            raise _Found(Fault(FaultKind.CONTAINER, name, first, self._at))
        data = self._take(size, name)
        self._heads.append((first, header, Member(name, size, zlib.crc32(data))))
        return data

    def check_head(self) -> list[Member]:
        """Check the headers in full, once the signature has told whether it is the members that do not hold."""
        for first, header, member in self._heads:
            self._compare_header(first, header, member, upto=len(header))
        return [member for _, _, member in self._heads]

    def file_member(self, entry: dict[str, Any]) -> Member:
        """Check one of the files against its entry in the manifest."""
        name, size = entry["name"], entry["size"]
        first = self._at
        header = self._take(header_size(name), name)
        whole, crc = hashlib.sha256(), 0
        for number, (offset, length) in enumerate(_chunks(size)):
            chunk = self._take(length, name)
            if hashlib.sha256(chunk).hexdigest() != entry["chunks"][number]:
                # A header of another length moves everything: then it is the header that does not hold.
                self._compare_header(first, header, Member(name, size, 0), upto=14)
                raise _Found(Fault(FaultKind.DATA, name, offset, offset + length))
            whole.update(chunk)
            crc = zlib.crc32(chunk, crc)
        if whole.hexdigest() != entry["sha256"]:
            raise _Found(Fault(FaultKind.FIELD, MANIFEST, field=f"files/{name}/sha256"))
        member = Member(name, size, crc)
        self._compare_header(first, header, member, upto=len(header))
        return member

    def rest(self, expected: bytes) -> None:
        """Check everything behind the last file."""
        first = self._at
        found = self._take(min(len(expected), self._size - self._at), "")
        wrong = next((i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b), None)
        if wrong is not None:
            raise _Found(Fault(FaultKind.CONTAINER, "", first + wrong, first + wrong + 1))
        if len(found) < len(expected):
            raise _Found(Fault(FaultKind.CUT, "", self._size, self._size))
        if self._size > self._at:
            raise _Found(Fault(FaultKind.EXTRA, "", self._at, self._size))

    def _compare_header(self, first: int, header: bytes, member: Member, upto: int) -> None:
        if local_header(member)[:upto] != header[:upto]:
            raise _Found(Fault(FaultKind.CONTAINER, member.name, first, first + len(header)))

    def _take(self, size: int, name: str) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise _Found(Fault(FaultKind.CUT, name, self._at + len(data), self._at + len(data)))
        self._at += size
        self._report(self._at, self._size)
        return data


def _chunks(size: int) -> Iterator[tuple[int, int]]:
    """Yield offset and length of the pieces a file is hashed in."""
    return ((at, min(CHUNK_BYTES, size - at)) for at in range(0, size, CHUNK_BYTES))


def _check_signature(head: dict[str, bytes], given: bytes | None) -> tuple[bytes, str]:
    """Return the key that signed the statement, and its fingerprint."""
    try:
        _, brought = read_public(head[PUBLIC_KEY])
    except BadKey:
        raise _Found(Fault(FaultKind.KEY, PUBLIC_KEY)) from None
    if brought != head[PUBLIC_KEY] or (given is not None and brought != given):
        raise _Found(Fault(FaultKind.KEY, PUBLIC_KEY))
    if not holds(brought, head[SIGNATURE], head[STATEMENT]):
        raise _Found(Fault(FaultKind.SIGNATURE, STATEMENT))
    statement = _read(head[STATEMENT], STATEMENT)
    wanted = {"format", "algorithm", "signer", "manifest_sha256", "fields_sha256"}
    if set(statement) != wanted or statement["format"] != STATEMENT_FORMAT:
        raise _Found(Fault(FaultKind.FIELD, STATEMENT, field="format"))
    if statement["algorithm"] != read_public(brought)[0]:
        raise _Found(Fault(FaultKind.ALGORITHM, STATEMENT, field="algorithm"))
    if statement["signer"] != fingerprint(brought):
        raise _Found(Fault(FaultKind.FIELD, STATEMENT, field="signer"))
    return brought, fingerprint(brought)


def _check_manifest(data: bytes, signed: bytes) -> dict[str, Any]:
    """Return the manifest, which the statement vouches for."""
    statement = _read(signed, STATEMENT)
    if hashlib.sha256(data).hexdigest() != statement["manifest_sha256"]:
        raise _Found(Fault(FaultKind.FIELD, MANIFEST, field=_changed_field(data, statement["fields_sha256"])))
    manifest = _read(data, MANIFEST)
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        raise _Found(Fault(FaultKind.FIELD, MANIFEST, field="version"))
    if set(manifest) != set(FIELDS) or manifest["chunk_bytes"] != CHUNK_BYTES:
        raise _Found(Fault(FaultKind.FIELD, MANIFEST, field="chunk_bytes"))
    if not isinstance(manifest["files"], list) or not all(map(_is_entry, manifest["files"])):
        raise _Found(Fault(FaultKind.FIELD, MANIFEST, field="files"))
    return manifest


def _changed_field(data: bytes, hashes: object) -> str:
    """Return which field of a manifest is not the one that was signed; "" where that can't be told."""
    try:
        document = json.loads(data)
        found = field_hashes(document)
    except (ValueError, AttributeError, RecursionError):
        return ""
    signed = hashes if isinstance(hashes, dict) else {}
    names = sorted({*found, *signed})
    return next((name for name in names if found.get(name) != signed.get(name)), "")


def _read(data: bytes, member: str) -> dict[str, Any]:
    """Return a document in its canonical form."""
    try:
        document = json.loads(data)
        is_canonical = isinstance(document, dict) and canonical(document) == data
    except (ValueError, RecursionError):
        is_canonical = False
    if not is_canonical:
        raise _Found(Fault(FaultKind.FIELD, member))
    result: dict[str, Any] = document
    return result


def _is_entry(entry: object) -> bool:
    """Tell whether a file's entry is of the right shape: it was signed, yet its signer may have erred."""
    if not isinstance(entry, dict):
        return False
    name, size, chunks = entry.get("name"), entry.get("size"), entry.get("chunks")
    return (
        isinstance(name, str)
        and 0 < len(name.encode("utf-8", "replace")) <= LONGEST_NAME
        and isinstance(size, int)
        and size >= 0
        and isinstance(chunks, list)
        and len(chunks) == len(list(_chunks(size)) if size < 1 << 50 else [])
        and all(isinstance(chunk, str) and len(chunk) == _SHA256_LENGTH for chunk in chunks)
    )
