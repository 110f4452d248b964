"""What the integration tests stand on: the real application before the real embedded center, and eyes on its wall.

Nothing here is a fake. The wall is read where an operator would look: from the pixels the window has painted, by
the strip each demo camera carries at the top of its pictures (its number and a frame counter).
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect
from PySide6.QtGui import QImage

from wallclient.app import CENTER_KEY, Application
from wallclient.demo import strip
from wallclient.demo.process import DemoProcess
from wallclient.demo.strip import StripReading
from wallclient.domain.global_id import global_id
from wallclient.domain.layout import layout_by_id
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import Lease, Protocol, Source, StreamKind
from wallclient.services.live_pane import LivePane
from wallclient.services.session import CenterSession
from wallclient.services.wall import Wall
from wallclient.ui.main_window import MainWindow

FPS = 15
LIMIT_S = 40.0  # for what has no limit of its own; a slow machine takes a tenth of it
_LOOK_EVERY_S = 0.03
_PULSE_S = 0.01
_HALF = strip.COUNTER_MODULO // 2


async def until(condition: Callable[[], object], limit_s: float = LIMIT_S, what: Callable[[], object] = str) -> float:
    """Wait until `condition()` holds; return the seconds that took. `what()` is said when it does not."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < limit_s, f"not within {limit_s:g} s: {what()}"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


class Offers:
    """The session as walls see it, with a say in which addresses the center offers."""

    def __init__(self, session: CenterSession) -> None:
        self._session = session
        self.protocols: frozenset[Protocol] = frozenset(Protocol)
        self.spoil: Callable[[Source], Source] = lambda source: source
        self.sources: list[Source] = []  # all that were offered, unspoilt

    async def channel(self, channel_id: str) -> Channel:
        return await self._session.channel(channel_id)

    async def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        lease = await self._session.open_live(channel_id, kind)
        self.sources += lease.sources
        kept = tuple(self.spoil(source) for source in lease.sources if source.protocol in self.protocols)
        return replace(lease, sources=kept)

    async def renew_live(self, lease_id: str) -> float:
        return await self._session.renew_live(lease_id)

    async def close_live(self, lease_id: str) -> None:
        await self._session.close_live(lease_id)


@dataclass(frozen=True, slots=True)
class Look:
    """One pane at one moment: what it says of itself and what its pixels show."""

    at: float  # monotonic
    state: PaneState
    strip: StripReading | None
    blank: bool


@dataclass(slots=True)
class Sighting:
    """All looks at one pane, while it should show camera `camera`."""

    camera: int
    looks: list[Look] = field(default_factory=list)

    @property
    def states(self) -> set[PaneState]:
        return {look.state for look in self.looks}

    @property
    def playing(self) -> list[Look]:
        return [look for look in self.looks if look.state is PaneState.PLAYING]

    @property
    def read(self) -> list[tuple[float, int]]:
        """Moments and counters of all looks at the right camera."""
        return [(look.at, look.strip.counter) for look in self.looks if look.strip and look.strip.camera == self.camera]

    @property
    def mix_ups(self) -> int:
        """Looks that showed another camera, whatever the pane said of itself."""
        return sum(1 for look in self.looks if look.strip and look.strip.camera != self.camera)

    @property
    def blanks(self) -> int:
        """Looks at a playing pane that showed no picture."""
        return sum(1 for look in self.playing if look.blank)

    @property
    def readable(self) -> float:
        """Share of the looks at a playing pane that could be read."""
        return sum(1 for look in self.playing if look.strip) / max(1, len(self.playing))

    @property
    def advanced(self) -> int:
        """By how many frames the picture went on from the first look to the last."""
        return sum(step for step in self.steps if step < _HALF)

    @property
    def steps(self) -> list[int]:
        """Frames between each look and the next."""
        return [(b - a) % strip.COUNTER_MODULO for (_, a), (_, b) in pairwise(self.read)]

    @property
    def backwards(self) -> list[int]:
        """By how many frames the picture jumped back, each time."""
        return [strip.COUNTER_MODULO - step for step in self.steps if step > _HALF]

    @property
    def longest_stand_s(self) -> float:
        """Longest time the picture did not go on, up to the last look."""
        changes = [self.looks[0].at]
        changes += [at for (_, before), (at, after) in pairwise(self.read) if before != after]
        return max(b - a for a, b in pairwise([*changes, self.looks[-1].at]))

    def __str__(self) -> str:
        return (
            f"camera {self.camera}: {len(self.looks)} looks, {sorted(self.states)}, {self.advanced} frames on, back "
            f"{self.backwards}, blank {self.blanks}, mixed up {self.mix_ups}, readable {self.readable:.2f}, "
            f"stood {self.longest_stand_s:.2f} s"
        )


class Stage:
    """The application with one window, and what tests do with it. Lives on the UI thread, on the running loop."""

    def __init__(self, center: DemoProcess, folder: Path) -> None:
        self.center = center
        self.folder = folder
        self.app: Application
        self.window: MainWindow
        self.offers: Offers

    def new_offers(self, session: CenterSession) -> Offers:
        """Stand between the walls and the center."""
        self.offers = Offers(session)
        return self.offers

    async def open(self, app: Application) -> None:
        """Log in and open the window."""
        self.app = app
        await app.session.log_in(self.center.user, self.center.password)
        self.window = app.windows.open()
        self.window.resize(1280, 800)

    # -- the wall ----------------------------------------------------------------------------------

    @property
    def wall(self) -> Wall:
        return self.window.wall

    @property
    def panes(self) -> list[LivePane]:
        return self.wall.panes

    def only(self, *protocols: Protocol) -> None:
        """Let the center offer these protocols and no others."""
        self.offers.protocols = frozenset(protocols)

    async def show(self, numbers: Iterable[int], layout: str = "4") -> None:
        """Put cameras into the panes, from the first on, and wait until all play."""
        await self.put(numbers, layout)
        await self.all_play()

    async def put(self, numbers: Iterable[int], layout: str = "4") -> None:
        """Put cameras into the panes, from the first on."""
        if self.wall.layout.id != layout:
            self.wall.set_layout(layout_by_id(layout))
        for index, number in enumerate(numbers):
            self.wall.show(index, await self.channel(number))

    async def channel(self, number: int) -> Channel:
        """Return a camera as walls know it."""
        return await self.app.centers.channel(camera_id(number))

    async def all_play(self, limit_s: float = LIMIT_S) -> float:
        """Wait until every pane with a camera plays and its painted picture goes on; return the seconds it took."""
        began = time.monotonic()
        await self.all_say(PaneState.PLAYING, limit_s=limit_s)
        before = self.strips()

        def all_move() -> bool:
            return all(
                now and now.camera == self.camera(i) and now != before[i]
                for i, now in enumerate(self.strips())
                if self.panes[i].channel
            )

        await until(all_move, limit_s, self.describe)
        return time.monotonic() - began

    async def all_say(self, state: PaneState, reason: PaneReason | None = None, limit_s: float = LIMIT_S) -> float:
        """Wait until every pane with a camera is in `state`, for `reason` if given; return the seconds it took."""
        used = [pane for pane in self.panes if pane.channel]
        return await until(
            lambda: all(pane.state is state and reason in (None, pane.reason) for pane in used), limit_s, self.describe
        )

    async def says(self, index: int, state: PaneState, reason: PaneReason | None, limit_s: float = LIMIT_S) -> float:
        """Wait until a pane is in `state` for `reason`; return the seconds it took."""
        pane = self.panes[index]
        return await until(lambda: (pane.state, pane.reason) == (state, reason), limit_s, self.describe)

    def camera(self, index: int) -> int:
        """Return the number of the camera a pane should show, 0 for none."""
        channel = self.panes[index].channel
        return int(channel.id.rpartition("c")[2]) if channel else 0

    def describe(self) -> str:
        """Say what every pane says and shows: camera, state, stream, size asked for and got, strip."""
        return "; ".join(f"{i}: {self._describe(i, read)}" for i, read in enumerate(self.strips()))

    def _describe(self, index: int, read: StripReading | None) -> str:
        pane, view = self.panes[index], self.window.wall_widget.views[index]
        shown = view.image and (view.image.width(), view.image.height())
        asked = pane.opening and (pane.opening.width, pane.opening.height)
        return (
            f"{pane.channel and pane.channel.id} {pane.state} {pane.reason} {pane.stream_kind} "
            f"wants {view.wanted_px()}, asked {asked}, got {shown}, shows {read and (read.camera, read.counter)}"
        )

    # -- eyes --------------------------------------------------------------------------------------

    def image(self) -> QImage:
        """Return the wall as the window has painted it, RGB32. Pending repaints are done first, as the loop would."""
        window, widget = self.window, self.window.wall_widget
        QCoreApplication.sendPostedEvents(window, QEvent.Type.UpdateRequest.value)
        at = widget.mapTo(window, QPoint(0, 0))
        pixmap = window.screen().grabWindow(window.winId(), at.x(), at.y(), widget.width(), widget.height())
        return pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)

    def strips(self) -> list[StripReading | None]:
        """Read the strip of every pane off the painted wall."""
        image = self.image()
        return [read_strip(image, self.video_rect(i)) for i in range(len(self.panes))]

    def video_rect(self, index: int) -> QRect:
        """Return where the picture of a pane is on the wall."""
        return self.window.wall_widget.video_rect(index)

    def pane_image(self, index: int) -> QImage:
        """Return a pane's picture as painted."""
        return self.image().copy(self.video_rect(index))

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[dict[int, Sighting]]:
        """Look at all panes again and again until the block ends; what was seen, by camera number."""
        seen: dict[int, Sighting] = {}
        task = asyncio.create_task(self._watch(seen))
        try:
            yield seen
        finally:
            self._look(seen)
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()

    async def _watch(self, seen: dict[int, Sighting]) -> None:
        while True:
            self._look(seen)
            await asyncio.sleep(_LOOK_EVERY_S)

    def _look(self, seen: dict[int, Sighting]) -> None:
        image, now = self.image(), time.monotonic()
        for index, pane in enumerate(self.panes):
            rect, camera = self.video_rect(index), self.camera(index)
            if camera and not rect.isEmpty():
                look = Look(now, pane.state, read_strip(image, rect), is_blank(image, rect))
                seen.setdefault(camera, Sighting(camera)).looks.append(look)


def camera_id(number: int) -> str:
    """Return the global id of a camera."""
    return global_id(CENTER_KEY, f"c{number}")


def read_strip(image: QImage, rect: QRect) -> StripReading | None:
    """Read a strip in an RGB32 image; None where there is none."""
    if rect.isEmpty():
        return None
    box = (rect.x(), rect.y(), rect.width(), rect.height())
    return strip.read(memoryview(image.constBits()), image.width(), image.height(), image.bytesPerLine(), 4, box)


def is_blank(image: QImage, rect: QRect) -> bool:
    """Tell whether there is no picture: a scene has dozens of colours, a panel with a word on it a few."""
    columns = range(rect.left() + rect.width() // 20, rect.right(), max(1, rect.width() // 12))
    rows = range(rect.top() + rect.height() // 3, rect.bottom(), max(1, rect.height() // 9))
    return len({image.pixel(x, y) for x in columns for y in rows}) < 12


class Pulse:
    """Measures how long the UI thread is held up, without the time other processes kept it from the processor."""

    def __init__(self) -> None:
        self.worst_s = 0.0

    async def beat(self) -> None:
        """Take the pulse until cancelled."""
        last, waited = time.monotonic(), _waited_s()
        while True:
            await asyncio.sleep(_PULSE_S)
            now, waited_now = time.monotonic(), _waited_s()
            self.worst_s = max(self.worst_s, (now - last) - (waited_now - waited) - _PULSE_S)
            last, waited = now, waited_now


def _waited_s() -> float:
    """Return how long this thread was ready to run but waited for a processor, so far (proc(5), schedstat)."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:  # not every kernel tells
        return 0.0


@contextlib.asynccontextmanager
async def pulse() -> AsyncIterator[Pulse]:
    """Take the UI thread's pulse while the block runs."""
    taken = Pulse()
    task = asyncio.create_task(taken.beat())
    try:
        yield taken
    finally:
        task.cancel()
