"""A still of footage in the source's own size: panes hold theirs no larger than they are on screen.

A second track shows the same files at the same moment, in full size, for as long as that takes. It needs no session of
its own: the addresses are those of the pane's.
"""

import asyncio
import time
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.review import ClockMap, Sight
from wallclient.player.review_pool import ReviewPool
from wallclient.player.review_track import Track

_LIMIT_S = 10.0
_LOOK_S = 0.02
_EPOCH = 1  # of a clock that only this track follows


@dataclass(frozen=True, slots=True)
class Still:
    """A picture as PNG and its moment by the center's clock, as the engine says it."""

    png: bytes
    moment_us: int


async def still_of(pool: ReviewPool, track: Track, moment_us: int) -> Still:
    """Return the picture a track shows, in the source's own size. Raises SnapshotFailed."""
    stats = track.stats
    if stats is None or not stats.width or not stats.height:
        raise SnapshotFailed("the size of the footage is not known yet")
    try:
        full = pool.open(stats.width, stats.height)
    except OSError as err:
        raise SnapshotFailed("no player for a still") from err
    try:
        pool.set_files(full, track.files, track.memory)
        pool.follow(full, ClockMap(_EPOCH, time.monotonic_ns(), moment_us, 0.0))
        async with asyncio.timeout(_LIMIT_S):
            while not (full.settled(_EPOCH) and full.sequence) and full.sight is not Sight.FAILED:
                await asyncio.sleep(_LOOK_S)
        image = _image(full, moment_us)
    except TimeoutError as err:
        raise SnapshotFailed("the picture did not come") from err
    finally:
        pool.close(full)
    return Still(await asyncio.to_thread(_png, image), moment_us)


def _image(track: Track, moment_us: int) -> QImage:
    """Return a copy of the track's picture, which must be that of the moment and no other."""
    picture = track.picture() if track.sight is Sight.SHOWING else None
    if picture is None or picture.moment_us != moment_us:
        raise SnapshotFailed("another picture than that on screen")
    form = QImage.Format.Format_RGB32
    return QImage(picture.pixels, picture.width, picture.height, picture.stride_bytes, form).copy()


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # Qt's stubs want bytes here, Qt a str
        raise SnapshotFailed("the picture can't be encoded")
    return bytes(content.data())
