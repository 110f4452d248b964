"""Exports and evidence in one window: the dialogs that lead to them, and the words at the foot."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from wallclient.domain.errors import StorageFailed
from wallclient.domain.export import ExportJob, ExportTrouble
from wallclient.domain.global_id import key_of
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.patrol import Person
from wallclient.services.abilities import Ability
from wallclient.services.export_meter import rate_of
from wallclient.services.export_wish import NOBODY, Wish, check_folder, demands_reason, new_jobs, person_at
from wallclient.ui.background import Background
from wallclient.ui.evidence_dialog import EvidenceDialog, KeyDialog
from wallclient.ui.export_dialog import ExportDialog, films_folder
from wallclient.ui.export_label import ExportLabel
from wallclient.ui.export_queue import ExportsDialog
from wallclient.ui.export_services import ExportServices
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.playback_lack import lack_text
from wallclient.ui.playback_services import ExportWish
from wallclient.ui.playback_text import system_zone
from wallclient.ui.text import error_text
from wallclient.ui.verify_dialog import VerifyDialog

if TYPE_CHECKING:
    from wallclient.ui.window_needs import WindowNeeds


class ExportDesk(QObject):
    """`label` is to be put into the line at the foot."""

    noticed = Signal(object)  # Notice

    def __init__(self, services: ExportServices, needs: "WindowNeeds", background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._exports, self._evidence = services.exports, services.evidence
        self._centers, self._preferences = needs.centers, needs.preferences
        self._review = needs.playback.review if needs.playback else None
        self._zone = needs.playback.zone if needs.playback else system_zone()
        self._metrics, self._background, self._window = needs.metrics, background, window
        self._open: dict[type[QDialog], QDialog] = {}
        self.on_case: Callable[[Sequence[ExportJob]], object] | None = None  # asks into which case exports are put
        self.label = ExportLabel(services.exports)
        self.label.clicked.connect(self.show_queue)

    # -- a new export ------------------------------------------------------------------------------

    def show_dialog(self, wish: ExportWish) -> None:
        """Ask what is to be exported of a range."""
        reason = ""
        if self._review is not None and wish.channels:
            reason = self._review.reason_of(key_of(wish.channels[0].id))
        folder = self._preferences.settings.export_folder
        dialog = ExportDialog(
            wish,
            self._zone,
            folder,
            reason,
            self._metrics,
            self._window,
            lambda channel: lack_text(self._centers, channel, Ability.EXPORT),
            lambda channel: rate_of(self._exports.jobs, channel.id),
        )
        dialog.wanted.connect(lambda wanted: self._background.start(self._begin(dialog, wanted)))
        self._show(dialog)

    async def _begin(self, dialog: ExportDialog, wish: Wish) -> None:
        dialog.set_busy(busy=True)
        failed: StorageFailed | None = None
        center = ""
        try:
            await asyncio.to_thread(check_folder, Path(wish.folder))
            if not wish.reason:
                center = await demands_reason(self._centers, wish.channels, wish.start_ms, wish.end_ms)
        except StorageFailed as err:
            failed = err
        if self._open.get(ExportDialog) is not dialog:
            return  # given up meanwhile
        dialog.set_busy(busy=False)
        if failed is not None:
            dialog.show_error(error_text(failed))
        elif center:
            dialog.demand_reason(center)
        else:
            self._remember(wish.folder)
            self._add(wish)
            dialog.accept()

    def _add(self, wish: Wish) -> None:
        jobs = new_jobs(self._centers, wish)
        for job in jobs:
            self._exports.add(job)
        self.noticed.emit(Notice("export", NoticeKind.EXPORT_ADDED, subject=jobs[0].title))

    def _remember(self, folder: str) -> None:
        try:
            self._preferences.change(export_folder=folder)
        except StorageFailed as err:
            self.noticed.emit(Notice("settings", NoticeKind.FAILED, NoticeLevel.WARNING, error=err))

    # -- the queue ---------------------------------------------------------------------------------

    def show_queue(self, key: str = "") -> None:
        """Show all exports."""
        self.label.note_seen()
        dialog = self._open.get(ExportsDialog)
        if not isinstance(dialog, ExportsDialog):
            dialog = ExportsDialog(self._exports, self._zone, self._metrics, self._window)
            dialog.buttons_by_name["case"].setVisible(self.on_case is not None)
            if self.on_case is not None:
                dialog.case_requested.connect(self.on_case)
            dialog.package_requested.connect(self.show_package)
            dialog.verify_requested.connect(self.show_verify)
            dialog.key_requested.connect(self.show_key)
            dialog.resume_requested.connect(self._on_resume)
            self._show(dialog)
        if isinstance(key, str) and key:
            dialog.choose(key)
        dialog.raise_()
        dialog.activateWindow()

    def _on_resume(self, job: ExportJob) -> None:
        if job.trouble is ExportTrouble.REASON_NEEDED:
            self._ask_reason(job)
        elif job.trouble is ExportTrouble.FOLDER:
            self._ask_folder(job)
        else:
            self._exports.resume(job.key)

    def _ask_folder(self, job: ExportJob) -> None:
        dialog = QFileDialog(self._front, self.tr("Another folder for the export"), str(films_folder().parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self._exports.resume(job.key, folder=folder))
        self._show(dialog)

    def _ask_reason(self, job: ExportJob) -> None:
        text = self.tr("{camera}: the center hands out recordings only with a reason. It is kept in the audit trail.")
        usual = (self.tr("Incident investigation"), self.tr("Request by the police"))
        title, yes = self.tr("Reason for the export"), self.tr("Export")
        dialog = ReasonDialog(title, text.format(camera=job.title), usual, yes, self._metrics, self._front)
        dialog.accepted.connect(lambda: self._exports.resume(job.key, dialog.reason))
        self._show(dialog)

    # -- evidence ----------------------------------------------------------------------------------

    def show_package(self, jobs: Sequence[ExportJob]) -> None:
        """Ask for an evidence package of finished exports."""
        who = self._who(jobs[0])
        dialog = EvidenceDialog(self._evidence, jobs, who, self._background, self._metrics, self._front)
        dialog.verify_requested.connect(self.show_verify)
        self._show(dialog)

    def show_verify(self, package: str = "") -> None:
        """Ask for a package and check it."""
        dialog = VerifyDialog(self._background, self._metrics, self._front)
        if isinstance(package, str) and package:
            dialog.package_edit.setText(package)
        self._show(dialog)

    def show_key(self) -> None:
        """Show the fingerprint of the operator's key, and save the public one."""
        operator = self._centers.operator
        who = Person(operator.user, operator.name, operator.post) if operator else NOBODY
        self._show(KeyDialog(self._evidence, who, self._background, self._metrics, self._front))

    def _who(self, job: ExportJob) -> Person:
        """Return who packs: whoever is signed in now, at the center the footage is of."""
        who = person_at(self._centers, job.cameras[0].channel_id) if job.cameras else NOBODY
        return who if who.user else job.by

    @property
    def _front(self) -> QWidget:
        return self._open.get(ExportsDialog, self._window)

    def _show(self, dialog: QDialog) -> None:
        kind = type(dialog)
        self._open[kind] = dialog
        dialog.finished.connect(lambda: self._open.pop(kind, None))
        dialog.finished.connect(dialog.deleteLater)
        if dialog.isModal():
            dialog.open()
        else:
            dialog.show()
