"""Taking a list in: ids that stay, passwords in the keyring alone, and one whole site whatever breaks off."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_files import GOOD, Keyring, row, write_csv

from wallclient.camera_list.identity import ids_for
from wallclient.camera_list.importer import forget_passwords, keep_list, read_list
from wallclient.domain.camera_list import CameraSite, ListedCamera, ListedStream, ReadCamera, ReadStream
from wallclient.domain.errors import KeyringFailed, StorageFailed
from wallclient.storage.camera_sites import SiteFile, site_file


def imported(folder, keyring, old=None, *rows):
    """Import a list of these rows; return the file and the site."""
    file = site_file(folder, "k")
    return file, keep_list(read_list(write_csv(folder, *rows)), "站", file, keyring, old or CameraSite())


def test_passwords_are_in_the_keyring_and_not_in_the_file(tmp_path):
    keyring = Keyring()
    secret_url = "rtsp://10.0.0.9/live?user=a&password=InTheUrl7"
    rows = GOOD, row(name="b", main="rtsp://root:AtTheFront7@10.0.0.2/"), row(name="c", main=secret_url)
    file, site = imported(tmp_path, keyring, None, *rows)
    written = (tmp_path / "lists" / "k.json").read_text("utf-8")
    assert set(keyring.values()) == {"s3cret!", "AtTheFront7", "InTheUrl7"}
    assert not [password for password in keyring.values() if password in written or password in str(set(keyring))]
    assert file.load() == site
    forget_passwords(site, keyring)
    assert keyring == {}


def test_cameras_that_share_a_password_share_an_account(tmp_path):
    keyring = Keyring()
    imported(tmp_path, keyring, None, *(row(name=str(i), main=f"rtsp://h/{i}") for i in range(50)))
    assert len(keyring) == 1


def test_a_list_read_again_keeps_ids_and_accounts_and_forgets_passwords_of_old(tmp_path):
    keyring = Keyring()
    second = row(name="b", main="rtsp://h/2", sub="", code="", password="old")
    _, first_site = imported(tmp_path, keyring, None, GOOD, second)
    accounts = dict(keyring)
    _, site = imported(
        tmp_path, keyring, first_site, row(name="b", main="rtsp://h/2", sub="", code="", password="new"), GOOD
    )
    assert [camera.id for camera in site.cameras] == [camera.id for camera in reversed(first_site.cameras)]
    assert set(keyring.values()) == {"s3cret!", "new"}
    assert site.cameras[1].main.account in accounts
    assert site.sequence > first_site.sequence


@pytest.mark.parametrize("room", [0, 1])
def test_a_keyring_that_fails_leaves_the_old_site_in_force(tmp_path, room):
    keyring = Keyring()
    file, site = imported(tmp_path, keyring, None, GOOD)
    before = dict(keyring)
    keyring.room = len(keyring) + room
    rows = [row(name=str(i), main=f"rtsp://h/{i}", password=f"p{i}") for i in range(3)]
    with pytest.raises(KeyringFailed):
        imported(tmp_path, keyring, site, *rows)
    assert (file.load(), keyring) == (site, before)


def test_a_file_that_can_not_be_written_leaves_no_password_behind(tmp_path):
    keyring = Keyring()
    (tmp_path / "lists").write_text("in the way")
    with pytest.raises(StorageFailed):
        imported(tmp_path, keyring, None, GOOD)
    assert keyring == {}


@pytest.mark.parametrize(
    "content", ["", "{", '{"version": 2, "content": {}}', '{"version": 1, "content": {"cameras": 3}}']
)
def test_a_damaged_site_is_an_error_and_no_empty_tree(tmp_path, content):
    file = SiteFile(tmp_path / "s.json")
    with pytest.raises(StorageFailed):
        file.load()
    (tmp_path / "s.json").write_text(content)
    with pytest.raises(StorageFailed):
        file.load()
    file.save(CameraSite("s"))
    assert json.loads((tmp_path / "s.json").read_text())["version"] == 1
    file.remove()
    assert file.stamp() is None


def read(name, url, code="", path=()):
    return ReadCamera(2, path, name, code, ReadStream(url))


def kept(camera, camera_id):
    return ListedCamera(camera_id, camera.path, camera.name, camera.gb_code, ListedStream(camera.main.url))


def test_a_camera_is_known_by_code_then_address_then_name():
    old = [kept(read("a", "u1", "1"), "x"), kept(read("b", "u2"), "y"), kept(read("c", "u3"), "z")]
    moved = [read("c", "u9"), read("bb", "u2"), read("aa", "u8", "1")]
    assert ids_for(moved, old) == ["z", "y", "x"]


def test_another_camera_never_gets_an_id_of_old():
    old = [kept(read("a", "u1", "1"), "x")]
    assert ids_for([read("a", "u1", "2")], old) != ["x"]  # its code says that it is another
    first = ids_for([read("a", "u1")], [])
    renamed = [kept(read("was a", "u1"), first[0])]
    assert ids_for([read("a", "u7")], renamed) != first  # the id made of its name is still that of the other


_CAMERAS = st.lists(
    st.builds(read, *(st.sampled_from(texts) for texts in (["a", "b", "c"], ["u1", "u2", "u3"], ["", "1", "2"]))),
    max_size=8,
)


@given(_CAMERAS, _CAMERAS)
def test_ids_differ_stay_and_follow_from_the_list_alone(before, after):
    first = ids_for(before, [])
    assert len(set(first)) == len(first)
    assert first == ids_for(before, [])
    old = [kept(camera, id_) for camera, id_ in zip(before, first, strict=True)]
    second = ids_for(after, old)
    assert len(set(second)) == len(second)
    once = [c for c in before if sum((c.name, c.path) == (o.name, o.path) for o in before) == 1]
    if len(once) == len(before):  # nothing is there twice
        again = ids_for(before, old)
        same_key = len({c.main.url for c in before}) == len(before)
        assert again == first or not same_key
    for camera, id_ in zip(after, second, strict=True):
        earlier = {o.id: o for o in old}.get(id_)
        assert earlier is None or not (camera.gb_code and earlier.gb_code) or camera.gb_code == earlier.gb_code
