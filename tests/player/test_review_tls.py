"""Footage over HTTPS: a private authority is trusted when given and nobody else; who asks is told to nobody else."""

import itertools
import time
from base64 import b64encode

import pytest
from footage import T0_MS, file_of, read_moment_ms, steady, write
from footage_server import RangeServer
from msgspec.structs import replace

from wallclient.demo.certificates import make_certificates
from wallclient.domain.review import ClockMap, Sight
from wallclient.player.export_messages import End, Order, SourceOrder
from wallclient.player.export_process import ExportProcess
from wallclient.player.review_pool import ReviewPool

_epochs = itertools.count(9_000_000)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("footage") / "a.mp4", steady(4))


@pytest.fixture(scope="module")
def pool(qapp):
    pool = ReviewPool()
    yield pool
    pool.shut_down()


@pytest.fixture
def serve(path, tmp_path):
    """Run a TLS server with certificates made so, and return it and the file of its authority."""
    running = []

    def start(name, **options):
        folder = tmp_path / name
        folder.mkdir()
        certificates = make_certificates(folder, **options)
        server = RangeServer(path)
        server.encrypt(certificates)
        context = server.running()
        context.__enter__()
        running.append(context)
        return server, str(certificates.ca_file)

    yield start
    for context in running:
        context.__exit__(None, None, None)


def show(pool, qtbot, file):
    """Return what becomes of a track: (sight, moment on the strip)."""
    track = pool.open(320, 180)
    pool.set_files(track, [file])
    clock = ClockMap(next(_epochs), time.monotonic_ns(), (T0_MS + 2000) * 1000, 0.0)
    pool.follow(track, clock)
    qtbot.waitUntil(lambda: track.settled(clock.epoch), timeout=20_000)
    shown = track.sight, read_moment_ms(track.picture())
    pool.close(track)
    return shown


def told(path, url, ca_file, user="", password=""):
    return replace(file_of(path, steady(4), url=url), ca_file=ca_file, user=user, password=password)


def test_footage_of_a_center_with_a_private_authority_is_shown_and_credentials_reach_it(pool, serve, path, qtbot):
    server, ca_file = serve("good")
    assert show(pool, qtbot, told(path, server.url, ca_file)) == (Sight.SHOWING, T0_MS + 2000)
    server.wanted = f"Basic {b64encode(b'viewer:pa:ss/wo@rd').decode()}"
    assert show(pool, qtbot, told(path, server.url, ca_file))[0] is Sight.FAILED
    file = told(path, server.url, ca_file, "viewer", "pa:ss/wo@rd")
    assert show(pool, qtbot, file) == (Sight.SHOWING, T0_MS + 2000)


def test_nobody_else_is_trusted_with_footage(pool, serve, path, qtbot):
    server, _ = serve("good")
    cases = [("", server), (serve("another")[1], server)]
    for name, options in (
        ("host", {"hosts": ["192.0.2.1"]}),
        ("name", {"hosts": ["center.example"]}),
        ("time", {"lapsed": True}),
    ):
        other, ca_file = serve(name, **options)
        cases.append((ca_file, other))
    for ca_file, asked in cases:
        assert show(pool, qtbot, told(path, asked.url, ca_file, "viewer", "secret"))[0] is Sight.FAILED
        assert asked.requests == 0
        assert asked.told == set()


def test_exports_trust_the_private_authority_and_nobody_else(serve, path, tmp_path):
    server, ca_file = serve("good")
    server.wanted = f"Basic {b64encode(b'viewer:secret').decode()}"
    sources = [SourceOrder(server.url, "mp4", T0_MS, T0_MS + 4000, "viewer", "secret")]

    def export(name, authority):
        order = Order(str(tmp_path / name), T0_MS, T0_MS + 4000, sources, ca_file=authority)
        return ExportProcess(order).run(lambda _news: None)

    assert export("refused", "").end is End.NETWORK
    assert server.requests == 0
    assert export("trusted", ca_file).end is End.DONE
