"""A live pane whose camera another center has too: which one is asked, when it is left, and that nothing goes black."""

import asyncio
import itertools
from dataclasses import dataclass, replace

import pytest
import qasync
from PySide6.QtCore import QObject, Signal

from tests.services.streaming import FakeCenter, FakePool
from wallclient.domain.center_config import Alternate, CenterConfig
from wallclient.domain.errors import CameraOffline, NotFound, NotPermitted, ServerFailed
from wallclient.domain.global_id import key_of, split_id
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.services import failover_leases, live_pane
from wallclient.services.center_access import AccessState
from wallclient.services.failover_leases import Failover
from wallclient.services.live_pane import LivePane

CODE = "50010301001320000001"
CAMERA = Channel("city/c1", "解放碑 枪机1", CODE, True)


@dataclass
class Access:
    """A configured center."""

    key: str
    title: str
    state: AccessState = AccessState.CONNECTED


class FakeCenters(QObject):
    """Three centers: the city, a district and a station; the same camera has other ids there."""

    changed, added, removed = Signal(str), Signal(str), Signal(str)

    def __init__(self):
        super().__init__()
        self.by_key = {key: FakeCenter() for key in ("city", "district", "station")}
        self._accesses = {
            key: Access(key, title) for key, title in zip(self.by_key, ("市局", "朝阳区", "派出所"), strict=True)
        }
        alternates = (Alternate("gone"), Alternate("district", "500103"), Alternate("station", "5001030100"))
        self.configs = tuple(CenterConfig(key, f"http://{key}") for key in self.by_key)
        self.configs = (CenterConfig("city", "http://city", alternates=alternates), *self.configs[1:])
        self.codes = {"district": {CODE: "district/d77"}, "station": {CODE: "station/s5"}}

    @property
    def accesses(self):
        return list(self._accesses.values())

    def access(self, key):
        if key not in self._accesses:
            raise NotFound(key)
        return self._accesses[key]

    def with_code(self, key, code):
        return self.codes[key].get(code)

    def set_state(self, key, state):
        self._accesses[key].state = state
        self.changed.emit(key)

    async def open_live(self, channel_id, kind):
        key, local_id = split_id(channel_id)
        return _named(key, await self.by_key[key].open_live(local_id, kind))

    async def renew_live(self, lease_id):
        key, local_id = split_id(lease_id)
        return await self.by_key[key].renew_live(local_id)

    async def close_live(self, lease_id):
        key, local_id = split_id(lease_id)
        await self.by_key[key].close_live(local_id)

    async def channel(self, channel_id):
        return CAMERA


def _named(key, lease):
    return replace(lease, id=f"{key}/{lease.id}", channel_id=f"{key}/{lease.channel_id}")


class Scene:
    """A pane on fakes, whose streams come from whichever centers `lit` names."""

    def __init__(self):
        self.centers, self.pool = FakeCenters(), FakePool()
        self.failover = Failover(self.centers, self.centers.with_code)
        self.failover.away_s, self.failover.back_s = 0.15, 0.4
        self.lit = {"city", "district", "station"}
        self.pane = LivePane(self.centers, self.pool, asyncio.Semaphore(4), self.failover)
        self.pane.set_size(320, 180)
        self.said = []
        self.pane.changed.connect(lambda: self.said.append((self.pane.state, self.pane.via)))
        self._task = asyncio.get_running_loop().create_task(self._draw())

    async def _draw(self):
        """Let pictures arrive where the center of the stream is lit."""
        while True:
            for opening in self.pool.alive:
                if self.comes_from(opening) in self.lit and not opening.has_picture:
                    self.pool.draw(opening)
            await asyncio.sleep(0.002)

    @staticmethod
    def comes_from(opening):
        return {"c1": "city", "d77": "district", "s5": "station"}[opening.source.url.split("/")[3]]

    async def shows(self, via, limit_s=15):
        async with asyncio.timeout(limit_s):
            while not (self.pane.state is PaneState.PLAYING and self.pane.via == via):
                await asyncio.sleep(0.002)

    def go_dark(self, key, reason=PaneReason.STREAM_ENDED):
        """Let a center's streams end, and the center with them."""
        self.lit.discard(key)
        self.centers.by_key[key].trouble = ServerFailed("away")
        self.centers.set_state(key, AccessState.AWAY)
        for opening in self.pool.alive:
            if self.comes_from(opening) == key:
                opening.end(reason)

    def come_back(self, key):
        self.lit.add(key)
        self.centers.by_key[key].trouble = None
        self.centers.set_state(key, AccessState.CONNECTED)

    async def end(self):
        self._task.cancel()
        self.pane.close()
        await asyncio.sleep(0.01)
        assert not any(center.open_leases for center in self.centers.by_key.values()), "leases are given back"


@pytest.fixture
def run(qapp, monkeypatch):
    """Run a scene on a Qt loop, with waits short enough for a test."""
    monkeypatch.setattr(live_pane, "retry_delay_s", lambda attempt: 0.02)
    monkeypatch.setattr(live_pane, "FIRST_PICTURE_S", 0.2)
    monkeypatch.setattr(live_pane, "_SWAP_AGAIN_S", 0.1)
    monkeypatch.setattr(failover_leases, "AGAIN_S", 0.3)
    monkeypatch.setattr(failover_leases, "OPENING_S", 0.1)
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)

    async def played(story):
        scene = Scene()
        await story(scene)
        await scene.end()

    try:
        yield lambda story: loop.run_until_complete(asyncio.wait_for(played(story), 40))
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def test_the_district_stands_in_and_gives_way_again(run):
    async def story(scene):
        scene.pane.show(CAMERA)
        await scene.shows("")
        assert {scene.comes_from(one) for one in scene.pool.openings} == {"city"}
        scene.go_dark("city")
        await scene.shows("朝阳区")
        assert scene.centers.by_key["district"].opened[0][0] == "d77", "it is known by its code, not by its id"
        assert scene.pane.channel is CAMERA
        scene.said.clear()
        scene.come_back("city")
        await scene.shows("")
        assert {state for state, _ in scene.said} == {PaneState.PLAYING}, "the way back leaves no gap"
        assert not scene.centers.by_key["district"].open_leases

    run(story)


def test_the_station_is_asked_where_the_district_gives_nothing(run):
    async def story(scene):
        scene.centers.by_key["district"].trouble = CameraOffline("c")
        scene.pane.show(CAMERA)
        await scene.shows("")
        scene.go_dark("city")
        await scene.shows("派出所")

    run(story)


def test_a_center_that_answers_but_streams_nothing_is_left_too(run):
    async def story(scene):
        scene.lit.discard("city")
        scene.pane.show(CAMERA)
        await scene.shows("朝阳区")
        assert scene.centers.access("city").state is AccessState.CONNECTED
        tried = len(scene.pool.openings)
        async with asyncio.timeout(15):  # it is tried again beside the picture, which goes on
            while not any(scene.comes_from(one) == "city" for one in scene.pool.openings[tried:]):
                assert scene.pane.state is PaneState.PLAYING
                await asyncio.sleep(0.002)
        scene.lit.add("city")
        await scene.shows("")

    run(story)


def test_a_camera_opened_while_its_center_is_long_away_is_not_waited_for(run):
    async def story(scene):
        scene.go_dark("city")
        await asyncio.sleep(0.2)
        scene.pane.show(CAMERA)
        await scene.shows("朝阳区")
        assert not scene.centers.by_key["city"].opened

    run(story)


@pytest.mark.parametrize("refusal", [NotPermitted("no"), NotFound("gone")])
def test_what_the_own_center_refuses_is_not_asked_of_others(run, refusal):
    async def story(scene):
        scene.centers.by_key["city"].trouble = refusal
        scene.pane.show(CAMERA)
        async with asyncio.timeout(15):
            while scene.pane.state is not PaneState.FAILED:
                await asyncio.sleep(0.002)
        await asyncio.sleep(0.5)
        assert not scene.centers.by_key["district"].opened
        assert scene.pane.state is PaneState.FAILED

    run(story)


def test_a_camera_nobody_else_has_says_what_its_own_center_says(run):
    async def story(scene):
        scene.centers.codes = {"district": {}, "station": {}}
        scene.pane.show(CAMERA)
        await scene.shows("")
        scene.go_dark("city")
        async with asyncio.timeout(15):
            while (scene.pane.state, scene.pane.reason) != (PaneState.RECONNECTING, PaneReason.CENTER_UNAVAILABLE):
                await asyncio.sleep(0.002)
        scene.come_back("city")
        await scene.shows("")

    run(story)


def test_an_alternate_entered_while_a_pane_is_without_picture_helps_it(run):
    async def story(scene):
        own, *others = scene.centers.configs
        scene.centers.configs = (replace(own, alternates=()), *others)
        scene.pane.show(CAMERA)
        await scene.shows("")
        scene.go_dark("city")
        async with asyncio.timeout(15):
            while scene.pane.reason is not PaneReason.CENTER_UNAVAILABLE:
                await asyncio.sleep(0.002)
        scene.centers.configs = (replace(own, alternates=(Alternate("station"),)), *others)
        await scene.shows("派出所")

    run(story)


def test_a_picture_that_outlives_its_center_is_left_alone(run):
    async def story(scene):
        scene.pane.show(CAMERA)
        await scene.shows("")
        scene.centers.by_key["city"].trouble = ServerFailed("away")
        scene.centers.set_state("city", AccessState.AWAY)
        scene.said.clear()
        await asyncio.sleep(0.6)
        assert scene.said == []
        assert not scene.centers.by_key["district"].opened

    run(story)


def test_a_center_that_comes_and_goes_does_not_make_the_pane_sway(run):
    async def story(scene):
        scene.failover.back_s = 30.0
        scene.pane.show(CAMERA)
        await scene.shows("")
        for _ in range(4):
            scene.go_dark("city")
            await asyncio.sleep(0.2)
            scene.come_back("city")
            await asyncio.sleep(0.2)
        await scene.shows("朝阳区")
        ways = [via for _, via in scene.said]
        assert sum(a != b for a, b in itertools.pairwise(ways)) == 1

    run(story)


def test_a_camera_of_a_center_that_is_away_is_known_if_another_shows_it(qapp):
    centers = FakeCenters()
    known = {"city/c1": CAMERA, "city/c9": replace(CAMERA, id="city/c9", gb_code="50010301001320000009")}
    failover = Failover(centers, centers.with_code, known.get)
    assert failover.channel("city/c1") is None, "its own center is there"
    centers.set_state("city", AccessState.AWAY)
    assert failover.channel("city/c1") is CAMERA
    assert failover.channel("city/c9") is None, "nobody else has it"
    assert failover.channel("city/c2") is None, "it was never seen"
    assert failover.channel("gone/c1") is None
    centers.set_state("city", AccessState.SIGNED_OUT)
    assert failover.channel("city/c1") is None, "who has logged out is done with it"
    centers.set_state("city", AccessState.AWAY)
    for key in ("district", "station"):
        centers.set_state(key, AccessState.AWAY)
    assert failover.channel("city/c1") is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (CODE, ["district", "station"]),
        ("50010302001320000001", ["district"]),
        ("50019900001320000001", []),
        ("500103", []),
        ("", []),
        ("5001030100132000000x", []),
    ],
)
def test_who_stands_in_is_told_by_the_code(qapp, code, expected):
    centers = FakeCenters()
    failover = Failover(centers, centers.with_code)
    found = failover.alternates(Channel("city/c1", "x", code, True))
    assert [one.center for one in found] == expected
    assert failover.alternates(Channel("district/d77", "x", code, True)) == ()
    assert key_of("city/c1") == "city"
