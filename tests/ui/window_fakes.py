"""Stand-ins with the shape of the services the window talks to: panes fed by hand, a wall of them, a center."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from wallclient.api.center import Capabilities
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import NotFound, SignInNeeded
from wallclient.domain.event import ChannelStatus
from wallclient.domain.layout import Layout, layout_by_id
from wallclient.domain.node import CameraKind, Channel, Node, NodeKind, NodePage
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.picture import Picture
from wallclient.domain.secret import KeeperState
from wallclient.domain.stream import StreamKind
from wallclient.domain.view import View
from wallclient.services.center_access import AccessState
from wallclient.services.live_pane import StreamInfo
from wallclient.services.wall import Snapshot


def channel(number: int, *, online: bool = True, name: str | None = None) -> Channel:
    """Return a camera at 解放碑."""
    kinds = tuple(CameraKind)
    return Channel(
        id=f"ch-{number}",
        name=name or f"解放碑步行街东口 球机{number}",
        gb_code=f"5001030132132{number:07d}",
        online=online,
        camera_kind=kinds[number % len(kinds)],
        has_audio=number % 2 == 0,
        path=("重庆市", "渝中区", "解放碑派出所"),
    )


class FakePane(QObject):
    """A live pane fed by hand: `feed` publishes a picture."""

    changed = Signal()
    info_changed = Signal()
    is_live = True
    via = ""

    def __init__(self) -> None:
        super().__init__()
        self.channel: Channel | None = None
        self.state = PaneState.IDLE
        self.reason: PaneReason | None = None
        self.stopped_at_utc: datetime | None = None
        self.next_try_s: float | None = None
        self.stream_kind: StreamKind | None = None
        self.forced_kind: StreamKind | None = None
        self.info = StreamInfo()
        self.audible = False
        self.aspect: float | None = None
        self.size_px = (0, 0)
        self.retries = 0
        self._image: QImage | None = None
        self._sequence = 0

    def show(self, shown: Channel) -> None:
        self._image, self._sequence = None, 0
        self.channel = shown
        self.set_state(PaneState.OPENING)

    def close(self) -> None:
        self._image, self._sequence, self.channel = None, 0, None
        self.set_state(PaneState.IDLE)

    def set_state(self, state: PaneState, reason: PaneReason | None = None) -> None:
        self.state, self.reason = state, reason
        standing = state in (PaneState.STALLED, PaneState.RECONNECTING)
        self.stopped_at_utc = datetime(2026, 11, 22, 6, 3, 22, tzinfo=UTC) if standing and self._sequence else None
        self.next_try_s = 8.0 if standing else None
        self.changed.emit()

    def feed(self, image: QImage) -> None:
        """Publish a picture (RGB32) and play."""
        self._image = image
        self._sequence += 1
        if self.state is not PaneState.PLAYING:
            self.stream_kind = self.stream_kind or StreamKind.SUB
            self.set_state(PaneState.PLAYING)

    def set_info(self, **values: object) -> None:
        self.info = replace(self.info, **values)  # type: ignore[arg-type]
        self.info_changed.emit()

    def set_size(self, width_px: int, height_px: int) -> None:
        if width_px and height_px:
            self.size_px = (width_px, height_px)

    def retry(self) -> None:
        self.retries += 1

    def force_kind(self, kind: StreamKind | None) -> None:
        self.forced_kind = kind

    def sequence(self) -> int:
        return self._sequence

    def picture(self) -> Picture | None:
        image = self._image
        if image is None:
            return None
        pixels = memoryview(image.constBits())
        return Picture(image.width(), image.height(), image.bytesPerLine(), self._sequence, time.monotonic_ns(), pixels)


class FakeWall(QObject):
    """A wall that changes nothing but itself."""

    layout_changed = Signal()
    panes_changed = Signal()
    selection_changed = Signal()
    spot_changed = Signal()

    def __init__(self, layout_id: str = "4") -> None:
        super().__init__()
        self.layout = layout_by_id(layout_id)
        self.panes = [FakePane() for _ in range(len(self.layout))]
        self.selected = 0
        self.spot: int | None = None
        self.snapshot_png = b""
        self.is_shut_down = False
        self.lookup: Callable[[str], Channel] = lambda key: channel(int(key.removeprefix("ch-")))

    def set_layout(self, layout: Layout) -> None:
        self.spot, self.layout = None, layout
        self.panes = self.panes[: len(layout)]
        self.panes += [FakePane() for _ in range(len(layout) - len(self.panes))]
        self.selected = min(self.selected, len(self.panes) - 1)
        self.layout_changed.emit()
        self.selection_changed.emit()

    def set_spot(self, index: int | None) -> None:
        if index != self.spot:
            self.spot = index
            self.spot_changed.emit()

    def show(self, index: int, shown: Channel) -> None:
        self.panes[index].show(shown)

    def place(self, channels: Sequence[Channel], first: int) -> int:
        order = [*range(first, len(self.panes)), *range(first)]
        for index, shown in zip(order, channels, strict=False):
            self.show(index, shown)
        return min(len(channels), len(order))

    def next_empty(self, after: int) -> int | None:
        ring = [*range(after + 1, len(self.panes)), *range(after)]
        return next((i for i in ring if self.panes[i].channel is None), None)

    def swap(self, first: int, second: int) -> None:
        panes = self.panes
        panes[first], panes[second] = panes[second], panes[first]
        self.selected = {first: second, second: first}.get(self.selected, self.selected)
        self.panes_changed.emit()
        self.selection_changed.emit()

    def close(self, index: int) -> None:
        self.panes[index].close()

    def close_all(self) -> None:
        for pane in self.panes:
            pane.close()

    def select(self, index: int) -> None:
        if index != self.selected and 0 <= index < len(self.panes):
            self.selected = index
            self.selection_changed.emit()

    @property
    def audible(self) -> int | None:
        return next((i for i, pane in enumerate(self.panes) if pane.audible), None)

    def set_audible(self, index: int | None) -> None:
        for number, pane in enumerate(self.panes):
            pane.audible = number == index
            pane.changed.emit()

    async def snapshot(self, index: int) -> Snapshot:
        shown = self.panes[index].channel
        assert shown is not None
        return Snapshot(self.snapshot_png, shown, datetime(2026, 11, 22, 6, 3, 22, tzinfo=UTC))

    def view(self, name: str) -> View:
        return View(name, self.layout.id, tuple(pane.channel.id if pane.channel else None for pane in self.panes))

    async def apply(self, view: View) -> int:
        self.set_layout(layout_by_id(view.layout_id))
        for pane, key in zip(self.panes, view.channel_ids, strict=True):
            if key:
                pane.show(self.lookup(key))
            else:
                pane.close()
        return 0

    def shut_down(self) -> None:
        self.is_shut_down = True
        self.close_all()

    def retry_all(self) -> None:
        for pane in self.panes:
            pane.retry()


@dataclass
class FakeTree:
    """A city in memory: parent id -> children. Pages of `page_size`."""

    children: dict[str | None, list[Node]]
    page_size: int = 50


def small_city(districts: int = 3, stations: int = 4, cameras: int = 12) -> FakeTree:
    """Return a city with `districts` × `stations` × `cameras` channels, two of three online."""
    tree: dict[str | None, list[Node]] = {}
    per_district = stations * cameras
    online_per_station = sum(1 for number in range(cameras) if number % 3)
    total_online = districts * stations * online_per_station
    city = Node(
        "city", None, NodeKind.CITY, "重庆市公安局", "50000000002000000001", districts * per_district, total_online
    )
    tree[None] = [city]
    names = ("渝中区", "江北区", "南岸区", "沙坪坝区", "九龙坡区")
    places = ("解放碑", "朝天门", "洪崖洞", "观音桥", "七星岗", "较场口")
    tree["city"] = []
    for d in range(districts):
        key = f"d{d}"
        name = names[d % len(names)]
        tree["city"].append(Node(key, "city", NodeKind.DISTRICT, name, "", per_district, stations * online_per_station))
        tree[key] = []
        for s in range(stations):
            station = f"{key}-s{s}"
            tree[key].append(
                Node(station, key, NodeKind.STATION, f"{places[s % 6]}派出所", "", cameras, online_per_station)
            )
            numbers = [d * per_district + s * cameras + c for c in range(cameras)]
            tree[station] = [
                Node(f"n-ch-{n}", station, NodeKind.CHANNEL, ch.name, ch.gb_code, 1, int(ch.online), ch)
                for n, ch in ((n, channel(n, online=bool((n % cameras) % 3))) for n in numbers)
            ]
    return FakeTree(tree)


@dataclass(frozen=True)
class Operator:
    """Who is signed in."""

    user: str
    name: str


class FakeSession(QObject):
    """`Centers` with a single center in memory, which is its own access and session. `log_in` accepts one password."""

    added = Signal(str)
    removed = Signal(str)
    changed = Signal(str)
    state_changed = Signal()
    status_changed = Signal(object)
    events_lost = Signal()
    sign_in_needed = Signal(str)
    noticed = Signal(object)

    def __init__(self, tree: FakeTree | None = None) -> None:
        super().__init__()
        self.tree = tree or small_city()
        self.key = "main"
        self.title = "重庆市视频中心"
        self.config = CenterConfig(self.key, "http://center", self.title, "zhang", ("zhang", "li"))
        self.configs = (self.config,)
        self.session = self
        self.center = self  # the adapter, too
        self.capabilities = Capabilities(events=True, catalog=True, ptz=True, recordings=True)
        self.keeper = KeeperState.NONE
        self.lookup: Callable[[str], Channel] = lambda key: channel(int(key.removeprefix("ch-")))
        self.stayed: list[tuple[bool, bool]] = []
        self.operator = Operator("zhang", "张警官")
        self.signed_in = True
        self.reachable = True
        self.clock_offset_ms = 0
        self.calls: list[tuple[str | None, str | None]] = []
        self.error: Exception | None = None

    async def children(self, node_id: str | None, cursor: str | None = None) -> NodePage:  # type: ignore[override]
        self.calls.append((node_id, cursor))
        if self.error:
            raise self.error
        rows = self.tree.children.get(node_id, [])
        start = int(cursor or 0)
        end = start + self.tree.page_size
        return NodePage(tuple(rows[start:end]), str(end) if end < len(rows) else None)

    async def channels_below(self, node_id: str, limit: int) -> tuple[Channel, ...]:
        found: list[Channel] = []
        todo = [node_id]
        while todo and len(found) < limit:
            for node in self.tree.children.get(todo.pop(0), []):
                if node.channel:
                    found.append(node.channel)
                else:
                    todo.append(node.id)
        return tuple(found[:limit])

    @property
    def accesses(self) -> list["FakeSession"]:
        return [self]

    @property
    def state(self) -> AccessState:
        if not self.signed_in:
            return AccessState.SIGNED_OUT
        return AccessState.CONNECTED if self.reachable else AccessState.AWAY

    def access(self, key: str) -> "FakeSession":
        if key != self.key:
            raise NotFound(key)
        return self

    def is_waited_for(self, _channel_id: str) -> bool:
        return self.state is not AccessState.CONNECTED

    async def keeper_state(self) -> KeeperState:
        return self.keeper

    async def channel(self, channel_id: str) -> Channel:
        return self.lookup(channel_id)

    async def log_out(self, _key: str) -> None:
        self.signed_in = False
        self.state_changed.emit()

    async def log_in(
        self, key: str, user: str, password: str, *, stay: bool = False, keep_password: bool = False
    ) -> None:
        assert key == self.key
        if password != "secret":
            raise SignInNeeded("refused")
        self.stayed.append((stay, keep_password))
        self.signed_in = self.reachable = True
        self.operator = Operator(user, user)
        self.state_changed.emit()

    def tell(self, status: ChannelStatus) -> None:
        self.status_changed.emit(status)
