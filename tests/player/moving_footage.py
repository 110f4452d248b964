"""Footage in which it is known when something moves where: a box over a still, noisy ground."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from wallclient.player.review_messages import File

T0_US = 1_800_000_000_000_000
WIDTH, HEIGHT, FPS = 320, 180, 25
_BOX = 26  # px


@dataclass(frozen=True)
class Pass:
    """A box on its way from one place to another (parts of the picture) between two moments (s); then it is gone, or
    stays.
    """

    start_s: float
    end_s: float
    from_xy: tuple[float, float]
    to_xy: tuple[float, float]
    stays: bool = False


def write_moving(
    path: Path,
    seconds: float,
    passes: tuple[Pass, ...],
    *,
    gop: int = 50,
    light: tuple[tuple[float, float], ...] = (),
    restless: tuple[int, int, int, int] | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> File:
    """Write a file; `light` are stretches (s) of 30 levels more, `restless` a place (x, y, w, h; px) that flickers."""
    rng = np.random.default_rng(7)
    width, height = size
    ground = rng.integers(50, 170, (height // 20, width // 20)).repeat(20, 0).repeat(20, 1)
    noise = rng.normal(0, 2.5, (16, height, width))
    options = {"preset": "ultrafast", "crf": "23", "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0"}
    with av.open(str(path), "w", options={"movflags": "faststart"} if path.suffix == ".mp4" else {}) as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        chroma = np.full((height // 2, width), 128, np.uint8)
        for index in range(round(seconds * FPS)):
            at = index / FPS
            picture = ground + noise[index % 16] + 30 * any(a <= at < b for a, b in light)
            if restless is not None:
                x, y, w, h = restless
                picture[y : y + h, x : x + w] += rng.choice((-30, 30))
            for one in passes:
                _draw(picture, one, at)
            luma = np.clip(picture, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.concatenate([luma, chroma]), format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    form = {".mp4": "mp4", ".ts": "mpegts"}[path.suffix]
    return File("camera", T0_US, T0_US + round(seconds * 1e6), form, str(path))


def _draw(picture: np.ndarray, one: Pass, at: float) -> None:
    if at < one.start_s or (at >= one.end_s and not one.stays):
        return
    height, width = picture.shape
    part = min(1.0, (at - one.start_s) / (one.end_s - one.start_s))
    x, y = ((a + (b - a) * part) for a, b in zip(one.from_xy, one.to_xy, strict=True))
    left, top = round(x * width) - _BOX // 2, round(y * height) - _BOX // 2
    picture[max(0, top) : top + _BOX, max(0, left) : left + _BOX] = 235
