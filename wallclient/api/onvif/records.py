"""What a camera has recorded (Profile G): its recordings and their gaps. Sources: ONVIF Recording Search 5, annex A.

A camera's moments are those of its own clock, which may be wrong; `Recorded` counts them by this machine's.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from onveef import envelopes, parsers

from wallclient.api.onvif.device import Device
from wallclient.api.onvif.media import kept_profiles
from wallclient.domain.errors import BadPayload, CenterError, NotAble
from wallclient.domain.onvif import OnvifCamera

RECORDINGS_S, SPANS_S, CLOCK_S = 30.0, 20.0, 300.0  # how long what a camera told is believed
_CLOCK_NOISE_MS = 1500  # it is told in whole seconds
_ROUNDS = 20  # answers read of one search
_MOST = 5000  # of anything in one search
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
    """Return the uninterrupted stretches of a recording that touch a range, whole as far as the camera tells."""
    start_ms, end_ms = max(start_ms, recorded.earliest_ms), min(end_ms, recorded.latest_ms)
    if start_ms >= end_ms:
        return ()
    try:
        told = await device.keep(f"spans {recorded.token}", SPANS_S, lambda: _changes(device, recorded))
    except (NotAble, BadPayload):  # it can't tell of gaps
        return ((recorded.earliest_ms, recorded.latest_ms),)
    found = tuple(_stretches(told, recorded))
    return tuple(one for one in found if one[0] < end_ms and one[1] > start_ms)


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


async def _changes(device: Device, recorded: Recorded) -> tuple[tuple[int, bool], ...]:
    """Return when a recording began and paused, in order."""
    search = await device.ask(
        lambda one: one.find_events(
            start_point=_stamp(recorded.earliest_ms + recorded.ahead_ms - 1000),
            end_point=_stamp(recorded.latest_ms + recorded.ahead_ms + 1000),
            included_recordings=[recorded.token],
            include_start_state=True,
            keep_alive="PT30S",
        )
    )
    found = []
    async for item in _results(device, "GetEventSearchResults", search, "Result"):
        at = _moment(parsers.child_text(item, "Time"))
        states = [one.attrib.get("Value", "") for one in parsers.find_all_local(item, "SimpleItem") if _is_state(one)]
        if at is not None and states and parsers.child_text(item, "RecordingToken") in ("", recorded.token):
            found.append((at - recorded.ahead_ms, states[0].lower() in ("true", "1")))
    return tuple(sorted(found))


def _is_state(item: Element) -> bool:
    return item.attrib.get("Name") in _STATES


def _stretches(changes: Sequence[tuple[int, bool]], recorded: Recorded) -> Iterator[Span]:
    """Yield stretches between changes; what nobody told the beginning or end of ends with the recording."""
    if not changes:
        yield recorded.earliest_ms, recorded.latest_ms
        return
    began: int | None = None if changes[0][1] else recorded.earliest_ms
    for at, is_on in changes:
        if is_on and began is None:
            began = at
        elif not is_on and began is not None:
            if at > began:
                yield began, at
            began = None
    if began is not None and recorded.latest_ms > began:
        yield began, recorded.latest_ms


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
                if count > _MOST:
                    return
                yield item
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
