"""Where the mirrors of a center's tree lie: one folder per center, so that they can be taken away with it."""

import shutil
from pathlib import Path

from wallclient.domain.errors import StorageFailed


def mirror_folder(data: Path, center_key: str) -> Path:
    """Return the folder for the mirrors of a center, one file per operator; it need not exist yet."""
    return data / "catalog" / center_key


def remove_mirrors(data: Path, center_key: str) -> None:
    """Delete all that was kept of a center's tree. Raises StorageFailed."""
    try:
        shutil.rmtree(mirror_folder(data, center_key))
    except FileNotFoundError:
        pass
    except OSError as err:
        raise StorageFailed(f"remove the mirrors: {err.strerror}") from err
