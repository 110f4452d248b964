"""Draws the parts of a pane that are not video, each into a pixmap that is kept until something in it changes.

Device pixels throughout. Nothing here runs per picture.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPixmap, QTextLayout, QTextOption

from wallclient.domain.pane import PaneState
from wallclient.ui import footage_mark, ptz_drawing, via_mark
from wallclient.ui.icons import pixmap
from wallclient.ui.text import info_lines, local_time, next_try_text, reason_text, state_text, stopped_text
from wallclient.ui.theme import COLORS, ui_font

if TYPE_CHECKING:
    from wallclient.ui.pane_view import PaneView

Draw = Callable[..., QPixmap]

_DIM = QColor(7, 9, 12, 150)
_DOT = {
    PaneState.IDLE: COLORS.text_faint,
    PaneState.OPENING: COLORS.accent,
    PaneState.PLAYING: COLORS.ok,
    PaneState.STALLED: COLORS.warning,
    PaneState.RECONNECTING: COLORS.warning,
    PaneState.FAILED: COLORS.bad,
    PaneState.GAP: COLORS.text_faint,
}
_STANDING = (PaneState.STALLED, PaneState.RECONNECTING, PaneState.FAILED)
_PATH_FROM_PX = 330  # a title narrower than this (at scale 1) has room for the name only
_CLOCK_FROM_PX = 240
_STOP_TIME_FROM_PX = 150


def has_clock(view: "PaneView") -> bool:
    """Tell whether the title has room for a running clock; only a live pane may show one."""
    playing = view.pane.is_live and view.pane.state is PaneState.PLAYING
    return playing and view.title_rect.width() >= _CLOCK_FROM_PX * view.scale


def clock(text: str, text_px: int) -> QPixmap:
    """Return the time, shared by all titles of one text size."""
    font = _digits(text_px)
    metrics = QFontMetrics(font)
    picture = QPixmap(metrics.horizontalAdvance(text) + 2, metrics.height())
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setFont(font)
    painter.setPen(QColor(COLORS.text_dim))
    painter.drawText(picture.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return picture


def clock_width(text_px: int) -> int:
    """Return the room a clock takes in a title, with its margin."""
    return QFontMetrics(_digits(text_px)).horizontalAdvance("00:00:00") + text_px


def title(view: "PaneView") -> QPixmap:
    """Draw the title strip: state, name, path where it fits, sound, time of stop. The clock is painted over it."""
    size = view.title_rect.size()
    picture = QPixmap(max(1, size.width()), max(1, size.height()))
    picture.fill(_title_ground(view))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left = _draw_dot(painter, view, size.height())
    right = _draw_title_end(painter, view, size.width(), size.height())
    _draw_name(painter, view, QRect(left, 0, max(0, right - left), size.height()))
    painter.end()
    return picture


def _title_ground(view: "PaneView") -> QColor:
    if not view.pane.is_live:  # what was recorded can't be taken for live
        return QColor(footage_mark.GROUND_SELECTED if view.selected else footage_mark.GROUND)
    return QColor(COLORS.title_selected if view.selected else COLORS.title)


def _draw_dot(painter: QPainter, view: "PaneView", height: int) -> int:
    radius = view.text_px * 0.26
    x = view.text_px * 0.75
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_DOT[view.pane.state]))
    if not view.pane.is_live:
        footage_mark.paint_sign(painter, x, height / 2, radius * 1.35)
        return round(x + view.text_px * 0.9)
    if view.pane.state is PaneState.FAILED:  # not by colour alone
        painter.drawRect(QRectF(x - radius, height / 2 - radius, 2 * radius, 2 * radius))
    elif view.pane.state is PaneState.IDLE:
        painter.setPen(QPen(QColor(COLORS.text_faint), max(1.0, view.scale)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(x, height / 2), radius, radius)
    else:
        painter.drawEllipse(QPointF(x, height / 2), radius, radius)
    return round(x + view.text_px * 0.7)


def _draw_title_end(painter: QPainter, view: "PaneView", width: int, height: int) -> int:
    """Draw what stands at the right end and return where it begins."""
    right = width - view.text_px // 2
    if view.footage is not None:
        room = right - round(view.text_px * 2.5)
        right = footage_mark.paint_moment(painter, view.footage, right, room, height, view.text_px)
    stopped = view.stopped_at_utc
    if stopped is not None and width >= _STOP_TIME_FROM_PX * view.scale:
        text = local_time(stopped)
        font = _digits(view.text_px)
        room = QFontMetrics(font).horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(QColor(COLORS.warning))
        painter.drawText(QRect(right - room, 0, room + 1, height), Qt.AlignmentFlag.AlignVCenter, text)
        right -= room + view.text_px // 2
    elif has_clock(view):
        right -= clock_width(view.text_px)
    if view.pane.via:
        name = view.pane.channel.name if view.pane.channel else ""
        name_end = round(view.text_px * 1.9) + QFontMetrics(ui_font(view.text_px, view.selected)).horizontalAdvance(
            name
        )
        right = via_mark.paint_badge(painter, view.pane.via, name_end, right, (width, height), view.text_px)
    if view.zoom.active:
        text = f"{view.zoom.factor:.1f}×"
        font = _digits(view.text_px)
        room = QFontMetrics(font).horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(QColor(COLORS.accent))
        painter.drawText(QRect(right - room, 0, room + 1, height), Qt.AlignmentFlag.AlignVCenter, text)
        right -= room + view.text_px // 2
    if (mark := ptz_drawing.badge(view)) is not None:
        painter.drawPixmap(right - mark.width(), (height - mark.height()) // 2, mark)
        right -= mark.width() + view.text_px // 3
    if view.pane.audible:
        side = round(view.text_px * 1.2)
        painter.drawPixmap(right - side, (height - side) // 2, pixmap("audio-on", COLORS.accent, side))
        right -= side + view.text_px // 3
    return right


def _draw_name(painter: QPainter, view: "PaneView", rect: QRect) -> None:
    channel = view.pane.channel
    if channel is None:
        return
    font = ui_font(view.text_px, bold=view.selected)
    metrics = QFontMetrics(font)
    name = metrics.elidedText(channel.name, Qt.TextElideMode.ElideMiddle, rect.width())
    painter.setFont(font)
    painter.setPen(QColor(COLORS.accent_text if view.selected else COLORS.text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, name)
    left = metrics.horizontalAdvance(name) + view.text_px
    room = rect.width() - left
    if channel.path and view.title_rect.width() >= _PATH_FROM_PX * view.scale and room > 4 * view.text_px:
        small = ui_font(max(round(12 * view.scale), round(view.text_px * 0.86)))
        path = _fitting_path(channel.path, QFontMetrics(small), room)
        painter.setFont(small)
        painter.setPen(QColor(COLORS.text_dim))
        painter.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, path)


def _fitting_path(path: tuple[str, ...], metrics: QFontMetrics, room_px: int) -> str:
    """Return as many names of the path, from its end, as fit: half a name helps nobody."""
    texts = (" › ".join(path[start:]) for start in range(len(path)))
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room_px), "")


def frozen(image: QImage) -> QImage:
    """Return a grey copy of the last picture, so that a picture that stands still can't be taken for a live one."""
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def panel(view: "PaneView", next_try_s: int | None) -> QPixmap:
    """Draw what stands below the title while there is no live video: hint, progress or the reason in words."""
    area = view.area
    picture = QPixmap(max(1, area.width()), max(1, area.height()))
    picture.fill(QColor(COLORS.pane))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if view.frozen is not None:
        painter.drawImage(view.video_rect.translated(-area.topLeft()), view.frozen)
        painter.fillRect(picture.rect(), _DIM)
    state = view.pane.state
    if state is PaneState.IDLE:
        _draw_hint(painter, view, picture.rect())
    elif state in _STANDING:
        _draw_frame(painter, picture.rect(), QColor(_DOT[state]), view.scale)
        _draw_message(painter, view, picture.rect(), _message(view, next_try_s))
    elif state is PaneState.GAP:
        _draw_message(painter, view, picture.rect(), _message(view, None))
    else:
        lines = [(state_text(PaneState.OPENING), COLORS.text_dim, False)]
        if view.pane.reason is not None:
            lines.append((reason_text(view.pane.reason).rstrip(".。"), COLORS.text, False))
        _draw_message(painter, view, picture.rect(), lines)
    painter.end()
    return picture


_Message = list[tuple[str, str, bool]]  # text, colour, bold


def _message(view: "PaneView", next_try_s: int | None) -> _Message:
    pane = view.pane
    stopped = view.stopped_at_utc
    heading = (
        stopped_text(stopped) if stopped is not None and pane.state is not PaneState.FAILED else state_text(pane.state)
    )
    lines = [(heading, _DOT[pane.state], True)]
    if pane.state is PaneState.GAP and view.footage is not None and view.footage.gap:
        return [(view.footage.gap, COLORS.text, True)]
    if pane.reason is not None:
        lines.append((reason_text(pane.reason).rstrip(".。"), COLORS.text, False))
    if next_try_s is not None and pane.state is not PaneState.FAILED:
        lines.append((next_try_text(next_try_s), COLORS.text_dim, False))
    return lines


def _draw_message(painter: QPainter, view: "PaneView", rect: QRect, message: _Message) -> None:
    """Draw lines in the middle, heading first; what does not fit is cut from the end, never in the middle of a line."""
    text_px = max(round(12 * view.scale), min(round(19 * view.scale), rect.height() // 9))
    width = rect.width() - 2 * max(4, text_px // 2)
    line_px = round(text_px * 1.4)
    room = max(1, rect.height() // line_px)
    rows: list[tuple[str, QColor, QFont]] = []
    for position, (text, color, bold) in enumerate(message):
        font = ui_font(text_px, bold)
        most = max(1, min(room - len(rows) - (position == 0 and len(message) > 1), 2 if position == 0 else 3))
        if len(rows) >= room:
            break
        rows += [(line, QColor(color), font) for line in wrapped(text, font, width, most)]
    top = rect.y() + (rect.height() - len(rows) * line_px) // 2
    for number, (line, tint, font) in enumerate(rows):
        painter.setFont(font)
        painter.setPen(tint)
        box = QRect(rect.x(), top + number * line_px, rect.width(), line_px)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)


def wrapped(text: str, font: QFont, width_px: int, most: int) -> list[str]:
    """Return `text` as at most `most` lines of at most `width_px`; the last one ends in … where text is left over."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width_px))
        start, length = line.textStart(), line.textLength()
        if len(lines) == most - 1 and start + length < len(text):
            rest = text[start:]
            lines.append(QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width_px))
            break
        lines.append(text[start : start + length].strip())
    layout.endLayout()
    return lines


def _draw_hint(painter: QPainter, view: "PaneView", rect: QRect) -> None:
    """Mark an empty pane by its number, quietly."""
    font = ui_font(max(round(16 * view.scale), min(round(44 * view.scale), rect.height() // 4)), bold=True)
    painter.setFont(font)
    painter.setPen(QColor("#2b3a4a" if view.selected else "#1b2530"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(view.number))


def _draw_frame(painter: QPainter, rect: QRect, color: QColor, scale: float) -> None:
    width = max(2, round(2 * scale))
    color.setAlpha(150)
    for side in (
        QRect(rect.x(), rect.y(), rect.width(), width),
        QRect(rect.x(), rect.bottom() - width + 1, rect.width(), width),
        QRect(rect.x(), rect.y(), width, rect.height()),
        QRect(rect.right() - width + 1, rect.y(), width, rect.height()),
    ):
        painter.fillRect(side, color)


def info(view: "PaneView") -> QPixmap:
    """Draw the stream's figures on a translucent ground, for the lower left corner of the video."""
    text_px = max(round(12 * view.scale), min(round(15 * view.scale), view.area.height() // 14))
    font = ui_font(text_px)
    metrics = QFontMetrics(font)
    line_px = round(text_px * 1.35)
    margin = text_px // 2
    room = max(1, (view.area.height() - margin) // line_px - 1)
    width = view.video_rect.width() - 2 * margin
    lines = [
        metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)
        for line in info_lines(view.pane.stream_kind, view.pane.info)[:room]
    ]
    widest = max((metrics.horizontalAdvance(line) for line in lines), default=0)
    picture = QPixmap(widest + 2 * margin, max(1, len(lines)) * line_px + margin)
    picture.fill(QColor(7, 9, 12, 190) if lines else Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setFont(font)
    painter.setPen(QColor(COLORS.text))
    for number, line in enumerate(lines):
        box = QRect(margin, margin // 2 + number * line_px, widest + 1, line_px)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)
    painter.end()
    return picture


def mini_map(view: "PaneView") -> QPixmap:
    """Draw the whole picture as a small frame with the visible part marked, and the factor, lower right."""
    video = view.video_rect
    width = max(40, min(round(150 * view.scale), video.width() // 5))
    height = max(22, round(width * video.height() / max(1, video.width())))
    picture = QPixmap(width, height)
    picture.fill(QColor(7, 9, 12, 150))
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(COLORS.text_dim), 1))
    painter.drawRect(0, 0, width - 1, height - 1)
    zoom = view.zoom
    part = QRectF(zoom.left * width, zoom.top * height, max(3.0, zoom.span * width), max(3.0, zoom.span * height))
    part = part.intersected(QRectF(0, 0, width, height)).adjusted(0.5, 0.5, -1.5, -1.5)
    painter.fillRect(part, QColor(61, 155, 233, 90))
    painter.setPen(QPen(QColor(COLORS.accent), max(1.0, 1.5 * view.scale)))
    painter.drawRect(part)
    painter.end()
    return picture


def _digits(text_px: int) -> QFont:
    """Return the font for times: digits of one width, or the title would tremble each second."""
    font = ui_font(max(11, round(text_px * 0.92)))
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setFixedPitch(False)
    return font
