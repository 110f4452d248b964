"""The mirror of one center for one operator, as the one thread sees it that writes."""

import hashlib
import json
import logging
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wallclient.catalog import schema
from wallclient.catalog.generation import Generation
from wallclient.catalog.grams import NameIndex
from wallclient.catalog.lock import Lock
from wallclient.catalog.pinyin import Readings
from wallclient.catalog.touched import Touched
from wallclient.domain.catalog import Change, SnapshotPage
from wallclient.domain.catalog_view import CatalogChange
from wallclient.domain.errors import SnapshotGone, StorageFailed

_log = logging.getLogger(__name__)
ROWS_PER_COMMIT = 20_000
COMMIT_S = 1.5  # a first sync shows what has come so often
_TIDY, _WANTED, _STARTED = "tidy", 1, 2
_TIDY_PAGES = 400
RECENT = 200  # cameras that are remembered as shown lately


def mirror_path(folder: Path, center_key: str, operator: str) -> Path:
    """Return the file for an operator at a center; two of either never share one."""
    readable = re.sub(r"[^\w.-]+", "_", f"{center_key}-{operator}")[-60:]
    digest = hashlib.sha256(f"{center_key}\0{operator}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return folder / f"{readable.strip('._-')}-{digest}.db"


@dataclass(slots=True)
class Standing:
    """How far a generation is: where the snapshot goes on, and from which change on it has to follow."""

    next_pk: int = schema.WITHOUT_PLACE_PK + 1
    cursor: str | None = None
    revision: str = ""
    sequence: int = -1
    total: int = 0
    rows: int = 0
    pristine: bool = True  # no change was made since the snapshot


class Mirror:
    """Owns the writing connection and the right to write. Hold `lock` around its methods. Raises StorageFailed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.set_aside: Path | None = None  # where a damaged file went, for a notice
        self._right = Lock(path.with_suffix(".lock"))
        self._db: sqlite3.Connection | None = None
        self._index: NameIndex | None = None
        self._live: tuple[Generation, Standing] | None = None
        self._staging: tuple[Generation, Standing] | None = None
        self._uncommitted = 0
        self._committed_at = 0.0

    # --- life ---

    def open(self) -> bool:
        """Make the file ready for readers; return whether it may be written, which only one program at a time may.

        A damaged file is kept aside and a new one begun.
        """
        if self._db is not None:
            return True
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._right.take():
                return False
            self._db = self._connected()
        except (sqlite3.Error, OSError) as err:
            self._right.release()
            raise StorageFailed(f"open the mirror {self.path.name}: {err}") from err
        return True

    def close(self) -> None:
        """Give the file back; a snapshot under way goes on from its last commit next time."""
        db, self._db = self._db, None
        self._live = self._staging = None
        if db is not None:
            with suppress(sqlite3.Error):
                if db.in_transaction:
                    db.execute("ROLLBACK")
                db.close()
        self._right.release()

    def start_over(self) -> None:
        """Put the file aside because it turned out damaged, and begin a new one."""
        db, self._db = self._db, None
        self._live = self._staging = None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()
        self._keep_aside()
        self._db = schema.connect_writer(self.path)

    def _connected(self) -> sqlite3.Connection:
        try:
            return schema.connect_writer(self.path)
        except sqlite3.OperationalError:
            raise  # locked by something else, or no room: nothing wrong with the content
        except sqlite3.DatabaseError as err:
            _log.warning("the mirror %s is damaged (%s); kept aside", self.path.name, err)
            self._keep_aside()
            return schema.connect_writer(self.path)

    def _keep_aside(self) -> None:
        self.set_aside = self.path.with_name(self.path.name + ".bad")
        os.replace(self.path, self.set_aside)
        for tail in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(f"{self.path}{tail}")

    # --- snapshot ---

    @property
    def has_tree(self) -> bool:
        """Tell whether there is a whole tree, whatever its age."""
        return self._number("live") is not None

    @property
    def etag(self) -> str | None:
        """Revision of the tree if it is exactly that of a snapshot."""
        live = self._opened_live()
        return live[1].revision if live and live[1].pristine and live[1].revision else None

    @property
    def sequence(self) -> int:
        """Where the feed has to be read on."""
        live = self._opened_live()
        return live[1].sequence if live else -1

    def resume_cursor(self) -> str | None:
        """Return where a snapshot that was broken off goes on; None: there is none."""
        staging = self._opened_staging()
        return staging[1].cursor if staging else None

    def progress(self) -> tuple[int, int]:
        """Return rows so far and expected of the snapshot under way."""
        staging = self._opened_staging()
        return (staging[1].rows, staging[1].total) if staging else (0, 0)

    def drop_staging(self) -> None:
        """Forget a snapshot that was broken off."""
        with self._transaction() as db:
            number = self._number("staging")
            self._staging = None
            if number is not None:
                schema.drop_generation(db, number)
                self._forget("staging")
                if self._number("shown") == number:
                    self._forget("shown")

    def add_page(self, page: SnapshotPage) -> CatalogChange | None:
        """Add a page of a snapshot; return what to tell once it can be seen. The last page makes the tree live.

        Raises SnapshotGone for a page of another snapshot than those before: the two make no tree.
        """
        staging = self._opened_staging()
        if staging is not None and staging[1].revision != page.revision:
            self._roll_back()
            self.drop_staging()
            raise SnapshotGone("the center went on with another snapshot")
        generation, standing = staging or self._begun(page)
        db = self._open_db()
        if not db.in_transaction:
            db.execute("BEGIN IMMEDIATE")
        with self._failing():
            generation.insert(page.nodes)
        standing.rows += len(page.nodes)
        standing.total = max(page.total, standing.rows)
        standing.cursor = page.cursor
        standing.sequence = min(standing.sequence, page.sequence)
        self._uncommitted += len(page.nodes)
        if page.cursor is None:
            return self._finish(generation, standing)
        if self._uncommitted >= ROWS_PER_COMMIT or time.monotonic() - self._committed_at > COMMIT_S:
            return self._commit_staging(generation, standing)
        return None

    def pause(self) -> CatalogChange | None:
        """Make what has come of a snapshot safe, before it is left alone."""
        staging = self._staging
        if staging is None or self._db is None or not self._db.in_transaction:
            return None
        return self._commit_staging(*staging)

    def _begun(self, page: SnapshotPage) -> tuple[Generation, Standing]:
        with self._transaction() as db:
            number = 1 + max(self._number("live") or 0, self._number("staging") or 0)
            schema.create_generation(db, number)
            generation = Generation(db, number, self._names())
            generation.begin()
            standing = Standing(revision=page.revision, sequence=page.sequence, total=page.total)
            self._store(generation, standing)
            self._set("staging", number)
            if self._number("live") is None:
                self._set("shown", number)
        self._staging = (generation, standing)
        self._committed_at = time.monotonic()
        return self._staging

    def _commit_staging(self, generation: Generation, standing: Standing) -> CatalogChange | None:
        touched = self._written(generation, standing)
        shown = self._number("shown") == generation.number
        self._open_db().execute("COMMIT")
        self._uncommitted, self._committed_at = 0, time.monotonic()
        return touched.change if shown else None

    def _finish(self, generation: Generation, standing: Standing) -> CatalogChange:
        before = self._number("live")
        standing.pristine = True
        self._written(generation, standing)
        for key in ("live", "shown"):
            self._set(key, generation.number)
        self._forget("staging")
        self._set("synced", time.time())
        self._set(_TIDY, _WANTED)
        db = self._open_db()
        db.execute("COMMIT")
        self._live, self._staging = (generation, standing), None
        self._uncommitted = 0
        with self._transaction():
            if before is not None:
                schema.drop_generation(db, before)
        with suppress(sqlite3.Error):
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA optimize")
        return CatalogChange(everything=True)

    def tidy(self) -> bool:
        """Do a little to make searching faster after a snapshot; return whether there is more to do.

        Every commit left a part of its own in the index, and every word is looked up in each.
        """
        live = self._opened_live()
        if live is None or self._get(_TIDY) is None:
            return False
        find = f"find_{live[0].number}"
        with self._transaction() as db:
            started = self._get(_TIDY) == _STARTED
            before = db.total_changes
            pages = _TIDY_PAGES if started else -_TIDY_PAGES  # below 0: begin to merge all parts into one
            db.execute(f"INSERT INTO {find}({find}, rank) VALUES('merge', ?)", (pages,))
            more = not started or db.total_changes - before > 1
            if more:
                self._set(_TIDY, _STARTED)
            else:
                self._forget(_TIDY)
        return more

    # --- changes ---

    def apply(self, changes: Sequence[Change], sequence: int) -> CatalogChange | None:
        """Make changes to the live tree in one transaction; return what became different, if anything."""
        live = self._opened_live()
        if live is None:
            raise StorageFailed("there is no tree to change")
        generation, standing = live
        with self._transaction():
            generation.apply(changes)
            standing.sequence = sequence
            standing.pristine = standing.pristine and not changes
            touched = self._written(generation, standing)
            self._set("synced", time.time())
        change = touched.change
        return change if change.rows or change.children or change.roots else None

    # --- favourites ---

    def set_favourite(self, node_id: str, favourite: bool) -> None:
        """Remember a node as a favourite, or forget it."""
        with self._beside() as db:
            db.execute("DELETE FROM favourite WHERE id = ?", (node_id,))
            if favourite:
                db.execute("INSERT INTO favourite VALUES(?, ?)", (node_id, time.time()))

    def add_recent(self, node_id: str) -> None:
        """Remember a camera as shown just now."""
        with self._beside() as db:
            db.execute("INSERT OR REPLACE INTO recent VALUES(?, ?)", (node_id, time.time()))
            keep = f"SELECT id FROM recent ORDER BY at DESC LIMIT {RECENT}"
            db.execute(f"DELETE FROM recent WHERE id NOT IN ({keep})")

    # --- inside ---

    def _opened_live(self) -> tuple[Generation, Standing] | None:
        if self._live is None:
            self._live = self._loaded("live")
        return self._live

    def _opened_staging(self) -> tuple[Generation, Standing] | None:
        if self._staging is None:
            self._staging = self._loaded("staging")
        return self._staging

    def _loaded(self, key: str) -> tuple[Generation, Standing] | None:
        number = self._number(key)
        if number is None:
            return None
        with self._failing():
            standing = Standing(**json.loads(self._get(f"standing_{number}")))
            generation = Generation(self._open_db(), number, self._names())
            generation.load(standing.next_pk)
        return generation, standing

    def _written(self, generation: Generation, standing: Standing) -> Touched:
        with self._failing():
            touched = generation.flush()
            self._store(generation, standing)
            if touched.shape:
                self._set("shape", (self._get("shape") or 0) + 1)
        return touched

    def _store(self, generation: Generation, standing: Standing) -> None:
        standing.next_pk = generation.next_pk
        self._set(f"standing_{generation.number}", json.dumps(asdict(standing)))

    def _names(self) -> NameIndex:
        if self._index is None:
            self._index = NameIndex(Readings())
        return self._index

    def _open_db(self) -> sqlite3.Connection:
        if self._db is None:
            raise StorageFailed("the mirror is kept by another program")
        return self._db

    def _get(self, key: str) -> Any:
        found = self._open_db().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def _number(self, key: str) -> int | None:
        with self._failing():
            value = self._get(key)
        return int(value) if value is not None else None

    def _set(self, key: str, value: object) -> None:
        self._open_db().execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (key, value))

    def _forget(self, key: str) -> None:
        self._open_db().execute("DELETE FROM meta WHERE key = ?", (key,))

    def _roll_back(self) -> None:
        db = self._open_db()
        if db.in_transaction:
            db.execute("ROLLBACK")
        self._staging = None
        self._uncommitted = 0

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all of it or nothing; what memory knows of a tree is read anew after a failure."""
        db = self._open_db()
        with self._failing():
            if db.in_transaction:
                yield db  # a page under way is committed with it
                return
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def _beside(self) -> Iterator[sqlite3.Connection]:
        """Write something small, also while a snapshot is under way, which then is made safe along with it."""
        if self._staging is not None:
            self.pause()
        with self._transaction() as db:
            yield db

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except BaseException as err:
            if self._db is not None and self._db.in_transaction:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            self._live = self._staging = None
            self._uncommitted = 0
            if isinstance(err, (sqlite3.Error, json.JSONDecodeError, TypeError)):
                raise StorageFailed(f"the mirror {self.path.name}: {err}") from err
            raise
