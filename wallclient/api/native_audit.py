"""The audit trail at a center that speaks Center API v1: the part of `NativeCenter` that is an `AuditCenter`."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import TypeVar

from wallclient.api import recording_models as docs
from wallclient.api.patrol import RecordOutcome, RecordResult
from wallclient.api.patrol_documents import write_person
from wallclient.domain.audit import AuditRecord
from wallclient.domain.errors import BadPayload

LONGEST_REASON, LONGEST_TEXT = 500, 4000
_OUTCOMES = {outcome.value: outcome for outcome in RecordOutcome}
_Reply = TypeVar("_Reply")


class NativeAudit:
    """Implements `wallclient.api.audit.AuditCenter`; see there."""

    @abstractmethod
    def _call(
        self,
        method: str,
        path: str,
        shape: type[_Reply],
        *,
        body: object = None,
        query: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
        jpeg: bytes | None = None,
    ) -> _Reply: ...

    def add_audit_records(self, records: Sequence[AuditRecord]) -> tuple[RecordResult, ...]:
        """Hand in records. Raises Refused where the call as a whole is wrong."""
        body = docs.AuditRecordsBody([write_audit_record(record) for record in records])
        reply = self._call("POST", "/audit/records", docs.AuditRecordsReply, body=body)
        if [result.key for result in reply.results] != [record.key for record in records]:
            raise BadPayload("audit: the results are not those of the records")
        return tuple(_result(raw) for raw in reply.results)


def write_audit_record(record: AuditRecord) -> docs.AuditRecordDocument:
    """Write a record; texts longer than the contract allows are cut off, so that the record is not refused."""
    return docs.AuditRecordDocument(
        record.key,
        record.kind,
        record.at_utc.astimezone(UTC),
        write_person(record.by),
        list(record.channel_ids),
        record.start_ms,
        record.end_ms,
        record.reason[:LONGEST_REASON],
        record.text[:LONGEST_TEXT],
        record.ref[:256],
    )


def _result(raw: docs.AuditResultDocument) -> RecordResult:
    outcome = _OUTCOMES.get(raw.outcome)
    if outcome is None:
        raise BadPayload(f"audit: outcome {raw.outcome[:20]!r}")
    return RecordResult(raw.key, outcome, raw.reason)
