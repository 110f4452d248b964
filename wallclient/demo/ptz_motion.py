"""How a camera's drives move: closed formulas in time, so that where it looks is exact at any moment and for anybody.

Speeds rise and fall with limited acceleration, ends of travel are hard stops. Zoom is counted in octaves (powers of
two of the magnification). Times are seconds of one monotonic clock. Standard library only.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from wallclient.domain.ptz import Position

PAN_DEG, TILT_DEG = (-170.0, 170.0), (-30.0, 90.0)
LARGEST_ZOOM = 20.0
ZOOM_OCTAVES = (0.0, math.log2(LARGEST_ZOOM))
SHARE = (0.0, 1.0)  # focus and iris
WIDEST_DEG = 60.0  # what the picture shows across at zoom 1


class Axis(NamedTuple):
    """What one drive can do: ends of its travel, acceleration, top speed by hand and on the way to a preset."""

    ends: tuple[float, float]
    acceleration: float
    by_hand: float
    by_itself: float


AXES = (
    Axis(PAN_DEG, 500.0, 80.0, 160.0),
    Axis(TILT_DEG, 400.0, 50.0, 100.0),
    Axis(ZOOM_OCTAVES, 8.0, 1.0, 2.0),
    Axis(SHARE, 5.0, 0.5, 0.5),  # focus
    Axis(SHARE, 5.0, 0.5, 0.5),  # iris
)
PAN, TILT, ZOOM = 0, 1, 2
_SLOWER_WITH_ZOOM = 0.8  # by hand pan and tilt slow down with this power of the zoom: a far view can be steered too
_SHORTEST_GLIDE_S = 0.25


class At(NamedTuple):
    """Place and speed of one drive."""

    place: float
    speed: float


@dataclass(frozen=True, slots=True)
class Ramp:
    """A drive that takes on the speed `wanted` from `start_s` on, and keeps it up to the end of its travel."""

    start_s: float
    place: float
    speed: float
    wanted: float
    acceleration: float
    low: float
    high: float

    def at(self, time_s: float) -> At:
        """Return place and speed at a time not before the start."""
        passed_s = max(0.0, time_s - self.start_s)
        contact_s, end = min(self._contact(1.0), self._contact(-1.0))
        if passed_s <= contact_s:
            return self._free(passed_s)
        if self.wanted * end >= 0:
            return At(self._end(end), 0.0)
        inward = Ramp(
            self.start_s + contact_s, self._end(end), 0.0, self.wanted, self.acceleration, self.low, self.high
        )
        return inward.at(time_s)

    def rest_s(self) -> float:
        """Return when the drive stands still for good; infinite if it never does."""
        contact_s, end = min(self._contact(1.0), self._contact(-1.0))
        if not self.wanted:
            return self.start_s + min(contact_s, abs(self.speed) / self.acceleration)
        if self.wanted * end > 0 and contact_s < math.inf:
            return self.start_s + contact_s
        if contact_s == math.inf:
            return math.inf
        return Ramp(
            self.start_s + contact_s, self._end(end), 0.0, self.wanted, self.acceleration, self.low, self.high
        ).rest_s()

    def _end(self, end: float) -> float:
        return self.high if end > 0 else self.low

    def _change(self) -> tuple[float, float]:
        """Return the acceleration with its sign, and how long it lasts."""
        rate = math.copysign(self.acceleration, self.wanted - self.speed)
        return rate, abs(self.wanted - self.speed) / self.acceleration

    def _free(self, passed_s: float) -> At:
        rate, lasts_s = self._change()
        changing_s = min(passed_s, lasts_s)
        place = self.place + self.speed * changing_s + rate * changing_s**2 / 2 + self.wanted * (passed_s - changing_s)
        speed = self.wanted if passed_s >= lasts_s else self.speed + rate * changing_s
        return At(min(max(place, self.low), self.high), speed)

    def _contact(self, end: float) -> tuple[float, float]:
        """Return how long after the start the drive runs against an end (1 the high, -1 the low one), and that end."""
        rate, lasts_s = self._change()
        speed, wanted, rate = self.speed * end, self.wanted * end, rate * end
        room = (self.high - self.place if end > 0 else self.place - self.low) + 0.0
        if room <= 0:
            return (0.0 if speed > 0 or (speed == 0 and wanted > 0) else self._later(lasts_s, speed, wanted, end)), end
        root = speed**2 + 2 * rate * room
        if root >= 0 and lasts_s > 0:
            reached_s = (math.sqrt(root) - speed) / rate  # the first time the speed still points at the end
            if rate < 0 and speed <= 0:
                reached_s = math.inf
            if 0 <= reached_s <= lasts_s:
                return reached_s, end
        return self._later(lasts_s, speed, wanted, end), end

    def _later(self, lasts_s: float, speed: float, wanted: float, end: float) -> float:
        """Return when the end is reached after the speed has settled."""
        if wanted <= 0:
            return math.inf
        place = self._free(lasts_s).place
        return lasts_s + max(0.0, (self.high - place if end > 0 else place - self.low)) / wanted


@dataclass(frozen=True, slots=True)
class Glide:
    """A drive on its way to a place, gently begun from whatever speed it had, and gently ended."""

    start_s: float
    place: float
    speed: float
    target: float
    lasts_s: float
    low: float
    high: float

    def at(self, time_s: float) -> At:
        """Return place and speed at a time not before the start: a cubic Hermite curve."""
        part = min(1.0, max(0.0, time_s - self.start_s) / self.lasts_s)
        if part == 1.0:
            return At(self.target, 0.0)
        way, push = self.target - self.place, self.speed * self.lasts_s
        place = self.place + way * part**2 * (3 - 2 * part) + push * part * (1 - part) ** 2
        speed = (way * 6 * part * (1 - part) + push * (1 - part) * (1 - 3 * part)) / self.lasts_s
        if not self.low <= place <= self.high:
            return At(min(max(place, self.low), self.high), 0.0)
        return At(place, speed)

    def rest_s(self) -> float:
        """Return when the drive is there."""
        return self.start_s + self.lasts_s


@dataclass(frozen=True, slots=True)
class Motion:
    """What all drives do from now on, in the order of AXES; at `brake_s` they are left to brake, whatever they did."""

    drives: tuple[Ramp | Glide, ...]
    brake_s: float = math.inf

    def at(self, time_s: float) -> tuple[At, ...]:
        """Return place and speed of each drive."""
        if time_s > self.brake_s:
            return tuple(drive.at(time_s) for drive in self.braking(self.brake_s).drives)
        return tuple(drive.at(time_s) for drive in self.drives)

    def position(self, time_s: float) -> Position:
        """Return where the camera looks."""
        drives = self.at(time_s)
        return Position(drives[PAN].place, drives[TILT].place, 2.0 ** drives[ZOOM].place)

    def rest_s(self) -> float:
        """Return when the last drive stands still; infinite where only an end of travel or nothing stops it."""
        rest_s = max(drive.rest_s() for drive in self.drives)
        if rest_s <= self.brake_s:
            return rest_s
        return max(drive.rest_s() for drive in self.braking(self.brake_s).drives)

    def braking(self, time_s: float) -> "Motion":
        """Return how the drives come to a stand, left alone from `time_s` on."""
        return steered(self, time_s, (0.0,) * len(AXES))

    def to_json(self) -> list[Any]:
        """Return what `from_json` reads, for a process with the same clock."""
        brake_s = None if math.isinf(self.brake_s) else self.brake_s
        return [brake_s, [[type(drive) is Glide, *_fields(drive)] for drive in self.drives]]

    @classmethod
    def from_json(cls, raw: list[Any]) -> "Motion":
        """Read what `to_json` made."""
        brake_s, drives = raw
        made = tuple(Glide(*fields) if glides else Ramp(*fields) for glides, *fields in drives)
        return cls(made, math.inf if brake_s is None else brake_s)


def _fields(drive: Ramp | Glide) -> list[float]:
    return [getattr(drive, name) for name in drive.__slots__]


def standing(position: Position, time_s: float) -> Motion:
    """Return a camera that stands still, with focus and iris in the middle."""
    places = (position.pan_deg, position.tilt_deg, math.log2(position.zoom), 0.5, 0.5)
    return Motion(
        tuple(
            Ramp(time_s, min(max(place, axis.ends[0]), axis.ends[1]), 0.0, 0.0, axis.acceleration, *axis.ends)
            for place, axis in zip(places, AXES, strict=True)
        )
    )


def steered(motion: Motion, time_s: float, shares: tuple[float, ...], brake_s: float = math.inf) -> Motion:
    """Return the motion that goes on from `motion` with other speeds wanted: shares of the fastest, -1 to 1.

    By hand, pan and tilt are slower the more is zoomed in.
    """
    drives = motion.at(time_s)
    slower = 2.0 ** (-_SLOWER_WITH_ZOOM * drives[ZOOM].place)
    made = []
    for index, (axis, at, share) in enumerate(zip(AXES, drives, shares, strict=True)):
        top = axis.by_hand * (slower if index in (PAN, TILT) else 1.0)
        made.append(Ramp(time_s, at.place, at.speed, share * top, axis.acceleration, *axis.ends))
    return Motion(tuple(made), brake_s)


def gliding(motion: Motion, time_s: float, target: Position, speed: float) -> Motion:
    """Return the motion that takes pan, tilt and zoom to a position, all there at once; `speed` 0 to 1."""
    drives = motion.at(time_s)
    places = (target.pan_deg, target.tilt_deg, math.log2(max(1.0, target.zoom)), drives[3].place, drives[4].place)
    lasts_s = _SHORTEST_GLIDE_S
    for axis, at, place in zip(AXES, drives, places, strict=True):
        lasts_s = max(lasts_s, 1.5 * abs(place - at.place) / (axis.by_itself * speed))  # a cubic's peak is 1.5 its mean
    return Motion(
        tuple(
            Glide(time_s, at.place, at.speed, min(max(place, axis.ends[0]), axis.ends[1]), lasts_s, *axis.ends)
            for axis, at, place in zip(AXES, drives, places, strict=True)
        )
    )


def field_deg(zoom: float) -> tuple[float, float]:
    """Return how many degrees a 16:9 picture shows across and down at a zoom.

    Angles are mapped to the picture evenly, as the drawn panorama is: twice the zoom shows half the angle.
    """
    return WIDEST_DEG / zoom, WIDEST_DEG / zoom * 9 / 16


def aimed(position: Position, x: float, y: float, width: float, height: float) -> Position:
    """Return the position that brings a rectangle of the picture (fractions) to the center, filled if it has a size."""
    across, down = field_deg(position.zoom)
    pan = position.pan_deg + (x + width / 2 - 0.5) * across
    tilt = position.tilt_deg - (y + height / 2 - 0.5) * down
    largest = max(width, height)
    zoom = position.zoom / largest if largest > 0 else position.zoom
    return Position(
        min(max(pan, PAN_DEG[0]), PAN_DEG[1]),
        min(max(tilt, TILT_DEG[0]), TILT_DEG[1]),
        min(max(zoom, 1.0), LARGEST_ZOOM),
    )
