"""The dialog before an export: which cameras, which range, where to, why."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, QStandardPaths, Qt, QTime, QTimeZone, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from wallclient.domain.node import Channel
from wallclient.domain.patrol import LONGEST_TEXT
from wallclient.domain.patrol_schedule import instant
from wallclient.services.export_wish import Wish, free_bytes
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.export_text import bytes_text
from wallclient.ui.playback_services import ExportWish
from wallclient.ui.playback_text import length_text, offset_text
from wallclient.ui.theme import Metrics
from wallclient.ui.timeline_scale import local

_SECOND_MS = 1000
_MOST_ROWS = 8
_SCARCE_BYTES = 2_000_000_000
_DELIVERED = "wallclient"


def films_folder() -> Path:
    """Return where exports go until another folder is chosen."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return (Path(folder) if folder else Path.home()) / _DELIVERED


class ExportDialog(PlainDialog):
    """Asks what is to be exported. `wanted` tells a wish that is complete; who takes it calls `accept`."""

    wanted = Signal(object)  # Wish

    def __init__(
        self,
        wish: ExportWish,
        zone: ZoneInfo,
        folder: str,
        reason: str,
        metrics: Metrics,
        parent: QWidget | None = None,
        lack: Callable[[Channel], str] = lambda _channel: "",
        rate_of: Callable[[Channel], float | None] = lambda _channel: None,
    ) -> None:
        """`folder` is that of the last time, `reason` the one already given for looking at the footage, if any.

        `lack` says why a camera's footage can't be exported, empty where it can; `rate_of` how many bytes a second of
        its footage takes, as far as that is known.
        """
        super().__init__(self.tr("Export recordings"), metrics, parent)
        self._lack, self._rate_of = lack, rate_of
        self._zone, self._metrics = zone, metrics
        self._reason_demanded = False
        # Whole seconds around the range: nothing that was marked is left out.
        self.start_ms = wish.start_ms // _SECOND_MS * _SECOND_MS
        self.end_ms = -(-wish.end_ms // _SECOND_MS) * _SECOND_MS
        self.cameras = self._camera_list(wish.channels, wish.others)
        self.start_edit, self.end_edit = self._moment_edit(self.start_ms), self._moment_edit(self.end_ms)
        self.length_label = QLabel()
        self.folder_edit = QLineEdit(folder or str(films_folder()))
        self.room_label = QLabel()
        self.burn_box = QCheckBox(self.tr("Also make a copy with name, time and operator above the picture"))
        self.reason_box = self._reason_edit(reason)
        self._put_together()
        self.start_edit.dateTimeChanged.connect(self._on_start_changed)
        self.end_edit.dateTimeChanged.connect(self._on_end_changed)
        self.cameras.itemChanged.connect(lambda _item: self._judge())
        self.folder_edit.textChanged.connect(lambda _text: self._judge())
        self.reason_box.currentTextChanged.connect(lambda _text: self._judge())
        self._judge()
        self.start_button.setFocus()

    def _put_together(self) -> None:
        metrics = self._metrics
        self.body.addWidget(self.cameras)
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        span = QHBoxLayout()
        span.setSpacing(metrics.space_px)
        span.addWidget(self.start_edit)
        span.addWidget(QLabel("–"))
        span.addWidget(self.end_edit)
        span.addWidget(self.length_label, 1)
        browse = QPushButton(self.tr("Choose…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        folder = QHBoxLayout()
        folder.setSpacing(metrics.space_px)
        folder.addWidget(self.folder_edit, 1)
        folder.addWidget(browse)
        self.folder_edit.setMinimumWidth(metrics.text_px * 26)
        for label in (self.length_label, self.room_label):
            label.setObjectName("DialogHint")
        form.addRow(self.tr("From – to"), span)
        form.addRow(self.tr("Folder"), folder)
        form.addRow("", self.room_label)
        form.addRow(self.tr("Reason"), self.reason_box)
        form.addRow("", self.burn_box)
        self.body.addLayout(form)
        self.hint(
            self.tr(
                "The original stream is kept as it is, in MP4 files (Matroska where MP4 can't carry it); a file begins"
                " at the key picture before the range. Gaps in the recording make separate files."
            )
        )
        self.start_button = self.buttons.addButton(self.tr("Export"), QDialogButtonBox.ButtonRole.ActionRole)
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self._on_start)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)

    def _camera_list(self, channels: Sequence[Channel], others: Sequence[Channel]) -> QListWidget:
        view = QListWidget()
        view.setObjectName("BoxedList")
        for channel in (*channels, *others):
            lack = self._lack(channel)
            may = not lack
            text = f"{channel.name}    {lack or ' · '.join(channel.path[-2:])}"
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, channel)
            item.setToolTip(" · ".join((*channel.path, channel.name, channel.gb_code)))
            item.setCheckState(Qt.CheckState.Checked if may and channel in channels else Qt.CheckState.Unchecked)
            if not may:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            view.addItem(item)
        rows = min(max(2, len(channels) + len(others)), _MOST_ROWS)
        view.setFixedHeight(rows * self._metrics.row_px + self._metrics.space_px)
        return view

    def _moment_edit(self, moment_ms: int) -> QDateTimeEdit:
        edit = QDateTimeEdit()
        edit.setTimeZone(QTimeZone.utc())  # only digits are shown and typed; `instant` knows the zone's clocks
        edit.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
        edit.setCalendarPopup(True)
        edit.setDateRange(QDate(2000, 1, 1), QDate(2099, 12, 31))
        when = local(moment_ms * 1000, self._zone)
        day, clock = QDate(when.year, when.month, when.day), QTime(when.hour, when.minute, when.second)
        edit.setDateTime(QDateTime(day, clock, QTimeZone.utc()))
        return edit

    def _reason_edit(self, reason: str) -> QComboBox:
        box = QComboBox()
        box.setEditable(True)
        box.addItems(
            [
                self.tr("Incident investigation"),
                self.tr("Request by the police"),
                self.tr("Request by another authority"),
                self.tr("Check of the recording"),
            ]
        )
        box.setCurrentText(reason)
        edit = box.lineEdit()
        assert isinstance(edit, QLineEdit)
        edit.setMaxLength(LONGEST_TEXT)
        edit.setPlaceholderText(self.tr("Kept in the audit trail"))
        return box

    # -- what was chosen ---------------------------------------------------------------------------

    @property
    def wish(self) -> Wish:
        """What is chosen and typed."""
        items = [self.cameras.item(row) for row in range(self.cameras.count())]
        channels = tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked
        )
        return Wish(
            channels, self.start_ms, self.end_ms, self.folder_edit.text().strip(), self._zone.key, self.reason,
            self.burn_box.isChecked(),
        )  # fmt: skip

    @property
    def reason(self) -> str:
        """What was chosen or typed as the reason, without blanks around it."""
        return self.reason_box.currentText().strip()

    def demand_reason(self, center: str) -> None:
        """Say that a center hands out nothing without a reason, and go to where it is typed."""
        self._reason_demanded = True
        text = self.tr("{center} hands out recordings only with a reason. It is kept in the audit trail.")
        self.show_error(text.format(center=center))
        self._judge()
        self.reason_box.setFocus()

    def set_busy(self, *, busy: bool) -> None:
        """Take no second press while the wish is looked at."""
        self.start_button.setEnabled(not busy)
        self.start_button.setText(self.tr("Asking the center…") if busy else self.tr("Export"))
        if not busy:
            self._judge()

    def _on_start_changed(self) -> None:
        self.start_ms = self._moment_of(self.start_edit)
        self._judge()

    def _on_end_changed(self) -> None:
        self.end_ms = self._moment_of(self.end_edit)
        self._judge()

    def _moment_of(self, edit: QDateTimeEdit) -> int:
        typed = edit.dateTime().toPython()
        assert isinstance(typed, datetime)
        when = instant(typed.date(), typed.time().replace(tzinfo=None), self._zone)
        return round(when.astimezone(UTC).timestamp()) * _SECOND_MS

    def _judge(self) -> None:
        """Say how long the range is and how much room there is, and allow to begin where all is there."""
        length_ms = self.end_ms - self.start_ms
        zone = f"{self._zone.key} ({offset_text(self.start_ms * 1000, self._zone)})"
        length = length_text(length_ms * 1000) if length_ms > 0 else self.tr("The end is before the beginning.")
        self.length_label.setText(f"{length}    {zone}" if length_ms > 0 else length)
        _set_level(self.length_label, "" if length_ms > 0 else "bad")
        free = free_bytes(Path(self.folder_edit.text().strip())) if self.folder_edit.text().strip() else None
        size = self._size_bytes(length_ms)
        words = [self.tr("about {size}").format(size=bytes_text(size))] if size else []
        words += [self.tr("{size} free").format(size=bytes_text(free))] if free is not None else []
        self.room_label.setText(",  ".join(words))
        # What is fetched lies there beside what it becomes until that is whole.
        _set_level(self.room_label, "bad" if free is not None and free < max(_SCARCE_BYTES, 2 * (size or 0)) else "")
        reasoned = bool(self.reason) or not self._reason_demanded
        ready = bool(self.wish.channels) and length_ms > 0 and bool(self.wish.folder) and reasoned
        self.start_button.setEnabled(ready)

    def _size_bytes(self, length_ms: int) -> float | None:
        """Return how large the files will be, where that is known of all cameras that are chosen."""
        rates = [self._rate_of(channel) for channel in self.wish.channels]
        if not rates or None in rates or length_ms <= 0:
            return None
        return sum(rate or 0.0 for rate in rates) * length_ms / 1000

    def _on_start(self) -> None:
        self.show_error("")
        self.wanted.emit(self.wish)

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder of the export"), self.folder_edit.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder_edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _set_level(label: QLabel, level: str) -> None:
    label.setProperty("level", level)
    label.style().unpolish(label)
    label.style().polish(label)
