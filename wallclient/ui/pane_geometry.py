"""Where things are inside a pane, and digital zoom. Pure arithmetic in device pixels and fractions of a picture."""

from dataclasses import dataclass

from PySide6.QtCore import QRect

LARGEST_ZOOM = 16.0
WHEEL_STEP = 1.25  # a notch of the wheel
_NO_ZOOM_BELOW = 1.02
_USUAL_ASPECT = 16 / 9


@dataclass(frozen=True, slots=True)
class Zoom:
    """The visible part of a picture: `1 / factor` of its width and height, from `left` and `top` (fractions, 0 … 1)."""

    factor: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @property
    def span(self) -> float:
        """Visible fraction of the width and of the height."""
        return 1.0 / self.factor

    @property
    def active(self) -> bool:
        """Tell whether anything is hidden."""
        return self.factor > 1.0


NO_ZOOM = Zoom()


def zoomed(zoom: Zoom, times: float, x: float, y: float) -> Zoom:
    """Return `zoom` made `times` stronger about the point `x`, `y` (fractions of what is visible)."""
    factor = min(LARGEST_ZOOM, zoom.factor * times)
    if factor < _NO_ZOOM_BELOW:
        return NO_ZOOM
    return _clamped(factor, zoom.left + x * zoom.span - x / factor, zoom.top + y * zoom.span - y / factor)


def panned(zoom: Zoom, dx: float, dy: float) -> Zoom:
    """Return `zoom` with the picture dragged by `dx`, `dy` (fractions of what is visible)."""
    return _clamped(zoom.factor, zoom.left - dx * zoom.span, zoom.top - dy * zoom.span)


def _clamped(factor: float, left: float, top: float) -> Zoom:
    most = 1.0 - 1.0 / factor
    return Zoom(factor, min(max(left, 0.0), most), min(max(top, 0.0), most))


def fitted(area: QRect, aspect: float | None) -> QRect:
    """Return the largest rectangle of the picture's shape in the middle of `area`; 16:9 while the shape is unknown."""
    aspect = aspect or _USUAL_ASPECT
    if area.width() <= 0 or area.height() <= 0:
        return QRect(area.topLeft(), area.size())
    if area.width() >= area.height() * aspect:
        size = (max(1, round(area.height() * aspect)), area.height())
    else:
        size = (area.width(), max(1, round(area.width() / aspect)))
    if area.width() - size[0] <= 2:  # a hair's breadth of black at the sides is only noise
        size = (area.width(), size[1])
    if area.height() - size[1] <= 2:
        size = (size[0], area.height())
    return QRect(area.x() + (area.width() - size[0]) // 2, area.y() + (area.height() - size[1]) // 2, *size)


def title_text_px(pane_width_px: int, pane_height_px: int, scale: float) -> int:
    """Return the size of a pane's title: grows with the pane, never below 12 px, the least for Chinese characters."""
    wished = min(pane_height_px * 0.062, pane_width_px * 0.036)
    return round(min(max(wished, 12 * scale), 17 * scale))


def title_height_px(text_px: int) -> int:
    """Return the height of the title strip for a text size."""
    return round(text_px * 1.25) + max(2, text_px // 3)
