"""The way of patrol records, closings of findings, hand-overs and their acknowledgements to a center. Blocking."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from wallclient.api.patrol import PatrolCenter, RecordOutcome, TakenOver
from wallclient.api.patrol_documents import unpack_acknowledgement, unpack_closing, unpack_handover, unpack_record
from wallclient.domain.errors import BadPayload, CenterError, NotFound, NotPermitted, Refused, Stale
from wallclient.domain.patrol import Record
from wallclient.services.postman import Outcome, Receipt
from wallclient.storage.spool import Entry

_Content = TypeVar("_Content")
_OUTCOMES = {
    RecordOutcome.STORED: Outcome.TAKEN,
    RecordOutcome.KNOWN: Outcome.TAKEN,
    RecordOutcome.REFUSED: Outcome.REFUSED,
    RecordOutcome.PICTURE_MISSING: Outcome.PICTURE_MISSING,
}


class PatrolEntry(StrEnum):
    """Kinds of entry in the spool."""

    RECORD = "patrol-record"  # topic: the round's id
    CLOSING = "patrol-closing"  # topic: the finding's key
    HANDOVER = "patrol-handover"  # topic: its key
    ACKNOWLEDGEMENT = "patrol-acknowledgement"  # topic: the hand-over's key


class PatrolRoute:
    """A `services.postman.Route` to a center with patrols. `on_taken_over` is called on the worker thread."""

    def __init__(self, center: PatrolCenter, on_taken_over: Callable[[TakenOver], None]) -> None:
        self._center = center
        self._on_taken_over = on_taken_over

    def deliver(self, entries: Sequence[Entry]) -> Sequence[Receipt]:
        """Hand in entries of one kind."""
        if entries[0].kind == PatrolEntry.RECORD:
            return self._records(entries)
        return [self._single(entry) for entry in entries]

    def upload(self, sha256: str, picture: bytes) -> None:
        """Hand in a picture."""
        self._center.save_patrol_picture(sha256, picture)

    def _records(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Hand in records; those that can't be read any more are refused here."""
        read = {entry.key: _read(entry) for entry in entries}
        good = [record for record in read.values() if record is not None]
        receipts = {key: Receipt(key, Outcome.REFUSED, "unreadable") for key, record in read.items() if record is None}
        if good:
            answer = self._center.add_patrol_records(good)
            for taken in answer.taken_over:
                self._on_taken_over(taken)
            for result in answer.results:
                receipts[result.key] = Receipt(result.key, _OUTCOMES[result.outcome], result.reason)
        return [receipts[entry.key] for entry in entries]

    def _single(self, entry: Entry) -> Receipt:
        try:
            self._hand_in(entry)
        except (Refused, NotPermitted, NotFound, Stale) as err:
            reason = _reason(err)
            if not reason:
                raise
            return Receipt(entry.key, Outcome.REFUSED, reason)
        return Receipt(entry.key, Outcome.TAKEN)

    def _hand_in(self, entry: Entry) -> None:
        if entry.kind == PatrolEntry.CLOSING:
            self._center.close_finding(entry.topic, _unpacked(unpack_closing, entry))
        elif entry.kind == PatrolEntry.HANDOVER:
            self._center.hand_over(_unpacked(unpack_handover, entry))
        elif entry.kind == PatrolEntry.ACKNOWLEDGEMENT:
            self._center.acknowledge_handover(entry.topic, _unpacked(unpack_acknowledgement, entry))
        else:
            raise Refused(f"an entry of kind {entry.kind[:40]!r}", 0, "unknown-kind")


def _unpacked(unpack: Callable[[bytes], _Content], entry: Entry) -> _Content:
    """Return the content of an entry. Raises Refused for one that can't be read any more."""
    try:
        return unpack(entry.body)
    except BadPayload:
        raise Refused("an entry that can't be read any more", 0, "unreadable") from None


def _read(entry: Entry) -> Record | None:
    try:
        return unpack_record(entry.body)
    except BadPayload:
        return None


def _reason(err: CenterError) -> str:
    """Return why for good, as a word; empty where sending it again may help."""
    if isinstance(err, Refused):
        return err.slug
    if isinstance(err, NotPermitted):
        return err.reason or err.right
    return "closed-otherwise" if isinstance(err, Stale) else "not-found"
