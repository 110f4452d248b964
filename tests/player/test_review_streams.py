"""Footage over RTSP, at the pace its server sends it: the picture of the moment, or none and the word why."""

import itertools
import os
import signal
import time

import footage
import pytest
from footage import STEP_MS, T0_MS, read_moment_ms, steady, write

from wallclient.demo.media import MediaServer
from wallclient.domain.pane import PaneReason
from wallclient.domain.review import ClockMap, Sight
from wallclient.player.review_messages import File
from wallclient.player.review_pool import ReviewPool

_epochs = itertools.count(5_000_000)
SECRET = "geheim-rtsp-7"
LENGTH_S = 12
KINDS = ("closed", "open", "h265")


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    moments = steady(LENGTH_S)
    return {
        "closed": write(folder / "closed.mp4", moments, "libx264", footage.H264, gop=25),
        "open": write(folder / "open.mp4", moments, "libx264", footage.OPEN_H264, gop=26),
        "h265": write(folder / "h265.mp4", moments, "libx265", footage.OPEN_H265, gop=26),
    }


@pytest.fixture(scope="module")
def media(stock):
    def find(address):
        path = stock.get(address)
        return None if path is None else (path, "h265" if address == "h265" else "h264")

    with MediaServer([], fps=25, password=SECRET, http_token="token-0815") as media:
        media.offer_footage(find)
        media.start()
        yield media


@pytest.fixture(scope="module")
def pool(qapp):
    pool = ReviewPool()
    yield pool
    pool.shut_down()


class Pane:
    """A track that shows streams."""

    def __init__(self, pool, media, qtbot, *names):
        self.pool, self.qtbot = pool, qtbot
        self.track = pool.open(footage.WIDTH, footage.HEIGHT)
        self.clock = None
        self.answers = {}
        self.track.stepped.connect(lambda request, moment: self.answers.update({request: moment}))
        files = []
        for number, name in enumerate(names):
            url, known = media.footage_address(name)
            start = (T0_MS + number * LENGTH_S * 1000) * 1000
            files.append(File(name, start, start + LENGTH_S * 1_000_000, "rtsp", url, known.user, known.password))
        pool.set_files(self.track, files)

    def run(self, moment_ms, rate=0.0, lead_s=0.0):
        anchor = time.monotonic_ns() + round(lead_s * 1e9)
        self.clock = ClockMap(next(_epochs), anchor, moment_ms * 1000, rate)
        self.pool.follow(self.track, self.clock)

    def seek(self, moment_ms):
        self.run(moment_ms)
        return self.arrived()

    def arrived(self):
        self.wait()
        assert self.track.sight is Sight.SHOWING, self.track.seen
        return self.shown()

    def wait(self):
        self.qtbot.waitUntil(lambda: self.track.settled(self.clock.epoch), timeout=20_000)

    def shown(self):
        picture = self.track.picture()
        moment = read_moment_ms(picture)
        assert moment is not None
        assert picture.moment_us == moment * 1000
        return moment

    def step(self, direction):
        request = next(_epochs)
        self.pool.step(self.track, request, self.clock.moment_us, direction)
        self.qtbot.waitUntil(lambda: request in self.answers, timeout=20_000)
        return self.seek(self.answers[request] // 1000)

    def watch(self, until_ms):
        """Return (moment by clock, moment shown) of each picture until a moment is shown."""
        (seen,) = watch_all([self], until_ms)
        return seen

    def look(self):
        if self.track.sequence != self.last:
            self.last = self.track.sequence
            moment = self.shown()
            self.seen.append((self.clock.at(self.track.picture().monotonic_ns) / 1000, moment))


def watch_all(panes, until_ms):
    """Return by pane (moment by clock, moment shown) of each picture until all have shown a moment."""
    for pane in panes:
        pane.seen, pane.last = [], 0

    def all_came():
        for pane in panes:
            pane.look()
        return all(pane.seen and (pane.seen[-1][1] - until_ms) * pane.clock.rate >= 0 for pane in panes)

    panes[0].qtbot.waitUntil(all_came, timeout=40_000)
    return [pane.seen for pane in panes]


@pytest.fixture
def pane(pool, media, qtbot):
    made = []

    def new(*names):
        made.append(Pane(pool, media, qtbot, *names))
        return made[-1]

    yield new
    for each in made:
        pool.close(each.track)


def test_after_a_seek_and_single_steps_the_picture_of_the_moment_is_shown(pane):
    views = [pane(name) for name in KINDS]
    for asked in (5410, 1000, 1040, 20, 11_990, 6980):  # key pictures stand at n × 1000 or n × 1040
        for view in views:
            view.run(T0_MS + asked)
        for view in views:
            assert view.arrived() == T0_MS + asked - asked % STEP_MS
    for view in views:
        assert [view.step(1) - T0_MS for _ in range(3)] == [7000, 7040, 7080]
        assert [view.step(-1) - T0_MS for _ in range(4)] == [7040, 7000, 6960, 6920]


def moments_of(seen, step_ms):
    """Return the moments, which are in order and none of them too early; a busy machine may pass a few over."""
    moments = [moment for _, moment in seen]
    assert moments == sorted(set(moments), reverse=step_ms < 0)
    early = [
        (by_clock, moment) for by_clock, moment in seen[1:] if not (by_clock - moment) * step_ms > -STEP_MS * STEP_MS
    ]
    assert not early
    assert len(moments) >= 0.8 * (moments[-1] - moments[0]) / step_ms
    return moments


def test_streams_of_every_kind_play_and_run_backwards_in_step(pane):
    views = [pane(name) for name in KINDS]
    for view in views:
        view.seek(T0_MS + 1500)
        view.run(T0_MS + 1500, 1.0, lead_s=0.03)
    for seen in watch_all(views, T0_MS + 4200):
        moments_of(seen, STEP_MS)
        late = sorted(by_clock - moment for by_clock, moment in seen[-15:])
        assert late[len(late) // 2] < 2 * STEP_MS  # it came ahead of its time by then
    for view in views:
        view.seek(T0_MS + 10_500)
        view.run(T0_MS + 10_500, -1.0, lead_s=0.03)
    for seen in watch_all(views, T0_MS + 8600):
        moments_of([one for one in seen if one[1] <= T0_MS + 9300], -STEP_MS)  # the first groups take their time


@pytest.mark.parametrize("rate", [8.0, -8.0])
def test_faster_than_a_stream_comes_key_pictures_are_shown_and_told(pane, rate):
    view = pane("open")
    view.seek(T0_MS + (1000 if rate > 0 else 11_900))
    view.run(view.clock.moment_us // 1000, rate)
    seen = view.watch(T0_MS + 6000)
    assert len(seen) >= 3
    assert {(moment - T0_MS) % 1040 for _, moment in seen[1:]} == {0}
    view.qtbot.waitUntil(lambda: view.track.stats.keys_only, timeout=20_000)
    assert view.seek(T0_MS + 6480) == T0_MS + 6480  # and every picture again when it stands
    view.qtbot.waitUntil(lambda: not view.track.stats.keys_only, timeout=20_000)


def test_one_file_follows_the_other_without_a_seam(pane):
    view = pane("closed", "closed")
    end = T0_MS + LENGTH_S * 1000
    view.run(end + 400)  # the second file shows the strips of the first
    view.wait()
    assert view.track.moment_us == (end + 400) * 1000
    view.run(end - 1500)
    view.wait()
    view.run(end - 1500, 1.0)
    seen = []

    def crossed():
        if not seen or seen[-1] != view.track.moment_us // 1000:
            seen.append(view.track.moment_us // 1000)
        return seen[-1] >= end + 400

    view.qtbot.waitUntil(crossed, timeout=20_000)
    there = [moment for moment in seen if end - 400 <= moment <= end + 400]
    assert len(there) >= 15
    assert there == sorted(there)


def test_what_can_not_be_had_says_why_and_shows_nothing(pane, pool, media, qtbot):
    view = pane("closed")
    url, known = media.footage_address("closed")
    span = T0_MS * 1000, T0_MS * 1000 + LENGTH_S * 1_000_000
    cases = [
        (File("a", *span, "rtsp", url, known.user, "wrong"), PaneReason.WRONG_PASSWORD),
        (File("b", *span, "rtsp", url.replace(f":{media.rtsp_port}", ":9"), "", ""), PaneReason.CONNECTION_REFUSED),
    ]
    for file, reason in cases:
        pool.set_files(view.track, [file])
        view.run(T0_MS + 1000)
        qtbot.waitUntil(lambda: view.track.sight is Sight.FAILED, timeout=20_000)
        assert view.track.seen.reason is reason
        assert view.track.sequence == 0
    assert SECRET not in repr(cases)


def test_a_server_that_dies_or_freezes_is_told_and_gone_on_with_when_it_is_back(pool, stock, qtbot):
    with MediaServer([], fps=25, password=SECRET, http_token="token-0815") as server:
        server.offer_footage(lambda address: (stock[address], "h264"))
        server.start()
        view = Pane(pool, server, qtbot, "closed")
        view.seek(T0_MS + 500)
        server.stop()
        view.run(T0_MS + 8000)
        qtbot.waitUntil(lambda: view.track.sight is Sight.FAILED, timeout=30_000)
        server.start()
        url, known = server.footage_address("closed")
        (former,) = view.track.files
        file = File("closed", former.start_us, former.end_us, "rtsp", url, known.user, known.password)
        pool.set_files(view.track, [file])
        assert view.seek(T0_MS + 8000) == T0_MS + 8000
        os.kill(server._process.pid, signal.SIGSTOP)
        view.run(T0_MS + 3000, 0.5)
        qtbot.waitUntil(lambda: view.track.sight is Sight.FAILED, timeout=30_000)
        assert view.track.seen.reason is PaneReason.TIMED_OUT
        assert view.track.moment_us == (T0_MS + 8000) * 1000  # nothing was made up
        os.kill(server._process.pid, signal.SIGCONT)
        view.run(T0_MS + 5000)
        qtbot.waitUntil(lambda: view.track.sight is Sight.SHOWING, timeout=30_000)
        assert view.shown() == T0_MS + 5000
        pool.close(view.track)
