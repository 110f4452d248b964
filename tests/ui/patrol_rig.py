"""A window over hand-fed panes, with the real patrols of a real embedded center, and a clock the test turns."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from tests.services.patrol_fakes import FakeClock
from wallclient.domain.global_id import global_id
from wallclient.domain.pane import PaneState
from wallclient.domain.patrol import Plan, Schedule, Step, new_key

KEY = "north"  # the center of `conftest.centers`


def picture(color: str = "#335577") -> QImage:
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


def new_clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


def always_inside(loop, run):
    """Return `run` for tests that call services themselves: the loop runs in between too, as in the program."""

    def inside(what, timeout_s: float = 10.0):
        try:
            return run(what, timeout_s)
        finally:
            asyncio._set_running_loop(loop)

    asyncio._set_running_loop(loop)
    return inside


class Post:
    """A window with patrols, and what an operator and the cameras do there."""

    def __init__(self, qtbot, run, window, patrols, clock, wall) -> None:
        self.qtbot, self.run, self.window, self.patrols = qtbot, run, window, patrols
        self.clock, self.wall = clock, wall

    @property
    def desk(self):
        return self.window.patrol

    @property
    def strip(self):
        return self.window.patrol.strip

    @property
    def runner(self):
        return self.window.patrol.runner

    @property
    def of_center(self):
        return self.patrols.of(KEY)

    def plan(self, numbers=(1, 2, 3), **changes) -> Plan:
        """Return a plan of the center's cameras with these numbers, saved there."""
        steps = tuple(Step(f"{n}号点位", 10.0, f"c{n}", look_for=f"看{n}号有无异常") for n in numbers)
        made = Plan(new_key(), 0, "夜间巡查", steps, Schedule("Asia/Shanghai"))
        return self.run(self.of_center.save_plan(replace(made, **changes)))

    def begin(self, plan=None):
        runner = self.desk.begin(KEY, plan or self.plan())
        assert runner is not None
        return runner

    def play(self) -> None:
        """Let the step's camera send a picture, and the round see it."""
        step = self.runner.step
        gid = global_id(KEY, step.channel_id)
        pane = self.wall.panes[self.runner.pane % len(self.wall.panes)]

        def plays() -> bool:
            if pane.channel is not None and pane.channel.id == gid and pane.state is PaneState.OPENING:
                pane.feed(picture())
            return pane.state is PaneState.PLAYING and self.runner.sight.state.value == "playing"

        self.run(plays)
        self.patrols.tick()

    def go(self, seconds: float) -> None:
        """Let time go by."""
        for _ in range(round(seconds / 0.5)):
            self.clock.go(0.5)
            self.patrols.tick()

    def key(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        target = self.window.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifier)

    def kinds(self, runner=None) -> list[str]:
        return [record.kind.value for record in (runner or self.runner).records]
