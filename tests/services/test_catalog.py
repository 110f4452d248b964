"""The mirror as the window sees it: over the real adapter, against the real embedded center."""

import asyncio
import gc
import time

import pytest
import qasync

from wallclient.api.native import NativeCenter
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import CatalogChange, Hierarchy, RowFilter, SyncPhase
from wallclient.domain.errors import ServerFailed, StorageFailed
from wallclient.services.catalog import Catalog

LIMIT_S = 30.0
CAMERAS, MANY = 600, 9000  # of many, a snapshot takes several pages


@pytest.fixture(scope="module")
def password():
    return "correct horse"


@pytest.fixture
def size():
    return CAMERAS


@pytest.fixture
def center(password, size):
    with EmbeddedCenter(size, password=password) as running:
        yield running


@pytest.fixture
def loop(qapp):
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    loop.close()
    asyncio.set_event_loop(None)
    gc.collect()


@pytest.fixture
def adapter(center, password):
    made = []

    def make(user=None):
        native = NativeCenter(center.base_url)
        native.log_in(user or center.user, password)
        made.append(native)
        return native

    yield make
    for native in made:
        native.close()


class Seen:
    """A catalog and all it said."""

    def __init__(self, catalog):
        self.catalog = catalog
        self.changes = []
        self.states = []
        self.aside = []
        catalog.changed.connect(self.changes.append)
        catalog.sync_state_changed.connect(lambda: self.states.append(catalog.state))
        catalog.set_aside.connect(self.aside.append)


def run(loop, work):
    """Run `work(seen)` with a catalog that is closed afterwards."""

    async def body():
        seen = Seen(Catalog())
        try:
            return await work(seen)
        finally:
            await seen.catalog.close()

    return loop.run_until_complete(body())


async def until(is_so):
    async with asyncio.timeout(LIMIT_S):
        while not is_so():
            await asyncio.sleep(0.01)


async def in_step(seen, cameras=CAMERAS):
    await until(lambda: seen.catalog.state.phase is SyncPhase.FOLLOWING and seen.catalog.state.synced_unix_s)
    await until(lambda: seen.catalog.state.cameras == cameras)


def test_a_whole_city_is_mirrored_and_read_at_once(loop, center, adapter, tmp_path):
    async def work(seen):
        catalog = seen.catalog
        assert catalog.children_now(None).rows == ()
        catalog.open(tmp_path, center.base_url, "operator")
        catalog.start_sync(adapter())
        await in_step(seen)
        city = catalog.children_now(None).rows[0]
        true = center.city.node("city")
        assert (city.total, city.online) == (true.channels_total, true.channels_online)
        assert abs(catalog.state.synced_unix_s - time.time()) < 60
        assert CatalogChange(everything=True) in seen.changes
        hit = (await catalog.search("jfb")).hits[0]
        assert "解放碑" in hit.row.name
        assert hit.path[0] == "重庆市"
        regions = catalog.children_now(None, Hierarchy.REGIONS).rows
        assert sum(row.total for row in regions) == CAMERAS
        wanted = RowFilter(online=True)
        assert catalog.children_now(None, wanted=wanted) is None
        page = await catalog.children(None, wanted=wanted)
        assert catalog.children_now(None, wanted=wanted) == page
        assert page.rows[0].total == true.channels_online
        assert catalog.ancestors_now("c1")[0].id == "city"

    run(loop, work)


def test_every_row_equals_the_centers_own(loop, center, adapter, tmp_path):
    async def work(seen):
        seen.catalog.open(tmp_path, center.base_url, "operator")
        seen.catalog.start_sync(adapter())
        await in_step(seen)
        center.burst(200, seed=3)
        center.rename("c70", "新名字")
        center.remove_camera("c71")
        added = center.add_camera("s50010301", "添加的")
        seen.catalog.follow_now()
        await until(lambda: seen.catalog.row_now(added))
        assert seen.catalog.row_now("c71") is None
        assert seen.catalog.row_now("c70").name == "新名字"
        heads = ["city"]
        while heads:
            row, true = seen.catalog.row_now(heads[-1]), center.city.node(heads.pop())
            assert (row.total, row.online, row.name) == (true.channels_total, true.channels_online, true.name), row.id
            heads += [child.id for child in seen.catalog.children_now(row.id, limit=10_000).rows]

    run(loop, work)


def test_later_starts_show_the_tree_before_the_network(loop, center, adapter, tmp_path):
    async def first(seen):
        seen.catalog.open(tmp_path, center.base_url, "operator")
        seen.catalog.start_sync(adapter())
        await in_step(seen)

    async def later(seen):
        seen.catalog.open(tmp_path, center.base_url, "operator")
        assert seen.catalog.children_now(None).rows[0].total == CAMERAS
        assert seen.catalog.state.phase is SyncPhase.IDLE
        assert seen.catalog.state.synced_unix_s is not None
        native = adapter()
        center.stop()
        seen.catalog.start_sync(native)
        await until(lambda: seen.catalog.state.phase is SyncPhase.WAITING)
        assert isinstance(seen.catalog.state.error, ServerFailed)
        assert seen.catalog.children_now(None).rows[0].total == CAMERAS
        center.start()
        seen.catalog.follow_now()
        await until(lambda: seen.catalog.state.phase is SyncPhase.FOLLOWING and seen.catalog.state.error is None)

    run(loop, first)
    run(loop, later)


def test_operators_of_one_machine_see_their_own(loop, center, adapter, tmp_path):
    async def work(user):
        async def body(seen):
            seen.catalog.open(tmp_path, center.base_url, user)
            assert seen.catalog.state.cameras == 0
            seen.catalog.start_sync(adapter(user))
            await until(lambda: seen.catalog.state.synced_unix_s)
            await until(lambda: seen.catalog.state.cameras)
            return {row.id for row in seen.catalog.children_now("city").rows}

        return body

    async def of(user):
        return await work(user)

    everything = run(loop, loop.run_until_complete(of("admin")))
    his = run(loop, loop.run_until_complete(of("yuzhong")))
    assert his == {"d500103"}
    assert his < everything
    assert len(list(tmp_path.glob("*.db"))) == 2


def test_a_second_program_reads_along_and_takes_over(loop, center, adapter, tmp_path):
    async def work(seen):
        seen.catalog.open(tmp_path, center.base_url, "operator")
        seen.catalog.start_sync(adapter())
        await in_step(seen)
        second = Seen(Catalog())
        second.catalog.open(tmp_path, center.base_url, "operator")
        assert second.catalog.state.read_only
        assert second.catalog.children_now(None).rows[0].total == CAMERAS
        with pytest.raises(StorageFailed):
            await second.catalog.set_favourite("c1", True)
        second.changes.clear()
        await seen.catalog.set_favourite("c1", True)
        await until(lambda: second.changes)
        assert second.catalog.is_favourite("c1")
        await seen.catalog.close()
        native = adapter()

        def taken_over():
            second.catalog.start_sync(native)
            return not second.catalog.state.read_only

        await until(taken_over)
        await in_step(second)
        await second.catalog.close()

    run(loop, work)


def test_favourites_and_recent(loop, center, adapter, tmp_path):
    async def work(seen):
        catalog = seen.catalog
        with pytest.raises(StorageFailed):
            await catalog.set_favourite("c1", True)
        catalog.open(tmp_path, center.base_url, "operator")
        catalog.start_sync(adapter())
        await in_step(seen)
        seen.changes.clear()
        await catalog.set_favourite("c5", True)
        await catalog.add_recent("c6")
        assert catalog.is_favourite("c5")
        assert catalog.row_now("c5").favourite
        assert catalog.recent_now() == ["c6"]
        await until(lambda: any("c5" in change.rows for change in seen.changes))
        assert catalog.children_now(None, wanted=RowFilter(favourites=True)).rows[0].total == 1
        assert catalog.children_now(None, wanted=RowFilter(recent=True)).rows[0].total == 1

    run(loop, work)


@pytest.mark.parametrize("size", [MANY])
def test_a_cancelled_sync_goes_on_where_it_was(loop, center, adapter, tmp_path):
    async def work(seen):
        catalog = seen.catalog
        center.misbehave(pause_s=0.2)
        catalog.open(tmp_path, center.base_url, "operator")
        catalog.start_sync(adapter())
        await until(lambda: catalog.state.phase is SyncPhase.FETCHING)
        assert catalog.state.progress.total > MANY
        catalog.cancel_sync()
        assert catalog.state.phase is SyncPhase.CANCELLED
        center.misbehave()
        catalog.start_sync(adapter())
        await in_step(seen, MANY)

    run(loop, work)


def test_a_revoked_session_is_told_and_the_tree_stays(loop, center, adapter, tmp_path):
    async def work(seen):
        catalog = seen.catalog
        catalog.open(tmp_path, center.base_url, "operator")
        catalog.start_sync(adapter())
        await in_step(seen)
        center.revoke_sessions()
        center.set_state("c9", ChannelState.OFFLINE)
        catalog.follow_now()
        await until(lambda: catalog.state.phase is SyncPhase.SIGN_IN_NEEDED)
        assert catalog.children_now(None).rows[0].total == CAMERAS
        catalog.start_sync(adapter())
        await until(lambda: not catalog.row_now("c9").online)

    run(loop, work)


@pytest.mark.parametrize("size", [MANY])
def test_tokens_that_lapse_in_the_middle_do_not_matter(loop, center, adapter, tmp_path):
    async def work(seen):
        catalog = seen.catalog
        center.misbehave(pause_s=0.1)
        catalog.open(tmp_path, center.base_url, "operator")
        catalog.start_sync(adapter())
        await until(lambda: catalog.state.phase is SyncPhase.FETCHING)
        center.lapse_access_tokens()
        center.misbehave()
        await in_step(seen, MANY)

    run(loop, work)


def test_only_the_latest_search_counts(loop, center, adapter, tmp_path):
    async def work(seen):
        seen.catalog.open(tmp_path, center.base_url, "operator")
        seen.catalog.start_sync(adapter())
        await in_step(seen)
        await seen.catalog.warm_up()
        texts = ["j", "jf", "jfb"]
        found = await asyncio.gather(*(seen.catalog.search(text) for text in texts))
        assert found[:2] == [None, None]
        assert found[2].text == "jfb"

    run(loop, work)


def test_a_damaged_mirror_is_told_and_read_anew(loop, center, adapter, tmp_path):
    async def first(seen):
        seen.catalog.open(tmp_path, center.base_url, "operator")
        seen.catalog.start_sync(adapter())
        await in_step(seen)
        return seen.catalog.path

    async def again(seen):
        seen.catalog.open(tmp_path, center.base_url, "operator")
        assert seen.aside
        seen.catalog.start_sync(adapter())
        await in_step(seen)

    path = run(loop, first)
    path.write_bytes(path.read_bytes()[:5000])
    run(loop, again)
