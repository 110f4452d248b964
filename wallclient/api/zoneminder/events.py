"""What happens at a ZoneMinder, found out by asking: alarms from its list of events, cameras that come and go.

Its list is one cheap question for all cameras. A question about the state of one camera starts a process there, so it
is asked of a few cameras only: those that record without end, where the end of an alarm is not the end of an event.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from wallclient.api import shapes
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.line import ZmLine
from wallclient.api.zoneminder.moments import local_text
from wallclient.api.zoneminder.monitors import Monitors
from wallclient.api.zoneminder.recordings import Event, read_events
from wallclient.api.zoneminder.tree import channel_id_of
from wallclient.domain.errors import BadPayload, CenterError, NotFound, NotPermitted, ServerFailed, SignInNeeded
from wallclient.domain.event import Alarm, AlarmKind, CenterEvent, ChannelStatus, EventsLost, LineState
from wallclient.domain.retry import retry_delay_s

LOOK_EVERY_S = 2.0
MONITORS_EVERY_S = 10.0
WATCHED_MS = 3600 * 1000  # an event longer ago is not looked for any more
MOST_ALARMS = 100
STATES_A_LOOK = 4
_ALARMED = (2, 3)  # alarm and alert, in the numbers of zmu
_WORDS = (
    ("forced", AlarmKind.MANUAL),
    ("signal", AlarmKind.VIDEO_LOSS),
    ("motion", AlarmKind.MOTION),
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What was told of an event last."""

    alarm: Alarm
    frames: float
    is_open: bool


class ZmEvents:
    """Iterate in one thread; `close` from any. Implements `wallclient.api.center.Events`."""

    def __init__(self, line: ZmLine, *, alarms: bool, look_every_s: float | None = None) -> None:
        """Take a line of its own, and whether the user may look at events."""
        self._line = line
        self._monitors = Monitors(line)
        self._has_alarms = alarms
        self._zone: ZoneInfo | None = None
        self._look_every_s = LOOK_EVERY_S if look_every_s is None else look_every_s
        self._closed = threading.Event()
        self._told: dict[int, _Told] | None = None  # None before the first look
        self._online: dict[str, bool] = {}
        self._looks = 0
        self._asked_last = 0

    def __iter__(self) -> Iterator[CenterEvent]:
        """Yield events and every change of the line, for ever. Raises SignInNeeded when the session ended."""
        attempt, is_up = 0, None
        while not self._closed.is_set():
            try:
                happened = self._look()
            except SignInNeeded:
                if self._closed.is_set():
                    return
                raise
            except CenterError:
                if self._closed.is_set():
                    return
                if is_up is not False:
                    is_up = False
                    yield LineState(False)
                attempt += 1
                self._closed.wait(retry_delay_s(attempt))
                continue
            if is_up is not True:
                yield LineState(True)
                if is_up is False:
                    yield EventsLost()
            is_up, attempt = True, 0
            yield from happened
            self._closed.wait(self._look_every_s)

    def close(self) -> None:
        """End the iteration promptly."""
        self._closed.set()
        self._line.close()

    # --- looking ---

    def _look(self) -> list[CenterEvent]:
        happened: list[CenterEvent] = []
        if self._looks % max(1, round(MONITORS_EVERY_S / self._look_every_s)) == 0:
            happened += self._statuses()
        self._looks += 1
        if self._has_alarms:
            happened += self._alarms()
        return happened

    def _statuses(self) -> list[CenterEvent]:
        online = {channel_id_of(one.id): one.online for one in self._monitors.all(0.0).values()}
        changed = [ChannelStatus(one, now) for one, now in online.items() if self._online.get(one, now) != now]
        self._online = online
        return [*changed]

    def _alarms(self) -> list[CenterEvent]:
        first = self._told is None
        told = self._told or {}
        seen: dict[int, _Told] = {}
        happened: list[Alarm] = []
        for event in self._listed():
            now = _read(event)
            before = told.get(event.id)
            if before is not None and now.is_open and not before.alarm.active and now.frames <= before.frames:
                now = replace(now, alarm=replace(now.alarm, active=False))  # it was found to have ended meanwhile
            seen[event.id] = now
            if before is None and first and not now.is_open:
                continue  # over before we came
            if before is None or before.alarm != now.alarm:
                happened.append(now.alarm)
        for event_id in told.keys() - seen.keys():  # too long ago, too many since, or deleted
            if told[event_id].alarm.active:
                happened.append(replace(told[event_id].alarm, active=False))
        happened += self._ended(seen)
        self._told = seen
        return [*happened]

    def _listed(self) -> list[Event]:
        zone = self._zone = self._zone or self._line.zone()
        since = local_text(self._line.now_ms() - WATCHED_MS, zone).replace(" ", "%20")
        path = f"/events/index/AlarmFrames%20%3E:0/StartTime%20%3E=:{since}.json"
        query: dict[str, str | int | None] = {
            "page": 1,
            "limit": MOST_ALARMS,
            "sort": "StartDateTime",
            "direction": "desc",
        }
        try:
            answer = self._line.api(path, docs.EventsDocument, query)
        except NotFound:
            return []
        by_monitor: dict[str, list[docs.EventDocument]] = {}
        for row in shapes.readable(answer.events, docs.EventRow):
            by_monitor.setdefault(str(row.Event.MonitorId), []).append(row.Event)
        found = [event for rows in by_monitor.values() for event in read_events(rows, zone)]
        return sorted(found, key=lambda event: (event.start_ms, event.id))

    def _ended(self, seen: dict[int, _Told]) -> list[Alarm]:
        """Ask a few cameras whether the alarm is over though the event goes on; others have their turn next time."""
        open_ids = sorted(event_id for event_id, one in seen.items() if one.alarm.active and one.is_open)
        later = [event_id for event_id in open_ids if event_id > self._asked_last]
        ended = []
        for event_id in (later or open_ids)[:STATES_A_LOOK]:
            self._asked_last = event_id
            one = seen[event_id]
            if self._is_over(one.alarm.channel_id):
                over = replace(one.alarm, active=False)
                seen[event_id] = replace(one, alarm=over)
                ended.append(over)
        return ended

    def _is_over(self, channel_id: str) -> bool:
        path = f"/monitors/alarm/id:{channel_id[1:]}/command:status.json"
        try:
            answer = self._line.api(path, docs.AlarmDocument, limit_s=5.0)
        except (NotPermitted, NotFound, ServerFailed, BadPayload):
            return False  # one camera whose process hangs says nothing about the server
        state = docs.whole(answer.status)
        return answer.code is not None or (state is not None and state not in _ALARMED)


def _read(event: Event) -> _Told:
    raw = event.raw
    text = (raw.Notes or "").strip().rstrip(":") or raw.Cause or ""
    kind = alarm_kind(raw.Cause or "", raw.Notes or "")
    is_open = event.end_ms is None
    alarm = Alarm(str(event.id), channel_id_of(event.monitor_id), kind, event.start_ms, is_open, text)
    return _Told(alarm, docs.number(raw.AlarmFrames) or 0.0, is_open)


def alarm_kind(cause: str, notes: str) -> AlarmKind:
    """Return what an event is about: its cause, or its notes where it began by the schedule."""
    text = (notes if cause in ("", "Continuous") else cause).lower()
    return next((kind for word, kind in _WORDS if word in text), AlarmKind.OTHER)
