"""The operator's settings on disk."""

from pathlib import Path
from typing import Any

import platformdirs

from wallclient.domain.center_config import MIGRATED_KEY
from wallclient.domain.settings import Settings
from wallclient.storage.json_file import JsonFile

VERSION = 2


def config_folder() -> Path:
    """Return the operator's configuration folder of this program; it need not exist yet."""
    return Path(platformdirs.user_config_dir("wallclient", appauthor=False, roaming=True))


def data_folder() -> Path:
    """Return the operator's folder of data: mirrors, and records that wait for their center; it need not exist yet."""
    return Path(platformdirs.user_data_dir("wallclient", appauthor=False))


def settings_file(folder: Path) -> JsonFile[Settings]:
    """Return the file of the settings in `folder`."""
    # saved at each switch an operator flips: the window must not wait for a slow disk
    return JsonFile(folder / "settings.json", Settings, VERSION, durable=False, migrate=_migrated)


def _migrated(_found: int, content: dict[str, Any]) -> dict[str, Any]:
    """Return today's form of version 1, which knew one center: its address and the user of the last time."""
    content = dict(content)
    url, user = content.pop("center_url", ""), content.pop("user", "")
    if url:
        users = [user] if user else []
        content["centers"] = [{"key": MIGRATED_KEY, "url": url, "user": user, "users": users}]
    return content
