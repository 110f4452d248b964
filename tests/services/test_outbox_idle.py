"""An outbox with nothing to deliver asks nobody: its session would take that for an answer of a center that is away."""

import asyncio

import pytest
import qasync

from wallclient.domain.errors import ServerFailed
from wallclient.services.outbox import Outbox
from wallclient.storage.spool import Spool


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 30))
    asyncio.set_event_loop(None)
    loop.close()


def test_nobody_is_asked_before_there_is_something_to_bring(run, tmp_path):
    async def story():
        asked = []

        async def ask(_go):
            asked.append(True)
            raise ServerFailed("away")

        box = Outbox(Spool(tmp_path / "spool.db"), ask, lambda: "重庆市局")
        box.start()
        for _ in range(20):  # as often as its center's state changes
            box.wake()
            await asyncio.sleep(0.005)
        assert not asked
        assert box.trouble is None
        box.put("k1", "record", "topic", b"{}")
        while not asked:
            await asyncio.sleep(0.005)
        await box.close()

    run(story())
