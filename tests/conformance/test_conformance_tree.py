"""The tree: one truth whichever way it is asked for, whole in pages of any size, with ids that stay."""

import contextlib

import pytest
from asking import channels_below, children, needs, walk

from wallclient.domain.catalog import CatalogNode, NotModified
from wallclient.domain.errors import CenterError, CursorExpired, NotFound
from wallclient.domain.node import CameraKind, Channel, Node, NodeKind, NodePage


def test_nodes_are_well_formed(stand, center):
    nodes = list(walk(center))
    assert nodes
    assert stand.camera in {node.id for node in nodes} or len(nodes) >= 400
    for node in nodes:
        assert isinstance(node, Node)
        assert node.id
        assert node.name
        assert isinstance(node.kind, NodeKind)
        assert node.kind is not NodeKind.CENTER, "that word is the client's own"
        assert node.is_channel == (node.channel is not None)
        assert 0 <= node.channels_online <= node.channels_total or not center.capabilities.counts
        if node.channel is not None:
            assert isinstance(node.channel, Channel)
            assert (node.channel.id, node.channel.name) == (node.id, node.name)
            assert (node.channels_total, node.channels_online) == (1, int(node.channel.online))
            assert isinstance(node.channel.camera_kind, CameraKind)
            assert -180 <= (node.channel.longitude or 0) <= 180
            assert -90 <= (node.channel.latitude or 0) <= 90


def test_parents_are_those_asked(center):
    for node in children(center, None):
        assert node.parent_id is None
        if not node.is_channel:
            assert {child.parent_id for child in children(center, node.id)} <= {node.id}


def test_ids_are_unique_and_stay(stand, center):
    """A channel may hang in more than one place, as in the two trees of a WVP; it is the same channel there."""
    nodes = list(walk(center))
    first = [(node.parent_id, node.id) for node in nodes]
    assert len(first) == len(set(first))
    channels = {node.channel for node in nodes if node.channel}
    assert len(channels) == len({channel.id for channel in channels})
    assert len({node.id for node in nodes if not node.is_channel}) == sum(not node.is_channel for node in nodes)
    with stand.signed_in() as another:
        assert [(node.parent_id, node.id) for node in walk(another)] == first


@pytest.mark.parametrize("limit", [1, 7])
def test_pages_of_any_size_make_the_same_whole(center, limit):
    for parent in (None, *(node.id for node in children(center, None) if not node.is_channel)):
        whole = [node.id for node in children(center, parent)][: 40 * limit]
        assert [node.id for node in children(center, parent, limit)][: len(whole)] == whole


def test_a_node_is_the_same_however_it_is_asked_for(center):
    for node in list(walk(center, budget=60))[:40]:
        alone = center.node(node.id)
        assert (alone.id, alone.kind, alone.name) == (node.id, node.kind, node.name)
        if node.channel is None:
            assert alone.parent_id == node.parent_id
        else:
            assert alone.parent_id in (None, node.parent_id), "where it hangs may stay untold, but is never wrong"
            channel = center.channel(node.id)
            assert (channel.id, channel.name, channel.gb_code) == (node.id, node.name, node.channel.gb_code)


def test_channels_below_a_node_are_all_that_hang_there(center):
    inner = [node for node in walk(center, budget=60) if not node.is_channel][:6]
    for node in inner:
        below = channels_below(center, node.id)
        ids = [channel.id for channel in below]
        assert len(ids) == len(set(ids))
        hanging = {leaf.id for leaf in walk(center, node.id, budget=2000) if leaf.is_channel}
        assert set(ids) == hanging
        assert sorted(channel.id for channel in channels_below(center, node.id, 3)) == sorted(ids)


def test_counts_are_true_where_they_are_claimed(center):
    needs(center.capabilities.counts, "this kind counts nothing")
    for node in [node for node in walk(center, budget=60) if not node.is_channel][:6]:
        below = channels_below(center, node.id)
        assert node.channels_total == len(below)
        assert node.channels_online == sum(channel.online for channel in below)


def test_what_is_not_there_is_not_found(center):
    for ask in (center.node, center.channel, center.children, center.channels_below):
        for nobody in ("nobody", "c99999999", "../../etc", "x" * 300, "无此通道"):
            with pytest.raises(NotFound):
                ask(nobody)


def test_a_cursor_that_is_none_is_an_error_of_ours(center):
    with contextlib.suppress(CenterError):
        assert isinstance(center.children(None, "no cursor of yours"), NodePage)


def test_the_snapshot_is_the_tree(center):
    needs(center.capabilities.catalog, "this kind has no catalog")
    pages = list(center.snapshot())
    rows = [row for page in pages for row in page.nodes]
    assert all(isinstance(row, CatalogNode) for row in rows)
    assert pages[-1].cursor is None
    assert pages[-1].total == len(rows)
    assert len({page.revision for page in pages}) == 1
    by_id = {row.id: row for row in rows}
    assert len(by_id) == len(rows)
    assert all(row.parent_id is None or row.parent_id in by_id for row in rows)
    hanging: dict[str, set[str | None]] = {}
    for node in walk(center):
        hanging.setdefault(node.id, set()).add(node.parent_id)
        if node.channel is not None:
            row = by_id[node.id]
            assert (row.name, row.gb_code, row.online) == (node.name, node.channel.gb_code, node.channel.online)
    for row in rows[:200]:
        assert row.parent_id in hanging[row.id], "a mirror shows nothing where the center does not"
        assert center.node(row.id).name == row.name


def test_a_snapshot_that_is_known_is_not_sent_again_and_nothing_changed_since(center):
    needs(center.capabilities.catalog, "this kind has no catalog")
    page = list(center.snapshot())[-1]
    again = center.snapshot(etag=page.revision)
    if isinstance(again, NotModified):
        assert again.revision == page.revision
    else:  # a server without revisions may send it whole
        former, page = page, list(again)[-1]
        assert page.total == former.total
    batch = center.changes(page.sequence)
    assert batch.sequence >= page.sequence
    assert not batch.more
    with pytest.raises(CursorExpired):
        center.changes(page.sequence + 10_000_000)
