"""What a center tells on its own: status changes of channels and the state of the line to the center itself."""

from dataclasses import dataclass
from enum import StrEnum

from wallclient.domain.ptz import PresetsChanged, PtzChanged


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel went on- or offline. `ancestors` carries fresh counts (node id, total, online) from parent to root."""

    channel_id: str
    online: bool
    ancestors: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EventsLost:
    """The center can't tell what happened since our last event: whatever is shown must be read again."""


@dataclass(frozen=True, slots=True)
class LineState:
    """The line the events come through was opened (`up`) or lost. Told once per change, first when it opens."""

    up: bool


@dataclass(frozen=True, slots=True)
class CatalogMoved:
    """The change feed has grown to `sequence`. Told once for many changes; they are read with `Center.changes`."""

    sequence: int


class AlarmKind(StrEnum):
    """What an alarm is about, as far as the center tells (GB/T 28181-2022 annex A.2.5 f, ONVIF topics)."""

    MOTION = "motion"
    LINE = "line"  # crossed, or an area entered
    INPUT = "input"  # a contact
    VIDEO_LOSS = "video_loss"
    TAMPER = "tamper"  # covered, turned away, defocused
    DEVICE = "device"  # disk, temperature, supply
    MANUAL = "manual"  # somebody pressed for help
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A camera's alarm began (`active`) or ended. Told anew with the same `id` when it ends or grows.

    What only happened, with no end anybody will tell of, is told once with `active` false.
    """

    id: str  # at the center
    channel_id: str
    kind: AlarmKind
    at_ms: int  # when it began, by the center's clock, since 1970 UTC
    active: bool = True
    text: str = ""  # the center's own words


CenterEvent = ChannelStatus | EventsLost | LineState | CatalogMoved | PtzChanged | PresetsChanged | Alarm
