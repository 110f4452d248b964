"""Tells each center what was done with its recordings: kept on disk first, then delivered, exactly once.

Lives on the GUI thread; disk and network are used on worker threads.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from wallclient.api.audit import AuditCenter
from wallclient.api.audit_documents import pack_audit, unpack_audit
from wallclient.api.patrol import RecordOutcome
from wallclient.api.recordings import RecordingCenter
from wallclient.domain.audit import MOST_CHANNELS, AuditKind, AuditRecord
from wallclient.domain.errors import BadPayload, NotAble, Refused
from wallclient.domain.global_id import split_id
from wallclient.domain.patrol import Person, new_key
from wallclient.services.center_access import CenterAccess
from wallclient.services.centers import Centers
from wallclient.services.outbox import Ask, Outbox
from wallclient.services.postman import Outcome, Receipt, Route, Trip
from wallclient.storage.exports import audit_spool_path
from wallclient.storage.spool import Entry, Spool

ENTRY = "audit"  # kind of entry in the spool
NOBODY = Person("?", "")  # nobody has signed in since the start, and yet there was footage to do something with
_OUTCOMES = {RecordOutcome.STORED: Outcome.TAKEN, RecordOutcome.KNOWN: Outcome.TAKEN}


class AuditBook(QObject):
    """Owns the outbox of audit records of every center."""

    changed = Signal(str)  # center key: how much waits, or why
    noticed = Signal(object)  # Notice

    def __init__(self, centers: Centers, data: Path, parent: QObject | None = None) -> None:
        """`data` is the folder of what is kept. Begins at once to deliver what an earlier run left."""
        super().__init__(parent)
        self._centers = centers
        self._data = data
        self._boxes: dict[str, Outbox] = {}
        self._closing: set[asyncio.Task[None]] = set()
        for access in centers.accesses:
            self._open(access.key)
        centers.added.connect(self._open)
        centers.removed.connect(self._remove)
        centers.changed.connect(self._on_center_changed)

    def note(
        self,
        kind: AuditKind,
        channel_ids: Sequence[str],
        start_ms: int | None = None,
        end_ms: int | None = None,
        *,
        reason: str = "",
        text: str = "",
        ref: str = "",
        by: Person | None = None,
        center: str = "",
    ) -> None:
        """Note that something was done with the footage of channels (global ids). Returns at once.

        `by` is who did it; without it, who is signed in at the center. `center` (a key) is told in any case, also of
        what has no channels.
        """
        at_utc = datetime.now(UTC)
        told = _by_center(channel_ids)
        if center:
            told.setdefault(center, [])
        for key, local_ids in told.items():
            if key not in self._boxes:
                continue  # a center that was removed meanwhile: nobody is left to be told
            who = by or self._person(key)
            for first in range(0, max(1, len(local_ids)), MOST_CHANNELS):
                some = tuple(local_ids[first : first + MOST_CHANNELS])
                record = AuditRecord(new_key(), kind, at_utc, who, some, start_ms, end_ms, reason, text, ref)
                self._boxes[key].put(record.key, ENTRY, record.key, pack_audit(record))

    def outbox(self, key: str) -> Outbox | None:
        """Return the outbox of a center."""
        return self._boxes.get(key)

    async def close(self) -> None:
        """Put on disk what there is, and end; what is not delivered goes on at the next start."""
        await asyncio.gather(*(box.close() for box in self._boxes.values()), *self._closing)
        self._boxes.clear()

    # --- inside ---

    def _open(self, key: str) -> None:
        ask = self._asker(key)
        box = Outbox(Spool(audit_spool_path(self._data, key)), ask, lambda: self._title(key), self)
        box.noticed.connect(self.noticed)
        box.changed.connect(lambda: self.changed.emit(key))
        self._boxes[key] = box
        box.start()

    def _remove(self, key: str) -> None:
        box = self._boxes.pop(key, None)
        if box is not None:
            task = asyncio.get_running_loop().create_task(box.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _on_center_changed(self, key: str) -> None:
        if (box := self._boxes.get(key)) is not None:
            box.wake()

    def _asker(self, key: str) -> Ask:
        async def ask(go: Callable[[Route], Trip]) -> Trip:
            return await self._access(key).ask_recordings(lambda center: go(AuditRoute(center)))

        return ask

    def _access(self, key: str) -> CenterAccess:
        return self._centers.access(key)

    def _title(self, key: str) -> str:
        return next((access.title for access in self._centers.accesses if access.key == key), key)

    def _person(self, key: str) -> Person:
        operator = self._access(key).session.operator
        return Person(operator.user, operator.name, operator.post) if operator else NOBODY


class AuditRoute:
    """A `services.postman.Route` to a center that keeps an audit trail."""

    def __init__(self, center: RecordingCenter) -> None:
        """Raise NotAble where it keeps none."""
        if not isinstance(center, AuditCenter):
            raise NotAble("the center keeps no audit trail")
        self._center = center

    def deliver(self, entries: Sequence[Entry]) -> Sequence[Receipt]:
        """Hand in records; those that can't be read any more are refused here."""
        receipts: dict[str, Receipt] = {}
        good = []
        for entry in entries:
            try:
                good.append(unpack_audit(entry.body))
            except BadPayload:
                receipts[entry.key] = Receipt(entry.key, Outcome.REFUSED, "unreadable")
        for result in self._center.add_audit_records(good) if good else ():
            outcome = _OUTCOMES.get(result.outcome, Outcome.REFUSED)
            receipts[result.key] = Receipt(result.key, outcome, result.reason)
        return [receipts[entry.key] for entry in entries]

    def upload(self, sha256: str, picture: bytes) -> None:
        """Refuse: audit records have no pictures."""
        raise Refused("an audit record with a picture", 0, "no-pictures")


def _by_center(channel_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for gid in channel_ids:
        key, local_id = split_id(gid)
        found.setdefault(key, []).append(local_id)
    return found
