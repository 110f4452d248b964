"""The menu of what is kept of recordings: exports, cases, bookmarks, what was found."""

from collections.abc import Iterable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

COMMANDS = ("exports", "cases")


def records_menu(actions: Mapping[str, QAction], more: Iterable[QAction], parent: QWidget) -> QMenu:
    """Return the menu; `more` are actions without a key of their own."""
    menu = QMenu(parent)
    for command in COMMANDS:
        menu.addAction(actions[command])
    menu.addActions(list(more))
    return menu
