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
from wallclient.devices.pygame_joystick import PygameJoysticks
from wallclient.domain.case import Case, CaseItem
from wallclient.domain.center_config import CenterConfig, new_key, typed_address
from wallclient.domain.errors import BadAddress, StorageFailed
from wallclient.domain.export import ExportJob
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.player.host_pool import HostPool
from wallclient.services.alarms import Alarms
from wallclient.services.audit import AuditBook
from wallclient.services.case_items import clip_items
from wallclient.services.cases import Cases
from wallclient.services.catalogs import Catalogs
from wallclient.services.center_access import AccessState, StandIn
from wallclient.services.centers import Centers
from wallclient.services.cruises import Cruises
from wallclient.services.evidence import EvidenceDesk
from wallclient.services.exports import Exports
from wallclient.services.failover_leases import Failover
from wallclient.services.footage_search import FootageSearches
from wallclient.services.joystick import Joysticks
from wallclient.services.patrols import Patrols
from wallclient.services.preferences import Preferences
from wallclient.services.presets import Presets
from wallclient.services.review_desk import ReviewDesk
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.services.session import CenterSession
from wallclient.services.steering import Helm
from wallclient.services.view_library import ViewLibrary
from wallclient.services.wall import Deck, Wall
from wallclient.storage.cases import cases_file
from wallclient.storage.credentials import Credentials
from wallclient.storage.exports import exports_file
from wallclient.storage.ptz import cruises_file, joysticks_file
from wallclient.storage.settings import config_folder, data_folder, settings_file
from wallclient.storage.views import views_file
from wallclient.ui import i18n, theme
from wallclient.ui.case_text import told_of
from wallclient.ui.collector import Collector
from wallclient.ui.export_services import ExportServices
from wallclient.ui.patrol_services import PatrolServices
from wallclient.ui.playback_services import PlaybackServices
from wallclient.ui.ptz_lock import DBusScreenLock
from wallclient.ui.ptz_services import PtzServices
from wallclient.ui.window_needs import WindowNeeds
from wallclient.ui.windows import Windows

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
CENTER_KEY = "center"  # of the only center of demo, benchmarks and tests
_THREADS = 10  # for files and other short blocking work; sessions have their own


class Application:
    """Everything behind the windows, for one operator at any number of centers. Lives on the UI thread."""

    def __init__(self, folder: Path, data: Path, metrics: theme.Metrics, *, stand_in: StandIn | None = None) -> None:
        """`folder` holds settings and views, `data` the mirrors; `stand_in` goes to `services.centers.Centers`."""
        settings, views = settings_file(folder), views_file(folder)
        self.preferences = Preferences(settings)
        self.library = ViewLibrary(views)
        keeper = SecretKeeper(Credentials())
        self.centers = Centers(self.preferences, keeper, data, stand_in=stand_in)
        self.helm = Helm(self.centers)
        self.presets = Presets(self.centers)
        cruises, joysticks = cruises_file(folder), joysticks_file(folder)
        self.cruises = Cruises(self.centers, self.helm, self.presets, cruises)
        self.joysticks = Joysticks(self.helm, PygameJoysticks, joysticks)
        self.pool = HostPool()
        self.audit = AuditBook(self.centers, data)
        self.review = ReviewDesk(self.centers, folder, self.audit)
        loop = asyncio.get_running_loop()
        self.catalogs = Catalogs(self.centers, data)
        self.failover = Failover(self.centers, self.catalogs.with_code, self.catalogs.channel_now)
        self.centers.stood_in = self.failover.channel
        self.deck = Deck(self.pool, self.centers, self.review, self.failover)
        self.patrols = Patrols(self.centers, data)
        self.exports = Exports(self.centers, exports_file(data), self.audit)
        self.evidence = EvidenceDesk(keeper, __version__, self.audit)
        self.cases = Cases(self.centers, cases_file(data), self.audit)
        self.exports.finished.connect(self._gather)
        self.cases.gathered.connect(self._on_gathered)
        self.alarms = Alarms(self.centers, self.catalogs.name_now)
        steering = PtzServices(self.helm, self.presets, self.cruises, self.joysticks, DBusScreenLock())
        rounds = PatrolServices(self.patrols, self.presets, self.helm)
        searches = FootageSearches(self.centers, self.review.reason_for, self.audit)
        needs = WindowNeeds(
            self.centers,
            self.library,
            self.preferences,
            metrics,
            loop,
            self.catalogs,
            rounds,
            ptz=steering,
            playback=PlaybackServices(self.review, searches=searches),
            exports=ExportServices(self.exports, self.evidence),
            cases=self.cases,
            alarms=self.alarms,
        )
        self.windows = Windows(self._new_wall, needs)
        for told in (self.patrols, self.audit, self.exports, self.cases):
            told.noticed.connect(self.windows.notify)
        kept = (settings, views, cruises, joysticks, self.exports, self.cases)
        self._set_aside = [file.set_aside for file in kept if file.set_aside]
        self._set_aside += [self.review.set_aside] if self.review.set_aside else []
        self._connected: set[str] = set()
        self.centers.status_changed.connect(self._on_status_changed)
        self.centers.state_changed.connect(self._on_centers_changed)
        self._ended = asyncio.Event()
        self.windows.all_closed.connect(self._ended.set)
        self.exports.start()  # what an earlier run left waits for its center, which is signed in to first

        self._collector = Collector()

    def _new_wall(self) -> Wall:
        return Wall(self.deck)

    @property
    def session(self) -> CenterSession:
        """The session at the first center; what it takes and gives are that center's own ids."""
        return self.centers.accesses[0].session

    def walls(self) -> list[Wall]:
        """Return the walls of all windows."""
        return [window.wall for window in self.windows.windows]

    def report_troubles(self) -> None:
        """Tell the operator which of our files were damaged and kept aside, and which centers can't be used."""
        for path in self._set_aside:
            self.windows.notify(Notice(str(path), NoticeKind.FILE_SET_ASIDE, NoticeLevel.WARNING, str(path)))
        self._set_aside = []
        for config in self.centers.unusable:
            subject = config.name or config.url
            notice = Notice(f"center {config.key}", NoticeKind.CENTER_UNUSABLE, NoticeLevel.WARNING, subject)
            self.windows.notify(notice)

    def sign_in(self, center_url: str | None = None, user: str | None = None) -> None:
        """Sign in by itself wherever that is wanted, or else ask; at `center_url`, which is added where it is new."""
        key = self._key_of(center_url) if center_url else ""
        resumes = self.centers.resume_all()
        if key or user or not resumes:
            self.windows.log_in(key, user or "")

    def _key_of(self, center_url: str) -> str:
        """Return the key of the center with this address. Raises BadAddress."""
        url = typed_address(center_url)
        known = next((access.key for access in self.centers.accesses if access.config.url == url), None)
        if known is None:
            known = new_key()
            with contextlib.suppress(StorageFailed):  # it is there for this time
                self.centers.add(CenterConfig(known, url))
        return known

    def quit(self) -> None:
        """Close all windows, which ends the program."""
        self.windows.close_all()
        self._ended.set()

    async def closed(self) -> None:
        """Wait until the last window is closed."""
        await self._ended.wait()

    async def close(self) -> None:
        """Take everything down: windows, players, sessions. Returns when no process is left."""
        self.windows.close_all()
        self.alarms.close()
        self.cruises.close()
        self.presets.close()
        # While there are sessions: what moves is stopped, first of all; rounds stand still, records are put on disk.
        await asyncio.gather(self.helm.close(), self.joysticks.close(), self.patrols.close())
        await self.exports.close()  # its worker ends; what it has goes on at the next start
        await self.cases.close()
        await self.audit.close()
        self.review.shut_down()
        self.pool.shut_down()
        await asyncio.gather(self.catalogs.close(), self.centers.close())
        self._collector.stop()

    def _gather(self, job: ExportJob) -> None:
        """Let the files of an export that is done go into the case that gathers."""
        for item in clip_items(job):
            self.cases.found(item)

    def _on_gathered(self, case: Case, item: CaseItem) -> None:
        detail = told_of((item,))
        self.windows.notify(Notice("case", NoticeKind.CASE_GATHERED, subject=case.fields.title, detail=detail))

    def _on_status_changed(self, status: object) -> None:
        for wall in self.walls():
            wall.take_status(status)  # type: ignore[arg-type]  # Signal(object)

    def _on_centers_changed(self) -> None:
        """Let panes without a picture try again once a center is there, or is there again."""
        before = self._connected
        self._connected = {a.key for a in self.centers.accesses if a.state is AccessState.CONNECTED}
        if self._connected - before:
            self.exports.try_now()
            for wall in self.walls():
                wall.retry_all()


def run_client(center_url: str | None = None, user: str | None = None, log_level: str = "warning") -> int:
    """Run the client as an operator does: the windows of last time, signed in or asking for it; return exit status."""
    _set_up_log(log_level)
    return _with_qt(lambda metrics: _serve(center_url, user, metrics))


def run_application(
    center_url: str,
    work: Callable[[Application], Awaitable[_Result]],
    *,
    folder: Path,
    stand_in: StandIn | None = None,
) -> _Result:
    """Build the application for one center, run `work` with it and take it down; for the demo, benchmarks and tests.

    The center's key is `CENTER_KEY`; nothing outside `folder` is read or written.
    """

    async def body(metrics: theme.Metrics) -> _Result:
        application = Application(folder, folder / "data", metrics, stand_in=stand_in)
        if not application.centers.accesses:
            application.centers.add(CenterConfig(CENTER_KEY, center_url))
        with _signals(application.quit):
            try:
                return await work(application)
            finally:
                await application.close()

    return _with_qt(body)


async def _serve(center_url: str | None, user: str | None, metrics: theme.Metrics) -> int:
    application = Application(config_folder(), data_folder(), metrics)
    with _signals(application.quit):
        try:
            application.windows.open_saved()
            application.joysticks.start()
            application.report_troubles()
            application.sign_in(center_url, user)
            await application.closed()
        except BadAddress:
            print("wallclient: this is no address of a center", file=sys.stderr)
            return 2
        finally:
            await application.close()
    return 0


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
