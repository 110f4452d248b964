"""The wall: ONE widget that paints all panes of a window. No native video windows, no message per picture.

A refresh tick looks at each pane's picture number and asks for a repaint of the video rectangles that changed; painting
copies pixels from shared memory to the window, one to one where sizes match. Everything that is not video comes from
pixmaps drawn once. Inside, all lengths are device pixels.
"""

import math
import time
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from wallclient.domain.pane import PaneState
from wallclient.ui import pane_drawing
from wallclient.ui.alarm_drawing import PaneAlarm
from wallclient.ui.footage_mark import FootageMark
from wallclient.ui.pane_geometry import NO_ZOOM, Zoom
from wallclient.ui.pane_view import PaneView, rects
from wallclient.ui.ptz_drawing import ALARM, MODE, Marks, PanePtz
from wallclient.ui.theme import COLORS
from wallclient.ui.via_mark import ViaHint
from wallclient.ui.wall_painter import ACCENT, WallPainter, frame, progress_rect

if TYPE_CHECKING:
    from wallclient.services.wall import Wall
    from wallclient.services.wall_pane import WallPane

GAP_PX = 4  # between panes, at scale 1; the frame of the selected pane is drawn in it
_FEW_DUE = 3  # up to a third of the panes are painted one by one
_OVERSAMPLING = 1.25  # ticks per picture: above 1, so that no picture waits for a whole interval of its own
_LONGEST_TICK_MS = 100  # while panes are waiting for pictures
_SHORTEST_TICK_MS = 16
_USUAL_FPS = 25.0
_SETTLE_MS = 120  # a window being dragged larger must not reopen streams at every step
_PROGRESS_MS = 100


class WallWidget(QWidget):
    """Paints a `Wall`. The mouse is `WallMouse`'s, what is dropped `WallDrop`'s, keys are the window's actions."""

    zoom_changed = Signal(int)
    channels_changed = Signal()  # other cameras are in the panes

    def __init__(self, wall: "Wall", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wall = wall
        self.painted: list[int] = []  # pictures painted per pane since its layout was chosen
        self.first_painted_ns: list[int] = []  # monotonic; 0: none yet
        self.last_painted_ns: list[int] = []
        self.views: list[PaneView] = []
        self._visible: list[PaneView] = []
        self._due: list[PaneView] = []  # with a new picture at the last tick
        self._due_region = QRegion()  # their videos, in logical pixels
        self._panes_region = QRegion()
        self._by_pane: dict[int, PaneView] = {}
        self._more_than_videos = True  # something else than a new picture waits to be painted
        self._pace_wanted = False
        self._info_visible = False
        self._drop_targets: list[int] = []
        self._void = QColor(COLORS.void)
        self._painter = WallPainter(self._on_painted)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(False)
        self.setMinimumSize(320, 200)
        self._tick = _timer(self, self._on_tick, precise=True)
        self._second = _timer(self, self._on_second)
        self._animation = _timer(self, self._on_progress)
        self._settled = _timer(self, self._send_sizes)
        self._settled.setSingleShot(True)
        ViaHint(self)
        wall.layout_changed.connect(self.sync)
        wall.panes_changed.connect(self.sync)
        wall.spot_changed.connect(self._on_spot_changed)
        wall.selection_changed.connect(self._on_selection_changed)
        self.sync()

    # Panes

    def sync(self) -> None:
        """Take over the wall's panes and layout; views move with their panes, so a swap shows no gap."""
        panes = self.wall.panes
        known = self._by_pane
        self._by_pane = {}
        self.views = []
        for number, pane in enumerate(panes, 1):
            view = known.pop(id(pane), None) or self._adopt(pane)
            view.number = number
            view.show_figures(self._info_visible)
            self.views.append(view)
            self._by_pane[id(pane)] = view
        for view in known.values():
            view.pane.changed.disconnect(view.on_changed)
            view.pane.info_changed.disconnect(view.on_info)
        self._resize_counters(len(panes))
        self._on_selection_changed()
        self._arrange()
        self._send_sizes()
        self._set_pace()
        self.channels_changed.emit()

    def _adopt(self, pane: "WallPane") -> PaneView:
        view = PaneView(pane)
        view.on_changed = lambda: self._on_pane_changed(view)
        view.on_info = lambda: self._on_info_changed(view)
        pane.changed.connect(view.on_changed)
        pane.info_changed.connect(view.on_info)
        view.refresh()
        return view

    def _resize_counters(self, count: int) -> None:
        for counter in (self.painted, self.first_painted_ns, self.last_painted_ns):
            del counter[count:]
            counter.extend([0] * (count - len(counter)))

    def _on_pane_changed(self, view: PaneView) -> None:
        wanted, channel_id = view.wanted_px(), view.channel_id
        view.refresh()
        if view.channel_id != channel_id:
            self.channels_changed.emit()
        if view.wanted_px() != wanted:
            self._settled.start(_SETTLE_MS)
        self.update_px(view.rect)
        self._set_pace()

    def _on_info_changed(self, view: PaneView) -> None:
        if view.pane.aspect == view.fitted_aspect and not view.show_info:
            self._pace_wanted = True
            return
        former = view.video_rect
        view.fit()
        if view.video_rect != former:
            self._settled.start(_SETTLE_MS)
        if view.show_info or view.video_rect != former:
            self.update_px(view.area)
        self._pace_wanted = True  # once a second is enough for 64 panes' news

    def _on_selection_changed(self) -> None:
        for index, view in enumerate(self.views):
            selected = index == self.wall.selected
            if selected != view.selected:
                view.selected = selected
                self.update_px(view.rect.adjusted(-GAP_PX * 2, -GAP_PX * 2, GAP_PX * 2, GAP_PX * 2))

    def _on_spot_changed(self) -> None:
        self._arrange()
        self._send_sizes()

    # Places

    def _arrange(self) -> None:
        """Place every pane; with a spot, that pane has the whole wall and the others are hidden."""
        scale = self.devicePixelRatioF()
        gap = max(2, round(GAP_PX * scale))
        margin = gap // 2
        width = round(self.width() * scale) - 2 * margin
        height = round(self.height() * scale) - 2 * margin
        spot = self.wall.spot
        places = self.wall.layout.rects_px(max(0, width), max(0, height), gap)
        for index, view in enumerate(self.views):
            if spot is None:
                x, y, w, h = places[index] if index < len(places) else (0, 0, 0, 0)
                view.place(QRect(x + margin, y + margin, w, h), scale)
            else:
                view.place(QRect(margin, margin, width, height) if index == spot else QRect(), scale)
        self._visible = [view for view in self.views if not view.rect.isEmpty()]
        self._due_region = QRegion()
        self._panes_region = QRegion()
        for view in self._visible:
            self._panes_region += view.rect
        self._update_all()

    def _send_sizes(self) -> None:
        if self.isVisible():
            for view in self.views:
                view.pane.set_size(*view.wanted_px())

    def video_rect(self, index: int) -> QRect:
        """Return where the video of a pane is, in the widget's own (logical) pixels; empty where it is hidden."""
        return self._logical(self.views[index].video_rect)

    def pane_rect(self, index: int) -> QRect:
        """Return the whole pane, title included, in logical pixels."""
        return self._logical(self.views[index].rect)

    def pane_at(self, point: QPoint) -> int | None:
        """Return the index of the pane under a point in logical pixels."""
        scale = self.devicePixelRatioF()
        at = QPoint(round(point.x() * scale), round(point.y() * scale))
        return next((index for index, view in enumerate(self.views) if view.rect.contains(at)), None)

    def _logical(self, rect: QRect) -> QRect:
        scale = self.devicePixelRatioF()
        if scale == 1.0 or rect.isEmpty():
            return QRect(rect)
        return QRectF(rect.x() / scale, rect.y() / scale, rect.width() / scale, rect.height() / scale).toAlignedRect()

    def update_px(self, rect: QRect) -> None:
        """Ask for a repaint of `rect`, given in device pixels."""
        if not rect.isEmpty():
            self._more_than_videos = True
            self.update(self._logical(rect))

    def _update_all(self) -> None:
        self._more_than_videos = True
        self.update()

    # What the window asks for

    def set_info_visible(self, visible: bool) -> None:
        """Show or hide the streams' figures in all panes."""
        self._info_visible = visible
        for view in self.views:
            view.show_figures(visible)
        self._update_all()

    def zoom(self, index: int) -> Zoom:
        """Return the digital zoom of a pane."""
        return self.views[index].zoom

    def set_zoom(self, index: int, zoom: Zoom = NO_ZOOM) -> None:
        """Show another part of a pane's picture; a stronger zoom asks the player for more pixels, once it settles."""
        view = self.views[index]
        if zoom == view.zoom:
            return
        view.set_zoom(zoom)
        self._settled.start(_SETTLE_MS)
        self.update_px(view.rect)
        self.zoom_changed.emit(index)

    def set_ptz(self, index: int, ptz: PanePtz) -> None:
        """Show other things about the PTZ of a pane's camera."""
        view = self.views[index]
        if ptz != view.ptz:
            view.set_ptz(ptz)
            self.update_px(view.rect.adjusted(-GAP_PX * 2, -GAP_PX * 2, GAP_PX * 2, GAP_PX * 2))

    def set_alarm(self, index: int, alarm: PaneAlarm | None) -> None:
        """Show the alarm of a pane's camera, or none any more."""
        view = self.views[index]
        if alarm != view.alarm:
            view.set_alarm(alarm)
            self.update_px(view.area)

    def set_footage(self, index: int, mark: FootageMark | None) -> None:
        """Say something else of the footage in a pane."""
        view = self.views[index]
        if mark != view.footage:
            gap_changed = (mark.gap if mark else "") != (view.footage.gap if view.footage else "")
            view.footage = mark
            self.update_px(view.rect if gap_changed else view.title_rect)

    def mark_vector(self, index: int, to: QPoint) -> None:
        """Draw an arrow from the middle of a pane's picture to a point in logical pixels."""
        scale = self.devicePixelRatioF()
        self._mark(index, Marks(arrow_to=QPoint(round(to.x() * scale), round(to.y() * scale))))

    def mark_box(self, index: int, box: QRect) -> None:
        """Draw a rectangle, given in logical pixels, on a pane's picture."""
        scale = self.devicePixelRatioF()
        x, y, width, height = (round(value * scale) for value in (box.x(), box.y(), box.width(), box.height()))
        self._mark(index, Marks(box=QRect(x, y, width, height)))

    def clear_marks(self) -> None:
        """Take arrow and rectangle away."""
        for index, view in enumerate(self.views):
            if view.marks is not None:
                self._mark(index, None)

    def _mark(self, index: int, marks: Marks | None) -> None:
        view = self.views[index]
        view.set_marks(marks)
        self.update_px(view.area)

    def mark_drop_target(self, indexes: list[int]) -> None:
        """Frame the panes a drop would concern; an empty list takes the frames away."""
        if indexes != self._drop_targets:
            self._drop_targets = indexes
            self._update_all()

    # Time

    def _set_pace(self) -> None:
        """Tick as fast as the fastest stream asks for, and not at all while no picture can come."""
        if not self.isVisible():
            return
        states = {view.pane.state for view in self.views}
        waiting = states - {PaneState.IDLE, PaneState.FAILED}
        if not waiting:
            self._tick.stop()
        else:
            interval = self._tick_ms() if PaneState.PLAYING in waiting else _LONGEST_TICK_MS
            if not self._tick.isActive() or self._tick.interval() != interval:
                self._tick.start(interval)
        if PaneState.OPENING in states:
            if not self._animation.isActive():
                self._animation.start(_PROGRESS_MS)
        else:
            self._animation.stop()

    def _tick_ms(self) -> int:
        fastest = max((view.pane.info.fps or 0.0) for view in self.views) or _USUAL_FPS
        return min(_LONGEST_TICK_MS, max(_SHORTEST_TICK_MS, math.floor(1000 / (fastest * _OVERSAMPLING))))

    def _on_tick(self) -> None:
        """Ask for a repaint of the videos with a new picture, and remember which.

        Where most panes have one, a rectangle around all is cheaper for Qt and the X server than a region of many.
        """
        due = [view for view in self._visible if view.pane.sequence() != view.sequence]
        if not due:
            return
        if len(due) * _FEW_DUE > len(self._visible):
            region = QRegion(self._logical(self._panes_region.boundingRect()))
        else:
            region = QRegion()
            for view in due:
                region += self._logical(view.video_rect)
        self._due, self._due_region = due, region
        self.update(region)

    def _on_second(self) -> None:
        now = datetime.now().strftime("%H:%M:%S")
        self._painter.set_clock(now)
        if self._pace_wanted:
            self._pace_wanted = False
            self._set_pace()
        for view in self.views:
            if view.rect.isEmpty():
                continue
            if pane_drawing.has_clock(view):
                self.update_px(view.title_rect)
            elif view.pane.next_try_s is not None:
                self.update_px(view.area)
        left_ms = 1000 - datetime.now().microsecond // 1000
        self._second.start(left_ms + 5)

    def _on_progress(self) -> None:
        self._painter.progress += 1
        for view in self.views:
            if view.pane.state is PaneState.OPENING:
                self.update_px(progress_rect(view))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what the event's region touches and nothing else."""
        region = event.region()
        painter = QPainter(self)
        scale = self.devicePixelRatioF()
        if scale != 1.0:
            painter.scale(1 / scale, 1 / scale)
        videos_only = not self._more_than_videos and not self._drop_targets
        if videos_only and region == self._due_region:
            self._painter.paint_due(painter, self._due, clip=region.rectCount() > 1)
        else:
            self._paint(painter, region if scale == 1.0 else _scaled(region, scale))
        self._more_than_videos = False
        painter.end()

    def _paint(self, painter: QPainter, region: QRegion) -> None:
        for rect in rects(region.subtracted(self._panes_region)):
            painter.fillRect(rect, self._void)
        self._painter.paint(painter, self._visible, region)
        self._paint_frames(painter)

    def _paint_frames(self, painter: QPainter) -> None:
        """Frame the selected pane in the gap around it, so that no pixel of a picture is covered, and drop targets."""
        width = max(2, round(GAP_PX * self.devicePixelRatioF()) // 2)
        for view in self._visible:
            if view.selected or view.ptz.is_alarm:
                frame(painter, view.rect, width, _frame_color(view))
        for index in self._drop_targets:
            if index < len(self.views) and not (rect := self.views[index].rect).isEmpty():
                painter.fillRect(rect, QColor(61, 155, 233, 46))
                frame(painter, rect, width, QColor(COLORS.accent_text))

    def _on_painted(self, view: PaneView) -> None:
        """Count a picture painted for the first time."""
        index, now_ns = view.number - 1, time.monotonic_ns()
        self.painted[index] += 1
        self.last_painted_ns[index] = now_ns
        if not self.first_painted_ns[index]:
            self.first_painted_ns[index] = now_ns
        if view.refitted:
            view.refitted = False
            self.update_px(view.area)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the panes anew; the players hear of it once the size settles."""
        self._arrange()
        self._settled.start(_SETTLE_MS)
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look for pictures."""
        super().showEvent(event)
        self._arrange()
        self._send_sizes()
        self._on_second()
        self._set_pace()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking; hidden panes need no pixels."""
        super().hideEvent(event)
        for timer in (self._tick, self._second, self._animation, self._settled):
            timer.stop()

    def sizeHint(self) -> QSize:
        """Return a size that suits a 16:9 screen."""
        return QSize(1280, 720)


def _timer(parent: WallWidget, slot: object, precise: bool = False) -> QTimer:
    timer = QTimer(parent)
    if precise:
        timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(slot)
    return timer


def _frame_color(view: PaneView) -> QColor:
    """Return the colour of a pane's frame: a camera that may turn on, PTZ mode, else just selected."""
    if view.ptz.is_alarm:
        return ALARM
    return ACCENT if view.ptz.mode_speed is None else MODE


def _scaled(region: QRegion, scale: float) -> QRegion:
    """Return the bounds of `region` in device pixels."""
    rect = region.boundingRect()
    bounds = QRectF(rect.x() * scale, rect.y() * scale, rect.width() * scale, rect.height() * scale)
    return QRegion(bounds.toAlignedRect())
