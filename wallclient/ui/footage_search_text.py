"""What searches in footage say, in the operator's language."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from wallclient.domain.footage_search import Lack, LackReason, MotionHit
from wallclient.ui.i18n import QT_TRANSLATE_NOOP
from wallclient.ui.playback_text import clock_text, date_text, length_text
from wallclient.ui.timeline_scale import DAY, HOUR, MINUTE, SECOND

_LACKS: Mapping[LackReason, str] = {
    LackReason.GAP: QT_TRANSLATE_NOOP("footage_search", "No recording"),
    LackReason.PENDING: QT_TRANSLATE_NOOP("footage_search", "Still being fetched"),
    LackReason.BROKEN: QT_TRANSLATE_NOOP("footage_search", "Recording damaged"),
    LackReason.AWAY: QT_TRANSLATE_NOOP("footage_search", "Store does not answer"),
    LackReason.REFUSED: QT_TRANSLATE_NOOP("footage_search", "Store refuses"),
    LackReason.CENTER: QT_TRANSLATE_NOOP("footage_search", "Center does not answer"),
    LackReason.NO_FILES: QT_TRANSLATE_NOOP("footage_search", "Not readable here"),
}


def lack_text(reason: LackReason) -> str:
    """Say why there is no picture, in few words."""
    return QCoreApplication.translate("footage_search", _LACKS[reason])


def step_text(step_us: int) -> str:
    """Say a distance between pictures: 10 s, 5 min, 2 h."""
    if step_us < MINUTE:
        return QCoreApplication.translate("footage_search", "{count} s").format(count=f"{step_us / SECOND:g}")
    if step_us < HOUR:
        return QCoreApplication.translate("footage_search", "{count} min").format(count=step_us // MINUTE)
    return QCoreApplication.translate("footage_search", "{count} h").format(count=f"{step_us / HOUR:g}")


def range_text(start_us: int, end_us: int, zone: ZoneInfo) -> str:
    """Say a range; the second date only where it is another day."""
    begin = f"{date_text(start_us, zone)} {clock_text(start_us, zone)}"
    same_day = date_text(start_us, zone) == date_text(end_us, zone)
    end = clock_text(end_us, zone) if same_day else f"{date_text(end_us, zone)} {clock_text(end_us, zone)}"
    return f"{begin} – {end}"


def moment_text(moment_us: int, zone: ZoneInfo, *, dated: bool) -> str:
    """Say a moment, with month and day where a range goes over midnight."""
    clock = clock_text(moment_us, zone)
    return f"{date_text(moment_us, zone)[5:]} {clock}" if dated else clock


def is_dated(start_us: int, end_us: int, zone: ZoneInfo) -> bool:
    """Tell whether a range goes over midnight."""
    return end_us - start_us >= DAY or date_text(start_us, zone) != date_text(end_us, zone)


def hit_text(hit: MotionHit) -> str:
    """Say how long something moved, and how much of the area at most."""
    percent = max(1, round(hit.score * 100))
    length = length_text(max(hit.end_us - hit.start_us, SECOND // 10))
    return QCoreApplication.translate("footage_search", "{length} · {percent} % of the area").format(
        length=length, percent=percent
    )


def lacks_text(lacks: list[Lack]) -> str:
    """Say what was not searched, by reason, the longest first."""
    total: dict[LackReason, int] = {}
    for lack in lacks:
        total[lack.reason] = total.get(lack.reason, 0) + lack.end_us - lack.start_us
    parts = [f"{lack_text(reason)} {length_text(us)}" for reason, us in sorted(total.items(), key=lambda one: -one[1])]
    return " · ".join(parts)
