"""Settings and views on disk: they come back, and damage never stops the program."""

import json
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.domain.errors import StorageFailed
from wallclient.domain.settings import Settings, SnapshotFormat
from wallclient.domain.view import SavedViews, View
from wallclient.services.preferences import Preferences
from wallclient.services.view_library import ViewLibrary
from wallclient.storage.settings import settings_file
from wallclient.storage.views import views_file

VIEW = View("早高峰 / 核心商圈", "9", ("a", None, "c", *[None] * 6))


def test_views_come_back_as_they_were(tmp_path):
    library = ViewLibrary(views_file(tmp_path))
    library.save(VIEW)
    library.save(View("b", "1", (None,)))
    library.set_default(VIEW.name)
    library.remember_last((VIEW, VIEW))
    again = ViewLibrary(views_file(tmp_path))
    assert again.get(VIEW.name) == VIEW
    assert again.names == ["b", VIEW.name]
    assert again.start_views == (VIEW,)
    again.set_default(None)
    assert ViewLibrary(views_file(tmp_path)).start_views == (VIEW, VIEW)


def test_saving_under_a_known_name_replaces_and_renaming_keeps_the_default(tmp_path):
    library = ViewLibrary(views_file(tmp_path))
    library.save(VIEW)
    library.save(View(VIEW.name, "1", ("z",)))
    assert len(library.names) == 1
    library.set_default(VIEW.name)
    library.rename(VIEW.name, "夜间")
    assert (library.names, library.default_name) == (["夜间"], "夜间")
    library.delete("夜间")
    assert (library.names, library.default_name, library.start_views) == ([], None, ())


@given(st.binary(max_size=300))
def test_any_damage_gives_defaults_and_keeps_the_file(tmp_path_factory, damage):
    folder = tmp_path_factory.mktemp("config")
    (folder / "views.json").write_bytes(damage)
    file = views_file(folder)
    assert file.load() == SavedViews()
    assert file.set_aside == folder / "views.json.bad"
    assert (folder / "views.json.bad").read_bytes() == damage
    file.save(SavedViews(views=(VIEW,)))
    assert views_file(folder).load().views == (VIEW,)


@pytest.mark.parametrize(
    "content",
    [
        {"version": 99, "content": {}},
        {"version": 1},
        {"version": 1, "content": {"views": [{"name": 1}]}},
        {"content": {"views": []}},
    ],
)
def test_files_of_another_shape_are_set_aside(tmp_path, content):
    (tmp_path / "views.json").write_text(json.dumps(content))
    assert ViewLibrary(views_file(tmp_path)).names == []
    assert (tmp_path / "views.json.bad").exists()


def test_settings_come_back_and_tell_of_changes(qtbot, tmp_path):
    preferences = Preferences(settings_file(tmp_path))
    assert preferences.settings == Settings()
    with qtbot.waitSignal(preferences.changed):
        preferences.change(snapshot_format=SnapshotFormat.JPEG, user="张三")
    assert Preferences(settings_file(tmp_path)).settings == Settings(snapshot_format=SnapshotFormat.JPEG, user="张三")
    with qtbot.assertNotEmitted(preferences.changed):
        preferences.change(user="张三")


def test_no_half_files_stay_behind_and_others_cannot_read_them(tmp_path):
    file = views_file(tmp_path)
    file.save(SavedViews(views=(VIEW,)))
    assert os.listdir(tmp_path) == ["views.json"]
    assert stat.S_IMODE((tmp_path / "views.json").stat().st_mode) == 0o600


def test_a_change_that_cannot_be_saved_is_not_made(tmp_path):
    (tmp_path / "config").write_text("a file where the folder should be")
    library = ViewLibrary(views_file(tmp_path / "config"))
    with pytest.raises(StorageFailed):
        library.save(VIEW)
    assert library.names == []
