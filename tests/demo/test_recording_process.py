"""The demo as a whole: footage of one moment, by every way there is to fetch it."""

import time
from collections.abc import Iterator

import av
import pytest
from av.container import InputContainer

from wallclient.api.native import NativeCenter
from wallclient.demo import strip
from wallclient.demo.process import DemoProcess
from wallclient.domain.errors import ReasonNeeded
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback

FPS, LIMIT_S, HOUR_MS = 15, 30.0, 3_600_000
CAMERA = 2


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoProcess]:
    with DemoProcess(500, FPS, prepare=0) as demo:
        yield demo


@pytest.fixture
def center(demo: DemoProcess) -> Iterator[NativeCenter]:
    center = NativeCenter(demo.base_url)
    center.log_in(demo.user, demo.password)
    yield center
    center.close()


def opened(center: NativeCenter) -> Playback:
    now_ms = int(time.time() * 1000)
    return center.open_playback(f"c{CAMERA}", now_ms - 3 * HOUR_MS, now_ms, "测试")


def first_pictures(source: FootageSource) -> list[int]:
    """Read the strips of the first pictures of a source."""
    url, options = source.url, {}
    if source.credentials:
        url = url.replace("://", f"://{source.credentials.user}:{source.credentials.password}@")
        options = {"rtsp_transport": "tcp"}
    found = []
    with av.open(url, options=options, timeout=(LIMIT_S, LIMIT_S)) as container:
        assert isinstance(container, InputContainer)
        container.streams.video[0].thread_type = "NONE"
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            reading = strip.read(bytes(plane), frame.width, frame.height, plane.line_size, 1)
            assert reading is not None
            assert reading.camera == CAMERA
            found.append(reading.counter)
            if len(found) == 20:
                break
    return found


def test_every_way_leads_to_the_same_moment(center: NativeCenter) -> None:
    sources = opened(center).sources
    start_ms = next(s.start_ms for s in sources if s.end_ms - s.start_ms == 120_000)
    ways = {source.protocol: source for source in sources if source.start_ms == start_ms}
    assert set(ways) == set(FootageProtocol)
    first = start_ms * FPS // 1000
    expected = [(first + i) % strip.COUNTER_MODULO for i in range(20)]
    for protocol, source in ways.items():
        assert first_pictures(source) == expected, protocol


def test_the_newest_footage_is_a_few_seconds_old(center: NativeCenter) -> None:
    newest = [s for s in opened(center).sources if s.protocol is FootageProtocol.MP4][-1]
    segments = center.segments([f"c{CAMERA}"], newest.start_ms, newest.end_ms)[f"c{CAMERA}"]
    assert newest.end_ms <= segments[-1].end_ms
    if segments[-1].end_ms > time.time() * 1000 - 20_000:  # not in a gap just now
        assert time.time() * 1000 - newest.end_ms < 20_000
    assert first_pictures(newest)[0] == newest.start_ms * FPS // 1000 % strip.COUNTER_MODULO


def test_what_is_ordered_reaches_the_center(demo: DemoProcess, center: NativeCenter) -> None:
    assert demo.special_footage()["broken_off"] == 21
    demo.demand_reason()
    now_ms = int(time.time() * 1000)
    with pytest.raises(ReasonNeeded):
        center.open_playback(f"c{CAMERA}", now_ms - 3 * HOUR_MS, now_ms)
    source = opened(center).sources[0]
    assert demo.reasons()[-1] == ["operator", f"c{CAMERA}", "测试"]
    demo.demand_reason(False)
    demo.footage_fault("missing", CAMERA)
    with pytest.raises(av.HTTPNotFoundError):
        first_pictures(source)
    demo.footage_fault("normal", CAMERA)
    assert first_pictures(source)
    assert demo.open_playbacks() >= 1
    demo.lapse_playbacks()
    assert demo.open_playbacks() == 0
    assert demo.audit_records() == []
    with pytest.raises(av.HTTPUnauthorizedError):
        first_pictures(source)
