"""A made-up city of cameras, modelled on Chongqing: the same for the same size, nothing made before it is needed.

Cameras are numbered 1..N. The first 64 stream and are always online; they stand at eight well-known stations. The
others are dealt out to stations as one unbroken stretch of numbers each, so that a node is a few numbers, its counts
are arithmetic, and a city of 497,000 opens as fast as one of 16.
"""

import random
import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from wallclient.demo import cameras
from wallclient.demo.places import CITY_CODE, CITY_NAME, DISTRICTS, STREAMED_PLACES, District
from wallclient.domain import gbcode
from wallclient.domain.event import ChannelStatus
from wallclient.domain.node import Channel, Node, NodeKind

STREAMED = 64
SMALLEST, LARGEST = 16, 497_000
FEWEST_PER_STATION = 8  # a small city has few stations rather than one camera in each
FEWEST_FOR_GROUPS = 40
CITY_ID = "city"
_CROWDED = "重庆北站"  # one station without groups and with about 5,000 cameras in the largest city


@dataclass(frozen=True, slots=True)
class Span:
    """The cameras of a node: some of the streamed ones, then every number in [first, stop)."""

    streamed: tuple[int, ...]
    first: int
    stop: int

    def __len__(self) -> int:
        return len(self.streamed) + self.stop - self.first

    def numbers(self, offset: int, limit: int) -> list[int]:
        """Return up to `limit` camera numbers from place `offset` on."""
        head = list(self.streamed[offset : offset + limit])
        start = self.first + max(0, offset - len(self.streamed))
        return head + list(range(start, min(self.stop, start + limit - len(head))))


@dataclass(frozen=True, slots=True)
class Station:
    """A police station's platform. `unit` is its number within the district (digits 7-8 of its codes)."""

    district: District
    unit: int
    place: str
    span: Span
    longitude: float
    latitude: float

    @property
    def id(self) -> str:
        """Id of the station's node."""
        return f"s{self.district.civil_code}{self.unit:02d}"

    @property
    def center_code(self) -> str:
        """Digits 1-8 of every code of the station."""
        return f"{self.district.civil_code}{self.unit:02d}"


class City:
    """The tree of `total` cameras. Thread safe. Ids that do not exist raise KeyError."""

    def __init__(self, total: int) -> None:
        if not SMALLEST <= total <= LARGEST:
            raise ValueError(f"a city has {SMALLEST} to {LARGEST} cameras, not {total}")
        self.total = total
        self._stations = tuple(station for station in _stations(total) if len(station.span))
        self._by_id = {station.id: station for station in self._stations}
        self._firsts = [station.span.first for station in self._stations]
        self._of_district: dict[str, list[Station]] = {}
        for station in self._stations:
            self._of_district.setdefault(station.district.civil_code, []).append(station)
        self._of_streamed = {number: station for station in self._stations for number in station.span.streamed}
        self._joined: dict[str, Span] = {}
        self._lock = threading.Lock()
        self._flipped: dict[int, bool] = {}  # cameras whose state was set, where it differs from the made-up one
        self._deltas: dict[str, int] = {}  # node id -> what the flipped cameras add to its online count

    # --- look-up ---

    def number(self, channel_id: str) -> int:
        """Return the camera number behind a channel id."""
        digits = channel_id[1:]
        if channel_id[:1] != "c" or not (digits.isascii() and digits.isdigit()) or digits[0] == "0" or len(digits) > 6:
            raise KeyError(channel_id)
        number = int(digits)
        if number > self.total:
            raise KeyError(channel_id)
        return number

    def stream_number(self, channel_id: str) -> int:
        """Return the number (1..64) of the stream that stands for a channel."""
        return (self.number(channel_id) - 1) % min(STREAMED, self.total) + 1

    def channel(self, channel_id: str) -> Channel:
        """Return one channel."""
        return self._channel(self.number(channel_id))

    def streamed(self) -> list[Channel]:
        """Return the channels that really stream, in the order of their numbers 1..64."""
        return [self._channel(number) for number in range(1, min(STREAMED, self.total) + 1)]

    def node(self, node_id: str) -> Node:
        """Return one node of the tree, channels included."""
        if node_id == CITY_ID:
            code = gbcode.build(CITY_CODE, industry=0, type=200, network=0, serial=1)
            return self._inner(node_id, None, NodeKind.CITY, CITY_NAME, code)
        if node_id[:1] == "d":
            district = self._stations_of(node_id)[0].district
            code = gbcode.build(district.civil_code, industry=0, type=200, network=0, serial=1)
            return self._inner(node_id, CITY_ID, NodeKind.DISTRICT, district.name, code)
        if node_id[:1] == "s":
            station = self._by_id[node_id]
            code = gbcode.build(station.center_code, industry=0, type=200, network=0, serial=1)
            parent_id = f"d{station.district.civil_code}"
            return self._inner(node_id, parent_id, NodeKind.STATION, _station_name(station.place), code)
        if node_id[:1] == "g":
            station, index = self._group(node_id)
            code = gbcode.build(station.center_code, industry=0, type=215, network=0, serial=index + 1)
            return self._inner(node_id, station.id, NodeKind.GROUP, cameras.GROUP_NAMES[index], code)
        return self._leaf(self.number(node_id))

    def children(self, node_id: str | None, offset: int, limit: int) -> tuple[list[Node], int | None]:
        """Return up to `limit` children of a node (None: the roots) and where the next page starts, if there is one."""
        ids = self._inner_children(node_id)
        if ids is None:
            span = self._span(str(node_id)) if str(node_id)[0] != "c" else Span((), 0, 0)
            nodes = [self._leaf(number) for number in span.numbers(offset, limit)]
            return nodes, _next_offset(offset, limit, len(span))
        return [self.node(child) for child in ids[offset : offset + limit]], _next_offset(offset, limit, len(ids))

    def channels_below(self, node_id: str, offset: int, limit: int) -> tuple[list[Channel], int | None]:
        """Return up to `limit` channels anywhere below a node (of a channel: itself); streamed ones come first."""
        span = self._span(node_id)
        return [self._channel(number) for number in span.numbers(offset, limit)], _next_offset(offset, limit, len(span))

    # --- state ---

    def is_online(self, number: int) -> bool:
        """Tell whether a camera is online."""
        return self._flipped.get(number, cameras.online_at_first(number))

    def set_online(self, channel_id: str, online: bool) -> ChannelStatus | None:
        """Set a camera's state; return what to tell the clients, or None if it was so already."""
        number = self.number(channel_id)
        with self._lock:
            if self.is_online(number) == online:
                return None
            if cameras.online_at_first(number) == online:
                del self._flipped[number]
            else:
                self._flipped[number] = online
            ancestors = self._ancestors(number)
            for node_id in ancestors:
                self._deltas[node_id] = self._deltas.get(node_id, 0) + (1 if online else -1)
            counts = tuple((node_id, len(self._span(node_id)), self._online(node_id)) for node_id in ancestors)
        return ChannelStatus(channel_id, online, counts)

    # --- inside ---

    def _online(self, node_id: str) -> int:
        span = self._span(node_id)
        at_first = len(span.streamed) + cameras.online_between(span.first, span.stop)
        return at_first + self._deltas.get(node_id, 0)

    def _stations_of(self, district_id: str) -> list[Station]:
        return self._of_district[district_id[1:]]

    def _station(self, number: int) -> Station:
        """Return the station of a camera: the last one whose stretch starts at or before the number."""
        return self._of_streamed.get(number) or self._stations[bisect_right(self._firsts, number) - 1]

    def _group(self, node_id: str) -> tuple[Station, int]:
        station_id, _, index = node_id.partition("-")
        station = self._by_id["s" + station_id[1:]]
        if not _has_groups(station) or index not in {str(i) for i in _groups(station)}:
            raise KeyError(node_id)
        return station, int(index)

    def _span(self, node_id: str) -> Span:
        if node_id == CITY_ID or node_id[:1] == "d":
            return self._joined_span(node_id)
        if node_id[:1] == "s":
            return self._by_id[node_id].span
        if node_id[:1] == "g":
            return _group_span(*self._group(node_id))
        number = self.number(node_id)
        return Span((), number, number + 1)

    def _joined_span(self, node_id: str) -> Span:
        """Return the span of the city or a district, joined from its stations once: every event asks for it."""
        span = self._joined.get(node_id)
        if span is None:
            span = _join(self._stations if node_id == CITY_ID else self._stations_of(node_id))
            self._joined[node_id] = span
        return span

    def _inner_children(self, node_id: str | None) -> list[str] | None:
        """Return the ids of children that are nodes, or None where the children are channels."""
        if node_id is None:
            return [CITY_ID]
        if node_id == CITY_ID:
            return [f"d{code}" for code in self._of_district]
        if node_id[:1] == "d":
            return [station.id for station in self._stations_of(node_id)]
        if node_id[:1] == "s" and _has_groups(self._by_id[node_id]):
            station = self._by_id[node_id]
            return [f"g{station.center_code}-{index}" for index in _groups(station)]
        self._span(node_id)  # raises for an id that does not exist
        return None

    def _ancestors(self, number: int) -> list[str]:
        """Return node ids from the parent to the root."""
        station = self._station(number)
        ids = [station.id, f"d{station.district.civil_code}", CITY_ID]
        if not _has_groups(station):
            return ids
        index = 0 if number <= STREAMED else cameras.section(number - station.span.first, _dealt(station))
        return [f"g{station.center_code}-{index}", *ids]

    def _inner(self, node_id: str, parent_id: str | None, kind: NodeKind, name: str, code: str) -> Node:
        return Node(node_id, parent_id, kind, name, code, len(self._span(node_id)), self._online(node_id))

    def _leaf(self, number: int) -> Node:
        channel = self._channel(number)
        parent_id = self._ancestors(number)[0]
        online = int(channel.online)
        return Node(channel.id, parent_id, NodeKind.CHANNEL, channel.name, channel.gb_code, 1, online, channel)

    def _channel(self, number: int) -> Channel:
        station = self._station(number)
        if number <= STREAMED:
            look = cameras.streamed_look(station.span.streamed.index(number), _spots(station))
        else:
            look = cameras.look(number - station.span.first, _dealt(station), station.place)
        longitude, latitude = cameras.position(number, station.longitude, station.latitude)
        channel = Channel(
            id=f"c{number}",
            name=look.name,
            gb_code=cameras.gb_code(station.center_code, look),
            online=self.is_online(number),
            camera_kind=look.kind,
            place=look.place,
            longitude=longitude,
            latitude=latitude,
            has_audio=cameras.has_audio((number - 1) % STREAMED + 1),
        )
        return replace(channel, path=self._path(number, station))

    def _path(self, number: int, station: Station) -> tuple[str, ...]:
        names = (CITY_NAME, station.district.name, _station_name(station.place))
        first = self._ancestors(number)[0]
        return (*names, cameras.GROUP_NAMES[int(first.rpartition("-")[2])]) if first[0] == "g" else names


def _station_name(place: str) -> str:
    return f"{place}派出所"


def _next_offset(offset: int, limit: int, length: int) -> int | None:
    return offset + limit if offset + limit < length else None


def _join(stations: Sequence[Station]) -> Span:
    streamed = tuple(sorted(number for station in stations for number in station.span.streamed))
    return Span(streamed, stations[0].span.first, stations[-1].span.stop)


def _dealt(station: Station) -> int:
    return station.span.stop - station.span.first


def _has_groups(station: Station) -> bool:
    return _dealt(station) >= FEWEST_FOR_GROUPS and station.place != _CROWDED


def _groups(station: Station) -> list[int]:
    return [0, *range(1, cameras.SECTIONS + 1)] if station.span.streamed else list(range(1, cameras.SECTIONS + 1))


def _group_span(station: Station, index: int) -> Span:
    if index == 0:
        return Span(station.span.streamed, station.span.first, station.span.first)
    start, stop = cameras.section_bounds(index, _dealt(station))
    return Span((), station.span.first + start, station.span.first + stop)


def _spots(station: Station) -> tuple[str, ...]:
    return next(
        s for code, place, s in STREAMED_PLACES if (code, place) == (station.district.civil_code, station.place)
    )


def _stations(total: int) -> list[Station]:
    """Return every station of the city with its share of `total` cameras, which may be none."""
    dealt = max(0, total - STREAMED)
    sites = [(district, unit, place) for district in DISTRICTS for unit, place in enumerate(district.places, 1)]
    # The first place of each district, then the second of each …, as far as there are cameras for.
    by_rank = sorted(range(len(sites)), key=lambda i: sites[i][1])
    used = set(by_rank[: max(1, dealt // FEWEST_PER_STATION)])
    sums = [0, *accumulate(_weight(*site) if i in used else 0 for i, site in enumerate(sites))]
    bounds = [STREAMED + 1 + dealt * part // sums[-1] for part in sums]
    return [_built(site, bounds[i], bounds[i + 1], total) for i, site in enumerate(sites)]


def _weight(district: District, unit: int, place: str) -> int:
    """Return how many cameras a station has relative to others."""
    share = district.share * 1000 // len(district.places)
    return (
        share * 5
        if place == _CROWDED
        else share * random.Random(f"{district.civil_code}{unit}").randint(50, 150) // 100
    )


def _built(site: tuple[District, int, str], first: int, stop: int, total: int) -> Station:
    district, unit, place = site
    dice = random.Random(f"{district.civil_code}/{unit}")
    longitude = district.longitude + dice.uniform(-1, 1) * district.spread
    latitude = district.latitude + dice.uniform(-1, 1) * district.spread
    streamed = tuple(number for number in _streamed_numbers(district.civil_code, place) if number <= total)
    return Station(district, unit, place, Span(streamed, first, stop), longitude, latitude)


def _streamed_numbers(civil_code: str, place: str) -> tuple[int, ...]:
    """Return the eight numbers of a well-known station: four of 1..32, four of 33..64, so that 16 cameras fill four."""
    for index, (code, name, _) in enumerate(STREAMED_PLACES):
        if (code, name) == (civil_code, place):
            return tuple(32 * half + 4 * index + i for half in (0, 1) for i in range(1, 5))
    return ()
