"""The window of the exports: every one with its state, what can be done with it, and the files it came to."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from wallclient.domain.export import OVER, ExportedFile, ExportJob, ExportLack, ExportState
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.export_model import CAMERAS, PROGRESS, ExportModel, ProgressDelegate
from wallclient.ui.export_text import bytes_text, explained, lack_text, span_text
from wallclient.ui.icons import icon
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.exports import Exports

_RESUMABLE = (ExportState.PAUSED, ExportState.FAILED)


class ExportsDialog(PlainDialog):
    """Shows the queue. What needs another dialog leaves as a signal with `ExportJob`s."""

    package_requested = Signal(object)  # list[ExportJob]: done
    case_requested = Signal(object)  # list[ExportJob]: done
    verify_requested = Signal()
    key_requested = Signal()
    resume_requested = Signal(object)  # ExportJob that was paused, or failed

    def __init__(self, exports: "Exports", zone: ZoneInfo, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Exports"), metrics, parent)
        self.setModal(False)
        self._exports, self._zone, self._metrics = exports, zone, metrics
        self.model = ExportModel(exports, zone, metrics, self)
        self.list = self._table()
        self.empty = self.hint(
            self.tr("Nothing has been exported yet. Mark a range on the timeline with [ and ], then press “Export”.")
        )
        self.buttons_by_name: dict[str, QPushButton] = {}
        self.state_label, self.trouble_label = _told("DialogWarning"), _told("DialogError")
        self.about_label = ElidedLabel(name="DialogHint")
        self.files = self._file_list()
        self._put_together()
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        exports.changed.connect(self._on_changed)
        self.finished.connect(lambda _result: exports.changed.disconnect(self._on_changed))
        self.choose(self.model.job(0).key if self.model.rowCount() else "")

    def _table(self) -> QTreeView:
        view = QTreeView()
        view.setModel(self.model)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setItemDelegateForColumn(PROGRESS, ProgressDelegate(view))
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(CAMERAS, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PROGRESS, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(PROGRESS, self._metrics.text_px * 17)
        view.setMinimumHeight(self._metrics.row_px * 7)
        view.doubleClicked.connect(lambda _index: self._open_folder())
        return view

    def _file_list(self) -> QTreeWidget:
        view = QTreeWidget()
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setHeaderLabels([self.tr("File"), self.tr("Shows"), self.tr("Size")])
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.setMinimumHeight(self._metrics.row_px * 5)
        return view

    def _put_together(self) -> None:
        metrics = self._metrics
        self.body.insertWidget(0, self.list, 3)
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        slots: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("pause", self.tr("Pause"), lambda: self._each(self._exports.pause)),
            ("resume", self.tr("Go on"), self._resume),
            ("cancel", self.tr("Cancel the export"), lambda: self._each(self._exports.cancel)),
            ("remove", self.tr("Remove from the list"), lambda: self._each(self._exports.forget)),
            ("open", self.tr("Open folder"), self._open_folder),
            ("case", self.tr("Add to a case…"), lambda: self.case_requested.emit(self.chosen)),
        )
        for name, text, slot in slots:
            row.addWidget(self._button(name, text, slot))
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.state_label)
        self.body.addWidget(self.trouble_label)
        self.body.addWidget(self.files, 2)
        self.body.addWidget(self.about_label)
        slots = (
            ("package", self.tr("Evidence package…"), lambda: self.package_requested.emit(self.chosen)),
            ("verify", self.tr("Verify a package…"), self.verify_requested.emit),
            ("key", self.tr("Public key…"), self.key_requested.emit),
        )
        for name, text, slot in slots:
            self.buttons.addButton(self._button(name, text, slot), QDialogButtonBox.ButtonRole.ActionRole)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)
        screen = self.screen().availableSize()
        self.resize(min(metrics.text_px * 80, screen.width() - 60), min(metrics.row_px * 24, screen.height() - 60))

    def _button(self, name: str, text: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: slot())
        self.buttons_by_name[name] = button
        return button

    # -- what is chosen ----------------------------------------------------------------------------

    @property
    def chosen(self) -> list[ExportJob]:
        """The exports that are selected, in the order of the list."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedRows())
        return [self.model.job(row) for row in rows]

    def choose(self, key: str) -> None:
        """Select one export."""
        if (row := self.model.row_of(key)) >= 0:
            self.list.setCurrentIndex(self.model.index(row, 0))
        self._show_chosen()

    def _on_changed(self, key: str) -> None:
        if not self.chosen and self.model.rowCount():
            self.choose(self.model.job(0).key)
        elif any(job.key == key for job in self.chosen) or not self.model.rowCount():
            self._show_chosen()

    def _show_chosen(self) -> None:
        jobs = self.chosen
        states = {job.state for job in jobs}
        self.empty.setVisible(not self.model.rowCount())
        is_done = bool(jobs) and all(job.state is ExportState.DONE and job.files for job in jobs)
        enabled = {
            "pause": bool(states - OVER - {ExportState.PAUSED}),
            "resume": bool(states & set(_RESUMABLE)),
            "cancel": bool(states - OVER),
            "remove": bool(states & OVER),
            "open": len(jobs) == 1,
            "case": is_done,
            "package": is_done,
        }
        for name, on in enabled.items():
            self.buttons_by_name[name].setEnabled(on)
        again = states & set(_RESUMABLE) == {ExportState.FAILED}
        self.buttons_by_name["resume"].setText(self.tr("Try again") if again else self.tr("Go on"))
        self._show_details(jobs[0] if len(jobs) == 1 else None)

    def _show_details(self, job: ExportJob | None) -> None:
        text = explained(job) if job else ""
        failed = job is not None and job.state is ExportState.FAILED
        for label, shown in ((self.state_label, not failed), (self.trouble_label, failed)):
            label.setText(text)
            label.setVisible(bool(text) and shown)
        self.about_label.setText(self._about(job) if job else "")
        self.files.clear()
        for row in self._rows(job) if job else ():
            self.files.addTopLevelItem(row)

    def _about(self, job: ExportJob) -> str:
        who = " · ".join(word for word in (job.by.name or job.by.user, job.by.post) if word)
        words = [job.folder, self.tr("by {who}").format(who=who) if who else ""]
        words.append(self.tr("reason: {reason}").format(reason=job.reason) if job.reason else "")
        return "    ".join(word for word in words if word)

    def _rows(self, job: ExportJob) -> Sequence[QTreeWidgetItem]:
        names = {camera.channel_id: camera.name for camera in job.cameras}
        entries: list[ExportedFile | ExportLack] = sorted(
            [*job.files, *job.lacks], key=lambda one: (list(names).index(one.channel_id), one.start_ms)
        )
        return [self._row(entry, names[entry.channel_id]) for entry in entries]

    def _row(self, entry: ExportedFile | ExportLack, camera: str) -> QTreeWidgetItem:
        span = span_text(entry.start_ms, entry.end_ms, self._zone)
        if isinstance(entry, ExportedFile):
            row = QTreeWidgetItem([Path(entry.path).name, span, bytes_text(entry.size)])
            row.setToolTip(0, f"{entry.path}\nSHA-256 {entry.sha256}")
        else:
            row = QTreeWidgetItem([f"{camera}: {lack_text(entry)}", span, ""])
            color = COLORS.text_dim if entry.why == "gap" else COLORS.warning
            row.setIcon(0, icon("warning", color, self._metrics.small_px))
        row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return row

    # -- what is done ------------------------------------------------------------------------------

    def _each(self, work: Callable[[str], None]) -> None:
        for job in self.chosen:
            work(job.key)

    def _resume(self) -> None:
        for job in self.chosen:
            if job.state in _RESUMABLE:
                self.resume_requested.emit(job)

    def _open_folder(self, _index: QModelIndex | None = None) -> None:
        if len(self.chosen) == 1:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.chosen[0].folder))


def _told(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.hide()
    return label
