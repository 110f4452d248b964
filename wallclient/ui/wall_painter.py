"""Paints panes into the wall's widget. The path of new pictures is kept short: it runs thousands of times a second."""

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QRegion

from wallclient.domain.pane import PaneState
from wallclient.ui import alarm_drawing, pane_drawing, ptz_drawing
from wallclient.ui.pane_view import PaneView
from wallclient.ui.theme import COLORS

ACCENT = QColor(COLORS.accent)
_GROUND = QColor(COLORS.pane)
_LINE = QColor(COLORS.line)


class WallPainter:
    """Paints panes; tells `on_painted` of each picture painted for the first time. Lengths are device pixels."""

    def __init__(self, on_painted: Callable[[PaneView], None]) -> None:
        self._on_painted = on_painted
        self.progress = 0  # steps of the moving line in panes that are opening
        self._clocks: dict[int, QPixmap] = {}  # by text size
        self._clock_text = ""

    def set_clock(self, text: str) -> None:
        """Show another time in the titles of live panes."""
        self._clocks.clear()
        self._clock_text = text

    def paint_due(self, painter: QPainter, views: Iterable[PaneView], *, clip: bool) -> None:
        """Paint new pictures and nothing else: the path of nearly all paint events.

        `clip`: the event's region has many rectangles. Qt copies whole lines in one, but walks spans in many.
        """
        draw, on_painted = painter.drawImage, self._on_painted
        for view in views:
            if clip:
                painter.setClipRect(view.video_rect)
            if view.plain and view.claim():
                on_painted(view)
                if view.exact and view.image is not None:
                    draw(view.origin, view.image)
                    continue
            self._paint_area(painter, view, None)

    def paint(self, painter: QPainter, views: Iterable[PaneView], region: QRegion) -> None:
        """Paint what `region` touches of `views`."""
        many = region.rectCount() > 1
        for view in views:
            if region.intersects(view.area):
                if many:
                    painter.setClipRect(view.area)
                self._paint_area(painter, view, region)
            if region.intersects(view.title_rect):
                painter.setClipping(False)
                self._paint_title(painter, view)
        painter.setClipping(False)

    def _paint_title(self, painter: QPainter, view: PaneView) -> None:
        painter.drawPixmap(view.title_rect.topLeft(), view.title())
        if pane_drawing.has_clock(view):
            self._paint_clock(painter, view)

    def _paint_clock(self, painter: QPainter, view: PaneView) -> None:
        picture = self._clocks.get(view.text_px)
        if picture is None:
            picture = self._clocks[view.text_px] = pane_drawing.clock(self._clock_text, view.text_px)
        title = view.title_rect
        x = title.right() + 1 - view.text_px // 2 - picture.width()
        painter.drawPixmap(x, title.y() + (title.height() - picture.height()) // 2, picture)

    def _paint_area(self, painter: QPainter, view: PaneView, region: QRegion | None) -> None:
        """Paint video or what stands in its place; `region` is None where only the video is asked for."""
        pane = view.pane
        if pane.state is PaneState.PLAYING and pane.sequence() != view.sequence and view.claim():
            self._on_painted(view)
        image = view.image
        if image is None or not view.live:
            self._paint_panel(painter, view)
            alarm_drawing.paint(painter, view)
            ptz_drawing.paint(painter, view)
            return
        if view.exact:
            painter.drawImage(view.origin, image)
        else:
            _paint_scaled(painter, view, image)
        if region is not None:
            for bar in view.bars:
                if region.intersects(bar):
                    painter.fillRect(bar, _GROUND)
        if view.show_info:
            overlay = view.info()
            rect = view.video_rect
            lifted = view.ptz_lines().height() if view.ptz.lines else 0
            painter.drawPixmap(rect.left(), rect.bottom() + 1 - overlay.height() - lifted, overlay)
        alarm_drawing.paint(painter, view)
        ptz_drawing.paint(painter, view)

    def _paint_panel(self, painter: QPainter, view: PaneView) -> None:
        left_s = view.pane.next_try_s
        painter.drawPixmap(view.area.topLeft(), view.panel(None if left_s is None else math.ceil(left_s)))
        if view.pane.state is PaneState.OPENING:
            rect = progress_rect(view)
            painter.fillRect(rect, _LINE)
            step = rect.width() // 4
            travel = rect.width() - step
            at = abs((self.progress * max(2, travel // 12)) % (2 * travel) - travel) if travel > 0 else 0
            painter.fillRect(rect.x() + at, rect.y(), step, rect.height(), ACCENT)


def _paint_scaled(painter: QPainter, view: PaneView, image: QImage) -> None:
    zoom, rect = view.zoom, view.video_rect
    width, height = image.width(), image.height()
    part = QRectF(zoom.left * width, zoom.top * height, zoom.span * width, zoom.span * height)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(rect), image, part)
    if zoom.active:
        overlay = view.mini_map()
        inset = round(8 * view.scale)
        x, y = rect.right() - overlay.width() - inset, rect.bottom() - overlay.height() - inset
        painter.drawPixmap(x, y, overlay)


def frame(painter: QPainter, rect: QRect, width: int, color: QColor) -> None:
    """Draw a frame around the outside of `rect`."""
    x, y, w, h = rect.x() - width, rect.y() - width, rect.width() + 2 * width, rect.height() + 2 * width
    painter.fillRect(x, y, w, width, color)
    painter.fillRect(x, y + h - width, w, width, color)
    painter.fillRect(x, y, width, h, color)
    painter.fillRect(x + w - width, y, width, h, color)


def progress_rect(view: PaneView) -> QRect:
    """Return the place of the line of a pane that is opening: below its word, and what is said of it; quiet."""
    height = max(2, round(2 * view.scale))
    width = min(view.area.width() // 3, round(160 * view.scale))
    center = view.area.center()
    lines = 1.4 if view.pane.reason is None else 4.2  # a long sentence takes three in a small pane
    y = min(center.y() + round(view.text_px * lines), view.area.bottom() - 3 * height)
    return QRect(center.x() - width // 2, y, width, height)
