"""Fixtures of the window's tests: one Qt loop for coroutines, walls of hand-fed panes, and a whole window."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication
from window_fakes import FakeSession, FakeWall

from tests.services.test_centers import MemoryStore, OneSource
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.catalog_view import SyncPhase
from wallclient.domain.center_config import CenterConfig
from wallclient.services.catalogs import Catalogs
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.services.view_library import ViewLibrary
from wallclient.storage.settings import settings_file
from wallclient.storage.views import views_file
from wallclient.ui.main_window import MainWindow
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.window_needs import WindowNeeds


class AlwaysRunning(qasync.QEventLoop):
    """Is the running loop also while a test or pytest-qt turns Qt's loop by itself, outside of `run_until_complete`.

    In the program Qt's loop never turns without asyncio's.
    """

    def call_later(self, delay, callback, *args, context=None):
        return super().call_later(delay, self._running, callback, *args, context=context)

    def _running(self, callback, *args):
        if asyncio._get_running_loop() is not None:
            callback(*args)
            return
        asyncio._set_running_loop(self)
        try:
            callback(*args)
        finally:
            asyncio._set_running_loop(None)


async def end_all() -> None:
    """Cancel what still runs on the loop, and wait for it."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """An asyncio loop on Qt's own; errors of tasks fail the test."""
    loop = AlwaysRunning(qapp)
    asyncio.set_event_loop(loop)
    errors: list[object] = []
    loop.set_exception_handler(lambda _loop, context: errors.append(context))
    yield loop
    loop.run_until_complete(end_all())
    loop.close()
    asyncio.set_event_loop(None)
    gc.collect()
    assert not errors


@pytest.fixture
def library(tmp_path: Path) -> ViewLibrary:
    return ViewLibrary(views_file(tmp_path / "config"))


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    preferences = Preferences(settings_file(tmp_path / "config"))
    preferences.change(snapshot_folder=str(tmp_path / "pictures"))
    return preferences


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def wall() -> FakeWall:
    return FakeWall("4")


@pytest.fixture
def window(qtbot, loop, wall, session, library, preferences) -> Iterator[MainWindow]:
    """A window of 1280 × 720 with four panes, shown and in front."""
    metrics = metrics_for(1080)
    apply_theme(QApplication.instance(), metrics)

    window = MainWindow(wall, WindowNeeds(session, library, preferences, metrics, loop))
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    window.wall_widget.setFocus()
    yield window
    window.close()


# A window over a real center and a real mirror of it. A module says with CITY_CAMERAS how many cameras there are.

KEY = "north"


@pytest.fixture
def center(request):
    with EmbeddedCenter(getattr(request.module, "CITY_CAMERAS", 400), media=OneSource()) as center:
        yield center


@pytest.fixture
def centers(loop, run, preferences, center, tmp_path):
    centers = Centers(preferences, SecretKeeper(MemoryStore()), tmp_path / "data")
    centers.add(CenterConfig(KEY, center.base_url))
    yield centers
    run(centers.close())


@pytest.fixture
def catalogs(loop, run, centers, tmp_path):
    catalogs = Catalogs(centers, tmp_path / "data")
    yield catalogs
    run(catalogs.close())


@pytest.fixture
def city_window(qtbot, loop, run, request, center, centers, catalogs, library, preferences):
    """A window of nine panes signed in to the center, with the whole tree mirrored and its first levels open."""
    metrics = metrics_for(1080)
    apply_theme(QApplication.instance(), metrics)
    window = MainWindow(FakeWall("9"), WindowNeeds(centers, library, preferences, metrics, loop, catalogs))
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    run(centers.log_in(KEY, center.user, center.password))
    catalog = catalogs.catalog(KEY)
    cameras = getattr(request.module, "CITY_CAMERAS", 400)
    run(lambda: catalog.state.phase is SyncPhase.FOLLOWING and catalog.state.cameras == cameras, 30)
    model = window.tree_model
    run(lambda: model.index(0, 0, model.index(0, 0, model.index(0, 0))).isValid())
    yield window
    window.close()


@pytest.fixture
def run(loop):
    """Run a coroutine to its end, or the loop until a condition holds."""

    def run(what, timeout_s: float = 10.0):
        if callable(what):

            async def wait() -> None:
                async with asyncio.timeout(timeout_s):
                    while not what():
                        await asyncio.sleep(0.005)

            return loop.run_until_complete(wait())
        return loop.run_until_complete(asyncio.wait_for(what, timeout_s))

    return run


@pytest.fixture
def steered(qtbot, loop, run, library, preferences, tmp_path):
    """A window whose cameras can be steered; see `ptz_stage`."""
    from ptz_stage import PtzStage

    stage = PtzStage(qtbot, loop, run, library, preferences, tmp_path / "ptz")
    yield stage
    stage.close()
