"""The mirror's file: its tables, and how a connection to it is set up.

Rows of a snapshot go into a generation of tables of their own; `live` in the table `meta` names the generation that is
served. So a re-sync never shows half a tree, and one that was killed goes on where it stopped.
"""

import os
import sqlite3
from pathlib import Path

VERSION = 1
BUSY_S = 5.0
READER_CACHE_KIB = 6_000
WRITER_CACHE_KIB = 24_000

WITHOUT_PLACE_PK = 1  # of every generation: the row of `domain.catalog_view.WITHOUT_PLACE_ID`
ROOT = 0  # parent of the roots

_SHARED = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS favourite(id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recent(id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
"""
# node.parent is the pk of the row it hangs below; parent_id is kept only where the center says something else. What can
# be searched is in find_*, a table without content.
_GENERATION = """
CREATE TABLE node_{g}(
  pk INTEGER PRIMARY KEY, id TEXT NOT NULL, parent INTEGER NOT NULL, region INTEGER NOT NULL, kind INTEGER NOT NULL,
  name TEXT NOT NULL, code TEXT NOT NULL, state INTEGER NOT NULL, look INTEGER, place INTEGER,
  longitude REAL, latitude REAL, audio INTEGER NOT NULL, rights INTEGER NOT NULL, position INTEGER NOT NULL,
  civil TEXT NOT NULL, flags INTEGER NOT NULL, sort BLOB NOT NULL, total INTEGER NOT NULL, online INTEGER NOT NULL,
  parent_id TEXT);
CREATE UNIQUE INDEX node_{g}_id ON node_{g}(id);
CREATE INDEX node_{g}_parent ON node_{g}(parent);
CREATE INDEX node_{g}_region ON node_{g}(region);
CREATE INDEX node_{g}_code ON node_{g}(code);
CREATE TABLE region_{g}(
  pk INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, parent INTEGER NOT NULL, name TEXT NOT NULL,
  sort BLOB NOT NULL, total INTEGER NOT NULL, online INTEGER NOT NULL);
CREATE TABLE odd_{g}(id TEXT PRIMARY KEY, name BLOB NOT NULL, code BLOB NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE find_{g} USING fts5(t, content='', tokenize='ascii', detail=none, columnsize=0);
INSERT INTO find_{g}(find_{g}, rank) VALUES('hashsize', 16777216);
INSERT INTO find_{g}(find_{g}, rank) VALUES('automerge', 0);
INSERT INTO find_{g}(find_{g}, rank) VALUES('crisismerge', 100);
"""
COLUMNS = (
    "pk, id, parent, region, kind, name, code, state, look, place, longitude, latitude, audio, rights, position, civil,"
    " flags, sort, total, online, parent_id"
)


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open or make the file, for one thread at a time. Raises sqlite3.Error, DatabaseError for a damaged file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _check(connection)
        connection.execute("PRAGMA journal_mode=WAL")
        # The tree comes from the center and can come again: a power cut may cost it, a crash of ours may not.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KIB}")
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        connection.executescript(_SHARED)
        connection.execute(f"PRAGMA user_version={VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open the file for reading; `interrupt` may be called from another thread. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KIB}")
    return connection


def create_generation(connection: sqlite3.Connection, generation: int) -> None:
    """Make the tables of a generation; whatever was left of one of that number goes."""
    drop_generation(connection, generation)
    for statement in _GENERATION.format(g=generation).split(";\n"):
        if statement.strip():
            connection.execute(statement)


def drop_generation(connection: sqlite3.Connection, generation: int) -> None:
    """Remove the tables of a generation."""
    for table in ("node", "region", "odd", "find"):
        connection.execute(f"DROP TABLE IF EXISTS {table}_{generation}")


def _check(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError(f"version {version}")
    if version:  # cut-off files and pages of rubbish show here; a full check would take seconds
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        size = os.path.getsize(file)
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        if size and size < pages * page_size and not os.path.exists(f"{file}-wal"):
            raise sqlite3.DatabaseError("cut off")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if not name.startswith("find_"):
                connection.execute(f"SELECT * FROM {name} LIMIT 1").fetchone()
