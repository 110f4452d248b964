"""How fast footage is searched for movement: a worker over 640×360 at 25 pictures a second, key pictures every 2 s."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.video.stream import VideoStream

from wallclient.player.review_messages import File
from wallclient.player.search_messages import Motion, MotionOrder
from wallclient.services.footage_session import FootageSession
from wallclient.services.search_line import SearchLine, next_number

if TYPE_CHECKING:
    from wallclient.app import Application

_KEYS = 50  # pictures from one key picture to the next
_SECONDS = 120
_TIMES = 5  # the file is searched so many times, one after the other
_AREA = ((0.02, 0.7), (0.2, 0.7), (0.2, 0.98), (0.02, 0.98))  # of a street's pavement: people pass every few seconds


async def motion_search_x(
    application: "Application", channel_id: str, first_ms: int, folder: Path
) -> tuple[float, float, int]:
    """Return seconds of footage searched per second, by key pictures and by every picture, and how much was found."""
    start_us = first_ms * 1000
    session = FootageSession(
        application.centers, application.review.reason_for, channel_id, start_us, start_us + _SECONDS * 1_000_000
    )
    async with session:
        path = await asyncio.to_thread(_write, session.files, start_us, folder / "search.mp4")
    length_us = _SECONDS * 1_000_000
    files = tuple(
        File("bench", start_us + number * length_us, start_us + (number + 1) * length_us, "mp4", str(path))
        for number in range(_TIMES)
    )
    by_keys, found = await _search(files, every_picture=False)
    by_all, _ = await _search(files, every_picture=True)
    return by_keys, by_all, found


async def _search(files: Sequence[File], *, every_picture: bool) -> tuple[float, int]:
    """Return the speed, start of the process included, and how much was found."""
    found, began = 0, time.monotonic()
    start_us, end_us = files[0].start_us, files[-1].end_us
    order = MotionOrder(
        next_number(), tuple(files), start_us, end_us, (_AREA,), 50, 0.002, every_picture, 3_000_000, 320, 180
    )
    with contextlib.closing(SearchLine()) as line:
        async for news, _ in line.run(order):
            found += isinstance(news, Motion)
    return (end_us - start_us) / 1e6 / (time.monotonic() - began), found


def _write(files: Sequence[File], start_us: int, path: Path) -> Path:
    """Write two minutes of footage anew, with fewer key pictures than the embedded center's has."""
    options = {"preset": "veryfast", "crf": "24", "x264-params": f"keyint={_KEYS}:min-keyint={_KEYS}:scenecut=0"}
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream("libx264", rate=25, options=options)
        assert isinstance(stream, VideoStream)
        number = 0
        for file in sorted(files, key=lambda one: one.start_us):
            with av.open(file.url, format=file.form) as source:
                for frame in source.decode(video=0):
                    if number >= _SECONDS * 25 or file.start_us + round((frame.time or 0) * 1e6) < start_us:
                        continue
                    if not number:
                        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
                    frame.pts, frame.time_base = number, Fraction(1, 25)
                    out.mux(stream.encode(frame))
                    number += 1
        out.mux(stream.encode(None))
    return path
