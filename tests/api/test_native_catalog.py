"""Snapshot and change feed through the native adapter, against the real embedded center in good and bad moods."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.catalog_mirror import DictMirror
from wallclient.api import models, native_catalog, wire
from wallclient.api.native import NativeCenter
from wallclient.api.native_catalog import read_changes, read_row, read_snapshot
from wallclient.demo import snapshot
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.mischief import BAD_CODES, HUGE_NAME_LENGTH, ODD_NAMES, Mischief
from wallclient.domain.catalog import (
    ALL_RIGHTS,
    ChannelState,
    NotModified,
    Removed,
    Right,
    StatusChange,
    Upsert,
    rights_mask,
    rights_of,
)
from wallclient.domain.errors import BadPayload, CursorExpired, ServerFailed, SignInNeeded, SnapshotGone
from wallclient.domain.event import CatalogMoved
from wallclient.domain.node import NodeKind

CAMERAS = 1000


@pytest.fixture
def embedded(monkeypatch):
    monkeypatch.setattr(snapshot, "PAGE_ROWS", 100)  # many pages of a small city
    with EmbeddedCenter(CAMERAS) as embedded:
        yield embedded


@pytest.fixture
def center(embedded):
    center = signed_in(embedded)
    yield center
    center.close()


def signed_in(embedded, user=None):
    center = NativeCenter(embedded.base_url)
    center.log_in(user or embedded.user, embedded.password)
    return center


def test_a_snapshot_holds_the_whole_tree(center, embedded):
    pages = list(center.snapshot())
    assert len(pages) > 5
    assert {page.total for page in pages} == {sum(len(page.nodes) for page in pages)}
    nodes = {node.id: node for page in pages for node in page.nodes}
    channels = [node for node in nodes.values() if node.is_channel]
    assert len(channels) == CAMERAS
    assert sum(node.online for node in channels) == embedded.city.node("city").channels_online
    for node in nodes.values():
        assert (node.parent_id in nodes) == (node.parent_id is not None)
        shown = center.node(node.id)
        assert (shown.parent_id, shown.kind, shown.name, shown.gb_code) == (
            node.parent_id,
            node.kind,
            node.name,
            node.gb_code,
        )
        assert node.rights == ALL_RIGHTS
    camera, known = nodes["c900"], center.channel("c900")
    assert (camera.camera_kind, camera.place, camera.longitude, camera.latitude, camera.has_audio, camera.online) == (
        known.camera_kind,
        known.place,
        known.longitude,
        known.latitude,
        known.has_audio,
        known.online,
    )
    assert {nodes[i].civil_code for i in ("city", "d500103", "s50010301", "c1")} == {"50", "500103", "50010301"}
    assert {node.state for node in channels} == set(ChannelState)


def test_the_skeleton_comes_first(center):
    nodes = [node for page in center.snapshot() for node in page.nodes]
    seen = set()
    for node in nodes:
        assert node.parent_id is None or node.parent_id in seen
        seen.add(node.id)
    first_channel = next(i for i, node in enumerate(nodes) if node.is_channel)
    assert all(node.is_channel for node in nodes[first_channel:])


def test_resumed_anywhere_it_is_the_same_set(center):
    pages = list(center.snapshot())
    whole = [node for page in pages for node in page.nodes]
    for at in range(len(pages) - 1):
        before = [node for page in pages[: at + 1] for node in page.nodes]
        after = [node for page in center.snapshot(pages[at].cursor) for node in page.nodes]
        assert before + after == whole


def test_not_modified(center, embedded):
    revision = DictMirror().read(center).revision
    assert center.snapshot(etag=revision) == NotModified(revision)
    assert not isinstance(center.snapshot(etag="another"), NotModified)
    assert not isinstance(center.snapshot(etag='"'), NotModified)
    embedded.rename("c7", "别名")
    assert DictMirror().read(center).revision != revision
    assert not isinstance(center.snapshot(etag=revision), NotModified)


def test_every_kind_of_change(center, embedded):
    mirror = DictMirror().read(center)
    since = mirror.sequence
    added = embedded.add_camera("s50010301", "新装球机")
    embedded.rename("c70", "改名枪机")
    embedded.rename("d500103", "渝中")
    embedded.move_camera("c71", "s50010301")
    embedded.remove_camera("c72")
    embedded.set_state("c73", "video_lost")
    embedded.set_state("c73", "online")
    batch = center.changes(since)
    assert [type(change) for change in batch.changes] == [Upsert] * 4 + [Removed] + [StatusChange] * 2
    assert batch.changes[0].node.name == "新装球机"
    assert batch.changes[3].node.parent_id == "s50010301"
    assert not batch.more
    mirror.follow(center)
    assert mirror.nodes == DictMirror().read(center).nodes
    assert (added in mirror.nodes, "c72" in mirror.nodes) == (True, False)
    assert center.node("city").channels_total == CAMERAS
    assert center.changes(batch.sequence).changes == ()


def test_a_burst_comes_in_batches(center, embedded):
    mirror = DictMirror().read(center)
    assert len(embedded.burst(900)) == 900
    assert center.changes(mirror.sequence, 100).more
    assert mirror.follow(center, limit=100) == 900
    assert mirror.nodes == DictMirror().read(center).nodes


def test_the_event_says_when_to_ask(center, embedded):
    stream = center.events()
    events = iter(stream)
    next(events)
    embedded.burst(300)
    assert next(events) == CatalogMoved(embedded.changes_at())
    stream.close()


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["city", "d500103", "s50010301", "d500105"]), st.text(max_size=8)),
        st.tuples(st.just("rename"), st.integers(1, 60), st.text(max_size=8)),
        st.tuples(st.just("move"), st.integers(1, 60), st.sampled_from(["city", "d500105", "s50010302", "s50010501"])),
        st.tuples(st.just("remove"), st.integers(1, 60)),
        st.tuples(st.just("state"), st.integers(1, 60), st.sampled_from(ChannelState)),
        st.tuples(st.just("read")),
    ),
    max_size=25,
)


@given(OPERATIONS, st.sampled_from(["operator", "yuzhong", "visitor"]), st.integers(1, 7))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_changes_the_feed_leads_to_a_fresh_snapshot(operations, user, limit):
    with EmbeddedCenter(120) as embedded:
        center = signed_in(embedded, user)
        mirror = DictMirror().read(center)
        gone = set()
        for name, *arguments in operations:
            if name == "read":
                mirror.follow(center, limit)
            elif name == "add":
                embedded.add_camera(*arguments)
            elif arguments[0] not in gone:
                channel_id = f"c{arguments[0]}"
                gone |= {arguments[0]} if name == "remove" else set()
                act = {"rename": embedded.rename, "move": embedded.move_camera}
                act |= {"remove": embedded.remove_camera, "state": embedded.set_state}
                act[name](channel_id, *arguments[1:])
        mirror.follow(center, limit)
        fresh = DictMirror().read(center)
        city = center.node("city")
        channels = [node for node in fresh.nodes.values() if node.is_channel]
        assert (city.channels_total, city.channels_online) == (len(channels), sum(node.online for node in channels))
        below, cursor = list(center.channels_below("city", limit=50).channels), "start"
        cursor = center.channels_below("city", limit=50).next_cursor
        while cursor is not None:
            page = center.channels_below("city", cursor, limit=50)
            below, cursor = below + list(page.channels), page.next_cursor
        center.close()
    assert mirror.nodes == fresh.nodes
    assert sorted(channel.id for channel in below) == sorted(node.id for node in channels)


def test_changes_while_a_snapshot_is_read(center, embedded):
    mirror = DictMirror()
    for index, page in enumerate(center.snapshot()):
        mirror.take(page)
        embedded.move_camera(f"c{65 + index}", "s50010302")
        embedded.remove_camera(f"c{200 + index}")
        embedded.move_camera(f"c{CAMERAS - index}", "s50010301")
        embedded.add_camera("s50010301", f"新{index}")
    mirror.follow(center)
    assert mirror.nodes == DictMirror().read(center).nodes


# --- what makes a fresh snapshot necessary ---


def test_a_gap_is_found(center, embedded):
    since = embedded.changes_at()
    for number in (70, 71, 72):
        embedded.rename(f"c{number}", "甲")
    embedded.lose_changes(1)
    with pytest.raises(CursorExpired):
        center.changes(since)
    assert center.changes(embedded.changes_at()).changes == ()


def test_an_old_place_and_one_of_another_life(center, embedded):
    mirror = DictMirror().read(center)
    cursor = next(iter(center.snapshot())).cursor
    for since in (0, mirror.sequence - 1, mirror.sequence + 1):
        with pytest.raises(CursorExpired):
            center.changes(since)
    embedded.expire_changes()
    with pytest.raises(CursorExpired):
        center.changes(mirror.sequence)
    with pytest.raises(SnapshotGone):
        center.snapshot(cursor)
    for cursor in ("garbage", "x" * 300, ""):
        with pytest.raises(SnapshotGone):
            center.snapshot(cursor)


@pytest.mark.parametrize(
    "body",
    [
        b'[["s",11,"c1","online"]]',  # one of two
        b'[["s",12,"c1","online"],["s",11,"c1","online"]]',
        b'[["s",11,"c1","online"],["s",11,"c1","online"]]',
        b'[["s",10,"c1","online"],["s",12,"c1","online"]]',
        b'[["s",11,"c1","online"],["s",13,"c1","online"]]',
        b'[["z",11,"c1","online"],["s",12,"c1","online"]]',
        b'[["u",11,[1]],["s",12,"c1","online"]]',
        b'[["u",11,["c1",null,"channel","\\ud800",""]],["s",12,"c1","online"]]',
        b'{"a":1}',
        b"[" * 5000,
    ],
)
def test_a_reply_that_does_not_add_up_is_a_gap(body):
    raw = models.RawChangesDocument(native_catalog.msgspec.Raw(body), 0, 12, False)
    with pytest.raises(CursorExpired):
        read_changes(raw, since=10)


def test_more_of_nothing_is_no_endless_loop():
    with pytest.raises(BadPayload):
        read_changes(models.RawChangesDocument(native_catalog.msgspec.Raw(b"[]"), 0, 10, True), since=10)


# --- centers that misbehave ---


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Mischief.GARBAGE, BadPayload),
        (Mischief.ERROR, ServerFailed),
        (Mischief.HALF, ServerFailed),
        (Mischief.CUT, ServerFailed),
        (Mischief.SHORT, ServerFailed),
        (Mischief.HANG, ServerFailed),
        (Mischief.ENDLESS_LINE, BadPayload),
    ],
)
def test_a_snapshot_that_breaks_off_is_resumed(center, embedded, monkeypatch, kind, error):
    monkeypatch.setattr(native_catalog, "SILENCE_S", 1.0)
    monkeypatch.setattr(native_catalog, "LARGEST_LINE_BYTES", 3_000_000)
    whole = DictMirror().read(center)
    embedded.misbehave(kind, after_pages=3)
    mirror = DictMirror()
    with pytest.raises(error) as caught:
        mirror.read(center)
    assert type(caught.value) is error
    assert (mirror.cursor is None) == (kind is Mischief.ERROR)
    embedded.misbehave()
    assert mirror.read(center, mirror.cursor).nodes == whole.nodes


@pytest.mark.parametrize(
    ("kind", "error"),
    [(Mischief.GARBAGE, BadPayload), (Mischief.ERROR, ServerFailed), (Mischief.HALF, ServerFailed)],
)
def test_changes_that_are_none(center, embedded, kind, error):
    since = embedded.changes_at()
    embedded.rename("c9", "乙")
    embedded.misbehave(kind)
    with pytest.raises(error) as caught:
        center.changes(since)
    assert type(caught.value) is error
    embedded.misbehave()
    assert len(center.changes(since).changes) == 1


def mischievous(center, embedded, kind):
    """Return the rows that are there because of a mischief, and how many could not be read."""
    embedded.misbehave()
    true = DictMirror().read(center).nodes
    embedded.misbehave(kind)
    pages = list(center.snapshot())
    found = [node for page in pages for node in page.nodes if node.id.startswith("x-")]
    assert {node.id: node for page in pages for node in page.nodes if not node.id.startswith("x-")} == true
    return found, sum(page.unreadable for page in pages)


def test_odd_trees_pass_as_they_are(center, embedded):
    found, unreadable = mischievous(center, embedded, Mischief.CYCLE)
    assert [(node.id, node.parent_id, node.kind) for node in found[:2]] == [
        ("x-ring-1", "x-ring-2", NodeKind.GROUP),
        ("x-ring-2", "x-ring-1", NodeKind.GROUP),
    ]
    assert unreadable == 0
    found, _ = mischievous(center, embedded, Mischief.ORPHAN)
    assert [node.parent_id for node in found] == ["nowhere"]
    found, _ = mischievous(center, embedded, Mischief.DUPLICATE)
    assert [node.name for node in found] == ["先来的", "后来的"]


def test_odd_texts_pass_as_they_are(center, embedded):
    assert [node.name for node in mischievous(center, embedded, Mischief.ODD_NAMES)[0]] == list(ODD_NAMES)
    assert [node.gb_code for node in mischievous(center, embedded, Mischief.BAD_CODES)[0]] == list(BAD_CODES)
    assert [len(node.name) for node in mischievous(center, embedded, Mischief.HUGE_NAME)[0]] == [HUGE_NAME_LENGTH]


def test_rows_that_are_none_are_counted_and_the_others_kept(center, embedded):
    assert mischievous(center, embedded, Mischief.BAD_ROWS) == ([], 7)
    found, unreadable = mischievous(center, embedded, Mischief.BAD_TEXT)
    assert ([node.id for node in found], unreadable) == (["x-bytes", "x-half"], 0)
    assert all("\ufffd" in node.name for node in found)


@pytest.mark.parametrize("name", [b'"a\tb"', b'"a\x01b"', b'"\\udc00"', b'"\xc3("', b'"\\ud800\\u0041"'])
def test_one_odd_text_costs_no_row(name):
    line = b'{"rows":[["c1","g","channel",%s,""],["c2","g","channel","x","",0]],"cursor":null}' % name
    pages = list(read_snapshot(Lines(HEAD, line + b"\n")))
    assert [node.id for node in pages[0].nodes] == ["c1"]
    assert pages[0].unreadable == 1


HEAD = b'{"revision":"r","sequence":1,"total":2}\n'


class Lines:
    """Stands in for a stream."""

    def __init__(self, *pieces):
        self._pieces = pieces

    def __iter__(self):
        return iter(self._pieces)

    def close(self):
        """Let go."""


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([], ServerFailed),
        ([b"\n"], ServerFailed),
        ([b"null\n"], BadPayload),
        ([b'{"revision":"r\xc3","sequence":1,"total":0}\n'], BadPayload),
        ([b'{"revision":"r","sequence":-1,"total":0}\n'], BadPayload),
        ([b'{"revision":"r","sequence":9999999999999999999,"total":0}\n'], BadPayload),
        ([HEAD], ServerFailed),
        ([HEAD, b"[]\n"], BadPayload),
        ([HEAD, b'{"rows":{}}\n'], BadPayload),
        ([HEAD, b'{"rows":[],"cursor":7}\n'], BadPayload),
        ([HEAD, b'{"rows":[],"cursor":""}\n'], BadPayload),
        ([HEAD, b'{"rows":[],"cursor":"%s"}\n' % (b"x" * 300)], BadPayload),
        ([HEAD, b'{"rows":[],"cursor":null}'], ServerFailed),
        ([HEAD, b"[" * 100_000 + b"\n"], BadPayload),
    ],
)
def test_lines_that_are_no_snapshot(lines, error):
    with pytest.raises(error) as caught:
        list(read_snapshot(Lines(*lines)))
    assert type(caught.value) is error


def test_a_row_at_the_edge_of_the_contract():
    row = models.CatalogRow("c", None, "starship", "n", "", "asleep", "drone", "moon", 181.0, 0.0, False, 255, -1)
    node = read_row(row)
    assert (node.kind, node.state, node.place, node.longitude) == (NodeKind.GROUP, ChannelState.OFFLINE, None, None)
    assert (node.order, rights_of(node.rights)) == (0, frozenset(Right))
    assert read_row(models.CatalogRow("c", None, "channel", "n", "", order=2**70)).order == 0
    assert rights_mask(rights_of(5)) == 5
    assert [right for right in Right if node.may(right)] == list(Right)


def test_more_rows_than_promised(center, monkeypatch):
    monkeypatch.setattr(native_catalog, "ROWS_BEYOND_TOTAL", -CAMERAS)
    with pytest.raises(BadPayload):
        list(center.snapshot())


# --- tokens in the middle of it ---


def test_tokens_lapse_while_a_snapshot_is_read(center, embedded):
    mirror, cursor = DictMirror(), None
    pages = center.snapshot()
    for _ in range(3):
        page = next(pages)
        mirror.take(page)
        cursor = page.cursor
    pages.close()
    embedded.lapse_access_tokens()
    assert mirror.read(center, cursor).nodes == DictMirror().read(center).nodes


def test_a_revoked_session_ends_a_snapshot(center, embedded):
    embedded.misbehave(pause_s=0.05)
    pages = center.snapshot()
    next(pages)
    embedded.revoke_sessions()
    with pytest.raises(ServerFailed):
        list(pages)
    with pytest.raises(SignInNeeded):
        center.snapshot()


def test_close_breaks_off_a_snapshot(center, embedded):
    embedded.misbehave(Mischief.HANG)
    pages = center.snapshot()
    next(pages)
    center.close()
    with pytest.raises(ServerFailed):
        list(pages)


def test_a_session_is_resumed_by_another_run(embedded):
    first = signed_in(embedded, "yuzhong")
    token = first.refresh_token
    first.close()
    assert token not in repr(first)
    second = NativeCenter(embedded.base_url)
    assert second.refresh_token is None
    identity = second.resume(token)
    assert (identity.user, second.capabilities.catalog) == ("yuzhong", True)
    assert second.refresh_token == token
    assert second.channel("c1")
    embedded.revoke_sessions()
    third = NativeCenter(embedded.base_url)
    for bad in (token, "made up", "", "x" * 600):
        with pytest.raises(SignInNeeded):
            third.resume(bad)
    second.close()
    third.close()


def test_the_wire_unpacks(center, monkeypatch):
    sizes = []
    lines = native_catalog._lines
    monkeypatch.setattr(wire, "_CHUNK_BYTES", 1000)
    monkeypatch.setattr(native_catalog, "_lines", lambda stream: lines(sizes.append(len(p)) or p for p in stream))
    assert len(DictMirror().read(center).nodes) > CAMERAS
    assert len(sizes) > 50
