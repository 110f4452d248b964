"""Checks of what only the demo needs: the media server's Python and GStreamer, ffmpeg, Xvfb. Never more than notes."""

import shutil

from wallclient.doctor.child import ProbeFailed, first_line, run
from wallclient.doctor.desktop import display_name
from wallclient.doctor.finding import Finding, Level, apt

SYSTEM_PYTHON = "/usr/bin/python3"  # python3-gi is built for this one, whatever Python the wall runs under
_GSTREAMER = """
import json, gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
groups = {"bad": ["h264parse", "h265parse"], "good": ["rtph264pay", "rtph265pay", "qtdemux"], "base": ["appsrc"]}
wanted = {name: group for group, names in groups.items() for name in names}
lacking = {name: group for name, group in wanted.items() if Gst.ElementFactory.find(name) is None}
print(json.dumps({"version": ".".join(map(str, Gst.version()[:3])), "lacking": lacking}))
"""


def check_media_server() -> Finding:
    """Can the demo's cameras be served?"""
    try:
        found = run([SYSTEM_PYTHON, "-c", _GSTREAMER], {"PYTHONPATH": "", "PYTHONHOME": ""})
    except ProbeFailed as err:
        packages = (
            "python3-gi",
            "gir1.2-gst-rtsp-server-1.0",
            "gstreamer1.0-plugins-base",
            "gstreamer1.0-plugins-good",
        )
        return _lacking(err.args[0], apt(*packages, "gstreamer1.0-plugins-bad"))
    if lacking := found["lacking"]:
        return _lacking(
            ", ".join(lacking), apt(*sorted({f"gstreamer1.0-plugins-{group}" for group in lacking.values()}))
        )
    values = {"version": found["version"], "python": SYSTEM_PYTHON}
    return Finding("media_server", Level.OK, "media_server_ok", values)


def _lacking(what: str, command: str) -> Finding:
    values = {"python": SYSTEM_PYTHON, "what": what}
    return Finding("media_server", Level.NOTE, "media_server_missing", values, command=command)


def check_encoder() -> Finding:
    """Is ffmpeg there to encode the demo's scenes?"""
    line = first_line(["ffmpeg", "-hide_banner", "-version"])
    if line is None:
        return Finding("encoder", Level.NOTE, "tool_missing", {"tool": "ffmpeg"}, command=apt("ffmpeg"))
    return Finding("encoder", Level.OK, "tool_ok", {"version": line.partition(" Copyright")[0]})


def check_xvfb() -> Finding:
    """Is there a display to bring along?"""
    if path := shutil.which("Xvfb"):
        return Finding("xvfb", Level.OK, "tool_ok", {"version": path})
    if display_name():
        return Finding("xvfb", Level.OK, "tool_needless")
    return Finding("xvfb", Level.NOTE, "tool_missing", {"tool": "Xvfb"}, command=apt("xvfb"))
