"""The helm with real threads and timers, in front of a fake center that is slow, loses commands and refuses."""

import asyncio
import gc
import time

import pytest
import qasync

from tests.services.ptz_fakes import ABILITIES, FakeCenters, FakePtzCenter, until
from wallclient.api.ptz import PtzCenter
from wallclient.domain.errors import CameraHeld, NotAble, ServerFailed, SignInNeeded
from wallclient.domain.ptz import DEAD_MAN_S, Holder, PtzChanged, PtzStatus, TakeOver, Tier, Velocity
from wallclient.services import hand, ptz_states, reservations
from wallclient.services.center_access import AccessState
from wallclient.services.hand import HandState
from wallclient.services.steering import CLOSE_S, Helm

CAMERA, OTHER_CAMERA = "k/c3", "k/c7"
RIGHT, UP = Velocity(pan=1.0), Velocity(tilt=0.5)
RIVAL = Holder("李四", "市局", Tier.CITY, 9, is_reserved=False, seconds_left=4.0, is_me=False)


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 60))
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def center():
    return FakePtzCenter()


@pytest.fixture
def centers(qapp, center):
    centers = FakeCenters(center)
    yield centers
    centers.close()


class Told:
    """A helm, and what it has told."""

    def __init__(self, centers):
        self.helm = Helm(centers)
        self.refused = []
        self.taken = []
        self.states = []
        self.helm.refused.connect(lambda channel_id, err: self.refused.append((channel_id, err)))
        self.helm.taken_over.connect(lambda channel_id, taken: self.taken.append((channel_id, taken)))
        self.helm.changed.connect(lambda channel_id: self.states.append(self.hand(channel_id)))

    def hand(self, channel_id=CAMERA):
        return self.helm.ptz_of(channel_id).hand


def test_the_fake_center_has_the_seam_of_real_ones(center):
    asked = [name for name in vars(PtzCenter) if not name.startswith("_")]
    assert [name for name in asked if not callable(getattr(center, name, None))] == []


def test_press_hold_and_release(run, centers, center):
    async def shift():
        told = Told(centers)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        await until(lambda: len(center.obeyed) >= 4)
        gaps = [b.at - a.at for a, b in zip(center.obeyed, center.obeyed[1:], strict=False)]
        assert max(gaps) < DEAD_MAN_S
        told.helm.move(CAMERA, Velocity())
        assert told.hand() is HandState.STOPPING
        await until(lambda: told.hand() is HandState.IDLE)
        assert center.velocity["c3"].is_still
        assert HandState.MOVING in told.states
        await told.helm.close()

    run(shift())


def test_a_stop_goes_out_while_a_slow_move_is_under_way(run, centers, center):
    async def shift():
        center.delay_s = 0.5
        told = Told(centers)
        for _ in range(5):
            told.helm.move(CAMERA, RIGHT)
            await asyncio.sleep(0.02)
            released = time.monotonic()
            told.helm.move(CAMERA, Velocity())
            await until(lambda: center.velocity["c3"].is_still, 0.4)  # before the move is answered
            assert center.obeyed[-1].at - released < 0.2
        await until(lambda: told.hand() is HandState.IDLE)
        await told.helm.close()

    run(shift())


def test_another_camera_stops_the_former_first(run, centers, center):
    async def shift():
        told = Told(centers)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        told.helm.move(OTHER_CAMERA, UP)
        await until(lambda: center.velocity["c3"].is_still and center.velocity.get("c7") == UP)
        await told.helm.close()
        assert center.velocity["c7"].is_still

    run(shift())


def test_release_all_stops_whatever_moves(run, centers, center):
    async def shift():
        told = Told(centers)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        told.helm.release_all("the screen was locked")
        await until(lambda: center.velocity["c3"].is_still)
        count = len(center.obeyed)
        told.helm.release_all("again")
        await until(lambda: told.hand() is HandState.IDLE)
        assert len(center.obeyed) == count
        await told.helm.close()

    run(shift())


def test_an_unconfirmed_stop_stays_red_until_the_center_is_back(run, centers, center):
    async def shift():
        told = Told(centers)
        told.helm.watch("window", [CAMERA])
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        center.refusal = ServerFailed("away")
        told.helm.move(CAMERA, Velocity())
        await until(lambda: told.states[-1] is HandState.UNCONFIRMED)
        assert told.hand() is HandState.UNCONFIRMED
        assert told.helm.unconfirmed() == [CAMERA]
        centers.set_state(AccessState.AWAY)
        reads = len(center.called("ptz"))
        center.refusal = None
        centers.set_state(AccessState.CONNECTED)
        await until(lambda: told.hand() is HandState.IDLE)
        await until(lambda: len(center.called("ptz")) > reads)
        assert not told.helm.unconfirmed()
        assert not told.refused
        await told.helm.close()

    run(shift())


def test_a_center_that_is_back_is_told_of_the_stop_at_once(run, centers, center, monkeypatch):
    monkeypatch.setattr(hand, "CALM_REPEAT_S", 1000.0)

    async def shift():
        told = Told(centers)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        center.refusal = SignInNeeded("")
        told.helm.move(CAMERA, Velocity())
        await until(lambda: told.refused and told.hand() is HandState.UNCONFIRMED)
        centers.set_state(AccessState.SIGNED_OUT)
        center.refusal = None
        centers.set_state(AccessState.CONNECTED)
        await until(lambda: told.hand() is HandState.IDLE)
        await told.helm.close()

    run(shift())


def test_the_end_of_the_program_waits_for_the_stop_but_not_for_ever(run, centers, center):
    async def shift():
        told = Told(centers)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        center.lose_every = 2
        await told.helm.close()
        assert center.velocity["c3"].is_still
        assert told.hand() is HandState.IDLE
        sent = len(center.obeyed)
        told.helm.move(CAMERA, RIGHT)
        told.helm.stop(CAMERA)
        await asyncio.sleep(0.1)
        assert len(center.obeyed) == sent, "a closed helm moves nothing"

        hopeless = Told(centers)
        center.lose_every = 0
        hopeless.helm.move(CAMERA, UP)
        await until(lambda: center.velocity["c3"] == UP)
        center.refusal = ServerFailed("away")
        began = time.monotonic()
        await hopeless.helm.close()
        assert time.monotonic() - began < CLOSE_S + 1.0

    run(shift())


def test_a_session_that_is_ended_on_purpose_stops_its_cameras_first(run, centers, center):
    async def shift():
        told = Told(centers)
        await told.helm.reserve(CAMERA)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        await centers.farewell("other")
        assert not center.velocity["c3"].is_still
        await centers.farewell("k")
        assert center.velocity["c3"].is_still
        assert center.called("release") == [("c3",)]
        await told.helm.close()

    run(shift())


def test_a_held_camera_is_told_once_with_its_holder(run, centers, center):
    async def shift():
        told = Told(centers)
        center.refusal = CameraHeld("", RIVAL, can_take_over=True)
        for step in range(10):
            told.helm.move(CAMERA, Velocity(pan=(step + 1) / 10))
            await asyncio.sleep(0.02)
        await until(lambda: told.refused)
        told.helm.move(CAMERA, Velocity())
        await until(lambda: told.hand() is HandState.IDLE)
        ((channel_id, err),) = told.refused
        assert (channel_id, err.holder, err.can_take_over) == (CAMERA, RIVAL, True)
        await told.helm.close()

    run(shift())


def test_no_way_to_a_camera_is_told_not_raised(run, centers, center):
    async def shift():
        told = Told(centers)
        for trouble in (SignInNeeded(""), NotAble(""), ServerFailed("")):
            centers.trouble = trouble
            for step in range(10):
                told.helm.move(CAMERA, Velocity(pan=(step + 1) / 10))  # a stick that is pushed over
            told.helm.stop(CAMERA)
        assert [type(err) for _, err in told.refused] == [SignInNeeded] * 2 + [NotAble] * 2 + [ServerFailed] * 2
        assert not center.obeyed
        await told.helm.close()

    run(shift())


def test_a_bug_below_confirms_nothing(run, centers, center, caplog):
    async def shift():
        told = Told(centers)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        center.steer = None  # calling it raises TypeError on the thread
        told.helm.move(CAMERA, Velocity())
        await until(lambda: told.hand() is HandState.UNCONFIRMED)
        del center.steer
        await until(lambda: told.hand() is HandState.IDLE)
        await told.helm.close()

    run(shift())
    assert "TypeError" in caplog.text


def test_a_takeover_is_told_and_ends_our_move(run, centers, center):
    async def shift():
        told = Told(centers)
        told.helm.watch("window", [CAMERA])
        await told.helm.reserve(CAMERA)
        told.helm.move(CAMERA, RIGHT)
        await until(lambda: center.obeyed)
        taken = TakeOver("李四", "市局", "警情")
        centers.ptz_changed.emit(PtzChanged(CAMERA, PtzStatus(ABILITIES, holder=RIVAL), taken))
        await until(lambda: told.hand() is HandState.IDLE)
        assert told.taken == [(CAMERA, taken)]
        shown = told.helm.ptz_of(CAMERA)
        assert shown.taken_over == taken
        assert not shown.keeps_reservation
        count = len(center.obeyed)
        told.helm.move(CAMERA, UP)  # the key is still held
        await asyncio.sleep(0.15)
        assert len(center.obeyed) == count
        told.helm.move(CAMERA, Velocity())
        told.helm.move(CAMERA, UP)
        await until(lambda: center.velocity["c3"] == UP)
        assert told.helm.ptz_of(CAMERA).taken_over is None
        await told.helm.close()

    run(shift())


def test_watched_cameras_are_read_once_then_told_by_events(run, centers, center):
    async def shift():
        told = Told(centers)
        told.helm.watch("one", [CAMERA])
        told.helm.watch("two", [CAMERA, OTHER_CAMERA])
        await until(lambda: told.helm.ptz_of(OTHER_CAMERA).status is not None)
        await until(lambda: told.helm.ptz_of(CAMERA).status is not None)
        assert sorted(center.called("ptz")) == [("c3",), ("c7",)]
        assert center.warmed
        centers.ptz_changed.emit(PtzChanged(CAMERA, PtzStatus(ABILITIES, holder=RIVAL)))
        assert told.helm.ptz_of(CAMERA).status.holder == RIVAL
        told.helm.watch("two", [])
        assert told.helm.ptz_of(OTHER_CAMERA).status is None
        centers.ptz_changed.emit(PtzChanged(OTHER_CAMERA, PtzStatus(ABILITIES, holder=RIVAL)))
        assert told.helm.ptz_of(OTHER_CAMERA).status is None
        center.status = PtzStatus(ABILITIES, cruise_id="k1")
        centers.events_lost.emit()
        await until(lambda: told.helm.ptz_of(CAMERA).status.cruise_id == "k1")
        center.call_refusal = NotAble("")
        centers.events_lost.emit()
        await until(lambda: isinstance(told.helm.ptz_of(CAMERA).error, NotAble))
        await told.helm.close()

    run(shift())


def test_a_state_that_can_not_be_read_is_asked_for_again(run, centers, center, monkeypatch):
    monkeypatch.setattr(ptz_states, "retry_delay_s", lambda _attempt: 0.01)

    async def shift():
        told = Told(centers)
        center.call_refusal = ServerFailed("")
        told.helm.watch("window", [CAMERA])
        await until(lambda: len(center.called("ptz")) >= 3)
        assert isinstance(told.helm.ptz_of(CAMERA).error, ServerFailed)
        center.call_refusal = None
        await until(lambda: told.helm.ptz_of(CAMERA).status is not None)
        assert told.helm.ptz_of(CAMERA).error is None
        monkeypatch.setattr(ptz_states, "retry_delay_s", lambda _attempt: 1000.0)
        center.call_refusal = ServerFailed("")
        centers.events_lost.emit()
        await until(lambda: told.helm.ptz_of(CAMERA).error is not None)
        center.call_refusal = None
        centers.set_state(AccessState.AWAY)
        centers.set_state(AccessState.CONNECTED)
        await until(lambda: told.helm.ptz_of(CAMERA).error is None)
        await told.helm.close()

    run(shift())


def test_a_reservation_is_renewed_until_it_is_lost_or_given_free(run, centers, center, monkeypatch):
    monkeypatch.setattr(reservations, "RETRY_S", 0.02)

    async def shift():
        told = Told(centers)
        told.helm.reservations._renewal_s = 0.02
        center.call_refusal = CameraHeld("", RIVAL, can_take_over=True)
        with pytest.raises(CameraHeld):
            await told.helm.reserve(CAMERA)
        assert not told.helm.ptz_of(CAMERA).keeps_reservation
        center.call_refusal = None
        await told.helm.reserve(CAMERA, "警情")
        assert told.helm.ptz_of(CAMERA).keeps_reservation
        assert center.called("reserve")[-1] == ("c3", reservations.TERM_S, "警情")
        await until(lambda: center.called("reserve").count(("c3", reservations.TERM_S, "")) >= 4)
        center.call_refusal = ServerFailed("")
        count = len(center.called("reserve"))
        await until(lambda: len(center.called("reserve")) > count + 2)
        assert told.helm.ptz_of(CAMERA).keeps_reservation, "a center that is away takes nothing from us"
        center.call_refusal = CameraHeld("", RIVAL)
        await until(lambda: told.refused)
        assert not told.helm.ptz_of(CAMERA).keeps_reservation
        center.call_refusal = None
        await told.helm.reserve(CAMERA)
        await told.helm.release(CAMERA)
        assert center.calls[-1] == ("release", "c3")
        count = len(center.called("reserve"))
        await asyncio.sleep(0.1)
        assert len(center.called("reserve")) == count
        await told.helm.reserve(OTHER_CAMERA)
        await told.helm.close()
        assert center.calls[-1] == ("release", "c7")

    run(shift())
