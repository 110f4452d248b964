"""The PTZ panel at the right of the wall: holder, pad, lens, switches, presets and cruises of the selected camera."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.ptz import STILL, PtzAbility, Velocity
from wallclient.ui.background import Background
from wallclient.ui.ptz_cruise_list import PtzCruiseList
from wallclient.ui.ptz_holder_box import PtzHolderBox
from wallclient.ui.ptz_pad import PtzPad
from wallclient.ui.ptz_pilot import Hold, PtzPilot
from wallclient.ui.ptz_preset_list import Grab, PtzPresetList
from wallclient.ui.ptz_rocker import PtzRocker
from wallclient.ui.ptz_text import lack_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.ui.ptz_services import PtzServices

_STORED = range(1, 9)
_AUXILIARIES = range(1, 9)  # what GB/T 28181 cameras have of numbered switches


class PtzPanel(QFrame):
    """Steers through the pilot. Its widgets take no keyboard focus, so that PTZ mode's keys go on working."""

    dialog_requested = Signal(object)  # PlainDialog to be shown by the window
    close_requested = Signal()
    mode_requested = Signal()

    def __init__(
        self,
        pilot: PtzPilot,
        centers: "Centers",
        services: "PtzServices",
        grab: Grab,
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("PtzPanel")
        self._pilot = pilot
        self._metrics = metrics
        self._switched: dict[tuple[str, PtzAbility], bool] = {}  # as this window has switched them
        self.holder = PtzHolderBox(pilot, centers, metrics)
        self.pad = PtzPad(metrics)
        self.rockers = self._rockers()
        self.presets = PtzPresetList(pilot, services.presets, grab, background, metrics)
        self.cruises = PtzCruiseList(pilot, services.cruises, services.presets, background, metrics)
        for part in (self.holder, self.presets, self.cruises):
            part.dialog_requested.connect(self.dialog_requested)
        self._put_together()
        self.pad.steered.connect(lambda velocity: pilot.steer(Hold.PAD, velocity))
        self.pad.stop_clicked.connect(pilot.stop)
        pilot.let_go_of.connect(self._on_let_go)
        pilot.target_changed.connect(self.refresh)
        pilot.state_changed.connect(self.refresh)
        pilot.mode_changed.connect(self._refresh_mode)
        pilot.speed_changed.connect(self._refresh_speed)
        services.presets.changed.connect(self._on_presets_changed)
        self.refresh()

    # --- parts ---

    def _rockers(self) -> dict[PtzAbility, PtzRocker]:
        rockers = {
            PtzAbility.ZOOM: PtzRocker(self.tr("Zoom"), self.tr("Zoom in"), self.tr("Zoom out"), self._metrics),
            PtzAbility.FOCUS: PtzRocker(self.tr("Focus"), self.tr("Focus far"), self.tr("Focus near"), self._metrics),
            PtzAbility.IRIS: PtzRocker(
                self.tr("Iris"), self.tr("Open the iris"), self.tr("Close the iris"), self._metrics
            ),
        }
        self._driven = dict.fromkeys(rockers, 0.0)
        for ability, rocker in rockers.items():
            rocker.driven.connect(lambda speed, ability=ability: self._on_driven(ability, speed))
        return rockers

    def _put_together(self) -> None:
        space = self._metrics.space_px
        steering = QHBoxLayout()
        steering.setSpacing(space)
        steering.addWidget(self.pad)
        for rocker in self.rockers.values():
            steering.addWidget(rocker)
        steering.addStretch(1)
        inner = QVBoxLayout()
        inner.setContentsMargins(space, space // 2, space, space)
        inner.setSpacing(space)
        inner.addLayout(steering)
        inner.addLayout(self._speed_row())
        inner.addLayout(self._switch_row())
        inner.addLayout(self._tab_row())
        self.pages = QStackedWidget()
        self.pages.addWidget(self._presets_page())
        self.pages.addWidget(self.cruises)
        inner.addWidget(self.pages, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._title_row())
        layout.addWidget(self.holder)
        layout.addLayout(inner, 1)

    def _title_row(self) -> QHBoxLayout:
        title = QLabel(self.tr("PTZ"))
        title.setObjectName("PanelTitle")
        self.mode_button = _button(self.tr("PTZ mode (C)"), "PanelButton", checkable=True)
        self.mode_button.setToolTip(self.tr("Steer with keys and on the picture"))
        self.mode_button.clicked.connect(lambda: self.mode_requested.emit())
        row = QHBoxLayout()
        row.setContentsMargins(0, self._metrics.space_px // 2, self._metrics.space_px, 0)
        row.addWidget(title, 1)
        row.addWidget(self.mode_button)
        return row

    def _speed_row(self) -> QHBoxLayout:
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setRange(1, 10)
        self.speed.setPageStep(1)
        self.speed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.speed.setToolTip(self.tr("Speed at full deflection ([ and ])"))
        self.speed.valueChanged.connect(lambda value: self._pilot.set_speed(value / 10))
        self.speed_label = QLabel()
        self.speed_label.setMinimumWidth(self._metrics.text_px * 3)
        self.speed_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.setSpacing(self._metrics.space_px)
        row.addWidget(QLabel(self.tr("Speed")))
        row.addWidget(self.speed, 1)
        row.addWidget(self.speed_label)
        self._refresh_speed()
        return row

    def _switch_row(self) -> QHBoxLayout:
        self.switches = {
            PtzAbility.WIPER: _button(self.tr("Wiper"), "PanelButton", checkable=True),
            PtzAbility.LIGHT: _button(self.tr("Light"), "PanelButton", checkable=True),
        }
        row = QHBoxLayout()
        row.setSpacing(self._metrics.space_px // 2)
        for ability, button in self.switches.items():
            button.clicked.connect(lambda on, ability=ability: self._on_switched(ability, on))
            row.addWidget(button, 1)
        self.auxiliary = QToolButton()
        self.auxiliary.setObjectName("PanelButton")
        self.auxiliary.setText(self.tr("Auxiliaries"))
        self.auxiliary.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.auxiliary.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.auxiliary.setMenu(self._auxiliary_menu())
        row.addWidget(self.auxiliary, 1)
        return row

    def _auxiliary_menu(self) -> QMenu:
        menu = QMenu(self)
        for number in _AUXILIARIES:
            for on, text in ((True, self.tr("Auxiliary {number} on")), (False, self.tr("Auxiliary {number} off"))):
                action = menu.addAction(text.format(number=number))
                action.triggered.connect(
                    lambda _checked=False, on=on, number=number: self._pilot.switch(PtzAbility.AUXILIARY, on, number)
                )
        menu.addSeparator()
        self.stored = {
            PtzAbility.STORED_CRUISES: self._stored_menu(
                menu,
                PtzAbility.STORED_CRUISES,
                (self.tr("The camera's own cruises"), self.tr("Start cruise {number}"), self.tr("Stop cruise")),
            ),
            PtzAbility.SCANS: self._stored_menu(
                menu,
                PtzAbility.SCANS,
                (self.tr("The camera's own scans"), self.tr("Start scan {number}"), self.tr("Stop scan")),
            ),
        }
        return menu

    def _stored_menu(self, menu: QMenu, ability: PtzAbility, texts: tuple[str, str, str]) -> QMenu:
        """Add what starts and stops things the camera itself keeps; nobody can ask it which there are."""
        title, start, stop = texts
        below = menu.addMenu(title)
        for number in _STORED:
            action = below.addAction(start.format(number=number))
            action.triggered.connect(
                lambda _checked=False, number=number: self._pilot.switch(ability, True, number),
            )
        below.addSeparator()
        below.addAction(stop).triggered.connect(lambda _checked=False: self._pilot.switch(ability, False, 1))
        return below

    def _tab_row(self) -> QHBoxLayout:
        self.tabs = [_button(text, "PanelTab", checkable=True) for text in (self.tr("Presets"), self.tr("Cruises"))]
        row = QHBoxLayout()
        row.setSpacing(0)
        for index, tab in enumerate(self.tabs):
            tab.clicked.connect(lambda _checked=False, index=index: self.show_page(index))
            row.addWidget(tab, 1)
        self.tabs[0].setChecked(True)
        return row

    def _presets_page(self) -> QWidget:
        self.note = QLabel()
        self.note.setObjectName("PanelNote")
        self.note.setWordWrap(True)
        self.add_button = _button(self.tr("Add preset from here…"), "PanelButton")
        self.add_button.clicked.connect(lambda: self.presets.add())
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._metrics.space_px // 2)
        layout.addWidget(self.note)
        layout.addWidget(self.presets, 1)
        layout.addWidget(self.add_button)
        return page

    # --- what the operator does ---

    def show_page(self, index: int) -> None:
        """Show presets (0) or cruises (1)."""
        self.pages.setCurrentIndex(index)
        for number, tab in enumerate(self.tabs):
            tab.setChecked(number == index)

    def _on_driven(self, ability: PtzAbility, speed: float) -> None:
        self._driven[ability] = speed
        zoom, focus, iris = (self._driven[a] for a in (PtzAbility.ZOOM, PtzAbility.FOCUS, PtzAbility.IRIS))
        self._pilot.steer(Hold.ROCKERS, Velocity(zoom=zoom, focus=focus, iris=iris))

    def _on_let_go(self) -> None:
        self._driven = dict.fromkeys(self._driven, 0.0)
        self.pad.let_go()
        for rocker in self.rockers.values():
            rocker.let_go()

    def _on_switched(self, ability: PtzAbility, on: bool) -> None:
        if self._pilot.target is not None:
            key = (self._pilot.target.id, ability)
            self._switched[key] = on

            def undo() -> None:
                self._switched[key] = not on
                self.refresh()

            self._pilot.switch(ability, on, failed=undo)

    # --- what it shows ---

    def refresh(self) -> None:
        """Look at the pilot's camera and its state again."""
        if not self.isVisible():
            return
        self.holder.refresh()
        self._refresh_steering()
        self.presets.refresh()
        self.cruises.refresh()
        self._refresh_notes()
        self._refresh_mode()

    def _lack(self, ability: PtzAbility) -> str:
        return lack_text(self._pilot.lack(ability), ability)

    def _refresh_steering(self) -> None:
        lack = self._lack(PtzAbility.PAN_TILT)
        self.pad.setEnabled(not lack)
        self.pad.setToolTip(lack)
        for ability, rocker in self.rockers.items():
            rocker.set_lack(self._lack(ability))
        target = self._pilot.target.id if self._pilot.target else ""
        for ability, button in self.switches.items():
            _set_lack(button, self._lack(ability))
            button.setChecked(self._switched.get((target, ability), False))
        _set_lack(self.auxiliary, self._lack(PtzAbility.AUXILIARY))
        for ability, menu in self.stored.items():
            menu.menuAction().setVisible(not self._lack(ability))

    def _refresh_notes(self) -> None:
        lack = self._lack(PtzAbility.PRESETS)
        _set_lack(self.add_button, lack)
        error = self.presets.error
        if lack:
            text = lack
        elif error is not None:
            text = error_text(error)
        elif not self.presets.is_known:
            text = self.tr("Asking the center…")
        else:
            text = "" if self.presets.count() else self.tr("The camera has no presets yet.")
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _on_presets_changed(self, channel_id: str) -> None:
        if self.isVisible() and self._pilot.target is not None and channel_id == self._pilot.target.id:
            self._refresh_notes()

    def _refresh_mode(self) -> None:
        self.mode_button.setChecked(self._pilot.mode)
        self.mode_button.setEnabled(self._pilot.mode or self._pilot.can_steer)

    def _refresh_speed(self) -> None:
        self.speed.blockSignals(True)
        self.speed.setValue(round(self._pilot.speed * 10))
        self.speed.blockSignals(False)
        self.speed_label.setText(f"{round(self._pilot.speed * 100)} %")

    # --- Qt ---

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the camera again."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go, and follow no presets."""
        super().hideEvent(event)
        self._pilot.steer(Hold.PAD, STILL)
        self._pilot.steer(Hold.ROCKERS, STILL)
        self.presets.close_down()


def _button(text: str, name: str, *, checkable: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def _set_lack(widget: QWidget, lack: str) -> None:
    """Disable a widget and say why in its tool tip."""
    widget.setEnabled(not lack)
    widget.setToolTip(lack)
