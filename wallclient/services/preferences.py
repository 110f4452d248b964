"""The operator's settings at run time: one current value, saved on each change. Lives on the GUI thread."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from wallclient.domain.settings import Settings
from wallclient.storage.json_file import JsonFile


class Preferences(QObject):
    """Owns the current settings."""

    changed = Signal()

    def __init__(self, file: JsonFile[Settings], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self.settings = file.load()

    def change(self, **values: Any) -> None:
        """Set fields of `Settings`. The new values hold even where saving raises StorageFailed."""
        changed = replace(self.settings, **values)
        if changed == self.settings:
            return
        self.settings = changed
        self.changed.emit()
        self._file.save(changed)
