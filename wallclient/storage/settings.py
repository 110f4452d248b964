"""The operator's settings on disk."""

from pathlib import Path

import platformdirs

from wallclient.domain.settings import Settings
from wallclient.storage.json_file import JsonFile

VERSION = 1


def config_folder() -> Path:
    """Return the operator's configuration folder of this program; it need not exist yet."""
    return Path(platformdirs.user_config_dir("wallclient", appauthor=False, roaming=True))


def settings_file(folder: Path) -> JsonFile[Settings]:
    """Return the file of the settings in `folder`."""
    # saved at each switch an operator flips: the window must not wait for a slow disk
    return JsonFile(folder / "settings.json", Settings, VERSION, durable=False)
