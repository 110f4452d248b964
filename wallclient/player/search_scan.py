"""Goes through a range for movement: key pictures first, then closely around what was found.

Where key pictures lie too far apart to tell anything, as with cameras that save on them, every picture is looked at.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from wallclient.domain.footage_search import LackReason
from wallclient.player.review_file import Gop
from wallclient.player.review_messages import File
from wallclient.player.review_reel import Span
from wallclient.player.search_footage import Footage, Unreadable
from wallclient.player.search_messages import MotionOrder
from wallclient.player.search_motion import WIDTH, Gray, MotionDetector
from wallclient.player.search_pictures import Pixels, Shrinker

_EVERY_US = 200_000  # of pictures that are all decoded, so many are looked at
_PRIME_US = 60_000_000  # of footage the first background is made of
_PRIME_PICTURES = 24
_SPARSE_US = 4_000_000  # key pictures farther apart tell too little
_CLOSE_US = 1_100_000  # key pictures so near to each other tell exactly enough when something began
_PAUSE_US = 900_000  # a movement that is not seen for so long is another one


@dataclass(slots=True)
class _Event:
    """A movement that is going on."""

    start_us: int
    before_us: int  # the picture looked at before the last one in which something had moved
    end_us: int
    peak_us: int
    score: float
    picture: Pixels
    after_us: int | None = None  # the first picture behind the last movement in which nothing moved


@dataclass(frozen=True, slots=True)
class Hit:
    """A movement that is over."""

    start_us: int
    end_us: int
    peak_us: int
    score: float
    picture: Pixels


class Scan:
    """One search. `near` is the same footage, for looks aside; `tell` is given how far it is, and may raise."""

    def __init__(
        self,
        order: MotionOrder,
        footage: Footage,
        near: Footage,
        tell: Callable[[int], None],
        skipped: Callable[[int, int, LackReason], None],
    ) -> None:
        self._order, self._footage, self._near = order, footage, near
        self._tell, self._skipped = tell, skipped
        self._detector = MotionDetector(order.areas, order.sensitivity, order.least_part)
        self._shrinker = Shrinker(order.width, order.height)
        self._gray = VideoReformatter()
        self._every = order.every_picture
        self._event: _Event | None = None
        self._quiet_us = order.start_us  # the latest moment nothing moved
        self._looked_us = order.start_us

    def hits(self) -> Iterator[Hit]:
        """Yield what moved, in order of time."""
        order = self._order
        for span in self._footage.spans(order.start_us, order.end_us):
            assert span.start_us is not None
            assert span.end_us is not None
            if span.file is None:
                self._skipped(span.start_us, span.end_us, LackReason.GAP)
                yield from self._over(span.end_us)
            else:
                yield from self._file(span, span.file, span.start_us, span.end_us)
            self._tell(span.end_us)
        yield from self._over(None)

    def _file(self, span: Span, file: File, start_us: int, end_us: int) -> Iterator[Hit]:
        reached_us = start_us
        try:
            if not self._detector.is_primed:
                self._prime(file, start_us, end_us)
            for gop, whole in self._groups(file, start_us, end_us):
                yield from self._group(gop, start_us, end_us, whole=whole)
                reached_us = max(reached_us, gop.end_us if whole else gop.key_us)
                self._tell(min(reached_us, end_us))
            if end_us - reached_us > _SPARSE_US:
                self._skipped(reached_us, end_us, LackReason.BROKEN)
        except Unreadable as err:
            self._skipped(reached_us, end_us, err.reason)

    def _groups(self, file: File, start_us: int, end_us: int) -> Iterator[tuple[Gop, bool]]:
        """Yield key pictures alone as long as they will do, from then on whole groups (True)."""
        at = start_us
        if not self._every:
            for gop in self._footage.keys(file, start_us, end_us):
                if gop.key_us - at > _SPARSE_US:
                    self._every = True  # so it will be in the camera's other files
                    break
                yield gop, False
                at = max(at, gop.key_us)
            if not self._every and end_us - at <= _SPARSE_US:
                return
        while at < end_us:
            gop = self._footage.group(file, at)
            yield gop, True
            if gop.last or gop.end_us <= at:
                return
            at = gop.end_us

    def _prime(self, file: File, start_us: int, end_us: int) -> None:
        """Make a background of the first minute's key pictures."""
        until_us = min(end_us, start_us + _PRIME_US)
        seen = []
        for gop in self._footage.keys(file, start_us, until_us):
            seen += [self._small(frame) for _, frame in self._footage.decode(gop, keys_only=True)]
            self._tell(start_us)
        if seen:
            every = max(1, len(seen) // _PRIME_PICTURES)
            self._detector.prime(seen[::every])

    def _group(self, gop: Gop, start_us: int, end_us: int, *, whole: bool) -> Iterator[Hit]:
        last_us = -_EVERY_US
        for moment, frame in self._footage.decode(gop, keys_only=not whole):
            if not start_us <= moment < end_us or moment - last_us < _EVERY_US:
                continue
            last_us = moment
            score = self._detector.look(moment, self._small(frame))
            if score > 0:
                self._moved(gop.file, moment, score, frame, float(gop.coding.sar) or 1.0)
                if self._every:
                    self._tell(moment)
            else:
                if self._event is not None and self._event.after_us is None:
                    self._event.after_us = moment
                if self._event is None or moment - self._event.end_us > self._order.join_us:
                    yield from self._over(moment)
                    self._quiet_us = moment
            self._looked_us = moment

    def _moved(self, file: File, moment: int, score: float, frame: VideoFrame, shape: float) -> None:
        event = self._event
        if event is None:
            start_us = moment if self._every else self._begin(file, self._quiet_us, moment)
            self._event = _Event(start_us, self._looked_us, moment, moment, score, self._shrinker.pixels(frame, shape))
            return
        event.before_us, event.end_us, event.after_us = self._looked_us, moment, None
        if score > event.score:
            event.peak_us, event.score, event.picture = moment, score, self._shrinker.pixels(frame, shape)

    def _over(self, next_us: int | None) -> Iterator[Hit]:
        """Give up the movement that is going on, at `next_us`, or at the end of the range."""
        event, self._event = self._event, None
        if event is None:
            return
        if not self._every:
            event.end_us = self._end(event.before_us, event.end_us, event.after_us or next_us)
        yield Hit(event.start_us, max(event.end_us, event.start_us), event.peak_us, event.score, event.picture)

    # -- closely -----------------------------------------------------------------------------------

    def _begin(self, file: File, quiet_us: int, moved_us: int) -> int:
        """Return when a movement began that was first seen at `moved_us`."""
        if moved_us - quiet_us <= _CLOSE_US:
            return (quiet_us + moved_us) // 2
        from_us = max(quiet_us, moved_us - _SPARSE_US, file.start_us)
        begin = moved_us
        for at, moves in reversed(self._closely(from_us, moved_us)):
            if moves and begin - at <= _PAUSE_US:
                begin = at
        return begin

    def _end(self, before_us: int, moved_us: int, next_us: int | None) -> int:
        """Return when a movement ended of which the picture at `moved_us` told: it was over by `next_us`."""
        until_us = min(moved_us + _SPARSE_US, self._order.end_us if next_us is None else next_us)
        if max(until_us - moved_us, moved_us - before_us) <= _CLOSE_US:
            return moved_us
        end = moved_us
        for at, moves in self._closely(moved_us, until_us):
            if moves and at - end <= _PAUSE_US:
                end = at
        if end > moved_us:
            return end
        before = [at for at, moves in self._closely(max(before_us, moved_us - _SPARSE_US), moved_us) if moves]
        return before[-1] if before else moved_us

    def _closely(self, start_us: int, end_us: int) -> list[tuple[int, bool]]:
        """Return of the pictures of a short range, five a second, whether something moves; nothing is learnt."""
        found: list[tuple[int, bool]] = []
        detector = self._detector.fork(start_us)
        for span in self._near.spans(start_us, end_us):
            assert span.start_us is not None
            assert span.end_us is not None
            at = span.start_us
            try:
                while span.file is not None and at < span.end_us:
                    gop = self._near.group(span.file, at)
                    for moment, frame in self._near.decode(gop):
                        if moment > end_us:
                            break
                        if (not found or moment - found[-1][0] >= _EVERY_US) and start_us <= moment <= end_us:
                            found.append((moment, detector.look(moment, self._small(frame)) > 0))
                    if gop.last or gop.end_us <= at:
                        break
                    at = gop.end_us
            except Unreadable:
                continue  # what was seen before stands
            self._tell(span.end_us if self._event is None else self._event.end_us)
        return found

    def _small(self, frame: VideoFrame) -> Gray:
        """Return a picture as the detector takes it: small, gray, 0 … 255."""
        width = min(WIDTH, frame.width)
        height = max(2, round(frame.height * width / frame.width))
        small = self._gray.reformat(frame, width, height, "gray", interpolation=Interpolation.AREA, threads=1)
        plane = small.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return rows[:height, :width].astype(np.float32)
