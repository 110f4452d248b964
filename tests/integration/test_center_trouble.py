"""The center goes, forgets or refuses while panes play: pictures do not depend on it, and the wall finds back."""

import asyncio

from tests.integration.rig import Stage, until
from wallclient.domain.event import ChannelStatus
from wallclient.domain.pane import PaneReason, PaneState

FOUR = (2, 3, 5, 8)


async def test_pictures_outlive_the_center_which_is_found_again(stage: Stage):
    await stage.show(FOUR)
    session = stage.app.session
    async with stage.watching() as seen:
        await asyncio.to_thread(stage.center.center_stop)
        await until(lambda: not session.reachable)
        await asyncio.to_thread(stage.center.center_start)
        await until(lambda: session.reachable)
    for number in FOUR:
        assert seen[number].states == {PaneState.PLAYING}, seen[number]
        assert seen[number].longest_stand_s <= 1.0, seen[number]
    assert session.signed_in


async def test_a_camera_opened_without_the_center_plays_when_it_is_back(stage: Stage):
    await stage.show(FOUR[:1])
    channel = await stage.channel(3)
    await asyncio.to_thread(stage.center.center_stop)
    stage.wall.show(1, channel)
    await stage.says(1, PaneState.RECONNECTING, PaneReason.CENTER_UNAVAILABLE)
    await asyncio.to_thread(stage.center.center_start)
    await stage.all_play()


async def test_lapsed_tokens_are_renewed_without_a_word(stage: Stage):
    asked: list[None] = []
    stage.app.session.sign_in_needed.connect(lambda: asked.append(None))
    await stage.show(FOUR[:2])
    await asyncio.to_thread(stage.center.lapse_tokens)
    await stage.show(FOUR)
    assert stage.app.session.signed_in
    assert not asked


async def test_a_revoked_session_asks_once_and_pictures_go_on(stage: Stage):
    asked: list[None] = []
    session = stage.app.session
    session.sign_in_needed.connect(lambda: asked.append(None))
    await stage.show(FOUR[:2])
    channels = [await stage.channel(number) for number in FOUR]
    async with stage.watching() as seen:
        await asyncio.to_thread(stage.center.revoke_sessions)
        for index in (2, 3):  # two panes that find out, beside the events
            stage.wall.show(index, channels[index])
        await stage.says(2, PaneState.RECONNECTING, PaneReason.SIGNED_OUT)
        await stage.says(3, PaneState.RECONNECTING, PaneReason.SIGNED_OUT)
        assert not session.signed_in
        await session.log_in(stage.center.user, stage.center.password)
        await stage.all_play()
    assert len(asked) == 1
    for number in FOUR[:2]:
        assert seen[number].states == {PaneState.PLAYING}, seen[number]
        assert seen[number].longest_stand_s <= 1.0, seen[number]


async def test_a_camera_that_comes_back_is_shown_at_once(stage: Stage):
    told: list[ChannelStatus] = []
    stage.app.session.status_changed.connect(told.append)
    await stage.show(FOUR[:1])
    await asyncio.to_thread(stage.center.set_online, "c3", False)
    await until(lambda: [(s.channel_id, s.online) for s in told] == [("c3", False)])
    await stage.put(FOUR[:2])
    pane = stage.panes[1]
    await stage.says(1, PaneState.RECONNECTING, PaneReason.CAMERA_OFFLINE)
    await until(lambda: (pane.next_try_s or 0) > 3.5, what=stage.describe)  # it asks ever more rarely
    await asyncio.to_thread(stage.center.set_online, "c3", True)
    assert await until(lambda: pane.next_try_s is None, what=stage.describe) < 3, "it did not wait for its turn"
    await stage.all_play()
    assert [(s.channel_id, s.online) for s in told] == [("c3", False), ("c3", True)]
