"""The lines below the tree: what a center's mirror is doing, how old it is, and what the operator can do about it."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from wallclient.domain.catalog_view import SyncPhase, SyncState
from wallclient.domain.errors import StorageFailed
from wallclient.services.center_access import AccessState
from wallclient.ui.catalog_text import age_text, sync_text
from wallclient.ui.center_text import access_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.catalogs import Catalogs
    from wallclient.services.centers import Centers

_EVERY_MS = 30_000  # ages grow by themselves


class SyncStrip(QFrame):
    """A line for each center that there is something to say about; hidden while all is well."""

    log_in_requested = Signal(str)  # center key
    failed = Signal(object)  # WallError

    def __init__(
        self, catalogs: "Catalogs", centers: "Centers", metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("SyncStrip")
        self._catalogs = catalogs
        self._centers = centers
        self._metrics = metrics
        self._lines: dict[str, _Line] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        catalogs.state_changed.connect(self._refresh_line)
        catalogs.opened.connect(self._refresh_line)
        centers.state_changed.connect(self.refresh)
        self.refresh()

    def text(self, key: str) -> str:
        """Return what is said about a center; empty where nothing is."""
        line = self._lines.get(key)
        return line.label.text() if line is not None and not line.isHidden() else ""

    def button(self, key: str) -> QToolButton | None:
        """Return the button in a center's line."""
        return self._lines[key].button if key in self._lines else None

    def refresh(self) -> None:
        """Say everything anew."""
        keys = [access.key for access in self._centers.accesses]
        for key in [key for key in self._lines if key not in keys]:
            self._lines.pop(key).deleteLater()
        for key in keys:
            self._refresh_line(key)

    def _refresh_line(self, key: str) -> None:
        access = next((access for access in self._centers.accesses if access.key == key), None)
        if access is None:
            return
        catalog = self._catalogs.catalog(key)
        state = catalog.state if catalog else SyncState()
        said = self._said(access.state, state if catalog else None)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(self._metrics)
            line.button.clicked.connect(partial(self._on_clicked, key))
            self._layout.addWidget(line)
        line.show_state(f"{access.title}: {said}" if said else "", self._offer(access.state, state), state)
        self.setVisible(any(not line.isHidden() for line in self._lines.values()))

    def _said(self, access: AccessState, state: SyncState | None) -> str:
        if access is not AccessState.CONNECTED:
            age = f", {age_text(state.synced_unix_s)}" if state is not None else ""
            return f"{access_text(access)}{age}"
        if state is None:
            return ""
        if state.phase is SyncPhase.WAITING:
            return self.tr("the tree can't be read now") + f", {age_text(state.synced_unix_s)}"
        return sync_text(state)

    def _offer(self, access: AccessState, state: SyncState) -> str:
        if access is AccessState.SIGNED_OUT:
            return self.tr("Log in")
        if state.phase is SyncPhase.FETCHING:
            return self.tr("Stop")
        return self.tr("Go on") if state.phase is SyncPhase.CANCELLED else ""

    def _on_clicked(self, key: str) -> None:
        catalog = self._catalogs.catalog(key)
        if self._centers.access(key).state is AccessState.SIGNED_OUT:
            self.log_in_requested.emit(key)
        elif catalog is not None and catalog.state.phase is SyncPhase.FETCHING:
            catalog.cancel_sync()
        else:
            try:
                self._catalogs.start(key)
            except StorageFailed as err:
                self.failed.emit(err)


class _Line(QFrame):
    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.button = QToolButton()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        layout = QGridLayout(self)
        margin = metrics.space_px
        layout.setContentsMargins(margin, margin // 2, margin, margin // 2)
        layout.setVerticalSpacing(margin // 2)
        layout.addWidget(self.label, 0, 0)
        layout.addWidget(self.button, 0, 1)
        layout.addWidget(self._bar, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self.hide()

    def show_state(self, text: str, offer: str, state: SyncState) -> None:
        """Show a sentence, a button where there is something to do, and progress."""
        self.label.setText(text)
        self.button.setText(offer)
        self.button.setVisible(bool(offer))
        progress = state.progress
        self._bar.setVisible(progress is not None)
        if progress is not None:
            self._bar.setRange(0, max(1, progress.total))
            self._bar.setValue(min(progress.rows, progress.total))
        self.setVisible(bool(text))
