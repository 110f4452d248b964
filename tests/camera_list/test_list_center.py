"""A list as a center: tree, mirror and search, leases, passwords, and a list imported anew under open panes."""

import av
import pytest
from list_files import GOOD, Keyring, row, write_csv

from wallclient.api.center import Center
from wallclient.api.native import NativeCenter
from wallclient.camera_list.center import LEASE_S, PASSWORD_MISSING, ListCenter
from wallclient.camera_list.importer import keep_list, read_list
from wallclient.catalog.mirror import Mirror, mirror_path
from wallclient.catalog.reader import MirrorReader
from wallclient.catalog.search import Search
from wallclient.catalog.sync import Sync
from wallclient.demo.process import DemoProcess
from wallclient.domain.camera_list import CameraSite, ListedCamera, ListedStream
from wallclient.domain.catalog import NotModified, Right
from wallclient.domain.errors import (
    BadAddress,
    CursorExpired,
    KeyringLocked,
    NotFound,
    NotPermitted,
    ServerFailed,
    SignInNeeded,
    SnapshotGone,
)
from wallclient.domain.stream import Credentials, Protocol, StreamKind
from wallclient.player.bridge import url_with_credentials
from wallclient.storage.camera_sites import site_file

ROWS = (
    row(),
    row(name="球机2", code="50010301001320000002", main="http://10.0.0.2/live.flv", sub="", user="", password=""),
    row(path="", name="大门", code="", main="rtsp://10.0.0.3/?user=a&pwd=Q%407", sub="", user="", password=""),
)


class Rig:
    """A site on disk and its center, signed in."""

    def __init__(self, folder):
        self.folder, self.keyring, self.now_s = folder, Keyring(), 0.0
        self.file = site_file(folder, "k")
        self.site = CameraSite()
        self.center = ListCenter("k", self.file, self.keyring.read, lambda: self.now_s)

    def take_in(self, *rows):
        self.site = keep_list(read_list(write_csv(self.folder, *rows)), "南岸站", self.file, self.keyring, self.site)
        return self

    def id_of(self, name):
        return next(camera.id for camera in self.site.cameras if camera.name == name)


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path).take_in(*ROWS)
    rig.center.log_in("", "")
    return rig


def test_it_is_a_center_that_needs_no_password(tmp_path):
    rig = Rig(tmp_path)
    assert isinstance(rig.center, Center)
    with pytest.raises(ServerFailed):
        rig.center.log_in("", "")  # there is no list yet
    rig.take_in(*ROWS)
    assert rig.center.health().name == "南岸站"
    with pytest.raises(SignInNeeded):
        rig.center.children(None)
    rig.center.log_in("", "")
    assert len(rig.center.children(None).nodes) == 2
    rig.center.close()
    with pytest.raises(ServerFailed):
        rig.center.children(None)


def test_the_tree_page_by_page(rig):
    first = rig.center.children(None, limit=1)
    (folder,) = first.nodes
    assert (folder.name, folder.channels_total, folder.parent_id) == ("渝中区", 2, None)
    rest = rig.center.children(None, first.next_cursor, 1)
    assert ([node.name for node in rest.nodes], rest.next_cursor) == (["大门"], None)
    assert rest.nodes[0].channel == rig.center.channel(rig.id_of("大门"))
    (below,) = rig.center.children(folder.id).nodes
    assert (below.name, below.parent_id) == ("解放碑", folder.id)
    assert rig.center.node(below.id) == below
    page = rig.center.channels_below(folder.id, limit=1)
    more = rig.center.channels_below(folder.id, page.next_cursor, 5)
    assert [c.name for c in page.channels + more.channels] == ["八一路口 枪机1", "球机2"]
    assert more.next_cursor is None
    for ask in (rig.center.node, rig.center.children, rig.center.channels_below, rig.center.channel):
        with pytest.raises(NotFound):
            ask("nobody")


def test_live_from_the_cameras_own_addresses(rig):
    main = rig.center.open_live(rig.id_of("八一路口 枪机1"), StreamKind.MAIN)
    sub = rig.center.open_live(rig.id_of("八一路口 枪机1"), StreamKind.SUB)
    assert [lease.sources[0].url for lease in (main, sub)] == ["rtsp://10.0.0.1:554/main", "rtsp://10.0.0.1:554/sub"]
    assert main.sources[0].credentials == Credentials("admin", "s3cret!")
    assert "s3cret" not in repr(main)
    (flv,) = rig.center.open_live(rig.id_of("球机2"), StreamKind.SUB).sources
    assert (flv.protocol, flv.url, flv.credentials) == (Protocol.HTTP_FLV, "http://10.0.0.2/live.flv", None)
    (door,) = rig.center.open_live(rig.id_of("大门"), StreamKind.MAIN).sources
    assert door.url == "rtsp://10.0.0.3/?user=a&pwd=Q%407"  # as it was written, escaped


def test_a_lease_lives_by_renewal_and_ends_with_its_address(rig):
    lease = rig.center.open_live(rig.id_of("大门"), StreamKind.MAIN)
    other = rig.center.open_live(rig.id_of("球机2"), StreamKind.MAIN)
    rig.now_s = LEASE_S - 1
    assert rig.center.renew_live(lease.id) == lease
    rig.now_s = LEASE_S + 1
    assert rig.center.renew_live(lease.id) == lease
    with pytest.raises(NotFound):
        rig.center.renew_live(other.id)
    rig.take_in(ROWS[0], row(path="", name="大门", code="", main="rtsp://10.0.0.33/", sub=""))
    with pytest.raises(NotFound):
        rig.center.renew_live(lease.id)
    assert rig.center.open_live(lease.channel_id, StreamKind.MAIN).sources[0].url == "rtsp://10.0.0.33/"
    with pytest.raises(NotFound):
        rig.center.channel(other.channel_id)


def test_passwords_are_asked_for_once_and_forgotten_at_the_log_out(rig):
    camera = rig.id_of("八一路口 枪机1")
    rig.center.open_live(camera, StreamKind.MAIN)
    kept = dict(rig.keyring)
    rig.keyring.clear()
    rig.center.open_live(camera, StreamKind.MAIN)
    rig.center.log_out()
    rig.center.log_in("", "")
    with pytest.raises(NotPermitted) as caught:
        rig.center.open_live(camera, StreamKind.MAIN)
    assert caught.value.reason == PASSWORD_MISSING
    rig.keyring.update(kept)
    assert rig.center.open_live(camera, StreamKind.MAIN)


def test_a_locked_keyring_is_told_and_stops_only_cameras_with_passwords(rig):
    def locked(account):
        raise KeyringLocked("locked")

    center = ListCenter("k", rig.file, locked)
    center.log_in("", "")
    with pytest.raises(KeyringLocked):
        center.open_live(rig.id_of("八一路口 枪机1"), StreamKind.MAIN)
    assert center.open_live(rig.id_of("球机2"), StreamKind.MAIN)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "rtsp://h/ :sout=x", "screen://"])
def test_a_site_file_somebody_has_changed_opens_nothing_but_cameras(rig, url):
    rig.file.save(CameraSite("s", 9, (ListedCamera("c1", (), "x", "", ListedStream(url)),)))
    with pytest.raises(BadAddress):
        rig.center.open_live("c1", StreamKind.MAIN)


def test_a_damaged_file_leaves_the_tree_that_was_read(rig, tmp_path, caplog):
    (tmp_path / "lists" / "k.json").write_text("{")
    assert len(rig.center.children(None).nodes) == 2
    assert len(rig.center.children(None).nodes) == 2
    assert len(caplog.records) == 1
    rig.take_in(ROWS[0])
    assert len(rig.center.children(None).nodes) == 1


def test_snapshots_resume_only_within_one_import(rig, monkeypatch):
    monkeypatch.setattr("wallclient.camera_list.center._PAGE_ROWS", 2)
    pages = list(rig.center.snapshot())
    assert [len(page.nodes) for page in pages] == [2, 2, 1]
    assert list(rig.center.snapshot(pages[0].cursor)) == pages[1:]
    assert rig.center.snapshot(etag=pages[0].revision) == NotModified(pages[0].revision)
    assert rig.center.changes(pages[0].sequence).changes == ()
    rig.take_in(*ROWS[:2])
    with pytest.raises(SnapshotGone):
        rig.center.snapshot(pages[0].cursor)
    with pytest.raises(CursorExpired):
        rig.center.changes(pages[0].sequence)


def level(reader, *names):
    """Return the names below the folder these names lead to."""
    parent_id = None
    for name in names:
        parent_id = next(row.id for row in reader.children(parent_id).rows if row.name == name)
    return [row.name for row in reader.children(parent_id).rows]


def test_the_mirror_and_its_search_follow_the_list(rig, tmp_path):
    mirror = Mirror(mirror_path(tmp_path / "catalog", "k", ""))
    assert mirror.open()
    sync = Sync(mirror, rig.center, lambda _: None, lambda _: None)
    reader, search = MirrorReader(mirror.path), Search(mirror.path)
    try:
        sync.catch_up()
        assert level(reader) == ["渝中区", "大门"]
        assert level(reader, "渝中区", "解放碑") == ["八一路口 枪机1", "球机2"]
        assert [hit.row.id for hit in search.find("bylk").hits] == [rig.id_of("八一路口 枪机1")]
        (hit,) = search.find("大门").hits
        assert hit.row.rights == {Right.VIEW}
        rig.take_in(ROWS[0], row(path="新区", name="新机", code="", main="rtsp://h/new"))
        sync.catch_up()
        reader.has_news()
        assert level(reader) == ["渝中区", "新区"]
        assert search.find("大门").hits == ()
    finally:
        reader.close()
        search.close()
        mirror.close()


def test_a_picture_comes_straight_from_the_camera(rig):
    """The list has an address a real media server serves; with its password it shows a picture."""
    with DemoProcess(16, 5, prepare=1) as demo:
        native = NativeCenter(demo.base_url)
        native.log_in(demo.user, demo.password)
        try:
            channel = native.channels_below(native.children(None).nodes[0].id, limit=1).channels[0]
            source = next(
                s for s in native.open_live(channel.id, StreamKind.SUB).sources if s.protocol is Protocol.RTSP
            )
            assert source.credentials
            user, password = source.credentials.user, source.credentials.password
            rig.take_in(row(main=source.url, sub="", user=user, password=password))
            (listed,) = rig.center.open_live(rig.id_of(GOOD[1]), StreamKind.MAIN).sources
            assert listed.credentials == source.credentials
            url = url_with_credentials(listed.url, user, password)
            with av.open(url, options={"rtsp_transport": "tcp"}, timeout=(20, 20)) as container:
                picture = next(container.decode(video=0))
            assert (picture.width, picture.height) == (source.width, source.height)
        finally:
            native.close()
