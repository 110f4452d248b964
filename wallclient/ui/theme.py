"""The look: colours for a dim room, text sizes that follow the screen's height, one style sheet for ordinary widgets.

The wall itself takes its colours from here too, but paints them: a style sheet on it would cost time at every picture.
"""

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from wallclient.ui.resources import resource_path

FAMILIES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC")


@dataclass(frozen=True, slots=True)
class Colors:
    """Colours by what they are for; contrast of text on any ground is at least 4.5 : 1, except `text_faint`."""

    void: str = "#07090c"  # behind panes
    ground: str = "#0f141a"  # panels
    pane: str = "#0c1015"  # an empty pane
    title: str = "#161d26"  # title strip of a pane
    title_selected: str = "#143a5c"
    raised: str = "#1a222c"  # inputs, buttons
    hover: str = "#243040"
    pressed: str = "#0f3554"
    line: str = "#232d39"
    line_strong: str = "#34414f"
    text: str = "#dbe3ec"
    text_dim: str = "#8f9dad"
    text_faint: str = "#566373"
    accent: str = "#3d9be9"
    accent_text: str = "#f3f9ff"
    ok: str = "#35b57f"
    warning: str = "#eaa63a"
    warning_ground: str = "#3a2a0c"
    bad: str = "#ec6a57"
    bad_ground: str = "#3b1613"


@dataclass(frozen=True, slots=True)
class Metrics:
    """Lengths in logical pixels. Text follows the screen's height, to be legible from two metres."""

    text_px: int
    small_px: int
    large_px: int
    bar_px: int  # tool bar
    row_px: int  # rows of trees and lists
    icon_px: int
    space_px: int


COLORS = Colors()


def metrics_for(screen_height_px: int) -> Metrics:
    """Return the lengths for a screen `screen_height_px` logical pixels high."""
    scale = min(2.0, max(0.9, screen_height_px / 1080))
    text = round(14 * scale)
    return Metrics(
        text_px=text,
        small_px=max(11, round(12 * scale)),
        large_px=round(20 * scale),
        bar_px=round(46 * scale),
        row_px=round(27 * scale),
        icon_px=round(20 * scale),
        space_px=max(4, round(8 * scale)),
    )


def screen_metrics() -> Metrics:
    """Return the lengths for the primary screen."""
    screen = QGuiApplication.primaryScreen()
    return metrics_for(screen.size().height() if screen else 1080)


def ui_font(pixel_size: int, bold: bool = False) -> QFont:
    """Return the program's font; a family with Chinese characters, so that digits and characters match."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(pixel_size)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setHintingPreference(
        QFont.HintingPreference.PreferFullHinting if pixel_size < 16 else font.hintingPreference()
    )
    return font


def has_chinese_font() -> bool:
    """Tell whether any installed family can show simplified Chinese."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


def apply_theme(app: QApplication, metrics: Metrics) -> None:
    """Give the application its style, palette, font and style sheet."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    app.setFont(ui_font(metrics.text_px))
    app.setStyleSheet(style_sheet(metrics))


def style_sheet(metrics: Metrics) -> str:
    """Return the style sheet with colours and lengths filled in."""
    template = resource_path("themes/dark.qss").read_text("utf-8")
    lengths = {name: f"{value}px" for name, value in asdict(metrics).items()}
    lengths["huge_px"] = f"{round(metrics.large_px * 1.25)}px"
    lengths["half_px"] = f"{metrics.space_px // 2}px"
    icons = {"icons": resource_path("icons").as_posix()}
    return Template(template).substitute(asdict(COLORS) | lengths | icons)


def _palette() -> QPalette:
    """Return the dark palette; a session without a desktop ignores `setColorScheme(Dark)`."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: COLORS.ground,
        QPalette.ColorRole.WindowText: COLORS.text,
        QPalette.ColorRole.Base: COLORS.ground,
        QPalette.ColorRole.AlternateBase: COLORS.raised,
        QPalette.ColorRole.Text: COLORS.text,
        QPalette.ColorRole.Button: COLORS.raised,
        QPalette.ColorRole.ButtonText: COLORS.text,
        QPalette.ColorRole.BrightText: COLORS.bad,
        QPalette.ColorRole.Highlight: COLORS.pressed,
        QPalette.ColorRole.HighlightedText: COLORS.accent_text,
        QPalette.ColorRole.ToolTipBase: COLORS.raised,
        QPalette.ColorRole.ToolTipText: COLORS.text,
        QPalette.ColorRole.PlaceholderText: COLORS.text_faint,
        QPalette.ColorRole.Link: COLORS.accent,
        QPalette.ColorRole.Light: COLORS.line_strong,
        QPalette.ColorRole.Midlight: COLORS.line,
        QPalette.ColorRole.Mid: COLORS.line,
        QPalette.ColorRole.Dark: COLORS.void,
        QPalette.ColorRole.Shadow: COLORS.void,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(COLORS.text_faint))
    return palette
