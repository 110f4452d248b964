"""Small pictures of footage for the place the pointer is at, by a pane of their own that nobody sees. UI thread."""

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneState
from wallclient.services.review_desk import ReviewDesk
from wallclient.services.review_pane import ReviewPane

SIZE_PX = (240, 135)
_PAUSE_MS = 120  # the pointer rests so long before anything is fetched
_LOOK_MS = 100
_KEPT_S = 8.0  # after the last wish the footage is given back


class HoverPictures(QObject):
    """Finds the picture of a moment; the newest wish counts."""

    arrived = Signal(str, object, object)  # channel id, moment in µs, QImage

    def __init__(self, review: ReviewDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._review = review
        self._pane: ReviewPane | None = None
        self._wish: tuple[Channel, int] | None = None
        self._epoch = 0  # of the pane's clock, for the wish that is being fetched
        self._asked_at = 0.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._fetch)
        self._look = QTimer(self)
        self._look.timeout.connect(self._on_look)

    def ask(self, channel: Channel, moment_us: int) -> None:
        """Find the picture of a moment, once the pointer rests."""
        self._wish = channel, moment_us
        self._asked_at = time.monotonic()
        self._rest.start(_PAUSE_MS)

    def close(self) -> None:
        """Give the footage back."""
        self._rest.stop()
        self._look.stop()
        self._wish = None
        if self._pane is not None:
            self._review.drop(self._pane)
            self._pane.deleteLater()
            self._pane = None

    def _fetch(self) -> None:
        if self._wish is None:
            return
        channel, moment_us = self._wish
        if self._pane is None:
            self._pane = self._review.new_pane(noted=False)
            self._pane.set_size(*SIZE_PX)
        self._pane.show(channel)
        clock = self._pane.leave_clock()
        clock.pause()
        clock.seek(moment_us)
        self._epoch = clock.map.epoch
        self._look.start(_LOOK_MS)

    def _on_look(self) -> None:
        pane = self._pane
        if pane is None:
            return
        pane.tick(time.monotonic())
        if self._epoch and pane.settled(self._epoch):
            self._epoch = 0
            self._hand_over(pane)
        if time.monotonic() - self._asked_at > _KEPT_S:
            self.close()

    def _hand_over(self, pane: ReviewPane) -> None:
        picture = pane.picture() if pane.state is PaneState.PLAYING else None
        if picture is None or self._wish is None:
            return  # there was no footage
        image = QImage(
            picture.pixels, picture.width, picture.height, picture.stride_bytes, QImage.Format.Format_RGB32
        ).copy()
        self.arrived.emit(self._wish[0].id, self._wish[1], image)
