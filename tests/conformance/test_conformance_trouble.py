"""Centers in trouble, and many callers at once: errors of ours in their kinds, in time, and nobody else is held up."""

import contextlib
import threading
import time

import pytest
from asking import LIMIT_S, needs, until
from meddler import HOLD, http

from wallclient.domain.errors import BadPayload, CenterError, ServerFailed, SignInNeeded, WallError
from wallclient.domain.stream import StreamKind

HTML = "<html><body>请登录 Please log in</body></html>".encode()


def _ask_everything(center, camera):
    yield lambda: center.children(None)
    yield lambda: center.node(camera)
    yield lambda: center.open_live(camera, StreamKind.SUB)
    if center.capabilities.ptz:
        yield lambda: center.presets(camera)
    if center.capabilities.recordings:
        yield lambda: center.segments([camera], 0, 86_400_000)


ANSWERS = {
    "html": (http(200, HTML, "text/html"), (BadPayload,)),
    "empty": (http(200, b""), (BadPayload,)),
    "nested": (http(200, b"[" * 100_000), (BadPayload,)),
    "foreign": (http(200, b'{"unheard":"of"}'), (BadPayload,)),
    "redirect": (http(302, b"", "text/html", "Location: /login.html\r\n"), (BadPayload, SignInNeeded)),
    "500": (http(500, HTML, "text/html"), (ServerFailed,)),
    "502": (http(502, b"", "text/html"), (ServerFailed,)),
    "no http": (b"\x00\x01SSH-2.0\r\n", (ServerFailed,)),
    "cut off": (
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"a":',
        (ServerFailed,),
    ),
}


def test_answers_that_are_none_are_told_apart(stand, meddled):
    meddler, _ = meddled
    for name, (answer, kinds) in ANSWERS.items():
        with stand.signed_in(meddler.url) as center:  # a new one, that remembers nothing
            asked = list(_ask_everything(center, stand.camera))
            if ServerFailed in kinds:
                asked = asked[-1:]  # what a server in trouble is asked may be asked again and again
            with meddler.answering(answer):
                for ask in asked:
                    with pytest.raises(CenterError) as caught:
                        ask()
                    assert isinstance(caught.value, kinds), f"{name}: {caught.value!r}"
                    assert not any(secret in str(caught.value) for secret in stand.secrets)
            assert center.children(None).nodes, f"{name}: the session survives what only its line went through"


def test_an_error_inside_an_answer_that_says_ok_is_one(stand, meddled):
    needs(stand.error_inside, "this kind knows no errors inside good answers")
    meddler, center = meddled
    with meddler.answering(http(200, stand.error_inside)), pytest.raises(CenterError):
        center.children(None)


def test_close_breaks_off_what_hangs_within_a_second(stand, meddled):
    meddler, center = meddled
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            center.children(None)
        except WallError as err:
            failed.append(err)

    with meddler.answering(HOLD):
        before = len(meddler.asked)
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        until(lambda: len(meddler.asked) > before, "nothing was asked")
        began = time.monotonic()
        center.close()
        closed_s = time.monotonic() - began
        for thread in threads:
            thread.join(LIMIT_S)
        ended_s = time.monotonic() - began
    assert [type(err) for err in failed] == [ServerFailed] * 3
    assert closed_s < 1.0, "close waits for nobody"
    assert ended_s < 2.0
    with pytest.raises(ServerFailed):
        center.children(None)


def test_one_center_that_hangs_holds_up_no_other(stand, meddled):
    meddler, center = meddled
    with stand.signed_in() as other, meddler.answering(HOLD):
        thread = threading.Thread(target=lambda: _quietly(lambda: center.children(None)))
        before = len(meddler.asked)
        thread.start()
        until(lambda: len(meddler.asked) > before, "nothing was asked")
        began = time.monotonic()
        assert other.children(None).nodes
        assert other.open_live(stand.camera, StreamKind.SUB).sources
        assert time.monotonic() - began < 5.0
        assert thread.is_alive(), "it was no hanging call"
        center.close()
        thread.join(LIMIT_S)


def _quietly(ask) -> None:
    with contextlib.suppress(WallError):
        ask()


def test_a_closed_center_refuses_everything(stand):
    center = stand.sign_in()
    center.close()
    center.close()
    for ask in _ask_everything(center, stand.camera):
        with pytest.raises(CenterError):
            ask()
    center.log_out()  # never raises


def test_log_out_never_raises_whatever_the_line_is_like(stand, meddled):
    meddler, center = meddled
    with meddler.answering(http(500, HTML, "text/html")):
        center.log_out()
    assert center.refresh_token is None


def test_eight_threads_ask_at_once(stand, center):
    truth = [node.id for node in center.children(None).nodes]
    failed: list[BaseException] = []
    leases: list[str] = []

    def ask(number: int) -> None:
        try:
            for _ in range(4):
                assert [node.id for node in center.children(None).nodes] == truth
                assert center.channel(stand.camera).id == stand.camera
                lease = center.open_live(stand.camera, StreamKind.SUB)
                center.renew_live(lease.id)
                leases.append(lease.id)
                center.close_live(lease.id)
                if number == 0 and stand.expire_token:
                    stand.expire_token()
        except BaseException as err:
            failed.append(err)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    assert failed == []
    assert len(set(leases)) == 32
