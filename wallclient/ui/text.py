"""Sentences: everything the program says about states, reasons, errors and notices, in the operator's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from wallclient.domain.catalog import Right
from wallclient.domain.errors import (
    BadAddress,
    BadPayload,
    CameraHeld,
    CameraOffline,
    ClockDiffers,
    DiskFull,
    ExportFailed,
    FootageChanged,
    KeyringFailed,
    KeyringLocked,
    KeyringRefused,
    NotAble,
    NotFound,
    NotPermitted,
    NotTrusted,
    ReasonNeeded,
    Refused,
    ServerFailed,
    SignInNeeded,
    SnapshotFailed,
    Stale,
    StorageFailed,
    TooManyRequests,
    TrustFlaw,
    WallError,
)
from wallclient.domain.layout import Layout
from wallclient.domain.notice import Notice, NoticeKind
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.ptz import Holder
from wallclient.domain.stream import StreamKind
from wallclient.ui.export_text import trouble_text
from wallclient.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from wallclient.services.wall_pane import StreamInfo

_REASONS: Mapping[PaneReason, str] = {
    PaneReason.NO_PICTURE: QT_TRANSLATE_NOOP("text", "The camera sends no new pictures."),
    PaneReason.CONNECTION_REFUSED: QT_TRANSLATE_NOOP("text", "The media server refuses connections."),
    PaneReason.UNREACHABLE: QT_TRANSLATE_NOOP("text", "The media server can't be reached."),
    PaneReason.TIMED_OUT: QT_TRANSLATE_NOOP("text", "The media server does not answer."),
    PaneReason.WRONG_PASSWORD: QT_TRANSLATE_NOOP("text", "The media server refuses the user name or password."),
    PaneReason.PASSWORD_MISSING: QT_TRANSLATE_NOOP(
        "text", "This computer's keyring has no password for this camera. Enter it by the pane's menu."
    ),
    PaneReason.CAMERA_REFUSES: QT_TRANSLATE_NOOP(
        "text", "The camera refuses the user name or the password. Enter it by the pane's menu."
    ),
    PaneReason.KEYRING_FAILED: QT_TRANSLATE_NOOP(
        "text", "The keyring of this computer does not give the camera's password. It may be locked."
    ),
    PaneReason.CLOCK_DIFFERS: QT_TRANSLATE_NOOP(
        "text", "The camera refuses the log-in because its clock is wrong. Set its clock."
    ),
    PaneReason.NOT_FOUND: QT_TRANSLATE_NOOP("text", "This camera does not exist any more."),
    PaneReason.NOT_PERMITTED: QT_TRANSLATE_NOOP("text", "You are not permitted to watch this camera."),
    PaneReason.NO_VIEW_RIGHT: QT_TRANSLATE_NOOP("text", "You lack the right “Live view” for this camera."),
    PaneReason.UNDECODABLE: QT_TRANSLATE_NOOP("text", "The stream can't be decoded."),
    PaneReason.STREAM_ENDED: QT_TRANSLATE_NOOP("text", "The media server ended the stream."),
    PaneReason.CENTER_UNAVAILABLE: QT_TRANSLATE_NOOP("text", "The center does not answer."),
    PaneReason.NO_PLAYABLE_SOURCE: QT_TRANSLATE_NOOP("text", "The center offers no stream this computer can play."),
    PaneReason.PLAYER_CRASHED: QT_TRANSLATE_NOOP("text", "The player failed and is started again."),
    PaneReason.CAMERA_OFFLINE: QT_TRANSLATE_NOOP("text", "The camera is offline."),
    PaneReason.SIGNED_OUT: QT_TRANSLATE_NOOP("text", "You are signed out."),
    PaneReason.NO_FOOTAGE: QT_TRANSLATE_NOOP("text", "Nothing was recorded at this time."),
    PaneReason.FOOTAGE_CUT_SHORT: QT_TRANSLATE_NOOP("text", "The recording's file ends too soon or has a hole here."),
    PaneReason.FETCHING_FOOTAGE: QT_TRANSLATE_NOOP("text", "The recording is being fetched from the recorder."),
    PaneReason.REASON_NEEDED: QT_TRANSLATE_NOOP("text", "The center asks why you need the recording."),
    PaneReason.NOT_KEPT: QT_TRANSLATE_NOOP("text", "The last minute of this camera is not in memory."),
}
_STATES: Mapping[PaneState, str] = {
    PaneState.IDLE: QT_TRANSLATE_NOOP("text", "Empty"),
    PaneState.OPENING: QT_TRANSLATE_NOOP("text", "Opening…"),
    PaneState.PLAYING: QT_TRANSLATE_NOOP("text", "Live"),
    PaneState.STALLED: QT_TRANSLATE_NOOP("text", "Picture stopped"),
    PaneState.RECONNECTING: QT_TRANSLATE_NOOP("text", "Connection lost"),
    PaneState.FAILED: QT_TRANSLATE_NOOP("text", "Can't be shown"),
    PaneState.GAP: QT_TRANSLATE_NOOP("text", "No recording"),
}
_ERRORS: tuple[tuple[type[WallError], str], ...] = (
    (SignInNeeded, QT_TRANSLATE_NOOP("text", "The user name or the password is wrong, or your session has ended.")),
    (NotPermitted, QT_TRANSLATE_NOOP("text", "You are not permitted to do this.")),
    (NotFound, QT_TRANSLATE_NOOP("text", "The center does not know this any more.")),
    (CameraHeld, QT_TRANSLATE_NOOP("text", "Somebody else is steering the camera.")),
    (NotAble, QT_TRANSLATE_NOOP("text", "The camera or its center can't do this.")),
    (CameraOffline, QT_TRANSLATE_NOOP("text", "The camera is offline.")),
    (ReasonNeeded, QT_TRANSLATE_NOOP("text", "The center hands out recordings only to those who say why.")),
    (TooManyRequests, QT_TRANSLATE_NOOP("text", "The center is busy. Please try again in a moment.")),
    (ServerFailed, QT_TRANSLATE_NOOP("text", "The center does not answer. Check the address and the network.")),
    (Refused, QT_TRANSLATE_NOOP("text", "The center does not accept this.")),
    (Stale, QT_TRANSLATE_NOOP("text", "Somebody else has changed this meanwhile. Look at it again.")),
    (BadPayload, QT_TRANSLATE_NOOP("text", "The center's answer can't be understood. Is the address right?")),
    (BadAddress, QT_TRANSLATE_NOOP("text", "This address can't be used. It starts with http:// or https://.")),
    (SnapshotFailed, QT_TRANSLATE_NOOP("text", "There is no moving picture to keep.")),
    (DiskFull, QT_TRANSLATE_NOOP("text", "There is no room left on the disk.")),
    (StorageFailed, QT_TRANSLATE_NOOP("text", "The file can't be written. Check free space and permissions.")),
    (
        FootageChanged,
        QT_TRANSLATE_NOOP("text", "A file was changed since its export: nothing vouches for it. Export it again."),
    ),
    (KeyringLocked, QT_TRANSLATE_NOOP("text", "The keyring is locked.")),
    (KeyringRefused, QT_TRANSLATE_NOOP("text", "There is no safe keyring on this computer.")),
    (KeyringFailed, QT_TRANSLATE_NOOP("text", "The keyring does not work.")),
    (WallError, QT_TRANSLATE_NOOP("text", "This did not work.")),
)
_CAMERA_REASONS: Mapping[str, str] = {  # by `NotPermitted.reason`, beyond the words of the contract
    "password-wrong": QT_TRANSLATE_NOOP("text", "The camera refuses the user name or the password."),
    "password-missing": QT_TRANSLATE_NOOP("text", "This computer's keyring has no password for the camera."),
    "api-disabled": QT_TRANSLATE_NOOP(
        "text",
        "The center lets this user in only with a browser. Its administrator has to enable the API for the user.",
    ),
    "privacy": QT_TRANSLATE_NOOP(
        "text", "The center shows its privacy page first. Sign in to it once with a browser, as administrator."
    ),
}
_FLAWS: Mapping[TrustFlaw, str] = {
    TrustFlaw.AUTHORITY: QT_TRANSLATE_NOOP(
        "text",
        "Its certificate comes from an authority this computer does not know."
        " If it is your own authority, choose its certificate file in the center's settings.",
    ),
    TrustFlaw.HOST: QT_TRANSLATE_NOOP(
        "text", "Its certificate was made for another address. Use the address that stands in the certificate."
    ),
    TrustFlaw.TIME: QT_TRANSLATE_NOOP(
        "text",
        "Its certificate has lapsed or is not valid yet. Check this computer's clock, or tell the administrator.",
    ),
    TrustFlaw.CA_FILE: QT_TRANSLATE_NOOP(
        "text", "The certificate file chosen for this center can't be read. Choose it again in the center's settings."
    ),
}
_NOTICES: Mapping[NoticeKind, str] = {
    NoticeKind.FAILED: QT_TRANSLATE_NOOP("text", "{subject}: {error}"),
    NoticeKind.SNAPSHOT_SAVED: QT_TRANSLATE_NOOP("text", "Snapshot saved: {subject}"),
    NoticeKind.SNAPSHOT_FAILED: QT_TRANSLATE_NOOP("text", "No snapshot of {subject}. {error}"),
    NoticeKind.NO_PICTURE_YET: QT_TRANSLATE_NOOP("text", "No snapshot: {subject} shows no picture."),
    NoticeKind.NOT_ALL_SHOWN: QT_TRANSLATE_NOOP("text", "{subject}: {shown} of {total} cameras shown, no more panes."),
    NoticeKind.NO_CAMERAS: QT_TRANSLATE_NOOP("text", "{subject} has no cameras."),
    NoticeKind.VIEW_SAVED: QT_TRANSLATE_NOOP("text", "View saved: {subject}"),
    NoticeKind.VIEW_INCOMPLETE: QT_TRANSLATE_NOOP(
        "text", "View {subject}: {shown} of {total} cameras could be opened."
    ),
    NoticeKind.FILE_SET_ASIDE: QT_TRANSLATE_NOOP("text", "A damaged file was kept as {subject}; defaults are used."),
    NoticeKind.CENTER_LOST: QT_TRANSLATE_NOOP("text", "{subject} does not answer. Trying again."),
    NoticeKind.CENTER_BACK: QT_TRANSLATE_NOOP("text", "{subject} is back."),
    NoticeKind.NOT_RESUMED: QT_TRANSLATE_NOOP("text", "{subject}: not signed in by itself. {error}"),
    NoticeKind.SITE_UNREADABLE: QT_TRANSLATE_NOOP(
        "text", "{subject}: the cameras kept on this computer can't be read. Take them in again in the settings."
    ),
    NoticeKind.NOT_KEPT: QT_TRANSLATE_NOOP("text", "{subject}: you will have to log in again next time. {error}"),
    NoticeKind.SECRETS_LEFT: QT_TRANSLATE_NOOP("text", "The keyring still holds log-in data for {subject}. {error}"),
    NoticeKind.CENTER_UNUSABLE: QT_TRANSLATE_NOOP("text", "{subject}: this address can't be used. See the settings."),
    NoticeKind.ALARM_FORCED: QT_TRANSLATE_NOOP("text", "Alarm raised: {subject}"),
    NoticeKind.ALARM_TAKEN_BACK: QT_TRANSLATE_NOOP("text", "Alarm taken back: {subject}"),
    NoticeKind.NOT_OFFERED: QT_TRANSLATE_NOOP("text", "{subject}: {detail}"),
    NoticeKind.RIGHT_MISSING: QT_TRANSLATE_NOOP("text", "{subject}: {error}"),
    NoticeKind.NO_AUDIO: QT_TRANSLATE_NOOP("text", "{subject} has no audio."),
    NoticeKind.RECORDS_NOT_WRITTEN: QT_TRANSLATE_NOOP(
        "text", "Records for {subject} can't be written and are in memory only: do not end the program. {error}"
    ),
    NoticeKind.RECORD_REFUSED: QT_TRANSLATE_NOOP("text", "{subject} refused a record. It is kept on this computer."),
    NoticeKind.ROUND_OVER: QT_TRANSLATE_NOOP("text", "Round over: {subject}. {shown} of {total} steps seen."),
    NoticeKind.ROUND_TAKEN: QT_TRANSLATE_NOOP("text", "{subject} goes on with the round."),
    NoticeKind.ROUND_BUSY: QT_TRANSLATE_NOOP("text", "{subject}: another round is under way in this window."),
    NoticeKind.HANDED_OVER: QT_TRANSLATE_NOOP("text", "Shift handed over: {subject}"),
    NoticeKind.REPORT_SAVED: QT_TRANSLATE_NOOP("text", "Saved: {subject}"),
    NoticeKind.PTZ_TAKEN_OVER: QT_TRANSLATE_NOOP("text", "{subject} was taken over by {detail}"),
    NoticeKind.PTZ_STOP_UNCONFIRMED: QT_TRANSLATE_NOOP(
        "text", "{subject}: the stop is not confirmed, the camera may still turn."
    ),
    NoticeKind.EXPORT_ADDED: QT_TRANSLATE_NOOP("text", "Export begun: {subject}"),
    NoticeKind.EXPORT_DONE: QT_TRANSLATE_NOOP("text", "Export done: {subject}"),
    NoticeKind.EXPORT_LACKING: QT_TRANSLATE_NOOP("text", "Export done, but some footage is missing: {subject}"),
    NoticeKind.EXPORT_FAILED: QT_TRANSLATE_NOOP("text", "Export failed: {subject}. {error}"),
    NoticeKind.CASE_KEPT_HERE: QT_TRANSLATE_NOOP(
        "text", "The center does not take the change of the case “{subject}”. It is kept on this computer. {error}"
    ),
    NoticeKind.CASE_GATHERED: QT_TRANSLATE_NOOP("text", "Added to the case “{subject}”: {detail}"),
    NoticeKind.SPOOL_NEARLY_FULL: QT_TRANSLATE_NOOP(
        "text", "Very many records for {subject} wait on this computer. Check the connection to the center."
    ),
}
_RIGHTS: Mapping[Right, str] = {
    Right.VIEW: QT_TRANSLATE_NOOP("text", "Live view"),
    Right.PLAYBACK: QT_TRANSLATE_NOOP("text", "Playback"),
    Right.PTZ: QT_TRANSLATE_NOOP("text", "PTZ control"),
    Right.EXPORT: QT_TRANSLATE_NOOP("text", "Export"),
}
_CODECS = {"h264": "H.264", "hevc": "H.265", "h265": "H.265", "mjpeg": "MJPEG", "mpeg4": "MPEG-4"}


def reason_text(reason: PaneReason) -> str:
    """Say why a pane has no moving picture, in one sentence."""
    return QCoreApplication.translate("text", _REASONS[reason])


def state_text(state: PaneState) -> str:
    """Say a pane's state in a word or two."""
    return QCoreApplication.translate("text", _STATES[state])


def stopped_text(stopped_at_utc: datetime) -> str:
    """Say since when a picture stands still, in local time."""
    return QCoreApplication.translate("text", "Picture stopped at {time}").format(time=local_time(stopped_at_utc))


def local_time(moment: datetime) -> str:
    """Return hours, minutes and seconds of the operator's clock."""
    return moment.astimezone().strftime("%H:%M:%S")


def next_try_text(seconds: int) -> str:
    """Say when the next try is due."""
    if seconds <= 0:
        return QCoreApplication.translate("text", "Connecting again…")
    return QCoreApplication.translate("text", "Next try in {seconds} s").format(seconds=seconds)


def error_text(err: WallError) -> str:
    """Say an error in one sentence an operator understands. Never shows the log text of the error."""
    if isinstance(err, NotPermitted) and err.right in set(Right):
        return missing_text(Right(err.right))
    if isinstance(err, ClockDiffers):
        return _clock_text(err)
    if isinstance(err, NotPermitted) and err.reason in _CAMERA_REASONS:
        return QCoreApplication.translate("text", _CAMERA_REASONS[err.reason])
    if isinstance(err, CameraHeld) and err.holder is not None:
        return _held_text(err, err.holder)
    if isinstance(err, ExportFailed):
        return trouble_text(err.trouble)
    if isinstance(err, NotTrusted):
        text = QCoreApplication.translate("text", "The center is not trusted, nothing was sent. {reason}")
        return text.format(reason=trust_text(err.flaw))
    return QCoreApplication.translate("text", next(text for kind, text in _ERRORS if isinstance(err, kind)))


def trust_text(flaw: TrustFlaw) -> str:
    """Say why a center's certificate is refused, and what can be done."""
    return QCoreApplication.translate("text", _FLAWS[flaw])


def _clock_text(err: ClockDiffers) -> str:
    """Say that a camera refuses for its clock, and by how much it is wrong."""
    minutes, seconds = divmod(round(abs(err.ahead_s)), 60)
    ahead = QCoreApplication.translate(
        "text", "The camera refuses the log-in: its clock is {minutes} min {seconds} s ahead."
    )
    behind = QCoreApplication.translate(
        "text", "The camera refuses the log-in: its clock is {minutes} min {seconds} s behind."
    )
    return (ahead if err.ahead_s > 0 else behind).format(minutes=minutes, seconds=seconds)


def _held_text(err: CameraHeld, holder: Holder) -> str:
    """Say who holds a camera, and whether the operator may take it."""
    who = f"{holder.name} · {holder.post}" if holder.post else holder.name
    if err.can_take_over:
        text = QCoreApplication.translate("text", "{who} holds the camera. You may take it over, with a reason.")
    else:
        text = QCoreApplication.translate("text", "{who} holds the camera and has the higher priority, or the same.")
    return text.format(who=who)


def notice_text(notice: Notice) -> str:
    """Say a notice."""
    error = missing_text(notice.right) if notice.right else error_text(notice.error) if notice.error else ""
    if notice.kind is NoticeKind.FAILED and not notice.subject:
        return error
    text = QCoreApplication.translate("text", _NOTICES[notice.kind])
    return text.format(
        subject=notice.subject, shown=notice.shown, total=notice.total, error=error, detail=notice.detail
    )


def right_text(right: Right) -> str:
    """Name a right."""
    return QCoreApplication.translate("text", _RIGHTS[right])


def missing_text(right: Right) -> str:
    """Say which right the operator lacks, in one sentence."""
    return QCoreApplication.translate("text", "You lack the right “{right}”.").format(right=right_text(right))


def layout_text(layout: Layout) -> str:
    """Name a layout by its number of panes."""
    return QCoreApplication.translate("text", "{count} panes").format(count=len(layout))


def stream_kind_text(kind: StreamKind) -> str:
    """Name an encoding."""
    if kind is StreamKind.MAIN:
        return QCoreApplication.translate("text", "Main stream")
    return QCoreApplication.translate("text", "Sub stream")


def info_lines(kind: StreamKind | None, info: "StreamInfo") -> list[str]:
    """Return what is known of a stream, most important first; what is unknown is left out."""
    size = f"{info.width}×{info.height}" if info.width and info.height else ""
    codec = _CODECS.get((info.codec or "").lower(), (info.codec or "").upper())
    rate = QCoreApplication.translate("text", "{fps} pictures/s").format(fps=f"{info.fps:.1f}") if info.fps else ""
    bits = f"{info.kbps:,.0f} kbps" if info.kbps else ""
    late = ""
    if info.latency_ms is not None:
        late = QCoreApplication.translate("text", "Latency {ms} ms").format(ms=round(info.latency_ms))
    lost = ""
    if info.lost_pictures:
        lost = QCoreApplication.translate("text", "Lost pictures {count}").format(count=info.lost_pictures)
    lines = (
        (stream_kind_text(kind) if kind else "", str(info.protocol or "").upper()),
        (codec, size),
        (rate, bits),
        (late, lost),
    )
    return ["   ".join(word for word in line if word) for line in lines if any(line)]
