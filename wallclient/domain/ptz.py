"""PTZ in the trade's words: what a camera's drives can do, who holds it, its presets and cruises.

Directions are those of the picture: right, up, in, far and open are positive.
"""

from dataclasses import dataclass
from enum import StrEnum

DEAD_MAN_S = 1.0  # after this long without a renewal the center stops a moving camera by itself


class PtzAbility(StrEnum):
    """What a camera and its center can do; the values are those of Center API v1."""

    PAN_TILT = "pan_tilt"
    ZOOM = "zoom"
    FOCUS = "focus"
    IRIS = "iris"
    WIPER = "wiper"
    LIGHT = "light"
    AUXILIARY = "auxiliary"  # numbered switches of the camera
    AIM_POINT = "aim_point"  # bring a point of the picture to its center
    AIM_AREA = "aim_area"  # let a rectangle of the picture fill it
    PRESETS = "presets"
    CRUISES = "cruises"  # run by the camera or the center; without them the client runs its own
    RESERVATION = "reservation"
    # Of other centers than those of Center API v1; nobody can ask the camera which it has, or whether one runs.
    STORED_CRUISES = "stored_cruises"  # kept in the camera itself, by number
    SCANS = "scans"  # to and fro between two edges kept in the camera, by number


class Tier(StrEnum):
    """Tier of the post an operator works at; the higher one has the word."""

    CITY = "city"
    DISTRICT = "district"
    STATION = "station"


@dataclass(frozen=True, slots=True)
class Velocity:
    """Wanted speed of each drive, from -1 to 1 of the fastest it can; 0 stands still."""

    pan: float = 0.0  # right
    tilt: float = 0.0  # up
    zoom: float = 0.0  # in
    focus: float = 0.0  # far
    iris: float = 0.0  # open

    @property
    def is_still(self) -> bool:
        """Tell whether nothing is to move."""
        return not (self.pan or self.tilt or self.zoom or self.focus or self.iris)


STILL = Velocity()


@dataclass(frozen=True, slots=True)
class Steering:
    """One command of a hand at a camera: a velocity to keep until the next, a stop if it is still.

    Commands overtake each other on the way. A center obeys only a `number` above all it has seen of the same `hand`,
    so a move that was sent before a stop and arrives after it does nothing.
    """

    hand: str  # made up anew for each channel and each start of the client, 8 to 64 letters, digits or "-"
    number: int
    velocity: Velocity = STILL
    dead_man_s: float = DEAD_MAN_S  # the center stops the camera if no further command comes in this time


@dataclass(frozen=True, slots=True)
class Position:
    """Where a camera looks: degrees right of its zero and above the horizon, and magnification (1 is widest)."""

    pan_deg: float
    tilt_deg: float
    zoom: float


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the say over a camera: by moving it (for a few seconds) or by a reservation (for a term)."""

    name: str
    post: str
    tier: Tier
    priority: int  # within and across tiers: a higher one may take over
    is_reserved: bool
    seconds_left: float
    is_me: bool  # this session


_RANKS = {Tier.STATION: 0, Tier.DISTRICT: 1, Tier.CITY: 2}


def may_take(name: str, tier: Tier, priority: int, holder: Holder) -> bool:
    """Tell whether an operator may take a camera from its holder: of higher rank, or the same person elsewhere.

    The center decides in the end; this is for not offering what it would refuse.
    """
    return (_RANKS[tier], priority) > (_RANKS[holder.tier], holder.priority) or name == holder.name


@dataclass(frozen=True, slots=True)
class PtzStatus:
    """State of one channel's PTZ as its center knows it."""

    abilities: frozenset[PtzAbility] = frozenset()
    is_moving: bool = False  # by anybody's command; not while a cruise or a preset moves it
    position: Position | None = None
    holder: Holder | None = None
    cruise_id: str | None = None  # the cruise that runs


@dataclass(frozen=True, slots=True)
class Preset:
    """A position the camera remembers. `number` is the camera's own, 1 to 255 (GB/T 28181 A.3.4)."""

    number: int
    name: str
    picture_id: str = ""  # thumbnail at the center; changes with the picture, empty without one


@dataclass(frozen=True, slots=True)
class CruisePoint:
    """One stop of a cruise: a preset, how long to stay, how fast to go there (0 to 1 of the fastest)."""

    preset: int
    dwell_s: float = 10.0
    speed: float = 0.5


@dataclass(frozen=True, slots=True)
class Cruise:
    """Presets visited in order, again and again."""

    id: str
    name: str
    points: tuple[CruisePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the picture in fractions of its size, from the top left; width and height 0 mean a point."""

    x: float
    y: float
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Somebody took a camera from who held it."""

    by_name: str
    by_post: str
    reason: str


@dataclass(frozen=True, slots=True)
class PtzChanged:
    """Event: who holds a camera, which cruise runs or whether it moves has changed; with the new state.

    `taken_over` is set for the one who lost it.
    """

    channel_id: str
    status: PtzStatus
    taken_over: TakeOver | None = None


@dataclass(frozen=True, slots=True)
class PresetsChanged:
    """Event: somebody changed a camera's presets or cruises; they are read again."""

    channel_id: str
