"""The inner nodes of a tree in memory: where each hangs, and how many cameras are below it. No database, no threads.

A center promises nothing: parents may be missing, come later, or lie below their own children. A node without a parent
that leads to a root hangs below the row "without a place" until one does. Cameras are only counted here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wallclient.domain.catalog_view import WITHOUT_PLACE_ID, NodeFlag

ROOT_PK, WITHOUT_PLACE_PK = 0, 1


@dataclass(slots=True)
class Inner:
    """One inner node. `parent_pk`, `flags`, `total` and `online` follow from the rest."""

    pk: int
    id: str
    parent_id: str | None
    name: str
    kind: int
    region: str = ""  # its region code
    own_total: int = 0  # cameras directly below
    own_online: int = 0
    parent_pk: int = ROOT_PK
    flags: int = 0
    total: int = 0
    online: int = 0


class Shape:
    """All inner nodes of a generation, and what changed of them since it was last asked."""

    def __init__(self) -> None:
        self._without_place = Inner(WITHOUT_PLACE_PK, WITHOUT_PLACE_ID, None, "", 0)
        self._by_id: dict[str, Inner] = {}
        self._by_pk: dict[int, Inner] = {WITHOUT_PLACE_PK: self._without_place}
        self._changed: set[int] = set()  # counts, place or flags
        self._moved: set[int] = set()  # hangs elsewhere: paths of all below are others
        self._missing: set[str] = set()  # parents that were named before they came, if they ever do
        self._unsettled = False

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Inner]:
        return iter(self._by_id.values())

    def get(self, node_id: str | None) -> Inner | None:
        """Return the inner node of an id the center gave."""
        return self._by_id.get(node_id) if node_id is not None else None

    def at(self, pk: int) -> Inner | None:
        """Return the inner node of a row."""
        return self._by_pk.get(pk)

    def add(self, inner: Inner) -> None:
        """Take in a new node. In a tree that comes from the top down each gets its place at once."""
        self._by_id[inner.id] = inner
        self._by_pk[inner.pk] = inner
        parent = self.get(inner.parent_id)
        if inner.parent_id is not None and parent is None:
            self._missing.add(inner.parent_id)
        if self._unsettled or inner.id in self._missing or inner.own_total:
            inner.parent_pk = -1
            self._unsettled = True
        else:
            inner.parent_pk, inner.flags = self._place_of(inner, parent)
            self._changed.add(inner.pk)

    def hang(self, inner: Inner, parent_id: str | None) -> None:
        """Give a node another parent."""
        if inner.parent_id != parent_id:
            inner.parent_id = parent_id
            if parent_id is not None and parent_id not in self._by_id:
                self._missing.add(parent_id)
            self._unsettled = True

    def remove(self, inner: Inner) -> None:
        """Drop a node; its cameras have to be dropped before."""
        del self._by_id[inner.id]
        del self._by_pk[inner.pk]
        self._changed.discard(inner.pk)
        self._moved.discard(inner.pk)
        self._missing.add(inner.id)  # somebody may still name it
        self._unsettled = True

    def count(self, parent_pk: int, total: int, online: int) -> None:
        """Add to the cameras directly below a row; every row above counts along."""
        inner = self._by_pk.get(parent_pk)
        if inner is None:
            return  # cameras at the first level are counted by nobody
        inner.own_total += total
        inner.own_online += online
        if self._unsettled:
            return  # counted anew anyway
        for above in self.upwards(inner):
            above.total += total
            above.online += online
            self._changed.add(above.pk)

    def upwards(self, inner: Inner | None) -> Iterator[Inner]:
        """Yield a node and all above it."""
        while inner is not None:
            yield inner
            inner = self._by_pk.get(inner.parent_pk)

    @property
    def missing(self) -> frozenset[str]:
        """Ids that nodes may name as their parents though there is no such inner node."""
        return frozenset(self._missing)

    def raw_below(self, node_id: str) -> list[Inner]:
        """Return the inner nodes below an id as the center told it, the node itself first if there is one."""
        below: dict[str, list[Inner]] = {}
        for inner in self:
            if inner.parent_id is not None:
                below.setdefault(inner.parent_id, []).append(inner)
        start = self.get(node_id)
        found = {start.id: start} if start else {}
        heads = [node_id]
        while heads:
            for inner in below.get(heads.pop(), ()):
                if inner.id not in found:
                    found[inner.id] = inner
                    heads.append(inner.id)
        return list(found.values())

    def below(self, pks: Iterable[int]) -> set[int]:
        """Return the rows given and all inner rows below them."""
        children: dict[int, list[int]] = {}
        for inner in self:
            children.setdefault(inner.parent_pk, []).append(inner.pk)
        found: set[int] = set()
        heads = list(pks)
        while heads:
            pk = heads.pop()
            if pk not in found:
                found.add(pk)
                heads += children.get(pk, ())
        return found

    def settle(self) -> None:
        """Find every node's place and counts, if anything may have changed of them."""
        if not self._unsettled:
            return
        self._unsettled = False
        self._place()
        self._recount()

    def take_changed(self) -> tuple[list[Inner], set[int]]:
        """Return the rows whose counts, place or flags differ from what was taken last, and which of them moved."""
        self.settle()
        changed = [self._by_pk[pk] for pk in self._changed]
        moved, self._changed, self._moved = self._moved, set(), set()
        return changed, moved

    # --- inside ---

    def _place(self) -> None:
        cut = self._cuts()
        for inner in self:
            parent_pk, flags = self._place_of(inner, self.get(inner.parent_id))
            if inner.id in cut:
                parent_pk, flags = WITHOUT_PLACE_PK, int(NodeFlag.CYCLE)
            if inner.parent_pk != parent_pk:
                self._moved.add(inner.pk)
            if (inner.parent_pk, inner.flags) != (parent_pk, flags):
                inner.parent_pk, inner.flags = parent_pk, flags
                self._changed.add(inner.pk)
        self._missing = {i.parent_id for i in self if i.parent_id is not None and i.parent_id not in self._by_id}

    @staticmethod
    def _place_of(inner: Inner, parent: Inner | None) -> tuple[int, int]:
        """Return the row a node hangs below and its flags, rings aside."""
        if parent is inner:
            return WITHOUT_PLACE_PK, int(NodeFlag.CYCLE)
        if parent is not None:
            return parent.pk, 0
        return (ROOT_PK, 0) if inner.parent_id is None else (WITHOUT_PLACE_PK, int(NodeFlag.ORPHAN))

    def _cuts(self) -> set[str]:
        """Return one node of every ring, the one with the smallest id, so that all mirrors cut alike."""
        cuts: set[str] = set()
        seen: dict[str, int] = {}  # id -> number of the walk that met it first
        for walk, start in enumerate(self):
            inner: Inner | None = start
            while inner is not None and inner.id not in seen:
                seen[inner.id] = walk
                inner = self.get(inner.parent_id)
            if inner is not None and seen[inner.id] == walk:
                cuts.add(min(self._ring(inner)))
        return cuts

    def _ring(self, inner: Inner) -> list[str]:
        ring = [inner.id]
        following = self.get(inner.parent_id)
        while following is not None and following is not inner:
            ring.append(following.id)
            following = self.get(following.parent_id)
        return ring

    def _recount(self) -> None:
        before = {inner.pk: (inner.total, inner.online) for inner in self._by_pk.values()}
        for inner in self._by_pk.values():
            inner.total = inner.online = 0
        for inner in list(self._by_pk.values()):
            if inner.own_total:
                for above in self.upwards(inner):
                    above.total += inner.own_total
                    above.online += inner.own_online
        self._changed |= {i.pk for i in self._by_pk.values() if before[i.pk] != (i.total, i.online)}
