"""What can be dropped on the wall: cameras, selections and whole stations from the tree."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from wallclient.ui.mime import NODES, nodes_from_mime

if TYPE_CHECKING:
    from wallclient.ui.wall_widget import WallWidget


class WallDrop(QObject):
    """Filters the wall widget's drag and drop events, marks the pane under the cursor and tells what was dropped."""

    nodes_dropped = Signal(int, object)  # pane, tuple[Node, ...]

    def __init__(self, widget: "WallWidget") -> None:
        super().__init__(widget)
        self._widget = widget
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take drag and drop events; all others go on."""
        kind = event.type()
        if kind is QEvent.Type.DragLeave:
            self._widget.mark_drop_target([])
            return True
        if kind is QEvent.Type.Drop and isinstance(event, QDropEvent):
            return self._on_drop(event)
        if kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove) and isinstance(event, QDragMoveEvent):
            return self._on_drag(event)
        return False

    def _on_drag(self, event: QDragMoveEvent) -> bool:
        if not event.mimeData().hasFormat(NODES):
            return False
        index = self._widget.pane_at(event.position().toPoint())
        self._widget.mark_drop_target([] if index is None else [index])
        event.acceptProposedAction()  # also over a gap: the cursor only passes it
        return True

    def _on_drop(self, event: QDropEvent) -> bool:
        self._widget.mark_drop_target([])
        index = self._widget.pane_at(event.position().toPoint())
        nodes = nodes_from_mime(event.mimeData())
        if index is None or not nodes:
            return False
        event.acceptProposedAction()
        self.nodes_dropped.emit(index, nodes)
        return True
