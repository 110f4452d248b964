"""The places of the demo city: for each, what stands still, what moves, and what hangs in front of it."""

import math
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


def _zebra(stage: Stage, half: float, z0: float, z1: float) -> None:
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
        _zebra(stage, 6.0, 2.6, 2.95)
        stage.ground(-60, 60, 0.6, 1.2, "#9c978e")
        _zebra(stage, 9.0, 0.82, 1.14)
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


def square(rng: random.Random) -> Place:
    """Return a square with a monument, a fountain and many people."""

    def background(stage: Stage, rng: random.Random) -> None:
        parts.sky(stage, rng)
        parts.skyline(stage, rng, 46, 88, 34)
        stage.ground(-80, 80, 0.6, 30, "#b6ab9b")
        for i in range(-24, 25):
            stage.ground(i * 2.4 - 0.04, i * 2.4 + 0.04, 0.6, 12, "#8d8477")
        z = 0.7
        while z < 12:
            stage.ground(-60, 60, z, z * 1.012, "#8d8477")
            z *= 1.22
        for x in (-19, -14, 14, 19):
            parts.tree(stage, rng, x, 4.6, 5.5)
        for x in (-11, 11):
            parts.lamp(stage, x, 3.2)
            parts.lamp(stage, x * 1.3, 1.7)
        _monument(stage)

    return Place(
        124,
        "#b6ab9b",
        background,
        lambda rng: [
            *walkers(rng, 26, (-13, 13), (1.15, 5.0), along=False),
            *walkers(rng, 10, (-8, 8), (1.2, 4.0), along=True),
        ],
        animate=_fountain,
    )


def _monument(stage: Stage) -> None:
    """Paint a clock tower on a stepped base."""
    z = 5.0
    metre = stage.metre(z)
    for width, low, high, tone in (
        (11, 0, 0.7, "#9d9384"),
        (8, 0.7, 1.5, "#b1a695"),
        (3.4, 1.5, 12.5, "#cbbfa8"),
        (4.2, 12.5, 13.2, "#a5987f"),
    ):
        corner = stage.at(-width / 2, z, high)
        stage.box(corner.x(), corner.y(), width * metre, (high - low) * metre, stage.light.shade(tone))
    shade = stage.at(0.5, z, 12.5)
    stage.box(shade.x(), shade.y(), 1.2 * metre, 11 * metre, QColor(0, 0, 0, 34))
    clock = stage.at(0, z, 11.0)
    stage.ellipse(
        clock, 1.25 * metre, 1.25 * metre, QColor("#fff4d0") if stage.light.lamps else stage.light.shade("#f2eee2")
    )
    stage.painter.setPen(QPen(QColor("#33302a"), 0.22 * metre))
    stage.painter.drawLine(clock, clock + QPointF(0.1 * metre, -0.9 * metre))
    stage.painter.drawLine(clock, clock + QPointF(0.65 * metre, 0.2 * metre))
    stage.glow(clock, 5 * metre, "#ffdf9a", 0.5 * stage.light.lamps)


def _fountain(stage: Stage, loop: float) -> None:
    """Paint jets of water before the monument."""
    z = 3.6
    metre, basin = stage.metre(z), stage.at(0, z)
    stage.ellipse(basin, 4.4 * metre, 0.9 * metre, stage.light.shade("#8a8578"))
    stage.ellipse(basin, 4.0 * metre, 0.75 * metre, stage.light.shade("#6fa3b8"))
    for jet in range(5):
        rise = 1.5 + 0.5 * math.sin(2 * math.pi * (6 * loop + jet / 5))
        x = (jet - 2) * 1.2
        for drop in range(7):
            up = rise * (drop + 1) / 7
            colour = QColor("#e8f6ff")
            colour.setAlpha(200 - 22 * drop)
            stage.ellipse(stage.at(x, z, up), (0.10 + 0.03 * drop) * metre, 0.14 * metre, colour)


def checkpoint(rng: random.Random) -> Place:
    """Return a checkpoint on a motorway: booths under a canopy, one lane each."""

    def background(stage: Stage, rng: random.Random) -> None:
        parts.sky(stage, rng)
        parts.hills(stage, rng)
        stage.ground(-80, 80, 0.6, 50, "#6d7a5e")
        stage.ground(-14, 14, 0.6, 50, "#55585c")
        for x in (-8.4, -2.8, 2.8, 8.4):
            stage.ground(x - 0.9, x + 0.9, 2.2, 4.2, "#c9b458")
            stage.ground(x - 0.08, x + 0.08, 0.6, 2.2, "#e0e0d8")
            _booth(stage, x)

    def foreground(stage: Stage) -> None:
        left, right = stage.at(-15, 2.8, 7.4), stage.at(15, 2.8, 5.6)
        stage.box(left.x(), left.y(), right.x() - left.x(), right.y() - left.y(), stage.light.shade("#c5cad0"), 2)
        stage.box(left.x(), right.y() - 5, right.x() - left.x(), 5, stage.light.shade("#2d5f9e", 1.1))
        for lane, x in enumerate((-5.6, 0.0, 5.6)):
            metre, sign = stage.metre(2.8), stage.at(x, 2.8, 7.1)
            stage.box(sign.x() - 1.1 * metre, sign.y(), 2.2 * metre, 0.95 * metre, QColor("#10151a"), 1.5)
            stage.box(
                sign.x() - 0.8 * metre,
                sign.y() + 0.3 * metre,
                1.6 * metre,
                0.34 * metre,
                QColor("#39e27d" if lane != 1 else "#ffb638"),
            )
            stage.glow(stage.at(x, 2.8, 5.2), 3 * metre, "#fff2cf", 0.55 * stage.light.lamps)

    lanes = [(-5.6, True), (0.0, True), (5.6, True)]
    return Place(132, "#6d7a5e", background, lambda rng: drivers(rng, lanes, 9.0, 0.8, 3), foreground)


def _booth(stage: Stage, x: float) -> None:
    metre, corner = stage.metre(2.8), stage.at(x - 0.7, 2.8, 2.9)
    stage.box(corner.x(), corner.y(), 1.4 * metre, 2.9 * metre, stage.light.shade("#d5d8da"), 1)
    glass = QColor("#ffe7ad") if stage.light.lamps else stage.light.shade("#5d788c")
    stage.box(corner.x() + 0.15 * metre, corner.y() + 0.4 * metre, 1.1 * metre, 1.1 * metre, glass, 1)
    post = stage.at(x, 2.8, 7.4)
    stage.box(post.x() - 0.2 * metre, post.y(), 0.4 * metre, 4.5 * metre, stage.light.shade("#8b9096"))


def school(rng: random.Random) -> Place:
    """Return a school gate with its yard, pupils and parents."""

    def background(stage: Stage, rng: random.Random) -> None:
        parts.sky(stage, rng)
        parts.skyline(stage, rng, 20, 52)
        stage.ground(-80, 80, 0.6, 40, "#a8a296")
        _school_house(stage, rng)
        stage.ground(-5, 5, 2.6, 5.0, "#b8584a")
        for x in (-16, -12, 12, 16):
            parts.tree(stage, rng, x, 3.6, 5.0)
        for low, high, x0, x1 in ((0.0, 2.0, -24, -6), (0.0, 2.0, 6, 24)):
            a, b = stage.at(x0, 2.6, high), stage.at(x1, 2.6, low)
            stage.box(a.x(), a.y(), b.x() - a.x(), b.y() - a.y(), stage.light.shade("#b5785a"))
            stage.box(a.x(), a.y() - 2, b.x() - a.x(), 4, stage.light.shade("#d8cfc0"))
        for x in (-6, 6):
            post = stage.at(x - 0.6, 2.6, 4.4)
            metre = stage.metre(2.6)
            stage.box(post.x(), post.y(), 1.2 * metre, 4.4 * metre, stage.light.shade("#c8bba5"))
        beam, metre = stage.at(-6.6, 2.6, 5.2), stage.metre(2.6)
        stage.box(beam.x(), beam.y(), 13.2 * metre, 0.95 * metre, stage.light.shade("#a63a32"), 2)
        for i in range(6):
            sign = stage.at(-3.6 + 1.3 * i, 2.6, 5.05)
            stage.box(sign.x(), sign.y(), 0.7 * metre, 0.65 * metre, QColor("#f3d27a"), 1)
        stage.ground(-60, 60, 0.6, 1.25, "#4b4e53")
        _zebra(stage, 4.4, 0.75, 1.22)
        for side in (-1, 1):
            parts.lamp(stage, side * 9.5, 1.8)

    return Place(
        120,
        "#a8a296",
        background,
        lambda rng: [
            *walkers(rng, 15, (-4.4, 4.4), (1.35, 4.2), along=True, height=1.4, bags=0.3),
            *walkers(rng, 9, (-11, 11), (1.4, 2.3), along=False),
            *crossers(rng, [(1.05, True)], 12, 1),
        ],
    )


def _school_house(stage: Stage, rng: random.Random) -> None:
    metre, corner = stage.metre(6), stage.at(-17, 6, 13)
    stage.box(corner.x(), corner.y(), 34 * metre, 13 * metre, stage.light.shade("#d9cdb8"))
    stage.box(corner.x(), corner.y(), 34 * metre, 0.8 * metre, stage.light.shade("#8e4a3e"))
    for storey in range(4):
        for column in range(13):
            window = stage.at(-16.2 + 2.55 * column, 6, 12 - 3 * storey)
            stage.box(window.x(), window.y(), 1.8 * metre, 1.7 * metre, parts.window_colour(stage.light, rng))


def hall(rng: random.Random) -> Place:
    """Return a railway station's hall: shining floor, columns, a departure board."""

    def background(stage: Stage, rng: random.Random) -> None:
        dim = 1.0 if stage.light.lamps < 1 else 0.8
        wall = QLinearGradient(0, 0, 0, HEIGHT)
        for position, colour in ((0.0, "#2c3440"), (0.35, "#77828e"), (0.42, "#b7b3a8"), (1.0, "#8a857a")):
            tone = QColor(colour)
            wall.setColorAt(position, QColor.fromHsv(tone.hue(), tone.saturation(), int(tone.value() * dim)))
        stage.painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), wall)
        _hall_windows(stage)
        for i in range(-14, 15):
            line = [
                stage.at(i * 3.0 - 0.03, 9),
                stage.at(i * 3.0 + 0.03, 9),
                stage.at(i * 3.0 + 0.05, 0.6),
                stage.at(i * 3.0 - 0.05, 0.6),
            ]
            stage.polygon(line, QColor(60, 58, 52, 70))
        for z in (7.0, 4.4, 2.9, 1.9):
            _hall_bay(stage, z)
        _board(stage, rng)

    return Place(
        116,
        "#8a857a",
        background,
        lambda rng: [
            *walkers(rng, 24, (-9, 9), (1.3, 6.0), along=False, bags=0.6),
            *walkers(rng, 12, (-7, 7), (1.2, 5.0), along=True, bags=0.6),
        ],
    )


def _hall_windows(stage: Stage) -> None:
    """Paint the glass front at the end of the hall, with the sky of the hour in it, and its reflection."""
    left, right = stage.at(-26, 9, 15), stage.at(26, 9, 0)
    glass = QLinearGradient(0, left.y(), 0, right.y())
    glass.setColorAt(0, QColor(stage.light.sky[1]))
    glass.setColorAt(1, QColor(stage.light.sky[2]))
    stage.painter.fillRect(QRectF(left, right), glass)
    stage.painter.setPen(QPen(QColor("#3a424d"), 1.4))
    for i in range(14):
        x = left.x() + (right.x() - left.x()) * i / 13
        stage.painter.drawLine(QPointF(x, left.y()), QPointF(x, right.y()))
    shine = QLinearGradient(0, right.y(), 0, HEIGHT)
    bright = QColor(stage.light.sky[2])
    bright.setAlpha(110)
    shine.setColorAt(0, bright)
    bright.setAlpha(0)
    shine.setColorAt(1, bright)
    stage.painter.fillRect(QRectF(0, right.y(), WIDTH, HEIGHT), shine)


def _hall_bay(stage: Stage, z: float) -> None:
    """Paint a pair of columns, what they mirror on the floor, and a row of ceiling lights."""
    metre = stage.metre(z)
    for side in (-1, 1):
        corner = stage.at(side * 11 - 0.7, z, 15)
        top = max(40.0, corner.y())
        foot = stage.at(side * 11, z).y()
        stage.box(corner.x(), top, 1.4 * metre, foot - top, QColor("#c9c5ba"))
        stage.box(corner.x() + 1.0 * metre, top, 0.4 * metre, foot - top, QColor(0, 0, 0, 45))
        stage.box(corner.x(), foot, 1.4 * metre, 3.2 * metre, QColor(230, 226, 214, 38))
    for x in (-6, 0, 6):
        spot = stage.at(x, z, 12)
        if spot.y() > 38:
            stage.box(spot.x() - metre, spot.y(), 2 * metre, max(1.0, 0.18 * metre), QColor("#fffbe8"), 1)
            stage.glow(spot, 3 * metre, "#fff4cf", 0.35)
            stage.glow(stage.at(x, z, -2.0), 1.6 * metre, "#fff8e0", 0.16)


def _board(stage: Stage, rng: random.Random) -> None:
    """Paint the departure board."""
    metre, corner = stage.metre(5), stage.at(-8, 5, 9.6)
    stage.box(corner.x(), corner.y(), 16 * metre, 4.0 * metre, QColor("#0c1118"), 2)
    for row in range(5):
        y = corner.y() + (0.4 + 0.7 * row) * metre
        for x, width in ((0.5, 2.2), (3.4, 4.5), (8.6, 2.0), (11.6, 3.6)):
            colour = "#f6b73c" if x < 11 else rng.choice(("#3ddc84", "#3ddc84", "#ff6b5e"))
            stage.box(corner.x() + x * metre, y, width * rng.uniform(0.6, 1.0) * metre, 0.36 * metre, QColor(colour))


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
