"""Alarms of all centers, gathered by camera so that a storm of them is still a short list.

What is known lives for as long as the program runs: the record of alarms is the centers' own.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from wallclient.domain.errors import WallError
from wallclient.domain.event import Alarm, AlarmKind
from wallclient.domain.global_id import key_of

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

MOST = 1000  # cases kept; the oldest that were seen to go first
ONE_CASE_MS = 60_000  # alarms of one camera and kind belong together if no longer apart
_MOST_IDS = 256  # of one case, whose ends are waited for
_TELL_MS = 200
_MOST_NAMES = 4000
NameOf = Callable[[str], str]  # a channel's name by its global id, where it is known at once; else empty


@dataclass(frozen=True, slots=True)
class AlarmCase:
    """Alarms of one kind at one camera that came close together. Moments are the center's, in ms since 1970 UTC."""

    number: int  # its own for good, rising
    channel_id: str  # global
    kind: AlarmKind
    first_ms: int
    last_ms: int
    count: int = 1
    active: bool = True
    acknowledged: bool = False
    text: str = ""  # the center's own words, of the latest

    @property
    def waits(self) -> bool:
        """Tell whether nobody has acknowledged it."""
        return not self.acknowledged


class Alarms(QObject):
    """Owns the list. Lives on the GUI thread; tells of changes five times a second at most."""

    changed = Signal()  # the list, or a name in it
    channels_changed = Signal(object)  # frozenset of global ids whose `waiting` is another
    raised = Signal()  # a new case, for a sound

    def __init__(self, centers: "Centers", name_of: NameOf = lambda _gid: "") -> None:
        super().__init__()
        self._centers = centers
        self._name_of = name_of
        self._cases: OrderedDict[int, AlarmCase] = OrderedDict()  # oldest first
        self._open: dict[tuple[str, AlarmKind], int] = {}  # what a next alarm of a camera may belong to
        self._of_alarm: dict[str, int] = {}  # cases of alarms whose end is not told yet, by the alarm's id
        self._active: dict[int, set[str]] = {}  # by case: those alarms
        self._waiting: dict[str, int] = {}  # by channel: its latest case nobody has acknowledged
        self._names: dict[str, str] = {}
        self._asking: set[str] = set()
        self._loop = asyncio.get_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._numbers = 0
        self._told = True
        self._stale: set[str] = set()
        self._raised = False
        self.dropped = 0  # cases that were not acknowledged and had to make room
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TELL_MS)
        self._timer.timeout.connect(self._tell)
        centers.alarm.connect(self.take)
        centers.removed.connect(self._on_removed)

    # --- what there is ---

    def cases(self) -> list[AlarmCase]:
        """Return all cases, the newest first."""
        return list(reversed(self._cases.values()))

    @property
    def waiting_count(self) -> int:
        """How many cases nobody has acknowledged."""
        return sum(case.waits for case in self._cases.values())

    def waiting(self, channel_id: str) -> AlarmCase | None:
        """Return the latest case of a camera that nobody has acknowledged."""
        number = self._waiting.get(channel_id)
        return self._cases.get(number) if number is not None else None

    def of_channel(self, channel_id: str) -> list[AlarmCase]:
        """Return the cases of a camera, the newest first."""
        return [case for case in reversed(self._cases.values()) if case.channel_id == channel_id]

    def name(self, channel_id: str) -> str:
        """Return a camera's name; where it is not known yet it is asked for, and `changed` tells of it."""
        name = self._names.get(channel_id) or self._name_of(channel_id)
        if not name and channel_id not in self._asking and len(self._asking) < _MOST_NAMES:
            self._asking.add(channel_id)
            self._start(self._ask_name(channel_id))
        return name

    # --- what happens ---

    def take(self, alarm: Alarm) -> None:
        """Take in an alarm, or that one has ended or grown."""
        number = self._of_alarm.get(alarm.id)
        if number is not None and number in self._cases:
            self._grow(self._cases[number], alarm, is_new=False)
            return
        number = self._open.get((alarm.channel_id, alarm.kind))
        case = self._cases.get(number) if number is not None else None
        if case is not None and case.waits and abs(alarm.at_ms - case.last_ms) <= ONE_CASE_MS:
            self._grow(case, alarm, is_new=True)
        else:
            self._begin(alarm)

    def acknowledge(self, numbers: list[int] | None = None) -> None:
        """Mark cases as seen; all of them where no numbers are given."""
        channels = set()
        for number in list(self._cases) if numbers is None else numbers:
            case = self._cases.get(number)
            if case is not None and case.waits:
                self._put(replace(case, acknowledged=True))
                channels.add(case.channel_id)
        self._rewait(channels)

    def acknowledge_channel(self, channel_id: str) -> None:
        """Mark all cases of a camera as seen."""
        self.acknowledge([case.number for case in self._cases.values() if case.channel_id == channel_id])

    def close(self) -> None:
        """Ask for nothing any more."""
        self._timer.stop()
        for task in self._tasks:
            task.cancel()

    # --- inside ---

    def _begin(self, alarm: Alarm) -> None:
        self._numbers += 1
        case = AlarmCase(
            self._numbers, alarm.channel_id, alarm.kind, alarm.at_ms, alarm.at_ms, 1, alarm.active, False, alarm.text
        )
        self._open[alarm.channel_id, alarm.kind] = case.number
        self._watch_end(case.number, alarm)
        self._put(case)
        self._waiting[case.channel_id] = case.number
        self._stale.add(case.channel_id)
        self._raised = True
        if len(self._cases) > MOST:
            self._make_room()

    def _grow(self, case: AlarmCase, alarm: Alarm, *, is_new: bool) -> None:
        self._watch_end(case.number, alarm)
        self._put(
            replace(
                case,
                first_ms=min(case.first_ms, alarm.at_ms),
                last_ms=max(case.last_ms, alarm.at_ms),
                count=case.count + is_new,
                active=bool(self._active.get(case.number)),
                text=alarm.text or case.text,
            )
        )
        self._stale.add(case.channel_id)

    def _watch_end(self, number: int, alarm: Alarm) -> None:
        """Remember an alarm whose end will be told, or forget it once it was."""
        ids = self._active.setdefault(number, set())
        if alarm.active and (alarm.id in ids or len(ids) < _MOST_IDS):
            ids.add(alarm.id)
            self._of_alarm[alarm.id] = number
        elif not alarm.active:
            ids.discard(alarm.id)
            self._of_alarm.pop(alarm.id, None)
        if not ids:
            del self._active[number]

    def _put(self, case: AlarmCase) -> None:
        self._cases[case.number] = case
        self._touch()

    def _rewait(self, channels: set[str]) -> None:
        """Find the latest cases that wait at cameras where one was acknowledged or dropped."""
        for channel_id in channels:
            self._waiting.pop(channel_id, None)
        for case in self._cases.values():
            if case.channel_id in channels and case.waits:
                self._waiting[case.channel_id] = case.number
        self._stale |= channels

    def _make_room(self) -> None:
        """Drop the oldest case that was acknowledged, or else the oldest of all, which is counted."""
        oldest = next((case for case in self._cases.values() if case.acknowledged), None)
        if oldest is None:
            oldest = next(iter(self._cases.values()))
            self.dropped += 1
        self._drop(oldest)

    def _drop(self, case: AlarmCase) -> None:
        del self._cases[case.number]
        for id_ in self._active.pop(case.number, ()):
            self._of_alarm.pop(id_, None)
        if self._open.get((case.channel_id, case.kind)) == case.number:
            del self._open[case.channel_id, case.kind]
        if self._waiting.get(case.channel_id) == case.number:
            self._rewait({case.channel_id})
        self._touch()

    def _on_removed(self, key: str) -> None:
        for case in [case for case in self._cases.values() if key_of(case.channel_id) == key]:
            self._drop(case)

    # --- telling ---

    def _touch(self) -> None:
        self._told = False
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        if self._told:
            return
        self._told = True
        stale, self._stale = frozenset(self._stale), set()
        if stale:
            self.channels_changed.emit(stale)
        self.changed.emit()
        if self._raised:
            self._raised = False
            self.raised.emit()

    # --- names ---

    async def _ask_name(self, channel_id: str) -> None:
        try:
            channel = await self._centers.channel(channel_id)
        except WallError:
            return  # its id stands for it; it is not asked for again
        self._names[channel_id] = channel.name
        self._touch()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
