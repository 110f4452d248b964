"""What moves in a demo scene.

Positions repeat with the loop, so that a clip can be played round and round without a jump.
"""

import math
import random
from dataclasses import dataclass
from typing import Protocol

from wallclient.demo import scene_parts as parts
from wallclient.demo.scene_parts import CAR_COLOURS, SHIRT_COLOURS, Stage


class Mover(Protocol):
    """Something on its way; `loop` runs from 0 to 1 over the loop."""

    def depth(self, loop: float) -> float:
        """Return the distance, for painting the far before the near."""

    def paint(self, stage: Stage, loop: float) -> None:
        """Paint the thing where it is."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A car along the street: `laps` whole ways per loop from `far` to `near` or back."""

    x: float
    far: float
    near: float
    phase: float
    laps: int
    colour: str
    toward: bool
    bus: bool = False

    def depth(self, loop: float) -> float:
        """Return the distance; speed is even on the ground, so the nearer the faster it seems."""
        part = (self.phase + self.laps * loop) % 1.0
        return self.far + (self.near - self.far) * (part if self.toward else 1 - part)

    def paint(self, stage: Stage, loop: float) -> None:
        """Paint the car from the front or from behind."""
        z = self.depth(loop)
        stage.painter.setOpacity(min(1.0, (self.far - z) / (0.12 * self.far)))
        parts.car(stage, self.x, z, self.colour, toward=self.toward, bus=self.bus)
        stage.painter.setOpacity(1.0)


@dataclass(frozen=True, slots=True)
class Crosser:
    """A car from one side of the picture to the other, out of sight at both ends."""

    z: float
    reach: float
    phase: float
    laps: int
    colour: str
    to_right: bool
    bus: bool = False

    def depth(self, loop: float) -> float:
        """Return the distance of the lane."""
        return self.z

    def paint(self, stage: Stage, loop: float) -> None:
        """Paint the car from its side."""
        part = (self.phase + self.laps * loop) % 1.0
        x = self.reach * (2 * part - 1)
        parts.side_car(stage, x if self.to_right else -x, self.z, self.colour, to_right=self.to_right, bus=self.bus)


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody who walks from one point to another and reappears at the start.

    Faded in and out so that nobody pops up.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    phase: float
    shirt: str
    height: float
    bag: bool

    def _part(self, loop: float) -> float:
        return (self.phase + loop) % 1.0

    def depth(self, loop: float) -> float:
        """Return the distance right now."""
        return self.start[1] + (self.end[1] - self.start[1]) * self._part(loop)

    def paint(self, stage: Stage, loop: float) -> None:
        """Paint the walker in mid-step."""
        part = self._part(loop)
        x = self.start[0] + (self.end[0] - self.start[0]) * part
        stage.painter.setOpacity(max(0.0, min(1.0, 9 * part, 9 * (1 - part))))
        swing = 2 * math.pi * (14 * part + self.phase)
        parts.person(stage, x, self.depth(loop), self.shirt, swing, height=self.height, bag=self.bag)
        stage.painter.setOpacity(1.0)


def drivers(
    rng: random.Random, lanes: list[tuple[float, bool]], far: float, near: float = 0.75, per_lane: int = 3
) -> list[Mover]:
    """Return traffic on `lanes` (x, toward the camera), spaced so that nobody runs into anybody."""
    movers: list[Mover] = []
    for x, toward in lanes:
        shift = rng.random()
        for i in range(per_lane):
            phase = (shift + (i + rng.uniform(-0.2, 0.2)) / per_lane) % 1.0
            bus = rng.random() < 0.14
            colour = rng.choice(("#3a78b5", "#c9543d", "#e0e0da") if bus else CAR_COLOURS)
            movers.append(Driver(x, far, near, phase, 1 if far < 9 else 2, colour, toward, bus))
    return movers


def crossers(rng: random.Random, lanes: list[tuple[float, bool]], reach: float, per_lane: int = 2) -> list[Mover]:
    """Return traffic on `lanes` (distance, to the right) across the picture."""
    movers: list[Mover] = []
    for z, to_right in lanes:
        shift = rng.random()
        for i in range(per_lane):
            bus = rng.random() < 0.25
            colour = rng.choice(("#3a78b5", "#c9543d", "#3f8f6b") if bus else CAR_COLOURS)
            movers.append(Crosser(z, reach * z, (shift + i / per_lane) % 1.0, 2, colour, to_right, bus))
    return movers


def walkers(
    rng: random.Random,
    count: int,
    x: tuple[float, float],
    z: tuple[float, float],
    *,
    along: bool,
    bags: float = 0.1,
    height: float = 1.72,
) -> list[Mover]:
    """Return people within a stretch of ground, walking `along` the street or anywhere."""
    movers: list[Mover] = []
    for _ in range(count):
        start = (rng.uniform(*x), rng.uniform(*z))
        if along:
            away = rng.choice((-1, 1)) * rng.uniform(0.3, 0.9) * start[1] ** 0.5
            end = (start[0] + rng.uniform(-0.3, 0.3), max(z[0] * 0.9, start[1] + away))
        else:
            end = (start[0] + rng.choice((-1, 1)) * rng.uniform(5, 11), max(z[0], start[1] + rng.uniform(-0.5, 0.5)))
        shirt, tall = rng.choice(SHIRT_COLOURS), height * rng.uniform(0.92, 1.06)
        movers.append(Walker(start, end, rng.random(), shirt, tall, rng.random() < bags))
    return movers
