"""A center made of rows in memory, for the mirror's tests: it keeps the promises of the contract, or breaks one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from wallclient.domain.catalog import (
    CatalogNode,
    Change,
    ChangeBatch,
    ChannelState,
    NotModified,
    Removed,
    SnapshotPage,
    StatusChange,
    Upsert,
)
from wallclient.domain.errors import CenterError, CursorExpired, SnapshotGone
from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory

CITY, STATION, GROUP, CHANNEL = NodeKind.CITY, NodeKind.STATION, NodeKind.GROUP, NodeKind.CHANNEL


def inner(id_: str, parent_id: str | None, name: str | None = None, kind: NodeKind = GROUP, **more) -> CatalogNode:
    """Return an inner node."""
    return CatalogNode(id_, parent_id, kind, name if name is not None else id_, more.pop("gb_code", ""), **more)


def camera(id_: str, parent_id: str | None, name: str | None = None, **more) -> CatalogNode:
    """Return a camera."""
    more = {"gb_code": "50010301001320000012", "camera_kind": CameraKind.BOX, "rights": 15} | more
    return CatalogNode(id_, parent_id, CHANNEL, name if name is not None else id_, **more)


_OFF, _LOST = ChannelState.OFFLINE, ChannelState.VIDEO_LOST


def small_city() -> list[CatalogNode]:
    """Return a city of one district, two stations and six cameras."""
    return [
        inner("city", None, "重庆市", NodeKind.CITY, gb_code="50000000002000000001"),
        inner("yz", "city", "渝中区", NodeKind.DISTRICT, gb_code="50010300002000000001", order=2),
        inner("jfb", "yz", "解放碑派出所", STATION, gb_code="50010301002000000001", order=2),
        inner("ctm", "yz", "朝天门派出所", STATION, gb_code="50010302002000000001", order=1),
        inner("road", "jfb", "街面道路"),
        camera("c1", "road", "解放碑步行街东口 枪机10", gb_code="50010301001320000011", civil_code="50010301", order=1),
        camera("c2", "road", "解放碑步行街东口 枪机9", gb_code="50010301001320000012", state=_OFF, order=2),
        camera("c3", "road", "八一路好吃街 云台1", gb_code="50010301001310000013", camera_kind=CameraKind.PTZ, order=3),
        camera("c4", "ctm", "长寿路大厦卡口 抓拍1", gb_code="50010302051320000014", place=PlaceCategory.CHECKPOINT),
        camera("c5", "ctm", "重庆港码头 球机1", gb_code="50010302001320000015", state=_LOST),
        camera("c6", "yz", "厦门路口 枪机1", gb_code="123", order=1),
    ]


class Rows:
    """Holds a tree and its feed. `page_rows` rows a page; a page's cursor is the place the next one begins at."""

    def __init__(self, nodes: Iterable[CatalogNode] = (), page_rows: int = 4) -> None:
        self.nodes: dict[str, CatalogNode] = {}
        self.doubles: list[CatalogNode] = []  # rows a bad center sends though their id was there before
        self.page_rows = page_rows
        self.epoch = 1
        self.feed: list[Change] = []
        self.feed_starts = 0
        self.asked: list[tuple[str | None, str | None]] = []
        self.fail_after_pages: int | None = None
        self.failure: CenterError | None = None
        self.gone = False
        for node in nodes:
            self.nodes[node.id] = node

    @property
    def sequence(self) -> int:
        """Number of the latest change."""
        return self.feed_starts + len(self.feed)

    @property
    def revision(self) -> str:
        """Identity of the tree as it is."""
        return f"{self.epoch}.{self.sequence}"

    # --- what a center offers ---

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Read the tree."""
        self.asked.append((cursor, etag))
        if cursor is None and etag == self.revision:
            return NotModified(etag)
        if cursor is not None and self.gone:
            raise SnapshotGone("gone")
        return self._pages(int(cursor or 0))

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Read the feed."""
        if since < self.feed_starts or since > self.sequence:
            raise CursorExpired(f"{since}")
        rest = self.feed[since - self.feed_starts :]
        return ChangeBatch(tuple(rest[:limit]), since + len(rest[:limit]), len(rest) > limit)

    def _pages(self, start: int) -> Iterator[SnapshotPage]:
        rows = [*self.nodes.values(), *self.doubles]
        places = range(start, max(len(rows), 1), self.page_rows)
        for number, place in enumerate(places):
            if self.fail_after_pages is not None and number >= self.fail_after_pages:
                assert self.failure
                raise self.failure
            end = place + self.page_rows
            cursor = str(end) if end < len(rows) else None
            yield SnapshotPage(tuple(rows[place:end]), cursor, len(rows), self.revision, self.sequence)

    # --- what happens at a center ---

    def put(self, node: CatalogNode) -> None:
        """Add or replace a node."""
        self.nodes[node.id] = node
        self.feed.append(Upsert(self.sequence + 1, node))

    def set_state(self, id_: str, state: ChannelState) -> None:
        """Change a camera's state."""
        if id_ in self.nodes and self.nodes[id_].is_channel:
            self.nodes[id_] = replace(self.nodes[id_], state=state)
        self.feed.append(StatusChange(self.sequence + 1, id_, state))

    def remove(self, id_: str) -> None:
        """Remove a node and all that says it is below it."""
        gone = [id_]
        for head in gone:
            gone += [n.id for n in self.nodes.values() if n.parent_id == head and n.id not in gone]
        for each in gone:
            self.nodes.pop(each, None)
        self.feed.append(Removed(self.sequence + 1, id_))

    def expire(self) -> None:
        """Begin the feed anew."""
        self.epoch += 1
        self.feed_starts = self.sequence + 1000
        self.feed = []
