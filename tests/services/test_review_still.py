"""Stills of footage: the pixels of the source, of the very moment on screen, also of what lies in memory only."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import qasync
from PySide6.QtGui import QImage

sys.path.append(str(Path(__file__).resolve().parents[1] / "player"))

from footage import HEIGHT, T0_MS, WIDTH, read_moment_ms, steady, write

from tests.services.streaming import channel
from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.pane import PaneState
from wallclient.domain.picture import Picture
from wallclient.player.review_track import MemoryFile
from wallclient.services import review_still
from wallclient.services.review_desk import ReviewDesk


@pytest.fixture
def run(qapp):
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda scene: loop.run_until_complete(asyncio.wait_for(scene, 60))
    loop.close()
    asyncio.set_event_loop(None)


def test_a_still_of_a_replay_from_memory_has_the_moment_shown_while_the_clock_runs(run, tmp_path, monkeypatch):
    path = write(tmp_path / "a.mp4", steady(4))

    async def scene():
        desk = ReviewDesk(None, tmp_path)
        pane = desk.new_pane()
        pane.set_size(WIDTH // 2, HEIGHT // 2)
        with pytest.raises(SnapshotFailed):
            await pane.still()
        pane.show_memory(channel(1), MemoryFile(os.open(path, os.O_RDONLY)), "mp4", T0_MS, T0_MS + 4000)
        clock = pane.leave_clock()
        clock.set_limits(T0_MS * 1000, (T0_MS + 4000) * 1000 - 1)
        clock.seek((T0_MS + 400) * 1000)
        clock.play()
        while (
            pane.state is not PaneState.PLAYING or (pane.shown_us or 0) < (T0_MS + 1000) * 1000 or not pane.info.width
        ):
            await asyncio.sleep(0.01)
        shown = pane.shown_us
        still = await pane.still()
        monkeypatch.setattr(review_still, "_LIMIT_S", 0.0)
        with pytest.raises(SnapshotFailed):
            await pane.still()
        tracks = len(desk.pool._tracks)
        desk.drop(pane)
        desk.shut_down()
        return shown, still, tracks

    shown, still, tracks = run(scene())
    image = QImage.fromData(still.png).convertToFormat(QImage.Format.Format_RGB32)
    assert (image.width(), image.height()) == (WIDTH, HEIGHT)
    pixels = memoryview(image.constBits())
    picture = Picture(image.width(), image.height(), image.bytesPerLine(), 1, 0, pixels)
    assert read_moment_ms(picture) * 1000 == still.moment_us
    assert 0 <= still.moment_us - shown <= 40_000
    assert tracks == 1, "the tracks of stills are given back"
