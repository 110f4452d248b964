"""Steering at a WVP: every scale, the order of commands, and cameras that must not go on turning."""

import threading
import time

import pytest

from wallclient.api.ptz import PtzCenter
from wallclient.domain.errors import CameraOffline, NotAble, NotFound, ServerFailed
from wallclient.domain.ptz import STILL, PtzAbility, Steering, Velocity

LIMIT_S = 20.0
CODE = "34020000001320000011"


def steer(center, number, velocity=STILL, hand="hand-0001", dead_man_s=60.0):
    return center.steer("c11", Steering(hand, number, velocity, dead_man_s), 5.0)


def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_it_is_a_ptz_center(center):
    assert isinstance(center, PtzCenter)
    assert center.capabilities.ptz


def test_what_a_camera_can_do_follows_its_type(wvp, center):
    assert PtzAbility.PAN_TILT in center.ptz("c11").abilities
    assert PtzAbility.CRUISES not in center.ptz("c11").abilities  # the client runs its own
    wvp.cameras[12].ptz_type = 3
    assert center.ptz("c12").abilities == frozenset()
    wvp.cameras[13].ptz_type = 0
    assert center.ptz("c13").abilities  # not known: the operator may try
    assert center.ptz("c19").abilities == frozenset()
    with pytest.raises(NotFound):
        center.ptz("c99")


@pytest.mark.parametrize(
    ("velocity", "verb", "expected"),
    [
        (Velocity(pan=1.0), "ptz", {"command": "right", "horizonSpeed": "255", "verticalSpeed": "0", "zoomSpeed": "0"}),
        (Velocity(pan=-0.5), "ptz", {"command": "left", "horizonSpeed": "128", "verticalSpeed": "0", "zoomSpeed": "0"}),
        (Velocity(tilt=0.001), "ptz", {"command": "up", "horizonSpeed": "0", "verticalSpeed": "1", "zoomSpeed": "0"}),
        (
            Velocity(pan=-1.0, tilt=-1.0),
            "ptz",
            {"command": "downleft", "horizonSpeed": "255", "verticalSpeed": "255", "zoomSpeed": "0"},
        ),
        (
            Velocity(zoom=1.0),
            "ptz",
            {"command": "zoomin", "horizonSpeed": "0", "verticalSpeed": "0", "zoomSpeed": "15"},
        ),
        (
            Velocity(zoom=-0.01),
            "ptz",
            {"command": "zoomout", "horizonSpeed": "0", "verticalSpeed": "0", "zoomSpeed": "1"},
        ),
        (
            Velocity(pan=1.0, tilt=0.5, zoom=-1.0),
            "common",
            {"cmdCode": str(0x29), "parameter1": "255", "parameter2": "128", "combindCode2": "15"},
        ),
        (
            Velocity(focus=1.0),
            "common",
            {"cmdCode": str(0x41), "parameter1": "255", "parameter2": "0", "combindCode2": "0"},
        ),
        (
            Velocity(iris=-1.0),
            "common",
            {"cmdCode": str(0x48), "parameter1": "0", "parameter2": "255", "combindCode2": "0"},
        ),
    ],
)
def test_every_scale_is_wvps_own(wvp, center, velocity, verb, expected):
    assert steer(center, 1, velocity).is_moving
    assert wvp.moves == [(CODE, verb, expected)]


def test_a_stop_stops_drives_and_lens_and_is_confirmed(wvp, center):
    steer(center, 1, Velocity(pan=1.0))
    assert not steer(center, 2).is_moving
    stops = [(verb, query["command"]) for _, verb, query in wvp.moves[1:]]
    assert stops == [("ptz", "stop"), ("fi/focus", "stop")]


def test_a_move_that_only_renews_is_not_sent_again(wvp, center):
    for number in range(1, 6):
        steer(center, number, Velocity(pan=1.0))
    assert len(wvp.moves) == 1
    steer(center, 6, Velocity(pan=0.5))
    assert len(wvp.moves) == 2


def test_a_drive_that_is_let_go_is_stopped_while_another_goes_on(wvp, center):
    steer(center, 1, Velocity(focus=1.0))
    steer(center, 2, Velocity(pan=1.0))
    assert [(verb, query.get("command")) for _, verb, query in wvp.moves[1:]] == [
        ("ptz", "right"),
        ("fi/focus", "stop"),
    ]


def test_a_move_that_comes_after_its_stop_does_nothing(wvp, center):
    steer(center, 5)
    count = len(wvp.moves)
    steer(center, 4, Velocity(pan=1.0))
    assert len(wvp.moves) == count
    steer(center, 1, Velocity(pan=1.0), hand="another-hand")
    assert len(wvp.moves) == count + 1


def test_a_move_that_hangs_on_its_way_is_stopped_again_when_it_has_arrived(wvp, center):
    center.ptz("c11")
    gate = wvp.hang[f"/front-end/ptz/34020000001180000001/{CODE}"] = threading.Event()
    mover = threading.Thread(target=steer, args=(center, 1, Velocity(pan=1.0)))
    mover.start()
    until(lambda: wvp.count("/api/front-end/ptz"))
    wvp.hang.clear()  # the stop overtakes the move
    assert steer(center, 2).is_moving  # not confirmed: the move is still on its way
    gate.set()
    mover.join(LIMIT_S)
    words = [query.get("command") for _, verb, query in wvp.moves if verb == "ptz"]
    assert words == ["stop", "right", "stop"]
    assert not center.ptz("c11").is_moving


def test_a_camera_nobody_renews_is_stopped_by_the_dead_man(wvp, center):
    steer(center, 1, Velocity(tilt=1.0), dead_man_s=0.2)
    until(lambda: any(query.get("command") == "stop" for _, verb, query in wvp.moves if verb == "ptz"))
    until(lambda: not center.ptz("c11").is_moving)


def test_a_stop_that_fails_is_sent_until_it_is_taken(wvp, center):
    steer(center, 1, Velocity(pan=1.0))
    wvp.ptz_fails = 3
    with pytest.raises(ServerFailed):
        steer(center, 2, dead_man_s=0.1)
    assert center.ptz("c11").is_moving
    until(lambda: not center.ptz("c11").is_moving)
    assert wvp.moves[-2][2]["command"] == "stop"
    assert wvp.ptz_fails == 0


def test_a_move_after_a_failed_stop_is_sent(wvp, center):
    steer(center, 1, Velocity(pan=1.0))
    wvp.ptz_fails = 1
    with pytest.raises(ServerFailed):
        steer(center, 2)
    steer(center, 3, Velocity(pan=1.0))
    assert wvp.moves[-2][2]["command"] == "right"


def test_a_command_is_never_repeated_by_the_line(wvp, center):
    center.ptz("c11")
    wvp.ptz_fails = 1
    with pytest.raises(ServerFailed):
        steer(center, 1, Velocity(pan=1.0))
    assert wvp.count("/api/front-end/ptz") == 1


def test_a_log_out_stops_what_moves(wvp, center):
    steer(center, 1, Velocity(pan=1.0))
    center.log_out()
    assert wvp.moves[-2][2]["command"] == "stop"


def test_an_expired_token_does_not_swallow_a_stop(wvp, center):
    steer(center, 1, Velocity(pan=1.0))
    wvp.tokens.clear()
    assert not steer(center, 2).is_moving
    assert wvp.moves[1][2]["command"] == "stop"


def test_presets_keep_their_names_here(wvp, center):
    wvp.cameras[11].presets = {3: "预置点3"}
    assert [(one.number, one.name) for one in center.presets("c11")] == [(3, "预置点3")]
    center.save_preset("c11", 7, "北门")
    center.save_preset("c11", 3, "南门", keep_position=True)
    assert [(one.number, one.name) for one in center.presets("c11")] == [(3, "南门"), (7, "北门")]
    assert [verb for _, verb, _ in wvp.moves].count("preset/add") == 1
    center.recall_preset("c11", 7)
    assert wvp.moves[-1] == (CODE, "preset/call", {"presetId": "7"})
    center.delete_preset("c11", 7)
    assert [one.number for one in center.presets("c11")] == [3]
    for number in (0, 256, -1):
        with pytest.raises(NotFound):
            center.recall_preset("c11", number)


def test_a_camera_that_does_not_tell_its_presets_has_those_named_here(wvp, center):
    wvp.preset_timeout = True
    with pytest.raises(CameraOffline):
        center.presets("c11")
    center.save_preset("c11", 2, "东门")
    assert [(one.number, one.name) for one in center.presets("c11")] == [(2, "东门")]


def test_switches(wvp, center):
    center.switch("c11", PtzAbility.WIPER, True)
    center.switch("c11", PtzAbility.AUXILIARY, False, 4)
    assert [move[1:] for move in wvp.moves] == [
        ("wiper", {"command": "on"}),
        ("auxiliary", {"command": "off", "switchId": "4"}),
    ]
    wvp.moves.clear()
    for ability, on, number in (
        (PtzAbility.STORED_CRUISES, True, 0),
        (PtzAbility.STORED_CRUISES, False, 255),
        (PtzAbility.SCANS, True, 3),
        (PtzAbility.SCANS, False, 3),
    ):
        assert ability in center.ptz("c11").abilities
        center.switch("c11", ability, on, number)
    assert [move[1:] for move in wvp.moves] == [
        ("cruise/start", {"cruiseId": "0"}),
        ("cruise/stop", {"cruiseId": "255"}),
        ("scan/start", {"scanId": "3"}),
        ("scan/stop", {"scanId": "3"}),
    ]
    for ability, number in ((PtzAbility.LIGHT, 0), (PtzAbility.AUXILIARY, 256), (PtzAbility.SCANS, -1)):
        with pytest.raises(NotAble):
            center.switch("c11", ability, True, number)


def test_what_wvp_has_not_is_said_plainly(center):
    assert center.cruises("c11") == ()
    for call in (
        lambda: center.reserve("c11", 60),
        lambda: center.run_cruise("c11", "1"),
        lambda: center.save_cruise("c11", "", "n", ()),
        lambda: steer_push(center),
    ):
        with pytest.raises(NotAble):
            call()


def steer_push(center):
    return center.steer("c19", Steering("hand-0001", 1, Velocity(pan=1.0)), 5.0)
