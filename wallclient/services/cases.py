"""Cases of all centers and of this workstation: what is done to them is kept on disk first, then told to their homes.

Lives on the GUI thread; disk and network are used on worker threads. A change a center will never take (somebody
deleted the case, or stopped sharing it) turns the case into one of this workstation: nothing that was gathered is lost.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from wallclient.api.cases import CaseCenter
from wallclient.api.recordings import RecordingCenter
from wallclient.domain.audit import AuditKind
from wallclient.domain.case import MOST_ITEMS, Case, CaseChange, CaseFields, CaseItem, all_changed, changed_case
from wallclient.domain.errors import (
    CenterError,
    NotAble,
    NotFound,
    NotPermitted,
    Refused,
    Stale,
    StorageFailed,
)
from wallclient.domain.global_id import global_id, key_of, split_id
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.retry import retry_delay_s
from wallclient.services.audit import AuditBook
from wallclient.services.center_access import AccessState
from wallclient.services.centers import Centers
from wallclient.storage.cases import CaseShelf, Place
from wallclient.storage.json_file import JsonFile

_log = logging.getLogger(__name__)
_TRIES = 5  # at a case that others change at the same time
_FOR_GOOD = (NotFound, NotPermitted, Refused, NotAble)
CLOSE_LIMIT_S = 2.0


class Cases(QObject):
    """Owns the shelf. Cases and items name channels by their global ids."""

    changed = Signal()
    gathered = Signal(object, object)  # Case, CaseItem: what was found went into it by itself
    noticed = Signal(object)  # Notice

    def __init__(
        self,
        centers: Centers,
        file: JsonFile[CaseShelf],
        audit: AuditBook | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._centers, self._file, self._audit = centers, file, audit
        shelf = file.load()
        self.set_aside = file.set_aside
        self._kept = {case.key: case for case in shelf.cases}
        self._changes = list(shelf.changes)
        self._places = dict(shelf.places)
        self._gathering = shelf.gathering
        self._tasks: set[asyncio.Task[Any]] = set()
        self._senders: dict[str, asyncio.Task[None]] = {}
        self._saving: asyncio.Task[None] | None = None
        self._version = 0  # of the shelf, so that what changed while it was written is written again
        centers.changed.connect(self._on_center_changed)
        centers.removed.connect(self._on_center_removed)
        known = {config.key for config in centers.configs}
        for home in {change.home for change in self._changes} - known:
            self._on_center_removed(home)

    # --- what there is ---

    @property
    def all(self) -> tuple[Case, ...]:
        """All cases as they are with what was done here, the latest change first."""
        found = (self._placed(case) for case in self._now().values())
        return tuple(sorted(found, key=lambda case: case.changed_utc, reverse=True))

    def case(self, key: str) -> Case:
        """Return a case. Raises KeyError."""
        return self._placed(self._now()[key])

    def is_waiting(self, key: str) -> bool:
        """Tell whether a case has changes its center was not told yet."""
        return any(change.case_key == key for change in self._changes)

    def homes(self) -> list[tuple[str, str]]:
        """Return key and name of the centers that keep cases."""
        return [(a.key, a.title) for a in self._centers.accesses if a.session.capabilities.cases]

    def home_name(self, case: Case) -> str:
        """Return the name of the center that keeps a case; "" for one of this workstation, or of a center removed."""
        return next((access.title for access in self._centers.accesses if access.key == case.home), "")

    @property
    def gathering(self) -> str:
        """Key of the case that what is found now goes into by itself; "" for none."""
        return self._gathering if self._gathering in self._now() else ""

    # --- what is done ---

    def create(self, home: str, fields: CaseFields) -> Case:
        """Make a case at a center, or on this workstation where `home` is empty. It is there at once."""
        key = str(uuid.uuid4())
        self._do(self._change(key, home, is_new=True, fields=fields))
        return self.case(key)

    def edit(self, key: str, fields: CaseFields) -> None:
        """Change what is written about a case."""
        self._do(self._change(key, self.case(key).home, fields=fields))

    def add(self, key: str, items: Sequence[CaseItem]) -> None:
        """Put things into a case; those that are in it stay once. Raises Refused for more than fit."""
        case = self.case(key)
        if len({item.key for item in (*case.items, *items)}) > MOST_ITEMS:
            raise Refused("the case is full", 0, "case-full")
        for item in items:
            self._places[item.key] = Place(item.path, item.channel_id)
        self._do(self._change(key, case.home, added=tuple(items)))

    def remove(self, key: str, items: Iterable[str]) -> None:
        """Take items (by key) out of a case; files and bookmarks stay."""
        self._do(self._change(key, self.case(key).home, removed=tuple(items)))

    def delete(self, key: str) -> None:
        """Delete a case; what it gathers stays."""
        self._do(self._change(key, self.case(key).home, is_deleted=True))

    def gather_in(self, key: str) -> None:
        """Let what is found from now on go into a case by itself; "" ends that."""
        self._gathering = key
        self._save()
        self.changed.emit()

    def found(self, item: CaseItem) -> None:
        """Put something that was just made into the case that gathers, if there is one."""
        key = self.gathering
        if not key or self.case(key).fields.is_closed:
            return
        try:
            self.add(key, (item,))
        except Refused as err:
            title = self.case(key).fields.title
            self.noticed.emit(Notice("case", NoticeKind.FAILED, NoticeLevel.WARNING, title, error=err))
            return
        self.gathered.emit(self.case(key), item)

    def refresh(self) -> None:
        """Read the cases of all centers anew. A center that is away keeps those that are known of it."""
        for key, _name in self.homes():
            self._start(self._read(key))

    async def close(self) -> None:
        """Put on disk what there is; what centers were not told goes on at the next start."""
        for task in (*self._tasks, *self._senders.values()):
            task.cancel()
        self._save()
        if self._saving is not None:
            await asyncio.wait({self._saving}, timeout=CLOSE_LIMIT_S)

    # --- inside: changes ---

    def _now(self) -> dict[str, Case]:
        return all_changed(self._kept.values(), self._changes)

    def _change(self, key: str, home: str, **what: Any) -> CaseChange:
        access = next((access for access in self._centers.accesses if access.key == home), None)
        operator = access.session.operator if access is not None else self._centers.operator
        user, name = (operator.user, operator.name) if operator else ("", "")
        return CaseChange(key, home, datetime.now(UTC), by=user, by_name=name, **what)

    def _do(self, change: CaseChange) -> None:
        if change.home:
            self._changes.append(change)
        else:
            self._keep(changed_case(self._kept.get(change.case_key), change), change.case_key)
        self._note(change)
        self._save()
        self.changed.emit()
        self._send(change.home)

    def _keep(self, case: Case | None, key: str) -> None:
        if case is None:
            self._kept.pop(key, None)
        else:
            self._kept[key] = case

    def _note(self, change: CaseChange) -> None:
        if self._audit is None:
            return
        cameras = dict.fromkeys(item.channel_id for item in change.added if item.channel_id)
        kind = AuditKind.CASE_DELETED if change.is_deleted else AuditKind.CASE_SAVED
        text = change.fields.title if change.fields else ""
        self._audit.note(kind, list(cameras), text=text, ref=change.case_key, center=change.home)

    def _placed(self, case: Case) -> Case:
        """Return a case with what only this machine knows of its items."""
        return replace(case, items=tuple(self._placed_item(item) for item in case.items))

    def _placed_item(self, item: CaseItem) -> CaseItem:
        place = self._places.get(item.key)
        if place is None:
            return item
        return replace(item, path=item.path or place.path, channel_id=item.channel_id or place.channel_id)

    # --- inside: centers ---

    def _on_center_changed(self, key: str) -> None:
        access = next((access for access in self._centers.accesses if access.key == key), None)
        if access is not None and access.state is AccessState.CONNECTED:
            self._send(key)

    def _on_center_removed(self, home: str) -> None:
        """Keep here what a center can't be told any more; what it kept is its own."""
        if home in self._senders:
            self._senders[home].cancel()
        while (change := next((one for one in self._changes if one.home == home), None)) is not None:
            self._give_up(change, NotFound("the center was removed"))
        self._kept = {key: case for key, case in self._kept.items() if case.home != home}
        self._save()
        self.changed.emit()

    def _send(self, home: str) -> None:
        """Begin to tell a center what it was not told, unless that is under way."""
        if home and home not in self._senders and any(change.home == home for change in self._changes):
            task = asyncio.get_running_loop().create_task(self._deliver(home))
            self._senders[home] = task
            task.add_done_callback(lambda done: self._senders.pop(home, None) if done else None)

    async def _deliver(self, home: str) -> None:
        attempt = 0
        while (change := next((one for one in self._changes if one.home == home), None)) is not None:
            try:
                kept = await self._ask(home, _telling(home, change))
            except _FOR_GOOD as err:
                self._give_up(change, err)
            except CenterError as err:
                attempt += 1
                _log.info("case change waits for %s: %s", home, type(err).__name__)
                await asyncio.sleep(retry_delay_s(attempt))
            else:
                attempt = 0
                self._changes.remove(change)
                self._keep(kept, change.case_key)
                self._save()
                self.changed.emit()

    def _give_up(self, change: CaseChange, err: CenterError) -> None:
        """Keep as a case of this workstation what a center will not take. A deletion it refuses is undone."""
        case = self._now().get(change.case_key)
        self._changes = [one for one in self._changes if one.case_key != change.case_key]
        title = case.fields.title if case else self._title(change)
        if change.is_deleted:
            self.noticed.emit(Notice("case", NoticeKind.FAILED, NoticeLevel.WARNING, title, error=err))
        elif case is not None:
            self._kept.pop(change.case_key, None)
            copy = replace(case, key=str(uuid.uuid4()), home="", revision=0)
            self._kept[copy.key] = copy
            if self._gathering == change.case_key:
                self._gathering = copy.key
            self.noticed.emit(Notice("case", NoticeKind.CASE_KEPT_HERE, NoticeLevel.WARNING, title, error=err))
        self._save()
        self.changed.emit()

    def _title(self, change: CaseChange) -> str:
        kept = self._kept.get(change.case_key)
        return kept.fields.title if kept else ""

    async def _read(self, home: str) -> None:
        try:
            found = await self._ask(home, lambda center: center.cases())
        except CenterError:
            return  # those that are known are shown; a center that is back is asked again
        self._kept = {key: case for key, case in self._kept.items() if case.home != home}
        self._kept |= {case.key: _at_home(case, home) for case in found}
        self._save()
        self.changed.emit()

    async def _ask(self, home: str, work: Callable[[CaseCenter], Any]) -> Any:
        def on_thread(center: RecordingCenter) -> Any:
            if not isinstance(center, CaseCenter):
                raise NotAble("the center keeps no cases")
            return work(center)

        return await self._centers.access(home).ask_recordings(on_thread)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- inside: the file ---

    def _save(self) -> None:
        self._version += 1
        if self._saving is None or self._saving.done():
            self._saving = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        await asyncio.sleep(0)  # one file for all that changes in this turn
        written = -1
        while written != self._version:
            written = self._version
            shelf = CaseShelf(tuple(self._kept.values()), tuple(self._changes), self._used_places(), self._gathering)
            try:
                await asyncio.to_thread(self._file.save, shelf)
            except StorageFailed as err:
                self.noticed.emit(Notice("cases", NoticeKind.FAILED, NoticeLevel.ERROR, error=err))
                return

    def _used_places(self) -> dict[str, Place]:
        used = {item.key for case in self.all for item in case.items}
        return {key: place for key, place in self._places.items() if key in used}


def _telling(home: str, change: CaseChange) -> Callable[[CaseCenter], Case | None]:
    """Return what does a change to the case as it is at the center now; runs on a thread."""

    def tell(center: CaseCenter) -> Case | None:
        for _ in range(_TRIES):
            now: Case | None = None
            with suppress(NotFound):
                now = _at_home(center.case(change.case_key), home)
            wanted = changed_case(now, change)
            if wanted is None and now is None and not change.is_deleted:
                raise NotFound("the case is gone")
            try:
                if wanted is None:
                    if now is not None:
                        center.delete_case(change.case_key, now.revision)
                    return None
                if now is not None and (wanted.fields, wanted.items) == (now.fields, now.items):
                    return now
                return _at_home(center.save_case(_at_center(wanted)), home)
            except Stale:
                continue  # somebody was faster: it is done to what he left
        raise Stale("the case changes all the time")

    return tell


def _at_home(case: Case, home: str) -> Case:
    """Return a center's case with global ids."""
    return replace(case, home=home, items=tuple(_item_at_home(item, home) for item in case.items))


def _item_at_home(item: CaseItem, home: str) -> CaseItem:
    return replace(item, channel_id=global_id(home, item.channel_id)) if item.channel_id else item


def _at_center(case: Case) -> Case:
    """Return a case as its center is told: cameras of other centers mean nothing to it."""
    return replace(case, items=tuple(_item_at_center(item, case.home) for item in case.items))


def _item_at_center(item: CaseItem, home: str) -> CaseItem:
    local_id = split_id(item.channel_id)[1] if key_of(item.channel_id) == home else ""
    return replace(item, channel_id=local_id)
