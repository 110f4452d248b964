"""What is said of PTZ in panes and in the panel, in the operator's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from wallclient.domain.errors import NotAble, WallError
from wallclient.domain.joystick import ButtonAction, Drive
from wallclient.domain.ptz import Holder, PtzAbility, Tier
from wallclient.services.cruise_runner import RunState
from wallclient.services.hand import HandState
from wallclient.services.steering import ChannelPtz
from wallclient.ui.i18n import QT_TRANSLATE_NOOP
from wallclient.ui.text import error_text

_TIERS: Mapping[Tier, str] = {
    Tier.CITY: QT_TRANSLATE_NOOP("ptz", "City"),
    Tier.DISTRICT: QT_TRANSLATE_NOOP("ptz", "District"),
    Tier.STATION: QT_TRANSLATE_NOOP("ptz", "Station"),
}
_RUN_STATES: Mapping[RunState, str] = {
    RunState.RUNNING: QT_TRANSLATE_NOOP("ptz", "Running"),
    RunState.GIVING_WAY: QT_TRANSLATE_NOOP("ptz", "Paused: the camera is being steered"),
    RunState.WAITING: QT_TRANSLATE_NOOP("ptz", "Paused: the camera can't be reached"),
}
_DRIVES: Mapping[Drive, str] = {
    Drive.PAN: QT_TRANSLATE_NOOP("ptz", "Pan"),
    Drive.TILT: QT_TRANSLATE_NOOP("ptz", "Tilt"),
    Drive.ZOOM: QT_TRANSLATE_NOOP("ptz", "Zoom"),
    Drive.FOCUS: QT_TRANSLATE_NOOP("ptz", "Focus"),
    Drive.IRIS: QT_TRANSLATE_NOOP("ptz", "Iris"),
}
_ACTIONS: Mapping[ButtonAction, str] = {
    ButtonAction.STOP: QT_TRANSLATE_NOOP("ptz", "Stop the camera"),
    ButtonAction.PRESET: QT_TRANSLATE_NOOP("ptz", "Go to preset"),
    ButtonAction.ZOOM_IN: QT_TRANSLATE_NOOP("ptz", "Zoom in"),
    ButtonAction.ZOOM_OUT: QT_TRANSLATE_NOOP("ptz", "Zoom out"),
    ButtonAction.FOCUS_FAR: QT_TRANSLATE_NOOP("ptz", "Focus far"),
    ButtonAction.FOCUS_NEAR: QT_TRANSLATE_NOOP("ptz", "Focus near"),
    ButtonAction.IRIS_OPEN: QT_TRANSLATE_NOOP("ptz", "Open the iris"),
    ButtonAction.IRIS_CLOSE: QT_TRANSLATE_NOOP("ptz", "Close the iris"),
    ButtonAction.SLOW: QT_TRANSLATE_NOOP("ptz", "Slow while held"),
    ButtonAction.NEXT_PANE: QT_TRANSLATE_NOOP("ptz", "Next pane"),
    ButtonAction.PREVIOUS_PANE: QT_TRANSLATE_NOOP("ptz", "Previous pane"),
    ButtonAction.SNAPSHOT: QT_TRANSLATE_NOOP("ptz", "Snapshot"),
}


class Tone(StrEnum):
    """How loud a line in a pane is."""

    ALARM = "alarm"
    WARNING = "warning"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class PaneLine:
    """One line over a pane's picture; `short` is for where `text` has no room. An alarm may take two lines."""

    text: str
    tone: Tone = Tone.PLAIN
    short: str = ""


def _said(text: str) -> str:
    return QCoreApplication.translate("ptz", text)


def tier_text(tier: Tier) -> str:
    """Name a tier."""
    return _said(_TIERS[tier])


def run_state_text(state: RunState) -> str:
    """Say how it stands with a cruise this client runs."""
    return _said(_RUN_STATES[state])


def drive_text(drive: Drive) -> str:
    """Name a drive."""
    return _said(_DRIVES[drive])


def action_text(action: ButtonAction) -> str:
    """Say what a joystick's button does."""
    return _said(_ACTIONS[action])


def who_text(holder: Holder) -> str:
    """Name a holder by his name and post."""
    return f"{holder.name} · {holder.post}" if holder.post else holder.name


def lack_text(lack: WallError | None, ability: PtzAbility | None = None) -> str:
    """Say why something can't be used now; empty where it can."""
    if lack is None:
        return ""
    if isinstance(lack, NotAble):
        if lack.args == ("no camera",):
            return QCoreApplication.translate("ptz", "There is no camera in the selected pane.")
        if lack.args == ("the center moves no cameras",):
            return QCoreApplication.translate("ptz", "The camera's center steers no cameras.")
        if ability in (PtzAbility.CRUISES, PtzAbility.RESERVATION):
            return QCoreApplication.translate("ptz", "The center can't do this with the camera.")
        if ability is None:
            return QCoreApplication.translate("ptz", "This camera can't be steered.")
        return QCoreApplication.translate("ptz", "This camera can't do this.")
    return error_text(lack)


def holder_text(holder: Holder | None, seconds_left: int) -> str:
    """Say who has the say over a camera, for the panel."""
    if holder is None:
        return QCoreApplication.translate("ptz", "Free")
    if holder.is_me and holder.is_reserved:
        return QCoreApplication.translate("ptz", "Reserved by you, {seconds} s left").format(seconds=seconds_left)
    if holder.is_me:
        return QCoreApplication.translate("ptz", "Held by you, {seconds} s left").format(seconds=seconds_left)
    text = (
        QCoreApplication.translate("ptz", "Reserved by {who}, {seconds} s left")
        if holder.is_reserved
        else QCoreApplication.translate("ptz", "Held by {who}, {seconds} s left")
    )
    return text.format(who=f"{who_text(holder)} ({tier_text(holder.tier)})", seconds=seconds_left)


def pane_lines(ptz: ChannelPtz, cruise_name: str) -> tuple[PaneLine, ...]:
    """Return what a pane says of its camera's PTZ, most important first."""
    lines: list[PaneLine] = []
    if ptz.hand is HandState.UNCONFIRMED:
        text = QCoreApplication.translate("ptz", "Stop not confirmed – the camera may still turn")
        lines.append(PaneLine(text, Tone.ALARM, QCoreApplication.translate("ptz", "Stop not confirmed")))
    elif ptz.hand is HandState.UNANSWERED:
        lines.append(
            PaneLine(QCoreApplication.translate("ptz", "The center does not answer the steering"), Tone.WARNING)
        )
    if ptz.taken_over is not None:
        taken = ptz.taken_over
        who = f"{taken.by_name} · {taken.by_post}" if taken.by_post else taken.by_name
        text = QCoreApplication.translate("ptz", "Taken over by {who}: {reason}").format(who=who, reason=taken.reason)
        lines.append(PaneLine(text, Tone.WARNING))
    holder = ptz.status.holder if ptz.status else None
    if holder is not None and not (ptz.taken_over is not None and holder.name == ptz.taken_over.by_name):
        lines.append(PaneLine(_pane_holder(holder)))
    if cruise_name:
        lines.append(PaneLine(QCoreApplication.translate("ptz", "Cruise: {name}").format(name=cruise_name)))
    return tuple(lines)


def _pane_holder(holder: Holder) -> str:
    if holder.is_me:
        if holder.is_reserved:
            return QCoreApplication.translate("ptz", "Reserved by you")
        return QCoreApplication.translate("ptz", "Held by you")
    if holder.is_reserved:
        return QCoreApplication.translate("ptz", "Reserved by {who}").format(who=who_text(holder))
    return QCoreApplication.translate("ptz", "Held by {who}").format(who=who_text(holder))


def badge_text(speed: float) -> str:
    """Return the mark of PTZ mode in a pane's title."""
    return QCoreApplication.translate("ptz", "PTZ {percent} %").format(percent=round(speed * 100))
