"""Tells in the line at the foot what still waits to reach a center, and lists what a center refused."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialogButtonBox, QHeaderView, QToolButton, QTreeWidget, QTreeWidgetItem, QWidget

from wallclient.domain.errors import WallError
from wallclient.ui.background import Background
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.patrol_text import clock_text, duration_text, entry_text, refusal_text
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.patrols import Patrols

_REFRESH_MS = 1000
_PATIENCE_S = 3.0  # what is on its way for so long is not worth a word


class SpoolLabel(QToolButton):
    """Says how many records wait and since when; a click lists those refused. Hidden while there are none."""

    def __init__(self, patrols: "Patrols", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("SpoolLabel")
        self._patrols = patrols
        self._since: float | None = None  # monotonic
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.setInterval(_REFRESH_MS)
        patrols.outbox_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _key: str = "") -> None:
        """Show what is true now."""
        states = [self._patrols.of(key).outbox.state for key in self._patrols.keys]
        pending = sum(state.pending for state in states)
        aside = sum(state.aside for state in states)
        unwritten = sum(state.unwritten for state in states)
        self._since = (self._since or time.monotonic()) if pending else None
        age = time.monotonic() - self._since if self._since is not None else 0.0
        words = []
        if unwritten:
            words.append(self.tr("{count} records in memory only!").format(count=unwritten))
        if pending and age >= _PATIENCE_S:
            text = self.tr("{count} records wait for the center, since {age}")
            words.append(text.format(count=pending, age=duration_text(age)))
        if aside:
            words.append(self.tr("{count} records refused…").format(count=aside))
        color = COLORS.bad if aside or unwritten else COLORS.warning
        self.setStyleSheet(f"color: {color}")
        self.setText("   ".join(words))
        self.setVisible(bool(words))
        if pending and not self._timer.isActive():
            self._timer.start()
        elif not pending:
            self._timer.stop()


class RefusedDialog(PlainDialog):
    """Lists what centers refused, with the reasons; an entry may be tried again."""

    def __init__(
        self, patrols: "Patrols", background: Background, metrics: Metrics, parent: QWidget | None = None
    ) -> None:
        super().__init__("", metrics, parent)
        self.set_title(self.tr("Records the center refused"))
        self.setModal(False)
        self._patrols = patrols
        self._background = background
        self._rows: list[tuple[str, str]] = []  # center key, entry key
        self.hint(self.tr("They are kept on this computer. Nothing is lost; tell the center's administrator."))
        self.list = QTreeWidget()
        self.list.setHeaderLabels([self.tr("Time"), self.tr("Record"), self.tr("Reason")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setMinimumSize(metrics.text_px * 46, metrics.row_px * 8)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.body.addWidget(self.list, 1)
        self.retry_button = self.buttons.addButton(self.tr("Try again"), QDialogButtonBox.ButtonRole.ActionRole)
        self.retry_button.clicked.connect(lambda: background.start(self._retry()))
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        self.list.itemSelectionChanged.connect(self._refresh)
        self._refresh()
        background.start(self._read())

    def _refresh(self) -> None:
        self.retry_button.setEnabled(bool(self.list.selectedItems()))

    async def _read(self) -> None:
        self.list.clear()
        self._rows = []
        for key in self._patrols.keys:
            try:
                entries = await self._patrols.of(key).outbox.aside()
            except WallError as err:
                self.show_error(error_text(err))
                continue
            for entry in entries:
                made = clock_text(datetime.fromtimestamp(entry.made_s, UTC))
                self.list.addTopLevelItem(QTreeWidgetItem([made, entry_text(entry.kind), refusal_text(entry.reason)]))
                self._rows.append((key, entry.key))

    async def _retry(self) -> None:
        chosen = [self._rows[index.row()] for index in self.list.selectionModel().selectedRows()]
        for key, entry_key in chosen:
            try:
                await self._patrols.of(key).outbox.retry(entry_key)
            except WallError as err:
                self.show_error(error_text(err))
        await self._read()
