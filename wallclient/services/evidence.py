"""Makes evidence packages of finished exports, signed with the operator's key, which lies in the keyring.

Lives on the Qt loop; packing happens on a worker thread.
"""

import asyncio
import base64
import binascii
import platform
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from wallclient.domain.audit import AuditKind
from wallclient.domain.errors import KeyringFailed
from wallclient.domain.export import ExportCamera, ExportedFile, ExportJob
from wallclient.domain.file_names import file_name
from wallclient.domain.patrol import Person, new_key
from wallclient.domain.secret import SecretKind
from wallclient.evidence.content import Camera, Content, Custody, Item, ItemKind
from wallclient.evidence.package import Made as Made
from wallclient.evidence.package import write_package
from wallclient.evidence.signing import BadKey, Ed25519Signer, fingerprint
from wallclient.services.audit import AuditBook
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.final_files import settle
from wallclient.storage.json_file import write_atomic

STATION = "evidence"  # in the place of a center's key: the key is this workstation's and the operator's


class PackageStopped(Exception):  # noqa: N818 - reads as what happened
    """The operator stopped it."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the operator says a package is for."""

    number: str
    title: str
    reason: str
    note: str = ""


class EvidenceDesk:
    """Owns the signing key's way from the keyring, and the packages under way."""

    def __init__(self, keeper: SecretKeeper, program: str, audit: AuditBook | None = None) -> None:
        """`program` is this program's version."""
        self._keeper = keeper
        self._program = program
        self._audit = audit
        self._making = asyncio.Lock()  # of a key: two at once would make two

    async def signer(self, user: str) -> Ed25519Signer:
        """Return an operator's signer on this workstation; made the first time.

        Raises KeyringRefused, KeyringLocked, KeyringFailed: there is no unsigned package instead.
        """
        async with self._making:
            kept = await self._keeper.read(SecretKind.SIGNING_KEY, STATION, user)
            if kept is None:
                made = base64.b64encode(Ed25519Signer.new_secret()).decode("ascii")
                await self._keeper.write(SecretKind.SIGNING_KEY, STATION, user, made)
                kept = await self._keeper.read(SecretKind.SIGNING_KEY, STATION, user)  # what will be there next time
            try:
                return Ed25519Signer(base64.b64decode(kept or "", validate=True))
            except (BadKey, binascii.Error, ValueError):
                raise KeyringFailed("what the keyring holds is no key") from None

    async def fingerprint(self, user: str) -> str:
        """Return what people compare of an operator's public key. Raises KeyringFailed."""
        return fingerprint((await self.signer(user)).public_pem)

    async def save_public_key(self, user: str, path: Path) -> str:
        """Write the public key for those who verify; return its fingerprint. Raises KeyringFailed, StorageFailed."""
        signer = await self.signer(user)
        await asyncio.to_thread(write_atomic, path, signer.public_pem)
        return fingerprint(signer.public_pem)

    async def make(
        self,
        jobs: Sequence[ExportJob],
        case: Case,
        by: Person,
        folder: Path,
        report: Callable[[int, int], None] = lambda _done, _all: None,
        stop: threading.Event | None = None,
    ) -> Made:
        """Pack the files of exports; `report` is called on the worker thread with bytes done and of how many.

        Raises KeyringFailed, FootageChanged, DiskFull, StorageFailed, PackageStopped; nothing is left then.
        """
        signer = await self.signer(by.user)
        content = content_of(jobs, case, by, self._program)

        def check() -> None:
            if stop is not None and stop.is_set():
                raise PackageStopped

        made = await asyncio.to_thread(_write, content, signer, folder, report, check)
        if self._audit is not None:
            for job in jobs:
                channels = [camera.channel_id for camera in job.cameras]
                span, text = (job.start_ms, job.end_ms), f"{case.number} {case.title} {made.path.name}"
                self._audit.note(
                    AuditKind.PACKAGE_MADE, channels, *span, reason=case.reason, text=text, ref=made.sha256, by=by
                )
        return made


def content_of(jobs: Sequence[ExportJob], case: Case, by: Person, program: str) -> Content:
    """Return what goes into a package of these exports' files."""
    now = datetime.now(UTC)
    cameras: list[Camera] = []
    items: list[Item] = []
    custody: list[Custody] = []
    for job in jobs:
        for camera in job.cameras:
            files = [file for file in job.files if file.channel_id == camera.channel_id]
            offset = files[0].clock_offset_ms if files else 0
            cameras.append(_camera(job, camera, offset))
            for file in files:
                items.append(_item(file, len(cameras) - 1, {item.name for item in items}))
                custody.append(Custody(job.made_utc, job.by, "exported", f"{items[-1].name} from {camera.center}"))
    custody.append(Custody(now, by, "packed", f"on {platform.node()}"))
    zone = jobs[0].zone if jobs else "UTC"
    return Content(
        new_key(), case.number, case.title, case.reason, by, platform.node(), zone, program, now, cameras, items,
        custody, case.note,
    )  # fmt: skip


def _camera(job: ExportJob, camera: ExportCamera, offset_ms: int) -> Camera:
    return Camera(camera.channel_id, camera.name, camera.code, camera.center, job.start_ms, job.end_ms, offset_ms)


def _item(file: ExportedFile, camera: int, taken: set[str]) -> Item:
    kind = ItemKind.BURNED_IN if file.is_burned else ItemKind.ORIGINAL
    folder = "burned-in" if file.is_burned else "originals"
    path = Path(file.path)
    name, number = f"{folder}/{path.name}", 1
    while name in taken:  # two exports into two folders
        number += 1
        name = f"{folder}/{path.stem} ({number}){path.suffix}"
    originals = [
        {"start_ms": one.start_ms, "end_ms": one.end_ms, "size": one.size, "sha256": one.sha256}
        for one in file.originals
    ]
    details = {
        "codec": file.codec,
        "width": file.width,
        "height": file.height,
        "pictures": file.pictures,
        "clock_offset_ms": file.clock_offset_ms,
        "center_files": originals,
    }
    return Item(path, name, kind, camera, file.start_ms, file.end_ms, file.sha256, details)


def _write(
    content: Content,
    signer: Ed25519Signer,
    folder: Path,
    report: Callable[[int, int], None],
    check: Callable[[], None],
) -> Made:
    part = folder / f".{content.package}.part"
    made = write_package(part, content, signer, report, check)
    stem = file_name(f"{content.case_number} {content.case_title}", "evidence")
    try:
        return replace(made, path=settle(part, folder, f"{stem}_{content.made_utc:%Y%m%d-%H%M%S}Z", ".zip"))
    finally:
        part.unlink(missing_ok=True)
