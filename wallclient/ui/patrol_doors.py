"""The doors of one window to everything about patrols that is a dialog: plans, rounds, hand-over, refused records."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from wallclient.domain.notice import Notice, NoticeKind
from wallclient.domain.patrol import Handover
from wallclient.ui.background import Background
from wallclient.ui.hand_over_dialog import HandOverDialog
from wallclient.ui.hand_over_receipt import ReceiptDialog
from wallclient.ui.icons import icon
from wallclient.ui.patrol_desk import PatrolDesk
from wallclient.ui.patrol_editor import EditorNeeds
from wallclient.ui.patrol_plans import PlansDialog
from wallclient.ui.patrol_rounds import RoundsDialog
from wallclient.ui.patrol_spool import RefusedDialog, SpoolLabel
from wallclient.ui.patrol_text import next_run_text

if TYPE_CHECKING:
    from wallclient.ui.window_needs import WindowNeeds

_MOST_IN_MENU = 12


class PatrolDoors(QObject):
    """Owns the dialogs about patrols of one window, one of each kind at a time, and the menu that leads there."""

    def __init__(self, desk: PatrolDesk, needs: "WindowNeeds", background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._needs = needs
        self._background = background
        self._window = window
        self._open: dict[type[QDialog], QDialog] = {}
        self.menu = QMenu(window)
        self.label = SpoolLabel(desk.patrols)
        self.label.clicked.connect(self.show_refused)
        desk.plans_requested.connect(self.show_plans)
        desk.rounds_requested.connect(self.show_rounds)
        desk.hand_over_requested.connect(self.show_hand_over)

    def fill(self, actions: dict[str, QAction]) -> None:
        """Let the menu list the plans, to begin a round of, each time it is opened."""
        self.menu.aboutToShow.connect(lambda: self._fill(actions))

    def _fill(self, actions: dict[str, QAction]) -> None:
        self.menu.clear()
        if not any(a.session.signed_in and a.session.capabilities.patrol for a in self._needs.centers.accesses):
            text = self.tr("No center you are logged in to has patrols")
            self.menu.addAction(icon("info"), text).setEnabled(False)
        plans = [(key, plan) for key, plan in self._desk.patrols.plans() if plan.steps]
        for key, plan in plans[:_MOST_IN_MENU]:
            run = self._desk.patrols.next_run(plan)
            text = plan.name.replace("&", "&&") + (f"    {next_run_text(run)}" if run else "")
            action = self.menu.addAction(icon("patrol"), text)
            action.setEnabled(self._desk.runner is None)
            action.triggered.connect(lambda _checked=False, key=key, plan=plan: self._desk.begin(key, plan))
        if plans:
            self.menu.addSeparator()
        for command in ("patrol_plans", "patrol_rounds", "hand_over"):
            self.menu.addAction(actions[command])

    # --- dialogs ---

    def show_plans(self) -> None:
        """Show the list of plans."""
        if not self._raise(PlansDialog):
            editing = EditorNeeds(self._desk, self._needs.library, self._background, self._needs.metrics)
            self._show(PlansDialog(self._needs.centers, editing, self._window))

    def show_rounds(self) -> None:
        """Show rounds and findings."""
        if not self._raise(RoundsDialog):
            needs = self._needs
            self._show(RoundsDialog(needs.centers, self._desk, self._background, needs.metrics, self._window))

    def show_hand_over(self) -> None:
        """Show the hand-over sheet of the shift."""
        if self._raise(HandOverDialog):
            return
        needs = self._needs
        dialog = HandOverDialog(needs.centers, self._desk.patrols, self._background, needs.metrics, self._window)
        dialog.noticed.connect(self._desk.noticed)
        dialog.handed_over.connect(self._on_handed_over)
        self._show(dialog)

    def _on_handed_over(self, handover: Handover) -> None:
        self._desk.noticed.emit(Notice("hand_over", NoticeKind.HANDED_OVER, subject=handover.shift))

    def show_receipt(self, key: str, handover: Handover) -> None:
        """Ask the operator to take a shift over."""
        if not self._raise(ReceiptDialog):
            patrols = self._desk.patrols.of(key)
            metrics = self._needs.metrics
            self._show(ReceiptDialog(patrols, handover, self._background, metrics, self._window))

    def show_refused(self) -> None:
        """List the records centers refused."""
        if not self._raise(RefusedDialog):
            self._show(RefusedDialog(self._desk.patrols, self._background, self._needs.metrics, self._window))

    def _raise(self, kind: type[QDialog]) -> bool:
        """Bring a dialog that is open to the front."""
        dialog = self._open.get(kind)
        if dialog is not None:
            dialog.raise_()
            dialog.activateWindow()
        return dialog is not None

    def _show(self, dialog: QDialog) -> None:
        kind = type(dialog)
        self._open[kind] = dialog
        dialog.finished.connect(lambda: self._open.pop(kind, None))
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
