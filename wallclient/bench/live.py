"""`wallclient bench live`: fills a wall from an embedded center of its own and measures it.

The figures come from the application's own objects: the same windows, walls, panes and hosts an operator uses.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from wallclient.bench import limit, processes
from wallclient.bench.strips import PaneReadings, StripReader
from wallclient.demo.city import City
from wallclient.demo.process import DemoFailed, DemoProcess
from wallclient.domain.global_id import global_channel
from wallclient.domain.layout import layout_by_id
from wallclient.domain.stream import Lease, Protocol, StreamKind
from wallclient.virtual_display import NoDisplay, has_display, virtual_display

if TYPE_CHECKING:
    from wallclient.app import Application

_FIRST_PICTURES_S = 40.0
_WARM_UP_S = 3.0
_SETTLE_S = 4.0
_CAMERAS = 64
_PULSE_S = 0.05  # the UI thread's pulse: what comes later than this was held up
_PULSES_PER_READING = 4
_PROTOCOLS = {"rtsp": Protocol.RTSP, "ts": Protocol.HTTP_TS}


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """What `bench live` writes. CPU in percent of one core; memory in MB; `ui` is the application's process."""

    panes: int
    fps: float
    transport: str
    seconds: float
    panes_alive: int
    painted_fps_min: float
    painted_fps_median: float
    arrived_fps_median: float  # pictures in the rings: what the hosts delivered, painted or not
    first_picture_s: dict[str, float]
    cpu_percent_total: float
    cpu_percent_ui: float
    cpu_percent_per_pane: float
    limit_cpu_percent_per_pane: float | None
    ratio_to_limit: float | None
    rss_mb_total: float
    pss_mb_total: float
    latency_ms: dict[str, float]
    ui_stall_ms_max: float
    hosts: int
    pane_px: tuple[int, int]
    strip_reads: int
    strip_mix_ups: int
    strip_backwards: int
    machine_cpu_percent: float


def run(options: argparse.Namespace) -> int:
    """Measure as the command line says and write the figures; 0 when every pane showed moving pictures."""
    display = virtual_display() if options.virtual or not has_display() else contextlib.nullcontext()
    try:
        with display, tempfile.TemporaryDirectory(prefix="wallclient-bench-") as folder:
            center = DemoProcess(_CAMERAS, round(options.fps), prepare=_CAMERAS, ptz_pictures=0)  # all looped
            try:
                center.start(lambda done, total: _say(f"drawing the cameras' scenes, once: {done}/{total}"))
                figures = _run_in_application(options, center, Path(folder))
            finally:
                center.stop()
    except (NoDisplay, DemoFailed) as err:
        _say(str(err))
        return 2
    text = json.dumps(asdict(figures), indent=2)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if figures.panes_alive == figures.panes else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _run_in_application(options: argparse.Namespace, center: DemoProcess, folder: Path) -> LiveFigures:
    from wallclient.app import Application, run_application

    async def work(application: Application) -> LiveFigures:
        await application.session.log_in(center.user, center.password)
        return await _measure(application, options)

    protocol = _PROTOCOLS[options.transport]
    return run_application(
        center.base_url, work, folder=folder, stand_in=lambda streams: OneProtocol(streams, protocol)
    )


class OneProtocol:
    """A center that offers only one protocol, so that a bench measures what it says it does."""

    def __init__(self, streams: Any, protocol: Protocol) -> None:
        self._streams = streams
        self._protocol = protocol

    def __getattr__(self, name: str) -> Any:
        return getattr(self._streams, name)

    async def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Open a lease and keep the addresses of that protocol only."""
        lease: Lease = await self._streams.open_live(channel_id, kind)
        sources = tuple(source for source in lease.sources if source.protocol is self._protocol)
        return Lease(lease.id, lease.channel_id, lease.kind, sources, lease.expires_in_s)


async def _measure(application: "Application", options: argparse.Namespace) -> LiveFigures:
    window = application.windows.open()
    wall, widget = window.wall, window.wall_widget
    key = application.centers.accesses[0].key
    cameras = City(_CAMERAS).streamed()[: options.panes]
    channels = [global_channel(key, camera) for camera in cameras]
    wall.set_layout(layout_by_id(str(options.panes)))
    application.pool.warm_up(options.panes)
    await asyncio.sleep(_WARM_UP_S)  # an operator opens a view on a program that is up
    began_ns = time.monotonic_ns()
    wall.place(channels, 0)
    deadline = time.monotonic() + _FIRST_PICTURES_S
    while time.monotonic() < deadline and not all(widget.first_painted_ns):
        await asyncio.sleep(0.05)
    firsts = [(ns - began_ns) / 1e9 for ns in widget.first_painted_ns if ns]
    await asyncio.sleep(_SETTLE_S)
    stretch = await _stretch(application, widget, list(range(1, options.panes + 1)), options)
    rect = widget.video_rect(len(channels) - 1)
    ffmpeg = await _limit(application, cameras[0].id, rect.width(), rect.height())
    return _figures(options, wall, stretch, firsts, ffmpeg, (rect.width(), rect.height()), len(application.pool.pids))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The measured part."""

    seconds: float
    painted: list[int]
    arrived: list[int]
    cpu_total: float
    cpu_ui: float
    machine_cpu: float
    rss_mb: float
    pss_mb: float
    stall_ms: float
    readings: list[PaneReadings]


async def _stretch(
    application: "Application", widget: Any, cameras: list[int], options: argparse.Namespace
) -> _Stretch:
    import psutil

    reader = StripReader(widget, cameras, options.fps)
    pids = application.pool.pids
    painted, arrived = list(widget.painted), _sequences(widget)
    cpu, began = processes.cpu_times(pids), time.monotonic()
    psutil.cpu_percent()
    stall, last, pulse = 0.0, time.monotonic(), 0
    while (now := time.monotonic()) < began + options.seconds:
        stall, last = max(stall, now - last - _PULSE_S), now
        if pulse % _PULSES_PER_READING == 0:
            reader.read_next()
        pulse += 1
        await asyncio.sleep(_PULSE_S)
    seconds = time.monotonic() - began
    machine = psutil.cpu_percent()
    after = processes.cpu_times(pids)
    rss, pss = processes.memory_mb(pids)
    ui = (after.application_s - cpu.application_s) / seconds * 100
    hosts = (after.hosts_s - cpu.hosts_s) / seconds * 100
    counts = [b - a for a, b in zip(painted, widget.painted, strict=True)]
    came = [b - a for a, b in zip(arrived, _sequences(widget), strict=True)]
    return _Stretch(seconds, counts, came, ui + hosts, ui, machine, rss, pss, stall * 1000, reader.panes)


def _sequences(widget: Any) -> list[int]:
    """Return the number of the newest picture of every pane."""
    return [view.pane.sequence() for view in widget.views]


async def _limit(application: "Application", channel_id: str, width: int, height: int) -> float | None:
    lease = await application.session.open_live(channel_id, StreamKind.SUB)
    url = next((s.url for s in lease.sources if s.protocol is Protocol.HTTP_TS), None)
    if url is None:
        return None
    for window in application.windows.windows:  # the limit is FFmpeg alone on a quiet machine
        window.wall.close_all()
    try:
        return await asyncio.to_thread(limit.cpu_percent_per_pane, url, width, height)
    except limit.NoLimit as err:
        _say(f"no limit measured: {err}")
        return None
    finally:
        await application.session.close_live(lease.id)


def _figures(
    options: argparse.Namespace,
    wall: Any,
    stretch: _Stretch,
    firsts: Sequence[float],
    ffmpeg: float | None,
    pane_px: tuple[int, int],
    hosts: int,
) -> LiveFigures:
    rates = [count / stretch.seconds for count in stretch.painted]
    latencies = [latency * 1000 for pane in stretch.readings for latency in pane.latencies_s]
    per_pane = stretch.cpu_total / options.panes
    alive = sum(1 for rate, pane in zip(rates, stretch.readings, strict=True) if rate > 0 and not pane.mix_ups)
    return LiveFigures(
        panes=options.panes,
        fps=options.fps,
        transport=options.transport,
        seconds=round(stretch.seconds, 1),
        panes_alive=alive,
        painted_fps_min=round(min(rates), 2),
        painted_fps_median=round(median(rates), 2),
        arrived_fps_median=round(median(stretch.arrived) / stretch.seconds, 2),
        first_picture_s={"p50": round(_p(firsts, 50), 2), "max": round(max(firsts, default=-1.0), 2)},
        cpu_percent_total=round(stretch.cpu_total, 1),
        cpu_percent_ui=round(stretch.cpu_ui, 2),
        cpu_percent_per_pane=round(per_pane, 3),
        limit_cpu_percent_per_pane=round(ffmpeg, 3) if ffmpeg else None,
        ratio_to_limit=round(per_pane / ffmpeg, 3) if ffmpeg else None,
        rss_mb_total=round(stretch.rss_mb),
        pss_mb_total=round(stretch.pss_mb),
        latency_ms={"p50": round(_p(latencies, 50)), "p95": round(_p(latencies, 95))},
        ui_stall_ms_max=round(stretch.stall_ms, 1),
        hosts=hosts,
        pane_px=pane_px,
        strip_reads=len(latencies),
        strip_mix_ups=sum(pane.mix_ups for pane in stretch.readings),
        strip_backwards=sum(pane.backwards for pane in stretch.readings),
        machine_cpu_percent=round(stretch.machine_cpu, 1),
    )


def _p(values: Sequence[float], percent: int) -> float:
    """Return a percentile; -1 where nothing was measured."""
    if len(values) < 2:
        return values[0] if values else -1.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]
