"""The native adapter and TLS: a private authority is trusted when given, nobody else is, and http is never tried."""

import contextlib
import socket
import ssl
import threading

import pytest

from wallclient.api.native import NativeCenter
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.certificates import make_certificates
from wallclient.demo.process import DemoProcess
from wallclient.domain.errors import BadPayload, NotTrusted, ServerFailed, TrustFlaw
from wallclient.domain.event import LineState
from wallclient.domain.ptz import Steering, Velocity


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tls")


@pytest.fixture
def make_center():
    with contextlib.ExitStack() as stack:

        def make(url, ca_file=None):
            return stack.enter_context(contextlib.closing(NativeCenter(url, ca_file)))

        yield make


def test_everything_works_with_the_private_authority(folder, make_center):
    certificates = make_certificates(folder)
    assert certificates.key_file.stat().st_mode & 0o077 == 0
    with EmbeddedCenter(500, certificates=certificates) as embedded:
        assert embedded.base_url.startswith("https://")
        center = make_center(embedded.base_url, certificates.ca_file)
        center.log_in(embedded.user, embedded.password)
        assert sum(len(page.nodes) for page in center.snapshot()) > 500
        stream = center.events()
        assert next(iter(stream)) == LineState(True)
        stream.close()
        center.warm_up()
        assert center.steer("c3", Steering("a-hand-of-a-test", 1, Velocity(pan=0.1)), 5.0).is_moving
        assert not center.steer("c3", Steering("a-hand-of-a-test", 2), 5.0).is_moving
        center.close()  # a center that stops does not wait for clients to end their TLS


def refused(center, flaw=TrustFlaw.AUTHORITY):
    with pytest.raises(NotTrusted) as caught:
        center.log_in("operator", "pass-word")
    assert caught.value.flaw is flaw
    assert "pass-word" not in repr(caught.value)
    with pytest.raises(NotTrusted):
        center.health()


def test_nobody_else_is_trusted(folder, make_center, tmp_path):
    with EmbeddedCenter(16, certificates=make_certificates(folder)) as embedded:
        refused(make_center(embedded.base_url))
        refused(make_center(embedded.base_url, make_certificates(tmp_path).ca_file))
        assert embedded._state.requests == 0


@pytest.mark.parametrize("content", [None, b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_of_certificates_that_is_none(folder, make_center, tmp_path, content):
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_bytes(content)
    with EmbeddedCenter(16, certificates=make_certificates(folder)) as embedded:
        refused(make_center(embedded.base_url, ca_file), TrustFlaw.CA_FILE)


def test_a_certificate_of_another_host_or_another_time(make_center, tmp_path):
    cases = (
        ("address", {"hosts": ["192.0.2.1"]}, TrustFlaw.HOST),
        ("name", {"hosts": ["center.example"]}, TrustFlaw.HOST),
        ("time", {"lapsed": True}, TrustFlaw.TIME),
    )
    for name, options, flaw in cases:
        (tmp_path / name).mkdir()
        certificates = make_certificates(tmp_path / name, **options)
        with EmbeddedCenter(16, certificates=certificates) as embedded:
            refused(make_center(embedded.base_url, certificates.ca_file), flaw)


def test_https_never_becomes_http(make_center):
    with EmbeddedCenter(16) as embedded:
        center = make_center(embedded.base_url.replace("http:", "https:"))
        with pytest.raises(ServerFailed):
            center.log_in(embedded.user, embedded.password)
        assert embedded._state.requests == 0


def test_no_redirect_is_followed_to_http(folder, make_center):
    """A center that answers https with a redirect to plain http gets neither password nor token there."""
    certificates = make_certificates(folder)
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as plain, socket.create_server(("127.0.0.1", 0)) as secure:
        address = f"http://127.0.0.1:{plain.getsockname()[1]}/"
        thread = threading.Thread(target=redirect, args=(secure, certificates, address, asked))
        thread.start()
        center = make_center(f"https://127.0.0.1:{secure.getsockname()[1]}", certificates.ca_file)
        with pytest.raises(BadPayload):
            center.log_in("operator", "pass-word")
        thread.join(20)
        plain.setblocking(False)
        with pytest.raises(BlockingIOError):
            plain.accept()  # nobody called
    assert asked


def redirect(listener, certificates, address, asked):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain_file, certificates.key_file)
    with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
        request = b""
        while not request.endswith(b"}"):  # closing with something unread would be a reset
            request += connection.recv(65536)
        asked.append(request)
        answer = f"HTTP/1.1 307 X\r\nLocation: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        connection.sendall(answer.encode())


def test_the_demo_process_serves_https(make_center, tmp_path):
    with DemoProcess(16, media=False, tls_dir=tmp_path) as demo:
        center = make_center(demo.base_url, demo.ca_file)
        center.log_in(demo.user, demo.password)
        assert center.node("city").channels_total == 16
        refused(make_center(demo.base_url))
