"""Filters over the tree: what they let through as SQL, and how many cameras that leaves below every node."""

import json
import sqlite3
from collections.abc import Collection
from typing import NamedTuple

from wallclient.catalog import rows
from wallclient.catalog.tree import Tree
from wallclient.domain.catalog_view import RowFilter

Counts = dict[int, tuple[int, int]]  # row -> total, online


class FilterCounts(NamedTuple):
    """Cameras a filter lets through, below every inner node and every region that has any."""

    groups: Counts
    regions: Counts


def condition(wanted: RowFilter, tree: Tree, favourites: Collection[str]) -> tuple[str, list[object]]:
    """Return the condition on a camera's row and its values. Cameras below a favourite node are favourites, too."""
    parts: list[str] = []
    values: list[object] = []
    if wanted.online:
        parts.append(f"state = {rows.ONLINE}")
    if wanted.camera_kinds:
        parts.append("look IN (SELECT value FROM json_each(?))")
        values.append(json.dumps([rows.LOOK_NUMBER[kind] for kind in wanted.camera_kinds]))
    if wanted.places:
        parts.append("place IN (SELECT value FROM json_each(?))")
        values.append(json.dumps([rows.PLACE_NUMBER[place] for place in wanted.places]))
    if wanted.tier is not None:
        parts.append("parent IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(tree.of_tier(rows.KIND_NUMBER[wanted.tier])))
    if wanted.favourites:
        parts.append("(id IN (SELECT id FROM favourite) OR parent IN (SELECT value FROM json_each(?)))")
        branches = [b.pk for b in tree.branches.values() if b.id in favourites]
        values.append(json.dumps(sorted(tree.below(branches))))
    if wanted.recent:
        parts.append("id IN (SELECT id FROM recent)")
    return " AND ".join(parts) or "1", values


def filter_counts(
    db: sqlite3.Connection, node: str, region: str, where: tuple[str, list[object]], tree: Tree
) -> FilterCounts:
    """Count what a condition lets through, by reading all cameras once."""
    read = f"SELECT parent, region, count(*), sum(online) FROM {node} WHERE kind = ? AND {where[0]}"
    found = db.execute(f"{read} GROUP BY parent, region", (rows.CHANNEL, *where[1])).fetchall()
    above = {branch.pk: branch.parent for branch in tree.branches.values()}
    regions_above = dict(db.execute(f"SELECT pk, parent FROM {region}"))
    groups: Counts = {}
    regions: Counts = {}
    for parent, region_pk, total, online in found:
        _add(groups, above, parent, total, online)
        _add(regions, regions_above, region_pk, total, online)
    return FilterCounts(groups, regions)


def _add(counts: Counts, above: dict[int, int], pk: int, total: int, online: int) -> None:
    while pk in above:
        so_far = counts.get(pk, (0, 0))
        counts[pk] = (so_far[0] + total, so_far[1] + online)
        pk = above[pk]
