"""The tree: lazy, paged, kept up to date in place."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from window_fakes import FakeSession, small_city

from wallclient.domain.errors import ServerFailed
from wallclient.domain.event import ChannelStatus
from wallclient.domain.node import Node, NodeKind, NodePage
from wallclient.ui.background import Background
from wallclient.ui.main_window import MainWindow
from wallclient.ui.theme import metrics_for
from wallclient.ui.tree_model import COUNTS_ROLE, TreeModel
from wallclient.ui.tree_view import TreeView
from wallclient.ui.window_needs import WindowNeeds


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(small_city(districts=3, stations=4, cameras=12))


@pytest.fixture
def model(loop, session) -> TreeModel:
    model = TreeModel(session, Background(loop), 16)
    session.signed_in = False  # the tester would read everything itself when made, and nothing were lazy any more
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.tester.setUseFetchMore(False)
    session.signed_in = True
    return model


def read(run, model: TreeModel, *path: int) -> QModelIndex:
    """Open rows down to `path` as a view does, and return the last one's index."""
    index = QModelIndex()
    for row in path:
        fetch(run, model, index)
        index = model.index(row, 0, index)
    return index


def fetch(run, model: TreeModel, index: QModelIndex) -> None:
    if model.canFetchMore(index):
        key = QPersistentModelIndex(index)
        model.fetchMore(index)
        run(lambda: not model.item(key).loading)


def names(model: TreeModel, parent: QModelIndex) -> list[str]:
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def test_a_level_is_read_when_it_is_opened_and_not_before(run, model, session):
    assert model.rowCount() == 0
    assert session.calls == []
    city = read(run, model, 0)
    assert city.data() == "重庆市公安局"
    assert session.calls == [(None, None)]
    assert model.hasChildren(city)
    assert model.rowCount(city) == 0
    fetch(run, model, city)
    assert names(model, city) == ["渝中区", "江北区", "南岸区"]


def test_long_levels_come_page_by_page(run, model, session):
    session.tree.page_size = 5
    station = read(run, model, 0, 0, 0)
    fetch(run, model, station)
    assert model.rowCount(station) == 5
    fetch(run, model, station)
    fetch(run, model, station)
    assert model.rowCount(station) == 12
    assert not model.canFetchMore(station)
    assert len(set(names(model, station))) == 12


def test_asking_twice_while_reading_asks_once(run, model, session):
    model.fetchMore(QModelIndex())
    assert not model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    run(lambda: model.rowCount() == 1)
    assert session.calls == [(None, None)]


def test_a_camera_that_goes_offline_changes_its_row_and_the_counts_above(qtbot, run, model):
    camera = QPersistentModelIndex(read(run, model, 0, 0, 0, 1))
    station = model.index_of("d0-s0")
    assert model.node(camera).channel.online
    status = ChannelStatus("ch-1", False, (("d0-s0", 12, 7), ("d0", 48, 31), ("city", 144, 95)))
    with qtbot.waitSignals([model.dataChanged] * 4):
        model._session.tell(status)
    assert not model.node(camera).channel.online
    assert station.data(COUNTS_ROLE) == "7/12"
    assert model.index_of("city").data(COUNTS_ROLE) == "95/144"


def test_news_of_rows_not_read_are_ignored(run, model):
    read(run, model, 0)
    model._session.tell(ChannelStatus("ch-77", False, (("nowhere", 1, 0),)))
    assert model.rowCount() == 1


def test_reading_again_keeps_what_is_open_and_takes_over_changes(run, model, session):
    station = QPersistentModelIndex(read(run, model, 0, 0, 1))
    fetch(run, model, station)
    kept = QPersistentModelIndex(model.index(3, 0, station))
    kept_name = kept.data()
    children = session.tree.children["d0-s1"]
    new = replace(children[0], id="new", name="新装摄像机", channel=replace(children[0].channel, id="new-ch"))
    session.tree.children["d0-s1"] = [*children[1:6], new, *children[6:]]
    session.tree.children["d0"][2] = replace(session.tree.children["d0"][2], name="改名派出所")
    session.events_lost.emit()
    run(lambda: "新装摄像机" in names(model, station))
    run(lambda: not model._background.busy)
    assert kept.isValid()
    assert kept.data() == kept_name
    assert kept.row() == 2
    assert model.index(2, 0, model.index_of("d0")).data() == "改名派出所"
    assert not model.index_of(children[0].id).isValid()


def test_a_level_that_cannot_be_read_says_so_and_can_be_tried_again(qtbot, run, model, session):
    city = read(run, model, 0)
    session.error = ServerFailed("x")
    with qtbot.waitSignal(model.failed, timeout=0, raising=False) as failed:
        fetch(run, model, city)
    assert isinstance(failed.args[0], ServerFailed)
    session.error = None
    fetch(run, model, city)
    assert model.rowCount(city) == 3


def test_a_log_in_reads_the_tree_anew_and_forgets_late_answers(run, model, session, monkeypatch):
    answer, late, waiting = session.children, asyncio.Event(), []

    async def children(node_id, cursor=None):
        if not waiting:
            waiting.append(node_id)
            await late.wait()
            return NodePage((Node("old", None, NodeKind.CITY, "旧", "", 1, 1),), None)
        return await answer(node_id, cursor)

    monkeypatch.setattr(session, "children", children)
    model.fetchMore(QModelIndex())
    run(lambda: waiting)
    model.reset()
    run(lambda: model.rowCount() == 1)
    late.set()
    run(lambda: not model._background.busy)
    assert [model.node(model.index(row, 0)).id for row in range(model.rowCount())] == ["city"]


def test_drags_carry_selected_nodes_in_their_order(run, model):
    station = read(run, model, 0, 0, 0)
    fetch(run, model, station)
    rows = [model.index(row, 0, station) for row in (4, 1)]
    assert [node.id for node in model.nodes(rows)] == ["n-ch-4", "n-ch-1"]
    assert model.mimeData(rows).hasFormat(model.mimeTypes()[0])


def test_the_view_opens_the_city_by_itself(qtbot, run, model):
    view = TreeView(model, metrics_for(1080))
    qtbot.addWidget(view)
    view.resize(300, 500)
    view.show()
    run(lambda: model.rowCount(model.index_of("city")) == 3)
    assert view.isExpanded(model.index_of("city"))
    wanted = []
    view.nodes_wanted.connect(wanted.append)
    view.expand(model.index_of("d0"))
    run(lambda: model.index_of("d0-s0").isValid())
    view.expand(model.index_of("d0-s0"))
    run(lambda: model.index_of("n-ch-1").isValid())
    view.doubleClicked.emit(model.index_of("n-ch-1"))
    assert [node.id for node in wanted[0]] == ["n-ch-1"]


def test_without_mirrors_the_roots_are_read_after_the_first_log_in(qtbot, loop, run, wall, library, preferences):
    """The tree is hidden behind a sentence until it has rows, and a hidden view asks for none."""
    session = FakeSession()
    session.signed_in = False
    window = MainWindow(wall, WindowNeeds(session, library, preferences, metrics_for(1080), loop))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    QApplication.processEvents()
    assert session.calls == []
    run(session.log_in(session.key, "zhang", "secret"))
    run(lambda: window.tree_model.rowCount() == 1)
    assert window.tree_view.isVisible()
    run(session.log_out(session.key))
    run(session.log_in(session.key, "li", "secret"))
    run(lambda: window.tree_model.rowCount() == 1 and window.tree_view.isVisible())
    window.close()
