"""Checks of the machine: Python, packages, cores, memory, limits, shared memory, clock."""

import ctypes
import importlib.metadata
import os
import re
import sys

from wallclient.doctor.finding import Finding, Level

OLDEST_PYTHON = (3, 11)
_FILES_NEEDED = 512  # 64 panes: a ring each in the application, ring, pipe and socket in a host; and room for the rest
_FREE_MEMORY_NEEDED_GB = 1.5
_TIME_ERROR = 5  # adjtimex(2): the kernel's clock is not synchronized
_TIMEX_BYTES = 256  # struct timex is 208 bytes; its first word, modes, stays 0: read only


def check_python() -> Finding:
    """Is this Python new enough?"""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding("python", Level.PROBLEM, "python_old", {"version": version}, remedy_text="python_old_remedy")
    return Finding("python", Level.OK, "python_ok", {"version": version, "path": sys.executable})


def check_packages() -> Finding:
    """Are the packages the program names in its own metadata installed?"""
    required = importlib.metadata.requires("wallclient") or []
    names = [match[0] for line in required if ";" not in line and (match := re.match(r"[\w.-]+", line))]
    missing = [name for name in names if not _installed(name)]
    if missing:
        values = {"names": ", ".join(missing)}
        return Finding("packages", Level.PROBLEM, "packages_missing", values, remedy_text="packages_remedy")
    return Finding("packages", Level.OK, "packages_ok", {"count": len(names)})


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def check_cores() -> Finding:
    """How many cores may this process use?"""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only; knows of taskset and cpusets
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    return Finding(
        "cores", Level.OK if count > 1 else Level.NOTE, "cores_ok" if count > 1 else "cores_few", {"count": count}
    )


def check_memory() -> Finding:
    """Is there room for a full wall?"""
    import psutil

    memory = psutil.virtual_memory()
    total, free = memory.total / 2**30, memory.available / 2**30
    values = {"total": f"{total:.1f}", "free": f"{free:.1f}"}
    if free < _FREE_MEMORY_NEEDED_GB:
        return Finding("memory", Level.NOTE, "memory_low", values, remedy_text="memory_remedy")
    return Finding("memory", Level.OK, "memory_ok", values)


def check_open_files() -> Finding:
    """May a process open enough files?"""
    if os.name == "nt":
        return Finding("files", Level.OK, "files_any")
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < _FILES_NEEDED:
        values = {"soft": soft, "needed": _FILES_NEEDED}
        return Finding("files", Level.NOTE, "files_low", values, command=f"ulimit -n {2 * _FILES_NEEDED}")
    return Finding("files", Level.OK, "files_ok", {"soft": soft})


def check_shared_memory() -> Finding:
    """Can a ring for pictures be made?"""
    from wallclient.player import memory

    try:
        os.close(memory.create(4096))
    except (OSError, AttributeError) as err:  # AttributeError: no os.memfd_create on this system
        return Finding("shared", Level.PROBLEM, "shared_missing", {"error": err}, remedy_text="shared_remedy")
    return Finding("shared", Level.OK, "shared_ok")


def check_clock() -> Finding:
    """Does somebody keep the clock right? Asks the kernel, which needs neither a service nor a right."""
    synchronized = _clock_synchronized()
    if synchronized is None:
        return Finding("clock", Level.NOTE, "clock_unknown")
    if not synchronized:
        command = "sudo timedatectl set-ntp true"
        return Finding("clock", Level.NOTE, "clock_free", command=command, remedy_text="clock_remedy")
    return Finding("clock", Level.OK, "clock_ok")


def _clock_synchronized() -> bool | None:
    if not sys.platform.startswith("linux"):
        return None
    state: int = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return None if state < 0 else state != _TIME_ERROR
