"""What of `bench catalog` an operator sees: the tree in a real window, opened, expanded, and under a storm."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from wallclient.bench.pulse import Pulse, until
from wallclient.demo.process import DemoProcess
from wallclient.domain.catalog_view import SyncPhase

if TYPE_CHECKING:
    from wallclient.app import Application

_EXPANSIONS = 40
_LIMIT_S = 60.0
_ROWS_IN_SIGHT = 8


async def measure_window(folder: Path, key: str, demo: DemoProcess, node: str, storm: int) -> dict[str, Any]:
    """Return `cold_start_to_tree_ms`, `expand_ms`, `expand_rest_ms` and `status_storm`.

    `folder` holds below `data` the mirror of center `key`; `node` is expanded. What Python and Qt take to load
    themselves is not counted: the clock starts when the program builds its objects.
    """
    from wallclient.app import Application
    from wallclient.domain.center_config import CenterConfig
    from wallclient.services.preferences import Preferences
    from wallclient.storage.settings import settings_file
    from wallclient.ui import theme

    config = CenterConfig(key, demo.base_url, user=demo.user, stay_signed_in=True)
    Preferences(settings_file(folder)).change(centers=(config,))
    from PySide6.QtWidgets import QApplication

    qt = QApplication.instance()
    assert isinstance(qt, QApplication)
    qt.setQuitOnLastWindowClosed(False)
    theme.apply_theme(qt, metrics := theme.screen_metrics())
    began = time.perf_counter()
    application = Application(folder, folder / "data", metrics)
    try:
        figures: dict[str, Any] = {"cold_start_to_tree_ms": await _first_rows(application, began)}
        await application.centers.log_in(key, demo.user, demo.password)
        catalog = application.catalogs.catalog(key)
        assert catalog
        await until(lambda: catalog.state.phase is SyncPhase.FOLLOWING, _LIMIT_S)
        figures |= await _expand(application, key, node)
        figures["status_storm"] = await _storm(application, key, demo, storm)
    finally:
        await application.close()
    return figures


async def _first_rows(application: "Application", began: float) -> float:
    """Open a window and wait until rows below the center are painted."""
    window = application.windows.open()
    view, model = window.tree_view, window.tree_model

    def is_shown() -> bool:
        city = model.index(0, 0, model.index(0, 0))
        return view.visualRect(model.index(0, 0, city)).isValid()

    async with asyncio.timeout(_LIMIT_S):
        while not is_shown():
            await asyncio.sleep(0)
    view.viewport().repaint()
    return round((time.perf_counter() - began) * 1000, 1)


async def _expand(application: "Application", key: str, node: str) -> dict[str, Any]:
    """Expand a node again and again, each time as if for the first time, and once read it to its end."""
    from wallclient.domain.global_id import global_id

    window = application.windows.windows[0]
    view, model, cameras = window.tree_view, window.tree_model, window.cameras
    assert cameras
    index = await cameras.keeper.reveal(global_id(key, node))
    above = index.parent()
    while above.isValid():
        view.expand(above)
        above = above.parent()
    item = model.item(index)
    catalog = application.catalogs.catalog(key)
    assert catalog
    times = []
    for turn in range(_EXPANSIONS):
        view.collapse(model.index_at(item))
        if item.children:
            model.take_out(item, 0, len(item.children) - 1)
        item.loaded = False
        await catalog.set_favourite(node, turn % 2 == 0)  # the mirror's file is another one now: nothing is cached
        await asyncio.sleep(0.15)
        began = time.perf_counter()
        view.expand(model.index_at(item))
        view.scrollTo(model.index_at(item), view.ScrollHint.PositionAtTop)
        view.viewport().repaint()
        times.append((time.perf_counter() - began) * 1000)
        assert view.visualRect(model.index(_ROWS_IN_SIGHT, 0, model.index_at(item))).isValid()
    with Pulse() as pulse:
        await asyncio.sleep(0.05)
        pulse.stall_ms = 0.0
        while model.fetch_next(item):
            await asyncio.sleep(0.01)
    marks = quantiles(times, n=100, method="inclusive")
    return {
        "expand_children": item.total,
        "expand_ms": {f"p{p}": round(marks[p - 1], 1) for p in (50, 95)},
        "expand_rest_stall_ms": round(pulse.stall_ms, 1),  # the longest turn while all of it was read
    }


async def _storm(application: "Application", key: str, demo: DemoProcess, count: int) -> dict[str, float]:
    """Let many cameras change at once while the tree is open, with the node's rows read."""
    catalog = application.catalogs.catalog(key)
    assert catalog
    sequence = catalog.sequence
    changed: set[str] = set()
    catalog.changed.connect(lambda change: changed.update(change.rows))
    with Pulse() as pulse:
        await asyncio.sleep(0.2)
        pulse.stall_ms = 0.0
        began = time.monotonic()
        await asyncio.to_thread(demo.burst, count)
        catalog.follow_now()
        await until(lambda: catalog.sequence >= sequence + count, _LIMIT_S)
        applied = time.monotonic() - began
        await until(lambda: len(changed) >= count, _LIMIT_S)
        await asyncio.sleep(1.0)  # what the window still has to do belongs to it
        return {"changes": count, "applied_s": round(applied, 2), "ui_stall_ms": round(pulse.stall_ms, 1)}
