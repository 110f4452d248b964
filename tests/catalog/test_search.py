"""Searching as operators type, and how names are read and sorted."""

import threading

import pytest
from catalog_fakes import Rows, camera, inner

from wallclient.catalog.grams import NameIndex, search_form
from wallclient.catalog.pinyin import Readings
from wallclient.catalog.search import Search
from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import NO_FILTER, Hierarchy, RowFilter, SortBy
from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("解", "jfb"),
        ("放碑", "jfb"),
        ("解放碑", "jfb"),
        ("jfb", "jfb"),
        ("jiefangbei", "jfb"),
        ("JieFangB", "jfb"),
        ("八一", "c3"),
        ("byl", "c3"),
        ("好吃街", "c3"),
        ("haochi", "c3"),
        ("枪机10", "c1"),
        ("changshou", "c4"),
        ("cs", "c4"),
        ("zhangshou", "c4"),
        ("dasha", "c4"),
        ("daxia", "c4"),
        ("chongqinggang", "c5"),
        ("cqg", "c5"),
        ("xiamen", "c6"),
        ("xm", "c6"),
        ("shamen", "c6"),
        ("50010302001320000015", "c5"),
        ("50010302051", "c4"),
        ("320000014", "c4"),
        ("00013", "c3"),
        ("123", "c6"),
        ("渝中 厦门", "c6"),
        ("朝天门 卡口", "c4"),
        ("ctm zpj", None),
        ("zhaotianmen 码头", "c5"),
        ("yz byl yt", "c3"),
        ("派出所 好吃", "c3"),
        ("区 口 门 大", "c4"),
        ("qiangji10", "c1"),
        ("解放碑·步行街", "c1"),
        ("ＱＩＡＮＧＪＩ 九", None),
        ("jfbei", "jfb"),  # initials, then a syllable
        ("jiefb", "jfb"),  # the other way round
        ("jfangb", "jfb"),
        ("jfbbuxing", "c1"),
        ("bylhaochij", "c3"),
        ("cqgang", "c5"),
        ("chongqg", "c5"),
        ("changshl", "c4"),  # zh, ch and sh are initials, too
        ("chshl", "c4"),
        ("xmdao", None),
    ],
)
def test_what_is_typed_finds_what_is_meant(kept, text, first):
    assert (kept.search(text) or [None])[0] == first


@pytest.mark.parametrize(
    "text", ["", "  ", "龘", "解放碑 龘", "zzz", "jbf", "999999", "·", '"', "a" * 5000, "\u202e", "*"]
)
def test_what_is_not_there_is_not_found(kept, text):
    assert kept.search(text) == []


def test_every_part_of_every_name_is_found(kept):
    readings = Readings()
    for node in kept.source.nodes.values():
        form = search_form(node.name)
        for start in range(len(form)):
            for end in range(start + 1, len(form) + 1):
                assert node.id in kept.search(form[start:end]), form[start:end]
        ways = [way[0] for way in readings.words(form)]
        for start in range(len(ways)):
            assert node.id in kept.search("".join(ways[start:]))
            assert node.id in kept.search("".join(way[0] for way in ways[start : start + 5]))
        for length in (3, 6, 11, 20) if node.gb_code else ():
            assert node.id in kept.search(node.gb_code[-length:])


def test_mixed_spelling_is_taken_only_where_the_letters_are_no_whole_syllables(keep):
    """Or `chong`, typed by one who means 重庆, would be drowned by every 长虹 (c + hong)."""
    nodes = [inner("g", None, "组"), camera("hong", "g", "长虹路口"), camera("qing", "g", "重庆路口")]
    kept = keep(Rows(nodes))
    kept.catch_up()
    assert kept.search("chong") == ["qing"]
    assert kept.search("chonglk") == ["hong"]
    assert kept.search("changhlk") == ["hong"]
    assert kept.search("cqingluk") == ["qing"]


def test_codes_find_platforms_groups_and_short_beginnings(keep):
    nodes = [
        inner("city", None, "城", NodeKind.CITY, gb_code="50000000002000000001"),
        inner("yz", "city", "渝中区", NodeKind.DISTRICT, gb_code="50010300002000000001"),
        inner("road", "yz", "路段", NodeKind.GROUP, gb_code="50010301002160000077"),
        camera("c1", "road", "八一路", gb_code="50010301001320000001"),
        camera("n50", "road", "球机50", gb_code="51010301001320000002"),
    ]
    kept = keep(Rows(nodes))
    kept.catch_up()
    assert kept.search("500103") == ["yz", "road", "c1", "n50"]  # what lies below is found, too
    assert kept.search("2160000077") == ["road", "c1", "n50"]
    assert kept.search("50010301002160000077") == ["road"]
    assert kept.search("50") == ["n50", "city", "yz", "road", "c1"]  # names first
    kept.mirror.set_favourite("c1", True)
    assert kept.search("13") == []  # in the middle of every code: tells nobody apart
    assert kept.search("球机 50") == ["n50"]


def test_many_platforms_with_one_beginning_leave_room_for_cameras(keep):
    stations = [
        inner(f"s{n}", None, f"站{n}", NodeKind.STATION, gb_code=f"5001030{n:02}02000000001") for n in range(60)
    ]
    kept = keep(Rows([*stations, camera("c1", "s3", "八一路")]))
    kept.catch_up()
    found = kept.search("500103", limit=50)
    assert found[:2] == ["s0", "s1"]
    assert "c1" in found


def test_hits_carry_their_path_and_are_ranked(keep):
    nodes = [
        inner("city", None, "城"),
        inner("s", "city", "桥头派出所", NodeKind.STATION),
        camera("middle", "s", "石桥头"),
        camera("off", "s", "桥头一号", state=ChannelState.OFFLINE),
        camera("on", "s", "桥头二号"),
        camera("liked", "s", "桥头三号", state=ChannelState.OFFLINE),
        camera("path", "s", "别处"),
    ]
    kept = keep(Rows(nodes))
    kept.catch_up()
    kept.mirror.set_favourite("liked", True)
    assert kept.search("桥头") == ["liked", "s", "on", "off", "middle", "path"]
    hit = kept.finder.find("二号").hits[0]
    assert (hit.row.id, hit.path) == ("on", ("城", "桥头派出所"))


def test_rare_hits_are_found_among_many_alike(keep):
    nodes = [inner("g", None, "组"), *(camera(f"c{n}", "g", f"清泉路口{n}") for n in range(4000))]
    kept = keep(Rows([*nodes, camera("rare", "g", "曲奇桥"), camera("rare2", "g", "清泉路口卡")], page_rows=1000))
    kept.catch_up()
    assert kept.search("qqq") == ["rare"]
    assert kept.search("路口 卡") == ["rare2"]
    assert kept.search("清泉 3999") == ["c3999"]
    before = {text: kept.search(text, limit=50) for text in ("qq", "口1", "qingquan 99")}
    while kept.mirror.tidy():
        pass
    assert {text: kept.search(text, limit=50) for text in before} == before


def test_a_busy_machine_takes_nothing_away_from_a_search(keep, monkeypatch):
    """What others use of the processor does not count: the first hits must come, whoever else is at work."""
    nodes = [inner("g", None, "组"), *(camera(f"c{n}", "g", f"清泉路口{n}") for n in range(300))]
    kept = keep(Rows(nodes))
    kept.catch_up()
    clock = iter(range(1_000_000))
    monkeypatch.setattr("wallclient.catalog.search._now_s", lambda: next(clock) * 0.01)  # ten times slower than it is
    search = Search(kept.path)
    found = search.find("清泉 99", budget_s=0.05)
    assert [hit.row.id for hit in found.hits][:2] == ["c99", "c199"]
    search.close()


def test_a_search_can_be_cancelled(keep):
    nodes = [inner("g", None, "组"), *(camera(f"c{n}", "g", f"清泉路口{n}") for n in range(3000))]
    kept = keep(Rows(nodes, page_rows=1000))
    kept.catch_up()
    search = Search(kept.path)
    search.warm_up()
    tested = search._tested
    begun, go_on = threading.Event(), threading.Event()

    def slow(*args):
        begun.set()
        assert go_on.wait(20)
        return tested(*args)

    search._tested = slow
    found = []
    thread = threading.Thread(target=lambda: found.append(search.find("清泉", budget_s=60.0)))
    thread.start()
    assert begun.wait(20)
    search.cancel()
    go_on.set()
    thread.join(20)
    assert not found[0].complete
    search.close()


# --- names ---


def test_names_sort_by_pinyin_and_numbers_by_value():
    index = NameIndex(Readings())
    names = ["2号", "10号", "安居", "大坪1", "大坪9", "大坪10", "解放碑", "长寿", "重庆", "重阳路", "ＡＢ"]
    ordered = sorted(names, key=lambda name: index.name(name).sort)
    assert ordered == ["2号", "10号", "ＡＢ", "安居", "长寿", "重庆", "重阳路", "大坪1", "大坪9", "大坪10", "解放碑"]


def test_common_polyphones_are_read_right():
    readings = Readings()
    read = {
        word: "".join(way[0] for way in readings.words(word)) for word in ("重庆", "长寿", "厦门", "大厦", "步行街")
    }
    assert read == {
        "重庆": "chongqing",
        "长寿": "changshou",
        "厦门": "xiamen",
        "大厦": "dasha",
        "步行街": "buxingjie",
    }


# --- children ---


def test_children_are_sorted_paged_and_filtered(kept):
    assert kept.children("road") == ["c1", "c2", "c3"]
    assert kept.children("road", sort=SortBy.NAME) == ["c3", "c2", "c1"]
    assert kept.children("road", sort=SortBy.CODE) == ["c3", "c1", "c2"]
    assert kept.children("road", sort=SortBy.ONLINE) == ["c3", "c1", "c2"]
    page = kept.reader.children("road", sort=SortBy.NAME, offset=1, limit=1)
    assert ([row.id for row in page.rows], page.offset, page.total) == (["c2"], 1, 3)
    assert kept.children("nowhere") == []


@pytest.mark.parametrize(
    ("wanted", "cameras"),
    [
        (RowFilter(online=True), {"c1", "c3", "c4", "c6"}),
        (RowFilter(camera_kinds=frozenset({CameraKind.PTZ})), {"c3"}),
        (RowFilter(places=frozenset({PlaceCategory.CHECKPOINT, PlaceCategory.MALL})), {"c4"}),
        (RowFilter(tier=NodeKind.DISTRICT), {"c6"}),
        (RowFilter(tier=NodeKind.STATION, online=True), {"c1", "c3", "c4"}),
        (RowFilter(favourites=True), {"c2", "c4", "c5"}),
        (RowFilter(recent=True), {"c1"}),
        (RowFilter(recent=True, camera_kinds=frozenset({CameraKind.PTZ})), set()),
    ],
)
@pytest.mark.parametrize("hierarchy", list(Hierarchy))
def test_filters_keep_the_way_to_what_they_let_through(kept, wanted, cameras, hierarchy):
    kept.mirror.set_favourite("ctm", True)
    kept.mirror.set_favourite("c2", True)
    kept.mirror.add_recent("c1")
    found, heads, total = set(), [None], 0
    while heads:
        head = heads.pop()
        rows = kept.reader.children(head, hierarchy, wanted=wanted).rows
        total += sum(row.total for row in rows) if head is None else 0
        found |= {row.id for row in rows if row.is_channel}
        inner_rows = [row for row in rows if not row.is_channel]
        assert all(row.total for row in inner_rows)
        heads += [row.id for row in inner_rows]
    assert found == cameras
    assert total == len(cameras)


def test_cameras_below_come_online_first(kept):
    found, total = kept.reader.cameras_below("jfb", 2)
    assert ([row.id for row in found], total) == (["c1", "c3"], 3)
    region = kept.reader.children(None, Hierarchy.REGIONS).rows[0]
    assert kept.reader.cameras_below(region.id, 10)[1] == 5
    assert kept.reader.cameras_below("c2", 10, NO_FILTER)[1] == 1
