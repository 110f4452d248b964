"""Finding cameras and keeping them: probes, a look at one, sites that are edited, passwords only in the keyring."""

import asyncio
import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from onvif_double import OnvifDouble, Stream
from site_stand import KEY, camera_of

from wallclient.api.onvif import discovery
from wallclient.domain.errors import (
    BadAddress,
    BadPayload,
    CameraOffline,
    ClockDiffers,
    KeyringFailed,
    NotFound,
    NotPermitted,
    StorageFailed,
)
from wallclient.domain.onvif import PASSWORD_WRONG, OnvifAddress, OnvifInterface, OnvifSource
from wallclient.services import onvif_discovery

MATCHES = """<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">
<s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{uuid}</a:Address></a:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter</d:Types>
<d:Scopes>onvif://www.onvif.org/name/%E7%90%83%E6%9C%BA%0A7 onvif://www.onvif.org/hardware/D-7</d:Scopes>
<d:XAddrs>{xaddrs}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"""


@pytest.fixture
def responder(monkeypatch):
    """What answers probes in the place of cameras; multicast is not to leave this machine."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    monkeypatch.setattr(discovery.wsdiscovery, "WS_DISCOVERY_ADDRESS", "127.0.0.1")
    monkeypatch.setattr(discovery.wsdiscovery, "WS_DISCOVERY_PORT", sock.getsockname()[1])
    answers = [
        b"garbage",
        b"<a/>",
        MATCHES.format(uuid=1, xaddrs="file:///etc/passwd"),
        MATCHES.format(
            uuid=2, xaddrs="http://10.9.9.9/onvif/device_service https://127.0.0.1:8443/onvif/device_service"
        ),
        MATCHES.format(
            uuid=2, xaddrs="http://10.9.9.9/onvif/device_service https://127.0.0.1:8443/onvif/device_service"
        ),
        MATCHES.format(uuid=3, xaddrs="http://10.9.9.8/onvif/device_service"),
    ]

    def answer() -> None:
        while True:
            data, sender = sock.recvfrom(65535)
            if data == b"end":
                return
            assert b"NetworkVideoTransmitter" in data
            for one in answers:
                sock.sendto(one if isinstance(one, bytes) else one.encode(), sender)

    thread = threading.Thread(target=answer)
    thread.start()
    yield sock
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"end", sock.getsockname())
    thread.join()
    sock.close()


def test_devices_are_found_once_each_at_the_address_that_answers(responder):
    loopback = OnvifInterface("lo", "127.0.0.1")
    nowhere = OnvifInterface("gone0", "203.0.113.77")  # an interface that was unplugged
    found = asyncio.run(onvif_discovery.discover((loopback, nowhere), 0.4))
    assert [(one.address.origin, one.name, one.hardware) for one in found] == [
        ("http://10.9.9.8:80", "球机 7", "D-7"),
        ("https://127.0.0.1:8443", "球机 7", "D-7"),
    ]
    assert asyncio.run(onvif_discovery.probe("127.0.0.1", 0.3)) == found


def test_interfaces_of_this_machine():
    assert "127.0.0.1" in {one.address for one in onvif_discovery.interfaces()}


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("10.0.0.7", "http://10.0.0.7:80"),
        (" cam.example:8000 ", "http://cam.example:8000"),
        ("https://10.0.0.7", "https://10.0.0.7:443"),
        ("http://u:p@10.0.0.7:81/onvif/device_service", "http://10.0.0.7:81"),
        ("fd00::7", "http://[fd00::7]:80"),
        ("[fd00::7]:8080", "http://[fd00::7]:8080"),
    ],
)
def test_addresses_are_read_as_they_are_typed(text, origin):
    assert discovery.read_address(text).origin == origin


@pytest.mark.parametrize("text", ["", "rtsp://h", "file:///x", "h h", "http://", "h:0", "h:99999"])
def test_addresses_that_are_none_are_refused(text):
    with pytest.raises(BadAddress):
        discovery.read_address(text)


def test_a_look_tells_what_a_camera_is(camera):
    camera.streams.append(Stream("second", 640, 480, source="VS2"))
    address = OnvifAddress("127.0.0.1", camera.port)
    info = asyncio.run(onvif_discovery.look_at(address, camera.user, camera.password))
    assert (info.maker, info.model, info.firmware, info.serial) == ("山城 安防", "D-7", "1.0", "42")
    assert info.sources == (
        OnvifSource("VS1", "VS1", 1920, 1080, "H264", True),
        OnvifSource("VS2", "VS2", 640, 480, "H264", True),
    )
    assert info.has_events
    assert info.has_recordings
    assert info.clock_offset_s == pytest.approx(0, abs=3)


def test_a_look_names_what_is_wrong(camera):
    address = OnvifAddress("127.0.0.1", camera.port)
    with pytest.raises(NotPermitted) as caught:
        discovery.look_at(address, camera.user, "wrong")
    assert caught.value.reason == PASSWORD_WRONG
    camera.clock_ahead, camera.tolerates_time_of_clock = timedelta(days=400), False
    with pytest.raises(ClockDiffers) as clock:
        discovery.look_at(address, camera.user, camera.password)
    assert clock.value.ahead_s == pytest.approx(400 * 86400, abs=5)
    camera.clock_ahead, camera.hides_clock = timedelta(), True
    assert discovery.look_at(address, camera.user, camera.password).clock_offset_s is None
    camera.wrong = "html"
    with pytest.raises(BadPayload):
        discovery.look_at(address, camera.user, camera.password)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CameraOffline):
        discovery.look_at(replace(address, port=port), camera.user, camera.password)


def test_sites_are_kept_without_a_password_and_edited(stand, tmp_path):
    with OnvifDouble() as double:
        new = camera_of(double)
    sites = stand.sites
    site = asyncio.run(
        sites.add(
            KEY, [new, replace(new, name="二", source="VS2"), replace(new, name="三", source="VS3", password="x")]
        )
    )
    assert [camera.name for camera in site.cameras] == ["球机", "二", "三"]
    assert len({camera.id for camera in site.cameras}) == 3
    assert len(site.accounts) == 2, "who shares a password shares an account"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert new.password.encode() not in kept
    assert new.password not in repr(new)
    assert set(stand.keyring.kept.values()) == {new.password, "x"}

    again = asyncio.run(sites.add(KEY, [replace(new, name="改名")]))
    assert (again.cameras[0].id, again.cameras[0].name) == (site.cameras[0].id, "改名")
    assert again.sequence > site.sequence
    edited = asyncio.run(sites.edit(KEY, replace(again.cameras[2], path=("新",)), "y"))
    assert (edited.cameras[2].path, sites.passwords(KEY).read(edited.cameras[2].account)) == (("新",), "y")
    assert "x" not in stand.keyring.kept.values(), "a password nobody needs is taken away"
    asyncio.run(sites.set_password(KEY, edited.cameras[1].id, "z"))
    assert sites.passwords(KEY).read(edited.cameras[1].account) == "z"
    left = asyncio.run(sites.take_out(KEY, [edited.cameras[1].id]))
    assert [camera.name for camera in left.cameras] == ["改名", "三"]
    with pytest.raises(NotFound):
        asyncio.run(sites.edit(KEY, edited.cameras[1]))

    stand.keyring.fails = True
    with pytest.raises(KeyringFailed):
        asyncio.run(sites.add(KEY, [replace(new, name="四", source="VS4")]))
    assert len(asyncio.run(sites.site(KEY)).cameras) == 2, "what failed has changed nothing"
    stand.keyring.fails = False
    asyncio.run(sites.remove(KEY))
    assert stand.keyring.kept == {}
    assert list(tmp_path.rglob("*.json")) == []


def test_a_damaged_site_is_no_empty_one(stand, tmp_path):
    (path,) = tmp_path.rglob("*.json")
    path.write_text('{"version":1,"content":{"cameras":[{}]}}')
    with pytest.raises(StorageFailed):
        asyncio.run(stand.sites.site(KEY))
    path.write_text('{"version":9,"content":{}}')
    with pytest.raises(StorageFailed):
        asyncio.run(stand.sites.site(KEY))
