"""Steering: what is pressed arrives, a stop is believed only when it is confirmed, and nothing turns for ever."""

import contextlib
import time
import uuid

import pytest
from asking import is_refused, needs, until

from wallclient.api.ptz import PtzCenter
from wallclient.domain.errors import CenterError, NotAble, NotFound, WallError
from wallclient.domain.ptz import STILL, Area, Preset, PtzAbility, PtzStatus, Steering, Velocity

RIGHT = Velocity(pan=0.5)
PRESET = 7


@pytest.fixture
def steered(stand, center):
    """A center that moves cameras; whatever a case has moved stands still after it."""
    needs(center.capabilities.ptz, "this kind moves no cameras")
    assert isinstance(center, PtzCenter)
    yield center
    center.steer(stand.camera, Steering(uuid.uuid4().hex, 1, STILL), 5.0)


def test_abilities_are_told(stand, steered):
    status = steered.ptz(stand.camera)
    assert isinstance(status, PtzStatus)
    assert PtzAbility.PAN_TILT in status.abilities
    assert not status.is_moving
    with pytest.raises(NotFound):
        steered.ptz("nobody")


def test_a_move_arrives_and_its_stop_is_confirmed(stand, steered):
    hand = uuid.uuid4().hex
    before = len(stand.took()) if stand.took else 0
    steered.warm_up()
    moving = steered.steer(stand.camera, Steering(hand, 1, RIGHT, 10.0), 5.0)
    assert moving.is_moving
    stopped = steered.steer(stand.camera, Steering(hand, 2, STILL, 10.0), 5.0)
    assert not stopped.is_moving
    assert not steered.ptz(stand.camera).is_moving
    if stand.took:
        took = stand.took()[before:]
        assert took[0] == "move"
        assert took[-1] == "stop"


def test_a_move_that_comes_after_its_stop_does_nothing(stand, steered):
    hand = uuid.uuid4().hex
    steered.steer(stand.camera, Steering(hand, 1, RIGHT, 10.0), 5.0)
    steered.steer(stand.camera, Steering(hand, 3, STILL, 10.0), 5.0)
    before = len(stand.took()) if stand.took else 0
    late = steered.steer(stand.camera, Steering(hand, 2, RIGHT, 10.0), 5.0)
    assert not late.is_moving
    assert not steered.ptz(stand.camera).is_moving
    if stand.took:
        assert "move" not in stand.took()[before:]


def test_a_camera_nobody_renews_stops_by_itself(stand, steered):
    before = len(stand.took()) if stand.took else 0
    steered.steer(stand.camera, Steering(uuid.uuid4().hex, 1, RIGHT, 0.4), 5.0)
    until(lambda: not steered.ptz(stand.camera).is_moving, "the camera turns for ever")
    if stand.took:
        until(lambda: "stop" in stand.took()[before:], "no stop reached the camera")


def test_a_renewed_move_goes_on(stand, steered):
    hand, began = uuid.uuid4().hex, time.monotonic()
    number = 0
    while time.monotonic() - began < 0.4:
        number += 1
        steered.steer(stand.camera, Steering(hand, number, RIGHT, 5.0), 5.0)
    assert steered.ptz(stand.camera).is_moving
    assert not steered.steer(stand.camera, Steering(hand, number + 1, STILL), 5.0).is_moving


def test_a_camera_that_can_not_move_says_so(stand, steered):
    needs(stand.fixed, "every camera of this stand moves")
    assert PtzAbility.PAN_TILT not in steered.ptz(stand.fixed).abilities
    with pytest.raises(NotAble):
        steered.steer(stand.fixed, Steering(uuid.uuid4().hex, 1, RIGHT), 5.0)


def test_presets_go_round(stand, steered):
    abilities = steered.ptz(stand.camera).abilities
    if PtzAbility.PRESETS not in abilities:
        with pytest.raises(NotAble):
            steered.presets(stand.camera)
        return
    made = steered.save_preset(stand.camera, PRESET, "解放碑东口")
    assert isinstance(made, Preset)
    assert made.number == PRESET
    held = {preset.number: preset for preset in steered.presets(stand.camera)}
    assert held[PRESET].name == "解放碑东口"
    assert list(held) == sorted(held)
    steered.recall_preset(stand.camera, PRESET)
    steered.delete_preset(stand.camera, PRESET)
    assert PRESET not in {preset.number for preset in steered.presets(stand.camera)}


def test_what_a_camera_lacks_is_refused_in_that_word(stand, steered):
    abilities = steered.ptz(stand.camera).abilities
    asked = {
        PtzAbility.AIM_POINT: lambda: steered.aim(stand.camera, Area(0.5, 0.5)),
        PtzAbility.AIM_AREA: lambda: steered.aim(stand.camera, Area(0.25, 0.25, 0.5, 0.5)),
        PtzAbility.WIPER: lambda: steered.switch(stand.camera, PtzAbility.WIPER, False),
        PtzAbility.LIGHT: lambda: steered.switch(stand.camera, PtzAbility.LIGHT, False),
        PtzAbility.AUXILIARY: lambda: steered.switch(stand.camera, PtzAbility.AUXILIARY, False, 1),
        PtzAbility.RESERVATION: lambda: (steered.reserve(stand.camera, 5.0), steered.release(stand.camera)),
    }
    for ability, ask in asked.items():
        if ability in abilities:
            ask()
        else:
            assert is_refused(ask), f"{ability} is not claimed, and yet there"


def test_cruises_are_there_or_refused(stand, steered):
    if PtzAbility.CRUISES in steered.ptz(stand.camera).abilities:
        made = steered.save_cruise(stand.camera, "", "早巡", ())
        assert made.name == "早巡"
        assert made.id in {cruise.id for cruise in steered.cruises(stand.camera)}
        steered.delete_cruise(stand.camera, made.id)
        assert made.id not in {cruise.id for cruise in steered.cruises(stand.camera)}
        return
    with contextlib.suppress(NotAble):
        assert steered.cruises(stand.camera) == ()
    assert is_refused(lambda: steered.save_cruise(stand.camera, "", "早巡", ()))
    assert is_refused(lambda: steered.run_cruise(stand.camera, "any"))


def test_a_stop_that_reaches_nobody_is_not_confirmed(stand, meddled):
    meddler, center = meddled
    needs(center.capabilities.ptz, "this kind moves no cameras")
    from meddler import HOLD

    center.ptz(stand.camera)
    hand = uuid.uuid4().hex
    assert center.steer(stand.camera, Steering(hand, 1, RIGHT, 10.0), 5.0).is_moving
    with meddler.answering(HOLD):
        began = time.monotonic()
        with pytest.raises(CenterError):
            center.steer(stand.camera, Steering(hand, 2, STILL, 10.0), 0.5)
        assert time.monotonic() - began < 5.0, "who steers would rather send again than wait"
    assert not center.steer(stand.camera, Steering(hand, 3, STILL, 10.0), 10.0).is_moving


def test_steering_raises_only_errors_of_ours(stand, steered):
    for bad in ("nobody", "", "x" * 300):
        with pytest.raises(WallError):
            steered.steer(bad, Steering(uuid.uuid4().hex, 1, RIGHT), 5.0)
