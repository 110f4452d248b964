"""What the program needs of a center's patrols; a center that has them says so in `Capabilities.patrol`.

Methods block, come from several threads at once, and raise the errors of `wallclient.domain.errors` as those of
`wallclient.api.center` do; besides Stale where somebody else was faster, and NotPermitted where the operator has no
part in patrols, or may not change plans (`Capabilities.patrol_plans`). Everything that hands something in may be
repeated when no answer came: the center keeps it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from wallclient.domain.patrol import (
    Acknowledgement,
    Closing,
    Finding,
    Handover,
    Person,
    Plan,
    Record,
    Round,
    RoundLine,
)

MOST_RECORDS = 200  # in one call of `add_patrol_records`


class RecordOutcome(StrEnum):
    """What became of a record that was handed in; the values are those of Center API v1."""

    STORED = "stored"
    KNOWN = "known"  # it came before
    REFUSED = "refused"  # for good
    PICTURE_MISSING = "picture-missing"  # upload it, then hand the record in again


@dataclass(frozen=True, slots=True)
class RecordResult:
    """The center's answer for one record."""

    key: str
    outcome: RecordOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Somebody else goes on with a round since."""

    round_id: str
    by: Person
    at_utc: datetime


@dataclass(frozen=True, slots=True)
class RecordsAnswer:
    """Answer to records: one result for each, and which of their rounds are somebody else's by now."""

    results: tuple[RecordResult, ...]
    taken_over: tuple[TakenOver, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundPage:
    """Rounds, the latest first; `next_cursor` is None on the last page."""

    rounds: tuple[RoundLine, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class FindingPage:
    """Findings, the latest first; `next_cursor` is None on the last page."""

    findings: tuple[Finding, ...]
    next_cursor: str | None = None


@runtime_checkable
class PatrolCenter(Protocol):
    """Plans, rounds, findings and hand-overs of one center; ids of channels in them are the center's own."""

    def patrol_plans(self) -> tuple[Plan, ...]:
        """Return all plans that this program can read, by name."""
        ...

    def save_patrol_plan(self, plan: Plan) -> Plan:
        """Save a plan that was changed at its `revision` (0: new) and return it with the new one. Raises Stale."""
        ...

    def delete_patrol_plan(self, plan_id: str, revision: int) -> None:
        """Delete a plan. One that is gone already is no error. Raises Stale."""
        ...

    def add_patrol_records(self, records: Sequence[Record]) -> RecordsAnswer:
        """Hand in at most MOST_RECORDS records, in their order. Raises Refused where the call as a whole is wrong."""
        ...

    def save_patrol_picture(self, sha256: str, picture: bytes) -> None:
        """Upload a JPEG or PNG before the record that names it. Raises Refused for what is no such picture."""
        ...

    def patrol_picture(self, sha256: str) -> bytes:
        """Return a finding's picture."""
        ...

    def patrol_rounds(
        self,
        from_utc: datetime | None = None,
        to_utc: datetime | None = None,
        plan_id: str | None = None,
        cursor: str | None = None,
        limit: int = 200,
    ) -> RoundPage:
        """Return a page of the rounds begun in [from, to)."""
        ...

    def patrol_round(self, round_id: str) -> Round:
        """Return a round with its plan as it was then, and its records."""
        ...

    def findings(self, is_open: bool | None = None, cursor: str | None = None, limit: int = 200) -> FindingPage:
        """Return a page of findings: open ones, closed ones, or all."""
        ...

    def close_finding(self, key: str, closing: Closing) -> Finding:
        """Close a finding. Raises Stale if somebody has closed it otherwise."""
        ...

    def hand_over(self, handover: Handover) -> Handover:
        """Hand a shift over; return it as it is kept."""
        ...

    def latest_handover(self) -> Handover | None:
        """Return the latest hand-over at the operator's post."""
        ...

    def acknowledge_handover(self, key: str, acknowledgement: Acknowledgement) -> Handover:
        """Take a shift over; return the hand-over as it is kept, with the first acknowledgement."""
        ...
