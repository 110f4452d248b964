"""The context menu of a pane."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wallclient.domain.catalog import Right
from wallclient.domain.pane import PaneState
from wallclient.domain.stream import StreamKind
from wallclient.services.abilities import Ability
from wallclient.services.rights import allowed
from wallclient.ui.icons import icon
from wallclient.ui.pane_commands import PaneCommands
from wallclient.ui.text import missing_text, stream_kind_text

if TYPE_CHECKING:
    from wallclient.services.wall_pane import WallPane

_ENTRIES = (
    ("spot", "spot"),
    ("ptz_mode", "ptz"),
    ("snapshot", "snapshot"),
    ("audio", "audio-on"),
    ("zoom_reset", "zoom-reset"),
    ("info", "info"),
    ("alarm_seen", "bell"),
    ("retry", "retry"),
    ("close", "close"),
)
_NEEDED_RIGHTS = {"snapshot": Right.VIEW, "audio": Right.VIEW, "retry": Right.VIEW, "ptz_mode": Right.PTZ}
_NEEDED_ABILITIES = {"ptz_mode": Ability.PTZ}
_NEED_PICTURE = {"snapshot", "zoom_reset"}


def pane_menu(pane: "WallPane", actions: dict[str, QAction], commands: PaneCommands, parent: QWidget) -> QMenu:
    """Return the menu of `pane`; entries that make no sense now are grey."""
    menu = QMenu(parent)
    filled = pane.channel is not None
    playing = pane.state is PaneState.PLAYING
    for command, icon_name in _ENTRIES:
        if command == "alarm_seen" and not (pane.channel and commands.has_alarm(pane.channel.id)):
            continue
        action = actions[command]
        entry = menu.addAction(icon(icon_name), action.text())
        entry.setShortcut(action.shortcut())
        entry.setShortcutVisibleInContextMenu(True)
        entry.setEnabled(playing if command in _NEED_PICTURE else filled or command in ("spot", "info"))
        entry.triggered.connect(lambda _checked=False, action=action: action.trigger())
        if lack := _lack(pane, command, commands):
            entry.setEnabled(False)
            entry.setText(f"{action.text()} – {lack.rstrip('.。')}")
        if command == "audio":
            _add_streams(menu, pane, commands, filled)
        if command == "retry":
            if commands.asks_password(pane):
                text = QCoreApplication.translate("pane_menu", "Password of the camera…")
                menu.addAction(icon("keys"), text, lambda: commands.enter_password(pane))
            _add_alarms(menu, pane, commands)
            menu.addSeparator()
    return menu


def _lack(pane: "WallPane", command: str, commands: PaneCommands) -> str:
    """Say why a command can't be for the camera at all; empty where it can."""
    if pane.channel is None:
        return ""
    right, ability = _NEEDED_RIGHTS.get(command), _NEEDED_ABILITIES.get(command)
    if right is not None and not allowed(pane.channel, right):
        return missing_text(right)
    return commands.lack(pane.channel, ability) if ability is not None else ""


def _add_alarms(menu: QMenu, pane: "WallPane", commands: PaneCommands) -> None:
    """Offer alarms by hand where the camera's center has them: most have not."""
    channel = pane.channel
    if channel is None or not commands.can_force_alarm(pane):
        return
    alarms = menu.addMenu(icon("bell"), QCoreApplication.translate("pane_menu", "Alarm by hand"))
    raised = alarms.addAction(QCoreApplication.translate("pane_menu", "Raise it"))
    raised.triggered.connect(lambda: commands.start_forcing(channel, on=True))
    taken = alarms.addAction(QCoreApplication.translate("pane_menu", "Take it back"))
    taken.triggered.connect(lambda: commands.start_forcing(channel, on=False))


def _add_streams(menu: QMenu, pane: "WallPane", commands: PaneCommands, filled: bool) -> None:
    streams = menu.addMenu(QCoreApplication.translate("pane_menu", "Stream"))
    streams.setEnabled(filled)
    kinds: tuple[tuple[StreamKind | None, str], ...] = (
        (None, QCoreApplication.translate("pane_menu", "By size of the pane")),
        (StreamKind.MAIN, stream_kind_text(StreamKind.MAIN)),
        (StreamKind.SUB, stream_kind_text(StreamKind.SUB)),
    )
    for kind, text in kinds:
        entry = streams.addAction(text)
        entry.setCheckable(True)
        entry.setChecked(pane.forced_kind is kind)
        entry.triggered.connect(lambda _checked=False, kind=kind: commands.set_stream(kind))
