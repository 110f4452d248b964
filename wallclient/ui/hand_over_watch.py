"""Asks, once after each log-in, whether a hand-over waits for the operator at his post."""

import asyncio
import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import NotFound, WallError
from wallclient.ui.background import Background

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.patrols import Patrols

_log = logging.getLogger(__name__)


class HandOverWatch(QObject):
    """Owns what was asked already. `waiting` tells of a hand-over nobody has taken over yet."""

    waiting = Signal(str, object)  # center key, Handover

    def __init__(
        self, centers: "Centers", patrols: "Patrols", loop: asyncio.AbstractEventLoop, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._centers = centers
        self._patrols = patrols
        self._background = Background(loop)
        self._asked: dict[str, str] = {}  # by center: the user who was asked since he logged in
        self._told: set[tuple[str, str]] = set()  # hand-over, user
        centers.state_changed.connect(self.look)

    def look(self) -> None:
        """Ask the centers where somebody has logged in since."""
        for key in self._patrols.keys:
            user = self._user(key)
            if not user:
                self._asked.pop(key, None)
            elif self._asked.get(key) != user:
                self._asked[key] = user
                self._background.start(self._ask(key, user))

    def close(self) -> None:
        """Ask no more."""
        self._background.cancel_all()

    def _user(self, key: str) -> str:
        try:
            session = self._centers.access(key).session
        except NotFound:
            return ""
        here = session.signed_in and session.operator is not None and session.capabilities.patrol
        return session.operator.user if here and session.operator is not None else ""

    async def _ask(self, key: str, user: str) -> None:
        try:
            handover = await self._patrols.of(key).latest_handover()
        except WallError as err:
            _log.info("no hand-over of center %s: %s", key, type(err).__name__)
            self._asked.pop(key, None)
            return
        if handover is None or handover.acknowledgement is not None or handover.by.user == user:
            return  # nobody takes over from himself
        if (handover.key, user) not in self._told:
            self._told.add((handover.key, user))
            self.waiting.emit(key, handover)
