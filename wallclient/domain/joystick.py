"""What a joystick's axes and buttons mean for a camera. Pure; a device says what it is, a profile says what it does."""

import math
from dataclasses import dataclass
from enum import StrEnum

from wallclient.domain.ptz import Velocity

STEP = 0.02  # speeds are rounded to this, or a trembling stick would send a command every tenth of a second
_SLOW = 0.3


class Drive(StrEnum):
    """What an axis can move; the names are those of `Velocity`."""

    PAN = "pan"
    TILT = "tilt"
    ZOOM = "zoom"
    FOCUS = "focus"
    IRIS = "iris"


class ButtonAction(StrEnum):
    """What a button can do."""

    STOP = "stop"
    PRESET = "preset"  # go to preset `number`
    ZOOM_IN = "zoom_in"  # these six move as long as the button is held
    ZOOM_OUT = "zoom_out"
    FOCUS_FAR = "focus_far"
    FOCUS_NEAR = "focus_near"
    IRIS_OPEN = "iris_open"
    IRIS_CLOSE = "iris_close"
    SLOW = "slow"  # all speeds are lower while it is held
    NEXT_PANE = "next_pane"
    PREVIOUS_PANE = "previous_pane"
    SNAPSHOT = "snapshot"


_HELD: dict[ButtonAction, tuple[Drive, float]] = {
    ButtonAction.ZOOM_IN: (Drive.ZOOM, 0.6),
    ButtonAction.ZOOM_OUT: (Drive.ZOOM, -0.6),
    ButtonAction.FOCUS_FAR: (Drive.FOCUS, 0.5),
    ButtonAction.FOCUS_NEAR: (Drive.FOCUS, -0.5),
    ButtonAction.IRIS_OPEN: (Drive.IRIS, 0.5),
    ButtonAction.IRIS_CLOSE: (Drive.IRIS, -0.5),
}


@dataclass(frozen=True, slots=True)
class AxisUse:
    """What one axis does. `curve` is an exponent: 1 is straight, above 1 gives finer control near the middle."""

    axis: int
    drive: Drive
    is_inverted: bool = False
    dead_zone: float = 0.12  # share of the way to the end in which nothing moves
    curve: float = 1.8
    top_speed: float = 1.0


@dataclass(frozen=True, slots=True)
class ButtonUse:
    """What one button does."""

    button: int
    action: ButtonAction
    number: int = 0  # of a preset


@dataclass(frozen=True, slots=True)
class JoystickProfile:
    """What the axes and buttons of one kind of joystick do."""

    axes: tuple[AxisUse, ...] = ()
    buttons: tuple[ButtonUse, ...] = ()


@dataclass(frozen=True, slots=True)
class JoystickDevice:
    """A joystick that is plugged in. `instance` tells it from others of its kind."""

    instance: int
    vendor_id: int
    product_id: int
    name: str
    axes: int
    buttons: int

    @property
    def kind(self) -> str:
        """What profiles are kept by: USB vendor and product, such as "046d:c215"."""
        return f"{self.vendor_id:04x}:{self.product_id:04x}"


@dataclass(frozen=True, slots=True)
class JoystickReading:
    """How a joystick stands: axes from -1 to 1, numbers of the buttons that are held."""

    axes: tuple[float, ...] = ()
    buttons: frozenset[int] = frozenset()


def default_profile(device: JoystickDevice) -> JoystickProfile:
    """Return what CCTV joysticks usually do: x pans, y tilts (forward is up), the twist zooms, buttons are presets."""
    axes = [AxisUse(0, Drive.PAN), AxisUse(1, Drive.TILT, is_inverted=True)]
    if device.axes > 2:
        axes.append(AxisUse(2, Drive.ZOOM, dead_zone=0.2))
    buttons = [ButtonUse(button, ButtonAction.PRESET, button + 1) for button in range(min(device.buttons, 9))]
    return JoystickProfile(tuple(axes[: device.axes]), tuple(buttons))


def shaped(value: float, use: AxisUse) -> float:
    """Return the speed an axis at `value` asks for: nothing in the dead zone, then growing without a jump.

    What is no number counts as the middle: a broken driver must not move a camera.
    """
    if not math.isfinite(value):
        return 0.0
    dead_zone = min(0.9, max(0.0, use.dead_zone))
    way = min(1.0, abs(value))
    if way <= dead_zone:
        return 0.0
    share: float = ((way - dead_zone) / (1.0 - dead_zone)) ** min(5.0, max(0.2, use.curve))
    speed = share * min(1.0, max(0.0, use.top_speed))
    return -speed if (value < 0) != use.is_inverted else speed


def velocity(profile: JoystickProfile, reading: JoystickReading) -> Velocity:
    """Return the velocity a joystick asks for. Of several axes and buttons for one drive the strongest counts."""
    speeds = dict.fromkeys(Drive, 0.0)

    def ask(drive: Drive, speed: float) -> None:
        if abs(speed) > abs(speeds[drive]):
            speeds[drive] = speed

    for use in profile.axes:
        if use.axis < len(reading.axes):
            ask(use.drive, shaped(reading.axes[use.axis], use))
    actions = {use.action for use in profile.buttons if use.button in reading.buttons}
    for action in actions & set(_HELD):
        ask(*_HELD[action])
    if ButtonAction.STOP in actions:
        return Velocity()
    slow = _SLOW if ButtonAction.SLOW in actions else 1.0
    return Velocity(**{drive.value: _stepped(speed * slow) for drive, speed in speeds.items()})


def pressed(profile: JoystickProfile, before: JoystickReading, now: JoystickReading) -> tuple[ButtonUse, ...]:
    """Return what buttons that have just been pressed do, without those that act as long as they are held."""
    fresh = now.buttons - before.buttons
    return tuple(
        use
        for use in profile.buttons
        if use.button in fresh and use.action not in _HELD and use.action is not ButtonAction.SLOW
    )


def _stepped(speed: float) -> float:
    """Round to steps, but a speed that is asked for never to nothing."""
    steps = round(speed / STEP)
    if steps == 0 and speed:
        steps = 1 if speed > 0 else -1
    return max(-1.0, min(1.0, steps * STEP))
