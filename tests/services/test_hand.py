"""One hand at one camera in front of a center in virtual time, whose line loses, delays and refuses commands."""

import heapq
import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallclient.domain.errors import (
    BadPayload,
    CameraHeld,
    CameraOffline,
    NotPermitted,
    ServerFailed,
    SignInNeeded,
    WallError,
)
from wallclient.domain.ptz import DEAD_MAN_S, STILL, Holder, PtzStatus, Steering, Tier, Velocity
from wallclient.services.hand import (
    CHANGE_S,
    HURRY_S,
    RED_AFTER_S,
    RENEWAL_S,
    Command,
    Hand,
    HandState,
)

RIGHT, UP = Velocity(pan=1.0), Velocity(tilt=0.5)
OTHER = Holder("李四", "市局", Tier.CITY, 9, is_reserved=False, seconds_left=4.0, is_me=False)


@dataclass
class Way:
    """What the line does with one command: seconds there and back, or lost on the way there or back."""

    there_s: float = 0.005
    back_s: float = 0.005
    is_lost: bool = False
    is_answer_lost: bool = False


@dataclass
class VirtualCenter:
    """Obeys commands by their numbers, and has a dead man; `refusal` answers every command instead."""

    refusal: WallError | None = None
    velocity: Velocity = STILL
    seen: dict[str, int] = field(default_factory=dict)
    holder: Holder | None = None
    until: float = 0.0
    obeyed: list[tuple[float, int, Velocity]] = field(default_factory=list)

    def tick(self, now: float) -> None:
        """Let the dead man do his part."""
        if now >= self.until:
            self.velocity = STILL

    def take(self, steering: Steering, now: float) -> PtzStatus | WallError:
        """Obey or refuse."""
        self.tick(now)
        if self.refusal is not None:
            return self.refusal
        if steering.number > self.seen.get(steering.hand, 0):
            self.seen[steering.hand] = steering.number
            self.velocity, self.until = steering.velocity, now + steering.dead_man_s
            self.obeyed.append((now, steering.number, steering.velocity))
        return PtzStatus(is_moving=not self.velocity.is_still, holder=self.holder)


class Rig:
    """Hand, line and center, moved on together."""

    def __init__(self, ways=None):
        self.hand = Hand()
        self.center = VirtualCenter()
        self.ways = iter(ways) if ways is not None else itertools.repeat(Way())
        self.now = 100.0
        self.sent: list[tuple[float, Command]] = []
        self.on_the_way: dict[int, Steering] = {}
        self._queue: list[tuple[float, int, object]] = []
        self._order = itertools.count()

    def at(self, moment, work):
        """Have something done later."""
        heapq.heappush(self._queue, (moment, next(self._order), work))

    def pump(self):
        """Send what is due."""
        for _ in range(20):
            command = self.hand.due(self.now)
            if command is None:
                break
            self._send(command)
        else:
            raise AssertionError("a hand that never has enough")
        assert self.hand.next_due(self.now) > self.now, "what is due now was not sent"
        if self.hand.state(self.now) is HandState.IDLE:
            self.check_still()

    def check_still(self):
        """No hand may say it is done while the camera moves, or a move on its way could still be obeyed."""
        self.center.tick(self.now)
        assert self.center.velocity.is_still
        for steering in self.on_the_way.values():
            if not steering.velocity.is_still and steering.number > self.center.seen.get(steering.hand, 0):
                assert self.center.refusal is not None

    def _send(self, command):
        self.sent.append((self.now, command))
        number, way, sent_at = command.steering.number, next(self.ways), self.now
        deadline = self.now + command.limit_s

        def arrive():
            del self.on_the_way[number]
            result = self.center.take(command.steering, self.now)
            back = self.now + way.back_s
            if way.is_answer_lost or back > deadline:
                fail()
            else:
                self.at(back, lambda: self.hand.answered(number, result, self.now))

        def fail():
            self.at(max(deadline, self.now), lambda: self.hand.answered(number, ServerFailed(""), self.now))

        if way.is_lost:
            fail()
        else:
            self.on_the_way[number] = command.steering
            self.at(sent_at + way.there_s, arrive)

    def run(self, seconds):
        """Let time pass."""
        end = self.now + seconds
        self.pump()
        while True:
            event = self._queue[0][0] if self._queue else float("inf")
            moment = min(event, self.hand.next_due(self.now))
            if moment > end:
                break
            self.now = max(self.now, moment)
            if event <= self.now:
                heapq.heappop(self._queue)[2]()
            self.pump()
        self.now = end
        self.center.tick(end)

    def press(self, velocity=RIGHT):
        self.hand.move(velocity, self.now)
        self.pump()

    def let_go(self):
        self.hand.stop(self.now)
        self.pump()

    @property
    def state(self):
        return self.hand.state(self.now)


def test_a_press_and_a_release_go_out_at_once():
    rig = Rig()
    rig.press()
    assert [(moment, command.steering.velocity) for moment, command in rig.sent] == [(rig.now, RIGHT)]
    rig.run(0.03)
    assert rig.state is HandState.MOVING
    rig.let_go()
    assert rig.sent[-1][0] == rig.now
    assert rig.sent[-1][1].steering.velocity.is_still
    rig.run(0.05)
    assert rig.state is HandState.IDLE
    assert len(rig.sent) == 2
    rig.let_go()
    rig.run(1.0)
    assert len(rig.sent) == 2, "an idle hand sends nothing"


def test_the_dead_man_is_renewed_while_held():
    rig = Rig()
    rig.press()
    rig.run(5.0)
    moments = [moment for moment, _ in rig.sent]
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert len(gaps) >= 15
    assert max(gaps) <= RENEWAL_S + 1e-6 < DEAD_MAN_S / 3
    assert rig.center.velocity == RIGHT
    assert all(command.steering.dead_man_s == DEAD_MAN_S for _, command in rig.sent)


def test_changes_are_sent_at_most_every_100_ms_and_the_newest_wins():
    rig = Rig()
    for step in range(100):
        rig.press(Velocity(pan=(step + 1) / 100))
        rig.run(0.01)
    gaps = [b - a for (a, _), (b, _) in itertools.pairwise(rig.sent)]
    assert min(gaps) >= CHANGE_S - 1e-6
    assert 9 <= len(rig.sent) <= 11
    rig.run(CHANGE_S)
    assert rig.center.velocity == Velocity(pan=1.0)


def test_moves_do_not_pile_up_behind_a_slow_center():
    rig = Rig(itertools.repeat(Way(0.002, 0.5)))
    for step in range(300):
        rig.press(Velocity(pan=(step % 99 + 1) / 100))
        rig.run(0.01)
        under_way = sum(1 for moment, _ in rig.sent if moment > rig.now - 0.502)
        assert under_way <= 3
    rig.let_go()
    assert rig.sent[-1][0] == rig.now, "the stop waited"
    rig.run(0.003)
    assert rig.center.velocity.is_still
    rig.run(1.0)
    assert rig.state is HandState.IDLE


def test_a_move_that_arrives_after_the_stop_does_nothing():
    ways = [Way(0.7, 0.005), *[Way()] * 5]
    rig = Rig(ways)
    rig.press()
    rig.run(0.1)
    rig.let_go()
    rig.run(2.0)
    assert [velocity for _, _, velocity in rig.center.obeyed] == [STILL]
    assert rig.state is HandState.IDLE


@pytest.mark.parametrize("offset", [0, 1, 2])
@pytest.mark.parametrize("held_s", [0.02, 0.31, 0.9, 2.0, 3.33])
def test_with_every_third_command_lost_a_stop_is_sure_within_a_second(offset, held_s):
    rig = Rig(Way(is_lost=number % 3 == offset) for number in itertools.count())
    rig.press()
    rig.run(held_s)
    began = rig.now
    rig.let_go()
    while rig.state is not HandState.IDLE:
        rig.run(0.01)
        assert rig.now - began <= 0.6
    assert rig.center.velocity.is_still


def test_an_unconfirmed_stop_is_told_until_it_is_confirmed():
    lost = [False]
    rig = Rig(Way(is_lost=lost[0]) for _ in itertools.count())
    rig.press()
    rig.run(0.2)
    lost[0] = True
    rig.let_go()
    rig.run(RED_AFTER_S - 0.05)
    assert rig.state is HandState.STOPPING
    rig.run(0.1)
    assert rig.state is HandState.UNCONFIRMED
    rig.run(60.0)
    assert rig.state is HandState.UNCONFIRMED, "a dead man is no confirmation"
    stops = [moment for moment, command in rig.sent if command.steering.velocity.is_still]
    assert sum(1 for moment in stops if moment - stops[0] < 1.0) >= 4
    assert len([moment for moment in stops if moment - stops[0] > HURRY_S]) <= 60, "it asks on, but calmly"
    lost[0] = False
    rig.hand.hurry()
    rig.run(0.05)
    assert rig.state is HandState.IDLE


def test_a_center_that_is_away_while_the_operator_holds_is_told():
    rig = Rig(itertools.repeat(Way(is_lost=True)))
    rig.press()
    rig.run(0.5)
    assert rig.state is HandState.MOVING
    rig.run(1.2)
    assert rig.state is HandState.UNANSWERED


def test_a_camera_that_is_held_is_refused_once_and_left_alone_until_the_key_is_released():
    rig = Rig()
    rig.center.refusal = CameraHeld("", OTHER, can_take_over=True)
    rig.press()
    rig.run(0.05)
    assert isinstance(rig.hand.refusal, CameraHeld)
    assert rig.state is HandState.IDLE
    rig.hand.refusal = None
    sent = len(rig.sent)
    for _ in range(20):
        rig.press(UP)
        rig.run(0.05)
    assert len(rig.sent) == sent
    assert rig.hand.refusal is None
    rig.let_go()
    rig.center.refusal = None
    rig.press(UP)
    rig.run(0.05)
    assert rig.center.velocity == UP


def test_a_camera_that_is_taken_over_while_idle_can_be_moved_again():
    rig = Rig()
    rig.hand.drop(rig.now)
    rig.press()
    rig.run(0.05)
    assert rig.center.velocity == RIGHT
    rig.hand.drop(rig.now)
    rig.pump()
    rig.run(0.05)
    assert rig.center.velocity.is_still
    rig.press(UP)
    rig.run(0.5)
    assert rig.center.velocity.is_still, "it moved on without a new press"


def test_a_camera_moved_by_its_new_holder_confirms_our_stop():
    rig = Rig()
    rig.press()
    rig.run(0.05)
    rig.center.holder = OTHER
    rig.hand.stop(rig.now)
    command = rig.hand.due(rig.now)
    assert command is not None
    rig.hand.answered(command.steering.number, PtzStatus(is_moving=True, holder=OTHER), rig.now)
    assert rig.state is HandState.IDLE


def test_an_answer_to_a_move_confirms_no_stop():
    rig = Rig()
    rig.hand.move(RIGHT, 0.0)
    move = rig.hand.due(0.0)
    rig.hand.stop(0.1)
    assert rig.hand.due(0.1)
    rig.hand.answered(move.steering.number, PtzStatus(is_moving=False), 0.15)
    assert rig.hand.is_stop_owed, "the center may not have seen the stop, and obey a later move that is on its way"


def test_a_second_tap_is_as_fast_as_the_first():
    rig = Rig()
    for _ in range(3):
        rig.press()
        assert rig.sent[-1] == (rig.now, rig.sent[-1][1])
        assert rig.sent[-1][1].steering.velocity == RIGHT
        rig.run(0.01)
        rig.let_go()
        rig.run(0.02)


def test_a_stop_that_says_still_moving_is_repeated():
    rig = Rig()
    rig.hand.move(RIGHT, 0.0)
    assert rig.hand.due(0.0)
    rig.hand.stop(0.1)
    for moment in (0.1, 0.3, 0.6):
        command = rig.hand.due(moment)
        assert command is not None
        assert command.steering.velocity.is_still
        rig.hand.answered(command.steering.number, PtzStatus(is_moving=True), moment)
    command = rig.hand.due(1.0)
    assert command is not None
    rig.hand.answered(command.steering.number, PtzStatus(), 1.0)
    assert not rig.hand.is_stop_owed


@pytest.mark.parametrize("garbage", [ServerFailed(""), BadPayload("")])
def test_no_answer_and_garbage_confirm_nothing(garbage):
    rig = Rig()
    rig.press()
    rig.run(0.1)
    rig.center.refusal = garbage
    rig.let_go()
    rig.run(10.0)
    assert rig.state is HandState.UNCONFIRMED
    assert rig.hand.refusal is None


def test_a_right_that_is_lost_in_mid_move_ends_in_words_and_by_the_dead_man():
    rig = Rig()
    rig.press()
    rig.run(0.35)
    rig.center.refusal = NotPermitted("", "right-missing", "ptz")
    began = rig.now
    rig.run(DEAD_MAN_S)
    assert isinstance(rig.hand.refusal, NotPermitted)
    assert rig.hand.is_stop_owed
    rig.run(3.0)
    assert rig.state is HandState.IDLE
    assert rig.now - began < 5.0
    assert rig.center.velocity.is_still


@pytest.mark.parametrize("trouble", [SignInNeeded(""), CameraOffline("")])
def test_a_session_or_camera_that_goes_in_mid_move_keeps_the_stop_owed(trouble):
    rig = Rig()
    rig.press()
    rig.run(0.1)
    rig.center.refusal = trouble
    rig.run(1.0)
    assert type(rig.hand.refusal) is type(trouble)
    sent = len(rig.sent)
    rig.run(10.0)
    assert rig.state is HandState.UNCONFIRMED
    assert len(rig.sent) - sent <= 11
    rig.center.refusal = None
    rig.hand.hurry()
    rig.run(0.05)
    assert rig.state is HandState.IDLE


def test_a_stop_on_demand_is_sent_by_an_idle_hand_too():
    rig = Rig()
    rig.hand.stop(rig.now, always=True)
    rig.run(0.1)
    assert [command.steering.velocity for _, command in rig.sent] == [STILL]
    assert rig.state is HandState.IDLE


_SHORT = st.floats(0.0, 1.4)
_WAYS = st.builds(Way, _SHORT, _SHORT, st.booleans(), st.booleans())
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["press", "change", "release", "drop", "hurry", "wait", "held", "free"]),
        st.floats(0.0, 1.2),
    ),
    max_size=25,
)


@settings(max_examples=400, deadline=None)
@given(steps=_STEPS, ways=st.lists(_WAYS, max_size=60))
def test_after_whatever_happened_the_last_word_is_a_stop(steps, ways):
    rig = Rig(itertools.chain(ways, itertools.cycle([Way(), Way(0.3, 0.3), Way(is_lost=True)])))
    for what, seconds in steps:
        match what:
            case "press":
                rig.press()
            case "change":
                rig.press(Velocity(pan=seconds - 2.0, zoom=0.2))
            case "release":
                rig.let_go()
            case "drop":
                rig.hand.drop(rig.now)
            case "hurry":
                rig.hand.hurry()
            case "held":
                rig.center.refusal, rig.center.velocity = CameraHeld("", OTHER), STILL
            case "free":
                rig.center.refusal = None
        rig.pump()
        rig.run(seconds)
    rig.center.refusal = None
    rig.let_go()
    rig.run(90.0)
    assert rig.state is HandState.IDLE
    assert rig.center.velocity.is_still
    if rig.center.obeyed:
        assert rig.center.obeyed[-1][2].is_still or rig.center.obeyed[-1][0] < rig.now - 60
