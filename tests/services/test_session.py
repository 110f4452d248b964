"""The session a window holds: coroutines on the Qt loop, over the real adapter and the real embedded center."""

import asyncio
import gc
import socket
import threading
import time

import pytest
import qasync

from wallclient.api.native import NativeCenter
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.errors import CameraOffline, NotFound, ServerFailed, SignInNeeded
from wallclient.domain.event import ChannelStatus
from wallclient.domain.stream import Codec, Protocol, Source, StreamKind
from wallclient.services.session import CALLS_AT_ONCE, CenterSession

LIMIT_S = 20.0


class GatedSources:
    """Stands in for the media server; while `gate` is closed, every opening waits in the center."""

    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()
        self.asked = 0

    def sources(self, number: int, kind: StreamKind) -> tuple[Source, ...]:
        """Return one address, once the gate is open."""
        self.asked += 1
        assert self.gate.wait(LIMIT_S)
        return (Source(Protocol.RTSP, f"rtsp://127.0.0.1:8554/{number}", Codec.H264, 640, 360, 25.0),)


@pytest.fixture
def media():
    return GatedSources()


@pytest.fixture
def embedded(media):
    with EmbeddedCenter(1000, media=media) as embedded:
        yield embedded


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    gc.collect()  # here, or a worker may end up destroying the timers of an earlier test's loop
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, LIMIT_S * 2))
    asyncio.set_event_loop(None)
    loop.close()


async def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, "the condition did not come true"
        await asyncio.sleep(0.01)


async def signed_in(embedded):
    session = CenterSession(NativeCenter(embedded.base_url))
    await session.log_in(embedded.user, embedded.password)
    return session


def no_center_threads():
    """Wait for the threads to end, which they do right after their last call."""
    limit = time.monotonic() + LIMIT_S
    while center_threads():
        assert time.monotonic() < limit, center_threads()
        time.sleep(0.01)
    return True


def nobody_listens(embedded):
    """Wait until the center has noticed that the line of events was closed."""
    limit = time.monotonic() + LIMIT_S
    while embedded.listeners():
        assert time.monotonic() < limit
        time.sleep(0.01)
    return True


def center_threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("center")]


def test_a_shift(embedded, run):
    async def shift():
        session = CenterSession(NativeCenter(embedded.base_url))
        changes = []
        session.state_changed.connect(lambda: changes.append((session.signed_in, session.reachable)))
        assert not session.signed_in
        with pytest.raises(SignInNeeded):
            await session.log_in(embedded.user, "wrong")
        assert not session.signed_in
        await session.log_in(embedded.user, embedded.password)
        assert changes[-1] == (True, True)
        assert session.operator is not None
        assert session.operator.user == embedded.user
        assert session.name.startswith("重庆市")
        (city,) = (await session.children(None)).nodes
        assert (await session.children(city.id)).nodes[0].name == "渝中区"
        assert (await session.node("c1")).channel == await session.channel("c1")
        assert len(await session.channels_below(city.id, 999)) == 999
        assert len(await session.channels_below(city.id, 5000)) == 1000
        lease = await session.open_live("c1", StreamKind.SUB)
        assert await session.renew_live(lease.id) == lease.expires_in_s == 60.0
        await session.close_live(lease.id)
        with pytest.raises(NotFound):
            await session.renew_live(lease.id)
        embedded.set_online("c2", False)
        with pytest.raises(CameraOffline):
            await session.open_live("c2", StreamKind.SUB)
        await session.close()
        await session.close()
        with pytest.raises(ServerFailed):
            await session.channel("c1")

    run(shift())
    assert no_center_threads()
    assert nobody_listens(embedded)


def test_status_changes_arrive_on_the_gui_thread(embedded, run):
    async def watch():
        session = await signed_in(embedded)
        heard = []
        session.status_changed.connect(lambda status: heard.append((status, threading.current_thread())))
        await until(lambda: embedded.listeners() == 1)
        embedded.set_online("c9", False)
        await until(lambda: heard)
        status, thread = heard[0]
        assert isinstance(status, ChannelStatus)
        assert (status.channel_id, status.online) == ("c9", False)
        assert thread is threading.main_thread()
        await session.close()

    run(watch())


def test_a_center_that_goes_away_and_comes_back(embedded, run):
    async def outage():
        session = await signed_in(embedded)
        lost = []
        session.events_lost.connect(lambda: lost.append(1))
        await until(lambda: embedded.listeners() == 1)
        embedded.stop()
        await until(lambda: not session.reachable)
        with pytest.raises(ServerFailed):
            await session.channel("c1")
        assert session.signed_in
        embedded.set_online("c9", False)
        embedded.lose_events()
        embedded.start()
        await until(lambda: session.reachable and lost)
        assert (await session.channel("c9")).online is False
        await session.close()

    run(outage())


def test_a_revoked_session_asks_once(embedded, run):
    async def revoked():
        session = await signed_in(embedded)
        asked = []
        session.sign_in_needed.connect(lambda: asked.append(1))
        embedded.revoke_sessions()
        results = await asyncio.gather(*(session.channel("c1") for _ in range(5)), return_exceptions=True)
        assert all(type(result) is SignInNeeded for result in results)
        await until(lambda: asked)
        assert not session.signed_in
        await session.log_in(embedded.user, embedded.password)
        await session.channel("c1")
        assert len(asked) == 1
        embedded.revoke_sessions()  # this time nobody calls: the events tell
        await until(lambda: len(asked) == 2)
        await session.close()

    run(revoked())


def test_64_panes_open_at_once(embedded, run):
    async def wall():
        session = await signed_in(embedded)
        leases = await asyncio.gather(*(session.open_live(f"c{n}", StreamKind.SUB) for n in range(1, 65)))
        assert [lease.channel_id for lease in leases] == [f"c{n}" for n in range(1, 65)]
        assert embedded.open_leases() == 64
        workers = [name for name in center_threads() if name != "center-events"]
        assert len(workers) <= CALLS_AT_ONCE
        await session.close()
        assert embedded.open_leases() == 0

    run(wall())


def test_a_stream_nobody_waits_for_is_given_back(embedded, media, run, monkeypatch):
    async def impatient():
        session = await signed_in(embedded)
        closed = []
        close_live = session._center.close_live
        monkeypatch.setattr(session._center, "close_live", lambda lease: closed.append(close_live(lease)))
        media.gate.clear()
        task = asyncio.create_task(session.open_live("c1", StreamKind.SUB))
        await until(lambda: media.asked == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        media.gate.set()
        await until(lambda: closed)
        assert embedded.open_leases() == 0
        await session.close()

    run(impatient())


def test_close_is_prompt_when_the_center_hangs(embedded, run):
    listener = socket.create_server(("127.0.0.1", 0))

    async def hang():
        session = await signed_in(embedded)
        deaf = NativeCenter(f"http://127.0.0.1:{listener.getsockname()[1]}")
        deaf._tokens.keep(session._center._tokens._session)
        session._center = deaf
        calls = [asyncio.create_task(session.channel("c1")) for _ in range(CALLS_AT_ONCE + 8)]
        await asyncio.sleep(0)
        started = time.perf_counter()
        await session.close()
        assert time.perf_counter() - started < 3.0
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, (ServerFailed, asyncio.CancelledError)) for result in results)

    run(hang())
    listener.close()
    assert no_center_threads()
