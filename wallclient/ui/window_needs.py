"""What a window is given: one object, so that a new service is one more field and no longer list of arguments."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallclient.services.preferences import Preferences
from wallclient.services.view_library import ViewLibrary
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.alarms import Alarms
    from wallclient.services.cases import Cases
    from wallclient.services.catalogs import Catalogs
    from wallclient.services.centers import Centers
    from wallclient.ui.export_services import ExportServices
    from wallclient.ui.patrol_services import PatrolServices
    from wallclient.ui.playback_services import PlaybackServices
    from wallclient.ui.ptz_services import PtzServices


@dataclass(frozen=True, slots=True)
class WindowNeeds:
    """What all windows of the program share; each has a wall of its own besides."""

    centers: "Centers"
    library: ViewLibrary
    preferences: Preferences
    metrics: Metrics
    loop: asyncio.AbstractEventLoop
    catalogs: "Catalogs | None" = None  # without them the tree is read from the centers alone, and nothing is searched
    patrols: "PatrolServices | None" = None  # without them there are no rounds
    ptz: "PtzServices | None" = None  # without them no camera is steered
    playback: "PlaybackServices | None" = None  # without them there are live pictures only
    alarms: "Alarms | None" = None  # without them no alarm is shown
    exports: "ExportServices | None" = None  # without them nothing is exported
    cases: "Cases | None" = None  # without them nothing is gathered
