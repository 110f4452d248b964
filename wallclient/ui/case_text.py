"""Cases and what they gather, in words."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from wallclient.domain.case import CaseItem, ItemKind
from wallclient.ui.i18n import QT_TRANSLATE_NOOP
from wallclient.ui.playback_text import clock_text, date_text, length_text

_KINDS: dict[ItemKind, str] = {
    ItemKind.BOOKMARK: QT_TRANSLATE_NOOP("case_text", "Bookmark"),
    ItemKind.SNAPSHOT: QT_TRANSLATE_NOOP("case_text", "Snapshot"),
    ItemKind.CLIP: QT_TRANSLATE_NOOP("case_text", "Clip"),
}
KIND_ICONS = {ItemKind.BOOKMARK: "bookmark", ItemKind.SNAPSHOT: "snapshot", ItemKind.CLIP: "export"}


def kind_text(kind: str) -> str:
    """Name what an item is; a kind of a newer center in that center's word."""
    known = _KINDS.get(ItemKind(kind)) if kind in set(ItemKind) else None
    return QCoreApplication.translate("case_text", known) if known else kind


def moment_text(item: CaseItem, zone: ZoneInfo) -> str:
    """Say when an item was, by the clocks of a zone."""
    if item.start_ms is None:
        return ""
    text = f"{date_text(item.start_ms * 1000, zone)} {clock_text(item.start_ms * 1000, zone)}"
    if item.end_ms is not None and item.end_ms > item.start_ms:
        text += f"  ({length_text((item.end_ms - item.start_ms) * 1000)})"
    return text


def file_text(item: CaseItem) -> str:
    """Say where an item's file is: here, moved away, or on another computer. Looks at the disk."""
    if item.kind == ItemKind.BOOKMARK:
        return ""
    if not item.path:
        return QCoreApplication.translate("case_text", "on another computer")
    if not Path(item.path).is_file():
        return QCoreApplication.translate("case_text", "not there any more")
    return Path(item.path).name


def count_text(count: int) -> str:
    """Say how much a case gathers."""
    if count == 1:
        return QCoreApplication.translate("case_text", "1 item")
    return QCoreApplication.translate("case_text", "{count} items").format(count=count)


def told_of(items: Sequence[CaseItem]) -> str:
    """Name what was put into a case."""
    first = items[0]
    name = first.title or first.ref
    more = f" (+{len(items) - 1})" if len(items) > 1 else ""
    return f"{kind_text(first.kind)} {name}{more}"
