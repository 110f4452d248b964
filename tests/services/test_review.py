"""Panes on one clock, against followers that settle when a test lets them."""

import asyncio
import time

import pytest
import qasync

from wallclient.domain.review import Sight
from wallclient.services import review
from wallclient.services.review import SharedClock

START = 1_800_000_000_000_000


class FakeFollower:
    """A pane that is told of the clock and settles by hand."""

    def __init__(self, clock):
        self.clock, self.maps, self.done, self.asked = clock, [], 0, []
        self.seen, self.ahead, self.waits = Sight.SHOWING, None, False

    def follow(self, clock_map):
        self.maps.append(clock_map)

    def settled(self, epoch):
        return self.done >= epoch

    def sight(self):
        return self.seen

    def next_us(self):
        return self.ahead

    def awaits_footage(self):
        return self.waits

    def ask_step(self, request, from_us, direction):
        self.asked.append((request, from_us, direction))
        return True

    def settle(self):
        self.done = self.clock.map.epoch
        self.clock.note_settled()


@pytest.fixture
def clock(qapp):
    clock = SharedClock(START)
    yield clock
    clock.close()


def joined(clock, count):
    panes = [FakeFollower(clock) for _ in range(count)]
    for pane in panes:
        clock.join(pane)
    return panes


def test_all_panes_get_the_same_map_and_a_newcomer_the_present_one(clock):
    first, second = joined(clock, 2)
    clock.play()
    clock.set_speed(-4.0)
    (third,) = joined(clock, 1)
    assert first.maps[1:] == second.maps[1:]
    assert third.maps == [clock.map]
    assert clock.map.rate == -4.0
    clock.leave(first)
    clock.pause()
    assert len(first.maps) == len(second.maps) - 1


def test_a_seek_holds_a_running_clock_until_the_last_pane_shows_the_moment(clock, qtbot):
    first, second = joined(clock, 2)
    clock.play()
    clock.seek(START + 5_000_000)
    assert (clock.map.rate, clock.holding, clock.playing) == (0, True, True)
    first.settle()
    assert clock.holding
    with qtbot.waitSignal(clock.settled):
        second.settle()
    assert clock.map.rate == 1.0
    assert clock.map.moment_us == START + 5_000_000
    assert clock.map.anchor_ns > time.monotonic_ns() - 20_000_000  # it starts at the same time everywhere


def test_a_pane_that_can_not_come_along_holds_up_the_others_for_a_bounded_time(clock, qtbot):
    joined(clock, 2)
    clock.play()
    began = time.monotonic()
    with qtbot.waitSignal(clock.settled, timeout=5000):
        clock.seek(START)
    assert review.HOLD_S - 0.05 <= time.monotonic() - began < review.HOLD_S + 1.0
    assert clock.map.rate == 1.0


def test_no_moment_passes_unseen_while_its_footage_is_on_its_way(clock, qtbot):
    first, second = joined(clock, 2)
    for pane in (first, second):
        pane.seen, pane.waits = Sight.LOADING, True
    clock.play()
    clock.seek(START)
    qtbot.wait(round(review.HOLD_S * 1000) + 200)
    assert (clock.holding, clock.map.rate, clock.moment_us) == (True, 0, START)
    first.waits, first.seen = False, Sight.SHOWING
    with qtbot.waitSignal(clock.settled, timeout=5000):
        first.settle()  # what it shows is not held up by the other's recorder
    assert (clock.map.rate, clock.moment_us - START < 1_000_000) == (1.0, True)


def test_a_clock_that_runs_into_what_is_on_its_way_waits_there(clock, qtbot):
    (pane,) = joined(clock, 1)
    clock.play()
    pane.seen, pane.waits = Sight.LOADING, True
    qtbot.waitUntil(lambda: clock.holding, timeout=5000)
    at = clock.moment_us
    assert (clock.map.rate, clock.playing) == (0, True)
    pane.seen, pane.waits = Sight.SHOWING, False
    pane.settle()
    assert clock.map.rate == 1.0
    assert clock.moment_us - at < 1_000_000


def test_a_pane_that_leaves_no_longer_holds_up_a_seek(clock):
    first, second = joined(clock, 2)
    clock.seek(START + 1)
    first.settle()
    clock.leave(second)
    assert not clock.holding


def test_pausing_while_a_seek_is_held_keeps_it_standing(clock):
    (pane,) = joined(clock, 1)
    clock.play()
    clock.seek(START + 7)
    clock.pause()
    pane.settle()
    assert (clock.map.rate, clock.playing) == (0, False)


def test_steps_are_taken_one_after_the_other_and_move_all_panes(clock):
    lead, other = joined(clock, 2)
    clock.play()
    for _ in range(20):
        clock.step(lead, 1)
    assert not clock.playing
    taken = 0
    while lead.asked:
        request, from_us, direction = lead.asked.pop(0)
        assert direction == 1
        clock.take_step(request, from_us + 40_000)
        taken += 1
        assert other.maps[-1].moment_us == from_us + 40_000
        assert not lead.asked  # not before the picture is there
        lead.settle()
        other.settle()
    assert taken == 9  # a key held down does not go on for long: one under way, eight waiting


def test_a_step_beyond_the_footage_ends_the_steps(clock):
    (lead,) = joined(clock, 1)
    clock.step(lead, -1)
    clock.step(lead, -1)
    before = clock.map
    clock.take_step(lead.asked[0][0], None)
    assert clock.map == before
    assert len(lead.asked) == 1


def test_an_answer_to_an_earlier_question_is_dropped(clock):
    (lead,) = joined(clock, 1)
    clock.step(lead, 1)
    clock.seek(START + 9_000_000)
    lead.settle()
    clock.take_step(lead.asked[0][0] + 7, START)
    assert clock.map.moment_us == START + 9_000_000


def test_it_stops_at_its_end(clock, qtbot):
    joined(clock, 1)
    clock.set_limits(START, START + 200_000)
    with qtbot.waitSignals([clock.changed, clock.changed], timeout=5000):
        clock.play()
    assert not clock.playing
    assert clock.moment_us == START + 200_000


def test_a_time_nobody_has_footage_of_is_leapt_over_if_so_wanted(clock, qtbot):
    first, second = joined(clock, 2)
    first.seen = second.seen = Sight.GAP
    first.ahead, second.ahead = START + 60_000_000, START + 50_000_000
    clock.skip_gaps = True
    clock.play()
    qtbot.waitUntil(lambda: clock.map.moment_us == START + 50_000_000, timeout=5000)


def test_seeking_and_waiting_tells_whether_all_came_along(qapp):
    async def scene():
        clock = SharedClock(START)
        first, second = joined(clock, 2)
        asyncio.get_running_loop().call_later(0.02, first.settle)
        late = await clock.seek_and_wait(START + 3)
        second.settle()
        asyncio.get_running_loop().call_later(0.02, lambda: (first.settle(), second.settle()))
        whole = await clock.seek_and_wait(START + 4)
        clock.close()
        return late, whole

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        assert loop.run_until_complete(asyncio.wait_for(scene(), 20)) == (False, True)
    finally:
        loop.close()
        asyncio.set_event_loop(None)
