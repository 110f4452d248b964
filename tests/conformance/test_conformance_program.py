"""A center that hangs behind the program's own services: the window's loop goes on, and so does every other center."""

import asyncio
import contextlib
import time

import pytest
import qasync
from asking import LIMIT_S
from meddler import HOLD

from tests.integration.rig import pulse
from tests.services.test_centers import MemoryStore
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import WallError
from wallclient.domain.global_id import global_id, root_id
from wallclient.domain.stream import StreamKind
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.settings import settings_file

PANES = 30


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 2 * LIMIT_S))
    asyncio.set_event_loop(None)
    loop.close()


def test_a_center_that_hangs_blocks_neither_the_window_nor_another_center(stand, meddled, tmp_path, run):
    meddler, _ = meddled
    addresses = {"hangs": meddler.url, "well": stand.address}

    async def story():
        preferences = Preferences(settings_file(tmp_path))
        keeper = SecretKeeper(MemoryStore())
        centers = Centers(preferences, keeper, tmp_path, adapter=lambda config: stand.client(addresses[config.key]))
        for key, url in addresses.items():
            centers.add(CenterConfig(key, url, adapter=stand.kind))
            await centers.access(key).session.log_in(stand.user, stand.password)
        cameras = {key: global_id(key, stand.camera) for key in addresses}
        with meddler.answering(HOLD):
            before = len(meddler.asked)
            async with pulse() as beat:
                hanging = [
                    asyncio.ensure_future(centers.open_live(cameras["hangs"], StreamKind.SUB)) for _ in range(PANES)
                ]
                hanging.append(asyncio.ensure_future(centers.children(root_id("hangs"))))
                async with asyncio.timeout(LIMIT_S):
                    while len(meddler.asked) == before:
                        await asyncio.sleep(0.01)
                began = time.monotonic()
                assert (await centers.children(root_id("well"))).nodes
                leases = [await centers.open_live(cameras["well"], StreamKind.SUB) for _ in range(4)]
                assert time.monotonic() - began < 5.0
                assert all(lease.sources for lease in leases)
                assert not hanging[-1].done(), "nothing hung"
            assert beat.worst_s < 0.5, "the window stood still"
            began = time.monotonic()
            await centers.close()
            assert time.monotonic() - began < 10.0
        for task in hanging:
            with contextlib.suppress(WallError, asyncio.CancelledError):
                await task
        keeper.close()

    run(story())
