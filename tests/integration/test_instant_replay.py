"""The last seconds of a live pane, from memory: the same camera, each picture at the time it was live."""

import time

from tests.integration.rig import FPS, LIMIT_S, Stage, until
from wallclient.demo import strip
from wallclient.domain.pane import PaneState
from wallclient.domain.stream import Protocol
from wallclient.services.instant_replay import replay_of
from wallclient.services.review_pane import ReviewPane

KEPT_MS = 2500


def reading(pane: ReviewPane) -> strip.StripReading | None:
    picture = pane.picture()
    if picture is None:
        return None
    return strip.read(picture.pixels, picture.width, picture.height, picture.stride_bytes)


async def kept_ms(stage: Stage) -> int:
    replay = await replay_of(stage.app.pool, stage.wall.panes[0])
    return 0 if replay is None else replay[2] - replay[1]


async def test_the_last_seconds_of_a_live_pane_are_shown_again_without_a_center(stage: Stage) -> None:
    stage.only(Protocol.RTSP)
    await stage.show([4])
    deadline = time.monotonic() + LIMIT_S
    while await kept_ms(stage) < KEPT_MS:
        assert time.monotonic() < deadline
    stage.center.center_stop()
    pane = await stage.wall.replay(0)
    assert pane is not None
    assert pane.in_memory is not None
    first_ms, last_ms = pane.in_memory
    await until(lambda: pane.state is PaneState.PLAYING and pane.sequence() >= FPS)
    for moment_ms in (first_ms + 300, last_ms - 300, (first_ms + last_ms) // 2):
        pane.clock.pause()
        pane.clock.seek(moment_ms * 1000)
        epoch = pane.clock.map.epoch
        await until(lambda epoch=epoch: pane.settled(epoch) and not pane.clock.holding)
        found = reading(pane)
        assert found is not None
        assert found.camera == 4
        shown_ms = (pane.shown_us or 0) / 1000
        assert moment_ms - 2000 / FPS <= shown_ms <= moment_ms
        # the strip tells when the picture was made; it came a little later
        assert -200 <= strip.latency_s(found, FPS, shown_ms / 1000) * 1000 <= 1500


async def test_what_the_player_fetches_by_itself_is_not_kept_and_stays_live(stage: Stage) -> None:
    stage.only(Protocol.HTTP_TS)
    await stage.show([4])
    live = stage.wall.panes[0]
    assert await stage.wall.replay(0) is None
    assert stage.wall.panes[0] is live
    assert live.state is PaneState.PLAYING
