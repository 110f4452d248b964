"""Reads the whole city out as rows of Center API v1, quickly, from any place on, for one operator.

First all nodes that are no channels, so that a client can show the skeleton at once; then the channels of one station
after the other; at last those that were added or moved by hand. A cursor names the last row that was sent, so that
a change in between shifts nothing; rows are as they are when they are read, and the change feed tells the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from wallclient.api.models import CatalogRow
from wallclient.demo import cameras
from wallclient.demo.city import CITY_ID, is_channel_id
from wallclient.demo.city_view import CityView
from wallclient.demo.stations import STREAMED, Station
from wallclient.domain.gbcode import parse
from wallclient.domain.node import NodeKind

PAGE_ROWS = 2000
_CHANNEL = NodeKind.CHANNEL.value
Row = tuple[object, ...] | CatalogRow  # a tuple with the members of a CatalogRow is made in half the time


class Place(NamedTuple):
    """Where a snapshot goes on: in part `part` (0: inner nodes, then stations, then placed cameras) after `after`."""

    part: int = 0
    after: int = 0


class Page(NamedTuple):
    """Rows, and where to go on; None after the last ones."""

    rows: list[Row]
    following: Place | None


class SnapshotReader:
    """Reads rows for one operator; used on worker threads, beside changes."""

    def __init__(self, view: CityView) -> None:
        self._view = view
        self._city = view.city
        seen = set(view.districts)
        self._inner = self._city.inner_ids(view.districts)
        self._stations = [s for s in self._city.stations() if f"d{s.district.civil_code}" in seen]

    @property
    def total(self) -> int:
        """Number of rows."""
        return len(self._inner) + self._view.node(CITY_ID).channels_total

    def pages(self, place: Place) -> Iterator[Page]:
        """Yield the rows from a place on, about PAGE_ROWS at a time."""
        last_part = len(self._stations) + 1
        rows: list[Row] = []
        while True:
            fresh, after = self._rows(place, PAGE_ROWS - len(rows))
            rows += fresh
            if len(rows) >= PAGE_ROWS:
                place = Place(place.part, after)
                yield Page(rows, place)
                rows = []
            elif place.part == last_part:
                yield Page(rows, None)
                return
            else:
                place = Place(place.part + 1, 0)

    def row(self, node_id: str) -> CatalogRow:
        """Return one row. Raises KeyError for what does not exist for the operator."""
        if is_channel_id(node_id):
            self._view.channel(node_id)
            return self._placed_row(self._city.number(node_id))
        node = self._view.node(node_id)
        civil_code = parse(node.gb_code).civil_code
        rights = self._view.operator.rights if self._is_inside(node_id) else 0
        order = int(parse(node.gb_code).serial) if node.kind is NodeKind.GROUP else int(civil_code)
        return CatalogRow(
            node_id, node.parent_id, node.kind.value, node.name, node.gb_code,
            rights=rights, order=order, civil_code=civil_code,
        )  # fmt: skip

    def _is_inside(self, node_id: str) -> bool:
        return self._view.operator.sees([node_id, *self._city.above(node_id)])

    def _rows(self, place: Place, limit: int) -> tuple[Sequence[Row], int]:
        """Return up to `limit` rows of one part and what names the last of them."""
        if place.part == 0:
            ids = self._inner[place.after : place.after + limit]
            return [self.row(node_id) for node_id in ids], place.after + len(ids)
        if place.part <= len(self._stations):
            station = self._stations[place.part - 1]
            numbers = self._city.at_home(station, place.after, limit)
            return self._station_rows(station, numbers), numbers[-1] if numbers else 0
        placed = (n for n in self._city.placed() if n > place.after and self._view.sees(f"c{n}"))
        rows = list(islice(self._placed_rows(placed), limit))
        return rows, int(rows[-1].id[1:]) if rows else 0

    def _placed_rows(self, numbers: Iterable[int]) -> Iterator[CatalogRow]:
        for number in numbers:
            with suppress(KeyError):  # removed just now; the feed tells of it
                yield self._placed_row(number)

    def _station_rows(self, station: Station, numbers: Sequence[int]) -> list[Row]:
        center_code, longitude, latitude = station.center_code, station.longitude, station.latitude
        operator, city = self._view.operator, self._city
        rows: list[Row] = []
        for number, (parent_id, look) in zip(numbers, city.looks(station, numbers), strict=True):
            node_id = f"c{number}"
            east, north = cameras.position(number, longitude, latitude)
            rows.append((
                node_id, parent_id, _CHANNEL, city.name(node_id, look.name), cameras.gb_code(center_code, look),
                city.state(number), look.kind, look.place, east, north,
                cameras.has_audio((number - 1) % STREAMED + 1), operator.rights_at(look.place), number, center_code,
            ))  # fmt: skip
        return rows

    def _placed_row(self, number: int) -> CatalogRow:
        channel, state = self._city.channel(f"c{number}"), self._city.state(number)
        home, _ = self._city.look(number)
        return CatalogRow(
            channel.id, self._city.ancestors(number)[0], _CHANNEL, channel.name, channel.gb_code,
            state.value, channel.camera_kind.value, channel.place and channel.place.value,
            channel.longitude, channel.latitude, channel.has_audio, self._view.operator.rights_at(channel.place),
            number, home.center_code if home else "",
        )  # fmt: skip
