"""Recordings at a center that speaks Center API v1: the part of `NativeCenter` that is a `RecordingCenter`."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from wallclient.api import recording_models as docs
from wallclient.domain.address import checked_address
from wallclient.domain.errors import BadAddress, BadPayload, NotFound
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback, RecordingKind, Segment
from wallclient.domain.stream import Codec, Credentials

SHORTEST_TERM_S = 1.0
MOST_PAGES = 1000
LARGEST_PAGE = 1000
LARGEST_SIDE_PX = 65_536
LONGEST_REASON = 500
_PROTOCOLS = {protocol.value: protocol for protocol in FootageProtocol}
_KINDS = {kind.value: kind for kind in RecordingKind}
_CODECS = {codec.value: codec for codec in Codec}
_Reply = TypeVar("_Reply")


class NativeRecordings:
    """Implements `wallclient.api.recordings.RecordingCenter`; see there."""

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

    def recorded_days(self, channel_ids: Sequence[str], year: int, month: int, zone: str) -> Mapping[str, set[date]]:
        """Return by channel the days of a month with footage. A channel that is missing may not be played back."""
        found: dict[str, set[date]] = {}
        for some in _batches(channel_ids):
            query: Mapping[str, str | int] = {"channels": ",".join(some), "year": year, "month": month, "zone": zone}
            reply = self._call("GET", "/recordings/days", docs.DaysDocument, query=query)
            for item in reply.items:
                found[_asked(item.channel_id, some)] = _dates(year, month, item.days)
        return found

    def segments(self, channel_ids: Sequence[str], start_ms: int, end_ms: int) -> Mapping[str, tuple[Segment, ...]]:
        """Return by channel what was recorded in a range. A channel that is missing may not be played back."""
        found: dict[str, list[Segment]] = {}
        for some in _batches(channel_ids):
            cursor: str | None = None
            for _ in range(MOST_PAGES):
                page = self._page(some, start_ms, end_ms, cursor)
                for channel_id in page.channel_ids:
                    found.setdefault(_asked(channel_id, some), [])
                for item in page.items:
                    found.setdefault(_asked(item.channel_id, some), []).append(read_segment(item))
                cursor = page.next_cursor
                if cursor is None:
                    break
            else:
                raise BadPayload("segments: pages without an end")
        return {channel_id: tuple(sorted(some, key=_begins)) for channel_id, some in found.items()}

    def _page(self, some: Sequence[str], start_ms: int, end_ms: int, cursor: str | None) -> docs.SegmentPageDocument:
        query: Mapping[str, str | int | None] = {
            "channels": ",".join(some),
            "start_ms": start_ms,
            "end_ms": end_ms,
            "limit": LARGEST_PAGE,
            "cursor": cursor,
        }
        return self._call("GET", "/recordings/segments", docs.SegmentPageDocument, query=query)

    def open_playback(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for looking at. Raises ReasonNeeded, NotFound where there is none."""
        return self._open("playback", channel_id, start_ms, end_ms, reason)

    def open_export(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for taking it along. Raises ReasonNeeded, NotFound where there is none."""
        return self._open("export", channel_id, start_ms, end_ms, reason)

    def _open(self, what: str, channel_id: str, start_ms: int, end_ms: int, reason: str) -> Playback:
        body = docs.OpenPlayback(start_ms, end_ms, reason[:LONGEST_REASON])
        path = f"/channels/{_segment(channel_id)}/{what}"
        return read_playback(self._call("POST", path, docs.PlaybackDocument, body=body))

    def renew_playback(self, playback_id: str) -> Playback:
        """Keep footage open. Raises NotFound once it has lapsed."""
        path = f"/playback/{_segment(playback_id)}/renewal"
        return read_playback(self._call("POST", path, docs.PlaybackDocument))

    def close_playback(self, playback_id: str) -> None:
        """Give footage back; a session that has lapsed already is no error."""
        with suppress(NotFound):
            self._call("DELETE", f"/playback/{_segment(playback_id)}", type(None))


def read_segment(raw: docs.SegmentDocument) -> Segment:
    """Read a segment; one of a kind this program does not know counts as scheduled. Raises BadPayload.

    Source: contract, schema Segment.
    """
    if raw.end_ms <= raw.start_ms:
        raise BadPayload("a segment that ends before it begins")
    return Segment(raw.id, raw.channel_id, _KINDS.get(raw.kind, RecordingKind.TIME), raw.start_ms, raw.end_ms)


def read_playback(raw: docs.PlaybackDocument) -> Playback:
    """Read a session, without the sources this program can't or must not open. Raises BadPayload.

    Source: contract, schema Playback.
    """
    if not raw.expires_in_s > 0:
        raise BadPayload(f"footage for {raw.expires_in_s} s")
    sources = [source for source in map(_read_source, raw.sources) if source is not None]
    term_s = max(SHORTEST_TERM_S, raw.expires_in_s)
    return Playback(raw.id, raw.channel_id, tuple(sources), raw.clock_offset_ms, term_s)


def _read_source(raw: docs.FootageSourceDocument) -> FootageSource | None:
    """Read a source; None for a protocol of the future or an address that is not opened."""
    protocol = _PROTOCOLS.get(raw.protocol)
    try:
        address = checked_address(raw.url)
    except BadAddress:
        return None
    if protocol is None or raw.end_ms <= raw.start_ms:
        return None
    given = Credentials(raw.credentials.user, raw.credentials.password) if raw.credentials else address.credentials
    codec = _CODECS.get(raw.codec or "")
    return FootageSource(
        address.url,
        protocol,
        raw.start_ms,
        raw.end_ms,
        codec,
        _side(raw.width),
        _side(raw.height),
        given,
        raw.clock_offset_ms,
    )


def _side(px: int | None) -> int | None:
    return px if px is not None and 0 < px <= LARGEST_SIDE_PX else None


def _begins(segment: Segment) -> int:
    return segment.start_ms


def _dates(year: int, month: int, days: Sequence[int]) -> set[date]:
    try:
        return {date(year, month, day) for day in days}
    except ValueError:
        raise BadPayload("days: one that the month does not have") from None


def _batches(channel_ids: Sequence[str]) -> list[list[str]]:
    """Return the channels in as few calls as the contract allows, each once. Raises NotFound for what is no id."""
    ids = list(dict.fromkeys(channel_ids))
    if any(not one or "," in one for one in ids):
        raise NotFound("an id that can't be asked for")
    return [ids[i : i + docs.MOST_CHANNELS] for i in range(0, len(ids), docs.MOST_CHANNELS)]


def _asked(channel_id: str, asked: Sequence[str]) -> str:
    if channel_id not in asked:
        raise BadPayload("recordings of a channel that was not asked for")
    return channel_id


def _segment(text: str) -> str:
    """Return an id as one segment of a path. Raises NotFound for ids that no path can carry."""
    if text in ("", ".", ".."):
        raise NotFound(f"id {text!r}")
    return quote(text, safe="")
