"""The dialog for one center: its kind, and what that kind asks for; whether it is there, before it is saved."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from wallclient.domain.center_config import CenterConfig, Family, is_encrypted, new_key, new_site, typed_address
from wallclient.domain.errors import BadAddress, WallError
from wallclient.services.center_makes import MAKES, CenterMake, make_of
from wallclient.services.center_probe import Probe, ProbeResult, probe
from wallclient.ui.background import Background
from wallclient.ui.center_text import family_hint, family_text, probe_text, unencrypted_text
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.icons import icon
from wallclient.ui.list_page import ListPage
from wallclient.ui.onvif_page import OnvifPage
from wallclient.ui.text import error_text
from wallclient.ui.theme import COLORS, Metrics

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

_SITE_WIDTH_CHARS = 62


class CenterDialog(PlainDialog):
    """Adds a center, or changes one."""

    saved = Signal(str)  # the center's key

    def __init__(
        self,
        centers: "Centers",
        background: Background,
        metrics: Metrics,
        config: CenterConfig | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`config` is the center to change; None: a new one."""
        super().__init__(self.tr("Add center") if config is None else self.tr("Edit center"), metrics, parent)
        self._centers = centers
        self._background = background
        self._metrics = metrics
        self._is_new = config is None
        self._config = config or CenterConfig(new_key(), "")
        self._task: asyncio.Task[None] | None = None
        self._asked: CenterConfig | None = None  # whom the outcome on show is about
        self._outcome: Probe | None = None
        self._pages: dict[Family, tuple[CenterConfig, ListPage | OnvifPage]] = {}
        self._make_fields()
        self._add_form()
        self.unencrypted = self.warning(unencrypted_text())
        self.outcome = self.hint("")
        self.switch_button = _button("", self._on_switch)
        self.body.addWidget(self.switch_button)
        self._add_buttons()
        self.kind_box.currentIndexChanged.connect(self._on_kind)
        for edit in (self.address_edit, self.ca_edit):
            edit.textChanged.connect(self._on_typed)
        self._on_kind()

    # --- parts ---

    def _make_fields(self) -> None:
        config, metrics = self._config, self._metrics
        self.kind_box = QComboBox()
        self._fill_kinds()
        self.address_edit = QLineEdit("" if config.is_site else config.url)
        self.name_edit = QLineEdit(config.name)
        self.name_edit.setMaxLength(80)
        self.ca_edit = QLineEdit(config.ca_file)
        self.ca_edit.setPlaceholderText(self.tr("The authorities this computer trusts"))
        self.ca_edit.setMinimumWidth(metrics.text_px * 20)
        self.media_edit = QLineEdit(config.media_host)
        self.media_edit.setPlaceholderText(self.tr("As the center says"))
        self.media_edit.setToolTip(
            self.tr("Takes the place of the host in addresses of streams, where the center names one only it can reach")
        )
        self.ca_row = QWidget()
        row = QHBoxLayout(self.ca_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.space_px)
        row.addWidget(self.ca_edit, 1)
        row.addWidget(_button(self.tr("Choose…"), self._on_choose))

    def _fill_kinds(self) -> None:
        """Offer all kinds for a new center; for another one those it can be mistaken for."""
        own = make_of(self._config)
        for make in MAKES:
            if self._is_new or own is None or own is make or not (own.is_site or make.is_site):
                self.kind_box.addItem(icon(make.icon, COLORS.accent), family_text(make.family), make.family.value)
        self.kind_box.setCurrentIndex(max(0, self.kind_box.findData(self._config.adapter)))
        self.kind_box.setEnabled(self.kind_box.count() > 1)

    def _add_form(self) -> None:
        self._form = QFormLayout()
        self._form.setVerticalSpacing(self._metrics.space_px * 3 // 2)
        self._form.setHorizontalSpacing(self._metrics.space_px * 2)
        self._form.addRow(self.tr("Kind"), self.kind_box)
        self.body.addLayout(self._form)
        self.kind_hint = self.hint("")
        self._form.addRow("", self.kind_hint)
        self._form.addRow(self.tr("Address"), self.address_edit)
        self._form.addRow(self.tr("Name"), self.name_edit)
        self._form.addRow(self.tr("Own authority"), self.ca_row)
        self._form.addRow(self.tr("Host of streams"), self.media_edit)

    def _add_buttons(self) -> None:
        self.test_button = _button(self.tr("Test"), self._on_test)
        self.buttons.addButton(self.test_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.save_button.setDefault(True)

    # --- the kind ---

    @property
    def make(self) -> CenterMake:
        """The kind chosen."""
        return next(make for make in MAKES if make.family == self.kind_box.currentData())

    def choose(self, family: Family) -> None:
        """Choose a kind; one that is not offered changes nothing."""
        if (row := self.kind_box.findData(family.value)) >= 0:
            self.kind_box.setCurrentIndex(row)

    def _on_kind(self) -> None:
        make = self.make
        self.kind_hint.setText(family_hint(make.family))
        for field in (self.address_edit, self.ca_row):
            self._form.setRowVisible(field, not make.is_site)
        self._form.setRowVisible(self.media_edit, make.asks_media_host)
        self.address_edit.setPlaceholderText(make.example)
        self.name_edit.setPlaceholderText(
            family_text(make.family) if make.is_site else self.tr("As the center calls itself")
        )
        self.test_button.setVisible(not make.is_site)
        self._show_page(make)
        self.setMinimumWidth(self._metrics.text_px * (_SITE_WIDTH_CHARS if make.is_site else 44))
        self.outcome.setMinimumHeight(0 if make.is_site else self._metrics.text_px * 3)
        self.outcome.setVisible(not make.is_site)
        self._on_typed()

    @property
    def page(self) -> ListPage | OnvifPage | None:
        """What the kind chosen has besides fields: sites have one."""
        return self._pages[self.make.family][1] if self.make.family in self._pages else None

    def _show_page(self, make: CenterMake) -> None:
        if make.is_site and make.family not in self._pages:
            config = new_site(make.family, "") if self._is_new else self._config
            page = self._new_page(make.family, config.key)
            self._pages[make.family] = config, page
            page.changed.connect(self._on_typed)
            page.failed.connect(self.show_error)
            self.body.insertWidget(1, page, 1)
        for family, (_, page) in self._pages.items():
            page.setVisible(family is make.family)

    def _new_page(self, family: Family, key: str) -> ListPage | OnvifPage:
        makes = self._centers.makes
        if family is Family.ONVIF:
            return OnvifPage(makes.onvif, key, self._background, self._metrics)
        return ListPage(makes.lists, key, self._background, self._metrics)

    # --- saving ---

    def accept(self) -> None:
        """Save and close; a new center has to be there, or the operator to insist."""
        if self._task is None:
            self._task = self._background.start(self._save())

    def done(self, result: int) -> None:
        """Close, also while a test is under way."""
        if self._task is not None and not result:
            self._task.cancel()
        for _, page in self._pages.values():
            page.close_down()
        super().done(result)

    def _typed(self) -> CenterConfig:
        """Return the center as it stands in the fields. Raises BadAddress."""
        make, name = self.make, self.name_edit.text().strip()
        if make.is_site:
            return replace(self._pages[make.family][0], name=name or family_text(make.family))
        url = typed_address(self.address_edit.text())
        media = self.media_edit.text().strip() if make.asks_media_host else ""
        ca_file = self.ca_edit.text().strip()
        return replace(self._config, url=url, name=name, ca_file=ca_file, media_host=media, adapter=make.family.value)

    async def _save(self) -> None:
        try:
            config = self._typed()
            if await (self._site_is_kept(config) if self.make.is_site else self._may_be_saved(config)):
                await self._take(config)
                super().accept()
                self.saved.emit(config.key)
        except WallError as err:
            self.show_error(error_text(err))
        finally:
            self._task = None

    async def _take(self, config: CenterConfig) -> None:
        if any(known.key == config.key for known in self._centers.configs):
            await self._centers.change(config)
            if self.make.is_site:
                self._centers.reread(config.key)
        else:
            self._centers.add(config)

    async def _site_is_kept(self, config: CenterConfig) -> bool:
        assert self.page is not None
        if lack := self.page.lack():
            self.show_error(lack)
            return False
        self.save_button.setEnabled(False)
        try:
            await self.page.keep(config)
        finally:
            self.save_button.setEnabled(True)
        return True

    async def _may_be_saved(self, config: CenterConfig) -> bool:
        """Tell whether a new center answered, or the operator has seen that it did not and insists."""
        if not self._is_new or config == self._asked:
            return True
        await self._ask(config)
        return self._outcome is not None and self._outcome.result is ProbeResult.GOOD

    # --- trying out ---

    def _on_test(self) -> None:
        if self._task is None:
            self._task = self._background.start(self._test())

    async def _test(self) -> None:
        try:
            await self._ask(self._typed())
        except BadAddress:
            self._show_outcome(Probe(ProbeResult.BAD_ADDRESS))
        except WallError as err:
            self._say(error_text(err), "bad")
        finally:
            self._task = None

    async def _ask(self, config: CenterConfig) -> None:
        self.test_button.setEnabled(False)
        self._say(self.tr("Asking the center…"), "hint")
        try:
            found = await probe(config)
        finally:
            self.test_button.setEnabled(True)
        self._asked = config
        self._show_outcome(found)

    def _show_outcome(self, found: Probe) -> None:
        self._outcome = found
        good = found.result is ProbeResult.GOOD
        self._say(probe_text(found), "good" if good else "bad")
        if found.family is not None:
            self.switch_button.setText(self.tr("Take it as “{kind}”").format(kind=family_text(found.family)))
        self.switch_button.setVisible(found.family is not None)
        self.save_button.setText(self.tr("Save") if good or not self._is_new else self.tr("Save all the same"))

    def _on_switch(self) -> None:
        if self._outcome is not None and self._outcome.family is not None:
            self.choose(self._outcome.family)
            self._on_test()

    def _say(self, text: str, level: str) -> None:
        self.outcome.setText(text)
        self.outcome.setProperty("level", level)
        self.outcome.style().unpolish(self.outcome)
        self.outcome.style().polish(self.outcome)

    def _on_typed(self) -> None:
        try:
            url = typed_address(self.address_edit.text()) if self.address_edit.text().strip() else "https://"
        except BadAddress:
            url = "https://"
        self.unencrypted.setVisible(not self.make.is_site and not is_encrypted(url))
        self.save_button.setText(self.tr("Save"))
        self.switch_button.hide()
        self._asked = self._outcome = None
        self._say("", "hint")
        self.show_error("")

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Certificate of the authority"), self.ca_edit.text())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Certificates (*.pem *.crt *.cer)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.ca_edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _button(text: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button
