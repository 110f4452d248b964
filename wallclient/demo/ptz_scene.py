"""What a demo PTZ camera can look at: a part of the city all around it, drawn in degrees, sharp at any zoom.

The unit is a degree: `x` to the right of the camera's zero, `y` downwards from the horizon, 400 x 160 of them. Things
are drawn one by one and know where they are, so that a small part is drawn quickly. What stands where fits the presets
every camera has from the start (`wallclient.demo.ptz_memory.LANDMARKS`).
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF, QRadialGradient

from wallclient.demo.scene_parts import CAR_COLOURS, LIGHTS, SHIRT_COLOURS, Light

WORLD = QRectF(-205, -112, 410, 164)
FONTS = ["Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "sans-serif"]
_WALLS = ("#8d97a3", "#a39a90", "#77808c", "#9aa5ab", "#6c7480", "#b39a83", "#a78d7d")
_SIGNS = ("#d8463a", "#e5a32e", "#2c8f73", "#3566b8", "#b8417e")
_SHOPS = ("重庆小面", "老火锅", "便利店", "药房", "山城书店", "新华酒店", "通讯", "眼镜", "茶楼", "银行")
_ROAD = (5.6, 13.4)  # degrees below the horizon
_LANES = ((6.8, 1.0), (8.6, 1.0), (10.5, -1.0), (12.5, -1.0))  # degrees below the horizon, direction
_WALKS = ((4.9, 1.7), (14.8, 4.4))  # degrees below the horizon, height of a person there
POSES = 8  # of somebody walking
_ROUND_DEG = 400.0  # after so much a mover comes in again on the other side


@dataclass(frozen=True, slots=True)
class Item:
    """Something that stands still: where it is, and how it is drawn."""

    bounds: QRectF
    draw: Callable[[QPainter], None]


@dataclass(frozen=True, slots=True)
class Mover:
    """A car or somebody walking, on a line around the camera."""

    y: float
    x0: float
    speed_deg_s: float
    size: QRectF  # around the foot at (0, 0)
    draw: Callable[[QPainter, int], None]  # at the foot, in one of POSES
    poses_s: float = 0.0  # poses it takes a second

    def x(self, time_s: float) -> float:
        """Return where it is at a time."""
        return (self.x0 + self.speed_deg_s * time_s + _ROUND_DEG / 2) % _ROUND_DEG - _ROUND_DEG / 2

    def pose(self, time_s: float) -> int:
        """Return in which of POSES it is."""
        return int(self.x0 + self.poses_s * time_s) % POSES


@dataclass(frozen=True, slots=True)
class Panorama:
    """All that can be seen, the farthest first."""

    light: Light
    items: tuple[Item, ...]
    movers: tuple[Mover, ...]

    def draw(self, painter: QPainter, part: QRectF) -> None:
        """Draw what stands still in a part of it. The painter's unit is a degree."""
        for item in self.items:
            if item.bounds.intersects(part):
                item.draw(painter)

    def moving(self, part: QRectF, time_s: float) -> Iterator[tuple[Mover, QPointF]]:
        """Yield what moves in a part of it with the place of its foot, the farthest first."""
        for mover in self.movers:
            x = mover.x(time_s)
            if mover.size.translated(x, mover.y).intersects(part):
                yield mover, QPointF(x, mover.y)


def panorama(name: str) -> Panorama:
    """Return the surroundings of a name such as "dusk-3": light and seed. Raises KeyError."""
    light, rng = LIGHTS[name.split("-")[0]], random.Random(name)
    items = [_sky(light, rng), *_far(light, rng), _ground(light), *_near(light, rng), *_street(light, rng)]
    items += _landmarks(light)
    movers = [*_cars(light, rng), *_people(light, rng)]
    return Panorama(light, tuple(items), tuple(sorted(movers, key=lambda mover: mover.y)))


# --- drawing ---


def _fill(painter: QPainter, rect: QRectF, colour: QColor | QLinearGradient, radius: float = 0.0) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if radius:
        painter.drawRoundedRect(rect, radius, radius)
    else:
        painter.drawRect(rect)


def _polygon(painter: QPainter, points: list[tuple[float, float]], colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _text(painter: QPainter, words: str, center: QPointF, height: float, colour: QColor) -> None:
    """Write words as outlines: letters of a few hundredths of a degree are beyond any font size."""
    font = QFont(FONTS)
    font.setPixelSize(64)
    font.setWeight(QFont.Weight.Bold)
    path = QPainterPath()
    path.addText(0, 0, font, words)
    box = path.boundingRect()
    painter.save()
    painter.translate(center)
    painter.scale(height / 64, height / 64)
    painter.translate(-box.center())
    painter.fillPath(path, colour)
    painter.restore()


def _sign(painter: QPainter, words: str, rect: QRectF, colour: QColor, ink: QColor | None = None) -> None:
    _fill(painter, rect, colour, rect.height() * 0.12)
    height = min(rect.height() * 0.72, rect.width() / max(1, len(words)) * 0.9)
    _text(painter, words, rect.center(), height, ink or QColor("#fff8e8"))


# --- what stands far away ---


def _sky(light: Light, rng: random.Random) -> Item:
    clouds = [
        (rng.uniform(-200, 200), -rng.uniform(8, 80), rng.uniform(4, 14), rng.uniform(0.8, 2.4)) for _ in range(70)
    ]
    stars = [(rng.uniform(-200, 200), -rng.uniform(5, 108), rng.uniform(0.04, 0.12)) for _ in range(700)]

    def draw(painter: QPainter) -> None:
        gradient = QLinearGradient(0, -70, 0, 0)
        for position, colour in zip((0.0, 0.65, 1.0), light.sky, strict=True):
            gradient.setColorAt(position, QColor(colour))
        _fill(painter, WORLD, gradient)
        if light.lamps == 1.0:
            for x, y, size in stars:
                _fill(painter, QRectF(x, y, size, size), QColor(255, 255, 255, 150))
            return
        painter.setBrush(QColor(255, 250, 245, 46))
        for x, y, rx, ry in clouds:
            for part in range(4):
                painter.drawEllipse(QPointF(x + (part - 1.5) * rx * 0.5, y + part % 2 * ry * 0.4), rx, ry)

    return Item(WORLD, draw)


def _far(light: Light, rng: random.Random) -> list[Item]:
    items = [_hills(light, rng.uniform(0, 6), height, tone) for height, tone in ((7.0, "#7f93a8"), (4.5, "#5f7a78"))]
    x = WORLD.left()
    while x < WORLD.right():
        width, height = rng.uniform(1.8, 4.6), rng.uniform(2.5, 9.5)
        items.append(_tower(light, rng, QRectF(x, -height, width, height + 0.3), 0.42, 0.7))
        x += width + rng.uniform(-0.5, 0.7)
    return items


def _hills(light: Light, phase: float, height: float, tone: str) -> Item:
    points = [(WORLD.left(), 0.0)]
    for step in range(206):
        x = WORLD.left() + 2 * step
        rise = 0.55 + 0.3 * math.sin(x / 23 + phase) + 0.15 * math.sin(x / 7 + 2 * phase)
        points.append((x, -height * rise))
    points.append((WORLD.right(), 0.0))
    bounds = QRectF(WORLD.left(), -height, WORLD.width(), height)
    return Item(bounds, lambda painter: _polygon(painter, points, light.shade(tone)))


def _tower(light: Light, rng: random.Random, wall: QRectF, across: float, down: float) -> Item:
    """A building seen from the front, its windows `across` by `down` apart, some of them lit."""
    colour = light.shade(rng.choice(_WALLS), rng.uniform(0.75, 1.0))
    columns, rows = int((wall.width() - across * 0.6) / across), int((wall.height() - down) / down)
    glass = [[_window(light, rng) for _ in range(columns)] for _ in range(rows)]
    left = wall.left() + (wall.width() - columns * across) / 2

    def draw(painter: QPainter) -> None:
        _fill(painter, wall, colour)
        _fill(painter, QRectF(wall.right() - wall.width() * 0.12, wall.top(), wall.width() * 0.12, wall.height()), _DIM)
        for row, line in enumerate(glass):
            y = wall.top() + down * (row + 0.35)
            for column, tone in enumerate(line):
                x = left + across * (column + 0.18)
                _fill(painter, QRectF(x, y, across * 0.64, down * 0.55), tone)
                _fill(painter, QRectF(x + across * 0.3, y, across * 0.04, down * 0.55), _DIM)

    return Item(wall, draw)


_DIM = QColor(0, 0, 0, 46)


def _window(light: Light, rng: random.Random) -> QColor:
    if rng.random() < light.lit:
        return QColor(rng.choice(("#ffd88a", "#ffe7b8", "#f7c873", "#cfe3ff")))
    return light.shade("#46586c", rng.uniform(0.7, 1.1))


# --- what stands near ---


def _ground(light: Light) -> Item:
    bounds = QRectF(WORLD.left(), 0, WORLD.width(), WORLD.bottom())

    def draw(painter: QPainter) -> None:
        _fill(painter, bounds, light.shade("#8b8a80"))
        _fill(painter, QRectF(bounds.left(), 3.6, bounds.width(), 2.0), light.shade("#a8a296"))
        _fill(painter, QRectF(bounds.left(), _ROAD[0], bounds.width(), _ROAD[1] - _ROAD[0]), light.shade("#4b4e53"))
        _fill(painter, QRectF(bounds.left(), _ROAD[1], bounds.width(), 4.0), light.shade("#a8a296"))
        white = light.shade("#e8e6dd")
        _fill(painter, QRectF(bounds.left(), 9.5, bounds.width(), 0.08), light.shade("#e0b43c", 1.1))
        _fill(painter, QRectF(bounds.left(), 9.7, bounds.width(), 0.08), light.shade("#e0b43c", 1.1))
        x = bounds.left()
        while x < bounds.right():
            _fill(painter, QRectF(x, 7.65, 1.6, 0.1), white)
            _fill(painter, QRectF(x + 1.1, 11.5, 1.9, 0.13), white)
            x += 4.0
        y = 18.0
        while y < WORLD.bottom():  # paving, larger the nearer
            _fill(painter, QRectF(bounds.left(), y, bounds.width(), 0.12), light.shade("#77766d"))
            y *= 1.13

    return Item(bounds, draw)


def _near(light: Light, rng: random.Random) -> list[Item]:
    items: list[Item] = []
    x = WORLD.left()
    while x < WORLD.right():
        width, height = rng.uniform(8, 15), rng.uniform(8, 30)
        if rng.random() < 0.62:  # the far city shows in between
            wall = QRectF(x, 3.6 - height, width, height)
            items += [_tower(light, rng, wall, rng.uniform(0.9, 1.3), rng.uniform(1.2, 1.5)), _shop(light, rng, wall)]
            if rng.random() < 0.5:
                items.append(_roof_sign(rng.choice(_SHOPS), wall))
        x += width + rng.uniform(0.4, 5)
    return items


def _shop(light: Light, rng: random.Random, wall: QRectF) -> Item:
    """The ground floor of a building: shop windows under a sign."""
    words, colour = rng.choice(_SHOPS), QColor(rng.choice(_SIGNS))
    glass = QColor("#ffe9b0") if light.lamps else light.shade("#5d6f7d")
    floor = QRectF(wall.left(), wall.bottom() - 1.8, wall.width(), 1.8)

    def draw(painter: QPainter) -> None:
        _fill(painter, floor, light.shade("#3d4046"))
        for part in range(4):
            pane = QRectF(
                floor.left() + floor.width() * (part + 0.06) / 4, floor.top() + 0.75, floor.width() * 0.22, 1.0
            )
            _fill(painter, pane, glass)
            _fill(painter, QRectF(pane.center().x() - 0.03, pane.top(), 0.06, pane.height()), light.shade("#2b2e33"))
        _sign(painter, words, QRectF(floor.left() + 0.3, floor.top(), floor.width() - 0.6, 0.65), colour)

    return Item(floor, draw)


def _roof_sign(words: str, wall: QRectF) -> Item:
    height = 1.9
    sign = QRectF(wall.left() + wall.width() * 0.15, wall.top() - height - 0.2, wall.width() * 0.7, height)
    return Item(sign, lambda painter: _sign(painter, words, sign, QColor("#23272e"), QColor("#ff5a4d")))


def _street(light: Light, rng: random.Random) -> list[Item]:
    """Trees and numbered lamp posts along both sides of the road."""
    items = []
    for step in range(-25, 26):
        items.append(_tree(light, rng, step * 8.0 + rng.uniform(-1, 1), 5.0, 3.2))
        items.append(_lamp(light, step * 16.0 + 4.0, 5.3, 5.5, step + 26))
    for step in range(-16, 17):
        items.append(_tree(light, rng, step * 12.5 + rng.uniform(-2, 2), 26.0, 8.0))
    return items


def _tree(light: Light, rng: random.Random, x: float, foot: float, height: float) -> Item:
    leaves = [
        (
            rng.uniform(-0.34, 0.34) * height,
            rng.uniform(-0.95, -0.45) * height,
            rng.choice(("#3f6b3a", "#4d7d42", "#37602f")),
        )
        for _ in range(14)
    ]

    def draw(painter: QPainter) -> None:
        _fill(
            painter, QRectF(x - height * 0.03, foot - height * 0.6, height * 0.06, height * 0.6), light.shade("#5a4636")
        )
        for dx, dy, green in leaves:
            painter.setBrush(light.shade(green, 1.1))
            painter.drawEllipse(QPointF(x + dx, foot + dy), height * 0.2, height * 0.17)

    return Item(QRectF(x - height * 0.6, foot - height * 1.2, height * 1.2, height * 1.2), draw)


def _lamp(light: Light, x: float, foot: float, height: float, number: int) -> Item:
    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(light.shade("#50565e"), 0.12))
        painter.drawLine(QPointF(x, foot), QPointF(x, foot - height))
        painter.drawLine(QPointF(x, foot - height), QPointF(x + 1.0, foot - height + 0.1))
        glow = QColor("#fff3cf") if light.lamps else light.shade("#d8d8d0")
        _fill(painter, QRectF(x + 0.5, foot - height + 0.05, 0.8, 0.2), glow, 0.1)
        if light.lamps:
            shine = QRadialGradient(QPointF(x + 0.9, foot - height + 0.2), 1.5)
            shine.setColorAt(0, QColor(255, 207, 128, int(190 * light.lamps)))
            shine.setColorAt(1, QColor(255, 207, 128, 0))
            painter.setBrush(shine)
            painter.drawEllipse(QPointF(x + 0.9, foot - height + 0.2), 1.5, 1.5)
        _sign(painter, f"灯杆{number:02d}", QRectF(x - 0.42, foot - 2.2, 0.84, 0.34), QColor("#1f4f8f"))

    return Item(QRectF(x - 1, foot - height - 1.5, 4, height + 1.6), draw)


# --- what the presets look at ---


def _landmarks(light: Light) -> list[Item]:
    crossings = [_crossing(light, 48.0, "东侧路口"), _crossing(light, -52.0, "西侧路口")]
    places = [
        _underground(light, 105.0),
        _car_park(light, 152.0),
        _bus_stop(light, -100.0),
        _clock_tower(light, -143.0),
    ]
    return [*crossings, *places]


def _crossing(light: Light, x: float, words: str) -> Item:
    def draw(painter: QPainter) -> None:
        for bar in range(9):
            y = _ROAD[0] + 0.25 + bar * 0.86
            wide = 3.0 + bar * 0.14
            _fill(painter, QRectF(x - wide / 2, y, wide, 0.46), light.shade("#e8e6dd"))
        painter.setPen(QPen(light.shade("#5a6068"), 0.16))
        painter.drawLine(QPointF(x + 3.4, 5.5), QPointF(x + 3.4, -1.2))
        painter.drawLine(QPointF(x + 3.4, -1.0), QPointF(x - 1.6, -1.0))
        for index, colour in enumerate(("#e04338", "#5a5140", "#3d5546")):
            _fill(painter, QRectF(x - 1.5 + index * 0.62, -0.85, 0.56, 0.56), QColor("#15181c"), 0.1)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(x - 1.22 + index * 0.62, -0.57), 0.2, 0.2)
        _sign(painter, words, QRectF(x + 0.6, -2.3, 2.7, 1.0), QColor("#1f5fa8"))

    return Item(QRectF(x - 4, -2.5, 8.5, 16.5), draw)


def _underground(light: Light, x: float) -> Item:
    def draw(painter: QPainter) -> None:
        _fill(painter, QRectF(x - 3.2, 2.0, 6.4, 3.3), light.shade("#9db2bd"))
        _fill(painter, QRectF(x - 1.6, 2.9, 3.2, 2.4), QColor("#ffe9b0") if light.lamps else light.shade("#39434c"))
        for step in range(6):
            _fill(painter, QRectF(x - 1.6, 4.0 + step * 0.22, 3.2, 0.05), light.shade("#20262b"))
        _sign(painter, "地铁站 2A出入口", QRectF(x - 3.2, 1.2, 6.4, 0.8), QColor("#127a4b"))
        _sign(
            painter, "首班 06:30  末班 22:30", QRectF(x + 1.75, 3.1, 1.35, 0.24), QColor("#f2f2ea"), QColor("#20262b")
        )

    return Item(QRectF(x - 3.4, 1.0, 6.8, 4.6), draw)


def _car_park(light: Light, x: float) -> Item:
    def draw(painter: QPainter) -> None:
        _fill(painter, QRectF(x - 4.5, 2.2, 9, 3.4), light.shade("#6f757c"))
        _fill(painter, QRectF(x - 2.6, 3.2, 5.2, 2.6), light.shade("#22262b"))
        _sign(painter, "P 停车场入口", QRectF(x - 4.2, 2.3, 5.6, 0.8), QColor("#1f5fa8"))
        _sign(painter, "余位 037", QRectF(x + 1.7, 2.35, 2.4, 0.7), QColor("#10151a"), QColor("#39e27d"))
        for part in range(10):
            colour = QColor("#d8463a" if part % 2 else "#f2f2ea")
            _fill(painter, QRectF(x - 2.4 + part * 0.46, 4.9, 0.46, 0.14), light.shade(colour))
        _fill(painter, QRectF(x - 2.8, 4.5, 0.4, 1.3), light.shade("#e0a030"))

    return Item(QRectF(x - 4.7, 2.0, 9.4, 4.0), draw)


def _bus_stop(light: Light, x: float) -> Item:
    lines = ("105 路  火车北站 — 朝天门", "112 路  解放碑 — 南坪", "151 路  杨家坪 — 江北城", "夜 301  观音桥 — 大坪")

    def draw(painter: QPainter) -> None:
        _fill(painter, QRectF(x - 4.2, 2.6, 8.4, 0.3), light.shade("#3c6e9e"))
        _fill(painter, QRectF(x - 4.0, 2.9, 0.16, 2.6), light.shade("#50565e"))
        _fill(painter, QRectF(x + 3.84, 2.9, 0.16, 2.6), light.shade("#50565e"))
        _fill(painter, QRectF(x - 3.6, 4.7, 4.4, 0.25), light.shade("#7c6f5e"))
        _sign(painter, "公交站台", QRectF(x - 2.0, 1.7, 4.0, 0.85), QColor("#1f5fa8"))
        _fill(painter, QRectF(x + 1.1, 3.1, 2.5, 1.9), QColor("#f4f1e4") if light.lamps else light.shade("#f4f1e4"))
        for index, words in enumerate(lines):
            _text(painter, words, QPointF(x + 2.35, 3.4 + index * 0.42), 0.17, QColor("#1c2a3a"))

    return Item(QRectF(x - 4.4, 1.5, 8.8, 4.2), draw)


def _clock_tower(light: Light, x: float) -> Item:
    face = QColor("#fff4d0") if light.lamps else light.shade("#f2eee2")

    def draw(painter: QPainter) -> None:
        _fill(painter, QRectF(x - 5, -10, 10, 13.6), light.shade("#a58c74"))
        _fill(painter, QRectF(x - 2.6, -17.5, 5.2, 8), light.shade("#cbbfa8"))
        _polygon(painter, [(x - 3.0, -17.5), (x, -21), (x + 3.0, -17.5)], light.shade("#7b4a3c"))
        painter.setBrush(face)
        painter.drawEllipse(QPointF(x, -14.0), 1.9, 1.9)
        for hour in range(12):
            angle = math.radians(hour * 30)
            center = QPointF(x + 1.6 * math.sin(angle), -14.0 - 1.6 * math.cos(angle))
            _text(painter, str(hour or 12), center, 0.4, QColor("#33302a"))
        painter.setPen(QPen(QColor("#33302a"), 0.12))
        painter.drawLine(QPointF(x, -14.0), QPointF(x + 0.15, -15.3))
        painter.drawLine(QPointF(x, -14.0), QPointF(x + 0.9, -13.7))

    return Item(QRectF(x - 5.2, -21.2, 10.4, 25), draw)


# --- what moves ---


def _cars(light: Light, rng: random.Random) -> list[Mover]:
    movers = []
    for y, direction in _LANES:
        scale, speed, x = 0.28 + y * 0.042, rng.uniform(4.5, 7.5) * direction, WORLD.left()
        while x < WORLD.right() - 12:  # one speed a lane: nobody runs into anybody
            movers.append(_car(light, rng.choice(CAR_COLOURS), scale, QPointF(x, y), speed, bus=rng.random() < 0.14))
            x += rng.uniform(9, 26)
    return movers


def _car(light: Light, colour: str, scale: float, at: QPointF, speed: float, *, bus: bool) -> Mover:
    length, height = (9.5, 3.0) if bus else (4.6, 1.45)
    length, height, front = length * scale, height * scale, math.copysign(1.0, speed)
    glass = QColor("#ffe2a0") if bus and light.lamps else light.shade("#4b6072")

    def draw(painter: QPainter, _pose: int) -> None:
        painter.scale(front, 1.0)
        _fill(painter, QRectF(-length * 0.54, -0.1 * scale, length * 1.08, 0.3 * scale), QColor(0, 0, 0, 90), 0.1)
        body = QRectF(-length / 2, -height * (1.0 if bus else 0.62), length, height * (0.9 if bus else 0.5))
        if not bus:
            roof = [(-0.32, -0.6), (-0.2, -1.0), (0.16, -1.0), (0.32, -0.6)]
            _polygon(painter, [(length * x, height * y) for x, y in roof], light.shade(colour, 0.85))
            panes = [(-0.26, -0.62), (-0.17, -0.93), (0.13, -0.93), (0.25, -0.62)]
            _polygon(painter, [(length * x, height * y) for x, y in panes], glass)
        _fill(painter, body, light.shade(colour), 0.2 * scale)
        for pane in range(7 if bus else 0):
            x = body.left() + length * (0.03 + pane * 0.135)
            _fill(painter, QRectF(x, body.top() + height * 0.15, length * 0.11, height * 0.32), glass)
        for part in (-0.3, 0.3):
            painter.setBrush(QColor("#101114"))
            painter.drawEllipse(QPointF(length * part, -0.3 * scale), 0.36 * scale, 0.36 * scale)
        lit = QColor("#fff3d0") if light.lamps else light.shade("#e6e9ea")
        _fill(painter, QRectF(length * 0.44, body.top() + height * 0.12, length * 0.06, 0.24 * scale), lit)
        _fill(
            painter, QRectF(-length * 0.5, body.top() + height * 0.12, length * 0.04, 0.24 * scale), QColor("#d8342a")
        )

    return Mover(at.y(), at.x(), speed, QRectF(-length * 0.6, -height * 1.2, length * 1.2, height * 1.4), draw)


def _people(light: Light, rng: random.Random) -> list[Mover]:
    movers = []
    for y, tall in _WALKS:
        for _ in range(90 if tall < 2 else 36):
            at = QPointF(rng.uniform(-200, 200), y + rng.uniform(-0.3, 0.5))
            speed = rng.uniform(0.5, 0.9) * tall / 1.7 * rng.choice((-1, 1))
            movers.append(_person(light, rng.choice(SHIRT_COLOURS), tall * rng.uniform(0.9, 1.05), at, speed))
    return movers


def _person(light: Light, shirt: str, tall: float, at: QPointF, speed: float) -> Mover:
    def draw(painter: QPainter, pose: int) -> None:
        swing = math.sin(2 * math.pi * pose / POSES) * 0.12 * tall
        painter.setPen(QPen(light.shade("#2f333b"), 0.09 * tall))
        painter.drawLine(QPointF(0, -0.45 * tall), QPointF(swing, 0))
        painter.drawLine(QPointF(0, -0.45 * tall), QPointF(-swing, 0))
        _fill(painter, QRectF(-0.12 * tall, -0.84 * tall, 0.24 * tall, 0.42 * tall), light.shade(shirt), 0.08 * tall)
        painter.setBrush(light.shade("#d9a77f"))
        painter.drawEllipse(QPointF(0, -0.92 * tall), 0.085 * tall, 0.095 * tall)

    size = QRectF(-0.3 * tall, -1.1 * tall, 0.6 * tall, 1.2 * tall)
    return Mover(at.y(), at.x(), speed, size, draw, abs(speed) / tall * 9.0 / (2 * math.pi) * POSES)
