"""The patrols of one center: plans, rounds, findings and hand-overs, also while it is away.

Lives on the GUI thread; its coroutines run on the Qt loop.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from wallclient.api.patrol import FindingPage, PatrolCenter, TakenOver
from wallclient.api.patrol_documents import (
    pack_acknowledgement,
    pack_closing,
    pack_handover,
    pack_record,
    unpack_record,
)
from wallclient.domain.errors import BadPayload, NotFound, ServerFailed, SignInNeeded, StorageFailed
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
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
    RoundState,
    new_key,
)
from wallclient.domain.patrol_round import account
from wallclient.services.center_access import CenterAccess
from wallclient.services.outbox import Outbox
from wallclient.services.patrol_route import PatrolEntry, PatrolRoute
from wallclient.services.postman import Route, Trip
from wallclient.storage.patrol_plans import plans_file, spool_path
from wallclient.storage.spool import Entry, Spool

_log = logging.getLogger(__name__)
MOST_USED = 40  # plans of former rounds that are kept
LOOK_BACK = timedelta(days=3)  # for rounds that were broken off
_PAGE = 1000
_MOST_PAGES = 20
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round this machine began and did not end, because the program died or was ended in the middle."""

    round: Round
    last_utc: datetime  # of its last record

    @property
    def person(self) -> Person:
        """Who made it."""
        return self.round.records[-1].by


class CenterPatrols(QObject):
    """Everything about the patrols of one center.

    What is handed in (`keep`, `close_finding`, `hand_over`, `acknowledge`) is kept on disk and delivered when the
    center is there; what is asked for raises CenterError while it is away, but for plans and this machine's own rounds.
    """

    plans_changed = Signal()
    rights_changed = Signal()  # may_patrol or may_edit_plans
    taken_over = Signal(object)  # api.patrol.TakenOver: somebody goes on with a round elsewhere
    noticed = Signal(object)  # Notice
    _told = Signal(object)  # the same as `taken_over`, from a worker thread

    def __init__(self, access: Callable[[], CenterAccess], key: str, data: Path, parent: QObject | None = None) -> None:
        """`access` returns the center's access as it is now; `data` is the folder of what is kept."""
        super().__init__(parent)
        self.key = key
        self._access = access
        self._file = plans_file(data, key)
        self._known = self._file.load()
        self._set_aside = self._file.set_aside
        self._rights = (False, False)
        self._title = ""
        self._closed_here: set[str] = set()  # findings whose closing may not have reached the center yet
        self.spool = Spool(spool_path(data, key))
        self.outbox = Outbox(self.spool, self._deliver, lambda: self.title, self)
        self.outbox.noticed.connect(self.noticed)
        self._told.connect(self.taken_over, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin to deliver what an earlier run left."""
        if self._set_aside is not None:
            path = str(self._set_aside)
            self.noticed.emit(Notice(path, NoticeKind.FILE_SET_ASIDE, NoticeLevel.WARNING, path))
        self.outbox.start()

    async def close(self) -> None:
        """Put on disk what there is, and end."""
        await self.outbox.close()

    # --- who and what ---

    @property
    def title(self) -> str:
        """The center's name; the last one known once it was removed, while what lies here is put away."""
        with contextlib.suppress(NotFound):
            self._title = self._access().title
        return self._title

    @property
    def person(self) -> Person | None:
        """Who is signed in at the center, or was last."""
        operator = self._access().session.operator
        return Person(operator.user, operator.name, operator.post) if operator else None

    @property
    def may_patrol(self) -> bool:
        """Tell whether the operator has a part in patrols; while nobody is signed in, whether there are plans."""
        session = self._access().session
        return session.capabilities.patrol if session.signed_in else bool(self._known.plans)

    @property
    def may_edit_plans(self) -> bool:
        """Tell whether the operator may change plans; only at a center that is there."""
        session = self._access().session
        return session.signed_in and session.capabilities.patrol_plans

    def look_at_session(self) -> None:
        """Take notice of a session that began, ended or came back."""
        rights = (self.may_patrol, self.may_edit_plans)
        if rights != self._rights:
            self._rights = rights
            self.rights_changed.emit()
        self.outbox.wake()

    # --- plans ---

    @property
    def plans(self) -> tuple[Plan, ...]:
        """All plans as last read, by name."""
        return self._known.plans

    @property
    def plans_read_utc(self) -> datetime | None:
        """When the plans were read from the center."""
        return self._known.read_utc

    def plan(self, plan_id: str, revision: int | None = None) -> Plan | None:
        """Return a plan as it is, or as far as known as it was."""
        pool = self._known.plans if revision is None else (*self._known.plans, *self._known.used)
        return next((p for p in pool if p.id == plan_id and revision in (None, p.revision)), None)

    async def refresh_plans(self) -> None:
        """Read the plans anew. Raises CenterError."""
        plans = await self._ask(lambda center: center.patrol_plans())
        await self._take_plans(tuple(sorted(plans, key=lambda plan: plan.name)), datetime.now(UTC))

    async def save_plan(self, plan: Plan) -> Plan:
        """Save a plan that was changed at its revision (0: new). Raises CenterError, Stale among others."""
        saved = await self._ask(lambda center: center.save_patrol_plan(plan))
        others = tuple(other for other in self._known.plans if other.id != saved.id)
        await self._take_plans(tuple(sorted((*others, saved), key=lambda p: p.name)), self._known.read_utc)
        return saved

    async def delete_plan(self, plan: Plan) -> None:
        """Delete a plan as the operator saw it. Raises CenterError, Stale among others."""
        await self._ask(lambda center: center.delete_patrol_plan(plan.id, plan.revision))
        await self._take_plans(tuple(p for p in self._known.plans if p.id != plan.id), self._known.read_utc)

    async def _take_plans(self, plans: tuple[Plan, ...], read_utc: datetime | None) -> None:
        is_other = plans != self._known.plans
        self._known = replace(self._known, plans=plans, read_utc=read_utc)
        await self._save_known()
        if is_other:
            self.plans_changed.emit()

    async def _save_known(self) -> None:
        known = self._known
        try:
            await asyncio.to_thread(self._file.save, known)
        except StorageFailed as err:
            self.noticed.emit(Notice("plans", NoticeKind.FAILED, NoticeLevel.WARNING, self.title, error=err))

    # --- rounds ---

    def keep(self, record: Record, pictures: Sequence[bytes]) -> None:
        """Keep a record of a round and hand it in. Returns at once."""
        self.outbox.put(record.key, PatrolEntry.RECORD, record.round_id, pack_record(record), pictures)

    async def remember_plan(self, plan: Plan) -> None:
        """Keep a plan as it is now: a round is made by it."""
        used = tuple(p for p in self._known.used if (p.id, p.revision) != (plan.id, plan.revision))
        self._known = replace(self._known, used=(*used, plan)[-MOST_USED:])
        await self._save_known()

    async def leave_round(self, round_id: str) -> None:
        """Note that somebody else goes on with a round: it is not this machine's to close."""
        self._known = replace(self._known, left=(*self._known.left, round_id)[-MOST_USED:])
        await self._save_known()

    async def open_rounds(self) -> list[OpenRound]:
        """Return the rounds that this machine broke off. Empty in a second program of the same operator."""
        if not self.spool.is_first:
            return []
        since_s = (datetime.now(UTC) - LOOK_BACK).timestamp()
        topics = await self.outbox.on_disk(lambda spool: spool.topics(since_s))
        found = [await self._own_round(topic) for topic in topics if topic not in self._known.left]
        return [
            OpenRound(round_, round_.records[-1].at_utc)
            for round_ in found
            if round_ is not None and account(round_.id, round_.plan, round_.records).state is RoundState.RUNNING
        ]

    async def _own_round(self, round_id: str) -> Round | None:
        """Return a round as far as this machine made it; None where its plan is not known (any more)."""
        entries = await self.outbox.on_disk(lambda spool: spool.topic(round_id))
        records = _records(entries)
        plan = self.plan(records[0].plan_id, records[0].plan_revision) if records else None
        return Round(round_id, plan, tuple(records)) if plan is not None else None

    async def round(self, round_id: str) -> Round:
        """Return a round: from the center, or while it is away as far as this machine made it. Raises CenterError.

        Records that have not reached the center yet are there in both cases.
        """
        own: Round | None = None
        with contextlib.suppress(StorageFailed):
            own = await self._own_round(round_id)
        try:
            found = await self._ask(lambda center: center.patrol_round(round_id))
        except (SignInNeeded, ServerFailed, NotFound):
            if own is None:
                raise
            return own
        known = {record.key for record in found.records}
        late = tuple(record for record in (own.records if own else ()) if record.key not in known)
        return replace(found, records=(*found.records, *late))

    async def rounds(
        self, from_utc: datetime | None = None, to_utc: datetime | None = None, plan_id: str | None = None
    ) -> tuple[RoundLine, ...]:
        """Return the rounds begun in [from, to), the latest first. Raises CenterError."""

        def work(center: PatrolCenter) -> tuple[RoundLine, ...]:
            lines: list[RoundLine] = []
            cursor: str | None = None
            for _ in range(_MOST_PAGES):
                page = center.patrol_rounds(from_utc, to_utc, plan_id, cursor, _PAGE)
                lines += page.rounds
                cursor = page.next_cursor
                if cursor is None:
                    break
            return tuple(lines)

        return await self._ask(work)

    async def picture(self, digest: str) -> bytes:
        """Return a finding's picture, from this machine or the center. Raises CenterError."""
        with contextlib.suppress(StorageFailed):
            own = await self.outbox.on_disk(lambda spool: spool.picture(digest))
            if own is not None and sha256(own).hexdigest() == digest:
                return own
        return await self._ask(lambda center: center.patrol_picture(digest))

    # --- findings ---

    async def findings(self, is_open: bool | None = True) -> tuple[Finding, ...]:
        """Return findings, the latest first: open ones, closed ones, or all. Raises CenterError."""

        def work(center: PatrolCenter) -> list[Finding]:
            found: list[Finding] = []
            page = FindingPage((), "")
            for _ in range(_MOST_PAGES):
                page = center.findings(is_open, page.next_cursor or None, _PAGE)
                found += page.findings
                if page.next_cursor is None:
                    break
            return found

        found = await self._ask(work)
        return tuple(f for f in found if not (is_open and f.key in self._closed_here))

    def close_finding(self, key: str, remark: str) -> Closing:
        """Close a finding. Returns at once; if somebody closed it otherwise, the outbox tells."""
        closing = Closing(datetime.now(UTC), self._somebody(), remark)
        self._closed_here.add(key)
        self.outbox.put(new_key(), PatrolEntry.CLOSING, key, pack_closing(closing))
        return closing

    # --- hand-over ---

    def hand_over(self, handover: Handover) -> None:
        """Hand a shift over to the next. Returns at once."""
        self.outbox.put(handover.key, PatrolEntry.HANDOVER, handover.key, pack_handover(handover))

    async def latest_handover(self) -> Handover | None:
        """Return the latest hand-over at the operator's post. Raises CenterError."""
        return await self._ask(lambda center: center.latest_handover())

    def acknowledge(self, handover: Handover, remark: str = "") -> Handover:
        """Take a shift over. Returns the hand-over as it will be, at once."""
        taken = Acknowledgement(datetime.now(UTC), self._somebody(), remark)
        self.outbox.put(new_key(), PatrolEntry.ACKNOWLEDGEMENT, handover.key, pack_acknowledgement(taken))
        return replace(handover, acknowledgement=taken)

    # --- inside ---

    def _somebody(self) -> Person:
        """Return who is signed in. Raises SignInNeeded where nobody was since the start."""
        if self.person is None:
            raise SignInNeeded("nobody has signed in")
        return self.person

    async def _ask(self, work: Callable[[PatrolCenter], _Result]) -> _Result:
        session = self._access().session
        if not session.signed_in:
            raise SignInNeeded("not signed in")
        return await session.ask_patrol(work)

    async def _deliver(self, go: Callable[[Route], Trip]) -> Trip:
        return await self._ask(lambda center: go(PatrolRoute(center, self._on_taken_over)))

    def _on_taken_over(self, taken: TakenOver) -> None:
        self._told.emit(taken)


def _records(entries: Sequence[Entry]) -> list[Record]:
    """Return the records among entries; what can't be read is left out, and logged."""
    found: list[Record] = []
    for entry in entries:
        if entry.kind != PatrolEntry.RECORD:
            continue
        try:
            record = unpack_record(entry.body)
        except BadPayload as err:
            _log.warning("a record in the spool can't be read: %s", err)
            continue
        if record is not None:
            found.append(record)
    return found
