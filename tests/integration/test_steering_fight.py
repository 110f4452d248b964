"""Real clients at a real center: they fight for a camera, take it from each other, and die while they move it."""

import asyncio
import gc
import random
import time
from pathlib import Path

import pytest
import qasync

from wallclient.bench.ptz import KILL_LIMIT_S, _kill_in_mid_move
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.process import DemoProcess
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import CameraHeld
from wallclient.domain.ptz import DEAD_MAN_S, STILL, Tier, Velocity
from wallclient.domain.secret import KeeperState
from wallclient.services.centers import Centers
from wallclient.services.hand import HandState
from wallclient.services.preferences import Preferences
from wallclient.services.presets import Presets
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.services.steering import Helm
from wallclient.storage.settings import settings_file

LIMIT_S = 30.0
NUMBER, CAMERA = 3, "k/c3"
ROUNDS = 1000
SPEEDS = [Velocity(pan=1.0), Velocity(pan=-1.0), Velocity(tilt=0.4), Velocity(zoom=-1.0)]


class NoMedia:
    """Stands in for the media server."""

    def sources(self, _number, _kind):
        return ()


class NoStore:
    """A keyring nobody asks."""

    def state(self):
        return KeeperState.SAFE


@pytest.fixture
def embedded():
    with EmbeddedCenter(64, media=NoMedia()) as embedded:
        yield embedded


@pytest.fixture
def run(qapp):
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 100))
    asyncio.set_event_loop(None)
    loop.close()


async def until(condition, limit_s=LIMIT_S):
    limit = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < limit, "the condition did not come true"
        await asyncio.sleep(0.005)


class Client:
    """An operator with the services of the program, and what they told him."""

    def __init__(self, embedded, folder: Path):
        self.embedded = embedded
        self.centers = Centers(Preferences(settings_file(folder)), SecretKeeper(NoStore()), folder / "data")
        self.centers.add(CenterConfig("k", embedded.base_url))
        self.helm = Helm(self.centers)
        self.presets = Presets(self.centers)
        self.refused = []
        self.taken = []
        self.helm.refused.connect(lambda _channel, err: self.refused.append(err))
        self.helm.taken_over.connect(lambda _channel, taken: self.taken.append(taken))

    async def sign_in(self, user):
        await self.centers.log_in("k", user, self.embedded.password)
        self.helm.watch("test", [CAMERA])
        await until(lambda: self.shown.status is not None)

    @property
    def shown(self):
        return self.helm.ptz_of(CAMERA)

    @property
    def is_idle(self):
        return self.shown.hand is HandState.IDLE

    async def close(self):
        self.presets.close()
        await self.helm.close()
        await self.centers.close()


def is_moved(embedded):
    """Tell whether the camera is moved by a command, by the center's own notes."""
    kinds = [entry["kind"] for entry in embedded.ptz_log(NUMBER) if entry["kind"] in ("started", "stopped")]
    return bool(kinds) and kinds[-1] == "started"


async def two(embedded, tmp_path):
    district, chief = Client(embedded, tmp_path / "district"), Client(embedded, tmp_path / "chief")
    await district.sign_in("ptz1")
    await chief.sign_in("operator")
    await until(lambda: embedded.listeners() == 2)
    return district, chief


def test_a_takeover_is_seen_by_both_sides(embedded, run, tmp_path):
    async def shift():
        district, chief = await two(embedded, tmp_path)
        district.helm.move(CAMERA, SPEEDS[0])
        await until(lambda: chief.shown.status.holder is not None and chief.shown.status.is_moving)
        assert chief.shown.status.holder.tier is Tier.DISTRICT
        with pytest.raises(CameraHeld) as held:
            await chief.helm.reserve(CAMERA)
        assert held.value.can_take_over
        await chief.helm.reserve(CAMERA, "抓捕行动")
        await until(lambda: district.taken)
        assert not is_moved(embedded), "the loser's move went on"
        assert district.taken[0].reason == "抓捕行动"
        assert district.shown.taken_over == district.taken[0]
        await until(lambda: district.is_idle)
        holder = district.shown.status.holder
        assert (holder.tier, holder.is_reserved, holder.is_me) == (Tier.CITY, True, False)
        district.helm.move(CAMERA, STILL)
        district.helm.move(CAMERA, SPEEDS[1])
        await until(lambda: district.refused)
        assert isinstance(district.refused[0], CameraHeld)
        assert not district.refused[0].can_take_over
        chief.helm.move(CAMERA, SPEEDS[1])
        await until(lambda: is_moved(embedded))
        await chief.helm.release(CAMERA)
        await until(lambda: district.shown.status.holder is None)
        assert not is_moved(embedded)
        assert embedded.rival_takes(NUMBER, 5.0)
        await until(lambda: district.shown.status.holder is not None)
        await district.close()
        await chief.close()

    run(shift())


def test_two_clients_fight_for_a_camera_a_thousand_times(embedded, run, tmp_path):
    async def shift():
        dice = random.Random(4)
        district, chief = await two(embedded, tmp_path)
        both = (district, chief)
        for number in range(ROUNDS):
            for client in dice.sample(both, 2):
                client.helm.move(CAMERA, dice.choice(SPEEDS))
            if number % 20 == 7:
                await chief.helm.reserve(CAMERA, "警情", keep=False)
            if number % 20 == 17:
                await chief.helm.release(CAMERA)
            await asyncio.sleep(dice.choice((0, 0, 0.004, 0.015)))
            for client in dice.sample(both, 2):
                client.helm.move(CAMERA, STILL)
            if number % 50 == 49:
                await until(lambda: district.is_idle and chief.is_idle, 5.0)
                assert not is_moved(embedded), "the stops are confirmed, and the camera moves"
        await until(lambda: district.is_idle and chief.is_idle, 5.0)
        entries = len(embedded.ptz_log(NUMBER))
        assert not is_moved(embedded)
        await asyncio.sleep(DEAD_MAN_S + 0.3)
        assert not [e for e in embedded.ptz_log(NUMBER)[entries:] if e["kind"] in ("move", "started")]
        log = embedded.ptz_log(NUMBER)
        assert not [e for e in log if e["kind"] == "dead_man"], "a stop did not come; the dead man had to do its work"
        assert sum(e["kind"] in ("move", "refused") for e in log) >= ROUNDS
        movers = {e["user"] for e in log if e["kind"] == "move"}
        assert movers == {"ptz1", "operator"}, "nobody fought"
        assert any(e["kind"] == "taken_over" for e in log)
        assert district.taken
        await district.close()
        await chief.close()

    run(shift())


def test_lost_commands_never_leave_a_camera_turning(embedded, run, tmp_path):
    async def shift():
        client = Client(embedded, tmp_path)
        await client.sign_in("operator")
        dice = random.Random(9)
        for every in (3, 2):
            embedded.ptz_swallow(every, hangs_up=every == 2)
            for _ in range(12):
                client.helm.move(CAMERA, dice.choice(SPEEDS))
                await asyncio.sleep(dice.uniform(0.0, 0.4))
                released = time.monotonic()
                client.helm.release_all("test")
                await until(lambda: client.is_idle)
                assert time.monotonic() - released < 1.2
                assert not is_moved(embedded)
        await client.close()

    run(shift())


def test_a_center_that_goes_away_in_mid_move_is_shown_until_the_stop_is_sure(embedded, run, tmp_path):
    async def shift():
        client = Client(embedded, tmp_path)
        await client.sign_in("operator")
        client.helm.move(CAMERA, SPEEDS[0])
        await until(lambda: is_moved(embedded))
        embedded.stop()
        await until(lambda: client.shown.hand is HandState.UNANSWERED)
        client.helm.release_all("the screen was locked")
        await until(lambda: client.shown.hand is HandState.UNCONFIRMED)
        embedded.start()
        await until(lambda: client.is_idle)
        assert not is_moved(embedded)
        await client.close()

    run(shift())


def test_the_end_of_a_session_stops_what_it_moves(embedded, run, tmp_path):
    async def shift():
        client = Client(embedded, tmp_path)
        await client.sign_in("operator")
        client.helm.move(CAMERA, SPEEDS[0])
        await until(lambda: is_moved(embedded))
        await client.centers.log_out("k")
        stops = [e for e in embedded.ptz_log(NUMBER) if e["kind"] == "stop"]
        assert stops, "the session went without a stop"
        assert client.is_idle
        await client.sign_in("operator")
        client.helm.move(CAMERA, SPEEDS[1])
        await until(lambda: is_moved(embedded))
        asked = []
        client.centers.sign_in_needed.connect(asked.append)
        embedded.revoke_sessions()
        await until(lambda: asked)
        await until(lambda: not is_moved(embedded))
        client.helm.move(CAMERA, STILL)
        await until(lambda: client.shown.hand is HandState.UNCONFIRMED)
        await client.sign_in("operator")
        await until(lambda: client.is_idle)
        await client.close()

    run(shift())


def test_a_preset_brings_the_camera_back(embedded, run, tmp_path):
    async def shift():
        client = Client(embedded, tmp_path)
        await client.sign_in("operator")
        client.presets.follow("test", [CAMERA])
        preset = await client.presets.add(CAMERA, "东门")
        await until(lambda: preset in (client.presets.known(CAMERA) or ()))
        at = embedded.ptz_pose(NUMBER)
        client.helm.move(CAMERA, SPEEDS[0])
        await until(lambda: embedded.ptz_pose(NUMBER)["pan"] > at["pan"] + 10)
        client.helm.stop(CAMERA)
        await until(lambda: client.is_idle)
        await client.presets.recall(CAMERA, preset.number)
        await until(lambda: abs(embedded.ptz_pose(NUMBER)["pan"] - at["pan"]) < 0.01)
        await client.close()

    run(shift())


def test_a_client_that_is_killed_leaves_no_camera_turning(tmp_path, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with DemoProcess(64, media=False, prepare=0) as center:
        assert _kill_in_mid_move(center, tmp_path) <= KILL_LIMIT_S
