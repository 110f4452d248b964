"""The mirrored tree, search and details as an operator uses them: a real center, real mirrors, a real window."""

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester
from window_fakes import FakeWall

from tests.services.test_centers import MemoryStore
from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import CatalogRow, Hierarchy, NodeFlag, RowFilter, SortBy
from wallclient.domain.global_id import root_id, split_id
from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory
from wallclient.services.catalogs import Catalogs
from wallclient.services.centers import Centers
from wallclient.services.search_marks import SearchMarks
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.ui.camera_details import CameraDetails, ascii_kept
from wallclient.ui.catalog_text import age_text, flag_texts
from wallclient.ui.main_window import MainWindow
from wallclient.ui.mime import nodes_from_mime
from wallclient.ui.theme import COLORS, metrics_for
from wallclient.ui.tree_model import COUNTS_ROLE, FAVOURITE_ROLE, STATE_ROLE
from wallclient.ui.window_needs import WindowNeeds

METRICS = metrics_for(1080)
CAMERAS = CITY_CAMERAS = 400
KEY = "north"


@pytest.fixture
def window(city_window):
    return city_window


def settled(window) -> bool:
    """Tell whether nothing is under way: pytest-qt lets Qt run on after a test, without the loop of coroutines."""
    timers = (window.tools.search._later, window.tools.search._pause)
    return not window._background.busy and not any(timer.isActive() for timer in timers)


def first_district(window) -> QModelIndex:
    model = window.tree_model
    return model.index(0, 0, model.index(0, 0, model.index(0, 0)))


def open_down(window) -> QModelIndex:
    """Open first rows down to cameras, and return the first camera's index."""
    model, index = window.tree_model, QModelIndex()
    while not (index.isValid() and model.node(index).is_channel):
        if index.isValid():
            window.tree_view.expand(index)
        if model.canFetchMore(index):
            model.fetchMore(index)
        index = model.index(0, 0, index)
        assert index.isValid()
    return index


def search(run, window, text: str):
    box = window.tools.search
    window.actions_by_command["search"].trigger()
    box.setText(text)
    run(lambda: box.model.found.text == text)
    return box.model.found.rows


def key(qtbot, widget, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(widget, key, modifier)


# Tree


def test_the_center_is_the_root_and_shows_all_cameras(run, window):
    model = window.tree_model
    root = model.index(0, 0)
    assert model.node(root).kind is NodeKind.CENTER
    run(lambda: model.node(root).channels_total == CAMERAS)
    assert root.data(COUNTS_ROLE).endswith(f"/{CAMERAS}")
    assert window.tree_view.isExpanded(root)
    assert first_district(window).parent().data() == "重庆市"
    run(lambda: settled(window))


def test_the_model_keeps_qts_rules_while_it_is_opened_sorted_filtered_and_turned(run, window):
    model = window.tree_model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setUseFetchMore(False)
    open_down(window)
    for hierarchy, sort, wanted in (
        (Hierarchy.GROUPS, SortBy.NAME, RowFilter()),
        (Hierarchy.GROUPS, SortBy.ONLINE, RowFilter(online=True)),
        (Hierarchy.REGIONS, SortBy.CODE, RowFilter()),
        (Hierarchy.GROUPS, SortBy.CENTER, RowFilter()),
    ):
        model.choose(hierarchy, sort, wanted)
        run(lambda: not window.cameras.keeper.busy, 60)  # the tester looks at every row again and again
        assert model.rowCount(model.index(0, 0)) > 0
    run(lambda: settled(window))


def test_only_cameras_that_are_online_are_left(run, window):
    camera = open_down(window)
    station = window.tree_model.item(camera.parent())
    window.tools.bar.online.setChecked(True)
    run(lambda: not window.cameras.keeper.busy)
    states = {row.catalog_row.state for row in station.children if row.is_channel}
    assert states == {ChannelState.ONLINE}
    window.tools.bar.clear_filter()
    run(lambda: not window.cameras.keeper.busy)
    assert len(station.children) == station.total == station.counts[0]
    run(lambda: settled(window))


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        (CameraKind.PTZ, RowFilter(camera_kinds=frozenset({CameraKind.PTZ}))),
        (PlaceCategory.MALL, RowFilter(places=frozenset({PlaceCategory.MALL}))),
        (NodeKind.STATION, RowFilter(tier=NodeKind.STATION)),
    ],
)
def test_what_is_ticked_in_the_menus_is_what_is_shown(run, window, word, wanted):
    model, bar = window.tree_model, window.tools.bar
    city = model.item(model.index(0, 0, model.index(0, 0)))
    bar.choose(word)
    assert bar.wanted == wanted == model.levels.wanted
    run(lambda: not window.cameras.keeper.busy)
    assert 0 < city.counts[0] <= CAMERAS
    assert city.counts[0] < CAMERAS or word is NodeKind.STATION
    bar.choose(word)
    assert bar.wanted == RowFilter()
    run(lambda: city.counts[0] == CAMERAS)
    for sort in SortBy:
        bar.choose(sort)
        assert bar.sort is model.levels.sort is sort
    run(lambda: settled(window))


def test_sorting_keeps_what_is_selected(run, window):
    camera = open_down(window)
    window.tree_view.setCurrentIndex(camera)
    chosen = window.tree_model.node(camera).id
    window.tools.bar.choose(SortBy.ONLINE)
    window.tools.bar.choose(SortBy.CODE)
    run(lambda: not window.cameras.keeper.busy)
    assert [node.id for node in window.tree_view.selected_nodes()] == [chosen]
    run(lambda: settled(window))


def test_long_levels_are_read_further_as_they_are_scrolled(run, window, monkeypatch):
    model, view = window.tree_model, window.tree_view
    monkeypatch.setattr("wallclient.ui.tree_model.FIRST_PAGE", 5)
    district = first_district(window)
    model.forget_below(model.node(district).id)
    item = model.item(district)
    if not item.loaded:
        model.fetchMore(district)
    assert len(item.children) == min(5, item.total)
    view.expand(district)
    run(lambda: len(item.children) == item.total)
    run(lambda: settled(window))


def test_stations_can_be_dragged_and_fill_panes_from_the_mirror(run, window, center):
    station = open_down(window).parent()
    mime = window.tree_model.mimeData([station])
    assert isinstance(mime, QMimeData)
    nodes = nodes_from_mime(mime)
    window.commands.place(0, nodes)
    run(lambda: window.wall.panes[0].channel is not None)
    shown = [pane.channel for pane in window.wall.panes if pane.channel]
    assert len(shown) == min(9, nodes[0].channels_total)
    assert all(channel.id.startswith(f"{KEY}/") and channel.path[-1] == nodes[0].name for channel in shown)
    run(lambda: len(window.cameras.catalogs.catalog(KEY).recent_now()) == len(shown))
    run(lambda: settled(window))


def test_favourites_are_marked_and_filtered(qtbot, run, window):
    camera = open_down(window)
    window.tree_view.setCurrentIndex(camera)
    window.tree_view.setFocus()
    assert camera.data(FAVOURITE_ROLE) is False
    window.actions_by_command["favourite"].trigger()
    run(lambda: camera.data(FAVOURITE_ROLE))
    window.tools.bar.favourites.setChecked(True)
    run(
        lambda: window.tree_model.node(window.tree_model.index(0, 0, window.tree_model.index(0, 0))).channels_total == 1
    )
    run(lambda: settled(window))


def test_a_camera_that_goes_offline_is_seen_in_its_row_and_in_all_counts_above(run, window, center):
    """Without a refresh, within two seconds, on the screen; so is a lost video, and its coming back."""
    view, camera = window.tree_view, open_down(window)
    window.resize(1280, 1400)  # all levels are in sight
    line = [camera]
    while line[-1].parent().isValid():
        line.append(line[-1].parent())
    view.scrollTo(camera)
    run(lambda: settled(window) and not window.cameras.keeper.busy)
    run(lambda: window.tree_model.item(line[-1]).counts == window.tree_model.item(line[-2]).counts)
    assert len(line) >= 5
    local_id = split_id(window.tree_model.node(camera).id)[1]
    online = [window.tree_model.item(index).counts[1] for index in line]
    assert camera.data(STATE_ROLE) == ChannelState.ONLINE

    def painted():
        return [view.viewport().grab(view.visualRect(index)).toImage() for index in line]

    def is_bright():
        image, bright = painted()[0], QColor(COLORS.text).rgb()
        return any(image.pixel(x, y) == bright for x in range(image.width()) for y in range(image.height()))

    def become(state, by):
        """Set the camera's state and wait for two seconds at most until all rows in the line show it."""
        before = painted()
        center.set_state(local_id, state)
        run(lambda: [window.tree_model.item(i).counts[1] for i in line] == [count + by for count in online], 2.0)
        assert camera.data(STATE_ROLE) == state
        run(lambda: all(one != other for one, other in zip(before, painted(), strict=True)), 2.0)
        assert is_bright() == (state is ChannelState.ONLINE)  # what is offline is faint, what is online is not

    become(ChannelState.OFFLINE, -1)
    become(ChannelState.ONLINE, 0)
    become(ChannelState.VIDEO_LOST, -1)
    assert all(index.data(COUNTS_ROLE).endswith(f"/{window.tree_model.item(index).counts[0]}") for index in line[1:])
    run(lambda: settled(window))


def test_after_a_storm_every_row_in_sight_shows_what_the_center_says(run, window, center):
    """More rows than are told of one by one: those in sight are painted again, the others when they are seen."""
    view, model = window.tree_view, window.tree_model
    window.resize(1280, 1400)
    city = model.item(first_district(window)).parent
    rows = [city]
    for item in rows:  # grows as rows are opened
        view.expand(model.index_at(item))
        if not item.loaded:
            model.fetchMore(model.index_at(item))
        rows += [child for child in item.children if not child.is_channel]
    run(lambda: settled(window) and not window.cameras.keeper.busy)
    told = []
    model.many_changed.connect(lambda: told.append(True))
    changed = center.burst(330)
    catalog = window.cameras.catalogs.catalog(KEY)
    run(lambda: catalog.sequence >= center.changes_at())
    run(lambda: told)
    cameras = [item for item in model.items() if item.is_channel]
    assert len({item.id for item in cameras} & {f"{KEY}/{id_}" for id_ in changed}) > 40
    view.viewport().grab()

    def in_sight(item):
        return view.viewport().rect().intersects(view.visualRect(model.index_at(item)))

    seen = [item for item in model.items() if in_sight(item)]
    assert len(seen) > 20
    for item in (item for item in seen if item.catalog_row is not None):
        row = catalog.row_now(split_id(item.id)[1])
        assert (item.catalog_row.state, item.counts) == (row.state, (row.total, row.online)), item.id
    run(lambda: settled(window))


# Search


def test_nothing_found_says_so_and_escape_brings_the_tree_back(qtbot, run, window):
    window.actions_by_command["search"].trigger()
    assert search(run, window, "火星") == ()
    assert "火星" in window.tree_panel._empty.text()
    assert window.tree_panel._empty.isVisible()
    key(qtbot, window.tools.search, Qt.Key.Key_Escape)
    assert window.tree_view.isVisible()
    run(lambda: settled(window))


def test_a_hit_is_found_in_the_tree(qtbot, run, window):
    rows = search(run, window, "步行街")
    key(qtbot, window.tools.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    run(lambda: [node.id for node in window.tree_view.selected_nodes()] == [rows[0].id])
    assert window.tools.search.text() == ""
    assert window.tree_view.isExpanded(window.tree_view.currentIndex().parent())
    run(lambda: settled(window))


def test_hits_can_be_dragged(run, window):
    rows = search(run, window, "jfb")
    model = window.tools.search.model
    nodes = nodes_from_mime(model.mimeData([model.index(0), model.index(1)]))
    assert [node.id for node in nodes] == [rows[0].id, rows[1].id]
    run(lambda: settled(window))


def test_marks_are_what_was_typed_also_as_pinyin():
    marks = SearchMarks()
    assert marks.spans("长寿路 球机1", "cs") == ((0, 2),)
    assert marks.spans("重庆港码头", "chongq mt") == ((0, 2), (3, 5))
    assert marks.spans("重庆港", "火") == ()


# Details, age, log-out


def row(**more) -> CatalogRow:
    values = {"id": "c1", "parent_id": None, "kind": NodeKind.CHANNEL, "name": "口", "gb_code": "50010301001320000012"}
    return CatalogRow(**{**values, "state": ChannelState.VIDEO_LOST, "total": 1, "online": 0, "rights_mask": 3, **more})


def test_details_take_the_code_apart(qtbot):
    dialog = CameraDetails(row(), ("重庆市",), None, METRICS)
    qtbot.addWidget(dialog)
    assert dialog.values["Civil code"].endswith("Chongqing")
    assert dialog.values["Type"] == "132  Network camera"
    assert dialog.values["Serial number"] == "000012"
    assert dialog.values["State"] == "Video lost"
    assert dialog.values["You may"] == "Live view, Playback"


def test_details_say_what_is_odd_and_show_the_original_harmlessly(qtbot):
    odd = row(gb_code="123", flags=NodeFlag.ORPHAN | NodeFlag.ODD_TEXT)
    dialog = CameraDetails(odd, (), ("a\u202eb\x00", "123"), METRICS)
    qtbot.addWidget(dialog)
    assert dialog.values["Original name"] == "a\\u202eb\\u0000"
    said = dialog._warnings(odd)
    assert len(said) == 3
    assert "20 digits" in said[-1]
    assert ascii_kept("x" * 2_000_000).endswith("…")


def test_f2_shows_details_of_the_selected_row(run, window):
    window.tree_view.setCurrentIndex(open_down(window))
    window.tree_view.setFocus()
    window.actions_by_command["details"].trigger()
    assert window.findChild(CameraDetails).isVisible()
    window.findChild(CameraDetails).accept()
    run(lambda: settled(window))


def test_ages_and_oddities_are_said_in_words():
    assert age_text(1000.0, 1000.0 + 7300) == "as of 2 h ago"
    assert age_text(None) == "not read to the end yet"
    assert len(flag_texts(NodeFlag.DUPLICATE | NodeFlag.CYCLE)) == 2


def test_a_center_that_went_away_leaves_its_tree_marked_with_its_age(run, window, center):
    center.stop()
    run(lambda: "as of" in window.tools.strip.text(KEY), 30)
    assert window.tree_model.node(first_district(window)) is not None
    assert search(run, window, "jfb")
    run(lambda: settled(window))


def test_a_log_out_closes_the_mirror_and_offers_to_log_in(run, window, centers, catalogs):
    run(centers.log_out(KEY))
    run(lambda: catalogs.catalog(KEY) is None)
    run(lambda: window.tools.strip.text(KEY).endswith("not logged in"))
    root = window.tree_model.index_of(root_id(KEY))
    run(lambda: window.tree_model.rowCount(root) == 0)
    assert not window.tools.search.isEnabled()
    run(lambda: settled(window))


def test_a_kept_mirror_is_there_before_anybody_is_signed_in(
    qtbot, loop, run, centers, catalogs, window, center, library, preferences, tmp_path
):
    config = centers.access(KEY).config
    run(centers.change(config.with_user(center.user, stay=True)))
    run(catalogs.close())
    later = Centers(preferences, SecretKeeper(MemoryStore()), tmp_path / "data")
    again = Catalogs(later, tmp_path / "data")
    assert again.roots()[0].channels_total == CAMERAS
    other = MainWindow(FakeWall("9"), WindowNeeds(later, library, preferences, METRICS, loop, again))
    qtbot.addWidget(other)
    other.show()
    run(lambda: first_district(other).isValid())
    assert not later.signed_in
    other.close()
    run(again.close())
    run(later.close())
