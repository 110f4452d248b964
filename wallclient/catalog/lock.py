"""Who of several programs of one operator keeps the mirror: the first; the others read it."""

import sqlite3
from pathlib import Path


class Lock:
    """A lock held by an open transaction on a file of its own, so that it ends with the process that held it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    @property
    def held(self) -> bool:
        """Tell whether this program keeps the mirror."""
        return self._connection is not None

    def take(self) -> bool:
        """Try to become the one; return whether this program is."""
        if self._connection is None:
            connection = sqlite3.connect(self._path, timeout=0.0, isolation_level=None, check_same_thread=False)
            try:
                self._path.chmod(0o600)
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.execute("BEGIN EXCLUSIVE")
            except (sqlite3.Error, OSError):
                connection.close()
                return False
            self._connection = connection
        return True

    def release(self) -> None:
        """Let another program keep the mirror."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
