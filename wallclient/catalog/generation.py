"""One generation of the mirror's tables, as the writer fills and changes it. Transactions are the caller's."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from wallclient.catalog import rows
from wallclient.catalog.grams import NameIndex, path_token, search_form
from wallclient.catalog.regions import Region, Regions, region_code, region_code_of_gb
from wallclient.catalog.schema import COLUMNS
from wallclient.catalog.shape import ROOT_PK, WITHOUT_PLACE_PK, Inner, Shape
from wallclient.catalog.touched import Touched
from wallclient.domain.catalog import CatalogNode, Change, Removed, StatusChange, Upsert
from wallclient.domain.catalog_view import WITHOUT_PLACE_ID, NodeFlag
from wallclient.domain.node import NodeKind

_NAMING = (rows.KIND_NUMBER[NodeKind.CITY], rows.KIND_NUMBER[NodeKind.DISTRICT], rows.KIND_NUMBER[NodeKind.STATION])
_TREE_FLAGS = int(NodeFlag.ORPHAN | NodeFlag.CYCLE)


class Generation:
    """The tables `…_<number>`. Use from the writer's thread, each method within a transaction that ends in `flush`.

    Ids are keys, the GB code never is. A row that is found or shown elsewhere than before gets a new number (`pk`): the
    search index has no content that could be changed, and forgets nothing; what has no row any more is passed over.
    """

    def __init__(self, connection: sqlite3.Connection, number: int, index: NameIndex) -> None:
        self._db = connection
        self.number = number
        self._index = index
        self._texts = rows.TextReader()
        self._shape = Shape()
        self._regions = Regions()
        self._next_pk = WITHOUT_PLACE_PK + 1
        self._node, self._odd, self._find = f"node_{number}", f"odd_{number}", f"find_{number}"
        self._renamed: set[int] = set()
        self._names_changed = False
        self._names: dict[str, str] = {}  # of regions, by code
        self._paths: dict[int, str] = {}
        self._touched = Touched()

    # --- life ---

    def begin(self) -> None:
        """Put the row into the empty tables that what has no place hangs below."""
        values = (WITHOUT_PLACE_PK, WITHOUT_PLACE_ID, 0, 0, rows.KIND_NUMBER[NodeKind.GROUP], "", "", 0, None, None)
        self._add_row((*values, None, None, 0, 0, 1 << 30, "", 0, b"\xff\xff", 0, 0, None))

    def load(self, next_pk: int) -> None:
        """Read the shape of tables that were filled before."""
        counts = self._db.execute(
            f"SELECT parent, count(*), sum(state = {rows.ONLINE}) FROM {self._node} WHERE kind = ? GROUP BY parent",
            (rows.CHANNEL,),
        ).fetchall()
        inner = f"SELECT pk, id, parent_id, name, kind, civil, code FROM {self._node} WHERE kind <> ? AND pk <> ?"
        for pk, id_, parent_id, name, kind, civil, code in self._db.execute(inner, (rows.CHANNEL, WITHOUT_PLACE_PK)):
            self._shape.add(Inner(pk, id_, parent_id, name, kind, region_code(civil) or region_code_of_gb(code)))
        for parent, total, online in counts:
            self._shape.count(parent, total, online)
        self._shape.take_changed()
        for values in self._db.execute(f"SELECT pk, code, parent, name, total, online FROM region_{self.number}"):
            self._regions.load(Region(*values))
        self._next_pk = next_pk
        self._names_changed = True

    @property
    def next_pk(self) -> int:
        """Number of the next row; no number is ever used again."""
        return self._next_pk

    # --- snapshot ---

    def insert(self, nodes: Sequence[CatalogNode]) -> int:
        """Add a page of a snapshot; return how many rows of it could be stored."""
        good = [n for n in nodes if rows.storable(n.id) and rows.storable(n.parent_id) and n.id != WITHOUT_PLACE_ID]
        for node in good:
            if not node.is_channel:
                self._put(node, duplicate=True)
        self._shape.settle()
        cameras = [node for node in good if node.is_channel]
        self._db.execute("SAVEPOINT page")
        try:
            self._insert_cameras(cameras)
        except sqlite3.IntegrityError:  # an id came twice: take one after the other
            self._db.execute("ROLLBACK TO page")
            for node in cameras:
                self._put(node, duplicate=True)
        self._db.execute("RELEASE page")
        return len(good)

    def _insert_cameras(self, cameras: Sequence[CatalogNode]) -> None:
        made = [self._camera_row(node) for node in cameras]
        marks = ",".join("?" * 21)
        self._db.executemany(f"INSERT INTO {self._node}({COLUMNS}) VALUES({marks})", [row for row, _, _ in made])
        self._db.executemany(
            f"INSERT INTO {self._find}(rowid, t) VALUES(?, ?)", [(r[0], tokens) for r, tokens, _ in made]
        )
        for (_, _, originals), node in zip(made, cameras, strict=True):
            if originals:
                self._keep_originals(node.id, originals)
        by_parent = Counter((row[2], row[19]) for row, _, _ in made)
        by_region = Counter((row[3], row[19]) for row, _, _ in made)
        for (parent, online), number in by_parent.items():
            self._shape.count(parent, number, number * online)
            self._touched.children.add(parent)
        for (region, online), number in by_region.items():
            self._regions.count(region, number, number * online)
            self._touched.region_children.add(region)

    # --- changes ---

    def apply(self, changes: Iterable[Change]) -> None:
        """Make changes of the feed, in order. What they say twice or of unknown cameras does no harm."""
        for change in changes:
            match change:
                case StatusChange():
                    self._set_state(change)
                case Upsert(node=node):
                    if rows.storable(node.id) and rows.storable(node.parent_id) and node.id != WITHOUT_PLACE_ID:
                        self._put(node, duplicate=False)
                case Removed(node_id=node_id):
                    if rows.storable(node_id):
                        self._remove(node_id)

    def _set_state(self, change: StatusChange) -> None:
        find = f"SELECT pk, parent, region, state FROM {self._node} WHERE id = ? AND kind = {rows.CHANNEL}"
        found = self._db.execute(find, (change.channel_id,)).fetchone() if rows.storable(change.channel_id) else None
        state = rows.STATE_NUMBER[change.state]
        if found is None or found[3] == state:
            return
        pk, parent, region, before = found
        self._db.execute(
            f"UPDATE {self._node} SET state = ?, online = ? WHERE pk = ?", (state, state == rows.ONLINE, pk)
        )
        step = int(state == rows.ONLINE) - int(before == rows.ONLINE)
        if step:
            self._shape.count(parent, 0, step)
            self._regions.count(region, 0, step)
        self._touched.rows.add(change.channel_id)

    def _put(self, node: CatalogNode, *, duplicate: bool) -> None:
        """Add or replace one node. `duplicate`: of a node that is there already, flag it."""
        found = self._db.execute(
            f"SELECT pk, kind, parent, region, state, name, code, parent_id FROM {self._node} WHERE id = ?", (node.id,)
        ).fetchone()
        flag = int(NodeFlag.DUPLICATE) if duplicate and found else 0
        if found and (found[1] == rows.CHANNEL) != node.is_channel:  # it is another kind of thing now
            if found[1] == rows.CHANNEL:
                self._take_camera(node.id, *found[:5])
            else:
                self._take_inner(node.id)
            found = None
        self._db.execute(f"DELETE FROM {self._odd} WHERE id = ?", (node.id,))
        if node.is_channel:
            self._put_camera(node, found, flag)
        else:
            self._put_inner(node, found, flag)

    def _put_camera(self, node: CatalogNode, found: Sequence[Any] | None, flag: int) -> None:
        row, tokens, originals = self._camera_row(node)
        row[16] |= flag
        if found is not None:
            pk, _, parent, region, state, name, code, _ = found
            self._count(parent, region, -1, -int(state == rows.ONLINE))
            if (parent, name, code) == (row[2], row[5], row[6]):
                row[0] = pk  # found as before: the index stays
                tokens = ""
            self._db.execute(f"DELETE FROM {self._node} WHERE pk = ?", (pk,))
            self._touched.children |= {parent}
            self._touched.region_children |= {region}
        self._add_row(row)
        if tokens:
            self._db.execute(f"INSERT INTO {self._find}(rowid, t) VALUES(?, ?)", (row[0], tokens))
        if originals:
            self._keep_originals(node.id, originals)
        self._count(row[2], row[3], 1, row[19])
        self._touched.rows.add(node.id)
        self._touched.children.add(row[2])
        self._touched.region_children.add(row[3])

    def _put_inner(self, node: CatalogNode, found: Sequence[Any] | None, flag: int) -> None:
        texts = self._texts.read(node)
        region = region_code(node.civil_code) or region_code_of_gb(texts.code)
        kind = rows.KIND_NUMBER[node.kind]
        inner = self._shape.get(node.id)
        if inner is None:
            inner = Inner(self._take_pk(), node.id, node.parent_id, texts.name, kind, region)
            self._shape.add(inner)
            self._adopt(inner)
        else:
            self._touched.children.add(inner.parent_pk)
            if search_form(inner.name) != search_form(texts.name):
                self._renamed.add(inner.pk)
            inner.name, inner.kind, inner.region = texts.name, kind, region
            self._shape.hang(inner, node.parent_id)
        self._names_changed = self._names_changed or kind in _NAMING or found is not None
        self._write_inner(node, inner, texts, flag)

    def _write_inner(self, node: CatalogNode, inner: Inner, texts: rows.Texts, flag: int) -> None:
        look, place = rows.LOOK_NUMBER[node.camera_kind], rows.PLACE_NUMBER[node.place]
        flags = texts.flags | flag | inner.flags
        sort = self._index.name(texts.name).sort
        values = [inner.pk, node.id, max(0, inner.parent_pk), 0, inner.kind, texts.name, texts.code]
        values += [rows.STATE_NUMBER[node.state], look, place, node.longitude, node.latitude, int(node.has_audio)]
        values += [node.rights, node.order, _civil(node), flags, sort, inner.total, inner.online, node.parent_id]
        self._db.execute(f"DELETE FROM {self._node} WHERE pk = ?", (inner.pk,))
        self._add_row(values)
        if texts.originals:
            self._keep_originals(node.id, texts.originals)
        self._touched.rows.add(node.id)
        self._touched.children.add(inner.parent_pk)

    def _adopt(self, inner: Inner) -> None:
        """Hang cameras below a node that came later than they did."""
        lost = self._shape.at(WITHOUT_PLACE_PK)
        if lost is None or not lost.own_total:
            return
        here = f"FROM {self._node} WHERE parent = {WITHOUT_PLACE_PK} AND kind = {rows.CHANNEL} AND parent_id = ?"
        total, online = self._db.execute(f"SELECT count(*), sum(online) {here}", (inner.id,)).fetchone()
        if total:
            change = f"SET parent = ?, parent_id = NULL, flags = flags & ~{int(NodeFlag.ORPHAN)}"
            self._db.execute(
                f"UPDATE {self._node} {change} WHERE pk IN (SELECT pk {here})",
                (inner.pk, inner.id),
            )
            self._shape.count(WITHOUT_PLACE_PK, -total, -online)
            self._shape.count(inner.pk, total, online)
            self._renamed.add(inner.pk)
            self._touched.children |= {WITHOUT_PLACE_PK, inner.pk}

    # --- removal ---

    def _remove(self, node_id: str) -> None:
        """Remove a node and everything below it, also what only says it is below it."""
        heads = {node_id}
        done: set[str] = set()
        while heads:
            head = heads.pop()
            done.add(head)
            gone = {head}
            for inner in self._shape.raw_below(head):
                gone |= {inner.id} | self._remove_cameras("parent = ? AND kind = ?", (inner.pk, rows.CHANNEL))
                self._touched.children.add(inner.parent_pk)
                self._forget(inner)
            gone |= self._remove_cameras("id = ? AND kind = ?", (head, rows.CHANNEL))
            for parent_id in gone & self._lost_parents():
                gone |= self._remove_lost(parent_id)
            heads |= (gone & (self._shape.missing | self._lost_parents())) - done

    def _lost_parents(self) -> set[str]:
        """Return the ids that cameras without a place name as their parents."""
        lost = self._shape.at(WITHOUT_PLACE_PK)
        if lost is None or not lost.own_total:
            return set()
        find = f"SELECT DISTINCT parent_id FROM {self._node} WHERE parent = ? AND kind = ?"
        return {id_ for (id_,) in self._db.execute(find, (WITHOUT_PLACE_PK, rows.CHANNEL))}

    def _remove_lost(self, parent_id: str) -> set[str]:
        """Remove cameras that name a parent which is no inner node; return their ids: others may name them."""
        return self._remove_cameras(
            "parent = ? AND kind = ? AND parent_id = ?", (WITHOUT_PLACE_PK, rows.CHANNEL, parent_id)
        )

    def _remove_cameras(self, where: str, values: Sequence[object]) -> set[str]:
        found = self._db.execute(f"SELECT id, pk, kind, parent, region, state FROM {self._node} WHERE {where}", values)
        gone = found.fetchall()
        for camera in gone:
            self._take_camera(*camera)
        return {camera[0] for camera in gone}

    def _take_camera(self, id_: str, pk: int, _kind: int, parent: int, region: int, state: int) -> None:
        self._db.execute(f"DELETE FROM {self._node} WHERE pk = ?", (pk,))
        self._db.execute(f"DELETE FROM {self._odd} WHERE id = ?", (id_,))
        self._count(parent, region, -1, -int(state == rows.ONLINE))
        self._touched.children.add(parent)
        self._touched.region_children.add(region)

    def _take_inner(self, node_id: str) -> None:
        """Remove one inner node; cameras directly below it have no place any more."""
        inner = self._shape.get(node_id)
        if inner is None:
            return
        here = f"parent = {inner.pk} AND kind = {rows.CHANNEL}"
        self._db.execute(
            f"UPDATE {self._node} SET parent = ?, parent_id = ?, flags = flags | ? WHERE {here}",
            (WITHOUT_PLACE_PK, node_id, int(NodeFlag.ORPHAN)),
        )
        self._shape.count(WITHOUT_PLACE_PK, inner.own_total, inner.own_online)
        self._renamed.add(WITHOUT_PLACE_PK)
        self._touched.children |= {WITHOUT_PLACE_PK, inner.parent_pk}
        self._forget(inner)

    def _forget(self, inner: Inner) -> None:
        self._db.execute(f"DELETE FROM {self._node} WHERE pk = ?", (inner.pk,))
        self._db.execute(f"DELETE FROM {self._odd} WHERE id = ?", (inner.id,))
        self._shape.remove(inner)
        self._renamed.discard(inner.pk)
        self._names_changed = True

    # --- end of a transaction ---

    def flush(self) -> Touched:
        """Write counts, places and paths that follow from what was done; return what is different since the last."""
        changed, moved = self._shape.take_changed()
        self._paths.clear()
        change = f"SET parent = ?, total = ?, online = ?, flags = (flags & ~{_TREE_FLAGS}) | ?"
        self._db.executemany(
            f"UPDATE {self._node} {change} WHERE pk = ?",
            [(inner.parent_pk, inner.total, inner.online, inner.flags, inner.pk) for inner in changed],
        )
        self._reindex(self._shape.below(moved | self._renamed) if moved or self._renamed else set())
        self._renamed.clear()
        self._write_regions()
        touched, self._touched = self._touched, Touched()
        touched.rows |= {inner.id for inner in changed}
        touched.children |= {inner.parent_pk for inner in changed if inner.pk in moved or inner.pk == WITHOUT_PLACE_PK}
        touched.shape = bool(moved) or self._names_changed or touched.shape
        self._names_changed = False
        return touched.named(self._shape, self._regions)

    def _write_regions(self) -> None:
        if self._names_changed:
            named: dict[str, tuple[int, str, str]] = {}
            for inner in self._shape:
                if inner.kind in _NAMING and inner.region and inner.name:
                    candidate = (inner.kind, inner.id, inner.name)
                    named[inner.region] = min(named.get(inner.region, candidate), candidate)
            self._names = {code: name for code, (_, _, name) in named.items()}
        self._regions.rename(self._names)
        changed = self._regions.take_changed()
        self._db.executemany(
            f"INSERT OR REPLACE INTO region_{self.number}(pk, code, parent, name, sort, total, online)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(r.pk, r.code, r.parent_pk, r.name, self._index.name(r.name).sort, r.total, r.online) for r in changed],
        )
        self._touched.regions |= {region.pk for region in changed}

    def _reindex(self, parents: Iterable[int]) -> None:
        """Give all cameras below these rows new numbers, with the words of the path they have now."""
        for parent in parents:
            find = f"SELECT pk, name, code FROM {self._node} WHERE parent = ? AND kind = ?"
            for pk, name, code in self._db.execute(find, (parent, rows.CHANNEL)).fetchall():
                new = self._take_pk()
                self._db.execute(f"UPDATE {self._node} SET pk = ? WHERE pk = ?", (new, pk))
                self._db.execute(
                    f"INSERT INTO {self._find}(rowid, t) VALUES(?, ?)", (new, self._tokens(name, code, parent))
                )

    # --- rows ---

    def _camera_row(self, node: CatalogNode) -> tuple[list[Any], str, tuple[bytes, bytes] | None]:
        """Return the columns, the tokens and the originals of a camera."""
        texts = self._texts.read(node)
        parent_pk, parent_id, flag = self._hang(node.parent_id)
        region = self._regions.of(node.civil_code, texts.code)
        state = rows.STATE_NUMBER[node.state]
        indexed = self._index.name(texts.name)
        pk = self._take_pk()
        values = [pk, node.id, parent_pk, region.pk, rows.CHANNEL, texts.name, texts.code, state]
        values += [rows.LOOK_NUMBER[node.camera_kind], rows.PLACE_NUMBER[node.place], node.longitude, node.latitude]
        values += [int(node.has_audio), node.rights, node.order, _civil(node), texts.flags | flag, indexed.sort, 1]
        values += [int(state == rows.ONLINE), parent_id]
        tokens = f"{indexed.tokens} {self._index.code(texts.code)} {self._path(parent_pk)}"
        return values, tokens, texts.originals

    def _hang(self, parent_id: str | None) -> tuple[int, str | None, int]:
        if parent_id is None:
            return ROOT_PK, None, 0
        inner = self._shape.get(parent_id)
        return (inner.pk, None, 0) if inner else (WITHOUT_PLACE_PK, parent_id, int(NodeFlag.ORPHAN))

    def _tokens(self, name: str, code: str, parent_pk: int) -> str:
        return f"{self._index.name(name).tokens} {self._index.code(code)} {self._path(parent_pk)}"

    def _path(self, parent_pk: int) -> str:
        """Return the tokens of all names above, without the roots': they would be in every row."""
        path = self._paths.get(parent_pk)
        if path is None:
            above = self._shape.upwards(self._shape.at(parent_pk))
            forms = [search_form(inner.name) for inner in above if inner.parent_pk != ROOT_PK]
            path = self._paths[parent_pk] = " ".join(path_token(form) for form in forms if form)
        return path

    def _count(self, parent: int, region: int, total: int, online: int) -> None:
        self._shape.count(parent, total, online)
        self._regions.count(region, total, online)

    def _add_row(self, values: Sequence[Any]) -> None:
        self._db.execute(f"INSERT INTO {self._node}({COLUMNS}) VALUES({','.join('?' * 21)})", values)

    def _keep_originals(self, node_id: str, originals: tuple[bytes, bytes]) -> None:
        self._db.execute(f"INSERT OR REPLACE INTO {self._odd}(id, name, code) VALUES(?, ?, ?)", (node_id, *originals))

    def _take_pk(self) -> int:
        pk = self._next_pk
        self._next_pk += 1
        return pk


def _civil(node: CatalogNode) -> str:
    return node.civil_code[:8] if rows.storable(node.civil_code) else ""
