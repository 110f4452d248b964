"""What somebody did with recordings, for the record: made once, kept by the center, never changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wallclient.domain.patrol import Person

MOST_CHANNELS = 64


class AuditKind(StrEnum):
    """What was done; the values are those of Center API v1."""

    PLAYBACK_OPENED = "playback_opened"
    PLAYBACK_CLOSED = "playback_closed"
    EXPORT_STARTED = "export_started"
    EXPORT_FINISHED = "export_finished"
    EXPORT_FAILED = "export_failed"
    PACKAGE_MADE = "package_made"
    SNAPSHOT_TAKEN = "snapshot_taken"  # of footage
    BOOKMARK_SAVED = "bookmark_saved"
    BOOKMARK_DELETED = "bookmark_deleted"
    CASE_SAVED = "case_saved"
    CASE_DELETED = "case_deleted"
    SEARCHED = "searched"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One fact. `key` is made once and stays: a center that gets it again keeps the one it has.

    Raises ValueError for more channels than fit: that would be found out only when the center refuses it.
    """

    key: str
    kind: AuditKind
    at_utc: datetime
    by: Person
    channel_ids: tuple[str, ...] = ()  # MOST_CHANNELS at most
    start_ms: int | None = None  # of the footage
    end_ms: int | None = None
    reason: str = ""
    text: str = ""
    ref: str = ""  # what it is about: a file's hash, a case's key

    def __post_init__(self) -> None:
        if len(self.channel_ids) > MOST_CHANNELS:
            raise ValueError(f"{len(self.channel_ids)} channels in one record")
