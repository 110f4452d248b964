"""Events of a ZoneMinder as footage: each is one file, MP4 in fragments that can be read while it still grows.

Moments are told by the second, so a file may begin up to a second before the segment says; events that follow each
other without a gap are told as such.
"""

import itertools
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from wallclient.api import shapes
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.line import ZmLine
from wallclient.api.zoneminder.moments import local_range, local_text, parsed, placed, to_ms, zone_of
from wallclient.api.zoneminder.monitors import Monitor
from wallclient.api.zoneminder.tree import ZmTree
from wallclient.domain.address import checked_address
from wallclient.domain.errors import BadPayload, NotAble, NotFound, NotPermitted, Refused
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback, RecordingKind, Segment

PAGE = 100  # ZoneMinder gives no more at once
MOST_PAGES = 500
AT_ONCE = 4  # cameras whose events are asked for
LONGEST_MS = 24 * 3600 * 1000
LEASE_S = 300.0
TOKEN_S = 3 * LEASE_S  # a token in an address outlives the lease it came with
EARLIER = 3  # events before a range that may reach into it
JOINED_MS = 2000
LARGEST_SIDE_PX = 65_536
_EVER = "100%20year"
_Range = tuple[int, int]
_Query = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `end_ms` is None while it goes on."""

    id: int
    monitor_id: int
    start_ms: int
    end_ms: int | None
    raw: docs.EventDocument

    @property
    def is_alarm(self) -> bool:
        """Tell whether anything but the schedule made it, or made something of it."""
        return bool(docs.number(self.raw.AlarmFrames)) or (self.raw.Cause or "Continuous") != "Continuous"


class ZmRecordings:
    """Implements `wallclient.api.recordings.RecordingCenter`; see there. Thread safe."""

    def __init__(self, line: ZmLine, tree: ZmTree) -> None:
        self._line = line
        self._tree = tree
        self._numbers = itertools.count(1)
        self._sessions: dict[str, tuple[str, _Range]] = {}  # channel and range by session
        self._sessions_lock = threading.Lock()
        self._is_proven = False  # that footage can be had at all

    @cached_property
    def zone(self) -> ZoneInfo:
        """The server's time zone. Raises as calls do."""
        return self._line.zone()

    # --- what there is ---

    def recorded_days(self, channel_ids: Sequence[str], year: int, month: int, zone: str) -> Mapping[str, set[date]]:
        """Return by channel the days of a month with footage: one question a day, for all cameras at once."""
        wanted = self._playable(channel_ids)
        found: dict[str, set[date]] = {channel_id: set() for channel_id in wanted}
        days = _days(year, month, zone_of(zone))
        for day, (start_ms, end_ms) in days.items():
            if start_ms > self._line.now_ms():
                break
            counts = self._counts(start_ms, end_ms)
            for channel_id, monitor in wanted.items():
                before = day - timedelta(days=1)
                has = bool(counts.get(str(monitor.id)))
                if has or ((day.day == 1 or before in found[channel_id]) and self._reaches(monitor, start_ms)):
                    found[channel_id].add(day)
        return found

    def segments(self, channel_ids: Sequence[str], start_ms: int, end_ms: int) -> Mapping[str, tuple[Segment, ...]]:
        """Return by channel what was recorded in a range, in order of time, segments at its ends whole."""
        wanted = self._playable(channel_ids)
        if not wanted:
            return {}
        # ZoneMinder takes one camera at a time, and for each event of a list it asks its database once more.
        with ThreadPoolExecutor(min(AT_ONCE, len(wanted)), "zoneminder-events") as threads:
            lists = threads.map(lambda monitor: self._events(monitor, start_ms, end_ms), wanted.values())
            return {
                channel_id: tuple(self._segment(channel_id, one, until) for one, until in events)
                for channel_id, events in zip(wanted, lists, strict=True)
            }

    def _segment(self, channel_id: str, event: Event, until_ms: int) -> Segment:
        kind = RecordingKind.ALARM if event.is_alarm else RecordingKind.TIME
        return Segment(str(event.id), channel_id, kind, event.start_ms, until_ms)

    # --- footage ---

    def open_playback(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage. Raises NotFound where there is none, NotAble where there are only JPEGs, Refused over a day."""
        if not 0 < end_ms - start_ms <= LONGEST_MS:
            raise Refused("a range of more than a day, or of nothing", 422, "range")
        playback = self._playback(f"zm-{next(self._numbers)}", channel_id, (start_ms, end_ms))
        with self._sessions_lock:
            self._sessions[playback.id] = channel_id, (start_ms, end_ms)
        return playback

    def open_export(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for taking it along: the same files."""
        return self.open_playback(channel_id, start_ms, end_ms, reason)

    def renew_playback(self, playback_id: str) -> Playback:
        """Look for events anew and sign their addresses anew. Raises NotFound for a session that was given back."""
        with self._sessions_lock:
            session = self._sessions.get(playback_id)
        if session is None:
            raise NotFound(f"footage {playback_id[:40]!r}")
        return self._playback(playback_id, *session)

    def close_playback(self, playback_id: str) -> None:
        """Forget a session; ZoneMinder knows of none."""
        with self._sessions_lock:
            self._sessions.pop(playback_id, None)

    def forget_footage(self) -> None:
        """Forget all sessions, and the server's zone."""
        with self._sessions_lock:
            self._sessions.clear()
        self.__dict__.pop("zone", None)
        self._is_proven = False

    def _playback(self, playback_id: str, channel_id: str, wanted: _Range) -> Playback:
        monitor = self._playable([channel_id])[channel_id]
        events = self._events(monitor, *wanted)
        if not events:
            raise NotFound("no event in that time")
        self._prove(events[0][0])
        token = self._line.lasting_token(TOKEN_S)
        sources = tuple(self._source(one, until, token) for one, until in events if one.raw.DefaultVideo)
        if not sources:
            raise NotAble("only single pictures are kept of these events")
        return Playback(playback_id, channel_id, sources, 0, LEASE_S)

    def _prove(self, event: Event) -> None:
        """Ask once in a session for two bytes of footage, as a player will: it could not tell what is wrong.

        Raises NotPermitted where the server shows its privacy page instead, BadPayload for any other page.
        """
        if self._is_proven or not event.raw.DefaultVideo:
            return
        query: _Query = {"view": "view_video", "eid": event.id}
        # Asked for "0-0" it would send the whole file: PHP takes a zero for nothing.
        try:
            kind, _ = self._line.fetch(f"{self._line.root}/index.php", query, {"Range": "bytes=0-1"})
        except NotFound:  # of this one file
            return
        if not kind.startswith("video/"):
            raise BadPayload(f"footage of type {kind[:40]!r}")
        self._is_proven = True

    def _source(self, event: Event, until_ms: int, token: str) -> FootageSource:
        query = {"view": "view_video", "eid": event.id} | ({"token": token} if token else {})
        url = checked_address(f"{self._line.origin}{self._line.root}/index.php?{urlencode(query)}").url
        size = _side(event.raw.Width), _side(event.raw.Height)
        return FootageSource(url, FootageProtocol.MP4, event.start_ms, until_ms, None, *size)

    # --- asking ---

    def _playable(self, channel_ids: Sequence[str]) -> dict[str, Monitor]:
        """Return the monitors of channels that are there. Raises NotPermitted, NotFound where that holds for none."""
        if not self._tree.may_play_back:
            raise NotPermitted("events", "right-missing", "playback")
        found: dict[str, Monitor] = {}
        for channel_id in dict.fromkeys(channel_ids):
            try:
                found[channel_id] = self._tree.monitor(channel_id)
            except NotFound:
                continue
        if channel_ids and not found:
            raise NotFound("none of these channels")
        return found

    def _events(self, monitor: Monitor, start_ms: int, end_ms: int) -> list[tuple[Event, int]]:
        """Return the events that overlap a range, each with the moment it is known to reach."""
        # What follows the range tells how far its last event reaches.
        low, high = local_range(start_ms, end_ms + 2 * JOINED_MS, self.zone)
        rows = self._listed(monitor, {"StartTime >=": low, "StartTime <=": high}, "asc", MOST_PAGES)
        rows += self._listed(monitor, {"StartTime <": low}, "desc", 1, EARLIER)
        return [
            (one, until)
            for one, until in self._joined(read_events(rows, self.zone))
            if one.start_ms < end_ms and until > start_ms
        ]

    def _joined(self, events: list[Event]) -> list[tuple[Event, int]]:
        """Return the events in order of time, each up to the next one where they touch or overlap.

        A section begins with the key picture before the end of the last one, and only whole seconds are told.
        """
        now_ms, found = self._line.now_ms(), []
        in_order = sorted(events, key=lambda one: (one.start_ms, one.id))
        for event, following in itertools.zip_longest(in_order, in_order[1:]):
            end_ms = event.end_ms if event.end_ms is not None else max(now_ms, event.start_ms + 1000)
            if following is not None and (event.end_ms is None or following.start_ms <= end_ms + JOINED_MS):
                end_ms = following.start_ms  # an event that stays open was left so by a process that died
            if end_ms > event.start_ms:
                found.append((event, end_ms))
        return found

    def _reaches(self, monitor: Monitor, moment_ms: int) -> bool:
        return any(one.start_ms < moment_ms < until for one, until in self._events(monitor, moment_ms, moment_ms))

    def _listed(
        self, monitor: Monitor, conditions: Mapping[str, str], direction: str, pages: int, limit: int = PAGE
    ) -> list[docs.EventDocument]:
        path = "/events/index/" + _filter({"MonitorId": str(monitor.id), **conditions}) + ".json"
        found: list[docs.EventDocument] = []
        for page in range(1, pages + 1):
            query: _Query = {"page": page, "limit": limit, "sort": "StartDateTime", "direction": direction}
            try:
                answer = self._line.api(path, docs.EventsDocument, query)
            except NotFound:  # a page past the end, of a list that became shorter
                return found
            found += [row.Event for row in shapes.readable(answer.events, docs.EventRow)]
            if answer.pagination is None or not answer.pagination.nextPage:
                return found
        if pages > 1:
            raise BadPayload("a list of events without an end")
        return found

    def _counts(self, start_ms: int, end_ms: int) -> dict[str, docs.Scalar]:
        first, last = local_text(start_ms, self.zone), local_text(end_ms, self.zone)
        conditions = _filter({"StartDateTime >=": first, "StartDateTime <": last})
        counts = self._line.api(f"/events/consoleEvents/{_EVER}/{conditions}.json", docs.CountsDocument).results
        return counts if isinstance(counts, dict) else {}


def read_events(rows: Sequence[docs.EventDocument], zone: ZoneInfo) -> list[Event]:
    """Read events of one monitor; one whose moments can't be read is left out."""
    raw = []
    for row in rows:
        event_id = docs.whole(row.Id)
        try:
            start, end = parsed(row.StartDateTime), parsed(row.EndDateTime) if row.EndDateTime else None
        except ValueError:
            continue
        if event_id is not None:
            raw.append((event_id, start, end, docs.number(row.Length), row))
    unique = {row[0]: row for row in raw}
    return [
        Event(docs.whole(row.Id) or 0, docs.whole(row.MonitorId) or 0, start_ms, end_ms, row)
        for start_ms, end_ms, row in placed(list(unique.values()), zone)
    ]


def _filter(conditions: Mapping[str, str]) -> str:
    """Return conditions as parts of a path: all have to hold."""
    return "/".join(f"{quote(name, safe='')}:{quote(value, safe=':-')}" for name, value in conditions.items())


def _days(year: int, month: int, zone: ZoneInfo) -> dict[date, _Range]:
    first = date(year, month, 1)
    days = [first + timedelta(days=i) for i in range(31) if (first + timedelta(days=i)).month == month]
    edges = [to_ms(datetime(day.year, day.month, day.day), zone) for day in [*days, days[-1] + timedelta(days=1)]]
    return dict(zip(days, itertools.pairwise(edges), strict=True))


def _side(value: docs.Scalar) -> int | None:
    px = docs.whole(value)
    return px if px is not None and 0 < px <= LARGEST_SIDE_PX else None
