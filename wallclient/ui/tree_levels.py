"""Levels of the tree as the mirrors of the centers serve them: in one of two hierarchies, sorted, filtered."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from wallclient.domain.catalog_view import NO_FILTER, CatalogRow, ChildPage, Hierarchy, RowFilter, SortBy
from wallclient.domain.global_id import ROOT, global_id, key_of, split_id
from wallclient.domain.node import Node
from wallclient.services.catalog import Catalog
from wallclient.ui.tree_item import Entry, TreeItem

if TYPE_CHECKING:
    from wallclient.services.catalogs import Catalogs


class Level(NamedTuple):
    """Some children of a row, from an offset on, and how many there are."""

    entries: list[Entry]
    total: int


class MirrorLevels:
    """Reads levels for the tree of one window. What is read at once takes some milliseconds; raises StorageFailed."""

    def __init__(self, catalogs: "Catalogs") -> None:
        self._catalogs = catalogs
        self.hierarchy = Hierarchy.GROUPS
        self.sort = SortBy.CENTER
        self.wanted = NO_FILTER

    def choose(self, hierarchy: Hierarchy, sort: SortBy, wanted: RowFilter) -> None:
        """Read in another way from now on."""
        self.hierarchy, self.sort, self.wanted = hierarchy, sort, wanted

    @property
    def is_settling(self) -> bool:
        """Tell whether the state of a camera decides where it stands, or whether it is shown at all."""
        return bool(self.wanted) or self.sort is SortBy.ONLINE

    def roots(self) -> list[Entry]:
        """Return the centers."""
        return [Entry(node.id, node) for node in self._catalogs.roots()]

    def serves(self, gid: str) -> bool:
        """Tell whether a mirror knows about this row."""
        return bool(gid) and self._catalogs.catalog(key_of(gid)) is not None

    def page_now(self, gid: str, offset: int, limit: int) -> Level | None:
        """Return some children of a row; None where a filter has to be prepared first."""
        key, catalog, parent = self._place(gid)
        page = catalog.children_now(parent, self.hierarchy, self.sort, self.wanted, offset, limit)
        return _level(key, page) if page is not None else None

    async def page(self, gid: str, offset: int, limit: int) -> Level:
        """Return some children of a row, and prepare the filter for `page_now`."""
        key, catalog, parent = self._place(gid)
        return _level(key, await catalog.children(parent, self.hierarchy, self.sort, self.wanted, offset, limit))

    async def refresh_filter(self) -> None:
        """Count anew what the filter lets through."""
        for key in self._catalogs.keys:
            if catalog := self._catalogs.catalog(key):
                await catalog.refresh_filter(self.wanted)

    def fresh(self, items: Iterable[TreeItem]) -> dict[str, Entry]:
        """Return what rows of one center show now, by id; without those that are gone, or whose counts are a filter's.

        All are read in one go: while a mirror is being written, every single question waits for its turn.
        """
        wanted = {split_id(item.id)[1]: item.id for item in items if item.is_channel or not self.wanted}
        catalog = self._catalogs.catalog(key_of(next(iter(wanted.values())))) if wanted else None
        if catalog is None:
            return {}
        return {(gid := wanted[id_]): _entry(key_of(gid), row) for id_, row in catalog.rows_now(wanted).items()}

    def line(self, gid: str) -> list[str]:
        """Return the ids from the center's root down to the parent of a row, in the hierarchy chosen."""
        key, catalog, local_id = self._place(gid)
        rows = catalog.ancestors_now(local_id, self.hierarchy) if local_id else ()
        return [global_id(key, ROOT), *(global_id(key, row.id) for row in rows)]

    def is_favourite(self, gid: str) -> bool:
        """Tell whether a row is a favourite."""
        return self._catalogs.is_favourite(gid)

    def _place(self, gid: str) -> tuple[str, Catalog, str | None]:
        key, local_id = split_id(gid)
        catalog = self._catalogs.catalog(key)
        assert catalog is not None, "asked for a center without a mirror"
        return key, catalog, local_id or None


def center_entry(node: Node) -> Entry:
    """Return what a row shows of a node a center told of."""
    return Entry(node.id, node)


def _level(key: str, page: ChildPage) -> Level:
    return Level([_entry(key, row) for row in page.rows], page.total)


def _entry(key: str, row: CatalogRow) -> Entry:
    return Entry(global_id(key, row.id), None, row, key)
