"""The timeline: what was recorded by which camera, when; click or drag to go there, wheel to zoom, drag rows to pan.

What changes with every picture - play position, pointer, range - is painted over a picture of all the rest, which is
made anew only when zoom, place or knowledge changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from wallclient.domain.bookmark import Bookmark
from wallclient.services.footage_index import FootageIndex
from wallclient.ui import alarm_marks, timeline_paint
from wallclient.ui.playback_text import clock_text, date_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics
from wallclient.ui.timeline_coverage import Coverage, any_of
from wallclient.ui.timeline_paint import Places, RowLook
from wallclient.ui.timeline_scale import HOUR, SECOND, TimeScale, scale_for

MOST_ROWS = 16
_STEPS_PER_NOTCH = 2  # a notch of the wheel shows half or twice the time
_NOTCH = 120  # Qt: eighths of a degree
_PAN_PART = 8  # Shift and a notch: an eighth of the width
_DRAG_PX = 4  # less is a click
_GRIP_PX = 6
_FRESH_MS = 10_000  # between two looks for new footage
_REBUILD_MS = 60  # news of many cameras at once are drawn once
_EXACT_FROM_US = 20_000  # from this zoom in, pointers tell thousandths


@dataclass(frozen=True, slots=True)
class Row:
    """A camera on the timeline."""

    channel_id: str
    name: str
    selected: bool = False
    recorded: bool = False  # its pane shows footage


class Timeline(QWidget):
    """Shows what a `FootageIndex` knows. All moments are microseconds by the center's clock."""

    scrubbed = Signal(object)  # int: go there; while the mouse is held, many of them
    scrub_ended = Signal(object)  # int: go there, for good
    row_clicked = Signal(str)
    range_changed = Signal(object)  # (start, end) or None
    bookmark_activated = Signal(object)
    menu_requested = Signal(object, QPoint)  # int: the moment under the pointer; where
    hovered = Signal(object, object)  # channel id or None, moment or None
    scale_changed = Signal()

    def __init__(self, index: FootageIndex, zone: ZoneInfo, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index, self.zone = index, zone
        self._metrics = metrics
        self.rows: tuple[Row, ...] = ()
        self.bookmarks: Sequence[Bookmark] = ()
        self.alarms: Mapping[str, Sequence[int]] = {}  # by camera: moments in µs
        self.hits: Mapping[str, Sequence[tuple[int, int]]] = {}  # by camera: where a search found something
        self.moment_us = 0
        self.chosen: tuple[int, int] | None = None  # the range to export
        self.scale = TimeScale(0, 3000 << 12, 800)
        self.painted = 0  # times everything was drawn anew
        self._coverage: dict[str, tuple[int, Coverage]] = {}  # with the index's version
        self._base: tuple[object, QPixmap] | None = None
        self._pressed: QPoint | None = None
        self._drag: Callable[[float], None] | None = None
        self._panned_from = 0
        self._dragged = False
        self._wheel = 0
        self._hover: QPoint | None = None
        self.thumbnail: tuple[str, int, QImage] | None = None  # channel, moment, picture
        self._rebuild = _timer(self, self.update, single=True)
        self._fresh = _timer(self, self.load, single=False)
        index.changed.connect(self._on_changed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Timeline"))

    # -- what is shown -----------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these cameras, as many as there is room for."""
        rows = tuple(rows[:MOST_ROWS])
        if rows != self.rows:
            other = [row.channel_id for row in rows] != [row.channel_id for row in self.rows]
            self.rows = rows
            self.setFixedHeight(self.places.height(max(1, len(rows))))
            self.update()
            if other:
                self._coverage = {gid: c for gid, c in self._coverage.items() if any(r.channel_id == gid for r in rows)}
                self.load()

    def set_bookmarks(self, marks: Sequence[Bookmark]) -> None:
        """Show these bookmarks."""
        self.bookmarks = marks
        self.update()

    def set_alarms(self, alarms: Mapping[str, Sequence[int]]) -> None:
        """Mark the moments of alarms, by camera."""
        if alarms != self.alarms:
            self.alarms = alarms
            self.update()

    def set_hits(self, hits: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        """Mark what a search found, by camera."""
        self.hits = hits
        self.update()

    def set_moment(self, moment_us: int, *, follow: bool) -> None:
        """Move the play position; `follow`: turn the page when it runs out of sight."""
        if follow and self._drag is None:
            x = self.scale.x_of(moment_us)
            if not 0 <= x <= self.scale.width_px:
                self.set_scale(self.scale.centered(moment_us, 0.1 if moment_us > self.moment_us else 0.9))
        before, self.moment_us = self.scale.x_of(self.moment_us), moment_us
        after = self.scale.x_of(moment_us)
        if round(before) != round(after):
            for x in (before, after):
                self._update_around(x)

    def set_scale(self, scale: TimeScale) -> None:
        """Show another stretch of time."""
        if scale != self.scale:
            self.scale = scale
            self.update()
            self.load()
            self.scale_changed.emit()

    def show_range(self, start_us: int, end_us: int) -> None:
        """Show a range as large as it fits."""
        self.set_scale(scale_for(start_us, end_us, self.places.area_px))

    def set_chosen(self, chosen: tuple[int, int] | None) -> None:
        """Choose a range; its ends in any order."""
        if chosen is not None:
            chosen = (min(chosen), max(chosen))
            if chosen[0] == chosen[1]:
                chosen = None
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()
            self.range_changed.emit(chosen)

    def set_thumbnail(self, channel_id: str, moment_us: int, image: QImage) -> None:
        """Take the picture for the place the pointer is at."""
        self.thumbnail = channel_id, moment_us, image
        self.update()

    def load(self) -> None:
        """Ask for what is not known of the time in sight, and a little around it."""
        if self.isVisible() and self.rows:
            margin = self.scale.span_us // 4
            start_ms, end_ms = (self.scale.start_us - margin) // 1000, (self.scale.end_us + margin) // 1000
            at_ms = (self.scale.start_us + self.scale.end_us) // 2000
            self.index.want([row.channel_id for row in self.rows], start_ms, end_ms, at_ms)

    def coverage(self, channel_id: str) -> Coverage:
        """Return what is known to be recorded of a camera."""
        version = self.index.version(channel_id)
        known = self._coverage.get(channel_id)
        if known is None or known[0] != version:
            known = self._coverage[channel_id] = version, Coverage(self.index.segments(channel_id))
        return known[1]

    # -- places ------------------------------------------------------------------------------------

    @property
    def places(self) -> Places:
        """Where the parts are."""
        text = self._metrics.small_px
        count = max(1, len(self.rows))
        row = text + 10 if count <= 4 else text + 6 if count <= 9 else text + 3
        label = min(self._metrics.text_px * 13, max(90, self.width() // 5))
        return Places(self.width(), label, round(text * 1.9), text + 2, row, text)

    def sizeHint(self) -> QSize:
        """Return what the rows need."""
        return QSize(800, self.places.height(max(1, len(self.rows))))

    def _x(self, x: float) -> float:
        return x - self.places.label_px

    def _update_around(self, x: float) -> None:
        at, side = round(self.places.label_px + x), self._metrics.small_px
        self.update(QRect(at - side, 0, 2 * side + 1, self.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or less time at the same zoom."""
        super().resizeEvent(event)
        self.set_scale(self.scale.resized(self.places.area_px))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look for footage."""
        super().showEvent(event)
        self._fresh.start(_FRESH_MS)
        self.load()

    def hideEvent(self, event: QEvent) -> None:
        """Stop looking."""
        self._fresh.stop()

    # -- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the part asked for."""
        painter = QPainter(self)
        base = self._drawn()
        ratio = base.devicePixelRatio()
        rect = event.rect()
        source = QRect(
            round(rect.x() * ratio), round(rect.y() * ratio), round(rect.width() * ratio), round(rect.height() * ratio)
        )
        painter.drawPixmap(rect, base, source)
        places, height = self.places, self.height()
        if self.bookmarks:
            timeline_paint.draw_bookmarks(
                painter, places, self.scale, self.bookmarks, [r.channel_id for r in self.rows]
            )
        if self.alarms:
            alarm_marks.draw(painter, places, self.scale, self.alarms, [r.channel_id for r in self.rows])
        if self.chosen is not None:
            timeline_paint.draw_range(painter, places, self.scale, self.chosen, height)
        if self.hits:
            timeline_paint.draw_hits(painter, places, self.scale, self.hits, [r.channel_id for r in self.rows])
        x = self.scale.x_of(self.moment_us)
        if 0 <= x <= places.area_px:
            timeline_paint.draw_playhead(painter, places, x, height)
        self._paint_hover(painter, places, height)
        painter.end()

    def _drawn(self) -> QPixmap:
        """Return the picture of all that does not move."""
        versions = tuple(self.index.version(row.channel_id) for row in self.rows)
        key = (self.scale, self.places, self.zone.key, self.rows, versions, self.devicePixelRatioF())
        if self._base is None or self._base[0] != key:
            looks = [self._look(row) for row in self.rows]
            summary = any_of([look.columns for look in looks], self.scale.width_px)
            picture = timeline_paint.draw(self.places, self.scale, self.zone, looks, summary, self.devicePixelRatioF())
            self._base = key, picture
            self.painted += 1
        return self._base[1]

    def _look(self, row: Row) -> RowLook:
        scale = self.scale
        columns = self.coverage(row.channel_id).columns(scale.first, scale.us_per_px, scale.width_px)
        holes = self.index.unknown(row.channel_id, scale.start_us // 1000, -(-scale.end_us // 1000))
        unknown = tuple(
            (round(scale.x_of(a * 1000)) + scale.first, round(scale.x_of(b * 1000)) + scale.first) for a, b in holes
        )
        parts = tuple((a * scale.us_per_px, b * scale.us_per_px) for a, b in unknown)
        error = self.index.error(row.channel_id)
        return RowLook(row.name, columns, parts, row.selected, row.recorded, error_text(error) if error else "")

    def _paint_hover(self, painter: QPainter, places: Places, height: int) -> None:
        if self._hover is None or self._hover.x() < places.label_px:
            return
        x = self._x(self._hover.x())
        moment = self.scale.moment_at(x)
        text = clock_text(moment, self.zone, exact=self.scale.us_per_px < _EXACT_FROM_US)
        if self.scale.span_us > 12 * HOUR:
            text = f"{date_text(moment, self.zone)} {text}"
        picture = None
        if self.thumbnail is not None:
            channel_id, at_us, image = self.thumbnail
            near = abs(at_us - moment) <= max(SECOND, 3 * self.scale.us_per_px)
            picture = image if near and channel_id == self._row_id(self._hover.y()) else None
        timeline_paint.draw_hover(painter, places, x, text, height, picture)

    def _row_id(self, y: float) -> str | None:
        number = self.places.row_at(y, len(self.rows))
        return None if number is None else self.rows[number].channel_id

    def _on_changed(self, channel_id: str) -> None:
        if any(row.channel_id == channel_id for row in self.rows) and not self._rebuild.isActive():
            self._rebuild.start(_REBUILD_MS)

    # -- mouse -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin what the place pressed is for: range ends, the ruler, the rows, the names."""
        at = event.position().toPoint()
        x = self._x(at.x())
        self._pressed, self._dragged, self._drag = at, False, None
        if event.button() is Qt.MouseButton.LeftButton and x >= 0:
            self._drag = self._grip_at(x) or self._drag_for(event, at)
        elif event.button() is Qt.MouseButton.MiddleButton:
            self._begin_pan()

    def _drag_for(self, event: QMouseEvent, at: QPoint) -> Callable[[float], None]:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            fixed = self.scale.moment_at(self._x(at.x()))
            return lambda x: self.set_chosen((fixed, self.scale.moment_at(x)))
        near_head = abs(self.scale.x_of(self.moment_us) - self._x(at.x())) <= _GRIP_PX
        if at.y() < self.places.row_top(0) or near_head:
            return self._scrub
        self._begin_pan()
        return self._pan

    def _grip_at(self, x: float) -> Callable[[float], None] | None:
        """Return how to drag the end of the range that is there."""
        if self.chosen is None:
            return None
        start, end = self.chosen
        if abs(self.scale.x_of(start) - x) <= _GRIP_PX:
            return lambda to: self.set_chosen((self.scale.moment_at(to), end))
        if abs(self.scale.x_of(end) - x) <= _GRIP_PX:
            return lambda to: self.set_chosen((start, self.scale.moment_at(to)))
        return None

    def _begin_pan(self) -> None:
        self._panned_from = self.scale.first
        self._drag = self._pan

    def _pan(self, x: float) -> None:
        assert self._pressed is not None
        moved = self._panned_from - round(x - self._x(self._pressed.x()))
        self.set_scale(self.scale.panned(moved - self.scale.first))

    def _scrub(self, x: float) -> None:
        self.scrubbed.emit(self.scale.moment_at(min(max(x, 0), self.scale.width_px)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on dragging, or tell what is under the pointer."""
        at = event.position().toPoint()
        self._set_hover(at)
        if self._pressed is None:
            over_grip = at.x() >= self.places.label_px and self._grip_at(self._x(at.x())) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if over_grip else Qt.CursorShape.ArrowCursor)
            return
        self._dragged = self._dragged or abs(at.x() - self._pressed.x()) >= _DRAG_PX
        if self._dragged and self._drag is not None:
            self._drag(self._x(at.x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; a click goes where it was made."""
        pressed, drag, dragged = self._pressed, self._drag, self._dragged
        self._pressed = self._drag = None
        if pressed is None or event.button() is Qt.MouseButton.MiddleButton:
            return
        at = event.position().toPoint()
        if dragged:
            if drag == self._scrub:
                self.scrub_ended.emit(self.scale.moment_at(self._x(at.x())))
        elif event.button() is Qt.MouseButton.LeftButton:
            self._click(at)

    def _click(self, at: QPoint) -> None:
        x = self._x(at.x())
        row = self._row_id(at.y())
        if row is not None:
            self.row_clicked.emit(row)
        if x < 0:
            return
        mark = self._mark_at(x) if at.y() < self.places.ruler_px else None
        if mark is not None:
            self.bookmark_activated.emit(mark)
        else:
            self.scrub_ended.emit(self.scale.moment_at(x))

    def _mark_at(self, x: float) -> Bookmark | None:
        side = self._metrics.small_px
        near = [mark for mark in self.bookmarks if 0 <= x - self.scale.x_of(mark.start_ms * 1000) + 2 <= side + 2]
        return max(near, key=lambda mark: mark.start_ms, default=None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Shift, or sideways, pan."""
        angle, event_x = event.angleDelta(), event.position().x()
        sideways = angle.x() or (angle.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self.set_scale(self.scale.panned(-round(sideways / _NOTCH * self.scale.width_px / _PAN_PART)))
        else:
            self._wheel += angle.y() * _STEPS_PER_NOTCH
            steps = int(self._wheel / _NOTCH)
            self._wheel -= steps * _NOTCH
            if steps:
                self.set_scale(self.scale.zoomed(steps, min(max(0.0, self._x(event_x)), self.scale.width_px)))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a moment."""
        if event.pos().x() >= self.places.label_px:
            self.menu_requested.emit(self.scale.moment_at(self._x(event.pos().x())), event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """Take the hairline away."""
        self._set_hover(None)

    def _set_hover(self, at: QPoint | None) -> None:
        if at != self._hover:
            self._hover = at
            self.update()
            shown = at is not None and at.x() >= self.places.label_px
            moment = self.scale.moment_at(self._x(at.x())) if at is not None and shown else None
            self.hovered.emit(self._row_id(at.y()) if at is not None else None, moment)

    def event(self, event: QEvent) -> bool:
        """Say a bookmark's title, or a whole name that was cut."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self)
            return True
        return super().event(event)

    def _tip(self, at: QPoint) -> str:
        number = self.places.row_at(at.y(), len(self.rows))
        if at.x() < self.places.label_px:
            return self.rows[number].name if number is not None else ""
        mark = self._mark_at(self._x(at.x())) if at.y() < self.places.ruler_px else None
        return "\n".join(word for word in (mark.title, mark.text, mark.by_name) if word) if mark else ""


def _timer(parent: QWidget, slot: Callable[[], None], *, single: bool) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(single)
    timer.timeout.connect(slot)
    return timer
