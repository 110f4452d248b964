"""Rows of the tree as the model keeps them. No Qt."""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wallclient.domain.catalog_view import CatalogRow
from wallclient.domain.node import Node
from wallclient.services.catalogs import node_of_row

_numbers = itertools.count(1)


class Entry(NamedTuple):
    """What a row is to show: a node as a center tells it, or a row of the mirror of center `key`."""

    id: str  # global
    node: Node | None
    row: CatalogRow | None = None
    key: str = ""


class TreeItem:
    """One row: what it shows, its place, and how much of its children was read."""

    __slots__ = (
        "_node",
        "children",
        "entry",
        "is_channel",
        "loaded",
        "loading",
        "next_cursor",
        "number",
        "parent",
        "removed",
        "row",
        "stale",
        "total",
    )

    def __init__(self, entry: Entry | None, parent: "TreeItem | None") -> None:
        self.parent = parent
        self.number = next(_numbers)
        self.row = 0
        self.children: list[TreeItem] = []
        self.loaded = False  # at least the first page was read
        self.loading = False
        self.next_cursor: str | None = None  # of a center's pages
        self.total = 0  # children in the mirror
        self.removed = False
        self.take_over(entry)

    def take_over(self, entry: Entry | None) -> None:
        """Show something else."""
        self.entry = entry
        self.stale = False  # the mirror has news of it
        self._node = entry.node if entry else None
        self.is_channel = entry is not None and (
            entry.row.is_channel if entry.row else entry.node is not None and entry.node.is_channel
        )

    @property
    def id(self) -> str:
        """Global id; empty for the invisible root."""
        return self.entry.id if self.entry else ""

    @property
    def node(self) -> Node | None:
        """What walls and drags know of the row; made when first asked for."""
        if self._node is None and self.entry is not None and self.entry.row is not None:
            self._node = node_of_row(self.entry.key, self.entry.row, self._path())
        return self._node

    @property
    def catalog_row(self) -> CatalogRow | None:
        """What the mirror tells of the row, if it is a mirror's."""
        return self.entry.row if self.entry else None

    @property
    def counts(self) -> tuple[int, int]:
        """Cameras below: total and online."""
        entry = self.entry
        if entry is None:
            return 0, 0
        if entry.row is not None:
            return entry.row.total, entry.row.online
        return (entry.node.channels_total, entry.node.channels_online) if entry.node else (0, 0)

    def add(self, row: int, items: "Sequence[TreeItem]") -> None:
        """Put children in at a place."""
        self.children[row:row] = items
        self._renumber(row)

    def take(self, first: int, last: int) -> "list[TreeItem]":
        """Take children out, `last` included, and return them."""
        taken = self.children[first : last + 1]
        del self.children[first : last + 1]
        self._renumber(first)
        return taken

    def reorder(self, items: "list[TreeItem]") -> None:
        """Give the same children another order."""
        self.children = items
        self._renumber(0)

    def _renumber(self, first: int) -> None:
        for row in range(first, len(self.children)):
            self.children[row].row = row

    def _path(self) -> tuple[str, ...]:
        names = []
        above = self.parent
        while above is not None and above.entry is not None and above.entry.row is not None:
            names.append(above.entry.row.name)
            above = above.parent
        return tuple(reversed(names))


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the unbroken runs (first, last) of rising numbers, the last run first: so rows can be taken out."""
    last: int | None = None
    for at in range(len(rows) - 1, -1, -1):
        last = rows[at] if last is None else last
        if at == 0 or rows[at - 1] != rows[at] - 1:
            yield rows[at], last
            last = None
