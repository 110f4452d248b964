"""Turns many places of a dragged mouse into as many seeks as can be shown: the newest counts, the last one always."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

LEAST_MS = 60  # between two seeks; a clock that is still waiting for pictures is given longer


class Scrubber(QObject):
    """Calls `seek` with the newest moment, not more often than pictures come."""

    def __init__(self, seek: Callable[[int], None], waiting: Callable[[], bool], parent: QObject | None = None) -> None:
        """`waiting` tells whether the last seek is still being waited for."""
        super().__init__(parent)
        self._seek, self._waiting = seek, waiting
        self._newest: int | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_time)

    def drag(self, moment_us: int) -> None:
        """Take a place on the way."""
        self._newest = moment_us
        if not self._timer.isActive():
            self._on_time()
            self._timer.start(LEAST_MS)

    def end(self, moment_us: int) -> None:
        """Take the place where the mouse was let go: it is gone to whatever is under way."""
        self._timer.stop()
        self._newest = None
        self._seek(moment_us)

    def _on_time(self) -> None:
        if self._newest is None:
            self._timer.stop()
        elif not self._waiting():
            moment, self._newest = self._newest, None
            self._seek(moment)
