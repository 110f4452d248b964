"""The one table of keys. Actions, menus, tool tips and the F1 page are all made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from wallclient.ui.i18n import QT_TRANSLATE_NOOP


class Where(StrEnum):
    """Which widget must have the focus for a key to work."""

    WINDOW = "window"
    WALL = "wall"


class Group(StrEnum):
    """Headings of the F1 page, in its order."""

    PANES = QT_TRANSLATE_NOOP("shortcuts", "Panes")
    LAYOUTS = QT_TRANSLATE_NOOP("shortcuts", "Layouts and views")
    PTZ = QT_TRANSLATE_NOOP("shortcuts", "PTZ mode")
    PATROL = QT_TRANSLATE_NOOP("shortcuts", "Patrol rounds")
    PLAYBACK = QT_TRANSLATE_NOOP("shortcuts", "Playback")
    WINDOW = QT_TRANSLATE_NOOP("shortcuts", "Window")
    MOUSE = QT_TRANSLATE_NOOP("shortcuts", "Mouse")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A command with its keys; the first key is the one shown in menus."""

    command: str
    keys: tuple[str, ...]
    text: str
    group: Group
    where: Where = Where.WINDOW


def _wall(command: str, keys: tuple[str, ...], text: str) -> Shortcut:
    return Shortcut(command, keys, text, Group.PANES, Where.WALL)


def _round(command: str, key: str, text: str, where: Where = Where.WALL) -> Shortcut:
    return Shortcut(command, (key,), text, Group.PATROL, where)


SHORTCUTS: tuple[Shortcut, ...] = (
    _wall("spot", ("Return", "Enter"), QT_TRANSLATE_NOOP("shortcuts", "Enlarge the pane, and back")),
    _wall("back", ("Esc",), QT_TRANSLATE_NOOP("shortcuts", "Back to all panes; leave full screen")),
    _wall("close", ("Del", "Backspace"), QT_TRANSLATE_NOOP("shortcuts", "Close the pane")),
    _wall("close_all", ("Shift+Del",), QT_TRANSLATE_NOOP("shortcuts", "Close all panes")),
    _wall("retry", ("R",), QT_TRANSLATE_NOOP("shortcuts", "Connect again now")),
    _wall("audio", ("M",), QT_TRANSLATE_NOOP("shortcuts", "Sound on or off")),
    _wall("info", ("I",), QT_TRANSLATE_NOOP("shortcuts", "Stream information")),
    _wall("snapshot", ("P",), QT_TRANSLATE_NOOP("shortcuts", "Snapshot")),
    _wall("stream", ("T",), QT_TRANSLATE_NOOP("shortcuts", "Main or sub stream")),
    _wall("zoom_in", ("+", "="), QT_TRANSLATE_NOOP("shortcuts", "Zoom in")),
    _wall("zoom_out", ("-",), QT_TRANSLATE_NOOP("shortcuts", "Zoom out")),
    _wall("zoom_reset", ("0",), QT_TRANSLATE_NOOP("shortcuts", "Whole picture")),
    _wall("alarm_seen", ("A",), QT_TRANSLATE_NOOP("shortcuts", "Acknowledge the camera's alarm")),
    _wall("left", ("Left",), QT_TRANSLATE_NOOP("shortcuts", "Pane to the left")),
    _wall("right", ("Right",), QT_TRANSLATE_NOOP("shortcuts", "Pane to the right")),
    _wall("up", ("Up",), QT_TRANSLATE_NOOP("shortcuts", "Pane above")),
    _wall("down", ("Down",), QT_TRANSLATE_NOOP("shortcuts", "Pane below")),
    Shortcut("layout_1", ("Ctrl+1",), QT_TRANSLATE_NOOP("shortcuts", "1 pane"), Group.LAYOUTS),
    Shortcut("layout_4", ("Ctrl+2",), QT_TRANSLATE_NOOP("shortcuts", "4 panes"), Group.LAYOUTS),
    Shortcut("layout_9", ("Ctrl+3",), QT_TRANSLATE_NOOP("shortcuts", "9 panes"), Group.LAYOUTS),
    Shortcut("layout_16", ("Ctrl+4",), QT_TRANSLATE_NOOP("shortcuts", "16 panes"), Group.LAYOUTS),
    Shortcut("layout_25", ("Ctrl+5",), QT_TRANSLATE_NOOP("shortcuts", "25 panes"), Group.LAYOUTS),
    Shortcut("layout_36", ("Ctrl+6",), QT_TRANSLATE_NOOP("shortcuts", "36 panes"), Group.LAYOUTS),
    Shortcut("layout_49", ("Ctrl+7",), QT_TRANSLATE_NOOP("shortcuts", "49 panes"), Group.LAYOUTS),
    Shortcut("layout_64", ("Ctrl+8",), QT_TRANSLATE_NOOP("shortcuts", "64 panes"), Group.LAYOUTS),
    Shortcut("layout_less", ("Ctrl+Left",), QT_TRANSLATE_NOOP("shortcuts", "Layout with fewer panes"), Group.LAYOUTS),
    Shortcut("layout_more", ("Ctrl+Right",), QT_TRANSLATE_NOOP("shortcuts", "Layout with more panes"), Group.LAYOUTS),
    Shortcut("save_view", ("Ctrl+S",), QT_TRANSLATE_NOOP("shortcuts", "Save the view"), Group.LAYOUTS),
    Shortcut("views", ("Ctrl+O",), QT_TRANSLATE_NOOP("shortcuts", "Open a view"), Group.LAYOUTS),
    _round("patrol_seen", "Space", QT_TRANSLATE_NOOP("shortcuts", "Step seen (also Enter)")),
    _round("patrol_finding", "F", QT_TRANSLATE_NOOP("shortcuts", "File a finding")),
    _round("patrol_pause", "K", QT_TRANSLATE_NOOP("shortcuts", "Pause the round, and go on")),
    _round("patrol_skip", "N", QT_TRANSLATE_NOOP("shortcuts", "Next step")),
    _round("patrol_by_hand", "H", QT_TRANSLATE_NOOP("shortcuts", "Take the pane by hand")),
    _round("patrol_end", "Shift+End", QT_TRANSLATE_NOOP("shortcuts", "End the round")),
    _round("patrol_begin", "Ctrl+Return", QT_TRANSLATE_NOOP("shortcuts", "Begin the due round"), Where.WINDOW),
    _round("patrol_plans", "Ctrl+P", QT_TRANSLATE_NOOP("shortcuts", "Patrol plans"), Where.WINDOW),
    _round("patrol_rounds", "Ctrl+R", QT_TRANSLATE_NOOP("shortcuts", "Rounds and findings"), Where.WINDOW),
    _round("hand_over", "Ctrl+H", QT_TRANSLATE_NOOP("shortcuts", "Shift hand-over"), Where.WINDOW),
    _wall("ptz_mode", ("C",), QT_TRANSLATE_NOOP("shortcuts", "PTZ mode on or off")),
    Shortcut("ptz_panel", ("F8",), QT_TRANSLATE_NOOP("shortcuts", "PTZ panel on or off"), Group.WINDOW),
    Shortcut("alarms", ("F4",), QT_TRANSLATE_NOOP("shortcuts", "Alarms"), Group.WINDOW),
    Shortcut("timeline", ("F7",), QT_TRANSLATE_NOOP("shortcuts", "Timeline on or off"), Group.WINDOW),
    Shortcut("exports", ("Ctrl+E",), QT_TRANSLATE_NOOP("shortcuts", "Exports and evidence packages"), Group.WINDOW),
    Shortcut("cases", ("Ctrl+K",), QT_TRANSLATE_NOOP("shortcuts", "Cases"), Group.WINDOW),
    Shortcut("full_screen", ("F11",), QT_TRANSLATE_NOOP("shortcuts", "Full screen"), Group.WINDOW),
    Shortcut("tree", ("F9",), QT_TRANSLATE_NOOP("shortcuts", "Camera tree on or off"), Group.WINDOW),
    Shortcut("refresh", ("F5",), QT_TRANSLATE_NOOP("shortcuts", "Read the camera tree again"), Group.WINDOW),
    Shortcut("focus_tree", ("F6",), QT_TRANSLATE_NOOP("shortcuts", "Between camera tree and panes"), Group.WINDOW),
    Shortcut("search", ("Ctrl+F", "/"), QT_TRANSLATE_NOOP("shortcuts", "Search cameras"), Group.WINDOW),
    Shortcut("favourite", ("Ctrl+D",), QT_TRANSLATE_NOOP("shortcuts", "Favourite or not"), Group.WINDOW),
    Shortcut("details", ("F2",), QT_TRANSLATE_NOOP("shortcuts", "Details of the camera"), Group.WINDOW),
    Shortcut("new_window", ("Ctrl+N",), QT_TRANSLATE_NOOP("shortcuts", "New window on the next screen"), Group.WINDOW),
    Shortcut("close_window", ("Ctrl+W",), QT_TRANSLATE_NOOP("shortcuts", "Close the window"), Group.WINDOW),
    Shortcut("log_in", ("Ctrl+L",), QT_TRANSLATE_NOOP("shortcuts", "Log in"), Group.WINDOW),
    Shortcut("settings", ("Ctrl+,",), QT_TRANSLATE_NOOP("shortcuts", "Settings"), Group.WINDOW),
    Shortcut("keys", ("F1",), QT_TRANSLATE_NOOP("shortcuts", "Keys"), Group.WINDOW),
    Shortcut("quit", ("Ctrl+Q",), QT_TRANSLATE_NOOP("shortcuts", "Quit"), Group.WINDOW),
)
MOUSE: tuple[tuple[str, str], ...] = (
    (QT_TRANSLATE_NOOP("shortcuts", "Click"), QT_TRANSLATE_NOOP("shortcuts", "Select the pane")),
    (QT_TRANSLATE_NOOP("shortcuts", "Double click"), QT_TRANSLATE_NOOP("shortcuts", "Enlarge the pane, and back")),
    (QT_TRANSLATE_NOOP("shortcuts", "Drag"), QT_TRANSLATE_NOOP("shortcuts", "Swap two panes; move a zoomed picture")),
    (QT_TRANSLATE_NOOP("shortcuts", "Wheel"), QT_TRANSLATE_NOOP("shortcuts", "Digital zoom at the pointer")),
    (QT_TRANSLATE_NOOP("shortcuts", "Middle double click"), QT_TRANSLATE_NOOP("shortcuts", "Whole picture")),
)
PTZ_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (  # `ui.ptz_keys` takes them while PTZ mode is on
    ((QT_TRANSLATE_NOOP("shortcuts", "Arrow keys"),), QT_TRANSLATE_NOOP("shortcuts", "Turn; two for a diagonal")),
    ((QT_TRANSLATE_NOOP("shortcuts", "Keypad 1–9"),), QT_TRANSLATE_NOOP("shortcuts", "Turn in eight directions")),
    (("+", "-"), QT_TRANSLATE_NOOP("shortcuts", "Zoom the camera in and out")),
    ((".", ","), QT_TRANSLATE_NOOP("shortcuts", "Focus far and near")),
    (("'", ";"), QT_TRANSLATE_NOOP("shortcuts", "Open and close the iris")),
    (("]", "["), QT_TRANSLATE_NOOP("shortcuts", "Steer faster and slower")),
    (("S",), QT_TRANSLATE_NOOP("shortcuts", "Stop the camera in any case")),
    (("1", "…", "9"), QT_TRANSLATE_NOOP("shortcuts", "Go to preset 1 to 9")),
    ((QT_TRANSLATE_NOOP("shortcuts", "Drag"),), QT_TRANSLATE_NOOP("shortcuts", "Turn; the farther, the faster")),
    ((QT_TRANSLATE_NOOP("shortcuts", "Click"),), QT_TRANSLATE_NOOP("shortcuts", "Bring the place to the middle")),
    ((QT_TRANSLATE_NOOP("shortcuts", "Shift+drag"),), QT_TRANSLATE_NOOP("shortcuts", "Zoom into the rectangle")),
    ((QT_TRANSLATE_NOOP("shortcuts", "Wheel"),), QT_TRANSLATE_NOOP("shortcuts", "Zoom the camera in and out")),
)

PLAYBACK_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (  # `ui.playback_keys` takes them
    (("J", "K", "L"), QT_TRANSLATE_NOOP("shortcuts", "Backwards, pause, forwards")),
    ((",", "."), QT_TRANSLATE_NOOP("shortcuts", "Picture before, next picture")),
    (("Shift+Left", "Right"), QT_TRANSLATE_NOOP("shortcuts", "10 s back, on")),
    (("PgUp", "PgDown"), QT_TRANSLATE_NOOP("shortcuts", "1 min back, on")),
    (("Shift+PgUp", "PgDown"), QT_TRANSLATE_NOOP("shortcuts", "Segment before, next segment")),
    (("Ctrl+PgUp", "PgDown"), QT_TRANSLATE_NOOP("shortcuts", "Bookmark before, next bookmark")),
    (("Home", "End"), QT_TRANSLATE_NOOP("shortcuts", "First and last footage in sight")),
    (("B",), QT_TRANSLATE_NOOP("shortcuts", "Bookmark")),
    (("G",), QT_TRANSLATE_NOOP("shortcuts", "Go to a moment")),
    (("[", "]"), QT_TRANSLATE_NOOP("shortcuts", "Range begins, ends here")),
    (("Shift+S", "M", "T"), QT_TRANSLATE_NOOP("shortcuts", "Contact sheet, movement, film strip")),
)


def translated(text: str) -> str:
    """Return a text of the tables in the operator's language."""
    return QCoreApplication.translate("shortcuts", text)


def written(keys: tuple[str, ...]) -> list[str]:
    """Return keys as they are written on this system; words that are no keys in the operator's language."""
    native = (QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
    return [translated(key) if len(key) > 6 or not name else name for key, name in zip(keys, native, strict=True)]


def key_names(shortcut: Shortcut) -> list[str]:
    """Return the keys as they are written on this system."""
    names = (QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in shortcut.keys)
    return list(dict.fromkeys(names))  # Return and Enter have one name in Chinese


def make_actions(window: QWidget, wall: QWidget, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Return an action per command, bound to its keys. Raises KeyError for a command without a handler."""
    actions = {}
    for shortcut in SHORTCUTS:
        handler = handlers[shortcut.command]
        on_wall = shortcut.where is Where.WALL
        action = QAction(translated(shortcut.text), window)
        action.setShortcuts([QKeySequence(key) for key in shortcut.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut if on_wall else Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(_without_argument(handler))
        (wall if on_wall else window).addAction(action)
        actions[shortcut.command] = action
    return actions


def _without_argument(handler: Callable[[], object]) -> Callable[[bool], None]:
    def call(_checked: bool = False) -> None:
        handler()

    return call
