"""What the program needs of a center that keeps bookmarks; one with recordings and this protocol does.

Methods block, come from several threads, and raise the errors of `wallclient.domain.errors`.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from wallclient.domain.bookmark import Bookmark


@runtime_checkable
class BookmarkCenter(Protocol):
    """Bookmarks of one center's cameras."""

    def bookmarks(self, channel_ids: Sequence[str], start_ms: int, end_ms: int) -> tuple[Bookmark, ...]:
        """Return own and shared bookmarks of any of these cameras (none given: of all) in a range, latest first."""
        ...

    def save_bookmark(self, bookmark: Bookmark) -> Bookmark:
        """Make or change a bookmark and return it as kept. Raises Stale, NotPermitted."""
        ...

    def delete_bookmark(self, key: str, revision: int) -> None:
        """Delete a bookmark of one's own. Raises Stale; one that is gone is no error."""
        ...
