"""Review hosts and sources that fail: killed, slow, dead, refusing. No pane stays wrong, and none waits for another."""

import itertools
import os
import signal
import socket
import time

import footage
import psutil
import pytest
from footage import T0_MS, file_of, read_moment_ms, steady, write
from footage_server import SECRET, RangeServer

from wallclient.domain.pane import PaneReason
from wallclient.domain.review import ClockMap, Sight
from wallclient.player.review_messages import File
from wallclient.player.review_pool import ReviewPool

_epochs = itertools.count(1)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("footage") / "a.mp4", steady(4))


@pytest.fixture
def server(path):
    with RangeServer(path).running() as server:
        yield server


@pytest.fixture
def pool(qapp):
    pool = ReviewPool()
    yield pool
    pool.shut_down()


def follow(pool, track, moment_ms, rate=0.0):
    clock = ClockMap(next(_epochs), time.monotonic_ns(), moment_ms * 1000, rate)
    pool.follow(track, clock)
    return clock


def shown(track):
    return read_moment_ms(track.picture())


def test_footage_comes_over_http_in_pieces_over_few_connections(pool, server, path, qtbot):
    track = pool.open(320, 180)
    pool.set_files(track, [file_of(path, steady(4), url=server.url)])
    for moment in (T0_MS + 3000, T0_MS + 400, T0_MS + 2360):
        epoch = follow(pool, track, moment).epoch
        qtbot.waitUntil(lambda epoch=epoch: track.settled(epoch), timeout=10_000)
        assert track.sight is Sight.SHOWING
        assert shown(track) == moment
    assert server.connections <= 4


def test_a_connection_closed_for_idleness_is_no_fault_of_the_file(pool, server, path, qtbot):
    track = pool.open(320, 180)
    pool.set_files(track, [file_of(path, steady(4), url=server.url)])
    epoch = follow(pool, track, T0_MS).epoch
    qtbot.waitUntil(lambda: track.settled(epoch), timeout=10_000)
    seen = []
    track.seen_changed.connect(lambda: seen.append(track.sight))
    server.close_idle()
    epoch = follow(pool, track, T0_MS + 3000).epoch
    qtbot.waitUntil(lambda: track.settled(epoch), timeout=10_000)
    assert Sight.FAILED not in seen
    assert shown(track) == T0_MS + 3000


def test_an_address_that_died_while_it_was_read_is_replaced_by_the_new_one_at_once(pool, server, path, qtbot):
    """As when a session is opened anew around another moment, and the former one is given back."""
    server.delay_s, server.refusal = 0.4, 404
    track = pool.open(320, 180)
    pool.set_files(track, [file_of(path, steady(4), url=server.url)])
    seen = []
    track.seen_changed.connect(lambda: seen.append(track.sight))
    epoch = follow(pool, track, T0_MS + 2000).epoch
    qtbot.waitUntil(lambda: server.requests > 0, timeout=10_000)
    with RangeServer(path).running() as other:
        pool.set_files(track, [file_of(path, steady(4), url=other.url)])
        qtbot.waitUntil(lambda: track.settled(epoch), timeout=10_000)
        assert Sight.FAILED not in seen
        assert shown(track) == T0_MS + 2000


def test_a_slow_source_says_that_it_is_loading_and_holds_up_no_other(pool, server, path, qtbot):
    server.delay_s = 60.0
    slow, quick = pool.open(320, 180), pool.open(320, 180)
    pool.set_files(slow, [file_of(path, steady(4), url=server.url)])
    follow(pool, slow, T0_MS + 1000)
    qtbot.waitUntil(lambda: slow.seen is not None and slow.sight is Sight.LOADING, timeout=10_000)
    with RangeServer(path).running() as other:
        pool.set_files(quick, [file_of(path, steady(4), url=other.url)])
        epoch = follow(pool, quick, T0_MS + 1000).epoch
        qtbot.waitUntil(lambda: quick.settled(epoch), timeout=5_000)
        assert shown(quick) == T0_MS + 1000
        # nor is the slow track itself held up when it is to show something else
        later = file_of(path, steady(4, T0_MS + 60_000), url=other.url)
        pool.set_files(slow, [file_of(path, steady(4), url=server.url), later])
        epoch = follow(pool, slow, T0_MS + 61_000).epoch
        qtbot.waitUntil(lambda: slow.settled(epoch), timeout=5_000)
        assert slow.sight is Sight.SHOWING
        assert slow.picture().moment_us == (T0_MS + 61_000) * 1000


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, PaneReason.NOT_FOUND), (403, PaneReason.NOT_PERMITTED), (500, PaneReason.STREAM_ENDED)],
)
def test_a_source_that_refuses_says_why_and_is_tried_again(pool, server, path, qtbot, status, reason):
    server.refusal = status
    track = pool.open(320, 180)
    pool.set_files(track, [file_of(path, steady(4), url=server.url)])
    follow(pool, track, T0_MS + 1000)
    qtbot.waitUntil(lambda: track.sight is Sight.FAILED, timeout=10_000)
    assert track.seen.reason is reason
    server.refusal = 0
    qtbot.waitUntil(lambda: track.sight is Sight.SHOWING, timeout=15_000)
    assert shown(track) == T0_MS + 1000


def test_a_source_that_is_not_there_says_so(pool, qtbot):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    track = pool.open(320, 180)
    pool.set_files(track, [File("c", T0_MS * 1000, (T0_MS + 4000) * 1000, "mp4", f"http://127.0.0.1:{port}/x")])
    follow(pool, track, T0_MS + 1000)
    qtbot.waitUntil(lambda: track.sight is Sight.FAILED, timeout=10_000)
    assert track.seen.reason is PaneReason.CONNECTION_REFUSED


def test_a_file_that_is_none_is_undecodable(pool, qtbot, tmp_path):
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(os.urandom(100_000))
    with RangeServer(junk).running() as server:
        track = pool.open(320, 180)
        pool.set_files(track, [file_of(junk, steady(4), url=server.url)])
        follow(pool, track, T0_MS + 1000)
        qtbot.waitUntil(lambda: track.sight is Sight.FAILED, timeout=10_000)
        assert track.seen.reason is PaneReason.UNDECODABLE


def test_tracks_of_a_killed_host_go_on_in_another_by_themselves(pool, server, path, qtbot):
    tracks = [pool.open(320, 180) for _ in range(4)]
    for track in tracks:
        pool.set_files(track, [file_of(path, steady(4), url=server.url)])
        follow(pool, track, T0_MS + 2000)
    qtbot.waitUntil(lambda: all(track.sight is Sight.SHOWING for track in tracks), timeout=10_000)
    victim = pool.pids[0]
    os.kill(victim, signal.SIGKILL)
    qtbot.waitUntil(lambda: victim not in pool.pids, timeout=10_000)
    assert {track.sight for track in tracks} == {Sight.SHOWING, Sight.FAILED}  # the other host's go on
    moment = follow(pool, tracks[0], T0_MS + 1200)
    qtbot.waitUntil(lambda: tracks[0].settled(moment.epoch), timeout=10_000)
    qtbot.waitUntil(lambda: all(track.sight is Sight.SHOWING for track in tracks), timeout=10_000)
    assert [shown(track) for track in tracks] == [T0_MS + 1200, *[T0_MS + 2000] * 3]


def test_a_retired_host_ends_once_its_tracks_are_shown_elsewhere(pool, server, path, qtbot):
    track = pool.open(320, 180)
    pool.set_files(track, [file_of(path, steady(4), url=server.url)])
    follow(pool, track, T0_MS + 2000)
    qtbot.waitUntil(lambda: track.sight is Sight.SHOWING, timeout=10_000)
    (pid,) = pool.pids
    process = psutil.Process(pid)
    pool.retire(pid)
    qtbot.waitUntil(lambda: pid not in pool.pids, timeout=10_000)
    assert shown(track) == T0_MS + 2000
    qtbot.waitUntil(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, timeout=10_000)


def test_no_ticket_in_a_process_title_or_in_what_a_message_says_of_itself(pool, server, path, qtbot):
    file = file_of(path, steady(4), url=server.url)
    track = pool.open(320, 180)
    pool.set_files(track, [file])
    assert SECRET not in repr(file)
    assert not any(SECRET in " ".join(psutil.Process(pid).cmdline()) for pid in pool.pids)


def test_pools_leave_no_process(qapp):
    pool = ReviewPool()
    pool.open(64, 36)
    pool.open(64, 36)
    pids = pool.pids
    assert len(pids) == 2
    pool.shut_down()
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)
    with pytest.raises(OSError, match="closed"):
        pool.open(64, 36)


def test_a_track_box_larger_than_its_source_is_not_filled(pool, path, server, qtbot):
    track = pool.open(1920, 1080)
    pool.set_files(track, [file_of(path, steady(4), url=server.url)])
    follow(pool, track, T0_MS)
    qtbot.waitUntil(lambda: track.sight is Sight.SHOWING, timeout=10_000)
    picture = track.picture()
    assert (picture.width, picture.height) == (footage.WIDTH, footage.HEIGHT)
