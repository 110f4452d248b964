"""What a joystick asks for: dead zone, curve, inversion, buttons; whatever a driver says, within bounds."""

import math

from hypothesis import given
from hypothesis import strategies as st

from wallclient.domain.joystick import (
    STEP,
    AxisUse,
    ButtonAction,
    ButtonUse,
    Drive,
    JoystickDevice,
    JoystickProfile,
    JoystickReading,
    default_profile,
    pressed,
    shaped,
    velocity,
)

DEVICE = JoystickDevice(3, 0x046D, 0xC215, "Extreme 3D", 4, 12)


def test_the_usual_profile_pans_right_tilts_up_and_zooms_in():
    profile = default_profile(DEVICE)
    assert DEVICE.kind == "046d:c215"
    assert velocity(profile, JoystickReading((1.0, 0.0, 0.0, 0.0))).pan == 1.0
    forward = velocity(profile, JoystickReading((0.0, -1.0, 0.0, 0.0)))
    assert (forward.pan, forward.tilt) == (0.0, 1.0)
    assert velocity(profile, JoystickReading((0.0, 0.0, -1.0, 0.0))).zoom == -1.0
    assert velocity(profile, JoystickReading((0.05, -0.1, 0.1, 1.0))).is_still
    assert velocity(default_profile(JoystickDevice(0, 0, 0, "", 1, 0)), JoystickReading((1.0,))).pan == 1.0


def test_buttons_move_as_long_as_they_are_held_and_stop_beats_all():
    uses = (
        ButtonUse(0, ButtonAction.ZOOM_IN),
        ButtonUse(1, ButtonAction.STOP),
        ButtonUse(2, ButtonAction.SLOW),
        ButtonUse(3, ButtonAction.PRESET, 7),
    )
    profile = JoystickProfile((AxisUse(0, Drive.PAN, dead_zone=0.1, curve=1.0),), uses)
    held = JoystickReading((1.0,), frozenset({0}))
    assert velocity(profile, held).zoom == 0.6
    assert velocity(profile, held).pan == 1.0
    assert velocity(profile, JoystickReading((1.0,), frozenset({0, 1}))).is_still
    assert velocity(profile, JoystickReading((1.0,), frozenset({2}))).pan == 0.3
    everything = JoystickReading((), frozenset(range(9)))
    assert pressed(profile, JoystickReading(), everything) == (uses[1], uses[3])
    assert pressed(profile, everything, everything) == ()


def test_a_trembling_stick_asks_for_one_speed():
    profile = default_profile(DEVICE)
    asked = {velocity(profile, JoystickReading((0.5 + tremble / 1000, 0.0, 0.0, 0.0))) for tremble in range(-4, 5)}
    assert len(asked) <= 2


_VALUES = st.floats(-2, 2) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0, -1.0])
_USES = st.builds(
    AxisUse,
    st.integers(0, 5),
    st.sampled_from(Drive),
    st.booleans(),
    st.floats(-1, 2),
    st.floats(-1, 9),
    st.floats(-1, 3),
)


@given(_VALUES, _USES)
def test_speeds_are_bounded_and_the_middle_stands_still(value, use):
    speed = shaped(value, use)
    assert -1.0 <= speed <= 1.0
    assert shaped(0.0, use) == 0.0
    if math.isfinite(value) and speed:
        assert (speed > 0) == ((value > 0) != use.is_inverted)
        assert shaped(-value, use) == -speed


@given(st.floats(0, 1), st.floats(0, 1), _USES)
def test_further_is_never_slower(one, other, use):
    near, far = sorted((one, other))
    assert abs(shaped(near, use)) <= abs(shaped(far, use)) + 1e-9


@given(st.lists(_VALUES, max_size=6), st.frozensets(st.integers(0, 5)), st.lists(_USES, max_size=6))
def test_any_reading_is_a_velocity_in_steps(axes, buttons, uses):
    profile = JoystickProfile(tuple(uses), tuple(ButtonUse(n, action) for n, action in enumerate(ButtonAction)))
    asked = velocity(profile, JoystickReading(tuple(axes), buttons))
    for speed in (asked.pan, asked.tilt, asked.zoom, asked.focus, asked.iris):
        assert -1.0 <= speed <= 1.0
        assert abs(speed / STEP - round(speed / STEP)) < 1e-6
