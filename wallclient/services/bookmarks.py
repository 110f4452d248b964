"""The operator's bookmarks at all centers: read for the cameras in use, saved, deleted. UI thread."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from wallclient.api.bookmarks import BookmarkCenter
from wallclient.api.recordings import RecordingCenter
from wallclient.domain.audit import AuditKind
from wallclient.domain.bookmark import Bookmark
from wallclient.domain.errors import CenterError, NotAble
from wallclient.domain.global_id import global_id, key_of, split_id

_Result = TypeVar("_Result")
LATEST_MS = 4_102_444_800_000  # 2100, the contract's last moment


class BookmarkAccess(Protocol):
    """What is needed of the access to one center."""

    async def ask_recordings(self, work: Callable[[RecordingCenter], _Result]) -> _Result:
        """Return what `work` returns, which asks the center on a thread."""


class BookmarkCenters(Protocol):
    """What is needed of the centers; `services.centers.Centers` has it."""

    def access(self, key: str) -> BookmarkAccess:
        """Return the access to a center. Raises NotFound."""


class Bookmarks(QObject):
    """Bookmarks by global key; a bookmark belongs to one center, and names channels by their global ids."""

    changed = Signal()

    def __init__(
        self,
        centers: BookmarkCenters,
        start: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
        note: Callable[[AuditKind, Bookmark], None] = lambda _kind, _bookmark: None,
    ) -> None:
        """`start` runs a coroutine in the background and keeps it; `note` is told what a center has taken."""
        super().__init__()
        self._centers, self._start, self._note = centers, start, note
        self._kept: dict[str, Bookmark] = {}  # by global key
        self._ids: tuple[str, ...] = ()
        self._generation = 0

    def all(self) -> list[Bookmark]:
        """Return the bookmarks of the cameras in use, earliest first."""
        return sorted(self._kept.values(), key=lambda one: (one.start_ms, one.key))

    def want(self, channel_ids: Sequence[str]) -> None:
        """Read the bookmarks of these cameras, if they are others than before."""
        ids = tuple(sorted(set(channel_ids)))
        if ids != self._ids:
            self._ids = ids
            self.refresh()

    def refresh(self) -> None:
        """Read them anew. A center that is away keeps those that are known of it."""
        self._generation += 1
        for key in {key_of(gid) for gid in self._ids}:
            self._start(self._read(key, self._generation))
        gone = [gid for gid, mark in self._kept.items() if not set(mark.channel_ids) & set(self._ids)]
        for gid in gone:
            del self._kept[gid]
        if gone:
            self.changed.emit()

    async def _read(self, key: str, generation: int) -> None:
        ids = [split_id(gid)[1] for gid in self._ids if key_of(gid) == key]
        try:
            found = await self._ask(key, lambda center: center.bookmarks(ids, 0, LATEST_MS))
        except CenterError:
            return  # the timeline is honest without; a center that is back is asked again
        if generation != self._generation:
            return
        self._kept = {gid: mark for gid, mark in self._kept.items() if key_of(gid) != key}
        self._kept |= {global_id(key, mark.key): _global(key, mark) for mark in found}
        self.changed.emit()

    async def save(self, bookmark: Bookmark) -> list[Bookmark]:
        """Make (key "") or change a bookmark; one of cameras of several centers becomes one at each.

        Raises CenterError for the first center that does not take it; those before have it then.
        """
        saved = []
        for key in dict.fromkeys(key_of(gid) for gid in bookmark.channel_ids):
            ids = tuple(split_id(gid)[1] for gid in bookmark.channel_ids if key_of(gid) == key)
            local_key = split_id(bookmark.key)[1] if bookmark.key else str(uuid.uuid4())
            local = replace(bookmark, key=local_key, channel_ids=ids)
            kept = _global(key, await self._ask(key, _saving(local)))
            self._kept[kept.key] = kept
            self._note(AuditKind.BOOKMARK_SAVED, kept)
            self.changed.emit()
            saved.append(kept)
        return saved

    async def delete(self, bookmark: Bookmark) -> None:
        """Delete a bookmark of one's own. Raises CenterError; Stale where it was changed meanwhile."""
        key, local_key = split_id(bookmark.key)
        await self._ask(key, lambda center: center.delete_bookmark(local_key, bookmark.revision))
        self._kept.pop(bookmark.key, None)
        self._note(AuditKind.BOOKMARK_DELETED, bookmark)
        self.changed.emit()

    async def _ask(self, key: str, work: Callable[[BookmarkCenter], _Result]) -> _Result:
        def on_thread(center: RecordingCenter) -> _Result:
            if not isinstance(center, BookmarkCenter):
                raise NotAble("the center keeps no bookmarks")
            return work(center)

        return await self._centers.access(key).ask_recordings(on_thread)


def _saving(bookmark: Bookmark) -> Callable[[BookmarkCenter], Bookmark]:
    return lambda center: center.save_bookmark(bookmark)


def _global(key: str, mark: Bookmark) -> Bookmark:
    ids = tuple(global_id(key, local_id) for local_id in mark.channel_ids)
    return replace(mark, key=global_id(key, mark.key), channel_ids=ids)
