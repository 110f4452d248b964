"""What has been recorded and not yet reached its center, on disk, in order, until it has.

SQLite rather than lines of JSON: a write-ahead log with checksums drops a torn tail by itself, a record and its picture
are kept in one transaction, what was delivered is taken out without rewriting the rest, and a key is looked up by an
index. `synchronous=FULL`: once `append` returns, the record outlasts a kill and a power cut.
"""

import contextlib
import hashlib
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from wallclient.domain.errors import StorageFailed

_log = logging.getLogger(__name__)
LIMIT_BYTES = 4 * 1024**3
CHECKED_BYTES = 64 * 1024 * 1024
WARN_PART = 0.8  # of the limit
KEEP_DELIVERED_S = 7 * 86400.0  # a round can be told again from its records, also those the center has
_PAGE_BYTES = 4096
_LOCKED_S = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    body BLOB NOT NULL,
    made_s REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    reason TEXT NOT NULL DEFAULT '',
    done_s REAL
);
CREATE INDEX IF NOT EXISTS entry_state ON entry (state, number);
CREATE INDEX IF NOT EXISTS entry_topic ON entry (topic, number);
CREATE TABLE IF NOT EXISTS picture (sha256 TEXT PRIMARY KEY, body BLOB NOT NULL, delivered INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS shows (number INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (number, sha256));
"""
_COLUMNS = "number, key, kind, topic, body, made_s, state, reason"
_MARK = "UPDATE entry SET state = ?, reason = ?, done_s = ? WHERE key = ?"
_PENDING, _DELIVERED, _ASIDE = "pending", "delivered", "aside"
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record in the spool. `body` means something to who made and who delivers it only."""

    key: str  # made once; an entry with a key that is there already is not added again
    kind: str  # says how it is delivered
    topic: str  # what belongs together, such as a round
    body: bytes = field(repr=False)
    made_s: float  # seconds since 1970
    pictures: tuple[str, ...] = ()  # SHA-256 of what has to be delivered before it
    reason: str = ""  # why it was set aside
    number: int = 0  # its place in the order; 0: not on disk


@dataclass(frozen=True, slots=True)
class SpoolState:
    """How full a spool is."""

    pending: int = 0
    aside: int = 0
    unwritten: int = 0  # of those pending: in memory only, because the disk took nothing more
    size_bytes: int = 0
    is_nearly_full: bool = False


class Spool:
    """The spool of one center. Thread safe; every call may wait for the disk.

    What the disk does not take is kept in memory in its order and written as soon as the disk takes it; `append` raises
    StorageFailed then, once it has kept it. A file that can't be read is kept as `set_aside`, and a new one begun.
    """

    def __init__(
        self,
        path: Path,
        *,
        limit_bytes: int = LIMIT_BYTES,
        keep_delivered_s: float = KEEP_DELIVERED_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._keep_delivered_s = keep_delivered_s
        self._clock = clock
        self._lock = threading.RLock()
        self._unwritten: deque[tuple[Entry, Mapping[str, bytes]]] = deque()
        self._unmarked: dict[str, tuple[str, str]] = {}  # what became of entries, where the disk did not take that
        self._db: sqlite3.Connection | None = None
        self._is_closed = self._looks_damaged = False
        self.set_aside: Path | None = None
        with contextlib.suppress(StorageFailed):  # it is tried again with the first record
            self._opened()
        self._first: sqlite3.Connection | None = None
        self.is_first = self._is_first()  # of several programs of one operator, this one began with the spool

    # --- in ---

    def append(self, key: str, kind: str, topic: str, body: bytes, pictures: Sequence[bytes] = ()) -> Entry:
        """Keep a record with its pictures; durable on return. Raises StorageFailed; it is kept in memory then."""
        named = {hashlib.sha256(picture).hexdigest(): picture for picture in pictures}
        entry = Entry(key, kind, topic, body, self._clock(), tuple(named))
        with self._lock:
            if any(key == other.key for other, _ in self._unwritten):
                return entry
            self._unwritten.append((entry, named))
            self._write_down()
        return entry

    def flush(self) -> None:
        """Try to write what is in memory only. Raises StorageFailed."""
        with self._lock:
            self._write_down()

    def _write_down(self) -> None:
        while self._unwritten:
            entry, pictures = self._unwritten[0]
            self._do(lambda db, e=entry, p=pictures: _insert(db, e, p))  # type: ignore[misc]  # bound by default
            self._unwritten.popleft()
        if self._unmarked:
            marks = [(state, reason, self._clock(), key) for key, (state, reason) in self._unmarked.items()]
            self._do(lambda db: db.executemany(_MARK, marks))
            self._unmarked.clear()

    # --- out ---

    def pending(self, limit: int = 100) -> list[Entry]:
        """Return what is to be delivered next, in order. Raises StorageFailed.

        What is in memory only comes last, and also where the disk fails altogether.
        """
        with self._lock:
            in_memory = [entry for entry, _ in self._unwritten if not entry.reason]
            most = limit + len(self._unmarked)
            try:
                found = self._do(lambda db: _select(db, "state = ? ORDER BY number LIMIT ?", (_PENDING, most)))
            except StorageFailed:
                if not in_memory:
                    raise
                found = []  # better out of order than not at all; keys keep it from coming twice
            return [entry for entry in found + in_memory if entry.key not in self._unmarked][:limit]

    def picture(self, sha256: str) -> bytes | None:
        """Return a picture; None where it is not kept (any more). Raises StorageFailed."""
        with self._lock:
            for _, pictures in self._unwritten:
                if sha256 in pictures:
                    return pictures[sha256]
            row = self._do(lambda db: db.execute("SELECT body FROM picture WHERE sha256 = ?", (sha256,)).fetchone())
            return None if row is None else bytes(row[0])

    def missing_pictures(self, entry: Entry) -> list[str]:
        """Return which of an entry's pictures have not been delivered yet. Raises StorageFailed."""

        def look(db: sqlite3.Connection) -> list[str]:
            sql = "SELECT sha256 FROM picture WHERE delivered"
            there = {row[0] for row in db.execute(sql)}
            return [sha256 for sha256 in entry.pictures if sha256 not in there]

        return self._do(look) if entry.pictures else []

    def picture_delivered(self, sha256: str, delivered: bool = True) -> None:
        """Note that the center has a picture, or has it no more. Raises StorageFailed."""
        sql = "UPDATE picture SET delivered = ? WHERE sha256 = ?"
        self._do(lambda db: db.execute(sql, (int(delivered), sha256)))

    def delivered(self, keys: Sequence[str]) -> None:
        """Note that the center has these records. Raises StorageFailed; known here all the same, while we live."""
        self._settle(keys, _DELIVERED, "")

    def refused(self, key: str, reason: str) -> None:
        """Set a record aside that the center refuses for good. Raises StorageFailed."""
        self._settle([key], _ASIDE, reason)

    def _settle(self, keys: Sequence[str], state: str, reason: str) -> None:
        with self._lock:
            settled = set(keys)
            kept: list[tuple[Entry, Mapping[str, bytes]]] = []
            for entry, pictures in self._unwritten:
                if entry.key not in settled:
                    kept.append((entry, pictures))
                elif state == _ASIDE:
                    kept.append((replace(entry, reason=reason[:500] or _ASIDE), pictures))
                settled.discard(entry.key)  # delivered: it is safe at the center, the disk may be spared
            self._unwritten = deque(kept)
            self._unmarked.update((key, (state, reason[:500])) for key in keys if key in settled)
            self._write_down()

    def retry(self, key: str) -> None:
        """Put a record that was set aside back in its place. Raises StorageFailed."""
        sql = "UPDATE entry SET state = ?, reason = '', done_s = NULL WHERE key = ? AND state = ?"
        self._do(lambda db: db.execute(sql, (_PENDING, key, _ASIDE)))

    # --- looking ---

    def aside(self) -> list[Entry]:
        """Return what the center refused, with the reasons. Raises StorageFailed."""
        with self._lock:
            in_memory = [entry for entry, _ in self._unwritten if entry.reason]
            return self._do(lambda db: _select(db, "state = ? ORDER BY number", (_ASIDE,))) + in_memory

    def topic(self, topic: str) -> list[Entry]:
        """Return all that is known of a topic in its order, delivered or not. Raises StorageFailed."""
        with self._lock:
            in_memory = [entry for entry, _ in self._unwritten if entry.topic == topic]
            return self._do(lambda db: _select(db, "topic = ? ORDER BY number", (topic,))) + in_memory

    def topics(self, since_s: float) -> list[str]:
        """Return the topics with entries made since then, the oldest first. Raises StorageFailed."""
        sql = "SELECT topic, min(number) AS first FROM entry WHERE made_s >= ? GROUP BY topic ORDER BY first"
        return self._do(lambda db: [str(row[0]) for row in db.execute(sql, (since_s,))])

    @property
    def state(self) -> SpoolState:
        """How full it is; counts what is in memory only where the disk fails."""
        with self._lock:
            unwritten = len(self._unwritten)
            try:
                counts, size_bytes = self._do(_counts)
            except StorageFailed:
                return SpoolState(unwritten, 0, unwritten, 0, True)
        is_full = size_bytes >= WARN_PART * self._limit_bytes
        return SpoolState(
            counts.get(_PENDING, 0) + unwritten, counts.get(_ASIDE, 0), unwritten, size_bytes, is_full or unwritten > 0
        )

    def prune(self) -> None:
        """Let go of what the center has had for long enough. Raises StorageFailed."""
        before = self._clock() - self._keep_delivered_s
        self._do(lambda db: _prune(db, before))
        # Not execute(): it would take the first step only, which frees one page.
        self._do(lambda db: db.executescript("PRAGMA incremental_vacuum"))

    def close(self) -> None:
        """Write what can be written, and let go of the file."""
        with self._lock:
            with contextlib.suppress(StorageFailed):
                self._write_down()
            if self._unwritten:
                _log.error("%d records could not be written to %s", len(self._unwritten), self._path.name)
            self._let_go()
            self._is_closed = True
            if self._first is not None:
                self._first.close()

    # --- inside ---

    def _is_first(self) -> bool:
        """Take a lock that ends with this process: an open transaction on a file of its own."""
        lock = self._path.with_name(self._path.name + ".lock")
        try:
            first = sqlite3.connect(lock, timeout=0.0, isolation_level=None, check_same_thread=False)
        except sqlite3.Error:
            return True  # there is no disk to speak of, and nobody else on it
        try:
            lock.chmod(0o600)
            first.execute("PRAGMA journal_mode = DELETE")
            first.execute("BEGIN EXCLUSIVE")
        except (sqlite3.Error, OSError):
            first.close()
            return False
        self._first = first
        return True

    def _do(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Do something in one transaction. Raises StorageFailed."""
        with self._lock:
            db = self._opened()
            try:
                with db:
                    return work(db)
            except sqlite3.OperationalError as err:
                if not _can_still_read(db):
                    self._let_go()  # the file may be gone, or the disk it was on: look anew next time
                raise StorageFailed(f"spool {self._path.name}: {err}") from err
            except sqlite3.DatabaseError as err:
                self._let_go()
                self._looks_damaged = True
                raise StorageFailed(f"spool {self._path.name}: {err}") from err

    def _opened(self) -> sqlite3.Connection:
        if self._is_closed:
            raise StorageFailed("the spool was closed by us")
        if self._db is None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                try:
                    self._db = self._open()
                except sqlite3.DatabaseError as err:
                    if isinstance(err, sqlite3.OperationalError):
                        raise
                    _log.warning("%s is damaged; kept aside", self._path.name)
                    self._keep_aside()
                    self._db = self._open()
            except (OSError, sqlite3.Error) as err:
                raise StorageFailed(f"spool {self._path.name}: {err}") from err
        return self._db

    def _open(self) -> sqlite3.Connection:
        """Open the file. Raises sqlite3.DatabaseError, of no further kind where it is damaged."""
        self._path.touch(mode=0o600)  # pictures of a public-safety network are nobody else's business
        db = sqlite3.connect(self._path, timeout=_LOCKED_S, check_same_thread=False)
        try:
            db.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute(f"PRAGMA max_page_count = {max(64, self._limit_bytes // _PAGE_BYTES)}")
            # All of a large file is not read through at each start; its damage shows when it is used.
            if self._looks_damaged or self._path.stat().st_size < CHECKED_BYTES:
                if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                    raise sqlite3.DatabaseError("quick_check")
                self._looks_damaged = False
            db.executescript(_SCHEMA)
        except BaseException:
            db.close()
            raise
        return db

    def _let_go(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def _keep_aside(self) -> None:
        stamp = f"{self._clock():.0f}"
        for suffix in ("", "-wal", "-shm"):
            part = self._path.with_name(self._path.name + suffix)
            if part.exists():
                part.replace(self._path.with_name(f"{self._path.name}.{stamp}.bad{suffix}"))
        self.set_aside = self._path.with_name(f"{self._path.name}.{stamp}.bad")


def _insert(db: sqlite3.Connection, entry: Entry, pictures: Mapping[str, bytes]) -> None:
    state = _ASIDE if entry.reason else _PENDING
    sql = "INSERT INTO entry (key, kind, topic, body, made_s, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?)"
    values = (entry.key, entry.kind, entry.topic, entry.body, entry.made_s, state, entry.reason)
    done = db.execute(f"{sql} ON CONFLICT (key) DO NOTHING", values)
    if done.rowcount == 0:
        return  # it is there already
    for sha256, picture in pictures.items():
        db.execute("INSERT OR IGNORE INTO picture (sha256, body) VALUES (?, ?)", (sha256, picture))
        db.execute("INSERT INTO shows VALUES (?, ?)", (done.lastrowid, sha256))


def _select(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Entry]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM entry WHERE {where}", values).fetchall()
    return [
        Entry(key, kind, topic, bytes(body), made_s, _pictures(db, number), reason, number)
        for number, key, kind, topic, body, made_s, _state, reason in rows
    ]


def _pictures(db: sqlite3.Connection, number: int) -> tuple[str, ...]:
    rows = db.execute("SELECT sha256 FROM shows WHERE number = ? ORDER BY rowid", (number,))
    return tuple(row[0] for row in rows)


def _counts(db: sqlite3.Connection) -> tuple[dict[str, int], int]:
    counts = dict(db.execute("SELECT state, count(*) FROM entry WHERE state != 'delivered' GROUP BY state").fetchall())
    pages = db.execute("PRAGMA page_count").fetchone()[0] - db.execute("PRAGMA freelist_count").fetchone()[0]
    return counts, pages * _PAGE_BYTES


def _prune(db: sqlite3.Connection, before_s: float) -> None:
    """Delete topics of which everything was delivered before a time: a round is kept whole or not at all."""
    old = (
        "SELECT topic FROM entry GROUP BY topic HAVING min(state = 'delivered') AND max(coalesce(done_s, ?1 + 1)) < ?1"
    )
    db.execute(f"DELETE FROM shows WHERE number IN (SELECT number FROM entry WHERE topic IN ({old}))", (before_s,))
    db.execute(f"DELETE FROM entry WHERE topic IN ({old})", (before_s,))
    db.execute("DELETE FROM picture WHERE sha256 NOT IN (SELECT sha256 FROM shows)")


def _can_still_read(db: sqlite3.Connection) -> bool:
    """Tell whether a file that could not be written is of use all the same, as on a full disk."""
    try:
        db.execute("SELECT max(number) FROM entry").fetchone()
    except sqlite3.Error:
        return False
    return True
