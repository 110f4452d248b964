"""How fast an export goes, how long it will still take, and how large one will be."""

import time
from collections import deque
from collections.abc import Iterable

from wallclient.domain.export import ExportJob, ExportProgress
from wallclient.player.export_messages import Progress

_RATE_OVER_S = 10.0
_FETCH_SHARE = 0.9  # of the time an export takes where a center fetches the footage from recorders first


class Meter:
    """Rate and remaining time of one camera's export."""

    def __init__(self, camera: str = "") -> None:
        self._camera = camera
        self._seen: deque[tuple[float, int, float]] = deque()
        self._received_bytes = 0
        self._share = 0.0  # of the whole that is the center's work

    def take(self, progress: Progress) -> None:
        """Note what a worker says."""
        self._received_bytes = progress.received_bytes
        self._note(progress.received_bytes, self._share + (1.0 - self._share) * progress.part)

    def fetch(self, part: float) -> None:
        """Note how much the center has together of what it fetches first, 0 to 1."""
        self._share = _FETCH_SHARE
        self._note(0, _FETCH_SHARE * part)

    def _note(self, received_bytes: int, part: float) -> None:
        now = time.monotonic()
        if self._seen and (received_bytes < self._seen[-1][1] or part < self._seen[-1][2]):
            self._seen.clear()  # another worker
        self._seen.append((now, received_bytes, part))
        while self._seen[0][0] < now - _RATE_OVER_S and len(self._seen) > 2:
            self._seen.popleft()

    def moved(self) -> bool:
        """Tell whether the worker got anything, and forget it."""
        received, self._received_bytes = self._received_bytes, 0
        return received > 0

    def progress(self, done: int, cameras: int) -> ExportProgress:
        """Return how far the whole is: `done` of so many cameras, and this one."""
        if not self._seen:
            return ExportProgress(done / cameras, camera=self._camera)
        (since, bytes_before, part_before), (now, received, part) = self._seen[0], self._seen[-1]
        span_s = now - since
        rate = (received - bytes_before) / span_s if span_s else 0.0
        speed = (part - part_before) / span_s if span_s else 0.0
        left = cameras - done - part
        return ExportProgress((done + part) / cameras, rate, left / speed if speed > 0 else None, self._camera)


def rate_of(jobs: Iterable[ExportJob], channel_id: str) -> float | None:
    """Return how many bytes a second of a camera's footage took in the exports there are; None where there is none."""
    files = [file for job in jobs for file in job.files if file.channel_id == channel_id and not file.is_burned]
    length_ms = sum(file.end_ms - file.start_ms for file in files)
    return sum(file.size for file in files) / length_ms * 1000 if length_ms else None
