"""From places on a picture or a pad to speeds and areas. Pure arithmetic; lengths in pixels of whoever asks."""

import math
from collections.abc import Iterable
from dataclasses import fields

from PySide6.QtCore import QPoint, QRect

from wallclient.domain.ptz import Area, Velocity
from wallclient.ui.pane_geometry import Zoom

DEAD_RADIUS = 0.08  # share of the radius round the middle in which nothing moves
_CURVE = 1.5  # above 1: finer near the middle
_SLOWEST = 0.05
_SMALLEST_AREA = 0.02  # a rectangle thinner than this share of the picture was a slip of the hand
_STEP = 0.02  # speeds are rounded to this, or a trembling hand would send a command every tenth of a second


def speed_at(distance: float) -> float:
    """Return the speed for a distance from the middle, in shares of the radius: 0 in the middle, 1 from the rim on."""
    if distance <= DEAD_RADIUS:
        return 0.0
    share = (min(1.0, distance) - DEAD_RADIUS) / (1.0 - DEAD_RADIUS)
    speed: float = share**_CURVE
    return max(_SLOWEST, speed)


def vector(point: QPoint, rect: QRect) -> Velocity:
    """Return how a camera is to turn when the pointer is dragged to `point`: away from the middle of its picture."""
    radius = min(rect.width(), rect.height()) * 0.45
    if radius <= 0:
        return Velocity()
    middle = rect.center()
    right, up = point.x() - middle.x(), middle.y() - point.y()
    distance = math.hypot(right, up) / radius
    speed = speed_at(distance)
    if not speed:
        return Velocity()
    return Velocity(pan=_stepped(speed * right / (distance * radius)), tilt=_stepped(speed * up / (distance * radius)))


def pad_vector(right: float, up: float) -> Velocity:
    """Return how a camera turns for a place on the pad (shares of its radius): eight directions, speed by distance."""
    speed = speed_at(math.hypot(right, up))
    if not speed:
        return Velocity()
    step = round(math.atan2(up, right) / (math.pi / 4)) * math.pi / 4
    return Velocity(pan=_stepped(speed * math.cos(step)), tilt=_stepped(speed * math.sin(step)))


def combined(velocities: Iterable[Velocity], speed: float) -> Velocity:
    """Return what several keys and hands ask for together, at a share of the fastest; opposite ones cancel out."""
    asked = list(velocities)
    sums = {drive.name: sum(getattr(velocity, drive.name) for velocity in asked) for drive in fields(Velocity)}
    return Velocity(**{name: round(max(-1.0, min(1.0, value)) * speed, 4) for name, value in sums.items()})


def point_area(point: QPoint, rect: QRect, zoom: Zoom) -> Area:
    """Return a place on the picture shown in `rect` as a point of the camera's whole picture."""
    x, y = _fractions(point, rect)
    return Area(_bounded(zoom.left + x * zoom.span), _bounded(zoom.top + y * zoom.span))


def box_area(box: QRect, rect: QRect, zoom: Zoom) -> Area | None:
    """Return a rectangle drawn on the picture as part of the camera's whole picture; None if it is too small."""
    box = box.intersected(rect)
    if box.isEmpty():
        return None
    area = point_area(box.topLeft(), rect, zoom)
    width = box.width() / rect.width() * zoom.span
    height = box.height() / rect.height() * zoom.span
    if width < _SMALLEST_AREA or height < _SMALLEST_AREA:
        return None
    return Area(area.x, area.y, min(width, 1.0 - area.x), min(height, 1.0 - area.y))


def _fractions(point: QPoint, rect: QRect) -> tuple[float, float]:
    return (point.x() - rect.x()) / max(1, rect.width()), (point.y() - rect.y()) / max(1, rect.height())


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))


def _stepped(speed: float) -> float:
    return max(-1.0, min(1.0, round(speed / _STEP) * _STEP))
