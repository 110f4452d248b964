"""Checks of what brings the picture in: libVLC and its plug-ins, the RTSP bridge, PyAV, hardware decoding."""

import glob
import pathlib
import re
import shutil
import subprocess

from wallclient.doctor.child import ProbeFailed, probe
from wallclient.doctor.finding import Finding, Level, apt
from wallclient.player import ladder

_PLUGINS = {  # what a host can't do without, as globs below a plug-in directory
    "avcodec": "codec/libavcodec_plugin.*",
    "ts": "demux/libts_plugin.*",
    "vmem": "video_output/libvmem_plugin.*",
    "swscale": "video_chroma/libswscale_plugin.*",
}
_VLC_PACKAGES = ("libvlc5", "vlc-plugin-base")
_CODECS = {"H264": "H.264", "HEVC": "H.265", "AV1": "AV1"}


def check_libvlc() -> Finding:
    """Does libVLC 3 load, and are the plug-ins there that a host needs?"""
    try:
        found = probe("probe_vlc")
    except ProbeFailed as err:
        text = "vlc_crashed" if err.args[0].startswith("SIG") else "vlc_missing"
        return _vlc_problem(text, {"error": err.args[0]})
    version = str(found["version"])
    if not version.startswith("3."):
        return _vlc_problem("vlc_wrong", {"version": version})
    if missing := missing_plugins(ladder.plugin_directories()):
        return _vlc_problem("vlc_plugins", {"version": version, "names": ", ".join(missing)})
    return Finding("vlc", Level.OK, "vlc_ok", {"version": version, "path": found["library"] or "?"})


def _vlc_problem(text: str, values: dict[str, object]) -> Finding:
    return Finding("vlc", Level.PROBLEM, text, values, command=apt(*_VLC_PACKAGES), remedy_text="vlc_remedy")


def missing_plugins(directories: list[pathlib.Path]) -> list[str]:
    """Return the names of the plug-ins none of the directories holds; none if no directory is known to ask."""
    if not directories:
        return []
    return [name for name, pattern in _PLUGINS.items() if not any(any(d.glob(pattern)) for d in directories)]


def check_rtsp() -> Finding:
    """Who speaks RTSP: libVLC, the bridge, nobody?"""
    if ladder.has_live555():
        return Finding("rtsp", Level.OK, "rtsp_direct")
    if check_av().level is Level.OK:
        return Finding("rtsp", Level.OK, "rtsp_bridge")
    return Finding("rtsp", Level.PROBLEM, "rtsp_none", remedy_text="packages_remedy")


def check_av() -> Finding:
    """Does PyAV load, with which libraries?"""
    try:
        import av
    except Exception as err:  # a wheel for another system fails in many ways
        return Finding("av", Level.PROBLEM, "av_broken", {"error": err}, remedy_text="packages_remedy")
    codec, container = (".".join(map(str, av.library_versions[name])) for name in ("libavcodec", "libavformat"))
    return Finding("av", Level.OK, "av_ok", {"version": av.__version__, "codec": codec, "format": container})


def check_gpu() -> Finding:
    """Is there hardware that decodes? The wall does without, so this is never more than a note."""
    nodes = sorted(glob.glob("/dev/dri/renderD*"))
    if nodes:
        codecs = _va_codecs(nodes[0])
        if codecs:
            return Finding("gpu", Level.OK, "gpu_va", {"node": nodes[0], "codecs": ", ".join(codecs)})
        command = "" if shutil.which("vainfo") else apt("vainfo")
        return Finding("gpu", Level.NOTE, "gpu_node", {"node": nodes[0]}, command=command)
    if glob.glob("/dev/nvidia[0-9]*"):
        return Finding("gpu", Level.NOTE, "gpu_nvidia")
    return Finding("gpu", Level.NOTE, "gpu_none")


def _va_codecs(node: str) -> list[str]:
    """Return the codecs VA-API decodes on a node, by asking `vainfo`; empty if that is not there or finds none."""
    if not shutil.which("vainfo"):
        return []
    try:
        command = ["vainfo", "--display", "drm", "--device", node]
        output = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    return va_codecs(output)


def va_codecs(output: str) -> list[str]:
    """Return the codecs with a decoding entry point (VLD) in what `vainfo` printed."""
    profiles = re.findall(r"VAProfile([A-Za-z0-9]+)\s*:\s*VAEntrypointVLD", output)
    return [name for key, name in _CODECS.items() if any(profile.startswith(key) for profile in profiles)]
