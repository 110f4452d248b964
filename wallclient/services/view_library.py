"""Saved views as the operator handles them: by name, with one to start with. Lives on the GUI thread."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from wallclient.domain.view import SavedViews, View
from wallclient.storage.json_file import JsonFile


class ViewLibrary(QObject):
    """Owns the saved views. A change that can't be put on disk raises StorageFailed and is not made."""

    changed = Signal()

    def __init__(self, file: JsonFile[SavedViews], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._saved = file.load()

    @property
    def names(self) -> list[str]:
        """Names of all views, in alphabetical order."""
        return sorted((view.name for view in self._saved.views), key=str.casefold)

    @property
    def default_name(self) -> str | None:
        """Name of the view opened at start; None: what the windows showed last."""
        return self._saved.default_name

    @property
    def start_views(self) -> tuple[View, ...]:
        """The views to open at start, one per window."""
        default = self.get(self._saved.default_name or "")
        return (default,) if default else self._saved.last

    def get(self, name: str) -> View | None:
        """Return the view of that name."""
        return next((view for view in self._saved.views if view.name == name), None)

    def save(self, view: View) -> None:
        """Add a view, or replace the one of the same name."""
        others = tuple(v for v in self._saved.views if v.name != view.name)
        self._store(replace(self._saved, views=(*others, view)))

    def rename(self, name: str, new_name: str) -> None:
        """Give a view another name; a view that had that name is replaced."""
        view = self.get(name)
        if view is None or name == new_name:
            return
        others = tuple(v for v in self._saved.views if v.name not in (name, new_name))
        default = new_name if self._saved.default_name == name else self._saved.default_name
        self._store(replace(self._saved, views=(*others, replace(view, name=new_name)), default_name=default))

    def delete(self, name: str) -> None:
        """Forget a view."""
        default = None if self._saved.default_name == name else self._saved.default_name
        views = tuple(v for v in self._saved.views if v.name != name)
        self._store(replace(self._saved, views=views, default_name=default))

    def set_default(self, name: str | None) -> None:
        """Choose the view to start with."""
        self._store(replace(self._saved, default_name=name))

    def remember_last(self, views: tuple[View, ...]) -> None:
        """Keep what each window shows, for the next start."""
        self._store(replace(self._saved, last=views))

    def _store(self, saved: SavedViews) -> None:
        self._file.save(saved)
        self._saved = saved
        self.changed.emit()
