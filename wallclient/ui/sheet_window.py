"""A contact sheet: pictures of a range at even distances, each a way to its moment on the wall."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QWidget,
)

from wallclient.domain.errors import WallError
from wallclient.domain.node import Channel
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.footage_search_text import is_dated, step_text
from wallclient.ui.search_range import NamedRange, SearchRange
from wallclient.ui.sheet_cells import Cell, CellDelegate, SheetModel
from wallclient.ui.sheet_plan import STEPS, automatic_step, sheet_moments, slack_us
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.footage_search import FootageSearches

_SETTLED_MS = 250  # after the last change of range, step or size


@dataclass(frozen=True, slots=True)
class SheetSubject:
    """What a sheet can be of: the selected camera first, then the others in playback."""

    channels: tuple[Channel, ...]
    ranges: tuple[NamedRange, ...]
    zone: ZoneInfo


class SheetWindow(PlainDialog):
    """Searches by itself as soon as it is shown; what changes the sheet begins it anew."""

    go_requested = Signal(object, object)  # Channel, moment in us
    open_requested = Signal(object, object)  # the same, and the wall is wanted in front
    save_requested = Signal(object)  # the window itself

    def __init__(
        self, subject: SheetSubject, searches: "FootageSearches", background: Background, metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__("", metrics, parent)
        self.set_title(self.tr("Contact sheet"))
        self.setModal(False)
        self._subject, self._searches, self._background = subject, searches, background
        self._task: asyncio.Task[None] | None = None
        self.step_us = STEPS[0]
        self.model = SheetModel(subject.zone)
        self.delegate = CellDelegate(self.model, metrics)
        self.range = SearchRange(subject.ranges, subject.zone, metrics)
        self.camera_box, self.step_box = self._camera_box(), self._step_box()
        self.view = _SheetView()
        self._lay_out(metrics)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self.search)
        self._connect()
        self._wait.start(0)

    def _camera_box(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(self.tr("Camera"))
        for channel in self._subject.channels:
            box.addItem(channel.name, [channel])
        if len(self._subject.channels) > 1:
            count = len(self._subject.channels)
            box.addItem(self.tr("All {count} cameras").format(count=count), list(self._subject.channels))
        return box

    def _step_box(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(self.tr("Distance between pictures"))
        box.setToolTip(self.tr("Distance between pictures"))
        box.addItem(self.tr("Fill the window"), 0)
        for step in STEPS:
            box.addItem(self.tr("every {step}").format(step=step_text(step)), step)
        return box

    def _lay_out(self, metrics: Metrics) -> None:
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px * 2)
        self.camera_box.setMaximumWidth(metrics.text_px * 18)
        row.addWidget(self.camera_box)
        row.addWidget(self.range)
        row.addWidget(self.step_box)
        row.addStretch(1)
        self.body.addLayout(row)
        self.view.setModel(self.model)
        self.view.setItemDelegate(self.delegate)
        self.view.setMinimumSize(metrics.text_px * 40, metrics.text_px * 16)
        self.body.addWidget(self.view, 1)
        foot = QHBoxLayout()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(metrics.text_px * 14)
        self.note = QLabel()
        self.note.setObjectName("DialogHint")
        foot.addWidget(self.bar)
        foot.addWidget(self.note, 1)
        self.body.addLayout(foot)
        self.stop_button = QPushButton(self.tr("Stop"))
        self.save_button = QPushButton(self.tr("Save the sheet…"))
        self.go_button = QPushButton(self.tr("Show on the wall"))
        self.go_button.setDefault(True)
        for button in (self.go_button, self.save_button, self.stop_button):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)

    def _connect(self) -> None:
        self.range.changed.connect(self._begin_soon)
        self.camera_box.activated.connect(self._begin_soon)
        self.step_box.activated.connect(self._begin_soon)
        self.view.resized.connect(self._on_resized)
        self.view.clicked.connect(lambda index: self._tell(self.go_requested, index))
        self.view.activated.connect(lambda index: self._tell(self.open_requested, index))
        self.view.space_pressed.connect(lambda: self._tell(self.go_requested, self.view.currentIndex()))
        self.go_button.clicked.connect(lambda: self._tell(self.open_requested, self.view.currentIndex()))
        self.stop_button.clicked.connect(self.stop)
        self.save_button.clicked.connect(lambda: self.save_requested.emit(self))
        self.finished.connect(lambda _result: self.stop())

    # -- what it is of -----------------------------------------------------------------------------

    @property
    def channels(self) -> list[Channel]:
        """The cameras chosen."""
        found: list[Channel] = self.camera_box.currentData()
        return found

    def _room(self) -> int:
        """Return how many pictures of each camera there is room for at once."""
        size = self.delegate.sizeHint(None, QModelIndex())  # type: ignore[arg-type]
        spacing = self.view.spacing()
        area = self.view.maximumViewportSize()
        across = max(1, (area.width() - 12) // (size.width() + spacing))
        down = max(1, area.height() // (size.height() + spacing))
        return max(1, across * down // len(self.channels))

    def _begin_soon(self) -> None:
        self._wait.start(_SETTLED_MS)

    def _on_resized(self) -> None:
        if self.step_box.currentData() == 0 and self._planned_step() != self.step_us:
            self._begin_soon()

    def _planned_step(self) -> int:
        chosen: int = self.step_box.currentData()
        return chosen or automatic_step(self.range.end_us - self.range.start_us, self._room())

    # -- searching ---------------------------------------------------------------------------------

    def search(self) -> None:
        """Begin the sheet anew."""
        self._wait.stop()
        self.stop()
        self.show_error("")
        start_us, end_us = self.range.start_us, self.range.end_us
        if end_us <= start_us:
            self.show_error(self.tr("The range ends before it begins."))
            return
        self.model.named = len(self.channels) > 1  # the size of cells depends on it
        self.step_us = self._planned_step()
        moments = sheet_moments(start_us, end_us, self.step_us, self._subject.zone)
        self.model.plan(self.channels, moments, dated=is_dated(start_us, end_us, self._subject.zone))
        self._task = self._background.start(self._run(list(self.channels), moments))

    def stop(self) -> None:
        """End what is under way; what is there stays."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._show_state()

    @property
    def busy(self) -> bool:
        """Whether pictures are still to come."""
        return self._task is not None

    async def _run(self, channels: list[Channel], moments: list[int]) -> None:
        self._show_state()
        ratio = self.devicePixelRatioF()
        box = round(self.delegate.picture.width() * ratio), round(self.delegate.picture.height() * ratio)
        try:
            for channel in channels:
                await self._searches.pictures(channel.id, moments, box, slack_us(self.step_us), self._take)
        except WallError as err:
            self.show_error(error_text(err))
        except OSError:
            self.show_error(self.tr("The search could not be started."))
        finally:
            if self._task is asyncio.current_task():
                self._task = None
                self._show_state()

    def _take(self, found: object) -> None:
        self.model.take(found)  # type: ignore[arg-type]  # FootageSearches hands over FoundPicture
        self._show_state()

    def _show_state(self) -> None:
        total = len(self.model.cells)
        self.bar.setMaximum(max(1, total))
        self.bar.setValue(self.model.found)
        self.bar.setVisible(self.busy)
        self.stop_button.setEnabled(self.busy)
        self.save_button.setEnabled(not self.busy and self.model.found > 0)
        self.go_button.setEnabled(total > 0)
        text = self.tr("{found} of {total} pictures, every {step}")
        self.note.setText(text.format(found=self.model.found, total=total, step=step_text(self.step_us)))

    def _tell(self, signal: SignalInstance, index: QModelIndex) -> None:
        cell = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if isinstance(cell, Cell):
            signal.emit(cell.channel, cell.moment_us)


class _SheetView(QListView):
    """Cells in rows; arrows walk, Enter opens, Space shows on the wall."""

    resized = Signal()
    space_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("SheetView")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(2)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def resizeEvent(self, event: object) -> None:
        """Tell of another size."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Space, which would search for a text, and Enter, which would press a button of the window."""
        if event.key() == Qt.Key.Key_Space:
            self.space_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)
