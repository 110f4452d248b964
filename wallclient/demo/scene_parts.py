"""What demo scenes are made of: light, perspective, cars, people, buildings, lamps and trees, drawn with QPainter.

Lengths are metres on the ground, seen by a camera six metres up: `x` to the right of the middle, `z` the distance,
where 1 is the lower edge of the picture. The picture itself is 640 × 336 units whatever its size in pixels.
"""

import math
import random
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen, QPolygonF, QRadialGradient

WIDTH, HEIGHT = 640.0, 336.0
CAMERA_M = 6.0

CAR_COLOURS = ("#c8ccd2", "#23272e", "#8e1f22", "#1d3f7a", "#e9e6df", "#6b7078", "#3c5a46", "#d9a521")
SHIRT_COLOURS = ("#b23a48", "#2f6690", "#e8c547", "#5f8f5a", "#d8d8d8", "#40434e", "#8a5a9e", "#e07a3f")


@dataclass(frozen=True, slots=True)
class Light:
    """How a time of day colours things."""

    sky: tuple[str, str, str]  # zenith, middle, horizon
    ambient: tuple[float, float, float]  # factors for red, green, blue
    lit: float  # share of windows with light in them
    lamps: float  # strength of lamps and headlights, 0 … 1

    def shade(self, colour: str | QColor, factor: float = 1.0) -> QColor:
        """Return a surface colour under this light."""
        base = QColor(colour)
        channels = zip((base.red(), base.green(), base.blue()), self.ambient, strict=True)
        red, green, blue = (min(255, int(channel * tint * factor)) for channel, tint in channels)
        return QColor(red, green, blue, base.alpha())


LIGHTS = {
    "day": Light(("#5d95cf", "#9cc3e6", "#dfe9ee"), (1.0, 0.99, 0.96), 0.06, 0.0),
    "dusk": Light(("#2d3a66", "#8a5f7d", "#f0a868"), (0.72, 0.58, 0.56), 0.45, 0.7),
    "night": Light(("#070b18", "#0f1830", "#26304a"), (0.30, 0.34, 0.46), 0.55, 1.0),
}


class Stage:
    """A painter with perspective: puts things that stand on the ground into the picture."""

    def __init__(self, painter: QPainter, light: Light, horizon: float) -> None:
        self.painter = painter
        self.light = light
        self.horizon = horizon

    def metre(self, z: float) -> float:
        """Return how many units a metre takes at distance `z`."""
        return (HEIGHT - self.horizon) / CAMERA_M / z

    def at(self, x: float, z: float, up: float = 0.0) -> QPointF:
        """Return where a point `up` metres above the ground is seen."""
        metre = self.metre(z)
        return QPointF(WIDTH / 2 + x * metre, self.horizon + (CAMERA_M - up) * metre)

    def polygon(self, points: list[QPointF], colour: QColor | QBrush) -> None:
        """Fill a polygon without outline."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawPolygon(QPolygonF(points))

    def ground(self, x0: float, x1: float, z0: float, z1: float, colour: str, factor: float = 1.0) -> None:
        """Paint a rectangle lying on the ground."""
        points = [self.at(x0, z0), self.at(x1, z0), self.at(x1, z1), self.at(x0, z1)]
        self.polygon(points, self.light.shade(colour, factor))

    def glow(self, center: QPointF, radius: float, colour: str, strength: float) -> None:
        """Paint a soft light."""
        if strength <= 0 or radius < 0.3:
            return
        inner, outer = QColor(colour), QColor(colour)
        inner.setAlphaF(min(1.0, strength))
        outer.setAlpha(0)
        gradient = QRadialGradient(center, radius)
        gradient.setColorAt(0, inner)
        gradient.setColorAt(1, outer)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(gradient)
        self.painter.drawEllipse(center, radius, radius)

    def ellipse(self, center: QPointF, rx: float, ry: float, colour: QColor) -> None:
        """Fill an ellipse without outline."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawEllipse(center, rx, ry)

    def box(self, x: float, y: float, w: float, h: float, colour: QColor, radius: float = 0.0) -> None:
        """Fill a rectangle given in units."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawRoundedRect(QRectF(x, y, w, h), radius, radius)


def sky(stage: Stage, rng: random.Random) -> None:
    """Paint the sky with clouds, or stars and a moon."""
    zenith, middle, low = stage.light.sky
    gradient = QLinearGradient(0, 0, 0, stage.horizon)
    for position, colour in ((0.0, zenith), (0.6, middle), (1.0, low)):
        gradient.setColorAt(position, QColor(colour))
    stage.painter.fillRect(QRectF(0, 0, WIDTH, stage.horizon + 1), gradient)
    if stage.light.lamps == 1.0:
        for _ in range(60):
            point = QPointF(rng.uniform(0, WIDTH), rng.uniform(0, stage.horizon * 0.8))
            stage.ellipse(point, 0.6, 0.6, QColor(255, 255, 255, rng.randrange(40, 160)))
        moon = QPointF(rng.uniform(80, 560), 44)
        stage.glow(moon, 40, "#cdd8f0", 0.25)
        stage.ellipse(moon, 9, 9, QColor("#e8ecf4"))
        return
    for _ in range(7):
        x, y = rng.uniform(0, WIDTH), rng.uniform(14, stage.horizon * 0.55)
        for _ in range(6):
            center = QPointF(x + rng.uniform(-34, 34), y + rng.uniform(-5, 5))
            stage.ellipse(center, rng.uniform(14, 34), rng.uniform(3, 7), QColor(255, 250, 245, 34))


def hills(stage: Stage, rng: random.Random) -> None:
    """Paint two ranges of hills in the haze behind a city."""
    for height, colour, factor in ((46, "#7f93a8", 1.0), (28, "#5f7a78", 0.95)):
        points = [QPointF(0, stage.horizon)]
        phase = rng.uniform(0, 6)
        for i in range(33):
            x = WIDTH * i / 32
            rise = 0.55 + 0.3 * math.sin(x / 90 + phase) + 0.15 * math.sin(x / 31 + 2 * phase)
            points.append(QPointF(x, stage.horizon - height * rise))
        points.append(QPointF(WIDTH, stage.horizon))
        stage.polygon(points, stage.light.shade(colour, factor))


def skyline(stage: Stage, rng: random.Random, low: float, high: float, step: float = 26) -> None:
    """Paint a row of towers standing on the horizon, their windows partly lit."""
    x = -10.0
    while x < WIDTH:
        width, height = rng.uniform(0.6, 1.5) * step, rng.uniform(low, high)
        wall = rng.choice(("#8d97a3", "#a39a90", "#77808c", "#9aa5ab", "#6c7480"))
        top = stage.horizon - height
        stage.box(x, top, width, height + 1, stage.light.shade(wall, rng.uniform(0.75, 1.0)))
        if rng.random() < 0.4:
            stage.box(x + width * 0.3, top - 6, width * 0.4, 6, stage.light.shade(wall, 0.7))
        _tower_windows(stage, rng, QRectF(x, top, width, height))
        x += width + rng.uniform(-2, 5)


def _tower_windows(stage: Stage, rng: random.Random, wall: QRectF) -> None:
    y = wall.top() + 4
    while y < wall.bottom() - 4:
        x = wall.left() + 3
        while x < wall.right() - 4:
            stage.box(x, y, 2.6, 3.2, window_colour(stage.light, rng))
            x += 5.4
        y += 6.6


def window_colour(light: Light, rng: random.Random) -> QColor:
    """Return the colour of a window, lit or not."""
    if rng.random() < light.lit:
        return QColor(rng.choice(("#ffd88a", "#ffe7b8", "#f7c873", "#cfe3ff")))
    return light.shade("#46586c", rng.uniform(0.7, 1.1))


def facade(stage: Stage, rng: random.Random, x: float, z0: float, z1: float, storeys: int) -> None:
    """Paint a house front along the street at `x`, from `z0` to `z1`, with shops on the ground floor."""
    storey_m, wall = 3.2, rng.choice(("#b9a78f", "#a8b0b4", "#c2b8a8", "#98857a", "#8f9aa6", "#b3927c"))
    height = storeys * storey_m
    side = 0.82 if x < 0 else 1.0
    points = [stage.at(x, z0), stage.at(x, z1), stage.at(x, z1, height), stage.at(x, z0, height)]
    stage.polygon(points, stage.light.shade(wall, side * rng.uniform(0.85, 1.05)))
    columns = max(2, round((z1 - z0) * 2.2))
    for storey in range(storeys):
        for column in range(columns):
            a = z0 + (z1 - z0) * (column + 0.2) / columns
            b = z0 + (z1 - z0) * (column + 0.8) / columns
            low, high = storey * storey_m + (0.3 if storey == 0 else 1.0), (storey + 1) * storey_m - 0.6
            colour = _shop_colour(stage.light, rng) if storey == 0 else window_colour(stage.light, rng)
            stage.polygon(
                [stage.at(x, a, low), stage.at(x, b, low), stage.at(x, b, high), stage.at(x, a, high)], colour
            )
    sign = QColor(rng.choice(("#d8463a", "#e5a32e", "#2c8f73", "#3566b8", "#b8417e")))
    band = [stage.at(x, z0, 2.9), stage.at(x, z1, 2.9), stage.at(x, z1, 3.7), stage.at(x, z0, 3.7)]
    stage.polygon(band, sign if stage.light.lamps else stage.light.shade(sign, 0.9))


def _shop_colour(light: Light, rng: random.Random) -> QColor:
    if light.lamps:
        return QColor(rng.choice(("#ffe9b0", "#ffd27a", "#e8f1ff", "#ffc9a0")))
    return light.shade(rng.choice(("#5d6f7d", "#6d7b84", "#7c6f5e")))


def lamp(stage: Stage, x: float, z: float) -> None:
    """Paint a street lamp and the light it throws."""
    metre, foot, head = stage.metre(z), stage.at(x, z), stage.at(x - math.copysign(1.2, x), z, 7.5)
    stage.painter.setPen(QPen(stage.light.shade("#50565e"), max(0.8, 0.16 * metre)))
    stage.painter.drawLine(foot, stage.at(x, z, 7.5))
    stage.painter.drawLine(stage.at(x, z, 7.5), head)
    stage.ellipse(
        head, 0.4 * metre, 0.16 * metre, QColor("#fff3cf") if stage.light.lamps else stage.light.shade("#d8d8d0")
    )
    if stage.light.lamps:
        stage.glow(head, 3.2 * metre, "#ffcf80", 0.75 * stage.light.lamps)
        stage.painter.save()
        stage.painter.translate(stage.at(x - math.copysign(1.8, x), z))
        stage.painter.scale(1.0, 0.28)
        stage.glow(QPointF(0, 0), 5.5 * metre, "#ffc873", 0.30 * stage.light.lamps)
        stage.painter.restore()


def tree(stage: Stage, rng: random.Random, x: float, z: float, height: float = 5.5) -> None:
    """Paint a tree with a round crown."""
    metre = stage.metre(z)
    stage.painter.setPen(QPen(stage.light.shade("#5a4636"), max(0.8, 0.3 * metre)))
    stage.painter.drawLine(stage.at(x, z), stage.at(x, z, height * 0.6))
    crown = stage.at(x, z, height * 0.75)
    for i in range(9):
        offset = QPointF(rng.uniform(-1.3, 1.3) * metre, rng.uniform(-1.2, 1.0) * metre)
        green = rng.choice(("#3f6b3a", "#4d7d42", "#37602f", "#5b8a4a"))
        stage.ellipse(crown + offset, 1.15 * metre, 1.0 * metre, stage.light.shade(green, 0.8 + 0.05 * i))


def car(stage: Stage, x: float, z: float, colour: str, *, toward: bool, bus: bool = False) -> None:
    """Paint a car from the front (`toward` the camera) or from behind."""
    metre, foot = stage.metre(z), stage.at(x, z)
    width, body, cabin = (2.5, 1.2, 1.9) if bus else (1.85, 0.78, 0.62)
    left, y = foot.x() - width * metre / 2, foot.y()
    stage.ellipse(foot, width * 0.62 * metre, 0.22 * metre, QColor(0, 0, 0, 90))
    for side in (0.06, 0.74):
        stage.box(left + side * width * metre, y - 0.34 * metre, 0.2 * width * metre, 0.36 * metre, QColor("#111214"))
    top = y - (body + 0.22 + cabin) * metre
    inset = (0.04 if bus else 0.16) * width * metre
    roof = [
        QPointF(left + 0.05 * metre, y - (body + 0.1) * metre),
        QPointF(left + inset, top),
        QPointF(left + width * metre - inset, top),
        QPointF(left + width * metre - 0.05 * metre, y - (body + 0.1) * metre),
    ]
    stage.polygon(roof, stage.light.shade(colour, 0.85))
    glass = stage.light.shade("#5c7488" if toward else "#3d4c5a")
    stage.box(
        left + 1.35 * inset, top + 0.12 * metre, width * metre - 2.7 * inset, (cabin - 0.12) * metre, glass, 0.1 * metre
    )
    stage.box(left, y - (body + 0.22) * metre, width * metre, body * metre, stage.light.shade(colour), 0.16 * metre)
    stage.box(left, y - 0.5 * metre, width * metre, 0.26 * metre, stage.light.shade(colour, 0.6), 0.1 * metre)
    _car_lights(stage, left, y - 0.82 * metre, width * metre, metre, toward)


def _car_lights(stage: Stage, left: float, y: float, width: float, metre: float, toward: bool) -> None:
    bright = QColor("#fff6dc" if toward else "#ff3b30")
    colour = bright if stage.light.lamps else QColor("#e6e9ea" if toward else "#9e1f1b")
    for part in (0.04, 0.76):
        stage.box(left + part * width, y, 0.2 * width, 0.2 * metre, colour, 0.05 * metre)
        center = QPointF(left + (part + 0.1) * width, y + 0.1 * metre)
        stage.glow(center, (1.7 if toward else 0.9) * metre, bright.name(), 0.75 * stage.light.lamps)
    if toward and stage.light.lamps:
        stage.painter.save()
        stage.painter.translate(left + width / 2, y + 1.1 * metre)
        stage.painter.scale(1.0, 0.3)
        stage.glow(QPointF(0, 0), 2.6 * metre, "#fff0c8", 0.35 * stage.light.lamps)
        stage.painter.restore()


def side_car(stage: Stage, x: float, z: float, colour: str, *, to_right: bool, bus: bool = False) -> None:
    """Paint a car that crosses the picture."""
    metre, foot = stage.metre(z), stage.at(x, z)
    length, body, cabin = (9.5, 1.3, 1.5) if bus else (4.4, 0.75, 0.65)
    left, y = foot.x() - length * metre / 2, foot.y()
    stage.ellipse(foot, length * 0.54 * metre, 0.2 * metre, QColor(0, 0, 0, 90))
    c0, c1 = (0.02, 0.98) if bus else (0.2, 0.82)
    top = y - (body + 0.3 + cabin) * metre
    slope = 0.0 if bus else 0.09
    roof = [
        QPointF(left + c0 * length * metre, y - (body + 0.2) * metre),
        QPointF(left + (c0 + slope) * length * metre, top),
        QPointF(left + (c1 - slope) * length * metre, top),
        QPointF(left + c1 * length * metre, y - (body + 0.2) * metre),
    ]
    stage.polygon(roof, stage.light.shade(colour, 0.85))
    stage.box(left, y - (body + 0.3) * metre, length * metre, body * metre, stage.light.shade(colour), 0.25 * metre)
    inside = QColor("#ffe2a0") if bus and stage.light.lamps else stage.light.shade("#4b6072")
    panes = 7 if bus else 2
    start, span = c0 + slope + 0.03, c1 - c0 - 2 * slope - 0.06
    for pane in range(panes):
        px = left + (start + span * pane / panes) * length * metre
        stage.box(
            px, top + 0.14 * metre, span / panes * 0.88 * length * metre, (cabin - 0.2) * metre, inside, 0.06 * metre
        )
    for part in (0.2, 0.8):
        wheel = QPointF(left + part * length * metre, y - 0.3 * metre)
        stage.ellipse(wheel, 0.34 * metre, 0.34 * metre, QColor("#101114"))
        stage.ellipse(wheel, 0.16 * metre, 0.16 * metre, stage.light.shade("#9aa0a6"))
    front = left + (length * metre if to_right else 0.0)
    rear = left + (0.0 if to_right else length * metre)
    stage.glow(QPointF(front, y - 0.75 * metre), 2.2 * metre, "#fff3d0", 0.8 * stage.light.lamps)
    stage.glow(QPointF(rear, y - 0.75 * metre), 0.9 * metre, "#ff3b30", 0.8 * stage.light.lamps)


def person(
    stage: Stage, x: float, z: float, shirt: str, swing: float, *, height: float = 1.72, bag: bool = False
) -> None:
    """Paint somebody walking; `swing` is the phase of the step in radians."""
    metre, foot = stage.metre(z), stage.at(x, z)
    stage.ellipse(foot, 0.42 * metre, 0.13 * metre, QColor(0, 0, 0, 80))
    hip, shoulder = stage.at(x, z, height * 0.5), stage.at(x, z, height * 0.82)
    stride = 0.24 * math.sin(swing)
    legs = QPen(stage.light.shade("#2a2e3a"), max(1.0, 0.19 * metre))
    legs.setCapStyle(Qt.PenCapStyle.RoundCap)
    stage.painter.setPen(legs)
    for step in (stride, -stride):
        stage.painter.drawLine(hip, QPointF(foot.x() + step * metre, foot.y() - max(0.0, step) * 0.3 * metre))
    arms = QPen(stage.light.shade(shirt, 0.8), max(0.8, 0.14 * metre))
    arms.setCapStyle(Qt.PenCapStyle.RoundCap)
    stage.painter.setPen(arms)
    for side, step in ((-0.22, -stride), (0.22, stride)):
        hand = QPointF(hip.x() + (side + step * 0.8) * metre, hip.y() + 0.05 * metre)
        stage.painter.drawLine(QPointF(shoulder.x() + side * metre, shoulder.y()), hand)
    body_top = shoulder.y() - 0.08 * metre
    stage.box(
        hip.x() - 0.24 * metre,
        body_top,
        0.48 * metre,
        hip.y() - body_top + 0.06 * metre,
        stage.light.shade(shirt),
        0.16 * metre,
    )
    head = stage.at(x, z, height * 0.93)
    stage.ellipse(head, 0.14 * metre, 0.16 * metre, stage.light.shade("#d9a98a"))
    stage.ellipse(head - QPointF(0, 0.06 * metre), 0.15 * metre, 0.12 * metre, stage.light.shade("#2b211d"))
    if bag:
        stage.box(
            foot.x() + 0.35 * metre,
            foot.y() - 0.7 * metre,
            0.36 * metre,
            0.62 * metre,
            stage.light.shade("#70402e"),
            0.06 * metre,
        )
