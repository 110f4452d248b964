"""One configured center: its configuration, its adapter, its session, and the door to it through global ids."""

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from wallclient.api.center import Center
from wallclient.api.ptz import PtzCenter
from wallclient.api.recordings import RecordingCenter
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import ServerFailed, SignInNeeded, WallError
from wallclient.domain.event import ChannelStatus
from wallclient.domain.global_id import (
    ROOT,
    global_alarm,
    global_channel,
    global_lease,
    global_page,
    global_presets,
    global_ptz,
    global_status,
    root_id,
)
from wallclient.domain.node import Channel, Node, NodeKind, NodePage
from wallclient.domain.ptz import PresetsChanged, PtzChanged
from wallclient.domain.stream import Lease, StreamKind
from wallclient.services.session import CenterSession

if TYPE_CHECKING:
    from wallclient.services.wall import WallCenter

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
StandIn = Callable[[CenterSession], "WallCenter"]


class AccessState(StrEnum):
    """How it stands with a center."""

    SIGNED_OUT = "signed_out"
    SIGNING_IN = "signing_in"  # by itself, with a token kept from the last time
    CONNECTED = "connected"
    AWAY = "away"  # signed in, but it does not answer


class CenterAccess(QObject):
    """Owns the session at one center. Takes and gives local ids in its arguments, and gives global ids in replies."""

    changed = Signal()  # state, title, operator or counts
    status_changed = Signal(object)  # ChannelStatus with global ids
    ptz_changed = Signal(object)  # PtzChanged with a global id
    presets_changed = Signal(object)  # PresetsChanged with a global id
    alarm = Signal(object)  # Alarm with a global id
    tree_changed = Signal()  # whatever is shown of the tree must be read again

    def __init__(self, config: CenterConfig, center: Center, stand_in: StandIn | None = None) -> None:
        """`stand_in` makes what is asked for channels and streams in place of the session, for tests and benchmarks."""
        super().__init__()
        self.config = config
        self.signing_in = False
        self.session = CenterSession(center)
        self._streams: WallCenter = stand_in(self.session) if stand_in else self.session
        self._counts: dict[str, tuple[int, int]] = {}  # of the center's own roots, by local id: total, online
        self.session.state_changed.connect(self.changed)
        self.session.events_lost.connect(self.tree_changed)
        self.session.status_changed.connect(self._on_status_changed)
        self.session.ptz_changed.connect(self._on_ptz_changed)
        self.session.presets_changed.connect(self._on_presets_changed)
        self.session.alarm.connect(lambda alarm: self.alarm.emit(global_alarm(self.key, alarm)))

    @property
    def key(self) -> str:
        """The center's key."""
        return self.config.key

    @property
    def title(self) -> str:
        """Name for the operator: as he called it, or as it calls itself, or its address."""
        return self.config.name or self.session.name

    @property
    def state(self) -> AccessState:
        """How it stands with the center."""
        if self.session.signed_in:
            return AccessState.CONNECTED if self.session.reachable else AccessState.AWAY
        return AccessState.SIGNING_IN if self.signing_in else AccessState.SIGNED_OUT

    @property
    def root(self) -> Node:
        """The center itself as a node; its counts are those of its own roots, as far as they were read."""
        total, online = (sum(counts[i] for counts in self._counts.values()) for i in (0, 1))
        return Node(root_id(self.key), None, NodeKind.CENTER, self.title, "", total, online)

    def set_signing_in(self, signing_in: bool) -> None:
        """Show that a sign-in without the operator is under way, or over."""
        if signing_in != self.signing_in:
            self.signing_in = signing_in
            self.changed.emit()

    async def read_counts(self) -> None:
        """Read how many cameras there are, for the root; trouble is told by the session's state."""
        try:
            page = await self.session.children(None)
        except WallError as err:
            _log.info("no counts of center %s: %s", self.key, type(err).__name__)
            return
        self._take_counts(page)
        self.changed.emit()
        self.tree_changed.emit()

    # --- what walls and trees ask ---

    async def page(self, local_id: str, cursor: str | None) -> NodePage:
        """Return a page of the children of a node, or of the center itself."""
        self._require_session()
        page = await self.session.children(None if local_id == ROOT else local_id, cursor)
        if local_id == ROOT and cursor is None:
            self._take_counts(page)
        return global_page(self.key, page)

    async def channel(self, local_id: str) -> Channel:
        """Return one channel."""
        self._require_session()
        return global_channel(self.key, await self._streams.channel(local_id))

    async def channels_below(self, local_id: str, limit: int) -> tuple[Channel, ...]:
        """Return the first channels anywhere below a node, or of the whole center."""
        self._require_session()
        if local_id != ROOT:
            channels = await self.session.channels_below(local_id, limit)
            return tuple(global_channel(self.key, channel) for channel in channels)
        found: list[Channel] = []
        for node in (await self.session.children(None)).nodes:
            if len(found) < limit:
                found += await self.session.channels_below(node.id, limit - len(found))
        return tuple(global_channel(self.key, channel) for channel in found)

    async def open_live(self, local_id: str, kind: StreamKind) -> Lease:
        """Open a live stream."""
        self._require_session()
        return global_lease(self.key, await self._streams.open_live(local_id, kind))

    async def renew_live(self, local_id: str) -> float:
        """Keep a stream open; return its new term in seconds."""
        self._require_session()
        return await self._streams.renew_live(local_id)

    async def close_live(self, local_id: str) -> None:
        """Give a stream back."""
        self._require_session()
        await self._streams.close_live(local_id)

    # --- PTZ ---

    def ptz_center(self) -> PtzCenter:
        """Return the adapter as far as it moves cameras. Raises NotAble, SignInNeeded, ServerFailed."""
        self._require_session()
        return self.session.ptz_center

    async def ask_ptz(self, work: Callable[[PtzCenter], _Result]) -> _Result:
        """Return what `work` returns, which asks the center on a thread."""
        self._require_session()
        return await self.session.ask_ptz(work)

    async def picture(self, local_id: str) -> bytes:
        """Return the present picture of a camera, JPEG."""
        self._require_session()
        return await self.session.picture(local_id)

    async def force_alarm(self, local_id: str, on: bool) -> None:
        """Raise a camera's alarm by hand, or take it back."""
        self._require_session()
        await self.session.force_alarm(local_id, on)

    # --- recordings ---

    async def ask_recordings(self, work: Callable[[RecordingCenter], _Result]) -> _Result:
        """Return what `work` returns, which asks the center on a thread."""
        self._require_session()
        return await self.session.ask_recordings(work)

    # --- inside ---

    def _on_ptz_changed(self, changed: PtzChanged) -> None:
        self.ptz_changed.emit(global_ptz(self.key, changed))

    def _on_presets_changed(self, changed: PresetsChanged) -> None:
        self.presets_changed.emit(global_presets(self.key, changed))

    def _require_session(self) -> None:
        """Raise SignInNeeded, or ServerFailed while the sign-in only waits for the center, without asking it."""
        if not self.session.signed_in:
            raise ServerFailed("not signed in yet") if self.signing_in else SignInNeeded("not signed in")

    def _take_counts(self, page: NodePage) -> None:
        self._counts = {node.id: (node.channels_total, node.channels_online) for node in page.nodes}

    def _on_status_changed(self, status: ChannelStatus) -> None:
        for node_id, total, online in status.ancestors:
            if node_id in self._counts:
                self._counts[node_id] = (total, online)
        told = global_status(self.key, status)
        if told.ancestors:  # a center that counts
            root = self.root
            above = (root.id, root.channels_total, root.channels_online)
            told = ChannelStatus(told.channel_id, told.online, (*told.ancestors, above))
        self.status_changed.emit(told)
