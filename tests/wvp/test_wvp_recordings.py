"""Recordings at a WVP: what there is, how devices are asked, and footage that comes piece by piece, never as a gap."""

import threading
import time
from datetime import date, datetime

import pytest
import requests
from wvp_double import CHINA, WvpError

from wallclient.api.recordings import RecordingCenter
from wallclient.api.wvp import downloads as module
from wallclient.api.wvp import recordings
from wallclient.api.wvp.center import WvpCenter
from wallclient.domain.errors import BadPayload, CameraOffline, CenterError, NotAble, NotFound, Refused
from wallclient.domain.recording import FootageProtocol, RecordingKind

LIMIT_S = 30.0
ZONE = "Asia/Shanghai"


def ms(text, day="2026-11-20"):
    return round(datetime.fromisoformat(f"{day} {text}").replace(tzinfo=CHINA).timestamp() * 1000)


EIGHT, NINE = ms("08:00:00"), ms("09:00:00")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "POLL_S", 0.01)
    monkeypatch.setattr(module, "retry_delay_s", lambda _attempt: 0.01)


@pytest.fixture
def center(wvp):
    made = WvpCenter(wvp.base_url)
    made._downloads._poll_s = 0.01
    made.log_in(wvp.user, wvp.password)
    yield made
    made.log_out()
    made.close()


def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def whole(center, playback):
    """Renew until nothing is pending, and hold each answer to: no moment of the footage is ever missing."""
    spans = covered(playback)
    limit = time.monotonic() + LIMIT_S
    while playback.pending:
        assert time.monotonic() < limit
        assert playback.expires_in_s <= 2.0
        time.sleep(0.005)
        playback = center.renew_playback(playback.id)
        assert covered(playback) == spans
    return playback


def has_lapsed(center, playback):
    try:
        center.renew_playback(playback.id)
    except NotFound:
        return True
    return False


def covered(playback):
    merged = []
    for start, end in sorted((one.start_ms, one.end_ms) for one in (*playback.sources, *playback.pending)):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


# --- what there is ---


def test_it_is_a_recording_center(center):
    assert isinstance(center, RecordingCenter)
    assert center.capabilities.recordings


def test_segments_are_told_in_utc_whatever_the_zone_here(wvp, center):
    wvp.records.append(("2026-11-20 10:00:00", "2026-11-20 10:30:00", "alarm"))
    (found,) = center.segments(["c11"], ms("08:30:00"), ms("23:00:00")).values()
    assert [(one.start_ms, one.end_ms, one.kind) for one in found] == [
        (EIGHT, NINE, RecordingKind.TIME),
        (ms("10:00:00"), ms("10:30:00"), RecordingKind.ALARM),
    ]
    assert center.segments(["c11"], NINE, ms("09:30:00")) == {"c11": ()}
    assert center.segments(["c19"], EIGHT, NINE) == {"c19": ()}  # a push stream: nothing any device could tell


def test_days_are_those_of_the_zone_asked_for(wvp, center):
    wvp.records = [
        ("2026-11-03 23:30:00", "2026-11-04 00:30:00", "time"),
        ("2026-11-10 03:00:00", "2026-11-10 04:00:00", "x"),
    ]
    assert center.recorded_days(["c11"], 2026, 11, ZONE) == {"c11": {date(2026, 11, d) for d in (3, 4, 10)}}
    assert center.recorded_days(["c11"], 2026, 11, "Etc/UTC") == {"c11": {date(2026, 11, 3), date(2026, 11, 9)}}
    assert center.recorded_days(["c11"], 2026, 12, ZONE) == {"c11": set()}


def test_a_month_is_one_query_and_then_known(wvp, center):
    center.recorded_days(["c11"], 2026, 10, ZONE)
    assert wvp.count("/api/gb_record/query") == 1
    center.segments(["c11"], ms("00:00:00", "2026-10-05"), ms("00:00:00", "2026-10-09"))
    assert wvp.count("/api/gb_record/query") == 1


def test_a_month_the_device_does_not_bear_is_asked_for_by_days(wvp, center):
    wvp.record_fails = 1
    wvp.records = [("2026-10-03 08:00:00", "2026-10-03 09:00:00", "time")]
    assert center.recorded_days(["c11"], 2026, 10, ZONE) == {"c11": {date(2026, 10, 3)}}
    assert wvp.count("/api/gb_record/query") == 1 + 31


def test_one_query_at_a_time_for_a_device(wvp, center):
    wvp.record_delay_s = 0.02
    days = [(ms("00:00:00", f"2026-11-{d:02d}"), ms("12:00:00", f"2026-11-{d:02d}")) for d in (1, 2, 3, 4)]
    threads = [threading.Thread(target=center.segments, args=(["c11", "c12"], *day)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    assert wvp.count("/api/gb_record/query") == 8
    assert wvp.most_querying == 1


def test_a_time_out_is_tried_again_and_silence_means_nothing_was_recorded(wvp, center):
    wvp.record_fails = 1
    assert len(center.segments(["c11"], EIGHT, NINE)["c11"]) == 1
    wvp.record_silence = True
    day = ms("00:00:00", "2026-11-02"), ms("12:00:00", "2026-11-02")
    assert center.segments(["c11"], *day) == {"c11": ()}
    before = wvp.count("/api/gb_record/query")
    assert center.segments(["c12"], *day) == {"c12": ()}
    assert wvp.count("/api/gb_record/query") == before + 1  # by now it is known to be silent


def test_a_device_that_is_away_is_said_to_be_away_and_hides_no_other(wvp, center):
    wvp.devices[2] = "34020000001180000002"
    wvp.cameras[12].device_row, wvp.cameras[12].online = 2, False
    wvp.fails[f"/query/{wvp.devices[2]}"] = WvpError(100, "timeout")
    found = center.segments(["c11", "c12"], EIGHT, NINE)
    assert len(found["c11"]) == 1
    assert isinstance(found["c12"], CameraOffline)
    with pytest.raises(CameraOffline):
        center.segments(["c12"], EIGHT, NINE)


def test_files_that_follow_each_other_have_no_gap_between_them(wvp, center):
    wvp.records = [
        ("2026-11-20 23:00:00", "2026-11-20 23:29:59", "time"),
        ("2026-11-20 23:30:00", "2026-11-21 00:00:00", "time"),
        ("2026-11-21 00:00:00", "2026-11-21 00:10:00", "time"),
        ("2026-11-21 00:10:02", "2026-11-21 00:20:00", "time"),
    ]
    start, end = ms("23:20:00"), ms("00:20:00", "2026-11-21")
    playback = center.open_playback("c11", start, end)
    gap = ms("00:10:00", "2026-11-21"), ms("00:10:02", "2026-11-21")
    assert covered(playback) == [(start, gap[0]), (gap[1], end)]


def test_a_row_that_can_not_be_read_hides_no_other(wvp, center):
    wvp.records.insert(0, ("2026-11-20 09:00:00", "2026-11-20 08:00:00", "time"))
    assert len(center.segments(["c11"], EIGHT, NINE + 1)["c11"]) == 1


# --- footage ---


def test_footage_comes_piece_by_piece_what_is_looked_at_first(wvp, center):
    moment = ms("08:30:00")
    playback = center.open_playback("c11", moment - 600_000, moment + 600_000)
    assert covered(playback) == [(moment - 600_000, moment + 600_000)]
    until(lambda: center.renew_playback(playback.id).sources)
    first = center.renew_playback(playback.id).sources
    (looked_at,) = (source for source in first if source.start_ms <= moment < source.end_ms)
    assert looked_at.end_ms - looked_at.start_ms == 16_000
    done = whole(center, playback)
    assert {source.protocol for source in done.sources} == {FootageProtocol.MP4}
    assert done.expires_in_s > 60
    for source in done.sources:  # each is the file of its own moments
        text = f"{datetime.fromtimestamp(source.start_ms / 1000, CHINA):%Y-%m-%d %H:%M:%S}"
        reply = requests.get(source.url, headers={"Range": "bytes=21-39"}, timeout=10)
        assert (reply.status_code, reply.content.decode()) == (206, text)


def test_no_piece_spans_a_gap(wvp, center):
    wvp.records = [
        ("2026-11-20 08:00:00", "2026-11-20 08:00:30", "time"),
        ("2026-11-20 08:00:50", "2026-11-20 08:02:00", "time"),
    ]
    done = whole(center, center.open_playback("c11", EIGHT, ms("08:05:00")))
    assert covered(done) == [(EIGHT, ms("08:00:30")), (ms("08:00:50"), ms("08:02:00"))]


def test_where_nothing_was_recorded_nothing_is_opened(wvp, center):
    with pytest.raises(NotFound):
        center.open_playback("c11", ms("10:00:00"), ms("10:20:00"))
    with pytest.raises(NotAble):
        center.open_playback("c19", EIGHT, NINE)
    for range_ms in ((NINE, EIGHT), (EIGHT, EIGHT + 86_400_001)):
        with pytest.raises(Refused):
            center.open_playback("c11", *range_ms)


def test_a_device_that_thinks_long_holds_up_nobody(monkeypatch, wvp, center):
    monkeypatch.setattr(recordings, "PATIENCE_S", 0.05)
    gate = wvp.hang["/gb_record/query"] = threading.Event()
    playback = center.open_playback("c11", EIGHT, ms("08:01:00"))
    assert [(one.start_ms, one.end_ms) for one in playback.pending] == [(EIGHT, ms("08:01:00"))]
    assert center.children(None).nodes
    wvp.hang.clear()
    gate.set()
    assert whole(center, playback).sources


def test_footage_that_is_there_is_not_fetched_again(wvp, center):
    first = whole(center, center.open_playback("c11", EIGHT, ms("08:02:00")))
    count = len(wvp.downloads)
    again = whole(center, center.open_playback("c11", ms("08:01:00"), ms("08:03:00")))
    assert {one.url for one in again.sources} & {one.url for one in first.sources}
    fetched = [(d.end - d.start).total_seconds() for d in list(wvp.downloads.values())[count:]]
    assert sum(fetched) == 60


def test_what_nobody_waits_for_is_stopped_and_only_that(wvp, center):
    wvp.download_polls = 10**6
    other = WvpCenter(wvp.base_url)
    other._downloads._poll_s = 0.01
    other.log_in(wvp.user, wvp.password)
    playback, theirs = (one.open_playback("c11", EIGHT, ms("08:01:00")) for one in (center, other))
    until(lambda: len(wvp.downloads) == 4 and all(d.asked for d in wvp.downloads.values()))
    assert len(wvp.downloads) == 4  # two at a device, each client
    center.close_playback(playback.id)
    center.close_playback(playback.id)
    until(lambda: sum(d.stopped for d in wvp.downloads.values()) == 2)
    with pytest.raises(NotFound):
        center.renew_playback(playback.id)
    assert other.renew_playback(theirs.id).pending
    assert wvp.stopped == []
    assert len(wvp.downloads) == 4
    other.close()


def test_a_download_that_fails_is_tried_again(wvp, center):
    wvp.download_fails = 2
    assert whole(center, center.open_playback("c11", EIGHT, ms("08:00:30"))).sources


def test_a_download_that_comes_to_nothing_is_said_once_and_tried_anew(wvp, center):
    wvp.download_fails = 10**6
    playback = center.open_playback("c11", EIGHT, ms("08:00:16"))
    until(lambda: has_lapsed(center, playback))
    with pytest.raises(CameraOffline):
        center.open_playback("c11", EIGHT, ms("08:00:16"))
    wvp.download_fails = 0
    assert whole(center, center.open_playback("c11", EIGHT, ms("08:00:16"))).sources


def test_a_download_without_an_end_is_given_up(monkeypatch, wvp, center):
    monkeypatch.setattr(module, "NO_PROGRESS_S", 0.05)
    wvp.download_polls = 10**6
    center.open_playback("c11", EIGHT, ms("08:00:16"))
    until(lambda: len(wvp.downloads) >= 2 and next(iter(wvp.downloads.values())).stopped)


def test_the_servers_own_files_come_first(wvp, center):
    wvp.add_cloud(wvp.cameras[11], "2026-11-20 08:10:00", "2026-11-20 08:20:00")
    found = center.segments(["c11"], EIGHT, NINE)["c11"]
    assert [(one.start_ms, one.end_ms) for one in found] == [
        (EIGHT, ms("08:10:00")),
        (ms("08:10:00"), ms("08:20:00")),
        (ms("08:20:00"), NINE),
    ]
    assert len({one.id for one in found}) == 3
    playback = center.open_playback("c11", ms("08:11:00"), ms("08:19:00"))
    assert playback.pending == ()
    assert [(one.start_ms, one.end_ms) for one in playback.sources] == [(ms("08:10:00"), ms("08:20:00"))]
    assert wvp.downloads == {}
    assert len(whole(center, center.open_playback("c11", ms("08:09:00"), ms("08:19:00"))).sources) > 1
    wvp.fails["/cloud/record/list"] = WvpError(500, None, 500)
    assert len(center.segments(["c11"], EIGHT, NINE)["c11"]) == 1  # the device's own are told all the same


def test_an_export_is_cut_so_that_no_file_is_lost_and_waits_for_all(wvp, center):
    playback = whole(center, center.open_export("c11", EIGHT, NINE))
    assert covered(playback) == [(EIGHT, NINE)]
    assert all(one.end_ms - one.start_ms <= 900_000 for one in playback.sources)


def test_addresses_of_files_are_put_on_the_host_that_can_be_reached_and_hold_no_password(wvp):
    center = WvpCenter(wvp.base_url, media_host="media.example")
    center._downloads._poll_s = 0.01
    center.log_in(wvp.user, wvp.password)
    done = whole(center, center.open_playback("c11", EIGHT, ms("08:00:16")))
    assert all(source.url.startswith("http://media.example:") for source in done.sources)
    assert "media.example" not in repr(done)
    center.close()


def test_a_file_nobody_should_open_is_no_source(monkeypatch, wvp, center):
    monkeypatch.setattr(type(wvp), "file_url", lambda _self, _file: "file:///etc/passwd")
    playback = center.open_playback("c11", EIGHT, ms("08:00:16"))
    until(lambda: has_lapsed(center, playback))
    with pytest.raises(BadPayload):
        center.open_playback("c11", EIGHT, ms("08:00:16"))


def test_a_piece_wanted_again_while_it_is_stopped_is_fetched_all_the_same(wvp, center):
    wvp.download_polls = 10**6
    first = center.open_playback("c11", EIGHT, ms("08:00:10"))
    until(lambda: wvp.downloads and all(one.asked for one in wvp.downloads.values()))
    gate = wvp.hang["/download/stop"] = threading.Event()
    center.close_playback(first.id)
    until(lambda: wvp.count("/api/gb_record/download/stop"))
    again = center.open_playback("c11", EIGHT, ms("08:00:10"))
    wvp.download_polls = 1
    wvp.hang.clear()
    gate.set()
    assert whole(center, again).sources


def test_an_export_leaves_room_for_who_looks_at_footage(wvp, center):
    wvp.download_polls = 10**6
    center.open_export("c11", EIGHT, NINE)
    until(lambda: wvp.downloads)
    playback = center.open_playback("c12", EIGHT, ms("08:00:10"))
    until(lambda: len(wvp.downloads) == 2)
    assert {one.channel[-2:] for one in wvp.downloads.values()} == {"11", "12"}
    wvp.download_polls = 1
    assert whole(center, playback).sources


def test_a_log_out_tells_devices_to_stop(wvp, center):
    wvp.download_polls = 10**6
    center.open_playback("c11", EIGHT, NINE)
    until(lambda: len(wvp.downloads) == 2 and all(one.asked for one in wvp.downloads.values()))
    center.log_out()
    assert all(one.stopped for one in wvp.downloads.values())


def test_a_lost_session_of_the_server_does_not_break_a_download(wvp, center):
    wvp.download_polls = 30
    playback = center.open_playback("c11", EIGHT, ms("08:00:16"))
    until(lambda: wvp.downloads)
    wvp.tokens.clear()
    assert whole(center, playback).sources
    assert wvp.logins == 2


def test_close_ends_the_threads_at_once(wvp):
    wvp.download_polls = 10**6
    center = WvpCenter(wvp.base_url)
    center._downloads._poll_s = 0.01
    center.log_in(wvp.user, wvp.password)
    center.open_playback("c11", EIGHT, NINE)
    until(lambda: wvp.downloads)
    center.close()
    until(lambda: not center._downloads._threads)
    with pytest.raises(CenterError):
        center.segments(["c11"], EIGHT, NINE)
