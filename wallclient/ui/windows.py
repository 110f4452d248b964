"""All windows of the program: opened on the next screen, restored at start; closing the last one ends the program."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from wallclient.domain.errors import StorageFailed
from wallclient.domain.notice import Notice
from wallclient.domain.patrol import Handover
from wallclient.domain.view import View
from wallclient.ui.hand_over_watch import HandOverWatch
from wallclient.ui.main_window import MainWindow
from wallclient.ui.patrol_desk import PatrolDesk
from wallclient.ui.patrol_rota import PatrolRota
from wallclient.ui.window_needs import WindowNeeds

if TYPE_CHECKING:
    from wallclient.services.wall import Wall

log = logging.getLogger(__name__)


class Windows(QObject):
    """Owns the windows. Each has a wall of its own, made by `new_wall` and shut down when its window closes."""

    all_closed = Signal()  # quit

    def __init__(
        self,
        new_wall: "Callable[[], Wall]",
        needs: WindowNeeds,
    ) -> None:
        super().__init__()
        self._new_wall = new_wall
        self._needs = needs
        self._library, self._preferences = needs.library, needs.preferences
        self._closing = False
        self.windows: list[MainWindow] = []
        self._rota, self._watch = self._patrol_parts()
        needs.centers.sign_in_needed.connect(self.log_in)
        for source in (needs.centers, needs.catalogs):
            if source is not None:
                source.noticed.connect(self.notify)

    def open(self, view: View | None = None, place: str = "") -> MainWindow:
        """Open a window, on the next screen where there are several, and show `view` in it."""
        window = MainWindow(self._new_wall(), self._needs)
        window.new_window_requested.connect(lambda: self.open())
        window.quit_requested.connect(self.close_all)
        window.closed.connect(self._on_closed)
        if place:
            window.restore_place(place)
        else:
            window.setGeometry(self._free_place())
        self.windows.append(window)
        window.show()
        if view is not None:
            window.apply(view)
        return window

    def open_saved(self) -> list[MainWindow]:
        """Open the windows of the last time with their views, or one with the view chosen for the start."""
        views = self._library.start_views or (None,)
        places = self._preferences.settings.windows
        return [self.open(view, places[i] if i < len(places) else "") for i, view in enumerate(views)]

    def log_in(self, key: str = "", user: str = "") -> None:
        """Ask for user and password, in the window in front; at a center, or at one where nobody is signed in."""
        if window := self._front():
            window.desk.log_in(key, user)

    def notify(self, notice: Notice) -> None:
        """Show a notice in the window in front."""
        if window := self._front():
            window.notify(notice)

    def close_all(self) -> None:
        """Close every window, and so end the program."""
        self.remember()
        self._closing = True
        if self._watch is not None:
            self._watch.close()
        for window in list(self.windows):
            window.close()

    def remember(self) -> None:
        """Save what the windows show and where they are. Trouble is logged: the program must be able to end."""
        try:
            self._library.remember_last(tuple(window.current_view() for window in self.windows))
            places = tuple(window.saved_place() for window in self.windows)
            width = self.windows[0].tree_width_px if self.windows else 0
            self._preferences.change(windows=places, tree_width_px=width or self._preferences.settings.tree_width_px)
        except StorageFailed:
            log.exception("the state of the windows was not saved")

    def _patrol_parts(self) -> tuple[PatrolRota | None, HandOverWatch | None]:
        """Return who brings due rounds and hand-overs to the window in front."""
        needs = self._needs
        if needs.patrols is None:
            return None, None
        patrols = needs.patrols.patrols
        watch = HandOverWatch(needs.centers, patrols, needs.loop, self)
        watch.waiting.connect(self._on_hand_over)
        return PatrolRota(patrols, self._patrol_desks, self), watch

    def _patrol_desks(self) -> list[PatrolDesk]:
        front = self._front()
        windows = sorted(self.windows, key=lambda window: window is not front)
        return [window.patrol for window in windows if window.patrol is not None]

    def _on_hand_over(self, key: str, handover: Handover) -> None:
        front = self._front()
        if front is not None and front.doors is not None:
            front.doors.show_receipt(key, handover)

    def _front(self) -> MainWindow | None:
        active = next((window for window in self.windows if window.isActiveWindow()), None)
        return active or (self.windows[0] if self.windows else None)

    def _on_closed(self, window: MainWindow) -> None:
        if window not in self.windows:
            return
        if len(self.windows) == 1 and not self._closing:
            self.remember()
        self.windows.remove(window)
        if self.windows and window.patrol is not None:  # with the last one the round stands, to be gone on with
            window.patrol.close()
        window.wall.shut_down()
        window.deleteLater()
        if not self.windows:
            self.all_closed.emit()
        elif self._rota is not None:
            self._rota.tell()

    def _free_place(self) -> QRect:
        """Return most of a screen no window is on, else of the first."""
        screens = QGuiApplication.screens()
        taken = {window.screen().name() for window in self.windows}
        free: QScreen = next((screen for screen in screens if screen.name() not in taken), screens[0])
        area = free.availableGeometry()
        if len(screens) > len(self.windows):
            return area
        step = 32 * len(self.windows)
        return area.adjusted(step, step, -step, -step)
