"""A round on a real wall: what its panes show is what the round is told."""

import asyncio
from dataclasses import replace

import pytest
import qasync
from patrol_fakes import ME, FakeClock, plan, steps
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from tests.services.streaming import FakeCenter, FakePool, channel
from wallclient.domain.catalog import Right
from wallclient.domain.errors import CameraHeld, NotFound, ServerFailed, SnapshotFailed
from wallclient.domain.layout import layout_by_id
from wallclient.domain.pane import PaneState
from wallclient.domain.patrol import PlanView, RecordKind, Step, Why
from wallclient.services import patrol_stage
from wallclient.services.patrol_round import Phase, RoundRunner, SightState
from wallclient.services.patrol_stage import WallStage, as_jpeg
from wallclient.services.wall import Deck, Wall

S = SightState


class Scene:
    """A wall, a stage on it, and the center behind both."""

    def __init__(self, recall=None):
        self.center, self.pool = FakeCenter(), FakePool()
        self.center.channels = {f"k/c{i}": replace(channel(i), id=f"k/c{i}") for i in range(1, 65)}
        self.wall = Wall(Deck(self.pool, self.center), layout_by_id("4"))
        self.recalled = []
        self.stage = WallStage(self.wall, "k", self.center.channel, recall or self._recall)

    async def _recall(self, gid, number):
        self.recalled.append((gid, number))

    async def sight(self, state):
        """Let pictures come until the stage sees something."""
        async with asyncio.timeout(10):
            while self.stage.sight.state is not state:
                await asyncio.sleep(0.002)
        return self.stage.sight

    async def pictures(self):
        """Let every camera on the wall send its first picture."""
        async with asyncio.timeout(10):
            while any(p.channel and p.state is not PaneState.PLAYING for p in self.wall.panes):
                for opening in self.pool.alive:
                    if not opening.has_picture:
                        self.pool.draw(opening)
                await asyncio.sleep(0.002)

    def change(self, number, **fields):
        gid = f"k/c{number}"
        self.center.channels[gid] = replace(self.center.channels[gid], **fields)


@pytest.fixture
def play(qapp):
    """Run `scene(Scene)` on a Qt loop and take the wall down."""
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)

    def play(scene, **options):
        async def body():
            made = Scene(**options)
            try:
                await asyncio.wait_for(scene(made), 20)
            finally:
                made.stage.leave()
                made.wall.shut_down()
                while made.pool.alive:
                    await asyncio.sleep(0.002)

        loop.run_until_complete(body())

    yield play
    loop.close()
    asyncio.set_event_loop(None)


def test_a_camera_is_shown_and_plays(play):
    async def scene(s):
        s.stage.show(steps(1)[0], 2)
        assert s.stage.sight.state is S.WAITING
        with pytest.raises(SnapshotFailed):
            await s.stage.snapshot()
        while s.wall.panes[2].channel is None:
            await asyncio.sleep(0.002)
        await s.pictures()
        await s.sight(S.PLAYING)
        s.stage.show(steps(1, first=2)[0], 7)  # a pane beyond the layout: counted round
        await asyncio.sleep(0)
        assert s.stage.sight.state is S.WAITING  # and never "elsewhere" on the way
        while s.wall.panes[3].channel is None:
            assert s.stage.sight.state is S.WAITING
            await asyncio.sleep(0.002)

    play(scene)


def test_what_can_not_be_shown_is_told_at_once(play):
    async def scene(s):
        s.change(1, online=False)
        s.change(2, rights=Right.PTZ.bit)
        del s.center.channels["k/c3"]
        for number, why in ((1, Why.OFFLINE), (2, Why.FORBIDDEN), (3, Why.NOT_FOUND)):
            s.stage.show(steps(1, first=number)[0], 0)
            assert (await s.sight(S.GONE)).why is why
        assert not s.pool.openings  # nothing was even tried

    play(scene)


def test_a_center_that_is_away_is_waited_for(play):
    async def scene(s):
        async def away(_gid):
            raise ServerFailed

        s.stage._find = away
        s.stage.show(steps(1)[0], 0)
        while s.stage.sight.why is None:
            await asyncio.sleep(0.002)
        assert (s.stage.sight.state, s.stage.sight.why) == (S.WAITING, Why.CENTER_AWAY)

    play(scene)


def test_a_camera_whose_picture_goes_on_is_shown_while_the_center_is_away(play):
    async def scene(s):
        s.wall.show(0, s.center.channels["k/c1"])
        await s.pictures()

        async def away(_gid):
            raise ServerFailed

        s.stage._find = away
        s.stage.show(steps(1)[0], 0)
        await s.sight(S.PLAYING)

    play(scene)


def test_presets_are_gone_to_and_a_held_camera_is_noted(play):
    async def held(gid, number):
        raise CameraHeld("somebody else")

    async def scene(s):
        s.stage.show(Step("球机", 10.0, "c1", 7), 0)
        while s.wall.panes[0].channel is None:
            await asyncio.sleep(0.002)
        await s.pictures()
        sight = await s.sight(S.PLAYING)
        assert (sight.preset_why, s.recalled) == (None, [("k/c1", 7)])
        s.stage._recall = held
        s.stage.show(Step("球机", 10.0, "c1", 8), 0)
        while s.stage.sight.preset_why is None:
            await asyncio.sleep(0.002)
        assert s.stage.sight.preset_why is Why.HELD
        s.stage._recall = None
        s.stage.show(Step("球机", 10.0, "c1", 8), 0)
        while s.stage.sight.preset_why is None:
            await asyncio.sleep(0.002)
        assert s.stage.sight.preset_why is Why.NOT_ABLE

    play(scene)


def test_another_camera_in_the_pane_means_that_the_operator_took_over(play):
    async def scene(s):
        kept = []
        runner = RoundRunner(plan(2, panes=(1,)), s.stage, lambda r, _: kept.append(r.kind), ME, FakeClock())
        runner.start()
        while s.wall.panes[1].channel is None:
            await asyncio.sleep(0.002)
        await s.pictures()
        runner.tick()
        assert runner.phase is Phase.SHOWING
        s.wall.show(1, s.center.channels["k/c9"])
        assert not runner.can_confirm
        runner.tick()
        assert (runner.phase, kept[-1]) == (Phase.BY_HAND, RecordKind.BY_HAND)
        s.wall.show(0, s.center.channels["k/c8"])  # other panes are nobody's business
        runner.resume()
        while s.wall.panes[1].channel.id != "k/c1":
            await asyncio.sleep(0.002)
        await s.pictures()
        runner.tick()
        assert runner.phase is Phase.SHOWING
        s.wall.close(1)
        runner.tick()
        assert runner.phase is Phase.BY_HAND

    play(scene)


def test_a_view_plays_with_what_there_is(play, monkeypatch):
    monkeypatch.setattr(patrol_stage, "VIEW_PATIENCE_S", 0.0)

    async def scene(s):
        del s.center.channels["k/c3"]
        view = PlanView("四路", "4", ("c1", None, "c2", "c3"))
        s.stage.show(Step("四路", 10.0, view=view), 0)
        while s.wall.panes[2].channel is None:
            await asyncio.sleep(0.002)
        assert s.stage.sight.state is S.WAITING
        await s.pictures()
        assert (await s.sight(S.PLAYING)).missing == ("c3:not_found",)
        s.wall.set_layout(layout_by_id("1"))
        assert s.stage.sight.state is S.ELSEWHERE
        s.center.channels.clear()
        s.stage.show(Step("四路", 10.0, view=view), 0)
        assert (await s.sight(S.GONE)).why is Why.NOT_FOUND
        s.stage.show(Step("四路", 10.0, view=replace(view, layout_id="none such")), 0)
        assert (await s.sight(S.GONE)).why is Why.NOT_FOUND

    play(scene)


def test_pictures_become_jpeg_within_limits(qapp):
    image = QImage(640, 360, QImage.Format.Format_ARGB32)
    image.fill(QColor("teal"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    jpeg = as_jpeg(bytes(buffer.data().data()))
    assert jpeg.startswith(b"\xff\xd8\xff")
    assert QImage.fromData(jpeg).size() == image.size()
    with pytest.raises(SnapshotFailed):
        as_jpeg(b"nothing of the kind")
    assert patrol_stage.why_of(NotFound()) is Why.NOT_FOUND
