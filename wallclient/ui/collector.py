"""Python's garbage collector, on the UI thread only.

Left to itself it runs in whatever thread happens to allocate; a widget or timer in a cycle would then be
destroyed outside the thread it belongs to, which Qt does not survive for long. What the program is built of is
frozen, and each minute what has lived that long, so that a run stays short (a walk over all objects takes 30 to 60 ms);
what was frozen and died since is found once an hour.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_OLD_EVERY = 60  # runs
_FROZEN_EVERY = 3600


class Collector(QObject):
    """Collects young garbage each second, old each minute and all of it each hour, from its creation until `stop`."""

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
        if self._runs % _FROZEN_EVERY == 0:
            gc.unfreeze()
        if self._runs % _OLD_EVERY == 0:
            gc.collect()
            gc.freeze()
        else:
            gc.collect(1)
