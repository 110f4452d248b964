"""The program's start: windows at once, signed in by itself where that was wanted, with the center there or not."""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from tests.services.test_centers import MemoryStore, OneSource, until
from wallclient import app
from wallclient.app import Application
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import BadAddress
from wallclient.domain.layout import layout_by_id
from wallclient.services.center_access import AccessState
from wallclient.ui.center_dialog import CenterDialog
from wallclient.ui.login_dialog import LogInDialog
from wallclient.ui.theme import metrics_for

LIMIT_S = 60.0


@pytest.fixture
def center():
    with EmbeddedCenter(64, media=OneSource()) as center:
        yield center


@pytest.fixture
def run(qapp: QApplication):
    """Run a coroutine to its end on a Qt loop."""
    gc.collect()
    qapp.setQuitOnLastWindowClosed(False)  # as the program does
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, LIMIT_S))
    asyncio.set_event_loop(None)
    loop.close()
    qapp.setQuitOnLastWindowClosed(True)


@pytest.fixture
def start(tmp_path: Path, monkeypatch) -> Callable[[], Application]:
    """Build the application as at a start; its folders and its keyring outlast it."""
    store = MemoryStore()
    monkeypatch.setattr(app, "Credentials", lambda: store)
    return lambda: Application(tmp_path / "config", tmp_path / "data", metrics_for(1080))


def dialogs(application: Application, kind: type) -> list:
    found = [dialog for window in application.windows.windows for dialog in window.findChildren(kind)]
    return [dialog for dialog in found if dialog.isVisible()]


def test_a_start_with_the_center_away_loses_nothing_and_finds_it_when_it_is_back(center, start, run):
    async def two_shifts():
        first = start()
        first.centers.add(CenterConfig("n", center.base_url))
        await first.centers.log_in("n", center.user, center.password, stay=True)
        wall = first.windows.open().wall
        wall.set_layout(layout_by_id("4"))
        wall.show(2, await first.centers.channel("n/c5"))
        await first.close()
        center.stop()

        began = time.monotonic()
        second = start()
        (window,) = second.windows.open_saved()
        second.sign_in()
        assert time.monotonic() - began < 5
        assert window.isVisible()
        access = second.centers.access("n")
        assert access.state is AccessState.SIGNING_IN
        await until(lambda: window.wall.layout.id == "4")
        assert window.current_view().channel_ids == (None, None, "n/c5", None)
        assert dialogs(second, LogInDialog) == []
        await second.close()  # an operator who gives up still has his view the next time

        third = start()
        (window,) = third.windows.open_saved()
        third.sign_in()
        center.start()
        await until(lambda: window.wall.panes[2:3] and window.wall.panes[2].channel is not None)
        assert window.wall.panes[2].channel.id == "n/c5"
        assert dialogs(third, LogInDialog) == []
        await third.close()

    run(two_shifts())


def test_without_a_center_the_first_question_is_for_one(start, run):
    async def first_start():
        application = start()
        application.windows.open_saved()
        application.sign_in()
        assert len(dialogs(application, CenterDialog)) == 1
        await application.close()

    run(first_start())


def test_an_address_on_the_command_line_is_asked_for_and_added_once(center, start, run):
    async def twice():
        for _ in range(2):
            application = start()
            application.windows.open_saved()
            application.sign_in(center.base_url, "zhang")
            (dialog,) = dialogs(application, LogInDialog)
            assert dialog.user_box.currentText() == "zhang"
            assert [config.url for config in application.centers.configs] == [center.base_url]
            with pytest.raises(BadAddress):
                application.sign_in("ftp://x")
            await application.close()

    run(twice())


def test_the_program_starts_without_what_only_its_workers_or_some_sites_need():
    """Each costs every wall tens of MB and a part of a second: memory of 64 panes is counted."""
    heavy = ("av", "numpy", "vlc", "pygame", "openpyxl", "onveef", "httpx")
    script = f"import sys, wallclient.app; print([name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
