"""The review engine with real host processes: every picture shown is the one of the moment asked for."""

import bisect
import itertools
import os
import time
from dataclasses import dataclass

import footage
import pytest
from footage import STEP_MS, T0_MS, file_of, read_moment_ms, steady, write

from wallclient.domain.pane import PaneReason
from wallclient.domain.review import ClockMap, Sight
from wallclient.player.review_pool import ReviewPool
from wallclient.player.review_track import MemoryFile

_epochs = itertools.count(1)
MAY_SKIP = 3  # pictures, by a machine that is busy with other things; a fault in order leaves out far more


@dataclass
class Stock:
    """One file of footage and the moments of its pictures."""

    path: object
    moments: list[int]


@dataclass
class Shown:
    """A picture: its moment by the strip, that of the clock when it was published, and its number in the ring."""

    moment: int
    by_clock: float
    sequence: int


def left_out(seen, moments):
    """Return how many pictures of the footage were not shown between the first and the last of `seen`.

    The test itself may have looked too late to see some; the ring's numbers tell those that were shown.
    """
    places = [moments.index(each.moment) for each in seen]
    steps = [b - a for a, b in itertools.pairwise(places)]
    assert all(step > 0 for step in steps) or all(step < 0 for step in steps)
    return abs(places[-1] - places[0]) - (seen[-1].sequence - seen[0].sequence)


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    folder = tmp_path_factory.mktemp("footage")
    sparse = [
        T0_MS,
        *itertools.accumulate([40, 40, 40, 200, 40, 600, 40, 40, 1200, 40, 80, 400] * 5, initial=T0_MS + 40),
    ]
    plans = {
        "h264.mp4": (steady(4), "libx264", footage.H264, 25, None),
        "open.mp4": (steady(4), "libx264", footage.OPEN_H264, 26, None),
        "h265.mp4": (steady(4), "libx265", footage.OPEN_H265, 26, None),
        "open.ts": (steady(4), "libx264", footage.OPEN_H264, 26, None),
        "sparse.mp4": (sparse, "libx264", footage.H264, 20, None),
        "sound.mp4": (steady(4), "libx264", footage.H264, 25, 0.7),
        "long.mkv": (steady(8), "libx264", footage.H264, 250, None),
    }
    made = {}
    for name, (moments, codec, options, gop, lead) in plans.items():
        made[name] = Stock(write(folder / name, moments, codec, options, gop=gop, sound_lead_s=lead), moments)
    whole = (folder / "open.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    made["cut.mp4"] = Stock(folder / "cut.mp4", made["open.mp4"].moments)
    return made


@pytest.fixture(scope="module")
def pool(qapp):
    pool = ReviewPool()
    yield pool
    pool.shut_down()


class Pane:
    """A track with what a test does to it."""

    def __init__(self, qtbot, pool, size=(footage.WIDTH, footage.HEIGHT)):
        self.qtbot, self.pool = qtbot, pool
        self.track = pool.open(*size)
        self.clock = None
        self.moments = []
        self.last = 0  # sequence number seen

    def load(self, *stocks, ends=None):
        memory, files = {}, []
        for number, each in enumerate(stocks):
            kept = MemoryFile(os.open(each.path, os.O_RDONLY))
            memory[kept.number] = kept
            files.append(file_of(each.path, each.moments, memory=kept.number, of=f"camera {number}"))
        self.moments = sorted({moment for each in stocks for moment in each.moments})
        self.pool.set_files(self.track, files, memory)

    def run(self, moment_ms, rate=0.0, offset_us=0):
        self.clock = ClockMap(next(_epochs), time.monotonic_ns(), moment_ms * 1000, rate)
        self.pool.follow(self.track, self.clock, offset_us)

    def seek(self, moment_ms, **kwargs):
        """Go to a moment, stand there and return the moment on the strip."""
        self.run(moment_ms, **kwargs)
        self.qtbot.waitUntil(lambda: self.track.settled(self.clock.epoch), timeout=10_000)
        assert self.track.sight is Sight.SHOWING, self.track.seen
        return self.strip()

    def strip(self):
        shown = self.track.picture()
        moment = read_moment_ms(shown)
        assert moment is not None
        assert shown.moment_us == moment * 1000
        return moment

    def expected(self, moment_ms):
        return self.moments[bisect.bisect_right(self.moments, moment_ms) - 1]

    def watch(self, seconds):
        """Return what is shown for a while."""
        (seen,) = watch_all([self], seconds)
        return seen

    def look(self):
        """Return the picture that came since the last look."""
        if self.track.sequence == self.last:
            return None
        self.last = self.track.sequence
        shown = self.track.picture()
        moment = read_moment_ms(shown)
        assert moment is not None
        assert shown.moment_us == moment * 1000
        return Shown(moment, self.clock.at(shown.monotonic_ns) / 1000, shown.sequence)

    def step(self, direction):
        answers = []
        request = next(_epochs)
        connection = self.track.stepped.connect(lambda number, moment: number == request and answers.append(moment))
        self.pool.step(self.track, request, self.clock.moment_us, direction)
        self.qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
        self.track.stepped.disconnect(connection)
        if answers[0] is None:
            return None
        assert answers[0] % 1000 == 0
        assert self.seek(answers[0] // 1000) == answers[0] // 1000
        return answers[0] // 1000

    def gap(self, moment_ms, rate=0.0):
        self.run(moment_ms, rate)
        self.qtbot.waitUntil(lambda: self.track.settled(self.clock.epoch), timeout=10_000)
        assert self.track.sight is Sight.GAP
        return self.track.seen


def watch_all(panes, seconds):
    """Return what is shown in each pane for a while."""
    deadline = time.monotonic() + seconds
    seen = [[] for _ in panes]
    for pane in panes:
        pane.last = pane.track.sequence

    def look():
        for pane, some in zip(panes, seen, strict=True):
            shown = pane.look()
            if shown is not None:
                some.append(shown)
        return time.monotonic() > deadline

    panes[0].qtbot.waitUntil(look, timeout=round(seconds * 1000) + 20_000)
    return seen


@pytest.fixture
def pane(qtbot, pool):
    panes = []

    def new(**kwargs):
        panes.append(Pane(qtbot, pool, **kwargs))
        return panes[-1]

    yield new
    for each in panes:
        pool.close(each.track)


WHOLE = ["h264.mp4", "open.mp4", "h265.mp4", "open.ts", "sparse.mp4", "sound.mp4", "long.mkv"]


@pytest.mark.parametrize("name", WHOLE)
def test_after_a_seek_the_picture_of_the_moment_is_shown(pane, stock, name):
    view = pane()
    view.load(stock[name])
    first, last = view.moments[0], view.moments[-1]
    for asked in (
        first,
        last,
        first + 1010,
        first + 999,
        first + 1039,
        first + 1040,
        last - 1,
        first + 20,
        first + 2100,
    ):
        assert view.seek(asked) == view.expected(asked)


@pytest.mark.parametrize("name", WHOLE)
def test_single_steps_show_every_picture_both_ways(pane, stock, name):
    view = pane()
    view.load(stock[name])
    at = min(30, len(view.moments) - 1)
    assert view.seek(view.moments[at]) == view.moments[at]
    back = [view.step(-1) for _ in range(9)]
    assert back == view.moments[at - 1 : at - 10 : -1]
    forth = [view.step(1) for _ in range(12)]
    assert forth == view.moments[at - 8 : at + 4]


def test_every_kind_of_footage_runs_both_ways_without_leaving_pictures_out(pane, stock):
    """All at once; see `test_review_proofs` for all speeds."""
    views = []
    for name, rate in itertools.product(("h265.mp4", "open.ts", "sparse.mp4", "long.mkv"), (1, -1)):
        view = pane()
        view.load(stock[name])
        view.seek(view.moments[0] + (900 if rate > 0 else 2900))
        views.append((view, rate))
    for view, rate in views:
        view.run(view.clock.moment_us // 1000, rate)
    for (view, rate), seen in zip(views, watch_all([view for view, _ in views], 1.2), strict=True):
        assert len(seen) >= 3
        assert (seen[-1].moment - seen[0].moment) * rate > 0
        assert left_out(seen, view.moments) <= MAY_SKIP


def test_files_with_other_coding_follow_each_other_without_a_seam(pane, stock, tmp_path):
    first = Stock(write(tmp_path / "a.mp4", steady(1)), steady(1))
    later = steady(1, T0_MS + 1000)
    second = Stock(write(tmp_path / "b.mp4", later, "libx265", footage.OPEN_H265, size=(640, 360)), later)
    view = pane()
    view.load(first, second)
    assert view.seek(T0_MS + 960) == T0_MS + 960
    assert view.step(1) == T0_MS + 1000
    assert view.step(-1) == T0_MS + 960
    view.run(T0_MS + 600, 1.0)
    seen = view.watch(0.9)
    assert left_out(seen, view.moments) <= MAY_SKIP
    assert seen[-1].moment > T0_MS + 1200
    view.seek(T0_MS + 1400)
    view.run(T0_MS + 1400, -1.0)
    seen = view.watch(0.9)
    assert left_out(seen, view.moments) <= MAY_SKIP
    assert seen[-1].moment < T0_MS + 800


def test_a_gap_says_where_footage_goes_on_and_the_track_rejoins(pane, tmp_path):
    late = steady(1, T0_MS + 1800)
    view = pane()
    view.load(Stock(write(tmp_path / "a.mp4", steady(1)), steady(1)), Stock(write(tmp_path / "b.mp4", late), late))
    assert view.gap(T0_MS + 1400).next_us == late[0] * 1000
    assert view.gap(T0_MS + 1400, -1.0).next_us == (T0_MS + 1000) * 1000 - 1
    assert view.gap(T0_MS + 5000).next_us is None
    assert view.seek(T0_MS + 960) == T0_MS + 960
    assert view.step(1) == late[0]
    assert view.step(-1) == T0_MS + 960
    view.run(T0_MS + 1500, 1.0)
    first = view.watch(0.8)[0]
    assert late[0] <= first.moment <= late[0] + MAY_SKIP * STEP_MS
    assert first.moment <= first.by_clock
    assert view.track.sight is Sight.SHOWING


def test_a_clock_set_back_shows_the_later_file_from_its_start(pane, tmp_path):
    back = steady(1, T0_MS + 600)
    view = pane()
    view.load(Stock(write(tmp_path / "a.mp4", steady(2)), steady(2)), Stock(write(tmp_path / "b.mp4", back), back))
    assert view.seek(T0_MS + 560) == T0_MS + 560
    for _ in range(3):
        view.step(1)
    assert view.seek(T0_MS + 1580) == T0_MS + 1560
    assert view.seek(T0_MS + 1640) == T0_MS + 1640  # the first file goes on where the second ends


def test_a_file_cut_short_is_shown_to_its_last_picture_and_then_missed(pane, stock):
    view = pane()
    view.load(stock["cut.mp4"])
    assert view.seek(T0_MS + 400) == T0_MS + 400
    seen = view.gap(T0_MS + 3900)
    assert seen.reason is PaneReason.STREAM_ENDED
    assert view.step(-1) < T0_MS + 3000
    assert view.step(1) is None or view.track.sight is Sight.SHOWING


def test_an_offset_shifts_one_track_against_the_clock(pane, stock):
    view = pane()
    view.load(stock["h264.mp4"])
    assert view.seek(T0_MS + 1000, offset_us=400_000) == T0_MS + 1400


def test_another_size_shows_the_same_picture(pane, stock, qtbot):
    view = pane(size=(160, 90))
    view.load(stock["h264.mp4"])
    assert view.seek(T0_MS + 2000) == T0_MS + 2000
    assert view.track.picture().width == 160
    view.pool.resize(view.track, 320, 180)
    qtbot.waitUntil(lambda: view.track.picture().width == 320, timeout=5000)
    assert view.strip() == T0_MS + 2000
