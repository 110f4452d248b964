"""The demo city's streets: for each, what stands still, what moves, and what hangs in front of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPen

from wallclient.demo import scene_parts as parts
from wallclient.demo.scene_movers import Mover, crossers, drivers, walkers
from wallclient.demo.scene_parts import HEIGHT, WIDTH, Stage


def _nothing(stage: Stage) -> None:
    """Hang nothing in front of the scene."""


def _still(stage: Stage, loop: float) -> None:
    """Move nothing but the movers."""


@dataclass(frozen=True)
class Place:
    """A place without its light: where the horizon is, the ground's colour, and how to paint the rest."""

    horizon: float
    ground: str
    background: Callable[[Stage, random.Random], None]
    movers: Callable[[random.Random], list[Mover]]
    foreground: Callable[[Stage], None] = _nothing
    animate: Callable[[Stage, float], None] = _still


def _road(stage: Stage, half: float, far: float, lines: tuple[float, ...]) -> None:
    """Paint a road straight ahead with pavements, edge lines and dashed lane lines."""
    stage.ground(-60, 60, 0.6, 40, "#7d8187", 0.92)
    stage.ground(-half - 3.2, half + 3.2, 0.6, far * 3, "#a09c94")
    stage.ground(-half, half, 0.6, far * 3, "#484b50")
    for edge in (-half + 0.3, half - 0.3):
        stage.ground(edge - 0.07, edge + 0.07, 0.6, far * 3, "#d9d9d2")
    for line in lines:
        z = 0.7
        while z < far * 2:
            stage.ground(line - 0.07, line + 0.07, z, z * 1.12, "#e0e0d8")
            z *= 1.3
    stage.ground(-0.16, -0.06, 0.6, far * 3, "#d9b23c")
    stage.ground(0.06, 0.16, 0.6, far * 3, "#d9b23c")


def zebra(stage: Stage, half: float, z0: float, z1: float) -> None:
    """Paint a crossing for people from `z0` to `z1`."""
    x = -half + 0.5
    while x < half - 0.5:
        stage.ground(x, x + 0.5, z0, z1, "#e6e6e0")
        x += 1.05


def street(rng: random.Random) -> Place:
    """Return a street of shops and houses with four lanes."""

    def background(stage: Stage, rng: random.Random) -> None:
        parts.sky(stage, rng)
        parts.skyline(stage, rng, 14, 62)
        _road(stage, 6.6, 8, (-3.3, 3.3))
        for side in (-1, 1):
            z = 9.0
            while z > 0.9:
                nearer = z / rng.uniform(1.25, 1.5)
                parts.facade(stage, rng, side * 10.2, nearer, z, rng.randrange(3, 7))
                z = nearer
        for z in (7.0, 5.2, 3.9, 2.9, 2.15, 1.6):
            for side in (-1, 1):
                parts.tree(stage, rng, side * 8.6, z * 1.1, 4.6)
                parts.lamp(stage, side * 7.4, z)

    lanes = [(-4.9, True), (-1.7, True), (1.7, False), (4.9, False)]
    return Place(
        118,
        "#7d8187",
        background,
        lambda rng: [
            *drivers(rng, lanes, 8.5),
            *walkers(rng, 7, (-9.6, -7.3), (1.3, 4.5), along=True),
            *walkers(rng, 7, (7.3, 9.6), (1.3, 4.5), along=True),
        ],
    )


def crossing(rng: random.Random) -> Place:
    """Return a junction: traffic across, people on the zebra crossing, a street going away behind."""

    def background(stage: Stage, rng: random.Random) -> None:
        parts.sky(stage, rng)
        parts.skyline(stage, rng, 30, 84)
        _road(stage, 5.4, 9, (-2.7, 2.7))
        for side in (-1, 1):
            z = 9.0
            while z > 2.9:
                nearer = max(2.7, z / 1.35)
                parts.facade(stage, rng, side * 9.4, nearer, z, rng.randrange(4, 8))
                z = nearer
            for z in (6.0, 4.4, 3.2):
                parts.lamp(stage, side * 7.0, z)
        stage.ground(-60, 60, 1.22, 2.55, "#46494e")
        for mark in range(-24, 25, 3):
            stage.ground(mark, mark + 1.4, 1.75, 1.79, "#e0e0d8")
        zebra(stage, 6.0, 2.6, 2.95)
        stage.ground(-60, 60, 0.6, 1.2, "#9c978e")
        zebra(stage, 9.0, 0.82, 1.14)
        for x in (-8.2, 8.2):
            _signal(stage, x, 2.6)

    return Place(
        122,
        "#7d8187",
        background,
        lambda rng: [
            *crossers(rng, [(1.45, True), (2.15, False)], 12),
            *drivers(rng, [(-3.9, True), (-1.4, True), (1.4, False), (3.9, False)], 8.5, 2.75, 2),
            *walkers(rng, 12, (-6, 6), (0.85, 1.1), along=False),
            *walkers(rng, 5, (-5, 5), (2.65, 2.9), along=False),
        ],
    )


def _signal(stage: Stage, x: float, z: float) -> None:
    """Paint a traffic light on a mast."""
    metre = stage.metre(z)
    stage.painter.setPen(QPen(stage.light.shade("#3b3f45"), 0.2 * metre))
    stage.painter.drawLine(stage.at(x, z), stage.at(x, z, 5.2))
    top = stage.at(x, z, 5.6)
    stage.box(top.x() - 0.35 * metre, top.y() - 0.2 * metre, 0.7 * metre, 1.9 * metre, QColor("#15171a"), 0.1 * metre)
    lit = top + QPointF(0, 1.4 * metre)
    stage.ellipse(lit, 0.24 * metre, 0.24 * metre, QColor("#37e07b"))
    stage.glow(lit, 1.6 * metre, "#37e07b", 0.6 * stage.light.lamps)


def bridge(rng: random.Random) -> Place:
    """Return a cable-stayed bridge over the river, the city on the far bank."""

    def background(stage: Stage, rng: random.Random) -> None:
        parts.sky(stage, rng)
        parts.hills(stage, rng)
        parts.skyline(stage, rng, 10, 54, 18)
        _river(stage, rng)
        stage.ground(-7.6, 7.6, 0.6, 60, "#85888c")
        stage.ground(-6.8, 6.8, 0.6, 60, "#474a4f")
        for line in (-3.4, 3.4):
            z = 0.7
            while z < 18:
                stage.ground(line - 0.07, line + 0.07, z, z * 1.12, "#e0e0d8")
                z *= 1.3
        stage.ground(-0.25, 0.25, 0.6, 60, "#b9b6ae")
        for z in (8.0, 2.6):
            _pylon(stage, z)
        for z in (11.0, 5.8, 4.2, 3.2, 2.0, 1.5):
            for side in (-1, 1):
                parts.lamp(stage, side * 7.3, z)
        for side in (-1, 1):
            stage.painter.setPen(QPen(stage.light.shade("#c4c7ca"), 1.0))
            for up in (0.6, 1.1):
                stage.painter.drawLine(stage.at(side * 7.6, 0.7, up), stage.at(side * 7.6, 40, up))

    lanes = [(-5.1, True), (-1.8, True), (1.8, False), (5.1, False)]
    return Place(140, "#8fa9b8", background, lambda rng: drivers(rng, lanes, 12.0, 0.75, 5))


def _river(stage: Stage, rng: random.Random) -> None:
    gradient = QLinearGradient(0, stage.horizon, 0, HEIGHT)
    gradient.setColorAt(0, stage.light.shade("#8fa9b8"))
    gradient.setColorAt(1, stage.light.shade("#4f6f7c"))
    stage.painter.fillRect(QRectF(0, stage.horizon, WIDTH, HEIGHT), gradient)
    for _ in range(150):
        depth = rng.random() ** 2
        y = stage.horizon + 3 + depth * (HEIGHT - stage.horizon)
        x, length = rng.uniform(0, WIDTH), 6 + 40 * depth
        bright = QColor(rng.choice(("#ffd58a", "#ffe9c0", "#9fc4ff")) if stage.light.lamps else "#dfeaf0")
        bright.setAlpha(rng.randrange(25, 80))
        stage.box(x, y, length, 0.8 + 1.4 * depth, bright, 0.6)


def _pylon(stage: Stage, z: float) -> None:
    """Paint an A-shaped pylon with its cables to both sides of the deck."""
    metre, height, tone = stage.metre(z), 17.0 if z > 4 else 9.5, stage.light.shade("#c9ccd0", 0.95)
    cable = stage.light.shade("#e4e6e8", 0.9)
    cable.setAlpha(190)
    for side in (-1, 1):
        stage.painter.setPen(QPen(cable, 0.9))
        for i in range(1, 9):
            for end in (z * (1 + 0.16 * i), z / (1 + 0.16 * i)):
                stage.painter.drawLine(
                    stage.at(side * 4.2, z, height * (0.62 + 0.035 * i)), stage.at(side * 7.6, end, 0.8)
                )
        leg = [(8.2, 0.0), (9.4, 0.0), (4.9, height), (3.7, height)]
        stage.polygon([stage.at(side * x, z, up) for x, up in leg], tone)
    for up, wide in ((height * 0.72, 5.9), (height * 0.97, 4.6)):
        left = stage.at(-wide, z, up)
        stage.box(left.x(), left.y(), 2 * wide * metre, 0.9 * metre, tone)


def mall(rng: random.Random) -> Place:
    """Return a pedestrian street of shops with bright signs."""

    def background(stage: Stage, rng: random.Random) -> None:
        parts.sky(stage, rng)
        parts.skyline(stage, rng, 36, 76)
        stage.ground(-60, 60, 0.6, 40, "#a89f92")
        z = 0.7
        while z < 12:
            stage.ground(-9, 9, z, z * 1.09, "#bdb4a6")
            z *= 1.2
        for side in (-1, 1):
            z = 9.0
            while z > 0.9:
                nearer = z / rng.uniform(1.3, 1.5)
                parts.facade(stage, rng, side * 9.0, nearer, z, rng.randrange(3, 6))
                _upright_sign(stage, rng, side * 8.2, (z + nearer) / 2)
                z = nearer
        for z in (6.0, 4.0, 2.7, 1.8):
            for side in (-1, 1):
                parts.tree(stage, rng, side * 5.6, z, 3.4)

    return Place(
        116,
        "#a89f92",
        background,
        lambda rng: [
            *walkers(rng, 22, (-4.8, 4.8), (1.15, 5.5), along=True, bags=0.4),
            *walkers(rng, 8, (-6, 6), (1.3, 4.0), along=False),
        ],
    )


def _upright_sign(stage: Stage, rng: random.Random, x: float, z: float) -> None:
    metre, corner = stage.metre(z), stage.at(x - 0.45, z, 8.2)
    colour = QColor(rng.choice(("#ff4d5a", "#ffb02e", "#35c9a5", "#4d8dff", "#d65cff")))
    shown = colour if stage.light.lamps else stage.light.shade(colour, 0.85)
    stage.box(corner.x(), corner.y(), 0.9 * metre, 3.6 * metre, shown, 0.15 * metre)
    for i in range(3):
        letter = QRectF(corner.x() + 0.2 * metre, corner.y() + (0.3 + 1.1 * i) * metre, 0.5 * metre, 0.7 * metre)
        stage.box(letter.x(), letter.y(), letter.width(), letter.height(), QColor(255, 255, 255, 220), 0.1 * metre)
    stage.glow(corner + QPointF(0.45 * metre, 1.8 * metre), 4 * metre, colour.name(), 0.4 * stage.light.lamps)
