"""The supervisor with real host processes: they die, freeze, are retired and are put away."""

import contextlib
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading

import psutil
import pytest

from wallclient.domain.pane import PaneReason
from wallclient.domain.stream import Credentials, Protocol, Source
from wallclient.player import host_pool
from wallclient.player.host_pool import HostPool

SECRET = "geheim-7f3a"


@pytest.fixture
def pool(qapp):
    pool = HostPool()
    yield pool
    pool.shut_down()


@pytest.fixture
def silent():
    """An address that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/x"


def rtsp(url):
    return Source(Protocol.RTSP, url, credentials=Credentials("admin", SECRET))


def gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_at_most_sixteen_panes_share_a_host(pool, silent, qtbot):
    openings = [pool.open(rtsp(silent), 64, 36) for _ in range(17)]
    assert len(pool.pids) == 2
    for opening in openings:
        pool.close(opening)


def test_a_killed_host_takes_only_its_own_openings_along(pool, silent, qtbot):
    openings = [pool.open(rtsp(silent), 64, 36) for _ in range(17)]
    first, second = pool.pids
    with qtbot.waitSignal(openings[15].ended, timeout=15000):
        os.kill(first, signal.SIGKILL)
    assert [o.reason for o in openings] == [PaneReason.PLAYER_CRASHED] * 16 + [None]
    assert pool.pids == [second]
    assert pool.open(rtsp(silent), 64, 36).reason is None


def test_a_frozen_host_is_killed_and_its_openings_end(pool, silent, qtbot, monkeypatch):
    monkeypatch.setattr(host_pool, "SILENT_HOST_S", 2.0)
    opening = pool.open(rtsp(silent), 64, 36)
    (pid,) = pool.pids
    qtbot.waitUntil(lambda: pool.rss_bytes > 0, timeout=15000)
    with qtbot.waitSignal(opening.ended, timeout=15000):
        os.kill(pid, signal.SIGSTOP)
    assert opening.reason is PaneReason.PLAYER_CRASHED
    qtbot.waitUntil(lambda: gone(pid), timeout=5000)


def test_a_retired_host_waits_for_its_openings_and_then_ends(pool, silent, qtbot):
    opening = pool.open(rtsp(silent), 64, 36)
    (pid,) = pool.pids
    qtbot.waitUntil(lambda: pool.rss_bytes > 0, timeout=15000)
    with qtbot.waitSignal(opening.move_wanted):
        pool.retire(pid)
    successor = pool.open(rtsp(silent), 64, 36, swap=True)
    assert len(pool.pids) == 2
    pool.close(opening)
    qtbot.waitUntil(lambda: gone(pid), timeout=10000)
    assert successor.reason is None


def test_shutting_down_leaves_no_process_and_is_quick(qapp, silent, qtbot):
    pool = HostPool()
    for _ in range(3):
        pool.open(rtsp(silent), 64, 36)
    pids = pool.pids
    qtbot.waitUntil(lambda: pool.rss_bytes > 0, timeout=15000)
    pool.shut_down()
    assert all(gone(pid) for pid in pids)
    with pytest.raises(OSError, match="closed"):
        pool.open(rtsp(silent), 64, 36)


def test_hosts_end_when_the_application_is_killed(silent):
    script = f"""
import sys
from PySide6.QtCore import QCoreApplication
from wallclient.domain.stream import Protocol, Source
from wallclient.player.host_pool import HostPool
app = QCoreApplication([])
pool = HostPool()
pool.open(Source(Protocol.RTSP, {silent!r}), 64, 36)
print(*pool.pids, flush=True)
app.exec()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as program:
        pids = [int(pid) for pid in program.stdout.readline().split()]
        assert pids
        program.kill()
        program.wait()
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=15)
    assert not alive


def test_no_secret_in_a_process_title(pool, silent, qtbot):
    pool.open(rtsp(silent), 64, 36)
    qtbot.waitUntil(lambda: pool.rss_bytes > 0, timeout=15000)
    (pid,) = pool.pids
    process = psutil.Process(pid)
    assert SECRET not in " ".join([*process.cmdline(), *process.environ().values()])


@contextlib.contextmanager
def http_server(status, body=b"", hang=False):
    release = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if hang:
                release.wait(30)
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/live.ts"
    finally:
        release.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, PaneReason.WRONG_PASSWORD),
        (403, PaneReason.NOT_PERMITTED),
        (404, PaneReason.NOT_FOUND),
        (500, PaneReason.STREAM_ENDED),
        (200, PaneReason.UNDECODABLE),
    ],
)
def test_http_streams_tell_their_reason_although_libvlc_does_not(pool, qtbot, status, reason):
    with http_server(status, b"<html>this is no stream</html>") as url:
        opening = pool.open(Source(Protocol.HTTP_TS, url), 64, 36)
        with qtbot.waitSignal(opening.ended, timeout=30000):
            pass
        assert opening.reason is reason
        pool.close(opening)


def test_a_refused_connection_says_so_over_both_transports(pool, qtbot):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for protocol, scheme in ((Protocol.RTSP, "rtsp"), (Protocol.HTTP_TS, "http")):
        opening = pool.open(Source(protocol, f"{scheme}://127.0.0.1:{port}/x"), 64, 36)
        with qtbot.waitSignal(opening.ended, timeout=30000):
            pass
        assert opening.reason is PaneReason.CONNECTION_REFUSED
        pool.close(opening)


def test_closing_a_stuck_opening_does_not_hold_up_its_neighbours(pool, qtbot, silent):
    with http_server(200, hang=True) as url:
        stuck = pool.open(Source(Protocol.HTTP_TS, url), 64, 36)
        qtbot.waitUntil(lambda: pool.rss_bytes > 0, timeout=15000)
        pool.close(stuck)
        with http_server(404) as other:
            opening = pool.open(Source(Protocol.HTTP_TS, other), 64, 36)
            with qtbot.waitSignal(opening.ended, timeout=10000):
                pass
        assert opening.reason is PaneReason.NOT_FOUND
