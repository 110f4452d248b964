"""What happens at a WVP: alarms of both generations, cameras that come and go, and a line that is lost."""

import contextlib
import threading
import time

import pytest
from wvp_alarms import JPEG
from wvp_double import WvpError

from wallclient.api.center import Events
from wallclient.api.pictures import PictureCenter
from wallclient.api.wvp import alarms as module
from wallclient.api.wvp import events as events_module
from wallclient.api.wvp import pictures as pictures_module
from wallclient.api.wvp.events import WvpEvents
from wallclient.domain.errors import BadPayload, CameraOffline, NotAble, SignInNeeded
from wallclient.domain.event import Alarm, AlarmKind, CatalogMoved, ChannelStatus, LineState

LIMIT_S = 30.0


@pytest.fixture(autouse=True)
def quick(monkeypatch, wvp):
    wvp.keepalive_s = 0.02
    monkeypatch.setattr(events_module, "retry_delay_s", lambda _attempt: 0.01)


class Listener:
    """A thread that iterates, and what it got."""

    def __init__(self, center, look_s):
        self.events = WvpEvents(center._line, center._catalog, alarms_s=0.01, look_s=look_s)
        self.got, self.error = [], None
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self):
        try:
            for event in self.events:
                self.got.append(event)
        except Exception as err:
            self.error = err

    def of(self, kind):
        return [event for event in self.got if isinstance(event, kind)]


@contextlib.contextmanager
def listening(center, look_s=0.01):
    listener = Listener(center, look_s)
    try:
        yield listener
    finally:
        listener.events.close()
        listener.thread.join(LIMIT_S)
        assert not listener.thread.is_alive()


def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_it_says_so(center):
    assert center.capabilities.events
    assert center.capabilities.alarms
    events = center.events()
    assert isinstance(events, WvpEvents)
    promised: Events = events
    promised.close()
    assert list(events) == []


@pytest.mark.parametrize("new", [True, False])
def test_alarms_are_told_once_and_not_those_of_before(wvp, center, new):
    wvp.new_alarms = new
    now = int(time.time()) * 1000
    wvp.ring(12, "VideoLoss" if new else "2/1", now - 30_000)
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.ring(11, "TripwireDetection" if new else "5/5", now)
        wvp.ring(13, "VideoLoss" if new else "2/1", now)
        until(lambda: len(listener.of(Alarm)) == 2)
        path = "/api/alarm/list" if new else "/api/alarm/all"
        wvp.sse_down = True  # then the older generation's list is looked at instead
        asked = wvp.count(path)
        until(lambda: wvp.count(path) > asked + 5)
        wvp.sse_down = False
        told = listener.of(Alarm)
    assert told == [
        Alarm("2", "c11", AlarmKind.LINE, now, active=False, text="有人经过"),
        Alarm("3", "c13", AlarmKind.VIDEO_LOSS, now, active=False, text="有人经过"),
    ]


@pytest.mark.parametrize("new", [True, False])
def test_alarms_that_came_while_the_line_was_lost_are_told_when_it_is_back(wvp, center, new):
    wvp.new_alarms = new
    with listening(center) as listener:
        until(lambda: listener.of(LineState) == [LineState(True)])
        wvp.html = wvp.sse_down = True
        until(lambda: listener.of(LineState) == [LineState(True), LineState(False)])
        wvp.ring(11)
        wvp.html = wvp.sse_down = False
        until(lambda: listener.of(Alarm))
        assert listener.of(LineState) == [LineState(True), LineState(False), LineState(True)]
        assert len(listener.of(Alarm)) == 1


def test_alarms_nobody_pushes_are_found_on_the_list(wvp, center):
    wvp.new_alarms = False
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.sse_down = True
        until(lambda: wvp.count("/api/emit") > 1)
        wvp.ring(11)
        until(lambda: listener.of(Alarm))
        assert listener.of(LineState) == [LineState(True)]


def test_an_alarm_list_in_trouble_is_no_lost_line(caplog, wvp, center):
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.fails["/api/alarm"] = WvpError(500, None, 500)
        failed = wvp.count("/api/alarm/list")
        until(lambda: wvp.count("/api/alarm/list") > failed + 5)
        wvp.ring(11)
        wvp.fails.clear()
        until(lambda: listener.of(Alarm))
        assert len([record for record in caplog.records if "can't be read" in record.message]) == 1
        assert listener.of(LineState) == [LineState(True)]


def test_wrong_clocks_of_devices_hide_no_alarm(monkeypatch, wvp, center):
    monkeypatch.setattr(module, "FAR_EVERY_S", 0.05)
    now = int(time.time()) * 1000
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.ring(11, at_ms=now + 86_400_000)  # a day fast: what comes later is earlier by its clock
        until(lambda: len(listener.of(Alarm)) == 1)
        wvp.ring(12, at_ms=now)
        until(lambda: len(listener.of(Alarm)) == 2)
        wvp.ring(13, at_ms=now - 1_800_000)  # half an hour slow
        until(lambda: len(listener.of(Alarm)) == 3)
    assert [alarm.channel_id for alarm in listener.of(Alarm)] == ["c11", "c12", "c13"]


def test_a_storm_of_alarms_loses_none(wvp, center):
    now = int(time.time()) * 1000
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        for number in range(2500):
            wvp.ring(11 + number % 7, at_ms=now + number)
        until(lambda: len(listener.of(Alarm)) >= 2500)
    assert len({alarm.id for alarm in listener.of(Alarm)}) == len(listener.of(Alarm)) == 2500


def test_an_alarm_that_can_not_be_read_hides_no_other(wvp, center):
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.ring(11, None, alarmTime=int(time.time() * 1000), description=["no", "text"])
        wvp.ring(12, None)
        until(lambda: listener.of(Alarm))
    (alarm,) = listener.of(Alarm)
    assert (alarm.channel_id, alarm.kind) == ("c12", AlarmKind.OTHER)


def test_an_older_alarm_finds_its_channel_by_the_devices_codes(wvp, center):
    wvp.new_alarms = False
    wvp.cameras[11].raw_code = "34020000001310000099"
    wvp.devices[2] = "34020000001320000777"
    wvp.cameras[12].device_row = 2
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.ring(11)
        wvp.ring(12, channelId=wvp.devices[2])  # a camera tells of itself
        wvp.ring(13, channelId="34020000001180000001")  # of a recorder with many: nobody knows whose
        wvp.ring(14)
        until(lambda: len(listener.of(Alarm)) == 3)
    assert [alarm.channel_id for alarm in listener.of(Alarm)] == ["c11", "c12", "c14"]


def test_a_silent_event_stream_counts_as_lost(monkeypatch, wvp, center):
    monkeypatch.setattr(events_module, "SILENCE_S", 0.2)
    wvp.new_alarms, wvp.keepalive_s = False, 0.02
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.keepalive_s = 60.0
        opened = wvp.count("/api/emit")
        until(lambda: wvp.count("/api/emit") > opened)
        wvp.keepalive_s = 0.02
        wvp.ring(11)
        until(lambda: listener.of(Alarm))


def test_cameras_that_come_and_go_are_told_with_the_tree(wvp, center):
    *_, last = center.snapshot()
    with listening(center) as listener:
        wvp.cameras[11].online = False
        until(lambda: listener.of(ChannelStatus))
        assert listener.of(ChannelStatus) == [ChannelStatus("c11", False)]
        until(lambda: listener.of(CatalogMoved))
        (moved,) = listener.of(CatalogMoved)
        assert center.changes(last.sequence).sequence == moved.sequence
        wvp.cameras[11].extra = {"gbLongitude": 118.5}  # a camera on a vehicle
        until(lambda: len(listener.of(CatalogMoved)) == 2)
        assert center.changes(moved.sequence).changes[0].node.longitude == 118.5


def test_while_events_are_watched_the_list_is_not_read_twice(wvp, center):
    *_, last = center.snapshot()
    before = wvp.count("/api/common/channel/list")
    with listening(center, look_s=60.0) as listener:
        until(lambda: listener.of(LineState) and wvp.count("/api/common/channel/list") == before + 1)
        assert center.changes(last.sequence).changes == ()
        assert wvp.count("/api/common/channel/list") == before + 1
    center.changes(last.sequence)
    assert wvp.count("/api/common/channel/list") == before + 2


def test_a_session_that_ended_ends_the_events(wvp, center):
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.password = "changed"
        wvp.tokens.clear()
        until(lambda: listener.error)
    assert isinstance(listener.error, SignInNeeded)


def test_a_listener_leaves_at_once_though_the_server_hangs(wvp, center):
    with listening(center) as listener:
        until(lambda: listener.of(LineState))
        wvp.hang["/api/alarm"] = threading.Event()
        asked = len(wvp.asked)
        until(lambda: len(wvp.asked) > asked)
        began = time.monotonic()
        listener.events.close()
        listener.thread.join(LIMIT_S)
        assert time.monotonic() - began < 5


# --- pictures ---


def test_a_picture_is_the_one_just_taken(wvp, center):
    assert isinstance(center, PictureCenter)
    assert center.capabilities.pictures
    wvp.pictures["34020000001180000001_34020000001320000011.jpg"] = b"\xff\xd8 of last week"
    assert center.picture("c11") == JPEG
    wvp.snap_late = 2  # not written yet
    assert center.picture("c11") == JPEG


def test_a_camera_that_sends_nothing_has_no_picture(monkeypatch, wvp, center):
    monkeypatch.setattr(pictures_module, "WRITTEN_S", 0.1)
    wvp.snap_late = 10**6
    with pytest.raises(CameraOffline):
        center.picture("c11")
    wvp.snap_fails = True
    before = wvp.count("/api/play/snap")
    with pytest.raises(CameraOffline):
        center.picture("c11")
    assert wvp.count("/api/play/snap") == before + 2
    with pytest.raises(NotAble):
        center.picture("c19")
    wvp.html = True
    with pytest.raises(BadPayload):
        center.picture("c11")
