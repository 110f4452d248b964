"""Sentences about the mirrors and what they hold: kinds, places, orders, oddities, how fresh the tree is."""

import time

from PySide6.QtCore import QCoreApplication

from wallclient.domain.catalog import ChannelState
from wallclient.domain.catalog_view import Hierarchy, NodeFlag, SortBy, SyncPhase, SyncState
from wallclient.domain.gbcode import CodeFlaw
from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory
from wallclient.ui.i18n import QT_TRANSLATE_NOOP

Word = Hierarchy | SortBy | ChannelState | CameraKind | NodeKind | PlaceCategory | CodeFlaw | NodeFlag
_TEXTS: tuple[tuple[Word, str], ...] = (
    (Hierarchy.GROUPS, QT_TRANSLATE_NOOP("catalog_text", "Business groups")),
    (Hierarchy.REGIONS, QT_TRANSLATE_NOOP("catalog_text", "Administrative regions")),
    (SortBy.CENTER, QT_TRANSLATE_NOOP("catalog_text", "As the center orders them")),
    (SortBy.NAME, QT_TRANSLATE_NOOP("catalog_text", "By name")),
    (SortBy.CODE, QT_TRANSLATE_NOOP("catalog_text", "By code")),
    (ChannelState.OFFLINE, QT_TRANSLATE_NOOP("catalog_text", "Offline")),
    (ChannelState.VIDEO_LOST, QT_TRANSLATE_NOOP("catalog_text", "Video lost")),
    (CameraKind.DOME, QT_TRANSLATE_NOOP("catalog_text", "Dome camera")),
    (CameraKind.BOX, QT_TRANSLATE_NOOP("catalog_text", "Box camera")),
    (CameraKind.PTZ, QT_TRANSLATE_NOOP("catalog_text", "PTZ camera")),
    (NodeKind.CITY, QT_TRANSLATE_NOOP("catalog_text", "City")),
    (NodeKind.DISTRICT, QT_TRANSLATE_NOOP("catalog_text", "District")),
    (NodeKind.GROUP, QT_TRANSLATE_NOOP("catalog_text", "Group")),
    (NodeKind.CHANNEL, QT_TRANSLATE_NOOP("catalog_text", "Camera")),
    (NodeKind.CENTER, QT_TRANSLATE_NOOP("catalog_text", "Center")),
    (PlaceCategory.HOTEL, QT_TRANSLATE_NOOP("catalog_text", "Hotel")),
    (PlaceCategory.MALL, QT_TRANSLATE_NOOP("catalog_text", "Shopping mall")),
    (PlaceCategory.SQUARE, QT_TRANSLATE_NOOP("catalog_text", "Square")),
    (PlaceCategory.INTERNET_CAFE, QT_TRANSLATE_NOOP("catalog_text", "Internet café")),
    (PlaceCategory.ENTERTAINMENT, QT_TRANSLATE_NOOP("catalog_text", "Entertainment")),
    (PlaceCategory.SCHOOL, QT_TRANSLATE_NOOP("catalog_text", "School")),
    (PlaceCategory.HOSPITAL, QT_TRANSLATE_NOOP("catalog_text", "Hospital")),
    (PlaceCategory.ROAD, QT_TRANSLATE_NOOP("catalog_text", "Road")),
    (PlaceCategory.BRIDGE, QT_TRANSLATE_NOOP("catalog_text", "Bridge")),
    (PlaceCategory.RESIDENTIAL, QT_TRANSLATE_NOOP("catalog_text", "Residential area")),
    (CodeFlaw.LENGTH, QT_TRANSLATE_NOOP("catalog_text", "The code does not have 20 digits.")),
    (CodeFlaw.NOT_DIGITS, QT_TRANSLATE_NOOP("catalog_text", "The code holds more than digits.")),
    (CodeFlaw.PROVINCE, QT_TRANSLATE_NOOP("catalog_text", "GB/T 2260 has no such province.")),
    (CodeFlaw.GAP_IN_CENTER, QT_TRANSLATE_NOOP("catalog_text", "A lower tier is given below an empty one.")),
    (CodeFlaw.INDUSTRY, QT_TRANSLATE_NOOP("catalog_text", "GB/T 28181 has no such industry.")),
    (CodeFlaw.TYPE, QT_TRANSLATE_NOOP("catalog_text", "GB/T 28181 has no such type.")),
    (NodeFlag.BAD_CODE, QT_TRANSLATE_NOOP("catalog_text", "The code breaks the rules of GB/T 28181.")),
    (
        NodeFlag.DUPLICATE,
        QT_TRANSLATE_NOOP("catalog_text", "The center names it twice; the last entry counts."),
    ),
    (NodeFlag.ORPHAN, QT_TRANSLATE_NOOP("catalog_text", "The center hangs it below something that does not exist.")),
    (NodeFlag.CYCLE, QT_TRANSLATE_NOOP("catalog_text", "The center hangs it below itself.")),
    (NodeFlag.ODD_TEXT, QT_TRANSLATE_NOOP("catalog_text", "Name or code hold characters that can't be shown.")),
    (SortBy.ONLINE, QT_TRANSLATE_NOOP("catalog_text", "Online first")),
    (ChannelState.ONLINE, QT_TRANSLATE_NOOP("catalog_text", "Online")),
    (CameraKind.CHECKPOINT, QT_TRANSLATE_NOOP("catalog_text", "Checkpoint camera")),
    (PlaceCategory.CHECKPOINT, QT_TRANSLATE_NOOP("catalog_text", "Checkpoint")),
    (NodeKind.STATION, QT_TRANSLATE_NOOP("catalog_text", "Police station")),
    (PlaceCategory.STATION, QT_TRANSLATE_NOOP("catalog_text", "Railway or bus station")),
)
_BY_WORD = {(type(word), word): text for word, text in _TEXTS}  # words of two kinds may be equal as texts


def word_text(word: Word) -> str:
    """Name a kind, place, order, state, or say an oddity in a sentence."""
    return QCoreApplication.translate("catalog_text", _BY_WORD[type(word), word])


def flag_texts(flags: NodeFlag) -> list[str]:
    """Say what is odd about a node, in a sentence each."""
    return [word_text(flag) for flag in NodeFlag if flag in flags]


def age_text(synced_unix_s: float | None, now_unix_s: float | None = None) -> str:
    """Say how old the tree is."""
    if synced_unix_s is None:
        return QCoreApplication.translate("catalog_text", "not read to the end yet")
    seconds = max(0.0, (time.time() if now_unix_s is None else now_unix_s) - synced_unix_s)
    for unit_s, text in (
        (86400, QT_TRANSLATE_NOOP("catalog_text", "as of {count} d ago")),
        (3600, QT_TRANSLATE_NOOP("catalog_text", "as of {count} h ago")),
        (60, QT_TRANSLATE_NOOP("catalog_text", "as of {count} min ago")),
    ):
        if seconds >= unit_s:
            return QCoreApplication.translate("catalog_text", text).format(count=int(seconds // unit_s))
    return QCoreApplication.translate("catalog_text", "as of just now")


def sync_text(state: SyncState) -> str:
    """Say how it stands with a mirror; empty while there is nothing to say."""
    progress = state.progress
    if state.phase is SyncPhase.FETCHING and progress is not None:
        text = QCoreApplication.translate("catalog_text", "{rows} of {total} rows, {rate}/s")
        return text.format(rows=f"{progress.rows:,}", total=f"{progress.total:,}", rate=f"{progress.rows_per_s:,.0f}")
    if state.phase is SyncPhase.FETCHING:
        return QCoreApplication.translate("catalog_text", "reading the tree…")
    if state.phase is SyncPhase.CANCELLED:
        return QCoreApplication.translate("catalog_text", "reading was stopped") + ", " + age_text(state.synced_unix_s)
    if state.read_only:
        return QCoreApplication.translate("catalog_text", "kept by another running program")
    return ""
