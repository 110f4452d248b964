"""The city as one operator sees it: what he may not see is not there, and no count tells of it."""

from dataclasses import replace

from wallclient.demo.city import CITY_ID, City, is_channel_id
from wallclient.demo.operators import Operator
from wallclient.domain.node import Channel, Node


class CityView:
    """Reads a city for one operator. Ids that do not exist, or not for him, raise KeyError."""

    def __init__(self, city: City, operator: Operator) -> None:
        self.city = city
        self.operator = operator

    @property
    def districts(self) -> list[str]:
        """Ids of the districts he sees."""
        seen = self.operator.districts
        return [node_id for node_id in self.city.districts() if seen is None or node_id in seen]

    def sees(self, node_id: str) -> bool:
        """Tell whether a node or channel exists for him."""
        try:
            self._check(node_id)
        except KeyError:
            return False
        return True

    def node(self, node_id: str) -> Node:
        """Return one node, with counts of what he sees."""
        self._check(node_id)
        node = self.city.node(node_id)
        return self._city(node) if node_id == CITY_ID and self.operator.districts is not None else node

    def channel(self, channel_id: str) -> Channel:
        """Return one channel."""
        channel = self.city.channel(channel_id)
        self._check(channel_id)
        return channel

    def rights(self, channel_id: str) -> int:
        """Return his rights at a channel, as a mask."""
        return self.operator.rights_at(self.channel(channel_id).place)

    def children(self, node_id: str | None, offset: int, limit: int) -> tuple[list[Node], int | None]:
        """Return up to `limit` children and where the next page starts, if there is one."""
        if self.operator.districts is None:
            return self.city.children(node_id, offset, limit)
        if node_id is None:
            return ([self.node(CITY_ID)] if offset == 0 else []), None
        if node_id == CITY_ID:
            ids = self.districts
            following = offset + limit if offset + limit < len(ids) else None
            return [self.node(child) for child in ids[offset : offset + limit]], following
        self._check(node_id)
        return self.city.children(node_id, offset, limit)

    def channels_below(self, node_id: str, offset: int, limit: int) -> tuple[list[Channel], int | None]:
        """Return up to `limit` channels below a node and where the next page starts, if there is one."""
        self._check(node_id)
        if node_id != CITY_ID or self.operator.districts is None:
            return self.city.channels_below(node_id, offset, limit)
        for district_id in self.districts:  # pages do not reach across districts: a page may be short
            places = self.city.places_below(district_id)
            if offset < places:
                channels, following = self.city.channels_below(district_id, offset, limit)
                passed = self._places_before(district_id)
                at_end = following is None and district_id == self.districts[-1]
                return channels, None if at_end else passed + (places if following is None else following)
            offset -= places
        return [], None

    def counts(self, ancestors: tuple[tuple[str, int, int], ...]) -> list[tuple[str, int, int]]:
        """Return the counts of a status change as he may know them."""
        if self.operator.districts is None:
            return list(ancestors)
        nodes = [self.node(node_id) for node_id, _, _ in ancestors if self.sees(node_id)]  # it may have moved since
        return [(node.id, node.channels_total, node.channels_online) for node in nodes]

    def _places_before(self, district_id: str) -> int:
        ids = self.districts
        return sum(self.city.places_below(before) for before in ids[: ids.index(district_id)])

    def _city(self, node: Node) -> Node:
        total = sum(self.city.count(district_id) for district_id in self.districts)
        online = sum(self.city.count_online(district_id) for district_id in self.districts)
        return replace(node, channels_total=total, channels_online=online)

    def _check(self, node_id: str) -> None:
        """Raise KeyError for what he may not know of."""
        if self.operator.districts is None or node_id == CITY_ID:
            return
        inner = not is_channel_id(node_id)
        ancestors = self.city.above(node_id) if inner else self.city.ancestors(self.city.number(node_id))
        if not self.operator.sees([node_id, *ancestors]):
            raise KeyError(node_id)
