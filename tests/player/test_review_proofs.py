"""What an operator is shown is what was recorded: held to footage of every kind, at every speed, both ways.

The footage of one camera: H.264 with sound that is out of step, then at once H.265 with pictures between pictures (open
groups), then nothing, then H.264 at a rate that changes, then files of a recorder whose clock was set back, and a last
file that breaks off. The oracle knows nothing of the engine: it decodes the files from their beginning.
"""

import bisect
import itertools
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

import av
import footage
import pytest
from footage import STEP_MS, T0_MS, file_of, read_strip, steady, write

from wallclient.domain.review import ClockMap, Sight
from wallclient.player.review_pool import ReviewPool
from wallclient.player.review_track import MemoryFile
from wallclient.services.review_clock import SPEEDS

_epochs = itertools.count(1_000_000)
LAST_HOLD_MS = 1000  # how long the last picture of a file that breaks off stands for
# s since T0: where footage begins to be of another kind, or ends, or begins again
CODEC_CHANGE, GAP, GAP_END, CLOCK_BACK, CUT_FILE = 2.0, 4.0, 4.6, 6.0, 8.0
END = 10.0
LATE_MS = 400  # half of the pictures, on a machine that is busy with other things
MAY_SKIP = 3  # pictures, by a machine that is busy with other things


@dataclass
class Part:
    """One file: which pictures are really in it, when it begins and how long it is said to be."""

    path: Path
    camera: int  # in its strips: tells files that overlap from each other
    start_ms: int
    end_ms: int
    pictures: list[int]


class Camera:
    """The oracle: all there is of one camera."""

    def __init__(self, parts):
        self.parts = parts

    def at(self, moment_ms):
        """Return (strip's camera, moment) of the picture to be seen; None: nothing was recorded."""
        there = [part for part in self.parts if part.start_ms <= moment_ms < part.end_ms]
        if not there:
            return None
        part = max(there, key=lambda part: part.start_ms)
        shown = part.pictures[max(0, bisect.bisect_right(part.pictures, moment_ms) - 1)]
        cut_off = shown == part.pictures[-1] and moment_ms >= shown + LAST_HOLD_MS
        return None if cut_off else (part.camera, shown)

    def all(self, first_ms, last_ms):
        """Return what is to be seen from one moment to another, each once, in order."""
        seen = (self.at(moment) for moment in range(first_ms, last_ms + 1, 4))
        return [one for one, _ in itertools.groupby(seen) if one is not None]


@pytest.fixture(scope="module")
def camera(tmp_path_factory):
    folder = tmp_path_factory.mktemp("camera")
    vary = list(itertools.accumulate([40, 40, 40, 200, 40, 600, 40, 40, 400, 80] * 2, initial=T0_MS + 4600))
    plans = [
        ("a.mp4", steady(2), "libx264", footage.H264, 25, (320, 180), 0.7),
        ("b.mp4", steady(2, T0_MS + 2000), "libx265", footage.OPEN_H265, 26, (640, 360), None),
        ("c.mp4", [at for at in vary if at < T0_MS + 6600], "libx264", footage.OPEN_H264, 26, (320, 180), None),
        ("d.ts", steady(2, T0_MS + 6000), "libx264", footage.OPEN_H264, 26, (320, 180), None),
        ("e.mp4", steady(2, T0_MS + 8000), "libx264", footage.H264, 25, (320, 180), 0.0),
    ]
    parts = []
    for number, (name, moments, codec, options, gop, size, lead) in enumerate(plans, 1):
        path = folder / name
        write(path, moments, codec, options, gop=gop, size=size, sound_lead_s=lead, camera=number)
        parts.append(Part(path, number, moments[0], moments[-1] + STEP_MS, moments))
    parts[2].end_ms = T0_MS + 6600
    cut = parts[4]
    whole = cut.path.read_bytes()
    cut.path.write_bytes(whole[: len(whole) * 6 // 10])
    cut.pictures = decodable(cut)
    assert 10 < len(cut.pictures) < 45
    return Camera(parts)


def decodable(part):
    """Return the moments of the pictures FFmpeg makes of a file that breaks off, read from its beginning."""
    found = []
    with av.open(str(part.path)) as container:
        video = container.streams.video[0]
        packets = container.demux(video)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.InvalidDataError, av.error.EOFError):
                return sorted(found)
            if packet.size and not packet.is_corrupt:
                found.append(part.start_ms + round(float((packet.pts - video.start_time) * packet.time_base) * 1000))


@pytest.fixture(scope="module")
def pool(qapp):
    pool = ReviewPool()
    yield pool
    pool.shut_down()


class Pane:
    """A track that shows the camera, and what was seen on it."""

    def __init__(self, pool, camera):
        self.pool, self.camera = pool, camera
        self.track = pool.open(footage.WIDTH, footage.HEIGHT)
        self.clock = None
        self.seen = []  # moment by clock, and what the picture says of itself
        self.running = None  # the clock it ran by
        self.ended_us = 0
        self._last = 0
        memory, files = {}, []
        for part in camera.parts:
            kept = MemoryFile(os.open(part.path, os.O_RDONLY))
            memory[kept.number] = kept
            span = [part.start_ms, part.end_ms - STEP_MS]
            files.append(file_of(part.path, span, memory=kept.number, of=part.path.name))
        pool.set_files(self.track, files, memory)

    def run(self, moment_ms, rate=0.0, anchor_ns=None):
        self.clock = ClockMap(next(_epochs), anchor_ns or time.monotonic_ns(), moment_ms * 1000, rate)
        self.pool.follow(self.track, self.clock)

    @property
    def is_settled(self):
        return self.track.settled(self.clock.epoch)

    def shown(self):
        """Return what is to be seen now: (camera, moment), None in a gap."""
        if self.track.sight is Sight.GAP:
            return None
        assert self.track.sight is Sight.SHOWING, self.track.seen
        return self._read()

    def _read(self):
        picture = self.track.picture()
        said = read_strip(picture)
        assert said is not None
        assert said[1] * 1000 == picture.moment_us  # what is told of a picture is what the picture says
        return said

    def look(self):
        """Note a picture that came since the last look."""
        if self.track.sequence != self._last:
            said = self._read()
            picture = self.track.picture()
            if picture.moment_us == said[1] * 1000:
                sequence = self.track.sequence
                self.seen.append((self.clock.at(picture.monotonic_ns) / 1000, said, sequence))
                self._last = sequence


@pytest.fixture
def panes(pool, camera):
    made = []

    def new(count):
        made.extend(Pane(pool, camera) for _ in range(count))
        return made[-count:]

    yield new
    for pane in made:
        pool.close(pane.track)


def settle(qtbot, panes):
    qtbot.waitUntil(lambda: all(pane.is_settled for pane in panes), timeout=30_000)


def test_after_every_seek_the_picture_of_the_moment_is_shown(panes, camera, qtbot):
    (pane,) = panes(1)
    dice = random.Random(11)
    borders = [round(T0_MS + at * 1000) for at in (0, CODEC_CHANGE, GAP, GAP_END, CLOCK_BACK, CUT_FILE, END)]
    asked = [at + by for at in borders for by in (-40, -1, 0, 1, 39, 40)]
    asked += [dice.randrange(T0_MS - 300, T0_MS + round(END * 1000) + 300) for _ in range(60)]
    dice.shuffle(asked)
    for moment in asked:
        pane.run(moment)
        settle(qtbot, [pane])
        assert pane.shown() == camera.at(moment), moment - T0_MS


def test_single_steps_go_through_every_border_picture_by_picture(panes, camera, qtbot):
    (pane,) = panes(1)
    answers = {}
    pane.track.stepped.connect(lambda request, moment: answers.update({request: moment}))

    def step(direction):
        request = next(_epochs)
        pane.pool.step(pane.track, request, pane.clock.moment_us, direction)
        qtbot.waitUntil(lambda: request in answers, timeout=20_000)
        pane.run(answers[request] // 1000)
        settle(qtbot, [pane])
        return pane.shown()

    for border in (CODEC_CHANGE, GAP_END, CLOCK_BACK, CUT_FILE):
        first = T0_MS + round(border * 1000) - (700 if border == GAP_END else 100)
        expected = camera.all(first, first + 1500)[:7]
        pane.run(first)
        settle(qtbot, [pane])
        forth = [pane.shown(), *(step(1) for _ in range(6))]
        assert forth == expected, border
        assert [step(-1) for _ in range(6)] == expected[-2::-1], border


def run_together(qtbot, started, seconds):
    """Run panes from their moments at their rates at once; return when each has stood still at its end."""
    for pane, moment, _ in started:
        pane.run(moment)
    settle(qtbot, [pane for pane, _, _ in started])
    begin = time.monotonic_ns() + 100_000_000
    for pane, moment, rate in started:
        pane.run(moment, rate, begin)
    until = begin + round(seconds * 1e9)

    def is_over():
        for pane, _, _ in started:
            pane.look()
        return time.monotonic_ns() > until

    qtbot.waitUntil(is_over, timeout=60_000)
    for pane, _, _ in started:
        pane.ended_us = pane.clock.at(until)
        pane.running = pane.clock
        pane.run(pane.ended_us // 1000)
    settle(qtbot, [pane for pane, _, _ in started])


def check(pane, rate, camera):
    """Hold what was seen while a pane ran to what was recorded."""
    start, end = pane.running.moment_us // 1000, pane.ended_us // 1000
    in_order = camera.all(min(start, end) - 1000, max(start, end) + 1000)[:: 1 if rate > 0 else -1]
    never = [(at - T0_MS, said[0], said[1] - T0_MS) for at, said, _ in pane.seen if said not in in_order]
    assert not never, f"shown at {rate} and never to be seen: {never}"
    places = [in_order.index(said) for _, said, _ in pane.seen]
    assert places == sorted(set(places)), "a picture came twice or out of order"
    for by_clock, said, _ in pane.seen[1:]:  # the first stood there before the start
        due = in_order.index(camera.at(int(by_clock)) or nearest(in_order, by_clock, rate))
        assert in_order.index(said) <= due, "a picture came before its time"
    late_ms = sorted((by_clock - said[1]) / rate for by_clock, said, _ in pane.seen[1:] if rate > 0)
    assert not late_ms or late_ms[len(late_ms) // 2] < LATE_MS
    assert pane.shown() == camera.at(end)
    return places


def nearest(in_order, moment, rate):
    """Return the picture last seen before a gap."""
    passed = [one for one in in_order if (moment - one[1]) * rate >= 0]
    return passed[-1] if passed else in_order[0]


def left_out(pane, places):
    """Return how many pictures were passed over; those shown while the test did not look are told by their numbers."""
    numbers = [number for _, _, number in pane.seen]
    return places[-1] - places[0] - (numbers[-1] - numbers[0])


SLOW = [speed for speed in SPEEDS if speed <= 2]


@pytest.mark.parametrize("speed", SLOW)
def test_at_slow_speeds_every_border_is_crossed_in_step_both_ways(panes, camera, qtbot, speed):
    borders = (CODEC_CHANGE, GAP, GAP_END, CLOCK_BACK, CUT_FILE)
    lead_ms = round(250 * speed)
    plans = [(T0_MS + round(at * 1000) - lead_ms * way, speed * way) for at in borders for way in (1, -1)]
    started = [(pane, moment, rate) for pane, (moment, rate) in zip(panes(len(plans)), plans, strict=True)]
    run_together(qtbot, started, 0.6)
    for pane, moment, rate in started:
        places = check(pane, rate, camera)
        if speed <= 1 and len(places) > 1:
            assert left_out(pane, places) <= MAY_SKIP, (moment - T0_MS, rate)


def test_at_fast_speeds_the_whole_day_is_run_through_both_ways(panes, camera, qtbot):
    speeds = [speed for speed in SPEEDS if speed > 2]
    assert sorted(SLOW + speeds) == sorted(SPEEDS)
    plans = [(T0_MS if way > 0 else T0_MS + 9990, speed * way) for speed in speeds for way in (1, -1)]
    started = [(pane, moment, rate) for pane, (moment, rate) in zip(panes(len(plans)), plans, strict=True)]
    run_together(qtbot, started, 2.4)
    for pane, moment, rate in started:
        places = check(pane, rate, camera)
        shown_in = {said[0] for _, said, _ in pane.seen}
        assert len(shown_in) >= 3, (moment - T0_MS, rate, shown_in)  # of five files
        assert places
