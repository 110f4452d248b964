"""The media server against a real client: the right camera comes out, in order, on time, and fails as ordered."""

import itertools
import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import av
import psutil
import pytest
from av.container import InputContainer

from wallclient.demo import strip
from wallclient.demo.media import MediaServer, MediaServerFailed, StreamedCamera, default_cache_dir
from wallclient.demo.strip import StripReading
from wallclient.domain.stream import Codec, Credentials, Protocol, Source, StreamKind

FPS = 25
PASSWORD, TOKEN = "pass-4711-word", "token-0815"
LIMIT_S = 20.0
MAIN, SUB = StreamKind.MAIN, StreamKind.SUB
CAMERAS = [
    StreamedCamera(1, "解放碑步行街1号", Codec.H264, "street-dusk-2"),
    StreamedCamera(2, "两路口立交2号", Codec.H265, "bridge-dusk-2"),
    StreamedCamera(8, "火车北站大厅8号", Codec.H264, "street-dusk-2", has_audio=True),
]


def made() -> MediaServer:
    return MediaServer(CAMERAS, fps=FPS, password=PASSWORD, http_token=TOKEN)


@pytest.fixture(scope="module")
def server() -> Iterator[MediaServer]:
    with made() as media:
        media.prepare([(1, SUB), (1, MAIN), (2, SUB), (2, MAIN)])
        media.start()
        yield media


@pytest.fixture(autouse=True)
def _behaving(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "server" in request.fixturenames:
        media = request.getfixturevalue("server")
        for number, kind in itertools.product(media.cameras, StreamKind):
            media.fault(number, kind, "normal")


def opened(source: Source) -> InputContainer:
    url = source.url
    if source.credentials:
        url = url.replace("://", f"://{source.credentials.user}:{source.credentials.password}@")
    options = {"fpsprobesize": "0", "analyzeduration": "100000"}  # no waiting for what is known already
    if source.protocol is Protocol.RTSP:
        options["rtsp_transport"] = "tcp"
    container = av.open(url, options=options, timeout=(LIMIT_S, LIMIT_S))
    container.streams.video[0].thread_type = "NONE"  # frame threads hold pictures back
    return container


def source_of(server: MediaServer, number: int, kind: StreamKind, protocol: Protocol) -> Source:
    return next(source for source in server.sources(number, kind) if source.protocol is protocol)


def readings(container: InputContainer, count: int) -> Iterator[tuple[StripReading, float, int]]:
    """Read the strips of `count` pictures: what each says, how old it was on arrival, and its width."""
    for frame in itertools.islice(container.decode(video=0), count):
        plane = frame.planes[0]
        reading = strip.read(bytes(plane), frame.width, frame.height, plane.line_size, 1)
        assert reading is not None
        yield reading, strip.latency_s(reading, FPS, time.time()), frame.width


@pytest.mark.parametrize(
    ("number", "kind", "protocol"),
    [
        *itertools.product((1, 8), StreamKind, (Protocol.RTSP, Protocol.HTTP_TS, Protocol.HTTP_FLV)),
        *itertools.product((2,), StreamKind, (Protocol.RTSP, Protocol.HTTP_TS)),
    ],
)
def test_every_source_shows_its_camera_in_order_and_on_time(
    server: MediaServer, number: int, kind: StreamKind, protocol: Protocol
) -> None:
    source = source_of(server, number, kind, protocol)
    with opened(source) as container:
        seen = list(readings(container, 40))
        assert {reading.camera for reading, _, _ in seen} == {number}
        counters = [reading.counter for reading, _, _ in seen]
        assert [(b - a) % 65536 for a, b in itertools.pairwise(counters)] == [1] * 39
        assert {width for _, _, width in seen} == {source.width}
        assert sorted(age for _, age, _ in seen[-10:])[5] < 0.7
        assert container.streams.video[0].codec_context.name == {"h264": "h264", "h265": "hevc"}[str(source.codec)]
        assert bool(container.streams.audio) == (number == 8)


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS, Protocol.HTTP_FLV])
def test_a_viewer_begins_with_the_group_in_progress(server: MediaServer, protocol: Protocol) -> None:
    with opened(source_of(server, 1, SUB, protocol)) as container:
        packets = [packet for packet in itertools.islice(container.demux(video=0), FPS + 1) if packet.size]
    keys = [index for index, packet in enumerate(packets) if packet.is_keyframe]
    assert keys[0] == 0
    assert len(keys) == 2 or len(packets) < FPS + 1  # and the next comes no later than a second's pictures after


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS, Protocol.HTTP_FLV])
def test_sound_comes_along(server: MediaServer, protocol: Protocol) -> None:
    with opened(source_of(server, 8, SUB, protocol)) as container:
        frames = list(itertools.islice(container.decode(audio=0), 12))
    assert len(frames) == 12
    assert any(len(set(bytes(frame.planes[0]))) > 4 for frame in frames)  # not silence


def test_timestamps_are_regular_after_the_beginning(server: MediaServer) -> None:
    with opened(source_of(server, 1, SUB, Protocol.RTSP)) as container:
        packets = list(itertools.islice(container.demux(video=0), 60))
    stamps = [packet.pts for packet in packets if packet.pts is not None]
    steps = [b - a for a, b in itertools.pairwise(stamps)]
    assert min(steps) > 0
    assert all(abs(step - 90_000 // FPS) <= 2 for step in steps[-20:])


def test_a_wrong_password_or_token_is_refused(server: MediaServer) -> None:
    rtsp, ts, *_ = server.sources(1, SUB)
    wrong = Source(rtsp.protocol, rtsp.url, credentials=Credentials("viewer", "guessed"))
    with pytest.raises(av.error.HTTPUnauthorizedError):
        opened(wrong)
    with pytest.raises(av.error.HTTPUnauthorizedError):
        opened(Source(ts.protocol, ts.url.replace(TOKEN, "guessed")))


def test_what_does_not_exist_is_not_found(server: MediaServer) -> None:
    rtsp, ts, *_ = server.sources(1, SUB)
    with pytest.raises(av.error.HTTPNotFoundError):
        opened(Source(rtsp.protocol, rtsp.url.replace("/ch/1/", "/ch/99/"), credentials=rtsp.credentials))
    for path in ("/ch/99/sub.ts", "/ch/1/side.ts", "/ch/1/sub.avi", "/ch/2/sub.flv", "/ch/x/sub.ts", "/"):
        with pytest.raises(av.error.HTTPNotFoundError):
            opened(Source(ts.protocol, ts.url.replace("/ch/1/sub.ts", path)))


def test_secrets_are_on_no_command_line_and_in_no_rtsp_address(server: MediaServer) -> None:
    words = " ".join(psutil.Process(server.pid).cmdline())
    assert PASSWORD not in words
    assert TOKEN not in words
    rtsp = server.sources(1, SUB)[0]
    assert PASSWORD not in repr(rtsp)


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS])
def test_a_frozen_camera_sends_nothing_and_goes_on_later(server: MediaServer, protocol: Protocol) -> None:
    with opened(source_of(server, 1, SUB, protocol)) as container:
        before = list(readings(container, 30))[-1][0]
        server.fault(1, SUB, "freeze")
        with closing(socket.create_connection(("127.0.0.1", server.http_port))) as frozen:
            frozen.settimeout(0.5)
            url = urlsplit(source_of(server, 1, SUB, Protocol.HTTP_TS).url)
            frozen.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert frozen.recv(1000).startswith(b"HTTP/1.1 200")
            with pytest.raises(TimeoutError):
                frozen.recv(1)
        server.fault(1, SUB, "normal")
        after = [reading for reading, _, _ in readings(container, 40)]
    gaps = [(b.counter - a.counter) % 65536 for a, b in itertools.pairwise([before, *after])]
    assert gaps[-10:] == [1] * 10


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS])
def test_garbage_flows_but_makes_no_picture(server: MediaServer, number: int, protocol: Protocol) -> None:
    with opened(source_of(server, number, SUB, protocol)) as container:
        list(readings(container, 30))
        server.fault(number, SUB, "garbage")
        pictures = []
        for packet in itertools.islice(container.demux(video=0), 80):
            try:
                pictures.append(len(packet.decode()))
            except av.error.InvalidDataError:
                pictures.append(0)
    assert sum(pictures[-25:]) == 0


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS, Protocol.HTTP_FLV])
def test_the_size_changes_in_mid_play(server: MediaServer, protocol: Protocol) -> None:
    with opened(source_of(server, 1, SUB, protocol)) as container:
        assert next(readings(container, 1))[2] == 640
        server.fault(1, SUB, "resize")
        widths = [width for reading, _, width in readings(container, 120) if reading.camera == 1]
    assert widths[-1] == 1280


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS])
def test_kicked_viewers_are_dropped_and_may_come_back(server: MediaServer, protocol: Protocol) -> None:
    with opened(source_of(server, 1, SUB, protocol)) as container:
        next(readings(container, 1))
        server.fault(1, SUB, "kick")
        left = time.monotonic() + LIMIT_S
        try:
            for _ in container.demux(video=0):
                assert time.monotonic() < left
        except OSError:
            pass  # as good an end as any
    with opened(source_of(server, 1, SUB, protocol)) as container:
        assert next(readings(container, 1))[0].camera == 1


def test_a_fault_that_does_not_exist_is_refused(server: MediaServer) -> None:
    with pytest.raises(MediaServerFailed, match="melt"):
        server.fault(1, SUB, "melt")


def test_cameras_nobody_watches_cost_nothing(server: MediaServer) -> None:
    limit = time.monotonic() + LIMIT_S
    while server.viewers() and time.monotonic() < limit:
        os.sched_yield()  # viewers of the tests before are noticed to have gone with the next key picture
    assert server.viewers() == 0


def test_stopping_leaves_no_process_and_two_can_run_side_by_side(server: MediaServer) -> None:
    with made() as other:
        other.start()
        pid = other.pid
        assert pid is not None
        assert {other.rtsp_port, other.http_port}.isdisjoint({server.rtsp_port, server.http_port})
        with opened(source_of(other, 1, SUB, Protocol.HTTP_TS)) as container:
            assert next(readings(container, 1))[0].camera == 1
    assert not psutil.pid_exists(pid)
    assert other.pid is None


def test_the_process_does_not_outlive_its_parents_line() -> None:
    with made() as media:
        media.start()
        process = psutil.Process(media.pid)
        assert media._process is not None
        assert media._process.stdin is not None
        media._process.stdin.close()
        assert process.wait(LIMIT_S) in (0, None)


def test_a_restart_keeps_the_ports() -> None:
    with made() as media:
        media.start()
        ports, pid = (media.rtsp_port, media.http_port), media.pid
        with opened(source_of(media, 1, SUB, Protocol.RTSP)) as container:
            next(readings(container, 1))
            media.restart()
        assert (media.rtsp_port, media.http_port) == ports
        assert media.pid != pid
        with opened(source_of(media, 1, SUB, Protocol.RTSP)) as container:
            assert next(readings(container, 1))[0].camera == 1


def test_a_clip_that_was_not_prepared_is_made_when_first_watched(tmp_path: Path) -> None:
    with MediaServer(CAMERAS, fps=5, cache_dir=tmp_path, password=PASSWORD, http_token=TOKEN) as media:
        media.start()
        assert not list(tmp_path.glob("*.clip"))
        with opened(source_of(media, 8, SUB, Protocol.HTTP_TS)) as container:
            plane = next(container.decode(video=0)).planes[0]
            reading = strip.read(bytes(plane), 640, 360, plane.line_size, 1)
        assert reading is not None
        assert reading.camera == 8
        assert len(list(tmp_path.glob("*.clip"))) == 1


def test_h265_above_its_size_is_refused() -> None:
    camera = StreamedCamera(1, "x", Codec.H265, "hall-day-1", main_size=(1920, 1080))
    with pytest.raises(ValueError, match="1280x720"):
        MediaServer([camera], password=PASSWORD, http_token=TOKEN)


def test_the_cache_can_be_put_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WALLCLIENT_DEMO_CACHE", str(tmp_path))
    assert default_cache_dir() == tmp_path
