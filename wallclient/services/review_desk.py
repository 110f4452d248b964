"""What all panes of recorded footage share: the players, the clock, offsets set by hand, the reason given once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from wallclient.domain.audit import AuditKind
from wallclient.domain.bookmark import Bookmark
from wallclient.domain.global_id import key_of
from wallclient.player.review_pool import ReviewPool
from wallclient.services.playback_leases import Footages
from wallclient.services.review import SharedClock
from wallclient.services.review_pane import ReviewPane
from wallclient.storage.review import offsets_file

if TYPE_CHECKING:
    from wallclient.services.audit import AuditBook

_BACK_US = 60_000_000  # where the clock stands before anybody sets it: a minute ago
MOST_OFFSET_MS = 3_600_000

AskOperator = Callable[[str], Awaitable[str | None]]  # key of a center -> why the footage is wanted; None: he gave up


class ReviewDesk(QObject):
    """Makes panes of recorded footage. Lives on the UI thread."""

    offset_changed = Signal(str)  # global id of a channel

    def __init__(self, footages: Footages, folder: Path, audit: "AuditBook | None" = None) -> None:
        """`folder` is where offsets are kept."""
        super().__init__()
        self._audit = audit
        self.pool = ReviewPool()
        self.clock = SharedClock(round(time.time() * 1_000_000) - _BACK_US)
        self.ask_operator: AskOperator | None = None  # set by who has a window to ask in
        self._footages = footages
        self._file = offsets_file(folder)
        self._saved = self._file.load()
        self.set_aside = self._file.set_aside
        self._panes: set[ReviewPane] = set()
        self._asking: dict[str, asyncio.Task[str | None]] = {}
        self._reasons: dict[str, str] = {}

    def new_pane(self, *, noted: bool = True) -> ReviewPane:
        """Return an empty pane on the shared clock.

        What it opens goes to the audit trail, but for pictures beside a playback that is `noted` already.
        """
        note = self._note if noted else None
        pane = ReviewPane(self.clock, self.pool, self._footages, self.reason_for, self.offset_ms, note)
        self._panes.add(pane)
        return pane

    def drop(self, pane: ReviewPane) -> None:
        """Close a pane for good."""
        pane.close()
        self._panes.discard(pane)

    # -- audit trail -------------------------------------------------------------------------------

    def _note(self, kind: AuditKind, channel_id: str, start_ms: int, end_ms: int, reason: str) -> None:
        if self._audit is not None:
            self._audit.note(kind, [channel_id], start_ms, end_ms, reason=reason)

    def note_snapshot(self, channel_id: str, moment_ms: int, name: str, sha256: str) -> None:
        """Note that a picture of footage was kept as a file."""
        if self._audit is not None:
            reason, kind = self.reason_of(key_of(channel_id)), AuditKind.SNAPSHOT_TAKEN
            self._audit.note(kind, [channel_id], moment_ms, moment_ms, reason=reason, text=name, ref=sha256)

    def note_bookmark(self, kind: AuditKind, bookmark: Bookmark) -> None:
        """Note that a bookmark was saved or deleted."""
        if self._audit is not None and bookmark.channel_ids:
            span, reason = (bookmark.start_ms, bookmark.end_ms), self.reason_of(key_of(bookmark.channel_ids[0]))
            self._audit.note(kind, bookmark.channel_ids, *span, reason=reason, text=bookmark.title, ref=bookmark.key)

    # -- offsets -----------------------------------------------------------------------------------

    def offset_ms(self, channel_id: str) -> int:
        """Return what is added to the clock's moment for a channel."""
        return self._saved.offsets_ms.get(channel_id, 0)

    def set_offset_ms(self, channel_id: str, offset_ms: int) -> None:
        """Correct a camera's footage against the others, and remember it. Raises ValueError, StorageFailed."""
        if abs(offset_ms) > MOST_OFFSET_MS:
            raise ValueError(f"an offset of {offset_ms} ms")
        offsets = {gid: ms for gid, ms in self._saved.offsets_ms.items() if gid != channel_id}
        self._saved = replace(self._saved, offsets_ms=offsets | ({channel_id: offset_ms} if offset_ms else {}))
        for pane in self._panes:
            if pane.channel is not None and pane.channel.id == channel_id:
                pane.offset_changed()
        self.offset_changed.emit(channel_id)
        self._file.save(self._saved)

    # -- reasons -----------------------------------------------------------------------------------

    def set_reason(self, center_key: str, reason: str) -> None:
        """Give the reason for all footage of a center from now on; empty: ask anew."""
        if reason:
            self._reasons[center_key] = reason
        else:
            self._reasons.pop(center_key, None)

    def reason_of(self, center_key: str) -> str:
        """Return the reason given for the footage of a center; empty: none was."""
        return self._reasons.get(center_key, "")

    async def reason_for(self, channel_id: str) -> str | None:
        """Return why the footage of a camera is wanted; the operator is asked once for all of a center."""
        key = key_of(channel_id)
        if key in self._reasons:
            return self._reasons[key]
        if self.ask_operator is None:
            return None
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.get_running_loop().create_task(self._ask(key))
        return await asyncio.shield(asking)

    async def _ask(self, key: str) -> str | None:
        assert self.ask_operator is not None
        try:
            reason = await self.ask_operator(key)
            if reason:
                self._reasons[key] = reason
            return reason
        finally:
            self._asking.pop(key, None)

    # -- end ---------------------------------------------------------------------------------------

    def shut_down(self) -> None:
        """Close all panes and end all players."""
        for pane in list(self._panes):
            self.drop(pane)
        for asking in self._asking.values():
            asking.cancel()
        self.clock.close()
        self.pool.shut_down()
