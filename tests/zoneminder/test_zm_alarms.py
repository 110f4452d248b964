"""Alarms and states found out by asking: once each, also where the event goes on, and without a storm of questions."""

import time

import pytest
from zm_double import Event

from wallclient.api.zoneminder.events import ZmEvents, alarm_kind
from wallclient.domain.catalog import Removed, StatusChange, Upsert
from wallclient.domain.errors import CursorExpired, SignInNeeded, SnapshotGone
from wallclient.domain.event import Alarm, AlarmKind, ChannelStatus, EventsLost, LineState


@pytest.fixture
def watch(center):
    events = ZmEvents(center._line.beside(), alarms=True, look_every_s=0.02)
    yield events
    events.close()


def alarms(told, count):
    found = []
    for event in told:
        if isinstance(event, Alarm):
            found.append(event)
            if len(found) == count:
                return found
    return found


@pytest.mark.parametrize(
    ("cause", "notes", "kind"),
    [
        ("Motion", "Motion: All", AlarmKind.MOTION),
        ("Forced Web", "Forced Web: ", AlarmKind.MANUAL),
        ("Continuous", "Forced Web: ", AlarmKind.MANUAL),
        ("Continuous", "Motion: Gate", AlarmKind.MOTION),
        ("Signal", "Signal: Lost", AlarmKind.VIDEO_LOSS),
        ("Gate sensor", "Gate sensor: open", AlarmKind.OTHER),
        ("", "", AlarmKind.OTHER),
    ],
)
def test_what_an_alarm_is_about(cause, notes, kind):
    assert alarm_kind(cause, notes) is kind


def test_what_was_over_before_is_not_told_and_what_goes_on_is(zm, watch):
    now = time.time()
    zm.events[20] = Event(20, 1, now - 300, now - 290, "Motion", "Motion: All", 5)
    zm.events[21] = Event(21, 2, now - 5, None, "Motion", "Motion: All", 5)
    zm.forced.add(2)
    told = iter(watch)
    assert next(told) == LineState(True)
    (first,) = alarms(told, 1)
    assert (first.id, first.channel_id, first.active, first.text) == ("21", "m2", True, "Motion: All")
    zm.events[22] = Event(22, 3, now, now + 1, "Motion", "Motion: All", 1)
    (second,) = alarms(told, 1)
    assert (second.id, second.active) == ("22", False)  # came and went between two looks
    zm.events[21].end_s = now
    (third,) = alarms(told, 1)
    assert (third.id, third.active) == ("21", False)


def test_an_alarm_in_an_event_that_goes_on_ends_and_begins_anew(zm, watch):
    now = time.time()
    told = iter(watch)
    assert next(told) == LineState(True)
    zm.forced.add(1)
    zm.events[30] = Event(30, 1, now, None, "Continuous", "Motion: All", 3)
    assert [one.active for one in alarms(told, 1)] == [True]
    zm.forced.discard(1)
    assert [one.active for one in alarms(told, 1)] == [False]
    asked = zm.count("command:status")
    zm.forced.add(1)
    zm.events[30].alarm_frames = 9
    assert [one.active for one in alarms(told, 1)] == [True]
    assert zm.count("command:status") >= asked


def test_a_camera_whose_process_fails_does_not_take_the_line_along(zm, watch):
    told = iter(watch)
    assert next(told) == LineState(True)
    zm.fails["command:status"] = 500
    zm.events[40] = Event(40, 1, time.time(), None, "Continuous", "Motion: All", 3)
    zm.events[41] = Event(41, 2, time.time(), None, "Motion", "Motion: All", 3)
    assert [next(told).id, next(told).id] == ["40", "41"]
    zm.events[41].end_s = time.time()
    assert (next(told).id, watch._told[40].alarm.active) == ("41", True)
    assert zm.count("command:status")


def test_a_storm_asks_for_the_state_of_a_few_cameras_only(zm, watch):
    now = time.time()
    zm.events |= {100 + i: Event(100 + i, 1 + i % 3, now - i, None, "Motion", "Motion: All", 5) for i in range(60)}
    zm.forced |= {1, 2, 3}
    told = iter(watch)
    assert len(alarms(told, 60)) == 60
    before_lists, before_states = zm.count("AlarmFrames"), zm.count("command:status")
    zm.forced.discard(1)
    alarms(told, 5)
    lists = zm.count("AlarmFrames") - before_lists + 1
    assert zm.count("command:status") - before_states <= 4 * lists


def test_a_camera_that_goes_away_and_a_line_that_breaks(zm, watch, monkeypatch):
    monkeypatch.setattr("wallclient.api.zoneminder.events.MONITORS_EVERY_S", 0.02)
    monkeypatch.setattr("wallclient.api.zoneminder.events.retry_delay_s", lambda attempt: 0.02)
    told = iter(watch)
    assert next(told) == LineState(True)
    zm.monitors[1].status = "NotRunning"
    assert next(told) == ChannelStatus("m1", False)
    zm.fails["/events"] = 500
    assert next(told) == LineState(False)
    zm.fails.clear()
    assert next(told) == LineState(True)
    assert next(told) == EventsLost()
    zm.users[zm.user].password = "another"
    zm.revoke()
    with pytest.raises(SignInNeeded):
        next(told)


def test_the_catalog_tells_what_changed(zm, center):
    (page,) = center.snapshot()
    assert center.changes(page.sequence).changes == ()
    zm.monitors[1].status = "Running"
    zm.monitors[2].name = "南门 二"
    del zm.monitors[5]
    zm.groups[3] = ("南门", 1, (2, 3, 4))
    batch = center.changes(page.sequence)
    by_kind = {
        kind: [one for one in batch.changes if isinstance(one, kind)] for kind in (StatusChange, Upsert, Removed)
    }
    assert [one.channel_id for one in by_kind[StatusChange]] == ["m1"]
    assert {(one.node.id, one.node.parent_id) for one in by_kind[Upsert]} == {("m2", "g3"), ("m3", "g3")}
    assert {one.node_id for one in by_kind[Removed]} == {"m5", "unfiled"}
    assert [one.sequence for one in batch.changes] == list(range(page.sequence + 1, batch.sequence + 1))
    first = center.changes(page.sequence, limit=2)
    assert first.more
    assert center.changes(first.sequence).sequence == batch.sequence
    with pytest.raises(CursorExpired):
        center.changes(1)
    with pytest.raises(SnapshotGone):
        center.snapshot("at-1000")


def test_groups_in_circles_and_members_of_several_have_one_place(zm, center):
    zm.groups = {
        1: ("a", 2, ()), 2: ("b", 1, (1,)), 3: ("c", None, (1, 2)), 4: ("d", 3, (2,)), 5: ("e", 99, (3,)),
        6: ("f", 3, (2, 99)),
    }  # fmt: skip
    zm.monitors[99] = zm.monitors.pop(5)
    zm.monitors[99].id = 99
    (page,) = center.snapshot()
    parents = {row.id: row.parent_id for row in page.nodes}
    assert parents["m2"] == "g4"  # the deepest, of two as deep the older
    assert {parents["g1"], parents["g2"], parents["g5"]} == {None}
    seen: list[str] = []

    def walk(node_id):
        for node in center.children(node_id).nodes:
            seen.append(node.id)
            assert parents[node.id] == node_id
            if not node.is_channel:
                walk(node.id)

    walk(None)
    assert sorted(seen) == sorted(parents)
