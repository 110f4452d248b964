"""Garbage with Qt objects in it is collected on the UI thread, never by a worker."""

import gc
import threading

from PySide6.QtCore import QObject, QTimer

from wallclient.ui import collector
from wallclient.ui.collector import Collector


class Cycle(QObject):
    """Reachable from itself only, once let go; notes in which thread it dies."""

    def __init__(self, died_in: list[int]) -> None:
        super().__init__()
        self.me = self
        self.timer = QTimer(self)
        self.timer.start(10_000)
        self.died_in = died_in

    def __del__(self) -> None:
        self.died_in.append(threading.get_ident())


def test_workers_do_not_collect_and_the_ui_thread_does(qtbot, monkeypatch):
    monkeypatch.setattr(collector, "_EVERY_MS", 20)
    mine = Collector()
    try:
        died_in: list[int] = []
        Cycle(died_in)

        def allocate() -> None:
            kept = [[] for _ in range(200_000)]  # far beyond any threshold of the collector
            assert kept

        worker = threading.Thread(target=allocate)
        worker.start()
        worker.join()
        assert died_in == []
        qtbot.waitUntil(lambda: died_in == [threading.get_ident()], timeout=10_000)
    finally:
        mine.stop()
    assert gc.isenabled()


def test_what_outlived_a_minute_is_walked_no_more_and_still_found_when_it_dies(qtbot, monkeypatch):
    monkeypatch.setattr(collector, "_EVERY_MS", 5)
    monkeypatch.setattr(collector, "_OLD_EVERY", 4)
    monkeypatch.setattr(collector, "_FROZEN_EVERY", 40)
    died_in: list[int] = []
    mine = Collector()
    try:
        old = Cycle(died_in)
        name = id(old)
        qtbot.waitUntil(lambda: name not in map(id, gc.get_objects()), timeout=10_000)  # frozen ones are not told
        del old
        qtbot.waitUntil(lambda: died_in == [threading.get_ident()], timeout=10_000)
    finally:
        mine.stop()
    assert gc.get_freeze_count() == 0
