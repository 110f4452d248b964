"""Footage of the embedded center's difficult cameras, from its files to the pictures an operator is shown."""

import itertools
import time
from contextlib import closing

import pytest

from wallclient.api.native import NativeCenter
from wallclient.demo import strip
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.city import City
from wallclient.demo.media import default_cache_dir
from wallclient.demo.recording_calendar import DAY_S, clock_ahead_s, files_between
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.server import streamed_cameras
from wallclient.domain.pane import PaneReason
from wallclient.domain.review import ClockMap, Sight
from wallclient.player.review_pool import ReviewPool
from wallclient.services.review_pane import files_of

FPS, STEP_US, LIMIT_MS = 25, 40_000, 40_000
_epochs = itertools.count(20_000_000)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    store = FootageStore(streamed_cameras(City(64)), FPS, default_cache_dir(), shelf=tmp_path_factory.mktemp("shelf"))
    with EmbeddedCenter(64, footage=store) as embedded:
        yield embedded
    store.close()


@pytest.fixture
def center(embedded):
    with closing(NativeCenter(embedded.base_url)) as center:
        center.log_in(embedded.user, embedded.password)
        yield center


@pytest.fixture
def pool(qapp):
    pool = ReviewPool()
    yield pool
    pool.shut_down()


class Camera:
    """A track of one camera's footage around a moment."""

    def __init__(self, center, pool, qtbot, number, around_s):
        self.number, self.pool, self.qtbot = number, pool, qtbot
        self.track = pool.open(640, 360)
        self.answers = {}
        self.track.stepped.connect(lambda request, moment: self.answers.update({request: moment}))
        around_ms = round(around_s * 1000)
        self.playback = center.open_playback(f"c{number}", around_ms - 300_000, around_ms + 300_000, "test")
        pool.set_files(self.track, files_of(f"c{number}", self.playback.sources))

    def go(self, moment_us):
        self.clock = ClockMap(next(_epochs), time.monotonic_ns(), moment_us, 0.0)
        self.pool.follow(self.track, self.clock)
        self.qtbot.waitUntil(self.is_there, timeout=LIMIT_MS)

    def is_there(self):
        """Tell whether the moment is shown; a file that must first be made may take longer than a player waits."""
        return self.track.settled(self.clock.epoch) and self.track.sight is not Sight.FAILED

    def shown_us(self):
        """Return the moment of the picture, which its strip says as well."""
        assert self.track.sight is Sight.SHOWING, (self.number, self.track.seen)
        picture = self.track.picture()
        reading = strip.read(picture.pixels, picture.width, picture.height, picture.stride_bytes)
        assert reading is not None
        assert reading.camera == self.number
        assert reading.counter == int(picture.moment_us / 1e6 * FPS + 1e-3) % strip.COUNTER_MODULO
        return picture.moment_us

    def seek_s(self, moment_s):
        self.go(round(moment_s * 1e6))
        return self.shown_us()

    def step(self, direction):
        request = next(_epochs)
        self.pool.step(self.track, request, self.clock.moment_us, direction)
        self.qtbot.waitUntil(lambda: request in self.answers, timeout=LIMIT_MS)
        self.go(self.answers[request])
        return self.shown_us()


@pytest.fixture
def camera(center, pool, qtbot):
    return lambda number, around_s: Camera(center, pool, qtbot, number, around_s)


def of_late(number):
    now = time.time()
    return list(files_between(number, now - 3 * DAY_S, now - 1200, now))


def test_pictures_between_pictures_and_uneven_rates_show_the_moment_asked_for(embedded, camera):
    special = embedded.special_footage()
    for name, most_us in (
        ("b_pictures", STEP_US),
        ("late_sound", STEP_US),
        ("h265", STEP_US),
        ("variable_rate", 250_000),
    ):
        files = of_late(special[name])
        file = next(one for one, after in itertools.pairwise(files) if one.end_s == after.start_s)
        view = camera(special[name], file.end_s)
        for moment_s in (file.end_s - 0.02, file.end_s, file.end_s + 3.57, file.end_s - 7.31):
            shown = view.seek_s(moment_s)
            assert shown <= round(moment_s * 1e6) < shown + most_us, (name, moment_s)


def test_a_clock_that_jumps_within_a_session_moves_no_picture_and_is_told(embedded, camera):
    number = embedded.special_footage()["wrong_clock"]
    files = of_late(number)
    pairs = ((one, after) for one, after in itertools.pairwise(files) if one.end_s == after.start_s)
    file = next(
        one for one, after in pairs if clock_ahead_s(number, one.start_s) != clock_ahead_s(number, after.start_s)
    )
    jump_s = next(
        s for s in range(file.start_s, file.end_s + 1) if clock_ahead_s(number, s) != clock_ahead_s(number, s - 1)
    )
    view = camera(number, jump_s)
    jump_us = jump_s * 1_000_000
    assert view.seek_s(jump_s - 0.02) == jump_us - STEP_US
    assert view.step(1) == jump_us + 1_000_000  # no picture was taken while it was set
    assert view.step(-1) == jump_us - STEP_US
    assert view.seek_s(jump_s + 5.01) == jump_us + 5_000_000
    offsets = {one.start_ms // 1000: one.clock_offset_ms for one in view.playback.sources}
    assert offsets[file.start_s] == clock_ahead_s(number, file.start_s) * 1000
    assert offsets[file.end_s] == clock_ahead_s(number, file.end_s) * 1000
    assert {offsets[file.start_s], offsets[file.end_s]} == {7000, -3000}


def test_another_codec_and_a_file_that_breaks_off_leave_no_wrong_picture(embedded, camera):
    special = embedded.special_footage()
    pairs = itertools.pairwise(of_late(special["codec_change"]))
    before, after = next((a, b) for a, b in pairs if a.codec is not b.codec and a.end_s == b.start_s)
    view = camera(special["codec_change"], after.start_s)
    seam_us = after.start_s * 1_000_000
    assert view.seek_s(before.end_s - 0.01) == seam_us - STEP_US
    assert view.step(1) == seam_us
    assert view.step(-1) == seam_us - STEP_US
    broken = next(one for one in of_late(special["broken_off"]) if one.breaks_off and one.end_s - one.start_s > 20)
    view = camera(special["broken_off"], broken.start_s)
    assert view.seek_s(broken.start_s + 3) == (broken.start_s + 3) * 1_000_000
    view.go((broken.end_s - 2) * 1_000_000)
    assert (view.track.sight, view.track.seen.reason) == (Sight.GAP, PaneReason.STREAM_ENDED)
