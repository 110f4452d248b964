"""Presets of the selected pane's camera as pictures with number and name: a click goes there."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from wallclient.domain.errors import WallError
from wallclient.domain.ptz import Preset, PtzAbility
from wallclient.services.presets import Presets
from wallclient.ui.background import Background
from wallclient.ui.dialogs import NameDialog, QuestionDialog
from wallclient.ui.ptz_pilot import PtzPilot
from wallclient.ui.theme import COLORS, Metrics, ui_font

if TYPE_CHECKING:
    from wallclient.services.wall_pane import WallPane

Grab = Callable[[], QImage | None]  # the picture of the selected pane as it is now; None where there is none
_PICTURE = Qt.ItemDataRole.UserRole + 1


class _PresetDelegate(QStyledItemDelegate):
    """Paints a thumbnail, and below it number and name."""

    def __init__(self, size: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self._size = size

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the same size for all."""
        return self._size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one preset."""
        rect = option.rect
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        picture: QPixmap = index.data(_PICTURE)
        size = picture.deviceIndependentSize().toSize()
        left = rect.x() + (rect.width() - size.width()) // 2
        painter.drawPixmap(left, rect.y() + 2, picture)
        if hovered:
            painter.setPen(QColor(COLORS.accent))
            painter.drawRect(left, rect.y() + 2, size.width() - 1, size.height() - 1)
        font = option.font
        text = QRect(left, rect.y() + size.height() + 3, size.width(), rect.height() - size.height() - 4)
        number = str(index.data(Qt.ItemDataRole.UserRole))
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(COLORS.warning))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, number)
        room = text.adjusted(metrics.horizontalAdvance(number) + metrics.averageCharWidth(), 0, 0, 0)
        painter.setPen(QColor(COLORS.accent_text if hovered else COLORS.text))
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)


class PtzPresetList(QListWidget):
    """Follows the pilot's camera. Keys 1 to 9 are the wall's to take."""

    dialog_requested = Signal(object)  # PlainDialog to be shown by the window

    def __init__(
        self,
        pilot: PtzPilot,
        presets: Presets,
        grab: Grab,
        background: Background,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("PresetList")
        self._pilot = pilot
        self._presets = presets
        self._grab = grab
        self._background = background
        self._metrics = metrics
        self._shown: tuple[Preset, ...] = ()
        self._channel_id = ""
        width = round(metrics.text_px * 8.2)
        self._picture_px = QSize(width, width * 9 // 16)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        size = self._picture_px + QSize(metrics.space_px, round(metrics.text_px * 2.1))
        self.setGridSize(size)
        self.setItemDelegate(_PresetDelegate(size, self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.itemClicked.connect(lambda item: self._pilot.recall(item.data(Qt.ItemDataRole.UserRole)))
        presets.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Look at the camera again."""
        target = self._pilot.target
        channel_id = target.id if target and self._pilot.lack(PtzAbility.PRESETS) is None else ""
        if channel_id != self._channel_id:
            self._channel_id = channel_id
            self._presets.follow(self, [channel_id] if channel_id else [])
        self._fill()

    def close_down(self) -> None:
        """Follow no camera any more."""
        self._channel_id = ""
        self._presets.follow(self, [])

    @property
    def is_known(self) -> bool:
        """Tell whether the presets of the camera have been read."""
        return bool(self._channel_id) and self._presets.known(self._channel_id) is not None

    @property
    def error(self) -> WallError | None:
        """Why they could not be read."""
        return self._presets.error_of(self._channel_id) if self._channel_id else None

    def _on_changed(self, channel_id: str) -> None:
        if channel_id == self._channel_id:
            self._fill()

    def _fill(self) -> None:
        presets = (self._presets.known(self._channel_id) if self._channel_id else None) or ()
        if presets == self._shown and self.count() == len(presets):
            return
        self._shown = presets
        self.clear()
        for preset in presets:
            item = QListWidgetItem(preset.name)
            item.setData(Qt.ItemDataRole.UserRole, preset.number)
            item.setToolTip(preset.name)
            item.setData(_PICTURE, self._picture(preset, None))
            self.addItem(item)
            if preset.picture_id:
                self._background.start(self._fetch(self._channel_id, preset))

    async def _fetch(self, channel_id: str, preset: Preset) -> None:
        try:
            jpeg = await self._presets.picture(channel_id, preset.picture_id)
        except WallError:
            return  # the number stands in its place
        if channel_id == self._channel_id and preset in self._shown:
            image = QImage.fromData(jpeg, "JPEG")  # type: ignore[arg-type]  # the stubs want bytes, Qt a str
            self.item(self._shown.index(preset)).setData(_PICTURE, self._picture(preset, image))

    def _picture(self, preset: Preset, image: QImage | None) -> QPixmap:
        """Draw a thumbnail, or the number in its place; what is no picture counts as none."""
        scale = self.devicePixelRatioF()
        picture = QPixmap(self._picture_px * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(QColor(COLORS.pane))
        painter = QPainter(picture)
        rect = QRect(QPoint(0, 0), self._picture_px)
        if image is not None and not image.isNull():
            fitted = image.scaled(
                self._picture_px * scale,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            fitted.setDevicePixelRatio(scale)
            painter.drawImage(QPoint(0, 0), fitted)
        else:
            painter.setFont(ui_font(self._picture_px.height() // 2, bold=True))
            painter.setPen(QColor(COLORS.line_strong))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(preset.number))
        painter.setPen(QColor(COLORS.line_strong))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.end()
        return picture

    # --- changing ---

    def add(self) -> None:
        """Ask for a name and keep the present position with the present picture."""
        channel_id = self._channel_id
        picture = self._grab()
        dialog = NameDialog(self.tr("New preset from here"), "", self._metrics, self.window())
        dialog.accepted.connect(
            lambda: self._if_still(channel_id, lambda: self._presets.add(channel_id, dialog.name, picture))
        )
        self.dialog_requested.emit(dialog)

    def _on_menu(self, position: QPoint) -> None:
        item = self.itemAt(position)
        if item is None or not self._channel_id:
            return
        preset = self._shown[self.row(item)]
        menu = self.menu(preset)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(position))

    def menu(self, preset: Preset) -> QMenu:
        """Return the menu of a preset."""
        menu = QMenu(self)
        menu.addAction(self.tr("Go there")).triggered.connect(lambda: self._pilot.recall(preset.number))
        menu.addSeparator()
        menu.addAction(self.tr("Rename…")).triggered.connect(lambda: self._rename(preset))
        menu.addAction(self.tr("Overwrite with the present position…")).triggered.connect(
            lambda: self._overwrite(preset)
        )
        menu.addAction(self.tr("Delete…")).triggered.connect(lambda: self._delete(preset))
        return menu

    def _rename(self, preset: Preset) -> None:
        channel_id = self._channel_id
        dialog = NameDialog(self.tr("Rename the preset"), preset.name, self._metrics, self.window())
        dialog.accepted.connect(
            lambda: self._if_still(channel_id, lambda: self._presets.rename(channel_id, preset.number, dialog.name))
        )
        self.dialog_requested.emit(dialog)

    def _overwrite(self, preset: Preset) -> None:
        channel_id = self._channel_id
        picture = self._grab()
        text = self.tr("Preset {number} “{name}” will stand for the present position. The former one is lost.")
        dialog = self._question(self.tr("Overwrite the preset"), text, self.tr("Overwrite"), preset)
        dialog.accepted.connect(
            lambda: self._if_still(
                channel_id, lambda: self._presets.overwrite(channel_id, preset.number, preset.name, picture)
            )
        )
        self.dialog_requested.emit(dialog)

    def _delete(self, preset: Preset) -> None:
        channel_id = self._channel_id
        text = self.tr("Preset {number} “{name}” and its picture will be gone, also from cruises.")
        dialog = self._question(self.tr("Delete the preset"), text, self.tr("Delete"), preset)
        dialog.accepted.connect(
            lambda: self._if_still(channel_id, lambda: self._presets.delete(channel_id, preset.number))
        )
        self.dialog_requested.emit(dialog)

    def _question(self, title: str, text: str, yes: str, preset: Preset) -> QuestionDialog:
        said = text.format(number=preset.number, name=preset.name)
        return QuestionDialog(title, said, yes, self._metrics, self.window())

    def _if_still(self, channel_id: str, work: Callable[[], object]) -> None:
        """Do it, unless another camera was selected while the operator was asked."""
        if channel_id and channel_id == self._channel_id:
            self._pilot.start(work())  # type: ignore[arg-type]  # a coroutine


def picture_of(pane: "WallPane") -> QImage | None:
    """Return a copy of the picture a pane shows now, None while it shows none that moves."""
    picture = pane.picture()
    if picture is None:
        return None
    image = QImage(picture.pixels, picture.width, picture.height, picture.stride_bytes, QImage.Format.Format_RGB32)
    return image.copy()
