"""Live streams of a WVP: shared by all, never stopped by us, at an address that can be reached."""

import threading
import time

import pytest
from wvp_double import DEVICE, SECRET, WvpError

from wallclient.api.wvp.center import WvpCenter
from wallclient.domain.errors import CameraOffline, CenterError, NotFound, ServerFailed
from wallclient.domain.stream import Codec, Protocol, StreamKind


def test_addresses_come_in_order_with_what_the_server_says_of_the_stream(center):
    lease = center.open_live("c11", StreamKind.MAIN)
    assert [source.protocol for source in lease.sources] == [
        Protocol.RTSP,
        Protocol.HTTP_TS,
        Protocol.FMP4,
        Protocol.HTTP_FLV,
        Protocol.HLS,
    ]
    rtsp = lease.sources[0]
    assert rtsp.url == f"rtsp://10.9.9.9:554/rtp/{DEVICE}_34020000001320000011?originTypeStr=rtp_push&videoCodec=H264"
    assert (rtsp.codec, rtsp.width, rtsp.height, rtsp.fps) == (Codec.H264, 1920, 1080, 25)
    assert SECRET not in repr(lease)
    assert "10.9.9.9" not in repr(lease)


def test_the_host_is_rewritten_and_nothing_else(wvp):
    center = WvpCenter(wvp.base_url, media_host="media.example")
    center.log_in("admin", wvp.password)
    urls = [source.url for source in center.open_live("c11", StreamKind.SUB).sources]
    assert urls[0].startswith("rtsp://media.example:554/rtp/")
    assert urls[0].endswith("?originTypeStr=rtp_push&videoCodec=H264")
    assert all("//media.example:" in url for url in urls)
    center.close()


def test_a_channel_is_played_by_the_code_its_device_uses(wvp, center):
    wvp.cameras[11].raw_code = "34020000001310000099"
    assert "_34020000001310000099" in center.open_live("c11", StreamKind.MAIN).sources[0].url


def test_a_camera_that_is_its_own_device_is_found_without_the_list_of_all(wvp, center):
    wvp.devices[2] = wvp.cameras[11].code
    wvp.cameras[11].device_row = 2
    assert center.open_live("c11", StreamKind.MAIN).sources[0].url.split("/rtp/")[1].startswith(f"{wvp.devices[2]}_")
    wvp.devices[3] = wvp.cameras[12].group = "34020000001180000003"
    wvp.cameras[12].device_row = 3
    assert center.open_live("c12", StreamKind.MAIN).sources
    assert ("/api/device/query/devices", {"page": "1", "count": "1000"}) not in wvp.asked
    assert center.open_live("c13", StreamKind.MAIN).sources
    assert ("/api/device/query/devices", {"page": "1", "count": "1000"}) in wvp.asked


def test_channels_of_other_kinds_are_played_by_the_common_call(wvp, center):
    assert center.open_live("c19", StreamKind.MAIN).sources
    assert wvp.count("/api/common/channel/play") == 1
    wvp.play_timeout = True
    with pytest.raises(ServerFailed):
        center.open_live("c19", StreamKind.MAIN)


def test_nothing_the_client_does_stops_a_stream_others_watch(wvp, center):
    other = WvpCenter(wvp.base_url)
    other.log_in("admin", wvp.password)
    mine, theirs = (one.open_live("c11", StreamKind.MAIN) for one in (center, other))
    assert mine.sources[0].url == theirs.sources[0].url
    center.close_live(mine.id)
    center.close_live(mine.id)
    center.log_out()
    assert wvp.stopped == []
    assert wvp.streams
    assert other.renew_live(theirs.id) == theirs
    with pytest.raises(NotFound):
        center.renew_live(mine.id)
    other.close()


def test_a_stream_that_ended_for_want_of_readers_is_opened_again(wvp, center):
    first = center.open_live("c11", StreamKind.MAIN)
    assert center.open_live("c11", StreamKind.SUB).sources == first.sources
    assert wvp.invites == 1
    wvp.nobody_reads()
    assert center.renew_live(first.id) == first  # a lease says nothing of the stream: the player notices
    assert center.open_live("c11", StreamKind.MAIN).sources == first.sources
    assert wvp.invites == 2
    assert wvp.stopped == []


@pytest.mark.parametrize("refusal", [(-1, "信令超时"), (-2, "收流超时"), (486, "超时或无响应"), (100, "点播超时")])
def test_a_camera_that_does_not_answer_is_said_to_be_away(wvp, center, refusal):
    wvp.play_fails = refusal
    with pytest.raises(CameraOffline):
        center.open_live("c11", StreamKind.MAIN)


def test_addresses_nobody_should_open_are_left_out(wvp, center):
    wvp.stream_overrides = {
        "rtsp": "file:///etc/passwd",
        "ts": "http://h/x :sout=#file{dst=/tmp/x}",
        "flv": "http://user:secret@h:6080/x.flv",
        "fmp4": None,
        "hls": "http://h:99999/x",
    }
    (flv,) = center.open_live("c11", StreamKind.MAIN).sources
    assert flv.url == "http://h:6080/x.flv"
    assert flv.credentials.user == "user"
    assert "secret" not in repr(flv)


def test_a_reply_without_media_information_will_do(wvp, center):
    wvp.stream_overrides = {"mediaInfo": None}
    assert center.open_live("c11", StreamKind.MAIN).sources[0].codec is None
    wvp.stream_overrides = {"mediaInfo": {"videoCodec": "SVAC", "width": -5, "height": 10**9, "fps": 0}}
    source = center.open_live("c11", StreamKind.MAIN).sources[0]
    assert (source.codec, source.width, source.height, source.fps) == (None, None, None, None)


def test_a_slow_play_holds_up_nothing_else(wvp, center):
    wvp.hang["/api/play/start"] = threading.Event()
    opened = []
    thread = threading.Thread(target=lambda: opened.append(center.open_live("c11", StreamKind.MAIN)))
    thread.start()
    while not wvp.count("/api/play/start"):
        pass
    began = time.monotonic()
    assert center.children(None).nodes
    assert time.monotonic() - began < 5
    assert opened == []
    wvp.hang["/api/play/start"].set()
    thread.join(20)
    assert len(opened) == 1


def test_a_play_that_failed_is_not_asked_for_again_by_itself(wvp, center):
    center.open_live("c11", StreamKind.MAIN)
    before = wvp.count("/api/play/start")
    wvp.fails["/play/start"] = WvpError(500, None, 500)
    with pytest.raises(CenterError):
        center.open_live("c11", StreamKind.MAIN)
    assert wvp.count("/api/play/start") == before + 1
