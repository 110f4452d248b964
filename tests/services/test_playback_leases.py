"""Playback sessions against a fake center: around the moment, kept open, opened anew, with a reason where needed."""

import asyncio
import time

import pytest
import qasync

from wallclient.domain.errors import CameraOffline, NotFound, ReasonNeeded, ServerFailed
from wallclient.domain.pane import PaneReason
from wallclient.domain.recording import PendingFootage, Playback
from wallclient.services import playback_leases
from wallclient.services.playback_leases import REACH_MS, PlaybackLeases

PAST = 1_700_000_000_000


class FakeFootages:
    """Hands out sessions; `trouble` is raised instead while set, `reason` demanded where not None."""

    def __init__(self):
        self.opened, self.renewed, self.closed = [], [], []
        self.trouble, self.reason, self.life_s = None, None, 60.0
        self.lapsed = set()
        self.pending = ()

    async def open_playback(self, channel_id, start_ms, end_ms, reason=""):
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        if self.reason is not None and reason != self.reason:
            raise ReasonNeeded("why?")
        self.opened.append((start_ms, end_ms))
        return Playback(f"p{len(self.opened)}", channel_id, (), 0, self.life_s, self.pending)

    async def renew_playback(self, playback_id):
        await asyncio.sleep(0)
        self.renewed.append(playback_id)
        if playback_id in self.lapsed:
            raise NotFound(playback_id)
        return Playback(playback_id, "c1", (), 0, self.life_s, self.pending)

    async def close_playback(self, playback_id):
        await asyncio.sleep(0)
        self.closed.append(playback_id)


class Desk:
    """A session's owner."""

    def __init__(self, footages, answers=()):
        self.told, self.failures, self.asked, self.answers = [], [], 0, list(answers)
        self.leases = PlaybackLeases(footages, "c1", self.told.append, self.failures.append, self.ask)

    async def ask(self, channel_id):
        assert channel_id == "c1"
        self.asked += 1
        return self.answers.pop(0)


@pytest.fixture
def run(qapp):
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        yield lambda scene: loop.run_until_complete(asyncio.wait_for(scene, 20))
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def until(condition):
    while not condition():
        await asyncio.sleep(0.002)


def test_a_session_lies_around_the_moment_and_moves_along_before_its_end(run):
    async def scene():
        footages = FakeFootages()
        desk = Desk(footages)
        desk.leases.want(PAST, 1.0)
        await until(lambda: desk.told)
        assert footages.opened == [(PAST - REACH_MS, PAST + REACH_MS)]
        assert desk.leases.covers(PAST + REACH_MS - 1)
        assert not desk.leases.covers(PAST + REACH_MS)
        desk.leases.want(PAST + REACH_MS // 2, 1.0)
        await asyncio.sleep(0.02)
        assert len(footages.opened) == 1
        near_end = PAST + REACH_MS - 30_000
        desk.leases.want(near_end, 0.0)  # a clock that stands needs no more
        await asyncio.sleep(0.02)
        assert len(footages.opened) == 1
        desk.leases.want(near_end, 1.0)
        await until(lambda: len(desk.told) == 2)
        assert footages.opened[1] == (near_end - REACH_MS, near_end + REACH_MS)
        await until(lambda: footages.closed == ["p1"])
        desk.leases.close()
        await until(lambda: footages.closed == ["p1", "p2"])

    run(scene())


def test_it_is_renewed_and_opened_anew_when_it_has_lapsed(run):
    async def scene():
        footages = FakeFootages()
        footages.life_s = 0.1
        desk = Desk(footages)
        desk.leases.want(PAST, 0.0)
        await until(lambda: len(footages.renewed) >= 2)
        assert len(footages.opened) == 1
        footages.lapsed.add("p1")
        await until(lambda: len(footages.opened) == 2)
        desk.leases.close()

    run(scene())


def test_footage_on_its_way_is_no_gap_and_opens_no_second_session(run):
    async def scene():
        footages = FakeFootages()
        footages.life_s = 0.05
        footages.pending = (PendingFootage(PAST - 1000, PAST + 1000),)
        desk = Desk(footages)
        desk.leases.want(PAST, 1.0)
        await until(lambda: len(footages.renewed) >= 2)
        assert not desk.leases.covers(PAST)
        assert desk.leases.covers(PAST + 1000)
        footages.pending = ()
        await until(lambda: desk.leases.covers(PAST))
        assert len(footages.opened) == 1
        desk.leases.close()

    run(scene())


def test_a_seek_to_what_is_not_fetched_yet_asks_for_that_first(run):
    async def scene():
        footages = FakeFootages()
        footages.pending = (PendingFootage(PAST - REACH_MS, PAST + REACH_MS),)
        desk = Desk(footages)
        desk.leases.want(PAST, 1.0)
        await until(lambda: desk.told)
        desk.leases.want(PAST + 20_000, 1.0)  # as a clock does that runs on: what was asked for is soon there
        await asyncio.sleep(0.02)
        assert len(footages.opened) == 1
        desk.leases.want(PAST + 300_000, 1.0)
        await until(lambda: len(desk.told) == 2)
        assert footages.opened[1] == (PAST + 300_000 - REACH_MS, PAST + 300_000 + REACH_MS)
        await until(lambda: footages.closed == ["p1"])
        desk.leases.close()

    run(scene())


def test_a_recorder_that_is_away_is_told_as_that(run, monkeypatch):
    monkeypatch.setattr(playback_leases, "retry_delay_s", lambda attempt: 0.05)

    async def scene():
        footages = FakeFootages()
        footages.trouble = CameraOffline("no answer")
        desk = Desk(footages)
        desk.leases.want(PAST, 0.0)
        await until(lambda: desk.failures)
        assert desk.failures[0] is PaneReason.CAMERA_OFFLINE
        desk.leases.close()

    run(scene())


def test_a_center_that_is_away_is_told_and_asked_again(run, monkeypatch):
    monkeypatch.setattr(playback_leases, "retry_delay_s", lambda attempt: 0.05)

    async def scene():
        footages = FakeFootages()
        footages.trouble = ServerFailed("away")
        desk = Desk(footages)
        desk.leases.want(PAST, 0.0)
        await until(lambda: len(desk.failures) >= 2)
        assert set(desk.failures) == {PaneReason.CENTER_UNAVAILABLE}
        assert not desk.leases.covers(PAST)
        footages.trouble = None
        await until(lambda: desk.told)
        desk.leases.close()

    run(scene())


def test_the_operator_is_asked_for_a_reason_once_and_giving_up_is_final_until_he_tries_again(run):
    async def scene():
        footages = FakeFootages()
        footages.reason = "case 7"
        desk = Desk(footages, [None, "case 7"])
        desk.leases.want(PAST, 0.0)
        await until(lambda: desk.failures)
        assert desk.failures == [PaneReason.REASON_NEEDED]
        desk.leases.want(PAST + 1, 1.0)
        await asyncio.sleep(0.02)
        assert desk.asked == 1
        desk.leases.retry()
        await until(lambda: desk.told)
        desk.leases.want(PAST + 10 * REACH_MS, 0.0)
        await until(lambda: len(desk.told) == 2)
        assert desk.asked == 2
        desk.leases.close()

    run(scene())


def test_what_is_too_young_to_be_on_the_list_is_not_taken_for_a_gap(run):
    async def scene():
        footages = FakeFootages()
        desk = Desk(footages)
        now = round(time.time() * 1000)
        desk.leases.want(now - 60_000, 0.0)
        await until(lambda: desk.told)
        assert desk.leases.covers(now - 60_000)
        assert not desk.leases.covers(now - 1000)
        desk.leases.close()

    run(scene())


def test_a_seek_out_of_a_session_near_the_live_edge_does_not_wait(run):
    async def scene():
        footages = FakeFootages()
        desk = Desk(footages)
        now = round(time.time() * 1000)
        desk.leases.want(now - 120_000, 1.0)
        await until(lambda: desk.told)
        desk.leases.want(now - 60_000, 1.0)  # it can't reach farther yet: not asked again at once
        await asyncio.sleep(0.05)
        assert len(footages.opened) == 1
        desk.leases.want(now - 5 * REACH_MS, 0.0)
        began = time.monotonic()
        await until(lambda: len(desk.told) == 2)
        assert time.monotonic() - began < 2.0
        desk.leases.close()

    run(scene())


def test_closed_in_the_very_turn_it_was_woken_it_opens_no_more(run):
    async def scene():
        footages = FakeFootages()
        desk = Desk(footages)
        desk.leases.want(PAST, 1.0)
        await until(lambda: desk.told)
        await asyncio.sleep(0)
        desk.leases.want(PAST - 100 * REACH_MS, 1.0)
        await asyncio.sleep(0)  # the wait is over, its task has not gone on yet
        desk.leases.close()
        await until(lambda: footages.closed)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(footages.opened) == 1

    run(scene())


def test_what_is_opened_is_told_once_with_its_reason_and_what_was_watched_at_the_end(run):
    told = []

    async def scene():
        footages = FakeFootages()
        footages.reason = "交警调取"
        asked = iter(["交警调取"])

        async def ask(_channel_id):
            return next(asked)

        leases = PlaybackLeases(
            footages, "c1", lambda _playback: None, lambda _reason: None, ask,
            lambda *what: told.append(("opened", *what)), lambda *what: told.append(("closed", *what)),
        )  # fmt: skip
        leases.want(PAST, 1.0)
        await until(lambda: told)
        leases.want(PAST - 2 * REACH_MS, 1.0)
        await until(lambda: len(footages.opened) == 2)
        leases.want(PAST + 5000, 1.0)
        leases.close()

    run(scene())
    assert told == [
        ("opened", PAST - REACH_MS, PAST + REACH_MS, "交警调取"),
        ("closed", PAST - 2 * REACH_MS, PAST + 5000, "交警调取"),
    ]
