"""The operator's saved views on disk."""

from pathlib import Path

from wallclient.domain.view import SavedViews
from wallclient.storage.json_file import JsonFile

VERSION = 1


def views_file(folder: Path) -> JsonFile[SavedViews]:
    """Return the file of the saved views in `folder`."""
    return JsonFile(folder / "views.json", SavedViews, VERSION)
