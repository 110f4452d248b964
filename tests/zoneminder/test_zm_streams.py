"""Where pictures are fetched: what each setting of the server makes of it, and what is not opened."""

import threading
import time

import pytest

from wallclient.api.zoneminder.documents import MonitorDocument, MonitorRow, StatusDocument
from wallclient.api.zoneminder.monitors import Monitor, read_monitor
from wallclient.api.zoneminder.streams import Places, sources, zms_of
from wallclient.domain.errors import CameraOffline, NotFound
from wallclient.domain.stream import Codec, Credentials, Protocol, StreamKind
from wallclient.player import ladder

PLACES = Places("http://zm:8080/zm/cgi-bin/nph-zms", {}, 0, 0)
JPEGS = "http://zm:8080/zm/cgi-bin/nph-zms?mode=jpeg&monitor=1&scale=100&maxfps=25&buffer=0&token=t.o.k"


def monitor(path: str = "", **fields: object) -> Monitor:
    row = MonitorRow(MonitorDocument(1, "x", "Ffmpeg", "Mocord", Path=path, **fields), StatusDocument("Connected"))
    found = read_monitor(row)
    assert found is not None
    return found


def found(one: Monitor, kind: StreamKind = StreamKind.MAIN, places: Places = PLACES, host: str = ""):
    return sources(one, kind, places, "t.o.k", host)


@pytest.mark.parametrize(
    "path",
    [
        "file:///etc/passwd", "/dev/video0", "/var/clip.mp4", "rtsp://cam/a :sout=#file", "rtsp://cam/\n", "",
        "rtsp:\\\\cam\\a", "concat:/etc/passwd", "http://cam/video.mjpg", "rtsp://:554/a", "rtsp://cam:0/a", "-i /x",
    ],
)  # fmt: skip
def test_only_rtsp_addresses_of_cameras_are_opened(path):
    (only,) = found(monitor(path))
    assert only.protocol is Protocol.MJPEG


def test_credentials_leave_the_address():
    camera, _ = found(monitor("rtsp://us%40er:p%3Aw@cam:8554/a?b=c"))
    assert (camera.url, camera.credentials) == ("rtsp://cam:8554/a?b=c", Credentials("us@er", "p:w"))
    camera, _ = found(monitor("rtsp://cam/a", User="somebody", Pass="p"))
    assert camera.credentials == Credentials("somebody", "p")
    assert "p:w" not in repr(monitor("rtsp://user:p:w@cam/a"))
    assert "p:w" not in repr(MonitorDocument(1, Path="rtsp://user:p:w@cam/a"))


def test_an_address_in_parts_is_put_together():
    row = MonitorDocument(1, "x", "Remote", "Record", Protocol="rtsp", Host="user:pw@cam", Port="8554", Path="s")
    remote = read_monitor(MonitorRow(row, StatusDocument("Connected")))
    assert found(remote)[0].url == "rtsp://cam:8554/s"
    assert found(remote)[0].credentials == Credentials("user", "pw")


def test_jpegs_are_smaller_and_slower_in_a_small_pane():
    one = monitor(Width="1920", Height=1080)
    (main,) = found(one)
    assert (main.url, main.codec, main.width, main.height) == (JPEGS, Codec.MJPEG, 1920, 1080)
    (sub,) = found(one, StreamKind.SUB)
    assert "scale=33&maxfps=10" in sub.url
    assert (sub.width, sub.height) == (633, 356)
    turned = monitor(Width=1920, Height=1080, Orientation="ROTATE_90")
    assert (turned.width, turned.height) == (1080, 1920)


def test_zoneminders_own_rtsp_server_is_offered_where_it_runs():
    one = monitor("rtsp://cam/a", RTSPServer="1", RTSPStreamName="gate-1")
    places = Places(PLACES.zms, {}, 0, 20000)
    camera, relay, _ = found(one, places=places)
    assert relay.url == "rtsp://zm:20000/gate-1?jwt_token=t.o.k"
    assert [s.protocol for s in ladder.rungs(found(one, places=places))] == [
        Protocol.RTSP,
        Protocol.RTSP,
        Protocol.MJPEG,
    ]
    assert ladder.rungs(found(one, places=places))[0] == camera
    assert len(found(one)) == 2  # a name alone is no server
    encoded = monitor("rtsp://cam/a", RTSPServer="1", RTSPStreamName="北门 1")
    assert len(found(encoded, places=places)) == 2  # it would never be found


def test_another_host_takes_zoneminders_place_but_not_the_cameras():
    one = monitor("rtsp://cam/a", RTSPServer=True, RTSPStreamName="x")
    places = Places(PLACES.zms, {}, 0, 20000)
    camera, relay, jpegs = found(one, places=places, host="10.0.0.9")
    assert camera.url == "rtsp://cam/a"
    assert relay.url.startswith("rtsp://10.0.0.9:20000/x")
    assert jpegs.url.startswith("http://10.0.0.9:8080/zm/cgi-bin/nph-zms?")
    assert found(one, places=places, host="fd00::9")[2].url.startswith("http://[fd00::9]:8080/")


def test_several_machines_and_a_port_for_each_monitor():
    one = monitor(ServerId="2")
    places = Places(PLACES.zms, {2: "https://zm2/zm/cgi-bin/nph-zms"}, 0, 0)
    assert found(one, places=places)[0].url.startswith("https://zm2/zm/cgi-bin/nph-zms?mode=jpeg")
    assert zms_of(one, Places(PLACES.zms, {}, 30000, 0)) == "http://zm:30001/zm/cgi-bin/nph-zms"


def test_settings_are_read_from_the_server(zm, place):
    zm.config |= {"ZM_PATH_ZMS": "/cgi/zms", "ZM_MIN_RTSP_PORT": "21000"}
    zm.monitors[1].extra = {"RTSPServer": True, "RTSPStreamName": "gate"}
    zm.servers = [{"Id": 1, "Protocol": "http", "Hostname": "zm1", "Port": 81, "PathToZMS": "/zm/cgi-bin/nph-zms"}]
    zm.monitors[2].extra = {"ServerId": 1}
    center = place.client()
    relay, jpegs = center.open_live("m1", StreamKind.MAIN).sources[1:]
    assert relay.url.startswith("rtsp://127.0.0.1:21000/gate?jwt_token=")
    assert jpegs.url.startswith(f"{zm.origin}/cgi/nph-zms?")
    assert center.open_live("m2", StreamKind.MAIN).sources[1].url.startswith("http://zm1:81/zm/cgi-bin/nph-zms?")
    center.close()


def test_a_camera_that_stops_capturing_loses_its_jpegs_and_its_lease(zm, place, monkeypatch):
    center = place.client()
    monkeypatch.setattr("wallclient.api.zoneminder.monitors.FRESH_S", 0.0)
    lease = center.open_live("m3", StreamKind.SUB)
    zm.monitors[3].status = "Running"
    with pytest.raises(NotFound):
        center.renew_live(lease.id)
    with pytest.raises(CameraOffline):
        center.open_live("m3", StreamKind.SUB)
    with pytest.raises(CameraOffline):
        center.picture("m3")
    center.close()


def test_a_camera_that_froze_is_not_offered_in_jpegs(zm, center):
    """ZoneMinder calls it connected for a while yet, and begins each stream with its last picture."""
    zm.picture_age_s = 8.0
    with pytest.raises(CameraOffline):
        center.open_live("m3", StreamKind.SUB)
    assert len(center.open_live("m1", StreamKind.SUB).sources) == 2
    assert [one.protocol for one in center.open_live("m1", StreamKind.SUB).sources] == [Protocol.RTSP]  # once more
    zm.picture_age_s = 3.0  # a slow one
    assert center.open_live("m3", StreamKind.SUB).sources
    zm.clock_ahead_s = 3600.0  # it is the server's clock that counts
    center.health()
    assert center.open_live("m3", StreamKind.SUB).sources
    zm.hang["mode=jpeg"] = threading.Event()
    began = time.monotonic()
    assert [one.protocol for one in center.open_live("m1", StreamKind.SUB).sources] == [Protocol.RTSP]
    assert time.monotonic() - began < 10.0
