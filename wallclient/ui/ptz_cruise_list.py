"""Cruises of the selected pane's camera: which there are, which one runs, start and stop, and the way to the editor."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QGridLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from wallclient.domain.errors import NotAble, NotPermitted, WallError
from wallclient.domain.ptz import Cruise, PtzAbility
from wallclient.services.cruises import Cruises
from wallclient.services.presets import Presets
from wallclient.ui.background import Background
from wallclient.ui.dialogs import QuestionDialog
from wallclient.ui.icons import icon
from wallclient.ui.ptz_cruise_dialog import PtzCruiseDialog
from wallclient.ui.ptz_pilot import PtzPilot
from wallclient.ui.ptz_text import run_state_text
from wallclient.ui.theme import COLORS, Metrics


class PtzCruiseList(QWidget):
    """Follows the pilot's camera; read when it is shown, and when somebody changes something."""

    dialog_requested = Signal(object)  # PlainDialog to be shown by the window
    changed = Signal()  # names of cruises are known, or others run

    def __init__(
        self,
        pilot: PtzPilot,
        cruises: Cruises,
        presets: Presets,
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pilot = pilot
        self._cruises = cruises
        self._presets = presets
        self._background = background
        self._metrics = metrics
        self._channel_id = ""
        self._known: tuple[Cruise, ...] = ()
        self._reading = 0
        self.error: WallError | None = None
        blank = QPixmap(metrics.icon_px, metrics.icon_px)
        blank.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(blank)  # keeps the names in line
        self.list = QListWidget()
        self.list.setObjectName("CruiseList")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.currentRowChanged.connect(self._refresh_buttons)
        self.list.itemDoubleClicked.connect(lambda _: self._on_start())
        self.start_button = self._button(self.tr("Start"), self._on_start)
        self.stop_button = self._button(self.tr("Stop"), self._on_stop)
        self.new_button = self._button(self.tr("New…"), lambda: self._edit(None))
        self.edit_button = self._button(self.tr("Edit…"), lambda: self._edit(self._current()))
        self.delete_button = self._button(self.tr("Delete…"), self._on_delete)
        buttons = QGridLayout()
        buttons.setSpacing(metrics.space_px // 2)
        for place, button in enumerate((self.start_button, self.stop_button)):
            buttons.addWidget(button, 0, place * 3, 1, 3)
        for place, button in enumerate((self.new_button, self.edit_button, self.delete_button)):
            buttons.addWidget(button, 1, place * 2, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.space_px // 2)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        cruises.changed.connect(self._on_changed)

    def _button(self, text: str, slot: Any) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("PanelButton")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: slot())
        return button

    # --- what there is ---

    def refresh(self) -> None:
        """Look at the camera and at what runs again."""
        target = self._pilot.target
        lack = self._pilot.lack(PtzAbility.PRESETS, PtzAbility.CRUISES)  # without cruises of its own, presets will do
        channel_id = target.id if target and lack is None and self._pilot.ptz.status is not None else ""
        if channel_id != self._channel_id:
            self._channel_id, self._known, self.error = channel_id, (), None
            self._fill()
            self._read()
        self._mark_running()

    def running_id(self) -> str | None:
        """Return the cruise that runs, at the center or here."""
        here = self._cruises.running(self._channel_id) if self._channel_id else None
        if here is not None:
            return here.cruise.id
        status = self._pilot.ptz.status
        return status.cruise_id if status else None

    def _on_changed(self, channel_id: str) -> None:
        if channel_id == self._channel_id and channel_id:
            self._read()
            self._mark_running()

    def _read(self) -> None:
        if self._channel_id:
            self._reading += 1
            self._background.start(self._read_list(self._channel_id, self._reading))

    async def _read_list(self, channel_id: str, reading: int) -> None:
        try:
            known = await self._cruises.read(channel_id)
        except WallError as err:
            if reading == self._reading:
                self.error = err
                self.changed.emit()
            return
        if reading == self._reading and channel_id == self._channel_id:
            self._known, self.error = known, None
            self._fill()
            self.changed.emit()

    def _fill(self) -> None:
        chosen = self._current()
        self.list.clear()
        for cruise in self._known:
            self.list.addItem(QListWidgetItem(cruise.name))
        rows = [row for row, cruise in enumerate(self._known) if chosen and cruise.id == chosen.id]
        if self._known:
            self.list.setCurrentRow(rows[0] if rows else 0)
        self._mark_running()

    def _mark_running(self) -> None:
        running = self.running_id()
        here = self._cruises.running(self._channel_id) if self._channel_id else None
        for row, cruise in enumerate(self._known):
            item = self.list.item(row)
            runs = cruise.id == running
            text = self.tr("{name}  ({points} points)").format(name=cruise.name, points=len(cruise.points))
            if runs and here is not None:
                text = f"{text} – {run_state_text(here.state)}"
            item.setText(text)
            item.setIcon(icon("play", COLORS.ok, self._metrics.icon_px) if runs else self._blank)
            item.setForeground(QColor(COLORS.ok if runs else COLORS.text))
        self._refresh_buttons()

    def _current(self) -> Cruise | None:
        row = self.list.currentRow()
        return self._known[row] if 0 <= row < len(self._known) else None

    def _refresh_buttons(self) -> None:
        chosen, running = self._current(), self.running_id()
        self.start_button.setEnabled(chosen is not None and chosen.id != running)
        self.stop_button.setEnabled(running is not None)
        self.new_button.setEnabled(bool(self._channel_id))
        self.edit_button.setEnabled(chosen is not None)
        self.delete_button.setEnabled(chosen is not None)

    # --- what the operator does ---

    def _on_start(self) -> None:
        if (chosen := self._current()) is not None and self._allowed():
            self._do(self._cruises.start(self._channel_id, chosen.id))

    def _on_stop(self) -> None:
        if self._channel_id and self._allowed():
            self._do(self._cruises.stop(self._channel_id))

    def _edit(self, cruise: Cruise | None) -> None:
        channel_id = self._channel_id
        presets = self._presets.known(channel_id) or ()
        dialog = PtzCruiseDialog(cruise, presets, self._metrics, self.window())

        def save() -> None:
            if channel_id == self._channel_id:
                cruise_id = cruise.id if cruise else ""
                self._do(self._cruises.save(channel_id, cruise_id, dialog.cruise_name, dialog.points))

        dialog.accepted.connect(save)
        self.dialog_requested.emit(dialog)

    def _on_delete(self) -> None:
        chosen, channel_id = self._current(), self._channel_id
        if chosen is None:
            return
        text = self.tr("The cruise “{name}” will be gone. If it runs, it is stopped.").format(name=chosen.name)
        title, yes = self.tr("Delete the cruise"), self.tr("Delete")
        dialog = QuestionDialog(title, text, yes, self._metrics, self.window())

        def delete() -> None:
            if channel_id == self._channel_id:
                self._do(self._cruises.delete(channel_id, chosen.id))

        dialog.accepted.connect(delete)
        self.dialog_requested.emit(dialog)

    def _allowed(self) -> bool:
        return not isinstance(self._pilot.lack(PtzAbility.PRESETS, PtzAbility.CRUISES), (NotAble, NotPermitted))

    def _do(self, work: Coroutine[Any, Any, object]) -> None:
        self._pilot.start(self._then_read(work))

    async def _then_read(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        finally:
            self._read()
