"""Alarms on the timeline: a small bell-coloured wedge on the row of the camera, at the moment each began."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from wallclient.ui.alarm_drawing import GROUND
from wallclient.ui.timeline_paint import Places
from wallclient.ui.timeline_scale import TimeScale

_EDGE = QColor(255, 255, 255, 210)
_LEAST_APART_PX = 8  # nearer ones are one wedge: a storm is a row of wedges, not a smear


def draw(
    painter: QPainter, places: Places, scale: TimeScale, alarms: Mapping[str, Sequence[int]], rows: Sequence[str]
) -> None:
    """Draw the alarms of the rows' cameras; `alarms` has moments in µs by camera, in any order."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_EDGE)
    painter.setBrush(GROUND)
    side = max(4.0, places.text_px * 0.36)
    for number, channel_id in enumerate(rows):
        top = places.row_top(number) + 1
        for x in columns(scale, alarms.get(channel_id, ()), places.area_px):
            at = places.label_px + x
            wedge = [QPointF(at - side, top), QPointF(at + side, top), QPointF(at, top + side * 1.5)]
            painter.drawPolygon(QPolygonF(wedge), Qt.FillRule.OddEvenFill)
    painter.restore()


def columns(scale: TimeScale, moments_us: Sequence[int], width_px: int) -> list[float]:
    """Return where wedges go in px, those in sight only, and none on top of another."""
    found: list[float] = []
    for x in sorted(scale.x_of(moment) for moment in moments_us):
        if 0 <= x <= width_px and (not found or x - found[-1] >= _LEAST_APART_PX):
            found.append(x)
    return found
