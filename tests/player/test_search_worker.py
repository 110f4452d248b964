"""The search worker, a process of its own over real files: pictures of moments, movement where there was some."""

import contextlib
import queue
from itertools import pairwise

import footage
import psutil
import pytest
from footage_server import RangeServer
from moving_footage import T0_US, Pass, write_moving

from wallclient.demo import strip
from wallclient.domain.footage_search import LackReason
from wallclient.player.review_messages import File
from wallclient.player.search_messages import Done, Looked, Motion, MotionOrder, Picture, PicturesOrder, Skipped, Stop
from wallclient.player.search_process import SearchProcess

LEFT = (((0.05, 0.5), (0.5, 0.5), (0.5, 0.95), (0.05, 0.95)),)
RIGHT = (((0.6, 0.05), (0.97, 0.05), (0.8, 0.45)),)  # a triangle
EMPTY = (((0.6, 0.6), (0.95, 0.6), (0.95, 0.95), (0.6, 0.95)),)
LIMIT_S = 60


class Search:
    """A worker and what it said."""

    def __init__(self):
        self.news = queue.Queue()
        self.gone = queue.Queue()
        self.process = SearchProcess(lambda *news: self.news.put(news), lambda: self.gone.put(True))
        self._number = 0

    def ask(self, order, *args, **kwargs):
        self._number += 1
        self.process.tell(order(self._number, *args, **kwargs))
        return self._number

    def answers(self, number):
        found = []
        while True:
            news, pixels = self.news.get(timeout=LIMIT_S)
            if isinstance(news, Done) and news.order == number:
                return found, news.failed
            if news.order == number:
                found.append((news, pixels))

    def motion(self, files, areas, *, end_us=None, sensitivity=50, every=False, least=0.002):
        end_us = max(file.end_us for file in files) if end_us is None else end_us
        start_us = min(file.start_us for file in files)
        box = (160, 90)
        number = self.ask(
            MotionOrder, tuple(files), start_us, end_us, areas, sensitivity, least, every, 3_000_000, *box
        )
        found, failed = self.answers(number)
        assert failed == ""
        hits = [(news, pixels) for news, pixels in found if isinstance(news, Motion)]
        for news, pixels in hits:
            assert (news.width, news.height) == box
            assert len(pixels) == news.size == news.stride * news.height
        looked = [news.at_us for news, _ in found if isinstance(news, Looked)]
        assert all(a <= b for a, b in pairwise(looked))
        skipped = [(s(news.start_us), s(news.end_us), news.lack) for news, _ in found if isinstance(news, Skipped)]
        return [news for news, _ in hits], skipped


def s(moment_us):
    return round((moment_us - T0_US) / 1e6, 2)


def close_to(hit, start_s, end_s):
    return abs(s(hit.start_us) - start_s) <= 1.0 and abs(s(hit.end_us) - end_s) <= 1.0


@pytest.fixture
def search():
    found = Search()
    yield found
    found.process.kill()
    assert found.gone.get(timeout=LIMIT_S)


@pytest.fixture(scope="module")
def store():
    """Return what serves a file and says where."""
    with contextlib.ExitStack() as servers:
        yield lambda path: servers.enter_context(RangeServer(path).running()).url


def at(file, url, by_s=0):
    """Return a file at its address, some time later."""
    by_us = by_s * 1_000_000
    return File("camera", file.start_us + by_us, file.end_us + by_us, file.form, url)


@pytest.fixture(scope="module")
def moving(tmp_path_factory, store):
    """A minute with key pictures every 2 s: passes at left (one between two key pictures) and right, light, flicker."""
    path = tmp_path_factory.mktemp("moving") / "moving.mp4"
    file = write_moving(
        path,
        60,
        (
            Pass(10.3, 13.9, (0.0, 0.7), (0.52, 0.7)),
            Pass(20.2, 24.2, (0.78, 0.0), (0.78, 0.5)),
            Pass(42.4, 43.6, (0.1, 0.7), (0.45, 0.7)),
            Pass(50.1, 52.1, (0.0, 0.8), (0.3, 0.8), stays=True),
        ),
        light=((30.0, 36.0),),
        restless=(20, 96, 10, 10),
    )
    return at(file, store(path))


def test_movement_is_found_where_it_was_and_nowhere_else(search, moving):
    hits, skipped = search.motion([moving], LEFT)
    assert len(hits) == 2, [(s(hit.start_us), s(hit.end_us), hit.score) for hit in hits]
    assert close_to(hits[0], 10.6, 13.9)
    assert close_to(hits[1], 50.4, 52.1)  # what stays is no movement
    assert all(hit.start_us <= hit.peak_us <= hit.end_us and 0 < hit.score <= 1 for hit in hits)
    assert skipped == []
    right, _ = search.motion([moving], RIGHT)
    assert [close_to(hit, 20.2, 23.4) for hit in right] == [True]
    nothing, _ = search.motion([moving], EMPTY, sensitivity=80)
    assert nothing == []


def test_what_is_over_between_two_key_pictures_needs_every_picture(search, moving):
    hits, _ = search.motion([moving], LEFT, every=True)
    assert len(hits) == 3, [(s(hit.start_us), s(hit.end_us), hit.score) for hit in hits]
    assert close_to(hits[0], 10.6, 13.9)
    assert close_to(hits[1], 42.4, 43.6)
    assert close_to(hits[2], 50.4, 52.1)
    large, _ = search.motion([moving], LEFT, every=True, least=0.05)
    assert large == []  # the box is 1.2 % of the picture


def test_gaps_and_broken_files_are_told_and_the_rest_is_searched(search, moving, store, tmp_path):
    cut, junk, later = tmp_path / "cut.ts", tmp_path / "junk.mp4", tmp_path / "later.mp4"
    whole = write_moving(cut, 20, (Pass(4, 6, (0.1, 0.7), (0.5, 0.7)),))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    junk.write_bytes(b"no film at all" * 1000)
    sparse = write_moving(later, 12, (Pass(5.2, 8.2, (0.0, 0.7), (0.5, 0.7)),), gop=300)  # one key picture
    silent = "http://127.0.0.1:9/footage.mp4"  # nobody listens at the port of `discard`
    files = [at(whole, store(cut)), at(sparse, store(junk), 30), at(sparse, store(later), 60), at(moving, silent, 100)]
    hits, skipped = search.motion(files, LEFT)
    assert [close_to(hit, *want) for hit, want in zip(hits, [(4, 6), (65.4, 68.2)], strict=True)] == [True, True]
    (broke, broke_end, why), *others = skipped
    assert 5 <= broke <= 13, "the file was cut in the middle"
    assert (broke_end, why) == (20.0, LackReason.BROKEN)
    assert others == [
        (20.0, 30.0, LackReason.GAP),
        (30.0, 42.0, LackReason.BROKEN),
        (42.0, 60.0, LackReason.GAP),
        (72.0, 100.0, LackReason.GAP),
        (100.0, 160.0, LackReason.AWAY),
    ]


def test_a_search_can_be_left_for_another_and_killed(search, moving):
    order = ((moving,), moving.start_us, moving.end_us, LEFT, 50, 0.002, True, 3_000_000, 160, 90)
    first = search.ask(MotionOrder, *order)
    news, _ = search.news.get(timeout=LIMIT_S)
    assert isinstance(news, Looked)
    second = search.ask(PicturesOrder, (moving,), (moving.start_us,), 64, 36)
    _, failed = search.answers(first)
    assert failed == "superseded"
    assert [type(one) for one, _ in search.answers(second)[0]] == [Picture]
    third = search.ask(MotionOrder, *order)
    search.process.tell(Stop())
    assert search.answers(third)[1] == "superseded"
    search.ask(MotionOrder, *order)
    pid = search.process.pid
    search.process.kill()
    assert search.gone.get(timeout=LIMIT_S)
    assert not psutil.pid_exists(pid)
    search.gone.put(True)


@pytest.mark.parametrize("form", [".mp4", ".ts"])
def test_pictures_are_those_of_the_moments_asked_for(search, store, tmp_path, form):
    moments = footage.steady(6)
    path = footage.write(tmp_path / f"film{form}", moments)  # key pictures every second
    file = footage.file_of(path, moments, url=store(path))
    asked = [file.start_us + ms * 1000 for ms in (0, 500, 1480, 3999, 5960)] + [file.end_us + 9_000_000]
    exact, _ = search.answers(search.ask(PicturesOrder, (file,), tuple(asked), 320, 180))
    for (news, pixels), want in zip(exact[:-1], asked, strict=False):
        assert news.moment_us == want // 40_000 * 40_000
        reading = strip.read(memoryview(pixels), news.width, news.height, news.stride)
        assert reading is not None
        assert reading.counter == news.moment_us // 40_000 % strip.COUNTER_MODULO
    assert exact[-1][0].lack is LackReason.GAP
    assert exact[-1][1] == b""
    near, _ = search.answers(search.ask(PicturesOrder, (file,), tuple(asked[1:4]), 96, 54, slack_us=600_000))
    offsets = [(news.moment_us - file.start_us) // 1000 for news, _ in near]
    assert offsets == [0, 1000, 3960]  # the key picture where it is near enough
    assert {(news.width, news.height) for news, _ in near} == {(96, 54)}
