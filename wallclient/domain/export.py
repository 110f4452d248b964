"""Exports of footage in the trade's words: what is asked for, how far it is, what came out.

Moments are ms since 1970 UTC by the center's clock.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wallclient.domain.patrol import Person


class ExportState(StrEnum):
    """How it stands with an export."""

    WAITING = "waiting"  # for its turn
    RUNNING = "running"
    NO_CENTER = "no_center"  # it goes on when the center is back
    DISK_FULL = "disk_full"  # it goes on when there is room
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED})
HELD = frozenset({ExportState.RUNNING, ExportState.NO_CENTER, ExportState.DISK_FULL})  # it is this one's turn


class ExportTrouble(StrEnum):
    """Why an export failed for good."""

    NONE = ""
    NOT_PERMITTED = "not_permitted"
    REASON_NEEDED = "reason_needed"
    NO_FOOTAGE = "no_footage"
    NO_FILES = "no_files"  # the center hands out no files of it
    FOLDER = "folder"  # it can't be written to
    CENTER = "center"  # it refuses for another reason
    WORKER = "worker"  # the process that does it fails again and again


@dataclass(frozen=True, slots=True)
class ExportCamera:
    """A camera to be exported, by its global id."""

    channel_id: str
    name: str
    code: str = ""  # GB/T 28181
    center: str = ""  # name


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """A file as the center handed it out."""

    start_ms: int
    end_ms: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A finished file."""

    path: str
    channel_id: str
    start_ms: int  # of its first picture
    end_ms: int
    size: int
    sha256: str
    codec: str
    width: int  # px
    height: int  # px
    pictures: int
    clock_offset_ms: int = 0
    is_burned: bool = False  # a copy with captions
    originals: tuple[OriginalFile, ...] = ()


LACKS = ("gap", "missing", "unreadable", "not_burned")


@dataclass(frozen=True, slots=True)
class ExportLack:
    """Footage of the range that could not be had; `why` is one of `LACKS`."""

    channel_id: str
    start_ms: int
    end_ms: int
    why: str


@dataclass(frozen=True, slots=True)
class ExportJob:
    """An export of the queue."""

    key: str
    cameras: tuple[ExportCamera, ...]
    start_ms: int
    end_ms: int
    folder: str
    by: Person
    made_utc: datetime
    zone: str = "UTC"  # IANA name, for file names and captions
    reason: str = ""
    burn: bool = False
    state: ExportState = ExportState.WAITING
    trouble: ExportTrouble = ExportTrouble.NONE
    files: tuple[ExportedFile, ...] = ()
    lacks: tuple[ExportLack, ...] = ()
    done: tuple[str, ...] = ()  # channels

    @property
    def title(self) -> str:
        """What it is called: its first camera, and how many more there are."""
        more = len(self.cameras) - 1
        return (self.cameras[0].name if self.cameras else "") + (f" +{more}" if more > 0 else "")

    @property
    def is_whole(self) -> bool:
        """Whether all that was recorded came out: gaps in the recording are no fault of the export."""
        return all(lack.why == "gap" for lack in self.lacks)


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far a running export is."""

    part: float = 0.0  # 0 … 1
    rate_bytes_s: float = 0.0
    remaining_s: float | None = None
    camera: str = ""  # name of the one it is at
