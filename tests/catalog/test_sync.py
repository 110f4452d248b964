"""Keeping in step: first sync, broken off and resumed, feeds with gaps, centers and files that go wrong."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from catalog_fakes import CITY, GROUP, Rows, camera, inner, small_city

from wallclient.catalog.mirror import Mirror, mirror_path
from wallclient.catalog.sync import SyncStopped
from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import WITHOUT_PLACE_ID, CatalogChange, Hierarchy, NodeFlag
from wallclient.domain.errors import BadPayload, ServerFailed, SignInNeeded, StorageFailed


def test_first_sync_mirrors_the_whole_tree(kept):
    assert kept.children() == ["city"]
    assert kept.children("city") == ["yz"]
    assert kept.children("yz") == ["ctm", "jfb", "c6"]  # the center's order, inner nodes first
    assert kept.counts("city") == (6, 4)
    assert kept.counts("jfb") == (3, 2)
    row = kept.reader.row("c1")
    original = kept.source.nodes["c1"]
    assert (row.name, row.gb_code, row.parent_id) == (original.name, original.gb_code, "road")
    assert row.rights_mask == 15
    assert row.flags == NodeFlag(0)
    assert kept.changes[-1] == CatalogChange(everything=True)
    assert os.stat(kept.path).st_mode & 0o777 == 0o600


def test_regions_follow_from_civil_codes(kept):
    provinces = kept.reader.children(None, Hierarchy.REGIONS).rows
    assert [(row.name, row.civil_code, row.total) for row in provinces] == [("重庆市", "50", 5), ("", "", 1)]
    district = kept.reader.children(provinces[0].id, Hierarchy.REGIONS).rows[0]
    assert (district.name, district.total, district.online) == ("渝中区", 5, 3)
    units = kept.reader.children(district.id, Hierarchy.REGIONS).rows
    assert [(row.name, row.total) for row in units] == [("解放碑派出所", 3), ("朝天门派出所", 2)]
    assert kept.children(units[0].id, Hierarchy.REGIONS) == ["c1", "c2", "c3"]
    line = kept.reader.ancestors("c1", Hierarchy.REGIONS)
    assert [row.civil_code for row in line] == ["50", "500103", "50010301"]


def test_changes_are_followed(kept):
    kept.source.set_state("c2", ChannelState.ONLINE)
    kept.source.put(camera("c7", "ctm", "新"))
    kept.source.remove("c3")
    kept.source.put(replace(kept.source.nodes["jfb"], name="解放碑站"))
    kept.catch_up()
    assert kept.counts("jfb") == (2, 2)
    assert kept.counts("city") == (6, 5)
    assert "c7" in kept.children("ctm")
    assert kept.reader.row("c3") is None
    assert kept.search("解放碑站 枪机9") == ["c2"]  # the path's words are those of its new name
    change = kept.changes[-1]
    assert {"c2", "c7", "jfb", "city"} <= change.rows
    assert {"ctm", "road"} <= change.children
    assert not change.everything


def test_a_first_sync_shows_what_has_come_and_goes_on_where_it_broke_off(kept, keep, tmp_path):
    source = Rows(small_city(), page_rows=3)
    source.fail_after_pages, source.failure = 2, ServerFailed("gone")
    broken = keep(source, tmp_path / "broken")
    with pytest.raises(ServerFailed):
        broken.catch_up()
    assert not broken.mirror.has_tree
    assert broken.children("road") == ["c1"]
    assert broken.counts("city") == (1, 1)
    assert broken.search("解放碑步行街") == ["c1"]
    broken.mirror.close()
    source.fail_after_pages = None
    broken.catch_up()
    assert source.asked[-1][0] == "6"
    assert dump(broken) == dump(kept)


def test_a_resync_never_shows_half_a_tree(keep):
    source = Rows(small_city(), page_rows=2)
    kept = keep(source)
    kept.catch_up()
    source.expire()
    source.nodes["c9"] = camera("c9", "ctm")
    source.fail_after_pages, source.failure = 2, ServerFailed("gone")
    with pytest.raises(ServerFailed):
        kept.catch_up()
    assert kept.counts("city") == (6, 4)
    assert kept.children("ctm") == ["c4", "c5"]
    source.fail_after_pages = None
    kept.catch_up()
    assert kept.counts("city") == (7, 5)
    with closing(sqlite3.connect(kept.path)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    assert "node_2" in tables
    assert "node_1" not in tables  # the old tree takes no room


def test_a_gap_in_the_feed_leads_to_a_fresh_snapshot(kept):
    kept.source.nodes["c1"] = replace(kept.source.nodes["c1"], name="没有人说过")
    kept.source.expire()
    kept.catch_up()
    assert kept.reader.row("c1").name == "没有人说过"
    assert kept.mirror.sequence == kept.source.sequence


def test_an_unchanged_tree_is_not_read_again_but_a_feed_that_never_follows_is(kept):
    etag = kept.mirror.etag
    assert etag == kept.source.revision
    kept.source.feed_starts += 1  # the feed lost its place, the tree is the same
    kept.source.epoch = 1
    kept.catch_up()
    assert kept.mirror.sequence == kept.source.sequence


def test_a_snapshot_that_changed_meanwhile_begins_anew(keep):
    source = Rows(small_city(), page_rows=3)
    source.fail_after_pages, source.failure = 2, ServerFailed("gone")
    kept = keep(source)
    with pytest.raises(ServerFailed):
        kept.catch_up()
    source.nodes["c1"] = replace(source.nodes["c1"], name="别的")
    source.expire()
    source.fail_after_pages, source.gone = None, True
    kept.catch_up()
    assert kept.reader.row("c1").name == "别的"
    assert kept.counts("city") == (6, 4)


def test_pages_of_two_snapshots_never_make_one_tree(keep):
    source = Rows(small_city(), page_rows=3)
    source.fail_after_pages, source.failure = 2, ServerFailed("gone")
    kept = keep(source)
    with pytest.raises(ServerFailed):
        kept.catch_up()
    source.expire()  # another revision, yet the cursor is taken
    source.fail_after_pages = None
    kept.catch_up()
    assert [cursor for cursor, _ in source.asked] == [None, "6", None]
    assert kept.counts("city") == (6, 4)


@pytest.mark.parametrize("error", [ServerFailed("500"), BadPayload("rubbish"), SignInNeeded("lapsed")])
def test_errors_in_the_middle_keep_what_has_come(keep, error):
    source = Rows(small_city(), page_rows=2)
    source.fail_after_pages, source.failure = 3, error
    kept = keep(source)
    with pytest.raises(type(error)):
        kept.catch_up()
    assert kept.mirror.resume_cursor() == "6"
    source.fail_after_pages = None
    kept.catch_up()
    assert kept.counts("city") == (6, 4)


def test_a_stopped_sync_keeps_what_has_come(keep):
    source = Rows(small_city(), page_rows=2)
    kept = keep(source)
    pages = source._pages
    source._pages = lambda start: (stop_after(kept, n, page) for n, page in enumerate(pages(start)))
    with pytest.raises(SyncStopped):
        kept.catch_up()
    source._pages = pages
    cursor = kept.mirror.resume_cursor()
    assert cursor is not None
    kept.catch_up()
    assert source.asked[-1] == (cursor, None)
    assert kept.counts("city") == (6, 4)


def stop_after(kept, number, page):
    """Stop the sync with the third page."""
    if number == 2:
        kept.sync.stop()
    return page


KILLED = """
import os, signal, sys
sys.path.insert(0, {here!r})
from catalog_fakes import Rows, camera, inner
from pathlib import Path
from wallclient.catalog import mirror
from wallclient.catalog.sync import Sync
mirror.ROWS_PER_COMMIT = 500
nodes = [inner("g", None), *(camera(f"c{{n}}", "g", f"路口{{n}}") for n in range(3000))]
source = Rows(nodes, page_rows=100)
kept = mirror.Mirror(Path({path!r}))
kept.open()
def progressed(progress):
    if kept.progress()[0] >= 1200:
        os.kill(os.getpid(), signal.SIGKILL)
sync = Sync(kept, source, lambda change: None, progressed)
sync._told_at = -1e9
from wallclient.catalog import sync as module
module._PROGRESS_S = 0.0
sync.catch_up()
"""


def test_a_killed_sync_is_resumed(keep):
    nodes = [inner("g", None), *(camera(f"c{n}", "g", f"路口{n}") for n in range(3000))]
    source = Rows(nodes, page_rows=100)
    kept = keep(source)
    script = textwrap.dedent(KILLED).format(here=str(Path(__file__).parent), path=str(kept.path))
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    assert kept.mirror.open()
    assert kept.mirror.resume_cursor() == "1000"
    kept.catch_up()
    assert source.asked == [("1000", None)]
    assert kept.counts("g") == (3000, 3000)
    assert len(kept.search("路口299")) == 11


# --- trees that are none ---


def test_a_double_id_counts_once_the_last_one_and_is_flagged(keep):
    source = Rows(small_city(), page_rows=4)
    source.doubles = [replace(source.nodes["c1"], name="第二个"), inner("ctm", "yz", "新朝天门")]
    kept = keep(source)
    kept.catch_up()
    row = kept.reader.row("c1")
    assert row.name == "第二个"
    assert row.flags & NodeFlag.DUPLICATE
    assert kept.counts("city") == (6, 4)
    assert kept.reader.row("ctm").name == "新朝天门"
    assert kept.search("新朝天门 重庆港") == ["c5"]


def test_orphans_have_a_place_and_go_home_when_their_parent_comes(keep):
    source = Rows([inner("city", None), camera("lost", "nobody"), inner("g", "unknown"), camera("below", "g")])
    kept = keep(source)
    kept.catch_up()
    assert kept.children() == ["city", WITHOUT_PLACE_ID]
    assert kept.children(WITHOUT_PLACE_ID) == ["g", "lost"]
    assert kept.counts(WITHOUT_PLACE_ID) == (2, 2)
    assert kept.reader.row("lost").flags & NodeFlag.ORPHAN
    assert kept.reader.row("g").flags & NodeFlag.ORPHAN
    source.put(inner("nobody", "city", "家"))
    source.put(inner("unknown", "nobody"))
    kept.catch_up()
    assert kept.children() == ["city"]
    assert kept.counts("nobody") == (2, 2)
    assert not kept.reader.row("lost").flags
    assert not kept.reader.row("g").flags
    assert kept.search("家 lost") == ["lost"]


def test_parents_may_come_after_their_children(keep, kept):
    late = keep(Rows(reversed(small_city()), page_rows=2), kept.path.parent / "late")
    late.catch_up()
    assert dump(late) == dump(kept)
    assert late.search("渝中区 枪机10") == ["c1"]


def test_a_ring_is_cut_and_flagged(keep):
    ring = [
        inner("b", "a"),
        inner("a", "c"),
        inner("c", "b"),
        camera("x", "b"),
        inner("self", "self"),
        camera("y", "self"),
    ]
    kept = keep(Rows(ring, page_rows=2))
    kept.catch_up()
    assert kept.children(WITHOUT_PLACE_ID) == ["a", "self"]
    assert kept.reader.row("a").flags & NodeFlag.CYCLE
    assert kept.counts("a") == (1, 1)
    assert [row.id for row in kept.reader.ancestors("x")] == [WITHOUT_PLACE_ID, "a", "b"]
    kept.source.put(inner("a", None))
    kept.catch_up()
    assert kept.children() == ["a", WITHOUT_PLACE_ID]
    assert not kept.reader.row("a").flags


def test_a_camera_is_no_parent(keep):
    kept = keep(Rows([camera("top", None), camera("under", "top")]))
    kept.catch_up()
    assert kept.children() == ["top", WITHOUT_PLACE_ID] or kept.children() == [WITHOUT_PLACE_ID, "top"]
    assert kept.reader.row("under").flags & NodeFlag.ORPHAN
    kept.source.remove("top")
    kept.catch_up()
    assert kept.reader.row("under") is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("解放碑\x00\x07\n东口", "解放碑 东口"),
        ("\u202e口东\u2066碑放解", "口东碑放解"),
        ("路\ud800口", "路口"),
        ("", ""),
        ("名" * 2_000_000, "名" * 119 + "…"),
    ],
    ids=["controls", "direction", "surrogate", "empty", "huge"],
)
def test_absurd_names_are_shown_harmless_and_kept(keep, name, shown):
    kept = keep(Rows([inner("g", None), camera("x", "g", name, gb_code="\u202e12\x00")]))
    kept.catch_up()
    row = kept.reader.row("x")
    assert row.name == shown
    assert row.name.isprintable()
    assert row.gb_code == "12"
    assert row.flags & NodeFlag.BAD_CODE
    assert row.flags & NodeFlag.ODD_TEXT
    assert kept.reader.original("x") == (name, "\u202e12\x00")


def test_ids_may_hold_anything_that_can_be_stored(keep):
    odd = "x'\"; DROP TABLE\x00\u202e%_" + "长" * 5000
    kept = keep(Rows([inner("g", None), camera(odd, "g"), camera("half\ud800", "g"), inner(WITHOUT_PLACE_ID, None)]))
    kept.catch_up()
    assert kept.children("g") == [odd]
    assert kept.reader.row("half\ud800") is None
    kept.source.set_state(odd, ChannelState.OFFLINE)
    kept.source.set_state("half\ud800", ChannelState.OFFLINE)
    kept.catch_up()
    assert kept.counts("g") == (1, 0)


def test_bad_codes_are_shown_and_flagged(kept):
    row = kept.reader.row("c6")
    assert row.gb_code == "123"
    assert row.flags == NodeFlag.BAD_CODE


def test_a_camera_that_becomes_a_node_and_back(kept):
    kept.source.put(inner("c1", "road", "变了", GROUP))
    kept.source.put(camera("under", "c1"))
    kept.catch_up()
    assert kept.counts("jfb") == (3, 2)
    assert kept.children("c1") == ["under"]
    kept.source.put(camera("c1", "road"))
    kept.catch_up()
    assert kept.counts("jfb") == (3, 2)
    assert kept.reader.row("under").flags & NodeFlag.ORPHAN


# --- files that go wrong ---


@pytest.mark.parametrize("damage", ["cut", "rubbish", "empty_page", "future"])
def test_a_damaged_file_is_kept_aside_and_the_tree_read_anew(keep, damage):
    first = keep(Rows([inner("g", None), *(camera(f"c{n}", "g") for n in range(2000))], page_rows=500))
    first.catch_up()
    first.close()
    path = first.path
    whole = path.read_bytes()
    if damage == "future":
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version=99")
        db.close()
    else:
        spoiled = {"cut": whole[: len(whole) // 2], "rubbish": b"rubbish" * 999}
        spoiled["empty_page"] = whole[:100] + bytes(4000) + whole[4100:]
        path.write_bytes(spoiled[damage])
    again = keep(first.source)
    again.catch_up()
    assert again.counts("g") == (2000, 2000)
    assert again.mirror.set_aside == path.with_name(path.name + ".bad")
    assert again.mirror.set_aside.exists()


def test_a_second_program_reads_what_the_first_keeps(keep, kept):
    second = Mirror(kept.path)
    assert not second.open()
    with pytest.raises(StorageFailed):
        second.set_favourite("c1", True)
    kept.source.set_state("c2", ChannelState.ONLINE)
    kept.catch_up()
    assert kept.counts("city") == (6, 5)
    kept.mirror.close()
    assert second.open()
    second.close()


def test_a_file_somebody_else_holds_is_an_error_and_not_damage(keep, kept, monkeypatch):
    kept.close()
    monkeypatch.setattr("wallclient.catalog.schema.BUSY_S", 0.05)
    holder = sqlite3.connect(kept.path, isolation_level=None)
    holder.execute("PRAGMA journal_mode=DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageFailed):
        Mirror(kept.path).open()
    holder.close()
    again = keep()
    assert again.mirror.open()
    assert again.mirror.set_aside is None


def test_operators_and_centers_have_files_of_their_own(tmp_path):
    pairs = [("http://a", "b"), ("http://a", "c"), ("http://b", "b"), ("http://a-b", ""), ("http://a", "../../b")]
    paths = {mirror_path(tmp_path, *pair) for pair in pairs}
    assert len(paths) == len(pairs)
    assert {path.parent for path in paths} == {tmp_path}


def test_favourites_and_recent_outlast_a_resync(kept):
    kept.mirror.set_favourite("c1", True)
    kept.mirror.set_favourite("c4", True)
    kept.mirror.set_favourite("c4", False)
    for id_ in ("c1", "c2", "c1"):
        kept.mirror.add_recent(id_)
    kept.source.expire()
    kept.catch_up()
    assert list(kept.reader.favourites()) == ["c1"]
    assert kept.reader.row("c1").favourite
    assert kept.reader.recent() == ["c1", "c2"]


def dump(kept):
    """Return everything a window can see of a mirror: both trees with all rows."""
    seen = {}
    for hierarchy in Hierarchy:
        heads = [None]
        while heads:
            head = heads.pop()
            page = kept.reader.children(head, hierarchy, limit=10_000)
            seen[hierarchy, head] = sorted((row for row in page.rows), key=lambda row: row.id)
            heads += [row.id for row in page.rows if not row.is_channel]
    return seen


def test_dump_tells_trees_apart(kept, keep, tmp_path):
    other = keep(Rows([inner("city", None, "重庆市", CITY)]), tmp_path / "other")
    other.catch_up()
    assert dump(other) != dump(kept)


def test_a_storm_is_taken_in_turns_and_loses_nothing(keep):
    """Each turn is a state of its own, from which the mirror goes on if it is stopped there."""
    nodes = [inner("g", None, "组"), *(camera(f"c{n}", "g") for n in range(700))]
    kept = keep(Rows(nodes, page_rows=1000))
    kept.catch_up()
    kept.changes.clear()
    for n in range(700):
        kept.source.set_state(f"c{n}", ChannelState.OFFLINE)
    kept.catch_up()
    told = [len([id_ for id_ in change.rows if id_.startswith("c")]) for change in kept.changes]
    assert told == [250, 250, 200]
    assert kept.counts("g") == (700, 0)
    assert kept.mirror.sequence == kept.source.sequence
