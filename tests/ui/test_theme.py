"""The look: complete, legible, one icon for everything."""

import pytest
from PySide6.QtGui import QColor
from window_fakes import small_city

from wallclient.domain.layout import LAYOUTS
from wallclient.domain.node import CameraKind, NodeKind
from wallclient.ui import icons, theme


def luminance(name: str) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(name).getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", ["ground", "pane", "title", "raised"])
@pytest.mark.parametrize("text", ["text", "text_dim", "warning", "bad", "ok"])
def test_text_is_legible_on_every_ground(ground, text):
    assert contrast(getattr(theme.COLORS, text), getattr(theme.COLORS, ground)) >= 4.5


@pytest.mark.parametrize("height", [768, 1080, 1440, 2160])
def test_the_style_sheet_has_no_blanks_left_and_text_grows_with_the_screen(height):
    metrics = theme.metrics_for(height)
    assert "$" not in theme.style_sheet(metrics)
    assert metrics.small_px >= 11
    assert metrics.small_px <= metrics.text_px <= metrics.large_px
    assert theme.metrics_for(height * 2).text_px >= metrics.text_px


def test_every_node_and_layout_has_a_drawing_of_its_own(qapp):
    names = {f"camera-{kind}" for kind in CameraKind} | {kind.value for kind in NodeKind if kind != "channel"}
    drawings = {name: icons.pixmap(name, "#ffffff", 40).toImage() for name in names}
    drawings |= {layout.id: icons.layout_icon(layout, 26).pixmap(26, 26).toImage() for layout in LAYOUTS}
    for name, drawing in drawings.items():
        same = [other for other, image in drawings.items() if image == drawing]
        assert same == [name]
        painted = sum(drawing.pixelColor(x, y).alpha() > 0 for x in range(26) for y in range(26))
        assert painted > 30, name


def test_an_offline_camera_is_another_colour(qapp):
    online, offline = (
        next(n for n in small_city().children["d0-s0"] if n.channel.online is state and n.channel.camera_kind == "ptz")
        for state in (True, False)
    )
    images = [icons.node_icon(node, 20).pixmap(20, 20).toImage() for node in (online, offline)]
    assert images[0] != images[1]
