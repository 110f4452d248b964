"""A ZoneMinder that is away, in the way, or not itself: every trouble has its own error, and none shows a secret."""

import logging
import threading
import time

import pytest
import requests

from wallclient.api.zoneminder.center import ZoneMinderCenter
from wallclient.domain.errors import (
    BadAddress,
    BadPayload,
    CenterError,
    NotFound,
    NotPermitted,
    ServerFailed,
    SignInNeeded,
)
from wallclient.domain.ptz import Steering, Velocity
from wallclient.domain.stream import StreamKind

LIMIT_S = 20.0


@pytest.mark.parametrize("url", ["file:///etc/passwd", "rtsp://zm/", "http://", "http://zm/ --sout", "zm"])
def test_other_addresses_are_refused(url):
    with pytest.raises(BadAddress):
        ZoneMinderCenter(url)


def test_a_refresh_token_renews_and_a_password_where_it_is_refused(zm, place):
    zm.token_life_s = 0.4
    center = place.client()
    time.sleep(0.5)  # the token's life: what is waited for is the clock
    assert center.channel("m1").id == "m1"
    assert zm.logins == ["password", "refresh"]
    zm.revoke()
    assert center.channel("m2").id == "m2"
    assert zm.logins[-2:] == ["refresh", "password"]
    zm.users[zm.user].password = "changed meanwhile"
    zm.revoke()
    with pytest.raises(SignInNeeded):
        center.children(None)
    center.close()


def test_a_missing_right_is_no_reason_to_log_in_again(zm, place):
    zm.users[zm.user].rights = frozenset({"Groups"})
    center = place.client()
    assert not center.capabilities.recordings
    assert not center.capabilities.alarms
    with pytest.raises(NotPermitted) as refused:
        center.segments(["m1"], 0, 1000)
    assert refused.value.right == "playback"
    with pytest.raises(NotPermitted):
        center.steer("m1", Steering("hand-0001", 1, Velocity(pan=1.0)), 5.0)
    assert center.channel("m1").rights & 2 == 0
    assert zm.logins == ["password"]
    center.close()


def test_a_user_without_the_api_is_told_so(zm, place):
    zm.users[zm.user].api = False
    with pytest.raises(NotPermitted) as refused:
        place.client()
    assert refused.value.reason == "api-disabled"


def test_a_server_that_wants_no_log_in_is_taken_as_it_is(zm):
    zm.auth = False
    center = ZoneMinderCenter(zm.base_url)
    with pytest.raises(SignInNeeded):  # it wants a name, whatever it is
        center.log_in("", "")
    center.log_in("anybody", "")
    assert len(center.children(None).nodes) == 2
    assert center.picture("m1")
    assert not any("token=" in asked for asked in zm.asked)
    assert "token" not in center.open_live("m3", StreamKind.SUB).sources[0].url
    assert zm.logins == []
    center.close()


def test_numbers_as_text_are_numbers(zm, place):
    zm.text_numbers = True
    center = place.client()
    assert {one.id for one in center.channels_below("g1").channels} == {"m1", "m2", "m4"}
    assert center.ptz("m1").abilities
    assert len(center.segments(["m1"], round(time.time() * 1000) - 600_000, round(time.time() * 1000))["m1"]) == 7
    center.close()


def test_a_page_instead_of_a_document(zm, center):
    zm.html = True
    for call in (lambda: center.children(None), lambda: center.channel("m1"), lambda: center.picture("m1")):
        with pytest.raises(BadPayload):
            call()
    with pytest.raises(BadPayload):
        ZoneMinderCenter(zm.base_url).health()


def test_a_redirection_to_a_portal_is_not_followed(zm, center):
    zm.redirect = True
    count = len(zm.asked)
    with pytest.raises(SignInNeeded):
        center.children(None)
    assert not any("/portal" in asked for asked in zm.asked[count:])


def test_something_that_is_no_zoneminder_is_told_apart(zm):
    zm.root = "/elsewhere"
    with pytest.raises(BadPayload):
        ZoneMinderCenter(zm.origin).health()
    with pytest.raises(BadPayload):
        ZoneMinderCenter(zm.origin + "/zm").log_in(zm.user, zm.password)
    zm.fails["getVersion"] = 401  # of something before it, which asks for a password of its own
    with pytest.raises(BadPayload):
        ZoneMinderCenter(zm.base_url).health()


def test_it_is_found_in_another_place(zm):
    zm.root = "/cameras/zm"
    center = ZoneMinderCenter(zm.origin + "/cameras")
    center.log_in(zm.user, zm.password)
    assert center.channel("m1").id == "m1"
    center.close()


@pytest.mark.parametrize(("status", "error"), [(500, ServerFailed), (404, NotFound), (429, CenterError)])
def test_errors_of_what_stands_before_it(zm, center, status, error):
    zm.fails["/monitors"] = status
    with pytest.raises(error):
        center.children(None)


def test_one_broken_monitor_does_not_hide_the_others(zm, center):
    zm.monitors[1].extra = {"Name": ["no", "text"]}
    zm.monitors[2].extra = {"Width": "wide", "Height": -1, "Latitude": "91.5", "Longitude": "1", "Sequence": None}
    assert {one.id for one in center.channels_below("g1").channels} == {"m2", "m4"}
    assert center.channel("m2").latitude is None
    with pytest.raises(BadPayload):
        center.channel("m1")


def test_a_call_that_hangs_is_broken_off_and_blocks_no_other(zm, place, center):
    other = place.client()
    zm.hang["/monitors.json"] = threading.Event()
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            center.children(None)
        except CenterError as err:
            ended.append(err)

    asking = threading.Thread(target=ask)
    asking.start()
    limit = time.monotonic() + LIMIT_S
    while not zm.count("/monitors.json") and time.monotonic() < limit:
        time.sleep(0.01)
    began = time.monotonic()
    assert other.picture("m1") if other.ptz("m1") else None  # asks for single monitors only
    assert time.monotonic() - began < 5.0
    center.close()
    asking.join(5.0)
    assert isinstance(ended[0], ServerFailed)
    with pytest.raises(ServerFailed):
        center.channel("m1")
    other.close()


def test_no_secret_is_ever_logged_or_told(zm, place, caplog):
    caplog.set_level(logging.DEBUG)
    center = place.client()
    told: list[object] = [center, center.open_live("m1", StreamKind.MAIN), center.ptz("m1"), center.children(None)]
    center.picture("m1")
    end = round(time.time() * 1000)
    told.append(center.open_playback("m1", end - 60_000, end))
    zm.fails["/controls"] = 503
    zm.fails["/cgi-bin"] = 503
    for call in (lambda: center.picture("m2"), lambda: center.ptz("m2")):
        with pytest.raises(CenterError) as failed:
            call()
        told += [failed.value, *failed.value.args]
    tokens = {asked.split("token=")[1].split("&")[0] for asked in zm.asked if "token=" in asked}
    center.close()
    assert tokens
    everything = caplog.text + "".join(f"{one!r} {one}" for one in told)
    for secret in (zm.password, requests.utils.quote(zm.password), "geheim@1", "geheim%401", *tokens):
        assert secret not in everything
    assert "urllib3" in caplog.text  # it was listened to
