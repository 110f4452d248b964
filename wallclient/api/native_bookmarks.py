"""Bookmarks at a center that speaks Center API v1: the part of `NativeCenter` that is a `BookmarkCenter`."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TypeVar
from urllib.parse import quote

from wallclient.api import recording_models as docs
from wallclient.domain.bookmark import Bookmark
from wallclient.domain.errors import BadPayload, NotFound

MOST_PAGES = 200
LARGEST_PAGE = 500
_Reply = TypeVar("_Reply")


class NativeBookmarks:
    """Implements `wallclient.api.bookmarks.BookmarkCenter`; see there."""

    @abstractmethod
    def _call(
        self,
        method: str,
        path: str,
        shape: type[_Reply],
        *,
        body: object = None,
        query: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
        jpeg: bytes | None = None,
    ) -> _Reply: ...

    def bookmarks(self, channel_ids: Sequence[str], start_ms: int, end_ms: int) -> tuple[Bookmark, ...]:
        """Return bookmarks, those of several cameras once."""
        ids = list(dict.fromkeys(channel_ids))
        batches = [ids[i : i + docs.MOST_CHANNELS] for i in range(0, len(ids), docs.MOST_CHANNELS)] or [[]]
        found: dict[str, Bookmark] = {}
        for some in batches:
            found |= {one.key: one for one in self._marks(some, start_ms, end_ms)}
        return tuple(sorted(found.values(), key=lambda one: one.start_ms, reverse=True))

    def _marks(self, some: Sequence[str], start_ms: int, end_ms: int) -> list[Bookmark]:
        found: list[Bookmark] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            query = {
                "channels": ",".join(some) or None,
                "start_ms": start_ms,
                "end_ms": end_ms,
                "limit": LARGEST_PAGE,
                "cursor": cursor,
            }
            page = self._call("GET", "/bookmarks", docs.BookmarkPageDocument, query=query)
            found += [read_bookmark(item) for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found
        raise BadPayload("bookmarks: pages without an end")

    def save_bookmark(self, bookmark: Bookmark) -> Bookmark:
        """Make or change a bookmark."""
        body = docs.BookmarkBody(
            bookmark.revision,
            bookmark.title,
            bookmark.start_ms,
            bookmark.end_ms,
            list(bookmark.channel_ids),
            bookmark.text,
            bookmark.category,
            bookmark.is_shared,
        )
        return read_bookmark(self._call("PUT", _path(bookmark.key), docs.BookmarkDocument, body=body))

    def delete_bookmark(self, key: str, revision: int) -> None:
        """Delete a bookmark; one that is gone already is no error."""
        with suppress(NotFound):
            self._call("DELETE", _path(key), type(None), query={"revision": revision})


def read_bookmark(raw: docs.BookmarkDocument) -> Bookmark:
    """Read a bookmark. Raises BadPayload. Source: contract, schema Bookmark."""
    if raw.end_ms < raw.start_ms:
        raise BadPayload("a bookmark that ends before it begins")
    return Bookmark(
        raw.key,
        raw.title,
        raw.start_ms,
        raw.end_ms,
        tuple(raw.channel_ids),
        raw.text,
        raw.category,
        raw.is_shared,
        raw.revision,
        raw.by.user,
        raw.by.name,
        raw.changed_utc,
    )


def _path(key: str) -> str:
    if key in ("", ".", ".."):
        raise NotFound(f"bookmark {key!r}")
    return f"/bookmarks/{quote(key, safe='')}"
