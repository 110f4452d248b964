"""The range of a search: chosen from what is at hand, or typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QLabel, QWidget

from wallclient.domain.patrol_schedule import instant
from wallclient.ui.theme import Metrics
from wallclient.ui.timeline_scale import SECOND, local, moment_of


@dataclass(frozen=True, slots=True)
class NamedRange:
    """A range with what it is called."""

    name: str
    start_us: int
    end_us: int


class SearchRange(QWidget):
    """Two moments to the second, by the clocks of a zone, and ranges that set both."""

    changed = Signal()

    def __init__(self, ranges: Sequence[NamedRange], zone: ZoneInfo, metrics: Metrics) -> None:
        """The first of `ranges` is what is chosen at the beginning."""
        super().__init__()
        self._zone, self._ranges = zone, list(ranges)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.space_px)
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Range"))
        for one in self._ranges:
            self.box.addItem(one.name)
        self.box.addItem(self.tr("Chosen here"))
        self.begin_edit, self.end_edit = self._edit(self.tr("From")), self._edit(self.tr("To"))
        for widget in (self.box, self.begin_edit, QLabel("–"), self.end_edit):
            row.addWidget(widget)
        row.addStretch(1)
        self.box.activated.connect(self._on_chosen)
        for edit in (self.begin_edit, self.end_edit):
            edit.dateTimeChanged.connect(self._on_typed)
        self.set(self._ranges[0])

    def _edit(self, name: str) -> QDateTimeEdit:
        edit = QDateTimeEdit()
        edit.setTimeZone(QTimeZone.utc())  # the wall clock of another zone: nothing may be converted
        edit.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
        edit.setCalendarPopup(True)
        edit.setAccessibleName(name)
        edit.setToolTip(name)
        return edit

    def set(self, chosen: NamedRange) -> None:
        """Show a range."""
        for edit, moment in ((self.begin_edit, chosen.start_us), (self.end_edit, -(-chosen.end_us // SECOND) * SECOND)):
            when = local(moment, self._zone)
            edit.blockSignals(True)
            day, clock = QDate(when.year, when.month, when.day), QTime(when.hour, when.minute, when.second)
            edit.setDateTime(QDateTime(day, clock, QTimeZone.utc()))
            edit.blockSignals(False)
        self.box.setCurrentIndex(self._ranges.index(chosen) if chosen in self._ranges else len(self._ranges))
        self.changed.emit()

    @property
    def start_us(self) -> int:
        """Where it begins."""
        return self._moment(self.begin_edit)

    @property
    def end_us(self) -> int:
        """Where it ends."""
        return self._moment(self.end_edit)

    def _moment(self, edit: QDateTimeEdit) -> int:
        when = edit.dateTime().toPython()
        assert isinstance(when, datetime)
        return moment_of(instant(when.date(), when.time(), self._zone))

    def _on_chosen(self, row: int) -> None:
        if row < len(self._ranges):
            self.set(self._ranges[row])

    def _on_typed(self) -> None:
        self.box.setCurrentIndex(len(self._ranges))
        self.changed.emit()
