"""What a window needs to let rounds be made: shared by all windows of the program."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wallclient.services.patrols import Patrols
    from wallclient.services.presets import Presets
    from wallclient.services.steering import Helm


@dataclass(frozen=True, slots=True)
class PatrolServices:
    """The services behind rounds; without `presets` cameras stay where they stand."""

    patrols: "Patrols"
    presets: "Presets | None" = None
    helm: "Helm | None" = None
