"""What can be done with a center's cameras, in words; and why something can't be, for tool tips and notices."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from wallclient.domain.errors import NotFound
from wallclient.domain.global_id import key_of
from wallclient.services.abilities import Ability, Standing, is_lacking
from wallclient.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

_NAMES: Mapping[Ability, str] = {
    Ability.LIVE: QT_TRANSLATE_NOOP("ability", "Live pictures"),
    Ability.SNAPSHOT: QT_TRANSLATE_NOOP("ability", "Snapshots"),
    Ability.SEARCH: QT_TRANSLATE_NOOP("ability", "Search in the tree"),
    Ability.STATUS: QT_TRANSLATE_NOOP("ability", "Online and offline at once"),
    Ability.PTZ: QT_TRANSLATE_NOOP("ability", "PTZ"),
    Ability.PRESETS: QT_TRANSLATE_NOOP("ability", "Presets"),
    Ability.CRUISES: QT_TRANSLATE_NOOP("ability", "Cruises"),
    Ability.ALARMS: QT_TRANSLATE_NOOP("ability", "Alarms"),
    Ability.FORCED_ALARMS: QT_TRANSLATE_NOOP("ability", "Alarms by hand"),
    Ability.PLAYBACK: QT_TRANSLATE_NOOP("ability", "Recordings"),
    Ability.EXPORT: QT_TRANSLATE_NOOP("ability", "Export"),
    Ability.BOOKMARKS: QT_TRANSLATE_NOOP("ability", "Bookmarks"),
    Ability.PATROL: QT_TRANSLATE_NOOP("ability", "Patrols"),
    Ability.AUDIT: QT_TRANSLATE_NOOP("ability", "Audit trail"),
}
_LACKS: Mapping[Ability, str] = {
    Ability.LIVE: QT_TRANSLATE_NOOP("ability", "{center} gives no live pictures."),
    Ability.SNAPSHOT: QT_TRANSLATE_NOOP("ability", "{center} gives no pictures."),
    Ability.SEARCH: QT_TRANSLATE_NOOP(
        "ability", "The tree of {center} is read level by level, so it can't be searched."
    ),
    Ability.STATUS: QT_TRANSLATE_NOOP("ability", "{center} does not tell which cameras are online."),
    Ability.PTZ: QT_TRANSLATE_NOOP("ability", "{center} steers no cameras."),
    Ability.PRESETS: QT_TRANSLATE_NOOP("ability", "{center} has no presets."),
    Ability.CRUISES: QT_TRANSLATE_NOOP("ability", "{center} has no presets to cruise between."),
    Ability.ALARMS: QT_TRANSLATE_NOOP("ability", "{center} tells of no alarms."),
    Ability.FORCED_ALARMS: QT_TRANSLATE_NOOP("ability", "{center} raises no alarms by hand."),
    Ability.PLAYBACK: QT_TRANSLATE_NOOP("ability", "{center} has no recordings."),
    Ability.EXPORT: QT_TRANSLATE_NOOP("ability", "{center} hands out no recordings as files."),
    Ability.BOOKMARKS: QT_TRANSLATE_NOOP("ability", "{center} keeps no bookmarks."),
    Ability.PATROL: QT_TRANSLATE_NOOP("ability", "{center} keeps no patrol plans."),
    Ability.AUDIT: QT_TRANSLATE_NOOP("ability", "{center} keeps no audit trail: nothing is noted of what is done."),
}


def ability_text(ability: Ability) -> str:
    """Name what can be done."""
    return QCoreApplication.translate("ability", _NAMES[ability])


def standing_text(ability: Ability, standing: Standing, center: str) -> str:
    """Say who does it, or why nobody can."""
    if standing is Standing.CENTER:
        return QCoreApplication.translate("ability", "{center} can do this.").format(center=center)
    if standing is Standing.PROGRAM:
        return QCoreApplication.translate("ability", "This program does this itself, on this computer.")
    return QCoreApplication.translate("ability", _LACKS[ability]).format(center=center)


def lack_of(centers: "Centers", gid: str, ability: Ability) -> str:
    """Say why something can't be done with a camera because of its center; empty where it can be tried."""
    if not is_lacking(centers, gid, ability):
        return ""
    try:
        center = centers.access(key_of(gid)).title
    except NotFound:
        return ""
    return standing_text(ability, Standing.NOBODY, center)
