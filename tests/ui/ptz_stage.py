"""A whole window whose cameras can be steered: a wall of hand-fed panes before a PTZ center in memory."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from window_fakes import FakeSession, FakeWall

from tests.services.ptz_fakes import FakePtzCenter
from wallclient.domain.catalog import Right
from wallclient.domain.global_id import split_id
from wallclient.domain.node import CameraKind, Channel
from wallclient.domain.ptz import STILL, PtzChanged, PtzStatus, TakeOver, Velocity
from wallclient.services.cruises import Cruises
from wallclient.services.joystick import Joysticks
from wallclient.services.presets import Presets
from wallclient.services.steering import Helm
from wallclient.storage.ptz import cruises_file, joysticks_file
from wallclient.ui.main_window import MainWindow
from wallclient.ui.ptz_services import PtzServices
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.window_needs import WindowNeeds

FIRST, SECOND, FIXED = "main/c3", "main/c7", "main/c4"


def camera(channel_id: str, kind: CameraKind = CameraKind.PTZ, rights: int | None = None) -> Channel:
    return Channel(channel_id, f"解放碑 球机{channel_id[-1]}", "", True, kind, rights=rights)


def picture(color: str = "#206080") -> QImage:
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(color)
    return image


class SteeredSession(FakeSession):
    """The center of the window's tests, with PTZ."""

    ptz_changed = Signal(object)
    presets_changed = Signal(object)

    def __init__(self, center: FakePtzCenter) -> None:
        super().__init__()
        self.center = center
        self.farewell = None
        self._pool = ThreadPoolExecutor(2)

    def ptz_center(self, channel_id):
        return self.center, split_id(channel_id)[1]

    async def ask_ptz(self, channel_id, work):
        center, local_id = self.ptz_center(channel_id)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, center, local_id)

    def close(self):
        self._pool.shutdown()


class SpiedHelm(Helm):
    """The helm; it notes what it is told."""

    def __init__(self, centers) -> None:
        super().__init__(centers)
        self.told: list[Velocity | str] = []  # velocities, reasons to release, and "stop"

    def move(self, channel_id, velocity):
        self.told.append(velocity)
        super().move(channel_id, velocity)

    def stop(self, channel_id):
        self.told.append("stop")
        super().stop(channel_id)

    def release_all(self, reason):
        self.told.append(reason)
        super().release_all(reason)

    @property
    def moves(self) -> list[Velocity]:
        return [told for told in self.told if isinstance(told, Velocity) and not told.is_still]

    @property
    def releases(self) -> list[Velocity | str]:
        return [told for told in self.told if isinstance(told, str) or told.is_still]


class FakeSource:
    """A joystick held by the test."""

    def __init__(self) -> None:
        self.tell = None
        self.closed = False

    def start(self, tell) -> None:
        self.tell = tell

    def close(self) -> None:
        self.closed = True


class FakeLock(QObject):
    locked = Signal()


class PtzStage:
    """The window, its services, and what tests do with them."""

    def __init__(self, qtbot, loop, run, library, preferences, folder: Path) -> None:
        self.qtbot, self._run, self._loop = qtbot, run, loop
        asyncio._set_running_loop(loop)  # as in the program, where Qt's loop never turns without asyncio's
        self.center = FakePtzCenter()
        self.session = SteeredSession(self.center)
        self.helm = SpiedHelm(self.session)
        self.presets = Presets(self.session)
        self.cruises = Cruises(self.session, self.helm, self.presets, cruises_file(folder))
        self.source = FakeSource()
        self.joysticks = Joysticks(self.helm, lambda: self.source, joysticks_file(folder))
        self.lock = FakeLock()
        self.wall = FakeWall("4")
        metrics = metrics_for(1080)
        apply_theme(QApplication.instance(), metrics)
        services = PtzServices(self.helm, self.presets, self.cruises, self.joysticks, self.lock)
        needs = WindowNeeds(self.session, library, preferences, metrics, loop, ptz=services)
        self.window = MainWindow(self.wall, needs)
        qtbot.addWidget(self.window)
        self.window.resize(1280, 720)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.widget.setFocus()
        for index, channel_id in enumerate((FIRST, SECOND)):
            self.show(index, camera(channel_id))
        self.show(2, camera(FIXED, CameraKind.BOX))

    def run(self, what, timeout_s: float = 20.0):
        """Run a coroutine to its end, or the loop until a condition holds."""
        asyncio._set_running_loop(None)
        try:
            return self._run(what, timeout_s)
        finally:
            asyncio._set_running_loop(self._loop)

    def show(self, index: int, channel: Channel) -> None:
        """Show a camera in a pane, with a moving picture."""
        self.wall.show(index, channel)
        self.wall.panes[index].feed(picture())

    def known(self, channel_id: str = FIRST) -> None:
        """Wait until the center has told the state of a camera."""
        self.run(lambda: self.helm.ptz_of(channel_id).status is not None)

    def tell(self, status: PtzStatus, channel_id: str = FIRST, taken: TakeOver | None = None) -> None:
        """Let the center tell another state of a camera."""
        self.center.status = status
        self.session.ptz_changed.emit(PtzChanged(channel_id, status, taken))

    def enter(self) -> None:
        """Begin PTZ mode for the first pane."""
        self.known()
        self.window.actions_by_command["ptz_mode"].trigger()
        assert self.pilot.mode

    @property
    def widget(self):
        return self.window.wall_widget

    @property
    def pilot(self):
        return self.window.ptz.pilot

    @property
    def panel(self):
        return self.window.ptz.panel

    def stands(self, channel_id: str = FIRST) -> bool:
        """Tell whether the center has obeyed a stop."""
        return self.center.velocity.get(split_id(channel_id)[1], STILL).is_still

    def deactivate(self) -> None:
        """Let another window come to the front."""
        QApplication.sendEvent(self.window, QEvent(QEvent.Type.WindowDeactivate))

    def close(self) -> None:
        self.window.close()
        self.cruises.close()
        self.presets.close()
        self.run(self.joysticks.close())
        self.run(self.helm.close())
        self.session.close()
        asyncio._set_running_loop(None)


MAY_VIEW_ONLY = Right.VIEW.bit
