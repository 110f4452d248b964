"""Puts up one stand in a process of its own, for measurements: `python serve.py KIND`.

The first line it writes is a JSON object that says how to reach it. It answers each line it reads with a JSON list: the
moments (CLOCK_MONOTONIC, seconds) at which moves of the stand's camera have arrived so far. It ends with its input.
"""

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from meddler import Meddler
from stands import KINDS, ListStand, NativeStand, OnvifStand, Pictures, Stand


def main() -> None:
    """Serve until the input ends."""
    pictures = Pictures()
    try:
        stand = KINDS[sys.argv[1]](pictures)
        with contextlib.ExitStack() as stack:
            stack.callback(stand.close)
            arrivals, address = _watch(stand, stack)
            told = {"base_url": address, "user": stand.user, "password": stand.password, "camera": stand.camera}
            print(json.dumps({**told, **_site(stand)}), flush=True)
            for _ in sys.stdin:
                print(json.dumps(arrivals()), flush=True)
    finally:
        pictures.close()


def _watch(stand: Stand, stack: contextlib.ExitStack) -> tuple[Callable[[], list[float]], str]:
    """Return what tells the arrivals of moves, and the address to speak to."""
    if isinstance(stand, NativeStand):
        return stand.arrivals, stand.address or ""
    if isinstance(stand, OnvifStand):
        return stand.arrivals, ""
    if stand.address is None:
        return list, ""
    meddler = stack.enter_context(Meddler(stand.address))
    path = stand.move_path or ""
    return (lambda: [at for at, line in meddler.asked if path in line]), meddler.url


def _site(stand: Stand) -> dict[str, object]:
    """Return where the file of a site lies, and its passwords by account."""
    if isinstance(stand, ListStand | OnvifStand):
        return {"folder": stand.folder, "accounts": stand.accounts}
    return {}


if __name__ == "__main__":
    main()
