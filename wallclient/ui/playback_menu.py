"""What is offered for a moment on the timeline."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from wallclient.ui.timeline import Timeline


def moment_menu(
    moment_us: int,
    go: Callable[[int], object],
    bookmark: Callable[[int], object],
    choose: Callable[[int | None, int | None], object],
    timeline: Timeline,
) -> QMenu:
    """Return the menu; `choose` takes where the range begins, or where it ends."""
    menu = QMenu(timeline)
    entries: tuple[tuple[str, Callable[[], object]], ...] = (
        (QCoreApplication.translate("playback_menu", "Go there"), lambda: go(moment_us)),
        (QCoreApplication.translate("playback_menu", "Bookmark here…"), lambda: bookmark(moment_us)),
        (QCoreApplication.translate("playback_menu", "Range begins here"), lambda: choose(moment_us, None)),
        (QCoreApplication.translate("playback_menu", "Range ends here"), lambda: choose(None, moment_us)),
        (QCoreApplication.translate("playback_menu", "No range"), lambda: timeline.set_chosen(None)),
    )
    for text, slot in entries:
        menu.addAction(text).triggered.connect(lambda _checked=False, slot=slot: slot())
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
