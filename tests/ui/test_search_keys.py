"""Cameras into panes by keyboard alone, as an operator types: a real center, a real mirror, a real window."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_fakes import FakeWall

from wallclient.domain.catalog_view import CatalogChange
from wallclient.services.catalogs import FoundList
from wallclient.ui.main_window import MainWindow
from wallclient.ui.theme import metrics_for
from wallclient.ui.window_needs import WindowNeeds

CITY_CAMERAS = 3000
ENTER, DOWN, UP = Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Up


@pytest.fixture
def window(city_window):
    city_window.actions_by_command["search"].trigger()
    return city_window


def write(window, text: str) -> None:
    """Type letters one by one; what an input method composes comes as a whole."""
    box = window.tools.search
    if text.isascii():
        QTest.keyClicks(box, text)
    else:
        box.insert(text)


def press(window, *keys) -> None:
    for key in keys:
        QTest.keyClick(window.tools.search, key)


def found(run, window):
    """Wait for the hits of what is in the box, and return the cameras among them."""
    box = window.tools.search
    run(lambda: box.model.found.text == box.query and box.model.found.rows)
    return [row.id for row in box.model.found.rows if row.hit.row.is_channel]


def shown(window) -> list[str]:
    return [pane.channel.id for pane in window.wall.panes if pane.channel is not None]


@pytest.mark.parametrize("text", ["jfb", "jiefangbei", "解放碑", "碑"])
def test_enter_puts_the_first_camera_into_the_selected_pane_and_the_next_ones_beside_it(run, window, text):
    window.wall.select(2)
    write(window, text)
    cameras = found(run, window)
    press(window, ENTER)
    assert window.wall.panes[2].channel.id == cameras[0]
    assert window.wall.selected == 3
    press(window, ENTER, ENTER)
    assert [window.wall.panes[pane].channel.id for pane in (2, 3, 4)] == cameras[:3]
    assert window.wall.selected == 5
    assert all("碑" in window.wall.panes[pane].channel.name for pane in (2, 3, 4))


def test_down_then_enter_takes_the_second(run, window):
    write(window, "jfb")
    cameras = found(run, window)
    press(window, DOWN, ENTER)
    assert shown(window) == [cameras[1]]
    press(window, UP, UP, ENTER)
    assert shown(window) == [cameras[1], cameras[0]]


def test_what_enter_takes_is_shown_as_chosen_and_a_station_is_not_taken_by_itself(run, window):
    """A station's cameras would cover the whole wall."""
    write(window, "jfb")
    cameras = found(run, window)
    rows = window.tools.search.model.found.rows
    assert not rows[0].hit.row.is_channel  # the station stands first
    assert [row.id for row in window.tools.search.selected()] == cameras[:1]
    press(window, UP)
    assert [row.id for row in window.tools.search.selected()] == [rows[0].id]


def test_enter_before_the_hits_are_there_takes_those_of_the_latest_text(run, window):
    write(window, "ctm")
    found(run, window)
    window.tools.search.selectAll()
    write(window, "jfb")
    press(window, ENTER)  # no turn of the loop since: the list still shows what was found before
    assert shown(window) == []
    run(lambda: shown(window))
    assert shown(window) == found(run, window)[:1]
    assert "解放碑" in window.wall.panes[0].channel.name


def test_enter_is_not_carried_over_to_another_text(run, window):
    write(window, "jfb")
    press(window, ENTER)
    write(window, " gc")
    found(run, window)
    assert shown(window) == []


def test_news_of_the_mirror_move_no_row_under_the_operator(run, window):
    write(window, "jfb")
    cameras = found(run, window)
    press(window, DOWN)
    box = window.tools.search
    before = box.model.found
    other_order = FoundList(before.text, before.rows[::-1], before.complete)
    box.model.show_found(other_order)
    assert [row.id for row in box.model.found.rows] == [row.id for row in before.rows]
    assert [row.id for row in box.selected()] == [cameras[1]]
    box.model.show_found(FoundList(before.text, before.rows[1:-1], before.complete))
    assert [row.id for row in box.model.found.rows] == [row.id for row in before.rows[1:-1]]
    box.model.show_found(before)
    assert box.model.found.rows == (*before.rows[1:-1], before.rows[0], before.rows[-1])
    assert [row.id for row in box.selected()] == [cameras[1]]
    press(window, ENTER)
    assert shown(window) == [cameras[1]]


def test_two_windows_search_at_the_same_time(qtbot, loop, run, window, centers, catalogs, library, preferences):
    """Each has the hits of its own text, however often the other one searches."""
    needs = WindowNeeds(centers, library, preferences, metrics_for(1080), loop, catalogs)
    other = MainWindow(FakeWall("9"), needs)
    qtbot.addWidget(other)
    other.show()
    write(window, "jfb")
    write(other, "ctm")
    window.tools.search._search()
    other.tools.search._search()
    assert "解放碑" in window.tools.search.model.found.rows[0].hit.row.name if found(run, window) else False
    assert "朝天门" in other.tools.search.model.found.rows[0].hit.row.name if found(run, other) else False

    async def both():
        return await asyncio.gather(catalogs.search("jfb", asker=window), catalogs.search("ctm", asker=other))

    assert all(run(both()))
    other.close()


def test_enter_takes_the_latest_text_while_the_mirror_changes_all_the_time(run, window, catalogs):
    """Each change makes the list look again; no look may swallow the search of what was typed."""
    for number, text in enumerate(("jfb", "ctm", "碑", "gyq")):
        window.tools.search.selectAll()
        write(window, text)
        press(window, ENTER)
        for _ in range(3):
            catalogs.changed.emit("north", CatalogChange(rows=frozenset({"c1"})))
            window.tools.search._search()
        run(lambda wanted=number + 1: len(shown(window)) == wanted)
        assert shown(window)[number] == found(run, window)[0]
    QApplication.processEvents()
