"""The inner nodes as a reader holds them: some thousands, for paths, for what lies below, and to be searched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wallclient.catalog import rows
from wallclient.domain.node import NodeKind

_GROUP = rows.KIND_NUMBER[NodeKind.GROUP]


@dataclass(frozen=True, slots=True)
class Branch:
    """One inner node."""

    pk: int
    id: str
    parent: int
    name: str
    code: str
    kind: int


class Tree:
    """All inner nodes of a generation."""

    def __init__(self, found: Iterable[Sequence[Any]]) -> None:
        self.branches = {values[0]: Branch(*values) for values in found}
        self._children: dict[int, list[int]] = {}
        for branch in self.branches.values():
            self._children.setdefault(branch.parent, []).append(branch.pk)
        self._names: dict[int, tuple[str, ...]] = {}

    def id_of(self, pk: int) -> str | None:
        """Return the id of a row."""
        branch = self.branches.get(pk)
        return branch.id if branch else None

    def line(self, pk: int) -> list[int]:
        """Return the rows from the first level down to `pk`."""
        line: list[int] = []
        branch = self.branches.get(pk)
        while branch is not None and len(line) <= len(self.branches):
            line.append(branch.pk)
            branch = self.branches.get(branch.parent)
        return line[::-1]

    def names(self, pk: int) -> tuple[str, ...]:
        """Return the names from the first level down to `pk`."""
        names = self._names.get(pk)
        if names is None:
            names = self._names[pk] = tuple(self.branches[n].name for n in self.line(pk))
        return names

    def below(self, pks: Iterable[int]) -> set[int]:
        """Return the rows given and all inner ones below them."""
        found: set[int] = set()
        heads = list(pks)
        while heads:
            pk = heads.pop()
            if pk not in found:
                found.add(pk)
                heads += self._children.get(pk, ())
        return found

    def of_tier(self, kind: int) -> list[int]:
        """Return the rows whose cameras belong to a tier: the nearest platform at or above them is of that kind."""
        found = []
        for branch in self.branches.values():
            platform: Branch | None = branch
            while platform is not None and platform.kind == _GROUP:
                platform = self.branches.get(platform.parent)
            if platform is not None and platform.kind == kind:
                found.append(branch.pk)
        return found
