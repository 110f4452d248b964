"""What an operator may not watch: the center's own refusal, in the words of a right, in the pane."""

import asyncio

from tests.integration.rig import CENTER_KEY, Stage
from wallclient.domain.catalog import Right
from wallclient.domain.layout import layout_by_id
from wallclient.domain.node import PlaceCategory
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.ui.text import reason_text

_P = PlaceCategory
INDOORS = {_P.HOTEL, _P.INTERNET_CAFE, _P.ENTERTAINMENT, _P.RESIDENTIAL, _P.SCHOOL, _P.HOSPITAL}


async def test_a_camera_without_the_right_to_view_says_so_in_its_pane(stage: Stage):
    """`visitor` sees schools and hotels in his tree, and may do nothing there: 403, and which right."""
    await stage.app.centers.log_in(CENTER_KEY, "visitor", stage.center.password)
    channels = [await stage.channel(number) for number in range(1, 65)]
    shut = [channel for channel in channels if channel.place in INDOORS and channel.online]
    assert shut, {channel.place for channel in channels}
    stage.wall.set_layout(layout_by_id("4"))
    stage.wall.show(0, shut[0])
    await stage.says(0, PaneState.FAILED, PaneReason.NO_VIEW_RIGHT)
    assert "Live view" in reason_text(PaneReason.NO_VIEW_RIGHT)
    stage.wall.show(1, channels[1])  # what he may see is not touched by it
    await stage.says(1, PaneState.PLAYING, None)


async def test_a_right_that_was_given_brings_the_picture_with_the_next_try(stage: Stage):
    await stage.app.centers.log_in(CENTER_KEY, "visitor", stage.center.password)
    channel = await stage.channel(2)
    await asyncio.to_thread(stage.center.set_rights, "visitor", [])
    try:
        stage.wall.show(0, channel)
        await stage.says(0, PaneState.FAILED, PaneReason.NO_VIEW_RIGHT)
    finally:
        await asyncio.to_thread(stage.center.set_rights, "visitor", [Right.VIEW])
    stage.panes[0].retry()
    await stage.says(0, PaneState.PLAYING, None)
