"""Bringing a mirror in step with its center: a snapshot where there is none to go on from, then the changes since."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from wallclient.catalog.mirror import Mirror
from wallclient.domain.catalog import Change, ChangeBatch, NotModified, SnapshotPage
from wallclient.domain.catalog_view import CatalogChange, SyncProgress
from wallclient.domain.errors import BadPayload, CursorExpired, SnapshotGone, StorageFailed

_log = logging.getLogger(__name__)
CHANGES_AT_ONCE = 1000
_PROGRESS_S = 0.1
_PAUSE_S = 0.005
_CHANGES_A_TURN = 250  # of a storm; then the window's thread has its turn, which Python would give it only in crumbs
_MOST_SNAPSHOTS = 3  # in one go; a center whose feed never follows its snapshot must not keep us busy


class CatalogSource(Protocol):
    """What of a center is needed here; see `wallclient.api.center.Center`, whose errors it raises."""

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Begin to read the whole tree, or go on after a page."""
        ...

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Return what changed after `since`. Raises CursorExpired."""
        ...


class SyncStopped(Exception):  # noqa: N818 - nothing went wrong
    """The sync was told to stop; what has come so far is safe."""


class Sync:
    """Brings one mirror in step with one center. Blocking; one thread runs it, `stop` comes from any.

    `changed` and `progressed` are called on that thread.
    """

    def __init__(
        self,
        mirror: Mirror,
        source: CatalogSource,
        changed: Callable[[CatalogChange], None],
        progressed: Callable[[SyncProgress], None],
    ) -> None:
        self._mirror = mirror
        self._source = source
        self._changed = changed
        self._progressed = progressed
        self._stopped = threading.Event()
        self._told_at = 0.0

    def stop(self) -> None:
        """Make `catch_up` raise SyncStopped soon, now and ever after."""
        self._stopped.set()

    def catch_up(self) -> None:
        """Bring the mirror in step. Raises SyncStopped, StorageFailed and the errors of the center."""
        for _ in range(_MOST_SNAPSHOTS):
            try:
                if self._mirror_needs_snapshot():
                    self._read_snapshot(None)
                self._follow()
                return
            except CursorExpired:
                _log.info("the change feed can't be followed from where the mirror stands; reading the tree anew")
                self._check()
            self._refresh()
        raise BadPayload("the center's changes never follow its snapshots")

    def tidy(self) -> None:
        """Make searching faster, in the pauses of everything else. Raises SyncStopped and StorageFailed."""
        more = True
        while more:
            self._check()
            with self._mirror.lock:
                more = self._mirror.tidy()
            time.sleep(_PAUSE_S)  # others wait for the lock, too

    # --- inside ---

    def _mirror_needs_snapshot(self) -> bool:
        with self._mirror.lock:
            return not self._mirror.has_tree or self._mirror.resume_cursor() is not None

    def _refresh(self) -> None:
        """Read the tree anew though there is one."""
        with self._mirror.lock:
            etag = self._mirror.etag
        if self._read_snapshot(etag):
            return
        try:  # the tree is the one we have, so its changes should be there
            self._follow()
        except CursorExpired:
            self._read_snapshot(None)

    def _read_snapshot(self, etag: str | None) -> bool:
        """Read a snapshot to its end; return False if the tree is that of `etag`."""
        with self._mirror.lock:
            cursor = self._mirror.resume_cursor()
        try:
            pages = self._source.snapshot(cursor, None if cursor else etag)
            if isinstance(pages, NotModified):
                return False
            self._add(pages)
        except SnapshotGone:
            if cursor is None:
                raise
            with self._mirror.lock:
                self._mirror.drop_staging()
            return self._read_snapshot(etag)
        return True

    def _add(self, pages: Iterator[SnapshotPage]) -> None:
        with self._mirror.lock:
            rows_before, _ = self._mirror.progress()
        began = time.monotonic()
        last: SnapshotPage | None = None
        try:
            for page in pages:
                self._check()
                with self._mirror.lock:
                    change = self._mirror.add_page(page)
                    rows, total = self._mirror.progress()
                last = page
                if change is not None:
                    self._changed(change)
                self._tell(rows if page.cursor else max(total, rows), total, rows - rows_before, began)
        finally:
            with suppress(AttributeError):
                pages.close()  # type: ignore[attr-defined]  # ends the request; not every iterator has it
            with self._mirror.lock:
                late = self._mirror.pause()
            if late is not None:
                self._changed(late)
        if last is None or last.cursor is not None:
            raise BadPayload("the snapshot has no end")

    def _tell(self, rows: int, total: int, read: int, began: float) -> None:
        now = time.monotonic()
        if now - self._told_at >= _PROGRESS_S:
            self._told_at = now
            self._progressed(SyncProgress(rows, total, max(0, read) / max(0.001, now - began)))

    def _follow(self) -> None:
        more = True
        while more:
            self._check()
            with self._mirror.lock:
                since = self._mirror.sequence
            batch = self._source.changes(since, CHANGES_AT_ONCE)
            for changes, sequence in _in_turns(batch):
                with self._mirror.lock:
                    change = self._mirror.apply(changes, sequence)
                if change is not None:
                    self._changed(change)
                if sequence != batch.sequence:
                    time.sleep(_PAUSE_S)
            more = batch.more

    def _check(self) -> None:
        if self._stopped.is_set():
            raise SyncStopped


def _in_turns(batch: ChangeBatch) -> Iterator[tuple[Sequence[Change], int]]:
    """Yield the changes of a batch in parts, each with the place in the feed it leads to."""
    changes = batch.changes
    for start in range(0, len(changes) - _CHANGES_A_TURN, _CHANGES_A_TURN):
        part = changes[start : start + _CHANGES_A_TURN]
        yield part, part[-1].sequence
    rest = (len(changes) - 1) // _CHANGES_A_TURN * _CHANGES_A_TURN if changes else 0
    yield changes[rest:], batch.sequence


def repaired(mirror: Mirror, err: StorageFailed) -> bool:
    """Put a mirror that turned out damaged aside and begin anew; False where that is not what went wrong."""
    text = str(err)
    if not any(sign in text for sign in ("malformed", "not a database", "no such table", "standing")):
        return False
    with mirror.lock:
        mirror.start_over()
    return True
