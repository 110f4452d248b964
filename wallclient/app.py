"""Builds every object of the program, hands them to each other, and takes all down in reverse.

The only module that sees everything.
"""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import qasync
from PySide6.QtWidgets import QApplication

from wallclient import __version__
from wallclient.api.native import NativeCenter
from wallclient.domain.errors import StorageFailed
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.player.host_pool import HostPool
from wallclient.services.preferences import Preferences
from wallclient.services.session import CenterSession
from wallclient.services.view_library import ViewLibrary
from wallclient.services.wall import Deck, Wall, WallCenter
from wallclient.storage.settings import config_folder, settings_file
from wallclient.storage.views import views_file
from wallclient.ui import i18n, theme
from wallclient.ui.background import Background
from wallclient.ui.collector import Collector
from wallclient.ui.login_dialog import LogInDialog
from wallclient.ui.windows import Windows

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_THREADS = 10  # for files and other short blocking work; the center's session has its own


class Application:
    """Everything behind the windows, for one operator at one center. Lives on the UI thread."""

    def __init__(
        self,
        session: CenterSession,
        folder: Path,
        metrics: theme.Metrics,
        center: WallCenter | None = None,
    ) -> None:
        """`folder` holds settings and views; `center` stands in for `session` where walls ask for streams."""
        settings, views = settings_file(folder), views_file(folder)
        self.preferences = Preferences(settings)
        self.library = ViewLibrary(views)
        self.session = session
        self.pool = HostPool()
        self.deck = Deck(self.pool, center or session)
        loop = asyncio.get_running_loop()
        self.windows = Windows(self._new_wall, session, self.library, self.preferences, metrics, loop)
        self._set_aside = [file.set_aside for file in (settings, views) if file.set_aside]
        self._was_reachable = True
        session.status_changed.connect(self._on_status_changed)
        session.state_changed.connect(self._on_session_changed)
        self._ended = asyncio.Event()
        self.windows.all_closed.connect(self._ended.set)

        self._collector = Collector()

    def _new_wall(self) -> Wall:
        return Wall(self.deck)

    def walls(self) -> list[Wall]:
        """Return the walls of all windows."""
        return [window.wall for window in self.windows.windows]

    def report_damaged_files(self) -> None:
        """Tell the operator which of our files were damaged and kept aside."""
        for path in self._set_aside:
            self.windows.notify(Notice(str(path), NoticeKind.FILE_SET_ASIDE, NoticeLevel.WARNING, str(path)))
        self._set_aside = []

    def quit(self) -> None:
        """Close all windows, which ends the program."""
        self.windows.close_all()
        self._ended.set()

    async def closed(self) -> None:
        """Wait until the last window is closed."""
        await self._ended.wait()

    async def close(self) -> None:
        """Take everything down: windows, players, session. Returns when no process is left."""
        self.windows.close_all()
        self.pool.shut_down()
        await self.session.close()
        self._collector.stop()

    def _on_status_changed(self, status: object) -> None:
        for wall in self.walls():
            wall.take_status(status)  # type: ignore[arg-type]  # Signal(object)

    def _on_session_changed(self) -> None:
        reachable, was = self.session.reachable, self._was_reachable
        self._was_reachable = reachable
        if reachable and not was:
            for wall in self.walls():
                wall.retry_all()


def run_client(center_url: str | None = None, user: str | None = None, log_level: str = "warning") -> int:
    """Run the client as an operator does: log in, then the windows of last time; return the exit status."""
    _set_up_log(log_level)
    return _with_qt(lambda metrics: _serve(center_url, user, metrics))


def run_application(
    center_url: str,
    work: Callable[[Application], Awaitable[_Result]],
    *,
    folder: Path,
    stand_in: Callable[[CenterSession], WallCenter] | None = None,
) -> _Result:
    """Build the application for a center, run `work` with it and take it down; for the demo, benchmarks and tests."""

    async def body(metrics: theme.Metrics) -> _Result:
        session = CenterSession(NativeCenter(center_url))
        application = Application(session, folder, metrics, stand_in(session) if stand_in else None)
        with _signals(application.quit):
            try:
                return await work(application)
            finally:
                await application.close()

    return _with_qt(body)


async def _serve(center_url: str | None, user: str | None, metrics: theme.Metrics) -> int:
    folder = config_folder()
    session = await _log_in(center_url, user, folder, metrics)
    if session is None:
        return 0
    application = Application(session, folder, metrics)
    with _signals(application.quit):
        try:
            application.windows.open_saved()
            application.report_damaged_files()
            await application.closed()
        finally:
            await application.close()
    return 0


async def _log_in(
    center_url: str | None, user: str | None, folder: Path, metrics: theme.Metrics
) -> CenterSession | None:
    """Ask where to log in and as whom until a center agrees; None when the operator gives up."""
    preferences = Preferences(settings_file(folder))
    settings = preferences.settings
    loop = asyncio.get_running_loop()
    background = Background(loop)
    sessions: list[CenterSession] = []

    async def log_in(address: str, name: str, password: str) -> None:
        session = CenterSession(NativeCenter(address))
        try:
            await session.log_in(name, password)
        except BaseException:
            await session.close()
            raise
        sessions.append(session)
        with contextlib.suppress(StorageFailed):  # the next log-in then begins with empty fields
            preferences.change(center_url=address, user=name)

    dialog = LogInDialog(
        log_in, background, metrics, address=center_url or settings.center_url, user=user or settings.user
    )
    done = asyncio.Event()
    dialog.finished.connect(done.set)
    with _signals(dialog.reject):
        dialog.open()
        await done.wait()
    dialog.deleteLater()
    background.cancel_all()
    return sessions[0] if sessions else None


def _with_qt(body: Callable[[theme.Metrics], Awaitable[_Result]]) -> _Result:
    """Run `body` on a Qt application's loop."""
    qt = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("wallclient")
    qt.setApplicationVersion(__version__)
    qt.setQuitOnLastWindowClosed(False)  # or closing the last dialog stops the loop under a running task
    metrics = theme.screen_metrics()
    translators = i18n.install_translators(qt, i18n.chosen_language(_language_setting()))
    theme.apply_theme(qt, metrics)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qt)) as runner:
        runner.get_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
        result = runner.run(_awaited(body(metrics)))
    del translators  # Qt does not own them
    return result


async def _awaited(work: Awaitable[_Result]) -> _Result:
    return await work


def _language_setting() -> str:
    return settings_file(config_folder()).load().language


@contextlib.contextmanager
def _signals(stop: Callable[[], object]):  # type: ignore[no-untyped-def]  # a context manager
    """Let Ctrl-C and a service manager's SIGTERM end the program in order."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    try:
        for number in numbers:
            loop.add_signal_handler(number, stop)
    except NotImplementedError:  # Windows
        yield
        return
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _set_up_log(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
