"""The integration tests' stage: one embedded center for all tests, a whole application for each.

A test that is a coroutine and asks for `stage` runs inside the application, as its main task.
"""

import contextlib
import inspect
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.integration.rig import FPS, Stage
from wallclient.app import Application, run_application
from wallclient.demo.process import DemoFailed, DemoProcess
from wallclient.domain.stream import StreamKind

MAINS = (2, 3, 5, 8)  # cameras whose main streams tests watch: 1280x720; 5 with sound, 8 in H.265


@pytest.fixture(scope="session")
def _demo() -> Iterator[DemoProcess]:
    with DemoProcess(64, FPS, prepare=64) as demo:
        demo.prepare([(number, StreamKind.MAIN) for number in MAINS])
        yield demo


@pytest.fixture
def center(_demo: DemoProcess) -> Iterator[DemoProcess]:
    """The embedded center: 64 cameras that stream; whatever a test breaks is mended after it."""
    broken: set[tuple[int, StreamKind]] = set()
    fault = _demo.media_fault

    def remembered(number: int, kind: StreamKind, what: str) -> None:
        broken.add((number, kind))
        fault(number, kind, what)

    _demo.media_fault = remembered  # type: ignore[method-assign]
    yield _demo
    _demo.media_fault = fault  # type: ignore[method-assign]
    try:
        os.kill(_demo.media_pid, signal.SIGCONT)
    except (DemoFailed, TypeError):  # stopped by the test
        _demo.media_start()
    for number, kind in broken:
        fault(number, kind, "normal")
    with contextlib.suppress(DemoFailed):
        _demo.center_stop()
    _demo.center_start()


@pytest.fixture
def stage(center: DemoProcess, tmp_path: Path, qapp: QApplication) -> Stage:
    """The application, logged in, with one window; it stands when the test begins and is taken down after it."""
    return Stage(center, tmp_path)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutines that ask for `stage` inside the application."""
    stage = pyfuncitem.funcargs.get("stage")
    if not isinstance(stage, Stage) or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def play(app: Application) -> None:
        await stage.open(app)
        await pyfuncitem.obj(**arguments)

    run_application(stage.center.base_url, play, folder=stage.folder, stand_in=stage.new_offers)
    return True
