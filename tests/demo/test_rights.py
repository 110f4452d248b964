"""Each operator of the embedded center sees what he may see, and nothing tells him of the rest."""

import json

import pytest
import requests

from wallclient.api.native import NativeCenter
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.snapshot import SnapshotReader
from wallclient.domain.catalog import ALL_RIGHTS, Removed, Right, StatusChange, Upsert, rights_of
from wallclient.domain.errors import CursorExpired, NotFound, NotPermitted, SnapshotGone
from wallclient.domain.event import ChannelStatus
from wallclient.domain.node import NodeKind, PlaceCategory
from wallclient.domain.stream import Codec, Protocol, Source, StreamKind

CAMERAS = 3000
MINE, OTHERS = "d500103", "d500101"


class OneSource:
    """Stands in for the media server."""

    def sources(self, number: int, kind: StreamKind) -> tuple[Source, ...]:
        """Return one address."""
        return (Source(Protocol.RTSP, f"rtsp://127.0.0.1:8554/{number}/{kind}", Codec.H264),)


@pytest.fixture
def embedded():
    with EmbeddedCenter(CAMERAS, media=OneSource()) as embedded:
        yield embedded


@pytest.fixture
def sign_in(embedded):
    made = []

    def make(user):
        center = NativeCenter(embedded.base_url)
        assert center.log_in(user, embedded.password).user == user
        made.append(center)
        return center

    yield make
    for center in made:
        center.close()


def rows(center):
    return {node.id: node for page in center.snapshot() for node in page.nodes}


def tree(center, node_id=None):
    """Return the ids below a node, level by level."""
    found, cursor = [], None
    while True:
        page = center.children(node_id, cursor, limit=500)
        found += page.nodes
        cursor = page.next_cursor
        if cursor is None:
            break
    return {node.id: node for top in found for node in (top, *tree_below(center, top))}


def tree_below(center, node):
    return tree(center, node.id).values() if not node.is_channel else ()


def foreign(embedded):
    """Return a camera of another district."""
    return embedded.city.channels_below(OTHERS, 0, 1)[0][0].id


@pytest.mark.parametrize("user", ["yuzhong", "ptz1"])
def test_tree_snapshot_and_channels_are_the_same_part_of_the_city(embedded, sign_in, user):
    center = sign_in(user)
    seen, levels = rows(center), tree(center)
    assert set(seen) == set(levels)
    districts = {node.id for node in seen.values() if node.kind is NodeKind.DISTRICT}
    assert districts == {"yuzhong": {MINE}, "ptz1": {MINE, "d500105"}}[user]
    channels = {node.id for node in seen.values() if node.is_channel}
    assert 0 < len(channels) < CAMERAS
    assert levels["city"].channels_total == len(channels) == center.node("city").channels_total
    assert levels["city"].channels_online == sum(seen[channel_id].online for channel_id in channels)
    below, cursor = [], None
    while True:
        page = center.channels_below("city", cursor, limit=37)
        below += [channel.id for channel in page.channels]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(below) == len(set(below))
    assert set(below) == channels


def test_rights_are_resolved_per_node(sign_in):
    mine = rows(sign_in("yuzhong"))
    assert rights_of(mine["c1"].rights) == {Right.VIEW}
    assert (mine["city"].rights, rights_of(mine[MINE].rights)) == (0, {Right.VIEW})
    assert rights_of(rows(sign_in("ptz1"))["c1"].rights) == {Right.VIEW, Right.PTZ}
    for user in ("operator", "admin"):
        everything = rows(sign_in(user))
        assert {node.rights for node in everything.values()} == {ALL_RIGHTS}
    guest = rows(sign_in("visitor"))
    assert guest.keys() == everything.keys()
    shut = {node.id for node in guest.values() if node.is_channel and not node.may(Right.VIEW)}
    hotels = {node.id for node in guest.values() if node.place is PlaceCategory.HOTEL}
    assert hotels
    assert hotels <= shut < guest.keys()


def test_what_he_may_not_know_of_does_not_exist(embedded, sign_in):
    center, other = sign_in("yuzhong"), foreign(embedded)
    station = embedded.city.ancestors(embedded.city.number(other))[0]
    for ask in (
        lambda: center.node(OTHERS),
        lambda: center.node(station),
        lambda: center.children(OTHERS),
        lambda: center.channels_below(station),
        lambda: center.node(other),
        lambda: center.channel(other),
        lambda: center.open_live(other, StreamKind.SUB),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_stream_without_the_right_is_refused_with_its_reason(embedded, sign_in):
    guest = sign_in("visitor")
    shut = next(node for node in rows(guest).values() if node.place is PlaceCategory.HOTEL and node.online)
    with pytest.raises(NotPermitted) as caught:
        guest.open_live(shut.id, StreamKind.SUB)
    assert (caught.value.reason, caught.value.right) == ("right-missing", Right.VIEW)
    assert guest.channel(shut.id).id == shut.id
    lease = guest.open_live("c1", StreamKind.SUB)
    embedded.set_rights("visitor", rights=[])
    with pytest.raises(NotPermitted):
        guest.renew_live(lease.id)
    embedded.set_rights("visitor", districts=[OTHERS])
    with pytest.raises(NotFound):
        guest.renew_live(lease.id)


def test_changes_tell_only_of_what_is_his(embedded, sign_in):
    center, other = sign_in("yuzhong"), foreign(embedded)
    since = embedded.changes_at()
    embedded.rename(other, "与他无关")
    embedded.set_state(other, "offline")
    nothing = center.changes(since)
    assert (nothing.changes, nothing.sequence) == ((), since + 2)
    embedded.set_state("c1", "video_lost")
    embedded.move_camera("c2", OTHERS)
    embedded.move_camera(other, "s50010301")
    batch = center.changes(nothing.sequence)
    assert [type(change) for change in batch.changes] == [StatusChange, Removed, Upsert]
    assert (batch.changes[1].node_id, batch.changes[2].node.id) == ("c2", other)
    assert batch.sequence == since + 5
    assert rows(center).keys() >= {"c1", other}
    with pytest.raises(NotFound):
        center.channel("c2")


def test_events_tell_only_of_what_is_his(embedded, sign_in):
    center, other = sign_in("yuzhong"), foreign(embedded)
    stream = center.events()
    events = iter(stream)
    next(events)
    embedded.set_online(other, not embedded.city.channel(other).online)
    embedded.set_online("c1", False)
    status = next(event for event in events if isinstance(event, ChannelStatus))
    stream.close()
    assert status.channel_id == "c1"
    city = center.node("city")
    assert status.ancestors[-1] == ("city", city.channels_total, city.channels_online)


def test_counts_of_a_line_that_is_not_his_any_more(embedded):
    view = embedded._state.view("yuzhong")
    counts = view.counts((("s50010101", 5, 5), (OTHERS, 9, 9), ("city", CAMERAS, CAMERAS)))
    assert [node_id for node_id, _, _ in counts] == ["city"]
    assert counts[0][1] < CAMERAS


def test_a_camera_removed_while_its_row_is_made(embedded):
    added = [embedded.city.number(embedded.add_camera(MINE, name)) for name in ("甲", "乙")]
    embedded.remove_camera(f"c{added[0]}")
    reader = SnapshotReader(embedded._state.view("yuzhong"))
    assert [row.name for row in reader._placed_rows(added)] == ["乙"]


def test_other_rights_are_another_tree(embedded, sign_in):
    center, admin = sign_in("yuzhong"), sign_in("admin")
    pages = list(center.snapshot())
    since = pages[-1].sequence
    cursor = f"{since}.0.1"  # what the first page of a larger city would end with
    assert list(center.snapshot(cursor))
    embedded.set_rights("yuzhong", rights=["view", "playback"], districts=[MINE, OTHERS])
    with pytest.raises(CursorExpired):
        center.changes(since)
    with pytest.raises(SnapshotGone):
        center.snapshot(cursor)
    assert admin.changes(since).changes == ()
    fresh = rows(center)
    assert {OTHERS, foreign(embedded)} <= fresh.keys()
    assert rights_of(fresh["c1"].rights) == {Right.VIEW, Right.PLAYBACK}
    assert pages[-1].revision != next(iter(center.snapshot())).revision


def test_a_snapshot_is_not_another_operators(embedded, sign_in):
    revisions = {next(iter(sign_in(user).snapshot())).revision for user in ("operator", "admin", "yuzhong")}
    assert len(revisions) == 3


def test_nothing_is_said_of_others_in_any_answer(embedded, sign_in):
    center = sign_in("yuzhong")
    mine = {"Authorization": f"Bearer {center._tokens.access()}"}
    since = embedded.changes_at()
    embedded.rename(OTHERS, "机密")
    for path in ("/nodes", "/nodes/city", "/nodes/city/children", "/nodes/city/channels", "/catalog/snapshot"):
        reply = requests.get(f"{embedded.api_url}{path}", headers=mine, timeout=10)
        assert reply.status_code == 200
        assert "机密" not in reply.text
        assert "500101" not in reply.text
    reply = requests.get(f"{embedded.api_url}/catalog/changes?since={since}", headers=mine, timeout=10)
    assert json.loads(reply.text) == {"changes": [], "hidden": 1, "sequence": since + 1, "more": False}
