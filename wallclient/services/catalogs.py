"""The mirrors of all centers, by global ids: opened before the network is asked, followed once signed in."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer, Signal

from wallclient.catalog.mirror import mirror_path
from wallclient.domain.catalog_view import CatalogChange, CatalogRow, SearchHit, SyncPhase
from wallclient.domain.errors import NotFound, StorageFailed, WallError
from wallclient.domain.global_id import ROOT, global_channel, global_id, split_id
from wallclient.domain.node import Channel, Node, NodeKind
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.services.catalog import Catalog
from wallclient.services.center_access import AccessState, CenterAccess
from wallclient.services.centers import Centers
from wallclient.services.search_marks import SearchMarks, Span
from wallclient.storage.mirrors import mirror_folder

_log = logging.getLogger(__name__)
_RESUMES = (SyncPhase.IDLE, SyncPhase.SIGN_IN_NEEDED)


@dataclass(frozen=True, slots=True)
class Found:
    """A row one of the centers' mirrors found."""

    key: str  # of the center
    hit: SearchHit
    marks: tuple[Span, ...] = ()  # parts of the name that were found

    @property
    def id(self) -> str:
        """The row's global id."""
        return global_id(self.key, self.hit.row.id)

    def node(self) -> Node:
        """Return the row as walls and drags know it."""
        return node_of_row(self.key, self.hit.row, self.hit.path)


@dataclass(frozen=True, slots=True)
class FoundList:
    """What a search found, the best first. `complete` is False where time ran out."""

    text: str
    rows: tuple[Found, ...] = ()
    complete: bool = True


def node_of_row(key: str, row: CatalogRow, path: tuple[str, ...] = ()) -> Node:
    """Return a row of the mirror of center `key` as a node; `path`: names from the root down to its parent."""
    parent = global_id(key, ROOT if row.parent_id is None else row.parent_id)
    channel = global_channel(key, row.channel(path)) if row.is_channel else None
    return Node(global_id(key, row.id), parent, row.kind, row.name, row.gb_code, row.total, row.online, channel)


class Catalogs(QObject):
    """Owns a `Catalog` per center and operator. Lives on the GUI thread; its coroutines run on the Qt loop.

    A mirror shows itself only to its operator: it is opened at the start where he stays signed in, else once he has
    signed in, and is closed when he logs out. A session that merely ended leaves it open, marked with its age.
    """

    opened = Signal(str)  # center key: its mirror was opened, changed for another, or closed
    changed = Signal(str, object)  # center key, CatalogChange
    state_changed = Signal(str)  # center key: `Catalog.state`
    noticed = Signal(object)  # Notice

    def __init__(self, centers: Centers, data: Path, parent: QObject | None = None) -> None:
        """`data` is the folder the mirrors are in."""
        super().__init__(parent)
        self._centers = centers
        self._data = data
        self._catalogs: dict[str, tuple[str, Catalog]] = {}  # by center: operator, his mirror
        self._reachable: dict[str, bool] = {}
        self._revoked: set[str] = set()
        self._moved: dict[str, CenterAccess] = {}  # whose `catalog_moved` is connected
        self._loop = asyncio.get_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._searches: WeakKeyDictionary[object, object] = WeakKeyDictionary()  # asker -> his last search
        self._marks = SearchMarks()
        centers.changed.connect(self._on_center_changed)
        centers.added.connect(self._on_center_changed)
        centers.removed.connect(self._close)
        centers.sign_in_needed.connect(self._revoked.add)
        for access in centers.accesses:
            self._watch(access)
            if access.config.stay_signed_in and access.config.user:
                self._open_kept(access)

    # --- which mirrors ---

    @property
    def keys(self) -> list[str]:
        """The centers with an open mirror, in the operator's order."""
        return [access.key for access in self._centers.accesses if access.key in self._catalogs]

    def catalog(self, key: str) -> Catalog | None:
        """Return the open mirror of a center."""
        found = self._catalogs.get(key)
        return found[1] if found else None

    def roots(self) -> list[Node]:
        """Return the centers as nodes, with the mirrors' counts where there are mirrors."""
        return [self._root(access) for access in self._centers.accesses]

    def row_now(self, gid: str) -> CatalogRow | None:
        """Return the row with a global id, if a mirror has it. Raises StorageFailed."""
        key, local_id = split_id(gid)
        catalog = self.catalog(key)
        return catalog.row_now(local_id) if catalog and local_id else None

    def with_code(self, key: str, code: str) -> str | None:
        """Return the global id of the one camera of a center with a GB/T 28181 code; None for none or several.

        Raises StorageFailed.
        """
        catalog = self.catalog(key)
        found = catalog.cameras_with_code_now(code) if catalog else ()
        return global_id(key, found[0]) if len(found) == 1 else None

    def channel_now(self, gid: str) -> Channel | None:
        """Return a camera as its mirror has it, if one does. Raises StorageFailed."""
        row = self.row_now(gid)
        key, local_id = split_id(gid)
        if row is None or not row.is_channel:
            return None
        return global_channel(key, row.channel(_path(self._catalogs[key][1], local_id)))

    def name_now(self, gid: str) -> str:
        """Return the name of what has a global id; empty where no mirror has it."""
        try:
            row = self.row_now(gid)
        except StorageFailed:
            return ""
        return row.name if row is not None else ""

    def start(self, key: str) -> None:
        """Follow a center (again) where somebody is signed in. Raises StorageFailed, NotFound."""
        access = self._centers.access(key)
        catalog = self.catalog(key)
        if catalog is not None and access.session.signed_in:
            catalog.start_sync(access.session.center)

    # --- reading on threads ---

    async def warm_up(self) -> None:
        """Load what the first search would have to wait for. Raises StorageFailed."""
        for _, catalog in list(self._catalogs.values()):
            await catalog.warm_up()

    async def search(self, text: str, limit: int = 100, asker: object | None = None) -> FoundList | None:
        """Return the best hits of all mirrors, or None if `asker` began a later search meanwhile.

        Searches of other askers (each window has one) go on. Raises StorageFailed.
        """
        asker = asker or self
        mine = self._searches[asker] = object()
        keys = self.keys
        answers = await asyncio.gather(*(self._catalogs[key][1].search(text, limit, asker) for key in keys))
        if self._searches.get(asker) is not mine or any(answer is None for answer in answers):
            return None
        hits = [[Found(k, hit) for hit in answer.hits] for k, answer in zip(keys, answers, strict=True) if answer]
        ranked = [found for found in chain.from_iterable(zip_longest(*hits)) if found]  # no ranks over centers: in turn
        marked = await asyncio.to_thread(self._marked, ranked[:limit], text)
        if self._searches.get(asker) is not mine:
            return None
        return FoundList(text, marked, all(answer.complete for answer in answers if answer))

    def _marked(self, found: list[Found], text: str) -> tuple[Found, ...]:
        return tuple(replace(one, marks=self._marks.spans(one.hit.row.name, text)) for one in found)

    async def channels_below(self, node_id: str, limit: int) -> tuple[Channel, ...]:
        """Return up to `limit` channels below a node or region, online ones first; from the center without a mirror."""
        key, local_id = split_id(node_id)
        catalog = self.catalog(key)
        if catalog is None:
            return await self._centers.channels_below(node_id, limit)
        heads = [local_id] if local_id != ROOT else [row.id for row in _first_level(catalog)]
        rows: list[CatalogRow] = []
        for head in heads:
            if len(rows) < limit:
                rows += (await catalog.cameras_below(head, limit - len(rows)))[0]
        return tuple(global_channel(key, row.channel(_path(catalog, row.id))) for row in rows)

    # --- favourites, recent ---

    def is_favourite(self, gid: str) -> bool:
        """Tell whether a node is a favourite."""
        key, local_id = split_id(gid)
        catalog = self.catalog(key)
        return catalog is not None and catalog.is_favourite(local_id)

    async def set_favourite(self, gid: str, favourite: bool) -> None:
        """Make a node a favourite or not. Raises StorageFailed; NotFound where there is no mirror."""
        key, local_id = split_id(gid)
        catalog = self.catalog(key)
        if catalog is None or not local_id:
            raise NotFound("only what a mirror holds can be a favourite")
        await catalog.set_favourite(local_id, favourite)

    def add_recent(self, channels: tuple[Channel, ...]) -> None:
        """Remember cameras as shown just now; trouble is logged, for the pictures are not touched by it."""
        for channel in channels:
            key, local_id = split_id(channel.id)
            catalog = self.catalog(key)
            if catalog is not None and not catalog.state.read_only:
                self._start(catalog.add_recent(local_id))

    # --- end ---

    async def close(self) -> None:
        """Close all mirrors; takes 3 s at most."""
        self._closed = True
        open_ones = [catalog for _, catalog in self._catalogs.values()]
        self._catalogs.clear()
        await asyncio.gather(*(catalog.close() for catalog in open_ones), *self._tasks, return_exceptions=True)

    # --- inside ---

    def _root(self, access: CenterAccess) -> Node:
        catalog = self.catalog(access.key)
        root = access.root
        if catalog is None:
            return root
        rows = _first_level(catalog)
        total, online = sum(row.total for row in rows), sum(row.online for row in rows)
        return Node(root.id, None, NodeKind.CENTER, root.name, "", total, online)

    def _watch(self, access: CenterAccess) -> None:
        if self._moved.get(access.key) is not access:
            self._moved[access.key] = access
            access.session.catalog_moved.connect(partial(self._follow, access.key))
            access.tree_changed.connect(partial(self._follow, access.key))

    def _follow(self, key: str, _moved: object = None) -> None:
        if catalog := self.catalog(key):
            catalog.follow_now()

    def _on_center_changed(self, key: str) -> None:
        if self._closed:
            return  # the centers are closed after their mirrors, and tell of it
        try:
            access = self._centers.access(key)
        except NotFound:
            return
        if self._moved.get(key) is not access:  # another door: what is mirrored is another center's
            self._close(key)
            self._watch(access)
        if access.session.signed_in:
            self._on_signed_in(access)
        elif key in self._catalogs and access.state is AccessState.SIGNED_OUT:
            QTimer.singleShot(0, self, partial(self._on_signed_out, key))  # why is told a moment later

    def _on_signed_in(self, access: CenterAccess) -> None:
        key, operator = access.key, access.session.operator
        self._revoked.discard(key)
        user = operator.user if operator else access.config.user
        if not access.session.capabilities.catalog:
            self._close(key)
            return
        if key not in self._catalogs or self._catalogs[key][0] != user:  # at a site nobody has a name
            self._close(key)
            self._open(access, user)
        catalog = self.catalog(key)
        was, is_ = self._reachable.get(key, False), access.session.reachable
        self._reachable[key] = is_
        if catalog is None:
            return
        if catalog.state.phase in _RESUMES and not catalog.state.read_only:
            self._start_sync(catalog, access)
        elif is_ and not was:
            catalog.follow_now()

    def _start_sync(self, catalog: Catalog, access: CenterAccess) -> None:
        try:
            catalog.start_sync(access.session.center)
        except StorageFailed as err:
            self._tell(access.key, err)

    def _on_signed_out(self, key: str) -> None:
        try:
            signed_out = self._centers.access(key).state is AccessState.SIGNED_OUT
        except NotFound:
            return
        if signed_out and key not in self._revoked:
            self._close(key)

    def _open_kept(self, access: CenterAccess) -> None:
        path = mirror_path(mirror_folder(self._data, access.key), access.key, access.config.user)
        if path.exists():
            self._open(access, access.config.user)

    def _open(self, access: CenterAccess, user: str) -> None:
        key = access.key
        catalog = Catalog(self)
        catalog.changed.connect(lambda change: self._on_changed(key, catalog, change))
        catalog.sync_state_changed.connect(lambda: self.state_changed.emit(key))
        catalog.set_aside.connect(self._on_set_aside)
        folder = mirror_folder(self._data, key)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            catalog.open(folder, key, user)
        except (StorageFailed, OSError) as err:
            self._tell(key, err if isinstance(err, StorageFailed) else StorageFailed(str(err)))
            self._start(catalog.close())
            return
        self._catalogs[key] = (user, catalog)
        self.opened.emit(key)

    def _close(self, key: str) -> None:
        self._reachable.pop(key, None)
        found = self._catalogs.pop(key, None)
        if found is not None:
            self.opened.emit(key)
            self._start(found[1].close())

    def _on_changed(self, key: str, catalog: Catalog, change: CatalogChange) -> None:
        if self.catalog(key) is catalog:
            self.changed.emit(key, change)

    def _on_set_aside(self, path: str) -> None:
        self.noticed.emit(Notice(path, NoticeKind.FILE_SET_ASIDE, NoticeLevel.WARNING, path))

    def _tell(self, key: str, err: WallError) -> None:
        title = self._centers.access(key).title
        self.noticed.emit(Notice(f"mirror {key}", NoticeKind.FAILED, NoticeLevel.ERROR, title, error=err))

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        async def guarded() -> None:
            try:
                await work
            except WallError:
                _log.exception("the mirror could not be read or written")

        task = self._loop.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _first_level(catalog: Catalog) -> tuple[CatalogRow, ...]:
    page = catalog.children_now(None, limit=1000)
    return page.rows if page else ()


def _path(catalog: Catalog, local_id: str) -> tuple[str, ...]:
    return tuple(row.name for row in catalog.ancestors_now(local_id))
