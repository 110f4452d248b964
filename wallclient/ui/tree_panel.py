"""The panel at the left: search, filters, the tree, and what is said while there is nothing to show."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QLabel, QStackedLayout, QVBoxLayout, QWidget

from wallclient.services.catalogs import FoundList
from wallclient.ui.background import Background
from wallclient.ui.filter_bar import FilterBar
from wallclient.ui.search_box import SearchBox
from wallclient.ui.sync_strip import SyncStrip
from wallclient.ui.theme import Metrics
from wallclient.ui.tree_model import TreeModel
from wallclient.ui.tree_view import TreeView

if TYPE_CHECKING:
    from wallclient.services.catalogs import Catalogs
    from wallclient.services.centers import Centers


class MirrorTools(QObject):
    """What stands around the tree where there are mirrors: search box, filter bar, and the lines about mirrors."""

    def __init__(self, catalogs: "Catalogs", centers: "Centers", background: Background, metrics: Metrics) -> None:
        search = SearchBox(catalogs, background, metrics)
        super().__init__(search)  # goes with it, and is told no more of the mirrors
        self.search = search
        self.bar = FilterBar(metrics)
        self.strip = SyncStrip(catalogs, centers, metrics)
        self._catalogs = catalogs
        catalogs.opened.connect(self._refresh)
        self._refresh()

    def _refresh(self, _key: str = "") -> None:
        mirrored = bool(self._catalogs.keys)
        self.search.setEnabled(mirrored)
        self.bar.setEnabled(mirrored)


class TreePanel(QFrame):
    """The tree with what stands around it; a sentence where there is nothing to show."""

    def __init__(
        self, view: TreeView, model: TreeModel, tools: MirrorTools | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("TreePanel")
        self._model = model
        self._signed_in = False
        self._tools = tools
        title = _named(QLabel(self.tr("Cameras")), "PanelTitle")
        self._empty = _named(QLabel(), "PanelEmpty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if tools is None:
            layout.addWidget(title)
            layout.addLayout(self._stack, 1)
        else:
            title.deleteLater()
            self._stack.addWidget(tools.search.view)
            for widget in (tools.search, tools.bar):
                layout.addWidget(widget)
            layout.addLayout(self._stack, 1)
            layout.addWidget(tools.strip)
            tools.search.searching.connect(self._refresh)
            tools.search.found.connect(self._on_found)
            tools.bar.changed.connect(self._on_view_chosen)
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset, model.loading_changed):
            changed.connect(self._refresh)
        self._refresh()

    def set_signed_in(self, signed_in: bool) -> None:
        """Say what to do while signed out."""
        self._signed_in = signed_in
        self._refresh()

    def _on_view_chosen(self) -> None:
        assert self._tools
        bar = self._tools.bar
        self._model.choose(bar.hierarchy, bar.sort, bar.wanted)

    def _on_found(self, found: FoundList) -> None:
        if found.rows:
            self._stack.setCurrentIndex(2)
            return
        self._stack.setCurrentIndex(0)
        rest = "" if found.complete else " " + self.tr("Not everything was looked at; type more.")
        self._empty.setText(self.tr("Nothing found for “{text}”.").format(text=found.text) + rest)

    def _refresh(self, *_changed: object) -> None:
        if self._tools is not None and self._tools.search.query:
            return  # what was found covers the tree
        filled = self._model.rowCount() > 0
        self._stack.setCurrentIndex(1 if filled else 0)
        if self._model.loading:
            self._empty.setText(self.tr("Reading the cameras…"))
        elif self._signed_in:
            self._empty.setText(self.tr("No cameras."))
        else:
            self._empty.setText(self.tr("Log in to see the cameras."))


def _named(label: QLabel, name: str) -> QLabel:
    label.setObjectName(name)
    return label
