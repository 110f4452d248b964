"""Alarms gathered: one case for many of a camera, ends found again, storms that stay a short list."""

import asyncio
import importlib
import time
from dataclasses import replace
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import QObject, Signal

from tests.services.test_centers import MemoryStore
from wallclient.domain.center_config import Family, new_site
from wallclient.domain.errors import NotFound
from wallclient.domain.event import Alarm, AlarmKind
from wallclient.domain.global_id import key_of
from wallclient.domain.node import Channel
from wallclient.domain.onvif import NewOnvifCamera, OnvifAddress
from wallclient.services.alarms import MOST, ONE_CASE_MS, Alarms
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.settings import settings_file

T = 1_795_000_000_000
LIMIT_MS = 20_000


class Source(QObject):
    """The centers as far as alarms are concerned."""

    alarm = Signal(object)
    removed = Signal(str)

    async def channel(self, gid: str) -> Channel:
        if gid.endswith("gone"):
            raise NotFound(gid)
        return Channel(id=gid, name=f"name of {gid}", gb_code="", online=True)


@pytest.fixture
def source(qapp):
    return Source()


@pytest.fixture
def alarms(source):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    made = Alarms(source)
    made.loop = loop
    yield made
    made.close()
    loop.run_until_complete(asyncio.sleep(0))
    asyncio.set_event_loop(None)
    loop.close()


def alarm(number: int, camera: str = "k/1", at_ms: int = T, kind: AlarmKind = AlarmKind.MOTION, **more) -> Alarm:
    return Alarm(f"k/a{number}", camera, kind, at_ms, **more)


def test_alarms_of_one_camera_are_one_case_until_somebody_has_seen_it(qtbot, source, alarms):
    for number in range(5):
        source.alarm.emit(alarm(number, at_ms=T + number * 1000, text=f"zone {number}"))
    source.alarm.emit(alarm(50, kind=AlarmKind.TAMPER))
    source.alarm.emit(alarm(60, camera="k/2"))
    tamper, motion = alarms.of_channel("k/1")
    assert (motion.count, motion.first_ms, motion.last_ms, motion.text) == (5, T, T + 4000, "zone 4")
    assert tamper.kind is AlarmKind.TAMPER
    assert alarms.waiting("k/1") == tamper
    assert alarms.waiting_count == 3
    alarms.acknowledge([tamper.number])
    assert alarms.waiting("k/1") == motion
    alarms.acknowledge_channel("k/1")
    assert alarms.waiting("k/1") is None
    assert alarms.waiting("k/2") is not None
    source.alarm.emit(alarm(6, at_ms=T + 5000))
    assert alarms.waiting("k/1").count == 1, "what comes after it was seen is another case"
    source.alarm.emit(alarm(7, at_ms=T + 5001 + ONE_CASE_MS))
    assert alarms.waiting("k/1").count == 1, "and so is what comes much later"
    assert len(alarms.of_channel("k/1")) == 4


def test_a_case_is_over_when_all_its_alarms_are(source, alarms):
    for number in (1, 2):
        source.alarm.emit(alarm(number))
    source.alarm.emit(alarm(1, active=False))
    assert alarms.waiting("k/1").active
    source.alarm.emit(alarm(2, active=False, text="ended"))
    case = alarms.waiting("k/1")
    assert (case.active, case.count, case.text) == (False, 2, "ended")
    alarms.acknowledge()
    source.alarm.emit(alarm(3))
    alarms.acknowledge()
    source.alarm.emit(alarm(3, active=False))
    assert alarms.cases()[0].acknowledged, "its end does not bring it back"
    assert not alarms.cases()[0].active
    source.alarm.emit(alarm(9, camera="k/3", active=False))
    assert alarms.waiting("k/3") is not None, "what only happened has to be seen as well"


def test_a_storm_stays_a_short_list_and_is_told_a_few_times_a_second(qtbot, source, alarms):
    told = []
    alarms.changed.connect(lambda: told.append(time.monotonic()))
    begin = time.monotonic()
    for number in range(3000):
        source.alarm.emit(alarm(number, camera=f"k/{number % 1500}", at_ms=T + number, active=number % 2 == 0))
    spent_s = time.monotonic() - begin
    assert len(alarms.cases()) == MOST
    assert alarms.dropped == 500 + 1500, "each round of 1500 cameras pushes the one before out"
    with qtbot.waitSignal(alarms.channels_changed, timeout=LIMIT_MS) as blocker:
        pass
    assert len(blocker.args[0]) == 1500
    assert len(told) <= 2
    begin = time.monotonic()
    alarms.acknowledge()
    assert time.monotonic() - begin < spent_s + 1.0
    assert alarms.waiting_count == 0
    source.alarm.emit(alarm(9999, camera="k/new"))
    assert len(alarms.cases()) == MOST
    assert alarms.dropped == 2000, "what was acknowledged goes first, and is not missed"


def test_a_removed_center_takes_its_alarms_along(qtbot, source, alarms):
    source.alarm.emit(alarm(1))
    source.alarm.emit(replace(alarm(2), id="m/a", channel_id="m/1"))
    source.removed.emit("k")
    assert [case.channel_id for case in alarms.cases()] == ["m/1"]
    assert alarms.waiting("k/1") is None


def test_names_are_asked_for_once_and_told_when_they_come(qtbot, source, alarms):
    source.alarm.emit(alarm(1))
    assert alarms.name("k/1") == ""
    assert alarms.name("k/gone") == ""
    alarms.loop.run_until_complete(asyncio.sleep(0.01))
    assert alarms.name("k/1") == "name of k/1"
    assert alarms.name("k/gone") == ""
    assert not alarms._tasks, "what is not known is not asked for again and again"


def test_an_alarm_of_a_real_adapter_becomes_a_case_and_ends_as_one(qapp, tmp_path, monkeypatch):
    """From a camera's own message over its events to the list: an ONVIF site behind the real `Centers`."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "onvif")
    double_of = importlib.import_module("onvif_double").OnvifDouble
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    centers = Centers(Preferences(settings_file(tmp_path)), SecretKeeper(MemoryStore()), tmp_path / "data")
    alarms = Alarms(centers)

    async def until(holds):
        while not holds():
            await asyncio.sleep(0.02)

    async def story(camera) -> None:
        config = new_site(Family.ONVIF, "自建")
        address = OnvifAddress("127.0.0.1", camera.port)
        await centers.makes.onvif.create(config.key, "自建")
        new = NewOnvifCamera((), "大门", address, camera.user, camera.password)
        await centers.makes.onvif.add(config.key, (new,))
        centers.add(config)
        await until(lambda: "PullMessages" in camera.operations())
        camera.happen("tns1:VideoSource/MotionAlarm", "Changed", {"State": "true"})
        await until(lambda: alarms.waiting_count == 1)
        (case,) = alarms.cases()
        assert (case.kind, case.active, key_of(case.channel_id)) == (AlarmKind.MOTION, True, config.key)
        await until(lambda: alarms.name(case.channel_id) == "大门")
        camera.happen("tns1:VideoSource/MotionAlarm", "Changed", {"State": "false"})
        await until(lambda: not alarms.cases()[0].active)

    try:
        with double_of() as camera:
            loop.run_until_complete(asyncio.wait_for(story(camera), LIMIT_MS / 1000 * 2))
            alarms.close()
            loop.run_until_complete(asyncio.wait_for(centers.close(), LIMIT_MS / 1000))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
