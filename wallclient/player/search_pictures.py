"""Finds the pictures of some moments, and turns them into pixels as the application takes them."""

from collections.abc import Iterator
from dataclasses import dataclass

from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from wallclient.domain.footage_search import LackReason
from wallclient.player.fitting import fit
from wallclient.player.review_file import Gop
from wallclient.player.search_footage import Footage, Unreadable
from wallclient.player.search_messages import PicturesOrder


@dataclass(frozen=True, slots=True)
class Pixels:
    """BGRX, rows of `stride` bytes."""

    width: int
    height: int
    stride: int
    data: bytes


class Shrinker:
    """Brings pictures to a box. Not thread-safe."""

    def __init__(self, width: int, height: int) -> None:
        self._box = width, height
        self._painter = VideoReformatter()

    def pixels(self, frame: VideoFrame, shape: float = 1.0) -> Pixels:
        """Return a picture no larger than the box; `shape`: width by height of its pixels."""
        seen = max(2, round(frame.width * shape)), frame.height
        width, height = fit(seen, self._box)
        image = self._painter.reformat(frame, width, height, "bgr0", interpolation=Interpolation.AREA, threads=1)
        plane = image.planes[0]
        return Pixels(width, height, plane.line_size, bytes(memoryview(plane)[: plane.line_size * height]))


Answer = tuple[int, int, Pixels | None, LackReason | None]  # asked, exact moment, and one of the two


def pictures(order: PicturesOrder, footage: Footage) -> Iterator[Answer]:
    """Yield an answer for each moment of an order, in its order."""
    shrinker = Shrinker(order.width, order.height)
    gop: Gop | None = None
    for asked in order.moments_us:
        file = footage.reel.span(asked).file
        if file is None:
            yield asked, 0, None, LackReason.GAP
            continue
        try:
            if gop is None or gop.file != file or not gop.covers(asked):
                gop = footage.group(file, asked)
            yield _answer(footage, gop, asked, order.slack_us, shrinker)
        except Unreadable as err:
            gop = None
            yield asked, 0, None, err.reason


def _answer(footage: Footage, gop: Gop, asked: int, slack_us: int, shrinker: Shrinker) -> Answer:
    if not gop.has_picture(asked):
        return asked, 0, None, LackReason.GAP if asked >= gop.file.end_us else LackReason.BROKEN
    wanted = gop.pictures[gop.index_at(asked)]
    only_key = asked - gop.key_us <= slack_us
    shown: tuple[int, VideoFrame] | None = None
    for moment, frame in footage.decode(gop, keys_only=only_key):
        if shown is None or moment <= wanted:
            shown = moment, frame
        if moment >= wanted:
            break
    if shown is None:
        return asked, 0, None, LackReason.BROKEN
    shape = float(gop.coding.sar) or 1.0
    return asked, shown[0], shrinker.pixels(shown[1], shape), None
