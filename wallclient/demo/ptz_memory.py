"""What a camera remembers: presets with their thumbnails, and cruises. Pure; positions come from outside."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wallclient.demo.ptz_holding import Unable
from wallclient.domain.ptz import Cruise, CruisePoint, Position, Preset


@dataclass(frozen=True, slots=True)
class Stored:
    """A preset with what it means."""

    preset: Preset
    position: Position
    picture: bytes = b""


# What every camera of the demo has from the start; the drawn panorama has the same things in the same places.
LANDMARKS = (
    ("全景", Position(0.0, 2.0, 1.0)),
    ("东侧路口", Position(48.0, -2.5, 2.5)),
    ("地铁站出入口", Position(105.0, -4.0, 4.0)),
    ("停车场入口", Position(152.0, -5.5, 3.0)),
    ("西侧路口", Position(-52.0, -2.5, 2.5)),
    ("公交站台", Position(-100.0, -4.0, 4.0)),
    ("楼顶钟楼", Position(-143.0, 14.0, 5.0)),
)
_FIRST_CRUISE = "日间巡航"


class Memory:
    """Presets by number and cruises in the order they were made."""

    def __init__(self) -> None:
        self._stored = {number: Stored(Preset(number, name), at) for number, (name, at) in enumerate(LANDMARKS, 1)}
        self._ids = itertools.count(2)
        points = tuple(CruisePoint(number, 8.0, 0.4) for number in (1, 2, 3, 5, 6))
        self._cruises = {"cruise-1": Cruise("cruise-1", _FIRST_CRUISE, points)}
        self._made: dict[str, str] = {}  # idempotency key -> cruise id

    @property
    def presets(self) -> tuple[Preset, ...]:
        """All presets, by number."""
        return tuple(self._stored[number].preset for number in sorted(self._stored))

    @property
    def cruises(self) -> tuple[Cruise, ...]:
        """All cruises."""
        return tuple(self._cruises.values())

    def position(self, number: int) -> Position:
        """Return where a preset looks. Raises KeyError."""
        return self._stored[number].position

    def save(self, number: int, name: str, position: Position) -> Preset:
        """Make or overwrite a preset; its former picture shows something else and goes."""
        self._stored[number] = Stored(Preset(number, name), position)
        return self._stored[number].preset

    def rename(self, number: int, name: str) -> Preset:
        """Give a preset another name. Raises KeyError."""
        stored = self._stored[number]
        self._stored[number] = replace(stored, preset=replace(stored.preset, name=name))
        return self._stored[number].preset

    def delete(self, number: int) -> bool:
        """Forget a preset, also in cruises; tell whether there was one."""
        if self._stored.pop(number, None) is None:
            return False
        for key, cruise in self._cruises.items():
            points = tuple(point for point in cruise.points if point.preset != number)
            self._cruises[key] = replace(cruise, points=points)
        return True

    def save_picture(self, number: int, jpeg: bytes) -> Preset:
        """Give a preset its thumbnail. Raises KeyError."""
        stored = self._stored[number]
        picture_id = f"{number}-{hashlib.sha256(jpeg).hexdigest()[:20]}"
        self._stored[number] = Stored(replace(stored.preset, picture_id=picture_id), stored.position, jpeg)
        return self._stored[number].preset

    def picture(self, picture_id: str) -> bytes:
        """Return a thumbnail. Raises KeyError."""
        for stored in self._stored.values():
            if stored.preset.picture_id == picture_id and picture_id:
                return stored.picture
        raise KeyError(picture_id)

    def cruise(self, cruise_id: str) -> Cruise:
        """Return a cruise. Raises KeyError."""
        return self._cruises[cruise_id]

    def make_cruise(self, name: str, points: Sequence[CruisePoint], key: str = "") -> Cruise:
        """Make a cruise, or return the one that was made with the same key. Raises Unable."""
        known = self._made.get(key) if key else None
        if known in self._cruises:
            return self._cruises[known]
        self._check(points)
        cruise = Cruise(f"cruise-{next(self._ids)}", name, tuple(points))
        self._cruises[cruise.id] = cruise
        if key:
            self._made[key] = cruise.id
        return cruise

    def save_cruise(self, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Change a cruise. Raises KeyError and Unable."""
        former = self._cruises[cruise_id]
        self._check(points)
        self._cruises[cruise_id] = replace(former, name=name, points=tuple(points))
        return self._cruises[cruise_id]

    def delete_cruise(self, cruise_id: str) -> bool:
        """Forget a cruise; tell whether there was one."""
        return self._cruises.pop(cruise_id, None) is not None

    def _check(self, points: Sequence[CruisePoint]) -> None:
        unknown = [str(point.preset) for point in points if point.preset not in self._stored]
        if unknown:
            raise Unable(f"The camera has no preset {', '.join(unknown)}.")
