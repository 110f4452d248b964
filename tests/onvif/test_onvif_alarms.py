"""What cameras tell on their own: alarms begin and end, first states are none, who comes and goes is told."""

import contextlib
import threading
from dataclasses import replace

import pytest
from onvif_double import OnvifDouble
from site_stand import KEY, camera_of, ids_of, wait_for

from wallclient.api.onvif import watch as watch_module
from wallclient.api.onvif.alarms import AlarmBook
from wallclient.api.onvif.device import Device
from wallclient.domain.errors import CursorExpired
from wallclient.domain.event import Alarm, AlarmKind, CatalogMoved, ChannelStatus, EventsLost, LineState
from wallclient.domain.onvif import OnvifAddress, OnvifCamera

MOTION = "tns1:VideoSource/MotionAlarm"
FIRST = OnvifCamera("c1", (), "一", OnvifAddress("h"), source="VS1")
SECOND = replace(FIRST, id="c2", source="VS2")


def _message(topic: str, state: str = "", operation: str = "Changed", source: str = "VS1", name: str = "State") -> dict:
    data = {name: state} if state else {}
    return {"topic": topic, "property_operation": operation, "source": {"Source": source}, "data": data}


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        (MOTION, AlarmKind.MOTION),
        ("tns1:RuleEngine/CellMotionDetector/Motion", AlarmKind.MOTION),
        ("tns1:RuleEngine/tnsaxis:LineDetector/Crossed", AlarmKind.LINE),
        ("tns1:RuleEngine/FieldDetector/ObjectsInside", AlarmKind.LINE),
        ("tns1:Device/Trigger/DigitalInput", AlarmKind.INPUT),
        ("tns1:VideoSource/SignalLoss", AlarmKind.VIDEO_LOSS),
        ("tns1:VideoSource/GlobalSceneChange/ImagingService", AlarmKind.TAMPER),
        ("tns1:Device/HardwareFailure/StorageFailure", AlarmKind.DEVICE),
        ("tns1:RuleEngine/vendor:Smoke", AlarmKind.OTHER),
        ("tns1:Device/Trigger/Relay", None),
        ("tns1:Media/ProfileChanged", None),
        ("tns1:Monitoring/ProcessorUsage", None),
        ("", None),
    ],
)
def test_topics_mean_kinds(topic, kind):
    told = AlarmBook((FIRST,)).read([_message(topic, "true")])
    assert [alarm.kind for alarm in told] == ([kind] if kind else [])


def test_alarms_begin_once_and_end_under_the_same_id():
    book = AlarmBook((FIRST, SECOND))
    assert book.read([_message(MOTION, "true", "Initialized"), _message(MOTION, "false")]) == []
    (begun,) = book.read([_message(MOTION, "true"), _message(MOTION, "1"), _message(MOTION, "TRUE")])
    assert (begun.active, begun.channel_id, begun.text) == (True, "c1", "VideoSource/MotionAlarm")
    (other,) = book.read([_message(MOTION, "true", source="VS2")])
    assert other.channel_id == "c2"
    (over,) = book.read([_message(MOTION, "false")])
    assert (over.id, over.active, over.at_ms) == (begun.id, False, begun.at_ms)
    (over,) = book.read([_message(MOTION, "", "Deleted", source="VS2")])
    assert over.id == other.id
    book.read([_message(MOTION, "true")])
    (over,) = book.read([_message(MOTION, "false", "Initialized")])
    assert not over.active, "it ended while the line was down"
    (crossed, again) = book.read([_message("tns1:RuleEngine/LineDetector/Crossed", "17", name="ObjectId")] * 2)
    assert not crossed.active
    assert crossed.id != again.id, "each crossing is one"
    assert AlarmBook(()).read([_message(MOTION, "true")]) == []


@contextlib.contextmanager
def listening(center):
    heard: list[object] = []
    events = center.events()
    thread = threading.Thread(target=lambda: heard.extend(events))  # grows as they come
    thread.start()
    try:
        yield heard
    finally:
        events.close()
        thread.join(30)
        assert not thread.is_alive(), "close ends the iteration"


def _alarms(heard) -> list[Alarm]:
    return [event for event in heard if isinstance(event, Alarm)]


def test_alarms_arrive_through_a_pull_point(center, channel, camera):
    camera.happen(MOTION, "Initialized", {"State": "true"})
    with listening(center) as heard:
        wait_for(lambda: "PullMessages" in camera.operations(), "nobody asks for events")
        camera.happen("tns1:RuleEngine/CellMotionDetector/Motion", "Changed", {"IsMotion": "true"})
        wait_for(lambda: _alarms(heard), "no alarm came")
        camera.happen("tns1:RuleEngine/CellMotionDetector/Motion", "Changed", {"IsMotion": "false"})
        wait_for(lambda: len(_alarms(heard)) == 2, "its end did not come")
        begun, over = _alarms(heard)
        assert (begun.channel_id, begun.kind, begun.active) == (channel, AlarmKind.MOTION, True)
        assert (over.id, over.active) == (begun.id, False)
        assert heard[0] == LineState(up=True)
    wait_for(lambda: "Unsubscribe" in camera.operations(), "the camera keeps a subscription for nobody")


def test_who_comes_and_goes_is_told_and_the_counts_are_true(stand, camera, monkeypatch):
    monkeypatch.setattr(watch_module, "LOOK_S", 0.1)
    monkeypatch.setattr(watch_module, "LOOK_AWAY_S", 0.1)
    monkeypatch.setattr(watch_module, "SITE_S", 0.1)
    with OnvifDouble() as other:
        stand.add(camera_of(camera, "东门"), camera_of(other, "西门", ("渝北",)))
        center = stand.center()
        center.log_in("", "")
        ids = ids_of(center)
        page = next(iter(center.snapshot()))
        with listening(center) as heard:
            with camera.misbehaving("503"):
                wait_for(lambda: _states(heard, ids["东门"]) == [False], "an outage is not told")
                top = center.children(None).nodes[0]
                assert (top.channels_total, top.channels_online) == (2, 1)
                assert not center.channel(ids["东门"]).online
                status = next(event for event in heard if isinstance(event, ChannelStatus))
                assert status.ancestors[-1] == (top.id, 2, 1)
                assert len(status.ancestors) == 2
            wait_for(lambda: _states(heard, ids["东门"]) == [False, True], "its return is not told")
            assert _states(heard, ids["西门"]) == []
            batch = center.changes(page.sequence)
            assert [(change.channel_id, change.state.value) for change in batch.changes] == [
                (ids["东门"], "offline"),
                (ids["东门"], "online"),
            ]
            assert CatalogMoved(batch.sequence) in heard
            stand.sites._take_out(KEY, frozenset({ids["西门"]}))
            wait_for(lambda: any(isinstance(event, EventsLost) for event in heard), "another tree is not told")
            with pytest.raises(CursorExpired):
                center.changes(batch.sequence)
            assert [row.name for row in next(iter(center.snapshot())).nodes if row.is_channel] == ["东门"]
            moved = [event.sequence for event in heard if isinstance(event, CatalogMoved)]
            assert moved == sorted(moved)
        center.close()


def test_a_bug_leaves_no_camera_that_only_looks_alive(center, channel, monkeypatch, caplog):
    async def broken(_: Device) -> bool:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Device, "is_there", broken)
    with listening(center) as heard:
        wait_for(lambda: _states(heard, channel) == [False], "it still looks alive")
    assert "a bug" in caplog.text


def _states(heard, channel: str) -> list[bool]:
    return [event.online for event in heard if isinstance(event, ChannelStatus) and event.channel_id == channel]
