"""Addresses a center gives: only streams are opened, and no password stays in a URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.domain.address import CENTER_SCHEMES, checked_address
from wallclient.domain.errors import BadAddress
from wallclient.domain.stream import Credentials


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://10.0.0.1:554/live/1?profile=sub",
        "rtsps://cam.example/1",
        "http://[::1]:8080/a.flv",
        "https://例子.example/a",
    ],
)
def test_streams_pass_unchanged(url):
    assert checked_address(url) == (url, None)


def test_user_information_moves_out_of_the_url():
    url, credentials = checked_address("RTSP://op%40hq:p%3Aa:ss@10.0.0.1:554/x#title")
    assert url == "rtsp://10.0.0.1:554/x"
    assert credentials == Credentials("op@hq", "p:a:ss")
    assert "ss" not in repr(credentials)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "screen://",
        "v4l2:///dev/video0",
        "rtsp:///no-host",
        "//10.0.0.1/x",
        "10.0.0.1/x",
        "rtsp://10.0.0.1/x :sout=#file{dst=/tmp/x}",
        "rtsp://10.0.0.1/x\n:option",
        "rtsp://10.0.0.1/x\u3000y",
        "rtsp://10.0.0.1/\x00",
        "rtsp://10.0.0.1/\u202egpj",
        "rtsp://10.0.0.1:99999/x",
        "rtsp://10.0.0.1:0/x",
        "rtsp://10.0.0.1:port/x",
        "rtsp://[::1/x",
        "http:\\\\10.0.0.1\\x",
        "rtsp://10.0.0.1/" + "x" * 5000,
    ],
)
def test_what_is_no_stream_is_refused(url):
    with pytest.raises(BadAddress):
        checked_address(url)


def test_a_refusal_does_not_quote_the_password():
    for url in ("rtsp://op:hunter2@[::1/x", "ftp://op:hunter2@h/x", "rtsp://op:hunter2@h:x/", "rtsp://op:hunter2@/ "):
        with pytest.raises(BadAddress) as caught:
            checked_address(url)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_center_is_http_only():
    with pytest.raises(BadAddress):
        checked_address("rtsp://10.0.0.1/", CENTER_SCHEMES)


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused(text):
    try:
        url, _ = checked_address("rtsp://" + text)
    except BadAddress:
        return
    assert "@" not in url.partition("://")[2].partition("/")[0]
    assert checked_address(url).credentials is None
