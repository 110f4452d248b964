"""The pictures of moving cameras: they turn the right way, say truly where they look, and cost nothing unwatched."""

import itertools
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import av
import psutil
import pytest
from av.container import InputContainer

from wallclient.demo import ptz_strip, strip
from wallclient.demo.media import MediaServer, StreamedCamera
from wallclient.demo.ptz_memory import LANDMARKS
from wallclient.demo.ptz_motion import Motion, field_deg, gliding, standing, steered
from wallclient.domain.ptz import Position
from wallclient.domain.stream import Codec, Protocol, StreamKind

FPS = 25
LIMIT_S = 30.0
MAIN, SUB = StreamKind.MAIN, StreamKind.SUB
CAMERA = 3
CAMERAS = [
    StreamedCamera(CAMERA, "八一路好吃街 云台1", Codec.H264, "street-dusk-2"),
    StreamedCamera(7, "朝天门批发市场 云台1", Codec.H264, "street-dusk-2"),
]
HOME = LANDMARKS[0][1]


@dataclass(frozen=True)
class Seen:
    """A picture that was received: what it says, and its luma."""

    unix_s: float
    pose: Position
    luma: bytes
    width: int
    height: int
    stride: int

    def columns(self, first: int = 60, last: int = 165) -> list[int]:
        """Return the brightness of each column between two rows of 360, above the street, where nothing moves."""
        top, bottom = self.height * first // 360, self.height * last // 360
        rows = [self.luma[y * self.stride : y * self.stride + self.width] for y in range(top, bottom, 3)]
        return [sum(column) // len(rows) for column in zip(*rows, strict=True)]


@pytest.fixture(scope="module")
def server() -> Iterator[MediaServer]:
    with MediaServer(CAMERAS, fps=FPS, password="pass-4711-word", http_token="token-0815", moving=[CAMERA, 7]) as media:
        media.start()
        yield media


def opened(server: MediaServer, kind: StreamKind, protocol: Protocol = Protocol.RTSP) -> InputContainer:
    source = next(source for source in server.sources(CAMERA, kind) if source.protocol is protocol)
    url = source.url
    options = {"fpsprobesize": "0", "analyzeduration": "100000"}
    if source.credentials:
        url = url.replace("://", f"://{source.credentials.user}:{source.credentials.password}@")
        options["rtsp_transport"] = "tcp"
    container = av.open(url, options=options, timeout=(LIMIT_S, LIMIT_S))
    container.streams.video[0].thread_type = "NONE"
    return container


def pictures(container: InputContainer) -> Iterator[Seen]:
    """Read pictures; each says which camera it is and where it looks."""
    for frame in container.decode(video=0):
        plane, now = frame.planes[0], time.time()
        luma = bytes(plane)
        reading = strip.read(luma, frame.width, frame.height, plane.line_size, 1)
        pose = ptz_strip.read(luma, frame.width, frame.height, plane.line_size, 1)
        assert reading is not None
        assert reading.camera == CAMERA
        assert pose is not None
        assert pose.counter == reading.counter % 1024
        taken_s = now - strip.latency_s(reading, FPS, now) + (CAMERA * 5 % 8) / 8 / FPS
        yield Seen(taken_s, pose.position, luma, frame.width, frame.height, plane.line_size)


def show(server: MediaServer, motion: Motion) -> Motion:
    server.show_motion(CAMERA, motion)
    return motion


def monotonic(unix_s: float) -> float:
    return unix_s - time.time() + time.monotonic()


def standing_at(server: MediaServer, position: Position, stream: Iterator[Seen]) -> Seen:
    """Let the camera look somewhere, and return a picture of it as it looks when everything has settled."""
    show(server, standing(position, time.monotonic()))
    there = (seen for seen in stream if abs(seen.pose.pan_deg - position.pan_deg) < 0.01)
    return next(itertools.islice(there, FPS, None))  # a group of pictures later


def shift_px(before: Seen, after: Seen, most: int) -> int:
    """Return how far the picture's content has moved to the right."""
    one, other = before.columns(), after.columns()

    def difference(shift: int) -> float:
        pairs = [(one[x], other[x + shift]) for x in range(max(0, -shift), min(len(one), len(one) - shift))]
        return sum(abs(a - b) for a, b in pairs) / len(pairs)

    return min(range(-most, most + 1), key=difference)


@pytest.mark.parametrize("kind", [SUB, MAIN])
def test_the_picture_turns_with_the_camera_by_as_much_as_it_says(server: MediaServer, kind: StreamKind) -> None:
    with opened(server, kind) as container:
        stream = pictures(container)
        first = standing_at(server, HOME, stream)
        degree_px = first.width / field_deg(1.0)[0]
        for turn_deg in (6.0, -4.0):  # the camera to the right: its picture to the left
            turned = standing_at(server, Position(HOME.pan_deg + turn_deg, HOME.tilt_deg, 1.0), stream)
            assert turned.pose.pan_deg == pytest.approx(HOME.pan_deg + turn_deg, abs=0.02)
            assert shift_px(first, turned, most=first.width // 6) == pytest.approx(-turn_deg * degree_px, abs=2)


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS, Protocol.HTTP_FLV])
def test_what_a_picture_says_is_where_the_camera_looked_then(server: MediaServer, protocol: Protocol) -> None:
    with opened(server, SUB, protocol) as container:
        stream = pictures(container)
        standing_at(server, HOME, stream)
        now = time.monotonic()
        motion = show(server, steered(standing(HOME, now), now, (0.6, 0.4, 0.5, 0, 0), now + 1.5))
        moving = [seen for seen in itertools.islice(stream, 3 * FPS) if monotonic(seen.unix_s) > now + 0.5]
        assert len(moving) > FPS
        for seen in moving:
            expected = motion.position(monotonic(seen.unix_s))
            assert seen.pose.pan_deg == pytest.approx(expected.pan_deg, abs=0.4)  # of up to 48 degrees a second
            assert seen.pose.tilt_deg == pytest.approx(expected.tilt_deg, abs=0.3)
            assert seen.pose.zoom == pytest.approx(expected.zoom, rel=0.02)
        pans = [seen.pose.pan_deg for seen in moving]
        assert pans == sorted(pans)
        assert moving[-1].pose.pan_deg == pytest.approx(motion.position(now + 60).pan_deg, abs=0.02)  # it stopped


def test_zooming_in_shows_the_middle_larger(server: MediaServer) -> None:
    with opened(server, SUB) as container:
        stream = pictures(container)
        wide = standing_at(server, HOME, stream)
        show(server, gliding(standing(HOME, 0.0), time.monotonic(), Position(HOME.pan_deg, HOME.tilt_deg, 2.0), 1.0))
        near = next(seen for seen in stream if seen.pose.zoom > 1.99)
        near = next(itertools.islice(stream, FPS, None))
    part = wide.columns(180 - 60, 180 - 8)  # of which the other shows the same at twice the size
    middle = [part[160 + x // 2] for x in range(640)]
    error = sum(abs(a - b) for a, b in zip(near.columns(60, 164), middle, strict=True)) / 640
    unlike = sum(abs(a - b) for a, b in zip(near.columns(60, 164), wide.columns(60, 164), strict=True)) / 640
    assert error < unlike / 3


def test_a_preset_shows_the_same_picture_again(server: MediaServer) -> None:
    with opened(server, SUB) as container:
        stream = pictures(container)
        place = LANDMARKS[6][1]  # the clock tower, above what moves
        first = standing_at(server, place, stream)
        standing_at(server, HOME, stream)
        again = standing_at(server, place, stream)
    start = first.stride * 60
    pairs = zip(first.luma[start:], again.luma[start:], strict=True)
    assert sum(abs(a - b) for a, b in pairs) / (len(first.luma) - start) < 3.0


def test_only_what_is_watched_is_rendered(server: MediaServer) -> None:
    with opened(server, SUB) as container:
        next(pictures(container))
        assert server.rendered == [(CAMERA, SUB)]
        with opened(server, MAIN) as other:
            next(pictures(other))
            assert sorted(server.rendered) == [(CAMERA, MAIN), (CAMERA, SUB)]
    limit = time.monotonic() + LIMIT_S
    while server.rendered and time.monotonic() < limit:
        os.sched_yield()
    assert server.rendered == []
    assert server.viewers() == 0
    with opened(server, SUB) as container:  # and again, from a key picture
        assert next(pictures(container)).width == 640


def test_a_renderer_that_died_comes_back_with_the_camera_where_it_was(server: MediaServer) -> None:
    with opened(server, SUB) as container:
        stream = pictures(container)
        standing_at(server, Position(33.0, 2.0, 1.5), stream)
        pid = server.renderer_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        after = list(itertools.islice(stream, 2 * FPS))
        assert server.renderer_pid not in (None, pid)
        assert after[-1].pose.pan_deg == pytest.approx(33.0, abs=0.02)


@pytest.mark.parametrize("fault", ["garbage", "kick", "resize"])
def test_moving_cameras_fail_as_ordered_too(server: MediaServer, fault: str) -> None:
    try:
        with opened(server, SUB) as container:
            next(pictures(container))
            server.fault(CAMERA, SUB, fault)
            widths = []
            try:
                for packet in itertools.islice(container.demux(video=0), 4 * FPS):
                    try:
                        widths += [frame.width for frame in packet.decode()]
                    except av.error.InvalidDataError:
                        widths.append(0)
            except OSError:
                widths.append(-1)
            if fault == "resize":
                assert widths[-1] == 1280
            elif fault == "kick":
                assert len(widths) < 4 * FPS
            else:
                assert widths.count(640) < 2 * FPS
    finally:
        server.fault(CAMERA, SUB, "normal")
    with opened(server, SUB) as container:
        assert next(pictures(container)).width == 640


def test_stopping_leaves_no_renderer() -> None:
    with MediaServer(CAMERAS, fps=FPS, password="pass-4711-word", http_token="token-0815", moving=[CAMERA]) as media:
        media.start()
        assert media.renderer_pid is None  # nobody watches
        show(media, standing(HOME, 0.0))
        with opened(media, SUB) as container:
            next(pictures(container))
        pid = media.renderer_pid
        media.restart()
        with opened(media, SUB) as container:
            next(pictures(container))
        other = media.renderer_pid
        assert other not in (None, pid)
    for one in (pid, other):
        assert one is not None
        assert not psutil.pid_exists(one)


def test_only_cameras_that_can_be_rendered_are_taken() -> None:
    wrong = StreamedCamera(CAMERA, "x", Codec.H265, "hall-day-1")
    with pytest.raises(ValueError, match="moving"):
        MediaServer([wrong], password="pass-4711-word", http_token="token-0815", moving=[CAMERA])
