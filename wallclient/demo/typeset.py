"""Has the names of cameras and the digits of the time drawn, once for each set of names, for streams and footage."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from wallclient.demo.clips import ClipFailed

_TYPE_VERSION = 1  # raise it when lettering or H.265 settings change
_ROOT = Path(__file__).resolve().parents[2]


def prepare(names: Mapping[int, str], scales: Iterable[int], h265: Iterable[int], directory: Path) -> tuple[Path, Path]:
    """Return the files of lettering and of H.265 type, drawn if they aren't there.

    `names` by camera, `scales` as in `lettering.draw`, `h265` the cameras with that codec. Raises ClipFailed.
    """
    order = json.dumps(
        {
            "names": {str(number): name for number, name in names.items()},
            "scales": sorted({1, *scales}),
            "h265": sorted(h265),
        },
        sort_keys=True,
    )
    digest = hashlib.sha256(order.encode()).hexdigest()[:16]
    lettering, pieces = (directory / f"{part}-v{_TYPE_VERSION}-{digest}.json" for part in ("names", "type"))
    if not (lettering.exists() and pieces.exists()):
        made = subprocess.run(
            [sys.executable, "-m", "wallclient.demo.lettering", str(lettering), str(pieces)],
            input=order,
            text=True,
            capture_output=True,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            cwd=_ROOT,
            check=False,
        )
        if made.returncode:
            raise ClipFailed(f"names could not be drawn: {made.stderr[-500:]}")
    return lettering, pieces
