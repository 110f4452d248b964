"""Brings rounds that are due, or were broken off, to the window in front, and begins those that may by themselves."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from wallclient.services.patrols import Patrols
    from wallclient.ui.patrol_desk import PatrolDesk

_LOOK_MS = 1000


class PatrolRota(QObject):
    """Sees to it that a due round is told of in one window only. `desks` returns them, the one in front first."""

    def __init__(
        self, patrols: "Patrols", desks: "Callable[[], list[PatrolDesk]]", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._patrols = patrols
        self._desks = desks
        for signal in (patrols.due_changed, patrols.interrupted_changed):
            signal.connect(self.tell)
        for happened in (patrols.round_started, patrols.round_over):
            happened.connect(lambda _runner: self.tell())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tell)
        self._timer.setInterval(_LOOK_MS)

    def tell(self) -> None:
        """Tell of what there is, in the window in front."""
        desks = self._desks()
        self._begin_due(desks)
        due, left = self._patrols.due, self._patrols.interrupted
        for number, desk in enumerate(desks):
            mine = number == 0
            desk.due.show_due(due if mine else (), left if mine else (), busy=desk.runner is not None)
        if due and not self._timer.isActive():  # a steering operator lets go some time
            self._timer.start()
        elif not due:
            self._timer.stop()

    def _begin_due(self, desks: "list[PatrolDesk]") -> None:
        if not desks or self._patrols.runners or desks[0].is_steering:
            return
        desk = desks[0]
        due = next((due for due in self._patrols.due if desk.is_auto(due.key, due.plan)), None)
        if due is not None and self._patrols.of(due.key).person is not None:
            desk.begin(due.key, due.plan, due)
