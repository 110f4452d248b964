"""The demo cameras' scenes: places of a city by day, at dusk and at night, with traffic and people, as seamless loops.

A scene has a name such as "bridge-dusk-2": place, light, and a seed for everything left to chance. The same name
always gives the same pictures. What stands still is drawn once, what moves is drawn per picture; the topmost strip of
a scene never moves.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from wallclient.demo import scene_grounds as grounds
from wallclient.demo import scene_places as places
from wallclient.demo.scene_movers import Mover
from wallclient.demo.scene_parts import HEIGHT, LIGHTS, WIDTH, Light, Stage

LOOP_S = 10

_PLACES: dict[str, Callable[[random.Random], places.Place]] = {
    "street": places.street,
    "crossing": places.crossing,
    "bridge": places.bridge,
    "square": grounds.square,
    "checkpoint": grounds.checkpoint,
    "school": grounds.school,
    "hall": grounds.hall,
    "mall": places.mall,
}
SCENES: tuple[str, ...] = tuple(
    f"{place}-{light}-{seed}" for seed, light in enumerate(LIGHTS, start=1) for place in _PLACES
)


@dataclass
class Scene:
    """One loop. Not thread-safe."""

    name: str
    light: Light
    place: places.Place
    movers: list[Mover] = field(default_factory=list)
    _background: QImage | None = None

    def picture(self, width_px: int, height_px: int, t: float) -> QImage:
        """Return the picture `t` seconds into the loop, RGB32; the same object is painted over by the next call."""
        if self._background is None or self._background.width() != width_px:
            self._background = self._still(width_px, height_px)
        image = self._background.copy()
        painter = _painter(image)
        stage = Stage(painter, self.light, self.place.horizon)
        self.place.animate(stage, t / LOOP_S)
        for mover in sorted(self.movers, key=lambda mover: -mover.depth(t / LOOP_S)):
            mover.paint(stage, t / LOOP_S)
        self.place.foreground(stage)
        painter.end()
        return image

    def _still(self, width_px: int, height_px: int) -> QImage:
        image = QImage(width_px, height_px, QImage.Format.Format_RGB32)
        image.fill(self.light.shade(self.place.ground))
        painter = _painter(image)
        self.place.background(Stage(painter, self.light, self.place.horizon), random.Random(self.name))
        painter.end()
        return image


def _painter(image: QImage) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(image.width() / WIDTH, image.height() / HEIGHT)
    painter.setClipRect(QRectF(QPointF(0, 0), QPointF(WIDTH, HEIGHT)))
    return painter


def scene(name: str) -> Scene:
    """Return the scene of a name. Raises KeyError for a place or light that does not exist."""
    place, light, _seed = name.split("-")
    rng = random.Random(name)
    made = _PLACES[place](rng)
    return Scene(name, LIGHTS[light], made, made.movers(rng))
