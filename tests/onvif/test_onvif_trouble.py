"""Cameras in trouble: each trouble under its own name, in time, and no other camera notices."""

import logging
import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from onvif_double import OnvifDouble, Stream
from site_stand import KEY, LIMIT_S, camera_of, ids_of, wait_for

from wallclient.api.onvif import device as device_module
from wallclient.demo.certificates import make_certificates
from wallclient.domain.errors import (
    BadAddress,
    BadPayload,
    CameraOffline,
    ClockDiffers,
    KeyringFailed,
    NotAble,
    NotFound,
    NotPermitted,
    NotTrusted,
    ServerFailed,
    SignInNeeded,
    TrustFlaw,
)
from wallclient.domain.onvif import PASSWORD_MISSING, PASSWORD_WRONG
from wallclient.domain.stream import Codec, StreamKind

# --- log-ins ---


def test_a_wrong_password_is_told_and_not_tried_again_and_again(stand, camera):
    stand.add(camera_of(camera, password="wrong"))
    center = stand.center()
    center.log_in("", "")
    (channel,) = ids_of(center).values()
    with pytest.raises(NotPermitted) as caught:
        center.open_live(channel, StreamKind.MAIN)
    assert (type(caught.value), caught.value.reason) == (NotPermitted, PASSWORD_WRONG)
    tried = len(camera.operations())
    for _ in range(10):  # as panes do that try again; cameras lock an account, or this machine, after a few
        with pytest.raises(NotPermitted) as caught:
            center.open_live(channel, StreamKind.MAIN)
        assert caught.value.reason == PASSWORD_WRONG
    assert len(camera.operations()) == tried
    stand.sites._set_password(KEY, channel, camera.password)
    assert center.open_live(channel, StreamKind.MAIN).sources, "a corrected password counts at once"
    center.close()


def test_a_closed_port_is_no_wrong_password(stand):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with OnvifDouble() as double:
        new = camera_of(double)
    stand.add(replace(new, address=replace(new.address, port=port)))
    center = stand.center()
    center.log_in("", "")
    (channel,) = ids_of(center).values()
    with pytest.raises(CameraOffline):
        center.open_live(channel, StreamKind.MAIN)
    center.close()


@pytest.mark.parametrize("denial", [("ter:NotAuthorized", "Sender not authorized"), ("ter:NotAuthorized", "Denied")])
def test_a_clock_that_differs_is_minded_or_named(center, channel, camera, denial):
    camera.denial = denial
    camera.clock_ahead = timedelta(hours=3, minutes=2)
    if denial[1] == "Denied":
        camera.denial = ("ter:NotAuthorized", "Sender not Authorized")
    assert center.open_live(channel, StreamKind.MAIN).sources, "a log-in with the camera's own time is taken"
    camera.clock_ahead = timedelta()  # somebody has set it right: what was learnt is wrong now
    assert center.presets(channel)
    camera.clock_ahead = timedelta(hours=-1)
    camera.tolerates_time_of_clock = False
    with pytest.raises(ClockDiffers) as caught:
        center.presets(channel)
    assert caught.value.ahead_s == pytest.approx(-3600, abs=5)


def test_a_password_the_keyring_lost_is_told(stand, camera):
    stand.add(camera_of(camera))
    center = stand.center()
    center.log_in("", "")
    (channel,) = ids_of(center).values()
    stand.keyring.fails = True
    with pytest.raises(KeyringFailed):
        center.open_live(channel, StreamKind.MAIN)
    stand.keyring.fails = False
    stand.keyring.kept.clear()
    with pytest.raises(NotPermitted) as caught:
        center.open_live(channel, StreamKind.MAIN)
    assert caught.value.reason == PASSWORD_MISSING
    assert camera.operations() == []
    center.close()


# --- answers that are none ---


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("html", BadPayload),
        ("garbage", BadPayload),
        ("foreign", BadPayload),
        ("redirect", BadPayload),
        ("fault", BadPayload),
        ("endless", BadPayload),
        ("cut", CameraOffline),
        ("503", CameraOffline),
    ],
)
def test_answers_that_are_none_are_told_apart(center, channel, camera, how, kind):
    with camera.misbehaving(how):
        for ask in (lambda: center.open_live(channel, StreamKind.MAIN), lambda: center.ptz(channel)):
            with pytest.raises(kind):
                ask()
    assert center.node(channel).name == "球机"


def test_what_a_camera_lacks_is_refused_in_that_word(center, channel, camera):
    camera.services = {"device", "media"}
    camera.has_ptz = False
    assert center.open_live(channel, StreamKind.MAIN).sources
    assert center.ptz(channel).abilities == frozenset()
    for ask in (lambda: center.presets(channel), lambda: center.cruises(channel)):
        with pytest.raises(NotAble):
            ask()
    camera.services = set()


def test_a_device_without_media_is_refused_in_that_word(center, channel, camera):
    camera.services = {"device"}
    with pytest.raises(NotAble):
        center.open_live(channel, StreamKind.MAIN)


# --- addresses ---


@pytest.mark.parametrize(
    "uri",
    [
        "file:///etc/passwd",
        "rtsp://h/live :sout=#std{dst=/tmp/x}",
        "rtsp://h/a\\b",
        "concat:rtsp://h/a",
        "-vf",
        "javascript:alert(1)",
    ],
)
def test_addresses_that_are_none_are_refused(center, channel, camera, uri):
    camera.streams = [Stream("main", uri=uri)]
    with pytest.raises((BadAddress, BadPayload, CameraOffline)) as caught:
        center.open_live(channel, StreamKind.MAIN)
    assert uri not in str(caught.value)


def test_secrets_in_addresses_stay_out_of_them_and_of_every_log(center, channel, camera, caplog):
    caplog.set_level(logging.DEBUG)
    camera.streams = [Stream("main", uri="rtsp://viewer:S%40geheim@10.1.2.3:554/live?x=1#title")]
    camera.snapshot_uri = "http://viewer:S%40geheim@10.1.2.3/snap.jpg?ticket=geheim"
    assert center.picture(channel)
    lease = center.open_live(channel, StreamKind.MAIN)
    (source,) = lease.sources
    assert source.url == "rtsp://127.0.0.1:554/live?x=1"
    assert source.credentials is not None
    assert (source.credentials.user, source.credentials.password) == ("viewer", "S@geheim")
    told = caplog.text + repr(lease) + repr(center) + repr(known_to(center))
    for secret in ("geheim", camera.password):
        assert secret not in told
    assert not any(camera.password in headers for headers in camera.headers)
    assert all(camera.password not in body for _, body in camera.calls), "a log-in is a digest"


def known_to(center) -> list[object]:
    return [vars(device) | {"credentials": repr(device.credentials)} for device in center._site.devices()]


def test_a_stream_that_is_not_what_it_is_said_to_be_keeps_its_address(center, channel, camera):
    camera.streams = [Stream("odd", 0, 0, "THEORA")]
    (source,) = center.open_live(channel, StreamKind.SUB).sources
    assert (source.codec, source.width, source.height) == (None, None, None)
    camera.streams = [Stream("a", 4000, 3000, "JPEG"), Stream("b", 1280, 720, "H265"), Stream("c", 1280, 720)]
    center.log_out()
    center.log_in("", "")
    (source,) = center.open_live(channel, StreamKind.MAIN).sources
    assert (source.codec, "/c?" in source.url) == (Codec.H264, True), "JPEG only where there is nothing else"


def test_a_picture_is_never_paid_for_with_a_password_in_the_clear(center, channel, camera):
    assert center.picture(channel).startswith(b"\xff\xd8")
    camera.snapshot_uri = "http://192.168.1.64/basic.jpg"
    center.log_out()
    center.log_in("", "")
    with pytest.raises(NotAble):
        center.picture(channel)
    assert not any("Authorization: Basic" in headers for headers in camera.headers)


# --- hanging ---


def test_a_camera_that_hangs_holds_up_no_other_and_close_ends_its_calls(stand, camera, monkeypatch):
    monkeypatch.setattr(device_module, "ANSWER_S", 1.0)
    with OnvifDouble() as other:
        stand.add(camera_of(camera, "挂起"), camera_of(other, "正常"))
        center = stand.center()
        center.log_in("", "")
        ids = ids_of(center)
        failed: list[BaseException] = []

        def ask() -> None:
            try:
                center.open_live(ids["挂起"], StreamKind.MAIN)
            except Exception as err:
                failed.append(err)

        with camera.misbehaving("hang"):
            threads = [threading.Thread(target=ask) for _ in range(12)]
            for thread in threads:
                thread.start()
            wait_for(lambda: camera.operations(), "nothing was asked")
            began = time.monotonic()
            assert center.open_live(ids["正常"], StreamKind.MAIN).sources
            assert center.ptz(ids["正常"]).abilities
            assert time.monotonic() - began < 4.0
            for thread in threads:
                thread.join(LIMIT_S)
            assert [type(err) for err in failed] == [CameraOffline] * 12
            began = time.monotonic()
            ask()  # known to be away: nobody waits a second time
            assert time.monotonic() - began < 1.0
            asked = len(camera.operations())
            ask()
            assert len(camera.operations()) == asked
            breaking = threading.Thread(
                target=lambda: failed.append(_error(lambda: center._site.errands.run(_long(), 60)))
            )
            breaking.start()
            wait_for(lambda: _started, "the long call did not begin")
            began = time.monotonic()
            center.close()
            breaking.join(LIMIT_S)
            assert time.monotonic() - began < 2.0
            assert isinstance(failed[-1], ServerFailed)
    with pytest.raises(ServerFailed):
        center.children(None)


_started: list[bool] = []


async def _long() -> None:
    import asyncio

    _started.append(True)
    await asyncio.sleep(60)


def _error(ask) -> BaseException:
    try:
        ask()
    except Exception as err:
        return err
    return AssertionError("it did not fail")


def test_a_camera_that_is_back_is_asked_again_soon(center, channel, camera, monkeypatch):
    with camera.misbehaving("503"), pytest.raises(CameraOffline):
        center.open_live(channel, StreamKind.MAIN)
    with pytest.raises(CameraOffline):
        center.open_live(channel, StreamKind.MAIN)
    now = time.monotonic()
    monkeypatch.setattr(device_module.time, "monotonic", lambda: now + device_module.AWAY_S + 1)
    assert center.open_live(channel, StreamKind.MAIN).sources


def test_nothing_works_before_the_log_in_and_a_lease_ends(stand, camera):
    stand.add(camera_of(camera))
    now = [100.0]
    center = stand.center()
    center._clock = lambda: now[0]
    with pytest.raises(SignInNeeded):
        center.children(None)
    center.log_in("", "")
    (channel,) = ids_of(center).values()
    lease = center.open_live(channel, StreamKind.MAIN)
    now[0] += lease.expires_in_s - 1
    assert center.renew_live(lease.id) == lease
    now[0] += lease.expires_in_s + 1
    with pytest.raises(NotFound):
        center.renew_live(lease.id)
    lease = center.open_live(channel, StreamKind.MAIN)
    kept = stand.sites._kept(KEY).cameras[0]
    stand.sites._edit(KEY, replace(kept, source="VS1", name="西门"), None)
    with pytest.raises(NotFound):
        center.renew_live(lease.id)
    assert center.channel(channel).name == "西门"
    center.close()


@pytest.mark.parametrize(("lapsed", "flaw"), [(False, TrustFlaw.AUTHORITY), (True, TrustFlaw.TIME)])
def test_a_certificate_nobody_vouches_for_is_named_and_trusted_on_wish_only(stand, tmp_path, lapsed, flaw):
    folder = tmp_path / "tls"
    folder.mkdir()
    made = make_certificates(folder, lapsed=lapsed)
    with OnvifDouble(certificate=(made.chain_file, made.key_file)) as double:
        new = camera_of(double)
        address = replace(new.address, is_https=True)
        trusting = replace(address, check_certificate=False)
        stand.add(replace(new, name="严", address=address, source="VS1"))
        stand.add(replace(new, name="宽", address=trusting))
        center = stand.center()
        center.log_in("", "")
        ids = ids_of(center)
        with pytest.raises(NotTrusted) as caught:
            center.open_live(ids["严"], StreamKind.MAIN)
        assert caught.value.flaw in (flaw, TrustFlaw.AUTHORITY)
        assert double.operations() == [], "nothing was sent"
        assert center.open_live(ids["宽"], StreamKind.MAIN).sources
        double.snapshot_uri = "http://192.168.1.64/basic.jpg"
        with pytest.raises(NotAble):  # who pretends to be the camera would get the password
            center.picture(ids["宽"])
        center.close()
