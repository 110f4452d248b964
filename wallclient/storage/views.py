"""The operator's saved views on disk."""

from pathlib import Path
from typing import Any

from wallclient.domain.center_config import MIGRATED_KEY
from wallclient.domain.global_id import global_id
from wallclient.domain.view import SavedViews
from wallclient.storage.json_file import JsonFile

VERSION = 2


def views_file(folder: Path) -> JsonFile[SavedViews]:
    """Return the file of the saved views in `folder`."""
    return JsonFile(folder / "views.json", SavedViews, VERSION, migrate=_migrated)


def _migrated(_found: int, content: dict[str, Any]) -> dict[str, Any]:
    """Return today's form of version 1, whose ids were those of the only center."""
    content = dict(content)
    for part in ("views", "last"):
        content[part] = [_with_global_ids(view) for view in content.get(part, ())]
    return content


def _with_global_ids(view: dict[str, Any]) -> dict[str, Any]:
    ids = [None if channel_id is None else global_id(MIGRATED_KEY, channel_id) for channel_id in view["channel_ids"]]
    return {**view, "channel_ids": ids}
