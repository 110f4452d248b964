"""Reads the machine-readable strips of the embedded center's cameras off the painted wall."""

import time
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtGui import QImage

from wallclient.demo import strip
from wallclient.ui.wall_widget import WallWidget


@dataclass(slots=True)
class PaneReadings:
    """What was read from one pane: (unix time, frame counter) in order, and readings of another camera."""

    camera: int
    readings: list[tuple[float, int]] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)
    unreadable: int = 0
    mix_ups: int = 0

    @property
    def moved(self) -> bool:
        """Tell whether the counter went on from the first reading to the last."""
        return len({counter for _, counter in self.readings}) > 1

    @property
    def backwards(self) -> int:
        """Return how often a picture was followed by an older one."""
        half = strip.COUNTER_MODULO // 2
        counters = [counter for _, counter in self.readings]
        steps = ((b - a) % strip.COUNTER_MODULO for a, b in pairwise(counters))
        return sum(1 for step in steps if step > half)


class StripReader:
    """Reads one pane after the other, so that reading costs next to nothing. Lives on the UI thread."""

    def __init__(self, widget: WallWidget, cameras: list[int], fps: float) -> None:
        """`cameras`: the camera number each pane should show."""
        self._widget = widget
        self._fps = fps
        self._next = 0
        self.panes = [PaneReadings(camera) for camera in cameras]

    def read_next(self) -> None:
        """Read the next pane's strip."""
        index, self._next = self._next, (self._next + 1) % len(self.panes)
        self.read(index)

    def read(self, index: int) -> strip.StripReading | None:
        """Read a pane's strip and keep what it says."""
        pane = self.panes[index]
        now = time.time()
        reading = read_strip(self._widget, index)
        if reading is None:
            pane.unreadable += 1
        elif reading.camera != pane.camera:
            pane.mix_ups += 1
        else:
            pane.readings.append((now, reading.counter))
            pane.latencies_s.append(strip.latency_s(reading, self._fps, now))
        return reading


def read_strip(widget: WallWidget, index: int) -> strip.StripReading | None:
    """Return what the strip of a painted pane says; None where there is none."""
    rect = widget.video_rect(index)
    if rect.isEmpty():
        return None
    image = grab(widget, rect.x(), rect.y(), rect.width(), max(4, rect.height() // 12))
    scale = image.width() / rect.width()
    height = round(rect.height() * scale)
    # only the strip's lines were taken; the reader looks at no others
    return strip.read(memoryview(image.constBits()), image.width(), height, image.bytesPerLine())


def grab(widget: WallWidget, x: int, y: int, width: int, height: int) -> QImage:
    """Return pixels of the wall from the screen; from the widget where the platform has no screen to read."""
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.platformName() == "xcb":
        pixmap = widget.screen().grabWindow(widget.winId(), x, y, width, height)
    else:
        pixmap = widget.grab(QRect(x, y, width, height))
    return pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
