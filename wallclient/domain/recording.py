"""Recorded footage in the trade's words: segments, playback sessions, bookmarks.

Moments are `*_ms`: milliseconds since 1970-01-01 UTC by the center's clock, as whole numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from wallclient.domain.stream import Codec, Credentials


class RecordingKind(StrEnum):
    """Why something was recorded; the values are those of Center API v1."""

    TIME = "time"  # by schedule
    ALARM = "alarm"
    MANUAL = "manual"


class FootageProtocol(StrEnum):
    """How footage travels."""

    MP4 = "mp4"  # HTTP with byte ranges, index in front or at the end: any moment can be had
    TS = "ts"  # HTTP MPEG-TS with byte ranges
    RTSP = "rtsp"  # `Range` in `npt` from `start_ms`, `Scale` where the server has it


@dataclass(frozen=True, slots=True)
class Segment:
    """Uninterrupted footage of one channel, from `start_ms` up to but not including `end_ms`."""

    id: str
    channel_id: str
    kind: RecordingKind
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class FootageSource:
    """One address of some footage. Not every address covers the whole session: files are often cut by the minute."""

    url: str = field(repr=False)  # its query may hold a ticket
    protocol: FootageProtocol
    start_ms: int  # of the first picture the address can give
    end_ms: int
    codec: Codec | None = None
    width: int | None = None  # px
    height: int | None = None  # px
    credentials: Credentials | None = None
    clock_offset_ms: int = 0  # as of the session, at this source's start: a camera's clock may jump meanwhile


@dataclass(frozen=True, slots=True)
class PendingFootage:
    """Footage that was recorded but can't be had yet: its center has it fetched from the camera's recorder first."""

    start_ms: int
    end_ms: int
    progress: float = 0.0  # 0 to 1


@dataclass(frozen=True, slots=True)
class Playback:
    """A session of footage of one channel, kept open by renewals as live streams are.

    `clock_offset_ms` is what the camera's own clock (burnt into the picture) is ahead of the center's. Moments here are
    the center's already: the offset is told to people and kept as evidence, not added to anything. What is `pending`
    becomes a source with some later renewal: it is no gap.
    """

    id: str
    channel_id: str
    sources: tuple[FootageSource, ...]
    clock_offset_ms: int
    expires_in_s: float
    pending: tuple[PendingFootage, ...] = ()
    ca_file: str = ""  # PEM of the private authority that vouches for https addresses; empty: those of the system


def covering(segments: Iterable[Segment], at_ms: int) -> Segment | None:
    """Return the segment that has the picture of a moment; None in a gap."""
    return next((segment for segment in segments if segment.start_ms <= at_ms < segment.end_ms), None)
