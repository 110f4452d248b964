"""The native adapter against centers that misbehave: it raises our own errors, in time, and says nothing secret."""

import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

from wallclient.api import wire
from wallclient.api.native import NativeCenter
from wallclient.domain.errors import (
    BadPayload,
    CenterError,
    NotFound,
    NotPermitted,
    Refused,
    ServerFailed,
    SignInNeeded,
    TooManyRequests,
)
from wallclient.domain.event import LineState

SESSION = {
    "access_token": "token-of-access",
    "refresh_token": "token-of-refresh",
    "expires_in_s": 300,
    "refresh_expires_in_s": 3000,
    "operator": {"user": "op", "name": "Op"},
    "capabilities": ["tree", "live", "events"],
}


def http(status, body, content_type="application/json", more=""):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body


class BadCenter:
    """Answers log-ins well and everything else with the given bytes; None means never."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []
        self._held = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while True:
            connection, _ = self._listener.accept()
            request = b""
            while b"\r\n\r\n" not in request:
                piece = connection.recv(65536)
                if not piece:
                    break
                request += piece
            if request.startswith(b"QUIT"):
                connection.close()
                return
            self._answer(connection, request)

    def _answer(self, connection, request):
        line = request.split(b"\r\n")[0].decode()
        self.asked.append(line)
        if line.startswith("POST /api/v1/session "):
            head, _, body = request.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(65536)
            connection.sendall(http(200, json.dumps(SESSION).encode()))
        elif self.answer is None:
            self._held.append(connection)
            return
        else:
            connection.sendall(self.answer)
            connection.shutdown(socket.SHUT_WR)
        connection.close()

    def close(self):
        with socket.create_connection(self._listener.getsockname()) as last:
            last.sendall(b"QUIT\r\n\r\n")
            self._thread.join(20)
        for held in self._held:
            held.close()
        self._listener.close()


@pytest.fixture
def bad_center():
    made = []

    def make(answer):
        bad = BadCenter(answer)
        center = NativeCenter(bad.url)
        center.log_in("op", "pass-word")
        made.append((bad, center))
        return bad, center

    yield make
    for bad, center in made:
        center.close()
        bad.close()


HTML = b"<html><body>Please log in</body></html>"
PROBLEM = b'{"type":"urn:center-api:problem:x","title":"t","status":400}'


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(200, HTML, "text/html"), BadPayload),
        (http(200, b""), BadPayload),
        (http(200, b"null"), BadPayload),
        (http(200, b"[" * 200_000), BadPayload),
        (http(200, b'{"id":"n"}'), BadPayload),
        (http(200, b'{"id":"\xff\xfe"}'), BadPayload),
        (http(302, b"", more="Location: http://127.0.0.1:1/login\r\n"), BadPayload),
        (http(400, PROBLEM), Refused),
        (http(400, HTML, "text/html"), BadPayload),
        (http(418, HTML, "text/html"), BadPayload),
        (http(403, HTML, "text/html"), NotPermitted),
        (http(404, b""), NotFound),
        (http(410, b""), NotFound),
        (http(429, b""), TooManyRequests),
        (http(500, HTML, "text/html"), ServerFailed),
        (http(503, b"{"), ServerFailed),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"id":', ServerFailed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ServerFailed),
        (http(200, b"\x1f\x8bnot gzip", more="Content-Encoding: gzip\r\n"), ServerFailed),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ServerFailed),
        (b"\x00" * 100, ServerFailed),
        (b"", ServerFailed),
    ],
)
def test_answers_that_are_none(bad_center, answer, error):
    _, center = bad_center(answer)
    with pytest.raises(error) as caught:
        center.node("city")
    assert type(caught.value) is error
    for secret in ("token-of", "pass-word"):
        assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_401_that_stays(bad_center):
    bad, center = bad_center(http(401, b""))
    with pytest.raises(SignInNeeded):
        center.node("city")
    assert [line.split()[1] for line in bad.asked[1:]] == ["/api/v1/nodes/city", "/api/v1/session/renewal"]


def test_only_reading_is_repeated(bad_center):
    bad, center = bad_center(http(503, b"{}"))
    with pytest.raises(ServerFailed):
        center.node("city")
    assert len(bad.asked) == 1 + 3
    with pytest.raises(ServerFailed):
        center.renew_live("lease")
    assert len(bad.asked) == 1 + 3 + 1


def test_a_center_that_hangs_is_given_up(bad_center, monkeypatch):
    monkeypatch.setattr(wire, "READ_S", 0.3)
    bad, center = bad_center(None)
    with pytest.raises(ServerFailed):
        center.node("city")
    assert len(bad.asked) == 2  # not asked again: the operator is waiting


def test_an_endless_reply_is_given_up(bad_center, monkeypatch):
    monkeypatch.setattr(wire, "LARGEST_REPLY_BYTES", 100_000)
    _, center = bad_center(http(200, b" " * 300_000))
    with pytest.raises(BadPayload):
        center.node("city")


def test_close_breaks_off_a_hanging_call(bad_center):
    bad, center = bad_center(None)
    caught = []

    def ask():
        try:
            center.node("city")
        except CenterError as err:
            caught.append(err)

    thread = threading.Thread(target=ask)
    thread.start()
    until = time.monotonic() + 20
    while len(bad.asked) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    started = time.perf_counter()
    center.close()
    thread.join(20)
    assert time.perf_counter() - started < 2.0
    assert type(caught[0]) is ServerFailed


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return a self-signed certificate for 127.0.0.1 and its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, so there is no certificate to test with")
    path = tmp_path_factory.mktemp("tls") / "center.pem"
    order = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=center -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *order.split(), "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_name("center.pem.crt").read_bytes())
    return path


@pytest.fixture
def tls_center(certificate):
    """Return the address of a center behind TLS that takes a call and never answers, and the calls it took."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    taken = []

    def serve():
        with (
            contextlib.suppress(OSError),  # a client that does not trust us, or the end
            context.wrap_socket(listener.accept()[0], server_side=True) as connection,
        ):
            taken.append(connection.recv(65536))
            connection.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}", taken
    listener.close()
    thread.join(20)


def test_a_certificate_nobody_vouches_for_is_refused(tls_center):
    url, taken = tls_center
    center = NativeCenter(url)
    with pytest.raises(ServerFailed, match="SSL"):
        center.health()
    center.close()
    assert not taken


def test_close_breaks_off_a_hanging_call_over_tls(tls_center, certificate):
    url, taken = tls_center
    center = NativeCenter(url, certificate.with_name("center.pem.crt"))
    caught = []

    def ask():
        try:
            center.health()
        except CenterError as err:
            caught.append(err)

    thread = threading.Thread(target=ask)
    thread.start()
    until = time.monotonic() + 20
    while not taken and time.monotonic() < until:
        time.sleep(0.01)
    assert taken
    started = time.perf_counter()
    center.close()
    thread.join(20)
    assert time.perf_counter() - started < 2.0
    assert type(caught[0]) is ServerFailed


@pytest.mark.parametrize(
    "answer",
    [
        http(200, HTML, "text/html"),
        http(200, b"data: \xff\n\n", "text/event-stream"),
        http(200, b"event: channel-status\ndata: {\n\n", "text/event-stream"),
        http(200, b"x" * 1_000_000, "text/event-stream"),
        http(500, b""),
        b"",
    ],
)
def test_events_from_a_bad_center_only_mean_a_lost_line(bad_center, answer):
    _, center = bad_center(answer)
    stream = center.events()
    for event in stream:
        assert isinstance(event, LineState)
        if not event.up:
            break
    stream.close()


def test_nobody_listening():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    center = NativeCenter(f"http://127.0.0.1:{port}")
    with pytest.raises(ServerFailed, match=r"refused|NewConnection"):
        center.health()
    center.close()
