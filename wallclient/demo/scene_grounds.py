"""The demo city's open and covered places: a square, a checkpoint, a school's gate, a station's hall."""

import math
import random

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPen

from wallclient.demo import scene_parts as parts
from wallclient.demo.scene_movers import crossers, drivers, walkers
from wallclient.demo.scene_parts import HEIGHT, WIDTH, Stage
from wallclient.demo.scene_places import Place, zebra


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
        zebra(stage, 4.4, 0.75, 1.22)
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
