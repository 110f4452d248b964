"""Where joysticks come from: an interface, so that tests can plug in one that is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from wallclient.domain.joystick import JoystickDevice, JoystickReading


@dataclass(frozen=True, slots=True)
class Plugged:
    """A joystick was found."""

    device: JoystickDevice


@dataclass(frozen=True, slots=True)
class Unplugged:
    """A joystick is gone, or does not say anything any more."""

    instance: int


@dataclass(frozen=True, slots=True)
class Moved:
    """How a joystick stands now. Told on change, and a few times a second while it is there."""

    instance: int
    reading: JoystickReading


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Joysticks can't be read on this machine; `reason` is for the log."""

    reason: str


JoystickEvent = Plugged | Unplugged | Moved | Unavailable


class JoystickSource(Protocol):
    """Looks for joysticks and reads them, without ever holding up the caller."""

    def start(self, tell: Callable[[JoystickEvent], None]) -> None:
        """Begin; `tell` is called from a thread of the source."""
        ...

    def close(self) -> None:
        """End; `tell` is not called any more after a moment. Takes a second at most."""
        ...
