"""Recordings through the adapter, against the embedded center: what is told, what is refused, files over HTTP."""

import io
import itertools
import time
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import av
import pytest
import requests
from av.container import InputContainer

from wallclient.api import recording_models as docs
from wallclient.api.audit import AuditCenter
from wallclient.api.native import NativeCenter
from wallclient.api.native_recordings import read_playback, read_segment
from wallclient.api.patrol import RecordOutcome
from wallclient.api.recordings import RecordingCenter
from wallclient.demo import strip
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.media import StreamedCamera, default_cache_dir
from wallclient.demo.recording_calendar import BROKEN_OFF, WRONG_CLOCK
from wallclient.demo.recording_store import FootageStore
from wallclient.domain.audit import AuditKind, AuditRecord
from wallclient.domain.errors import BadPayload, NotFound, NotPermitted, ReasonNeeded, Refused
from wallclient.domain.patrol import Person
from wallclient.domain.recording import FootageProtocol, FootageSource, RecordingKind, covering
from wallclient.domain.stream import Codec

FPS = 25
HOUR_MS = 3_600_000
TESTED = (2, BROKEN_OFF, WRONG_CLOCK)
MP4 = FootageProtocol.MP4


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FootageStore]:
    cameras = [StreamedCamera(number, f"录像{number}", Codec.H264, "bridge-dusk-2") for number in TESTED]
    made = FootageStore(cameras, FPS, default_cache_dir(), shelf=tmp_path_factory.mktemp("footage"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def embedded(store: FootageStore) -> Iterator[EmbeddedCenter]:
    with EmbeddedCenter(2000, footage=store) as embedded:
        yield embedded


@pytest.fixture
def center(embedded: EmbeddedCenter) -> Iterator[NativeCenter]:
    center = NativeCenter(embedded.base_url)
    center.log_in(embedded.user, embedded.password)
    yield center
    embedded.demand_reason(False)
    embedded.footage_fault("normal")
    center.close()


def now_ms() -> int:
    return int(time.time() * 1000)


def whole_file(center: NativeCenter, channel_id: str = "c2") -> FootageSource:
    """Return a file of two minutes of the last hours."""
    opened = center.open_playback(channel_id, now_ms() - 3 * HOUR_MS, now_ms())
    return next(s for s in opened.sources if s.protocol is MP4 and s.end_ms - s.start_ms == 120_000)


# --- what is told ---


def test_a_center_with_recordings_says_so(center: NativeCenter) -> None:
    assert center.capabilities.recordings
    assert isinstance(center, RecordingCenter)


def test_segments_are_whole_in_order_and_by_channel(center: NativeCenter) -> None:
    start_ms, end_ms = now_ms() - 30 * HOUR_MS, now_ms()
    found = center.segments(["c9", "c2", "c1999"], start_ms, end_ms)
    assert list(found) == ["c9", "c2", "c1999"]
    for channel_id, segments in found.items():
        assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(segments))
        assert {segment.channel_id for segment in segments} == {channel_id}
        assert segments[0].start_ms < start_ms + 3 * HOUR_MS
        assert end_ms - 3 * HOUR_MS < segments[-1].end_ms <= now_ms() - 4000
        assert RecordingKind.ALARM in {segment.kind for segment in segments}
    assert covering(found["c2"], found["c2"][3].start_ms) == found["c2"][3]


def test_more_channels_than_fit_into_a_call_and_more_segments_than_fit_on_a_page(center: NativeCenter) -> None:
    ids = [f"c{number}" for number in range(1, 101)]
    found = center.segments(ids, now_ms() - 5 * 24 * HOUR_MS, now_ms())
    assert list(found) == ids
    assert sum(map(len, found.values())) > 3000
    assert found["c70"] == center.segments(["c70"], now_ms() - 5 * 24 * HOUR_MS, now_ms())["c70"][: len(found["c70"])]


def test_days_are_those_of_the_segments_in_the_operators_time_zone(center: NativeCenter) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    today = datetime.now(zone).date()
    told = center.recorded_days(["c2"], today.year, today.month, "Asia/Shanghai")["c2"]
    first = datetime(today.year, today.month, 1, tzinfo=zone)
    expected: set[date] = set()
    for segment in center.segments(["c2"], int(first.timestamp() * 1000), now_ms())["c2"]:
        for moment_ms in (max(segment.start_ms, int(first.timestamp() * 1000)), segment.end_ms - 1):
            expected.add(datetime.fromtimestamp(moment_ms / 1000, zone).date())
    assert expected - {today} == told - {today}
    with pytest.raises(Refused) as refused:
        center.recorded_days(["c2"], today.year, today.month, "Mars/Olympus")
    assert refused.value.slug == "bad-zone"


def test_a_session_has_the_files_of_its_range_and_finds_what_was_recorded_since(center: NativeCenter) -> None:
    start_ms, end_ms = now_ms() - 3 * HOUR_MS, now_ms() + HOUR_MS
    opened = center.open_playback("c2", start_ms, end_ms)
    files = [source for source in opened.sources if source.protocol is MP4]
    segments = center.segments(["c2"], start_ms, end_ms)["c2"]
    assert all(covering(segments, source.start_ms) for source in files)
    assert all(covering(segments, source.end_ms - 1) for source in files)
    assert files[0].start_ms >= segments[0].start_ms
    assert {(source.width, source.height, source.codec) for source in files} == {(640, 360, Codec.H264)}
    latest = files[-1].end_ms
    deadline = time.monotonic() + 10
    while latest == files[-1].end_ms and segments[-1].end_ms > now_ms() - 10_000 and time.monotonic() < deadline:
        latest = [s for s in center.renew_playback(opened.id).sources if s.protocol is MP4][-1].end_ms
    assert latest > files[-1].end_ms or segments[-1].end_ms <= now_ms() - 10_000
    center.close_playback(opened.id)
    center.close_playback(opened.id)
    with pytest.raises(NotFound):
        center.renew_playback(opened.id)


def test_a_camera_with_a_wrong_clock_tells_how_wrong_it_is(center: NativeCenter) -> None:
    opened = center.open_playback(f"c{WRONG_CLOCK}", now_ms() - 8 * HOUR_MS, now_ms())
    assert opened.clock_offset_ms == opened.sources[0].clock_offset_ms
    assert {source.clock_offset_ms for source in opened.sources} == {7000, -3000}


# --- what is refused ---


def test_a_reason_is_asked_for(embedded: EmbeddedCenter, center: NativeCenter) -> None:
    embedded.demand_reason()
    for opening in (center.open_playback, center.open_export):
        with pytest.raises(ReasonNeeded):
            opening("c2", now_ms() - 3 * HOUR_MS, now_ms())
        assert opening("c2", now_ms() - 3 * HOUR_MS, now_ms(), "案件 17").sources
    assert embedded.reasons()[-1] == ("operator", "c2", "案件 17")


def test_rights_are_asked_at_each_channel(embedded: EmbeddedCenter) -> None:
    center = NativeCenter(embedded.base_url)
    center.log_in("ptz1", embedded.password)
    try:
        for opening, right in ((center.open_playback, "playback"), (center.open_export, "export")):
            with pytest.raises(NotPermitted) as refused:
                opening("c1", now_ms() - HOUR_MS, now_ms())
            assert (refused.value.reason, refused.value.right) == ("right-missing", right)
        with pytest.raises(NotPermitted):
            center.segments(["c1", "c2"], now_ms() - HOUR_MS, now_ms())
    finally:
        center.close()


def test_a_range_without_footage_is_not_found(center: NativeCenter) -> None:
    with pytest.raises(NotFound):
        center.open_playback("c2", now_ms() + HOUR_MS, now_ms() + 2 * HOUR_MS)
    with pytest.raises(NotFound):
        center.segments(["no,channel"], 0, 1)


@pytest.mark.parametrize(
    "source",
    [
        {"protocol": "smb", "url": "http://10.0.0.1/a", "start_ms": 0, "end_ms": 9},
        {"protocol": "mp4", "url": "file:///etc/passwd", "start_ms": 0, "end_ms": 9},
        {"protocol": "mp4", "url": "http://10.0.0.1/a :vout=x", "start_ms": 0, "end_ms": 9},
        {"protocol": "mp4", "url": "http://10.0.0.1/a", "start_ms": 9, "end_ms": 9},
    ],
)
def test_sources_that_must_not_be_opened_are_left_out(source: dict[str, object]) -> None:
    raw = docs.PlaybackDocument("p", "c1", 0, 9, 60.0, [docs.FootageSourceDocument(**source)])  # type: ignore[arg-type]
    assert read_playback(raw).sources == ()


def test_a_password_in_an_address_leaves_it_and_is_not_shown() -> None:
    source = docs.FootageSourceDocument("rtsp", "rtsp://u:secret@10.0.0.1/a?ticket=t0p", 0, 9)
    (read,) = read_playback(docs.PlaybackDocument("p", "c1", 0, 9, 60.0, [source])).sources
    assert (read.url, read.credentials and read.credentials.password) == ("rtsp://10.0.0.1/a?ticket=t0p", "secret")
    assert "secret" not in repr((source, read))
    assert "t0p" not in repr((source, read))


def test_what_the_contract_does_not_allow_is_noticed() -> None:
    assert read_segment(docs.SegmentDocument("s", "c1", "motion", 0, 1)).kind is RecordingKind.TIME
    with pytest.raises(BadPayload):
        read_segment(docs.SegmentDocument("s", "c1", "time", 5, 5))
    with pytest.raises(BadPayload):
        read_playback(docs.PlaybackDocument("p", "c1", 0, 9, 0.0, []))


# --- files over HTTP ---


def counters(url: str, seek_s: float, count: int) -> list[int]:
    """Read the strips of `count` pictures of a file from a place on."""
    with av.open(url, timeout=(20, 20)) as container:
        assert isinstance(container, InputContainer)
        video = container.streams.video[0]
        video.thread_type = "NONE"
        assert video.time_base
        container.seek(int(seek_s / video.time_base), stream=video)
        found = []
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            reading = strip.read(bytes(plane), frame.width, frame.height, plane.line_size, 1)
            assert reading is not None
            found.append(reading.counter)
            if len(found) == count:
                break
    return found


@pytest.mark.parametrize("seek_s", [0.0, 60.0, 119.0])
def test_a_place_in_a_file_shows_its_moment(center: NativeCenter, seek_s: float) -> None:
    source = whole_file(center)
    first = round((source.start_ms / 1000 + seek_s) * FPS)
    expected = [(first + i) % strip.COUNTER_MODULO for i in range(25)]
    assert counters(source.url, seek_s, 25) == expected


def test_bytes_can_be_had_from_anywhere(center: NativeCenter) -> None:
    url = whole_file(center).url
    whole = requests.get(url, timeout=20)
    size = len(whole.content)
    assert (whole.status_code, whole.headers["Accept-Ranges"], whole.headers["Content-Type"]) == (
        200,
        "bytes",
        "video/mp4",
    )
    for asked, first, stop in (
        ("0-0", 0, 1),
        ("1000-1999", 1000, 2000),
        (f"{size - 9}-", size - 9, size),
        ("-7", size - 7, size),
    ):
        part = requests.get(url, headers={"Range": f"bytes={asked}"}, timeout=20)
        assert (part.status_code, part.content) == (206, whole.content[first:stop])
        assert part.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{size}"
    beyond = requests.get(url, headers={"Range": f"bytes={size}-"}, timeout=20)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    head = requests.head(url, timeout=20)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(size), b"")


def test_a_ticket_opens_the_footage_of_its_session_only(embedded: EmbeddedCenter, center: NativeCenter) -> None:
    file = whole_file(center)
    opened = center.open_playback("c2", file.start_ms, file.end_ms)
    url = opened.sources[0].url
    assert requests.head(url, timeout=20).status_code == 200
    other = center.open_playback("c2", file.start_ms - 9 * HOUR_MS, file.start_ms - 6 * HOUR_MS).sources[0].url
    strange = url.split("?")[0] + "?" + other.split("?")[1]
    for wrong in (url + "x", url.split("?")[0], strange, url.replace("/footage/2/", "/footage/21/")):
        assert requests.head(wrong, timeout=20).status_code == 401
    begin = int(url.rpartition("/")[2].partition("-")[0])
    assert requests.head(url.replace(f"/{begin}-", f"/{begin + 1}-"), timeout=20).status_code == 404
    center.close_playback(opened.id)
    assert requests.head(url, timeout=20).status_code == 401
    assert requests.head(other, timeout=20).status_code == 200
    embedded.lapse_playbacks()
    assert requests.head(other, timeout=20).status_code == 401


def test_a_log_out_ends_the_sessions(embedded: EmbeddedCenter) -> None:
    center = NativeCenter(embedded.base_url)
    center.log_in(embedded.user, embedded.password)
    url = center.open_playback("c2", now_ms() - 3 * HOUR_MS, now_ms()).sources[0].url
    center.log_out()
    center.close()
    assert requests.head(url, timeout=20).status_code == 401


def test_footage_fails_as_ordered(embedded: EmbeddedCenter, center: NativeCenter) -> None:
    url = whole_file(center).url
    size = int(requests.head(url, timeout=20).headers["Content-Length"])
    for fault, status in (("missing", 404), ("broken", 500)):
        embedded.footage_fault(fault, 2)
        assert requests.get(url, timeout=20).status_code == status
    embedded.footage_fault("half", 2)
    got: list[int] = []
    with requests.get(url, stream=True, timeout=20) as reply:
        assert reply.headers["Content-Length"] == str(size)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            got.extend(map(len, reply.iter_content(10_000)))
    assert size * 0.49 < sum(got) <= size // 2
    embedded.footage_fault("slow", 2, bytes_per_s=100_000)
    begin = time.monotonic()
    requests.get(url, headers={"Range": "bytes=0-49999"}, timeout=20)
    assert time.monotonic() - begin > 0.3
    embedded.footage_fault("normal", 2)
    assert requests.get(url, timeout=20).status_code == 200


def test_a_center_that_goes_breaks_off_what_is_read_and_serves_it_again_when_it_is_back(
    embedded: EmbeddedCenter, center: NativeCenter
) -> None:
    url = whole_file(center).url
    embedded.footage_fault("slow", bytes_per_s=20_000)
    with requests.get(url, stream=True, timeout=20) as reply:
        pieces = reply.iter_content(1000)
        next(pieces)
        embedded.stop()
        with pytest.raises(requests.RequestException):
            list(pieces)
    embedded.start()
    embedded.footage_fault("normal")
    assert requests.head(url, timeout=20).status_code == 200


def test_a_file_that_breaks_off_is_served_as_it_is(center: NativeCenter) -> None:
    opened = center.open_playback(f"c{BROKEN_OFF}", now_ms() - 12 * HOUR_MS, now_ms())
    segments = center.segments([f"c{BROKEN_OFF}"], now_ms() - 12 * HOUR_MS, now_ms())[f"c{BROKEN_OFF}"]
    ends = {segment.end_ms for segment in segments[:-1]}
    last = next(source for source in opened.sources if source.end_ms in ends)
    assert {source.protocol for source in opened.sources} == {MP4}
    reply = requests.get(last.url, timeout=20)
    length_s = (last.end_ms - last.start_ms) / 1000
    assert len(reply.content) == int(reply.headers["Content-Length"])
    assert len(counters_until_the_end(reply.content)) < length_s * FPS * 0.9


def counters_until_the_end(data: bytes) -> list[int]:
    found = []
    with av.open(io.BytesIO(data)) as container:
        assert isinstance(container, InputContainer)
        for packet in container.demux(video=0):
            if packet.size and not packet.is_corrupt:
                found.append(packet.size)
    return found


# --- what was done ---


def test_audit_records_reach_the_center_once(embedded: EmbeddedCenter, center: NativeCenter) -> None:
    assert isinstance(center, AuditCenter)
    at = datetime(2026, 11, 22, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    by = Person("operator", "值班员", "重庆市监控室")
    first = AuditRecord(
        "audit-key-0001", AuditKind.EXPORT_STARTED, at, by, ("c1", "c2"), 5, 9, "案件 17", ref="ab" * 32
    )
    wrong = AuditRecord("audit-key-0002", AuditKind.SEARCHED, at, by, ("c1",), 9, 5, text="长" * 5000)
    for outcome in (RecordOutcome.STORED, RecordOutcome.KNOWN):
        results = center.add_audit_records([first, wrong])
        assert [result.outcome for result in results] == [outcome, RecordOutcome.REFUSED]
        assert results[1].reason == "bad-range"
    (kept,) = (record for record in embedded.audit_records() if record["key"] == first.key)
    assert (kept["kind"], kept["at_utc"], kept["by"]["name"]) == ("export_started", "2026-11-22T07:30:00Z", "值班员")
    assert (kept["channel_ids"], kept["start_ms"], kept["end_ms"]) == (["c1", "c2"], 5, 9)
    with pytest.raises(ValueError, match="65 channels"):
        AuditRecord("audit-key-0003", AuditKind.SEARCHED, at, by, tuple(f"c{i}" for i in range(65)))
