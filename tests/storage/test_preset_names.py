"""Names of presets the client keeps itself."""

import threading

import pytest

from wallclient.domain.errors import StorageFailed
from wallclient.storage.preset_names import preset_name_file


def test_names_outlast_the_program(tmp_path):
    names = preset_name_file(tmp_path, "abc")
    assert names.names("c11") == {}
    names.keep("c11", 3, "南门")
    names.keep("c11", 255, "北门")
    names.keep("c12", 3, "东门")
    names.keep("c11", 3, "西门")
    again = preset_name_file(tmp_path, "abc")
    assert again.names("c11") == {3: "西门", 255: "北门"}
    again.keep("c11", 3, None)
    again.keep("c11", 4, None)
    again.keep("c12", 3, None)
    last = preset_name_file(tmp_path, "abc")
    assert (last.names("c11"), last.names("c12")) == ({255: "北门"}, {})
    assert preset_name_file(tmp_path, "other").names("c11") == {}


def test_names_go_with_their_center(tmp_path):
    names = preset_name_file(tmp_path, "abc")
    names.remove()
    names.keep("c11", 3, "南门")
    names.remove()
    assert names.names("c11") == preset_name_file(tmp_path, "abc").names("c11") == {}


def test_what_is_handed_out_is_a_copy(tmp_path):
    names = preset_name_file(tmp_path, "abc")
    names.keep("c11", 3, "南门")
    names.names("c11").clear()
    assert names.names("c11") == {3: "南门"}


def test_names_kept_at_the_same_time_are_all_kept(tmp_path):
    names = preset_name_file(tmp_path, "abc")
    threads = [threading.Thread(target=names.keep, args=("c11", number, f"n{number}")) for number in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(preset_name_file(tmp_path, "abc").names("c11")) == 16


def test_a_damaged_file_is_put_aside_and_a_full_disk_is_said(tmp_path, monkeypatch):
    path = tmp_path / "presets" / "abc.json"
    path.parent.mkdir()
    path.write_text("{")
    names = preset_name_file(tmp_path, "abc")
    assert names.names("c11") == {}
    assert path.with_name("abc.json.bad").exists()
    path.mkdir()  # nothing can be written there
    with pytest.raises(StorageFailed):
        names.keep("c11", 3, "南门")
    assert names.names("c11") == {3: "南门"}
