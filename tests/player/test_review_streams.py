"""Footage that comes over RTSP, at the pace its server sends it: the picture of the moment, or none and the word why."""

import itertools
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
        seen, last = [], 0

        def look():
            nonlocal last
            if self.track.sequence != last:
                last = self.track.sequence
                moment = self.shown()
                seen.append((self.clock.at(self.track.picture().monotonic_ns) / 1000, moment))
            return bool(seen) and (seen[-1][1] - until_ms) * self.clock.rate >= 0

        self.qtbot.waitUntil(look, timeout=30_000)
        return seen


@pytest.fixture
def pane(pool, media, qtbot):
    made = []

    def new(*names):
        made.append(Pane(pool, media, qtbot, *names))
        return made[-1]

    yield new
    for each in made:
        pool.close(each.track)


@pytest.mark.parametrize("name", ["closed", "open", "h265"])
def test_after_a_seek_and_single_steps_the_picture_of_the_moment_is_shown(pane, name):
    view = pane(name)
    for asked in (5410, 5390, 9999, 20, 11_990, 7000, 6960):
        assert view.seek(T0_MS + asked) == T0_MS + asked - asked % STEP_MS
    assert [view.step(-1) - T0_MS for _ in range(4)] == [6920, 6880, 6840, 6800]
    assert [view.step(1) - T0_MS for _ in range(6)] == [6840, 6880, 6920, 6960, 7000, 7040]


@pytest.mark.parametrize("name", ["closed", "open", "h265"])
def test_it_plays_every_picture_and_gets_in_step(pane, name):
    view = pane(name)
    view.seek(T0_MS + 1500)
    view.run(T0_MS + 1500, 1.0, lead_s=0.03)
    seen = view.watch(T0_MS + 5500)
    moments = [moment for _, moment in seen]
    assert all(by_clock >= moment for by_clock, moment in seen[1:])
    assert moments == list(range(moments[0], moments[-1] + 1, STEP_MS)) or len(moments) > 90
    assert moments == sorted(set(moments))
    late = sorted(by_clock - moment for by_clock, moment in seen[-40:])
    assert late[len(late) // 2] < 2 * STEP_MS
