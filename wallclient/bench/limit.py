"""The limit a software player can't beat: FFmpeg decoding and scaling the same pictures, one thread, nothing else."""

import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

CLIP_S = 8
_ROUNDS = 3


class NoLimit(RuntimeError):  # noqa: N818
    """The limit could not be measured; the text says why."""


def cpu_percent_per_pane(ts_url: str, fps: float, width_px: int, height_px: int) -> float:
    """Return the percent of one core FFmpeg needs for one such stream: decode, scale, convert. Raises NoLimit.

    Takes `CLIP_S` seconds of the stream as it comes, then decodes them a few times as fast as it can and
    counts CPU time.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise NoLimit("ffmpeg is not installed: sudo apt-get install ffmpeg")
    with tempfile.TemporaryDirectory(prefix="wallclient-bench-") as folder:
        clip = Path(folder) / "clip.ts"
        base = [ffmpeg, "-nostdin", "-v", "error", "-y"]
        _run([*base, "-i", ts_url, "-t", str(CLIP_S), "-map", "0:v:0", "-c", "copy", str(clip)])
        scale = f"scale={width_px}:{height_px}:flags=fast_bilinear"
        null = ["-f", "null", "-"]
        decode = [
            *base,
            "-threads",
            "1",
            "-i",
            str(clip),
            "-an",
            "-filter_threads",
            "1",
            "-vf",
            scale,
            "-pix_fmt",
            "bgra",
        ]
        frames = _frames(clip)
        cpu_s = min(_run([*decode, *null]) for _ in range(_ROUNDS))
    return cpu_s / frames * fps * 100


def _frames(clip: Path) -> int:
    import av

    with av.open(str(clip)) as container:
        count = sum(1 for packet in container.demux(video=0) if packet.size)
    if not count:
        raise NoLimit("the stream gave no pictures")
    return count


def _run(command: list[str]) -> float:
    """Run a command and return the CPU seconds it took. Raises NoLimit."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError) as err:
        raise NoLimit(f"ffmpeg failed: {type(err).__name__}") from None  # the command holds an address with a token
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
