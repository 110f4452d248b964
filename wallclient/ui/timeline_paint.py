"""Draws a timeline: ruler, one row a camera, summary, bookmarks, range, play position. Logical pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QPainter, QPen, QPixmap, QPolygonF

from wallclient.domain.bookmark import Bookmark
from wallclient.ui.playback_text import tick_text
from wallclient.ui.theme import COLORS, ui_font
from wallclient.ui.timeline_coverage import ALARM, FOOTAGE, FULL, MANUAL
from wallclient.ui.timeline_scale import TimeScale, local, ticks

FOOTAGE_COLOR = "#3f8fca"
THIN_COLOR = "#27587e"  # some of a column's time, not all
ALARM_COLOR = "#f0604c"
MANUAL_COLOR = "#b98cf0"
BOOKMARK_COLOR = "#ffd25e"
HIT_COLOR = QColor("#5be3ab")
HIT_EDGE = QColor("#06281b")
RANGE_COLOR = QColor(255, 210, 94, 34)
RANGE_EDGE = QColor("#ffd25e")
PLAYHEAD = QColor("#ffffff")
_WIDE_US = 300_000_000  # columns of five minutes and more
_CLEAR = QColor(0, 0, 0, 0)


def _table(kinds: bool) -> list[int]:
    """Return a colour for each combination of flags: of alarms and recordings by hand, or of the footage below."""
    colors = []
    for flags in range(16):
        color = _CLEAR
        if kinds:
            color = QColor(ALARM_COLOR) if flags & ALARM else QColor(MANUAL_COLOR) if flags & MANUAL else _CLEAR
        elif flags & FOOTAGE:
            color = QColor(FOOTAGE_COLOR if flags & FULL else THIN_COLOR)
        colors.append(color.rgba())
    return colors


_GROUND_TABLE, _KIND_TABLE = _table(kinds=False), _table(kinds=True)


@dataclass(frozen=True, slots=True)
class RowLook:
    """One row as it is drawn."""

    name: str
    columns: bytes  # flags of the pixel columns; see `timeline_coverage`
    unknown: tuple[tuple[int, int], ...] = ()  # parts (µs) of which nothing is known
    selected: bool = False
    recorded: bool = False  # its pane shows footage
    note: str = ""  # why nothing can be told


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a timeline are."""

    width: int
    label_px: int
    ruler_px: int
    summary_px: int
    row_px: int
    text_px: int

    @property
    def area_px(self) -> int:
        """Width of what shows time."""
        return max(1, self.width - self.label_px)

    def summary_top(self) -> int:
        """Return where the summary begins."""
        return self.ruler_px

    def row_top(self, number: int) -> int:
        """Return where a row begins."""
        return self.ruler_px + self.summary_px + number * self.row_px

    def height(self, rows: int) -> int:
        """Return the height of everything."""
        return self.row_top(rows)

    def row_at(self, y: float, rows: int) -> int | None:
        """Return the row at a height; None: ruler, summary or nothing."""
        number = int(y - self.row_top(0)) // self.row_px if y >= self.row_top(0) else -1
        return number if 0 <= number < rows else None


def draw(  # everything that only changes with zoom, place or news
    places: Places, scale: TimeScale, zone: ZoneInfo, rows: Sequence[RowLook], summary: bytes, ratio: float
) -> QPixmap:
    """Return the timeline without what moves."""
    height = places.height(len(rows))
    picture = QPixmap(max(1, round(places.width * ratio)), max(1, round(height * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(COLORS.pane))
    painter = QPainter(picture)
    _draw_ruler(painter, places, scale, zone, height)
    wide = scale.us_per_px >= _WIDE_US
    area = QRect(places.label_px, places.summary_top(), places.area_px, places.summary_px)
    _draw_columns(painter, area, summary, 4, wide)
    for number, row in enumerate(rows):
        _draw_row(painter, places, scale, number, row)
    painter.end()
    return picture


def _draw_ruler(painter: QPainter, places: Places, scale: TimeScale, zone: ZoneInfo, height: int) -> None:
    left = places.label_px
    painter.fillRect(0, 0, places.width, places.ruler_px, QColor(COLORS.ground))
    font, bold = ui_font(places.text_px), ui_font(places.text_px, bold=True)
    painter.setFont(font)
    metrics = QFontMetrics(bold)
    date = f"{local(scale.start_us, zone):%Y-%m-%d}"
    sticky = left + metrics.horizontalAdvance(date) + 2 * places.text_px
    found = ticks(scale, zone, metrics.horizontalAdvance("00:00:00") + 1.5 * places.text_px)
    first_day = next((round(scale.x_of(tick.moment_us)) + left for tick in found if tick.is_day), places.width)
    for tick in found:
        x = left + round(scale.x_of(tick.moment_us))
        strong = tick.is_day
        painter.fillRect(
            x, places.ruler_px - (8 if strong else 5), 1, height, QColor(COLORS.line_strong if strong else COLORS.line)
        )
        text = tick_text(tick, zone)
        if x < sticky and not strong:
            continue  # there the date stands
        painter.setFont(bold if strong else font)
        painter.setPen(QColor(COLORS.accent_text if strong else COLORS.text_dim))
        painter.drawText(QRect(x + 4, 0, 200, places.ruler_px), Qt.AlignmentFlag.AlignVCenter, text)
    room = min(sticky, first_day - places.text_px // 2) - left
    if metrics.horizontalAdvance(date) <= room:
        painter.setFont(bold)
        painter.setPen(QColor(COLORS.accent_text))
        painter.drawText(QRect(left + 4, 0, room, places.ruler_px), Qt.AlignmentFlag.AlignVCenter, date)


def _draw_row(painter: QPainter, places: Places, scale: TimeScale, number: int, row: RowLook) -> None:
    top, left = places.row_top(number), places.label_px
    if row.selected:
        painter.fillRect(0, top, places.width, places.row_px, QColor(20, 58, 92, 110))
    painter.fillRect(0, top, places.width, 1, QColor(COLORS.line))
    area = QRect(left, top + 1, places.area_px, places.row_px - 1)
    for start_us, end_us in row.unknown:
        a, b = max(0.0, scale.x_of(start_us)), min(float(places.area_px), scale.x_of(end_us))
        if b > a:
            brush = QBrush(QColor(COLORS.line_strong), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(QRectF(left + a, area.y(), b - a, area.height()), brush)
    _draw_columns(painter, area, row.columns, max(1, places.row_px // 6), scale.us_per_px >= _WIDE_US)
    if row.note:
        painter.setFont(ui_font(places.text_px))
        painter.setPen(QColor(COLORS.warning))
        painter.drawText(area.adjusted(places.text_px, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.note)
    _draw_label(painter, places, top, row)


def _draw_label(painter: QPainter, places: Places, top: int, row: RowLook) -> None:
    font = ui_font(min(places.text_px, places.row_px - 2), bold=row.selected)
    metrics = QFontMetrics(font)
    left = round(places.text_px * 1.5)
    if row.recorded:
        side = places.text_px * 0.38
        x, y = places.text_px * 0.55, top + places.row_px / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(BOOKMARK_COLOR))
        painter.drawPolygon(QPolygonF([QPointF(x, y - side), QPointF(x + side * 1.3, y), QPointF(x, y + side)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    room = places.label_px - left - places.text_px // 2
    painter.setFont(font)
    painter.setPen(QColor(COLORS.accent_text if row.selected else COLORS.text))
    text = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(QRect(left, top + 1, room, places.row_px - 1), Qt.AlignmentFlag.AlignVCenter, text)


def _draw_columns(painter: QPainter, rect: QRect, columns: bytes, inset: int, wide: bool) -> None:
    """Draw footage low and what was recorded for a reason at full height: not told apart by colour alone.

    Where a column is long (`wide`), each has some alarm or other: those get a line of their own then.
    """
    width = len(columns)
    image = QImage(columns, width, 1, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_GROUND_TABLE)
    painter.drawImage(rect.adjusted(0, inset, 0, -inset), image)
    if max(columns, default=0) & ALARM or any(flag in columns for flag in _KINDS):
        image.setColorTable(_KIND_TABLE)
        band = QRect(rect.x(), rect.y(), rect.width(), max(2, rect.height() // 4))
        painter.drawImage(band if wide else rect, image)


_KINDS = tuple(flags for flags in range(16) if flags & (ALARM | MANUAL))


def draw_bookmarks(
    painter: QPainter, places: Places, scale: TimeScale, marks: Sequence[Bookmark], rows: Sequence[str]
) -> None:
    """Draw a flag on the ruler for each bookmark in sight, and its range on the rows of its cameras."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in marks:
        a, b = scale.x_of(mark.start_ms * 1000), scale.x_of(mark.end_ms * 1000)
        if b < 0 or a > places.area_px:
            continue
        left = places.label_px + max(0.0, a)
        color = QColor(BOOKMARK_COLOR)
        for number, channel_id in enumerate(rows):
            if channel_id in mark.channel_ids:
                bottom = places.row_top(number + 1) - 3
                painter.fillRect(QRectF(left, bottom, max(3.0, places.label_px + b - left), 3), color)
        if a >= 0:
            side, top = places.text_px * 0.42, places.ruler_px - places.text_px * 0.95
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            flag = [QPointF(left, top), QPointF(left + 2 * side, top + side), QPointF(left, top + 2 * side)]
            painter.drawPolygon(QPolygonF(flag))
            painter.fillRect(QRectF(left - 0.5, top, 1.5, places.ruler_px - top), color)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_hits(
    painter: QPainter,
    places: Places,
    scale: TimeScale,
    hits: Mapping[str, Sequence[tuple[int, int]]],
    rows: Sequence[str],
) -> None:
    """Draw what a search found: bars with a dark edge over the middle of the rows of the cameras."""
    bars = []
    for number, channel_id in enumerate(rows):
        top, high = places.row_top(number) + places.row_px // 4, places.row_px // 2
        for start_us, end_us in hits.get(channel_id, ()):
            a, b = scale.x_of(start_us), scale.x_of(end_us)
            if b >= 0 and a <= places.area_px:
                left, right = max(0.0, a), min(float(places.area_px), max(a + 3, b))
                bars.append(QRectF(places.label_px + left, top, right - left, high))
    for bar in bars:
        painter.fillRect(bar.adjusted(-1, -1, 1, 1), HIT_EDGE)
    for bar in bars:  # over all edges: where they are close, they must not cover each other
        painter.fillRect(bar, HIT_COLOR)


def draw_range(painter: QPainter, places: Places, scale: TimeScale, chosen: tuple[int, int], height: int) -> None:
    """Draw the range to export with a handle at each end."""
    a, b = (places.label_px + scale.x_of(moment) for moment in chosen)
    painter.save()
    painter.setClipRect(places.label_px, 0, places.area_px, height)
    painter.fillRect(QRectF(a, 0, b - a, height), RANGE_COLOR)
    for x, inward in ((a, 1), (b, -1)):
        painter.fillRect(QRectF(x - 1, 0, 2, height), RANGE_EDGE)
        grip = QRectF(x, 1, inward * places.text_px * 0.6, places.ruler_px - 3).normalized()
        painter.fillRect(grip, RANGE_EDGE)
    painter.restore()


def draw_playhead(painter: QPainter, places: Places, x: float, height: int) -> None:
    """Draw the play position."""
    at = places.label_px + x
    side = places.text_px * 0.45
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLAYHEAD)
    head = [QPointF(at - side, 0), QPointF(at + side, 0), QPointF(at, side * 1.5)]
    painter.drawPolygon(QPolygonF(head))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(at - 1, 0, 2, height), PLAYHEAD)


def draw_hover(painter: QPainter, places: Places, x: float, text: str, height: int, thumbnail: QImage | None) -> None:
    """Draw a hairline at the pointer, the moment there, and a picture of it where there is one."""
    at = places.label_px + x
    painter.setPen(QPen(QColor(COLORS.text_dim), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(at, 0), QPointF(at, height))
    font = ui_font(places.text_px, bold=True)
    width = QFontMetrics(font).horizontalAdvance(text) + places.text_px
    left = min(max(at - width / 2, places.label_px), places.width - width)
    box = QRectF(left, 1, width, places.ruler_px - 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLORS.title_selected))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font)
    painter.setPen(QColor(COLORS.accent_text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    if thumbnail is not None and not thumbnail.isNull():
        size = thumbnail.deviceIndependentSize()
        wide = min(max(at - size.width() / 2, places.label_px), places.width - size.width())
        painter.drawImage(QPointF(wide, places.ruler_px + 2), thumbnail)
