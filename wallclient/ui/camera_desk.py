"""What one window does about single cameras and nodes: favourites, details, finding them in the tree, their menu."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from wallclient.domain.errors import WallError
from wallclient.domain.global_id import key_of, split_id
from wallclient.domain.node import Channel, Node, NodeKind
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.ui.background import Background
from wallclient.ui.camera_details import CameraDetails
from wallclient.ui.icons import icon
from wallclient.ui.theme import Metrics
from wallclient.ui.tree_keeper import TreeKeeper
from wallclient.ui.tree_panel import MirrorTools
from wallclient.ui.tree_view import TreeView

if TYPE_CHECKING:
    from wallclient.services.catalogs import Catalogs


class CameraDesk(QObject):
    """Owns dialogs and menus about rows of the mirrors."""

    noticed = Signal(object)  # Notice
    nodes_wanted = Signal(object)  # list[Node]: to be put into panes

    def __init__(
        self,
        catalogs: "Catalogs",
        keeper: TreeKeeper,
        view: TreeView,
        tools: MirrorTools,
        background: Background,
        metrics: Metrics,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.catalogs = catalogs
        self.keeper = keeper
        self._view = view
        self._tools = tools
        self._background = background
        self._metrics = metrics
        self._window = window
        self._of_pane: Callable[[], Channel | None] = lambda: None
        view.favourite_toggled.connect(self.toggle_favourite)
        tools.search.nodes_wanted.connect(self.nodes_wanted)
        tools.search.locate_requested.connect(self.locate)
        for source in (tools.search.failed, tools.strip.failed):
            source.connect(self._tell)
        found = tools.search.view
        found.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        found.customContextMenuRequested.connect(self._on_found_menu)

    def set_pane(self, of_pane: Callable[[], Channel | None]) -> None:
        """Tell how to find the camera in the selected pane: the keys mean it while no row has the focus."""
        self._of_pane = of_pane

    def focus_search(self) -> None:
        """Begin to search."""
        self._tools.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._tools.search.selectAll()

    # --- favourites, recent ---

    def toggle_favourites(self) -> None:
        """Make what is meant now a favourite, or not any more."""
        for gid in self._meant():
            self._toggle(gid)

    def toggle_favourite(self, node: Node) -> None:
        """Make a node a favourite, or not any more."""
        self._toggle(node.id)

    def remember(self, channels: Sequence[Channel]) -> None:
        """Note cameras as shown just now."""
        self.catalogs.add_recent(tuple(channels))

    def _toggle(self, gid: str) -> None:
        self._background.start(self._set_favourite(gid, not self.catalogs.is_favourite(gid)))

    async def _set_favourite(self, gid: str, favourite: bool) -> None:
        try:
            await self.catalogs.set_favourite(gid, favourite)
        except WallError as err:
            self._tell(err)

    # --- details ---

    def show_details(self) -> None:
        """Show everything that is known of what is meant now."""
        for gid in self._meant()[:1]:
            self.show_details_of(gid)

    def show_details_of(self, gid: str) -> None:
        """Show everything that is known of a row of a mirror."""
        key, local_id = split_id(gid)
        catalog = self.catalogs.catalog(key)
        try:
            row = self.catalogs.row_now(gid)
            if catalog is None or row is None:
                return
            path = tuple(above.name for above in catalog.ancestors_now(local_id))
            original = catalog.original_now(local_id)
        except WallError as err:
            self._tell(err)
            return
        dialog = CameraDetails(row, path, original, self._metrics, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # --- the tree ---

    def locate(self, node: Node) -> None:
        """Show a node in the tree, and leave the search."""
        self._background.start(self._locate(node.id))

    async def _locate(self, gid: str) -> None:
        try:
            index = await self.keeper.reveal(gid)
            if not index.isValid():
                self._tools.bar.clear_filter()
                index = await self.keeper.reveal(gid)
        except WallError as err:
            self._tell(err)
            return
        self._tools.search.clear()
        if index.isValid():
            above = index.parent()
            while above.isValid():
                self._view.expand(above)
                above = above.parent()
            self._view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- menu ---

    def menu(self, node: Node, position: QPoint) -> None:
        """Show what can be done with a row."""
        if node.kind is NodeKind.CENTER or self.catalogs.catalog(key_of(node.id)) is None:
            return
        menu = QMenu(self._window)
        menu.addAction(icon("tree"), self.tr("Into the selected pane"), lambda: self.nodes_wanted.emit([node]))
        favourite = self.catalogs.is_favourite(node.id)
        text = self.tr("No favourite any more") if favourite else self.tr("Favourite")
        star = menu.addAction(icon("star" if favourite else "star-on"), text, lambda: self._toggle(node.id))
        star.setShortcut(QKeySequence("Ctrl+D"))
        menu.addAction(icon("groups"), self.tr("Show in the tree"), lambda: self.locate(node))
        details = menu.addAction(icon("info"), self.tr("Details…"), lambda: self.show_details_of(node.id))
        details.setShortcut(QKeySequence("F2"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _on_found_menu(self, position: QPoint) -> None:
        row = self._tools.search.view.indexAt(position).row()
        rows = self._tools.search.model.found.rows
        if 0 <= row < len(rows):
            self.menu(rows[row].node(), self._tools.search.view.viewport().mapToGlobal(position))

    # --- inside ---

    def _meant(self) -> list[str]:
        """Return the ids the keys are about: found rows, selected rows, or the selected pane's camera."""
        if self._tools.search.hasFocus() and self._tools.search.query:
            return [found.id for found in self._tools.search.selected()]
        if self._view.hasFocus():
            return [node.id for node in self._view.selected_nodes() if node.kind is not NodeKind.CENTER]
        channel = self._of_pane()
        return [channel.id] if channel is not None else []

    def _tell(self, err: WallError) -> None:
        self.noticed.emit(Notice("camera", NoticeKind.FAILED, NoticeLevel.ERROR, error=err))
