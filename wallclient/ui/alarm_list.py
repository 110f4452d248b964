"""The window of alarms: newest first, by camera, with what can be done about each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QWidget,
)

from wallclient.domain.global_id import key_of
from wallclient.services.alarms import AlarmCase, Alarms
from wallclient.ui.alarm_text import count_text, kind_text, state_text, times_text
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.icons import icon
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class AlarmModel(QAbstractTableModel):
    """The cases of `Alarms`; rows keep their selection by their numbers when others come above them."""

    def __init__(self, alarms: Alarms, center_of: Callable[[str], str], icon_px: int) -> None:
        """`center_of` names the center of a camera."""
        super().__init__()
        self._alarms, self._center_of, self._icon_px = alarms, center_of, icon_px
        self.cases: list[AlarmCase] = alarms.cases()

    def refresh(self) -> None:
        """Show what is true now."""
        cases = self._alarms.cases()
        added = next((i for i, case in enumerate(cases) if self.cases and case.number == self.cases[0].number), None)
        if added is not None and [c.number for c in cases[added:]] == [c.number for c in self.cases]:
            if added:
                self.beginInsertRows(QModelIndex(), 0, added - 1)
            self.cases = cases
            if added:
                self.endInsertRows()
            self.dataChanged.emit(self.index(0, 0), self.index(len(cases) - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self.cases = cases
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many cases there are."""
        return 0 if parent.isValid() else len(self.cases)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return 6."""
        return 0 if parent.isValid() else 6

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        """Name the columns."""
        if role != _Role.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        texts = (
            self.tr("Time"),
            self.tr("Camera"),
            self.tr("Kind"),
            self.tr("Times"),
            self.tr("State"),
            self.tr("Center's words"),
        )
        return texts[section]

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return a cell; what waits has a bell, not only a colour."""
        case = self.cases[index.row()]
        if role in (_Role.DisplayRole, _Role.ToolTipRole):
            return self._text(case, index.column())
        if role == _Role.DecorationRole and index.column() == 0:
            color = COLORS.text_faint if case.acknowledged else COLORS.bad if case.active else COLORS.warning
            return icon("check" if case.acknowledged else "bell", color, self._icon_px)
        if role == _Role.ForegroundRole and case.acknowledged:
            return QColor(COLORS.text_dim)
        if role == _Role.TextAlignmentRole and index.column() == 3:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, case: AlarmCase, column: int) -> str:
        if column == 0:
            return times_text(case)
        if column == 1:
            name = self._alarms.name(case.channel_id) or case.channel_id
            center = self._center_of(case.channel_id)
            return f"{name}  ·  {center}" if center else name
        return (kind_text(case.kind), str(case.count), state_text(case), case.text)[column - 2]


class AlarmsDialog(PlainDialog):
    """Stays open beside the wall; what it asks for is the window's to do."""

    live_requested = Signal(object)  # AlarmCase
    playback_requested = Signal(object)  # AlarmCase
    sound_changed = Signal(bool)

    def __init__(
        self, alarms: Alarms, centers: "Centers", metrics: Metrics, *, sound: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Alarms"), metrics, parent)
        self.setModal(False)
        self._alarms = alarms
        self._centers = centers
        self.can_play: Callable[[AlarmCase], str] = lambda _case: ""  # why its footage can't be shown; empty: it can
        self.model = AlarmModel(alarms, self._center_of, metrics.icon_px * 3 // 4)
        self.table = QTableView()
        self.table.setModel(self.model)
        self._set_up_table(metrics)
        self.body.addWidget(self.table, 1)
        self.summary = self.hint("")
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        self.live_button = self._button(row, self.tr("Show live"), lambda: self._ask(self.live_requested))
        self.play_button = self._button(row, self.tr("Playback from then"), lambda: self._ask(self.playback_requested))
        self.seen_button = self._button(row, self.tr("Acknowledge"), self._acknowledge)
        self.all_button = self._button(row, self.tr("Acknowledge all"), lambda: alarms.acknowledge())
        row.addStretch(1)
        self.sound_check = QCheckBox(self.tr("Sound"))
        self.sound_check.setChecked(sound)
        self.sound_check.toggled.connect(self.sound_changed)
        row.addWidget(self.sound_check)
        self.body.addLayout(row)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        self.table.doubleClicked.connect(lambda _index: self._ask(self.live_requested))
        self.table.selectionModel().selectionChanged.connect(self._refresh_buttons)
        alarms.changed.connect(self._on_changed)
        self.resize(metrics.text_px * 68, metrics.row_px * 16)
        self._on_changed()

    def _set_up_table(self, metrics: Metrics) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(metrics.row_px)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate((19, 18, 9, 4, 7)):
            header.resizeSection(column, metrics.text_px * width)
        header.setSectionResizeMode(5, QHeaderView.ResizeMode.Stretch)
        table.setMinimumSize(metrics.text_px * 48, metrics.row_px * 6)

    def _button(self, row: QHBoxLayout, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        row.addWidget(button)
        return button

    # --- what is selected ---

    def selected(self) -> list[AlarmCase]:
        """Return the cases selected, the newest first."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.cases[row] for row in rows if row < len(self.model.cases)]

    def _ask(self, signal: Any) -> None:
        for case in self.selected()[:1]:
            signal.emit(case)

    def _acknowledge(self) -> None:
        self._alarms.acknowledge([case.number for case in self.selected()])

    # --- what is shown ---

    def _center_of(self, channel_id: str) -> str:
        """Name a camera's center, where there are several."""
        titles = {access.key: access.title for access in self._centers.accesses}
        return titles.get(key_of(channel_id), "") if len(titles) > 1 else ""

    def _on_changed(self) -> None:
        numbers = {case.number for case in self.selected()}
        self.model.refresh()
        if numbers and not self.selected():  # a reset has forgotten which
            self._select(numbers)
        waiting = self._alarms.waiting_count
        text = self.tr("No alarm waits.") if not waiting else self.tr("{count} wait to be acknowledged.")
        text = text.format(count=waiting)
        if self._alarms.dropped:
            dropped = self.tr("{count} older ones had to make room; the center has them.")
            text = f"{text} {dropped.format(count=self._alarms.dropped)}"
        self.summary.setText(text)
        self.setWindowTitle(f"{self.tr('Alarms')} – {count_text(waiting)}" if waiting else self.tr("Alarms"))
        self._refresh_buttons()

    def _select(self, numbers: set[int]) -> None:
        chosen = QItemSelection()
        for row, case in enumerate(self.model.cases):
            if case.number in numbers:
                chosen.select(self.model.index(row, 0), self.model.index(row, self.model.columnCount() - 1))
        self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _refresh_buttons(self) -> None:
        selected = self.selected()
        self.live_button.setEnabled(len(selected) == 1)
        lack = self.can_play(selected[0]) if len(selected) == 1 else ""
        self.play_button.setEnabled(len(selected) == 1 and not lack)
        self.play_button.setToolTip(lack)
        self.seen_button.setEnabled(any(case.waits for case in selected))
        self.all_button.setEnabled(bool(self._alarms.waiting_count))
