"""Words and sentences about exports: how it stands with one, why it failed, what is missing, sizes and rates."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QLocale

from wallclient.domain.export import ExportJob, ExportLack, ExportProgress, ExportState, ExportTrouble
from wallclient.ui.i18n import QT_TRANSLATE_NOOP
from wallclient.ui.playback_text import clock_text, date_text, length_text
from wallclient.ui.theme import COLORS

_STATES: Mapping[ExportState, str] = {
    ExportState.WAITING: QT_TRANSLATE_NOOP("export", "Waiting for its turn"),
    ExportState.RUNNING: QT_TRANSLATE_NOOP("export", "Under way"),
    ExportState.NO_CENTER: QT_TRANSLATE_NOOP("export", "Waiting for the center"),
    ExportState.DISK_FULL: QT_TRANSLATE_NOOP("export", "Disk full"),
    ExportState.PAUSED: QT_TRANSLATE_NOOP("export", "Paused"),
    ExportState.DONE: QT_TRANSLATE_NOOP("export", "Done"),
    ExportState.FAILED: QT_TRANSLATE_NOOP("export", "Failed"),
    ExportState.CANCELLED: QT_TRANSLATE_NOOP("export", "Cancelled"),
}
STATE_COLORS: Mapping[ExportState, str] = {
    ExportState.WAITING: COLORS.text_dim,
    ExportState.RUNNING: COLORS.accent,
    ExportState.NO_CENTER: COLORS.warning,
    ExportState.DISK_FULL: COLORS.warning,
    ExportState.PAUSED: COLORS.text_dim,
    ExportState.DONE: COLORS.ok,
    ExportState.FAILED: COLORS.bad,
    ExportState.CANCELLED: COLORS.text_dim,
}
_EXPLAINED: Mapping[ExportState, str] = {
    ExportState.NO_CENTER: QT_TRANSLATE_NOOP(
        "export", "The center does not answer. The export goes on by itself when it is back."
    ),
    ExportState.DISK_FULL: QT_TRANSLATE_NOOP(
        "export", "There is no room left on the disk. The export goes on by itself when there is."
    ),
    ExportState.PAUSED: QT_TRANSLATE_NOOP("export", "What was fetched is kept, also when the program ends."),
    ExportState.CANCELLED: QT_TRANSLATE_NOOP("export", "You cancelled it. Finished files were kept."),
}
_TROUBLES: Mapping[ExportTrouble, str] = {
    ExportTrouble.NONE: QT_TRANSLATE_NOOP("export", "The export did not work."),
    ExportTrouble.NOT_PERMITTED: QT_TRANSLATE_NOOP("export", "You are not permitted to export this camera."),
    ExportTrouble.REASON_NEEDED: QT_TRANSLATE_NOOP("export", "The center hands out recordings only with a reason."),
    ExportTrouble.NO_FOOTAGE: QT_TRANSLATE_NOOP("export", "There is no recording in this range that can be read."),
    ExportTrouble.NO_FILES: QT_TRANSLATE_NOOP("export", "The center hands out no files of this camera's recordings."),
    ExportTrouble.FOLDER: QT_TRANSLATE_NOOP("export", "The folder can't be written to. Try again with another one."),
    ExportTrouble.CENTER: QT_TRANSLATE_NOOP("export", "The center refuses to hand out the recordings."),
    ExportTrouble.WORKER: QT_TRANSLATE_NOOP("export", "Exporting failed again and again. See the program's log."),
}
LACKS: Mapping[str, str] = {
    "gap": QT_TRANSLATE_NOOP("export", "Nothing was recorded"),
    "missing": QT_TRANSLATE_NOOP("export", "The center no longer has this file"),
    "unreadable": QT_TRANSLATE_NOOP("export", "The file can't be read"),
    "not_burned": QT_TRANSLATE_NOOP("export", "No copy with captions could be made"),
}


def export_state_text(state: ExportState) -> str:
    """Say an export's state in a word or two."""
    return QCoreApplication.translate("export", _STATES[state])


def trouble_text(trouble: ExportTrouble) -> str:
    """Say why an export failed, in one sentence."""
    return QCoreApplication.translate("export", _TROUBLES[trouble])


def lack_text(lack: ExportLack) -> str:
    """Say why footage of the range is not there."""
    return QCoreApplication.translate("export", LACKS[lack.why])


def explained(job: ExportJob) -> str:
    """Say what is to be known of an export's state, in one sentence; "" where the state says it all."""
    if job.state is ExportState.FAILED:
        return trouble_text(job.trouble)
    if job.state is ExportState.DONE:
        if job.is_whole:
            return ""
        return QCoreApplication.translate("export", "Some of the footage could not be had; it is listed below.")
    text = _EXPLAINED.get(job.state, "")
    return QCoreApplication.translate("export", text) if text else ""


def bytes_text(size: float) -> str:
    """Say a number of bytes, such as 12.3 MB."""
    return QLocale().formattedDataSize(round(size), 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def pace_text(progress: ExportProgress) -> str:
    """Say rate and remaining time as far as they are known."""
    words = []
    if progress.rate_bytes_s >= 1:
        words.append(QCoreApplication.translate("export", "{size}/s").format(size=bytes_text(progress.rate_bytes_s)))
    if progress.remaining_s is not None:
        left = length_text(max(1, round(progress.remaining_s)) * 1_000_000)
        words.append(QCoreApplication.translate("export", "{time} left").format(time=left))
    return "   ".join(words)


def span_text(start_ms: int, end_ms: int, zone: ZoneInfo) -> str:
    """Say a range: its date, where it begins and ends; the second date only where it is another one."""
    start_us, end_us = start_ms * 1000, end_ms * 1000
    first, last = date_text(start_us, zone), date_text(end_us, zone)
    end = clock_text(end_us, zone)
    return f"{first}  {clock_text(start_us, zone)} – {end if first == last else f'{last} {end}'}"
