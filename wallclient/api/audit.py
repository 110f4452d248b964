"""What the program needs of a center that keeps the record of what was done with recordings.

A center with `Capabilities.recordings` is one if it has this protocol. Methods block, come from several threads, and
raise the errors of `wallclient.domain.errors`.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from wallclient.api.patrol import RecordResult
from wallclient.domain.audit import AuditRecord


@runtime_checkable
class AuditCenter(Protocol):
    """The audit trail of one center."""

    def add_audit_records(self, records: Sequence[AuditRecord]) -> tuple[RecordResult, ...]:
        """Hand in up to 200 records and return what became of each, in their order.

        A record that came before is `RecordOutcome.KNOWN`: one that got no answer is sent again. Raises Refused where
        the call as a whole is wrong.
        """
        ...
