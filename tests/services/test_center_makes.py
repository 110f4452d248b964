"""Kinds of centers: lists as sites that open by themselves, what is taken away with them, servers told apart."""

import asyncio
import csv
import gc
import importlib
import inspect
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
import qasync

from tests.camera_list.list_files import GOOD, HEADINGS, row, write_csv
from tests.services.test_centers import MemoryStore, OneSource
from tests.wvp.wvp_double import Wvp
from wallclient.camera_list.importer import read_list
from wallclient.catalog.mirror import mirror_path
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.center_config import CenterConfig, Family, new_site
from wallclient.domain.errors import KeyringLocked, NotFound
from wallclient.domain.global_id import global_id
from wallclient.domain.notice import NoticeKind
from wallclient.domain.stream import StreamKind
from wallclient.services.camera_lists import write_template
from wallclient.services.catalogs import Catalogs
from wallclient.services.center_access import AccessState
from wallclient.services.center_probe import ProbeResult, probe
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.mirrors import mirror_folder
from wallclient.storage.settings import settings_file

ROWS = (row(), row(name="球机2", code="", main="rtsp://10.0.0.2/1", sub="", user="", password=""))


LIMIT_S = 40.0


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop, or until a condition holds."""
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)

    async def until(holds):
        while not holds():
            await asyncio.sleep(0.01)

    def run(what):
        work = what if inspect.iscoroutine(what) else until(what)
        return loop.run_until_complete(asyncio.wait_for(work, LIMIT_S))

    yield run
    asyncio.set_event_loop(None)
    loop.close()


async def in_loop(work, *args):
    """Call what starts tasks."""
    return work(*args)


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def new_centers(tmp_path, store):
    def new() -> Centers:
        centers = Centers(Preferences(settings_file(tmp_path)), SecretKeeper(store), tmp_path / "data")
        centers.told = []
        centers.noticed.connect(lambda notice: centers.told.append(notice.kind))
        return centers

    return new


def test_a_list_opens_by_itself_at_every_start_and_leaves_nothing_behind(run, new_centers, store, tmp_path):
    centers = new_centers()
    config = new_site(Family.LIST, "南岸站")
    lists = centers.makes.lists
    site = run(lists.keep(config.key, config.name, run(lists.read(write_csv(tmp_path, *ROWS)))))
    assert len(site.cameras) == 2
    assert list(store.secrets.values()) == ["s3cret!"]
    access = run(in_loop(centers.add, config))
    run(lambda: access.state is AccessState.CONNECTED)
    assert access.title == "南岸站"
    gid = global_id(config.key, site.cameras[0].id)
    lease = run(centers.open_live(gid, StreamKind.MAIN))
    assert lease.sources[0].credentials.password == "s3cret!"
    assert centers.operator is None, "nobody is signed in at a site"
    run(centers.close())

    again = new_centers()
    assert run(in_loop(again.resume_all))
    catalogs = Catalogs(again, tmp_path / "data")
    access = again.access(config.key)
    run(lambda: access.state is AccessState.CONNECTED)
    run(lambda: catalogs.row_now(gid) is not None)
    assert mirror_path(mirror_folder(tmp_path / "data", config.key), config.key, "").exists()
    run(again.remove(config.key))
    assert not store.secrets
    assert lists.file(config.key).stamp() is None
    assert not mirror_folder(tmp_path / "data", config.key).exists()
    run(catalogs.close())
    run(again.close())


def test_a_keyring_that_refuses_to_forget_is_told_and_the_list_is_gone_all_the_same(run, new_centers, store, tmp_path):
    centers = new_centers()
    config = new_site(Family.LIST, "站")
    lists = centers.makes.lists
    run(lists.keep(config.key, config.name, run(lists.read(write_csv(tmp_path, *ROWS)))))
    run(in_loop(centers.add, config))
    run(lambda: centers.access(config.key).session.signed_in)
    store.trouble = KeyringLocked("locked")
    run(centers.remove(config.key))
    assert centers.told == [NoticeKind.SECRETS_LEFT]
    assert lists.file(config.key).stamp() is None
    run(centers.close())


def test_what_a_list_read_again_changes_is_told_beforehand(run, new_centers, tmp_path):
    centers = new_centers()
    lists = centers.makes.lists
    rows = (row(), row(name="二", code="", main="rtsp://10.0.0.2/1"), row(name="三", code="", main="rtsp://10.0.0.3/1"))
    run(lists.keep("k", "站", run(lists.read(write_csv(tmp_path, *rows)))))
    changed = (row(main="rtsp://10.77.0.1/main"), rows[1], row(name="四", code="", main="rtsp://10.0.0.4/1"))
    found = run(lists.compare("k", run(lists.read(write_csv(tmp_path, *changed)))))
    assert (found.new, found.changed, found.same, found.gone) == (1, 1, 1, ("三",))
    assert run(lists.compare("k", run(lists.read(write_csv(tmp_path, *rows))))).same == 3
    run(centers.close())


def test_a_password_the_keyring_lost_is_entered_once_for_all_that_share_it(run, new_centers, store, tmp_path):
    centers = new_centers()
    lists = centers.makes.lists
    rows = (row(), row(name="二", code="", main="rtsp://10.0.0.2/1"), row(name="无", code="", password="", user=""))
    site = run(lists.keep("k", "站", run(lists.read(write_csv(tmp_path, *rows)))))
    store.secrets.clear()
    first, second, third = (camera.id for camera in site.cameras)
    assert run(lists.password_user("k", first)) == "admin"
    run(lists.set_password("k", first, "new"))
    center = centers.makes.open(CenterConfig("k", "list:k", adapter="list"))
    center.log_in("", "")
    assert center.open_live(second, StreamKind.MAIN).sources[0].credentials.password == "new"
    with pytest.raises(NotFound):
        run(lists.set_password("k", third, "new"))
    run(centers.close())


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_template_is_a_list_the_importer_takes(tmp_path, suffix):
    path = tmp_path / f"template.{suffix}"
    write_template(path, HEADINGS, GOOD)
    draft = read_list(path)
    assert (len(draft.cameras), draft.findings) == (1, ())
    assert draft.cameras[0].gb_code == GOOD[2]
    if suffix == "csv":
        assert next(csv.reader(path.read_text("utf-8-sig").splitlines())) == list(HEADINGS)
    else:
        assert openpyxl.load_workbook(path).active["C2"].value == GOOD[2], "a code is text, not a number"


@pytest.fixture
def zoneminder(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "zoneminder")
    with importlib.import_module("zm_double").ZoneMinder() as double:
        yield double


def test_servers_of_another_kind_are_told_apart_whatever_they_are_asked_as(run, zoneminder):
    with EmbeddedCenter(16, media=OneSource()) as native, Wvp() as wvp:
        servers = {Family.NATIVE: native, Family.WVP: wvp, Family.ZONEMINDER: zoneminder}
        for true_family, server in servers.items():
            for asked_as in servers:
                found = run(probe(CenterConfig("k", server.base_url, adapter=asked_as.value)))
                told = asked_as if found.result is ProbeResult.GOOD else found.family
                assert told is true_family, f"{true_family} asked as {asked_as}: {found}"
        elsewhere = CenterConfig("k", f"{native.base_url}/nothing-here")
        assert run(probe(elsewhere)).result is ProbeResult.NO_CENTER


def test_another_host_for_streams_takes_effect_at_once_and_who_stays_signed_in_stays(run, new_centers, store):
    centers = new_centers()
    asked = []
    centers.sign_in_needed.connect(asked.append)
    with Wvp() as wvp:
        run(in_loop(centers.add, CenterConfig("w", wvp.base_url, "WVP", adapter="wvp")))
        run(centers.log_in("w", wvp.user, wvp.password, stay=True))
        kept = dict(store.secrets)
        run(centers.change(replace(centers.access("w").config, media_host="10.77.0.1")))
        run(lambda: centers.access("w").state is AccessState.CONNECTED)
        assert store.secrets == kept
        assert _stream_hosts(run, centers) == {"10.77.0.1"}
        assert not asked
        run(centers.log_in("w", wvp.user, wvp.password))  # is not kept any more
        run(centers.change(replace(centers.access("w").config, media_host="")))
        assert asked == ["w"], "who is not kept is asked"
        run(centers.log_in("w", wvp.user, wvp.password))
        assert "10.77.0.1" not in _stream_hosts(run, centers)
    run(centers.close())


def _stream_hosts(run, centers) -> set[str]:
    channels = run(centers.channels_below("w/", 1))
    lease = run(centers.open_live(channels[0].id, StreamKind.MAIN))
    return {urlsplit(source.url).hostname for source in lease.sources}


def test_a_site_whose_file_is_damaged_says_so_and_opens_once_it_is_taken_in_again(run, new_centers, tmp_path):
    centers = new_centers()
    config = new_site(Family.LIST, "站")
    lists = centers.makes.lists
    draft = run(lists.read(write_csv(tmp_path, *ROWS)))
    run(lists.keep(config.key, config.name, draft))
    file = lists.file(config.key)
    file._path.write_bytes(b"{]")

    async def story():  # in one go: signals that come between two would find no loop
        access = centers.add(config)
        while centers.told != [NoticeKind.SITE_UNREADABLE]:
            await asyncio.sleep(0.01)
        assert access.state is AccessState.SIGNED_OUT
        file.remove()
        await lists.keep(config.key, config.name, draft)
        centers.reread(config.key)
        while access.state is not AccessState.CONNECTED:
            await asyncio.sleep(0.01)
        await centers.close()

    run(story())
