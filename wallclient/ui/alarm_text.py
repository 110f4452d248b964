"""Alarms in words: what happened, when, and how it stands."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from wallclient.domain.event import AlarmKind
from wallclient.services.alarms import AlarmCase
from wallclient.ui.i18n import QT_TRANSLATE_NOOP

_KINDS: Mapping[AlarmKind, str] = {
    AlarmKind.MOTION: QT_TRANSLATE_NOOP("alarm", "Motion"),
    AlarmKind.LINE: QT_TRANSLATE_NOOP("alarm", "Line or area crossed"),
    AlarmKind.INPUT: QT_TRANSLATE_NOOP("alarm", "Alarm input"),
    AlarmKind.VIDEO_LOSS: QT_TRANSLATE_NOOP("alarm", "Video loss"),
    AlarmKind.TAMPER: QT_TRANSLATE_NOOP("alarm", "Camera tampered with"),
    AlarmKind.DEVICE: QT_TRANSLATE_NOOP("alarm", "Device trouble"),
    AlarmKind.MANUAL: QT_TRANSLATE_NOOP("alarm", "Call for help"),
    AlarmKind.OTHER: QT_TRANSLATE_NOOP("alarm", "Alarm"),
}


def kind_text(kind: AlarmKind) -> str:
    """Name a kind of alarm."""
    return QCoreApplication.translate("alarm", _KINDS[kind])


def moment_text(at_ms: int, *, date: bool = False) -> str:
    """Say a moment of a center by this machine's zone, with the date where it is asked for."""
    moment = datetime.fromtimestamp(at_ms / 1000).astimezone()
    return moment.strftime("%Y-%m-%d %H:%M:%S" if date else "%H:%M:%S")


def times_text(case: AlarmCase) -> str:
    """Say when it began, and until when it was told again."""
    if case.last_ms - case.first_ms < 1000:
        return moment_text(case.first_ms, date=True)
    return f"{moment_text(case.first_ms, date=True)} – {moment_text(case.last_ms)}"


def state_text(case: AlarmCase) -> str:
    """Say how it stands: whether it goes on, whether somebody has seen it."""
    if case.acknowledged:
        return QCoreApplication.translate("alarm", "acknowledged")
    return (
        QCoreApplication.translate("alarm", "going on") if case.active else QCoreApplication.translate("alarm", "over")
    )


def band_text(case: AlarmCase) -> str:
    """Say an alarm over its camera's picture, in a line."""
    words = [kind_text(case.kind), moment_text(case.first_ms)]
    if case.count > 1:
        words.append(f"×{case.count}")
    if not case.active:
        words.append(QCoreApplication.translate("alarm", "(over)"))
    return "  ".join(words)


def count_text(count: int) -> str:
    """Say how many cases wait."""
    return QCoreApplication.translate("alarm", "{count} alarms").format(count=count)
