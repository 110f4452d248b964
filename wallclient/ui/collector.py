"""Python's garbage collector, on the UI thread only.

Left to itself it runs in whatever thread happens to allocate; a widget or timer in a cycle would then be
destroyed outside the thread it belongs to, which Qt does not survive for long. What the program is built of is
frozen, so that a run stays short.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_ALL_EVERY = 60


class Collector(QObject):
    """Collects young garbage each second and all of it each minute, from its creation until `stop`."""

    def __init__(self) -> None:
        super().__init__()
        self._runs = 0
        gc.disable()
        gc.collect()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer)
        self._timer.start(_EVERY_MS)

    def stop(self) -> None:
        """Hand collecting back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _on_timer(self) -> None:
        self._runs += 1
        gc.collect(2 if self._runs % _ALL_EVERY == 0 else 1)
