"""Audit records as they lie on this machine until the center has them."""

import msgspec

from wallclient.api import recording_models as docs
from wallclient.api.native_audit import write_audit_record
from wallclient.api.patrol_documents import read_person
from wallclient.api.shapes import read
from wallclient.domain.audit import AuditKind, AuditRecord
from wallclient.domain.errors import BadPayload


def pack_audit(record: AuditRecord) -> bytes:
    """Return a record as it is kept until it is delivered."""
    return msgspec.json.encode(write_audit_record(record))


def unpack_audit(raw: bytes) -> AuditRecord:
    """Return a record that was kept. Raises BadPayload."""
    try:
        found = read(raw, docs.AuditRecordDocument)
        kind = AuditKind(found.kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as err:
        raise BadPayload("an audit record that can't be read any more") from err
    by, channels = read_person(found.by), tuple(found.channel_ids)
    span = found.start_ms, found.end_ms
    return AuditRecord(found.key, kind, found.at_utc, by, channels, *span, found.reason, found.text, found.ref)
