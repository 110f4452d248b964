"""The rule of failover in virtual time: away in time, back late, and still under a line that comes and goes."""

import pytest

from wallclient.services.failover import AWAY_S, BACK_S, Switchover


class Line:
    """A camera with its own center and alternates; a picture comes on the serving way while that is up."""

    def __init__(self, ways=2):
        self.rule = Switchover(ways, 0.0)
        self.up = [True] * ways
        self.now = 0.0
        self.switches = []  # (when, way)
        self.dark_s = 0.0
        self._take(0)

    def _take(self, way):
        self.rule.serve(way, self.now)
        for other, up in enumerate(self.up):
            if other != way:
                self.rule.tell(other, up, self.now)

    def run(self, seconds, schedule=lambda _now, _line: None, step=0.25):
        end = self.now + seconds
        while self.now < end:
            schedule(self.now, self)
            for way, up in enumerate(self.up):
                self.rule.tell(way, up, self.now)
            choice = self.rule.choice(self.now)
            if choice != self.rule.serving:
                self.switches.append((self.now, choice))
                if self.up[choice]:
                    self._take(choice)
            self.dark_s += 0.0 if self.up[self.rule.serving] else step
            self.now += step
        return self


def test_a_way_that_is_well_is_kept():
    assert Line().run(600).switches == []


def test_it_leaves_after_the_limit_and_returns_once_the_first_has_long_been_well():
    line = Line().run(100)
    line.up[0] = False
    line.run(50)
    assert line.switches == [(100 + AWAY_S, 1)]
    line.up[0] = True
    back_from = line.now
    line.run(BACK_S - 1)
    assert len(line.switches) == 1
    line.run(5)
    assert line.switches[1:] == [(back_from + BACK_S, 0)]


def test_a_break_shorter_than_the_limit_changes_nothing():
    line = Line().run(100)
    line.up[0] = False
    line.run(AWAY_S - 1)
    line.up[0] = True
    line.run(300)
    assert line.switches == []


@pytest.mark.parametrize("period_s", [1.0, 5.0, 12.0, 40.0])
def test_a_line_that_comes_and_goes_is_left_once_and_not_taken_again(period_s):
    def comes_and_goes(now, line):
        line.up[0] = int(now / period_s) % 2 == 0

    line = Line().run(1800, comes_and_goes)
    assert [way for _, way in line.switches] == [1]
    assert line.dark_s <= AWAY_S + 0.5


def test_breaks_far_apart_do_not_add_up():
    def short_break_each_five_minutes(now, line):
        line.up[0] = now % 300 < 300 - (AWAY_S - 1)

    assert Line().run(3600, short_break_each_five_minutes).switches == []


def test_a_line_that_comes_and_goes_slowly_changes_seldom():
    def comes_and_goes(now, line):
        line.up[0] = int(now / (BACK_S * 2)) % 2 == 0

    line = Line().run(3600, comes_and_goes)
    assert len(line.switches) <= 3600 / (BACK_S * 2)
    assert line.dark_s <= 15 * (AWAY_S + 0.5)


def test_ways_are_tried_in_order_and_the_first_is_gone_back_to_over_the_second():
    line = Line(3).run(100)
    line.up = [False, False, True]
    line.run(20)
    assert [way for _, way in line.switches] == [2]
    line.up = [False, True, True]
    line.run(BACK_S + 1)
    assert [way for _, way in line.switches] == [2, 1]
    line.up = [True, True, True]
    line.run(BACK_S + 1)
    assert [way for _, way in line.switches] == [2, 1, 0]


def test_where_nobody_is_well_it_stays_and_where_only_the_first_is_back_it_goes_there_at_once():
    line = Line().run(100)
    line.up = [False, False]
    line.run(300)
    assert line.switches == []
    line.up = [False, True]
    line.run(10)
    line.up = [True, False]
    line.run(AWAY_S + 1)
    assert [way for _, way in line.switches] == [1, 0]


def test_a_center_known_to_be_away_for_long_is_not_waited_for():
    rule = Switchover(2, 1000.0)
    rule.tell(0, False, 1000.0 - AWAY_S)
    rule.tell(1, True, 1000.0)
    assert rule.choice(1000.0) == 1


def test_it_says_when_to_look_again():
    rule = Switchover(2, 0.0)
    rule.tell(1, True, 0.0)
    assert rule.next_s(0.0) == AWAY_S
    assert rule.choice(AWAY_S) == 1
    rule.serve(1, AWAY_S)
    assert rule.next_s(AWAY_S) is None
    rule.tell(0, True, 20.0)
    assert rule.next_s(30.0) == BACK_S - 10
