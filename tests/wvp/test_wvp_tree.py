"""Both trees of a WVP level by level, the whole catalog, and changes found by comparing."""

import pytest
from wvp_double import Camera, Group, WvpError

from wallclient.api.wvp import catalog as module
from wallclient.domain.catalog import ChannelState, Removed, StatusChange, Upsert
from wallclient.domain.errors import CursorExpired, NotFound, SnapshotGone
from wallclient.domain.node import CameraKind


def read(center):
    pages = list(center.snapshot())
    return {row.id: row for page in pages for row in page.nodes}, pages[-1]


def test_roots_are_the_groups_and_two_folders_of_ours(center):
    assert [node.id for node in center.children(None).nodes] == ["g1", "regions", "unfiled"]


def test_a_group_holds_its_groups_and_its_cameras_page_by_page(center):
    assert [node.id for node in center.children("g1").nodes] == ["g2", "g3"]
    first = center.children("g3", limit=3)
    second = center.children("g3", first.next_cursor, limit=3)
    assert [node.id for node in (*first.nodes, *second.nodes)] == ["c11", "c13", "c15", "c17"]
    assert second.next_cursor is None
    assert first.nodes[0].parent_id == "g3"


def test_regions_and_unfiled_cameras(center):
    assert [node.id for node in center.children("regions").nodes] == ["r1"]
    assert center.children("r2").nodes[0].name == "市辖区"
    assert {node.id for node in center.children("r3").nodes} == {f"c{n}" for n in range(11, 20)}
    assert [node.id for node in center.children("unfiled").nodes] == ["c18", "c19"]


def test_a_folder_is_found_without_having_been_listed(center):
    assert center.node("g3").name == "弋江分局"
    assert center.node("r3").name == "市辖区"
    assert center.node("c12").channel.name == "中山路12号"
    assert center.node("unfiled").name == "未分组"


@pytest.mark.parametrize("node_id", ["g99", "c99", "x1", "", "g-1", "c１２", "../1"])
def test_what_is_not_there_is_not_found(center, node_id):
    with pytest.raises(NotFound):
        center.node(node_id)


def test_channels_below_go_through_all_folders(center):
    found, cursor = [], None
    while True:
        page = center.channels_below("g1", cursor, limit=2)
        found += [channel.id for channel in page.channels]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(found) == [f"c{n}" for n in range(11, 18)]


def test_a_tree_that_bites_its_tail_ends(wvp, center):
    wvp.groups = [Group(1, "a", "A", None, "a"), Group(2, "b", "B", 1, "a"), Group(1, "a", "A", 2, "a")]
    rows, _ = read(center)
    assert {"g1", "g2"} <= rows.keys()
    assert center.channels_below("g1").channels == ()


def test_a_snapshot_has_every_group_and_every_channel_once(center):
    rows, last = read(center)
    assert rows.keys() == {"g1", "g2", "g3", "unfiled", *(f"c{n}" for n in range(11, 20))}
    assert (rows["g1"].parent_id, rows["g2"].parent_id) == (None, "g1")
    assert (rows["c11"].parent_id, rows["c12"].parent_id, rows["c18"].parent_id) == ("g3", "g2", "unfiled")
    assert rows["c11"].camera_kind is CameraKind.PTZ
    assert rows["c11"].civil_code == "340200"
    assert last.cursor is None
    assert last.total == len(rows)


def test_pages_follow_each_other(monkeypatch, center):
    monkeypatch.setattr(module, "PAGE", 2)
    rows, last = read(center)
    assert len(rows) == 13
    assert last.cursor is None
    assert center.changes(last.sequence).changes == ()


def test_a_row_that_cannot_be_read_hides_no_other(wvp, center):
    wvp.cameras[12].extra = {"gbName": {"not": "a name"}}
    wvp.cameras[13].extra = {"gbLongitude": 999.0}
    rows, _ = read(center)
    assert "c12" not in rows
    assert rows["c13"].longitude is None


def test_a_camera_that_moves_is_where_it_said_last(wvp, center):
    assert center.channel("c11").longitude == 118.37
    wvp.places[11] = (118.4, 31.4)
    assert (center.channel("c11").longitude, center.channel("c11").latitude) == (118.4, 31.4)
    wvp.places[11] = (0.0, 0.0)  # no satellite in sight
    assert center.channel("c11").longitude == 118.37
    wvp.fails["/api/position"] = WvpError(500, None, 500)
    assert center.channel("c11").longitude == 118.37


def test_an_older_server_is_asked_for_places_once(wvp, center):
    wvp.new_alarms = False
    for _ in range(3):
        assert center.channel("c11").longitude == 118.37
    assert wvp.count("/api/position") == 1


def test_changes_are_found_by_comparison(wvp, center):
    _, last = read(center)
    wvp.cameras[11].online = False
    wvp.cameras[12].name = "改名"
    del wvp.cameras[13]
    wvp.cameras[20] = Camera(20, "34020000001320000020", "新装")
    wvp.groups.append(Group(4, "34020000002160000004", "鸠江分局", 1, wvp.groups[0].code))
    batch = center.changes(last.sequence)
    told = {getattr(c, "channel_id", None) or getattr(c, "node_id", None) or c.node.id: c for c in batch.changes}
    assert told.keys() == {"c11", "c12", "c13", "c20", "g4"}
    assert told["c11"] == StatusChange(told["c11"].sequence, "c11", ChannelState.OFFLINE)
    assert isinstance(told["c12"], Upsert)
    assert told["c12"].node.name == "改名"
    assert isinstance(told["c13"], Removed)
    assert isinstance(told["c20"], Upsert)
    assert [c.sequence for c in batch.changes] == list(range(last.sequence + 1, batch.sequence + 1))
    assert center.changes(batch.sequence).changes == ()


def test_changes_come_in_parts_that_join(wvp, center):
    _, last = read(center)
    for camera in wvp.cameras.values():
        camera.online = False
    first = center.changes(last.sequence, limit=4)
    assert first.more
    rest = center.changes(first.sequence)
    assert not rest.more
    assert len(first.changes) + len(rest.changes) == 9


def test_a_row_the_list_skipped_is_not_removed(monkeypatch, wvp, center):
    _, last = read(center)
    whole = type(wvp).common_list

    def skipping(self, query):
        page = whole(self, query)
        page["list"] = [row for row in page["list"] if row["gbId"] != 14]
        return page

    monkeypatch.setattr(type(wvp), "common_list", skipping)
    assert center.changes(last.sequence).changes == ()
    wvp.cameras[14].extra = {"gbName": 5}  # there, but unreadable
    assert center.changes(last.sequence).changes == ()
    del wvp.cameras[14]
    assert center.changes(last.sequence).changes == (Removed(last.sequence + 1, "c14"),)


def test_a_failing_server_removes_nothing(wvp, center):
    _, last = read(center)
    wvp.fails["/common/channel/list"] = WvpError(500, None, 500)
    with pytest.raises(Exception, match="500"):
        center.changes(last.sequence)
    wvp.fails.clear()
    assert center.changes(last.sequence).changes == ()


def test_numbers_of_another_life_need_a_fresh_snapshot(center):
    with pytest.raises(CursorExpired):
        center.changes(5)
    _, last = read(center)
    for since in (last.sequence - 1, last.sequence + 1, 0):
        with pytest.raises(CursorExpired):
            center.changes(since)
    with pytest.raises(SnapshotGone):
        center.snapshot("page-1")


def test_a_broken_off_snapshot_is_followed_by_no_changes(monkeypatch, center):
    monkeypatch.setattr(module, "PAGE", 2)
    pages = center.snapshot()
    first = next(pages)
    pages.close()
    with pytest.raises(CursorExpired):
        center.changes(first.sequence)
