"""All configured centers: added, changed, removed, signed in to; and the one door to them by global ids."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from wallclient.api.center import Center, Identity
from wallclient.api.ptz import PtzCenter
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import BadAddress, KeyringFailed, NotFound, StorageFailed
from wallclient.domain.global_id import key_of, split_id
from wallclient.domain.node import Channel, NodePage
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.secret import KeeperState
from wallclient.domain.stream import Lease, StreamKind
from wallclient.services.center_access import AccessState, CenterAccess, StandIn
from wallclient.services.center_makes import CenterMakes
from wallclient.services.center_recordings import CenterRecordings
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.services.sign_in import SignIn
from wallclient.storage.mirrors import remove_mirrors

_log = logging.getLogger(__name__)
OpenAdapter = Callable[[CenterConfig], Center]
Farewell = Callable[
    [str], Awaitable[None]
]  # done before the session at a center (its key) ends on our wish: stop cameras
_Result = TypeVar("_Result")


class Centers(QObject, CenterRecordings):
    """Owns an access per configured center. Lives on the GUI thread; its coroutines run on the Qt loop.

    For walls it is a `services.wall.WallCenter`, for the tree and the window it looks like one session: nothing above
    has to know that there are several. Coroutines that ask a center raise the errors of `wallclient.domain.errors`.
    """

    added = Signal(str)  # center key
    removed = Signal(str)
    changed = Signal(str)  # configuration, state, operator or counts
    state_changed = Signal()  # something of any of them
    status_changed = Signal(object)  # ChannelStatus
    ptz_changed = Signal(object)  # PtzChanged
    presets_changed = Signal(object)  # PresetsChanged
    alarm = Signal(object)  # Alarm
    events_lost = Signal()  # whatever is shown of the tree must be read again
    sign_in_needed = Signal(str)  # a session ended, or could not be resumed, without the operator's doing
    noticed = Signal(object)  # Notice

    def __init__(
        self,
        preferences: Preferences,
        keeper: SecretKeeper,
        data: Path,
        *,
        adapter: OpenAdapter | None = None,
        stand_in: StandIn | None = None,
    ) -> None:
        """`data` is the folder mirrors and sites are in; `stand_in` goes to each `CenterAccess`.

        `adapter` opens centers in place of `services.center_makes`, for tests and benchmarks.
        """
        super().__init__()
        self._preferences = preferences
        self._keeper = keeper
        self._data = data
        self.makes = CenterMakes(data, keeper)
        self._adapter = adapter or self.makes.open
        self._stand_in = stand_in
        self._accesses: dict[str, CenterAccess] = {}
        self._sign_in = SignIn(keeper)
        self._sign_in.noticed.connect(self.noticed)
        self._sign_in.needed.connect(self.sign_in_needed)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.farewell: Farewell | None = None
        self.stood_in: Callable[[str], Channel | None] = lambda _: None  # a camera others show while its center is away
        self.unusable: list[CenterConfig] = []  # of the settings, with an address that can't be used
        for config in self.configs:
            try:
                self._open(config)
            except BadAddress:
                _log.warning("center %s has an address that can't be used", config.key)
                self.unusable.append(config)

    # --- which centers ---

    @property
    def configs(self) -> tuple[CenterConfig, ...]:
        """All configured centers, in the operator's order; also those that can't be used."""
        return self._preferences.settings.centers

    @property
    def accesses(self) -> list[CenterAccess]:
        """The centers that can be used, in the operator's order."""
        return [self._accesses[config.key] for config in self.configs if config.key in self._accesses]

    def access(self, key: str) -> CenterAccess:
        """Return the access to a center. Raises NotFound."""
        try:
            return self._accesses[key]
        except KeyError:
            raise NotFound(f"no center {key!r}") from None

    def add(self, config: CenterConfig) -> CenterAccess:
        """Add a center. Raises BadAddress; StorageFailed if the settings can't be saved, but it is there then."""
        access = self._open(config)
        try:
            self._save((*self.configs, config))
        finally:
            self.added.emit(config.key)
            self.state_changed.emit()
            self.events_lost.emit()
            if config.is_site:
                self._sign_in.resume(access)
        return access

    async def change(self, config: CenterConfig) -> None:
        """Take another configuration of a center. A new address or authority ends its session; secrets go with it.

        Another host for streams ends the session, too, but it is the same server: who is kept signed in stays so.

        Raises BadAddress, StorageFailed.
        """
        access = self._accesses.get(config.key)
        is_other = access is None or _is_other_door(access.config, config)
        if access is not None and not is_other and access.config.media_host == config.media_host:
            self._take(access, config)
            return
        was_signed_in = access is not None and access.session.signed_in
        if is_other:
            config = replace(config, stay_signed_in=False)
        await self._say_farewell(config.key)
        fresh = self._open(config)  # raises before anything was taken down
        self.unusable = [other for other in self.unusable if other.key != config.key]
        if access is not None and is_other:
            await self._sign_in.forget(access)  # what one server gave out is not shown to another
        if access is not None:
            await access.session.close(stay_signed_in=not is_other and self._sign_in.stays(access))
        self._take(fresh, config)
        self._sign_in.resume(fresh)
        self.events_lost.emit()
        if was_signed_in and not is_other and not fresh.signing_in:
            self.sign_in_needed.emit(config.key)

    def reread(self, key: str) -> None:
        """Let everybody read the tree of a center again: its site was changed here. Raises NotFound."""
        access = self.access(key)
        if access.session.signed_in:
            self._start_reading(access)
            access.tree_changed.emit()
        else:
            self._sign_in.resume(access)

    async def remove(self, key: str) -> None:
        """Remove a center with its mirrors and secrets. Raises StorageFailed; it is gone from the list all the same."""
        await self._say_farewell(key)
        access = self._accesses.pop(key, None)
        former = next((config for config in self.configs if config.key == key), None)
        self.unusable = [config for config in self.unusable if config.key != key]
        try:
            self._save(tuple(config for config in self.configs if config.key != key))
        finally:
            self.removed.emit(key)
            self.state_changed.emit()
            self.events_lost.emit()
            if access is not None:
                await self._sign_in.forget(access)
                await access.session.close()
            await asyncio.to_thread(remove_mirrors, self._data, key)
            if former is not None:
                await self._forget(former)

    # --- signing in ---

    async def keeper_state(self) -> KeeperState:
        """Tell whether there is a safe place to stay signed in with."""
        return await self._keeper.state()

    async def log_in(
        self, key: str, user: str, password: str, *, stay: bool = False, keep_password: bool = False
    ) -> None:
        """Sign in at a center; see `SignIn.log_in`."""
        access = self.access(key)
        config = await self._sign_in.log_in(access, user, password, stay=stay, keep_password=keep_password)
        self._take_quietly(access, config)

    async def log_out(self, key: str) -> None:
        """Sign out at a center, and forget what the keyring holds for it."""
        access = self.access(key)
        await self._say_farewell(key)
        await self._sign_in.log_out(access)
        self._take_quietly(access, replace(access.config, stay_signed_in=False))

    def resume(self, key: str) -> None:
        """Begin to sign in at a center by itself, where that is wanted. Raises NotFound."""
        self._sign_in.resume(self.access(key))

    def resume_all(self) -> bool:
        """Begin to sign in by itself where that is wanted; tell whether it is wanted anywhere."""
        for access in self.accesses:
            self._sign_in.resume(access)
        return any(access.signing_in for access in self.accesses)

    # --- all of them as one ---

    @property
    def signed_in(self) -> bool:
        """Tell whether there is a session at any center."""
        return any(access.session.signed_in for access in self.accesses)

    @property
    def reachable(self) -> bool:
        """Tell whether every center signed in to answers."""
        return all(access.session.reachable for access in self.accesses if access.session.signed_in)

    @property
    def operator(self) -> Identity | None:
        """Who is signed in, at the first center where anybody is; at a site nobody has to be."""
        present = (access.session.operator for access in self.accesses if access.session.signed_in)
        return next((operator for operator in present if operator is not None and operator.user), None)

    def is_signed_in(self, gid: str) -> bool:
        """Tell whether there is a session at the center an id belongs to."""
        access = self._accesses.get(key_of(gid))
        return access is not None and access.session.signed_in

    def is_waited_for(self, gid: str) -> bool:
        """Tell whether what an id stands for can't be had now, but may be later: its center is signed out or away."""
        access = self._accesses.get(key_of(gid))
        return access is not None and access.state is not AccessState.CONNECTED and self.stood_in(gid) is None

    async def children(self, node_id: str | None, cursor: str | None = None) -> NodePage:  # type: ignore[override]
        """Return a page of the children of a node; without a node the centers themselves."""
        if node_id is None:
            return NodePage(tuple(access.root for access in self.accesses))
        access, local_id = self._route(node_id)
        return await access.page(local_id, cursor)

    async def channel(self, channel_id: str) -> Channel:
        """Return one channel; as it was known, where another center shows it while its own is away."""
        if (known := self.stood_in(channel_id)) is not None:
            return known
        access, local_id = self._route(channel_id)
        return await access.channel(local_id)

    async def channels_below(self, node_id: str, limit: int) -> tuple[Channel, ...]:
        """Return the first `limit` channels anywhere below a node."""
        access, local_id = self._route(node_id)
        return await access.channels_below(local_id, limit)

    async def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Open a live stream."""
        access, local_id = self._route(channel_id)
        return await access.open_live(local_id, kind)

    async def renew_live(self, lease_id: str) -> float:
        """Keep a stream open; return its new term in seconds. Raises NotFound once it has lapsed."""
        access, local_id = self._route(lease_id)
        return await access.renew_live(local_id)

    async def close_live(self, lease_id: str) -> None:
        """Give a stream back."""
        access, local_id = self._route(lease_id)
        await access.close_live(local_id)

    async def picture(self, channel_id: str) -> bytes:
        """Return the present picture of a camera, JPEG. Raises NotAble where its center takes none."""
        access, local_id = self._route(channel_id)
        return await access.picture(local_id)

    async def force_alarm(self, channel_id: str, on: bool) -> None:
        """Raise a camera's alarm by hand, or take back one raised so. Raises NotAble where its center can't."""
        access, local_id = self._route(channel_id)
        await access.force_alarm(local_id, on)

    def ptz_center(self, channel_id: str) -> tuple[PtzCenter, str]:
        """Return who moves a camera, and its id there; for steering, which has its own threads.

        Raises NotFound, NotAble, SignInNeeded, ServerFailed.
        """
        access, local_id = self._route(channel_id)
        return access.ptz_center(), local_id

    async def ask_ptz(self, channel_id: str, work: Callable[[PtzCenter, str], _Result]) -> _Result:
        """Return what `work(center, id there)` returns, which asks the center on a thread."""
        access, local_id = self._route(channel_id)
        return await access.ask_ptz(lambda center: work(center, local_id))

    # --- end ---

    async def close(self) -> None:
        """Log out everywhere but where the operator is kept signed in; takes 5 s at most."""
        await self._sign_in.close()
        for task in self._tasks:
            task.cancel()
        staying = {access.key for access in self._accesses.values() if self._sign_in.stays(access)}
        closing = (a.session.close(stay_signed_in=a.key in staying) for a in self._accesses.values())
        await asyncio.gather(*closing)

    # --- inside ---

    async def _forget(self, config: CenterConfig) -> None:
        try:
            await self.makes.forget(config)
        except KeyringFailed as err:
            subject = config.name or config.url
            notice = Notice(f"sign-in {config.key}", NoticeKind.SECRETS_LEFT, NoticeLevel.WARNING, subject, error=err)
            self.noticed.emit(notice)

    async def _say_farewell(self, key: str) -> None:
        access = self._accesses.get(key)
        if self.farewell is not None and access is not None and access.session.signed_in:
            await self.farewell(key)

    def _route(self, gid: str) -> tuple[CenterAccess, str]:
        key, local_id = split_id(gid)
        return self.access(key), local_id

    def _open(self, config: CenterConfig) -> CenterAccess:
        access = CenterAccess(config, self._adapter(config), self._stand_in)
        self._accesses[config.key] = access
        key, session = config.key, access.session
        was_signed_in = False

        def on_changed() -> None:
            nonlocal was_signed_in
            if session.signed_in and not was_signed_in:
                self._start_reading(access)
            was_signed_in = session.signed_in
            if self._accesses.get(key) is access:
                self.changed.emit(key)
                self.state_changed.emit()

        access.changed.connect(on_changed)
        access.status_changed.connect(self.status_changed)
        access.ptz_changed.connect(self.ptz_changed)
        access.presets_changed.connect(self.presets_changed)
        access.alarm.connect(self.alarm)
        access.tree_changed.connect(self.events_lost)
        session.sign_in_needed.connect(lambda: self.sign_in_needed.emit(key))
        session.refresh_token_changed.connect(lambda: self._sign_in.on_refresh_token_changed(access))
        return access

    def _start_reading(self, access: CenterAccess) -> None:
        task = asyncio.get_running_loop().create_task(access.read_counts())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _take(self, access: CenterAccess, config: CenterConfig) -> None:
        """Let a center have another configuration, also in the settings. Raises StorageFailed."""
        access.config = config
        try:
            self._save(tuple(config if other.key == config.key else other for other in self.configs))
        finally:
            self.changed.emit(config.key)
            self.state_changed.emit()

    def _take_quietly(self, access: CenterAccess, config: CenterConfig) -> None:
        try:
            self._take(access, config)
        except StorageFailed as err:
            self.noticed.emit(Notice("settings", NoticeKind.FAILED, NoticeLevel.WARNING, error=err))

    def _save(self, configs: tuple[CenterConfig, ...]) -> None:
        self._preferences.change(centers=configs)


def _is_other_door(old: CenterConfig, new: CenterConfig) -> bool:
    return (old.url, old.ca_file, old.adapter) != (new.url, new.ca_file, new.adapter)
