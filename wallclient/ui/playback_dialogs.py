"""Dialogs of playback: go to a moment, correct a camera's time."""

from datetime import date, datetime
from datetime import time as day_time
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, Qt, QTime
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QDialogButtonBox, QDoubleSpinBox, QLabel, QTimeEdit, QToolButton, QWidget

from wallclient.domain.patrol_schedule import instant
from wallclient.services.footage_index import FootageIndex
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.icons import icon
from wallclient.ui.playback_text import offset_text
from wallclient.ui.theme import COLORS, Metrics
from wallclient.ui.timeline_scale import local, moment_of

MOST_OFFSET_S = 3600.0


class GoToDialog(PlainDialog):
    """Asks for a moment by the clocks of the center; days with footage stand out in the calendar."""

    def __init__(
        self,
        index: FootageIndex,
        channel_ids: list[str],
        moment_us: int,
        zone: ZoneInfo,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Go to a moment"), metrics, parent)
        self._index, self._ids, self._zone = index, channel_ids, zone
        when = local(moment_us, zone)
        self.calendar = QCalendarWidget()
        self.calendar.setGridVisible(False)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for number in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(number, _day_format(None))
        for name, icon_name in (("qt_calendar_prevmonth", "step-back"), ("qt_calendar_nextmonth", "step-on")):
            if (button := self.calendar.findChild(QToolButton, name)) is not None:
                button.setIcon(icon(icon_name, COLORS.text, metrics.icon_px))
        self.calendar.setMinimumSize(metrics.text_px * 26, metrics.row_px * 9)
        self.calendar.setSelectedDate(QDate(when.year, when.month, when.day))
        self.calendar.setMinimumDate(QDate(2000, 1, 1))
        self.calendar.setMaximumDate(QDate(2099, 12, 31))
        self.calendar.currentPageChanged.connect(lambda _year, _month: self.mark_days())
        self.time_edit = QTimeEdit(QTime(when.hour, when.minute, when.second))
        self.time_edit.setDisplayFormat("HH:mm:ss")
        self.body.addWidget(self.calendar)
        self.body.addWidget(self.time_edit)
        self.hint(
            self.tr("Days with recordings are blue. Times are those of {zone}.").format(zone=self._zone_text(moment_us))
        )
        go = self.buttons.addButton(self.tr("Go there"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        go.setDefault(True)
        self.calendar.activated.connect(lambda _day: self.accept())
        index.days_changed.connect(self.mark_days)
        self.finished.connect(lambda _result: index.days_changed.disconnect(self.mark_days))
        self.mark_days()
        self.time_edit.setFocus()

    def _zone_text(self, moment_us: int) -> str:
        return f"{self._zone.key} ({offset_text(moment_us, self._zone)})"

    def mark_days(self) -> None:
        """Make the days with footage of the month shown stand out; the others are dim."""
        year, month = self.calendar.yearShown(), self.calendar.monthShown()
        days = self._index.days(self._ids, year, month, self._zone.key)
        first = QDate(year, month, 1)
        for number in range(first.daysInMonth()):
            day = first.addDays(number)
            known = None if days is None else date(day.year(), day.month(), day.day()) in days
            self.calendar.setDateTextFormat(day, _day_format(known))
        for day in (*(first.addDays(-n) for n in range(1, 8)), *(first.addMonths(1).addDays(n) for n in range(14))):
            self.calendar.setDateTextFormat(day, _day_format(False))  # of other months: not asked for yet

    @property
    def moment_us(self) -> int:
        """The moment chosen; a time that a change of clocks leaves out is the first one after it."""
        day, clock = self.calendar.selectedDate(), self.time_edit.time()
        when: datetime = instant(
            date(day.year(), day.month(), day.day()),
            day_time(clock.hour(), clock.minute(), clock.second()),
            self._zone,
        )
        return moment_of(when)


def _day_format(recorded: bool | None) -> QTextCharFormat:
    form = QTextCharFormat()
    if recorded:
        form.setForeground(QColor(COLORS.accent_text))
        form.setBackground(QColor("#1b5f99"))
    else:
        form.setForeground(QColor(COLORS.text if recorded is None else COLORS.text_faint))
    return form


class OffsetDialog(PlainDialog):
    """Asks how far a camera's footage is off against the others."""

    def __init__(
        self, name: str, offset_ms: int, told_ms: int, metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Correct the camera's time"), metrics, parent)
        self.body.addWidget(QLabel(name))
        self.spin = QDoubleSpinBox()
        self.spin.setRange(-MOST_OFFSET_S, MOST_OFFSET_S)
        self.spin.setDecimals(3)
        self.spin.setSingleStep(0.04)
        self.spin.setSuffix(" s")
        self.spin.setValue(offset_ms / 1000)
        self.body.addWidget(self.spin)
        self.hint(self.tr("Positive: show later pictures of this camera beside those of the others. It is remembered."))
        if told_ms:
            text = self.tr("The clock burnt into its picture is {seconds} s ahead of the center's, as the center says.")
            self.hint(text.format(seconds=f"{told_ms / 1000:+g}"))
        save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        save.setDefault(True)
        self.spin.setFocus()
        self.spin.selectAll()

    @property
    def offset_ms(self) -> int:
        """What was typed."""
        return round(self.spin.value() * 1000)
