"""What a window needs to show recorded footage: shared by all windows of the program."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wallclient.domain.node import Channel
from wallclient.ui.playback_text import system_zone

if TYPE_CHECKING:
    from wallclient.services.footage_search import FootageSearches
    from wallclient.services.review_desk import ReviewDesk


@dataclass(frozen=True, slots=True)
class PlaybackServices:
    """The review engine, and the zone times are written in: that of the centers, which is the machine's own."""

    review: "ReviewDesk"
    zone: ZoneInfo = field(default_factory=system_zone)
    searches: "FootageSearches | None" = None  # without them nothing is searched in footage


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What is to be taken along: moments in ms by the center's clock."""

    channels: tuple[Channel, ...]
    start_ms: int
    end_ms: int
    others: tuple[Channel, ...] = ()  # on the wall, too
