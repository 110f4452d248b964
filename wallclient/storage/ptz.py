"""Cruises the client keeps for cameras whose centers have none, and joystick profiles, on disk."""

from dataclasses import dataclass, field
from pathlib import Path

from wallclient.domain.joystick import JoystickProfile
from wallclient.domain.ptz import Cruise
from wallclient.storage.json_file import JsonFile

CRUISES_VERSION = JOYSTICKS_VERSION = 1


@dataclass(frozen=True, slots=True)
class SavedCruises:
    """Cruises by the global id of their camera."""

    cruises: dict[str, tuple[Cruise, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedJoysticks:
    """Profiles by what their joystick says it is (`domain.joystick.JoystickDevice.kind`)."""

    profiles: dict[str, JoystickProfile] = field(default_factory=dict)


def cruises_file(folder: Path) -> JsonFile[SavedCruises]:
    """Return the file of the client's own cruises in `folder`."""
    return JsonFile(folder / "cruises.json", SavedCruises, CRUISES_VERSION)


def joysticks_file(folder: Path) -> JsonFile[SavedJoysticks]:
    """Return the file of joystick profiles in `folder`."""
    return JsonFile(folder / "joysticks.json", SavedJoysticks, JOYSTICKS_VERSION)
