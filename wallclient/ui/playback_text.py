"""Moments, speeds and lengths of footage in words, by the clocks of a zone."""

import math
from zoneinfo import ZoneInfo

from PySide6.QtCore import QByteArray, QCoreApplication, QTimeZone

from wallclient.ui.timeline_scale import DAY, HOUR, MINUTE, SECOND, Tick, Unit, local


def system_zone() -> ZoneInfo:
    """Return this machine's time zone; UTC where it has none that is known."""
    name = bytes(QByteArray(QTimeZone.systemTimeZoneId()).data()).decode("ascii", "replace")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def clock_text(moment_us: int, zone: ZoneInfo, *, exact: bool = False) -> str:
    """Say the time of day to the second, or to the thousandth. Cut, not rounded, as clocks do."""
    when = local(moment_us, zone)
    return f"{when:%H:%M:%S}.{when.microsecond // 1000:03}" if exact else f"{when:%H:%M:%S}"


def date_text(moment_us: int, zone: ZoneInfo) -> str:
    """Say the date."""
    return f"{local(moment_us, zone):%Y-%m-%d}"


def offset_text(moment_us: int, zone: ZoneInfo) -> str:
    """Say the zone's distance to UTC at a moment, such as UTC+08:00."""
    text = f"{local(moment_us, zone):%z}"
    return f"UTC{text[:3]}:{text[3:5]}"


def tick_text(tick: Tick, zone: ZoneInfo) -> str:
    """Say what a mark of the ruler stands at; the beginning of a day says which."""
    when = local(tick.moment_us, zone)
    if tick.unit is Unit.YEAR:
        return f"{when:%Y}"
    if tick.unit is Unit.MONTH:
        return f"{when:%Y-%m}"
    if tick.is_day:
        return f"{when:%m-%d}"
    if tick.unit is Unit.PART:
        return f"{when:%S}.{when.microsecond // 1000:03}"
    return f"{when:%H:%M:%S}" if tick.unit is Unit.SECOND else f"{when:%H:%M}"


def speed_text(speed: float) -> str:
    """Say a speed, backwards with a minus sign: 2×, −1/4×."""
    size = abs(speed)
    number = f"1/{round(1 / size)}" if 0 < size < 1 else f"{size:g}"
    return f"{'−' if speed < 0 else ''}{number}×"


def length_text(length_us: int) -> str:
    """Say how long a range is."""
    if length_us < MINUTE:
        seconds = math.floor(length_us / SECOND * 10) / 10
        return QCoreApplication.translate("playback_text", "{seconds} s").format(seconds=f"{seconds:g}")
    days, rest = divmod(length_us, DAY)
    clock = f"{rest // HOUR}:{rest % HOUR // MINUTE:02}:{rest % MINUTE // SECOND:02}"
    if not days:
        return clock
    return QCoreApplication.translate("playback_text", "{days} d {clock}").format(days=days, clock=clock)


def signed_seconds(offset_ms: int) -> str:
    """Say an offset in seconds with its sign."""
    sign = "+" if offset_ms > 0 else "−" if offset_ms < 0 else "±"
    return f"{sign}{abs(offset_ms) / 1000:g} s"
