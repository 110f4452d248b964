"""Finding ONVIF cameras: asked for on the networks chosen or typed by address, then logged in to, one by one."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from wallclient.domain.errors import BadAddress, WallError
from wallclient.domain.onvif import NewOnvifCamera, OnvifAddress, OnvifCameraInfo, OnvifFound, OnvifInterface
from wallclient.services import onvif_discovery
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.icons import icon
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_INTERFACES = 8
_ADDRESS, _NAME, _RESULT = range(3)


@dataclass
class _Candidate:
    """A device that was found or typed, and its row."""

    found: OnvifFound
    item: QTreeWidgetItem
    is_added: bool = False


class OnvifFindDialog(PlainDialog):
    """Tells of each camera it has logged in to; closing it gives up what is under way."""

    cameras_found = Signal(object)  # tuple[NewOnvifCamera, ...]: the pictures of one device

    def __init__(
        self, background: Background, metrics: Metrics, known: frozenset[str], parent: QWidget | None = None
    ) -> None:
        """`known` are the origins of cameras the site has already."""
        super().__init__(self.tr("Find cameras"), metrics, parent)
        self._background, self._metrics, self._known = background, metrics, known
        self._candidates: dict[str, _Candidate] = {}
        self._task: asyncio.Task[None] | None = None
        self.checks: dict[OnvifInterface, QCheckBox] = {}
        self.search_button = _button(self.tr("Search"), self._on_search)
        self.address_edit = QLineEdit()
        self.address_edit.setPlaceholderText("192.168.1.64, 192.168.1.64:8000, https://camera.example")
        self.address_button = _button(self.tr("Add to the list"), self._on_address)
        self.address_edit.installEventFilter(self)
        self.tree = QTreeWidget()
        self._set_up_tree()
        self.user_edit, self.password_edit, self.folder_edit = QLineEdit("admin"), QLineEdit(), QLineEdit()
        self.password_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.folder_edit.setPlaceholderText(self.tr("Such as Yuzhong/Jiefangbei; empty: at the top"))
        self._lay_out()
        self.summary = self.hint("")
        self.add_button = self.buttons.addButton(self.tr("Log in and add"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.add_button.setDefault(True)
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.tree.itemChanged.connect(self._refresh)
        self._refresh()

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setHeaderLabels([self.tr("Address"), self.tr("What it says it is"), self.tr("Log-in")])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        tree.setMinimumSize(self._metrics.text_px * 62, self._metrics.row_px * 8)
        tree.header().resizeSection(_ADDRESS, self._metrics.text_px * 12)
        tree.header().resizeSection(_NAME, self._metrics.text_px * 15)
        tree.header().setSectionResizeMode(_RESULT, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        space = self._metrics.space_px
        networks = QHBoxLayout()
        networks.setSpacing(space * 2)
        for one in onvif_discovery.interfaces()[:_MOST_INTERFACES]:
            check = QCheckBox(f"{one.name}  {one.address}")
            check.setChecked(not one.address.startswith("127."))
            networks.addWidget(check)
            self.checks[one] = check
        networks.addStretch(1)
        networks.addWidget(self.search_button)
        address = QHBoxLayout()
        address.setSpacing(space)
        address.addWidget(self.address_edit, 1)
        address.addWidget(self.address_button)
        form = _form(self._metrics)
        form.addRow(self.tr("Networks"), networks)
        form.addRow(self.tr("By address"), address)
        self.body.addLayout(form)
        self.body.addWidget(self.tree, 1)
        log_in = _form(self._metrics)
        log_in.addRow(self.tr("User"), self.user_edit)
        log_in.addRow(self.tr("Password"), self.password_edit)
        log_in.addRow(self.tr("Folder in the tree"), self.folder_edit)
        self.body.addLayout(log_in)

    # --- candidates ---

    def _on_search(self) -> None:
        chosen = [one for one, check in self.checks.items() if check.isChecked()]
        if self._task is None:
            self._task = self._background.start(self._search(chosen))

    async def _search(self, chosen: "Sequence[OnvifInterface]") -> None:
        self._set_busy(self.tr("Searching the networks…"))
        try:
            found = await onvif_discovery.discover(chosen)
        finally:
            self._task = None
            self._set_busy("")
        for one in found:
            self._add_candidate(one)
        text = (
            self.tr("{count} cameras have answered.")
            if found
            else self.tr("No camera has answered. Cameras behind a router have to be added by their address.")
        )
        self.summary.setText(text.format(count=len(found)))

    def _on_address(self) -> None:
        try:
            address = onvif_discovery.read_address(self.address_edit.text().strip())
        except BadAddress:
            self.show_error(self.tr("This is no address of a camera."))
            return
        self.show_error("")
        self._add_candidate(OnvifFound(address))
        self.address_edit.clear()

    def _add_candidate(self, found: OnvifFound) -> None:
        origin = found.address.origin
        known = self._candidates.get(origin)
        if known is not None:
            known.item.setCheckState(_ADDRESS, Qt.CheckState.Checked)
            return
        item = QTreeWidgetItem([_shown(found.address), _told(found), ""])
        item.setCheckState(_ADDRESS, Qt.CheckState.Checked)
        for column in (_ADDRESS, _NAME):
            item.setToolTip(column, item.text(column))
        candidate = self._candidates[origin] = _Candidate(found, item)
        if origin in self._known:
            item.setCheckState(_ADDRESS, Qt.CheckState.Unchecked)
            self._say(candidate, self.tr("is in the site already"), "info", COLORS.text_dim)
        self.tree.addTopLevelItem(item)
        self._refresh()

    def _chosen(self) -> list[_Candidate]:
        checked = Qt.CheckState.Checked
        return [c for c in self._candidates.values() if not c.is_added and c.item.checkState(_ADDRESS) == checked]

    # --- logging in ---

    def accept(self) -> None:
        """Log in to what is ticked; what refuses stays ticked, for another password."""
        if self._task is None and self._chosen():
            self._task = self._background.start(self._log_in_to_all(self._chosen()))

    async def _log_in_to_all(self, chosen: list[_Candidate]) -> None:
        self._set_busy(self.tr("Logging in…"))
        for candidate in chosen:
            self._say(candidate, self.tr("Logging in…"))
        try:
            done = await asyncio.gather(*(self._log_in_to(candidate) for candidate in chosen))
        finally:
            self._task = None
            self._set_busy("")
        text = self.tr("{added} added, {refused} not.")
        self.summary.setText(text.format(added=sum(done), refused=len(done) - sum(done)))
        self.password_edit.selectAll()

    async def _log_in_to(self, candidate: _Candidate) -> bool:
        user, password = self.user_edit.text().strip(), self.password_edit.text()
        try:
            info = await onvif_discovery.look_at(candidate.found.address, user, password)
        except WallError as err:
            self._say(candidate, error_text(err), "warning", COLORS.bad)
            return False
        if not info.sources:
            self._say(candidate, self.tr("It has no pictures."), "warning", COLORS.bad)
            return False
        candidate.is_added = True
        candidate.item.setCheckState(_ADDRESS, Qt.CheckState.Unchecked)
        candidate.item.setText(_NAME, f"{info.maker} {info.model}".strip() or candidate.item.text(_NAME))
        self._say(candidate, self._welcome(info), "check", COLORS.ok)
        self.cameras_found.emit(self._cameras(candidate.found, info, user, password))
        return True

    def _welcome(self, info: OnvifCameraInfo) -> str:
        words = [self.tr("added")]
        if len(info.sources) > 1:
            words.append(self.tr("{count} pictures").format(count=len(info.sources)))
        if info.clock_offset_s is not None and abs(info.clock_offset_s) >= 5:
            words.append(self.tr("its clock is {seconds} s off").format(seconds=f"{info.clock_offset_s:+.0f}"))
        return ", ".join(words)

    def _cameras(
        self, found: OnvifFound, info: OnvifCameraInfo, user: str, password: str
    ) -> tuple[NewOnvifCamera, ...]:
        path = tuple(part.strip() for part in self.folder_edit.text().replace("\\", "/").split("/") if part.strip())
        base = f"{found.name or info.model or info.maker} {info.address.host}".strip()
        several = len(info.sources) > 1
        return tuple(
            NewOnvifCamera(
                path,
                f"{base} {source.name or number}" if several else base,
                info.address,
                user,
                password,
                source.token,
                maker=info.maker,
                model=info.model,
                can_move=source.can_move,
            )
            for number, source in enumerate(info.sources, 1)
        )

    # --- what is shown ---

    def _say(self, candidate: _Candidate, text: str, icon_name: str = "", color: str = "") -> None:
        candidate.item.setText(_RESULT, text)
        candidate.item.setToolTip(_RESULT, text)
        if icon_name:
            candidate.item.setIcon(_RESULT, icon(icon_name, color, self._metrics.icon_px * 3 // 4))

    def _set_busy(self, text: str) -> None:
        self.summary.setText(text)
        self.search_button.setEnabled(not text)
        self._refresh()

    def _refresh(self) -> None:
        self.add_button.setEnabled(self._task is None and bool(self._chosen()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Return add the address: the dialog would take it for its button and log in."""
        pressed = watched is self.address_edit and event.type() is QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_address()
            return True
        return super().eventFilter(watched, event)

    def done(self, result: int) -> None:
        """Close; a log-in that is under way adds nothing any more."""
        if self._task is not None:
            self._task.cancel()
        super().done(result)


def _shown(address: OnvifAddress) -> str:
    return address.origin.removeprefix("http://").removesuffix(":80")


def _told(found: OnvifFound) -> str:
    return "  ·  ".join(dict.fromkeys(word for word in (found.name, found.hardware, found.location) if word))


def _form(metrics: Metrics) -> QFormLayout:
    form = QFormLayout()
    form.setVerticalSpacing(metrics.space_px)
    form.setHorizontalSpacing(metrics.space_px * 2)
    return form


def _button(text: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button
