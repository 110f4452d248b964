"""What the program needs of a center's recordings; a center that has them says so in `Capabilities.recordings`.

Methods block, come from several threads at once, and raise the errors of `wallclient.domain.errors` as those of
`wallclient.api.center` do; besides NotPermitted (right "playback" or "export") and ReasonNeeded.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol, runtime_checkable

from wallclient.domain.errors import CenterError
from wallclient.domain.recording import Playback, Segment


@runtime_checkable
class RecordingCenter(Protocol):
    """Footage of one center's cameras."""

    def recorded_days(
        self, channel_ids: Sequence[str], year: int, month: int, zone: str
    ) -> Mapping[str, set[date] | CenterError]:
        """Return by channel the days of a month, in the time zone `zone` (IANA name), of which there is footage.

        A channel that is missing is none this operator may play back; where that holds for all: NotPermitted, NotFound.
        An error stands for a channel whose recorder can't be asked now, while those of others can.
        """
        ...

    def segments(
        self, channel_ids: Sequence[str], start_ms: int, end_ms: int
    ) -> Mapping[str, tuple[Segment, ...] | CenterError]:
        """Return by channel what was recorded in a range, in order of time, segments at its ends whole.

        A channel that is missing is none this operator may play back; where that holds for all: NotPermitted, NotFound.
        An error stands for a channel whose recorder can't be asked now, while those of others can.
        """
        ...

    def open_playback(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for looking at, a day at most (Refused). Raises NotFound where there is none in the range.

        Raises ReasonNeeded where the center demands a reason and none is given.
        """
        ...

    def open_export(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for taking it along: the original files; needs the right to export."""
        ...

    def renew_playback(self, playback_id: str) -> Playback:
        """Keep footage open; its addresses may have changed. Raises NotFound once it has lapsed."""
        ...

    def close_playback(self, playback_id: str) -> None:
        """Give footage back. A session that has lapsed already is no error."""
        ...
