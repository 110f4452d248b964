"""Everything the mirror knows of a camera or node: its code taken apart, place, rights, state, and what is odd."""

from collections.abc import Iterator

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QLabel, QWidget

from wallclient.domain.catalog import Right
from wallclient.domain.catalog_view import CatalogRow
from wallclient.domain.gbcode import GbCode, Label, flaws, parse
from wallclient.domain.names import display_name
from wallclient.ui.catalog_text import flag_texts, word_text
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.text import right_text
from wallclient.ui.theme import Metrics

_LONGEST_ORIGINAL = 400


class CameraDetails(PlainDialog):
    """Shows one row. Texts can be selected and copied."""

    def __init__(
        self,
        row: CatalogRow,
        path: tuple[str, ...],
        original: tuple[str, str] | None,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        """`path`: names from the root down to the parent; `original`: name and code as the center told them."""
        super().__init__(row.name or self.tr("Without a name"), metrics, parent)
        self._path = path
        for text in self._warnings(row):
            self.warning(text)
        form = QFormLayout()
        form.setVerticalSpacing(metrics.space_px // 2)
        form.setHorizontalSpacing(metrics.space_px * 2)
        self.values: dict[str, str] = {}
        for title, value in (*self._place(row), *self._code(row.gb_code), *self._rest(row), *self._original(original)):
            self.values[title] = value
            label = QLabel(value)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(title, label)
        self.body.addLayout(form)
        self.setMinimumWidth(metrics.text_px * 36)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.AcceptRole)
        close.setDefault(True)

    def _warnings(self, row: CatalogRow) -> list[str]:
        wrong = [word_text(flaw) for flaw in flaws(row.gb_code)] if row.is_channel else []
        return [*flag_texts(row.flags), *wrong]

    def _place(self, row: CatalogRow) -> Iterator[tuple[str, str]]:
        yield self.tr("Belongs to"), " / ".join(self._path) or "—"
        yield self.tr("Kind"), word_text(row.camera_kind) if row.camera_kind else word_text(row.kind)
        if row.is_channel:
            yield self.tr("State"), word_text(row.state)
        else:
            yield self.tr("Cameras"), self.tr("{online} of {total} online").format(online=row.online, total=row.total)
        if row.place is not None:
            yield self.tr("Place"), word_text(row.place)
        if row.longitude is not None and row.latitude is not None:
            yield self.tr("Position"), f"{row.longitude:.6f}°, {row.latitude:.6f}° (WGS-84)"

    def _code(self, code: str) -> Iterator[tuple[str, str]]:
        if not code:
            return
        yield self.tr("Code"), code
        try:
            fields = parse(code)
        except ValueError:
            return
        yield self.tr("Civil code"), self._civil(fields)
        unknown = self.tr("unknown")
        yield self.tr("Industry"), f"{fields.industry:02d}  {_named(fields.industry_label) or unknown}"
        yield self.tr("Type"), f"{fields.type:03d}  {_named(fields.type_label) or unknown}"
        yield self.tr("Network"), f"{fields.network}  {_named(fields.network_label)}"
        yield self.tr("Serial number"), f"{fields.serial:06d}"

    def _civil(self, fields: GbCode) -> str:
        return f"{fields.civil_code}  {_named(fields.province_label) or self.tr('unknown')}"

    def _rest(self, row: CatalogRow) -> Iterator[tuple[str, str]]:
        if row.civil_code and not row.gb_code.startswith(row.civil_code):
            yield self.tr("Region"), row.civil_code
        if row.is_channel:
            yield self.tr("Sound"), self.tr("yes") if row.has_audio else self.tr("no")
            rights = [right_text(right) for right in Right if right in row.rights]
            yield self.tr("You may"), ", ".join(rights) or "—"
        yield self.tr("Key at the center"), display_name(row.id)

    def _original(self, original: tuple[str, str] | None) -> Iterator[tuple[str, str]]:
        """Show what can't be shown by its escapes: nothing in it may act on this window."""
        if original is not None:
            for title, text in zip((self.tr("Original name"), self.tr("Original code")), original, strict=True):
                yield title, ascii_kept(text)


def ascii_kept(text: str) -> str:
    """Return a text with every character that can't be shown written as its number."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:_LONGEST_ORIGINAL])
    return shown + ("…" if len(text) > _LONGEST_ORIGINAL else "")


def _named(label: Label | None) -> str:
    """Return a name in the language of the window."""
    if label is None:
        return ""
    return label.zh if QLocale().language() is QLocale.Language.Chinese else label.en
