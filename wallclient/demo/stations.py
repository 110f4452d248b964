"""The stations of the made-up city: how many cameras each has, where it lies, which groups it makes of them."""

import random
from dataclasses import dataclass
from itertools import accumulate

from wallclient.demo import cameras
from wallclient.demo.places import DISTRICTS, STREAMED_PLACES, District

STREAMED = 64
FEWEST_PER_STATION = 8  # a small city has few stations rather than one camera in each
FEWEST_FOR_GROUPS = 40
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


def dealt(station: Station) -> int:
    """Count the cameras of a station that do not stream."""
    return station.span.stop - station.span.first


def has_groups(station: Station) -> bool:
    """Tell whether a station makes groups of its cameras."""
    return dealt(station) >= FEWEST_FOR_GROUPS and station.place != _CROWDED


def groups_of(station: Station) -> list[int]:
    """Return the indexes of the groups of a station."""
    return [0, *range(1, cameras.SECTIONS + 1)] if station.span.streamed else list(range(1, cameras.SECTIONS + 1))


def group_span(station: Station, index: int) -> Span:
    """Return the cameras of one group."""
    if index == 0:
        return Span(station.span.streamed, station.span.first, station.span.first)
    start, stop = cameras.section_bounds(index, dealt(station))
    return Span((), station.span.first + start, station.span.first + stop)


def spots(station: Station) -> tuple[str, ...]:
    """Return what the streamed cameras of a well-known station look at."""
    return next(
        s for code, place, s in STREAMED_PLACES if (code, place) == (station.district.civil_code, station.place)
    )


def made_stations(total: int) -> list[Station]:
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
