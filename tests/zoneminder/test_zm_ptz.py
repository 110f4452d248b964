"""Steering at a ZoneMinder: its words and scales, and cameras that must not go on turning."""

import threading
import time

import pytest

from wallclient.api.dead_man import UNKNOWN
from wallclient.api.zoneminder.ptz import Control, continuous, moves, stops
from wallclient.domain.errors import NotAble, ServerFailed
from wallclient.domain.ptz import STILL, PtzAbility, Steering, Velocity

LIMIT_S = 20.0
FULL = Control("Con", True, True, True, "Con", "Con", "Con", 12, True)
STEPS = Control("Rel", True, True, False, "Rel")


def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def steer(center, number, velocity=STILL, hand="hand-0001", dead_man_s=60.0):
    return center.steer("m1", Steering(hand, number, velocity, dead_man_s), 5.0)


def words(zm):
    return [name for _, name, _ in zm.heard]


@pytest.mark.parametrize(
    ("velocity", "expected"),
    [
        (Velocity(pan=1.0), [{"control": "moveConRight", "xge": 100, "yge": 0}]),
        (Velocity(pan=-0.001, tilt=0.5), [{"control": "moveConUpLeft", "xge": 1, "yge": 50}]),
        (Velocity(tilt=-2.0), [{"control": "moveConDown", "xge": 0, "yge": 100}]),
        (Velocity(zoom=0.25), [{"control": "zoomConTele", "yge": 25}]),
        (
            Velocity(zoom=-1.0, focus=1.0),
            [{"control": "zoomConWide", "yge": 100}, {"control": "focusConFar", "yge": 100}],
        ),
        (
            Velocity(focus=-0.5, iris=-0.5),
            [{"control": "focusConNear", "yge": 50}, {"control": "irisConClose", "yge": 50}],
        ),
        (Velocity(iris=1.0), [{"control": "irisConOpen", "yge": 100}]),
        (STILL, []),
    ],
)
def test_every_drive_has_its_words_and_no_speed_is_negative(velocity, expected):
    assert moves(FULL, velocity, "Con") == expected
    assert moves(FULL, velocity, "Rel") == []


def test_a_camera_without_diagonals_goes_the_larger_way():
    assert moves(STEPS, Velocity(pan=0.3, tilt=-0.8), "Rel") == [{"control": "moveRelDown", "xge": 0, "yge": 80}]
    flat = Control("Con", True, False)
    assert moves(flat, Velocity(pan=0.3, tilt=-0.8), "Con") == [{"control": "moveConRight", "xge": 30, "yge": 0}]


def test_a_drive_that_is_let_go_is_stopped_and_the_others_are_told_again():
    both, zoom = Velocity(pan=1.0, zoom=1.0), Velocity(zoom=1.0)
    told = [command["control"] for command in continuous(FULL, both, zoom)]
    assert told == ["moveStop", "zoomConTele"]  # many cameras stop all drives at once
    assert [command["control"] for command in continuous(FULL, zoom, both)] == ["moveConRight"]
    assert continuous(FULL, both, both) == []
    assert len(continuous(FULL, UNKNOWN, both)) == 2
    assert stops(STEPS) == []  # each step ends by itself
    assert len(stops(FULL)) == 4


def test_a_camera_that_only_goes_to_places_can_not_be_steered(zm, center):
    zm.monitors[1].control_id = 7  # which is not there
    assert center.ptz("m1").abilities == frozenset()
    with pytest.raises(NotAble):
        steer(center, 1, Velocity(pan=1.0))
    assert PtzAbility.PAN_TILT in center.ptz("m2").abilities
    for call in (
        lambda: center.switch("m2", PtzAbility.WIPER, True),
        lambda: center.reserve("m2", 10.0),
        lambda: center.run_cruise("m2", "1"),
        lambda: center.save_cruise("m2", "", "x", ()),
    ):
        with pytest.raises(NotAble):
            call()
    assert center.cruises("m2") == ()


def test_a_stop_that_never_reaches_the_camera_is_said_again_though_it_was_taken(zm, center):
    """zmcontrol tells the camera once and tells nobody whether it heard."""
    steer(center, 1, Velocity(pan=1.0))
    zm.lost = 3  # moveStop, zoomStop, moveStop
    assert not steer(center, 2).is_moving
    assert words(zm) == ["moveConRight"]
    until(lambda: "moveStop" in words(zm))


def test_a_preset_that_follows_a_stop_is_not_broken_off_by_it(zm, center):
    steer(center, 1, Velocity(pan=1.0))
    steer(center, 2)
    center.recall_preset("m1", 3)
    count = len(zm.heard)
    steer(center, 1, Velocity(pan=1.0), hand="hand-0002")
    steer(center, 2, hand="hand-0002")
    until(lambda: words(zm)[count:].count("moveStop") == 3)  # those of the second stop, none of the first
    assert words(zm)[count - 1 : count + 1] == ["presetGoto3", "moveConRight"]


def test_a_move_after_a_stop_is_not_stopped_by_its_repetition(zm, center):
    steer(center, 1, Velocity(pan=1.0))
    steer(center, 2)
    steer(center, 3, Velocity(pan=-1.0))
    until(lambda: center.ptz("m1").is_moving)
    limit = time.monotonic() + 1.0
    while time.monotonic() < limit:
        assert words(zm)[-1] == "moveConLeft"
        steer(center, 3, Velocity(pan=-1.0))
        time.sleep(0.02)


def test_a_move_that_hangs_on_its_way_is_stopped_again_when_it_has_arrived(zm, center):
    center.ptz("m1")
    gate = zm.hang["moveConRight"] = threading.Event()
    mover = threading.Thread(target=steer, args=(center, 1, Velocity(pan=1.0)))
    mover.start()
    until(lambda: zm.count("moveConRight"))
    assert steer(center, 2).is_moving  # not confirmed: the move is still on its way
    gate.set()
    mover.join(LIMIT_S)
    assert [word for word in words(zm) if word.startswith("move")] == ["moveStop", "moveConRight", "moveStop"]
    assert not center.ptz("m1").is_moving


def test_a_late_move_does_nothing(zm, center):
    steer(center, 5)
    count = len(zm.heard)
    steer(center, 4, Velocity(pan=1.0))
    assert len(zm.heard) == count


def test_a_stop_that_fails_is_sent_until_it_is_taken(zm, center):
    steer(center, 1, Velocity(pan=1.0))
    zm.fails["moveStop"] = 500
    with pytest.raises(ServerFailed):
        steer(center, 2, dead_man_s=0.1)
    assert center.ptz("m1").is_moving
    until(lambda: zm.count("moveStop") > 1)
    zm.fails.clear()
    until(lambda: not center.ptz("m1").is_moving)
    assert "moveStop" in words(zm)


def test_a_log_out_stops_what_moves(zm, place):
    center = place.client()
    steer(center, 1, Velocity(pan=1.0))
    center.log_out()
    center.close()
    assert words(zm)[1] == "moveStop"
