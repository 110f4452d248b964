"""Reading the mirror: pages of children, rows, paths. Each reader has a connection of its own and never waits for one.

What is read comes from one state of the file, however long the writer is at it. Lists and trees that were made for
a state are kept until the file has another.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wallclient.catalog import rows, schema
from wallclient.catalog.filters import FilterCounts, condition, filter_counts
from wallclient.catalog.regions import KINDS
from wallclient.catalog.tree import Tree
from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import (
    NO_FILTER,
    REGION_PREFIX,
    CatalogRow,
    ChildPage,
    Hierarchy,
    NodeFlag,
    RowFilter,
    SortBy,
)
from wallclient.domain.errors import StorageFailed

_KEPT_LISTS = 64
_ORDER = {
    SortBy.CENTER: "position, sort, id",
    SortBy.NAME: "sort, id",
    SortBy.CODE: "code = '', code, sort, id",
    SortBy.ONLINE: "online = 0, sort, id",
}
_REGION_ORDER = {SortBy.NAME: "sort, code", SortBy.ONLINE: "online = 0, sort, code"}
_Key = tuple[str | None, Hierarchy, SortBy, RowFilter]


class MirrorReader:
    """Reads one mirror, from one thread at a time. Raises StorageFailed.

    A file without any tree, or without tables even, is an empty tree. Numbers of regions are negative in lists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._version: int | None = None
        self._lists: dict[_Key, array[int]] = {}
        self._counts: dict[RowFilter, FilterCounts] = {}
        self._has_meta = False
        self._favourites: dict[str, float] | None = None
        self._tree: Tree | None = None
        self._tree_version: tuple[int | None, int] = (None, -1)
        self._generation: int | None = None

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
        self._db = None
        self._version = None

    def interrupt(self) -> None:
        """Break off what is being read; from any thread."""
        db = self._db
        if db is not None:
            db.interrupt()

    # --- what there is ---

    def cameras(self) -> int:
        """Count all cameras."""
        with self.reading() as db:
            if self._generation is None:
                return 0
            total = db.execute(f"SELECT total(total) FROM {self.node} WHERE parent = 0").fetchone()[0]
        return int(total)

    def is_tidy(self) -> bool:
        """Tell whether the search index of a new tree has been put in order."""
        with self.reading() as db:
            return self.has_tree and not db.execute("SELECT 1 FROM meta WHERE key = 'tidy'").fetchone()

    def standing(self) -> tuple[int, float | None]:
        """Return `cameras` and `synced_unix_s` of one state of the file."""
        with self.reading():
            return self.cameras(), self.synced_unix_s()

    def synced_unix_s(self) -> float | None:
        """Return when the mirror was in step last; None: never."""
        with self.reading() as db:
            found = db.execute("SELECT value FROM meta WHERE key = 'synced'").fetchone() if self._has_meta else None
        return float(found[0]) if found else None

    def sequence(self) -> int:
        """Return the place in the change feed the tree has come to; -1: none."""
        with self.reading() as db:
            if self._generation is None:
                return -1
            key = f"standing_{self._generation}"
            found = db.execute("SELECT json_extract(value, '$.sequence') FROM meta WHERE key = ?", (key,)).fetchone()
        return int(found[0]) if found else -1

    def favourites(self) -> dict[str, float]:
        """Return the favourites and when they became so (Unix seconds)."""
        with self.reading() as db:
            return dict(self._read_favourites(db))

    def recent(self) -> list[str]:
        """Return the cameras shown lately, the last one first."""
        with self.reading() as db:
            if not self._has_meta:
                return []
            return [id_ for (id_,) in db.execute("SELECT id FROM recent ORDER BY at DESC")]

    # --- children ---

    def is_prepared(self, wanted: RowFilter) -> bool:
        """Tell whether pages with this filter come at once; the first one reads all cameras (0.1 s for 500,000)."""
        with self.reading():
            return not wanted or wanted in self._counts or _is_small(wanted)

    def kept_counts(self, wanted: RowFilter) -> FilterCounts | None:
        """Return what was counted for a filter, for another reader of the same mirror."""
        return self._counts.get(wanted)

    def keep_counts(self, wanted: RowFilter, counts: FilterCounts | None) -> None:
        """Take over what another reader counted. It stays until there is another tree, and may be a little old."""
        if counts is not None:
            self._counts[wanted] = counts
            self._lists.clear()

    def count_anew(self, wanted: RowFilter) -> None:
        """Count again what a filter lets through."""
        with self.reading() as db:
            self._counts.pop(wanted, None)
            if self._generation is not None:
                self._filter_counts(db, wanted)

    def has_news(self) -> bool:
        """Tell whether the file has changed since it was read last, or this was asked last."""
        before = self._version
        with self.reading():
            return self._version != before

    def children(
        self,
        parent_id: str | None,
        hierarchy: Hierarchy = Hierarchy.GROUPS,
        sort: SortBy = SortBy.CENTER,
        wanted: RowFilter = NO_FILTER,
        offset: int = 0,
        limit: int = 200,
    ) -> ChildPage:
        """Return a page of the children of a node (None: the first level); empty for a node that is not there."""
        with self.reading() as db:
            if self._generation is None:
                return ChildPage((), offset, 0)
            key = (parent_id, hierarchy, sort, wanted)
            found = self._lists.get(key)
            if found is None:
                if len(self._lists) >= _KEPT_LISTS:
                    self._lists.clear()
                found = self._lists[key] = self._listed(db, *key)
            part = found[offset : offset + limit]
            return ChildPage(tuple(self._rows(db, part, parent_id, wanted)), offset, len(found))

    def _listed(
        self, db: sqlite3.Connection, parent_id: str | None, hierarchy: Hierarchy, sort: SortBy, wanted: RowFilter
    ) -> "array[int]":
        if hierarchy is Hierarchy.REGIONS:
            return self._listed_regions(db, parent_id, sort, wanted)
        parent = 0 if parent_id is None else self._pk(db, parent_id)
        if parent is None:
            return array("q")
        shown = "parent = ? AND kind <> ? AND (pk <> 1 OR total > 0)"  # 1: the root of what has no place
        inner = f"SELECT pk FROM {self.node} WHERE {shown} ORDER BY {_ORDER[sort]}"
        pks = array("q", [pk for (pk,) in db.execute(inner, (parent, rows.CHANNEL))])
        if wanted:
            counts = self._filter_counts(db, wanted).groups
            pks = array("q", [pk for pk in pks if counts.get(pk, (0, 0))[0]])
        where, values = self._condition(db, wanted)
        cameras = f"SELECT pk FROM {self.node} WHERE parent = ? AND kind = ? AND {where} ORDER BY {_ORDER[sort]}"
        pks.extend(pk for (pk,) in db.execute(cameras, (parent, rows.CHANNEL, *values)))
        return pks

    def _listed_regions(
        self, db: sqlite3.Connection, parent_id: str | None, sort: SortBy, wanted: RowFilter
    ) -> "array[int]":
        parent = 0 if parent_id is None else self._region_pk(db, parent_id)
        if parent is None:
            return array("q")
        order = _REGION_ORDER.get(sort, "code = '', code")
        inner = f"SELECT pk FROM {self.region} WHERE parent = ? AND total > 0 ORDER BY {order}"
        pks = array("q", [-pk for (pk,) in db.execute(inner, (parent,))])
        if wanted:
            counts = self._filter_counts(db, wanted).regions
            pks = array("q", [pk for pk in pks if counts.get(-pk, (0, 0))[0]])
        if parent:
            where, values = self._condition(db, wanted)
            cameras = f"SELECT pk FROM {self.node} WHERE region = ? AND {where} ORDER BY {_ORDER[sort]}"
            pks.extend(pk for (pk,) in db.execute(cameras, (parent, *values)))
        return pks

    # --- single rows ---

    def row(self, node_id: str) -> CatalogRow | None:
        """Return the row of a node or region."""
        with self.reading() as db:
            if self._generation is None:
                return None
            if node_id.startswith(REGION_PREFIX):
                pk = self._region_pk(db, node_id)
                numbers = [] if pk is None else [-pk]
            else:
                pk = self._pk(db, node_id)
                numbers = [] if pk is None else [pk]
            return next(self._rows(db, numbers, None, NO_FILTER), None)

    def rows_by_id(self, node_ids: Iterable[str]) -> dict[str, CatalogRow]:
        """Return many rows at once, by id; those that are not there are left out."""
        wanted = list(node_ids)
        with self.reading() as db:
            if self._generation is None:
                return {}
            ids = json.dumps([id_ for id_ in wanted if rows.storable(id_)])
            read = f"SELECT pk FROM {self.node} WHERE id IN (SELECT value FROM json_each(?))"
            numbers = [pk for (pk,) in db.execute(read, (ids,)).fetchall()]
            regions = (self._region_pk(db, id_) for id_ in wanted if id_.startswith(REGION_PREFIX))
            numbers += [-pk for pk in regions if pk is not None]
            return {row.id: row for row in self._rows(db, numbers, None, NO_FILTER)}

    def rows_of(self, pks: Iterable[int]) -> list[CatalogRow]:
        """Return rows by number, in that order; those that went meanwhile are left out."""
        with self.reading() as db:
            return list(self._rows(db, list(pks), None, NO_FILTER)) if self._generation is not None else []

    def ancestors(self, node_id: str, hierarchy: Hierarchy = Hierarchy.GROUPS) -> tuple[CatalogRow, ...]:
        """Return the rows from the first level down to the parent of a node."""
        with self.reading() as db:
            if self._generation is None:
                return ()
            if hierarchy is Hierarchy.REGIONS:
                return tuple(self._rows(db, self._region_line(db, node_id), None, NO_FILTER))
            find = f"SELECT parent FROM {self.node} WHERE id = ?"
            found = db.execute(find, (node_id,)).fetchone() if rows.storable(node_id) else None
            line = self._tree_of(db).line(found[0]) if found else []
            return tuple(self._rows(db, line, None, NO_FILTER))

    def cameras_below(
        self, node_id: str, limit: int, wanted: RowFilter = NO_FILTER, hierarchy: Hierarchy = Hierarchy.GROUPS
    ) -> tuple[tuple[CatalogRow, ...], int]:
        """Return up to `limit` cameras anywhere below a node or region, online ones first, and how many there are."""
        with self.reading() as db:
            if self._generation is None:
                return (), 0
            column, places = self._places_below(db, node_id)
            where, values = self._condition(db, wanted)
            here = f"FROM {self.node} WHERE {column} IN (SELECT value FROM json_each(?)) AND kind = ? AND {where}"
            arguments = (json.dumps(places), rows.CHANNEL, *values)
            total = db.execute(f"SELECT count(*) {here}", arguments).fetchone()[0]
            found = db.execute(f"SELECT pk {here} ORDER BY online = 0, pk LIMIT ?", (*arguments, limit)).fetchall()
            return tuple(self._rows(db, [pk for (pk,) in found], None, NO_FILTER)), total

    def cameras_with_code(self, code: str) -> tuple[str, ...]:
        """Return the ids of the cameras with a GB/T 28181 code: more than one where the center gave it twice."""
        with self.reading() as db:
            if self._generation is None or not rows.storable(code):
                return ()
            find = f"SELECT id FROM {self.node} WHERE code = ? AND kind = ? ORDER BY id"
            return tuple(id_ for (id_,) in db.execute(find, (code, rows.CHANNEL)))

    def original(self, node_id: str) -> tuple[str, str] | None:
        """Return name and code as the center told them, where they are not shown as they are."""
        with self.reading() as db:
            if self._generation is None or not rows.storable(node_id):
                return None
            find = f"SELECT name, code FROM odd_{self._generation} WHERE id = ?"
            found = db.execute(find, (node_id,)).fetchone()
        return (rows.original(found[0]), rows.original(found[1])) if found else None

    # --- for the search ---

    @property
    def node(self) -> str:
        """Name of the table of nodes; within `reading`, when there is a tree."""
        return f"node_{self._generation}"

    @property
    def region(self) -> str:
        """Name of the table of regions."""
        return f"region_{self._generation}"

    @property
    def find(self) -> str:
        """Name of the search index."""
        return f"find_{self._generation}"

    @property
    def has_tree(self) -> bool:
        """Tell within `reading` whether there is anything to read."""
        return self._generation is not None

    def tree(self) -> Tree:
        """Return the inner nodes; within `reading`."""
        return self._tree_of(self._opened())

    # --- inside ---

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read from one state of the file; may be nested."""
        try:
            db = self._opened()
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN")
            try:
                self._look(db)
                yield db
            finally:
                db.rollback()
        except sqlite3.Error as err:
            raise StorageFailed(f"read the mirror {self._path.name}: {err}") from err

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = schema.connect_reader(self._path)
        return self._db

    def _look(self, db: sqlite3.Connection) -> None:
        """Find out which state the file has, and forget what was kept of another."""
        version = db.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        self._version = version
        self._has_meta = bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'recent'").fetchone())
        self._lists.clear()
        self._favourites = None
        for wanted in [wanted for wanted in self._counts if _is_small(wanted)]:
            del self._counts[wanted]
        found = (
            dict(db.execute("SELECT key, value FROM meta WHERE key IN ('shown', 'shape')")) if self._has_meta else {}
        )
        self._generation = found.get("shown")
        if self._tree_version != (self._generation, found.get("shape", 0)):
            self._tree = None
            self._counts.clear()
            self._tree_version = (self._generation, found.get("shape", 0))

    def _tree_of(self, db: sqlite3.Connection) -> Tree:
        if self._tree is None:
            read = f"SELECT pk, id, parent, name, code, kind FROM {self.node} WHERE kind <> ?"
            self._tree = Tree(db.execute(read, (rows.CHANNEL,)).fetchall())
        return self._tree

    def _filter_counts(self, db: sqlite3.Connection, wanted: RowFilter) -> FilterCounts:
        counts = self._counts.get(wanted)
        if counts is None:
            counts = self._counts[wanted] = filter_counts(
                db, self.node, self.region, self._condition(db, wanted), self._tree_of(db)
            )
        return counts

    def _condition(self, db: sqlite3.Connection, wanted: RowFilter) -> tuple[str, list[object]]:
        return condition(wanted, self._tree_of(db), self._read_favourites(db)) if wanted else ("1", [])

    def _read_favourites(self, db: sqlite3.Connection) -> dict[str, float]:
        if self._favourites is None:
            self._favourites = dict(db.execute("SELECT id, at FROM favourite")) if self._has_meta else {}
        return self._favourites

    def _pk(self, db: sqlite3.Connection, node_id: str) -> int | None:
        if not rows.storable(node_id):
            return None
        found = db.execute(f"SELECT pk FROM {self.node} WHERE id = ?", (node_id,)).fetchone()
        return int(found[0]) if found else None

    def _region_pk(self, db: sqlite3.Connection, region_id: str) -> int | None:
        code = region_id.removeprefix(REGION_PREFIX)
        if code == region_id or not rows.storable(code):
            return None
        found = db.execute(f"SELECT pk FROM {self.region} WHERE code = ?", (code,)).fetchone()
        return int(found[0]) if found else None

    def _region_line(self, db: sqlite3.Connection, node_id: str) -> list[int]:
        if node_id.startswith(REGION_PREFIX):
            pk = self._region_pk(db, node_id)
            first = db.execute(f"SELECT parent FROM {self.region} WHERE pk = ?", (pk,)).fetchone() if pk else None
        else:
            known = rows.storable(node_id)
            first = db.execute(f"SELECT region FROM {self.node} WHERE id = ?", (node_id,)).fetchone() if known else None
        above = dict(db.execute(f"SELECT pk, parent FROM {self.region}"))
        line: list[int] = []
        pk = first[0] if first else 0
        while pk in above:
            line.append(-pk)
            pk = above[pk]
        return line[::-1]

    def _places_below(self, db: sqlite3.Connection, node_id: str) -> tuple[str, list[int]]:
        """Return the column and its values that the cameras below a node have, or a camera itself."""
        if not node_id.startswith(REGION_PREFIX):
            pk = self._pk(db, node_id)
            tree = self._tree_of(db)
            if pk is not None and pk not in tree.branches:
                return "pk", [pk]  # a camera
            return "parent", [] if pk is None else sorted(tree.below([pk]))
        first = self._region_pk(db, node_id)
        below: dict[int, list[int]] = {}
        for pk, parent in db.execute(f"SELECT pk, parent FROM {self.region}"):
            below.setdefault(parent, []).append(pk)
        found: list[int] = []
        heads = [] if first is None else [first]
        while heads:
            found.append(heads.pop())
            heads += below.get(found[-1], ())
        return "region", found

    def _rows(
        self, db: sqlite3.Connection, numbers: Sequence[int], parent_id: str | None, wanted: RowFilter
    ) -> Iterator[CatalogRow]:
        """Yield rows by number. `parent_id`: what they were found below, where that is known."""
        if not numbers:
            return
        favourites = self._read_favourites(db)
        nodes = json.dumps([n for n in numbers if n > 0])
        read = f"SELECT pk, parent, {rows.SHOWN} FROM {self.node} WHERE pk IN (SELECT value FROM json_each(?))"
        found: dict[int, tuple[Any, ...]] = {r[0]: r for r in db.execute(read, (nodes,))}
        columns = "-pk, parent, code, name, total, online"
        read = f"SELECT {columns} FROM {self.region} WHERE pk IN (SELECT value FROM json_each(?))"
        regions = json.dumps([-n for n in numbers if n < 0])
        found |= {r[0]: r for r in db.execute(read, (regions,))} if len(regions) > 2 else {}
        counts = self._filter_counts(db, wanted) if wanted else None
        for number in numbers:
            values = found.get(number)
            if values is None:
                continue
            if number < 0:
                yield self._region_row(db, values, counts)
                continue
            above = parent_id if parent_id is not None else self._parent_id(db, values[1])
            shown = list(values[2:])
            if counts and shown[1] != rows.CHANNEL:
                shown[5], shown[6] = counts.groups.get(number, (0, 0))
            yield rows.row(shown, above, values[2] in favourites)

    def _parent_id(self, db: sqlite3.Connection, pk: int) -> str | None:
        return self._tree_of(db).id_of(pk) if pk else None

    def _region_row(self, db: sqlite3.Connection, values: Sequence[Any], counts: FilterCounts | None) -> CatalogRow:
        number, parent, code, name, total, online = values
        above = db.execute(f"SELECT code FROM {self.region} WHERE pk = ?", (parent,)).fetchone() if parent else None
        if counts:
            total, online = counts.regions.get(-number, (0, 0))
        return CatalogRow(
            id=REGION_PREFIX + code,
            parent_id=REGION_PREFIX + above[0] if above else None,
            kind=KINDS[len(code)],
            name=name,
            gb_code="",
            state=ChannelState.ONLINE,
            total=total,
            online=online,
            civil_code=code,
            flags=NodeFlag(0),
        )


def _is_small(wanted: RowFilter) -> bool:
    """Tell whether a filter looks at few cameras only, so that counting them anew takes no time."""
    return wanted.favourites or wanted.recent
