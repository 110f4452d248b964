"""Notices: what an operator is told without being stopped. Only `ui.text` turns them into sentences."""

from dataclasses import dataclass
from enum import StrEnum

from wallclient.domain.catalog import Right
from wallclient.domain.errors import WallError


class NoticeLevel(StrEnum):
    """How loud a notice is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class NoticeKind(StrEnum):
    """What happened; says which of `Notice`'s fields are set."""

    FAILED = "failed"  # an action failed: `error`, `subject`: what it was about (may be empty)
    SNAPSHOT_SAVED = "snapshot_saved"  # `subject`: the file
    SNAPSHOT_FAILED = "snapshot_failed"  # `subject`: the camera, `error`
    NO_PICTURE_YET = "no_picture_yet"  # nothing to take a snapshot of; `subject`: the camera
    NOT_ALL_SHOWN = "not_all_shown"  # `subject`: the node; `shown` of `total` cameras fit into the panes
    NO_CAMERAS = "no_cameras"  # `subject`: the node
    VIEW_SAVED = "view_saved"  # `subject`: the view
    VIEW_INCOMPLETE = "view_incomplete"  # `subject`: the view; `shown` of `total` cameras could be opened
    FILE_SET_ASIDE = "file_set_aside"  # a damaged file of ours was kept as `subject`
    CENTER_LOST = "center_lost"  # `subject`: the center
    CENTER_BACK = "center_back"  # `subject`: the center
    NOT_RESUMED = "not_resumed"  # a center could not be signed in to by itself; `subject`: the center, `error`
    SITE_UNREADABLE = "site_unreadable"  # the file of a site on this machine is gone or damaged; `subject`: the site
    NOT_KEPT = "not_kept"  # signed in, but the keyring took nothing; `subject`: the center, `error`
    SECRETS_LEFT = "secrets_left"  # the keyring could not be cleared of a center's; `subject`: the center, `error`
    CENTER_UNUSABLE = "center_unusable"  # an address in the settings can't be used; `subject`: the center
    ALARM_FORCED = "alarm_forced"  # raised by hand; `subject`: the camera
    ALARM_TAKEN_BACK = "alarm_taken_back"  # one raised by hand; `subject`: the camera
    NOT_OFFERED = "not_offered"  # `subject`: the camera; `detail`: what its center can't do
    RIGHT_MISSING = "right_missing"  # `subject`: the camera; `right`
    NO_AUDIO = "no_audio"  # `subject`: the camera
    RECORDS_NOT_WRITTEN = "records_not_written"  # they are in memory only; `subject`: the center they are for, `error`
    RECORD_REFUSED = "record_refused"  # `subject`: the center that will not take a record, which is kept aside
    ROUND_OVER = "round_over"  # `subject`: the plan; `shown` of `total` steps were seen
    ROUND_TAKEN = "round_taken"  # `subject`: who goes on with the round elsewhere
    ROUND_BUSY = "round_busy"  # `subject`: the plan whose round can't begin while another is under way here
    HANDED_OVER = "handed_over"  # `subject`: the shift
    REPORT_SAVED = "report_saved"  # `subject`: the file
    PTZ_TAKEN_OVER = "ptz_taken_over"  # `subject`: the camera, `detail`: who took it from us, and why
    PTZ_STOP_UNCONFIRMED = "ptz_stop_unconfirmed"  # it may still turn, and no pane shows it; `subject`: the camera
    EXPORT_ADDED = "export_added"  # `subject`: its cameras
    EXPORT_DONE = "export_done"  # `subject`: its cameras
    EXPORT_LACKING = "export_lacking"  # done, without all footage; `subject`: its cameras
    EXPORT_FAILED = "export_failed"  # `subject`: its cameras, `error`
    CASE_KEPT_HERE = "case_kept_here"  # its center won't take a change, `error`; it is a case of this computer now
    CASE_GATHERED = "case_gathered"  # `subject`: the case; `detail`: what went into it by itself
    SPOOL_NEARLY_FULL = "spool_nearly_full"  # `subject`: the center whose records wait on this machine


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. A newer one with the same `key` replaces it."""

    key: str
    kind: NoticeKind
    level: NoticeLevel = NoticeLevel.INFO
    subject: str = ""
    shown: int = 0
    total: int = 0
    error: WallError | None = None
    right: Right | None = None
    detail: str = ""
