"""What a center tells on its own: status changes of channels and the state of the line to the center itself."""

from dataclasses import dataclass

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


CenterEvent = ChannelStatus | EventsLost | LineState | CatalogMoved | PtzChanged | PresetsChanged
