"""What a window needs to let cameras be steered: shared by all windows of the program."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wallclient.services.cruises import Cruises
    from wallclient.services.joystick import Joysticks
    from wallclient.services.presets import Presets
    from wallclient.services.steering import Helm
    from wallclient.ui.ptz_lock import ScreenLock


@dataclass(frozen=True, slots=True)
class PtzServices:
    """The services behind the PTZ panel, and who tells that nobody sits before the screen any more."""

    helm: "Helm"
    presets: "Presets"
    cruises: "Cruises"
    joysticks: "Joysticks | None" = None
    lock: "ScreenLock | None" = None
    names: dict[str, str] = field(default_factory=dict)  # of the cameras that were selected in any window, by id
