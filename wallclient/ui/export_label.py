"""Tells in the line at the foot how far exports are; a click opens their window."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QToolButton, QWidget

from wallclient.domain.export import HELD, OVER, ExportJob, ExportState
from wallclient.ui.export_text import export_state_text
from wallclient.ui.theme import COLORS

if TYPE_CHECKING:
    from wallclient.services.exports import Exports

_STOPPED = {ExportState.NO_CENTER, ExportState.DISK_FULL}


class ExportLabel(QToolButton):
    """Says which of how many exports is under way and how far; those that failed until they were looked at."""

    def __init__(self, exports: "Exports", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("SpoolLabel")
        self.setToolTip(self.tr("Exports"))
        self._exports = exports
        self._batch: set[str] = set()  # exports since there was last nothing to do
        self._failed: set[str] = set()  # not looked at yet
        exports.changed.connect(self.refresh)
        exports.progressed.connect(self.refresh)
        exports.finished.connect(self._on_finished)
        self.refresh()

    def note_seen(self) -> None:
        """Forget what failed: it has been looked at."""
        self._failed.clear()
        self.refresh()

    def _on_finished(self, job: ExportJob) -> None:
        if job.state is ExportState.FAILED:
            self._failed.add(job.key)
        self.refresh()

    def refresh(self, _key: str = "") -> None:
        """Show what is true now."""
        jobs = {job.key: job for job in self._exports.jobs}
        to_do = [job for job in jobs.values() if job.state not in OVER and job.state is not ExportState.PAUSED]
        self._failed &= {key for key, job in jobs.items() if job.state is ExportState.FAILED}
        self._batch = (self._batch & jobs.keys()) | {job.key for job in to_do} if to_do else set()
        words, color = [], COLORS.text_dim
        if to_do:
            words.append(self._progress_text(to_do))
            held = next((job.state for job in to_do if job.state in HELD), None)
            if held in _STOPPED:
                words.append(export_state_text(held))
                color = COLORS.warning
        if self._failed:
            words.append(self.tr("Failed exports: {count}").format(count=len(self._failed)))
            color = COLORS.bad
        self.setText("   ".join(words))
        self.setStyleSheet(f"color: {color}")
        self.setVisible(bool(words))

    def _progress_text(self, to_do: list[ExportJob]) -> str:
        current = next((job for job in to_do if job.state in HELD), to_do[0])
        number, total = len(self._batch) - len(to_do) + 1, len(self._batch)
        percent = round(self._exports.progress(current.key).part * 100)
        if total == 1:
            return self.tr("Export {percent} %").format(percent=percent)
        text = self.tr("Export {number} of {total}: {percent} %")
        return text.format(number=number, total=total, percent=percent)
