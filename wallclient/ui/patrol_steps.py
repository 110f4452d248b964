"""Edits the steps of a patrol plan: a list to be ordered by dragging, and the step chosen in it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.errors import WallError
from wallclient.domain.node import Node
from wallclient.domain.patrol import LONGEST_DWELL_S, LONGEST_TEXT, SHORTEST_DWELL_S, Category, Step
from wallclient.domain.ptz import Preset
from wallclient.ui.background import Background
from wallclient.ui.icons import icon
from wallclient.ui.mime import NODES, nodes_from_mime
from wallclient.ui.patrol_shifts import set_margin
from wallclient.ui.patrol_text import category_text, duration_text, step_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

ReadPresets = Callable[[str], Awaitable[Sequence[Preset]]]  # by the camera's id at the center; raises CenterError


class StepList(QListWidget):
    """The steps in their order; takes cameras dropped from the tree."""

    nodes_dropped = Signal(int, object)  # row to put them before, tuple[Node, ...]
    moved = Signal(int, int)  # a row, and the one it stands in now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setUniformItemSizes(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take cameras, and rows of its own."""
        self._judge(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where a drop would go."""
        super().dragMoveEvent(event)
        self._judge(event)

    def _judge(self, event: QDragMoveEvent) -> None:
        if event.source() is self or event.mimeData().hasFormat(NODES):
            event.setDropAction(Qt.DropAction.MoveAction if event.source() is self else Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped, and where; the list itself changes nothing."""
        row = self._row_at(event)
        if event.source() is self:
            event.setDropAction(Qt.DropAction.IgnoreAction)  # or Qt takes the dragged row away
            event.accept()
            before = self.currentRow()
            self.moved.emit(before, row - 1 if row > before else row)
        elif event.mimeData().hasFormat(NODES):
            event.acceptProposedAction()
            self.nodes_dropped.emit(row, nodes_from_mime(event.mimeData()))

    def mimeTypes(self) -> list[str]:
        """Name what can be dropped."""
        return [*super().mimeTypes(), NODES]

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """Return what a drag of rows carries."""
        return super().mimeData(items)

    def _row_at(self, event: QDropEvent) -> int:
        item = self.itemAt(event.position().toPoint())
        if item is None:
            return self.count()
        below = event.position().y() > self.visualItemRect(item).center().y()
        return self.row(item) + (1 if below else 0)


class StepsEditor(QWidget):
    """Holds the steps of a plan under edit. Ids of channels are the center's own."""

    changed = Signal()
    nodes_dropped = Signal(int, object)  # row, tuple[Node, ...]: becomes steps where the editor's owner says so
    pane_wanted = Signal()
    test_wanted = Signal(object)  # Step

    def __init__(self, background: Background, metrics: Metrics, read_presets: ReadPresets | None = None) -> None:
        super().__init__()
        self._background = background
        self._metrics = metrics
        self._read_presets = read_presets
        self._presets: dict[str, Sequence[Preset] | str] = {}  # by camera; a text: why there are none
        self.steps: list[Step] = []
        self._filling = False
        self.read_only = False
        self.list = StepList()
        self.list.setMinimumWidth(metrics.text_px * 22)
        self.add_button = QPushButton(self.tr("From the selected pane"))
        self.view_button = QPushButton(self.tr("A view"))
        self.view_menu = QMenu(self.view_button)
        self.view_button.setMenu(self.view_menu)
        self.remove_button = QPushButton(self.tr("Remove"))
        self.test_button = QPushButton(self.tr("Test run"))
        self.title_label = QLabel()
        self.title_label.setObjectName("FindingTitle")
        self.title_label.setWordWrap(True)
        self.title_label.setTextFormat(Qt.TextFormat.PlainText)  # names from a center are not markup
        self.preset_box = QComboBox()
        self.dwell_box = QDoubleSpinBox()
        self.dwell_box.setDecimals(0)
        self.dwell_box.setRange(SHORTEST_DWELL_S, LONGEST_DWELL_S)
        self.dwell_box.setSuffix(self.tr(" s"))
        set_margin(self.dwell_box, metrics.space_px)
        self.all_dwell_button = QPushButton(self.tr("For all steps"))
        self.look_edit = QPlainTextEdit()
        self.look_edit.setFixedHeight(metrics.row_px * 3)
        self.look_edit.setTabChangesFocus(True)
        self.kinds_button = QPushButton()
        self.kinds_menu = QMenu(self.kinds_button)
        self.kinds_button.setMenu(self.kinds_menu)
        self.all_kinds_button = QPushButton(self.tr("For all steps"))
        self._kinds: dict[str, QAction] = {}
        self._put_together()
        self._connect()
        self.set_steps(())

    def _put_together(self) -> None:
        space = self._metrics.space_px
        for button in (
            self.add_button,
            self.view_button,
            self.remove_button,
            self.test_button,
            self.all_dwell_button,
            self.kinds_button,
            self.all_kinds_button,
        ):
            button.setAutoDefault(False)
        adding = QHBoxLayout()
        adding.setSpacing(space)
        adding.addWidget(QLabel(self.tr("Add:")))
        for button in (self.add_button, self.view_button):
            adding.addWidget(button)
        adding.addStretch(1)
        hint = QLabel(self.tr("or drag cameras here from the tree; drag steps to order them"))
        hint.setObjectName("DialogHint")
        left = QVBoxLayout()
        left.setSpacing(space)
        left.addWidget(self.list, 1)
        left.addLayout(adding)
        left.addWidget(hint)
        form = QFormLayout()
        form.setVerticalSpacing(space)
        form.setHorizontalSpacing(space * 2)
        form.addRow(self.tr("Preset"), self.preset_box)
        form.addRow(self.tr("Dwell"), _beside(self.dwell_box, self.all_dwell_button, space))
        form.addRow(self.tr("Look for"), self.look_edit)
        form.addRow(self.tr("Kinds of finding"), _beside(self.kinds_button, self.all_kinds_button, space))
        below = QHBoxLayout()
        below.setSpacing(space)
        below.addWidget(self.test_button)
        below.addStretch(1)
        below.addWidget(self.remove_button)
        self._right = QWidget()
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(space)
        right.addWidget(self.title_label)
        right.addLayout(form)
        right.addStretch(1)
        right.addLayout(below)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, space, 0, 0)
        layout.setSpacing(space * 3)
        layout.addLayout(left, 1)
        layout.addWidget(self._right, 1)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_step)
        self.list.nodes_dropped.connect(self.nodes_dropped)
        self.list.moved.connect(self.reorder)
        self.add_button.clicked.connect(self.pane_wanted)
        self.remove_button.clicked.connect(self.remove)
        self.test_button.clicked.connect(self._on_test)
        self.preset_box.activated.connect(lambda: self._change(preset=self.preset_box.currentData()))
        self.dwell_box.valueChanged.connect(lambda value: self._change(dwell_s=float(value)))
        self.look_edit.textChanged.connect(
            lambda: self._change(look_for=self.look_edit.toPlainText()[:LONGEST_TEXT].strip())
        )
        self.kinds_menu.triggered.connect(self._on_kind)
        self.all_dwell_button.clicked.connect(lambda: self._change_all("dwell_s"))
        self.all_kinds_button.clicked.connect(lambda: self._change_all("categories"))

    # --- steps ---

    @property
    def current(self) -> Step | None:
        """The step chosen in the list."""
        row = self.list.currentRow()
        return self.steps[row] if 0 <= row < len(self.steps) else None

    def set_read_only(self, read_only: bool) -> None:
        """Show only."""
        self.read_only = read_only
        self.list.setDragDropMode(
            QAbstractItemView.DragDropMode.NoDragDrop if read_only else QAbstractItemView.DragDropMode.DragDrop
        )
        for widget in (self.add_button, self.view_button):
            widget.setEnabled(not read_only)
        self._show_step()

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show other steps."""
        self.steps = list(steps)
        self._fill(0)

    def insert(self, row: int, steps: Sequence[Step]) -> None:
        """Put steps in before a row."""
        if self.read_only or not steps:
            return
        self.steps[row:row] = steps
        self._fill(row)
        self.changed.emit()

    def add(self, steps: Sequence[Step]) -> None:
        """Put steps in behind the one chosen."""
        self.insert(self.list.currentRow() + 1 if self.steps else 0, steps)

    def reorder(self, row: int, to: int) -> None:
        """Put a step into another place."""
        if self.read_only or not 0 <= row < len(self.steps) or row == to:
            return
        self.steps.insert(to, self.steps.pop(row))
        self._fill(to)
        self.changed.emit()

    def remove(self) -> None:
        """Take the chosen step out."""
        row = self.list.currentRow()
        if not self.read_only and 0 <= row < len(self.steps):
            del self.steps[row]
            self._fill(min(row, len(self.steps) - 1))
            self.changed.emit()

    def _fill(self, row: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for number, step in enumerate(self.steps):
            item = QListWidgetItem(_line(number, step))
            item.setIcon(icon("views" if step.view else "camera-box", COLORS.text_dim, self._metrics.icon_px))
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._show_step()

    # --- the step chosen ---

    def _show_step(self, _row: int = 0) -> None:
        step = self.current
        self._filling = True
        self._right.setVisible(step is not None)
        if step is not None:
            self.title_label.setText(step.title)
            self.dwell_box.setValue(step.dwell_s)
            if self.look_edit.toPlainText().strip() != step.look_for:
                self.look_edit.setPlainText(step.look_for)
            self._show_presets(step)
            self._show_kinds(step)
            for widget in (self.dwell_box, self.look_edit, self.kinds_button, self.remove_button):
                widget.setEnabled(not self.read_only)
            for widget in (self.all_dwell_button, self.all_kinds_button):
                widget.setEnabled(not self.read_only and len(self.steps) > 1)
        self._filling = False

    def _show_presets(self, step: Step) -> None:
        box = self.preset_box
        box.clear()
        box.addItem(self.tr("As it stands"), None)
        known = self._presets.get(step.channel_id or "")
        if isinstance(known, str):
            box.setItemText(0, known)
        for preset in known or () if not isinstance(known, str) else ():
            box.addItem(f"{preset.number}  {preset.name}", preset.number)
        if step.preset is not None and box.findData(step.preset) < 0:
            box.addItem(str(step.preset), step.preset)
        box.setCurrentIndex(max(0, box.findData(step.preset)) if step.preset is not None else 0)
        box.setEnabled(not self.read_only and step.view is None and box.count() > 1)
        if known is None and step.channel_id is not None and self._read_presets is not None:
            self._presets[step.channel_id] = self.tr("Reading…")
            self._background.start(self._read(step.channel_id, self._read_presets))

    async def _read(self, channel_id: str, read: ReadPresets) -> None:
        try:
            presets = await read(channel_id)
        except WallError as err:
            self._presets[channel_id] = self.tr("As it stands") + f"   ({error_text(err)})"
        else:
            self._presets[channel_id] = presets
        if self.current is not None and self.current.channel_id == channel_id:
            self._show_step()

    def _show_kinds(self, step: Step) -> None:
        self.kinds_menu.clear()
        self._kinds = {}
        for category in (*Category, *(c for c in step.categories if c not in set(Category))):
            action = self.kinds_menu.addAction(category_text(category))
            action.setCheckable(True)
            action.setChecked(not step.categories or category in step.categories)
            self._kinds[str(category)] = action
        chosen = [category_text(category) for category in step.categories]
        self.kinds_button.setText(self.tr("all") if not chosen else ", ".join(chosen[:2]) + ("…" * (len(chosen) > 2)))

    def _on_kind(self, _action: QAction) -> None:
        chosen = tuple(category for category, action in self._kinds.items() if action.isChecked())
        self._change(categories=() if len(chosen) in (0, len(self._kinds)) else chosen)
        if self.current is not None:
            self._show_kinds(self.current)

    def _change(self, **values: object) -> None:
        row = self.list.currentRow()
        if self._filling or self.read_only or not 0 <= row < len(self.steps):
            return
        self.steps[row] = replace(self.steps[row], **values)  # type: ignore[arg-type]  # by name
        self.list.item(row).setText(_line(row, self.steps[row]))
        self.changed.emit()

    def _on_test(self) -> None:
        if self.current is not None:
            self.test_wanted.emit(self.current)

    def _change_all(self, field: str) -> None:
        step = self.current
        if step is None or self.read_only:
            return
        values = {field: getattr(step, field)}
        self.steps = [replace(other, **values) for other in self.steps]
        self._fill(self.list.currentRow())
        self.changed.emit()


def step_of(node: Node, channel_id: str, dwell_s: float = 15.0) -> Step:
    """Return a step that shows a camera of the tree; `channel_id` is the one at its center."""
    return Step(node.name[:120], dwell_s, channel_id)


def _line(number: int, step: Step) -> str:
    return f"{number + 1}.  {step_text(step)}    {duration_text(step.dwell_s)}"


def _beside(first: QWidget, second: QWidget, space_px: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(space_px)
    row.addWidget(first, 1)
    row.addWidget(second)
    return row
