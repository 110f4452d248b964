"""Settings and views on disk: they come back, and damage never stops the program."""

import json
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import StorageFailed
from wallclient.domain.settings import Settings, SnapshotFormat
from wallclient.domain.view import SavedViews, View
from wallclient.services.preferences import Preferences
from wallclient.services.view_library import ViewLibrary
from wallclient.storage.settings import settings_file
from wallclient.storage.views import views_file

CENTER = CenterConfig("a1", "https://center:8443", "市中心", "张三", ("张三", "li"), True, "/ca.pem")
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
        preferences.change(snapshot_format=SnapshotFormat.JPEG, centers=(CENTER,))
    again = Preferences(settings_file(tmp_path)).settings
    assert again == Settings(snapshot_format=SnapshotFormat.JPEG, centers=(CENTER,))
    with qtbot.assertNotEmitted(preferences.changed):
        preferences.change(centers=(CENTER,))


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


def test_settings_of_the_version_that_knew_one_center_keep_it(tmp_path):
    content = {"language": "en", "center_url": "http://10.0.0.1:8080", "user": "张三", "show_info": True}
    (tmp_path / "settings.json").write_text(json.dumps({"version": 1, "content": content}))
    settings = settings_file(tmp_path).load()
    assert settings.centers == (CenterConfig("main", "http://10.0.0.1:8080", user="张三", users=("张三",)),)
    assert (settings.language, settings.show_info) == ("en", True)
    empty = {"version": 1, "content": {"center_url": "", "user": ""}}
    (tmp_path / "settings.json").write_text(json.dumps(empty))
    assert settings_file(tmp_path).load() == Settings()


def test_views_of_the_version_that_knew_one_center_open_its_cameras(tmp_path):
    view = {"name": "夜间", "layout_id": "4", "channel_ids": ["c1", None, "a/b", None]}
    content = {"views": [view], "default_name": "夜间", "last": [{**view, "name": ""}]}
    (tmp_path / "views.json").write_text(json.dumps({"version": 1, "content": content}))
    library = ViewLibrary(views_file(tmp_path))
    migrated = ("main/c1", None, "main/a/b", None)
    assert library.get("夜间").channel_ids == migrated
    library.save(VIEW)
    again = ViewLibrary(views_file(tmp_path))
    assert again.get("夜间").channel_ids == migrated, "once, not twice"
    assert again.default_name == "夜间"


@pytest.mark.parametrize("content", [None, 3, {"views": [{}]}, {"views": 7}, {"last": [{"channel_ids": 3}]}])
def test_an_old_file_that_makes_no_sense_is_set_aside(tmp_path, content):
    (tmp_path / "views.json").write_text(json.dumps({"version": 1, "content": content}))
    assert ViewLibrary(views_file(tmp_path)).names == []
    assert (tmp_path / "views.json.bad").exists()
