"""Footage for tests: each picture's strip carries the moment it stands for, and is the only thing that moves fast."""

from fractions import Fraction
from pathlib import Path

import av

from wallclient.demo import strip
from wallclient.player.review_messages import File

T0_MS = 1_800_000_000_000  # a multiple of 40
STEP_MS = 40
CAMERA = 7
WIDTH, HEIGHT = 320, 180
_TICKS = 90_000
H264 = {"preset": "ultrafast", "crf": "20"}
OPEN_H264 = {
    "preset": "veryfast",
    "crf": "20",
    "bf": "3",
    "x264-params": "bframes=3:b-adapt=0:open-gop=1:keyint=26:min-keyint=26:scenecut=0",
}
OPEN_H265 = {
    "preset": "ultrafast",
    "crf": "20",
    "x265-params": "keyint=26:min-keyint=26:bframes=3:b-adapt=0:open-gop=1:scenecut=0:log-level=none",
}


def steady(seconds: float, start_ms: int = T0_MS) -> list[int]:
    """Return the moments of pictures at 25 a second."""
    return [start_ms + STEP_MS * i for i in range(round(seconds * 1000 / STEP_MS))]


def write(
    path: Path,
    moments_ms: list[int],
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    *,
    gop: int = 25,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    sound_lead_s: float | None = None,
    camera: int = CAMERA,
) -> Path:
    """Write pictures for these moments; with sound that begins so long before the video, if asked."""
    container = av.open(str(path), "w", options={"movflags": "faststart"} if path.suffix == ".mp4" else {})
    with container:
        stream = container.add_stream(codec, rate=25, options={**(options or H264)})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.gop_size = gop
        stream.codec_context.time_base = stream.time_base = Fraction(1, _TICKS)
        lead_ms = round((sound_lead_s or 0) * 1000)
        sound = container.add_stream("aac", rate=8000, layout="mono") if sound_lead_s is not None else None
        if sound is not None:
            _write_sound(container, sound, lead_ms + moments_ms[-1] - moments_ms[0])
        for moment in moments_ms:
            frame = picture(moment, size, camera)
            frame.pts = (moment - moments_ms[0] + lead_ms) * _TICKS // 1000
            frame.time_base = Fraction(1, _TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def picture(moment_ms: int, size: tuple[int, int] = (WIDTH, HEIGHT), camera: int = CAMERA) -> av.VideoFrame:
    """Draw the picture of a moment: the strip, and a ground that drifts."""
    width, height = size
    frame = av.VideoFrame(width, height, "yuv420p")
    plane = frame.planes[0]
    cells = strip.encode(camera, moment_ms // STEP_MS)
    band = b"".join(bytes([strip.WHITE if cell else strip.BLACK]) * (width // strip.CELLS) for cell in cells)
    ground = bytes((60 + (i * 2 + moment_ms // STEP_MS) % 128) for i in range(plane.line_size))
    band = band.ljust(plane.line_size, b"\x10")
    high = -(-height * 2 // 45)
    plane.update(band * high + ground * (height - high))
    for chroma in frame.planes[1:]:
        chroma.update(b"\x80" * chroma.buffer_size)
    return frame


def _write_sound(container: av.container.OutputContainer, sound: av.AudioStream, length_ms: int) -> None:
    samples, rate = 1024, 8000
    for number in range(length_ms * rate // 1000 // samples):
        frame = av.AudioFrame("fltp", "mono", samples)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = rate, number * samples, Fraction(1, rate)
        container.mux(sound.encode(frame))
    container.mux(sound.encode(None))


def file_of(path: Path, moments_ms: list[int], *, url: str = "", memory: int = 0, of: str = "camera") -> File:
    """Return what the engine is told of a written file."""
    form = {".mp4": "mp4", ".ts": "mpegts", ".mkv": "matroska"}[path.suffix]
    return File(of, moments_ms[0] * 1000, (moments_ms[-1] + STEP_MS) * 1000, form, url, memory=memory)


def read_moment_ms(shown: object, camera: int = CAMERA) -> int | None:
    """Return the moment a claimed picture's strip stands for; None where it can't be read or is another camera's."""
    known = read_strip(shown)
    return None if known is None or known[0] != camera else known[1]


def read_strip(shown: object) -> tuple[int, int] | None:
    """Return the camera and the moment a claimed picture's strip stands for; None where it can't be read."""
    if shown is None:
        return None
    reading = strip.read(shown.pixels, shown.width, shown.height, shown.stride_bytes)
    if reading is None:
        return None
    base = T0_MS // STEP_MS
    steps = (reading.counter - base) % strip.COUNTER_MODULO
    if steps > strip.COUNTER_MODULO // 2:
        steps -= strip.COUNTER_MODULO
    return reading.camera, T0_MS + steps * STEP_MS
