"""Steering cameras of their own: what is pressed arrives, a stop is sent until it is taken, nothing turns for ever."""

import re
import time

import pytest
from onvif_double import Tour
from site_stand import KEY, wait_for

from wallclient.api.onvif import device as device_module
from wallclient.api.onvif import steering as steering_module
from wallclient.api.onvif.presets import seconds
from wallclient.api.ptz import PtzCenter
from wallclient.domain.errors import CenterError, NotAble, NotFound
from wallclient.domain.ptz import STILL, Area, CruisePoint, PtzAbility, Steering, Velocity

HAND = "hand-0001"


def _moves(camera) -> list[str]:
    return [name for name, _ in camera.seen_at]


def _last(camera, operation: str) -> str:
    return next(body for name, body in reversed(camera.calls) if name == operation)


def test_a_camera_tells_what_it_can(center, channel):
    assert isinstance(center, PtzCenter)
    assert center.ptz(channel).abilities == {
        PtzAbility.PAN_TILT,
        PtzAbility.ZOOM,
        PtzAbility.FOCUS,
        PtzAbility.PRESETS,
        PtzAbility.CRUISES,
        PtzAbility.WIPER,
        PtzAbility.AIM_POINT,
    }


def test_a_move_says_how_long_it_lasts_and_is_renewed_and_stopped(center, channel, camera):
    moving = center.steer(channel, Steering(HAND, 1, Velocity(pan=0.5, tilt=-0.25)), 5.0)
    assert moving.is_moving
    body = _last(camera, "ContinuousMove")
    assert re.search(r'PanTilt x="0\.5" y="-0\.25"', body), body
    assert re.search(r'Zoom x="0(\.0)?"', body), "a zoom under way ends with the move that has none"
    assert ">PT1S<" in body
    center.steer(channel, Steering(HAND, 2, Velocity(pan=0.5, tilt=-0.25)), 5.0)
    assert _moves(camera) == ["ContinuousMove"], "so soon a move is not sent again"
    wait_for(lambda: time.monotonic() - camera.seen_at[0][1] > steering_module.RENEW_S, "")
    center.steer(channel, Steering(HAND, 3, Velocity(pan=0.5, tilt=-0.25)), 5.0)
    assert _moves(camera) == ["ContinuousMove"] * 2, "the camera's own dead-man is kept waiting"
    stopped = center.steer(channel, Steering(HAND, 4, STILL), 5.0)
    assert not stopped.is_moving
    assert "Stop" in _moves(camera)
    late = center.steer(channel, Steering(HAND, 3, Velocity(pan=1.0)), 5.0)
    assert not late.is_moving
    assert _moves(camera).count("ContinuousMove") == 2


def test_what_nobody_renews_is_stopped_again_and_again_until_the_camera_takes_it(center, channel, camera, monkeypatch):
    monkeypatch.setattr(steering_module, "STOP_AGAIN_S", 0.1)
    center.steer(channel, Steering(HAND, 1, Velocity(pan=0.5), dead_man_s=0.3), 5.0)
    with camera.misbehaving("fault"):
        wait_for(lambda: _moves(camera).count("Stop") >= 3, "the camera turns, and nobody tells it to stop")
        assert center.ptz(channel).is_moving
    wait_for(lambda: not center.ptz(channel).is_moving, "the stop was never taken")
    first = next(at for name, at in camera.seen_at if name == "Stop") - camera.seen_at[0][1]
    assert first > 0.25


def test_a_stop_goes_out_though_the_camera_was_away_a_moment_ago(center, channel, camera):
    center.steer(channel, Steering(HAND, 1, Velocity(zoom=1.0), dead_man_s=30.0), 5.0)
    with camera.misbehaving("503"), pytest.raises(CenterError):
        center.presets(channel)
    assert not center.steer(channel, Steering(HAND, 2, STILL), 5.0).is_moving
    assert "Stop" in _moves(camera)


def test_a_stop_that_gets_no_answer_is_not_confirmed(center, channel, camera, monkeypatch):
    center.steer(channel, Steering(HAND, 1, Velocity(pan=0.5), dead_man_s=30.0), 5.0)
    with camera.misbehaving("hang"):
        began = time.monotonic()
        with pytest.raises(CenterError):
            center.steer(channel, Steering(HAND, 2, STILL), 0.3)
        assert time.monotonic() - began < 5.0
        monkeypatch.setattr(device_module, "AWAY_S", 0.0)
    assert not center.steer(channel, Steering(HAND, 3, STILL), 5.0).is_moving


def test_focus_goes_and_stops_with_the_rest(center, channel, camera):
    center.steer(channel, Steering(HAND, 1, Velocity(focus=-0.5)), 5.0)
    assert _moves(camera) == ["Move"]
    assert "-0.5" in _last(camera, "Move")
    center.steer(channel, Steering(HAND, 2, Velocity(pan=0.5)), 5.0)
    assert _moves(camera)[1:] == ["ContinuousMove", "Stop"], "the lens is stopped, the drive moves"
    center.steer(channel, Steering(HAND, 3, STILL), 5.0)
    assert _moves(camera)[3:] == ["Stop", "Stop"]


def test_log_out_stops_what_moves(center, channel, camera):
    center.steer(channel, Steering(HAND, 1, Velocity(pan=0.5), dead_man_s=30.0), 5.0)
    center.log_out()
    assert "Stop" in _moves(camera)


def test_presets_keep_their_numbers_over_the_years(stand, center, channel, camera):
    camera.presets = {"1": "大门", "preset_9a": "停车场", "300": "屋顶", "Preset_X": ""}
    told = {preset.number: preset.name for preset in center.presets(channel)}
    assert told == {1: "大门", 2: "停车场", 3: "屋顶", 4: "Preset_X"}
    del camera.presets["preset_9a"]
    assert [preset.number for preset in center.presets(channel)] == [1, 3, 4], "no number goes to another preset"
    made = center.save_preset(channel, 77, "解放碑")
    assert (made.number, made.name) == (77, "解放碑")
    again = stand.center()
    again.log_in("", "")
    assert [preset.number for preset in again.presets(channel)] == [1, 3, 4, 77], "and tomorrow they are the same"
    again.recall_preset(channel, 3, 0.5)
    assert ">300<" in _last(camera, "GotoPreset")
    again.save_preset(channel, 3, "天台")
    assert camera.presets["300"] == "天台"
    again.delete_preset(channel, 77)
    assert "解放碑" not in camera.presets.values()
    with pytest.raises(NotFound):
        again.recall_preset(channel, 77)
    with pytest.raises(NotAble):
        again.save_preset(channel, 3, "name", keep_position=True)
    again.close()
    assert stand.sites.file(KEY).preset_numbers(channel) == {"1": 1, "300": 3, "Preset_X": 4}


def test_tours_of_the_camera_are_cruises(center, channel, camera):
    camera.presets = {"1": "东", "2": "西"}
    made = center.save_cruise(channel, "", "早巡", [CruisePoint(1, 5.0, 0.25), CruisePoint(2, 90.0, 1.0)])
    assert camera.tours[made.id].spots == [("1", "PT5S", "0.25"), ("2", "PT90S", "1.0")]
    (read,) = center.cruises(channel)
    assert read == made
    assert center.run_cruise(channel, made.id).cruise_id == made.id
    assert camera.tours[made.id].state == "Touring"
    assert center.ptz(channel).cruise_id == made.id
    assert center.run_cruise(channel, None).cruise_id is None
    assert camera.tours[made.id].state == "Idle"
    center.delete_cruise(channel, made.id)
    assert center.cruises(channel) == ()
    camera.tours["T"] = Tour("遥远", [("gone", "PT1S", ""), ("2", "P1DT1H", "")])
    assert center.cruises(channel)[0].points == (CruisePoint(2, 90000.0, 1.0),)


def test_without_tours_the_client_runs_its_own(center, channel, camera):
    camera.tours_supported = False
    assert PtzAbility.CRUISES not in center.ptz(channel).abilities
    for ask in (lambda: center.cruises(channel), lambda: center.save_cruise(channel, "", "早巡", [])):
        with pytest.raises(NotAble):
            ask()
    assert center.run_cruise(channel, None).cruise_id is None, "there is none to stop"


def test_switches_and_aiming(center, channel, camera):
    center.switch(channel, PtzAbility.WIPER, True)
    assert "tt:Wiper|On" in _last(camera, "SendAuxiliaryCommand")
    for ability in (PtzAbility.LIGHT, PtzAbility.AUXILIARY):
        with pytest.raises(NotAble):
            center.switch(channel, ability, True, 1)
    center.aim(channel, Area(1.0, 0.0))  # the upper right corner
    assert re.search(r'PanTilt x="1\.0" y="1\.0"', _last(camera, "RelativeMove"))
    with pytest.raises(NotAble):
        center.aim(channel, Area(0.2, 0.2, 0.5, 0.5))


def test_a_camera_that_is_fixed_says_so(center, channel, camera):
    camera.has_ptz = False
    camera.services.discard("imaging")
    assert center.ptz(channel).abilities == frozenset()
    with pytest.raises(NotAble):
        center.steer(channel, Steering(HAND, 1, Velocity(pan=0.5)), 5.0)


def test_a_camera_that_only_zooms_refuses_to_turn_and_zooms(center, channel, camera):
    camera.turns = False
    camera.services.discard("imaging")
    assert not {PtzAbility.PAN_TILT, PtzAbility.FOCUS} & center.ptz(channel).abilities
    for number, velocity in enumerate((Velocity(pan=0.5), Velocity(focus=0.5), Velocity(iris=1.0))):
        with pytest.raises(NotAble):
            center.steer(channel, Steering(HAND, number, velocity), 5.0)
    center.steer(channel, Steering(HAND, 9, Velocity(zoom=0.5)), 5.0)
    assert "PanTilt" not in _last(camera, "ContinuousMove")
    assert _moves(camera) == ["ContinuousMove"]
    center.steer(channel, Steering(HAND, 10, STILL), 5.0)
    assert _moves(camera)[-1] == "Stop"


@pytest.mark.parametrize(
    ("text", "value"),
    [("PT10S", 10.0), ("PT1M30S", 90.0), ("P1DT1H", 90000.0), ("PT0.5S", 0.5), ("", 0.0), ("ten", 0.0), ("PTxS", 0.0)],
)
def test_durations_are_read(text, value):
    assert seconds(text) == value
