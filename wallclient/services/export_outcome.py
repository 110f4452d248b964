"""What came of an export: the notice for the operator, and what a center's refusal means."""

from wallclient.domain.errors import CenterError, ExportFailed, NotAble, NotPermitted, ReasonNeeded
from wallclient.domain.export import ExportJob, ExportState, ExportTrouble
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel


def notice_of(job: ExportJob) -> Notice | None:
    """Return what the operator is told of an export that is over; nothing of one he cancelled himself."""
    key = f"export {job.key}"
    if job.state is ExportState.FAILED:
        err = ExportFailed(job.trouble, job.trouble)
        return Notice(key, NoticeKind.EXPORT_FAILED, NoticeLevel.ERROR, job.title, error=err)
    if job.state is not ExportState.DONE:
        return None
    if job.is_whole:
        return Notice(key, NoticeKind.EXPORT_DONE, subject=job.title)
    return Notice(key, NoticeKind.EXPORT_LACKING, NoticeLevel.WARNING, job.title)


def trouble_of(err: CenterError) -> ExportTrouble:
    """Return why an export fails for good where a center refuses."""
    if isinstance(err, NotPermitted):
        return ExportTrouble.NOT_PERMITTED
    if isinstance(err, ReasonNeeded):
        return ExportTrouble.REASON_NEEDED
    return ExportTrouble.NO_FILES if isinstance(err, NotAble) else ExportTrouble.CENTER
