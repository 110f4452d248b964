"""Recorded footage by global ids, of several embedded centers at once."""

import asyncio
import gc
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import qasync

from wallclient.api.center import Capabilities
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.certificates import make_certificates
from wallclient.demo.city import City
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.server import streamed_cameras
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import NotAble, NotFound, NotPermitted, ReasonNeeded, ServerFailed, SignInNeeded
from wallclient.domain.secret import KeeperState
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.settings import settings_file

LIMIT_S = 30.0
HOUR_MS = 3_600_000
ZONE = "Asia/Shanghai"


class NoKeyring:
    """A keyring that keeps nothing."""

    def state(self):
        return KeeperState.SAFE

    def read(self, _kind, _center_key, _user):
        return None

    def write(self, _kind, _center_key, _user, _secret):
        pass

    def forget(self, _kind, _center_key, _user):
        pass


@pytest.fixture
def footage(tmp_path):
    store = FootageStore(streamed_cameras(City(64)), cache_dir=tmp_path / "clips")  # no file is opened here
    yield store
    store.close()


@pytest.fixture
def north(footage):
    with EmbeddedCenter(64, footage=footage) as center:
        yield center


@pytest.fixture
def south(footage):
    with EmbeddedCenter(64, footage=footage) as center:
        yield center


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, LIMIT_S * 2))
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def on_centers(tmp_path, north, south, run):
    """Run `work(centers)` with two centers, the operator signed in at both."""

    def go(work, user="operator"):
        authority = make_certificates(tmp_path).ca_file

        async def shift():
            centers = Centers(
                Preferences(settings_file(tmp_path)), SecretKeeper(NoKeyring(), LIMIT_S), tmp_path / "data"
            )
            for key, center in (("n", north), ("s", south)):
                centers.add(CenterConfig(key, center.base_url, ca_file=str(authority)))  # read, if not asked for
                await centers.log_in(key, user, center.password)
            try:
                await work(centers)
            finally:
                await centers.close()

        run(shift())

    return go


def last_hours(hours=3):
    now_ms = int(time.time() * 1000)
    return now_ms - hours * HOUR_MS, now_ms


def test_channels_of_several_centers_are_asked_for_at_once(on_centers):
    async def work(centers):
        ids = ["n/c2", "s/c2", "s/c9", "x/c1"]
        found = await centers.segments(ids, *last_hours())
        assert set(found) == set(ids)
        assert isinstance(found["x/c1"], NotFound)
        for gid in ids[:3]:
            assert found[gid]
            assert {(segment.channel_id, segment.id.split("/")[0]) for segment in found[gid]} == {(gid, gid[0])}
        today = datetime.now(ZoneInfo(ZONE)).date()
        days = await centers.recorded_days(ids, today.year, today.month, ZONE)
        assert days["n/c2"] == days["s/c2"]
        assert days["n/c2"] <= {today.replace(day=day) for day in range(1, today.day + 1)}
        assert days["n/c2"]

    on_centers(work)


def test_a_center_that_is_away_holds_up_no_other(on_centers, south):
    async def work(centers):
        south.stop()
        found = await centers.segments(["n/c2", "s/c2"], *last_hours())
        assert isinstance(found["s/c2"], ServerFailed)
        assert found["n/c2"]
        await centers.log_out("n")
        assert isinstance((await centers.segments(["n/c2"], *last_hours()))["n/c2"], SignInNeeded)

    on_centers(work)


def test_footage_is_opened_renewed_and_given_back_by_global_ids(on_centers, north, south):
    async def work(centers):
        opened = await centers.open_playback("s/c2", *last_hours())
        assert opened.channel_id == "s/c2"
        assert opened.id.startswith("s/")
        assert opened.sources
        assert (north.open_playbacks(), south.open_playbacks()) == (0, 1)
        assert opened.ca_file == centers.ca_file("s/c2")
        assert opened.ca_file.endswith("ca.pem")
        assert (await centers.renew_playback(opened.id)).id == opened.id
        exported = await centers.open_export("n/c2", *last_hours())
        assert (north.open_playbacks(), south.open_playbacks()) == (1, 1)
        south.lapse_playbacks()
        with pytest.raises(NotFound):
            await centers.renew_playback(opened.id)
        for playback in (opened, exported):
            await centers.close_playback(playback.id)
        assert north.open_playbacks() == south.open_playbacks() == 0

    on_centers(work)


def test_a_reason_is_asked_by_the_center_that_demands_it(on_centers, north):
    async def work(centers):
        north.demand_reason()
        with pytest.raises(ReasonNeeded):
            await centers.open_playback("n/c2", *last_hours())
        assert (await centers.open_playback("s/c2", *last_hours())).sources
        assert (await centers.open_playback("n/c2", *last_hours(), "协查通报")).sources
        assert north.reasons() == [("operator", "c2", "协查通报")]

    on_centers(work)


def test_who_may_not_play_back_is_told_so(on_centers):
    async def work(centers):
        found = await centers.segments(["n/c1", "n/c2"], *last_hours())
        assert all(isinstance(one, NotPermitted) and one.right == "playback" for one in found.values())
        with pytest.raises(NotPermitted):
            await centers.open_playback("n/c1", *last_hours())

    on_centers(work, user="yuzhong")


def test_a_center_without_recordings_says_that_it_can_not(on_centers, monkeypatch):
    async def work(centers):
        center = centers.access("n").session.center
        monkeypatch.setattr(type(center), "capabilities", Capabilities())
        with pytest.raises(NotAble):
            await centers.open_playback("n/c2", *last_hours())

    on_centers(work)
