"""What the embedded center keeps of patrols: plans with all their revisions, records, pictures, findings, hand-overs.

In memory, as long as the center lives. Used on the server's loop only; hooks for tests run there too.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from wallclient.api import patrol_models as docs
from wallclient.api.patrol_documents import read_person, read_record
from wallclient.domain.patrol import Closing, Finding, Handover, Plan, RoundLine
from wallclient.domain.patrol_round import RoundAccount, account, findings_of, line_of

LARGEST_STOCK_BYTES = 512 * 1024 * 1024  # of pictures


class StaleRevision(Exception):  # noqa: N818 - an answer, not a fault of the center
    """The plan is another one by now."""


class PatrolBook:
    """Keeps everything once, by keys their makers made up."""

    def __init__(self) -> None:
        self._plans: dict[str, list[Plan]] = {}  # by id: all revisions, the latest last
        self._deleted: set[str] = set()
        self._records: dict[str, docs.RecordDocument] = {}  # by key, as they came: a later version may know more kinds
        self._rounds: dict[str, list[docs.RecordDocument]] = {}  # the same by round
        self._accounts: dict[str, tuple[int, RoundAccount]] = {}  # made of so many records
        self._pictures: dict[str, bytes] = {}
        self._stock_bytes = 0
        self._closings: dict[str, Closing] = {}
        self._handovers: dict[str, Handover] = {}  # in the order they came
        self.answers_to_swallow = 0  # how many calls that hand something in are carried out and never answered

    # --- plans ---

    def plans(self) -> list[Plan]:
        """Return all plans as they are, by name."""
        return sorted((self._plans[i][-1] for i in self._plans if i not in self._deleted), key=lambda plan: plan.name)

    def plan(self, plan_id: str, revision: int | None = None) -> Plan:
        """Return a plan as it is, or as it was. Raises KeyError."""
        if revision is None:
            if plan_id in self._deleted:
                raise KeyError(plan_id)
            return self._plans[plan_id][-1]
        return next((plan for plan in self._plans[plan_id] if plan.revision == revision), None) or _raise(plan_id)

    def save_plan(self, plan: Plan) -> Plan:
        """Keep a plan that was changed at its revision. Raises StaleRevision, KeyError for one that never was."""
        kept = self._plans.get(plan.id, [])
        latest = kept[-1] if kept and plan.id not in self._deleted else None
        if latest is not None and replace(plan, revision=latest.revision) == latest:
            return latest  # sent again because the answer was lost
        if latest is None and plan.revision != 0:
            if kept:
                raise StaleRevision
            raise KeyError(plan.id)
        if latest is not None and plan.revision != latest.revision:
            raise StaleRevision
        saved = replace(plan, revision=kept[-1].revision + 1 if kept else 1)
        self._plans[plan.id] = [*kept, saved]
        self._deleted.discard(plan.id)
        return saved

    def delete_plan(self, plan_id: str, revision: int) -> None:
        """Delete a plan. Raises StaleRevision, KeyError."""
        if self.plan(plan_id).revision != revision:
            raise StaleRevision
        self._deleted.add(plan_id)

    # --- records ---

    def add(self, record: docs.RecordDocument) -> docs.ResultDocument:
        """Keep a record, once."""
        if record.key in self._records:
            return docs.ResultDocument(record.key, "known")
        refusal = self._refusal(record)
        if refusal:
            return docs.ResultDocument(record.key, "refused", refusal)
        if record.picture and record.picture not in self._pictures:
            return docs.ResultDocument(record.key, "picture-missing")
        self._records[record.key] = record
        self._rounds.setdefault(record.round_id, []).append(record)
        return docs.ResultDocument(record.key, "stored")

    def _refusal(self, record: docs.RecordDocument) -> str:
        """Return why a record can never be taken, as a word; empty where it can."""
        try:
            plan = self.plan(record.plan_id, record.plan_revision)
        except KeyError:
            return "no-such-plan"
        if record.step is not None and record.step >= len(plan.steps):
            return "no-such-step"
        first = self._rounds.get(record.round_id, [record])[0]
        if (first.plan_id, first.plan_revision) != (record.plan_id, record.plan_revision):
            return "other-plan"
        return ""

    def taken_over(self, records: Iterable[docs.RecordDocument]) -> list[docs.TakenOverDocument]:
        """Return which rounds of these records are made by somebody else than who made the last record of each."""
        makers = {record.round_id: record.by.user for record in records}
        taken = []
        for round_id, maker in makers.items():
            last = next((r for r in reversed(self._rounds.get(round_id, [])) if r.kind == "taken_over"), None)
            if last is not None and last.by.user != maker:
                taken.append(docs.TakenOverDocument(round_id, last.by, last.at_utc))
        return taken

    def records(self, round_id: str) -> list[docs.RecordDocument]:
        """Return a round's records in the order they came. Raises KeyError."""
        return self._rounds[round_id]

    def lines(self) -> list[RoundLine]:
        """Return all rounds, the latest first."""
        lines = [line_of(self._account(round_id)) for round_id in self._rounds]
        return sorted(lines, key=lambda line: (line.started_utc, line.id), reverse=True)

    def _account(self, round_id: str) -> RoundAccount:
        records = self._rounds[round_id]
        count, whole = self._accounts.get(round_id, (0, None))
        if whole is None or count != len(records):
            plan = self.plan(records[0].plan_id, records[0].plan_revision)
            whole = account(round_id, plan, [r for r in map(read_record, records) if r is not None])
            if whole.started_utc is None:  # nothing but kinds of the future
                whole.started_utc, whole.operators = records[0].at_utc, [read_person(records[0].by)]
            self._accounts[round_id] = (len(records), whole)
        return whole

    # --- pictures ---

    def add_picture(self, sha256: str, picture: bytes) -> bool:
        """Keep a picture. False where there is no room. Raises ValueError for another hash or no picture."""
        if hashlib.sha256(picture).hexdigest() != sha256:
            raise ValueError("other bytes than the address says")
        if not picture.startswith(tuple(docs.PICTURE_TYPES.values())):
            raise ValueError("neither JPEG nor PNG")
        if sha256 in self._pictures:
            return True
        if self._stock_bytes + len(picture) > LARGEST_STOCK_BYTES:
            return False
        self._pictures[sha256] = picture
        self._stock_bytes += len(picture)
        return True

    def picture(self, sha256: str) -> bytes:
        """Return a picture. Raises KeyError."""
        return self._pictures[sha256]

    # --- findings ---

    def findings(self) -> list[Finding]:
        """Return all findings, the latest first."""
        found = [f for round_id in self._rounds for f in findings_of(self._account(round_id), self._closings)]
        return sorted(found, key=lambda finding: (finding.at_utc, finding.key), reverse=True)

    def finding(self, key: str) -> Finding:
        """Return a finding. Raises KeyError."""
        round_id = self._records[key].round_id
        found = findings_of(self._account(round_id), self._closings)
        return next((finding for finding in found if finding.key == key), None) or _raise(key)

    def close_finding(self, key: str, closing: Closing) -> Finding | None:
        """Close a finding; None if it was closed otherwise. Raises KeyError."""
        self.finding(key)
        kept = self._closings.setdefault(key, closing)
        return self.finding(key) if kept == closing else None

    # --- hand-overs ---

    def hand_over(self, handover: Handover) -> Handover:
        """Keep a hand-over, once, without an acknowledgement."""
        return self._handovers.setdefault(handover.key, replace(handover, acknowledgement=None))

    def handover(self, key: str) -> Handover:
        """Return a hand-over. Raises KeyError."""
        return self._handovers[key]

    def latest_handover(self, post: str) -> Handover:
        """Return the latest hand-over at a post. Raises KeyError."""
        mine = [handover for handover in self._handovers.values() if handover.post == post]
        return max(mine, key=_made) if mine else _raise(post)

    def acknowledge(self, handover: Handover) -> Handover:
        """Keep the first acknowledgement of a hand-over."""
        kept = self._handovers[handover.key]
        if kept.acknowledgement is None:
            self._handovers[handover.key] = handover
        return self._handovers[handover.key]


def _made(handover: Handover) -> datetime:
    return handover.made_utc


def _raise(key: str) -> NoReturn:
    raise KeyError(key)
