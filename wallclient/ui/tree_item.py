"""Rows of the tree as the model keeps them. No Qt."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wallclient.domain.node import Node

_numbers = itertools.count(1)


class TreeItem:
    """One row: its node, its place, and how much of its children was read."""

    __slots__ = ("children", "loaded", "loading", "next_cursor", "node", "number", "parent", "removed", "row")

    def __init__(self, node: Node | None, parent: "TreeItem | None") -> None:
        self.node = node
        self.parent = parent
        self.number = next(_numbers)
        self.row = 0
        self.children: list[TreeItem] = []
        self.loaded = False  # at least the first page was read
        self.loading = False
        self.next_cursor: str | None = None
        self.removed = False

    def append(self, items: "Sequence[TreeItem]") -> None:
        """Add children at the end."""
        for row, item in enumerate(items, len(self.children)):
            item.row = row
        self.children.extend(items)

    def insert(self, row: int, item: "TreeItem") -> None:
        """Add a child."""
        self.children.insert(row, item)
        self._renumber(row)

    def take(self, row: int) -> "TreeItem":
        """Remove a child and return it."""
        item = self.children.pop(row)
        self._renumber(row)
        return item

    def _renumber(self, first: int) -> None:
        for row in range(first, len(self.children)):
            self.children[row].row = row


@dataclass(slots=True)
class Step:
    """A row to take out, or an item to put in."""

    row: int
    remove: bool = False
    insert: TreeItem | None = None


def merge(item: TreeItem, nodes: Sequence[Node]) -> Iterator[Step]:
    """Yield the steps that give `item` the children `nodes`; each is to be done before the next is asked for.

    Rows that stay keep their items, and so what is open and selected below them.
    """
    wanted = {node.id for node in nodes}
    for row in range(len(item.children) - 1, -1, -1):
        child = item.children[row].node
        if child is None or child.id not in wanted:
            yield Step(row, remove=True)
    for row, node in enumerate(nodes):
        found = item.children[row].node if row < len(item.children) else None
        if found is not None and found.id == node.id:
            continue
        later = next((c.row for c in item.children[row:] if c.node and c.node.id == node.id), None)
        if later is not None:
            yield Step(later, remove=True)  # rows seldom change places: what was open below is closed
        yield Step(row, insert=TreeItem(node, item))
