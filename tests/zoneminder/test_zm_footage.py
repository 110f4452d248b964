"""Events as footage: long lists, sections that touch, overlap or were left open, days, and what is no footage."""

import time
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from zm_double import Event

from wallclient.domain.errors import BadPayload, NotAble, NotFound, NotPermitted, Refused
from wallclient.domain.recording import RecordingKind

NOON_S = datetime(2026, 3, 10, 4, tzinfo=UTC).timestamp()  # noon in Shanghai


def put(zm, *events: Event) -> None:
    zm.events = {one.id: one for one in events}


def test_a_long_list_is_read_by_its_pages_and_each_event_once(zm, center):
    put(zm, *(Event(i, 1, NOON_S + 600 * i, NOON_S + 600 * (i + 1)) for i in range(1, 251)))
    start, end = round(NOON_S * 1000), round((NOON_S + 600 * 251) * 1000)
    found = center.segments(["m1", "m2"], start, end)
    assert found["m2"] == ()
    assert [one.id for one in found["m1"]] == [str(i) for i in range(1, 251)]
    assert all(one.end_ms == two.start_ms for one, two in pairwise(found["m1"]))
    assert zm.count("page=3&limit=100") == 1
    middle = round((NOON_S + 600 * 100) * 1000)
    assert [one.id for one in center.segments(["m1"], middle + 1, middle + 2)["m1"]] == ["100"]


def test_sections_touch_where_only_whole_seconds_are_told(zm, center):
    put(
        zm,
        Event(1, 1, NOON_S, NOON_S + 7.8),
        Event(2, 1, NOON_S + 7.0, NOON_S + 14.8),  # begins with the key picture before
        Event(3, 1, NOON_S + 16.0, NOON_S + 20.0),  # a second later
        Event(4, 1, NOON_S + 30.0, NOON_S + 40.0, "Motion", "Motion: All", 12),
        Event(5, 1, NOON_S + 41.0, None),  # left open by a process that died
        Event(6, 1, NOON_S + 60.0, NOON_S + 61.0, "Continuous", "Forced Web: ", 3),
    )
    start = round(NOON_S * 1000)
    found = center.segments(["m1"], start, start + 100_000)["m1"]
    spans = [((one.start_ms - start) // 1000, (one.end_ms - start) / 1000) for one in found]
    assert spans == [(0, 7), (7, 16), (16, 20), (30, 41), (41, 60), (60, 61)]
    assert [one.kind for one in found] == [RecordingKind.TIME] * 3 + [
        RecordingKind.ALARM, RecordingKind.TIME, RecordingKind.ALARM,
    ]  # fmt: skip


def test_the_event_that_goes_on_grows(zm, center):
    now = time.time()
    put(zm, Event(1, 1, now - 20, None))
    end = round(now * 1000)
    first = center.segments(["m1"], end - 60_000, end + 1)["m1"][0].end_ms
    playback = center.open_playback("m1", end - 60_000, end + 60_000)
    zm.clock_ahead_s = 30.0  # as if so long had passed
    center.health()
    assert center.segments(["m1"], end - 60_000, end + 1)["m1"][0].end_ms >= first + 25_000
    assert center.renew_playback(playback.id).sources[-1].end_ms >= playback.sources[-1].end_ms + 25_000


def test_days_of_a_month_in_another_zone(zm, center):
    put(
        zm,
        Event(1, 1, NOON_S, NOON_S + 60),
        Event(2, 1, NOON_S + 11 * 3600, NOON_S + 37 * 3600),  # from 23:00 over a whole day
        Event(3, 2, NOON_S - 40 * 86400, NOON_S - 40 * 86400 + 60),
    )
    zm.clock_ahead_s = NOON_S + 86400 * 60 - time.time()
    center.health()
    days = center.recorded_days(["m1", "m2"], 2026, 3, "Asia/Shanghai")
    assert days == {"m1": {date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)}, "m2": set()}
    assert center.recorded_days(["m1"], 2026, 3, "America/New_York")["m1"] == {date(2026, 3, 10), date(2026, 3, 11)}
    assert zm.count("consoleEvents") <= 62  # one question a day, for all cameras
    with pytest.raises(BadPayload):
        center.recorded_days(["m1"], 2026, 3, "Mars/Olympus")


def test_what_is_no_footage_is_said(zm, center):
    put(zm, Event(1, 1, NOON_S, NOON_S + 60, video=False))
    start = round(NOON_S * 1000)
    with pytest.raises(NotAble):  # JPEG files only
        center.open_playback("m1", start, start + 1000)
    with pytest.raises(NotFound):
        center.open_playback("m1", start + 90_000, start + 91_000)
    with pytest.raises(Refused):
        center.open_playback("m1", start, start + 25 * 3600 * 1000)
    with pytest.raises(Refused):
        center.open_export("m1", start, start)
    put(zm, Event(1, 1, NOON_S, NOON_S + 60))
    zm.privacy = True
    with pytest.raises(NotPermitted) as refused:
        center.open_playback("m1", start, start + 1000)
    assert refused.value.reason == "privacy"
    zm.privacy = False
    zm.html = True
    with pytest.raises(BadPayload):
        center.open_playback("m1", start, start + 1000)


def test_a_list_that_shrinks_while_it_is_read_ends(zm, center):
    put(zm, *(Event(i, 1, NOON_S + 10 * i, NOON_S + 10 * i + 9) for i in range(1, 151)))
    zm.fails["page=2"] = 404
    start = round(NOON_S * 1000)
    assert len(center.segments(["m1"], start, start + 3_600_000)["m1"]) == 100


def test_addresses_are_signed_for_longer_than_their_session(zm, place):
    zm.token_life_s = 600.0  # less than a playback needs
    center = place.client()
    end = round(time.time() * 1000)
    center.open_playback("m1", end - 60_000, end)
    assert zm.logins == ["password", "refresh"]
    center.close()
