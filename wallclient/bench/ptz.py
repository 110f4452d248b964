"""`wallclient bench ptz`: presses and lets go of a key hundreds of times, and asks the embedded center what came when.

The key events go through Qt's event queue to the window in PTZ mode, and on through the application's own helm, its
threads and connections. Client and center share one machine and so one monotonic clock.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from wallclient.bench.ptz_victim import PASSWORD_VARIABLE
from wallclient.demo.city import City
from wallclient.demo.process import DemoFailed, DemoProcess
from wallclient.domain.global_id import global_channel, global_id
from wallclient.domain.layout import layout_by_id
from wallclient.domain.ptz import DEAD_MAN_S
from wallclient.services.hand import HandState
from wallclient.virtual_display import NoDisplay, has_display, virtual_display

if TYPE_CHECKING:
    from wallclient.app import Application
    from wallclient.services.steering import Helm
    from wallclient.ui.main_window import MainWindow

CAMERA = 3  # number of the first streamed PTZ camera
PRESS_LIMIT_MS = STOP_LIMIT_MS = 40.0
LOSSY_LIMIT_S = 1.2
KILL_LIMIT_S = DEAD_MAN_S + 0.2
_CAMERAS = 64
_SHORTEST_HOLD_S = 0.05
_PAUSE_S = (0.02, 0.08)
_CONFIRMED_LIMIT_S = 10.0
_FIRST_PICTURES_S = 40.0
_SETTLE_S = 3.0


@dataclass(frozen=True, slots=True)
class _Phase:
    """A part of the run: how many moves, and how the center misbehaves in it."""

    name: str
    moves: int
    delay_s: float = 0.0
    swallow_every: int = 0
    longest_hold_s: float = 0.16


_PHASES = (
    _Phase("answers_at_once", 250),
    _Phase("answers_after_100_ms", 60, delay_s=0.1),
    _Phase("answers_after_500_ms", 40, delay_s=0.5),
    _Phase("swallows_every_third", 160, swallow_every=3, longest_hold_s=0.4),
)


@dataclass(frozen=True, slots=True)
class _Move:
    """One press, by the monotonic clock."""

    pressed_s: float
    released_s: float
    confirmed_s: float


@dataclass(frozen=True, slots=True)
class PtzFigures:
    """What `bench ptz` writes. `stop_ms` is the worst of the centers in `stop_ms_by_center`."""

    panes: int  # live on the wall meanwhile
    moves: int
    runaways: int
    press_ms: dict[str, float]
    stop_ms: dict[str, float]
    stop_ms_by_center: dict[str, dict[str, float]]
    lossy_stop_s: dict[str, float]
    overshoot_deg: dict[str, float]
    kill9_stop_s: dict[str, float]
    unconfirmed_at_end: int
    holds: bool


def run(options: argparse.Namespace) -> int:
    """Measure and write the figures; 0 when all that was promised holds."""
    display = virtual_display() if options.virtual or not has_display() else contextlib.nullcontext()
    try:
        with display, tempfile.TemporaryDirectory(prefix="wallclient-bench-") as folder:
            center = DemoProcess(_CAMERAS, media=options.panes > 0, prepare=options.panes)
            try:
                center.start()
                figures = _run_in_application(center, Path(folder), options)
            finally:
                center.stop()
    except (NoDisplay, DemoFailed) as err:
        print(err, file=sys.stderr)
        return 2
    text = json.dumps(asdict(figures), indent=2)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if figures.holds else 1


def _run_in_application(center: DemoProcess, folder: Path, options: argparse.Namespace) -> PtzFigures:
    from wallclient.app import Application, run_application

    async def work(application: Application) -> PtzFigures:
        await application.session.log_in(center.user, center.password)
        channel_id = global_id(application.centers.accesses[0].key, f"c{CAMERA}")
        window = await _show_wall(application, options.panes)
        await _until(lambda: application.helm.ptz_of(channel_id).status is not None)
        keys = _Keys(application.helm, window, channel_id)
        phases = [await _measure(center, application.helm, keys, phase) for phase in _PHASES]
        unconfirmed = len(application.helm.unconfirmed())
        killed = [await asyncio.to_thread(_kill_in_mid_move, center, folder / str(n)) for n in range(options.kills)]
        return _figures(options.panes, phases, killed, unconfirmed)

    return run_application(center.base_url, work, folder=folder)


async def _show_wall(application: "Application", panes: int) -> "MainWindow":
    """Open a window with the steered camera, or with so many live panes, its own among them, and wait for those."""
    window = application.windows.open()
    key = application.centers.accesses[0].key
    if not panes:
        window.wall.show(0, global_channel(key, City(_CAMERAS).channel(f"c{CAMERA}")))
        return window
    window.wall.set_layout(layout_by_id(str(panes)))
    window.wall.place([global_channel(key, camera) for camera in City(_CAMERAS).streamed()[:panes]], 0)
    await _until(lambda: all(window.wall_widget.first_painted_ns[:panes]), _FIRST_PICTURES_S)
    await asyncio.sleep(_SETTLE_S)
    return window


class _Keys:
    """Presses keys of PTZ mode at full speed in the window that shows the camera."""

    def __init__(self, helm: "Helm", window: "MainWindow", channel_id: str) -> None:
        self._helm = helm
        self._widget = window.wall_widget
        self._channel_id = channel_id
        shown = [pane.channel.id if pane.channel else "" for pane in window.wall.panes]
        window.wall.select(shown.index(channel_id))
        assert window.ptz is not None
        window.ptz.pilot.set_speed(1.0)
        window.ptz.pilot.set_mode(True)

    def post(self, kind: QEvent.Type, key: Qt.Key) -> float:
        """Put a key event into Qt's queue; return when."""
        now = time.monotonic()
        QCoreApplication.postEvent(self._widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
        return now

    @property
    def is_idle(self) -> bool:
        """Tell whether the stop is confirmed."""
        return self._helm.ptz_of(self._channel_id).hand is HandState.IDLE


@dataclass(frozen=True, slots=True)
class _Measured:
    """A phase as it went: the moves, and what the center noted."""

    phase: _Phase
    moves: list[_Move]
    log: list[dict[str, Any]]


async def _measure(center: DemoProcess, helm: "Helm", keys: _Keys, phase: _Phase) -> _Measured:
    dice = random.Random(phase.name)
    after = len(await asyncio.to_thread(center.ptz_log, CAMERA))
    await asyncio.to_thread(center.ptz_delay, phase.delay_s)
    await asyncio.to_thread(center.ptz_swallow, phase.swallow_every)
    moves = []
    for number in range(phase.moves):
        key = (Qt.Key.Key_Right, Qt.Key.Key_Left)[number % 2]
        pressed = keys.post(QEvent.Type.KeyPress, key)
        await asyncio.sleep(dice.uniform(_SHORTEST_HOLD_S, phase.longest_hold_s))
        released = keys.post(QEvent.Type.KeyRelease, key)
        await asyncio.sleep(0)
        await _until(lambda: keys.is_idle and not helm.is_moving(keys._channel_id), _CONFIRMED_LIMIT_S)
        moves.append(_Move(pressed, released, time.monotonic()))
        await asyncio.sleep(dice.uniform(*_PAUSE_S))
    await asyncio.sleep(DEAD_MAN_S + 0.5)  # what a command that came late might do is seen, too
    await asyncio.to_thread(center.ptz_swallow, 0)
    await asyncio.to_thread(center.ptz_delay, 0.0)
    return _Measured(phase, moves, (await asyncio.to_thread(center.ptz_log, CAMERA))[after:])


async def _until(is_so: Any, limit_s: float = 30.0) -> None:
    """Wait for a condition; give up quietly, for the figures tell."""
    until = time.monotonic() + limit_s
    while not is_so() and time.monotonic() < until:
        await asyncio.sleep(0.002)


# --- what the center noted ---


def _arrivals_ms(measured: _Measured, kind: str) -> list[float]:
    """Return for each move how long its first command of this kind took to the center; infinite if none came."""
    found = []
    for begin, end in _spans(measured):
        since = begin.released_s if kind == "stop" else begin.pressed_s
        kinds = ("stop", "idle_stop") if kind == "stop" else (kind,)
        at = next((e["at_s"] for e in measured.log if since <= e["at_s"] < end and e["kind"] in kinds), None)
        found.append(float("inf") if at is None else (at - since) * 1000)
    return found


def _spans(measured: _Measured) -> list[tuple[_Move, float]]:
    """Return each move with the time of the next press."""
    ends = [*(move.pressed_s for move in measured.moves[1:]), float("inf")]
    return list(zip(measured.moves, ends, strict=True))


def _stopped_s(measured: _Measured, move: _Move, end: float) -> float:
    """Return how long after the release the camera was no longer moved by a command; infinite if it still was."""
    is_moving, stopped = False, move.released_s
    for entry in measured.log:
        if entry["at_s"] >= end or entry["at_s"] < move.pressed_s:
            continue
        if entry["kind"] == "started":
            is_moving = True
        elif entry["kind"] == "stopped":
            is_moving, stopped = False, entry["at_s"]
    return float("inf") if is_moving else max(0.0, stopped - move.released_s)


def _is_runaway(measured: _Measured, move: _Move, end: float) -> bool:
    """Tell whether a camera moved too long after the release, or was moved again once its stop was confirmed."""
    late = [e for e in measured.log if move.confirmed_s < e["at_s"] < end and e["kind"] in ("move", "started")]
    return bool(late) or _stopped_s(measured, move, end) > LOSSY_LIMIT_S


def _overshoots_deg(measured: _Measured) -> list[float]:
    """Return how far the camera turned after each release that left it time to come to rest."""
    found = []
    for move, end in _spans(measured):
        entries = [e for e in measured.log if move.pressed_s <= e["at_s"] < end]
        stop = next((e for e in entries if e["kind"] == "stop" and e["at_s"] >= move.released_s), None)
        rest = next((e for e in entries if e["kind"] == "still" and stop and e["at_s"] >= stop["at_s"]), None)
        if stop is not None and rest is not None:
            before = _pan_at_release(entries, move.released_s, stop)
            found.append(abs(rest["pan"] - before))
    return found


def _pan_at_release(entries: list[dict[str, Any]], released_s: float, stop: dict[str, Any]) -> float:
    """Return where the camera looked when the key was let go: between the last entry before and the stop."""
    before = [e for e in entries if e["at_s"] <= released_s]
    if not before or stop["at_s"] <= before[-1]["at_s"]:
        return float(stop["pan"])
    share = (released_s - before[-1]["at_s"]) / (stop["at_s"] - before[-1]["at_s"])
    return float(before[-1]["pan"] + share * (stop["pan"] - before[-1]["pan"]))


# --- kill -9 ---


def _kill_in_mid_move(center: DemoProcess, folder: Path) -> float:
    """Kill another client while it moves the camera; return after how many seconds the camera stood still."""
    after = len(center.ptz_log(CAMERA))
    speed = "-1" if center.ptz_pose(CAMERA)["pan"] > 0 else "1"  # away from the end of its travel, which would stop it
    command = [sys.executable, "-m", "wallclient.bench.ptz_victim", center.base_url, center.user, str(folder), speed]
    victim = subprocess.Popen(command, env={**os.environ, PASSWORD_VARIABLE: center.password})
    try:
        until = time.monotonic() + 30.0
        while sum(entry["kind"] == "move" for entry in center.ptz_log(CAMERA, after)) < 4:
            if victim.poll() is not None or time.monotonic() > until:
                raise DemoFailed("the client to kill did not move the camera")
            time.sleep(0.02)
    finally:
        killed_s = time.monotonic()
        victim.kill()
        victim.wait()
    while time.monotonic() < killed_s + 5.0:
        rest = [e["at_s"] for e in center.ptz_log(CAMERA, after) if e["kind"] == "still" and e["at_s"] > killed_s]
        if rest:
            return float(rest[0] - killed_s)
        time.sleep(0.05)
    return float("inf")


# --- figures ---


def _figures(panes: int, phases: Sequence[_Measured], killed: Sequence[float], unconfirmed: int) -> PtzFigures:
    prompt = [measured for measured in phases if not measured.phase.swallow_every]
    lossy = [measured for measured in phases if measured.phase.swallow_every]
    presses = [ms for measured in prompt for ms in _arrivals_ms(measured, "move")]
    stops = {measured.phase.name: _spread(_arrivals_ms(measured, "stop"), 1) for measured in prompt}
    worst = {name: max(spread[name] for spread in stops.values()) for name in ("p50", "p95", "max")}
    lossy_s = [
        max(move.confirmed_s - move.released_s, _stopped_s(measured, move, end))
        for measured in lossy
        for move, end in _spans(measured)
    ]
    runaways = sum(_is_runaway(measured, move, end) for measured in phases for move, end in _spans(measured))
    moves = sum(len(measured.moves) for measured in phases)
    press, lossy_spread, kill = _spread(presses, 1), _spread(lossy_s, 3), _spread(killed, 3)
    holds = (
        press["p95"] <= PRESS_LIMIT_MS
        and worst["p95"] <= STOP_LIMIT_MS
        and lossy_spread["max"] <= LOSSY_LIMIT_S
        and moves >= 500
        and not runaways
        and not unconfirmed
        and kill["max"] <= KILL_LIMIT_S
    )
    overshoots = [deg for measured in prompt for deg in _overshoots_deg(measured)]
    return PtzFigures(
        panes, moves, runaways, press, worst, stops, lossy_spread, _spread(overshoots, 2), kill, unconfirmed, holds
    )


def _spread(values: Sequence[float], digits: int) -> dict[str, float]:
    """Return median, 95th percentile and maximum; -1 where nothing was measured."""
    if not values:
        return {"p50": -1.0, "p95": -1.0, "max": -1.0}
    finite = [min(value, 1e6) for value in values]  # JSON knows no infinity
    points = quantiles(finite, n=100, method="inclusive") if len(finite) > 1 else finite * 99
    return {"p50": round(points[49], digits), "p95": round(points[94], digits), "max": round(max(finite), digits)}
