"""A center's whole tree as it travels: rows of a snapshot, changes of the feed, rights and states of a node."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory


class Right(StrEnum):
    """What an operator may do with a channel; the values are those of Center API v1."""

    VIEW = "view"
    PLAYBACK = "playback"
    PTZ = "ptz"
    EXPORT = "export"

    @property
    def bit(self) -> int:
        """The right's bit in the masks of `CatalogNode.rights`."""
        return _BITS[self]


_BITS = {Right.VIEW: 1, Right.PLAYBACK: 2, Right.PTZ: 4, Right.EXPORT: 8}
ALL_RIGHTS = sum(_BITS.values())


def rights_mask(rights: Iterable[Right]) -> int:
    """Return the bit mask of these rights."""
    mask = 0
    for right in rights:
        mask |= _BITS[right]
    return mask


def rights_of(mask: int) -> frozenset[Right]:
    """Return the rights in a bit mask; bits of rights this program does not know are left out."""
    return frozenset(right for right, bit in _BITS.items() if mask & bit)


class ChannelState(StrEnum):
    """State of a channel, or of the platform behind an inner node; the values are those of Center API v1."""

    ONLINE = "online"
    OFFLINE = "offline"
    VIDEO_LOST = "video_lost"  # the device answers, but has no picture to give: not counted as online


@dataclass(frozen=True, slots=True)
class CatalogNode:
    """One row of a snapshot or an upsert of the change feed, as the center tells it.

    Nothing is promised about the tree: a parent may be missing, come later or lie below its child, an id may come
    twice (the last one counts), texts may hold any character and be of any length.
    """

    id: str
    parent_id: str | None  # None: a root
    kind: NodeKind
    name: str
    gb_code: str
    state: ChannelState = ChannelState.ONLINE
    camera_kind: CameraKind | None = None  # None on inner nodes
    place: PlaceCategory | None = None
    longitude: float | None = None  # WGS-84, degrees
    latitude: float | None = None
    has_audio: bool = False
    rights: int = 0  # mask of `Right.bit`, resolved for this operator at this node by the center
    order: int = 0  # position among siblings
    civil_code: str = ""  # GB/T 2260 and the unit below it, 2 to 8 digits; empty: unknown

    @property
    def online(self) -> bool:
        """Tell whether the node counts as online."""
        return self.state is ChannelState.ONLINE

    @property
    def is_channel(self) -> bool:
        """Tell whether the node is a leaf that can be put into a pane."""
        return self.kind is NodeKind.CHANNEL

    def may(self, right: Right) -> bool:
        """Tell whether the operator has a right at this node."""
        return bool(self.rights & _BITS[right])


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Some rows of a snapshot. The snapshot is whole only when the page without a `cursor` has been read.

    The tree may change while it is read, so rows may be newer than `sequence`: reading the changes from `sequence` on
    always leads to the true tree, because a change is applied whether or not the row had it already.
    """

    nodes: tuple[CatalogNode, ...]
    cursor: str | None  # where to resume after this page; None: this was the last one
    total: int  # rows of the whole snapshot when it was begun, for progress
    revision: str  # identity of the snapshot; to be given as `etag` next time
    sequence: int  # place in the change feed from which to read on
    unreadable: int = 0  # rows of this page that broke the contract and were left out


@dataclass(frozen=True, slots=True)
class NotModified:
    """The answer to `Center.snapshot`: the tree is the one of the `etag` that was given."""

    revision: str


@dataclass(frozen=True, slots=True)
class Upsert:
    """A node was added or is different now: name, parent, rights, anything."""

    sequence: int
    node: CatalogNode


@dataclass(frozen=True, slots=True)
class Removed:
    """A node is gone for this operator, with everything still below it."""

    sequence: int
    node_id: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """The state of a channel changed and nothing else. Says nothing about a channel that is not known (yet)."""

    sequence: int
    channel_id: str
    state: ChannelState


Change = Upsert | Removed | StatusChange


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Changes in their order. `sequence` is where to read on, also where `changes` is empty; `more`: at once."""

    changes: tuple[Change, ...]
    sequence: int
    more: bool
