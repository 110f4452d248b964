"""Who has the say over the selected pane's camera, and how to get it: reserve, release, take over."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.global_id import key_of
from wallclient.domain.ptz import Holder, PtzAbility, PtzStatus, may_take
from wallclient.services.hand import HandState
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.ptz_pilot import PtzPilot
from wallclient.ui.ptz_text import holder_text, lack_text, who_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

_SECOND_MS = 1000


class PtzHolderBox(QFrame):
    """The panel's upper part. Follows the pilot's camera."""

    dialog_requested = Signal(object)  # PlainDialog to be shown by the window

    def __init__(self, pilot: PtzPilot, centers: "Centers", metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("HolderBox")
        self._pilot = pilot
        self._centers = centers
        self._metrics = metrics
        self._status: PtzStatus | None = None
        self._told_at = 0.0  # when the status was told, for the seconds left
        self.name = QLabel()
        self.name.setObjectName("CameraName")
        self.name.setWordWrap(True)
        self.holder = QLabel()
        self.holder.setObjectName("HolderLine")
        self.holder.setWordWrap(True)
        for label in (self.name, self.holder):
            label.setTextFormat(Qt.TextFormat.PlainText)  # names from a center are not markup
        self.reserve_button = QPushButton()
        self.reserve_button.clicked.connect(self._on_reserve)
        self.take_button = QPushButton(self.tr("Take over…"))
        self.take_button.clicked.connect(self._on_take)
        buttons = QHBoxLayout()
        buttons.setSpacing(metrics.space_px)
        for button in (self.reserve_button, self.take_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            buttons.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(metrics.space_px, metrics.space_px, metrics.space_px, metrics.space_px)
        layout.setSpacing(metrics.space_px // 2)
        layout.addWidget(self.name)
        layout.addWidget(self.holder)
        layout.addLayout(buttons)
        self._second = QTimer(self, interval=_SECOND_MS)
        self._second.timeout.connect(self._refresh_holder)

    def refresh(self) -> None:
        """Look at the camera and its state again."""
        status = self._pilot.ptz.status
        if status is not self._status:
            self._status, self._told_at = status, time.monotonic()
        target = self._pilot.target
        self.name.setText(target.name if target else self.tr("No camera selected"))
        holder = status.holder if status else None
        self._refresh_holder()
        self._refresh_buttons(holder)
        if holder is not None and self.isVisible():
            self._second.start()
        else:
            self._second.stop()

    def _refresh_holder(self) -> None:
        """Say who holds the camera, or why nothing can be done with it."""
        holder = self._status.holder if self._status else None
        lack = self._pilot.lack(*PtzAbility)
        is_alarm = self._pilot.ptz.hand is HandState.UNCONFIRMED
        text = self.tr("Stop not confirmed – the camera may still turn") if is_alarm else lack_text(lack)
        if not text and self._status is None:
            text = self.tr("Asking the center…")
        elif not text:
            text = holder_text(holder, self._seconds_left(holder))
        self.holder.setText(text)
        level = (
            "alarm" if is_alarm else "bad" if lack else "mine" if holder and holder.is_me else "other" if holder else ""
        )
        if self.holder.property("level") != level:
            self.holder.setProperty("level", level)
            self.holder.style().unpolish(self.holder)
            self.holder.style().polish(self.holder)

    def _seconds_left(self, holder: Holder | None) -> int:
        if holder is None:
            return 0
        return max(0, round(holder.seconds_left - (time.monotonic() - self._told_at)))

    def _refresh_buttons(self, holder: Holder | None) -> None:
        lack = lack_text(self._pilot.lack(PtzAbility.RESERVATION), PtzAbility.RESERVATION)
        keeps = self._pilot.ptz.keeps_reservation or (holder is not None and holder.is_me and holder.is_reserved)
        self.reserve_button.setText(self.tr("Release") if keeps else self.tr("Reserve"))
        is_others = holder is not None and not holder.is_me
        reserve_lack = lack or (self.tr("Held by {who}").format(who=who_text(holder)) if is_others and holder else "")
        self.reserve_button.setEnabled(keeps or not reserve_lack)
        tip = self.tr("Nobody else steers the camera until you release it")
        self.reserve_button.setToolTip("" if keeps else reserve_lack or tip)
        take_lack = lack or self._take_lack(holder)
        self.take_button.setEnabled(not take_lack)
        self.take_button.setToolTip(take_lack or self.tr("Take the camera from its holder, with a reason"))

    def _take_lack(self, holder: Holder | None) -> str:
        if holder is None or holder.is_me:
            return self.tr("Nobody else holds the camera.")
        target = self._pilot.target
        key = key_of(target.id) if target else ""
        access = next((access for access in self._centers.accesses if access.key == key), None)
        operator = access.session.operator if access else None
        if operator is not None and not may_take(operator.name, operator.tier, operator.priority, holder):
            return self.tr("{who} has the higher priority, or the same.").format(who=who_text(holder))
        return ""

    def _on_reserve(self) -> None:
        status = self._status
        holder = status.holder if status else None
        if self._pilot.ptz.keeps_reservation or (holder is not None and holder.is_me and holder.is_reserved):
            self._pilot.release()
        else:
            self._pilot.reserve()

    def _on_take(self) -> None:
        """Ask for a reason; the camera is the one that was selected when asking began."""
        holder = self._status.holder if self._status else None
        target = self._pilot.target
        if holder is None or target is None:
            return
        dialog = ReasonDialog(target.name, who_text(holder), self._metrics, self.window())
        asked = target.id

        def take() -> None:
            if self._pilot.target is not None and self._pilot.target.id == asked:
                self._pilot.reserve(dialog.reason)

        dialog.accepted.connect(take)
        self.dialog_requested.emit(dialog)


class ReasonDialog(PlainDialog):
    """Asks why a camera is taken from its holder; he and the center's records are told."""

    def __init__(self, camera: str, who: str, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Take over the camera"), metrics, parent)
        text = self.tr("{camera} is held by {who}, who will be told who took it and why.")
        label = self.hint(text.format(camera=camera, who=who))
        label.setMinimumHeight(label.heightForWidth(metrics.text_px * 26))
        self._edit = QLineEdit()
        self._edit.setMaxLength(120)
        self._edit.setMinimumWidth(metrics.text_px * 26)
        self._edit.setPlaceholderText(self.tr("Reason, such as: search for a missing child"))
        self.body.addWidget(self._edit)
        take = self.buttons.addButton(self.tr("Take over"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        take.setDefault(True)
        take.setEnabled(False)
        self._edit.textChanged.connect(lambda typed: take.setEnabled(bool(typed.strip())))

    @property
    def reason(self) -> str:
        """The reason typed, without blanks around it."""
        return self._edit.text().strip()
