"""Instant replay: the last minute of a live pane from memory, without asking any center."""

import asyncio
import itertools
import os

from wallclient.player import memory, messages
from wallclient.player.host_pool import HostPool
from wallclient.player.replay_budget import FORM
from wallclient.player.review_track import MemoryFile
from wallclient.services.live_pane import LivePane
from wallclient.services.review_pane import ReviewPane

_ANSWER_S = 5.0
_requests = itertools.count(1)


async def replay_of(pool: HostPool, live: LivePane) -> tuple[MemoryFile, int, int] | None:
    """Return what is kept of a live pane's picture, and the moments (ms) of its start and end; None: nothing is.

    Nothing is kept of streams libVLC fetches itself (HTTP), nor before the first key picture came.
    """
    opening = live.opening
    if opening is None:
        return None
    kept = MemoryFile(memory.create(0))
    answered: asyncio.Future[messages.Replayed] = asyncio.get_running_loop().create_future()
    request = next(_requests)

    def on_replayed(message: messages.Replayed) -> None:
        if message.request == request and not answered.done():
            answered.set_result(message)

    opening.replayed.connect(on_replayed)
    try:
        if not pool.replay(opening, request, kept.fd):
            return None
        answer = await asyncio.wait_for(answered, _ANSWER_S)
    except TimeoutError:
        return None
    finally:
        opening.replayed.disconnect(on_replayed)
    if not answer.start_ms or not os.fstat(kept.fd).st_size:
        return None
    return kept, answer.start_ms, answer.end_ms


def show_replay(pane: ReviewPane, live: LivePane, replay: tuple[MemoryFile, int, int], back_ms: int) -> None:
    """Show in `pane`, on a clock of its own, the last `back_ms` of what is kept, and let it run."""
    kept, start_ms, end_ms = replay
    assert live.channel is not None
    pane.show_memory(live.channel, kept, FORM, start_ms, end_ms)
    clock = pane.leave_clock()
    clock.set_speed(1.0)
    clock.set_limits(start_ms * 1000, end_ms * 1000 - 1)
    clock.seek(max(start_ms, end_ms - back_ms) * 1000)
    clock.play()
