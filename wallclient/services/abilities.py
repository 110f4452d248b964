"""What can be done with the cameras of a center, as operators put it: by the center, by this program, or not at all."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from wallclient.api.audit import AuditCenter
from wallclient.api.bookmarks import BookmarkCenter
from wallclient.api.center import Center
from wallclient.domain.errors import NotFound
from wallclient.domain.global_id import key_of

if TYPE_CHECKING:
    from wallclient.services.centers import Centers


class Ability(StrEnum):
    """What an operator wants to do, in the order of the table."""

    LIVE = "live"
    SNAPSHOT = "snapshot"
    SEARCH = "search"
    STATUS = "status"  # it is seen at once that a camera went offline
    PTZ = "ptz"
    PRESETS = "presets"
    CRUISES = "cruises"
    ALARMS = "alarms"
    FORCED_ALARMS = "forced_alarms"  # raised by the operator's hand
    PLAYBACK = "playback"
    EXPORT = "export"
    BOOKMARKS = "bookmarks"
    PATROL = "patrol"
    AUDIT = "audit"


class Standing(StrEnum):
    """Who does it."""

    CENTER = "center"
    PROGRAM = "program"  # this program itself, on this computer
    NOBODY = "nobody"


def abilities_of(center: Center) -> Mapping[Ability, Standing]:
    """Return who does what with the cameras of a center; true once somebody is signed in there."""
    can = center.capabilities
    presets = can.ptz and can.presets
    done = {
        Ability.LIVE: can.live,
        Ability.SEARCH: can.catalog,
        Ability.STATUS: can.events,
        Ability.PTZ: can.ptz,
        Ability.PRESETS: presets,
        Ability.CRUISES: can.ptz and can.cruises,
        Ability.ALARMS: can.alarms,
        Ability.FORCED_ALARMS: can.forced_alarms,
        Ability.PLAYBACK: can.recordings,
        Ability.EXPORT: can.recordings and can.export,
        Ability.BOOKMARKS: can.recordings and isinstance(center, BookmarkCenter),
        Ability.PATROL: can.patrol,
        Ability.AUDIT: isinstance(center, AuditCenter),
    }
    by_us = {Ability.SNAPSHOT} | ({Ability.CRUISES} if presets else set())
    return {
        ability: Standing.CENTER if done.get(ability) else Standing.PROGRAM if ability in by_us else Standing.NOBODY
        for ability in Ability
    }


def is_lacking(centers: "Centers", gid: str, ability: Ability) -> bool:
    """Tell whether nobody can do that with a camera, as far as is known: a center nobody is signed in to may."""
    try:
        session = centers.access(key_of(gid)).session
    except NotFound:
        return False
    return session.signed_in and abilities_of(session.center)[ability] is Standing.NOBODY
