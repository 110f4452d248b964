"""What a camera has recorded (Profile G): its recordings and their gaps. Sources: ONVIF Recording Search 5, annex A.

A camera's moments are those of its own clock, which may be wrong; `Recorded` counts them by this machine's.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from onveef import envelopes, parsers

from wallclient.api.onvif.device import Device
from wallclient.api.onvif.media import kept_profiles
from wallclient.domain.errors import BadPayload, CenterError, NotAble
from wallclient.domain.onvif import OnvifCamera

RECORDINGS_S, SPANS_S, CLOCK_S = 30.0, 20.0, 300.0  # how long what a camera told is believed
_CLOCK_NOISE_MS = 1500  # it is told in whole seconds
_ROUNDS = 20  # answers read of one search
_MOST = 5000  # of anything in one search
_DAY_MS = 86_400_000
_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_STATES = ("IsRecording", "IsDataPresent")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording, by this machine's clock in ms since 1970. `ahead_ms` is what the camera's is ahead of that."""

    token: str
    earliest_ms: int
    latest_ms: int
    ahead_ms: int


async def recordings(device: Device, camera: OnvifCamera) -> tuple[Recorded, ...]:
    """Return a camera's recordings. Raises NotAble where it has none to tell of, and as `Device.ask` does."""
    return await device.keep(f"recordings {camera.source}", RECORDINGS_S, lambda: _recordings(device, camera))


async def spans(device: Device, recorded: Recorded, start_ms: int, end_ms: int) -> tuple[Span, ...]:
    """Return the uninterrupted stretches of a recording that touch a range, cut at midnight UTC.

    Cameras are asked by whole days, so that a stretch is the same whatever range it was asked for with.
    """
    begin = max(recorded.earliest_ms, start_ms // _DAY_MS * _DAY_MS)
    until = min(recorded.latest_ms, -(-end_ms // _DAY_MS) * _DAY_MS)
    found: list[Span] = []
    while begin < until:
        midnight = (begin // _DAY_MS + 1) * _DAY_MS
        found += await _day(device, recorded, (begin, min(midnight, until)))
        begin = midnight
    return tuple(one for one in found if one[0] < end_ms and one[1] > start_ms)


async def _day(device: Device, recorded: Recorded, day: Span) -> tuple[Span, ...]:
    what = f"spans {recorded.token} {day[0] // _DAY_MS}"
    try:
        return await device.keep(what, SPANS_S, lambda: _stretches(device, recorded, day))
    except (NotAble, BadPayload):  # it can't tell of gaps
        return (day,)


async def _recordings(device: Device, camera: OnvifCamera) -> tuple[Recorded, ...]:
    if not (await device.has("search") and await device.has("replay")):
        raise NotAble("the camera has no recordings to tell of")
    ahead_ms = await _ahead_ms(device)
    search = await device.ask(lambda one: one.find_recordings(keep_alive="PT30S"))
    found = [
        (item, recorded)
        async for item in _results(device, "GetRecordingSearchResults", search, "RecordingInformation")
        if (recorded := _recorded(item, ahead_ms)) is not None
    ]
    sources = {profile.source for profile in await kept_profiles(device)}
    if len(sources) > 1:
        tokens = {camera.source, *(p.token for p in await kept_profiles(device) if p.source == camera.source)}
        found = [(item, recorded) for item, recorded in found if _source_of(item) & tokens]
    return tuple(sorted((recorded for _, recorded in found), key=lambda one: one.earliest_ms))


async def _ahead_ms(device: Device) -> int:
    """Return what the camera's clock is ahead; the same as before where that differs by no more than it is told in."""
    ahead_s = await device.keep("clock", CLOCK_S, device.clock_offset_s)
    if ahead_s is None:
        return 0
    if abs(ahead_s * 1000 - device.ahead_ms) > _CLOCK_NOISE_MS:
        device.ahead_ms = round(ahead_s) * 1000
    return device.ahead_ms


def _recorded(item: Element, ahead_ms: int) -> Recorded | None:
    """Return a recording, from the first to the last moment of its video."""
    token = parsers.child_text(item, "RecordingToken")
    tracks = [one for one in parsers.find_all_local(item, "Track") if parsers.child_text(one, "TrackType") == "Video"]
    begins = [at for one in tracks if (at := _moment(parsers.child_text(one, "DataFrom"))) is not None]
    ends = [at for one in tracks if (at := _moment(parsers.child_text(one, "DataTo"))) is not None]
    earliest = min(begins, default=_moment(parsers.child_text(item, "EarliestRecording")))
    latest = max(ends, default=_moment(parsers.child_text(item, "LatestRecording")))
    if not token or earliest is None or latest is None or earliest >= latest:
        return None
    return Recorded(token, earliest - ahead_ms, latest - ahead_ms, ahead_ms)


def _source_of(item: Element) -> set[str]:
    source = parsers.find_local(item, "Source")
    return {parsers.child_text(source, tag) for tag in ("SourceId", "Name")} if source is not None else set()


async def _stretches(device: Device, recorded: Recorded, day: Span) -> tuple[Span, ...]:
    """Return stretches between changes; what nobody told the beginning or end of goes on to that of the day."""
    changes, is_whole = await _changes(device, recorded, day)
    if not changes:
        return (day,)
    found = []
    began: int | None = None if changes[0][1] else day[0]
    for at, is_on in changes:
        at = min(max(at, day[0]), day[1])
        if is_on and began is None:
            began = at
        elif not is_on and began is not None:
            if at > began:
                found.append((began, at))
            began = None
    if began is not None and is_whole and day[1] > began:
        found.append((began, day[1]))
    return tuple(found)


async def _changes(device: Device, recorded: Recorded, day: Span) -> tuple[list[tuple[int, bool]], bool]:
    """Return when a recording began and paused, in order, the state at the start first; and whether that is all."""
    body = (
        f"<tse:FindEvents><tse:StartPoint>{_stamp(day[0] + recorded.ahead_ms)}</tse:StartPoint>"
        f"<tse:EndPoint>{_stamp(day[1] + recorded.ahead_ms)}</tse:EndPoint>"
        f"<tse:Scope><tt:IncludedRecordings>{escape(recorded.token)}</tt:IncludedRecordings></tse:Scope>"
        f'<tse:SearchFilter><wsnt:TopicExpression Dialect="{_DIALECT}">tns1:RecordingHistory//.</wsnt:TopicExpression>'
        "</tse:SearchFilter><tse:IncludeStartState>true</tse:IncludeStartState>"
        "<tse:KeepAliveTime>PT30S</tse:KeepAliveTime></tse:FindEvents>"
    )  # by hand: `onveef` leaves out the filter, which the schema wants, and without which all motion would come, too
    search = parsers.find_local(await device.raw("search", "FindEvents", body), "SearchToken")
    token = (search.text or "").strip() if search is not None else ""
    found: list[tuple[int, bool]] = []
    count = 0
    async for item in _results(device, "GetEventSearchResults", token, "Result"):
        count += 1
        at = _moment(parsers.child_text(item, "Time"))
        states = [one.attrib.get("Value", "") for one in parsers.find_all_local(item, "SimpleItem") if _is_state(one)]
        if at is not None and states and parsers.child_text(item, "RecordingToken") in ("", recorded.token):
            found.append((at - recorded.ahead_ms, states[0].lower() in ("true", "1")))
    return sorted(found), count < _MOST


def _is_state(item: Element) -> bool:
    return item.attrib.get("Name") in _STATES


async def _results(device: Device, operation: str, search: str, tag: str) -> AsyncIterator[Element]:
    """Yield what a search finds, until the camera says that there is no more."""
    build = (
        envelopes.search_get_recording_search_results
        if operation == "GetRecordingSearchResults"
        else envelopes.search_get_event_search_results
    )
    count = 0
    try:
        for _ in range(_ROUNDS):
            answer = await device.raw("search", operation, build(search_token=search, wait_time="PT2S"))
            for item in parsers.find_all_local(answer, tag):
                count += 1
                yield item
                if count >= _MOST:
                    return
            state = parsers.find_local(answer, "SearchState")
            if state is None or (state.text or "").strip() == "Completed":
                return
    finally:
        with contextlib.suppress(CenterError):  # it lapses by itself
            await device.ask(lambda one: one.end_search(search_token=search))


def _moment(text: str) -> int | None:
    """Return a moment in ms since 1970; what names no zone is UTC, as ONVIF has it."""
    try:
        read = datetime.fromisoformat(text.strip())
        return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _stamp(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
