"""Asks where a report goes and in which language, and writes it while the window goes on."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from wallclient.domain.errors import WallError
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.services.report_paper import HandoverSheet, RoundReport
from wallclient.services.reports import ReportKind, report_name, save_report
from wallclient.ui.background import Background
from wallclient.ui.i18n import LANGUAGES

Report = RoundReport | HandoverSheet
Gather = Callable[[], Awaitable[Report]]  # raises CenterError


class Exporter(QObject):
    """Exports reports for one dialog; `busy_changed` tells that one is being made."""

    busy_changed = Signal(bool)
    noticed = Signal(object)  # Notice

    def __init__(self, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self._background = background
        self._window = parent
        self.busy = False

    def ask(self, gather: Gather, kind: ReportKind, language: str) -> None:
        """Gather what the report needs, ask for a file and write it."""
        if not self.busy:
            self._background.start(self._ask(gather, kind, language))

    async def _ask(self, gather: Gather, kind: ReportKind, language: str) -> None:
        self._set_busy(busy=True)
        try:
            report = await gather()
        except WallError as err:
            self._fail(err)
            self._set_busy(busy=False)
            return
        self._set_busy(busy=False)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        start = str(Path(folder) / report_name(report, kind, language))
        dialog = QFileDialog(self._window, self.tr("Save report"), start, f"{kind.value.upper()} (*.{kind.value})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind.value)
        dialog.selectFile(start)
        dialog.fileSelected.connect(lambda path: self._background.start(self.write(report, Path(path), kind, language)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def write(self, report: Report, path: Path, kind: ReportKind, language: str) -> None:
        """Write a report, and say so."""
        self._set_busy(busy=True)
        try:
            saved = await save_report(report, path, kind, language)
        except WallError as err:
            self._fail(err)
        else:
            self.noticed.emit(Notice("report", NoticeKind.REPORT_SAVED, subject=str(saved)))
        finally:
            self._set_busy(busy=False)

    def _fail(self, err: WallError) -> None:
        self.noticed.emit(Notice("report", NoticeKind.FAILED, NoticeLevel.ERROR, error=err))

    def _set_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit(busy)


def languages() -> dict[str, str]:
    """Return the languages a report may be in, by code, the usual one first."""
    return dict(LANGUAGES)
