"""The camera tree as the mirror serves it: rows, pages, filters, search results, and how fresh all that is."""

from dataclasses import dataclass, field
from enum import IntFlag, StrEnum

from wallclient.domain.catalog import ChannelState, Right, rights_of
from wallclient.domain.errors import WallError
from wallclient.domain.node import CameraKind, Channel, NodeKind, PlaceCategory

WITHOUT_PLACE_ID = "wallclient:without-place"  # root of what the center hung up nowhere; its name is empty
REGION_PREFIX = "wallclient:region:"  # ids of administrative regions: prefix and civil code


class NodeFlag(IntFlag):
    """What is odd about a node. Nothing odd is dropped; the window shows a mark and says why."""

    BAD_CODE = 1  # the code breaks the rules of GB/T 28181
    DUPLICATE = 2  # the center named the id twice; the last one counts
    ORPHAN = 4  # its parent does not exist; hangs below `WITHOUT_PLACE_ID`
    CYCLE = 8  # it lay below itself; the ring was cut here, hangs below `WITHOUT_PLACE_ID`
    ODD_TEXT = 16  # name or code held characters that can't be shown, or too many; `Catalog.original` has them


NOTHING_ODD = NodeFlag(0)


class Hierarchy(StrEnum):
    """Two trees over the same cameras."""

    GROUPS = "groups"  # business groups, as the center hangs them up
    REGIONS = "regions"  # administrative regions, from the civil codes


class SortBy(StrEnum):
    """Order of siblings. Inner nodes come before cameras in each."""

    CENTER = "center"  # as the center orders them
    NAME = "name"  # by pinyin, numbers by value
    CODE = "code"
    ONLINE = "online"  # online first, then by name


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which cameras to show; empty fields do not filter. Inner nodes stay as long as a camera below them does."""

    online: bool = False
    camera_kinds: frozenset[CameraKind] = frozenset()
    places: frozenset[PlaceCategory] = frozenset()
    tier: NodeKind | None = None  # CITY, DISTRICT or STATION: the nearest platform above the camera
    favourites: bool = False
    recent: bool = False

    def __bool__(self) -> bool:
        return self != NO_FILTER


NO_FILTER = RowFilter()


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """One row of the tree. Of a camera the counts are 1 and 0 or 1. With a filter, they count what it lets through."""

    id: str
    parent_id: str | None
    kind: NodeKind  # of a region: CITY, DISTRICT or STATION, by the length of its code
    name: str  # harmless: one line, printable
    gb_code: str
    state: ChannelState
    total: int
    online: int
    camera_kind: CameraKind | None = None
    place: PlaceCategory | None = None
    longitude: float | None = None  # WGS-84, degrees
    latitude: float | None = None
    has_audio: bool = False
    rights_mask: int = 0
    civil_code: str = ""
    flags: NodeFlag = NOTHING_ODD
    favourite: bool = False

    @property
    def is_channel(self) -> bool:
        """Tell whether the row is a camera."""
        return self.kind is NodeKind.CHANNEL

    @property
    def is_region(self) -> bool:
        """Tell whether the row is an administrative region, which the center itself does not know."""
        return self.id.startswith(REGION_PREFIX)

    @property
    def rights(self) -> frozenset[Right]:
        """What the operator may do here."""
        return rights_of(self.rights_mask)

    def channel(self, path: tuple[str, ...] = ()) -> Channel:
        """Return the camera as panes know it; `path`: names from the root down to the parent."""
        online = self.state is ChannelState.ONLINE
        kind = self.camera_kind or CameraKind.BOX
        where = (self.place, self.longitude, self.latitude, self.has_audio, path)
        return Channel(self.id, self.name, self.gb_code, online, kind, *where, rights=self.rights_mask)


@dataclass(frozen=True, slots=True)
class ChildPage:
    """Rows from `offset` on of a node's `total` children."""

    rows: tuple[CatalogRow, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A row that was found, and the names from the root down to its parent."""

    row: CatalogRow
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The best hits first. `complete` is False where time ran out before everything was looked at."""

    text: str
    hits: tuple[SearchHit, ...] = ()
    complete: bool = True
    elapsed_ms: float = 0.0


class SyncPhase(StrEnum):
    """What the mirror is doing."""

    CLOSED = "closed"
    IDLE = "idle"  # not asked to follow the center
    FETCHING = "fetching"  # a snapshot is coming in
    FOLLOWING = "following"  # in step, waiting for changes
    WAITING = "waiting"  # the center failed (`error`); another try follows by itself
    CANCELLED = "cancelled"  # by the operator; goes on from the same place when started again
    SIGN_IN_NEEDED = "sign_in_needed"  # goes on when started again after a log-in


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a snapshot has come."""

    rows: int
    total: int
    rows_per_s: float


@dataclass(frozen=True, slots=True)
class SyncState:
    """The mirror and the center."""

    phase: SyncPhase = SyncPhase.CLOSED
    progress: SyncProgress | None = None  # while FETCHING
    error: WallError | None = None
    read_only: bool = False  # a second program of the same operator keeps the mirror; this one only reads it
    synced_unix_s: float | None = None  # when the mirror was last known to be in step; None: never yet
    cameras: int = 0


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """What became different, by node id; regions included. `everything`: read all that is shown again."""

    everything: bool = False
    rows: frozenset[str] = field(default=frozenset())  # counts, state or text of these
    children: frozenset[str] = field(default=frozenset())  # rows below these came, went or may change places
    roots: bool = False  # so did the first level
