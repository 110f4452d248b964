"""Edits when rounds are due: shifts with weekdays and start times, in one time zone; shows what comes of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import available_timezones

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.patrol import (
    LONGEST_EVERY_MIN,
    LONGEST_NAME,
    SHORTEST_EVERY_MIN,
    Plan,
    Schedule,
    Shift,
    is_time_zone,
)
from wallclient.domain.patrol_schedule import runs_between
from wallclient.ui.patrol_text import shift_text, weekday_text
from wallclient.ui.theme import Metrics

_PREVIEW = 6
_USUAL_ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "UTC", "Europe/Berlin")
_DAYS = range(1, 8)


class ScheduleEditor(QWidget):
    """Holds a schedule under edit."""

    changed = Signal()

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics
        self._filling = False
        self._read_only = False
        self.shifts: list[Shift] = []
        self.zone_box = QComboBox()
        self.zone_box.setEditable(True)
        self.zone_box.addItems([*_USUAL_ZONES, *(zone for zone in _zones() if zone not in _USUAL_ZONES)])
        self.list = QListWidget()
        self.list.setMinimumWidth(metrics.text_px * 22)
        self.add_button = QPushButton(self.tr("Add shift"))
        self.remove_button = QPushButton(self.tr("Remove"))
        self.name_edit = QLineEdit()
        self.name_edit.setMaxLength(LONGEST_NAME)
        self.begin_edit, self.end_edit = QTimeEdit(), QTimeEdit()
        self.day_boxes = {day: QCheckBox(weekday_text(day)) for day in _DAYS}
        self.starts_edit = QLineEdit()
        self.starts_edit.setPlaceholderText(self.tr("such as 08:30, 12:00, 16:00"))
        self.every_box = QCheckBox(self.tr("every"))
        self.every_spin = QSpinBox()
        self.every_spin.setRange(SHORTEST_EVERY_MIN, LONGEST_EVERY_MIN)
        self.every_spin.setValue(60)
        self.every_spin.setSuffix(self.tr(" min"))
        self.preview_label = QLabel()
        self.preview_label.setObjectName("DialogHint")
        self.preview_label.setWordWrap(True)
        self._put_together()
        self._connect()
        self.set_schedule(Schedule("Asia/Shanghai"))

    def _put_together(self) -> None:
        space = self._metrics.space_px
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
        for edit in (self.begin_edit, self.end_edit):
            edit.setDisplayFormat("HH:mm")
        for field in (self.begin_edit, self.end_edit, self.every_spin):
            set_margin(field, space)
        left = QVBoxLayout()
        left.setSpacing(space)
        left.addWidget(self.list, 1)
        left.addLayout(_row(space, self.add_button, self.remove_button, None))
        zone = QFormLayout()
        zone.setHorizontalSpacing(space * 2)
        zone.addRow(self.tr("Time zone"), self.zone_box)
        left.addLayout(zone)
        form = QFormLayout()
        form.setVerticalSpacing(space)
        form.setHorizontalSpacing(space * 2)
        form.addRow(self.tr("Shift"), self.name_edit)
        form.addRow(self.tr("From, to"), _row(space, self.begin_edit, QLabel("–"), self.end_edit, None))
        days = QHBoxLayout()
        days.setSpacing(space)
        for box in self.day_boxes.values():
            days.addWidget(box)
        form.addRow(self.tr("On"), days)
        form.addRow(self.tr("Rounds at"), self.starts_edit)
        form.addRow(self.tr("and"), _row(space, self.every_box, self.every_spin, None))
        self._form = QWidget()
        self._form.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        right = QVBoxLayout()
        right.setSpacing(space * 2)
        right.addWidget(self._form)
        right.addWidget(self.preview_label)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, space, 0, 0)
        layout.setSpacing(space * 3)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_shift)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.name_edit.textEdited.connect(self._take)
        for edit in (self.begin_edit, self.end_edit):
            edit.timeChanged.connect(self._take)
        for box in (*self.day_boxes.values(), self.every_box):
            box.clicked.connect(self._take)
        self.starts_edit.textEdited.connect(self._take)
        self.every_spin.valueChanged.connect(self._take)
        self.zone_box.currentTextChanged.connect(self._on_zone)

    # --- schedule ---

    @property
    def schedule(self) -> Schedule:
        """The schedule as it is now."""
        return Schedule(self.zone_box.currentText().strip(), tuple(self.shifts))

    def set_schedule(self, schedule: Schedule) -> None:
        """Show another schedule."""
        self._filling = True
        self.zone_box.setCurrentText(schedule.time_zone)
        self.shifts = list(schedule.shifts)
        self._filling = False
        self._fill(0)

    def set_read_only(self, read_only: bool) -> None:
        """Show only."""
        self._read_only = read_only
        for widget in (self.zone_box, self.add_button):
            widget.setEnabled(not read_only)
        self._show_shift()

    def add(self) -> None:
        """Add a shift for the hours the last one leaves."""
        last = self.shifts[-1] if self.shifts else None
        begin, end = (last.end, last.begin) if last else (time(8), time(20))
        name = self.tr("Night shift") if last else self.tr("Day shift")
        self.shifts.append(Shift(name, begin, end, frozenset(_DAYS), every_min=120))
        self._fill(len(self.shifts) - 1)
        self.changed.emit()

    def remove(self) -> None:
        """Take the chosen shift out."""
        row = self.list.currentRow()
        if 0 <= row < len(self.shifts):
            del self.shifts[row]
            self._fill(min(row, len(self.shifts) - 1))
            self.changed.emit()

    def _fill(self, row: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([shift_text(shift) for shift in self.shifts])
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._show_shift()

    # --- the shift chosen ---

    def _show_shift(self, _row: int = 0) -> None:
        row = self.list.currentRow()
        shift = self.shifts[row] if 0 <= row < len(self.shifts) else None
        self._form.setVisible(shift is not None)
        self._form.setEnabled(not self._read_only)
        self.remove_button.setEnabled(shift is not None and not self._read_only)
        if shift is not None:
            self._filling = True
            self.name_edit.setText(shift.name)
            self.begin_edit.setTime(QTime(shift.begin.hour, shift.begin.minute))
            self.end_edit.setTime(QTime(shift.end.hour, shift.end.minute))
            for day, box in self.day_boxes.items():
                box.setChecked(day in shift.weekdays)
            self.starts_edit.setText(", ".join(f"{start:%H:%M}" for start in shift.starts))
            self.every_box.setChecked(shift.every_min is not None)
            self.every_spin.setValue(shift.every_min or self.every_spin.value())
            self.every_spin.setEnabled(shift.every_min is not None)
            self._filling = False
        self._show_preview()

    def _take(self, _value: object = None) -> None:
        row = self.list.currentRow()
        if self._filling or self._read_only or not 0 <= row < len(self.shifts):
            return
        starts, is_read = read_times(self.starts_edit.text())
        self._mark(self.starts_edit, good=is_read)
        self.every_spin.setEnabled(self.every_box.isChecked())
        self.shifts[row] = replace(
            self.shifts[row],
            name=self.name_edit.text().strip(),
            begin=_time(self.begin_edit.time()),
            end=_time(self.end_edit.time()),
            weekdays=frozenset(day for day, box in self.day_boxes.items() if box.isChecked()),
            starts=tuple(starts),
            every_min=self.every_spin.value() if self.every_box.isChecked() else None,
        )
        self.list.item(row).setText(shift_text(self.shifts[row]))
        self._show_preview()
        self.changed.emit()

    def _on_zone(self, text: str) -> None:
        if not self._filling:
            self._mark(self.zone_box, good=is_time_zone(text.strip()))
            self._show_preview()
            self.changed.emit()

    def _show_preview(self) -> None:
        text = self.tr("No rounds are due: the plan is run by hand.")
        if is_time_zone(self.schedule.time_zone):
            coming = _coming(self.schedule)
            if coming:
                times = [f"{weekday_text(at.isoweekday())} {at:%m-%d %H:%M}" for at in coming]
                text = self.tr("Next, by this computer's clock: {times}").format(times=",   ".join(times))
        self.preview_label.setText(text)

    @staticmethod
    def _mark(widget: QWidget, *, good: bool) -> None:
        if (widget.property("level") == "bad") == good:
            widget.setProperty("level", "" if good else "bad")
            widget.style().unpolish(widget)
            widget.style().polish(widget)


def read_times(text: str) -> tuple[list[time], bool]:
    """Read times of day such as "8:30, 12:00"; return those that are, sorted, and whether all are."""
    words = text.replace("，", ",").replace("、", ",").replace("：", ":").replace(";", ",").replace(" ", ",").split(",")
    found, good = set(), True
    for word in (word.strip() for word in words):
        if not word:
            continue
        hours, _, minutes = word.partition(":")
        try:
            found.add(time(int(hours), int(minutes or 0)))
        except ValueError:
            good = False
    return sorted(found), good


def _coming(schedule: Schedule) -> Sequence[datetime]:
    plan = Plan("preview", 0, "", (), schedule)
    now = datetime.now(UTC)
    return [run.at_utc.astimezone() for run in runs_between(plan, now, now + timedelta(days=8))[:_PREVIEW]]


def _time(value: QTime) -> time:
    return time(value.hour(), value.minute())


@cache
def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))


def set_margin(box: QAbstractSpinBox, margin_px: int) -> None:
    """Keep a spin box's text off its frame: the style sheet's padding does not reach the field inside."""
    field = box.findChild(QLineEdit)
    if field is not None:
        field.setTextMargins(margin_px, 0, 0, 0)


def _row(space_px: int, *widgets: QWidget | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(space_px)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row
