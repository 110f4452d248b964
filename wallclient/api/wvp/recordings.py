"""Footage of a WVP: the part of its adapter that is a `wallclient.api.recordings.RecordingCenter`.

The server's own files are handed out at once. What only a device has is fetched piece by piece, the moment in the
middle of the range first, and is `pending` until then.
"""

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.cutting import export_pieces, review_pieces
from wallclient.api.wvp.downloads import Downloads, Piece, Stage
from wallclient.api.wvp.line import WvpLine
from wallclient.api.wvp.records import Stretch, WvpRecords
from wallclient.api.wvp.streams import CODECS, rewritten
from wallclient.api.wvp.tree import GB28181
from wallclient.api.wvp.ways import Way, Ways
from wallclient.domain.address import checked_address
from wallclient.domain.errors import BadAddress, BadPayload, CenterError, NotAble, NotFound, Refused, ServerFailed
from wallclient.domain.recording import FootageProtocol, FootageSource, PendingFootage, Playback, Segment

LONGEST_MS = 86_400_000
PATIENCE_S = 2.0  # for a device, before a session is opened that does not know yet what there is
TERM_S, PENDING_TERM_S = 300.0, 2.0
FORGOTTEN_S = 900.0  # without a renewal
QUERIES_AT_ONCE = 16  # of devices: one that does not answer holds up no other
STOPPED_S = 0.7  # a log-out has a second
SAID_ONCE_S = 10.0  # so long the next to open a channel's footage is told why it failed
_Found = TypeVar("_Found")


@dataclass(eq=False)
class _Session:
    id: str
    channel_id: str
    way: Way
    start_ms: int
    end_ms: int
    is_export: bool
    renewed_at: float
    pieces: list[Piece] = field(default_factory=list)
    files: list[FootageSource] = field(default_factory=list)  # of the server
    is_known: bool = False  # what was recorded
    error: CenterError | None = None


class WvpRecordings:
    """Implements `wallclient.api.recordings.RecordingCenter`; see there."""

    def __init__(
        self, line: WvpLine, ways: Ways, records: WvpRecords, media_host: str = "", downloads: Downloads | None = None
    ) -> None:
        self._line, self._ways, self._media_host = line, ways, media_host
        self._records = records
        self._downloads = downloads or Downloads(line)
        self._pool = ThreadPoolExecutor(QUERIES_AT_ONCE, thread_name_prefix="wvp-records")
        self._sessions: dict[str, _Session] = {}
        self._sessions_lock = threading.Lock()
        self._session_numbers = itertools.count(1)
        self._failures: dict[str, tuple[float, CenterError]] = {}  # by channel: when, and why

    # --- what there is ---

    def recorded_days(
        self, channel_ids: Sequence[str], year: int, month: int, zone: str
    ) -> Mapping[str, set[date] | CenterError]:
        """Return by channel the days of a month with footage, or why its device can't be asked."""
        there = ZoneInfo(zone)
        first = datetime(year, month, 1, tzinfo=there)
        after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=there)
        start_ms, end_ms = (round(moment.timestamp() * 1000) for moment in (first, after))
        found = self._by_device(channel_ids, lambda one: self._records.days(one, start_ms, end_ms))
        return {
            one: some
            if isinstance(some, CenterError)
            else {day for stretch in some for day in _days_of(stretch, start_ms, end_ms, there)}
            for one, some in found.items()
        }

    def segments(
        self, channel_ids: Sequence[str], start_ms: int, end_ms: int
    ) -> Mapping[str, tuple[Segment, ...] | CenterError]:
        """Return by channel what was recorded in a range, or why its device can't be asked."""
        found = self._by_device(channel_ids, lambda one: self._records.between(one, start_ms, end_ms))
        return {
            one: some if isinstance(some, CenterError) else tuple(_segment(one, stretch) for stretch in some)
            for one, some in found.items()
        }

    def _by_device(
        self, channel_ids: Sequence[str], ask: Callable[[str], tuple[Stretch, ...]]
    ) -> dict[str, tuple[Stretch, ...] | CenterError]:
        """Ask for each channel, several devices at a time. Raises the first error where all failed."""
        lines: defaultdict[str, list[str]] = defaultdict(list)
        found: dict[str, tuple[Stretch, ...] | CenterError] = {}
        for channel_id in dict.fromkeys(channel_ids):
            try:
                lines[self._ways.to(channel_id).device].append(channel_id)
            except NotFound as err:
                found[channel_id] = err

        def ask_all(some: list[str]) -> None:
            for one in some:
                try:
                    found[one] = ask(one)
                except CenterError as err:
                    found[one] = err

        for future in [self._submit(ask_all, some) for some in lines.values()]:
            _result(future)
        errors = [answer for answer in found.values() if isinstance(answer, CenterError)]
        if errors and len(errors) == len(found):
            raise errors[0]
        return found

    def _submit(self, work: Callable[..., _Found], *args: object) -> Future[_Found]:
        try:
            return self._pool.submit(work, *args)
        except RuntimeError:
            raise ServerFailed("the connection was closed by us") from None

    # --- sessions ---

    def open_playback(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for looking at. Raises NotFound where there is none, NotAble for what is no GB device's."""
        return self._open(channel_id, start_ms, end_ms, is_export=False)

    def open_export(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for taking it along; what is pending comes as fast as the device sends it."""
        return self._open(channel_id, start_ms, end_ms, is_export=True)

    def renew_playback(self, playback_id: str) -> Playback:
        """Keep footage open; with what has come since. Raises NotFound where it was given back or came to nothing."""
        with self._sessions_lock:
            session = self._sessions.get(playback_id)
            if session is None:
                raise NotFound(f"footage {playback_id[:40]!r}")
            session.renewed_at = time.monotonic()
        failed = next((piece.error for piece in session.pieces if piece.stage is Stage.FAILED), session.error)
        if failed is not None:
            self.close_playback(playback_id)
            self._failures[session.channel_id] = time.monotonic(), failed
            raise NotFound(f"footage that could not be fetched: {failed}")
        return self._told(session)

    def close_playback(self, playback_id: str) -> None:
        """Give footage back; downloads of ours that nobody waits for are stopped."""
        with self._sessions_lock:
            session = self._sessions.pop(playback_id, None)
        if session is not None:
            self._downloads.give_up(session.id)

    def close_all(self) -> None:
        """Give all footage back, and let devices know that still send some of it."""
        with self._sessions_lock:
            ids = list(self._sessions)
        for playback_id in ids:
            self.close_playback(playback_id)
        self._downloads.settle(STOPPED_S)

    def close(self) -> None:
        """End what runs behind the scenes, at once."""
        self._downloads.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _open(self, channel_id: str, start_ms: int, end_ms: int, *, is_export: bool) -> Playback:
        if not 0 < end_ms - start_ms <= LONGEST_MS:
            raise Refused(f"a range of {end_ms - start_ms} ms", 400, "range")
        way = self._ways.to(channel_id)
        if way.data_type != GB28181:
            raise NotAble("not a channel of a GB28181 device")
        number = next(self._session_numbers)
        session = _Session(f"wvp-footage-{number}", channel_id, way, start_ms, end_ms, is_export, time.monotonic())
        failed_at, failure = self._failures.pop(channel_id, (0.0, None))
        if failure is not None and not is_export and time.monotonic() - failed_at < SAID_ONCE_S:
            raise failure
        asked = self._submit(self._records.between, channel_id, start_ms, end_ms)
        try:
            found = _result(asked, None if is_export else PATIENCE_S)
        except NotYet:
            self._keep(session)
            asked.add_done_callback(lambda done: self._learn(session, done))
            return self._told(session)
        self._plan(session, found)
        if not session.files and not session.pieces:
            raise NotFound("nothing was recorded")
        self._keep(session)
        self._downloads.want(session.id, session.pieces)
        return self._told(session)

    def _keep(self, session: _Session) -> None:
        now = time.monotonic()
        with self._sessions_lock:
            self._sessions[session.id] = session
            forgotten = [one.id for one in self._sessions.values() if now - one.renewed_at > FORGOTTEN_S]
        for playback_id in forgotten:
            self.close_playback(playback_id)

    def _learn(self, session: _Session, asked: Future[tuple[Stretch, ...]]) -> None:
        """Take what a slow device said about an open session; on a thread of the pool."""
        try:
            found = _result(asked)
            self._plan(session, found)
        except CenterError as err:
            session.error = err
            return
        with self._sessions_lock:  # so that it can't be given back in between
            if session.id in self._sessions:
                self._downloads.want(session.id, session.pieces)

    def _plan(self, session: _Session, found: Sequence[Stretch]) -> None:
        """Find out what has to be fetched, and where the server's own files are."""
        for one in found:
            if one.file_id is not None and (source := self._file(one)) is not None:
                session.files.append(source)
        device = [one for one in found if one.file_id is None]
        cut = export_pieces if session.is_export else review_pieces
        there = self._downloads.of(session.channel_id)
        session.pieces = cut(session.channel_id, session.way, device, session.start_ms, session.end_ms, there)
        session.is_known = True

    def _file(self, one: Stretch) -> FootageSource | None:
        path = self._line.get("/api/cloud/record/play/path", docs.FilePath, {"recordId": one.file_id})
        return self._source(path.httpPath or path.httpsPath or "", one.start_ms, one.end_ms, "")

    def _source(self, url: str, start_ms: int, end_ms: int, codec: str) -> FootageSource | None:
        try:
            address = checked_address(rewritten(url, self._media_host))
        except BadAddress:
            return None
        if not address.url.startswith(("http:", "https:")):
            return None
        known = CODECS.get(codec.upper())
        return FootageSource(address.url, FootageProtocol.MP4, start_ms, end_ms, known, credentials=address.credentials)

    def _told(self, session: _Session) -> Playback:
        sources, pending = list(session.files), []
        if not session.is_known:
            pending.append(PendingFootage(session.start_ms, session.end_ms))
        for piece in session.pieces:
            if piece.stage is Stage.DONE:
                source = self._source(piece.url, piece.start_ms, piece.end_ms, piece.codec)
                if source is None:  # said with the next renewal: it must not pass for a gap
                    piece.stage, piece.error = Stage.FAILED, BadPayload("a file at an address that is not opened")
                    continue
                sources.append(source)
            else:
                pending.append(PendingFootage(piece.start_ms, piece.end_ms, piece.progress))
        sources.sort(key=lambda one: one.start_ms)
        term_s = PENDING_TERM_S if pending else TERM_S
        return Playback(session.id, session.channel_id, tuple(sources), 0, term_s, tuple(pending))


def _result(future: Future[_Found], limit_s: float | None = None) -> _Found:
    """Return what a thread of the pool found. Raises CenterError, and NotYet after `limit_s`."""
    try:
        return future.result(limit_s)
    except CancelledError:
        raise ServerFailed("the connection was closed by us") from None


def _segment(channel_id: str, one: Stretch) -> Segment:
    origin = "d" if one.file_id is None else f"f{one.file_id}"
    return Segment(f"{channel_id}-{origin}-{one.start_ms}-{one.end_ms}", channel_id, one.kind, one.start_ms, one.end_ms)


def _days_of(stretch: Stretch, start_ms: int, end_ms: int, zone: ZoneInfo) -> set[date]:
    first, last = max(stretch.start_ms, start_ms), min(stretch.end_ms, end_ms) - 1
    if last < first:
        return set()
    begins, ends = (datetime.fromtimestamp(moment / 1000, zone).date() for moment in (first, last))
    return {date.fromordinal(day) for day in range(begins.toordinal(), ends.toordinal() + 1)}
