"""CPU time and memory of the application and its hosts."""

from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """CPU seconds used so far, user and system together."""

    application_s: float
    hosts_s: float


def cpu_times(host_pids: Iterable[int]) -> CpuTimes:
    """Return CPU seconds of this process and of the hosts that are alive."""
    hosts = sum(_cpu_s(pid) for pid in host_pids)
    return CpuTimes(_cpu_s(None), hosts)


def memory_mb(host_pids: Iterable[int]) -> tuple[float, float]:
    """Return resident and proportional memory of this process and the hosts, in MB.

    Pages two processes share (the rings, libraries) count twice in the first and once in the second.
    """
    rss = pss = 0
    for pid in (None, *host_pids):
        try:
            info = psutil.Process(pid).memory_full_info()
        except psutil.NoSuchProcess:
            continue
        rss += info.rss
        pss += getattr(info, "pss", info.rss)
    return rss / 1e6, pss / 1e6


def _cpu_s(pid: int | None) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
