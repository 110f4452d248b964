"""Footage that a WVP has fetched from a recorder first, shown and exported by the real players and workers."""

import asyncio
import contextlib
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest
import qasync

sys.path.append(str(Path(__file__).resolve().parents[1] / "player"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "wvp"))

from footage import STEP_MS, steady, write
from wvp_double import CHINA, Wvp

from tests.services.streaming import FakeCenter, FakePool, channel
from wallclient.api.wvp.center import WvpCenter
from wallclient.demo import strip
from wallclient.domain.export import ExportCamera, ExportJob, ExportState
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.patrol import Person, new_key
from wallclient.services.exports import Exports
from wallclient.services.review_desk import ReviewDesk
from wallclient.services.wall import Deck, Wall
from wallclient.storage.exports import exports_file

LIMIT_S = 60.0
EIGHT = round(datetime(2026, 11, 20, 8, 0, 0, tzinfo=CHINA).timestamp() * 1000)
CODE = 11


class Threaded:
    """A WVP as the centers of the program offer it: coroutines and global ids."""

    def __init__(self, center):
        self._center = center

    async def _ask(self, call, gid, *args):
        return await asyncio.to_thread(call, gid.removeprefix("k/"), *args)

    async def open_playback(self, gid, start_ms, end_ms, reason=""):
        return await self._ask(self._center.open_playback, gid, start_ms, end_ms, reason)

    async def open_export(self, gid, start_ms, end_ms, reason=""):
        return await self._ask(self._center.open_export, gid, start_ms, end_ms, reason)

    async def renew_playback(self, gid):
        return await self._ask(self._center.renew_playback, gid)

    async def close_playback(self, gid):
        return await self._ask(self._center.close_playback, gid)

    def ca_file(self, gid):
        return ""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A maker of the file of any window; each is drawn once."""
    folder = tmp_path_factory.mktemp("wvp")

    def make(_channel, start, end):
        path = folder / f"{start:%H%M%S}-{end:%H%M%S}.mp4"
        if not path.exists():
            moments = steady((end - start).total_seconds(), round(start.timestamp() * 1000))
            write(path, moments, camera=CODE)
        return path.read_bytes()

    return make


@pytest.fixture
def wvp(files):
    with Wvp() as double:
        double.make_file = files
        double.records = [
            ("2026-11-20 08:00:00", "2026-11-20 08:00:10", "time"),
            ("2026-11-20 08:00:20", "2026-11-20 08:00:30", "time"),
        ]
        yield double


@pytest.fixture
def center(wvp):
    made = WvpCenter(wvp.base_url)
    made._downloads._poll_s = 0.02
    made.log_in(wvp.user, wvp.password)
    yield Threaded(made)
    made.log_out()
    made.close()


@pytest.fixture
def run(qapp):
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        yield lambda scene: loop.run_until_complete(asyncio.wait_for(scene, LIMIT_S))
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def until(condition):
    while not condition():
        await asyncio.sleep(0.005)


def shown_ms(pane):
    """Return the moment of the picture on screen, as its strip says; the strip counts only so far."""
    picture = pane.picture()
    known = picture and strip.read(picture.pixels, picture.width, picture.height, picture.stride_bytes)
    if not known or known.camera != CODE:
        return None
    return EIGHT + ((known.counter - EIGHT // STEP_MS) % strip.COUNTER_MODULO) * STEP_MS


def test_what_is_on_its_way_is_opening_then_each_moment_is_the_right_one_and_a_gap_is_a_gap(run, wvp, center, tmp_path):
    wvp.download_polls = 10**9

    async def scene():
        desk = ReviewDesk(center, tmp_path)
        wall = Wall(Deck(FakePool(), FakeCenter(), desk), layout_by_id("1"))
        states = []
        try:
            pane = wall.show_footage(0, replace(channel(CODE), id=f"k/c{CODE}"))
            desk.clock.seek((EIGHT + 5000) * 1000)
            desk.clock.play()
            pane.changed.connect(lambda: states.append(pane.state))
            await until(lambda: len([d for d in wvp.downloads.values() if d.asked]) >= 1)
            polled = wvp.count("/api/gb_record/download/progress")
            await until(lambda: wvp.count("/api/gb_record/download/progress") > polled + 20)
            assert (pane.state, pane.reason) == (PaneState.OPENING, PaneReason.FETCHING_FOOTAGE)
            assert desk.clock.moment_ms == EIGHT + 5000  # no moment passes unseen
            wvp.download_polls = 1
            first: list[int] = []
            await until(lambda: pane.state is PaneState.PLAYING and (first.append(shown_ms(pane)) or first[-1]))
            assert first[-1] == EIGHT + 5000
            desk.clock.pause()
            assert PaneState.GAP not in states
            desk.clock.seek((EIGHT + 15_000) * 1000)
            await until(lambda: pane.state is PaneState.GAP)
            desk.clock.seek((EIGHT + 25_000) * 1000)
            await until(lambda: pane.state is PaneState.PLAYING and shown_ms(pane) == EIGHT + 25_000)
        finally:
            wall.shut_down()
            desk.shut_down()

    run(scene())


def an_export(folder):
    camera = ExportCamera(f"k/c{CODE}", "东口", "34020000001320000011")
    who = Person("zhang", "张三", "一号台")
    return ExportJob(new_key(), (camera,), EIGHT, EIGHT + 30_000, str(folder), who, datetime.now(UTC), "Asia/Shanghai")


def test_an_export_waits_until_all_is_fetched_and_has_every_picture(run, wvp, center, tmp_path):
    wvp.download_polls = 45
    told = []

    async def scene():
        exports = Exports(center, exports_file(tmp_path / "data"))
        exports.start()
        job = an_export(tmp_path / "out")
        exports.progressed.connect(lambda key: told.append(exports.progress(key).part))
        exports.add(job)
        over = (ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED)
        await until(lambda: exports.job(job.key).state in over)
        done = exports.job(job.key)
        await exports.close()
        return done

    done = run(scene())
    assert done.state is ExportState.DONE
    assert told == sorted(told)
    assert any(0.0 < part < 0.9 for part in told)
    assert [(one.start_ms - EIGHT, one.end_ms - EIGHT) for one in done.files] == [(0, 10_000), (20_000, 30_000)]
    for one in done.files:
        with contextlib.closing(av.open(one.path)) as file:
            assert sum(1 for _ in file.decode(video=0)) == 250
    assert [(lack.start_ms - EIGHT, lack.end_ms - EIGHT) for lack in done.lacks] == [(10_000, 20_000)]


def test_an_export_that_is_paused_lets_go_of_the_recorder(run, wvp, center, tmp_path):
    wvp.download_polls = 10**9

    async def scene():
        exports = Exports(center, exports_file(tmp_path / "data"))
        exports.start()
        job = an_export(tmp_path / "out")
        exports.add(job)
        await until(lambda: len(wvp.downloads) == 1 and all(one.asked for one in wvp.downloads.values()))
        exports.pause(job.key)
        await until(lambda: all(one.stopped for one in wvp.downloads.values()))
        assert exports.job(job.key).state is ExportState.PAUSED
        await exports.close()

    run(scene())
