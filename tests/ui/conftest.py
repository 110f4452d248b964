"""Fixtures of the window's tests: one Qt loop for coroutines, walls of hand-fed panes, and a whole window."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication
from window_fakes import FakeSession, FakeWall

from wallclient.services.preferences import Preferences
from wallclient.services.view_library import ViewLibrary
from wallclient.storage.settings import settings_file
from wallclient.storage.views import views_file
from wallclient.ui.main_window import MainWindow
from wallclient.ui.theme import apply_theme, metrics_for


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """An asyncio loop on Qt's own; errors of tasks fail the test."""
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    errors: list[object] = []

    def note(_loop: object, context: dict[str, object]) -> None:
        # pytest-qt turns Qt's loop once more after the test; a task whose turn it is then finds no running asyncio loop
        if "no running event loop" not in str(context.get("exception")):
            errors.append(context)

    loop.set_exception_handler(note)
    yield loop
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
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

    window = MainWindow(wall, session, library, preferences, metrics, loop)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    window.wall_widget.setFocus()
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
