"""Checks of what the operator sees and types into: Qt, display, monitors, fonts, the keeper of passwords."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from wallclient.doctor.child import ProbeFailed, probe
from wallclient.doctor.finding import Finding, Level, apt
from wallclient.storage.credentials import SAFE_BACKENDS, judge

_LIBRARY_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


@dataclass(frozen=True, slots=True)
class QtState:
    """What the probe of Qt answered on the real display, and offscreen where that failed or there is no display."""

    found: dict[str, Any] | None
    failure: ProbeFailed | None
    offscreen: dict[str, Any] | None
    offscreen_failure: ProbeFailed | None

    @property
    def any(self) -> dict[str, Any] | None:
        """Whatever Qt answered."""
        return self.found or self.offscreen


@functools.cache
def qt_state() -> QtState:
    """Ask Qt once, on the display there is and, if need be, without."""
    found = failure = None
    if display_name():
        try:
            found = probe("probe_qt")
            return QtState(found, None, None, None)
        except ProbeFailed as err:
            failure = err
    try:
        return QtState(None, failure, probe("probe_qt", {"QT_QPA_PLATFORM": "offscreen"}), None)
    except ProbeFailed as err:
        return QtState(None, failure, None, err)


def display_name() -> str:
    """Return the name of the display this session offers, "" if none."""
    if sys.platform in ("win32", "darwin"):
        return sys.platform
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""


def check_qt() -> Finding:
    """Does Qt load, and is it a version that lives?"""
    state = qt_state()
    if state.any is None:
        error = state.offscreen_failure or state.failure
        reason = str(error.args[0]) if error else ""
        packages = [package for library, package in _LIBRARY_PACKAGES.items() if library in reason]
        command, text = (apt(*packages), "") if packages else ("", "packages_remedy")
        return Finding("qt", Level.PROBLEM, "qt_broken", {"error": reason}, command=command, remedy_text=text)
    values = {"qt": state.any["qt"], "pyside": state.any["pyside"]}
    if sys.version_info < (3, 12) and str(values["pyside"]).startswith("6.12."):
        return Finding("qt", Level.PROBLEM, "qt_leaks", values, remedy_text="qt_leaks_remedy")
    return Finding("qt", Level.OK, "qt_ok", values)


def check_display() -> Finding:
    """Is there a display Qt can open?"""
    name, state = display_name(), qt_state()
    if not name:
        if shutil.which("Xvfb"):
            return Finding("display", Level.NOTE, "display_none", remedy_text="display_remedy")
        return Finding(
            "display", Level.PROBLEM, "display_none_at_all", command=apt("xvfb"), remedy_text="display_remedy"
        )
    if state.found:
        return Finding("display", Level.OK, "display_ok", {"platform": state.found["platform"], "name": name})
    if missing := _missing_xcb_libraries():
        values = {"name": name, "libraries": ", ".join(missing)}
        command = apt(*(_LIBRARY_PACKAGES[m] for m in missing if m in _LIBRARY_PACKAGES))
        return Finding("display", Level.PROBLEM, "display_library", values, command=command)
    error = _qt_complaint(state.failure)
    return Finding(
        "display",
        Level.PROBLEM,
        "display_refused",
        {"name": name, "error": error},
        remedy_text="display_refused_remedy",
    )


def _qt_complaint(failure: ProbeFailed | None) -> str:
    """Return the line Qt wrote before it gave up; it aborts, so the exit status tells nothing."""
    lines = [line.strip() for line in (failure.output if failure else "").splitlines()]
    told = [line for line in lines if "display" in line.lower()] or [str(failure.args[0]) if failure else "?"]
    return told[0]


def _missing_xcb_libraries() -> list[str]:
    """Return the libraries Qt's X11 plug-in is linked with and the system has not; empty where ldd can't tell."""
    import importlib.util

    spec = importlib.util.find_spec("PySide6")
    folders = list(spec.submodule_search_locations or []) if spec else []
    plugins = [p for f in folders if (p := pathlib.Path(f, "Qt/plugins/platforms/libqxcb.so")).exists()]
    if not plugins or not shutil.which("ldd"):
        return []
    output = subprocess.run(["ldd", plugins[0]], capture_output=True, text=True, errors="replace", check=False).stdout
    return sorted(set(re.findall(r"(\S+) => not found", output)))


def check_monitors() -> Finding | None:
    """Which monitors are there? Nothing to say without a display."""
    found = qt_state().found
    if not found:
        return None
    monitors = ", ".join(_monitor(screen) for screen in found["screens"])
    return Finding("monitors", Level.OK, "monitors_ok", {"list": monitors})


def _monitor(screen: dict[str, Any]) -> str:
    scale = f" @{screen['scale']:g}" if screen["scale"] != 1 else ""
    return f"{screen['name']} {screen['width']}×{screen['height']}{scale} {screen['hz']} Hz"


def check_fonts() -> Finding:
    """Can Chinese names be drawn?"""
    found = qt_state().any
    if found is None:
        return Finding("fonts", Level.NOTE, "fonts_unknown")
    families = found["families"]
    if not families:
        return Finding("fonts", Level.NOTE, "fonts_none", command=apt("fonts-noto-cjk"), remedy_text="fonts_remedy")
    name = next((family for family in families if "SC" in family.split()), families[0])  # Noto's name for simplified
    return Finding("fonts", Level.OK, "fonts_ok", {"count": len(families), "name": name})


def check_keyring() -> Finding:
    """Would a password be kept encrypted and bound to the user's session? Only backends known to do so are used."""
    try:
        found = probe("probe_keyring")
    except ProbeFailed as err:
        values = {"error": err.args[0]}
        return Finding("keyring", Level.NOTE, "keyring_broken", values, remedy_text="packages_remedy")
    return judge_keyring(str(found["backend"]), [str(link) for link in found["links"]])


def judge_keyring(backend: str, links: list[str]) -> Finding:
    """Return the finding for a backend's full class name; `links` are those of a chain."""
    if backend in SAFE_BACKENDS:
        return Finding("keyring", Level.OK, "keyring_ok", {"backend": SAFE_BACKENDS[backend]})
    values = {"backend": backend, "reason": judge(backend).value}
    if safe := next((link for link in links if link in SAFE_BACKENDS), None):
        return Finding(
            "keyring", Level.NOTE, "keyring_refused", values, command=f"export PYTHON_KEYRING_BACKEND={safe}"
        )
    command = "" if shutil.which("gnome-keyring-daemon") else apt("gnome-keyring")
    return Finding("keyring", Level.NOTE, "keyring_refused", values, command=command, remedy_text="keyring_session")
