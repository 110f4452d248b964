"""`wallclient bench playback`: reviews recorded footage of an embedded center on a wall, and measures how exactly.

What is shown is read off the strips in the footage: drift off one picture of the whole wall on the screen, the rest off
the pictures the panes hold.
"""

import argparse
import asyncio
import contextlib
import functools
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from wallclient.bench import processes
from wallclient.bench.export import measure_center
from wallclient.bench.footage_search import motion_search_x
from wallclient.bench.timeline import timeline_paint_ms
from wallclient.demo import strip
from wallclient.demo.city import City
from wallclient.demo.process import DemoFailed, DemoProcess
from wallclient.domain.global_id import global_channel
from wallclient.domain.layout import layout_by_id
from wallclient.domain.node import Channel
from wallclient.domain.recording import Segment
from wallclient.domain.review import Sight
from wallclient.services.review_pane import ReviewPane
from wallclient.virtual_display import NoDisplay, has_display, virtual_display

if TYPE_CHECKING:
    from wallclient.app import Application
    from wallclient.ui.wall_widget import WallWidget

FPS = 25.0
_CAMERAS = 64
_STEP_US = round(1_000_000 / FPS)
_SAMPLE_S = 0.23  # not a multiple of a picture's time
_LIMIT_S = 20.0
_SEEKS, _SEEKS_ONE, _STEPS = 30, 30, 30
_SPEEDS, _SPEED_S = (0.5, 2.0, 8.0), 8.0
_REVERSE_PANES, _REVERSE_S = 4, 8.0
_STRETCH_MS = 16 * 60_000  # of footage all panes have
_SEEK_MS = 12 * 60_000  # of it seeks go to
LIMITS = {
    "drift_p95_ms": 40.0, "drift_max_ms": 80.0, "seek_p95_ms": 900.0, "seek_one_p95_ms": 300.0,
    "step_back_p95_ms": 150.0, "reverse_fps": 20.0, "speed_error_percent": 2.0,
    "timeline_paint_p95_ms": 16.0, "motion_search_x": 30.0, "export_ratio_to_copy": 0.5,
}  # fmt: skip


@dataclass(slots=True)
class PlaybackFigures:
    """What `bench playback` writes. CPU in percent of one core, of application and review hosts; memory in MB."""

    panes: int
    seconds: float
    pane_px: tuple[int, int] = (0, 0)
    sync_drift_ms: dict[str, float] = field(default_factory=dict)
    drift_samples: int = 0
    strip_mix_ups: int = 0
    strip_unreadable: int = 0
    wrong_pictures: int = 0  # after a seek or step: another picture than that of the moment
    seek_to_picture_ms: dict[str, float] = field(default_factory=dict)
    seek_one_ms: dict[str, float] = field(default_factory=dict)
    step_back_ms: dict[str, float] = field(default_factory=dict)
    reverse_fps: float = 0.0
    speed_error_percent: float = 0.0
    speed_error_percent_by_speed: dict[str, float] = field(default_factory=dict)
    keys_only_panes_at_8: int = 0
    export_ratio_to_copy: float = 0.0  # copy's time by the export's, of the center's files; see bench.export
    export_mb_s: float = 0.0
    timeline_paint_ms: dict[str, float] = field(default_factory=dict)  # 16 rows of 10,000 segments
    motion_search_x: float = 0.0  # seconds of footage per second: 640×360, 25 pictures/s, key pictures every 2 s
    motion_search_every_x: float = 0.0  # the same, looking at every picture
    motion_search_hits: int = 0  # in ten minutes
    play_fps_min: float = 0.0
    play_cpu_percent: float = 0.0
    rss_mb_total: float = 0.0
    hosts: int = 0
    holds: bool = False


def run(options: argparse.Namespace) -> int:
    """Measure as the command line says and write the figures; 0 when all that was promised holds."""
    display = virtual_display() if options.virtual or not has_display() else contextlib.nullcontext()
    try:
        with display, tempfile.TemporaryDirectory(prefix="wallclient-bench-") as folder:
            center = DemoProcess(_CAMERAS, round(FPS), prepare=options.panes)
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
    return 0 if figures.holds else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _run_in_application(options: argparse.Namespace, center: DemoProcess, folder: Path) -> PlaybackFigures:
    from wallclient.app import Application, run_application

    async def work(application: Application) -> PlaybackFigures:
        await application.session.log_in(center.user, center.password)
        return await _Run(application, options, folder).measure()

    return run_application(center.base_url, work, folder=folder)


class _Run:
    """One run on one wall."""

    def __init__(self, application: "Application", options: argparse.Namespace, folder: Path) -> None:
        self._app, self._folder = application, folder
        self._clock = application.review.clock
        self._panes = options.panes
        self._seconds = options.seconds
        window = application.windows.open()
        self._wall = window.wall
        self._widget: WallWidget = window.wall_widget
        self._random = random.Random(5)
        self._first_ms = 0  # of the stretch all panes have
        self._figures = PlaybackFigures(options.panes, options.seconds)

    async def measure(self) -> PlaybackFigures:
        """Measure everything, one after the other."""
        key = self._app.centers.accesses[0].key
        channels = [global_channel(key, camera) for camera in City(_CAMERAS).streamed()[: self._panes]]
        self._first_ms = await self._common_stretch(channels)
        self._app.review.pool.warm_up(self._panes)
        self._wall.set_layout(layout_by_id(str(self._panes)))
        self._clock.seek(self._first_ms * 1000)
        for index, channel in enumerate(channels):
            self._wall.show_footage(index, channel)
        await self._until(self._all_show)
        figures = self._figures
        rect = self._widget.video_rect(0)
        figures.pane_px = rect.width(), rect.height()
        await self._measure_drift()
        figures.seek_to_picture_ms = _spread(await self._seek_often(_SEEKS))
        figures.step_back_ms = _spread(await self._step_back(_STEPS))
        await self._measure_speeds()
        figures.rss_mb_total = round(processes.memory_mb(self._app.review.pool.pids)[0])
        figures.hosts = len(self._app.review.pool.pids)
        self._keep(_REVERSE_PANES)
        figures.reverse_fps = round(await self._measure_reverse(), 2)
        self._keep(1)
        figures.seek_one_ms = _spread(await self._seek_often(_SEEKS_ONE))
        exported = await measure_center(self._app.centers, channels[0].id, self._first_ms, self._first_ms + _STRETCH_MS)
        figures.export_ratio_to_copy, figures.export_mb_s = exported.export_ratio_to_copy, exported.export_mb_s
        figures.timeline_paint_ms = await timeline_paint_ms()
        self._keep(0)  # nothing else runs while it searches
        by_keys, by_all, hits = await motion_search_x(self._app, channels[0].id, self._first_ms, self._folder)
        figures.motion_search_x, figures.motion_search_every_x = round(by_keys, 1), round(by_all, 1)
        figures.motion_search_hits = hits
        figures.holds = self._holds()
        return figures

    # -- the wall ----------------------------------------------------------------------------------

    async def _common_stretch(self, channels: Sequence[Channel]) -> int:
        """Return the start (ms) of a stretch of which all cameras have footage without a gap."""
        end = round(time.time() * 1000) - 600_000
        start = end - 12 * 3_600_000
        found = await self._app.centers.segments([channel.id for channel in channels], start, end)
        told = [some for some in found.values() if not isinstance(some, Exception)]
        for first in range(end - _STRETCH_MS, start, -60_000):
            if len(told) == len(channels) and all(_has_all(some, first, first + _STRETCH_MS) for some in told):
                return first // 1000 * 1000
        raise DemoFailed("the cameras have no footage in common")

    def _review_panes(self) -> list[ReviewPane]:
        return [pane for pane in self._wall.panes if isinstance(pane, ReviewPane) and pane.channel]

    def _keep(self, count: int) -> None:
        for index in range(count, len(self._wall.panes)):
            self._wall.close(index)

    def _all_show(self) -> bool:
        panes = self._review_panes()
        return bool(panes) and all(pane.settled(self._clock.map.epoch) and self._is_painted(pane) for pane in panes)

    def _is_painted(self, pane: ReviewPane) -> bool:
        view = next(view for view in self._widget.views if view.pane is pane)
        return pane.sight() is Sight.SHOWING and view.sequence == pane.sequence()

    async def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _LIMIT_S
        while not condition():
            if time.monotonic() > deadline:
                states = [(pane.state, pane.reason) for pane in self._review_panes()]
                raise DemoFailed(f"the panes did not show what was asked for: {states}")
            await asyncio.sleep(0.002)

    # -- measures ----------------------------------------------------------------------------------

    async def _measure_drift(self) -> None:
        figures, pids = self._figures, self._app.review.pool.pids
        self._clock.play()
        await asyncio.sleep(2.0)
        drifts: list[float] = []
        before = [pane.sequence() for pane in self._review_panes()]
        cpu, began = processes.cpu_times(pids), time.monotonic()
        while time.monotonic() < began + self._seconds:
            await asyncio.sleep(_SAMPLE_S)
            counters = self._counters_on_screen()
            if len(counters) > 1:
                half = strip.COUNTER_MODULO // 2
                steps = [(c - counters[0] + half) % strip.COUNTER_MODULO - half for c in counters]
                drifts.append((max(steps) - min(steps)) * 1000 / FPS)
        seconds, after = time.monotonic() - began, processes.cpu_times(pids)
        self._clock.pause()
        used = after.application_s + after.hosts_s - cpu.application_s - cpu.hosts_s
        shown = [pane.sequence() - first for pane, first in zip(self._review_panes(), before, strict=True)]
        figures.play_cpu_percent = round(used / seconds * 100, 1)
        figures.play_fps_min = round(min(shown) / seconds, 2)
        figures.sync_drift_ms = {**_spread(drifts), "max": round(max(drifts, default=-1.0), 1)}
        figures.drift_samples = len(drifts)

    def _counters_on_screen(self) -> list[int]:
        """Return the counters of all strips in one picture of the whole wall."""
        from wallclient.bench.strips import grab

        widget = self._widget
        image = grab(widget, 0, 0, widget.width(), widget.height())
        pixels, counters = memoryview(image.constBits()), []
        for index in range(self._panes):
            rect = widget.video_rect(index)
            place = (rect.x(), rect.y(), rect.width(), rect.height())
            reading = strip.read(pixels, image.width(), image.height(), image.bytesPerLine(), rect=place)
            if reading is None:
                self._figures.strip_unreadable += 1
            elif reading.camera != index + 1:
                self._figures.strip_mix_ups += 1
            else:
                counters.append(reading.counter)
        return counters

    async def _seek_often(self, count: int) -> list[float]:
        """Return how long (ms) seeks took until the pictures of the moment were painted in all panes."""
        took = []
        for _ in range(count):
            moment_us = (self._first_ms + self._random.randrange(_SEEK_MS)) * 1000
            began = time.monotonic()
            self._clock.seek(moment_us)
            await self._until(self._all_show)
            took.append((time.monotonic() - began) * 1000)
            self._check(moment_us)
            await asyncio.sleep(0.3)
        return took

    def _check(self, moment_us: int) -> None:
        """Count panes whose strip does not say the picture of the moment."""
        for pane in self._review_panes():
            reading, shown_us = _read(pane)
            right = shown_us is not None and shown_us <= moment_us < shown_us + _STEP_US
            counter = None if shown_us is None else round(shown_us / _STEP_US) % strip.COUNTER_MODULO
            if reading is None or not right or reading.counter != counter:
                self._figures.wrong_pictures += 1

    async def _step_back(self, count: int) -> list[float]:
        """Return how long (ms) single steps back took until all panes had painted the picture."""
        took, lead = [], self._review_panes()[0]
        for _ in range(count):
            former, began = self._clock.map.moment_us, time.monotonic()
            self._clock.step(lead, -1)
            await self._until(functools.partial(self._went_back, former))
            took.append((time.monotonic() - began) * 1000)
            self._check(self._clock.map.moment_us)
        return took

    def _went_back(self, before_us: int) -> bool:
        return self._clock.map.moment_us < before_us and self._all_show()

    async def _measure_speeds(self) -> None:
        figures = self._figures
        for speed in _SPEEDS:
            self._clock.seek(self._first_ms * 1000)
            await self._until(self._all_show)
            self._clock.set_speed(speed)
            self._clock.play()
            await asyncio.sleep(1.0)
            errors = [abs(measured / speed - 1) * 100 for measured in await self._speeds_of_all()]
            figures.speed_error_percent_by_speed[f"{speed:g}"] = round(max(errors), 3)
            if speed == max(_SPEEDS):
                figures.keys_only_panes_at_8 = sum(pane.keys_only for pane in self._review_panes())
            self._clock.pause()
        self._clock.set_speed(1.0)
        figures.speed_error_percent = max(figures.speed_error_percent_by_speed.values())

    async def _speeds_of_all(self) -> list[float]:
        """Return the speed of each pane by its strips and the times they were shown."""
        panes = self._review_panes()
        seen: list[list[tuple[int, int]]] = [[] for _ in panes]
        began = time.monotonic()
        while time.monotonic() < began + _SPEED_S:
            for pane, some in zip(panes, seen, strict=True):
                picture = pane.picture()
                reading, _ = _read(pane)
                if picture is not None and reading is not None:
                    some.append((picture.monotonic_ns, reading.counter))
            await asyncio.sleep(0.05)
        return [_speed(some) for some in seen]

    async def _measure_reverse(self) -> float:
        """Return pictures a second, of the slowest of a few panes running backwards at normal speed."""
        self._clock.seek((self._first_ms + 60_000) * 1000)
        await self._until(self._all_show)
        self._clock.set_speed(-1.0)
        self._clock.play()
        await asyncio.sleep(1.0)
        panes = self._review_panes()
        before, began = [pane.sequence() for pane in panes], time.monotonic()
        await asyncio.sleep(_REVERSE_S)
        seconds = time.monotonic() - began
        rates = [(pane.sequence() - first) / seconds for pane, first in zip(panes, before, strict=True)]
        self._clock.pause()
        self._clock.set_speed(1.0)
        return min(rates)

    def _holds(self) -> bool:
        figures = self._figures
        return (
            figures.sync_drift_ms["p95"] <= LIMITS["drift_p95_ms"]
            and figures.sync_drift_ms["max"] <= LIMITS["drift_max_ms"]
            and figures.seek_to_picture_ms["p95"] <= LIMITS["seek_p95_ms"]
            and figures.seek_one_ms["p95"] <= LIMITS["seek_one_p95_ms"]
            and figures.step_back_ms["p95"] <= LIMITS["step_back_p95_ms"]
            and figures.reverse_fps >= LIMITS["reverse_fps"]
            and figures.speed_error_percent <= LIMITS["speed_error_percent"]
            and figures.timeline_paint_ms["p95"] <= LIMITS["timeline_paint_p95_ms"]
            and figures.export_ratio_to_copy >= LIMITS["export_ratio_to_copy"]
            and figures.motion_search_x >= LIMITS["motion_search_x"]
            and figures.wrong_pictures == 0
            and figures.strip_mix_ups == 0
        )


def _read(pane: ReviewPane) -> tuple[strip.StripReading | None, int | None]:
    """Return what the strip of a pane's picture says, and the moment the engine says it is."""
    picture = pane.picture()
    if picture is None:
        return None, None
    return strip.read(picture.pixels, picture.width, picture.height, picture.stride_bytes), picture.moment_us


def _speed(seen: list[tuple[int, int]]) -> float:
    """Return footage time by time between the first and the last change of picture."""
    changes = [after for before, after in pairwise(seen) if after[1] != before[1]]
    if len(changes) < 2:
        return 0.0
    (first_ns, first), (last_ns, last) = changes[0], changes[-1]
    return (last - first) % strip.COUNTER_MODULO / FPS / ((last_ns - first_ns) / 1e9)


def _has_all(segments: Sequence[Segment], start_ms: int, end_ms: int) -> bool:
    at = start_ms
    for segment in segments:
        if segment.start_ms <= at < segment.end_ms:
            at = segment.end_ms
    return at >= end_ms


def _spread(values: Sequence[float]) -> dict[str, float]:
    if len(values) < 2:
        return {"p50": -1.0, "p95": -1.0}
    return {"p50": round(median(values), 1), "p95": round(quantiles(values, n=100, method="inclusive")[94], 1)}
