"""A bookmark: a moment or a range of some cameras' footage that somebody wants to find again."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Bookmark:
    """As the center keeps it. `revision` 0: not handed in yet; `start_ms` equals `end_ms` for a moment."""

    key: str
    title: str
    start_ms: int
    end_ms: int
    channel_ids: tuple[str, ...]
    text: str = ""
    category: str = ""
    is_shared: bool = False
    revision: int = 0
    by: str = ""  # login name
    by_name: str = ""
    changed_utc: datetime | None = None
