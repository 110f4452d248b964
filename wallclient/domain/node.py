"""The tree of a center: nodes of three tiers, and the channels (video sources) at its leaves."""

from dataclasses import dataclass, field
from enum import StrEnum


class NodeKind(StrEnum):
    """What a node of the tree stands for; the values are those of Center API v1, but for `CENTER`."""

    CITY = "city"
    DISTRICT = "district"
    STATION = "station"
    GROUP = "group"
    CHANNEL = "channel"
    CENTER = "center"  # a configured center as a root, above its own roots


class CameraKind(StrEnum):
    """Shape of a camera, for its icon (GB/T 28181 PTZType, folded)."""

    DOME = "dome"
    BOX = "box"
    PTZ = "ptz"
    CHECKPOINT = "checkpoint"


class PlaceCategory(StrEnum):
    """Place a camera looks at; the values are those of Center API v1."""

    CHECKPOINT = "checkpoint"
    HOTEL = "hotel"
    MALL = "mall"
    SQUARE = "square"
    INTERNET_CAFE = "internet_cafe"
    ENTERTAINMENT = "entertainment"
    SCHOOL = "school"
    STATION = "station"
    HOSPITAL = "hospital"
    ROAD = "road"
    BRIDGE = "bridge"
    RESIDENTIAL = "residential"


@dataclass(frozen=True, slots=True)
class Channel:
    """One video source. `id` is the center's own key; the GB code is shown but never the only key."""

    id: str
    name: str
    gb_code: str
    online: bool
    camera_kind: CameraKind = CameraKind.BOX
    place: PlaceCategory | None = None
    longitude: float | None = None  # WGS-84, degrees
    latitude: float | None = None
    has_audio: bool = False
    path: tuple[str, ...] = ()  # names from the city down to the parent, for titles and search
    rights: int | None = None  # mask of `domain.catalog.Right`; None: the center does not tell, and decides when asked


@dataclass(frozen=True, slots=True)
class Node:
    """One row of the tree. For a channel, `channel` is set and the totals are 1 and 0 or 1."""

    id: str
    parent_id: str | None
    kind: NodeKind
    name: str
    gb_code: str
    channels_total: int
    channels_online: int
    channel: Channel | None = None

    @property
    def is_channel(self) -> bool:
        """Tell whether the node is a leaf that can be put into a pane."""
        return self.kind is NodeKind.CHANNEL


@dataclass(frozen=True, slots=True)
class NodePage:
    """Children of a node, in the center's order; `next_cursor` is None on the last page."""

    nodes: tuple[Node, ...] = field(default=())
    next_cursor: str | None = None
