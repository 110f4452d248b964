"""What is offered for a moment on the timeline."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from wallclient.ui.timeline import Timeline


def moment_menu(
    moment_us: int,
    go: Callable[[int], object],
    bookmark: Callable[[int], object],
    choose: Callable[[int | None, int | None], object],
    timeline: Timeline,
    extras: Sequence[tuple[str, Callable[[int], object]]] = (),
) -> QMenu:
    """Return the menu; `choose` takes where the range begins, or where it ends, `extras` the moment."""
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
    if extras:
        menu.addSeparator()
    for text, extra in extras:
        menu.addAction(text).triggered.connect(lambda _checked=False, extra=extra: extra(moment_us))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
