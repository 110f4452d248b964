"""A made-up city of cameras, modelled on Chongqing: the same for the same size, nothing made before it is needed.

Cameras are numbered 1..N. The first 64 stream and are always online; they stand at eight well-known stations. The
others are dealt out to stations as one unbroken stretch of numbers each, so that a node is a few numbers, its counts
are arithmetic, and a city of 497,000 opens as fast as one of 16.
"""

import threading
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

from wallclient.demo import cameras
from wallclient.demo.edits import Edits
from wallclient.demo.places import CITY_CODE, CITY_NAME
from wallclient.demo.stations import (
    STREAMED,
    Span,
    Station,
    dealt,
    group_span,
    groups_of,
    has_groups,
    made_stations,
    spots,
)
from wallclient.domain import gbcode
from wallclient.domain.catalog import ChannelState
from wallclient.domain.event import ChannelStatus
from wallclient.domain.node import Channel, Node, NodeKind

SMALLEST, LARGEST = 16, 497_000
CITY_ID = "city"


def is_channel_id(node_id: str) -> bool:
    """Tell whether an id is one of a channel, if it is one at all."""
    return node_id[:1] == "c" and node_id != CITY_ID


class City:
    """The tree of `total` cameras. Thread safe. Ids that do not exist raise KeyError."""

    def __init__(self, total: int) -> None:
        if not SMALLEST <= total <= LARGEST:
            raise ValueError(f"a city has {SMALLEST} to {LARGEST} cameras, not {total}")
        self.total = total
        self._stations = tuple(station for station in made_stations(total) if len(station.span))
        self._by_id = {station.id: station for station in self._stations}
        self._firsts = [station.span.first for station in self._stations]
        self._of_district: dict[str, list[Station]] = {}
        for station in self._stations:
            self._of_district.setdefault(station.district.civil_code, []).append(station)
        self._of_streamed = {number: station for station in self._stations for number in station.span.streamed}
        self._joined: dict[str, Span] = {}
        self._lock = threading.Lock()
        self._edits = Edits(total)
        self._more: dict[str, int] = {}  # node id -> what edits add to its count of cameras
        self._more_online: dict[str, int] = {}

    # --- look-up ---

    def number(self, channel_id: str) -> int:
        """Return the camera number behind a channel id."""
        digits = channel_id[1:]
        if channel_id[:1] != "c" or not (digits.isascii() and digits.isdigit()) or digits[0] == "0" or len(digits) > 9:
            raise KeyError(channel_id)
        number = int(digits)
        if self._edits.is_gone(number) or (number > self.total and self._edits.parent(number) is None):
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
        span = self._span(str(node_id)) if ids is None and str(node_id)[0] != "c" else Span((), 0, 0)
        nodes = [self.node(child) for child in (ids or [])[offset : offset + limit]]
        nodes += [self._leaf(number) for number in span.numbers(offset, limit) if self._edits.at_home(number)]
        placed, before = self._edits.placed_at(node_id), len(ids or []) + len(span)
        nodes += [self._leaf(number) for number in _slice(placed, offset - before, limit)]
        return nodes, _next_offset(offset, limit, before + len(placed))

    def channels_below(self, node_id: str, offset: int, limit: int) -> tuple[list[Channel], int | None]:
        """Return up to `limit` channels anywhere below a node (of a channel: itself); streamed ones come first."""
        if is_channel_id(node_id):
            return ([self.channel(node_id)] if offset == 0 else []), None
        span = self._span(node_id)
        numbers = [number for number in span.numbers(offset, limit) if self._edits.at_home(number)]
        placed = [number for number in self._edits.placed() if node_id in self.ancestors(number)]
        numbers += _slice(placed, offset - len(span), limit)
        return [self._channel(number) for number in numbers], _next_offset(offset, limit, len(span) + len(placed))

    def places_below(self, node_id: str) -> int:
        """Return the offset behind the last channel of `channels_below`."""
        placed = sum(node_id in self.ancestors(number) for number in self._edits.placed())
        return len(self._span(node_id)) + placed

    def districts(self) -> list[str]:
        """Return the ids of the districts."""
        return [f"d{code}" for code in self._of_district]

    def ancestors(self, number: int) -> list[str]:
        """Return node ids from a camera's parent to the root."""
        parent_id = self._edits.parent(number)
        return self._home(number) if parent_id is None else [parent_id, *self.above(parent_id)]

    def above(self, node_id: str) -> list[str]:
        """Return the ids from the parent of a node that is no channel to the root."""
        if node_id == CITY_ID:
            return []
        if node_id[:1] == "d":
            return [CITY_ID]
        if node_id[:1] == "s":
            return [f"d{node_id[1:7]}", CITY_ID]
        return [f"s{node_id[1:9]}", f"d{node_id[1:7]}", CITY_ID]

    # --- state ---

    def state(self, number: int) -> ChannelState:
        """Return the state of a camera."""
        return self._edits.states.get(number) or cameras.state_at_first(number)

    def set_state(self, channel_id: str, state: ChannelState) -> ChannelStatus | None:
        """Set a camera's state; return what to tell the clients, or None if it was so already."""
        with self._lock:
            number = self.number(channel_id)
            was = self.state(number)
            if was is state:
                return None
            if cameras.state_at_first(number) is state:
                del self._edits.states[number]
            else:
                self._edits.states[number] = state
            ancestors = self.ancestors(number)
            online = state is ChannelState.ONLINE
            self._count(ancestors, 0, online - (was is ChannelState.ONLINE))
            counts = tuple((node_id, self.count(node_id), self.count_online(node_id)) for node_id in ancestors)
        return ChannelStatus(channel_id, online, counts)

    def set_online(self, channel_id: str, online: bool) -> ChannelStatus | None:
        """Switch a camera on or off, as `set_state` does; a camera without a picture counts as off."""
        if not online and self.state(self.number(channel_id)) is not ChannelState.ONLINE:
            return None
        return self.set_state(channel_id, ChannelState.ONLINE if online else ChannelState.OFFLINE)

    # --- edits by hand ---

    def rename(self, node_id: str, name: str) -> None:
        """Give a node or a camera another name."""
        with self._lock:
            self.node(node_id)  # raises for an id that does not exist
            self._edits.names[node_id] = name

    def add(self, parent_id: str, name: str) -> str:
        """Add a camera below a node and return its id."""
        with self._lock:
            self._inner_or_leaf_parent(parent_id)
            number = self._edits.add(parent_id, name)
            self._count(self.ancestors(number), 1, self.state(number) is ChannelState.ONLINE)
        return f"c{number}"

    def move(self, channel_id: str, parent_id: str) -> None:
        """Put a camera below another node."""
        with self._lock:
            number = self.number(channel_id)
            self._inner_or_leaf_parent(parent_id)
            online = self.state(number) is ChannelState.ONLINE
            self._count(self.ancestors(number), -1, -online)
            self._edits.move(number, parent_id)
            self._count(self.ancestors(number), 1, online)

    def remove(self, channel_id: str) -> None:
        """Take a camera away."""
        with self._lock:
            number = self.number(channel_id)
            self._count(self.ancestors(number), -1, -(self.state(number) is ChannelState.ONLINE))
            self._edits.remove(number)

    def _inner_or_leaf_parent(self, node_id: str) -> None:
        if self.node(node_id).is_channel:
            raise ValueError(f"{node_id} is a camera: nothing can stand below it")

    def _count(self, ancestors: Sequence[str], total: int, online: int) -> None:
        for node_id in ancestors:
            self._more[node_id] = self._more.get(node_id, 0) + total
            self._more_online[node_id] = self._more_online.get(node_id, 0) + online

    # --- reading it all out ---

    def inner_ids(self, districts: Sequence[str] | None = None) -> list[str]:
        """Return the ids of all nodes that are no channels, parents first, of some districts or all."""
        ids = [CITY_ID, *(districts if districts is not None else self.districts())]
        stations = [station for district_id in ids[1:] for station in self._stations_of(district_id)]
        groups = [group for station in stations for group in self._inner_children(station.id) or ()]
        return [*ids, *(station.id for station in stations), *groups]

    def stations(self) -> tuple[Station, ...]:
        """Return all stations, in the order of their numbers."""
        return self._stations

    def at_home(self, station: Station, after: int, limit: int) -> list[int]:
        """Return up to `limit` numbers above `after` of the cameras a station was made with and still has."""
        numbers = (n for n in (*station.span.streamed, *range(max(station.span.first, after + 1), station.span.stop)))
        return list(islice((n for n in numbers if n > after and self._edits.at_home(n)), limit))

    def is_gone(self, number: int) -> bool:
        """Tell whether a camera was removed."""
        return self._edits.is_gone(number)

    def placed(self) -> list[int]:
        """Return the numbers of the cameras that were added or moved."""
        return list(self._edits.placed())

    def name(self, node_id: str, made_up: str) -> str:
        """Return the name a node was given, or the one it was made with."""
        return self._edits.names.get(node_id, made_up)

    def look(self, number: int) -> tuple[Station | None, cameras.Look]:
        """Return the station a camera was made for (None: added by hand) and what it looks like there."""
        if number > self.total:
            return None, cameras.added_look(number, self.total, self._edits.names[f"c{number}"])
        station = self._station(number)
        if number <= STREAMED:
            return station, cameras.streamed_look(station.span.streamed.index(number), spots(station))
        return station, cameras.look(number - station.span.first, dealt(station), station.place)

    def looks(self, station: Station, numbers: Sequence[int]) -> list[tuple[str, cameras.Look]]:
        """Return parent id and look of cameras that stand at home in a station; much faster than one by one."""
        groups = has_groups(station)
        bounds = [cameras.section_bounds(index, dealt(station)) for index in range(1, cameras.SECTIONS + 1)]
        ids = [f"g{station.center_code}-{index}" if groups else station.id for index in range(cameras.SECTIONS + 1)]
        found, index, first = [], 1, station.span.first
        for number in numbers:
            if number <= STREAMED:
                found.append((ids[0], self.look(number)[1]))
                continue
            place = number - first
            while place >= bounds[index - 1][1]:
                index += 1
            found.append((ids[index], cameras.look_in(index, place, bounds[index - 1][0], station.place)))
        return found

    def count(self, node_id: str) -> int:
        """Count the cameras below a node that is none itself."""
        return len(self._span(node_id)) + self._more.get(node_id, 0)

    def count_online(self, node_id: str) -> int:
        """Count the cameras below a node that are online."""
        span = self._span(node_id)
        at_first = len(span.streamed) + cameras.online_between(span.first, span.stop)
        return at_first + self._more_online.get(node_id, 0)

    # --- inside ---

    def _stations_of(self, district_id: str) -> list[Station]:
        return self._of_district[district_id[1:]]

    def _station(self, number: int) -> Station:
        """Return the station of a camera: the last one whose stretch starts at or before the number."""
        return self._of_streamed.get(number) or self._stations[bisect_right(self._firsts, number) - 1]

    def _group(self, node_id: str) -> tuple[Station, int]:
        station_id, _, index = node_id.partition("-")
        station = self._by_id["s" + station_id[1:]]
        if not has_groups(station) or index not in {str(i) for i in groups_of(station)}:
            raise KeyError(node_id)
        return station, int(index)

    def _span(self, node_id: str) -> Span:
        if node_id == CITY_ID or node_id[:1] == "d":
            return self._joined_span(node_id)
        if node_id[:1] == "s":
            return self._by_id[node_id].span
        if node_id[:1] == "g":
            return group_span(*self._group(node_id))
        raise KeyError(node_id)

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
        if node_id[:1] == "s" and has_groups(self._by_id[node_id]):
            station = self._by_id[node_id]
            return [f"g{station.center_code}-{index}" for index in groups_of(station)]
        if node_id[:1] == "c":
            self.number(node_id)  # raises for an id that does not exist
        else:
            self._span(node_id)
        return None

    def _home(self, number: int) -> list[str]:
        """Return node ids from the parent a camera was made for to the root."""
        station = self._station(number)
        ids = [station.id, f"d{station.district.civil_code}", CITY_ID]
        if not has_groups(station):
            return ids
        index = 0 if number <= STREAMED else cameras.section(number - station.span.first, dealt(station))
        return [f"g{station.center_code}-{index}", *ids]

    def _inner(self, node_id: str, parent_id: str | None, kind: NodeKind, name: str, code: str) -> Node:
        counts = self.count(node_id), self.count_online(node_id)
        return Node(node_id, parent_id, kind, self.name(node_id, name), code, *counts)

    def _leaf(self, number: int) -> Node:
        channel = self._channel(number)
        parent_id = self.ancestors(number)[0]
        online = int(channel.online)
        return Node(channel.id, parent_id, NodeKind.CHANNEL, channel.name, channel.gb_code, 1, online, channel)

    def _channel(self, number: int) -> Channel:
        home, look = self.look(number)
        ancestors = self.ancestors(number)
        channel_id = f"c{number}"
        longitude, latitude = self.position(number, home)
        return Channel(
            id=channel_id,
            name=self.name(channel_id, look.name),
            gb_code=cameras.gb_code(home.center_code if home else CITY_CODE, look),
            online=self.state(number) is ChannelState.ONLINE,
            camera_kind=look.kind,
            place=look.place,
            longitude=longitude,
            latitude=latitude,
            has_audio=cameras.has_audio((number - 1) % STREAMED + 1),
            path=tuple(self._node_name(node_id) for node_id in reversed(ancestors)),
        )

    def position(self, number: int, home: Station | None) -> tuple[float, float]:
        """Return longitude and latitude of a camera; one that was added by hand stands at the first station."""
        home = home or self._stations[0]
        return cameras.position(number, home.longitude, home.latitude)

    def _node_name(self, node_id: str) -> str:
        if node_id == CITY_ID:
            return self.name(node_id, CITY_NAME)
        if node_id[:1] == "d":
            return self.name(node_id, self._of_district[node_id[1:]][0].district.name)
        if node_id[:1] == "s":
            return self.name(node_id, _station_name(self._by_id[node_id].place))
        return self.name(node_id, cameras.GROUP_NAMES[int(node_id.rpartition("-")[2])])


def _slice(numbers: list[int], offset: int, limit: int) -> list[int]:
    """Return the part of a list that falls into a page that starts at `offset`, which may lie before the list."""
    return numbers[max(0, offset) : max(0, offset + limit)]


def _station_name(place: str) -> str:
    return f"{place}派出所"


def _next_offset(offset: int, limit: int, length: int) -> int | None:
    return offset + limit if offset + limit < length else None


def _join(stations: Sequence[Station]) -> Span:
    streamed = tuple(sorted(number for station in stations for number in station.span.streamed))
    return Span(streamed, stations[0].span.first, stations[-1].span.stop)
