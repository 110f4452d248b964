"""`wallclient demo --wall`: the embedded center with a 4×4 wall of its cameras in front of it.

Without a display it brings its own, runs for 20 s, and proves by the pictures' machine-readable strips that every
pane moves and shows its own camera.
"""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from wallclient.app import CENTER_KEY, Application, run_application
from wallclient.bench.strips import StripReader
from wallclient.demo.city import City
from wallclient.demo.process import DemoFailed, DemoProcess
from wallclient.domain.global_id import global_id
from wallclient.domain.layout import layout_by_id
from wallclient.virtual_display import NoDisplay, has_display, virtual_display

_LAYOUT = "16"
_HEADLESS_S = 20.0
_FLICKER_S = 20.0  # a camera of the city comes or goes about this often
_RIVAL_S = 300.0  # a simulated operator of the city takes a PTZ camera about this often
_READ_EVERY_S = 0.1
_LATE = 3.0  # times as long a busy machine is given before a pane counts as one that does not move


@dataclass(frozen=True, slots=True)
class PaneReport:
    """What one pane showed."""

    camera: str
    number: int
    state: str
    painted: int
    painted_fps: float
    first_picture_s: float | None
    strip_reads: int
    mix_ups: int
    moving: bool


def run_demo_wall(cameras: int, fps: float, seconds: float | None, out: Path) -> int:
    """Run the demo and return the exit status: 0 when every pane showed moving pictures, or the operator ended it."""
    headless = not has_display()
    seconds = seconds or (_HEADLESS_S if headless else None)
    try:
        with contextlib.ExitStack() as stack:
            if headless:
                stack.enter_context(virtual_display())
            center = DemoProcess(cameras, round(fps), flicker_s=_FLICKER_S, rival_s=_RIVAL_S)
            stack.callback(center.stop)
            print("wallclient: starting the embedded center …", file=sys.stderr)
            center.start(_say_progress)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wallclient-demo-")))
            return run_application(
                center.base_url, lambda app: _show(app, center, cameras, fps, seconds, out), folder=folder
            )
    except (NoDisplay, DemoFailed) as err:
        print(f"wallclient: {err}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # before the windows were up
        return 130


def _say_progress(done: int, total: int) -> None:
    print(f"wallclient: drawing the cameras' scenes, once: {done}/{total}", file=sys.stderr)


async def _show(
    app: Application, center: DemoProcess, cameras: int, fps: float, seconds: float | None, out: Path
) -> int:
    await app.session.log_in(center.user, center.password)
    window = app.windows.open()
    layout = layout_by_id(_LAYOUT)
    window.wall.set_layout(layout)
    channels = City(cameras).streamed()[: len(layout)]
    began = time.monotonic()
    window.wall.place([await app.centers.channel(global_id(CENTER_KEY, channel.id)) for channel in channels], 0)
    reader = StripReader(window.wall_widget, list(range(1, len(channels) + 1)), fps)
    end = began + seconds if seconds else None

    def is_over() -> bool:
        now = time.monotonic()
        if end is None or seconds is None or now < end:
            return False
        return all(read.moved for read in reader.panes) or now > began + _LATE * seconds

    closed = asyncio.ensure_future(app.closed())
    while not closed.done() and not is_over():
        if end is not None:
            reader.read_next()
        await asyncio.wait({closed}, timeout=_READ_EVERY_S if end else None)
    if closed.done():
        return 0  # the operator's own wish
    closed.cancel()
    return _report(window, reader, began, out)


def _report(window, reader: StripReader, began: float, out: Path) -> int:  # type: ignore[no-untyped-def]
    out.mkdir(parents=True, exist_ok=True)
    saved = window.screen().grabWindow(window.winId()).save(str(out / "wall.png"))
    seconds = time.monotonic() - began
    panes = []
    for index, (pane, read) in enumerate(zip(window.wall.panes, reader.panes, strict=True)):
        first_ns, painted = window.wall_widget.first_painted_ns[index], window.wall_widget.painted[index]
        panes.append(
            PaneReport(
                camera=pane.channel.name if pane.channel else "",
                number=read.camera,
                state=pane.state.value,
                painted=painted,
                painted_fps=round(painted / max(0.001, began + seconds - first_ns / 1e9), 2) if first_ns else 0.0,
                first_picture_s=round(first_ns / 1e9 - began, 2) if first_ns else None,
                strip_reads=len(read.readings),
                mix_ups=read.mix_ups,
                moving=read.moved and not read.mix_ups,
            )
        )
    good = sum(pane.moving for pane in panes)
    document = {
        "seconds": round(seconds, 1),
        "panes": len(panes),
        "moving": good,
        "details": [asdict(p) for p in panes],
    }
    (out / "report.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wallclient: {good} of {len(panes)} panes moved; see {out}/wall.png and {out}/report.json", file=sys.stderr)
    return 0 if saved and good == len(panes) else 1
