"""Asks why recorded footage is wanted, where a center demands to know."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from wallclient.domain.errors import WallError
from wallclient.ui.dialogs import ask
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers


async def ask_reason(centers: "Centers", key: str, metrics: Metrics, parent: QWidget) -> str | None:
    """Return what the operator gives as his reason; None: he gave up."""
    try:
        name = centers.access(key).title
    except WallError:
        name = key
    text = QCoreApplication.translate(
        "playback_reason", "{center} hands out recordings only with a reason. It is kept in the audit trail."
    )
    usual = (
        QCoreApplication.translate("playback_reason", "Incident investigation"),
        QCoreApplication.translate("playback_reason", "Request by the police"),
        QCoreApplication.translate("playback_reason", "Check of the recording"),
    )
    title = QCoreApplication.translate("playback_reason", "Reason for playback")
    yes = QCoreApplication.translate("playback_reason", "Play")
    dialog = ReasonDialog(title, text.format(center=name), usual, yes, metrics, parent)
    return dialog.reason if await ask(dialog) else None
