"""A camera obeys one at a time, stops by itself, and never moves without somebody who wants it to."""

import itertools
import math

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wallclient.demo.ptz_camera import LONGEST_DEAD_MAN_S, SHORTEST_DEAD_MAN_S, PtzCamera
from wallclient.demo.ptz_holding import HOLD_S, Claimant, Held, OutOfReach, Unable
from wallclient.demo.ptz_motion import AXES
from wallclient.domain.ptz import STILL, Area, CruisePoint, Steering, Tier, Velocity

CITY = Claimant("s-city", "operator", "值班员", "重庆市监控室", Tier.CITY, 50)
CHIEF = Claimant("s-chief", "admin", "管理员", "重庆市视频监控中心", Tier.CITY, 90)
DISTRICT = Claimant("s-district", "ptz1", "云台操作员", "渝中区分局指挥室", Tier.DISTRICT, 99)
STATION = Claimant("s-station", "station1", "所内值班员", "解放碑派出所", Tier.STATION, 99)
STATION_2 = Claimant("s-station-2", "station1", "所内值班员", "解放碑派出所", Tier.STATION, 99)
EVERYBODY = (CITY, CHIEF, DISTRICT, STATION, STATION_2)
BRAKING_S = max(axis.by_hand / axis.acceleration for axis in AXES)
RIGHT = Velocity(pan=1.0)
_numbers = itertools.count(1)


def steer(camera, now, who, velocity=RIGHT, dead_man_s=1.0, number=None, hand=None):
    number = next(_numbers) if number is None else number
    camera.steer(now, who, Steering(hand or f"hand-of-{who.session}", number, velocity, dead_man_s))


def pan(camera, now):
    return camera.motion_at(now).position(now).pan_deg


def kinds(camera):
    return [entry["kind"] for entry in camera.log]


@pytest.fixture
def camera():
    return PtzCamera(100.0)


def test_it_moves_while_it_is_told_to_and_stops_when_told(camera):
    steer(camera, 100.0, CITY)
    assert camera.is_moving
    assert pan(camera, 100.5) > 20
    steer(camera, 100.5, CITY, STILL)
    assert not camera.is_moving
    assert pan(camera, 101.0) == pan(camera, 160.0) == pytest.approx(pan(camera, 100.5 + BRAKING_S))
    camera.advance(101.0)
    assert kinds(camera) == ["move", "started", "stop", "stopped", "still"]


def test_it_stops_by_itself_when_nobody_tells_it_to_go_on(camera):
    steer(camera, 100.0, CITY, dead_man_s=0.5)
    assert camera.due_s() == 100.5
    steer(camera, 100.4, CITY, dead_man_s=0.5)
    camera.advance(200.0)  # a clock that looks late changes nothing of when it stopped
    assert not camera.is_moving
    stopped = next(entry for entry in camera.log if entry["kind"] == "dead_man")
    assert stopped["at_s"] == 100.9
    assert pan(camera, 200.0) == pytest.approx(pan(camera, 100.9 + BRAKING_S))


@pytest.mark.parametrize(("asked_s", "taken_s"), [(0.001, SHORTEST_DEAD_MAN_S), (60.0, LONGEST_DEAD_MAN_S)])
def test_the_dead_man_time_has_limits(camera, asked_s, taken_s):
    steer(camera, 100.0, CITY, dead_man_s=asked_s)
    assert camera.motion.brake_s == 100.0 + taken_s


def test_a_move_overtaken_by_its_stop_does_nothing(camera):
    steer(camera, 100.0, CITY, number=2_000_001)
    steer(camera, 100.1, CITY, STILL, number=2_000_003)
    steer(camera, 100.2, CITY, number=2_000_002)
    steer(camera, 100.2, CITY, number=2_000_003)
    assert not camera.is_moving
    assert kinds(camera)[-2:] == ["stale", "stale"]
    steer(camera, 100.3, CITY, number=0, hand="another-hand")  # another start of the client counts anew
    assert camera.is_moving


def test_a_refused_move_counts_as_seen(camera):
    steer(camera, 100.0, CITY)
    with pytest.raises(Held):
        steer(camera, 100.1, STATION, number=3_000_001)
    camera.release(100.2, CITY.session)
    steer(camera, 100.3, STATION, number=3_000_001)
    assert not camera.is_moving


def test_moving_holds_for_a_while_after_the_last_command(camera):
    steer(camera, 100.0, DISTRICT)
    steer(camera, 101.0, DISTRICT, STILL)
    with pytest.raises(Held) as refusal:
        steer(camera, 101.0 + HOLD_S - 0.01, STATION)
    assert (refusal.value.holder, refusal.value.can_take_over) == (DISTRICT, False)
    with pytest.raises(Held) as refusal:
        steer(camera, 101.0 + HOLD_S - 0.01, CITY)
    assert refusal.value.can_take_over
    steer(camera, 101.0 + HOLD_S, STATION)
    assert camera.holding.holder(101.0 + HOLD_S) is STATION


def test_a_stop_of_somebody_else_changes_nothing_and_is_never_refused(camera):
    steer(camera, 100.0, STATION)
    for who in (CITY, CHIEF, DISTRICT):
        steer(camera, 100.1, who, STILL)
    assert camera.is_moving
    assert camera.holding.holder(100.1) is STATION
    camera.steer(100.2, STATION, Steering("hand-of-s-station", next(_numbers)), is_online=False)
    assert not camera.is_moving


def test_the_same_operator_can_stop_what_he_moved_from_another_session(camera):
    steer(camera, 100.0, STATION)
    steer(camera, 100.1, STATION_2, STILL)
    assert not camera.is_moving


@pytest.mark.parametrize(
    ("holder", "taker", "can"),
    [
        (STATION, DISTRICT, True),
        (DISTRICT, CITY, True),
        (CITY, CHIEF, True),
        (CHIEF, CITY, False),
        (CITY, DISTRICT, False),
        (DISTRICT, STATION, False),
        (STATION, STATION_2, True),
    ],
)
def test_a_camera_is_taken_by_higher_rank_with_a_reason_only(camera, holder, taker, can):
    camera.reserve(100.0, holder, 60.0, "")
    steer(camera, 100.0, holder)
    with pytest.raises(Held) as refusal:
        camera.reserve(100.1, taker, 60.0, "  ")
    assert refusal.value.can_take_over is can
    if can:
        assert camera.reserve(100.2, taker, 60.0, "抓捕") is holder
        assert not camera.is_moving
        with pytest.raises(Held):
            steer(camera, 100.3, holder)
    else:
        with pytest.raises(Held):
            camera.reserve(100.2, taker, 60.0, "抓捕")
        assert camera.is_moving


def test_a_reservation_ends_with_its_term(camera):
    camera.reserve(100.0, STATION, 30.0, "")
    camera.advance(129.9)
    assert camera.outline(129.9)[:2] == (STATION, True)
    steer(camera, 129.9, STATION, STILL)
    camera.advance(130.0)
    assert camera.outline(130.0)[:2] == (STATION, False)  # still held by the last command
    camera.advance(129.9 + HOLD_S)
    assert camera.outline(129.9 + HOLD_S)[0] is None


def test_a_preset_is_gone_to_and_a_move_ends_the_way(camera):
    camera.recall(100.0, CITY, 2, 1.0)
    assert not camera.is_moving  # by no hand
    camera.advance(110.0)
    assert camera.motion.position(110.0) == camera.memory.position(2)
    camera.recall(110.0, CITY, 5, 0.1)
    steer(camera, 110.5, CITY)
    steer(camera, 110.6, CITY, STILL)
    assert pan(camera, 140.0) > camera.memory.position(5).pan_deg
    with pytest.raises(KeyError):
        camera.recall(111.0, CITY, 200, 1.0)


def test_a_cruise_visits_its_points_until_something_else_moves_the_camera(camera):
    cruise = camera.memory.make_cruise("夜巡", [CruisePoint(2, 3.0, 1.0), CruisePoint(5, 3.0, 1.0)])
    camera.run_cruise(100.0, CITY, cruise.id)
    seen = set()
    for tenth in range(300):
        now = 100.0 + tenth / 10
        camera.advance(now)
        at = camera.motion.position(now)
        seen |= {n for n in (2, 5) if at == camera.memory.position(n)}
    assert seen == {2, 5}
    assert camera.holding.holder(130.0) is None  # a cruise holds nobody off
    camera.run_cruise(130.0, CITY, cruise.id)
    index = len(camera.log)
    steer(camera, 130.0, CITY, STILL)  # a stop of the hand sent again
    assert camera.cruise_id == cruise.id
    steer(camera, 130.5, CITY)
    assert camera.cruise_id is None
    assert "started" in [entry["kind"] for entry in itertools.islice(camera.log, index, None)]
    camera.advance(200.0)
    assert pan(camera, 200.0) == pan(camera, 140.0)


def test_a_cruise_that_loses_its_points_ends(camera):
    cruise = camera.memory.make_cruise("一点", [CruisePoint(2)])
    camera.run_cruise(100.0, CITY, cruise.id)
    camera.delete_preset(101.0, 2)
    assert camera.cruise_id is None
    with pytest.raises(Unable):
        camera.run_cruise(102.0, CITY, cruise.id)
    with pytest.raises(Unable):
        camera.memory.save_cruise(cruise.id, "一点", [CruisePoint(2)])


def test_a_camera_off_the_line_stops_and_is_not_moved(camera):
    steer(camera, 100.0, CITY)
    camera.lose(100.5)
    assert not camera.is_moving
    with pytest.raises(OutOfReach):
        camera.steer(101.0, CITY, Steering("hand-off-line", 1, RIGHT), is_online=False)
    with pytest.raises(OutOfReach):
        camera.aim(101.0, CITY, Area(0.1, 0.1), is_online=False)


def test_giving_a_camera_free_stops_it(camera):
    steer(camera, 100.0, CITY)
    camera.release(100.1, STATION.session)
    assert camera.is_moving
    camera.release(100.2, CITY.session)
    assert (camera.is_moving, camera.holding.holder(100.2)) == (False, None)


class Fight(RuleBasedStateMachine):
    """Everybody does anything at any time; what must never be is looked at after each step."""

    def __init__(self):
        super().__init__()
        self.now = 1000.0
        self.camera = PtzCamera(self.now)
        self.last_move = {}  # session -> when its latest move was obeyed, and its dead-man time
        self.numbers = itertools.count(1)

    def do(self, work, *args, **rest):
        try:
            work(self.now, *args, **rest)
        except (Held, OutOfReach, Unable):
            return False
        return True

    @rule(seconds=st.sampled_from([0.0, 0.05, 0.3, 1.0, 4.9, 6.0, 100.0]))
    def time_passes(self, seconds):
        self.now += seconds
        self.camera.advance(self.now)

    @rule(who=st.sampled_from(EVERYBODY), dead_man_s=st.sampled_from([0.1, 1.0, 5.0, 60.0]), online=st.booleans())
    def moves(self, who, dead_man_s, online):
        steering = Steering("hand-of-somebody", next(self.numbers), RIGHT, dead_man_s)
        if self.do(self.camera.steer, who, steering, is_online=online):
            self.last_move[who.session] = self.now, min(max(dead_man_s, 0.2), 5.0)

    @rule(who=st.sampled_from(EVERYBODY))
    def stops(self, who):
        moved_before, mover = self.camera.is_moving, self.camera.mover
        assert self.do(self.camera.steer, who, Steering("hand-of-somebody", next(self.numbers)))
        if moved_before and mover is not None and mover.user == who.user:
            assert not self.camera.is_moving

    @rule(who=st.sampled_from(EVERYBODY), reason=st.sampled_from(["", "抓捕"]), term_s=st.sampled_from([0.1, 8.0, 9e4]))
    def reserves(self, who, reason, term_s):
        before = self.camera.holding.holder(self.now)
        done = self.do(self.camera.reserve, who, term_s, reason)
        free = before is None or before.session == who.session
        entitled = before is not None and (who.rank > before.rank or who.user == before.user)
        assert done == (free or (bool(reason) and entitled))

    @rule(who=st.sampled_from(EVERYBODY))
    def releases(self, who):
        self.camera.release(self.now, who.session)

    @rule(who=st.sampled_from(EVERYBODY), number=st.integers(1, 7))
    def recalls(self, who, number):
        self.do(self.camera.recall, who, number, 1.0)

    @rule(who=st.sampled_from(EVERYBODY), cruise=st.sampled_from(["cruise-1", None]))
    def cruises(self, who, cruise):
        self.do(self.camera.run_cruise, who, cruise)

    @rule()
    def is_lost(self):
        self.camera.lose(self.now)

    @invariant()
    def only_the_holder_moves_it(self):
        holder = self.camera.holding.holder(self.now)
        if self.camera.is_moving:
            assert holder is not None
            assert self.camera.mover.session == holder.session

    @invariant()
    def it_never_moves_without_a_live_command(self):
        if self.camera.is_moving:
            at_s, dead_man_s = self.last_move[self.camera.mover.session]
            assert self.now <= at_s + dead_man_s
        elif self.camera.cruise_id is None:
            assert self.camera.motion.rest_s() < math.inf

    @invariant()
    def alone_it_comes_to_rest(self):
        if self.camera.cruise_id is None and self.camera.is_moving:
            assert self.camera.motion.rest_s() <= self.now + LONGEST_DEAD_MAN_S + BRAKING_S

    @invariant()
    def something_is_due_as_long_as_anything_is_held(self):
        if self.camera.holding.holder(self.now) is not None:
            assert self.camera.due_s() < math.inf


Fight.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestFight = Fight.TestCase
