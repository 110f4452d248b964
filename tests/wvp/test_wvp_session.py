"""The log-in at a WVP, renewal by logging in again, and all that may come instead of an answer."""

import logging
import threading
import time

import pytest
from wvp_double import WvpError, md5

from wallclient.api.center import Center
from wallclient.api.wvp.center import WvpCenter
from wallclient.api.wvp.line import token_life_s
from wallclient.domain.errors import BadAddress, BadPayload, NotFound, NotPermitted, ServerFailed, SignInNeeded


def test_it_is_a_center(center):
    assert isinstance(center, Center)


def test_a_log_in_sends_the_md5_and_names_the_user(wvp):
    center = WvpCenter(wvp.base_url)
    assert center.log_in("admin", wvp.password).user == "admin"
    _, query = wvp.asked[-1]
    assert query == {"username": "admin", "password": md5(wvp.password)}
    center.close()


@pytest.mark.parametrize(("user", "password"), [("admin", "wrong"), ("nobody", "admin-密码")])
def test_a_wrong_password_is_told_though_the_status_is_200(wvp, user, password):
    center = WvpCenter(wvp.base_url)
    with pytest.raises(SignInNeeded):
        center.log_in(user, password)
    assert center.refresh_token is None
    with pytest.raises(SignInNeeded):
        center.children(None)
    center.close()


def test_a_server_in_trouble_is_not_a_wrong_password(wvp):
    wvp.login_broken = WvpError(500, None, 500)
    center = WvpCenter(wvp.base_url)
    with pytest.raises(ServerFailed):
        center.log_in("admin", wvp.password)
    center.close()


def test_a_kept_secret_signs_in_again_and_a_broken_one_does_not(wvp, center):
    secret = center.refresh_token
    assert wvp.password not in secret
    later = WvpCenter(wvp.base_url)
    assert later.resume(secret).user == "admin"
    assert later.children(None).nodes
    wvp.password = "changed"
    with pytest.raises(SignInNeeded):
        later.resume(secret)
    for broken in ("", "nonsense", '["admin"]', "{}"):
        with pytest.raises(SignInNeeded):
            later.resume(broken)
    later.close()


def test_a_token_is_renewed_before_it_lapses(wvp):
    wvp.token_life_s = 1.5
    center = WvpCenter(wvp.base_url)
    center.log_in("admin", wvp.password)
    until = time.monotonic() + 20
    while wvp.logins < 3 and time.monotonic() < until:
        assert center.children(None).nodes
    assert wvp.logins >= 3
    center.close()


def test_a_token_that_dies_with_the_servers_key_is_replaced_by_one_log_in(wvp, center):
    wvp.tokens.clear()
    failed = []

    def ask():
        try:
            center.children(None)
        except Exception as err:
            failed.append(err)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == []
    assert wvp.logins == 2


def test_a_changed_password_ends_the_session(wvp, center):
    wvp.password = "changed"
    wvp.tokens.clear()
    with pytest.raises(SignInNeeded):
        center.children(None)
    assert center.refresh_token is None


def test_health_needs_no_log_in_and_refuses_what_is_no_wvp(wvp):
    center = WvpCenter(wvp.base_url)
    assert center.health().name == "WVP-GB28181-pro"
    wvp.html = True
    with pytest.raises(BadPayload):
        center.health()
    center.close()


def test_html_and_redirects_are_no_answers(wvp, center):
    wvp.html = True
    with pytest.raises(BadPayload):
        center.children(None)
    wvp.html, wvp.redirect = False, True
    with pytest.raises(BadPayload):
        center.children(None)


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (WvpError(100, "失败"), ServerFailed),
        (WvpError(100, "通道不存在"), NotFound),
        (WvpError(403, "无权限操作"), NotPermitted),
        (WvpError(404, "资源未找到", 404), NotFound),
        (WvpError(500, None, 500), ServerFailed),
        (WvpError(400, "参数或方法错误", 400), BadPayload),
    ],
)
def test_an_error_inside_a_reply_is_an_error(wvp, center, refusal, expected):
    wvp.fails["/group/tree/list"] = refusal
    with pytest.raises(expected):
        center.children(None)


def test_no_log_shows_the_password_or_its_md5(wvp, caplog):
    caplog.set_level(logging.DEBUG)
    center = WvpCenter(wvp.base_url)
    center.log_in("admin", wvp.password)
    center.children(None)
    assert "group/tree/list" in caplog.text  # other calls are in the debug log
    assert md5(wvp.password) not in caplog.text
    assert wvp.password not in caplog.text
    wvp.login_broken = WvpError(500, None, 500)
    with pytest.raises(ServerFailed) as failed:
        center.log_in("admin", wvp.password)
    assert md5(wvp.password) not in str(failed.value)
    assert md5(wvp.password) not in repr(center)
    center.close()


def test_close_wakes_a_call_that_hangs(wvp, center):
    wvp.hang["/group/tree"] = threading.Event()
    failed = []

    def ask():
        try:
            center.children(None)
        except ServerFailed as err:
            failed.append(err)

    thread = threading.Thread(target=ask)
    before = len(wvp.asked)
    thread.start()
    while len(wvp.asked) == before:
        pass
    began = time.monotonic()
    center.close()
    thread.join(10)
    assert len(failed) == 1
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://host", "http://", "http://a b"])
def test_other_addresses_are_refused(address):
    with pytest.raises(BadAddress):
        WvpCenter(address)


def test_a_password_in_the_address_is_shown_nowhere(wvp, caplog):
    caplog.set_level(logging.DEBUG)
    center = WvpCenter(wvp.base_url.replace("://", "://user:top-secret@"))
    center.log_in("admin", wvp.password)
    center.children(None)
    wvp.html = True
    with pytest.raises(BadPayload) as failed:
        center.children(None)
    for text in (center.base_url, repr(center), str(failed.value), caplog.text):
        assert "top-secret" not in text
    center.close()


@pytest.mark.parametrize("token", ["", "a.b.c", "no dots", "a.e30.c"])
def test_a_token_that_tells_nothing_lives_half_an_hour(token):
    assert token_life_s(token) == 1800.0
