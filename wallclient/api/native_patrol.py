"""Patrols at a center that speaks Center API v1: the part of `NativeCenter` that is a `PatrolCenter`."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256 as sha256_of
from typing import TypeVar
from urllib.parse import quote

from wallclient.api import patrol_models as docs
from wallclient.api.patrol import FindingPage, RecordOutcome, RecordResult, RecordsAnswer, RoundPage, TakenOver
from wallclient.api.patrol_documents import (
    read_finding,
    read_handover,
    read_line,
    read_person,
    read_plan,
    read_round,
    write_acknowledgement,
    write_closing,
    write_handover,
    write_plan_body,
    write_record,
)
from wallclient.domain.errors import BadPayload, NotFound, Refused
from wallclient.domain.patrol import (
    Acknowledgement,
    Closing,
    Finding,
    Handover,
    Plan,
    Record,
    Round,
)

_OUTCOMES = {outcome.value: outcome for outcome in RecordOutcome}
_Reply = TypeVar("_Reply")


class NativePatrol:
    """Implements `wallclient.api.patrol.PatrolCenter`; see there."""

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

    @abstractmethod
    def _picture_of(self, path: str, types: Mapping[str, bytes]) -> bytes: ...

    def patrol_plans(self) -> tuple[Plan, ...]:
        """Return all plans that this program can read."""
        plans = []
        for item in self._call("GET", "/patrol/plans", docs.PlansDocument).items:
            with suppress(BadPayload):  # one in a time zone this machine has never heard of must not hide the others
                plans.append(read_plan(item, item.id))
        return tuple(plans)

    def save_patrol_plan(self, plan: Plan) -> Plan:
        """Save a plan and return it with its new revision. Raises Stale, Refused."""
        path = f"/patrol/plans/{quote(plan.id, safe='')}"
        return read_plan(self._call("PUT", path, docs.PlanDocument, body=write_plan_body(plan)), plan.id)

    def delete_patrol_plan(self, plan_id: str, revision: int) -> None:
        """Delete a plan. Raises Stale."""
        path = f"/patrol/plans/{quote(plan_id, safe='')}"
        with suppress(NotFound):
            self._call("DELETE", path, type(None), query={"revision": revision})

    def add_patrol_records(self, records: Sequence[Record]) -> RecordsAnswer:
        """Hand in records. Raises Refused where the call as a whole is wrong."""
        body = docs.RecordsBody([write_record(record) for record in records])
        reply = self._call("POST", "/patrol/records", docs.RecordsReply, body=body)
        if [result.key for result in reply.results] != [record.key for record in records]:
            raise BadPayload("records: the results are not those of the records")
        taken = tuple(TakenOver(raw.round_id, read_person(raw.by), raw.at_utc) for raw in reply.taken_over)
        return RecordsAnswer(tuple(_result(raw) for raw in reply.results), taken)

    def save_patrol_picture(self, sha256: str, picture: bytes) -> None:
        """Upload a picture. Raises Refused for what is none."""
        kind = next((name for name, head in docs.PICTURE_TYPES.items() if picture.startswith(head)), None)
        if kind is None:
            raise Refused("picture: neither JPEG nor PNG", 422, "bad-picture")
        path = f"/patrol/pictures/{quote(sha256, safe='')}"
        self._call("PUT", path, type(None), headers={"Content-Type": kind}, jpeg=picture)

    def patrol_picture(self, sha256: str) -> bytes:
        """Return a picture. Raises BadPayload if it is another one."""
        picture = self._picture_of(f"/patrol/pictures/{quote(sha256, safe='')}", docs.PICTURE_TYPES)
        if sha256_of(picture).hexdigest() != sha256:
            raise BadPayload("picture: another one than was asked for")
        return picture

    def patrol_rounds(
        self,
        from_utc: datetime | None = None,
        to_utc: datetime | None = None,
        plan_id: str | None = None,
        cursor: str | None = None,
        limit: int = 200,
    ) -> RoundPage:
        """Return a page of rounds."""
        query = {"from": _text(from_utc), "to": _text(to_utc), "plan": plan_id, "cursor": cursor, "limit": limit}
        page = self._call("GET", "/patrol/rounds", docs.RoundPageDocument, query=query)
        return RoundPage(tuple(map(read_line, page.items)), page.next_cursor)

    def patrol_round(self, round_id: str) -> Round:
        """Return a round."""
        return read_round(self._call("GET", f"/patrol/rounds/{quote(round_id, safe='')}", docs.RoundDocument))

    def findings(self, is_open: bool | None = None, cursor: str | None = None, limit: int = 200) -> FindingPage:
        """Return a page of findings."""
        wanted = None if is_open is None else str(is_open).lower()
        query = {"open": wanted, "cursor": cursor, "limit": limit}
        page = self._call("GET", "/patrol/findings", docs.FindingPageDocument, query=query)
        return FindingPage(tuple(map(read_finding, page.items)), page.next_cursor)

    def close_finding(self, key: str, closing: Closing) -> Finding:
        """Close a finding. Raises Stale."""
        path = f"/patrol/findings/{quote(key, safe='')}"
        return read_finding(self._call("PATCH", path, docs.FindingDocument, body=write_closing(closing)))

    def hand_over(self, handover: Handover) -> Handover:
        """Hand a shift over."""
        body = write_handover(handover)
        return read_handover(self._call("POST", "/patrol/handovers", docs.HandoverDocument, body=body))

    def latest_handover(self) -> Handover | None:
        """Return the latest hand-over at the operator's post."""
        try:
            return read_handover(self._call("GET", "/patrol/handovers/latest", docs.HandoverDocument))
        except NotFound:
            return None

    def acknowledge_handover(self, key: str, acknowledgement: Acknowledgement) -> Handover:
        """Take a shift over."""
        path = f"/patrol/handovers/{quote(key, safe='')}/acknowledgement"
        body = write_acknowledgement(acknowledgement)
        return read_handover(self._call("POST", path, docs.HandoverDocument, body=body))


def _result(raw: docs.ResultDocument) -> RecordResult:
    outcome = _OUTCOMES.get(raw.outcome)
    if outcome is None:
        raise BadPayload(f"records: outcome {raw.outcome[:20]!r}")
    return RecordResult(raw.key, outcome, raw.reason)


def _text(moment: datetime | None) -> str | None:
    """Return a time as the contract writes it."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
