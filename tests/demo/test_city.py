"""The demo city: sensible at any size, the same every time, its counts exact without making what they count."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallclient.demo.city import LARGEST, SMALLEST, City
from wallclient.domain import gbcode
from wallclient.domain.node import NodeKind

PAGE = 1000


def all_children(city, node_id):
    found, offset = [], 0
    while offset is not None:
        nodes, offset = city.children(node_id, offset, PAGE)
        found += nodes
    return found


def leaves(city, node_id=None):
    """Walk the whole tree; check on the way that every node's counts are the sums of its children's."""
    found = []
    for node in all_children(city, node_id):
        assert node.parent_id == node_id
        assert city.node(node.id) == node
        if node.is_channel:
            found.append(node)
            continue
        below = leaves(city, node.id)
        assert node.channels_total == len(below) > 0, node
        assert node.channels_online == sum(leaf.channels_online for leaf in below), node
        some = {channel.id for channel in city.channels_below(node.id, 0, PAGE)[0]}
        assert len(some) == min(PAGE, len(below))
        assert some <= {leaf.id for leaf in below}
        found += below
    return found


@given(st.integers(SMALLEST, 3000))
@settings(max_examples=12, deadline=None)
def test_counts_are_those_of_the_leaves_at_any_size(total):
    found = leaves(City(total))
    assert len(found) == total
    assert len({leaf.id for leaf in found}) == total


@given(st.integers(SMALLEST, 3000), st.data())
@settings(max_examples=12, deadline=None)
def test_counts_follow_what_is_switched(total, data):
    city = City(total)
    for number in data.draw(st.lists(st.integers(1, total), max_size=30)):
        channel_id, online = f"c{number}", data.draw(st.booleans())
        was = city.channel(channel_id).online
        status = city.set_online(channel_id, online)
        assert (status is None) == (was == online)
        assert city.channel(channel_id).online is online
        for node_id, channels_total, channels_online in status.ancestors if status else ():
            node = city.node(node_id)
            assert (node.channels_total, node.channels_online) == (channels_total, channels_online)
    leaves(city)


def test_the_same_size_gives_the_same_city():
    one, other = City(5000), City(5000)
    numbers = (1, 64, 65, 1000, 4999, 5000)
    assert [one.channel(f"c{n}") for n in numbers] == [other.channel(f"c{n}") for n in numbers]
    assert all_children(one, "city") == all_children(other, "city")


def test_the_largest_city_opens_at_once():
    started = time.perf_counter()
    city = City(LARGEST)
    districts = all_children(city, "city")
    assert time.perf_counter() - started < 1.0
    assert len(districts) == 38
    assert sum(node.channels_total for node in districts) == LARGEST
    stations = [node for district in districts for node in all_children(city, district.id)]
    assert 900 <= len(stations) <= 1200
    assert sum(node.channels_total for node in stations) == LARGEST
    assert sum(node.channels_online for node in stations) == city.node("city").channels_online
    assert max(node.channels_total for node in stations) > 4000
    started = time.perf_counter()
    for number in range(1, LARGEST, 4970):
        assert city.number(city.channel(f"c{number}").id) == number
    assert time.perf_counter() - started < 1.0


def test_sixteen_cameras_stand_at_four_well_known_places():
    city = City(16)
    stations = [node.name for district in all_children(city, "city") for node in all_children(city, district.id)]
    assert stations == ["解放碑派出所", "朝天门派出所", "洪崖洞派出所", "观音桥派出所"]
    assert city.channel("c1").name == "解放碑步行街东口 球机1"
    assert city.channel("c1").path == ("重庆市", "渝中区", "解放碑派出所")


@pytest.mark.parametrize("total", [16, 40, 64, 65, 200, 20_000])
def test_streamed_cameras_are_online_and_first(total):
    city = City(total)
    streamed = city.streamed()
    assert [channel.id for channel in streamed] == [f"c{n}" for n in range(1, min(64, total) + 1)]
    assert all(channel.online for channel in streamed)
    assert city.channels_below("s50010301", 0, 1)[0][0].id == "c1"
    assert all(1 <= city.stream_number(f"c{n}") <= min(64, total) for n in (1, 16, total))


def test_codes_are_valid_and_used_once():
    city = City(20_000)
    codes = [city.channel(f"c{n}").gb_code for n in range(1, 20_001)]
    assert len(set(codes)) == len(codes)
    assert not any(gbcode.flaws(code) for code in codes)
    assert {gbcode.parse(code).type for code in codes} == {131, 132}
    nodes = [city.node(node_id) for node_id in ("city", "d500103", "s50010301")]
    assert [gbcode.parse(node.gb_code).type for node in nodes] == [200, 200, 200]


def test_names_of_a_station_are_all_different():
    city = City(LARGEST)
    channels = [node.channel for node in all_children(city, "s50011231") if node.channel]
    assert len(channels) > 4000
    assert len({channel.name for channel in channels}) == len(channels)
    assert 0 < sum(not channel.online for channel in channels) < 0.1 * len(channels)


def test_positions_lie_in_the_district():
    channel = City(LARGEST).channel("c300000")
    assert channel.longitude is not None
    assert channel.latitude is not None
    assert 105 < channel.longitude < 110.5
    assert 28 < channel.latitude < 32.5


BAD_IDS = ["", "c", "c0", "c01", "c17 ", "c17000", "c１", "x1", "d", "d999999", "s5001030", "g50010301", "g50010301-9"]


@pytest.mark.parametrize("node_id", BAD_IDS)
def test_ids_that_do_not_exist(node_id):
    city = City(10_000)
    for ask in (city.node, lambda i: city.children(i, 0, 1), lambda i: city.channels_below(i, 0, 1)):
        with pytest.raises(KeyError):
            ask(node_id)


def test_a_group_is_a_business_group():
    city = City(LARGEST)
    groups = all_children(city, "s50010301")
    assert {node.kind for node in groups} == {NodeKind.GROUP}
    assert {gbcode.parse(node.gb_code).type for node in groups} == {215}
