"""How long a pane waits for the next picture before it says that the stream stands still."""

from collections import deque

SILENT_S = 3.0
SILENT_PICTURES = 3  # a camera that sends one picture in 2 s is silent after three of them
_LONGEST_S = 30.0  # whatever a center says
_INTERVALS = 4  # fewer may be a stream that is about to stop, or one that has just come back


class PicturePace:
    """Learns from when pictures came whether a camera is a slow one.

    A rate would not do: measured while pictures stop, it is that of a slow camera, and a stopped pane would look live
    for as long. What counts is the shortest of the last intervals: of a slow camera all of them are long.
    """

    def __init__(self) -> None:
        self._intervals_s: deque[float] = deque(maxlen=_INTERVALS)
        self._last_ns = 0

    def came(self, at_ns: int) -> None:
        """Take note of the newest picture, by the monotonic clock."""
        if self._last_ns and at_ns > self._last_ns:
            self._intervals_s.append((at_ns - self._last_ns) / 1e9)
        self._last_ns = max(at_ns, self._last_ns)

    def forget(self) -> None:
        """Begin anew, for another camera."""
        self._intervals_s.clear()
        self._last_ns = 0

    def patience_s(self, stated_fps: float | None) -> float:
        """Return how long there may be no new picture; `stated_fps` is what the center says, until we know better."""
        if len(self._intervals_s) == _INTERVALS:
            usual_s = min(self._intervals_s)
        else:
            usual_s = 1.0 / stated_fps if stated_fps and not self._intervals_s else 0.0
        return min(max(SILENT_S, SILENT_PICTURES * usual_s), _LONGEST_S)
