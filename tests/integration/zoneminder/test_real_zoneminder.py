"""The adapter against a real ZoneMinder 1.36: the stories the double is held to, and pictures that are really seen."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import av
import psutil
import pytest
from zm_stories import *  # noqa: F403
from zm_stories import REACH_MS, now_ms, until

from tests.integration.zoneminder.alone import is_alone
from tests.integration.zoneminder.server import HERE
from wallclient.demo import strip
from wallclient.domain.errors import CameraOffline, NotFound, NotPermitted, SignInNeeded
from wallclient.domain.pane import PaneReason
from wallclient.domain.review import ClockMap
from wallclient.domain.stream import Protocol, StreamKind
from wallclient.player.export_fetch import Fetcher
from wallclient.player.export_messages import SourceOrder
from wallclient.player.host_pool import HostPool
from wallclient.player.review_messages import File
from wallclient.player.review_pool import ReviewPool

LIMIT_MS = 60_000
CLOSED = 2  # files of events that are closed, from the end


@pytest.fixture
def hosts(qapp):
    pool = HostPool()
    yield pool
    pool.shut_down()


@pytest.fixture
def review(qapp):
    pool = ReviewPool()
    yield pool
    pool.shut_down()


def reading(picture):
    """Return what the strip of a shown picture says; None where it can't be read."""
    if picture is None:
        return None
    return strip.read(picture.pixels, picture.width, picture.height, picture.stride_bytes)


@pytest.mark.parametrize(
    ("channel", "protocol"), [("m1", Protocol.RTSP), ("m2", Protocol.MJPEG), ("m3", Protocol.MJPEG)]
)
def test_a_live_picture_moves_and_is_the_right_cameras(center, hosts, qtbot, channel, protocol):
    source = next(one for one in center.open_live(channel, StreamKind.SUB).sources if one.protocol is protocol)
    opening = hosts.open(source, 640, 360)
    seen: set[tuple[int, int]] = set()

    def moved() -> bool:
        found = reading(opening.picture())
        if found is not None:
            seen.add((found.camera, found.counter))
        return len(seen) > 10

    qtbot.waitUntil(moved, timeout=LIMIT_MS)
    assert {camera for camera, _ in seen} == {int(channel[1:])}
    hosts.close(opening)


def test_a_picture_from_zoneminders_own_rtsp_server(stand, center, hosts, qtbot):
    if not is_alone():
        pytest.skip("its RTSP server listens on all interfaces: make test-zoneminder gives it a network of its own")
    relay = center.open_live("m2", StreamKind.MAIN).sources[1]
    assert relay.protocol is Protocol.RTSP
    opening = hosts.open(relay, 640, 360)
    qtbot.waitUntil(lambda: (read := reading(opening.picture())) is not None and read.camera == 2, timeout=LIMIT_MS)
    hosts.close(opening)
    stranger = hosts.open(replace(relay, url=relay.url.partition("?")[0]), 640, 360)
    qtbot.waitUntil(lambda: stranger.reason is PaneReason.WRONG_PASSWORD, timeout=LIMIT_MS)
    hosts.close(stranger)


def test_a_camera_that_freezes_is_not_taken_for_live_in_jpegs(stand, center, hosts, qtbot):
    """ZoneMinder sends the last picture again every few seconds; nothing of that may count as a sign of life."""
    (source,) = center.open_live("m3", StreamKind.MAIN).sources
    opening = hosts.open(source, 640, 360)
    qtbot.waitUntil(lambda: opening.sequence > 30, timeout=LIMIT_MS)
    stand.media.fault(3, StreamKind.SUB, "freeze")
    try:
        qtbot.waitUntil(lambda: opening.silence_s(time.monotonic()) > 6.0, timeout=LIMIT_MS)
        assert center.channel("m3").online  # says ZoneMinder yet, and would send its last picture to whoever asks
        with pytest.raises(CameraOffline):
            center.open_live("m3", StreamKind.MAIN)
    finally:
        stand.media.fault(3, StreamKind.SUB, "normal")
    hosts.close(opening)


def test_an_event_is_shown_by_the_review_engine_and_decodes_as_an_export(center, review, qtbot, tmp_path):
    until(lambda: len(center.segments(["m1"], now_ms() - REACH_MS, now_ms())["m1"]) > CLOSED)
    segment = center.segments(["m1"], now_ms() - REACH_MS, now_ms())["m1"][-CLOSED - 1]
    middle_ms = (segment.start_ms + segment.end_ms) // 2
    playback = center.open_playback("m1", middle_ms - 500, middle_ms + 500)
    source = next(one for one in playback.sources if one.start_ms <= middle_ms < one.end_ms)
    track = review.open(640, 360)
    review.set_files(track, (File("m1", source.start_ms * 1000, source.end_ms * 1000, "mp4", source.url),))
    review.follow(track, ClockMap(1, time.monotonic_ns(), middle_ms * 1000, 0.0))
    qtbot.waitUntil(lambda: reading(track.picture()) is not None, timeout=LIMIT_MS)
    assert reading(track.picture()).camera == 1

    export = center.open_export("m1", segment.start_ms, segment.end_ms).sources[0]
    fetcher = Fetcher(tmp_path, "", lambda *_: None)
    path, used = fetcher.fetch(SourceOrder(export.url, "mp4", export.start_ms, export.end_ms))
    with av.open(str(path)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    assert pictures > 50  # 7 seconds at 15 a second
    assert used.size == path.stat().st_size


def test_an_event_that_goes_on_can_be_looked_at_already(center):
    def readable() -> bool:
        end = now_ms()
        source = center.open_playback("m1", end - 1500, end).sources[-1]
        try:
            with av.open(source.url, format="mp4") as container:
                return sum(1 for _ in container.demux(video=0)) > 5
        except av.error.FFmpegError:
            return False  # it has just begun: the first group of pictures is not whole

    until(readable)


def test_a_user_without_the_api_or_with_an_expired_token(place, stand):
    stand.server.sql("UPDATE Users SET APIEnabled=0 WHERE Username='viewer'")
    with pytest.raises(NotPermitted):
        place.client(place.viewer, place.viewer_password)
    stand.server.sql("UPDATE Users SET APIEnabled=1, Enabled=0 WHERE Username='viewer'")
    with pytest.raises(SignInNeeded):
        place.client(place.viewer, place.viewer_password)
    stand.server.sql("UPDATE Users SET Enabled=1 WHERE Username='viewer'")


def test_a_fresh_server_shows_its_privacy_page_instead_of_footage(stand, center):
    end = now_ms()
    stand.server.sql("UPDATE Config SET Value='1' WHERE Name='ZM_SHOW_PRIVACY'")
    try:
        with pytest.raises(NotPermitted) as refused:
            center.open_playback("m1", end - REACH_MS, end)
    finally:
        stand.server.sql("UPDATE Config SET Value='0' WHERE Name='ZM_SHOW_PRIVACY'")
    assert refused.value.reason == "privacy"
    assert center.open_playback("m1", end - REACH_MS, end).sources


def test_a_camera_that_stops_capturing_is_told_and_offered_no_placeholder(stand, center):
    lease = center.open_live("m3", StreamKind.SUB)
    stand.server.daemon("stop", "zmc", "-m", "3")
    stand.server.sql("UPDATE Monitor_Status SET Status='NotRunning' WHERE MonitorId=3")
    try:
        until(lambda: not center.channel("m3").online)
        with pytest.raises(NotFound):  # the pane asks anew, and is told that the camera is offline
            center.renew_live(lease.id)
    finally:
        stand.server.daemon("start", "zmc", "-m", "3")


def test_nothing_is_left_of_it_when_its_owner_is_killed(stand):
    """Another one, whose owner dies without a word."""
    before = _servers()
    command = [sys.executable, "-m", "tests.integration.zoneminder.server"]
    environment = {**os.environ, "PYTHONPATH": "."}
    with subprocess.Popen(
        command, cwd=HERE.parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as owner:
        folder = Path(owner.stdout.readline().split()[3])
        assert folder.is_dir()
        assert len(_servers()) == len(before) + 1
        owner.kill()
    until(lambda: _servers() == before)
    until(lambda: not folder.exists())


def _servers() -> set[int]:
    return {one.pid for one in psutil.process_iter(["name"]) if one.info["name"] == "mariadbd"}
