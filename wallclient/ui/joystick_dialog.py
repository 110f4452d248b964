"""Joysticks: which are there, how they stand now, and what their axes and buttons do."""

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from wallclient.domain.errors import StorageFailed
from wallclient.domain.joystick import (
    AxisUse,
    ButtonAction,
    ButtonUse,
    Drive,
    JoystickDevice,
    JoystickProfile,
    JoystickReading,
    default_profile,
    shaped,
)
from wallclient.services.joystick import Joysticks
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.ptz_text import action_text, drive_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics


class AxisBar(QWidget):
    """Shows where an axis stands, from -1 to 1, and beside it the speed that makes of it."""

    def __init__(self, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = QSize(metrics.text_px * 9, metrics.text_px)
        self.value = 0.0
        self.speed = 0.0

    def show_value(self, value: float, speed: float) -> None:
        """Show another value."""
        if (value, speed) != (self.value, self.speed):
            self.value, self.speed = value, speed
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a bar."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """Return the size of a bar."""
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the axis above, the speed below."""
        painter = QPainter(self)
        middle, half = self.width() / 2, self.height() / 2
        painter.fillRect(self.rect(), QColor(COLORS.pane))
        for top, value, color in ((0.0, self.value, COLORS.text_dim), (half, self.speed, COLORS.warning)):
            width = max(-1.0, min(1.0, value)) * middle
            painter.fillRect(QRectF(min(middle, middle + width), top, abs(width), half), QColor(color))
        painter.fillRect(QRectF(middle - 0.5, 0, 1, self.height()), QColor(COLORS.line_strong))
        painter.end()


class _AxisRow:
    """The widgets of one axis."""

    def __init__(self, axis: int, metrics: Metrics) -> None:
        self.axis = axis
        self.bar = AxisBar(metrics)
        self.drive = QComboBox()
        self.drive.addItem(QCoreApplication.translate("ptz", "Nothing"), None)
        for drive in Drive:
            self.drive.addItem(drive_text(drive), drive)
        self.inverted = QCheckBox(QCoreApplication.translate("ptz", "Inverted"))
        self.dead_zone = QSpinBox(minimum=0, maximum=80, suffix=" %")
        self.curve = QDoubleSpinBox(minimum=1.0, maximum=4.0, singleStep=0.1, decimals=1)
        for spin in (self.dead_zone, self.curve):
            spin.lineEdit().setTextMargins(metrics.space_px, 0, 0, 0)  # a style sheet's padding is not used there
        self.show_use(AxisUse(axis, Drive.PAN), used=False)

    def show_use(self, use: AxisUse, *, used: bool = True) -> None:
        """Show what the axis does."""
        self._top_speed = use.top_speed
        self.drive.setCurrentIndex(self.drive.findData(use.drive) if used else 0)
        self.inverted.setChecked(use.is_inverted)
        self.dead_zone.setValue(round(use.dead_zone * 100))
        self.curve.setValue(use.curve)

    @property
    def use(self) -> AxisUse | None:
        """What the axis is to do."""
        drive = self.drive.currentData()
        if drive is None:
            return None
        dead_zone, curve = self.dead_zone.value() / 100, round(self.curve.value(), 1)
        return AxisUse(self.axis, Drive(drive), self.inverted.isChecked(), dead_zone, curve, self._top_speed)


class _ButtonRow:
    """The widgets of one button."""

    def __init__(self, button: int, metrics: Metrics) -> None:
        self.button = button
        self.light = QLabel(str(button + 1))
        self.light.setObjectName("KeyCap")
        self.light.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.action = QComboBox()
        self.action.addItem(QCoreApplication.translate("ptz", "Nothing"), None)
        for action in ButtonAction:
            self.action.addItem(action_text(action), action)
        self.number = QSpinBox(minimum=1, maximum=255)
        self.number.lineEdit().setTextMargins(metrics.space_px, 0, 0, 0)
        self.action.currentIndexChanged.connect(
            lambda: self.number.setVisible(self.action.currentData() == ButtonAction.PRESET)
        )
        self.show_use(None)

    def show_use(self, use: ButtonUse | None) -> None:
        """Show what the button does."""
        self.action.setCurrentIndex(self.action.findData(use.action) if use else 0)
        self.number.setValue(use.number if use and use.number else self.button + 1)
        self.number.setVisible(self.action.currentData() == ButtonAction.PRESET)

    def show_held(self, held: bool) -> None:
        """Light up while the button is held."""
        if self.light.property("held") != held:
            self.light.setProperty("held", held)
            self.light.style().unpolish(self.light)
            self.light.style().polish(self.light)

    @property
    def use(self) -> ButtonUse | None:
        """What the button is to do."""
        action = self.action.currentData()
        if action is None:
            return None
        action = ButtonAction(action)
        return ButtonUse(self.button, action, self.number.value() if action is ButtonAction.PRESET else 0)


class JoystickDialog(PlainDialog):
    """Changes the profiles of `Joysticks`. While it is open, nothing moves: the window is not in front."""

    def __init__(self, joysticks: Joysticks, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Joystick"), metrics, parent)
        self._joysticks = joysticks
        self._metrics = metrics
        self._device: JoystickDevice | None = None
        self.axes: list[_AxisRow] = []
        self.keys: list[_ButtonRow] = []
        self.devices = QComboBox()
        self.devices.currentIndexChanged.connect(self._on_device)
        self.body.addWidget(self.devices)
        self.none = self.hint(self.tr("No joystick was found. Plug one in; it appears here by itself."))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumSize(metrics.text_px * 46, metrics.row_px * 14)
        self.body.addWidget(self._scroll, 1)
        self.save_button = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.usual_button = self.buttons.addButton(self.tr("Usual settings"), QDialogButtonBox.ButtonRole.ResetRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.usual_button.clicked.connect(self._on_usual)
        joysticks.devices_changed.connect(self._fill_devices)
        joysticks.moved.connect(self._on_moved)
        joysticks.unavailable.connect(self._on_unavailable)
        self._fill_devices()

    # --- which ---

    def _fill_devices(self) -> None:
        chosen = self._device
        found = self._joysticks.devices
        self.devices.blockSignals(True)
        self.devices.clear()
        for device in found:
            self.devices.addItem(f"{device.name}  ({device.kind})", device.instance)
        self.devices.blockSignals(False)
        if chosen is not None and chosen in found:
            self.devices.setCurrentIndex(found.index(chosen))
            return
        self._on_device()

    def _on_device(self) -> None:
        instance = self.devices.currentData()
        self._device = next((device for device in self._joysticks.devices if device.instance == instance), None)
        there = self._device is not None
        self.none.setVisible(not there)
        for widget in (self.devices, self._scroll):
            widget.setVisible(there)
        for button in (self.save_button, self.usual_button):
            button.setEnabled(there)
        if self._device is not None:
            self._scroll.setWidget(self._page(self._device))
            self._show_profile(self._joysticks.profile(self._device))

    def _on_unavailable(self, _reason: str) -> None:
        self.none.setText(self.tr("Joysticks can't be read on this computer. The log says why."))

    def _page(self, device: JoystickDevice) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(self._metrics.space_px)
        grid.setVerticalSpacing(self._metrics.space_px)
        self.axes = [_AxisRow(axis, self._metrics) for axis in range(device.axes)]
        self.keys = [_ButtonRow(button, self._metrics) for button in range(device.buttons)]
        titles = ("", "", self.tr("Moves"), "", self.tr("Dead zone"), self.tr("Curve"))
        for column, title in enumerate(titles):
            label = QLabel(title)
            label.setObjectName("DialogHint")
            grid.addWidget(label, 0, column)
        for row, axis in enumerate(self.axes, 1):
            name = QLabel(self.tr("Axis {number}").format(number=axis.axis + 1))
            widgets = (name, axis.bar, axis.drive, axis.inverted, axis.dead_zone, axis.curve)
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        grid.addLayout(self._key_grid(), len(self.axes) + 1, 0, 1, len(titles))
        grid.setRowStretch(len(self.axes) + 2, 1)
        return page

    def _key_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self._metrics.space_px)
        grid.setVerticalSpacing(self._metrics.space_px // 2)
        for place, key in enumerate(self.keys):
            row, column = place // 2, place % 2 * 3
            for offset, widget in enumerate((key.light, key.action, key.number)):
                grid.addWidget(widget, row, column + offset)
        for column in (1, 4):
            grid.setColumnStretch(column, 1)
        return grid

    def _show_profile(self, profile: JoystickProfile) -> None:
        axes = {use.axis: use for use in profile.axes}
        for axis in self.axes:
            use = axes.get(axis.axis)
            axis.show_use(use or AxisUse(axis.axis, Drive.PAN), used=use is not None)
        keys = {use.button: use for use in profile.buttons}
        for key in self.keys:
            key.show_use(keys.get(key.button))

    # --- how it stands ---

    def _on_moved(self, device: JoystickDevice, reading: JoystickReading) -> None:
        if device != self._device:
            return
        for axis in self.axes:
            value = reading.axes[axis.axis] if axis.axis < len(reading.axes) else 0.0
            use = axis.use
            axis.bar.show_value(value, shaped(value, use) if use else 0.0)
        for key in self.keys:
            key.show_held(key.button in reading.buttons)

    # --- what it is to do ---

    @property
    def profile(self) -> JoystickProfile:
        """The profile as it is shown."""
        axes = tuple(axis.use for axis in self.axes)
        keys = tuple(key.use for key in self.keys)
        return JoystickProfile(tuple(filter(None, axes)), tuple(filter(None, keys)))

    def accept(self) -> None:
        """Save and close."""
        try:
            if self._device is not None:
                usual = self.profile == default_profile(self._device)
                self._joysticks.set_profile(self._device, None if usual else self.profile)
        except StorageFailed as err:
            self.show_error(error_text(err))
        else:
            super().accept()

    def _on_usual(self) -> None:
        if self._device is not None:
            self._show_profile(default_profile(self._device))
