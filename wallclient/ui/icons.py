"""Icons: own line drawings (SVG, one colour) tinted for where they stand, and layouts drawn from their own geometry."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import CatalogRow
from wallclient.domain.layout import Layout
from wallclient.domain.node import CameraKind, Node, NodeKind
from wallclient.ui.resources import resource_path
from wallclient.ui.theme import COLORS

_SCALES = (1.0, 1.5, 2.0)
STATE_COLORS = {
    ChannelState.ONLINE: COLORS.ok,
    ChannelState.OFFLINE: COLORS.text_faint,
    ChannelState.VIDEO_LOST: COLORS.warning,
}
_CAMERAS = {kind: f"camera-{kind.value}" for kind in CameraKind}


@cache
def _svg(name: str) -> str:
    return resource_path(f"icons/{name}.svg").read_text("utf-8")


@cache
def pixmap(name: str, color: str, size_px: int) -> QPixmap:
    """Return the icon `name` as `size_px` × `size_px` device pixels."""
    picture = QPixmap(size_px, size_px)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", color).encode()))
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return picture


@cache
def icon(name: str, color: str = COLORS.text_dim, size_px: int = 20, checked_color: str = COLORS.accent_text) -> QIcon:
    """Return the icon `name`, `size_px` logical pixels large, faint when disabled."""
    result = QIcon()
    for scale in _SCALES:
        states = (
            (color, QIcon.Mode.Normal, QIcon.State.Off),
            (COLORS.text_faint, QIcon.Mode.Disabled, QIcon.State.Off),
        )
        for tint, mode, state in (*states, (checked_color, QIcon.Mode.Normal, QIcon.State.On)):
            picture = QPixmap(pixmap(name, tint, round(size_px * scale)))
            picture.setDevicePixelRatio(scale)
            result.addPixmap(picture, mode, state)
    return result


def app_icon() -> QIcon:
    """Return the program's own icon."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(pixmap("app", "", size))
    return result


def row_icon(row: CatalogRow | None, node: Node | None, size_px: int) -> QIcon:
    """Return the icon of a row of the tree: its shape tells the kind, its colour the state."""
    if row is None:
        return node_icon(node, size_px) if node is not None else QIcon()
    if not row.is_channel:
        return icon(row.kind.value, COLORS.accent if row.online else COLORS.text_faint, size_px)
    return icon(_CAMERAS[row.camera_kind or CameraKind.BOX], STATE_COLORS[row.state], size_px)


def node_icon(node: Node, size_px: int) -> QIcon:
    """Return the icon of a row of the tree: its shape tells the kind, its colour the state."""
    return icon(node_icon_name(node), _node_color(node), size_px)


def node_icon_name(node: Node) -> str:
    """Return the name of a node's icon."""
    if node.kind is NodeKind.CHANNEL:
        return _CAMERAS[node.channel.camera_kind] if node.channel else _CAMERAS[CameraKind.BOX]
    return node.kind.value


def _node_color(node: Node) -> str:
    if node.kind is NodeKind.CHANNEL:
        return COLORS.ok if node.channel is not None and node.channel.online else COLORS.text_faint
    return COLORS.accent if node.channels_online else COLORS.text_faint


@cache
def layout_icon(layout: Layout, size_px: int) -> QIcon:
    """Return a drawing of the layout, `size_px` logical pixels wide."""
    result = QIcon()
    for scale in _SCALES:
        for color, state in ((COLORS.text_dim, QIcon.State.Off), (COLORS.accent_text, QIcon.State.On)):
            picture = _layout_pixmap(layout, round(size_px * scale), color)
            picture.setDevicePixelRatio(scale)
            result.addPixmap(picture, QIcon.Mode.Normal, state)
    return result


def _layout_pixmap(layout: Layout, size_px: int, color: str) -> QPixmap:
    """Draw each pane as a plain box; whole pixels only, or small panes blur into a grey patch."""
    picture = QPixmap(size_px, size_px)
    picture.fill(Qt.GlobalColor.transparent)
    side = max(layout.columns, layout.rows)
    gap = 2 if side <= 4 and size_px >= 18 else 1
    unit = max(1, (size_px - 2 + gap) // side - gap)  # so that all boxes of one raster are equally large
    extent = side * (unit + gap)
    margin = (size_px - extent + gap) // 2
    painter = QPainter(picture)
    for x, y, width, height in layout.rects_px(extent - gap, extent - gap, gap):
        painter.fillRect(margin + x, margin + y, width, height, QColor(color))
    painter.end()
    return picture
