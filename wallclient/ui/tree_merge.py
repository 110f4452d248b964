"""Bringing a level of the tree from what it shows to what it is to show: in few steps, and no selection is lost."""

from itertools import pairwise
from typing import TYPE_CHECKING

from wallclient.ui.tree_item import Entry, TreeItem, runs

if TYPE_CHECKING:
    from wallclient.ui.tree_model import TreeModel


def merge_level(model: "TreeModel", parent: TreeItem, entries: list[Entry]) -> None:
    """Remove what is gone, put what stays into its new order, insert what is new, and tell what is different."""
    entries = list({entry.id: entry for entry in entries}.values())
    places = {entry.id: place for place, entry in enumerate(entries)}
    gone = [child.row for child in parent.children if child.id not in places]
    for first, last in runs(gone):
        model.take_out(parent, first, last)
    _reorder(model, parent, places)
    _insert(model, parent, entries)
    _take_over(model, parent, entries)


def _reorder(model: "TreeModel", parent: TreeItem, places: dict[str, int]) -> None:
    order = [places[child.id] for child in parent.children]
    if any(one > other for one, other in pairwise(order)):
        model.move_children(parent, sorted(parent.children, key=lambda child: places[child.id]))


def _insert(model: "TreeModel", parent: TreeItem, entries: list[Entry]) -> None:
    here = {child.id for child in parent.children}
    new = [place for place, entry in enumerate(entries) if entry.id not in here]
    for first, last in reversed(list(runs(new))):
        model.put_in(parent, first, entries[first : last + 1])


def _take_over(model: "TreeModel", parent: TreeItem, entries: list[Entry]) -> None:
    changed = []
    for child, entry in zip(parent.children, entries, strict=True):
        child.stale = False
        if child.entry != entry:
            child.take_over(entry)
            changed.append(child.row)
    for first, last in runs(changed):
        model.tell(parent.children[first], parent.children[last])
