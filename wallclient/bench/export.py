"""How fast an export is, against a plain copy of the same bytes from the same source to the same disk, in the same run.

`measure_center` and `measure_sources` take the files of a center, `measure` a store of its own that is faster than any
network and so shows what the export itself costs. Both ways end with the bytes on disk (fsync); the copy does nothing
else. The export is the real one, nothing is taken off: the worker process with its start, fetching with hashes, copying
by groups of pictures, hashing what it wrote. The ratio is the copy's time by the export's, the median of the rounds.
"""

import asyncio
import functools
import http.server
import os
import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import av

from wallclient.player.export_messages import End, Order, SourceOrder
from wallclient.player.export_process import ExportProcess
from wallclient.services.export_order import files_of

if TYPE_CHECKING:
    from wallclient.services.exports import ExportCenters

FILES, FILE_S, FPS = 12, 120, 25
SIZE = 640, 360  # px
_KBPS = 2000
_CLIP_S = 4
_T0_MS = 1_800_000_000_000
_ROUNDS = 5
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class ExportFigures:
    """What was measured; rates in MB/s, the median of the rounds."""

    export_ratio_to_copy: float
    export_mb_s: float
    copy_mb_s: float  # plain download to disk
    disk_copy_mb_s: float  # plain copy of the files on this disk, for comparison
    megabytes: float


def measure(folder: Path | None = None) -> ExportFigures:
    """Measure with a store in this process, which is faster than any network. Raises RuntimeError."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        store = Path(name) / "store"
        store.mkdir()
        paths = _make_files(store)
        with _serving(store) as port:
            sources = [
                SourceOrder(f"http://127.0.0.1:{port}/{path.name}", "mp4", *_span(i)) for i, path in enumerate(paths)
            ]
            return measure_sources(sources, folder)


def measure_sources(sources: Sequence[SourceOrder], folder: Path | None = None) -> ExportFigures:
    """Measure with files a store hands out, on the disk of `folder` or of temporary files. Raises RuntimeError."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        for number, source in enumerate(sources):  # once before: a center may make them when they are asked for
            _download(source.url, work / f"{number}.mp4")
        paths = [work / f"{number}.mp4" for number in range(len(sources))]
        mb = sum(path.stat().st_size for path in paths) / 1e6
        rounds = [_round(work / str(i), sources, paths) for i in range(_ROUNDS)]
    export_s, copy_s, disk_s = (median(some) for some in zip(*rounds, strict=True))
    ratio = median(copy / export for export, copy, _ in rounds)
    return ExportFigures(
        round(ratio, 3), round(mb / export_s, 1), round(mb / copy_s, 1), round(mb / disk_s, 1), round(mb, 1)
    )


async def measure_center(centers: "ExportCenters", channel_id: str, start_ms: int, end_ms: int) -> ExportFigures:
    """Measure with the files a center hands out of a range. Raises CenterError, RuntimeError."""
    playback = await centers.open_export(channel_id, start_ms, end_ms)
    try:
        files = files_of([playback], start_ms, end_ms)
        sources = [SourceOrder(file.url, file.protocol.value, file.start_ms, file.end_ms) for file in files]
        return await asyncio.to_thread(measure_sources, sources)
    finally:
        await centers.close_playback(playback.id)


def _span(number: int) -> tuple[int, int]:
    return _T0_MS + number * FILE_S * 1000, _T0_MS + (number + 1) * FILE_S * 1000


def _round(work: Path, sources: Sequence[SourceOrder], paths: list[Path]) -> tuple[float, float, float]:
    """Return how long the export, the download and the copy took, in seconds."""
    work.mkdir()
    span = min(source.start_ms for source in sources), max(source.end_ms for source in sources)
    order = Order(str(work / "export"), *span, list(sources))
    os.sync()  # the disk has nothing else to do
    begin = time.perf_counter()
    ended = ExportProcess(order).run(lambda _progress: None)
    export_s = time.perf_counter() - begin
    if ended.end is not End.DONE:
        raise RuntimeError(f"the export ended with {ended.end} {ended.detail}")
    shutil.rmtree(work / "export")
    os.sync()
    begin = time.perf_counter()
    for number, source in enumerate(sources):
        _download(source.url, work / f"{number}.mp4")
    copy_s = time.perf_counter() - begin
    os.sync()
    begin = time.perf_counter()
    for number, path in enumerate(paths):
        shutil.copyfile(path, work / f"copy-{number}.mp4")
        _sync(work / f"copy-{number}.mp4")
    disk_s = time.perf_counter() - begin
    shutil.rmtree(work)
    return export_s, copy_s, disk_s


def _download(url: str, path: Path) -> None:
    with urllib.request.urlopen(url) as reply, path.open("wb") as file:
        shutil.copyfileobj(reply, file, _CHUNK_BYTES)
    _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_files(folder: Path) -> list[Path]:
    """Write the store's files: a short clip of moving noise at a camera's usual rate, over and over."""
    clip = folder.parent / "clip.mp4"
    width, height = SIZE
    rate = {"b:v": f"{_KBPS}k", "maxrate": f"{_KBPS}k", "bufsize": f"{_KBPS}k", "preset": "ultrafast"}
    with av.open(str(clip), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={**rate, "g": str(FPS), "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(_CLIP_S * FPS):
            frame = av.VideoFrame(width, height, "yuv420p")
            for plane in frame.planes:
                plane.update(os.urandom(plane.buffer_size) if number % FPS else bytes(plane.buffer_size))
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return [_repeated(clip, folder / f"{number}.mp4") for number in range(FILES)]


def _repeated(clip: Path, path: Path) -> Path:
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        stream = None
        for turn in range(FILE_S // _CLIP_S):
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = out.add_stream_from_template(video, opaque=True)
                    stream.time_base = video.time_base
                shift = round(turn * _CLIP_S / (video.time_base or 1))
                for packet in source.demux(video):
                    if packet.size and packet.pts is not None and packet.dts is not None:
                        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                        packet.stream = stream
                        out.mux(packet)
    return path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class _serving:  # noqa: N801 - used as a context only
    def __init__(self, folder: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(folder))
        self._httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._httpd.serve_forever, name="store")

    def __enter__(self) -> int:
        self._thread.start()
        return self._httpd.server_port

    def __exit__(self, *_exc: object) -> None:
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()
