"""Recordings, still pictures and alarms: what is told of them is true, and the files can be read."""

import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from asking import LIMIT_S, needs, until

from wallclient.api.recordings import RecordingCenter
from wallclient.domain.errors import CenterError, NotFound
from wallclient.domain.event import Alarm, CenterEvent, LineState
from wallclient.domain.recording import FootageProtocol, Playback, RecordingKind, Segment

ZONE = "Asia/Shanghai"
DAY_MS = 86_400_000


@pytest.fixture
def recorder(center):
    needs(center.capabilities.recordings, "this kind records nothing")
    assert isinstance(center, RecordingCenter)
    return center


@pytest.fixture
def footage(stand, recorder):
    """The latest segment of the stand's camera that is long enough, and all that were told with it."""
    if stand.footage_ms:
        start_ms, end_ms = stand.footage_ms
    else:
        end_ms = int(datetime.now(UTC).timestamp() * 1000) - 300_000
        start_ms = end_ms - DAY_MS
    told = recorder.segments([stand.camera], start_ms, end_ms)[stand.camera]
    assert told, "the stand's camera has footage"
    long = [one for one in told if one.end_ms - one.start_ms >= 5000]
    return long[-1], told, (start_ms, end_ms)


def test_segments_are_in_order_and_touch_the_range(stand, footage):
    _, told, (start_ms, end_ms) = footage
    for segment in told:
        assert isinstance(segment, Segment)
        assert segment.channel_id == stand.camera
        assert isinstance(segment.kind, RecordingKind)
        assert segment.start_ms < segment.end_ms
        assert segment.end_ms > start_ms
        assert segment.start_ms < end_ms
    starts = [segment.start_ms for segment in told]
    assert starts == sorted(starts)
    assert len({segment.id for segment in told}) == len(told)


def test_days_are_those_of_the_segments(stand, recorder, footage):
    segment, *_ = footage
    zone = ZoneInfo(ZONE)
    day = datetime.fromtimestamp(segment.start_ms / 1000, zone).date()
    days = recorder.recorded_days([stand.camera], day.year, day.month, ZONE)[stand.camera]
    assert day in days
    assert all((one.year, one.month) == (day.year, day.month) for one in days)
    far = day.replace(day=1, year=day.year - 9)
    assert not recorder.recorded_days([stand.camera], far.year, far.month, ZONE).get(stand.camera)


def test_playback_serves_bytes_of_the_range(stand, recorder, footage):
    segment, *_ = footage
    end_ms = min(segment.end_ms, segment.start_ms + 60_000)
    session = recorder.open_playback(stand.camera, segment.start_ms, end_ms, "conformance")
    assert isinstance(session, Playback)
    assert (session.channel_id, bool(session.id)) == (stand.camera, True)
    assert session.expires_in_s > 0

    def ready() -> Playback | None:
        latest = recorder.renew_playback(session.id)
        return latest if latest.sources else None

    until(ready, "no address of the footage ever came")
    for source in recorder.renew_playback(session.id).sources:
        assert source.start_ms < source.end_ms
        assert source.start_ms < end_ms
        assert source.end_ms > segment.start_ms
        assert source.url not in repr(source)
        if source.protocol is not FootageProtocol.RTSP:
            assert len(_first_bytes(source.url, 2000)) == 2000
    recorder.close_playback(session.id)
    recorder.close_playback(session.id)
    with pytest.raises(NotFound):
        recorder.renew_playback(session.id)


def _first_bytes(url: str, count: int) -> bytes:
    request = urllib.request.Request(url, headers={"Range": f"bytes=0-{count - 1}"})
    with urllib.request.urlopen(request, timeout=LIMIT_S) as reply:
        assert reply.status == 206, "footage is read in ranges"
        return reply.read()


def test_where_nothing_was_recorded_nothing_is_played(stand, recorder):
    long_ago = int((datetime.now(UTC) - timedelta(days=4000)).timestamp() * 1000)
    assert not recorder.segments([stand.camera], long_ago, long_ago + 3_600_000).get(stand.camera)
    with pytest.raises(NotFound):
        recorder.open_playback(stand.camera, long_ago, long_ago + 60_000, "conformance")
    with pytest.raises(CenterError):
        recorder.open_playback("nobody", long_ago, long_ago + 60_000, "conformance")


def test_a_still_picture_is_a_jpeg(stand, center):
    needs(center.capabilities.pictures, "this kind takes no still pictures")
    assert center.picture(stand.camera)[:3] == b"\xff\xd8\xff"
    with pytest.raises(CenterError):
        center.picture("nobody")


def test_alarms_arrive(stand, center):
    needs(center.capabilities.alarms and stand.ring, "no alarm can be raised here")
    heard: list[CenterEvent] = []
    events = center.events()
    listener = threading.Thread(target=lambda: heard.extend(events), daemon=True)  # grows as they come
    listener.start()
    until(lambda: any(isinstance(event, LineState) and event.up for event in heard), "the line did not open")
    stand.ring()
    until(lambda: any(isinstance(event, Alarm) for event in heard), "no alarm arrived")
    alarm = next(event for event in heard if isinstance(event, Alarm))
    assert (alarm.channel_id, bool(alarm.id)) == (stand.camera, True)
    events.close()
    listener.join(LIMIT_S)
    assert not listener.is_alive(), "close ends the iteration"


def test_events_end_when_they_are_closed(center):
    needs(center.capabilities.events, "this kind tells nothing on its own")
    heard: list[CenterEvent] = []
    events = center.events()
    listener = threading.Thread(target=lambda: heard.extend(events), daemon=True)
    listener.start()
    events.close()
    listener.join(LIMIT_S)
    assert not listener.is_alive()
