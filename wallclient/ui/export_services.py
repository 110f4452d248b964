"""What a window needs to export footage and to make evidence of it: shared by all windows of the program."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wallclient.services.evidence import EvidenceDesk
    from wallclient.services.exports import Exports


@dataclass(frozen=True, slots=True)
class ExportServices:
    """The queue, and who signs packages."""

    exports: "Exports"
    evidence: "EvidenceDesk"
