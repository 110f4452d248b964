"""Searches as the window asks for them: real workers over files served by HTTP, sessions of a center in memory."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest
import qasync

sys.path.append(str(Path(__file__).parents[1] / "player"))
from footage_server import RangeServer  # isort: skip
from moving_footage import T0_US, Pass, write_moving  # isort: skip

from wallclient.domain.audit import AuditKind
from wallclient.domain.errors import NotFound, NotPermitted, ReasonNeeded, ServerFailed
from wallclient.domain.footage_search import LackReason, MotionQuery
from wallclient.domain.recording import FootageProtocol, FootageSource, PendingFootage, Playback
from wallclient.services import footage_search
from wallclient.services.film_pictures import FilmPictures
from wallclient.services.footage_search import FootageSearches, MotionNews

LIMIT_S = 60
CAMERA = "c/1"
LEFT = (((0.05, 0.5), (0.5, 0.5), (0.5, 0.95), (0.05, 0.95)),)
SECOND = 1_000_000


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Serve 20 s of footage with a pass from 8 to 12 s."""
    path = tmp_path_factory.mktemp("search") / "film.mp4"
    write_moving(path, 20, (Pass(8.2, 12.2, (0.0, 0.7), (0.55, 0.7)),))
    with RangeServer(path).running() as server:
        yield server.url


class Center:
    """Hands out the same file again and again, so many seconds apart."""

    def __init__(self, url, starts_s=(0,)):
        self.url, self.starts_s = url, starts_s
        self.opened, self.open, self.renewed, self.error = [], set(), 0, None
        self.reason_needed, self.expires_in_s, self.pending = False, 60.0, ()

    async def open_playback(self, channel_id, start_ms, end_ms, reason=""):
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        if self.reason_needed and not reason:
            raise ReasonNeeded("why?")
        self.opened.append((start_ms * 1000, end_ms * 1000, reason))
        self.open.add(f"p{len(self.opened)}")
        return self._playback(f"p{len(self.opened)}", channel_id)

    def _playback(self, key, channel_id):
        sources = []
        for start_s in self.starts_s:
            start_ms = T0_US // 1000 + start_s * 1000
            sources.append(FootageSource(self.url, FootageProtocol.MP4, start_ms, start_ms + 20_000))
        return Playback(key, channel_id, tuple(sources), 0, self.expires_in_s, self.pending)

    async def renew_playback(self, playback_id):
        await asyncio.sleep(0)
        self.renewed += 1
        return self._playback(playback_id, CAMERA)

    async def close_playback(self, playback_id):
        await asyncio.sleep(0)
        self.open.remove(playback_id)


class Heard:
    """What a search told."""

    def __init__(self):
        self.hits, self.lacks, self.progress = [], [], []
        self.news = MotionNews(lambda *hit: self.hits.append(hit), self.lacks.append, self.progress.append)


class Notes:
    """An audit trail."""

    def __init__(self):
        self.noted = []

    def note(self, kind, channel_ids, start_ms=None, end_ms=None, *, reason="", text=""):
        self.noted.append((kind, tuple(channel_ids), start_ms, end_ms, reason, text))


async def no_reason(_channel_id):
    return None


def run(work):
    """Run a scene to its end; no worker may be left."""

    async def scene():
        await asyncio.wait_for(work, LIMIT_S)
        await until(lambda: not workers())

    asyncio.run(scene())


async def until(condition):
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.01)


def workers():
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "wallclient.player.search_worker" in child.cmdline():
                found.append(child.pid)
    return found


def query(end_s, **kwargs):
    return MotionQuery(CAMERA, T0_US, T0_US + end_s * SECOND, LEFT, **kwargs)


def test_movement_is_told_while_it_is_searched_and_the_session_is_given_back(url):
    async def scene():
        center, heard, notes = Center(url, (0, 30)), Heard(), Notes()
        center.reason_needed, asked = True, []

        async def ask(channel_id):
            asked.append(channel_id)
            return "case 7"

        await FootageSearches(center, ask, notes).motion(query(50), heard.news)
        begins = [round((hit.start_us - T0_US) / 1e6) for hit, _ in heard.hits]
        assert [abs(a - b) <= 1 for a, b in zip(begins, (8, 38), strict=True)] == [True, True]
        assert all(image.width() == 320 and not image.isNull() for _, image in heard.hits)
        assert [(lack.start_us - T0_US, lack.end_us - T0_US, lack.reason) for lack in heard.lacks] == [
            (20 * SECOND, 30 * SECOND, LackReason.GAP)
        ]
        parts = [progress.part for progress in heard.progress]
        assert parts == sorted(parts)
        assert parts[-1] == 1.0
        assert heard.progress[-1].speed > 1
        assert asked == [CAMERA]
        assert center.opened == [(T0_US, T0_US + 50 * SECOND, "case 7")]
        kind, ids, start_ms, end_ms, reason, text = notes.noted[0]
        assert (kind, ids, reason, len(notes.noted)) == (AuditKind.SEARCHED, (CAMERA,), "case 7", 1)
        assert (start_ms, end_ms) == (T0_US // 1000, T0_US // 1000 + 50_000)
        assert "motion" in text
        await until(lambda: not center.open)

    run(scene())


def test_a_cancelled_search_leaves_no_worker_and_no_session(url):
    async def scene():
        center, heard = Center(url, tuple(range(0, 2000, 20))), Heard()
        search = asyncio.create_task(
            FootageSearches(center, no_reason).motion(query(2000, every_picture=True), heard.news)
        )
        await until(lambda: heard.hits)  # the first results come while it runs
        assert heard.progress[-1].part < 0.9
        assert workers()
        search.cancel()
        await asyncio.wait([search])
        assert search.cancelled()
        await until(lambda: not workers() and not center.open)

    run(scene())


def test_a_worker_that_dies_of_a_file_is_followed_by_one_that_goes_on_behind_it(url):
    async def scene():
        center, heard = Center(url, tuple(range(0, 160, 20))), Heard()
        search = asyncio.create_task(
            FootageSearches(center, no_reason).motion(query(160, every_picture=True), heard.news)
        )
        await until(lambda: heard.hits)
        os.kill(workers()[0], signal.SIGSEGV)
        await search
        assert [lack.reason for lack in heard.lacks] == [LackReason.BROKEN]
        assert heard.lacks[0].end_us - heard.lacks[0].start_us <= 20 * SECOND
        assert len(heard.hits) >= 6
        assert heard.progress[-1].part == 1.0

    run(scene())


def test_centers_that_are_away_are_told_and_refusals_end_a_search(url, monkeypatch):
    monkeypatch.setattr(footage_search, "LONGEST_SESSION_US", 20 * SECOND)

    async def scene():
        center, heard = Center(url, (0, 20)), Heard()
        searches = FootageSearches(center, no_reason)
        center.error = ServerFailed("away")
        await searches.motion(query(40), heard.news)
        assert [lack.reason for lack in heard.lacks] == [LackReason.CENTER] * 2
        assert heard.progress[-1].part == 1.0
        found = []
        await searches.pictures(CAMERA, [T0_US, T0_US + 30 * SECOND], (64, 36), 0, found.append)
        assert [one.lack for one in found] == [LackReason.CENTER] * 2
        center.error, heard = NotFound("no footage"), Heard()
        await searches.motion(query(40), heard.news)
        assert [lack.reason for lack in heard.lacks] == [LackReason.GAP] * 2, "centers open no session of nothing"
        center.error = NotPermitted("no")
        with pytest.raises(NotPermitted):
            await searches.motion(query(40), heard.news)
        center.error, center.reason_needed = None, True
        with pytest.raises(ReasonNeeded):
            await searches.motion(query(40), heard.news)

    run(scene())


def test_sheets_of_pictures_tell_gaps_and_what_is_still_fetched(url):
    async def scene():
        center, notes, found = Center(url), Notes(), []
        center.expires_in_s = 0.05  # so short that it is renewed on the way
        center.pending = (PendingFootage(T0_US // 1000 + 40_000, T0_US // 1000 + 60_000),)
        moments = [T0_US + s * SECOND for s in (0, 5, 19, 30, 50)]
        await FootageSearches(center, no_reason, notes).pictures(CAMERA, moments, (160, 90), SECOND, found.append)
        shown = [(one.moment_us - one.asked_us, one.image.width()) for one in found[:3]]
        assert shown == [(0, 160), (-SECOND, 160), (-SECOND, 160)]
        assert [one.lack for one in found] == [None, None, None, LackReason.GAP, LackReason.PENDING]
        assert len(center.opened) == 1
        assert center.renewed
        assert [(kind, text) for kind, *_, text in notes.noted] == [(AuditKind.SEARCHED, "5 pictures")]
        await until(lambda: not center.open)

    run(scene())


def test_pictures_of_a_strip_are_found_once_and_kept_within_a_budget(url, qapp):
    async def scene():
        center, arrived = Center(url), []
        busy = [True]
        film = FilmPictures(FootageSearches(center, no_reason), lambda: busy[0], budget_bytes=100_000)
        film.arrived.connect(lambda: arrived.append(1))
        moments = tuple(T0_US + s * SECOND for s in (2, 6, 10, 25))
        film.want(CAMERA, moments, (96, 54), SECOND)
        await until(lambda: film._rest.isActive() and film._rest.interval() == 250)
        assert not film.busy, "playback waits for pictures"
        busy[0] = False
        await until(lambda: len(arrived) == 4)
        assert [film.get(CAMERA, moment, 96).lack for moment in moments] == [None, None, None, LackReason.GAP]
        assert film.get(CAMERA, moments[0], 97) is None
        film.want(CAMERA, (*moments[:3], T0_US + 14 * SECOND), (96, 54), SECOND)
        await until(lambda: len(arrived) == 5)
        assert len(center.opened) == 1, "one session for what is in sight"
        many = tuple(T0_US + s * SECOND for s in range(20))
        film.want(CAMERA, many, (96, 54), SECOND)
        await until(lambda: film.get(CAMERA, many[-1], 96) is not None)
        assert film.kept_bytes <= 100_000
        assert film.get(CAMERA, moments[3], 96) is None, "what was not looked at for longest made room"
        film.close()
        await until(lambda: not center.open and not workers())

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(asyncio.wait_for(scene(), LIMIT_S))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
