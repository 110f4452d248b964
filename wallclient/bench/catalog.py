"""`wallclient bench catalog`: mirrors an embedded center's city over HTTP, searches it, and storms it with changes.

The figures come from the program's own objects: the adapter, the mirror, the service a window reads from.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from wallclient.bench import queries
from wallclient.bench.catalog_window import measure_window
from wallclient.bench.pulse import Pulse, until
from wallclient.demo.process import DemoFailed, DemoProcess
from wallclient.domain.catalog_view import SyncPhase
from wallclient.storage.mirrors import mirror_folder

if TYPE_CHECKING:
    from wallclient.api.native import NativeCenter
    from wallclient.services.catalog import Catalog

_SYNC_LIMIT_S = 600.0
_STORM_LIMIT_S = 60.0
_STORM = 20_000
_KEY = "center"
_QUERIES = 600
_MOST_BELOW = 6


@dataclass(slots=True)
class CatalogFigures:
    """What `bench catalog` writes. Memory in MB, times as their names say."""

    cameras: int
    rows: int = 0
    sync_s: float = 0.0
    sync_rows_per_s: float = 0.0
    sync_ui_stall_ms: float = 0.0
    first_rows_s: float = 0.0  # until the tree showed something
    db_mb: float = 0.0
    search_ms: dict[str, float] = field(default_factory=dict)
    search_queries: int = 0
    search_incomplete: int = 0  # hits may be missing: time was up
    search_slowest: list[tuple[str, float]] = field(default_factory=list)
    children_ms: dict[str, float] = field(default_factory=dict)  # the largest node's list and first page, each order
    largest_node: int = 0
    mirror_open_ms: float = 0.0  # until the first two levels can be shown, in a program that was just started
    cold_start_to_tree_ms: float = 0.0  # with a mirror: from building the program's objects to rows on the screen
    expand_children: int = 0
    expand_ms: dict[str, float] = field(default_factory=dict)  # in a real window, until painted
    expand_rest_stall_ms: float = 0.0  # longest turn of the loop while all its children were read
    status_storm: dict[str, float] = field(default_factory=dict)
    rss_mb_delta: float = 0.0
    rss_mb_before: float = 0.0


def run(options: argparse.Namespace) -> int:
    """Measure as the command line says and write the figures."""
    import qasync
    from PySide6.QtWidgets import QApplication

    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    try:
        with (
            tempfile.TemporaryDirectory(prefix="wallclient-bench-") as folder,
            DemoProcess(options.cameras, prepare=0, media=False) as center,
            asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner,
        ):
            figures = runner.run(_measure(center, options.cameras, Path(folder)))
    except (DemoFailed, TimeoutError) as err:
        print(err or "it took too long", file=sys.stderr)
        return 2
    text = json.dumps(asdict(figures), indent=2, ensure_ascii=False)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0


async def _measure(demo: DemoProcess, cameras: int, root: Path) -> CatalogFigures:
    from wallclient.api.native import NativeCenter
    from wallclient.services.catalog import Catalog
    from wallclient.ui.collector import Collector

    collector = Collector()  # as in the program: left to itself it would halt all threads at any time
    center = NativeCenter(demo.base_url)
    await asyncio.to_thread(center.log_in, demo.user, demo.password)
    figures = CatalogFigures(cameras)
    folder = mirror_folder(root / "data", _KEY)
    folder.mkdir(parents=True)
    catalog = Catalog()
    try:
        with Pulse() as pulse:
            figures.rss_mb_before = round(pulse.rss(), 1)
            catalog.open(folder, _KEY, demo.user)
            await _measure_sync(catalog, center, figures, pulse)
            figures.db_mb = round(sum(f.stat().st_size for f in folder.iterdir()) / 1e6, 1)
            largest = await _measure_children(catalog, figures)
            await _measure_search(catalog, figures)
            await _measure_storm(catalog, demo, figures, pulse)
            figures.rss_mb_delta = round(pulse.rss_mb - figures.rss_mb_before, 1)
    finally:
        await catalog.close()
        center.close()
        collector.stop()
    await _measure_open(folder, demo, figures)
    storm = min(_STORM, cameras - 100)
    for name, value in (await measure_window(root, _KEY, demo, largest, storm)).items():
        setattr(figures, name, value)
    return figures


async def _measure_sync(catalog: "Catalog", center: "NativeCenter", figures: CatalogFigures, pulse: Pulse) -> None:
    began = time.monotonic()
    pulse.stall_ms = 0.0
    catalog.start_sync(center)
    await until(lambda: catalog.state.cameras > 0, _SYNC_LIMIT_S)
    figures.first_rows_s = round(time.monotonic() - began, 2)
    await until(
        lambda: (
            catalog.state.phase is SyncPhase.FOLLOWING
            and catalog.state.progress is None
            and catalog.state.cameras >= figures.cameras
        ),
        _SYNC_LIMIT_S,
    )
    figures.sync_s = round(time.monotonic() - began, 2)
    figures.sync_ui_stall_ms = round(pulse.stall_ms, 1)
    rows = await asyncio.to_thread(queries.count_rows, catalog.path)
    figures.rows, figures.sync_rows_per_s = rows, round(rows / figures.sync_s)


async def _measure_children(catalog: "Catalog", figures: CatalogFigures) -> str:
    from wallclient.domain.catalog_view import SortBy

    largest, figures.largest_node = await asyncio.to_thread(queries.largest_node, catalog.path)
    for sort in SortBy:
        began = time.perf_counter()
        catalog.children_now(largest, sort=sort)
        figures.children_ms[sort] = round((time.perf_counter() - began) * 1000, 1)
    return largest


async def _measure_search(catalog: "Catalog", figures: CatalogFigures) -> None:
    asked = await asyncio.to_thread(queries.varied, catalog.path, _QUERIES)
    await until(lambda: catalog.settled, _SYNC_LIMIT_S)
    await catalog.warm_up()
    times: list[tuple[float, str]] = []
    for query in asked:
        results = await catalog.search(query)
        assert results is not None
        times.append((results.elapsed_ms, query))
        figures.search_incomplete += not results.complete
    marks = quantiles([ms for ms, _ in times], n=100, method="inclusive")
    figures.search_ms = {f"p{p}": round(marks[p - 1], 2) for p in (50, 95, 99)}
    figures.search_queries = len(times)
    figures.search_slowest = [(query, round(ms, 1)) for ms, query in sorted(times)[-_MOST_BELOW:]]


async def _measure_storm(catalog: "Catalog", demo: DemoProcess, figures: CatalogFigures, pulse: Pulse) -> None:
    count = min(_STORM, figures.cameras - 100)
    sequence = catalog.sequence
    pulse.stall_ms = 0.0
    changed: set[str] = set()
    connection = catalog.changed.connect(lambda change: changed.update(change.rows))
    began = time.monotonic()
    await asyncio.to_thread(demo.burst, count)
    catalog.follow_now()
    await until(lambda: catalog.sequence >= sequence + count, _STORM_LIMIT_S)
    applied = time.monotonic() - began
    await until(lambda: len(changed) >= count, _STORM_LIMIT_S)
    catalog.changed.disconnect(connection)
    figures.status_storm = {"changes": count, "applied_s": round(applied, 2), "ui_stall_ms": round(pulse.stall_ms, 1)}


async def _measure_open(folder: Path, demo: DemoProcess, figures: CatalogFigures) -> None:
    async with _opened(folder, demo) as (catalog, began):
        page = catalog.children_now(None)
        assert page
        catalog.children_now(page.rows[0].id)
        figures.mirror_open_ms = round((time.perf_counter() - began) * 1000, 1)


@asynccontextmanager
async def _opened(folder: Path, demo: DemoProcess) -> "AsyncIterator[tuple[Any, float]]":
    from wallclient.services.catalog import Catalog

    began = time.perf_counter()
    catalog = Catalog()
    try:
        catalog.open(folder, _KEY, demo.user)
        yield catalog, began
    finally:
        await catalog.close()
