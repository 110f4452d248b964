"""Snapshot files: where they go and what they are called."""

import os
import re
from datetime import datetime
from pathlib import Path

from wallclient.storage.json_file import write_atomic

_BAD = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows' device names
LONGEST_BYTES = 150  # of the camera's name; file systems allow 255 in all


def safe_file_name(name: str) -> str:
    """Return `name` fit for a file on any system: no separators or control characters, not empty, not too long."""
    name = _BAD.sub("_", name).strip(" .")
    name = name.encode("utf-8", "ignore")[:LONGEST_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or "camera"


def snapshot_path(folder: Path, camera_name: str, taken: datetime, suffix: str) -> Path:
    """Return a free path in `folder`: camera name, local date and time, ` (2)` and so on where needed."""
    stem = f"{safe_file_name(camera_name)} {taken.astimezone():%Y-%m-%d %H-%M-%S}"
    path = folder / f"{stem}.{suffix}"
    number = 2
    while os.path.lexists(path):
        path = folder / f"{stem} ({number}).{suffix}"
        number += 1
    return path


def save_snapshot(content: bytes, folder: Path, camera_name: str, taken: datetime, suffix: str) -> Path:
    """Write an encoded picture and return its path. Raises StorageFailed."""
    path = snapshot_path(folder, camera_name, taken, suffix)
    write_atomic(path, content)
    return path
