"""The limit a software player can't beat: FFmpeg decoding and scaling the same pictures, one thread, nothing else."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

CLIP_S = 8
_START_S = 2.0  # FFmpeg's own start is not what is measured
_MEASURED_S = 10.0


class NoLimit(RuntimeError):  # noqa: N818
    """The limit could not be measured; the text says why."""


def cpu_percent_per_pane(ts_url: str, width_px: int, height_px: int) -> float:
    """Return the percent of one core FFmpeg needs for one such stream: decode, scale, convert. Raises NoLimit.

    Takes `CLIP_S` seconds of the stream, then plays them at their own pace, as a wall has to: decoding ahead at full
    speed would be cheaper (warm caches, no waking up), but nobody can watch a camera's future.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise NoLimit("ffmpeg is not installed: sudo apt-get install ffmpeg")
    with tempfile.TemporaryDirectory(prefix="wallclient-bench-") as folder:
        clip = Path(folder) / "clip.ts"
        base = [ffmpeg, "-nostdin", "-v", "error", "-y"]
        _run([*base, "-i", ts_url, "-t", str(CLIP_S), "-map", "0:v:0", "-c", "copy", str(clip)])
        scale = f"scale={width_px}:{height_px}:flags=fast_bilinear"
        play = [*base, "-threads", "1", "-re", "-stream_loop", "-1", "-i", str(clip), "-an", "-filter_threads", "1"]
        return _cpu_percent([*play, "-vf", scale, "-pix_fmt", "bgra", "-f", "null", "-"])


def _cpu_percent(command: list[str]) -> float:
    """Return the percent of one core a command uses once it runs steadily. Raises NoLimit."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            watched = psutil.Process(process.pid)
            time.sleep(_START_S)
            before, began = watched.cpu_times(), time.monotonic()
            time.sleep(_MEASURED_S)
            after, ended = watched.cpu_times(), time.monotonic()
        except psutil.NoSuchProcess:
            raise NoLimit("ffmpeg ended too soon") from None
        finally:
            process.kill()
    used: float = after.user + after.system - before.user - before.system
    if used <= 0:
        raise NoLimit("ffmpeg did nothing")
    return used / (ended - began) * 100


def _run(command: list[str]) -> None:
    """Run a command to its end. Raises NoLimit."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as err:
        raise NoLimit(f"ffmpeg failed: {type(err).__name__}") from None  # the command holds an address with a token
