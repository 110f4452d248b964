"""The editor of one cruise: presets in order, how long to stay at each and how fast to go there."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QWidget,
)

from wallclient.domain.ptz import Cruise, CruisePoint, Preset
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.theme import Metrics

_LONGEST_DWELL_S = 3600
_POINT = Qt.ItemDataRole.UserRole


class PtzCruiseDialog(PlainDialog):
    """Edits a copy; `cruise_name` and `points` are read when it was accepted."""

    def __init__(
        self, cruise: Cruise | None, presets: Sequence[Preset], metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Cruise") if cruise else self.tr("New cruise"), metrics, parent)
        self._names = {preset.number: preset.name for preset in presets}
        self.name_edit = QLineEdit(cruise.name if cruise else "")
        self.name_edit.setMaxLength(80)
        self.name_edit.setPlaceholderText(self.tr("Name"))
        self.body.addWidget(self.name_edit)
        self.list = QListWidget()
        self.list.setObjectName("CruisePoints")
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setMinimumSize(metrics.text_px * 30, metrics.row_px * 8)
        self.body.addWidget(self.list, 1)
        self.hint(self.tr("Drag the points into their order. The cruise begins anew after the last one."))
        self._add_tools(metrics)
        self._save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        for point in cruise.points if cruise else ():
            self._append(point)
        self.name_edit.textChanged.connect(self._refresh)
        self.list.currentRowChanged.connect(self._refresh)
        if self.list.count():
            self.list.setCurrentRow(0)
        self._refresh()

    def _add_tools(self, metrics: Metrics) -> None:
        self.preset_box = QComboBox()
        for number, name in sorted(self._names.items()):
            self.preset_box.addItem(f"{number}  {name}", number)
        self.add_button = QPushButton(self.tr("Add"))
        self.add_button.clicked.connect(lambda: self._append(CruisePoint(self.preset_box.currentData())))
        self.remove_button = QPushButton(self.tr("Remove"))
        self.remove_button.clicked.connect(self._on_remove)
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
        adding = QHBoxLayout()
        adding.setSpacing(metrics.space_px)
        adding.addWidget(self.preset_box, 1)
        adding.addWidget(self.add_button)
        adding.addWidget(self.remove_button)
        self.dwell_spin = QSpinBox(minimum=1, maximum=_LONGEST_DWELL_S, suffix=self.tr(" s"))
        self.speed_spin = QSpinBox(minimum=5, maximum=100, singleStep=5, suffix=" %")
        for spin in (self.dwell_spin, self.speed_spin):
            spin.lineEdit().setTextMargins(metrics.space_px, 0, 0, 0)  # a style sheet's padding is not used there
        self.dwell_spin.valueChanged.connect(self._on_figures)
        self.speed_spin.valueChanged.connect(self._on_figures)
        figures = QHBoxLayout()
        figures.setSpacing(metrics.space_px)
        figures.addWidget(self.dwell_spin, 1)
        figures.addWidget(QLabel(self.tr("Speed")))
        figures.addWidget(self.speed_spin, 1)
        form = QFormLayout()
        form.setHorizontalSpacing(metrics.space_px * 2)
        form.setVerticalSpacing(metrics.space_px)
        form.addRow(self.tr("Stay"), figures)
        form.addRow(self.tr("Preset"), adding)
        self.body.addLayout(form)

    @property
    def cruise_name(self) -> str:
        """The name typed, without blanks around it."""
        return self.name_edit.text().strip()

    @property
    def points(self) -> tuple[CruisePoint, ...]:
        """The points in their order."""
        return tuple(_point(self.list.item(row)) for row in range(self.list.count()))

    def _append(self, point: CruisePoint) -> None:
        item = QListWidgetItem()
        self._write(item, point)
        self.list.addItem(item)
        self.list.setCurrentItem(item)
        self._refresh()

    def _write(self, item: QListWidgetItem, point: CruisePoint) -> None:
        name = self._names.get(point.preset, self.tr("(deleted preset)"))
        text = self.tr("{number}  {name}   –   {dwell} s, {speed} %").format(
            number=point.preset, name=name, dwell=round(point.dwell_s), speed=round(point.speed * 100)
        )
        item.setText(text)
        item.setData(_POINT, (point.preset, point.dwell_s, point.speed))
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)  # between points, never onto one

    def _on_remove(self) -> None:
        self.list.takeItem(self.list.currentRow())
        self._refresh()

    def _on_figures(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            point = _point(item)
            self._write(item, CruisePoint(point.preset, float(self.dwell_spin.value()), self.speed_spin.value() / 100))

    def _refresh(self) -> None:
        item = self.list.currentItem()
        for widget in (self.remove_button, self.dwell_spin, self.speed_spin):
            widget.setEnabled(item is not None)
        if item is not None:
            point = _point(item)
            for spin, value in ((self.dwell_spin, point.dwell_s), (self.speed_spin, point.speed * 100)):
                spin.blockSignals(True)
                spin.setValue(round(value))
                spin.blockSignals(False)
        self.add_button.setEnabled(self.preset_box.count() > 0)
        self.add_button.setToolTip("" if self._names else self.tr("The camera has no presets yet."))
        self._save.setEnabled(bool(self.cruise_name) and self.list.count() > 0)


def _point(item: QListWidgetItem) -> CruisePoint:
    preset, dwell_s, speed = item.data(_POINT)
    return CruisePoint(preset, dwell_s, speed)
