"""Gives finished files their final names: whole or not at all, and never in the place of another."""

import contextlib
import errno
import os
from pathlib import Path

from wallclient.domain.errors import DiskFull, StorageFailed

_MOST_TRIES = 10_000
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def settle(part: Path, folder: Path, stem: str, suffix: str) -> Path:
    """Move a finished, synced file to `folder/stem.suffix`, or `stem (2).suffix` … where that is taken; return where.

    On the same file system. Raises StorageFailed, DiskFull.
    """
    try:
        for number in range(1, _MOST_TRIES):
            path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem} ({number}){suffix}")
            if _take(part, path):
                _sync_folder(folder)
                return path
    except OSError as err:
        kind = DiskFull if err.errno in (errno.ENOSPC, errno.EDQUOT) else StorageFailed
        raise kind(f"{folder.name}: {err.strerror}") from err
    raise StorageFailed(f"{stem}: no name is free")


def _take(part: Path, path: Path) -> bool:
    """Give a file a name nobody has; False if somebody has it."""
    if os.name == "nt":
        try:
            part.rename(path)  # refuses there to replace
        except FileExistsError:
            return False
        return True
    try:
        os.link(part, path)  # fails where the name is taken, also in this very moment
    except FileExistsError:
        return False
    except OSError as err:
        if err.errno not in _NO_LINKS:
            raise
        if path.exists():  # a FAT stick: nothing there is atomic
            return False
        part.rename(path)
        return True
    part.unlink()
    return True


def _sync_folder(folder: Path) -> None:
    """Let the name outlast a power cut, where a folder can be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
