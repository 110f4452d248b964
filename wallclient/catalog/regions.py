"""Administrative regions over the cameras, made of their civil codes: province, city, district, unit. No database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wallclient.domain import gbcode
from wallclient.domain.node import NodeKind

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})  # their districts hang below them without a city between
KINDS = {0: NodeKind.GROUP, 2: NodeKind.CITY, 4: NodeKind.CITY, 6: NodeKind.DISTRICT, 8: NodeKind.STATION}


@dataclass(slots=True)
class Region:
    """One region; the one with an empty code holds what has no civil code that could be read."""

    pk: int
    code: str
    parent_pk: int
    name: str
    total: int = 0
    online: int = 0


class Regions:
    """All regions of a generation, made when a camera needs them, and which changed since last asked."""

    def __init__(self) -> None:
        self._by_code: dict[str, Region] = {}
        self._by_pk: dict[int, Region] = {}
        self._changed: set[int] = set()
        self._codes: dict[tuple[str, str], str] = {}

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def load(self, region: Region) -> None:
        """Take in a region as it was stored."""
        self._by_code[region.code] = self._by_pk[region.pk] = region

    def of(self, civil_code: str, gb_code: str) -> Region:
        """Return the region of a camera: by its civil code, else by its GB code."""
        key = (civil_code, gb_code[:8])
        code = self._codes.get(key)
        if code is None:
            if len(self._codes) > 20_000:
                self._codes.clear()
            code = self._codes[key] = region_code(civil_code) or region_code_of_gb(gb_code)
        return self._by_code.get(code) or self._made(code)

    def at(self, pk: int) -> Region | None:
        """Return a region by its row."""
        return self._by_pk.get(pk)

    def count(self, pk: int, total: int, online: int) -> None:
        """Add to the cameras of a region and all above it."""
        region = self._by_pk.get(pk)
        while region is not None:
            region.total += total
            region.online += online
            self._changed.add(region.pk)
            region = self._by_pk.get(region.parent_pk)

    def rename(self, names: Mapping[str, str]) -> None:
        """Name the regions after what the center calls them, by code; provinces have their own names."""
        for region in self:
            name = names.get(region.code) or _own_name(region.code)
            if name != region.name:
                region.name = name
                self._changed.add(region.pk)

    def upwards(self, pk: int) -> Iterator[Region]:
        """Yield a region and all above it."""
        region = self._by_pk.get(pk)
        while region is not None:
            yield region
            region = self._by_pk.get(region.parent_pk)

    def take_changed(self) -> list[Region]:
        """Return the regions that differ from what was taken last."""
        changed, self._changed = self._changed, set()
        return [self._by_pk[pk] for pk in changed]

    def _made(self, code: str) -> Region:
        above = parent_code(code)
        parent_pk = 0 if above is None else (self._by_code.get(above) or self._made(above)).pk
        region = Region(len(self._by_pk) + 1, code, parent_pk, _own_name(code))
        self.load(region)
        self._changed.add(region.pk)
        return region


def region_code(text: str) -> str:
    """Return a civil code without empty tiers, of 2, 4, 6 or 8 digits; empty for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) in (2, 4, 6, 8)) or text.startswith("00"):
        return ""
    while text.endswith("00"):
        text = text[:-2]
    return text[:2] if len(text) == 4 and text[:2] in MUNICIPALITIES else text


def region_code_of_gb(gb_code: str) -> str:
    """Return the civil code in a GB code of 20 digits; empty for any other."""
    return region_code(gb_code[:8]) if len(gb_code) == gbcode.LENGTH and gb_code.isdigit() else ""


def parent_code(code: str) -> str | None:
    """Return the code of the region above, None for the topmost."""
    if len(code) <= 2:
        return None
    return code[:2] if len(code) == 6 and code[:2] in MUNICIPALITIES else code[:-2]


def _own_name(code: str) -> str:
    label = gbcode.PROVINCES.get(int(code)) if len(code) == 2 else None
    return label.zh if label else code
