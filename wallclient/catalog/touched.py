"""What one transaction of the writer made different, collected by row and told by id."""

from dataclasses import dataclass, field

from wallclient.catalog.regions import Regions
from wallclient.catalog.shape import ROOT_PK, Shape
from wallclient.domain.catalog_view import REGION_PREFIX, CatalogChange


@dataclass(slots=True)
class Touched:
    """Ids of rows; numbers of parents and regions, until `named` turns them into ids."""

    rows: set[str] = field(default_factory=set)
    children: set[int] = field(default_factory=set)
    regions: set[int] = field(default_factory=set)
    region_children: set[int] = field(default_factory=set)
    shape: bool = False  # inner nodes came, went, moved or have other names
    change: CatalogChange = field(default_factory=CatalogChange)

    def named(self, shape: Shape, regions: Regions) -> "Touched":
        """Fill in `change`."""
        parents = {inner.id for pk in self.children if (inner := shape.at(pk))}
        region_rows = {REGION_PREFIX + r.code for pk in self.regions if (r := regions.at(pk))}
        region_parents = {REGION_PREFIX + r.code for pk in self.region_children for r in regions.upwards(pk)}
        roots = ROOT_PK in self.children or bool(region_rows)
        self.change = CatalogChange(
            rows=frozenset(self.rows | region_rows), children=frozenset(parents | region_parents), roots=roots
        )
        return self
