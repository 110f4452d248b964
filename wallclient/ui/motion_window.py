"""Search for movement: draw where, choose when, see what is found while it runs."""

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, SignalInstance
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.errors import WallError
from wallclient.domain.footage_search import Lack, LackReason, MotionHit, MotionQuery, SearchProgress
from wallclient.domain.node import Channel
from wallclient.services.footage_search import FoundPicture, MotionNews
from wallclient.ui.area_editor import AreaEditor
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.footage_search_text import is_dated, lack_text, lacks_text
from wallclient.ui.hit_list import MOST_HITS, Found, HitDelegate, HitModel
from wallclient.ui.search_range import SearchRange
from wallclient.ui.sheet_window import SheetSubject
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.footage_search import FootageSearches

_STILL_PX = (960, 540)
LEAST_PARTS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)  # of the picture


class MotionWindow(PlainDialog):
    """Finds movement in the areas drawn on a camera's picture."""

    go_requested = Signal(object, object)  # Channel, moment in us
    open_requested = Signal(object, object)
    hits_changed = Signal(object)  # by camera: the ranges found
    bookmarks_requested = Signal(object, object)  # Channel, hits

    def __init__(
        self, subject: SheetSubject, moment_us: int, searches: "FootageSearches", background: Background,
        metrics: Metrics, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """`moment_us`: of the still the areas are drawn on."""
        super().__init__("", metrics, parent)
        self.set_title(self.tr("Search for movement"))
        self.setModal(False)
        self._subject, self._moment_us = subject, moment_us
        self._searches, self._background, self._metrics = searches, background, metrics
        self._task: asyncio.Task[None] | None = None
        self._still: asyncio.Task[None] | None = None
        self._lacks: list[Lack] = []
        self._progress = SearchProgress(0.0, 0)
        self._searched: Channel | None = None  # whose hits are listed
        self._ended = ""
        self.model = HitModel(subject.zone)
        self.delegate = HitDelegate(self.model, metrics)
        self.editor = AreaEditor(metrics)
        self.range = SearchRange(subject.ranges, subject.zone, metrics)
        self.list = QListView()
        self._make_controls()
        columns = QHBoxLayout()
        columns.setSpacing(metrics.space_px * 3)
        columns.addLayout(self._left(), 3)
        columns.addLayout(self._right(), 2)
        self.body.addLayout(columns, 1)
        self._make_buttons()
        self._connect()
        self.load_still()
        self._show_state()

    # -- making ------------------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.camera_box = QComboBox()
        self.camera_box.setAccessibleName(self.tr("Camera"))
        for channel in self._subject.channels:
            self.camera_box.addItem(channel.name, channel)
        self.sensitivity = _slider(1, 100, 50)
        self.sensitivity.setAccessibleName(self.tr("Sensitivity"))
        self.least = _slider(0, len(LEAST_PARTS) - 1, 2)
        self.least.setAccessibleName(self.tr("Smallest object"))
        self.sensitivity_label, self.least_label = QLabel(), QLabel()
        self.every_box = QCheckBox(self.tr("Look at every picture: slower, finds what is over within seconds"))
        self.area_label = ElidedLabel()
        self.area_label.setObjectName("DialogHint")
        self.whole_button = QPushButton(self.tr("Whole picture"))
        self.remove_button = QPushButton(self.tr("Remove the area"))
        for button in (self.whole_button, self.remove_button):
            button.setAutoDefault(False)

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(self._metrics.space_px)
        first = QHBoxLayout()
        first.setSpacing(self._metrics.space_px * 2)
        first.addWidget(self.camera_box)
        first.addWidget(self.range, 1)
        column.addLayout(first)
        column.addWidget(self.editor, 1)
        tools = QHBoxLayout()
        tools.addWidget(self.area_label, 1)
        tools.addWidget(self.whole_button)
        tools.addWidget(self.remove_button)
        column.addLayout(tools)
        form = QFormLayout()
        form.setHorizontalSpacing(self._metrics.space_px * 2)
        form.addRow(self.tr("Sensitivity"), _beside(self.sensitivity, self.sensitivity_label, self._metrics))
        form.addRow(self.tr("Smallest object"), _beside(self.least, self.least_label, self._metrics))
        column.addLayout(form)
        column.addWidget(self.every_box)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(self._metrics.space_px)
        self.found_label = QLabel()
        self.found_label.setObjectName("KeyGroup")
        column.addWidget(self.found_label)
        self.list.setObjectName("HitList")
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.delegate)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setMinimumWidth(self._metrics.text_px * 24)
        column.addWidget(self.list, 1)
        self.bar = QProgressBar()
        self.bar.setMaximum(1000)
        self.bar.setTextVisible(False)
        self.state_label = ElidedLabel()
        self.state_label.setObjectName("DialogHint")
        self.lack_label = ElidedLabel()
        self.lack_label.setObjectName("PlaybackNote")
        for widget in (self.bar, self.state_label, self.lack_label):
            column.addWidget(widget)
        return column

    def _make_buttons(self) -> None:
        self.start_button = QPushButton(self.tr("Search"))
        self.start_button.setDefault(True)
        self.stop_button = QPushButton(self.tr("Stop"))
        self.go_button = QPushButton(self.tr("Show on the wall"))
        self.mark_button = QPushButton(self.tr("Bookmark the chosen"))
        self.mark_all_button = QPushButton(self.tr("Bookmark all"))
        for button in (self.start_button, self.stop_button, self.go_button, self.mark_button, self.mark_all_button):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)

    def _connect(self) -> None:
        self.camera_box.activated.connect(self._on_camera_chosen)
        self.editor.changed.connect(self._show_state)
        self.sensitivity.valueChanged.connect(self._show_state)
        self.least.valueChanged.connect(self._show_state)
        self.whole_button.clicked.connect(self.editor.clear)
        self.remove_button.clicked.connect(self.editor.remove)
        self.start_button.clicked.connect(self.search)
        self.stop_button.clicked.connect(self.stop)
        self.list.clicked.connect(lambda index: self._tell(self.go_requested, index))
        self.list.activated.connect(lambda index: self._tell(self.open_requested, index))
        self.list.selectionModel().selectionChanged.connect(lambda *_both: self._show_state())
        self.go_button.clicked.connect(lambda: self._tell(self.open_requested, self.list.currentIndex()))
        self.mark_button.clicked.connect(lambda: self._bookmark(self.chosen()))
        self.mark_all_button.clicked.connect(lambda: self._bookmark([one.hit for one in self.model.found]))
        self.finished.connect(lambda _result: self._on_finished())

    # -- the still ---------------------------------------------------------------------------------

    @property
    def channel(self) -> Channel:
        """The camera chosen."""
        found: Channel = self.camera_box.currentData()
        return found

    def _on_camera_chosen(self) -> None:
        self.editor.clear()  # they were drawn on another picture
        self.load_still()

    def load_still(self) -> None:
        """Get the picture the areas are drawn on."""
        if self._still is not None:
            self._still.cancel()
        self.editor.set_picture(None, self.tr("Loading…"))
        self._still = self._background.start(self._load_still(self.channel))

    async def _load_still(self, channel: Channel) -> None:
        try:
            await self._searches.pictures(channel.id, [self._moment_us], _STILL_PX, 0, self._take_still, noted=False)
        except WallError as err:
            self.editor.set_picture(None, error_text(err))
        except OSError:
            self.editor.set_picture(None, self.tr("The search could not be started."))

    def _take_still(self, found: FoundPicture) -> None:
        note = lack_text(found.lack) if found.lack is not None else ""
        self.editor.set_picture(found.image, note)

    # -- searching ---------------------------------------------------------------------------------

    def query(self) -> MotionQuery:
        """Return what is asked for."""
        return MotionQuery(
            self.channel.id,
            self.range.start_us,
            self.range.end_us,
            tuple(self.editor.areas),
            self.sensitivity.value(),
            LEAST_PARTS[self.least.value()],
            self.every_box.isChecked(),
        )

    def search(self) -> None:
        """Begin anew with what is chosen now."""
        self.stop()
        self.editor.close_polygon()
        query = self.query()
        if query.end_us <= query.start_us:
            self.show_error(self.tr("The range ends before it begins."))
            return
        self.show_error("")
        self._lacks, self._searched, self._ended = [], self.channel, ""
        self._progress = SearchProgress(0.0, query.start_us)
        self.model.begin(list(query.areas), dated=is_dated(query.start_us, query.end_us, self._subject.zone))
        self.hits_changed.emit({})
        self._task = self._background.start(self._run(query))
        self._show_state()

    async def _run(self, query: MotionQuery) -> None:
        try:
            await self._searches.motion(query, MotionNews(self._on_found, self._on_lack, self._on_progress))
            self._ended = self.tr("Done.")
        except WallError as err:
            self.show_error(error_text(err))
        except OSError:
            self.show_error(self.tr("The search could not be started."))
        finally:
            if self._task is asyncio.current_task():
                self._task = None
                self._show_state()

    def stop(self) -> None:
        """End the search; what was found stays."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._ended = self.tr("Stopped.")
        self._show_state()

    @property
    def busy(self) -> bool:
        """Whether a search is under way."""
        return self._task is not None

    def _on_found(self, hit: MotionHit, image: QImage) -> None:
        self.model.add(hit, image)
        self.hits_changed.emit({hit.channel_id: [(one.hit.start_us, one.hit.end_us) for one in self.model.found]})
        if len(self.model.found) >= MOST_HITS:
            self.stop()
            self._ended = self.tr("Stopped: too much was found. Draw a smaller area or choose a shorter range.")
        self._show_state()

    def _on_lack(self, lack: Lack) -> None:
        self._lacks.append(lack)
        self._show_state()

    def _on_progress(self, progress: SearchProgress) -> None:
        self._progress = progress
        self._show_state()

    def _on_finished(self) -> None:
        self.stop()
        if self._still is not None:
            self._still.cancel()
        self.hits_changed.emit({})

    # -- what was found ----------------------------------------------------------------------------

    def chosen(self) -> list[MotionHit]:
        """Return the hits selected, in order of time."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedRows())
        return [self.model.found[row].hit for row in rows]

    def _bookmark(self, hits: list[MotionHit]) -> None:
        if hits and self._searched is not None:
            self.bookmarks_requested.emit(self._searched, hits)

    def _tell(self, signal: SignalInstance, index: QModelIndex) -> None:
        found = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if isinstance(found, Found) and self._searched is not None:
            signal.emit(self._searched, found.hit.start_us)

    # -- state -------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        count = len(self.model.found)
        self.found_label.setText(self.tr("Found: {count}").format(count=count))
        self.sensitivity_label.setText(f"{self.sensitivity.value()} %")
        self.least_label.setText(
            self.tr("{percent} % of the picture").format(percent=f"{LEAST_PARTS[self.least.value()] * 100:g}")
        )
        areas = len(self.editor.areas)
        self.area_label.setText(
            self.tr("{count} area(s). Drag for a rectangle, click for corners.").format(count=areas)
            if areas
            else self.tr("The whole picture. Drag for a rectangle, click for corners.")
        )
        self.remove_button.setEnabled(areas > 0)
        self.whole_button.setEnabled(areas > 0)
        self._show_progress()
        chosen = bool(self.list.selectionModel().selectedRows())
        self.start_button.setEnabled(not self.busy)
        self.stop_button.setEnabled(self.busy)
        for button in (self.go_button, self.mark_button):
            button.setEnabled(chosen)
        self.mark_all_button.setEnabled(count > 0 and not self.busy)

    def _show_progress(self) -> None:
        self.bar.setVisible(self.busy)
        self.bar.setValue(round(self._progress.part * 1000))
        if self.busy:
            text = self.tr("{percent} % searched · {speed} times as fast as it was recorded").format(
                percent=round(self._progress.part * 100), speed=round(self._progress.speed)
            )
        else:
            text = self._ended
        self.state_label.setText(text)
        told = [lack for lack in self._lacks if lack.reason is not LackReason.GAP or self._task is None]
        self.lack_label.setText(self.tr("Not searched: {what}").format(what=lacks_text(told)) if told else "")


def _slider(least: int, most: int, value: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(least, most)
    slider.setValue(value)
    return slider


def _beside(slider: QSlider, label: QLabel, metrics: Metrics) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(metrics.space_px * 2)
    label.setMinimumWidth(metrics.text_px * 9)
    row.addWidget(slider, 1)
    row.addWidget(label)
    return row
