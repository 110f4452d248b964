"""What one window does about centers: log-in dialogs, one at a time; the list of centers; telling of their troubles."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from wallclient.domain.errors import NotFound
from wallclient.domain.global_id import key_of
from wallclient.domain.node import Node, NodeKind
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.services.center_access import AccessState
from wallclient.ui.background import Background
from wallclient.ui.center_dialog import CenterDialog
from wallclient.ui.centers_dialog import CentersDialog
from wallclient.ui.icons import icon
from wallclient.ui.login_dialog import LogInDialog
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers


class CenterDesk(QObject):
    """Owns the dialogs about centers of one window."""

    noticed = Signal(object)  # Notice

    def __init__(self, centers: "Centers", background: Background, metrics: Metrics, window: QWidget) -> None:
        super().__init__(window)
        self._centers = centers
        self._background = background
        self._metrics = metrics
        self._window = window
        self._log_in_dialog: LogInDialog | None = None
        self._next: dict[str, str] = {}  # centers to ask for after this one, with the user to begin with
        self._states = self._current_states()
        centers.state_changed.connect(self._on_state_changed)

    # --- log-in ---

    def log_in(self, key: str = "", user: str = "") -> None:
        """Ask for user and password at a center, or at one where nobody is signed in; first for the center, if none."""
        if self._log_in_dialog is not None:
            if key and key != self._log_in_dialog.key:
                self._next[key] = user
            self._log_in_dialog.raise_()
            return
        if not self._centers.accesses:
            self.add_center()
            return
        key = key or self._first()
        if self._centers.access(key).config.is_site:
            self._centers.resume(key)
            return
        dialog = LogInDialog(self._centers, self._background, self._metrics, key, user=user, parent=self._window)
        self._log_in_dialog = dialog
        dialog.finished.connect(self._on_log_in_closed)
        _open(dialog)

    def _first(self) -> str:
        accesses = self._centers.accesses
        asking = [access for access in accesses if not access.config.is_site] or accesses
        return next((access for access in asking if access.state is AccessState.SIGNED_OUT), asking[0]).key

    def _on_log_in_closed(self) -> None:
        self._log_in_dialog = None
        while self._next:
            key = next(iter(self._next))
            user = self._next.pop(key)
            if self._state(key) is AccessState.SIGNED_OUT:
                self.log_in(key, user)
                return

    # --- centers ---

    def add_center(self) -> None:
        """Ask for a center and then log in there."""
        dialog = CenterDialog(self._centers, self._background, self._metrics, None, self._window)
        dialog.saved.connect(lambda key: self.log_in(key))
        _open(dialog)

    def edit_center(self, key: str) -> None:
        """Change a center, or the cameras of a site."""
        config = self._centers.access(key).config
        _open(CenterDialog(self._centers, self._background, self._metrics, config, self._window))

    def show_centers(self) -> None:
        """Show the list of centers."""
        dialog = CentersDialog(self._centers, self._background, self._metrics, self._window)
        dialog.log_in_requested.connect(lambda key: self.log_in(key))
        _open(dialog)

    def open_root(self, node: Node) -> None:
        """Log in at the center a root of the tree stands for, if nobody is signed in there."""
        if node.kind is NodeKind.CENTER and self._state(key_of(node.id)) is AccessState.SIGNED_OUT:
            self.log_in(key_of(node.id))

    def root_menu(self, node: Node, position: QPoint) -> None:
        """Show what can be done with the center a root of the tree stands for."""
        key = key_of(node.id)
        state = self._state(key)
        if node.kind is not NodeKind.CENTER or state is None:
            return
        menu = QMenu(self._window)
        if self._centers.access(key).config.is_site:
            menu.addAction(icon("settings"), self.tr("Edit…"), lambda: self.edit_center(key))
        elif state in (AccessState.SIGNED_OUT, AccessState.SIGNING_IN):
            menu.addAction(icon("user"), self.tr("Log in…"), lambda: self.log_in(key))
        else:
            menu.addAction(icon("user"), self.tr("Log out"), lambda: self._background.start(self._centers.log_out(key)))
        menu.addAction(icon("settings"), self.tr("Centers…"), self.show_centers)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    # --- troubles ---

    def _state(self, key: str) -> AccessState | None:
        try:
            return self._centers.access(key).state
        except NotFound:
            return None

    def _current_states(self) -> dict[str, AccessState]:
        return {access.key: access.state for access in self._centers.accesses}

    def _on_state_changed(self) -> None:
        before, self._states = self._states, self._current_states()
        for key, state in self._states.items():
            if (before.get(key), state) == (AccessState.CONNECTED, AccessState.AWAY):
                self._tell(key, NoticeKind.CENTER_LOST, NoticeLevel.ERROR)
            elif (before.get(key), state) == (AccessState.AWAY, AccessState.CONNECTED):
                self._tell(key, NoticeKind.CENTER_BACK, NoticeLevel.INFO)

    def _tell(self, key: str, kind: NoticeKind, level: NoticeLevel) -> None:
        self.noticed.emit(Notice(f"center {key}", kind, level, self._centers.access(key).title))


def _open(dialog: QDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
