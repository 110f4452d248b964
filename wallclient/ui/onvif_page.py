"""The part of a center's dialog that is about ONVIF cameras: which there are, more of them found, edited, taken out."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import WallError
from wallclient.domain.onvif import NewOnvifCamera, OnvifAddress, OnvifCamera
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.icons import icon
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.onvif_sites import OnvifSites


@dataclass
class SiteRow:
    """A camera as it would be saved: one the site has, with an id, or a new one."""

    camera: OnvifCamera | NewOnvifCamera
    password: str | None = None  # another one for a camera the site has
    is_changed: bool = False

    @property
    def door(self) -> tuple[OnvifAddress, str]:
        """What tells one picture of one device from all others."""
        return self.camera.address, self.camera.source


class OnvifPage(QWidget):
    """Holds what would be changed until `keep` does it."""

    changed = Signal()
    failed = Signal(str)  # a sentence

    def __init__(self, sites: "OnvifSites", key: str, background: Background, metrics: Metrics) -> None:
        """`key` is the center's."""
        super().__init__()
        self._sites, self._key, self._background, self._metrics = sites, key, background, metrics
        self.rows: list[SiteRow] = []
        self._gone: set[str] = set()  # ids of cameras to be taken out
        self.tree = QTreeWidget()
        self.find_button = _button(self.tr("Find cameras…"), self.find_cameras)
        self.edit_button = _button(self.tr("Edit…"), self._on_edit)
        self.remove_button = _button(self.tr("Take out of the list"), self._on_remove)
        self.summary = QLabel()
        self.summary.setObjectName("DialogHint")
        self._set_up_tree()
        row = QHBoxLayout()
        row.setSpacing(metrics.space_px)
        for button in (self.find_button, self.edit_button):
            row.addWidget(button)
        row.addWidget(self.summary, 1)
        row.addWidget(self.remove_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.space_px)
        layout.addWidget(self.tree, 1)
        layout.addLayout(row)
        self._fill()
        self._asking = background.start(self._read())

    def _set_up_tree(self) -> None:
        tree, metrics = self.tree, self._metrics
        tree.setHeaderLabels(
            [self.tr("Name"), self.tr("Folder in the tree"), self.tr("Address"), self.tr("Maker and model")]
        )
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        tree.setMinimumHeight(metrics.row_px * 7)
        for column, width in enumerate((17, 12, 14)):
            tree.header().resizeSection(column, metrics.text_px * width)
        tree.header().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        tree.itemSelectionChanged.connect(self._refresh)
        tree.itemDoubleClicked.connect(lambda _item: self._on_edit())

    # --- what the dialog asks ---

    def lack(self) -> str:
        """Say what is missing before it can be saved; empty: nothing."""
        return "" if self.rows else self.tr("Find a camera first.")

    async def keep(self, config: CenterConfig) -> None:
        """Do what was asked for. Raises KeyringFailed, StorageFailed, NotFound."""
        await self._sites.create(config.key, config.name)
        new = [row.camera for row in self.rows if isinstance(row.camera, NewOnvifCamera)]
        if self._gone:
            await self._sites.take_out(config.key, self._gone)
        if new:
            await self._sites.add(config.key, new)
        for row in self.rows:
            if isinstance(row.camera, OnvifCamera) and (row.is_changed or row.password is not None):
                await self._sites.edit(config.key, row.camera, row.password)

    def close_down(self) -> None:
        """Ask for nothing any more."""
        self._asking.cancel()

    # --- what the operator does ---

    def find_cameras(self) -> None:
        """Open the dialog that finds cameras."""
        known = frozenset(row.camera.address.origin for row in self.rows)
        from wallclient.ui.onvif_find import OnvifFindDialog  # here: it brings httpx, which most walls never need

        dialog = OnvifFindDialog(self._background, self._metrics, known, self.window())
        dialog.cameras_found.connect(self.add)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add(self, cameras: tuple[NewOnvifCamera, ...]) -> None:
        """Put cameras on the list; one that is on it already gets the log-in that has just worked."""
        for camera in cameras:
            row = next((row for row in self.rows if row.door == (camera.address, camera.source)), None)
            if row is None:
                self.rows.append(SiteRow(camera))
            elif isinstance(row.camera, OnvifCamera):
                row.camera = replace(row.camera, user=camera.user, maker=camera.maker, model=camera.model)
                row.password, row.is_changed = camera.password, True
            else:
                row.camera = camera
        self._fill()
        self.changed.emit()

    def _selected(self) -> list[SiteRow]:
        return [self.rows[self.tree.indexOfTopLevelItem(item)] for item in self.tree.selectedItems()]

    def _on_edit(self) -> None:
        selected = self._selected()
        if not selected:
            return
        dialog = OnvifCameraDialog(selected[0].camera, self._metrics, self.window())
        dialog.accepted.connect(lambda: self._take_edited(selected[0], dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_edited(self, row: SiteRow, dialog: "OnvifCameraDialog") -> None:
        name, path, user, password = dialog.typed()
        row.camera = replace(row.camera, name=name, path=path, user=user)
        row.is_changed = True
        if password and isinstance(row.camera, NewOnvifCamera):
            row.camera = replace(row.camera, password=password)
        elif password:
            row.password = password
        self._fill()
        self.changed.emit()

    def _on_remove(self) -> None:
        selected = self._selected()
        self._gone |= {row.camera.id for row in selected if isinstance(row.camera, OnvifCamera)}
        self.rows = [row for row in self.rows if all(row is not one for one in selected)]
        self._fill()
        self.changed.emit()

    # --- what is shown ---

    async def _read(self) -> None:
        try:
            site = await self._sites.site(self._key)
        except WallError as err:
            self.failed.emit(error_text(err))
            return
        self.rows = [SiteRow(camera) for camera in site.cameras] + self.rows
        self._fill()

    def _fill(self) -> None:
        self.tree.clear()
        for row in self.rows:
            camera = row.camera
            texts = (
                camera.name,
                "/".join(camera.path),
                camera.address.origin,
                f"{camera.maker} {camera.model}".strip(),
            )
            item = QTreeWidgetItem(list(texts))
            is_new = isinstance(camera, NewOnvifCamera)
            item.setIcon(0, icon("camera-dome", COLORS.ok if is_new else COLORS.text_dim, self._metrics.icon_px))
            for column, text in enumerate(texts):
                item.setToolTip(column, text)
            self.tree.addTopLevelItem(item)
        self._refresh()

    def _refresh(self) -> None:
        selected = len(self.tree.selectedItems())
        self.edit_button.setEnabled(selected == 1)
        self.remove_button.setEnabled(bool(selected))
        new = sum(isinstance(row.camera, NewOnvifCamera) for row in self.rows)
        text = self.tr("{count} cameras, {new} of them new.") if new else self.tr("{count} cameras.")
        self.summary.setText(text.format(count=len(self.rows), new=new) if self.rows else "")


class OnvifCameraDialog(PlainDialog):
    """Changes what is kept of one camera."""

    def __init__(self, camera: OnvifCamera | NewOnvifCamera, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Edit camera"), metrics, parent)
        self.name_edit, self.folder_edit = QLineEdit(camera.name), QLineEdit("/".join(camera.path))
        self.user_edit, self.password_edit = QLineEdit(camera.user), QLineEdit()
        self.name_edit.setMaxLength(80)
        self.password_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.password_edit.setPlaceholderText(self.tr("As it is"))
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px * 3 // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        form.addRow(self.tr("Address"), QLabel(camera.address.origin))
        form.addRow(self.tr("Name"), self.name_edit)
        form.addRow(self.tr("Folder in the tree"), self.folder_edit)
        form.addRow(self.tr("User"), self.user_edit)
        form.addRow(self.tr("Password"), self.password_edit)
        self.body.addLayout(form)
        save = self.buttons.addButton(self.tr("Apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        save.setDefault(True)
        self.name_edit.textChanged.connect(lambda text: save.setEnabled(bool(text.strip())))
        self.setMinimumWidth(metrics.text_px * 32)

    def typed(self) -> tuple[str, tuple[str, ...], str, str]:
        """Return name, folder, user and password; an empty password leaves the one there is."""
        parts = self.folder_edit.text().replace("\\", "/").split("/")
        path = tuple(part.strip() for part in parts if part.strip())
        return self.name_edit.text().strip(), path, self.user_edit.text().strip(), self.password_edit.text()


def _button(text: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button
