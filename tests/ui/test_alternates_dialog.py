"""The editor of alternates before the real `Centers`: what is entered is kept, in its order, and nothing else moves."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.services.test_centers import MemoryStore
from wallclient.domain.center_config import Alternate, CenterConfig
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.settings import settings_file
from wallclient.ui.alternates_dialog import MOST, AlternatesDialog
from wallclient.ui.background import Background
from wallclient.ui.centers_dialog import CentersDialog
from wallclient.ui.theme import metrics_for

METRICS = metrics_for(1080)


@pytest.fixture
def centers(loop, run, tmp_path: Path):
    centers = Centers(Preferences(settings_file(tmp_path)), SecretKeeper(MemoryStore()), tmp_path / "data")
    for key, name in (("city", "市局"), ("district", "渝中分局"), ("station", "解放碑派出所")):
        centers.add(CenterConfig(key, f"http://127.0.0.1:9/{key}", name))
    yield centers
    run(centers.close())


@pytest.fixture
def background(loop):
    background = Background(loop)
    yield background
    background.cancel_all()


def config(centers, key="city"):
    return next(one for one in centers.configs if one.key == key)


def opened(qtbot, centers, background, key="city"):
    dialog = AlternatesDialog(centers, background, METRICS, config(centers, key))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def saved(qtbot, dialog):
    with qtbot.waitSignal(dialog.accepted, timeout=20000):
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)


def test_alternates_are_entered_ordered_and_kept(qtbot, centers, background, tmp_path):
    dialog = opened(qtbot, centers, background)
    for _ in range(2):
        qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    first, second = dialog.rows
    assert [first.center_box.itemText(i) for i in range(2)] == ["渝中分局", "解放碑派出所"], "never itself"
    qtbot.keyClicks(first.prefix_edit, "5001 03x")
    second.center_box.setCurrentIndex(1)
    qtbot.keyClicks(second.prefix_edit, "50010301")
    qtbot.mouseClick(second.up_button, Qt.MouseButton.LeftButton)
    assert not second.up_button.isEnabled()
    saved(qtbot, dialog)
    expected = (Alternate("station", "50010301"), Alternate("district", "500103"))
    assert config(centers).alternates == expected
    assert Preferences(settings_file(tmp_path)).settings.centers[0].alternates == expected, "on disk"
    again = opened(qtbot, centers, background)
    assert tuple(row.alternate for row in again.rows) == expected
    qtbot.mouseClick(again.rows[0].remove_button, Qt.MouseButton.LeftButton)
    saved(qtbot, again)
    assert config(centers).alternates == expected[1:]


def test_nothing_is_kept_by_closing_and_the_session_is_not_touched(qtbot, centers, background):
    access = centers.access("city")
    dialog = opened(qtbot, centers, background)
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    dialog.reject()
    assert config(centers).alternates == ()
    dialog = opened(qtbot, centers, background)
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    saved(qtbot, dialog)
    assert centers.access("city") is access


def test_there_are_only_so_many_and_none_without_another_center(qtbot, run, centers, background):
    dialog = opened(qtbot, centers, background)
    for _ in range(MOST + 2):
        qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert len(dialog.rows) == MOST
    for key in ("district", "station"):
        run(centers.remove(key))
    alone = opened(qtbot, centers, background)
    assert not alone.add_button.isEnabled()


def test_an_alternate_that_was_removed_is_not_offered_and_goes_with_the_next_save(qtbot, run, centers, background):
    dialog = opened(qtbot, centers, background)
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    saved(qtbot, dialog)
    run(centers.remove("district"))
    again = opened(qtbot, centers, background)
    assert again.rows == []
    saved(qtbot, again)
    assert config(centers).alternates == ()


def test_it_is_opened_from_the_list_of_centers(qtbot, centers, background):
    dialog = CentersDialog(centers, background, METRICS)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.list.setCurrentRow(1)
    qtbot.mouseClick(dialog.alternates_button, Qt.MouseButton.LeftButton)
    (opened,) = dialog.findChildren(AlternatesDialog)
    assert opened._config.key == "district"
    opened.reject()
