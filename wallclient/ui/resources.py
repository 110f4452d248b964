"""Where icons, themes and translations are: inside the installed package, or beside it in a checkout."""

from importlib.resources import files
from pathlib import Path


def resource_path(name: str) -> Path:
    """Return the path of a resource such as `icons/close.svg`. Raises FileNotFoundError."""
    package = Path(str(files("wallclient")))
    for root in (package / "resources", package.parent / "resources"):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(name)
